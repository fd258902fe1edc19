"""Bulk runs: every page once, the same bytes whatever is killed, and no output that is half there."""

import contextlib
import ctypes
import errno
import gzip
import json
import os
import pty
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import msgspec
import pytest

import scraper
from scraper.bulk import Job, collect, run, writers
from scraper.bulk.conventions import renamed
from scraper.bulk.job import MIRRORED
from scraper.bulk.manifest import State
from scraper.bulk.naming import mirrored
from scraper.bulk.plan import Shard, plan
from scraper.bulk.retry import asked, failed_inputs, parted, root_of
from scraper.bulk.tally import Tally
from scraper.bulk.work import Facts, Row
from scraper.cli.bulk import paths_from
from scraper.config import Config
from scraper.errors import ConfigError, LockedError, OutputError
from scraper.extract import clean
from scraper.readers import coding
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="worker processes need fork")
SENTENCE = "The council met on Tuesday to talk about page {number}, and it did not come to a decision that day."
FORMATS = ["json", "markdown", "html", "text", "jsonl", "jsonl.gz", "jsonl.zst", "sqlite"]


def page(number) -> str:
    body = "".join(f"<p>{SENTENCE.format(number=number)} Part {part} of it was long.</p>" for part in range(4))
    return f"<html><head><title>Story {number}</title></head><body><article><h1>Story {number}</h1>{body}</article></body></html>"


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "in"
    for number in range(60):
        path = folder / f"d{number % 3}" / f"{number}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(number))
    (folder / "d1" / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "packed.warc.gz").write_bytes(b"".join(gzip.compress(record(number), mtime=0) for number in range(100, 105))[:-20])
    return folder


def record(number) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(number).encode()
    return b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(block), block)


def job(pages, output, form="jsonl", **options) -> Job:
    return Job(inputs=(str(pages),), output=str(output), format=form, **options)


def tree(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(collect, "BLOCK_PAGES", 7)
    monkeypatch.setattr("scraper.bulk.plan.FILES", 25)


# -- what comes out


@pytest.mark.parametrize("form", FORMATS)
def test_every_page_is_there_once_and_every_failure_is_named(pages, tmp_path, form):
    output = tmp_path / "out"
    outcome = run(job(pages, output, form), workers=2)
    assert (outcome.rows, outcome.failures, outcome.exit_code) == (64, 2, 1)
    assert titles(output, form) == sorted([f"Story {number}" for number in [*range(60), *range(100, 104)]])
    failures = [json.loads(line) for line in (output / "failures.jsonl").read_text().splitlines()]
    assert [(row["path"].rpartition("/")[2], row["error"]) for row in failures] == [
        ("picture.html", "wrong-type"),
        ("packed.warc.gz", "damaged"),
    ]
    assert re.fullmatch(r"@\d+-", failures[1]["place"]) and not list(output.rglob("*.tmp"))


def titles(output, form) -> list[str]:
    if form == "sqlite":
        found = []
        for path in output.glob("part-*.sqlite"):
            with contextlib.closing(sqlite3.connect(path)) as database:
                found += [row[0] for row in database.execute("SELECT headline FROM articles")]
        return sorted(found)
    if form in MIRRORED:
        files = [path.read_text() for path in output.rglob(f"*.html{MIRRORED[form]}")]
        files += [path.read_text() for path in output.rglob("packed.warc.gz@*")]
        if form == "json":
            return sorted(json.loads(text)["headline"] for text in files)
        if form == "markdown":
            assert all(text.startswith('---\ntitle: "Story') for text in files)
        if form == "html":
            return sorted(scraper.clean(text).headline for text in files)
        return sorted({f"Story {text.split(' about page ')[1].split(',')[0]}" for text in files})
    unpack = {"jsonl": bytes, "jsonl.gz": gzip.decompress, "jsonl.zst": unzst}[form]
    lines = [line for path in output.glob("part-*") for line in unpack(path.read_bytes()).splitlines()]
    return sorted(json.loads(line)["headline"] for line in lines)


def unzst(data: bytes) -> bytes:
    return coding.zstd.decompress(data)


@pytest.mark.parametrize("form", ["json", "jsonl.gz", "sqlite"])
def test_workers_do_not_change_the_bytes(pages, tmp_path, form):
    run(job(pages, tmp_path / "one", form), workers=1)
    run(job(pages, tmp_path / "three", form), workers=3)
    assert tree(tmp_path / "one") == tree(tmp_path / "three")


def test_parquet(pages, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    run(job(pages, tmp_path / "out", "parquet"), workers=2)
    tables = [parquet.read_table(path) for path in (tmp_path / "out").glob("part-*.parquet")]
    assert sum(table.num_rows for table in tables) == 64


def test_conventions_rename(pages, tmp_path):
    run(job(pages, tmp_path / "out", convention="zyte"), workers=1)
    first = json.loads(next(iter((tmp_path / "out").glob("part-00000-*"))).read_text().splitlines()[0])
    assert first["headline"].startswith("Story") and "articleBody" in first and "body" not in first
    assert first["articleBodyHtml"].startswith("<p>") and "html" not in first


RECORD = {
    "headline": "H",
    "byline": "A and B",
    "authors": [{"name": "A", "role": None, "kind": "person", "url": None}],
    "date": "2025-07-31T10:20:00+03:00",
    "date_detail": {"raw": "31 July"},
    "date_modified": None,
    "body": "B",
    "description": "D",
    "section": "S",
    "tags": ["t", "u"],
    "site_name": "N",
    "language": "en",
    "url": "https://example.org/a",
    "canonical_url": None,
    "image": {"url": "https://example.org/i.png"},
    "kind": "article",
    "words": 1,
    "id": "sha256:0",
    "html": "<p>B</p>",
}


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        ("schemaorg", {"@type": "NewsArticle", "articleBody": "B", "author": [{"@type": "Person", "name": "A"}], "keywords": ["t", "u"]}),
        (
            "zyte",
            {
                "articleBody": "B",
                "articleBodyHtml": "<p>B</p>",
                "authors": [{"name": "A", "nameRaw": "A and B"}],
                "datePublishedRaw": "31 July",
            },
        ),
        ("trafilatura", {"title": "H", "author": "A", "date": "2025-07-31", "hostname": "example.org", "text": "B", "tags": "t, u"}),
        (
            "newspaper",
            {"title": "H", "authors": ["A"], "publish_date": "2025-07-31T10:20:00+03:00", "text": "B", "article_html": "<p>B</p>"},
        ),
    ],
)
def test_conventions(convention, expected):
    facts = renamed(RECORD, convention)
    assert {key: facts.get(key) for key in expected} == expected
    assert None not in facts.values() and "dateModified" not in facts


