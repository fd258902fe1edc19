"""Where a page gives dates: what is declared in its metadata and its address, and which blocks stand beside the headline."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import NamedTuple

from normalise.date import FoundDate, Order, ParsedDate, PartialDate, find_dates, may_name_month, order_of_texts, parse_date, parse_url_date
from scraper.blocks import Block, Segmentation
from scraper.classify import Label
from scraper.metadata import Metadata, Value

_BEFORE_HEADLINE, _BEHIND_HEADLINE = 6, 12  # blocks beside the headline in which a date line stands
_STEPS = sorted(range(-_BEFORE_HEADLINE, _BEHIND_HEADLINE), key=lambda step: step if step >= 0 else 1 - 2 * step)  # the nearest first
_INTO_HEADLINE = 3  # blocks of the body above its headline, where the two were told apart wrongly
_LEAST_BEHIND = 4  # of these, however short the body
_AHEAD_OF_BODY = 5  # blocks ahead of the body, where menus stand between it and the headline
_BEFORE_BODY, _INTO_BODY = 12, 6  # the same where the page has no headline
_LONGEST_HEADLINE, _SHORT_TITLE = 400, 12
_HEADINGS = 40
_HEADING_TAGS = frozenset(("h1", "h2", "h3"))
_METAS, _VALUES = 60, 40

_WORD = re.compile(r"\w+")
# Two numbers that can be day and month, in whatever order: between them white space and the marks that are not seen.
_PAIR = re.compile(r"\d[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{0,9}[./\-\u2010-\u2015\u2212\uff0d-\uff0f]")


class Found(NamedTuple):
    """A date of the page: its words, where they stand, what they say that it is.

    `block` is -1 for metadata and address; `line` tells a date line from a date in a sentence. One of `date` and `partial` is set.
    """

    raw: str
    source: str
    date: ParsedDate | None
    role: str | None
    block: int = -1
    line: bool = True
    partial: PartialDate | None = None

    @property
    def day(self) -> str:
        """The day as `YYYY-MM-DD`, "" where the date is coarser or has no year."""
        return self.date.iso[:10] if self.date is not None and len(self.date.iso) >= 10 else ""


class Reader:
    """Reads strings as dates with what is known of the page, each string once. `lines` are the texts that may prove its numeric order."""

    def __init__(self, language: str | None, lines: Iterable[str]) -> None:
        self.language = language
        self._lines = lines
        self._known: dict[str, list[FoundDate]] = {}
        self._wholes: dict[str, ParsedDate | None] = {}

    @cached_property
    def _order(self) -> Order | None:
        return order_of_texts(self._lines)

    def order(self, text: str) -> Order | None:
        """Return the order of day and month that the page's lines prove, where `text` may have a date that needs one."""
        return self._order if _PAIR.search(text) else None

    def whole(self, text: str) -> ParsedDate | None:
        """Return the date that all of `text` states."""
        if text not in self._wholes:
            order = None if text[:4].isdecimal() else self.order(text)  # a year in front leaves nothing to prove
            self._wholes[text] = parse_date(text, language=self.language, order=order)
        return self._wholes[text]

    def inside(self, text: str) -> list[FoundDate]:
        """Return the dates inside `text`."""
        known = self._known.get(text)
        if known is None:
            order = self.order(text)
            hopeless = order is None and text.isascii() and not _PAIR.search(text) and not may_name_month(text)
            known = self._known[text] = [] if hopeless else find_dates(text, language=self.language, order=order)
        return known


@cache
def table() -> dict[str, list[str]]:
    """Return `scraper/data/dates.toml`."""
    return tomllib.loads((files("scraper") / "data" / "dates.toml").read_text("utf-8"))


def headline_block(page: Segmentation, metadata: Metadata, headline: str | None, body: range) -> int | None:
    """Return the index of the headline's block: the heading that says what is known of it, else another block that does, else the last h1
    at the body's start.
    """
    titles = {text for text in (headline, *(value.value for value in metadata.headline[:3])) if text}
    headings: list[Block] = []
    for block in page.blocks:
        if block.tag in _HEADING_TAGS:
            above = not body or block.index <= body.start + _INTO_HEADLINE
            if block.text in titles and (above or all(one.tag != "h1" for one in headings)):
                return block.index  # nearly every page ends here, before the dear part
            headings.append(block)
            if len(headings) == _HEADINGS:
                break
    stated, title = {_plain(text) for text in titles}, _plain(page.title or "")
    for block in sorted(headings, key=_tag):
        text = _plain(block.text)
        if text and (text in stated or (len(text) > _SHORT_TITLE and text in title)):
            return block.index
    if page.tags and headline and len(headline) > _SHORT_TITLE:  # the lines of text pages are labelled
        for block in page.blocks[: body.stop]:
            if block.text == headline:
                return block.index
    h1 = [block.index for block in headings if block.tag == "h1"]
    near = [index for index in h1 if index <= body.start + _INTO_HEADLINE]
    inside = [index for index in h1 if index < body.stop]
    return near[-1] if near else inside[0] if inside else None


def labelled_headline(labels: Sequence[Label], body: range) -> int | None:
    """Return the index of the last block labelled a headline at or above the body's start, else of the first inside it."""
    found = [i for i, label in enumerate(labels[: body.stop or None]) if label.kind == "headline"]
    above = [i for i in found if i <= body.start + _INTO_HEADLINE]
    return above[-1] if above else found[0] if found else None


def _tag(block: Block) -> str:
    return block.tag


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text[:_LONGEST_HEADLINE].casefold()))


def window(page: Segmentation, labels: Sequence[Label], anchor: int | None, body: range) -> list[int]:
    """Return the blocks beside the headline, nearest first (ahead of it counts double), and behind them those labelled as dates."""
    count = len(page.blocks)
    if anchor is None:
        beside = list(range(max(0, body.start - _BEFORE_BODY), min(body.start + _INTO_BODY, count)))
    else:
        first, last = max(anchor - _BEFORE_HEADLINE, 0), min(anchor + _BEHIND_HEADLINE, max(body.stop, anchor + _LEAST_BEHIND), count)
        beside = [anchor + step for step in _STEPS if first <= anchor + step < last]
        beside += range(max(last, body.start - _AHEAD_OF_BODY), min(body.start, count))
    if page.tags:  # only the lines of text pages are labelled so
        return beside
    known = set(beside)
    return beside + [i for i, label in enumerate(labels) if label.kind == "date" and i not in known]


def declared(values: list[Value], reader: Reader, role: str) -> Iterator[Found]:
    """Read the metadata's values, in their order of trust."""
    for value in values[:_VALUES]:
        date = reader.whole(value.value)
        if date is not None:
            yield Found(value.value, value.source, date, role)


@lru_cache(maxsize=4096)
def _speaks_of_date(name: str) -> bool:
    return any(word in name for word in table()["meta_words"]) and not any(word in name for word in table()["not_meta_words"])


def unknown_metas(page: Segmentation, reader: Reader) -> Iterator[Found]:
    """Read the <meta> elements of unknown names that speak of a publication or a date."""
    for key, content in page.metas[:_METAS]:
        if _speaks_of_date(key):
            date = reader.whole(content)
            if date is not None:
                yield Found(content, f"meta:{key}", date, "published")


def from_url(url: str | None) -> Iterator[Found]:
    """Read the page's address."""
    date = parse_url_date(url) if url else None
    if url and date is not None:
        yield Found(url, "url", date, "published")
