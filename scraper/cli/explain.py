"""`clip explain`: why a record is as it is."""

import os
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from scraper.cli import options
from scraper.cli.bulk import Remarks
from scraper.cli.clean import tasks
from scraper.cli.fetch import fetched
from scraper.cli.output import Sink, say
from scraper.cli.run import run
from scraper.cli.work import Explaining, Task
from scraper.config import Config, load
from scraper.errors import ConfigError, Failure
from scraper.readers import Reading

Target = Annotated[
    str, typer.Argument(metavar="PATH|URL", help="A file, a folder, - for standard input, or an address.", show_default=False)
]


def explain(
    target: Target,
    type_: options.Type = None,
    field: options.Field = None,
    url: options.Url = None,
    config: options.ConfigFile = None,
) -> int:
    """Show every block of a page with what became of it and why, and every field with its candidates and source."""
    settings = options.with_site_chrome(load(config))
    options.check_url(url)
    parts, field = options.parse_parts("", field)
    if parts:
        raise ConfigError(f"--field: {field} is no field of the record but a part of it: clip clean --field {field} prints it")
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    remarks = Remarks()
    reading = Reading(media_type=options.MEDIA_TYPES.get(type_ or ""), max_page=settings.page.max_size * 1_000_000, note=remarks)
    found = _tasks(target, settings, reading, url)
    known = None if is_address(target) else target
    totals = run(Explaining(settings, known, field, colour), found, config=settings, workers=1, sink=Sink(failure_rows=False))
    remarks.tell()
    if not totals.inputs:
        say(f"no pages in {target}")
    return totals.exit_code


def is_address(target: str) -> bool:
    """Say whether a target is to be fetched."""
    return target.lower().startswith(("http://", "https://"))


def _tasks(target: str, config: Config, reading: Reading, url: str | None) -> Iterator[Task | Failure]:
    if is_address(target):
        if reading.media_type is not None or url is not None:
            raise ConfigError("--type and --url go with a page that is not fetched")
        return fetched(target, config)
    return tasks([target], reading, url=url)