@pytest.mark.parametrize(
    ("origin", "argument", "name"),
    [
        ("/in/a/b.html", "/in", "a/b.html"),
        ("/in/a/b.html", "/in/", "a/b.html"),
        ("/in/b.html", "/in/b.html", "b.html"),
        ("/in/a.zip!/../../m.html", "/in", "a.zip!/m.html-c624d8bb83ec1d0b"),
        ("/in/a.zip!/m.html", "/in", "a.zip!/m.html"),
        ("/in/a.zip!//etc/m.html", "/in/a.zip", "a.zip!/etc/m.html-9ad14d501c204e36"),
        ("/in/c.warc.gz@12+3", "/in/c.warc.gz", "c.warc.gz@12+3"),
        ("-", "-", "stdin"),
        ("-@7", "-", "stdin@7"),
        ("/in/new\nline", "/in", "new_line-58fb6729e555d21b"),
        ("..", "..", "page"),
    ],
)
def test_names_mirror_inputs_and_stay_inside(origin, argument, name):
    assert mirrored(origin, argument) == name


# -- resume


def begin(pages, output, form, *options):
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "from scraper.bulk import Job, collect, run\n"
        "import scraper.bulk.plan\n"
        "collect.BLOCK_PAGES = 7; scraper.bulk.plan.FILES = 25\n"
        "run(Job(inputs=(sys.argv[2],), output=sys.argv[3], format=sys.argv[4], **eval(sys.argv[5])), workers=2, earlier='resume')"
    )
    command = [sys.executable, "-c", code, str(ROOT), str(pages), str(output), form, *(options or ["{}"])]
    return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("jsonl.gz", "{}"),
        ("json", "{}"),
        pytest.param("sqlite", "{}", marks=pytest.mark.slow),
        pytest.param("jsonl", "{'duplicates': 'exact'}", marks=pytest.mark.slow),
    ],
)
def test_a_run_that_is_killed_and_resumed_gives_the_same_bytes(pages, tmp_path, form, options):
    for number in range(100, 200):
        (pages / f"{number}.html").write_text(page(number % 150))
    whole = begin(pages, tmp_path / "whole", form, options)
    start = time.monotonic()
    assert whole.wait(60) == 0
    length = time.monotonic() - start
    chance = random.Random(form)
    for _ in range(3):
        process = begin(pages, tmp_path / "out", form, options)
        time.sleep(chance.uniform(0.3, 1.0) * length)
        process.kill()  # what is left of its group is gone within a second: see test_workers
        process.communicate()
    last = begin(pages, tmp_path / "out", form, options)
    assert last.wait(60) == 0, last.stderr.read()
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_a_finished_run_is_resumed_in_no_time(pages, tmp_path):
    run(job(pages, tmp_path / "out"), workers=1)
    before = tree(tmp_path / "out")
    outcome = run(job(pages, tmp_path / "out"), workers=1, earlier="resume")
    assert outcome.rows == 64 and tree(tmp_path / "out") == before


