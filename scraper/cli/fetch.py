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
from scraper.cli.output import Folder, Sink, say
from scraper.cli.progress import Progress
from scraper.cli.run import Totals, run, worker_count
from scraper.cli.work import Cleaning, Row, Task
from scraper.config import Config, load
from scraper.errors import ConfigError, Failure, InputError
from scraper.fetch.outcome import Outcome
from scraper.fetch.url_list import read_urls
from scraper.fetch.warc import WarcWriter
from scraper.fetch.watch import Watch
from scraper.saved import save as keep
from scraper.saved import url_name

if TYPE_CHECKING:
    from scraper.fetch.journal import Journal

Urls = Annotated[
    list[str] | None,
    typer.Argument(metavar="[URL…]", help="http or https addresses; - reads them from standard input.", show_default=False),
]
From = Annotated[str | None, typer.Option("--from", metavar="FILE", help="Read URLs from this file, one a line; # starts a comment.")]
Ordered = Annotated[bool, typer.Option("--ordered", help="Write the records in the order of the URLs, not as they come.")]
Save = Annotated[
    str | None, typer.Option("--save", metavar="DIR", help="Keep the raw pages here; `clip clean DIR` makes the same records of them.")
]
SaveWarc = Annotated[
    str | None, typer.Option("--save-warc", metavar="FILE", help="Keep the raw pages in this .warc.gz file; it is appended to.")
]
Resume = Annotated[
    str | None, typer.Option("--resume", metavar="FILE", help="Keep a journal here; run again with it, clip goes on where it was.")
]
Log = Annotated[str | None, typer.Option("--log", metavar="FILE", help="Write a JSON line here for every try.")]
Concurrency = Annotated[int | None, typer.Option("--concurrency", min=1, max=1000, metavar="N", help="Hosts asked at once.")]
Pages = Annotated[int | None, typer.Option("--pages", min=1, max=1000, metavar="N", help="Join the pages of an article, at most so many.")]
Render = Annotated[bool, typer.Option("--render", help="Run the scripts of pages in your own Chromium (extra `render`).")]
Cache = Annotated[str | None, typer.Option("--cache", metavar="DIR", help="Keep answers here, as their headers allow (extra `cache`).")]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Let addresses of your own network through.")]
IgnoreRobots = Annotated[bool, typer.Option("--ignore-robots", help="Fetch what robots.txt disallows.")]


def fetch(
    urls: Urls = None,
    from_: From = None,
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
    workers: options.Workers = None,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    config: options.ConfigFile = None,
) -> int:
    """Fetch pages and clean them: one JSON line per URL, as they come or, with --ordered, in the order of the URLs."""
    from scraper.fetch.crawl import poll_many
    from scraper.fetch.journal import Journal

    settings = fetch_settings(load(config), allow_private=allow_private, ignore_robots=ignore_robots)
    given = {"concurrency": concurrency, "pages": pages, "render": render or None, "cache": cache}
    settings = changed(settings, **{key: value for key, value in given.items() if value is not None})
    listed = _listed(urls or [], from_)
    parts, field = options.parse_parts(with_, field)
    # What a run that was killed had written but not entered is written again.
    sink = options.sink(output, field, force=force or bool(resume and output), skip_existing=skip_existing)
    totals = Totals()
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(Journal(Path(resume), f"--with {','.join(sorted(parts))} --field {field}")) if resume else None
        archive = stack.enter_context(WarcWriter(Path(save_warc))) if save_warc else None
        progress = Progress(Path(log) if log else None)
        stack.callback(progress.close, table=urls in (None, [], ["-"]))
        wanted = _missing(journal.remaining(listed) if journal else listed, sink.folder, totals)
        outcomes = poll_many(wanted, settings.fetch, ordered=ordered, watch=Watch(progress.attempt, progress.standing))
        stack.callback(outcomes.close)
        incoming = _Pages(outcomes, Path(save) if save else None, archive, progress.show)
        sink = _Watched(
            folder=sink.folder,
            suffix=sink.suffix,
            failure_rows=sink.failure_rows,
            ended=lambda outcome: _end(outcome, incoming, journal),
        )
        count = worker_count(workers, many=len(urls or []) != 1 or from_ is not None or urls == ["-"])
        done = run(Cleaning(settings, parts, field), incoming.tasks(), config=settings, workers=count, sink=sink)
    skipped = done.skipped + totals.skipped + (journal.left_out if journal else 0)
    return Totals(done.rows, done.failures, skipped).exit_code


