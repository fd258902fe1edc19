"""The journal of a run: which URLs have come to their end, so that a run that was killed goes on where it was.

    answers    what was fetched and is still to be cleaned: it is kept as soon as it is there, so that it is not asked for again
    ended      a URL is entered before what it gave is put out
    last       in the same transaction, the bytes that are to be put out: a kill may come before they are, or half-way
    archive    the same of the page that is to be archived, in one transaction with the mark that its answer has been

So whatever the moment of a kill, only what was on the wire is asked for again, and what has ended is never put out or archived twice.
"""

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from scraper.errors import Failure, LockedError, OutputError
from scraper.fetch.outcome import Kept
from scraper.page import Page, printable

_APPLICATION = 0x434C4950  # "CLIP" in the file's header: no other program's database is written to
_LAYOUT = 2  # of the tables
_SCHEMA = f"""
BEGIN;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ended (url TEXT PRIMARY KEY, times INTEGER NOT NULL, outcome TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE answers (id INTEGER PRIMARY KEY, url TEXT NOT NULL, answer BLOB NOT NULL, archived INTEGER NOT NULL DEFAULT 0);
CREATE INDEX answers_by_url ON answers (url, id);
CREATE TABLE last (id INTEGER PRIMARY KEY CHECK (id = 1), file TEXT, data BLOB NOT NULL, device INTEGER, inode INTEGER, offset INTEGER);
CREATE TABLE archive (id INTEGER PRIMARY KEY CHECK (id = 1), offset INTEGER NOT NULL, data BLOB NOT NULL);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_LAYOUT};
COMMIT;
"""
_LOG_PAGES = 10_000  # of 4 KiB, written before the log is moved into the file: pages come and go, and need not get that far
_DROP = "DELETE FROM answers WHERE id = (SELECT id FROM answers WHERE url = ? ORDER BY archived DESC, id LIMIT 1)"
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


class Appended(msgspec.Struct, frozen=True):
    """What was to be appended to the archive: `data`, from `offset` on."""

    offset: int
    data: bytes


class Journal:
    """An SQLite file that one run at a time holds. Raises LockedError where it is another's, or another kind of run's; else OutputError."""

    def __init__(self, path: Path, settings: Mapping[str, str]) -> None:
        self._path = path
        self._turn = threading.Lock()  # the list is read in a thread of its own
        self._settled = True  # what was entered last has been put out
        self._taken: dict[str, int] = {}  # URL -> the answer that was last taken
        try:
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            before = self._open()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LockedError(f"{path}: another run is writing this journal") from error
            raise OutputError(f"{path}: cannot be the journal: {error}") from error
        except sqlite3.DatabaseError as error:
            raise OutputError(f"{path}: is not a journal: {error}") from error
        try:
            self._compare(before, settings)
        except (LockedError, OutputError):
            self._database.close()
            raise

    def _open(self) -> dict[str, str]:
        execute = self._database.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        if not execute("SELECT 1 FROM sqlite_master").fetchone():
            self._database.executescript(_SCHEMA)
        elif execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise sqlite3.DatabaseError("it is the database of another program")
        elif execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
            raise sqlite3.DatabaseError("it was written by another version of clip")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")  # what is entered outlives the process, and a power cut leaves it whole
        execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        execute("BEGIN IMMEDIATE")  # takes the lock, which the mode then keeps
        execute("COMMIT")
        self._earlier = execute("SELECT max(id) FROM answers").fetchone()[0] or 0  # the last answer of the runs before
        return dict(execute("SELECT name, value FROM settings"))

    def _compare(self, before: dict[str, str], settings: Mapping[str, str]) -> None:
        settings = {name: printable(value) for name, value in settings.items()}
        if not before:
            self._execute("BEGIN")
            for setting in settings.items():
                self._execute("INSERT INTO settings VALUES (?, ?)", *setting)
            self._execute("COMMIT")
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
        """Close the file."""
        try:
            if self._settled:
                self.forget()
        finally:
            self._database.close()

    def times(self, url: str) -> int:
        """Return how often `url` has come to its end: a URL that is listed twice has to end twice."""
        with self._turn:
            row = self._execute("SELECT times FROM ended WHERE url = ?", _key(url)).fetchone()
        return int(row[0]) if row else 0

    def failed(self, url: str) -> bool:
        """Say whether `url` came to its end without a record."""
        with self._turn:
            row = self._execute("SELECT outcome FROM ended WHERE url = ?", _key(url)).fetchone()
        return row is not None and row[0] != "record"

    def keep(self, url: str, answer: Page | Failure) -> int:
        """Keep what came of `url` until that is entered; return its number."""
        kind = b"p" if isinstance(answer, Page) else b"f"
        with self._turn:
            row = self._execute("INSERT INTO answers (url, answer) VALUES (?, ?)", _key(url), kind + msgspec.msgpack.encode(answer))
            return row.lastrowid or 0

    def take(self, url: str) -> Kept | None:
        """Return what an earlier run kept of `url`, each answer once; `None` where nothing is left."""
        if not self._earlier:
            return None
        query = "SELECT id, answer, archived FROM answers WHERE url = ? AND id > ? AND id <= ? ORDER BY id LIMIT 1"
        with self._turn:
            row = self._execute(query, _key(url), self._taken.get(url, 0), self._earlier).fetchone()
        if row is None:
            return None
        self._taken[url] = row[0]
        kind: type[Page | Failure] = Page if row[1][:1] == b"p" else Failure
        return Kept(row[0], msgspec.msgpack.decode(row[1][1:], type=kind), bool(row[2]))

    def archive(self, answer: int | None, appended: Appended) -> None:
        """Enter that the answer with this number is archived, and what is now to be appended for it; `None` for what is no answer."""
        with self._turn:
            self._execute("BEGIN")
            self._execute("UPDATE answers SET archived = 1 WHERE id = ?", answer)
            self._execute("INSERT OR REPLACE INTO archive VALUES (1, ?, ?)", appended.offset, appended.data)
            self._execute("COMMIT")

    def archived(self) -> Appended | None:
        """Return what was entered last of the archive: the run that did so may have been killed before it was all appended."""
        row = self._execute("SELECT offset, data FROM archive").fetchone()
        return Appended(*row) if row else None

    def unfinished(self) -> Written | None:
        """Return what the run before entered last, if it was killed before it could say that this had been put out."""
        row = self._execute("SELECT file, data, device, inode, offset FROM last").fetchone()
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
            self._execute(_DROP, _key(url))
            self._execute("INSERT OR REPLACE INTO last VALUES (1, ?, ?, ?, ?, ?)", *last)
            self._execute("COMMIT")

    def settle(self) -> None:
        """Say that what was entered last has been put out."""
        self._settled = True

    def forget(self) -> None:
        """Drop what was entered last, which has been put out."""
        self._settled = True
        self._execute("DELETE FROM last")

    def _execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        try:
            return self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise OutputError(f"{self._path}: cannot be read or written: {error}") from error


def _key(url: str) -> str:
    return url.encode("utf-8", "backslashreplace").decode()