def test_an_earlier_run_is_not_overwritten_silently(pages, tmp_path):
    run(job(pages, tmp_path / "out"), workers=1)
    with pytest.raises(LockedError, match="--resume goes on with it, --force starts anew"):
        run(job(pages, tmp_path / "out"), workers=1)
    assert run(job(pages, tmp_path / "out"), workers=1, earlier="replace").rows == 64


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"convention": "zyte"}, "convention was None and is zyte"),
        ({"with_": frozenset({"input"})}, "with was"),
        ({"shard_mb": 1}, "shard_mb was 64 and is 1"),
        ({"form": "jsonl.gz"}, "format was jsonl and is jsonl.gz"),
    ],
)
def test_other_settings_are_refused(pages, tmp_path, change, message):
    run(job(pages, tmp_path / "out"), workers=1)
    with pytest.raises(LockedError, match=message):
        run(job(pages, tmp_path / "out", **change), workers=1, earlier="resume")


def test_another_version_is_refused(pages, tmp_path, monkeypatch):
    run(job(pages, tmp_path / "out"), workers=1)
    monkeypatch.setattr("scraper.__version__", "99.0")
    with pytest.raises(LockedError, match=r"version was .* and is 99\.0"):
        run(job(pages, tmp_path / "out"), workers=1, earlier="resume")


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_a_changed_input_is_refused(pages, tmp_path, change):
    run(job(pages, tmp_path / "out"), workers=1)
    target = pages / "d0" / "0.html"
    if change == "edit":
        target.write_text(page("other"))
    elif change == "add":
        (pages / "d0" / "00.html").write_text(page(1))
    else:
        target.unlink()
    with pytest.raises(LockedError, match="has changed since"):
        run(job(pages, tmp_path / "out"), workers=1, earlier="resume")


@pytest.mark.parametrize(("change", "message"), [("gone", "gone since"), ("longer", "changed since")])
def test_a_missing_or_changed_shard_is_refused(pages, tmp_path, change, message):
    run(job(pages, tmp_path / "out"), workers=1)
    shard = next((tmp_path / "out").glob("part-00001-*"))
    if change == "gone":
        shard.unlink()
    else:
        shard.write_bytes(shard.read_bytes() + b"x")
    with pytest.raises(OutputError, match=message):
        run(job(pages, tmp_path / "out"), workers=1, earlier="resume")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data + data[:100], None),  # written after the last block that the manifest knows
        (lambda data: data[:-1], "it was changed"),
        (lambda data: data[:50] + b"?" + data[51:], "are not those that were written"),
    ],
)
def test_a_half_written_shard_is_taken_up_unless_it_was_changed(pages, tmp_path, change, message):
    run(job(pages, tmp_path / "whole"), workers=1)

    def stop(pages):
        if seen.add(pages) or seen.pages > 40:
            raise KeyboardInterrupt

    seen = Tally()
    with pytest.raises(KeyboardInterrupt):
        run(job(pages, tmp_path / "out"), workers=1, watch=stop)
    half = next((tmp_path / "out").glob(".part-00001-*.tmp"))
    half.write_bytes(change(half.read_bytes()))
    if message is None:
        run(job(pages, tmp_path / "out"), workers=1, earlier="resume")
        assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    else:
        with pytest.raises(OutputError, match=message):
            run(job(pages, tmp_path / "out"), workers=1, earlier="resume")


def test_one_run_at_a_time(pages, tmp_path):
    from scraper.bulk.lock import locked

    with locked(str(tmp_path / "out")), pytest.raises(LockedError, match=rf"process {os.getpid()}"):
        run(job(pages, tmp_path / "out"), workers=1)


def test_failures_are_taken_as_input(pages, tmp_path):
    run(job(pages, tmp_path / "out"), workers=1)
    (pages / "d1" / "picture.html").write_text(page("mended"))
    inputs, only, _ = failed_inputs(str(tmp_path / "out" / "failures.jsonl"))
    outcome = run(Job(inputs=inputs, output=str(tmp_path / "again"), format="jsonl", only=only), workers=1)
    assert (outcome.rows, outcome.failures) == (1, 1)


@pytest.mark.parametrize(
    ("origin", "argument", "named", "wanted"),
    [
        ("a.html", "a.html", [], True),
        ("a.zip!/m.html", "a.zip", ["a.zip!/m.html"], True),
        ("a.zip!/n.html", "a.zip", ["a.zip!/m.html"], False),
        ("a.tar!/n.html", "a.tar", ["a.tar"], True),  # it failed as a whole: none of its pages could be named
        ("d/a.html", "d", ["d"], True),
        ("a.zip!/b.zip!/m.html", "a.zip", ["a.zip!/b.zip"], True),
        ("a.zip!/r.jsonl:3", "a.zip", ["a.zip!/r.jsonl"], True),
        ("a.zip!/b.zip!/m.html", "a.zip", ["a.zip!/c.zip"], False),
    ],
)
def test_what_is_asked_for_again(origin, argument, named, wanted):
    assert asked(origin, argument, frozenset(named)) is wanted


