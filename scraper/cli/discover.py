"""`clip discover`: the URLs of articles, ready for `clip fetch -`."""

import os
import sys
from typing import Annotated

import msgspec
import typer

from scraper.cli import options
from scraper.cli.output import say, write_stdout
from scraper.config import load
from scraper.errors import ConfigError, InputError
from scraper.fetch.credentials import without_credentials
from scraper.page import Page
from scraper.readers.source import Source, opened

Target = Annotated[
    str,
    typer.Argument(metavar="URL|FILE", help="A page, a feed or a sitemap; a saved one, or - for standard input.", show_default=False),
]
Sitemaps = Annotated[bool, typer.Option("--sitemaps", help="Look through the site's sitemaps as well.")]
Feeds = Annotated[bool, typer.Option("--feeds/--no-feeds", help="Look through the feeds that a page names.")]
Links = Annotated[bool, typer.Option("--links/--no-links", help="Take the links of a page that look like articles.")]
AllLinks = Annotated[bool, typer.Option("--all-links", help="Take all links of a page.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000_000, metavar="N", help="Stop after so many URLs.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON lines with url, source, title and date.")]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Let addresses of your own network through.")]
IgnoreRobots = Annotated[bool, typer.Option("--ignore-robots", help="Fetch what robots.txt disallows.")]


def discover(
    target: Target,
    sitemaps: Sitemaps = False,
    feeds: Feeds = True,
    links: Links = True,
    all_links: AllLinks = False,
    limit: Limit = 10_000,
    json: Json = False,
    url: options.Url = None,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    config: options.ConfigFile = None,
) -> int:
    """List the article URLs that a page, feed or sitemap leads to, one a line."""
    from scraper.cli.fetch import fetch_settings
    from scraper.fetch.discover import SITEMAP_BYTES, Missed, Search
    from scraper.fetch.discover import discover as search

    settings = fetch_settings(load(config), allow_private=allow_private, ignore_robots=ignore_robots)
    options.check_url(url)
    target = target if os.path.exists(target) else without_credentials(target)
    start: str | Page = target
    if target == "-" or os.path.exists(target):
        start = _saved(target, url, SITEMAP_BYTES)
        if sitemaps and start.url is None:
            raise ConfigError("--sitemaps: the file does not say what site it is of: give its address with --url")
    elif url is not None:
        raise ConfigError("--url goes with a saved page, feed or sitemap")
    what = Search(feeds=feeds, links=links or all_links, sitemaps=sitemaps, all_links=all_links, limit=limit)
    found = missed = 0
    for item in search(start, settings.fetch, what):
        if isinstance(item, Missed):
            missed += 1
            say(f"{item.url}: {item.error} ({item.error.code})")
        else:
            found += 1
            write_stdout((msgspec.json.encode(item) if json else item.url.encode()) + b"\n")
    if not found:
        say(f"no article URLs found at {target}")
    sys.stdout.flush()
    return 5 if not found else 1 if missed else 0


def _saved(path: str, url: str | None, limit: int) -> Page:
    """Return a file, or standard input, as the page of `url`, or else of the address that it gives itself. Raises InputError."""
    from scraper.fetch.head import read_head

    try:
        with opened(path) as file:
            body = Source(file, path).read_all(limit)
    except InputError as error:
        raise InputError(error.code, f"{path}: {error}") from None
    return Page(body=body, url=url or read_head(body, "").canonical, origin=path)
