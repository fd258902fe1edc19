"""`clip clean`: saved pages to records."""

import os
from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer

from scraper.cli import options
from scraper.cli.output import Folder, mirrored, say
from scraper.config import load
from scraper.errors import ConfigError, Failure
from scraper.page import Page

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
    from scraper.cli.run import run, worker_count
    from scraper.cli.work import Cleaning

    if paths.count("-") > 1:
        raise ConfigError("- stands for standard input, which can be read once")
    settings = load(config)
    parts, field = options.parse_parts(with_, field)
    sink = options.sink(output, field, force=force, skip_existing=skip_existing)
    totals = run(
        Cleaning(settings, parts, field),
        pages(paths, media_type=options.MEDIA_TYPES.get(type_ or ""), url=url, unless=sink.folder),
        config=settings,
        workers=worker_count(workers, many=len(paths) > 1 or os.path.isdir(paths[0])),
        sink=sink,
    )
    if not totals.inputs:
        say(f"no pages in {', '.join(paths)}")
    return totals.exit_code


def pages(
    paths: list[str], *, media_type: str | None = None, url: str | None = None, unless: Folder | None = None
) -> Iterator[tuple[str, Page | Failure]]:
    """Yield every page under `paths` with the name of its output, or the failure in its place.

    What lies in the folder `unless` is left out. `url` is the address of pages that have none of their own.
    """
    from scraper.readers import read

    for path in paths:
        for page in read(path, media_type=media_type):
            if isinstance(page, Failure):
                yield "", page
                continue
            origin = page.origin or path
            if unless is None or not unless.holds(origin):
                yield mirrored(origin, path), msgspec.structs.replace(page, url=page.url or url, origin=origin)