def test_an_archive_that_failed_is_cleaned_once_it_is_mended(tmp_path):
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        archive.writestr("m.html", page(1))
    (tmp_path / "in" / "a.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:-20])
    assert run(job(tmp_path / "in", tmp_path / "out"), workers=1).failures == 1
    shutil.copy(tmp_path / "whole.zip", tmp_path / "in" / "a.zip")
    again = clip("clean", "--retry", tmp_path / "out" / "failures.jsonl", "--field", "headline")
    assert (again.returncode, again.stdout) == (0, "Story 1\n")


def test_what_is_asked_for_again_and_is_not_there_is_a_failure(tmp_path):
    def left(data, *options):
        (tmp_path / "rows.jsonl").write_bytes(data)
        again = clip("clean", "--retry", tmp_path / "failures.jsonl", "-o", tmp_path / "out", "--force", "--format", "jsonl", *options)
        failed = (tmp_path / "out" / "failures.jsonl").read_text().splitlines() if again.returncode else []
        return again.returncode, [(Path(row["input"]).name, row["error"]) for row in map(json.loads, failed)]

    rows = [json.dumps({"html": page(number)}).encode() for number in range(4)]
    named = [{"input": str(tmp_path / f"rows.jsonl:{number}")} for number in (2, 4)]
    (tmp_path / "failures.jsonl").write_text("".join(json.dumps(row) + "\n" for row in named))
    assert left(b"\n".join(rows)) == (0, [])
    assert left(b"\n".join(rows[:3])) == (1, [("rows.jsonl:4", "not-found")])
    assert left(gzip.compress(b"\n".join(rows))[:-4]) == (1, [("rows.jsonl", "damaged")])
    assert left(b"PK\x03\x04") == (5, [("rows.jsonl", "damaged")])


def test_what_is_cleaned_again_is_written_where_the_first_run_would_have(tmp_path):
    paths = [tmp_path / "in" / name / "x.html" for name in "ab"]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"%PDF-1.4")
    assert clip("clean", f"{tmp_path}/in/", "-o", tmp_path / "out", "--format", "json").returncode == 5
    for number, path in enumerate(paths):
        path.write_text(page(number))
    for name, options in (("bulk", ("--format", "json")), ("files", ())):
        again = clip("clean", "--retry", tmp_path / "out" / "failures.jsonl", "-o", tmp_path / name, *options)
        assert again.returncode == 0, again.stderr
        for number, folder in enumerate("ab"):
            assert json.loads((tmp_path / name / folder / "x.html.json").read_text())["headline"] == f"Story {number}"


def test_what_is_cleaned_again_and_again_is_written_in_one_place(tmp_path):
    folder = tmp_path / "in" / "a"
    folder.mkdir(parents=True)
    (folder / "x.html").write_bytes(b"%PDF-1.4")
    clip("clean", tmp_path / "in", "-o", tmp_path / "1", "--format", "json")
    clip("clean", "--retry", tmp_path / "1" / "failures.jsonl", "-o", tmp_path / "2", "--format", "json")
    (folder / "x.html").write_text(page(1))
    assert clip("clean", "--retry", tmp_path / "2" / "failures.jsonl", "-o", tmp_path / "3").returncode == 0
    assert (tmp_path / "3" / "a" / "x.html.json").is_file()


@pytest.mark.parametrize("packing", [bytes, gzip.compress])
def test_a_stretch_of_a_crawl_that_was_lost_is_cleaned_once_it_is_mended(tmp_path, packing):
    path = tmp_path / "crawl.warc"
    records = [packing(record(number)) for number in range(5)]
    broken = b"".join(records[1:3])
    path.write_bytes(records[0] + broken[:9] + bytes(len(broken) - 30) + broken[-21:] + b"".join(records[3:]))
    first = clip("clean", path, "-o", tmp_path / "out", "--format", "jsonl")
    assert first.returncode == 1 and "3 records, 1 failed" in first.stderr
    failures = tmp_path / "out" / "failures.jsonl"
    place = json.loads(failures.read_text())["place"]
    assert place == f"@{len(records[0])}-{len(records[0] + broken)}"
    still = clip("clean", "--retry", failures)
    assert still.returncode == 5 and json.loads(still.stdout)["input"] == f"{path}{place}"
    path.write_bytes(b"".join(records))
    again = clip("clean", "--retry", failures, "--field", "headline")
    assert (again.returncode, again.stdout) == (0, "Story 1\nStory 2\n")
    path.write_bytes(records[0])
    gone = clip("clean", "--retry", failures)
    assert gone.returncode == 5 and json.loads(gone.stdout)["error"] == "not-found"