def fetched(url: str, config: Config) -> Iterator[Task | Failure]:
    """Yield the task of one URL, or the failure in its place."""
    try:
        yield Task(scraper.fetch(url, config=config), url_name(url))
    except InputError as error:
        yield Failure(input=url, error=error.code, message=str(error))


class _Watched(Sink, kw_only=True):
    """A sink that says when an input has come to its end."""

    ended: Callable[[Row | Failure], None]

    def take(self, outcome: Row | Failure) -> None:
        """Write one row, or name one failure, then say so."""
        super().take(outcome)
        self.ended(outcome)


class _Pages:
    """Outcomes as tasks, each page kept where that is asked for; knows the URL of every task that is on its way."""

    def __init__(
        self, outcomes: Iterable[Outcome | None], folder: Path | None, archive: WarcWriter | None, show: Callable[[], None]
    ) -> None:
        self._outcomes, self._folder, self._archive, self._show = outcomes, folder, archive, show
        self._names: Counter[str] = Counter()
        self._urls: dict[str, str] = {}

    def tasks(self) -> Iterator[Task | Failure | None]:
        """Yield a task for each page, or the failure in its place; `None` where there is nothing yet. Raises OutputError."""
        for outcome in self._outcomes:
            if outcome is None:
                self._show()
                yield None
                continue
            if isinstance(outcome.result, Failure):
                yield outcome.result
                continue
            if self._folder is not None:
                keep(outcome.result, self._folder)
            if self._archive is not None:
                self._archive.add(outcome.result)
            name = url_name(outcome.url)
            self._names[name] += 1
            if self._names[name] > 1:  # the same URL again
                name = f"{name}-{self._names[name]}"
            self._urls[name] = outcome.url
            yield Task(outcome.result, name)

    def url(self, outcome: Row | Failure) -> str:
        """Return the URL that `outcome` is of, as it was listed."""
        return outcome.input if isinstance(outcome, Failure) else self._urls.pop(outcome.name)


def _end(outcome: Row | Failure, pages: _Pages, journal: "Journal | None") -> None:
    url = pages.url(outcome)
    if journal is not None:
        journal.end(url, outcome.error if isinstance(outcome, Failure) else "record")


def _missing(urls: Iterable[str], folder: Folder | None, totals: Totals) -> Iterator[str]:
    """Leave out the URLs whose record is in the folder and may stay: they need no fetching."""
    for url in urls:
        if folder is not None and folder.skip_existing and os.path.lexists(folder.root / f"{url_name(url)}.json"):
            totals.skipped += 1
        else:
            yield url


def _listed(urls: list[str], list_file: str | None) -> Iterator[str]:
    """Yield the URLs of the command line, then those of the list. Raises ConfigError."""
    if not urls and list_file is None:
        raise ConfigError("nothing to fetch: name URLs, or a list of them with --from FILE")
    if "-" in urls and (len(urls) > 1 or list_file is not None):
        raise ConfigError("- stands for standard input and goes alone")
    named = iter(()) if urls == ["-"] else iter(urls)
    source = "-" if urls == ["-"] else list_file
    return itertools.chain(named, read_urls(source) if source is not None else ())


def fetch_settings(config: Config, *, allow_private: bool, ignore_robots: bool) -> Config:
    """Return the settings with what the command line allows; ignoring robots.txt is said aloud."""
    if ignore_robots:
        say("robots.txt is ignored, as --ignore-robots asks")
    wanted = config.fetch
    return changed(config, allow_private=wanted.allow_private or allow_private, robots=wanted.robots and not ignore_robots)


def changed(config: Config, **fetching: Any) -> Config:
    """Return the settings with these of section `fetch` changed."""
    return msgspec.structs.replace(config, fetch=msgspec.structs.replace(config.fetch, **fetching))
