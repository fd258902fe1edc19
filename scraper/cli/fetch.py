"""`clip fetch`: URLs to records."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli import options
from scraper.config import Config, load
from scraper.errors import Failure, InputError
from scraper.page import Page

Urls = Annotated[list[str], typer.Argument(metavar="URL…", help="http or https addresses.", show_default=False)]
Save = Annotated[
    str | None, typer.Option("--save", metavar="DIR", help="Keep the raw pages here; `clip clean DIR` makes the same records from them.")
]


def fetch(
    urls: Urls,
    save: Save = None,
    output: options.Output = None,
    force: options.Force = False,
    skip_existing: options.SkipExisting = False,
    with_: options.With = "",
    field: options.Field = None,
    workers: options.Workers = None,
    config: options.ConfigFile = None,
) -> int:
    """Fetch pages and clean them: one JSON line per URL, in the order of the URLs."""
    from scraper.cli.run import run, worker_count
    from scraper.cli.work import Cleaning

    settings = load(config)
    parts, field = options.parse_parts(with_, field)
    sink = options.sink(output, field, force=force, skip_existing=skip_existing)
    pages = fetched(urls, settings, save)
    count = worker_count(workers, many=len(urls) > 1)
    return run(Cleaning(settings, parts, field), pages, config=settings, workers=count, sink=sink).exit_code


def fetched(urls: list[str], config: Config, save: str | None) -> Iterator[tuple[str, Page | Failure]]:
    """Yield each URL with its page, kept in the folder `save` if one is named, or with the failure in its place. Raises OutputError."""
    import scraper
    from scraper.saved import save as keep
    from scraper.saved import url_name

    for url in urls:
        try:
            page = scraper.fetch(url, config=config)
        except InputError as error:
            yield url, Failure(input=url, error=error.code, message=str(error))
            continue
        if save is not None:
            keep(page, Path(save))
        yield url_name(url), page