def test_rows_on_standard_output_are_taken_as_input_too(tmp_path):
    name = os.fsdecode(b"b\xff.html")
    (tmp_path / "a.html").write_text(page(1))
    (tmp_path / name).write_bytes(b"%PDF-1.4")
    first = clip("clean", tmp_path, "--with", "input")
    (tmp_path / "rows.jsonl").write_text(first.stdout)
    (tmp_path / name).write_text(page(2))
    again = clip("clean", "--retry", tmp_path / "rows.jsonl", "--field", "headline")
    assert (first.returncode, again.returncode, again.stdout) == (1, 0, "Story 2\n")
    (tmp_path / "rows.jsonl").write_text("\n".join(row for row in first.stdout.splitlines() if "error" not in row))
    nothing = clip("clean", "--retry", tmp_path / "rows.jsonl")
    assert nothing.returncode == 2 and "no row of it is a failure" in nothing.stderr


@pytest.mark.parametrize("options", [("--format", "json"), ()])
def test_equal_names_in_two_folders_are_kept_apart_on_request(tmp_path, options):
    for number, folder in enumerate("ab"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.html").write_text(page(number))
    (tmp_path / "b" / "y.html").write_bytes(b"%PDF-1.4")
    inputs = [tmp_path / "a" / "x.html", f"{tmp_path}/b/"]
    refused = clip("clean", *inputs, "-o", tmp_path / "refused", *options)
    assert refused.returncode == 3 and "two inputs would be written here: --parents keeps their folders apart" in refused.stderr
    done = clip("clean", *inputs, "-o", tmp_path / "out", "--parents", *options)
    assert done.returncode == 1, done.stderr
    kept = tmp_path / "out" / str(tmp_path).lstrip("/")
    assert [json.loads((kept / name / "x.html.json").read_text())["headline"] for name in "ab"] == ["Story 0", "Story 1"]
    if options:
        (tmp_path / "b" / "y.html").write_text(page(2))
        again = clip("clean", "--retry", tmp_path / "out" / "failures.jsonl", "-o", tmp_path / "out")
        assert again.returncode == 0 and (kept / "b" / "y.html.json").is_file()
    assert (
        clip("clean", *inputs, "--parents").returncode
        == clip("clean", *inputs, "-o", "x", "--parents", "--format", "jsonl").returncode
        == 2
    )


@pytest.mark.parametrize(
    ("path", "inputs", "root"),
    [
        ("in/a/x.html", ["in"], "in"),
        ("in/a/x.html", ["in/"], "in/"),
        ("./a/x.html", ["."], "."),
        ("/a/x.html", ["/"], "/"),
        ("x.html", ["in", "x.html"], "x.html"),
        ("x.html", ["in"], "x.html"),
        ("in/a/x.html", ["in", "in/a/x.html"], "in/a/x.html"),
    ],
)
def test_root_of(path, inputs, root):
    assert root_of(path, inputs) == root


def test_a_link_to_a_folder_is_not_followed_when_it_is_asked_for_again(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(page(1))
    (tmp_path / "in" / "loop").symlink_to(".")
    assert clip("clean", tmp_path / "in", "-o", tmp_path / "out", "--format", "jsonl").returncode == 1
    for options in (("-o", tmp_path / "again", "--format", "jsonl"), ()):
        again = clip("clean", "--retry", tmp_path / "out" / "failures.jsonl", *options)
        assert again.returncode == 5 and "a link to a folder" in again.stdout + (tmp_path / "again" / "failures.jsonl").read_text()


def test_names_that_are_no_unicode_come_back(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    name = os.fsdecode(b"b\xff.html")
    (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    run(job(folder, tmp_path / "out"), workers=1)
    inputs, only, _ = failed_inputs(str(tmp_path / "out" / "failures.jsonl"))
    assert inputs == (str(folder / name),) and only == {str(folder / name)}


def test_a_file_that_names_no_failures_is_refused(tmp_path):
    (tmp_path / "x").write_text('{"a": 1}\n')
    for path in ("x", "none"):
        with pytest.raises(ConfigError):
            failed_inputs(str(tmp_path / path))


def test_parted(tmp_path):
    assert parted("a/b.zip!/c.html") == ("a/b.zip", "c.html")
    assert parted("a.warc.gz@12+3") == ("a.warc.gz", "@12+3")
    assert parted("a.warc.gz@12+3-40") == ("a.warc.gz", "@12+3-40") and parted("a.warc@9-") == ("a.warc", "@9-")
    assert parted("a.jsonl:7") == ("a.jsonl", ":7")
    assert parted("a.html") == ("a.html", None)
    (tmp_path / "odd:7").write_text("x")
    assert parted(str(tmp_path / "odd:7")) == (str(tmp_path / "odd:7"), None)


# -- duplicates


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_exact_duplicates_are_left_out_and_listed(pages, tmp_path, form):
    for number in range(5):
        (pages / f"copy{number}.html").write_text(page(number))
    outcome = run(job(pages, tmp_path / "out", form, duplicates="exact"), workers=2)
    assert (outcome.rows, outcome.duplicates) == (64, 5)
    rows = [json.loads(line) for line in (tmp_path / "out" / "duplicates.jsonl").read_text().splitlines()]
    assert len(rows) == 5 and all(row["duplicate_of"] != row["input"] for row in rows)


def test_near_duplicates(tmp_path):
    pytest.importorskip("rensa")
    folder = tmp_path / "in"
    folder.mkdir()
    words = random.Random(1).choices([f"word{number}" for number in range(500)], k=600)
    for name, changed in (("a", 0), ("b", 5), ("c", 600)):
        text = " ".join([f"new{name}{number}" for number in range(changed)] + words[changed:])
        (folder / f"{name}.html").write_text(f"<html><title>T</title><body><article><h1>T</h1><p>{text}.</p></article></body></html>")
    outcome = run(job(folder, tmp_path / "out", duplicates="near"), workers=1)
    assert (outcome.rows, outcome.duplicates) == (2, 1)


# -- faults of the output


def test_output_that_cannot_be_written_is_refused_before_the_first_page(pages, tmp_path):
    (tmp_path / "file").write_text("x")
    for output in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError):
            run(job(pages, output), workers=1)
    with pytest.raises(ConfigError):
        run(job(pages, pages), workers=1)


def test_a_full_disk_ends_the_run_with_what_was_written_intact(pages, tmp_path, monkeypatch):
    run(job(pages, tmp_path / "whole"), workers=1)
    write = os.write
    left = 20_000

    def full(descriptor, data):
        nonlocal left
        if left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        part = bytes(data[:left])
        left -= len(part)
        return write(descriptor, part)

    monkeypatch.setattr(writers.os, "write", full)
    with pytest.raises(OutputError, match=r"part-.*No space left on device \(errno 28\)"):
        run(job(pages, tmp_path / "out"), workers=1)
    monkeypatch.setattr(writers.os, "write", write)
    for path in (tmp_path / "out").glob(".part-*.tmp"):
        assert all(json.loads(line) for line in path.read_bytes().splitlines())
    run(job(pages, tmp_path / "out"), workers=1, earlier="resume")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_a_file_size_limit_ends_the_command_with_its_code(pages, tmp_path):
    for number in range(100, 250):
        (pages / f"{number}.html").write_text(page(number))
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000)); {COMMAND}"
    command = [sys.executable, "-c", code, "clean", str(pages), "-o", str(tmp_path / "out"), "--format", "jsonl", "--resume"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3 and re.search(r"part-.*File too large \(errno 27\)", done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert clip("clean", pages, "-o", tmp_path / "out", "--format", "jsonl", "--resume").returncode == 1
    assert clip("clean", pages, "-o", tmp_path / "whole", "--format", "jsonl").returncode == 1
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_two_pages_of_one_name_are_refused(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.html").write_text(page(1))
    with pytest.raises(OutputError, match="two inputs would be written here"):
        run(Job(inputs=(str(tmp_path / "a"), str(tmp_path / "b")), output=str(tmp_path / "out")), workers=1)


def test_two_shards_may_be_writing_one_name_at_once(tmp_path, monkeypatch):
    """So on a cluster, where only the driver sees that two pages have one name."""
    facts = Facts("ok", "article", "en", "", 90, (), ())
    made = Job(inputs=(), output=str(tmp_path), format="json")
    first, second = (writers.Mirror(made, Shard(index, [], "key"), State("key")) for index in (0, 1))
    fsync = os.fsync

    def interrupted(descriptor):
        fsync(descriptor)
        monkeypatch.setattr(writers.os, "fsync", fsync)
        second.add([Row("b", "x", b"second", "id", facts)])

    monkeypatch.setattr(writers.os, "fsync", interrupted)
    first.add([Row("a", "x", b"first", "id", facts)])
    assert tree(tmp_path) == {"x.json": b"first"}


@pytest.mark.parametrize("form", MIRRORED)
def test_a_page_named_as_the_folder_of_another_with_the_suffix_of_the_output(tmp_path, form):
    suffix = MIRRORED[form]
    names = ["x", f"x{suffix}/y", f"x{suffix}/y{suffix}/z", "manifest"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, page(number))
    for number, name in enumerate(reversed(names), len(names)):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(number))
    outcome = run(Job(inputs=(str(tmp_path / "a.zip"), str(tmp_path / "in")), output=str(tmp_path / "out"), format=form))
    assert (outcome.rows, outcome.failures) == (8, 0)
    written = [path for path in (tmp_path / "out").rglob(f"*{suffix}") if path.is_file() and path != tmp_path / "out/manifest.json"]
    assert len({path.read_bytes() for path in written}) == 8


def test_force_removes_only_what_a_run_has_made(pages, tmp_path):
    output = tmp_path / "out"
    run(job(pages, output))
    (output / "part-time.html").write_text(page(1))
    run(job(pages, output, "jsonl.gz"), earlier="replace")
    assert {path.suffix for path in output.glob("part-*")} == {".gz", ".html"}


def test_files_that_are_there_are_not_overwritten(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.html").write_text(page(1))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.html.json").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        run(job(tmp_path / "in", tmp_path / "out", "json"), workers=1)
    assert (tmp_path / "out" / "x.html.json").read_text() == "mine"
    run(job(tmp_path / "in", tmp_path / "out", "json"), workers=1, earlier="replace")
    assert json.loads((tmp_path / "out" / "x.html.json").read_text())["headline"] == "Story 1"


def test_lists_of_others_are_not_overwritten(pages, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "failures.jsonl").write_text("mine")
    with pytest.raises(LockedError, match=r"failures.jsonl: is there, and of no run"):
        run(job(pages, tmp_path / "out"), workers=1)
    assert (tmp_path / "out" / "failures.jsonl").read_text() == "mine"


def test_a_report_is_refused_before_the_first_page_where_something_else_is(pages, tmp_path):
    other = tmp_path / "other.html"
    other.write_text(page(1))
    for report, code in ((other, 3), (tmp_path, 3), (other / "below", 3), (pages / "d0" / "0.html", 3)):
        done = clip("clean", pages, "-o", tmp_path / "out", "--report", report)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1) and not (tmp_path / "out").exists()
    assert clip("clean", other, "-o", tmp_path / "out", "--report", other).returncode == 2
    assert other.read_text() == page(1)
    for resumed in ([], ["--resume"]):
        assert clip("clean", other, "-o", tmp_path / "out", "--report", tmp_path / "r" / "r.html", *resumed).returncode == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--shard-mb", "3"],
        ["--address", "auto"],
        ["--as", "zyte", "--with", "markdown"],
        ["--as", "zyte", "--field", "headline"],
        ["-o", "OUT", "--format", "text", "--with", "blocks"],
        ["-o", "OUT", "--format", "html", "--as", "zyte"],
        ["-o", "OUT", "--shard-mb", "3"],
    ],
)
def test_options_that_would_do_nothing_are_refused(pages, tmp_path, options):
    done = clip("clean", pages, *(str(tmp_path / "out") if option == "OUT" else option for option in options))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_what_cannot_be_gone_on_with_is_not_said_to_be(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "x.html").write_text(page(1))
    (tmp_path / "out" / "x.html.md").write_text("mine")
    done = clip("clean", tmp_path / "x.html", "-o", tmp_path / "out", "--format", "markdown")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1) and "exists already: use --force" in done.stderr


