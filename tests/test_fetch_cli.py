"""`clip fetch` and `clip discover` on lists, as a user runs them, against the faulty server by its loopback address."""

import json
import os
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


def test_a_killed_run_goes_on_where_it_was(server: FaultyServer, site: str, quick: Path, tmp_path: Path) -> None:
    urls = [f"{site}/unhurried?{n}" for n in range(20)] + [f"{site.replace('127.0.0.1', 'localhost')}/unhurried?{n}" for n in range(20)]
    list_file = urls_in(tmp_path / "urls.txt", urls)
    command = [
        sys.executable,
        "-m",
        "scraper",
        "fetch",
        "--from",
        list_file,
        "--config",
        quick,
        "-o",
        tmp_path / "out",
        "--resume",
        tmp_path / "run",
    ]
    kills: list[tuple[int, set[str]]] = []  # how many requests had been made by then, and what had been written
    written: set[str] = set()
    for _ in range(2):
        before = len(written)
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        give_up = time.monotonic() + 30
        while len(written := {path.stem for path in (tmp_path / "out").glob("*.json")}) < before + 8 and time.monotonic() < give_up:
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGKILL)
        assert running.wait() == -9
        kills.append((len(server.log), written))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in (tmp_path / "out").glob("*.json")} == {url_name(url) for url in urls}
    for requests, written in kills:
        later = {url_name(f"http://{headers['host']}{target}") for _, target, headers in server.log[requests:]}
        assert len(later & written) <= 1  # the one that was written, and the process gone before it was entered
    before = len(server.log)
    nothing_left = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (nothing_left.returncode, nothing_left.stdout, len(server.log)) == (0, b"", before)
