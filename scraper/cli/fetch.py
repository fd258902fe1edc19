"""`clip fetch`: URLs to records, one or a hundred thousand."""

import contextlib
import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

import scraper
from scraper.cli import options
from scraper.cli.output import Sink, say
from scraper.cli.progress import Progress
from scraper.cli.run import Totals, run, worker_count
from scraper.cli.work import Cleaning, Task
from scraper.config import Config, load
from scraper.errors import ConfigError, Failure, InputError, OutputError
from scraper.failures import failed_rows
from scraper.fetch.credentials import without_credentials
from scraper.fetch.outcome import Outcome
from scraper.fetch.url_list import percent_encoded, read_urls
from scraper.fetch.watch import Watch
from scraper.saved import save as keep
from scraper.saved import url_name

if TYPE_CHECKING:
    from scraper.cli.resume import JournaledSink
    from scraper.fetch.journal import Journal
    from scraper.fetch.warc import WarcWriter

_NOT_WRITTEN = (".zst", ".bz2", ".xz", ".br", ".zip", ".wacz")
Urls = Annotated[
    list[str] | None,
    typer.Argument(metavar="[URL…]", help="http or https addresses; - reads them from standard input.", show_default=False),
]
From = Annotated[str | None, typer.Option("--from", metavar="FILE", help="Read URLs from this file, one a line; # starts a comment.")]
Retry = Annotated[
    str | None,
    typer.Option("--retry", metavar="FILE", callback=options.named, help="Fetch the URLs that failed, by the rows of an earlier run."),
]
Ordered = Annotated[bool, typer.Option("--ordered", help="Write the records in the order of the URLs, not as they come.")]
Save = Annotated[
    str | None,
    typer.Option(
        "--save", metavar="DIR", callback=options.named, help="Keep the raw pages here; `clip clean DIR` makes the same records of them."
    ),
]
SaveWarc = Annotated[
    str | None,
    typer.Option(
        "--save-warc", metavar="FILE", callback=options.named, help="Keep the raw pages in this .warc.gz file; it is appended to."
    ),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="FILE",
        callback=options.named,
        help="Keep a journal here; run again with it, clip goes on where it was. With -o, or rows appended to a file with >>, every record "
        "comes once whatever kills a run; into a pipe the last one may come twice.",
    ),
]
Log = Annotated[str | None, typer.Option("--log", metavar="FILE", callback=options.named, help="Write a JSON line here for every try.")]
Concurrency = Annotated[int | None, typer.Option("--concurrency", min=1, max=1000, metavar="N", help="Hosts asked at once.")]
Pages = Annotated[int | None, typer.Option("--pages", min=1, max=1000, metavar="N", help="Join the pages of an article, at most so many.")]
Render = Annotated[bool, typer.Option("--render", help="Run the scripts of pages in your own Chromium (extra `render`).")]
Cache = Annotated[
    str | None,
    typer.Option("--cache", metavar="DIR", callback=options.named, help="Keep answers here, as their headers allow (extra `cache`)."),
]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Let addresses of your own network through.")]
IgnoreRobots = Annotated[bool, typer.Option("--ignore-robots", help="Fetch what robots.txt disallows.")]