# -- the plan


def test_shards_are_fixed_lists_named_after_what_makes_their_bytes(pages, tmp_path):
    first = list(plan(job(pages, tmp_path / "out")))
    assert [len(shard.units) for shard in first] == [25, 25, 12]
    assert [shard.key for shard in plan(job(pages, tmp_path / "elsewhere"))] == [shard.key for shard in first]
    assert all(one.key != other.key for one, other in zip(plan(job(pages, tmp_path / "out", "jsonl.gz")), first, strict=True))


def test_the_output_is_not_read_as_input(pages):
    output = pages / "out"
    assert run(job(pages, output), workers=1).rows == run(job(pages, output), workers=1, earlier="resume").rows == 64


# -- pages that do harm


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_a_page_that_does_harm_is_a_failure_and_its_neighbours_are_rows(pages, tmp_path, monkeypatch, form):
    monkeypatch.setattr("scraper.workers.start.single_threaded", lambda: True)  # so that what is changed here holds in the workers
    monkeypatch.setattr("scraper.extract.clean", _harmful)
    for harm in ("segfault", "hang", "allocate"):
        (pages / "d1" / f"{harm}.html").write_text(page(harm))
    config = Config(page=msgspec.structs.replace(Config().page, deadline=5, memory=300))
    outcome = run(job(pages, tmp_path / "out", form, config=config), workers=2)
    assert (outcome.rows, outcome.failures) == (64, 5)
    failures = [json.loads(line) for line in (tmp_path / "out" / "failures.jsonl").read_text().splitlines()]
    found = {row["path"].rpartition("/")[2]: (row["error"], row["message"]) for row in failures}
    assert found["segfault.html"] == ("crash", "its worker ended by SIGSEGV, twice")
    assert found["hang.html"] == ("timeout", "over the deadline of 5 s")
    assert found["allocate.html"] == ("memory", "over the memory limit, twice")


