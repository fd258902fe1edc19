"""`clip fetch`: URLs to records."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

import scraper
from scraper.cli import options
from scraper.cli.output import say
from scraper.cli.run import run, worker_count
from scraper.cli.work import Cleaning, Task
from scraper.config import Config, load
from scraper.errors import Failure, InputError
from scraper.saved import save as keep
from scraper.saved import url_name

Urls = Annotated[list[str], typer.Argument(metavar="URL…", help="http or https addresses.", show_default=False)]
Save = Annotated[
    str | None, typer.Option("--save", metavar="DIR", help="Keep the raw pages here; `clip clean DIR` makes the same records from them.")
]

AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Let addresses of your own network through.")]
IgnoreRobots = Annotated[bool, typer.Option("--ignore-robots", help="Fetch what robots.txt disallows.")]


def fetch(
    urls: Urls,
    save: Save = None,
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
    """Fetch pages and clean them: one JSON line per URL, in the order of the URLs."""
    settings = _settings(load(config), allow_private=allow_private, ignore_robots=ignore_robots)
    parts, field = options.parse_parts(with_, field)
    sink = options.sink(output, field, force=force, skip_existing=skip_existing)
    count = worker_count(workers, many=len(urls) > 1)
    return run(Cleaning(settings, parts, field), fetched(urls, settings, save), config=settings, workers=count, sink=sink).exit_code


def _settings(config: Config, *, allow_private: bool, ignore_robots: bool) -> Config:
    if ignore_robots:
        say("robots.txt is ignored, as --ignore-robots asks")
    wanted = config.fetch
    fetching = msgspec.structs.replace(
        wanted, allow_private=wanted.allow_private or allow_private, robots=wanted.robots and not ignore_robots
    )
    return msgspec.structs.replace(config, fetch=fetching)


def fetched(urls: list[str], config: Config, save: str | None) -> Iterator[Task | Failure]:
    """Yield a task for each URL, its page kept in the folder `save` if one is named, or the failure in its place. Raises OutputError."""
    for url in urls:
        try:
            page = scraper.fetch(url, config=config)
        except InputError as error:
            yield Failure(input=url, error=error.code, message=str(error))
            continue
        if save is not None:
            keep(page, Path(save))
        yield Task(page, url_name(url))
