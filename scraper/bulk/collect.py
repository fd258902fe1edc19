"""The outcomes of a shard's pages, in their order, to blocks of rows and to what the manifest says of them."""

import os
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

import msgspec

from scraper.bulk.job import MIRRORED, TABLES, Job
from scraper.bulk.manifest import Block, Entries, State
from scraper.bulk.plan import Shard
from scraper.bulk.retry import parted, root_of
from scraper.bulk.tally import Watch, tally_of
from scraper.bulk.work import Facts, Row, suffix
from scraper.bulk.writers import writer
from scraper.errors import Failure, OutputError
from scraper.failures import input_bytes
from scraper.page import printable

BLOCK_PAGES = 256  # pages to a block: what a kill can cost, and how often the disk is waited for
BLOCK_BYTES = 8 << 20  # rows of a block, held in memory


class Ledger(Protocol):
    """Where blocks are entered when they are on disk."""

    resumed: bool

    def commit(self, index: int, blocks: list[tuple[State, Block]]) -> None:
        """Enter blocks of a shard, all of them or none."""

    def named(self, name: bytes) -> bool:
        """Say whether a page of this run has been written under `name`."""


class Sieve(Protocol):
    """Knows pages that repeat earlier ones."""

    def like(self, row: Row, /) -> str | None:
        """Return the origin of the earlier page that `row` repeats."""

    def entries(self) -> Entries:
        """Return what this block adds to what is remembered, and begin the next."""


class Collector:
    """Takes the outcomes in order and writes them, block by block."""

    def __init__(self, job: Job, ledger: Ledger, *, overwrite: bool, watch: Watch, sieve: Sieve | None = None) -> None:
        self.job, self.ledger, self.watch, self.overwrite, self.sieve = job, ledger, watch, overwrite, sieve
        self.inputs = frozenset(job.inputs)
        self.leftover = BLOCK_PAGES if ledger.resumed else 0  # pages that the run which was cut short may have written unrecorded
        self.blocks = job.format not in TABLES

    def begin(self, shard: Shard, state: State) -> None:
        """Take up a shard where it is."""
        self.shard, self.state = shard, state
        self.file = writer(self.job)(self.job, shard, state)
        self._clear()

    def _clear(self) -> None:
        self.rows: list[Row] = []
        self.failures: list[bytes] = []
        self.same: list[bytes] = []
        self.facts: Counter[tuple[str, str]] = Counter()
        self.pages = self.bytes = 0

    def take(self, outcome: Row | Failure) -> None:
        """Take one page's outcome."""
        self.watch(tally_of(outcome))
        self.pages += 1
        if isinstance(outcome, Failure):
            self.failures.append(failure_line(outcome, self.inputs, self.job.roots))
            self.facts["failure", outcome.error] += 1
        else:
            self._take_row(outcome)
        if self.blocks and (self.pages >= BLOCK_PAGES or self.bytes >= BLOCK_BYTES):
            self.commit()

    def _take_row(self, row: Row) -> None:
        count(self.facts, row.facts)
        like = self.sieve.like(row) if self.sieve is not None else None
        if like is not None:
            self.same.append(msgspec.json.encode({"duplicate_of": printable(like), "id": row.id, "input": printable(row.origin)}) + b"\n")
            self.facts["duplicate", self.job.duplicates or ""] += 1
            return
        self.rows.append(row)
        self.bytes += len(row.data)

    def commit(self, *, last: bool = False) -> None:
        """Have the block on the disk, then in the manifest."""
        names = [os.fsencode(row.name) for row in self.rows] if self.job.format in MIRRORED else []
        self._refuse_taken(names)
        self.leftover -= self.pages
        self.file.add(self.rows)
        digest = self.file.finish() if last else self.file.so_far()
        state, pages = self.state, self.state.pages + self.pages
        self.state = State(state.key, pages, state.rows + len(self.rows), self.file.length, digest, last)
        facts = msgspec.json.encode([[*key, number] for key, number in sorted(self.facts.items())])
        entries = self.sieve.entries() if self.sieve is not None else {}
        block = Block(self.pages, b"".join(self.failures), b"".join(self.same), facts, names, entries)
        self.ledger.commit(self.shard.index, [(self.state, block)])
        self._clear()

    def _refuse_taken(self, names: list[bytes]) -> None:
        seen: set[bytes] = set()
        for name in names:
            path = self.job.path(os.fsdecode(name) + suffix(self.job))
            if name in seen or self.ledger.named(name):
                raise named_twice(path)
            seen.add(name)
            if not self.overwrite and self.leftover <= 0 and os.path.lexists(path):
                raise TakenError(f"{path}: exists already: use --force, or another output")

    def close(self) -> None:
        """Let go of what is open."""
        if hasattr(self, "file"):
            self.file.close()


class TakenError(OutputError):
    """The name of an output is another's: to go on would come to the same."""


def named_twice(path: str) -> TakenError:
    """Return the error of two inputs whose outputs have one name."""
    return TakenError(f"{path}: two inputs would be written here: --parents keeps their folders apart")


def count(facts: Counter[tuple[str, str]], page: Facts) -> None:
    """Add what the report counts of one page."""
    facts["status", page.status] += 1
    facts["kind", page.kind] += 1
    facts["language", page.language] += 1
    facts["host", page.host] += 1
    facts["confidence", f"{page.confidence // 10 * 10:02d}"] += 1
    for name in page.filled:
        facts["field", name] += 1
    for text in page.chrome:
        facts["chrome", text] += 1


def failure_line(failure: Failure, inputs: frozenset[str], roots: Mapping[str, str]) -> bytes:
    """Return a failure as a JSON line: what `Failure` has, the file and the place in it, apart, and the input that it was found under, or
    which of `roots` stands for that."""
    path, place = parted(failure.input)
    root = root_of(path, inputs)
    facts = {
        "error": failure.error,
        "input": printable(failure.input),
        "message": printable(failure.message),
        "path": printable(path),
        "place": place,
        "under": printable(roots.get(root, root)),
        **input_bytes(failure.input),
    }
    return msgspec.json.encode(facts, order="sorted") + b"\n"