def _harmful(page, *arguments, **options):
    if b"Story segfault" in page.body:
        ctypes.string_at(0)
    if b"Story hang" in page.body:
        time.sleep(100)
    if b"Story allocate" in page.body:
        bytearray(10 << 30)
    return clean(page, *arguments, **options)


def test_killed_workers_change_nothing(pages, tmp_path):
    for number in range(100, 300):
        (pages / f"{number}.html").write_text(page(number))
    whole = begin(pages, tmp_path / "whole", "jsonl")
    assert whole.wait(60) == 0, whole.stderr.read()
    process = begin(pages, tmp_path / "out", "jsonl")
    while not list((tmp_path / "out").glob(".part-*")) and process.poll() is None:
        time.sleep(0.02)
    workers = workers_of(process.pid)
    for worker in workers:  # each has a page in hand, which is tried once more
        os.kill(worker, signal.SIGKILL)
    assert process.wait(60) == 0 and len(workers) == 2, process.stderr.read()
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def workers_of(pid) -> list[int]:
    """Return the processes that the keeper of a run has forked."""
    try:
        keepers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(worker) for keeper in keepers for worker in Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()]
    except OSError:
        return []


# -- the command


COMMAND = "import sys; from scraper.__main__ import main; sys.exit(main())"


def clip(*arguments, timeout=60, **options):
    command = [sys.executable, "-m", "scraper", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, **options)


