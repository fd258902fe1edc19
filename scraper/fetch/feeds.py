"""Feeds and sitemaps to links: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed, sitemaps, sitemap indexes, news sitemaps, plain lists.

A feed that breaks off half-way gives the links up to there.
"""

from typing import Any, NoReturn
from xml.parsers import expat

import msgspec

from scraper.fetch.faults import FetchError
from scraper.fetch.url import join
from scraper.xml_events import event_parser, local_name

_FIELD = 16_384  # characters of one field
_DEPTH = 200
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ITEMS = {"item", "entry", "url", "sitemap"}  # RSS, Atom, sitemap, sitemap index
_DATES = {"pubdate", "published", "updated", "date", "lastmod", "publication_date"}


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """One URL that was found: `source` is the page, feed or sitemap that names it, `date` as printed there."""

    url: str
    source: str
    title: str | None = None
    date: str | None = None


class Listing(msgspec.Struct):
    """What a feed or sitemap holds: links to pages, and to further sitemaps. `damaged` says where it broke off."""

    links: list[Link] = []
    sitemaps: list[str] = []
    damaged: str | None = None


def read_listing(body: bytes, url: str, *, limit: int) -> Listing | None:
    """Read a feed or sitemap of at most `limit` links; `None` where `body` is neither. Raises FetchError (`damaged`) for XML that declares
    entities."""
    if body[:2] not in _UTF_16:
        body = body.lstrip(b"\xef\xbb\xbf \t\r\n")  # empty lines before a declaration are the commonest fault of feeds
    start = body[:4]
    if start[:1] == b"{":
        return _json_feed(body, url, limit)
    if start[:1] == b"<":
        return _XmlListing(url, limit).read(body)
    if start == b"http":
        return _plain_list(body, url, limit)
    return _XmlListing(url, limit).read(body) if start[:2] in _UTF_16 else None


class _JsonItem(msgspec.Struct):
    url: Any = None
    external_url: Any = None
    title: Any = None
    date_published: Any = None


class _JsonFeed(msgspec.Struct):
    version: str
    items: list[Any] = []


def _json_feed(body: bytes, url: str, limit: int) -> Listing | None:
    try:
        feed = msgspec.json.decode(body, type=_JsonFeed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if "jsonfeed.org" not in feed.version:
        return None
    listing = Listing()
    for entry in feed.items[:limit]:
        item = msgspec.convert(entry, _JsonItem) if isinstance(entry, dict) else _JsonItem()
        reference = _text(item.url) or _text(item.external_url)
        if reference and (target := join(url, reference)):
            listing.links.append(Link(target, url, _text(item.title), _text(item.date_published)))
    return listing


def _text(value: object) -> str | None:
    """Return a value of the type that it ought to have: one that is odd does not cost its feed."""
    return value if isinstance(value, str) else None


def _plain_list(body: bytes, url: str, limit: int) -> Listing | None:
    lines = body.decode("utf-8", "replace").split()[:limit]
    links = [Link(target, url) for line in lines if line.startswith("http") and (target := join(url, line))]
    return Listing(links) if 2 * len(links) > len(lines) else None


class _XmlListing:
    """The handlers of one parse."""

    def __init__(self, url: str, limit: int) -> None:
        self._url, self._limit = url, limit
        self._listing = Listing()
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._item: dict[str, str] | None = None
        self._known = False  # a root that we know has been seen

    def read(self, body: bytes) -> Listing | None:
        parser = event_parser(self._start, self._end, self._data, self._refuse)
        try:
            parser.Parse(body, True)
        except expat.ExpatError as error:
            if not self._known:
                return None
            self._listing.damaged = str(error)
        except (_EnoughError, ValueError, LookupError):  # ValueError, LookupError: an encoding that Python does not know
            pass
        return self._listing if self._known else None

    def _refuse(self, why: str) -> NoReturn:
        raise FetchError("damaged", f"{self._url}: {why}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = local_name(name).lower()
        if not self._path:
            if local not in ("rss", "rdf", "feed", "urlset", "sitemapindex"):
                raise _EnoughError
            self._known = True
        if len(self._path) >= _DEPTH:
            raise _EnoughError
        self._path.append(local)
        self._text, self._length = [], 0
        if local in _ITEMS and self._item is None:
            self._item = {"kind": local}
        elif self._item is not None and local == "link" and attributes.get("href"):
            if attributes.get("rel", "alternate") == "alternate":
                self._item.setdefault("href", attributes["href"])
        elif self._item is not None and local == "guid" and attributes.get("isPermaLink", "true").lower() != "false":
            self._item["permalink"] = "1"

    def _data(self, data: str) -> None:
        if self._item is not None and self._length < _FIELD:
            self._text.append(data)
            self._length += len(data)

    def _end(self, name: str) -> None:
        local = self._path.pop()
        if self._item is None:
            return
        text = "".join(self._text)[:_FIELD].strip()
        self._text, self._length = [], 0
        if local == self._item["kind"] and local not in self._path:
            self._finish(self._item)
            self._item = None
        elif text and (self._path and self._path[-1] in (self._item["kind"], "news")):
            self._item.setdefault("date" if local in _DATES else local, text)

    def _finish(self, item: dict[str, str]) -> None:
        guid = item.get("guid", "") if "permalink" in item else ""
        reference = item.get("loc") or item.get("href") or item.get("link") or (guid if guid.startswith("http") else "")
        target = join(self._url, reference) if reference else None
        if target is None:
            return
        if item["kind"] == "sitemap":
            self._listing.sitemaps.append(target)
        else:
            self._listing.links.append(Link(target, self._url, item.get("title"), item.get("date")))
        if len(self._listing.links) >= self._limit or len(self._listing.sitemaps) >= self._limit:
            raise _EnoughError


class _EnoughError(Exception):
    """Stops the parser: the limit is reached, or this is no feed."""
