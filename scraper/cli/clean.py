"""`clip clean`: saved pages to records."""

import os
from collections.abc import Iterator
from typing import Annotated

import typer

from scraper.cli import options
from scraper.cli.output import Folder, mirrored, say
from scraper.cli.run import run, worker_count
from scraper.cli.work import Cleaning, Task
from scraper.config import Config, load
from scraper.errors import ConfigError, Failure
from scraper.readers import Reading, find

Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders, or - for standard input.", show_default=False)]


def clean(
    paths: Paths,
    type_: options.Type = None,
    output: options.Output = None,
    force: options.Force = False,
    skip_existing: options.SkipExisting = False,
    with_: options.With = "",
    field: options.Field = None,
    url: options.Url = None,
    workers: options.Workers = None,
    config: options.ConfigFile = None,
) -> int:
    """Clean saved pages, HTML or text: one JSON line per page, in the order of the inputs."""
    if paths.count("-") > 1:
        raise ConfigError("- stands for standard input, which can be read once")
    settings = load(config)
    parts, field = options.parse_parts(with_, field)
    sink = options.sink(output, field, force=force, skip_existing=skip_existing)
    totals = run(
        Cleaning(settings, parts, field),
        tasks(paths, settings, media_type=options.MEDIA_TYPES.get(type_ or ""), url=url, unless=sink.folder),
        config=settings,
        workers=worker_count(workers, many=len(paths) > 1 or os.path.isdir(paths[0])),
        sink=sink,
    )
    if not totals.inputs:
        say(f"no pages in {', '.join(paths)}")
    return totals.exit_code


def tasks(
    paths: list[str], config: Config, *, media_type: str | None = None, url: str | None = None, unless: Folder | None = None
) -> Iterator[Task | Failure]:
    """Yield a task for every page under `paths`, or the failure in its place.

    What lies in the folder `unless` is left out. `url` is the address of pages that have none of their own.
    """
    reading = Reading(media_type=media_type, max_page=config.page.max_size * 1_000_000, note=_note)
    for path in paths:
        for found in find(path, reading):
            if isinstance(found, Failure):
                yield found
            elif unless is None or not unless.holds(found.origin or path):
                yield Task(found, mirrored(found.origin or path, path), url)


def _note(origin: str, remark: str) -> None:
    say(f"{origin}: {remark}")
