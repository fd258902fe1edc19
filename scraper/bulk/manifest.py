"""The manifest of a run: an SQLite file in the output folder that says what is there for good.

Every write is one transaction after the bytes it speaks of are on disk, so whatever the moment of a kill, what the manifest says is true
and what it does not say is done again. It holds facts of shards and blocks, failures and duplicates, never the records themselves.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from scraper.bulk.job import Job
from scraper.bulk.plan import Shard
from scraper.errors import LockedError, OutputError

NAME = ".clip-manifest.sqlite"
COMPACT = 1 << 30  # bytes; a larger one is left as it is
_SCHEMA = """
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE shards (shard INTEGER PRIMARY KEY, key TEXT NOT NULL, pages INTEGER NOT NULL, rows INTEGER NOT NULL,
        length INTEGER NOT NULL, sha256 TEXT NOT NULL, done INTEGER NOT NULL);
    CREATE TABLE blocks (shard INTEGER NOT NULL, page INTEGER NOT NULL, failures BLOB NOT NULL, duplicates BLOB NOT NULL,
        facts BLOB NOT NULL, PRIMARY KEY (shard, page)) WITHOUT ROWID;
    CREATE TABLE names (name BLOB PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE ids (id BLOB PRIMARY KEY, shard INTEGER NOT NULL, origin TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE bands (band INTEGER NOT NULL, hash INTEGER NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (band, hash)) WITHOUT ROWID;
    CREATE TABLE signatures (page INTEGER PRIMARY KEY, signature BLOB NOT NULL, origin TEXT NOT NULL);
    CREATE TABLE decisions (shard INTEGER PRIMARY KEY, likes BLOB NOT NULL);
"""
_ENTRIES = {
    "ids": "INSERT OR IGNORE INTO ids VALUES (?, 0, ?)",
    "bands": "INSERT OR IGNORE INTO bands VALUES (?, ?, ?)",
    "signatures": "INSERT OR REPLACE INTO signatures VALUES (?, ?, ?)",
}
Entries = dict[str, list[tuple[Any, ...]]]  # rows by table: what is remembered of pages to find their like


class State(msgspec.Struct, frozen=True):
    """How far a shard is: pages and rows that are in its file's first `length` bytes, their digest, and whether that is all."""

    key: str
    pages: int = 0
    rows: int = 0
    length: int = 0
    sha256: str = ""
    done: bool = False


class Manifest:
    """The manifest of one output folder, opened for one run."""

    def __init__(self, job: Job) -> None:
        self.path = job.path(NAME)
        try:
            self.database = sqlite3.connect(self.path, isolation_level=None)
            self.resumed = bool(self.database.execute("SELECT name FROM sqlite_master WHERE name = 'settings'").fetchone())
            self._begin(job)
        except sqlite3.DatabaseError as error:
            raise _unusable(self.path, error) from None

    def _begin(self, job: Job) -> None:
        if self.resumed:
            self._compare(job.settings())
            return
        with _Transaction(self.database):
            for statement in _SCHEMA.split(";"):
                self.database.execute(statement)
            self.database.executemany("INSERT INTO settings VALUES (?, ?)", job.settings().items())

    def _compare(self, settings: dict[str, str]) -> None:
        before = dict(self.database.execute("SELECT name, value FROM settings"))
        for name in sorted(before.keys() | settings.keys()):
            if before.get(name) != settings.get(name):
                was, now = (str(of.get(name))[:80] for of in (before, settings))
                advice = "use the same, another output, or --force to start anew"
                raise LockedError(f"{self.path}: made with other settings: {name} was {was} and is {now}; {advice}")

    def state(self, shard: Shard) -> State | None:
        """Return how far a shard is, `None` when it was not begun. Raises LockedError where its inputs have changed since."""
        row = self.database.execute("SELECT key, pages, rows, length, sha256, done FROM shards WHERE shard = ?", (shard.index,)).fetchone()
        if row is None:
            return None
        state = _state(row)
        if state.key != shard.key:
            first, last = shard.units[0].path, shard.units[-1].path
            raise LockedError(
                f"{self.path}: an input between {first} and {last} has changed since: use another output, or --force to start anew"
            )
        return state

    def commit(self, index: int, blocks: "list[tuple[State, Block]]") -> None:
        """Record that blocks of a shard are on disk, all of them or none."""
        try:
            with _Transaction(self.database):
                for state, block in blocks:
                    self._enter(index, state, block)
        except sqlite3.DatabaseError as error:
            raise _unusable(self.path, error) from None

    def _enter(self, index: int, state: State, block: "Block") -> None:
        values = (index, state.key, state.pages, state.rows, state.length, state.sha256, state.done)
        self.database.execute("INSERT OR REPLACE INTO shards VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        if block.pages:  # a shard may end just where its last block did
            lists = (index, state.pages, block.failures, block.duplicates, block.facts)
            self.database.execute("INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?)", lists)
        self.database.executemany("INSERT OR IGNORE INTO names VALUES (?)", ((name,) for name in block.names))
        self._remember(block.entries)
        if state.done:
            self.database.execute("DELETE FROM decisions WHERE shard = ?", (index,))

    def _remember(self, entries: Entries) -> None:
        for table, rows in entries.items():
            self.database.executemany(_ENTRIES[table], rows)

    def decide(self, index: int, likes: dict[int, str], entries: Entries) -> None:
        """Record which rows of a shard repeat an earlier page, and what is remembered of the others, before the shard is written."""
        try:
            with _Transaction(self.database):
                self.database.execute("INSERT OR REPLACE INTO decisions VALUES (?, ?)", (index, msgspec.msgpack.encode(likes)))
                self._remember(entries)
        except sqlite3.DatabaseError as error:
            raise _unusable(self.path, error) from None

    def decision(self, index: int) -> dict[int, str] | None:
        """Return what was decided of a shard that is not written yet: rows by number, with the page that each repeats."""
        row = self.database.execute("SELECT likes FROM decisions WHERE shard = ?", (index,)).fetchone()
        return msgspec.msgpack.decode(row[0], type=dict[int, str]) if row else None

    def named(self, name: bytes) -> bool:
        """Say whether a page of this run has been written under `name`."""
        return self.database.execute("SELECT 1 FROM names WHERE name = ?", (name,)).fetchone() is not None

    def shards(self) -> Iterator[tuple[int, State]]:
        """Yield every shard that was begun, in order."""
        for row in self.database.execute("SELECT shard, key, pages, rows, length, sha256, done FROM shards ORDER BY shard"):
            yield row[0], _state(row[1:])

    def column(self, name: str) -> Iterator[bytes]:
        """Yield `failures`, `duplicates` or `facts` of every block, in order."""
        for row in self.database.execute(f"SELECT {name} FROM blocks ORDER BY shard, page"):
            yield row[0]

    def compact(self) -> None:
        """Write the file anew: then equal runs have equal manifests, however often they were interrupted."""
        if os.path.getsize(self.path) > COMPACT or self.database.execute("PRAGMA user_version").fetchone()[0]:
            return
        temporary = self.path + "-compact"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        try:
            self.database.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(temporary),))  # the folder's name may be no Unicode
            self.database.close()
            with contextlib.closing(sqlite3.connect(temporary)) as copy:
                copy.execute("PRAGMA user_version = 1")  # says that it is compact: a second time would change it
            os.replace(temporary, self.path)
        except (sqlite3.DatabaseError, OSError) as error:
            raise OutputError(f"{self.path}: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self.database.close()


class Block(msgspec.Struct):
    """What a commit says of its pages: JSON lines of failures and duplicates, counts, names, and what is remembered to find their like."""

    pages: int
    failures: bytes = b""
    duplicates: bytes = b""
    facts: bytes = b""
    names: list[bytes] = []
    entries: Entries = {}


class _Transaction:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def __enter__(self) -> None:
        self.database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self.database.execute("ROLLBACK" if kind else "COMMIT")


def _state(row: tuple[Any, ...]) -> State:
    key, pages, rows, length, sha256, done = row
    return State(key, pages, rows, length, sha256, bool(done))


def exists(output: str) -> bool:
    """Say whether an output folder has a manifest."""
    return os.path.exists(os.path.join(output, NAME))


def _unusable(path: str, error: sqlite3.DatabaseError) -> OutputError:
    return OutputError(f"{path}: {error}")
