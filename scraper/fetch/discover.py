"""From one URL to the URLs of articles: through feeds, sitemaps, and the page's own links."""

import asyncio
import functools
import queue
import re
import threading
import tomllib
from collections import deque
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files

import msgspec

from scraper.config import Fetching
from scraper.errors import InputError
from scraper.fetch.client import Client, Wanted
from scraper.fetch.decode import Decoder
from scraper.fetch.faults import FetchError
from scraper.fetch.feeds import Link, Listing, read_listing
from scraper.fetch.head import decode_loosely, read_head, tags
from scraper.fetch.transport import Network
from scraper.fetch.url import join, parse_url
from scraper.page import Page

SITEMAP_BYTES = 52_428_800  # sitemaps.org: 50 MB
_SITEMAPS = 1_000
_LEVELS = 3  # a sitemap index may list indexes, against the protocol
_DATED = re.compile(r"/(?:19|20)\d\d[/-]?(?:0[1-9]|1[0-2])(?:[/-]|\b)")
_WORDS = re.compile(r"[-_]|%20")
_NUMBER = re.compile(r"\d{5,}")


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What to look through: `sitemaps` are those that robots.txt names; `all_links` keeps links that do not look like articles."""

    feeds: bool = True
    links: bool = True
    sitemaps: bool = False
    all_links: bool = False
    limit: int = 10_000


class Missed(msgspec.Struct, frozen=True):
    """A feed or sitemap that could not be read."""

    url: str
    error: InputError


def discover(
    start: str | Page, settings: Fetching, search: Search | None = None, *, network: Network | None = None
) -> Iterator[Link | Missed]:
    """Yield the links that a URL, or a page that was saved, leads to, each URL once, as they are found, and what could not be read.

    Raises InputError where the start itself cannot be read.
    """
    results: queue.Queue[Link | Missed | BaseException | None] = queue.Queue(maxsize=1_000)
    stop = threading.Event()

    def put(item: Link | Missed | BaseException | None) -> None:
        while not stop.is_set():
            try:
                return results.put(item, timeout=0.2)
            except queue.Full:
                continue

    async def collect() -> None:
        async with Client(settings, network) as client:
            async for found in _discover(client, start, search or Search()):
                put(found)
                if stop.is_set():
                    return

    def run() -> None:
        try:
            asyncio.run(collect())
            put(None)
        except BaseException as error:  # handed to the caller
            put(error)

    threading.Thread(target=run, daemon=True, name="discover").start()
    try:
        while (item := results.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()


async def _discover(client: Client, start: str | Page, search: Search) -> AsyncIterator[Link | Missed]:
    page = start if isinstance(start, Page) else await _get(client, start)
    seen: set[str] = set()
    pending: deque[tuple[str, int]] = deque()
    listing = _listing(page, search.limit)
    if listing is None:
        listing = Listing(_own_links(page, all_links=search.all_links)) if search.links else Listing()
        if search.feeds:
            pending.extend((feed, 1) for feed in read_head(page.body, page.url or "", page.charset).feeds)
    if search.sitemaps:
        target = parse_url(page.url or "")
        named = await client.robots.sitemaps(target) if client.settings.robots else []
        guessed = [found] if (found := join(target.href, "/sitemap.xml")) else []
        pending.extend((sitemap, 1) for sitemap in named or guessed)
    visited = {page.origin, page.url}
    source, level = page.origin or "-", 0
    while True:
        for link in listing.links:
            if link.url not in seen:
                seen.add(link.url)
                yield link if link.source else msgspec.structs.replace(link, source=source)
                if len(seen) >= search.limit:
                    return
        if listing.damaged is not None:
            yield Missed(source, FetchError("damaged", f"breaks off: {listing.damaged}"))
        if level < _LEVELS:
            pending.extend((sitemap, level + 1) for sitemap in listing.sitemaps)
        listing = Listing()
        while pending and not listing.links and not listing.sitemaps and listing.damaged is None:
            source, level = pending.popleft()
            if source in visited:
                continue
            if len(visited) > _SITEMAPS:
                yield Missed(source, FetchError("too-large", f"this and what follows is not read, after {_SITEMAPS} feeds and sitemaps"))
                return
            visited.add(source)
            try:
                listing = _listing(await _get(client, source), search.limit) or Listing()
            except InputError as error:
                yield Missed(source, error)
        if not listing.links and not listing.sitemaps and listing.damaged is None:
            return


async def _get(client: Client, url: str) -> Page:
    wanted = Wanted(pages_only=False, refresh=True, max_bytes=SITEMAP_BYTES)
    return await client.fetch(url, wanted)


def _listing(page: Page, limit: int) -> Listing | None:
    url, body = page.url or "", page.body
    if body[:2] == b"\x1f\x8b":  # a .xml.gz file, which is not the same as a content coding
        body = _unpacked(body)
    return read_listing(body, url, limit=limit)


def _unpacked(body: bytes) -> bytes:
    decoder, out = Decoder("gzip"), bytearray()
    for piece in decoder.feed(body):
        out += piece
        if len(out) > SITEMAP_BYTES:
            raise FetchError("too-large", f"a sitemap of more than {SITEMAP_BYTES} bytes once unpacked")
    decoder.finish()
    return bytes(out)


def _own_links(page: Page, *, all_links: bool) -> list[Link]:
    """Return the links of an HTML page that look like articles of its own site, in page order."""
    url = base = page.url or ""
    site = _site(parse_url(url).host) if url else None
    found: dict[str, Link] = {}
    for tag, attributes in tags(decode_loosely(page.body, page.charset)):
        if tag == "base":
            base = join(base, attributes.get("href", "")) or base
        if tag not in ("a", "area") or "href" not in attributes:
            continue
        target = join(base, attributes["href"])
        if target is None or target in found or target == url:
            continue
        if all_links or (site in (None, _site(parse_url(target).host)) and looks_like_article(target)):
            found[target] = Link(target, url)
    return list(found.values())


def looks_like_article(url: str) -> bool:
    """Say whether a URL is shaped like an article's: a dated path, a slug of several words, or a long number, and no word of a list or
    form."""
    path = parse_url(url).path.partition("?")[0]
    parts = [part for part in path.lower().split("/") if part]
    if not parts:
        return False
    words = _words()
    if words["not_articles"] & set(parts) or parts[-1].rpartition(".")[2] in words["not_pages"]:
        return False
    slug = parts[-1].partition(".")[0]
    return len(_WORDS.split(slug)) >= 4 or bool(_NUMBER.search(slug)) or (bool(_DATED.search(path)) and not slug.isdigit())


def _site(host: str) -> str:
    return host.removeprefix("www.")


@functools.cache
def _words() -> dict[str, frozenset[str]]:
    data = tomllib.loads(files("scraper").joinpath("data/discover.toml").read_text("utf-8"))
    return {name: frozenset(words) for name, words in data.items()}