def fetch(
    urls: Urls = None,
    from_: From = None,
    retry: Retry = None,
    ordered: Ordered = False,
    save: Save = None,
    save_warc: SaveWarc = None,
    resume: Resume = None,
    log: Log = None,
    concurrency: Concurrency = None,
    pages: Pages = None,
    render: Render = False,
    cache: Cache = None,
    output: options.Output = None,
    force: options.Force = False,
    skip_existing: options.SkipExisting = False,
    with_: options.With = "",
    field: options.Field = None,
    convention: options.As = None,
    workers: options.Workers = None,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    config: options.ConfigFile = None,
) -> int:
    """Fetch pages and clean them: one JSON line per URL, as they come or, with --ordered, in the order of the URLs."""
    from scraper.fetch.crawl import poll_many

    settings = fetch_settings(options.with_site_chrome(load(config)), allow_private=allow_private, ignore_robots=ignore_robots)
    given = {"concurrency": concurrency, "pages": pages, "render": render or None, "cache": cache}
    settings = changed(settings, **{key: value for key, value in given.items() if value is not None})
    listed = _listed(urls or [], from_, retry)
    parts, field = options.parse_parts(with_, field, convention)
    if save and output and os.path.realpath(save) == os.path.realpath(output):
        raise ConfigError("--save and -o: a raw page's facts and its record would be one file: name two folders")
    sink = options.sink(output, field, force=force, skip_existing=skip_existing)
    raw = _raw_folder(save) if save else None
    with contextlib.ExitStack() as stack:
        journal = None
        if resume is not None:
            kept = {"--save": save, "--save-warc": save_warc}
            facts = {"with": ",".join(sorted(parts)), "field": field or "", "as": convention or "", **_facts(settings, output, kept)}
            sink = stack.enter_context(_journaled(sink, resume, facts))
            journal = sink.journal
        archive = stack.enter_context(_archive(Path(save_warc), journal)) if save_warc else None
        progress = Progress(Path(log) if log else None)
        stack.callback(progress.close, table=urls in (None, [], ["-"]))
        wanted = _Wanted(listed, sink, journal)
        watch = Watch(progress.attempt, progress.standing)
        outcomes = poll_many(wanted, settings.fetch, ordered=ordered, watch=watch, answers=journal)
        stack.callback(outcomes.close)
        tasks = _tasks(outcomes, wanted, raw, archive, progress.show)
        count = worker_count(workers, many=len(urls or []) != 1 or bool(from_ or retry) or urls == ["-"])
        done = run(Cleaning(settings, parts, field, convention), tasks, config=settings, workers=count, sink=sink, ordered=ordered)
    before = wanted.failed_before
    return Totals(done.rows, done.failures + before, done.skipped + wanted.left_out - before).exit_code


def fetched(url: str, config: Config) -> Iterator[Task | Failure]:
    """Yield the task of one URL, or the failure in its place."""
    url = without_credentials(url)
    try:
        yield Task(scraper.fetch(url, config=config), url_name(url))
    except InputError as error:
        yield Failure(input=url, error=error.code, message=str(error))


class _Wanted:
    """The URLs to fetch: those of the list without those that have ended, or whose file is there and may stay."""

    def __init__(self, listed: Iterable[str], sink: Sink, journal: "Journal | None") -> None:
        self._listed, self._journal, self._suffix = listed, journal, sink.suffix
        self._folder = sink.folder if sink.folder is not None and sink.folder.skip_existing else None
        self._met: set[int] = set()  # hashes: a list may be long
        self._repeats: Counter[str] = Counter()
        self._numbers: dict[int, int] = {}  # of those on their way that are not the first of their kind
        self.left_out = self.failed_before = 0

    def __iter__(self) -> Iterator[str]:
        """Yield the URLs; called in the fetcher's thread."""
        index = 0
        for url in self._listed:
            number = self._number(url)
            if self._has_ended(url, number):
                self.left_out += 1
                self.failed_before += self._journal is not None and self._journal.failed(url)
                continue
            if number > 1:
                self._numbers[index] = number
            index += 1
            yield url

    def name(self, outcome: Outcome) -> str:
        """Return the name of the output of one outcome: the second of a URL that is listed twice has its own."""
        return _name(outcome.url, self._numbers.pop(outcome.index, 1))

    def _number(self, url: str) -> int:
        """Return how often `url` has been listed up to here."""
        key = hash(url)
        if key not in self._met:
            self._met.add(key)
            return 1
        self._repeats[url] += 1
        return self._repeats[url] + 1

    def _has_ended(self, url: str, number: int) -> bool:
        if self._journal is not None and self._journal.times(url) >= number:
            return True
        return self._folder is not None and os.path.lexists(self._folder.root / (_name(url, number) + self._suffix))


def _name(url: str, number: int) -> str:
    return url_name(url) + (f"-{number}" if number > 1 else "")


