"""The engine for one machine: shards one after the other, their pages through worker processes, everything in the order of the inputs."""

import contextlib
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator

import msgspec

from scraper.bulk.job import MIRRORED, TABLES, Job
from scraper.bulk.manifest import Block, Manifest, State
from scraper.bulk.naming import mirrored
from scraper.bulk.plan import Shard, Unit, plan
from scraper.bulk.work import Cleaning, Facts, Row, Task, suffix, warm_up
from scraper.bulk.writers import writer
from scraper.errors import Failure, OutputError
from scraper.readers import find

BLOCK_PAGES = 256  # pages to a block: what a kill can cost, and how often the disk is waited for
BLOCK_BYTES = 8 << 20  # rows of a block, held in memory


class Mark(msgspec.Struct, frozen=True):
    """Stands in the order of the pages where a shard begins (with how far it is already) or ends."""

    shard: Shard
    state: State | None  # None at the end


def tasks(job: Job, units: list[Unit]) -> Iterator[Task | Failure]:
    """Yield a task for every page of the units, or the failure in its place."""
    for unit in units:
        if unit.failure is not None:
            yield unit.failure
            continue
        for found in find(unit.path, job.reading):
            origin = found.input if isinstance(found, Failure) else found.origin or unit.path
            if job.only and origin not in job.only:
                continue
            yield found if isinstance(found, Failure) else Task(found, mirrored(origin, unit.argument))


class Feed:
    """The pages of all shards, in order, for the workers; where shards begin and end goes into `marks`, with the pages before it."""

    def __init__(self, job: Job, manifest: Manifest) -> None:
        self.job, self.manifest = job, manifest
        self.marks: deque[tuple[int, Mark]] = deque()
        self.given = 0

    def __iter__(self) -> Iterator[Task | Failure]:
        for shard in plan(self.job):
            state = self.manifest.state(shard)
            if state is not None and state.done:
                _check(self.job, shard)
                continue
            state = state or State(shard.key)
            if self.job.format in TABLES:
                state = State(shard.key)  # a table is made in one go
            self.marks.append((self.given, Mark(shard, state)))
            for number, task in enumerate(tasks(self.job, shard.units)):
                if number >= state.pages:
                    self.given += 1
                    yield task
            self.marks.append((self.given, Mark(shard, None)))


def _check(job: Job, shard: Shard) -> None:
    path = job.path(shard.name + suffix(job))
    if job.format not in MIRRORED and not os.path.exists(path):
        raise OutputError(f"{path}: made by an earlier run and gone since: use --force to start anew")


