"""Outputs in stores: the same files as in a folder, whole or absent, resumed from what is there."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scraper.bulk import collect, publish, run
from scraper.bulk.lock import leased
from scraper.bulk.stores import Store, folder_of
from scraper.cli.bulk import place
from scraper.errors import ConfigError, LockedError, OutputError
from tests.conftest import ROOT
from tests.test_bulk import clip, job, page, pages, small_blocks, tree  # noqa: F401 - fixtures

fsspec = pytest.importorskip("fsspec")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="worker processes need fork")


@pytest.fixture(params=["memory", "local", "s3"])
def url(request, tmp_path) -> str:
    """Return the URL of an empty place: an object store, a file system that is written by moving, and S3 by its protocol."""
    if request.param == "local":
        return f"local://{tmp_path}/store"
    if request.param == "s3":
        return request.getfixturevalue("bucket") + f"/{tmp_path.name}"
    return f"memory://{tmp_path.name}"


@pytest.fixture(scope="session")
def bucket():
    """Start an S3 server on this machine; return the URL of a bucket."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ |= {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    fsspec.filesystem("s3").mkdir("clip-output")
    yield "s3://clip-output"
    server.stop()
    os.environ.clear()
    os.environ |= before


def objects(url: str) -> dict[str, bytes]:
    """Return what is at a place, by name."""
    store = Store(url)
    store.files.invalidate_cache()
    return {path.rpartition(store.root + "/")[2]: store.files.cat_file(path) for path in store.files.find(store.root)}


@pytest.fixture(autouse=True)
def quick_lease(monkeypatch):
    monkeypatch.setattr("scraper.bulk.lock.BEAT", 0.1)


@pytest.mark.parametrize("form", ["jsonl.gz", "json", "sqlite"])
def test_a_store_holds_what_a_folder_would(pages, tmp_path, url, form):  # noqa: F811
    run(job(pages, tmp_path / "folder", form), workers=2)
    outcome = run(job(pages, url, form), workers=2)
    assert (outcome.rows, outcome.failures) == (64, 2)
    expected = tree(tmp_path / "folder")
    del expected[".clip-lock"]
    assert objects(url) == expected


@pytest.mark.parametrize("duplicates", [None, "exact"])
def test_a_run_that_ends_anywhere_is_gone_on_with(pages, tmp_path, url, monkeypatch, duplicates):  # noqa: F811
    for number in range(5):
        (pages / f"copy{number}.html").write_text(page(number))
    run(job(pages, tmp_path / "folder", "jsonl", duplicates=duplicates), workers=1)
    expected = tree(tmp_path / "folder")
    del expected[".clip-lock"]
    calls = allowed = 0

    def counted(original):
        def method(self, first, *arguments):
            nonlocal calls
            calls += ".clip-lock" not in first
            if calls > allowed:
                raise OutputError("the network is gone")
            return original(self, first, *arguments)

        return method

    outcome = None
    with monkeypatch.context() as broken:
        for name in ("put", "write", "remove"):
            broken.setattr(Store, name, counted(getattr(Store, name)))
        while outcome is None:
            allowed, calls = allowed + 1, 0
            with contextlib.suppress(OutputError):
                outcome = run(job(pages, url, "jsonl", duplicates=duplicates), workers=1, earlier="resume")
    assert allowed > 3 and (outcome.rows, outcome.duplicates) == ((64, 5) if duplicates else (69, 0))
    found = objects(url)
    found.pop(".clip-lock", None)
    assert found == expected


def test_a_finished_run_is_left_as_it_is(pages, url):  # noqa: F811
    run(job(pages, url), workers=1)
    before = objects(url)
    assert run(job(pages, url), workers=1, earlier="resume").rows == 64
    assert objects(url) == before
    with pytest.raises(LockedError, match="--resume goes on with it, --force starts anew"):
        run(job(pages, url), workers=1)
    with pytest.raises(LockedError, match="convention was None and is zyte"):
        run(job(pages, url, convention="zyte"), workers=1, earlier="resume")
    (pages / "d0" / "0.html").write_text(page("other"))
    with pytest.raises(LockedError, match="has changed since"):
        run(job(pages, url), workers=1, earlier="resume")
    assert run(job(pages, url), workers=1, earlier="replace").rows == 64


def test_what_is_gone_or_of_no_known_run_is_refused(pages, url):  # noqa: F811
    run(job(pages, url), workers=1)
    store = Store(url)
    store.remove([next(name for name in store.names() if name.startswith("part-"))])
    with pytest.raises(OutputError, match="gone since"):
        run(job(pages, url), workers=1, earlier="resume")
    store.remove([".clip-manifest.sqlite"])
    with pytest.raises(LockedError, match="no known run"):
        run(job(pages, url), workers=1, earlier="resume")
    store.write("mine.txt", b"mine")
    store.remove([name for name in store.names() if name.startswith("part-")])
    with pytest.raises(LockedError, match="no known run"):
        run(job(pages, url, "json"), workers=1)


