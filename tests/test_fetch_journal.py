"""The journal: what has ended stays ended, whatever happens to the process."""

import subprocess
import sys
from pathlib import Path

import pytest

from scraper.errors import LockedError, OutputError
from scraper.fetch.journal import Journal

URLS = ["http://a.test/1", "http://a.test/2", "http://a.test/1", "http://a.test/3"]


def test_what_has_ended_is_left_out(tmp_path):
    with Journal(tmp_path / "run", "s") as journal:
        assert list(journal.remaining(URLS)) == URLS
        journal.end(URLS[0], "record")
        journal.end(URLS[3], "timeout")
    with Journal(tmp_path / "run", "s") as journal:
        assert list(journal.remaining(URLS)) == ["http://a.test/2", "http://a.test/1"]
        journal.end(URLS[0], "record")
        assert list(journal.remaining(URLS)) == ["http://a.test/2"]


def test_odd_urls(tmp_path):
    with Journal(tmp_path / "run", "s") as journal:
        for url in ("", "\ud800", "'; DROP TABLE ended; --"):
            journal.end(url, "bad-url")
            assert list(journal.remaining([url, url])) == [url]


def test_one_run_at_a_time(tmp_path):
    with Journal(tmp_path / "run", "s"), pytest.raises(LockedError, match="another run"):
        Journal(tmp_path / "run", "s")
    Journal(tmp_path / "run", "s").__exit__()


def test_other_settings_are_refused(tmp_path):
    Journal(tmp_path / "run", "--field body").__exit__()
    with pytest.raises(LockedError, match="--field body"):
        Journal(tmp_path / "run", "--field headline")


def test_what_is_no_journal_is_refused(tmp_path):
    (tmp_path / "text").write_text("These are notes, and were here before. " * 100)
    for path in (tmp_path / "text", tmp_path, tmp_path / "missing" / "run"):
        with pytest.raises(OutputError):
            Journal(path, "s")
    assert (tmp_path / "text").read_text().startswith("These are notes")


def test_entries_survive_a_kill(tmp_path):
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom scraper.fetch.journal import Journal\n"
        "journal = Journal(Path(sys.argv[1]), 's')\n"
        "for n in range(50): journal.end(f'http://a.test/{n}', 'record')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).resolve().parent.parent
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path / "run")], cwd=root, check=False).returncode == -9
    with Journal(tmp_path / "run", "s") as journal:
        assert list(journal.remaining(f"http://a.test/{n}" for n in range(52))) == ["http://a.test/50", "http://a.test/51"]
