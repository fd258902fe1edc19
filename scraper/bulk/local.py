"""The engine for one machine: shards one after the other, their pages through worker processes, everything in the order of the inputs."""

import contextlib
import os
from collections import deque
from collections.abc import Iterator

import msgspec

from scraper.bulk.collect import Collector, Ledger, Sieve
from scraper.bulk.duplicates import Decided, Finder
from scraper.bulk.job import MIRRORED, TABLES, Job
from scraper.bulk.manifest import Manifest, State
from scraper.bulk.plan import Shard, plan, tasks
from scraper.bulk.tally import Watch
from scraper.bulk.work import Cleaning, Task, suffix
from scraper.errors import Failure, OutputError
from scraper.workers.warm import warm_up


class Mark(msgspec.Struct, frozen=True):
    """Stands in the order of the pages where a shard begins (with how far it is already) or ends."""

    shard: Shard
    state: State | None  # None at the end


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
                refuse_missing(self.job, shard, state)
                continue
            if state is None or self.job.format in TABLES or self.job.store:
                state = State(shard.key)  # what is made in one go begins anew
            self.marks.append((self.given, Mark(shard, state)))
            for number, task in enumerate(tasks(self.job, shard.units)):
                if number >= state.pages:
                    self.given += 1
                    yield task
            self.marks.append((self.given, Mark(shard, None)))


def refuse_missing(job: Job, shard: Shard, state: State) -> None:
    """Refuse to go on where a finished shard is gone or has another size. Raises OutputError."""
    path = job.path(shard.name + suffix(job))
    if job.store is not None or job.format in MIRRORED:
        return
    if not os.path.exists(path):
        raise OutputError(f"{path}: made by an earlier run and gone since: use --force to start anew")
    if os.path.getsize(path) != state.length:
        raise OutputError(f"{path}: made by an earlier run and changed since: use --force to start anew")


class LocalEngine(msgspec.Struct, frozen=True):
    """Runs a job with `workers` processes of this machine."""

    workers: int = 1

    def __call__(self, job: Job, manifest: Manifest, *, report: bool, overwrite: bool, watch: Watch) -> None:
        """Do the job and complete its manifest. The output must be held (`lock`). Raises OutputError, LockedError."""
        from scraper import workers as pool

        feed = Feed(job, manifest)
        collector = Collector(job, _ledger(job, manifest), overwrite=overwrite, watch=watch)
        limits = job.config.page
        outcomes = pool.run(
            Cleaning(job, report), feed, workers=self.workers, deadline=limits.deadline, memory_mb=limits.memory, warm=warm_up
        )
        finder = Finder(job.duplicates, manifest.database) if job.duplicates else None
        with contextlib.closing(collector), contextlib.closing(outcomes):
            for taken, outcome in enumerate(outcomes):
                _pass_marks(feed, collector, finder, taken)
                collector.take(outcome)
            _pass_marks(feed, collector, finder, None)


def _ledger(job: Job, manifest: Manifest) -> Ledger:
    if job.store is None:
        return manifest
    from scraper.bulk.publish import Publishing

    return Publishing(job, manifest)


def _pass_marks(feed: Feed, collector: Collector, finder: Finder | None, taken: int | None) -> None:
    """Begin and end the shards that stand before page `taken`, all of them when there are no more pages."""
    while feed.marks and (taken is None or feed.marks[0][0] <= taken):
        mark = feed.marks.popleft()[1]
        if mark.state is None:
            collector.commit(last=True)
        else:
            collector.sieve = _sieve(feed.manifest, mark.shard, finder)
            collector.begin(mark.shard, mark.state)


def _sieve(manifest: Manifest, shard: Shard, finder: Finder | None) -> Sieve | None:
    """Return what finds duplicates in a shard: what an engine that was cut short has decided of it already is kept to."""
    likes = manifest.decision(shard.index) if finder is not None else None
    return finder if likes is None else Decided(likes)