def _tasks(
    outcomes: Iterable[Outcome | None], wanted: _Wanted, folder: Path | None, archive: "WarcWriter | None", show: Callable[[], None]
) -> Iterator[Task | Failure | None]:
    """Yield a task for each page, kept where that is asked for, or the failure in its place; `None` where there is nothing yet. Raises
    OutputError."""
    for outcome in outcomes:
        if outcome is None:
            show()
            yield None
            continue
        name, result = wanted.name(outcome), outcome.result
        if isinstance(result, Failure):
            yield result
            continue
        if folder is not None:
            keep(result, folder)
        if archive is not None and not outcome.archived:
            archive.add(result, outcome.answer)
        yield Task(result, name)


def _raw_folder(path: str) -> Path:
    """Make the folder of raw pages before the first one is fetched. Raises OutputError."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be the folder of raw pages: {error.strerror}") from error
    return folder


def _archive(path: Path, journal: "Journal | None") -> "WarcWriter":
    from scraper.fetch.warc import WarcWriter

    if path.suffix.lower() in _NOT_WRITTEN:
        raise ConfigError(f"--save-warc: {path}: a WARC file is written plain (.warc) or with gzip (.warc.gz)")
    return WarcWriter(path, journal)


@contextlib.contextmanager
def _journaled(sink: Sink, path: str, facts: dict[str, str]) -> "Iterator[JournaledSink]":
    """Yield a sink with a journal, once all that an earlier run entered has been put out. Says how to go on where this run is stopped."""
    from scraper.cli.resume import JournaledSink
    from scraper.fetch.journal import Journal

    with Journal(Path(path), facts) as journal:
        journaled = JournaledSink(folder=sink.folder, suffix=sink.suffix, failure_rows=sink.failure_rows, journal=journal)
        journaled.finish()
        try:
            yield journaled
        except (KeyboardInterrupt, SystemExit, OutputError):
            say(f"what is done is in {path}; the same command goes on")
            raise


def _facts(config: Config, output: str | None, kept: dict[str, str | None]) -> dict[str, str]:
    """Return what all parts of a run have to have in common: what shapes a record, where records go, and where raw pages are `kept`."""
    shaping = {"fallback": config.fallback, "rules": config.rules, "pages": config.fetch.pages, "render": config.fetch.render}
    facts = {name: msgspec.json.encode(value, order="sorted").decode() for name, value in shaping.items()}
    facts |= {option: os.path.abspath(path) for option, path in kept.items() if path is not None}
    return facts | {"version": scraper.__version__, "output": os.path.abspath(output) if output is not None else "standard output"}


def _listed(urls: list[str], list_file: str | None, rows: str | None) -> Iterator[str]:
    """Yield the URLs of the command line, then those of the list, then those that failed in a run's `rows`. Raises ConfigError."""
    if not urls and list_file is None and rows is None:
        raise ConfigError("nothing to fetch: name URLs, or a list of them with --from FILE")
    if "-" in urls and (len(urls) > 1 or list_file is not None or rows is not None):
        raise ConfigError("- stands for standard input and goes alone")
    for url in urls:
        if url != "-" and "://" not in url and os.path.isfile(url):
            raise ConfigError(f"{url}: is a file: --from reads URLs from one, clip clean cleans one")
    named = iter(()) if urls == ["-"] else map(percent_encoded, urls)
    source = "-" if urls == ["-"] else list_file
    again = (row.input for row in failed_rows(rows)) if rows is not None else iter(())
    return map(without_credentials, itertools.chain(named, read_urls(source) if source is not None else (), again))


def fetch_settings(config: Config, *, allow_private: bool, ignore_robots: bool) -> Config:
    """Return the settings with what the command line allows; ignoring robots.txt is said aloud."""
    if ignore_robots:
        say("robots.txt is ignored, as --ignore-robots asks")
    wanted = config.fetch
    return changed(config, allow_private=wanted.allow_private or allow_private, robots=wanted.robots and not ignore_robots)


def changed(config: Config, **fetching: Any) -> Config:
    """Return the settings with these of section `fetch` changed."""
    return msgspec.structs.replace(config, fetch=msgspec.structs.replace(config.fetch, **fetching))
