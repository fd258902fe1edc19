"""The engine for a cluster: Ray core tasks, the same shards and the same bytes as on one machine.

A task cleans its shard with a worker process of its own under the same deadline and memory limit, writes the file under its name, and
returns only what the manifest says of it. Ray repeats a task whose node or worker was lost, a bounded number of times; a shard that loses
its worker even then is halved until the file is found that no task survives, and that file is the failure. The output must be one that all
nodes see: a shared folder, or a store.

Duplicates need all pages in order, so a shard is then two tasks: one cleans it and returns the keys of its rows, by which this process
decides, shard after shard; the other takes the rows, which stay on the cluster, and writes those that stay.
"""

import os
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from scraper.bulk.collect import Collector, Sieve, named_twice
from scraper.bulk.duplicates import Decided, Finder, Key
from scraper.bulk.job import MIRRORED, Job
from scraper.bulk.local import refuse_missing
from scraper.bulk.manifest import Block, Manifest, State
from scraper.bulk.plan import Shard, Unit, plan, tasks
from scraper.bulk.tally import Tally, Watch
from scraper.bulk.work import Cleaning, Row, Task, suffix
from scraper.errors import ConfigError, Failure, LockedError, OutputError
from scraper.readers import Reading
from scraper.readers.limits import CUT_SHORT
from scraper.workers.warm import warm_up

RETRIES = 2  # of a task whose worker or node was lost
AHEAD = 4  # tasks waiting for each core of the cluster
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "1"}


class Told(msgspec.Struct):
    """What a task tells of its pages beside their rows: counts, the keys of its rows, and the remarks of readers with their number."""

    tally: Tally
    remarks: list[tuple[str, str, int]]
    keys: list[Key]


class Made(msgspec.Struct):
    """What a task that writes a shard returns: what the manifest says of it, in blocks as one machine would have committed them."""

    blocks: list[tuple[State, Block]]
    told: Told | None = None


class _Blocks:
    """Stands for the manifest inside a task: keeps what is committed, to be returned."""

    def __init__(self) -> None:
        self.blocks: list[tuple[State, Block]] = []
        self.resumed = True

    def commit(self, _index: int, blocks: list[tuple[State, Block]]) -> None:
        """Keep blocks."""
        self.blocks += blocks

    def named(self, _name: bytes) -> bool:
        """Know no names: pages of other shards are for the driver to compare."""
        return False


class Asked(msgspec.Struct, frozen=True):
    """What a task is asked to clean: a shard, of which the files in `poison` are failures without being touched."""

    job: Job
    shard: Shard
    report: bool = False
    poison: frozenset[str] = frozenset()
    again: bool = False  # after its worker was lost


def make_shard(asked: Asked) -> Made:
    """Clean a shard and write it."""
    told = Told(Tally(), [], [])
    made = write_shard(asked, _cleaned(asked, told), None)
    made.told = told
    return made


def clean_shard(asked: Asked) -> tuple[list[Row | Failure], Told]:
    """Clean a shard; return its rows and failures, and apart what is told of them."""
    told = Told(Tally(), [], [])
    outcomes = list(_cleaned(asked, told))
    told.keys = [Key(outcome.id, outcome.signature, outcome.origin) for outcome in outcomes if isinstance(outcome, Row)]
    return outcomes, told


def write_shard(asked: Asked, outcomes: Iterable[Row | Failure], likes: dict[int, str] | None) -> Made:
    """Write the rows of a shard, without those that repeat earlier pages."""
    blocks = _Blocks()
    sieve: Sieve | None = None if likes is None else Decided(likes)
    with _folder(asked.job) as job:
        collector = Collector(job, blocks, overwrite=True, watch=lambda _: None, sieve=sieve)
        collector.begin(asked.shard, State(asked.shard.key))
        for outcome in outcomes:
            collector.take(outcome)
        collector.commit(last=True)
        if job.store is not None:
            from scraper.bulk.publish import publish
            from scraper.bulk.stores import Store

            publish(Store(job.store), job, asked.shard.index, blocks.blocks)
    return Made(blocks.blocks)


@contextmanager
def _folder(job: Job) -> Iterator[Job]:
    """Give the job a folder of the node that a task runs on, where its output is a store."""
    if job.store is None:
        yield job
        return
    with tempfile.TemporaryDirectory(prefix="clip-") as folder:
        yield msgspec.structs.replace(job, output=folder)


