"""`clip fetch` and `clip discover` on lists, as a user runs them, against the faulty server by its loopback address."""

import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.saved import url_name
from tests.conftest import ROOT, Ran
from tests.server import FaultyServer
from tests.server.faults import STAND_INS

Clip = Callable[..., Ran]


@pytest.fixture
def site(server: FaultyServer) -> str:
    server.requests.clear()
    server.log.clear()
    return f"http://127.0.0.1:{server.plain_port}"


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    path = tmp_path / "quick.yaml"
    path.write_text("fetch: {delay: 0, allow_private: true, deadline: 10, retries: 0, host_failures: 100}")
    return path


def urls_in(path: Path, urls: list[str]) -> Path:
    path.write_text("\ufeff# a list\n\n" + "\n".join(urls) + "  # the last\n")
    return path


def test_a_list_gives_a_line_for_every_url_and_a_table(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    other = site.replace("127.0.0.1", "localhost")
    urls = [f"{site}/ok?1", f"{other}/ok?2", f"{site}/404", "nonsense", f"{site}/pdf", f"{site}/ok?1"]
    ran = clip("fetch", "--from", urls_in(tmp_path / "urls.txt", urls), "--config", quick, "--log", "log.jsonl")
    assert ran.code == 1
    assert sorted(record["url"] for record in ran.records) == sorted([f"{site}/ok?1", f"{other}/ok?2", f"{site}/ok?1"])
    assert sorted(row["error"] for row in ran.failures) == ["bad-url", "http-error", "wrong-type"]
    assert "6 URLs in " in ran.err and "\nclip:   page " in ran.err
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert sorted(attempt["outcome"] for attempt in log) == ["bad-url", "http-error", "page", "page", "page", "wrong-type"]


def test_what_stands_in_an_articles_place_is_never_its_body(clip: Clip, site: str, quick: Path) -> None:
    ran = clip("fetch", *(site + path for path in STAND_INS), "--config", quick, "--ordered")
    assert [record["status"] for record in ran.records] == [status for status, _ in STAND_INS.values()]
    assert not any(record["body"] for record in ran.records)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("/ok", ["--log", "/dev/full"], "/dev/full: cannot be written: No space left on device"),
        ("nonsense", ["--log", "/dev/full"], "/dev/full: cannot be written: No space left on device"),
        ("/ok", ["--cache", "quick.yaml"], "quick.yaml: cannot be the cache: File exists"),
        ("nonsense", ["--save", "quick.yaml"], "quick.yaml: cannot be the folder of raw pages: File exists"),
    ],
)
def test_what_cannot_be_kept_ends_the_run(clip: Clip, site: str, quick: Path, url: str, options: list[str], said: str) -> None:
    ran = clip("fetch", site + url if url.startswith("/") else url, "--config", quick, *options)
    assert (ran.code, ran.out, ran.err) == (3, b"", f"clip: {said}\n")