def test_a_note_that_no_run_wrote_is_refused(pages, url, monkeypatch):  # noqa: F811
    monkeypatch.setattr(publish, "finish", lambda *_: None)
    run(job(pages, url), workers=1)
    store = Store(url)
    store.write(f"{publish.NOTES}/{store.names(publish.NOTES)[0]}", b"\xc1")
    with pytest.raises(OutputError, match="not what a run wrote"):
        run(job(pages, url), workers=1, earlier="resume")


# -- one run at a time


def test_a_second_run_is_refused_and_the_first_undisturbed(pages, url):  # noqa: F811
    with leased(Store(url)), pytest.raises(LockedError, match=rf"another run is writing here \(process {os.getpid()} on "):
        run(job(pages, url), workers=1)
    assert run(job(pages, url), workers=1).rows == 64


def test_the_place_of_a_killed_run_is_taken_over(pages, url):  # noqa: F811
    Store(url).write(".clip-lock", b'{"host": "elsewhere", "pid": 1, "token": "x"}')
    assert run(job(pages, url), workers=1).rows == 64
    assert ".clip-lock" not in objects(url)


def test_a_killed_process_is_gone_on_with(pages, tmp_path):  # noqa: F811
    for number in range(100, 200):
        (pages / f"{number}.html").write_text(page(number))
    target = f"local://{tmp_path}/store"
    command = [sys.executable, "-m", "scraper", "clean", pages, "-o", target, "--format", "jsonl", "--workers", "1", "--shard-mb", "1"]
    code = (
        "import sys, scraper.bulk.plan, scraper.bulk.collect, scraper.bulk.lock\n"
        "scraper.bulk.plan.FILES, scraper.bulk.collect.BLOCK_PAGES, scraper.bulk.lock.BEAT = 10, 7, 0.1\n"
        "from scraper.__main__ import main; sys.argv[0] = 'clip'; sys.exit(main())"
    )
    command = [sys.executable, "-c", code, *map(str, command[3:]), "--resume"]
    run_length = time.monotonic()
    whole = [*command]
    whole[whole.index(target)] = str(tmp_path / "whole")
    assert subprocess.run(whole, cwd=ROOT, capture_output=True, timeout=60).returncode == 1
    run_length = time.monotonic() - run_length
    for share in (0.5, 0.9):
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
        time.sleep(share * run_length)
        process.kill()
        process.communicate()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    expected = tree(tmp_path / "whole")
    del expected[".clip-lock"]
    assert {name: data for name, data in tree(tmp_path / "store").items() if not name.endswith(".tmp")} == expected


# -- the command, and what is wrong with a URL


def test_the_command_writes_to_a_store(pages, tmp_path):  # noqa: F811
    done = clip("clean", pages, "-o", f"local://{tmp_path}/store", "--format", "jsonl")
    assert done.returncode == 1 and f"failures: local://{tmp_path}/store/failures.jsonl" in done.stderr
    assert clip("clean", pages / "d0", "-o", f"local://{tmp_path}/pages").returncode == 0
    assert json.loads((tmp_path / "pages" / "0.html.json").read_text())["headline"] == "Story 0"


def test_a_file_url_is_a_folder(tmp_path):
    assert place(f"file://{tmp_path}/a%20b") == str(tmp_path / "a b")
    assert place("s3://bucket/a") == "s3://bucket/a" and place("a/b") == "a/b" and place("c:\\a") == "c:\\a"
    assert folder_of("file://elsewhere/a") is None


@pytest.mark.parametrize("target", ["nowhere://a/b", "http+x://a"])
def test_an_unknown_store_is_refused(pages, target):  # noqa: F811
    with pytest.raises(ConfigError, match="://"):
        run(job(pages, target), workers=1)


def test_a_place_that_cannot_be_written_is_refused_before_the_first_page(pages, tmp_path, monkeypatch):  # noqa: F811
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr(collect.Collector, "take", lambda *_: pytest.fail("a page was cleaned"))
    with pytest.raises(OutputError, match=r"local://.*\.clip-lock"):
        run(job(pages, f"local://{tmp_path}/file/below"), workers=1)


def test_nothing_is_half_there_when_an_upload_fails(tmp_path, monkeypatch):
    store = Store(f"local://{tmp_path}/store")
    store.write("a", b"old")

    def torn(path, target, **_):
        Path(target).write_bytes(b"ne")
        raise OSError("the line is cut")

    monkeypatch.setattr(store.files, "put_file", torn)
    (tmp_path / "new").write_bytes(b"new")
    with pytest.raises(OutputError, match="the line is cut"):
        store.put([("a", str(tmp_path / "new"))])
    assert tree(tmp_path / "store") == {"a": b"old"}
