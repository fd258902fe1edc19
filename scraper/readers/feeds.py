"""Feeds that carry articles, RSS and Atom: each item's text is a page, with what the feed says of it in the page's head."""

from collections.abc import Iterator
from html import escape
from typing import NoReturn
from xml.parsers import expat

from normalise.text import unescape_again
from scraper.errors import Failure, InputError
from scraper.page import Page, utf8
from scraper.readers.limits import Reading
from scraper.readers.source import Source, too_large
from scraper.void_elements import VOID
from scraper.xml_events import event_parser, local_name

_ATOM = "http://www.w3.org/2005/Atom "
_PIECE = 1 << 18
_DEPTH = 200
_FIELD = 16_384  # characters of what is no text of an article
_ITEMS = frozenset({"item", "entry"})
_TEXTS = ("encoded", "content", "description", "summary")  # most telling first: content:encoded has all of an article
_FACTS = {
    "title": '<meta property="og:title" content="{}">',
    "creator": '<meta name="author" content="{}">',
    "author": '<meta name="author" content="{}">',
    "name": '<meta name="author" content="{}">',
    "pubdate": '<meta property="article:published_time" content="{}">',
    "published": '<meta property="article:published_time" content="{}">',
    "date": '<meta property="article:published_time" content="{}">',
    "updated": '<meta property="article:modified_time" content="{}">',
    "category": '<meta property="article:tag" content="{}">',
}


def feed_items(source: Source, reading: Reading) -> Iterator[Page | Failure]:
    """Yield a page per item; `origin` is `path:item`, items counted from 1. Raises InputError (`damaged`) where the feed breaks off."""
    items = _Items(source.origin, reading)
    parser = event_parser(items.start, items.end, items.data, _refuse)
    data: bytes | None = None
    try:
        while data != b"":
            begins = data is None
            data = source.read(_PIECE)
            if begins and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
                data = data.lstrip(b"\xef\xbb\xbf \t\r\n") or data  # empty lines before a declaration are the commonest fault of feeds
            parser.Parse(data, data == b"")
            yield from items.taken()
    except InputError:
        yield from items.taken()
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:  # ValueError, LookupError: an encoding that Python does not know
        yield from items.taken()
        raise InputError("damaged", f"a feed that breaks off after item {items.number}: {error}") from None


def _refuse(why: str) -> NoReturn:
    raise InputError("damaged", why)


def _start_tag(name: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {local_name(key)}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"


class _Items:
    """The handlers of one parse; `taken` gives the pages of the items that have ended."""

    def __init__(self, origin: str, reading: Reading) -> None:
        self.origin, self.reading = origin, reading
        self.number = 0
        self._found: list[Page | Failure] = []
        self._path: list[str] = []
        self._item: dict[str, list[str]] | None = None
        self._text: list[str] = []
        self._size = 0
        self._plain = False  # whether the element's text is no HTML, as Atom's without a type
        self._markup = 0  # depth of the element whose content is markup itself, as Atom's type="xhtml" has it; 0 outside one

    def taken(self) -> list[Page | Failure]:
        """Return what has been found since the last call."""
        found, self._found = self._found, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in a start tag."""
        local = local_name(name)
        if len(self._path) >= _DEPTH:
            raise InputError("damaged", f"elements in each other more than {_DEPTH} deep")
        self._path.append(local.lower())
        if self._markup:
            self._keep(_start_tag(local, attributes))
            return
        self._text, self._size = [], 0
        self._plain = self._path[-1] in _TEXTS and name.startswith(_ATOM) and attributes.get("type", "text") == "text"
        if self._path[-1] in _ITEMS and self._item is None:
            self._item = {}
        elif self._item is not None and self._path[-1] in _TEXTS and attributes.get("type") == "xhtml":
            self._markup = len(self._path)
        elif self._item is not None and self._path[-1] == "link" and attributes.get("href"):
            if attributes.get("rel", "alternate") == "alternate":
                self._item.setdefault("link", []).append(attributes["href"])
        elif self._item is not None and self._path[-1] == "category" and attributes.get("term"):
            self._item.setdefault("category", []).append(attributes["term"][:_FIELD])

    def data(self, text: str) -> None:
        """Take in text."""
        self._keep(escape(text, quote=False) if self._markup or self._plain else text)

    def _keep(self, text: str) -> None:
        """Keep text as it is; of what is no article's text, no more than a field has."""
        if self._item is None:
            return
        self._size += len(text)
        most = self.reading.max_page if self._markup or self._path[-1] in _TEXTS else _FIELD
        if self._size <= most:
            self._text.append(text)

    def end(self, name: str) -> None:
        """Take in an end tag."""
        local = local_name(name)
        depth = len(self._path)
        self._path.pop()
        if self._markup and depth > self._markup:
            if local not in VOID:
                self._keep(f"</{local}>")
            return
        self._markup = 0
        if self._item is None:
            return
        if local.lower() in _ITEMS and _ITEMS.isdisjoint(self._path):
            self._found.append(self._page(self._item))
            self._item = None
        else:
            if self._size > self.reading.max_page:
                self._item["too large"] = [""]
            text = "".join(self._text).strip()
            if text and (self._path[-1] in _ITEMS or self._path[-1:] == ["author"]):
                self._item.setdefault(local.lower(), []).append(text)
        self._text, self._size = [], 0

    def _page(self, item: dict[str, list[str]]) -> Page | Failure:
        self.number += 1
        origin = f"{self.origin}:{self.number}"
        if "too large" in item:
            error = too_large(None, self.reading.max_page)
            return Failure(input=origin, error=error.code, message=str(error))
        text = next((item[name][0] for name in _TEXTS if name in item), "")
        title = escape(unescape_again(item.get("title", [""])[0]))
        facts = "".join(form.format(escape(value)) for name, form in _FACTS.items() for value in item.get(name, ()))
        heading = f"<h1>{title}</h1>" if title else ""
        body = f"<!doctype html><html><head><title>{title}</title>{facts}</head><body><article>{heading}{text}</article></body></html>"
        url = next((link for link in [*item.get("link", ()), *item.get("guid", ())] if link.startswith(("http://", "https://"))), None)
        return Page(body=utf8(body), url=url, media_type="text/html", charset="utf-8", origin=origin)
