"""A bulk run from its first check to its last file."""

import contextlib
import glob
import os
from collections import Counter
from collections.abc import Callable
from typing import Literal

import msgspec

from scraper.bulk import manifest as manifests
from scraper.bulk.job import MIRRORED, Job
from scraper.bulk.local import run_local
from scraper.bulk.lock import locked
from scraper.bulk.manifest import Manifest
from scraper.bulk.work import Row
from scraper.bulk.writers import write_whole
from scraper.errors import ConfigError, Failure, LockedError, OutputError

FAILURES, DUPLICATES, CONTENTS = "failures.jsonl", "duplicates.jsonl", "manifest.json"
Earlier = Literal["refuse", "resume", "replace"]
Engine = Callable[[Job], Manifest]


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
    watch: Callable[[Row | Failure], None] = lambda _: None,
    engine: Engine | None = None,
) -> Outcome:
    """Do the job and return what it made; `earlier` says what becomes of an earlier run's output in the same folder.

    `engine` does the work in place of this machine's worker processes. Raises ConfigError, OutputError (not writable, disk full; what was
    written can be resumed), LockedError (another run is writing there; made from other inputs or with other settings; or already there).
    """
    check(job)
    with locked(job.output):
        _clear_or_refuse(job, earlier)
        overwrite = earlier == "replace"
        manifest = engine(job) if engine else run_local(job, workers=workers, report=report, overwrite=overwrite, watch=watch)
        try:
            outcome = _conclude(job, manifest)
            manifest.compact()
            return outcome
        finally:
            manifest.close()


def check(job: Job) -> None:
    """Refuse what cannot work before the first page. Raises ConfigError, OutputError."""
    if job.convention and job.format in ("markdown", "text"):
        raise ConfigError(f"--as renames the fields of a record: it does not go with --format {job.format}")
    if os.path.exists(job.output) and not os.path.isdir(job.output):
        raise OutputError(f"{job.output}: is there and is no folder")
    for path in job.inputs:
        if os.path.realpath(path) == os.path.realpath(job.output):
            raise ConfigError(f"{path}: is both input and output")
    if job.format == "parquet":
        _require("pyarrow", "parquet", "--format parquet")
    if job.duplicates == "near":
        _require("rensa", "dedup", "--duplicates near")


def _require(module: str, extra: str, option: str) -> None:
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise ConfigError(f"{option}: install article-clip[{extra}]")


def _clear_or_refuse(job: Job, earlier: Earlier) -> None:
    if earlier == "replace":
        _clear(job)
    elif manifests.exists(job.output):
        if earlier == "refuse":
            raise LockedError(f"{job.output}: holds an earlier run: --resume goes on with it, --force starts anew")
    elif job.format not in MIRRORED and glob.glob(os.path.join(glob.escape(job.output), "part-*")):
        raise LockedError(f"{job.output}: holds shards without their manifest: use another output, or --force to start anew")


def _clear(job: Job) -> None:
    """Remove what an earlier run left of its own: the manifest, shards, lists. Pages in files of their own are overwritten one by one."""
    with contextlib.suppress(OSError):
        os.unlink(job.path(manifests.NAME))
    for pattern in ("part-*", ".part-*.tmp", manifests.NAME + "-*", FAILURES, DUPLICATES, CONTENTS):
        for path in glob.glob(os.path.join(glob.escape(job.output), pattern)):
            os.unlink(path)


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