def _cleaned(asked: Asked, told: Told) -> Iterator[Row | Failure]:
    """Clean the pages of a shard with a worker process, and tell of them."""
    from scraper import workers as pool
    from scraper.bulk.tally import tally_of

    remarks: Counter[tuple[str, str]] = Counter()

    def note(origin: str, remark: str) -> None:
        remarks[origin if remark.endswith(CUT_SHORT) else "", remark] += 1

    job = msgspec.structs.replace(asked.job, reading=msgspec.structs.replace(asked.job.reading, note=note))
    limits = job.config.page
    feed = _tasks(job, asked)
    for outcome in pool.run(
        Cleaning(asked.job, asked.report), feed, workers=1, deadline=limits.deadline, memory_mb=limits.memory, warm=warm_up
    ):
        told.tally.add(tally_of(outcome))
        yield outcome
    told.remarks = [(*remark, number) for remark, number in remarks.items()]


def _tasks(job: Job, asked: Asked) -> Iterator[Task | Failure]:
    for unit in asked.shard.units:
        if unit.path in asked.poison:
            yield Failure(input=unit.path, error="crash", message="its worker on the cluster was lost every time")
        else:
            yield from tasks(job, [unit])


def survives(asked: Asked, units: list[Unit]) -> bool:
    """Clean some files of a shard, to see whether that can be survived."""
    shard = msgspec.structs.replace(asked.shard, units=units)
    for _ in _cleaned(msgspec.structs.replace(asked, shard=shard), Told(Tally(), [], [])):
        pass
    return True


class RayEngine(msgspec.Struct, frozen=True):
    """Runs a job on the cluster at `address`, or on one that is started here."""

    address: str | None = None
    workers: int | None = None

    def __call__(self, job: Job, manifest: Manifest, *, report: bool, overwrite: bool, watch: Watch) -> None:
        """Do the job and complete its manifest. Raises ConfigError, OutputError, LockedError."""
        ray = _ray()
        if not (overwrite or manifest.resumed or job.store) and job.format in MIRRORED and _foreign(job.output):
            raise OutputError(f"{job.output}: holds files already: use --force, or another output")  # no task knows whose a file is
        started = _connect(ray, self.address, self.workers)
        try:
            _Driver(ray, job, manifest, report=report, watch=watch).run()
        finally:
            if started:
                ray.shutdown()


def _foreign(output: str) -> bool:
    return any(not name.startswith(".clip-") for name in os.listdir(output))


def _ray() -> Any:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise ConfigError("--engine ray: install article-clip[ray]") from None
    return ray


def _connect(ray: Any, address: str | None, workers: int | None) -> bool:
    """Join a cluster, or start one; return whether to leave it at the end."""
    if ray.is_initialized():
        return False
    cores = None if address else workers
    try:
        ray.init(address=address or "local", num_cpus=cores, include_dashboard=False, log_to_driver=False, logging_level="error")
    except (ConnectionError, ValueError, OSError) as error:
        raise ConfigError(f"no Ray cluster {f'at {address}' if address else 'could be started'}: {error}") from None
    return True