class Collector:
    """Takes the outcomes in order and writes them, block by block."""

    def __init__(self, job: Job, manifest: Manifest, *, overwrite: bool, watch: "Callable[[Row | Failure], None]") -> None:
        from scraper.bulk.duplicates import Finder

        self.job, self.manifest, self.watch, self.overwrite = job, manifest, watch, overwrite
        self.leftover = BLOCK_PAGES if manifest.resumed else 0  # pages that the run which was cut short may have written unrecorded
        self.blocks = job.format not in TABLES
        self.duplicates = Finder(job.duplicates, manifest.database) if job.duplicates else None

    def begin(self, mark: Mark) -> None:
        """Take up a shard where it is."""
        assert mark.state is not None
        self.shard, self.state = mark.shard, mark.state
        self.file = writer(self.job)(self.job, mark.shard, mark.state.length)
        self._clear()

    def _clear(self) -> None:
        self.rows: list[Row] = []
        self.failures: list[bytes] = []
        self.same: list[bytes] = []
        self.facts: Counter[tuple[str, str]] = Counter()
        self.pages = self.bytes = 0

    def take(self, outcome: Row | Failure) -> None:
        """Take one page's outcome."""
        self.watch(outcome)
        self.pages += 1
        if isinstance(outcome, Failure):
            self.failures.append(failure_line(outcome))
            self.facts["failure", outcome.error] += 1
        else:
            self._take_row(outcome)
        if self.blocks and (self.pages >= BLOCK_PAGES or self.bytes >= BLOCK_BYTES):
            self.commit()

    def _take_row(self, row: Row) -> None:
        count(self.facts, row.facts)
        if self.duplicates is not None:
            like = self.duplicates.like(row)
            if like is not None:
                self.same.append(
                    msgspec.json.encode({"duplicate_of": printable(like), "id": row.id, "input": printable(row.origin)}) + b"\n"
                )
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
        digest = self.file.finish() if last else ""
        state, pages = self.state, self.state.pages + self.pages
        self.state = State(state.key, pages, state.rows + len(self.rows), self.file.length, digest, last)
        facts = msgspec.json.encode([[*key, number] for key, number in sorted(self.facts.items())])
        statements = self.duplicates.statements() if self.duplicates else []
        block = Block(self.pages, b"".join(self.failures), b"".join(self.same), facts, names, statements)
        self.manifest.commit(self.shard, self.state, block)
        self._clear()

    def _refuse_taken(self, names: list[bytes]) -> None:
        seen: set[bytes] = set()
        for name in names:
            if name in seen or self.manifest.named(name):
                path = self.job.path(os.fsdecode(name) + suffix(self.job))
                raise OutputError(f"{path}: two inputs would be written here: clean them into different folders, or use --format jsonl")
            seen.add(name)
            if not self.overwrite and self.leftover <= 0 and os.path.lexists(self.job.path(os.fsdecode(name) + suffix(self.job))):
                raise OutputError(f"{self.job.path(os.fsdecode(name) + suffix(self.job))}: exists already: use --force, or another output")

    def close(self) -> None:
        """Let go of what is open."""
        if hasattr(self, "file"):
            self.file.close()


def run_local(job: Job, *, workers: int, report: bool, overwrite: bool, watch: Callable[[Row | Failure], None]) -> Manifest:
    """Do the job with `workers` processes; return its manifest, complete. The output folder must be held (`lock.locked`)."""
    from scraper import workers as pool

    manifest = Manifest(job)
    feed = Feed(job, manifest)
    collector = Collector(job, manifest, overwrite=overwrite, watch=watch)
    limits = job.config.page
    try:
        outcomes = pool.run(Cleaning(job, report), feed, workers=workers, deadline=limits.deadline, memory_mb=limits.memory, warm=warm_up)
        with contextlib.closing(outcomes):
            for taken, outcome in enumerate(outcomes):
                _pass_marks(feed, collector, taken)
                collector.take(outcome)
        _pass_marks(feed, collector, feed.given, ended=True)
    except BaseException:
        manifest.close()
        raise
    finally:
        collector.close()
    return manifest


def _pass_marks(feed: Feed, collector: Collector, taken: int, *, ended: bool = False) -> None:
    """Begin and end the shards that stand before page `taken`."""
    while feed.marks and (feed.marks[0][0] <= taken or ended):
        mark = feed.marks.popleft()[1]
        if mark.state is None:
            collector.commit(last=True)
        else:
            collector.begin(mark)


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


def failure_line(failure: Failure) -> bytes:
    """Return a failure as a JSON line: what `Failure` has, and the file and the place in it, apart."""
    from scraper.bulk.retry import parted

    path, place = parted(failure.input)
    facts = {
        "error": failure.error,
        "input": printable(failure.input),
        "message": printable(failure.message),
        "path": printable(path),
        "place": place,
    }
    if printable(failure.input) != failure.input:
        import base64

        facts["input_bytes"] = base64.b64encode(os.fsencode(failure.input)).decode()
    return msgspec.json.encode(facts, order="sorted") + b"\n"


def printable(text: str) -> str:
    """Return `text` as valid Unicode: bytes of a file's name that are none are written out."""
    return text.encode("utf-8", "backslashreplace").decode()
