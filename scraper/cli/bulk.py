"""`clip clean` for many pages: the options of a bulk run, its progress, its summary."""

import codecs
import os
import sys
import time
from collections import Counter
from typing import Annotated, Literal

import typer

from scraper.bulk import Job, Outcome
from scraper.bulk import job as jobs
from scraper.bulk import run as run_job
from scraper.bulk.collect import TakenError
from scraper.bulk.job import FAILURES, LISTS, SHARD_MB, is_url
from scraper.bulk.manifest import exists as manifest_exists
from scraper.bulk.plan import plan
from scraper.bulk.report import refuse_report, write_report
from scraper.bulk.run import Earlier, Engine, require
from scraper.bulk.tally import Tally
from scraper.cli import options
from scraper.cli.output import say
from scraper.errors import ConfigError, OutputError
from scraper.readers.limits import CUT_SHORT

Format = Annotated[
    jobs.Format | None,
    typer.Option("--format", "-f", help="With -o: a file per page (json, markdown, html, text), or shards of many (the others)."),
]
Resume = Annotated[bool, typer.Option("--resume", help="With -o: go on where an interrupted run stopped.")]
Retry = Annotated[str | None, typer.Option("--retry", metavar="FILE", help="Clean the pages that this failures file names.")]
From = Annotated[str | None, typer.Option("--from", metavar="FILE", help="Read paths from FILE, one to a line; - for standard input.")]
DuplicatesOption = Annotated[
    jobs.Duplicates | None, typer.Option("--duplicates", help="With -o: leave out articles that are there already.")
]
Report = Annotated[
    str | None, typer.Option("--report", metavar="FILE", callback=options.named, help="With -o: write an HTML page on the whole run.")
]
EngineOption = Annotated[Literal["local", "ray"], typer.Option("--engine", help="With -o: where the work is done.")]
Address = Annotated[str | None, typer.Option("--address", help="The Ray cluster; one is started here if not given.")]
ShardMb = Annotated[
    int | None, typer.Option("--shard-mb", min=1, max=100_000, help=f"Megabytes of input to a shard; {SHARD_MB} if not given.")
]
HtmlField = Annotated[str | None, typer.Option("--html-field", metavar="NAME", help="The column of pages in JSON and Parquet.")]
UrlField = Annotated[str | None, typer.Option("--url-field", metavar="NAME", help="The column of their addresses.")]

_REMARKS = 8  # kinds that are named
_COUNTING = 2.0  # seconds that counting the inputs may take before the first page
_EVERY = 0.5  # seconds between two states of the progress line


def clean_many(job: Job, *, workers: int, earlier: Earlier, report: str | None, engine: Engine | None) -> int:
    """Do a bulk run and say how it goes; return the exit code. Raises ConfigError, OutputError, LockedError."""
    if "-" in job.inputs and earlier == "resume" and manifest_exists(job.output):
        say("standard input is taken to be what it was: what is done of it is not read again")
    if report is not None:
        if any(os.path.realpath(path) == os.path.realpath(report) for path in job.inputs):
            raise ConfigError(f"{report}: is both input and report")
        refuse_report(report, overwrite=earlier == "replace")
        _refuse_own(report, job)
    progress = Progress(job)
    try:
        outcome = run_job(job, workers=workers, earlier=earlier, report=report is not None, watch=progress.add, engine=engine)
    except (KeyboardInterrupt, SystemExit, OutputError) as error:
        progress.clear()
        if progress.done.pages and not isinstance(error, TakenError):
            reason = "stopped" if isinstance(error, OutputError) else "interrupted"
            say(f"{reason}: what is done is in {job.output}; the same command with --resume goes on")
        raise
    progress.clear()
    for line in summary(outcome, job, progress.seconds):
        say(line)
    if report is not None:
        write_report(report, outcome, job, sorted(progress.done.slowest, reverse=True))
    return outcome.exit_code