class _Driver:
    """Keeps the cluster busy with shards, and enters what comes back."""

    def __init__(self, ray: Any, job: Job, manifest: Manifest, *, report: bool, watch: Watch) -> None:
        self.ray, self.manifest, self.report, self.watch = ray, manifest, report, watch
        self.note = job.reading.note  # stays here
        self.job = msgspec.structs.replace(job, reading=msgspec.structs.replace(job.reading, note=Reading().note))
        self.most = max(1, int(ray.cluster_resources().get("CPU", 1))) * AHEAD
        self.make, self.write, self.probe = (self._task(function) for function in (make_shard, write_shard, survives))
        self.clean = self._task(clean_shard).options(num_returns=2)
        self.lost = (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.NodeDiedError)
        self.finder = Finder(job.duplicates, manifest.database) if job.duplicates else None
        self.cleaning: deque[tuple[Asked, Any, Any]] = deque()  # in order, with references to outcomes and to what is told of them
        self.writing: dict[Any, Asked] = {}

    def _task(self, function: Any) -> Any:
        return self.ray.remote(max_retries=RETRIES, num_cpus=1)(function)

    def run(self) -> None:
        """Do all shards."""
        for shard in plan(self.job):
            state = self.manifest.state(shard)
            if state is not None and state.done:
                refuse_missing(self.job, shard, state)
                continue
            if state is not None and self.finder is not None and self.job.store is None and not self._decided(shard):
                raise LockedError(f"{self.manifest.path}: shard {shard.name} was begun by --engine local: let that finish it")
            self._start(Asked(self.job, shard, self.report))
            while len(self.cleaning) + len(self.writing) >= self.most:
                self._step()
        while self.cleaning or self.writing:
            self._step()

    def _decided(self, shard: Shard) -> bool:
        return self.manifest.decision(shard.index) is not None

    def _start(self, asked: Asked) -> None:
        if self.finder is None:
            self.writing[self.make.remote(asked)] = asked
        else:
            self.cleaning.append((asked, *self.clean.remote(asked)))

    def _step(self) -> None:
        """Wait for one task, and take what it gives."""
        first = [self.cleaning[0][2]] if self.cleaning else []
        (reference,), _ = self.ray.wait([*first, *self.writing], num_returns=1)
        if first and reference == first[0]:
            self._decide()
        else:
            asked = self.writing.pop(reference)
            self._enter(asked, self._get(reference, asked, self.make))

    def _decide(self) -> None:
        """Decide which rows of the next shard repeat earlier pages, write that down, and have the others written."""
        asked, outcomes, reference = self.cleaning.popleft()
        try:
            told: Told = self.ray.get(reference)
        except self.lost:
            asked = self._without_poison(asked)
            self.cleaning.appendleft((asked, *self.clean.remote(asked)))
            return
        except self.ray.exceptions.RayTaskError as error:
            raise self._failed(asked, error) from None
        likes = self.manifest.decision(asked.shard.index)
        if likes is None:
            likes = self._likes(asked.shard, told.keys)
        self._tell(told)
        self.writing[self.write.remote(asked, outcomes, likes)] = asked

    def _likes(self, shard: Shard, keys: list[Key]) -> dict[int, str]:
        assert self.finder is not None
        found = ((number, self.finder.like(key)) for number, key in enumerate(keys))
        likes = {number: like for number, like in found if like is not None}
        entries = self.finder.entries()
        if self.job.store is not None:
            from scraper.bulk.publish import publish_decision
            from scraper.bulk.stores import Store

            publish_decision(Store(self.job.store), shard, likes, entries)
        self.manifest.decide(shard.index, likes, entries)
        return likes

    def _get(self, reference: Any, asked: Asked, again: Any) -> Made:
        try:
            made: Made = self.ray.get(reference)
        except self.lost as error:
            if self.finder is not None:
                raise self._failed(asked, error) from None
            asked = self._without_poison(asked)
            try:
                made = self.ray.get(again.remote(asked))
            except self.ray.exceptions.RayError as second:
                raise self._failed(asked, second) from None
        except self.ray.exceptions.RayError as error:
            raise self._failed(asked, error) from None
        return made

    def _failed(self, asked: Asked, error: Any) -> OutputError:
        cause = str(getattr(error, "cause", None) or error)[:500]
        return OutputError(f"{self.job.path(asked.shard.name + suffix(self.job))}: {cause}")

    def _enter(self, asked: Asked, made: Made) -> None:
        if self.manifest.state(asked.shard) is None:
            for name in (name for _, block in made.blocks for name in block.names):
                if self.manifest.named(name):
                    raise named_twice(self.job.path(os.fsdecode(name) + suffix(self.job)))
        self.manifest.commit(asked.shard.index, made.blocks)
        if made.told is not None:
            self._tell(made.told)

    def _tell(self, told: Told) -> None:
        self.watch(told.tally)
        for origin, remark, number in told.remarks:
            for _ in range(number):
                self.note(origin, remark)

    def _without_poison(self, asked: Asked) -> Asked:
        """Find the files that no task survives, by halves; return the shard without them."""
        if asked.again:
            raise OutputError(f"{asked.shard.name}: its worker is lost again and again, without one file being the cause")
        poison: list[Unit] = []
        suspects = [asked.shard.units]
        while suspects:
            units = suspects.pop()
            try:
                self.ray.get(self.probe.remote(asked, units))
            except self.ray.exceptions.RayError:
                if len(units) == 1:
                    poison += units
                else:
                    suspects += [units[len(units) // 2 :], units[: len(units) // 2]]
        return msgspec.structs.replace(asked, poison=frozenset(unit.path for unit in poison), again=True)
