"""`clip explain`: why a record is as it is."""

import os
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from scraper.cli import options
from scraper.cli.clean import tasks
from scraper.cli.fetch import fetched
from scraper.cli.output import Sink
from scraper.cli.run import run
from scraper.cli.work import Explaining, Task
from scraper.config import Config, load
from scraper.errors import ConfigError, Failure

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
    _, field = options.parse_parts("", field)
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    found = _tasks(target, settings, options.MEDIA_TYPES.get(type_ or ""), url)
    return run(Explaining(settings, field, colour), found, config=settings, workers=1, sink=Sink(failure_rows=False)).exit_code


def _tasks(target: str, config: Config, media_type: str | None, url: str | None) -> Iterator[Task | Failure]:
    if target.startswith(("http://", "https://")):
        if media_type is not None or url is not None:
            raise ConfigError("--type and --url go with a page that is not fetched")
        return fetched(target, config)
    return tasks([target], config, media_type=media_type, url=url)
