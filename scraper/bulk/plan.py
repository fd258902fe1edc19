"""The plan of a run: its inputs, in order, cut into shards that every engine cuts alike.

A shard is a fixed list of files, closed when they have `shard_mb` megabytes or `FILES` files; an archive or a crawl is one file, whatever
its size. Its name holds a digest of the files, their sizes and times, the settings and the version: a shard that exists under its name is
the right one, and need not be made again.
"""

import hashlib
import os
import re
from collections.abc import Iterator

import msgspec

from scraper.bulk.job import Job
from scraper.bulk.naming import mirrored
from scraper.bulk.retry import wanted
from scraper.bulk.work import Task
from scraper.errors import Failure
from scraper.readers import find, is_metadata
from scraper.readers.files import linked_folder, walk

_SHARD = re.compile(r"\.?part-\d{5,}-[0-9a-f]{10}\.")
FILES = 4096  # of a shard: a folder of tiny pages still gives shards that a worker can finish in seconds


class Unit(msgspec.Struct, frozen=True, array_like=True):
    """One file as it was when the plan was made; `size` is -1 where it is missing or no file, and reading it will say so."""

    path: str
    argument: str  # the input under which it was found
    size: int = -1
    changed: int = 0  # nanoseconds
    failure: Failure | None = None  # of the walk: a folder that cannot be read


class Shard(msgspec.Struct, frozen=True):
    """A fixed list of files, and the name of what they give, without suffix."""

    index: int
    units: list[Unit]
    key: str

    @property
    def name(self) -> str:
        """Return the name of the shard's file, without suffix."""
        return shard_name(self.index, self.key)


def shard_name(index: int, key: str) -> str:
    """Return the name of a shard's file, without suffix."""
    return f"part-{index:05d}-{key[:10]}"


def is_shard(name: str) -> bool:
    """Say whether a file of an output has the name of a shard, whole or in the making."""
    return bool(_SHARD.match(name))


def plan(job: Job) -> Iterator[Shard]:
    """Yield the shards of a run in order, holding one at a time."""
    fingerprint = job.fingerprint()
    units: list[Unit] = []
    size = index = 0
    for unit in _units(job):
        units.append(unit)
        size += max(unit.size, 0)
        if size >= job.shard_mb * 1_000_000 or len(units) >= FILES:
            yield _shard(index, units, fingerprint)
            units, size, index = [], 0, index + 1
    if units:
        yield _shard(index, units, fingerprint)


def tasks(job: Job, units: list[Unit]) -> Iterator[Task | Failure]:
    """Yield a task for every page of the units, or the failure in its place."""
    for unit in units:
        if unit.failure is not None:
            yield unit.failure
            continue
        for found, origin in wanted(find(unit.path, job.reading), unit.argument, job.only):
            yield found if isinstance(found, Failure) else Task(found, mirrored(origin, job.roots.get(unit.argument, unit.argument)))


def _shard(index: int, units: list[Unit], fingerprint: str) -> Shard:
    digest = hashlib.sha256(f"{fingerprint}\n{index}\n".encode())
    for unit in units:
        digest.update(f"{unit.path}\0{unit.size}\0{unit.changed}\n".encode("utf-8", "surrogateescape"))
    return Shard(index, units, digest.hexdigest())


def _units(job: Job) -> Iterator[Unit]:
    output = os.path.join(os.path.realpath(job.output), "")
    for argument in job.inputs:
        if job.only and (failure := linked_folder(argument)):
            yield Unit(argument, argument, failure=failure)
            continue
        if argument == "-" or not os.path.isdir(argument):
            yield _unit(argument, argument)
            continue
        inside = output.startswith(os.path.join(os.path.realpath(argument), ""))  # then what the run writes must not be read
        for path in walk(argument):
            if isinstance(path, Failure):
                yield Unit(path.input, argument, failure=path)
            elif not (inside and os.path.realpath(path).startswith(output)) and not is_metadata(path):
                yield _unit(path, argument)


def _unit(path: str, argument: str) -> Unit:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return Unit(path, argument)
    return Unit(path, argument, status.st_size, status.st_mtime_ns)
