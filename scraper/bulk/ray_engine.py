"""The engine for a cluster: one Ray core task per shard, the same shards and the same bytes as on one machine.

A task cleans its shard with a worker process of its own under the same deadline and memory limit, writes the file under its name, and
returns only what the manifest says of it. Ray repeats a task whose node or worker was lost, a bounded number of times; a shard that loses
its worker even then is halved until the file is found that no task survives, and that file is the failure. The output folder must be one
that all nodes see.
"""

import os
from collections.abc import Iterator
from typing import Any

import msgspec

from scraper.bulk.job import Job
from scraper.bulk.local import Collector, Mark, tasks
from scraper.bulk.manifest import Block, Manifest, State
from scraper.bulk.plan import Shard, Unit, plan
from scraper.bulk.work import Cleaning, Row, Task, suffix, warm_up
from scraper.errors import ConfigError, Failure, OutputError

RETRIES = 2  # of a task whose worker or node was lost
AHEAD = 4  # tasks waiting for each core of the cluster
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "1"}


class Made(msgspec.Struct, frozen=True):
    """What a task returns: its shard's state and lists, in blocks as one machine would have committed them."""

    index: int
    blocks: list[tuple[State, Block]]


class _Ledger:
    """Stands for the manifest inside a task: keeps what is committed, to be returned."""

    def __init__(self) -> None:
        self.blocks: list[tuple[State, Block]] = []
        self.resumed, self.database = True, None

    def commit(self, _shard: Shard, state: State, block: Block) -> None:
        """Keep one block."""
        self.blocks.append((state, block))

    def named(self, _name: bytes) -> bool:
        """Know no names: pages of other shards are other tasks' affair."""
        return False


def make_shard(job: Job, shard: Shard, poison: frozenset[str] = frozenset(), report: bool = False) -> Made:
    """Clean one shard and write its file; files named in `poison` are failures without being touched."""
    from scraper import workers as pool

    ledger = _Ledger()
    collector = Collector(job, ledger, overwrite=True, watch=lambda _: None)  # type: ignore[arg-type]
    collector.begin(Mark(shard, State(shard.key)))
    limits = job.config.page

    def feed() -> Iterator[Task | Failure]:
        for unit in shard.units:
            if unit.path in poison:
                yield Failure(input=unit.path, error="crash", message="its worker on the cluster was lost every time")
            else:
                yield from tasks(job, [unit])

    for outcome in pool.run(Cleaning(job, report), feed(), workers=1, deadline=limits.deadline, memory_mb=limits.memory, warm=warm_up):
        collector.take(outcome)
    collector.commit(last=True)
    return Made(shard.index, ledger.blocks)


def clean_one(job: Job, unit: Unit, report: bool = False) -> list[Row | Failure]:
    """Clean the pages of one file, to see whether that can be survived."""
    from scraper import workers as pool

    limits = job.config.page
    source = tasks(job, [unit])
    return list(pool.run(Cleaning(job, report), source, workers=1, deadline=limits.deadline, memory_mb=limits.memory, warm=warm_up))


class RayEngine(msgspec.Struct, frozen=True):
    """Runs a job on the cluster at `address`, or on one that is started here."""

    address: str | None = None
    workers: int | None = None

    def __call__(self, job: Job) -> Manifest:
        """Do the job; return its manifest, complete. Raises ConfigError, OutputError."""
        ray = _ray()
        if job.duplicates:
            raise ConfigError("--duplicates needs to see all pages in order: use --engine local, or run it over the shards that ray made")
        started = _connect(ray, self.address, self.workers)
        manifest = Manifest(job)
        try:
            _drive(ray, job, manifest)
        except BaseException:
            manifest.close()
            raise
        finally:
            if started:
                ray.shutdown()
        return manifest


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
    try:
        ray.init(
            address=address, num_cpus=None if address else workers, include_dashboard=False, log_to_driver=False, logging_level="error"
        )
    except (ConnectionError, ValueError, OSError) as error:
        raise ConfigError(f"no Ray cluster at {address}: {error}") from None
    return True


def _drive(ray: Any, job: Job, manifest: Manifest) -> None:
    """Keep the cluster busy with shards, and enter what comes back."""
    task = ray.remote(max_retries=RETRIES, num_cpus=1)(make_shard)
    running: dict[Any, Shard] = {}
    most = max(1, int(ray.cluster_resources().get("CPU", 1))) * AHEAD
    for shard in plan(job):
        state = manifest.state(shard)
        if state is not None and state.done:
            continue
        running[task.remote(job, shard)] = shard
        while len(running) >= most:
            _collect(ray, job, manifest, running)
    while running:
        _collect(ray, job, manifest, running)


def _collect(ray: Any, job: Job, manifest: Manifest, running: dict[Any, Shard]) -> None:
    (reference,), _ = ray.wait(list(running), num_returns=1)
    shard = running.pop(reference)
    try:
        made = ray.get(reference)
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.NodeDiedError):
        made = _without_poison(ray, job, shard)
    except ray.exceptions.RayTaskError as error:
        raise OutputError(f"{job.path(shard.name + suffix(job))}: {str(error.cause)[:500]}") from None
    for state, block in made.blocks:
        manifest.commit(shard, state, block)


def _without_poison(ray: Any, job: Job, shard: Shard) -> Made:
    """Find the files that no task survives, by halves, and make the shard without them."""
    probe = ray.remote(max_retries=1, num_cpus=1)(_survives)
    poison: list[Unit] = []
    suspects = [shard.units]
    while suspects:
        units = suspects.pop()
        try:
            ray.get(probe.remote(job, units))
        except ray.exceptions.RayError:
            if len(units) == 1:
                poison += units
            else:
                suspects += [units[len(units) // 2 :], units[: len(units) // 2]]
    origins = frozenset(unit.path for unit in poison)
    task = ray.remote(max_retries=RETRIES, num_cpus=1)(make_shard)
    try:
        made: Made = ray.get(task.remote(job, shard, origins))
    except ray.exceptions.RayError as error:
        raise OutputError(f"{shard.name}: its worker is lost again and again, without one file being the cause: {error}") from None
    return made


def _survives(job: Job, units: list[Unit]) -> bool:
    for unit in units:
        clean_one(job, unit)
    return True