def test_raw_pages_and_records_do_not_share_a_folder(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    ran = clip("fetch", f"{site}/ok", "--config", quick, "--save", "out", "-o", "./out/", "--force")
    assert (ran.code, ran.err.count("\n")) == (2, 1) and not (tmp_path / "out").exists()


def test_bytes_of_a_url_that_are_no_utf_8_are_sent(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    url = f"{site}/ok?q=caf\udce9"
    (tmp_path / "urls.txt").write_bytes(os.fsencode(url))
    for given in (["--from", "urls.txt"], [url, "--resume", os.fsdecode(b"j\xff"), "-o", os.fsdecode(b"o\xff")]):
        ran = clip("fetch", *given, "--config", quick, "--log", "log.jsonl")
        assert ran.code == 0, ran.err
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [attempt["final_url"] for attempt in log] == [f"{site}/ok?q=caf%E9"] * 2


def test_credentials_are_in_nothing_that_a_run_leaves(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    secret = site.replace("//", "//jane:sec@ret@")
    urls = [f"{secret}/ok", f"{secret}/404", f"{secret}/pdf", f"{secret}0000/ok", secret.removeprefix("http://"), f"{secret}/ok#part"]
    listed = urls_in(tmp_path / "urls.txt", urls)
    kept = ("--save", "raw", "--save-warc", "raw.warc", "--log", "log.jsonl", "--resume", "journal", "-o", "out")
    ran = clip("fetch", "--from", listed, "--config", quick, "--with", "input,candidates", *kept)
    assert ran.code == 1 and len(list((tmp_path / "out").iterdir())) == 2
    assert f"{site}/404" in [row["input"] for row in ran.failures]
    listed.unlink()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in left if "ret" in path.name or b"sec@ret" in path.read_bytes()]
    assert "sec@ret" not in ran.err + ran.out.decode()
    for command in ("explain", "discover"):
        ran = clip(command, f"{secret}/404", "--config", quick)
        assert ran.code == 5 and "answered 404" in ran.err and "ret@" not in ran.err


def test_fields_are_named_as_another_tool_names_them(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    ran = clip("fetch", f"{site}/ok", "--config", quick, "--as", "zyte", "--resume", "journal")
    assert ran.code == 0 and "articleBody" in json.loads(ran.out)
    assert clip("fetch", f"{site}/ok", "--config", quick, "--as", "newspaper", "--resume", "journal").code == 4
    assert clip("fetch", f"{site}/ok", "--config", quick, "--as", "zyte", "--field", "body").code == 2


def test_order_can_be_kept(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    urls = [f"{site}/unhurried?1", f"{site.replace('127.0.0.1', 'localhost')}/ok?2", f"{site}/ok?3"]
    ran = clip("fetch", "--from", urls_in(tmp_path / "urls.txt", urls), "--config", quick, "--ordered")
    assert [record["url"] for record in ran.records] == urls


def test_output_files_never_collide(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    urls = [f"{site}/ok?a=1", f"{site}/ok?a-1", f"{site}/ok/a=1", f"{site}/OK?a=1", f"{site}/ok?a=1"]
    list_file = urls_in(tmp_path / "urls.txt", urls)
    first = clip("fetch", "--from", list_file, "--config", quick, "-o", "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 4 and first.failures[0]["input"].endswith("/OK?a=1")
    assert all(name.startswith("127.0.0.1-") for name in names)
    again = clip("fetch", "--from", list_file, "--config", quick, "-o", "out", "--skip-existing")
    assert again.code == 1 and sorted(path.name for path in (tmp_path / "out").iterdir()) == names


def test_a_warc_gives_the_same_records(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    urls = [f"{site}/{path}" for path in ("ok?1", "gzip", "charset-legacy", "plain-text", "no-type", "hop/2")]
    fetched = clip("fetch", *urls, "--config", quick, "--save-warc", "crawl.warc.gz")
    again = clip("clean", "crawl.warc.gz")
    assert len(fetched.records) == 6

    def by_url(ran: Ran) -> dict[str, dict[str, object]]:
        return {record["url"]: record for record in ran.records}

    assert by_url(again) == by_url(fetched)


def test_joined_pages_are_kept_together(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    fetched = clip("fetch", f"{site}/long/story", "--pages", "9", "--config", quick, "--save", "raw")
    (record,) = fetched.records
    assert [f"stands on page {n} of" in record["body"] for n in range(1, 6)] == [True, True, True, True, False]
    assert record["body"].count("paragraph 3 of the report") == 1
    again = clip("clean", "raw")
    assert again.records == fetched.records


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on the PATH")
def test_rendered_pages(clip: Clip, site: str, quick: Path) -> None:
    pytest.importorskip("playwright", reason="rendering needs the extra `render`")
    assert clip("fetch", f"{site}/app", "--config", quick).records[0]["headline"] != "Built by script"
    assert clip("fetch", f"{site}/app", "--config", quick, "--render").records[0]["headline"] == "Built by script"


def test_discovered_urls_are_fetched(clip: Clip, site: str, quick: Path) -> None:
    found = clip("discover", f"{site}/front", "--no-feeds", "--config", quick)
    urls = found.out.decode().split()
    assert found.code == 0 and urls[0] == f"{site}/2025/07/31/harbour"
    piped = subprocess.run(
        [sys.executable, "-m", "scraper", "fetch", "-", "--config", quick, "--ordered"],
        input=found.out,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert [json.loads(line)["input"] for line in piped.stdout.splitlines()] == urls
    assert piped.returncode == 5


def test_nothing_discovered_is_exit_5(clip: Clip, site: str, quick: Path) -> None:
    assert clip("discover", f"{site}/plain-text", "--config", quick).code == 5
    assert clip("discover", f"{site}/404", "--config", quick).code == 5


def test_usage(clip: Clip, tmp_path: Path) -> None:
    assert clip("fetch").code == 2
    assert clip("fetch", "-", "http://a.test/").code == 2
    assert clip("fetch", "--from", tmp_path / "missing").code == 2
    (tmp_path / "urls.txt").write_text("http://a.test/")
    assert "urls.txt: is a file: --from reads URLs from one" in clip("fetch", tmp_path / "urls.txt").err


@pytest.mark.parametrize("output", ["folder", "file"])
def test_a_killed_run_goes_on_where_it_was(server: FaultyServer, site: str, quick: Path, tmp_path: Path, output: str) -> None:
    hosts = [site, site.replace("127.0.0.1", "localhost"), *(site.replace("127.0.0.1", f"h{n}.localhost") for n in range(6))]
    urls = [f"{host}/unhurried?{n}" for n in range(12) for host in hosts]
    list_file = urls_in(tmp_path / "urls.txt", urls)
    rows, folder = tmp_path / "rows.jsonl", tmp_path / "out"
    command = [sys.executable, "-m", "scraper", "fetch", "--from", list_file, "--config", quick, "--resume", tmp_path / "run"]
    command += ["-o", folder] if output == "folder" else []

    def done() -> set[str]:
        if output == "folder":
            return {path.stem for path in folder.glob("*.json")}
        return {url_name(json.loads(line)["url"]) for line in rows.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")}

    kills: list[tuple[int, set[str]]] = []  # how many requests had been made by then, and what had been written
    for _ in range(3):
        with rows.open("ab") as stdout:
            running = subprocess.Popen(command, cwd=ROOT, stdout=stdout, stderr=subprocess.DEVNULL)
        before, give_up = len(done()), time.monotonic() + 30
        while len(done()) < before + 8 and time.monotonic() < give_up:
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
        assert running.wait() == -9
        kills.append((len(server.log), done()))
    with rows.open("ab") as stdout:
        last = subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, check=False)
    assert last.returncode == 0, last.stderr
    assert done() == {url_name(url) for url in urls}
    if output == "file":
        assert sorted(json.loads(line)["url"] for line in rows.read_bytes().splitlines()) == sorted(urls)
    asked = [(target, url_name(f"http://{headers['host']}{target}")) for _, target, headers in server.log]
    for requests, written in kills:
        assert not written & {name for _, name in asked[requests:]}  # nothing that had ended is asked for again
    pages = [name for target, name in asked if target != "/robots.txt"]
    assert len(pages) - len(urls) <= len(kills) * len(hosts)  # only what was on the wire, one page a host
    nothing_left = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (nothing_left.returncode, nothing_left.stdout, len(server.log)) == (0, b"", len(asked)), nothing_left.stderr


def test_raw_pages_and_the_log_are_whole_after_kills(server: FaultyServer, site: str, quick: Path, tmp_path: Path, clip: Clip) -> None:
    hosts = [site, *(site.replace("127.0.0.1", f"h{n}.localhost") for n in range(5))]
    urls = [f"{host}/unhurried?{n}" for n in range(6) for host in hosts]
    archive, raw, log = tmp_path / "crawl.warc.gz", tmp_path / "raw", tmp_path / "log.jsonl"
    command = [
        sys.executable,
        "-m",
        "scraper",
        "fetch",
        "--from",
        urls_in(tmp_path / "urls.txt", urls),
        "--config",
        quick,
        "-o",
        tmp_path / "out",
    ]
    command += ["--resume", tmp_path / "run", "--save-warc", archive, "--save", raw, "--log", log]
    rng = random.Random(6)
    for _ in range(3):
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before, give_up = archive.stat().st_size if archive.exists() else 0, time.monotonic() + 30
        while (not archive.exists() or archive.stat().st_size < before + 1_000) and time.monotonic() < give_up:
            time.sleep(0.002)
        time.sleep(rng.random() / 20)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    with log.open("ab") as file:
        file.write(b'{"time":17')  # as a kill would leave it
    last = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert last.returncode == 0, last.stderr
    members = gzip.decompress(archive.read_bytes())
    assert sorted(re.findall(rb"^WARC-Target-URI: (.*)\r$", members, re.M)) == sorted(url.encode() for url in urls)
    records = [json.loads(path.read_bytes()) for path in sorted((tmp_path / "out").iterdir())]
    for kept in ("raw", archive.name):
        again = clip("clean", kept)
        assert sorted(record["url"] for record in again.records) == sorted(urls) and not again.failures
        assert all(record in records for record in again.records)
    assert len(names_in(raw)) == 2 * len(urls)
    assert {json.loads(line)["url"] for line in log.read_bytes().splitlines()} == set(urls)


def test_an_archive_that_a_journal_does_not_know_is_refused(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    command = ("fetch", f"{site}/ok?1", f"{site}/ok?2", "--config", quick, "--resume", "run", "--save-warc", "crawl.warc.gz")
    assert clip(*command).code == 0
    (tmp_path / "crawl.warc.gz").unlink()
    gone = clip(*command)
    assert (gone.code, gone.out) == (
        4,
        b"",
    ) and "has lost records that the journal counts: put it back as it was, or start anew" in gone.err
    other = clip(*command[:-1], "other.warc.gz")
    assert other.code == 4 and "--save-warc was" in other.err and not (tmp_path / "other.warc.gz").exists()


def test_a_torn_archive_is_not_appended_to(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    command = ("fetch", f"{site}/ok?1", "--config", quick, "--save-warc", "crawl.warc.gz")
    assert clip(*command).code == 0
    torn = (tmp_path / "crawl.warc.gz").read_bytes()[:-10]
    (tmp_path / "crawl.warc.gz").write_bytes(torn)
    ran = clip(*command)
    assert ran.code == 3 and "is no whole WARC record" in ran.err
    assert (tmp_path / "crawl.warc.gz").read_bytes() == torn


def test_a_url_that_is_listed_twice_ends_twice(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    list_file = urls_in(tmp_path / "urls.txt", [f"{site}/ok?1", f"{site}/ok?1"])
    first = clip("fetch", f"{site}/ok?1", "--config", quick, "--resume", "run", "-o", "out")
    both = clip("fetch", "--from", list_file, "--config", quick, "--resume", "run", "-o", "out")
    assert (first.code, both.code, len(names_in(tmp_path / "out"))) == (0, 0, 2)
    again = clip("fetch", "--from", list_file, "--config", quick, "--resume", "run", "-o", "out")
    assert (again.code, again.out) == (0, b"")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_journal_belongs_to_one_kind_of_run(clip: Clip, site: str, quick: Path) -> None:
    assert clip("fetch", f"{site}/ok?1", "--config", quick, "--resume", "run").code == 0
    other = clip("fetch", f"{site}/ok?2", "--config", quick, "--resume", "run", "-o", "out")
    assert other.code == 4 and "output was standard output and is" in other.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_lists_as_windows_writes_them(clip: Clip, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "list.txt").write_bytes("bad:url\r\nhttp://\r\n".encode(encoding))
    assert [row["input"] for row in clip("fetch", "--from", "list.txt").failures] == ["bad:url", "http://"]
    assert [row["input"] for row in clip("clean", "--from", "list.txt").failures] == ["bad:url", "http://"]


def test_a_line_is_one_url_however_long(clip: Clip) -> None:
    ran = clip("fetch", "-", stdin=b"x" * 200_000 + b"\nbad:url\rbad:url2")
    assert [row["error"] for row in ran.failures] == ["bad-url", "blocked", "blocked"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_waits_for_its_list_can_be_stopped(quick: Path, environment: dict[str, str], number: int, code: int) -> None:
    command = [sys.executable, "-m", "scraper", "fetch", "-", "--config", str(quick)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as run:
        assert run.stdin is not None and run.stdout is not None and run.stderr is not None
        run.stdin.write(b"bad:url\n")
        run.stdin.flush()
        assert run.stdout.readline().startswith(b'{"error":"blocked"')
        run.send_signal(number)
        assert (run.wait(20), b"Fatal" in run.stderr.read()) == (code, False)


def test_a_run_that_went_on_ends_as_a_whole_one_does(clip: Clip, site: str, quick: Path) -> None:
    urls = (f"{site}/ok", f"{site}/404")
    assert [clip("fetch", *urls, "--config", quick, "--resume", "run").code for _ in range(2)] == [1, 1]
    assert [clip("fetch", urls[1], "--config", quick, "--resume", "run2").code for _ in range(2)] == [5, 5]
    assert [clip("fetch", urls[0], "--config", quick, "--resume", "run3").code for _ in range(2)] == [0, 0]


def test_an_archive_is_written_as_it_is_named(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    assert clip("fetch", f"{site}/ok", "--config", quick, "--save-warc", "a.warc.zst").err == (
        "clip: --save-warc: a.warc.zst: a WARC file is written plain (.warc) or with gzip (.warc.gz)\n"
    )
    assert clip("fetch", f"{site}/ok", "--config", quick, "--save-warc", "A.WARC.GZ").code == 0
    assert gzip.decompress((tmp_path / "A.WARC.GZ").read_bytes()).startswith(b"WARC/1.1")
