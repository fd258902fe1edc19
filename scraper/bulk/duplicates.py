"""Pages that are there already: the same article by its id, or nearly the same by its words.

The first in the order of the inputs stays, so that neither workers nor engines decide. What is known of earlier pages lies in the
manifest, on disk, and becomes true with the block it belongs to; memory holds one block.
"""

import sqlite3
from typing import Any

import msgspec

from scraper.bulk.job import Duplicates
from scraper.bulk.manifest import Entries
from scraper.bulk.minhash import bands_of, similarity
from scraper.bulk.work import Row
from scraper.page import printable

SIMILAR = 0.8  # share of equal values from which two pages are one


class Key(msgspec.Struct, frozen=True, array_like=True):
    """All of a row that is needed to find its like."""

    id: str
    signature: bytes
    origin: str


class Finder:
    """Finds the page that a row repeats."""

    def __init__(self, kind: Duplicates, database: sqlite3.Connection) -> None:
        self.kind, self.database = kind, database
        self._clear()
        self.pages: int = database.execute("SELECT coalesce(max(page), -1) + 1 FROM signatures").fetchone()[0]

    def _clear(self) -> None:
        self.ids: dict[bytes, str] = {}  # of this block
        self.bands: dict[tuple[int, int], int] = {}
        self.signatures: dict[int, tuple[bytes, str]] = {}

    def like(self, row: Row | Key) -> str | None:
        """Return the origin of the earlier page that `row` repeats; where there is none, remember `row`."""
        if not row.id:
            return None  # pages without an article are alike only in that
        key = bytes.fromhex(row.id.removeprefix("sha256:"))
        known = self.ids.get(key) or self._one("SELECT origin FROM ids WHERE id = ?", key)
        if known is None and row.signature:
            known = self._near(row)
        if known is None:
            self.ids[key] = row.origin
        return known

    def _one(self, query: str, *values: Any) -> Any:
        found = self.database.execute(query, values).fetchone()
        return found[0] if found else None

    def _near(self, row: Row | Key) -> str | None:
        bands = list(enumerate(bands_of(row.signature)))
        for band in bands:
            page = self.bands.get(band)
            if page is None:
                page = self._one("SELECT page FROM bands WHERE band = ? AND hash = ?", *band)
            if page is None:
                continue
            found = (
                self.signatures.get(page)
                or self.database.execute("SELECT signature, origin FROM signatures WHERE page = ?", (page,)).fetchone()
            )
            if found and similarity(found[0], row.signature) >= SIMILAR:
                return str(found[1])
        self.signatures[self.pages] = row.signature, row.origin
        for band in bands:
            self.bands.setdefault(band, self.pages)
        self.pages += 1
        return None

    def entries(self) -> Entries:
        """Return what this block adds to the manifest, and begin the next."""
        added: Entries = {
            "ids": [(key, printable(origin)) for key, origin in self.ids.items()],
            "bands": [(*band, page) for band, page in self.bands.items()],
            "signatures": [(page, signature, printable(origin)) for page, (signature, origin) in self.signatures.items()],
        }
        self._clear()
        return added


class Decided:
    """Gives what was decided of a shard's rows elsewhere: by number, the page that each repeats."""

    def __init__(self, likes: dict[int, str]) -> None:
        self.likes, self.number = likes, -1

    def like(self, _row: Row) -> str | None:
        """Return the origin of the earlier page that the next row repeats."""
        self.number += 1
        return self.likes.get(self.number)

    def entries(self) -> Entries:
        """Return nothing: it is in the manifest since the decision."""
        return {}
