"""`clip discover`: the URLs of articles, ready for `clip fetch -`."""

import sys
from typing import Annotated

import msgspec
import typer

from scraper.cli import options
from scraper.cli.output import say, write_stdout
from scraper.config import load

Url = Annotated[str, typer.Argument(metavar="URL", help="A page, a feed or a sitemap.", show_default=False)]
Sitemaps = Annotated[bool, typer.Option("--sitemaps", help="Look through the site's sitemaps as well.")]
Feeds = Annotated[bool, typer.Option("--feeds/--no-feeds", help="Look through the feeds that a page names.")]
Links = Annotated[bool, typer.Option("--links/--no-links", help="Take the links of a page that look like articles.")]
AllLinks = Annotated[bool, typer.Option("--all-links", help="Take all links of a page.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000_000, metavar="N", help="Stop after so many URLs.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON lines with url, source, title and date.")]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Let addresses of your own network through.")]
IgnoreRobots = Annotated[bool, typer.Option("--ignore-robots", help="Fetch what robots.txt disallows.")]


def discover(
    url: Url,
    sitemaps: Sitemaps = False,
    feeds: Feeds = True,
    links: Links = True,
    all_links: AllLinks = False,
    limit: Limit = 10_000,
    json: Json = False,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    config: options.ConfigFile = None,
) -> int:
    """List the article URLs that a page, feed or sitemap leads to, one a line."""
    from scraper.cli.fetch import fetch_settings
    from scraper.fetch.discover import Missed, Search
    from scraper.fetch.discover import discover as search

    settings = fetch_settings(load(config), allow_private=allow_private, ignore_robots=ignore_robots)
    what = Search(feeds=feeds, links=links or all_links, sitemaps=sitemaps, all_links=all_links, limit=limit)
    found = missed = 0
    for item in search(url, settings.fetch, what):
        if isinstance(item, Missed):
            missed += 1
            say(f"{item.url}: {item.error} ({item.error.code})")
        else:
            found += 1
            write_stdout((msgspec.json.encode(item) if json else item.url.encode()) + b"\n")
    if not found:
        say(f"no article URLs found at {url}")
    sys.stdout.flush()
    return 5 if not found else 1 if missed else 0
