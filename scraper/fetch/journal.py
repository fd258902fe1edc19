"""The journal of a run: which URLs have come to their end, so that a run that was killed goes on where it was.

A URL is entered after its line has been written. SQLite's write-ahead log keeps what was entered, whatever happens to the process.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from scraper.errors import LockedError, OutputError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ended (url TEXT PRIMARY KEY, times INTEGER NOT NULL, outcome TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run (settings TEXT NOT NULL);
"""


class Journal:
    """An SQLite file that one run at a time holds. Raises LockedError where it is another's, or another kind of run's; else OutputError."""

    def __init__(self, path: Path, settings: str) -> None:
        self._path = path
        self.left_out = 0
        try:
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.executescript(_SCHEMA)
            self._database.execute("BEGIN IMMEDIATE")  # takes the lock, which the mode then keeps
            self._database.execute("COMMIT")
            row = self._database.execute("SELECT settings FROM run").fetchone()
            if row is None:
                self._database.execute("INSERT INTO run VALUES (?)", (settings,))
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LockedError(f"{path}: another run is writing this journal") from error
            raise OutputError(f"{path}: cannot be the journal: {error}") from error
        except sqlite3.DatabaseError as error:
            raise OutputError(f"{path}: is not a journal: {error}") from error
        if row is not None and row[0] != settings:
            raise LockedError(f"{path}: belongs to a run with other settings ({row[0]}); name another file or the same settings")

    def __enter__(self) -> "Journal":
        """Return the journal itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file."""
        self._database.close()

    def remaining(self, urls: Iterable[str]) -> Iterator[str]:
        """Yield those of `urls` that have not ended, counting the others in `left_out`; a URL that is listed twice has to end twice."""
        met: Counter[str] = Counter()
        for url in urls:
            times = self._times(url)
            if met[url] < times:
                met[url] += 1
                self.left_out += 1
            else:
                yield url

    def end(self, url: str, outcome: str) -> None:
        """Enter that `url` has come to its end."""
        query = "INSERT INTO ended VALUES (?, 1, ?) ON CONFLICT (url) DO UPDATE SET times = times + 1, outcome = excluded.outcome"
        try:
            self._database.execute(query, (_key(url), outcome))
        except sqlite3.Error as error:
            raise OutputError(f"{self._path}: cannot be written: {error}") from error

    def _times(self, url: str) -> int:
        row = self._database.execute("SELECT times FROM ended WHERE url = ?", (_key(url),)).fetchone()
        return int(row[0]) if row else 0


def _key(url: str) -> str:
    return url.encode("utf-8", "backslashreplace").decode()
