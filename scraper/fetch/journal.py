"""The journal of a run: which URLs have come to their end, so that a run that was killed goes on where it was.

A URL is entered before what it gave is put out, in one transaction with the bytes that are to be put out. So whatever the moment of a kill,
no URL that has an entry is asked for again, and the bytes of the last entry, which may have got out or not, are still here: `unfinished`.
"""

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from scraper.errors import LockedError, OutputError

_APPLICATION = 0x434C4950  # "CLIP" in the file's header: no other program's database is written to
_SCHEMA = f"""
BEGIN;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ended (url TEXT PRIMARY KEY, times INTEGER NOT NULL, outcome TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE last (id INTEGER PRIMARY KEY CHECK (id = 1), file TEXT, data BLOB NOT NULL, device INTEGER, inode INTEGER, offset INTEGER);
PRAGMA application_id = {_APPLICATION};
COMMIT;
"""
_ENTER = "INSERT INTO ended VALUES (?, 1, ?) ON CONFLICT (url) DO UPDATE SET times = times + 1, outcome = excluded.outcome"


class Place(msgspec.Struct, frozen=True):
    """A place in a file: which file, and how many bytes from its start."""

    device: int
    inode: int
    offset: int


class Written(msgspec.Struct, frozen=True):
    """What one input puts out: `data` for the file named `file` of the output folder, or for standard output, at `place` if that is a
    file."""

    file: str | None
    data: bytes
    place: Place | None = None


class Journal:
    """An SQLite file that one run at a time holds. Raises LockedError where it is another's, or another kind of run's; else OutputError."""

    def __init__(self, path: Path, settings: Mapping[str, str]) -> None:
        self._path = path
        self._turn = threading.Lock()  # the list is read in a thread of its own
        self._settled = True  # what was entered last has been put out
        try:
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            before = self._open()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LockedError(f"{path}: another run is writing this journal") from error
            raise OutputError(f"{path}: cannot be the journal: {error}") from error
        except sqlite3.DatabaseError as error:
            raise OutputError(f"{path}: is not a journal: {error}") from error
        self._compare(before, settings)

    def _open(self) -> dict[str, str]:
        execute = self._database.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        if not execute("SELECT 1 FROM sqlite_master").fetchone():
            self._database.executescript(_SCHEMA)
        elif execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise sqlite3.DatabaseError("it is the database of another program")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")  # what is entered outlives the process, and a power cut leaves it whole
        execute("BEGIN IMMEDIATE")  # takes the lock, which the mode then keeps
        execute("COMMIT")
        return dict(execute("SELECT name, value FROM settings"))

    def _compare(self, before: dict[str, str], settings: Mapping[str, str]) -> None:
        if not before:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
            self._database.execute("COMMIT")
            return
        for name in sorted(before.keys() | settings.keys()):
            if before.get(name) != settings.get(name):
                was, now = (str(of.get(name))[:80] for of in (before, settings))
                raise LockedError(
                    f"{self._path}: belongs to a run with other settings: {name} was {was} and is {now}; name another journal"
                )

    def __enter__(self) -> "Journal":
        """Return the journal itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file; what was entered last is forgotten if it has been put out."""
        if self._settled:
            self._execute("DELETE FROM last")
        self._database.close()

    def times(self, url: str) -> int:
        """Return how often `url` has come to its end: a URL that is listed twice has to end twice."""
        with self._turn:
            row = self._database.execute("SELECT times FROM ended WHERE url = ?", (_key(url),)).fetchone()
        return int(row[0]) if row else 0

    def unfinished(self) -> Written | None:
        """Return what the run before entered last, if it was killed before it could say that this had been put out."""
        row = self._database.execute("SELECT file, data, device, inode, offset FROM last").fetchone()
        if row is None:
            return None
        file, data, *place = row
        self._settled = False
        return Written(file, data, Place(*place) if place[0] is not None else None)

    def enter(self, url: str, outcome: str, written: Written) -> None:
        """Enter that `url` has come to its end, and what is now to be put out for it. `settle` says when that has been done."""
        place = written.place
        last = (written.file, written.data, *((place.device, place.inode, place.offset) if place else (None, None, None)))
        self._settled = False
        with self._turn:
            self._execute("BEGIN")
            self._execute(_ENTER, _key(url), outcome)
            self._execute("INSERT OR REPLACE INTO last VALUES (1, ?, ?, ?, ?, ?)", *last)
            self._execute("COMMIT")

    def settle(self) -> None:
        """Say that what was entered last has been put out."""
        self._settled = True

    def _execute(self, statement: str, *values: object) -> None:
        try:
            self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise OutputError(f"{self._path}: cannot be written: {error}") from error


def _key(url: str) -> str:
    return url.encode("utf-8", "backslashreplace").decode()
