"""A bulk run from its first check to its last file."""

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import msgspec

from scraper.bulk import manifest as manifests
from scraper.bulk.job import CONTENTS, DOCUMENTS, DUPLICATES, FAILURES, LISTS, MIRRORED, Job, is_url
from scraper.bulk.local import LocalEngine
from scraper.bulk.lock import leased, locked
from scraper.bulk.manifest import Manifest
from scraper.bulk.plan import is_shard
from scraper.bulk.tally import Watch
from scraper.bulk.writers import write_whole
from scraper.errors import ConfigError, LockedError, OutputError

Earlier = Literal["refuse", "resume", "replace"]


class Engine(Protocol):
    """What does the work of a run."""

    def __call__(self, job: Job, manifest: Manifest, *, report: bool, overwrite: bool, watch: Watch) -> None:
        """Do the job and complete its manifest. Raises ConfigError, OutputError, LockedError."""


class Outcome(msgspec.Struct, frozen=True):
    """What a run, with the runs that it resumed, has made."""

    rows: int
    failures: int
    duplicates: int
    facts: Counter[tuple[str, str]]

    @property
    def exit_code(self) -> int:
        """0 all well, 1 some inputs failed, 5 nothing could be read."""
        done = self.rows + self.duplicates
        return 5 if not done else 1 if self.failures else 0


def run(
    job: Job,
    *,
    workers: int = 1,
    earlier: Earlier = "refuse",
    report: bool = False,
    watch: Watch = lambda _: None,
    engine: Engine | None = None,
) -> Outcome:
    """Do the job and return what it made; `earlier` says what becomes of an earlier run's output in the same place.

    `engine` does the work in place of this machine's worker processes. Raises ConfigError, OutputError (not writable, disk full; what was
    written can be resumed), LockedError (another run is writing there; made from other inputs or with other settings; or already there).
    """
    check(job)
    engine = engine or LocalEngine(workers)
    with _held(job, earlier) as place:
        manifest = Manifest(place)
        try:
            _restore(place, manifest)
            engine(place, manifest, report=report, overwrite=earlier == "replace", watch=watch)
            outcome = _conclude(place, manifest)
            manifest.compact()
        finally:
            manifest.close()
        _finish(place)
        return outcome


@contextlib.contextmanager
def _held(job: Job, earlier: Earlier) -> Iterator[Job]:
    """Hold the output and have it ready; give the job as it is to be done: with a folder of this machine, whatever its output is."""
    if not is_url(job.output):
        with locked(job.output):
            _clear_or_refuse(job, earlier)
            yield job
        return
    from scraper.bulk.publish import take_up
    from scraper.bulk.stores import Store

    store = Store(job.output)
    with leased(store), tempfile.TemporaryDirectory(prefix="clip-") as folder:
        place = msgspec.structs.replace(job, output=folder, store=store.url)
        take_up(store, place, earlier)
        yield place


def _restore(job: Job, manifest: Manifest) -> None:
    if job.store is not None:
        from scraper.bulk.publish import restore
        from scraper.bulk.stores import Store

        restore(Store(job.store), job, manifest)


def _finish(job: Job) -> None:
    if job.store is not None:
        from scraper.bulk.publish import finish
        from scraper.bulk.stores import Store

        finish(Store(job.store), job)


def check(job: Job) -> None:
    """Refuse what cannot work before the first page. Raises ConfigError, OutputError."""
    if job.convention and job.format in DOCUMENTS:
        raise ConfigError(f"--as renames the fields of a record: it does not go with --format {job.format}")
    if not is_url(job.output) and os.path.exists(job.output) and not os.path.isdir(job.output):
        raise OutputError(f"{job.output}: is there and is no folder")
    if job.with_ and (job.convention or job.format in DOCUMENTS):
        raise ConfigError(f"--with adds to a record: it does not go with {'--as' if job.convention else f'--format {job.format}'}")
    refuse_output_as_input(job.inputs, job.output)
    if job.format == "parquet":
        require("pyarrow", "parquet", "--format parquet")
    if job.duplicates == "near":
        require("rensa", "dedup", "--duplicates near")


def refuse_output_as_input(inputs: Sequence[str], output: str) -> None:
    """Refuse to write into a folder that is read. Raises ConfigError."""
    for path in inputs:
        if os.path.realpath(path) == os.path.realpath(output) and os.path.isdir(path):
            raise ConfigError(f"{path}: is both input and output")


def require(module: str, extra: str, option: str) -> None:
    """Refuse an option whose extra is not installed. Raises ConfigError."""
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise ConfigError(f"{option}: install article-clip[{extra}]")


def _clear_or_refuse(job: Job, earlier: Earlier) -> None:
    if earlier == "replace":
        _clear(job)
    elif manifests.exists(job.output):
        if earlier == "refuse":
            raise LockedError(f"{job.output}: holds an earlier run: --resume goes on with it, --force starts anew")
    elif job.format not in MIRRORED and any(map(is_shard, os.listdir(job.output))):
        raise LockedError(f"{job.output}: holds shards without their manifest: use another output, or --force to start anew")
    else:
        for path in map(job.path, LISTS):
            if os.path.lexists(path):
                raise LockedError(f"{path}: is there, and of no run in this folder: use another output, or --force to overwrite it")


def _clear(job: Job) -> None:
    """Remove what an earlier run left of its own: the manifest, shards, lists. Pages in files of their own are overwritten one by one."""
    with contextlib.suppress(OSError):
        os.unlink(job.path(manifests.NAME))
    for name in os.listdir(job.output):
        if is_shard(name) or name.startswith(manifests.NAME + "-") or name in LISTS:
            os.unlink(job.path(name))


def _conclude(job: Job, manifest: Manifest) -> Outcome:
    """Write the lists that speak of the whole run, and count."""
    facts: Counter[tuple[str, str]] = Counter()
    for block in manifest.column("facts"):
        for group, name, number in msgspec.json.decode(block):
            facts[group, name] += number
    _write_lines(job.path(FAILURES), b"".join(manifest.column("failures")))
    if job.duplicates:
        _write_lines(job.path(DUPLICATES), b"".join(manifest.column("duplicates")))
    shards = [(index, state) for index, state in manifest.shards()]
    contents = {
        "settings": job.settings(),
        "shards": [
            {"shard": index, "key": state.key, "rows": state.rows, "bytes": state.length, "sha256": state.sha256} for index, state in shards
        ],
    }
    write_whole(job.path(CONTENTS), msgspec.json.format(msgspec.json.encode(contents, order="sorted"), indent=1) + b"\n")
    failures = sum(number for (group, _), number in facts.items() if group == "failure")
    duplicates = sum(number for (group, _), number in facts.items() if group == "duplicate")
    return Outcome(sum(state.rows for _, state in shards), failures, duplicates, facts)


def _write_lines(path: str, lines: bytes) -> None:
    """Write a list, or have none where it is empty."""
    if lines:
        write_whole(path, lines)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