def test_the_command(pages, tmp_path):
    report = tmp_path / "report.html"
    done = clip("clean", pages, "-o", tmp_path / "out", "--format", "jsonl.gz", "--workers", 2, "--resume", "--report", report)
    assert done.returncode == 1, done.stderr
    assert "66 pages" in done.stderr and "64 records" in done.stderr and "1 wrong-type" in done.stderr
    assert "<svg" in report.read_text() and "Pages by status" in report.read_text()
    assert clip("clean", pages, "-o", tmp_path / "out", "--format", "jsonl.gz").returncode == 4
    assert clip("clean", pages, "-o", tmp_path / "out", "--format", "jsonl", "--resume").returncode == 4
    again = clip("clean", "--retry", tmp_path / "out" / "failures.jsonl")
    assert again.returncode == 5 and len(again.stdout.splitlines()) == 2
    assert clip("clean", pages, "--resume").returncode == 2


def test_progress_is_one_line_on_a_terminal(pages, tmp_path):
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-c",
        f"import scraper.cli.bulk; scraper.cli.bulk._EVERY = 0.0; {COMMAND}",
        "clean",
        str(pages),
        "-o",
        str(tmp_path / "out"),
        "--format",
        "jsonl",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stderr=theirs, stdout=subprocess.PIPE)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal says that its other end is closed
        while data := os.read(ours, 4096):
            shown += data
    process.communicate()
    os.close(ours)
    states = re.findall(r"\r\x1b\[K([\d,]+) pages, \d+ per second, [\d.]+ MB, (\d+) failed(?:, (\d+) remaining)?", shown.decode())
    assert len(states) >= 10 and ("10", "0", "52") in states, shown
    assert b"66 pages in " in shown.rpartition(b"\x1b[K")[2]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_the_report_in_a_browser(pages, tmp_path):
    (pages / "x.html").write_text(page("</title><script>document.title = 'broken in'</script>"))
    report = tmp_path / "report.html"
    clip("clean", pages, "-o", tmp_path / "out", "--format", "jsonl", "--report", report)
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
        "--dump-dom",
        report.as_uri(),
    ]
    page_of_report = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    assert "<title>clip: 67 pages</title>" in page_of_report
    assert page_of_report.count("<svg") >= 6 and "<script" not in page_of_report
    widths = [int(width) for width in re.findall(r'<rect[^>]* width="(\d+)"', page_of_report)]
    assert len(widths) >= 10 and min(widths) >= 1


def test_lists_of_paths(tmp_path):
    for data in (b"a\rb.html\nc d\n\n", b"a\rb.html\r\nc d\r\n", b"a\rb.html\0c d\0"):
        (tmp_path / "list").write_bytes(data)
        assert paths_from(str(tmp_path / "list")) == ["a\rb.html", "c d"]


def test_paths_from_standard_input(pages):
    names = "\n".join(str(pages / "d0" / f"{number}.html") for number in (0, 3))
    done = clip("clean", "--from", "-", "--as", "newspaper", input=names)
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["Story 0", "Story 3"]


def test_a_run_over_standard_input_that_goes_on_says_what_it_takes_it_for(tmp_path):
    command = ("clean", "-", "-o", tmp_path / "out", "--format", "jsonl", "--resume")
    first, second = (clip(*command, input=page(number)) for number in (1, 2))
    assert "standard input" not in first.stderr and "standard input is taken to be what it was" in second.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_the_command_in_order(pages, tmp_path, number, code):
    for extra in range(1000, 3000):
        (pages / f"{extra}.html").write_text(page(extra))
    command = [sys.executable, "-m", "scraper", "clean", str(pages), "-o", str(tmp_path / "out"), "--format", "jsonl", "--workers", "2"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 20
    while not list((tmp_path / "out").glob(".part-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == code
    assert "--resume goes on" in errors and "Traceback" not in errors
