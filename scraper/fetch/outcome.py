"""What became of a URL, and the order of the list restored."""

import pickle
import tempfile
from typing import IO, Protocol

import msgspec

from scraper.errors import Failure
from scraper.page import Page

_HELD_BYTES = 24_000_000  # in memory; what is beyond goes to a temporary file


class Outcome(msgspec.Struct, frozen=True):
    """What became of the URL at `index` of the list, and where that is kept as an `Answers` does, the number of the answer."""

    index: int
    url: str
    result: Page | Failure
    answer: int | None = None
    archived: bool = False

    @property
    def size(self) -> int:
        """Return the bytes of the page, 0 for a failure."""
        return sum(len(page.body) for page in (self.result, *self.result.following)) if isinstance(self.result, Page) else 0


class Kept(msgspec.Struct, frozen=True):
    """An answer of an earlier run, and whether that has archived it."""

    number: int
    result: Page | Failure
    archived: bool


class Answers(Protocol):
    """What remembers answers from one run to the next, such as a journal."""

    def take(self, url: str) -> Kept | None:
        """Return what an earlier run was answered, each answer once."""

    def keep(self, url: str, answer: Page | Failure) -> int:
        """Remember what came of `url`; return the number of the answer."""


class Reorder:
    """Holds outcomes that come early."""

    def __init__(self) -> None:
        self._held: dict[int, Outcome | tuple[int, int]] = {}
        self._following = self._bytes = self._spilled = 0
        self._file: IO[bytes] | None = None

    def add(self, outcome: Outcome) -> list[Outcome]:
        """Take in one outcome; return those whose turn it is."""
        if outcome.index != self._following and self._bytes + outcome.size > _HELD_BYTES:
            self._held[outcome.index] = self._write(outcome)
        else:
            self._held[outcome.index] = outcome
            self._bytes += outcome.size
        turn: list[Outcome] = []
        while (held := self._held.pop(self._following, None)) is not None:
            if isinstance(held, tuple):
                held = self._read(*held)
            else:
                self._bytes -= held.size
            turn.append(held)
            self._following += 1
        return turn

    def _write(self, outcome: Outcome) -> tuple[int, int]:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as it holds something
        self._spilled += 1
        offset = self._file.seek(0, 2)
        return offset, self._file.write(pickle.dumps(outcome))

    def _read(self, offset: int, length: int) -> Outcome:
        assert self._file is not None
        self._file.seek(offset)
        outcome: Outcome = pickle.loads(self._file.read(length))  # our own bytes, from a file that has no name
        self._spilled -= 1
        if not self._spilled:
            self._file.close()
            self._file = None
        return outcome
