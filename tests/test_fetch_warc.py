"""The archive that `--save-warc` writes: whole whatever the moment of a kill, and never appended to where it is damaged."""

import gzip
import os
import signal
from pathlib import Path

import pytest

from scraper.errors import LockedError, OutputError
from scraper.fetch import warc
from scraper.fetch.journal import Journal
from scraper.fetch.outcome import Kept
from scraper.fetch.warc import WarcWriter
from scraper.page import Page
from scraper.readers import read

URLS = [f"http://a.test/{n}" for n in range(4)]


def page_of(url: str) -> Page:
    body = f"<title>{url}</title><p>".encode() + os.urandom(20_000).hex().encode()
    return Page(body=body, url=url, status=200, media_type="text/html")


def urls_in(path: Path) -> list[str]:
    """Return the URLs of an archive's pages; every member of it is read."""
    assert gzip.decompress(path.read_bytes()).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo")
    pages = [page for page in read(str(path)) if isinstance(page, Page)]
    assert len(pages) == gzip.decompress(path.read_bytes()).count(b"WARC-Type: response")
    return [page.url or "" for page in pages]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "crawl.warc.gz"


def archive(path: Path, urls: list[str], journal: Journal | None = None) -> None:
    with WarcWriter(path, journal) as writer:
        for url in urls:
            writer.add(page_of(url), journal.keep(url, page_of(url)) if journal else None)


def archived_until(path: Path, moment: int) -> None:
    """Archive what is not yet, in a process that is killed at this moment, counted from 0; -1 lets it live."""
    pid = os.fork()
    if pid:
        assert (os.waitpid(pid, 0)[1] == 0) == (moment < 0)
        return
    left = [moment]

    def pass_by() -> None:
        left[0] -= 1
        if left[0] == -1:
            os.kill(os.getpid(), signal.SIGKILL)

    def write_slowly(file, data):
        pass_by()
        for part in (data[: len(data) // 3], data[len(data) // 3 :]):
            file.write(part)
            pass_by()

    warc._write = write_slowly
    with Journal(path.parent / "run", {}) as journal:
        enter = journal.archive

        def enter_watched(*arguments):
            pass_by()
            enter(*arguments)

        journal.archive = enter_watched
        with WarcWriter(path, journal) as writer:
            for url in URLS:
                kept = journal.take(url) or Kept(journal.keep(url, page_of(url)), page_of(url), archived=False)
                if not kept.archived:
                    writer.add(kept.result, kept.number)
    os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs to be killed are forked")
@pytest.mark.parametrize("moment", range(4 * (len(URLS) + 1)))
def test_every_page_once_whatever_the_moment_of_the_kill(path: Path, moment: int) -> None:
    archived_until(path, moment)
    archived_until(path, -1)
    assert urls_in(path) == URLS


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs to be killed are forked")
def test_a_run_that_is_killed_again_and_again_gets_there(path: Path) -> None:
    for moment in (0, 2, 1, 2, 5, 3, 4, 1):
        archived_until(path, moment)
    archived_until(path, -1)
    assert urls_in(path) == URLS


def test_pages_of_a_joined_article_are_captures_of_their_own(path: Path) -> None:
    with WarcWriter(path) as writer:
        writer.add(Page(body=b"<p>One", url=URLS[0], media_type="text/html", following=(page_of(URLS[1]),)))
    assert urls_in(path) == URLS[:2]


def test_an_archive_is_appended_to(path: Path) -> None:
    archive(path, URLS[:2])
    archive(path, URLS[2:])
    assert urls_in(path) == URLS


@pytest.mark.parametrize("lost", [1, 5, 9, 4_000, 19_000])
def test_a_torn_archive_is_refused_and_left_alone(path: Path, lost: int) -> None:
    archive(path, URLS[:1])
    whole = path.stat().st_size
    archive(path, URLS[1:2])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - lost)
    before = path.read_bytes()
    with pytest.raises(OutputError, match=f"truncate -s {whole} "):
        archive(path, URLS[2:])
    assert path.read_bytes() == before


@pytest.mark.parametrize("rest", [b"\0" * 40, b"\x1f\x8b\x08", b"notes"])
def test_what_follows_the_last_record_is_named(path: Path, rest: bytes) -> None:
    archive(path, URLS[:1])
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(rest)
    with pytest.raises(OutputError, match=f"from byte {whole} on"):
        archive(path, URLS[1:])


def test_other_files_are_refused(path: Path) -> None:
    for data in (b"notes", gzip.compress(b"notes"), b"\x1f\x8b\x08" * 70_000):
        path.write_bytes(data)
        with pytest.raises(OutputError, match="from byte 0 on it is no whole WARC record, nothing is appended: name another file"):
            archive(path, URLS)
        assert path.read_bytes() == data


def test_a_plain_archive(path: Path) -> None:
    plain = path.with_suffix("")
    archive(plain, URLS[:2])
    archive(plain, URLS[2:])
    assert [page.url for page in read(str(plain)) if isinstance(page, Page)] == URLS
    with plain.open("r+b") as file:
        file.truncate(plain.stat().st_size - 9)
    with pytest.raises(OutputError, match="no whole WARC record"):
        archive(plain, URLS)


def test_large_records_are_known_to_be_whole(path: Path) -> None:
    for body in (b"a" * 3_000_000, os.urandom(300_000)):
        with WarcWriter(path) as writer:
            writer.add(Page(body=body, url=URLS[0]))
    archive(path, URLS[1:])
    assert gzip.decompress(path.read_bytes()).count(b"WARC-Type: response") == 5


def test_an_archive_that_lost_records_is_refused(path: Path) -> None:
    with Journal(path.parent / "run", {}) as journal:
        archive(path, URLS[:3], journal)
    path.unlink()
    with (
        Journal(path.parent / "run", {}) as journal,
        pytest.raises(LockedError, match="has lost records that the journal counts: put it back"),
    ):
        archive(path, URLS[3:], journal)


def test_another_archive_in_its_place_is_refused(path: Path) -> None:
    with Journal(path.parent / "run", {}) as journal:
        archive(path, URLS[:1], journal)
    path.unlink()
    archive(path, URLS)
    before = path.read_bytes()
    with Journal(path.parent / "run", {}) as journal, pytest.raises(LockedError, match="what this run did not write"):
        archive(path, URLS[3:], journal)
    assert path.read_bytes() == before


def test_what_others_append_between_two_runs_stays(path: Path) -> None:
    with Journal(path.parent / "run", {}) as journal:
        archive(path, URLS[:2], journal)
    archive(path, URLS[2:3])
    with Journal(path.parent / "run", {}) as journal:
        archive(path, URLS[3:], journal)
    assert urls_in(path) == URLS


def test_a_full_disk_leaves_whole_records(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(path, URLS[:1])

    def fill(file, data):
        file.write(data[:100])
        raise OSError(28, "No space left on device")

    with Journal(path.parent / "run", {}) as journal:
        with monkeypatch.context() as full:
            full.setattr(warc, "_write", fill)
            with pytest.raises(OutputError, match="No space left"):
                archive(path, URLS[1:], journal)
        assert urls_in(path) == URLS[:1]
        archive(path, URLS[2:], journal)
    assert urls_in(path) == URLS


def test_two_runs_do_not_write_one_archive(path: Path) -> None:
    with WarcWriter(path) as writer:
        with pytest.raises(LockedError, match="another run is writing this archive"), WarcWriter(path):
            pass
        writer.add(page_of(URLS[0]))
    archive(path, URLS[1:2])
    assert urls_in(path) == URLS[:2]
