"""What is told of a run while it goes: how many pages, and which took longest."""

import heapq
from collections.abc import Callable

import msgspec

from scraper.bulk.work import Row
from scraper.errors import Failure

SLOWEST = 20  # pages that are named


class Tally(msgspec.Struct, array_like=True):
    """Counts of pages, of failures among them, of bytes for the output; the slowest pages with their seconds, the fastest of them first."""

    pages: int = 0
    failures: int = 0
    bytes: int = 0
    slowest: list[tuple[float, str]] = []

    def add(self, other: "Tally") -> None:
        """Take in another."""
        self.pages += other.pages
        self.failures += other.failures
        self.bytes += other.bytes
        for entry in other.slowest:
            if len(self.slowest) < SLOWEST:
                heapq.heappush(self.slowest, entry)
            elif entry > self.slowest[0]:
                heapq.heapreplace(self.slowest, entry)


Watch = Callable[[Tally], None]  # is told of pages that are done


def tally_of(outcome: Row | Failure) -> Tally:
    """Return what one page adds."""
    if isinstance(outcome, Failure):
        return Tally(1, 1)
    return Tally(1, 0, len(outcome.data), [(outcome.seconds, outcome.origin)])