def _refuse_own(report: str, job: Job) -> None:
    """Refuse a report in the place of what the run itself makes. Raises ConfigError."""
    path, output = os.path.realpath(report), os.path.realpath(job.output)
    if path == output or output.startswith(os.path.join(path, "")) or path in [os.path.join(output, name) for name in LISTS]:
        raise ConfigError(f"{report}: is where the run itself writes: name another file for the report")


class Remarks:
    """What readers pass over: a page that was cut short is named at once, records of a crawl that are no pages are counted."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, origin: str, remark: str) -> None:
        """Take in one remark."""
        if remark.endswith(CUT_SHORT):
            say(f"{origin}: {remark}")
        else:
            self.counts[remark] += 1

    def tell(self) -> None:
        """Say what was passed over, the most frequent first."""
        if self.counts:
            said = ", ".join(f"{number:,} {remark}" for remark, number in self.counts.most_common(_REMARKS))
            rest = self.counts.total() - sum(number for _, number in self.counts.most_common(_REMARKS))
            say(f"passed over: {said}{f', {rest:,} others' if rest else ''}")


class Progress:
    """One line on standard error that is written over, while that is a terminal."""

    def __init__(self, job: Job) -> None:
        self.done = Tally()
        self._live = sys.stderr.isatty()
        self._files = count_files(job, _COUNTING) if self._live else None
        self._start = self._shown = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return time.monotonic() - self._start

    def add(self, pages: Tally) -> None:
        """Count pages that are done, and write the line anew if it is time."""
        self.done.add(pages)
        if self._live and time.monotonic() - self._shown >= _EVERY:
            self._shown = time.monotonic()
            done, rate = self.done, self.done.pages / max(self.seconds, 0.001)
            remaining = f", {self._files - done.pages:,} remaining" if self._files and self._files > done.pages else ""
            numbers = f"{done.pages:,} pages, {rate:.0f} per second, {done.bytes / 1e6:.1f} MB, {done.failures:,} failed{remaining}"
            sys.stderr.write(f"\r\x1b[K{numbers}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def count_files(job: Job, seconds: float) -> int | None:
    """Return how many files a run will read; `None` where counting them takes longer than `seconds`."""
    end, files = time.monotonic() + seconds, 0
    for shard in plan(job):
        files += len(shard.units)
        if time.monotonic() > end:
            return None
    return files


def summary(outcome: Outcome, job: Job, seconds: float) -> list[str]:
    """Return the lines that end a run."""
    pages = outcome.rows + outcome.failures + outcome.duplicates
    parts = [f"{outcome.rows:,} records"]
    if job.duplicates:
        parts.append(f"{outcome.duplicates:,} duplicates")
    causes = Counter({name: number for (group, name), number in outcome.facts.items() if group == "failure"})
    if causes:
        parts.append(f"{outcome.failures:,} failed ({', '.join(f'{number:,} {name}' for name, number in causes.most_common())})")
    lines = [f"{pages:,} pages in {seconds:.1f} s: {', '.join(parts)}"]
    if outcome.failures:
        lines.append(f"failures: {job.path(FAILURES)}")
    return lines


def place(output: str) -> str:
    """Return where `-o` says: a folder, also of a `file:` URL, or the URL of a place in a store."""
    if not is_url(output):
        return output
    from scraper.bulk.stores import folder_of

    return folder_of(output) or output


def engine_named(name: str, *, address: str | None, workers: int | None) -> Engine | None:
    """Return the engine; `None` for this machine's own worker processes. Raises ConfigError."""
    if name == "local":
        if address is not None:
            raise ConfigError("--address goes with --engine ray")
        return None
    require("ray", "ray", "--engine ray")
    from scraper.bulk.ray_engine import RayEngine

    return RayEngine(address=address, workers=workers)


def paths_from(path: str) -> list[str]:
    """Return the paths that a list names, one to a line, or apart by NUL where there is one. Raises ConfigError."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else open(path, "rb").read()  # noqa: SIM115
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):  # as some Windows programs write lists
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    names = data.split(b"\0") if b"\0" in data else [line.removesuffix(b"\r") for line in data.split(b"\n")]
    return [os.fsdecode(name) for name in names if name]
