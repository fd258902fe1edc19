"""The journal: what has ended stays ended, what was answered is not asked again, whatever happens to the process."""

import os
import sqlite3
import subprocess
import sys

import pytest

from scraper.errors import Failure, LockedError, OutputError
from scraper.fetch.journal import Appended, Journal, Place, Written
from scraper.fetch.outcome import Kept
from scraper.page import Page
from tests.conftest import ROOT

URLS = ["http://a.test/1", "http://a.test/2"]
NOTHING = Written(None, b"")
SETTINGS = {"field": "body"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run"


def killed(script, *arguments):
    """Run `script` in a process that is killed at its end, before anything is closed."""
    code = f"import os, signal, sys\n{script}\nos.kill(os.getpid(), signal.SIGKILL)"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr


def test_what_has_ended_is_counted(path):
    with Journal(path, SETTINGS) as journal:
        assert [journal.times(url) for url in URLS] == [0, 0]
        journal.enter(URLS[0], "record", NOTHING)
        journal.enter(URLS[1], "timeout", NOTHING)
        journal.enter(URLS[0], "record", NOTHING)
    with Journal(path, SETTINGS) as journal:
        assert [journal.times(url) for url in URLS] == [2, 1]


def test_odd_urls(path):
    with Journal(path, SETTINGS) as journal:
        for url in ("", "\ud800", "'; DROP TABLE ended; --"):
            journal.enter(url, "bad-url", NOTHING)
            assert journal.times(url) == 1


def test_what_a_killed_run_entered_last_is_kept(path):
    script = """
from scraper.fetch.journal import *
journal = Journal(sys.argv[1], {"field": "body"})
journal.enter("http://a.test/1", "record", Written("a.json", b"first"))
journal.settle()
journal.enter("http://a.test/2", "record", Written(None, b"second", Place(1, 2, 3)))
"""
    killed(script, path)
    with Journal(path, SETTINGS) as journal:
        assert [journal.times(url) for url in URLS] == [1, 1]
        assert journal.unfinished() == Written(None, b"second", Place(1, 2, 3))
    with Journal(path, SETTINGS) as journal:  # nobody said that it had been put out
        assert journal.unfinished() is not None
        journal.forget()
    with Journal(path, SETTINGS) as journal:
        assert journal.unfinished() is None


def test_answers_outlive_a_kill_until_their_url_has_ended(path):
    script = """
from scraper.errors import Failure
from scraper.fetch.journal import *
from scraper.page import Page
journal = Journal(sys.argv[1], {"field": "body"})
page = Page(body=b"\\xff\\0", url="http://a.test/", status=200, headers=(("date", "x"),), following=(Page(body=b"2"),))
journal.keep("http://a.test/1", page)
journal.keep("http://a.test/1", Failure(input="http://a.test/1", error="timeout", message="late"))
journal.keep("http://a.test/2", page)
journal.enter("http://a.test/2", "record", Written(None, b""))
assert journal.take("http://a.test/1") is None  # what is kept in a run is for the next one
"""
    killed(script, path)
    page = Page(body=b"\xff\0", url="http://a.test/", status=200, headers=(("date", "x"),), following=(Page(body=b"2"),))
    failure = Failure(input=URLS[0], error="timeout", message="late")
    for _ in range(2):
        with Journal(path, SETTINGS) as journal:
            kept = [journal.take(url) for url in (*URLS, URLS[0], URLS[0])]
            assert kept == [Kept(1, page, False), None, Kept(2, failure, False), None]
    with Journal(path, SETTINGS) as journal:
        journal.enter(URLS[0], "record", NOTHING)
        journal.keep(URLS[0], page)
        assert (journal.take(URLS[0]), journal.take(URLS[0])) == (Kept(2, failure, False), None)


def test_what_is_archived_is_told_from_what_is_not(path):
    page = Page(body=b"1", url=URLS[0])
    with Journal(path, SETTINGS) as journal:
        assert journal.archived() is None
        first, second = journal.keep(URLS[0], page), journal.keep(URLS[0], page)
        journal.archive(None, Appended(0, b"info"))
        journal.archive(second, Appended(4, b"page"))
        assert journal.archived() == Appended(4, b"page")
    with Journal(path, SETTINGS) as journal:
        assert [journal.take(URLS[0]) for _ in range(2)] == [Kept(first, page, False), Kept(second, page, True)]
        journal.enter(URLS[0], "record", NOTHING)  # what has ended had been archived
    with Journal(path, SETTINGS) as journal:
        assert journal.take(URLS[0]) == Kept(first, page, False)


def test_a_journal_of_another_version_is_refused(path):
    Journal(path, SETTINGS).__exit__()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 1")
    database.close()
    with pytest.raises(OutputError, match="another version"):
        Journal(path, SETTINGS)


def test_one_run_at_a_time(path):
    with Journal(path, SETTINGS), pytest.raises(LockedError, match="another run"):
        Journal(path, SETTINGS)
    Journal(path, SETTINGS).__exit__()


def test_other_settings_are_refused_and_named(path):
    Journal(path, SETTINGS).__exit__()
    with pytest.raises(LockedError, match="field was body and is headline"):
        Journal(path, {"field": "headline"})
    with pytest.raises(LockedError, match="output was None and is out"):
        Journal(path, {**SETTINGS, "output": "out"})


def test_what_is_no_journal_is_refused_and_left_alone(tmp_path):
    (tmp_path / "text").write_text("These are notes, and were here before. " * 100)
    with sqlite3.connect(tmp_path / "other") as database:
        database.execute("CREATE TABLE notes (note)")
    database.close()
    before = {name: (tmp_path / name).read_bytes() for name in ("text", "other")}
    for path in (tmp_path / "text", tmp_path / "other", tmp_path, tmp_path / "missing" / "run"):
        with pytest.raises(OutputError):
            Journal(path, SETTINGS)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_a_journal_that_is_damaged_further_on_is_an_error_of_the_output(path):
    with Journal(path, {}) as journal:
        for n in range(2_000):
            journal.enter(f"http://a.test/{n}", "record", NOTHING)
            journal.settle()
    data = bytearray(path.read_bytes())
    data[8 * 4096 :] = os.urandom(len(data) - 8 * 4096)
    path.write_bytes(data)
    with pytest.raises(OutputError, match="run: cannot be read or written: "), Journal(path, {}) as journal:
        for n in range(2_000):
            journal.times(f"http://a.test/{n}")
