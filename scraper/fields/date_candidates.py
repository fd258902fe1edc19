"""Where a page gives dates: its metadata, elements that say they hold one, lines beside the headline, its address."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from normalise.date import FoundDate, Order, ParsedDate, PartialDate, find_dates, may_name_month, parse_date, parse_url_date
from scraper.blocks import Block, Hint, Segmentation
from scraper.classify import Label
from scraper.metadata import Metadata, Value

_BEFORE_HEADLINE, _BEHIND_HEADLINE = 6, 12  # blocks beside the headline in which a date line stands
_LEAST_BEHIND = 4  # of these, however short the body
_BEFORE_BODY, _INTO_BODY = 12, 6  # the same where the page has no headline
_LONGEST_LINE = 300  # characters of a block that can be a date line
_LONGEST_REST = 90  # characters beside the date in such a line: a name, a section, minutes of reading
_LONGEST_LABELLED_REST = 150  # the same where the line says "published" or "updated"
_SHORTEST_REST = 20  # so little beside a date is no sentence, however it ends
_DATELINE_REACH = 60  # characters of a paragraph in which the date that opens it stands
_LONGEST_HEADLINE, _SHORT_TITLE = 400, 12
_HEADINGS = 40
_HEADING_TAGS = frozenset(("h1", "h2", "h3"))
_HINTS, _METAS, _VALUES, _NAMES = 60, 60, 40, 300

_DATELINE = re.compile(r"\s{0,3}[-–—|)„“«:]")  # behind a date that opens a paragraph: "27.1.2022 – The town"
# What a text has that states a date; each starts with one class, which is searched for five times as fast as alternatives are.
_DATE_LIKE = re.compile(r"\d(?:\d{3}|[./-]\s?\d{1,2}[./-]\s?\d\d|[年月])")
_YEAR = re.compile(r"[12](?:9[89]|0[0-4]|5[3-8]|[34]\d)\d")  # of the Buddhist and Persian calendars too
_NUMERIC = re.compile(r"\d(?:\s?[./-]\s?\d\d?\s?[./-]\s?\d\d|\d{3}\s?[./-]\s?\d\d?\s?[./-]\s?\d)")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d\d?(?!\d)")
_WORD = re.compile(r"\w+")


OWN = "itemprop=datepublished"  # the source that names the article's own date, wherever it stands


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
    """Reads strings as dates with what is known of the page, each string once."""

    def __init__(self, language: str | None, order: Order | None) -> None:
        self.language = language
        self.order = order
        self._known: dict[str, list[FoundDate]] = {}

    def whole(self, text: str) -> ParsedDate | None:
        """Return the date that all of `text` states."""
        return parse_date(text, language=self.language, order=self.order)

    def inside(self, text: str) -> list[FoundDate]:
        """Return the dates inside `text`."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = find_dates(text, language=self.language, order=self.order)
        return known


@cache
def table() -> dict[str, list[str]]:
    """Return `scraper/data/dates.toml`."""
    return tomllib.loads((files("scraper") / "data" / "dates.toml").read_text("utf-8"))


def headline_block(page: Segmentation, metadata: Metadata, headline: str | None, body_start: int) -> int | None:
    """Return the index of the headline's block: the heading that says what is known of it, else the last h1 at the body's start."""
    titles = {text for text in (headline, *(value.value for value in metadata.headline[:3])) if text}
    headings: list[Block] = []
    for block in page.blocks:
        if block.tag in _HEADING_TAGS:
            if block.text in titles:  # nearly every page ends here, before the dear part
                return block.index
            headings.append(block)
            if len(headings) == _HEADINGS:
                break
    stated, title = {_plain(text) for text in titles}, _plain(page.title or "")
    for block in sorted(headings, key=_tag):
        text = _plain(block.text)
        if text and (text in stated or (len(text) > _SHORT_TITLE and text in title)):
            return block.index
    h1 = [block.index for block in headings if block.tag == "h1"]
    near = [index for index in h1 if index <= body_start + 3]
    return near[-1] if near else h1[0] if h1 else None


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
        beside = sorted(range(first, last), key=lambda i: i - anchor if i >= anchor else (anchor - i) * 2 + 1)
    if page.tags:  # only the lines of text pages are labelled so
        return beside
    known = set(beside)
    return beside + [i for i, label in enumerate(labels) if label.kind == "date" and i not in known]


def is_line(text: str, *, to_the_day: bool = True) -> bool:
    """Tell whether a block can be a date line, or a paragraph that a date opens: a cheap screen. `to_the_day`: months are no dates."""
    if len(text) > _LONGEST_LINE:
        text = text[:_DATELINE_REACH]
    if not (to_the_day and text.isascii()):
        return _DATE_LIKE.search(text) is not None
    return _NUMERIC.search(text) is not None or (_YEAR.search(text) is not None and may_name_month(text))


def declared(values: list[Value], reader: Reader, role: str) -> Iterator[Found]:
    """Read the metadata's values, in their order of trust."""
    for value in values[:_VALUES]:
        date = reader.whole(value.value)
        if date is not None:
            yield Found(value.value, value.source, date, role)


def date_hints(page: Segmentation) -> list[Hint]:
    """Return the elements that say they hold a date of the article."""
    return [hint for hint in page.hints[:_HINTS] if hint.kind in ("date", "modified") and _is_of_article(hint.source)]


def hinted(page: Segmentation, hints: Iterable[Hint], beside: set[int], reader: Reader) -> Iterator[Found]:
    """Read elements that say they hold a date."""
    for hint in hints:
        role = "modified" if hint.kind == "modified" else "published" if hint.source == OWN else None
        date = reader.whole(hint.value) if hint.value and hint.value[:1].isdigit() else None
        if date is not None and hint.value is not None:
            said = _said(page, hint.block, date, reader) if hint.block in beside else None
            yield Found(hint.value, hint.source, date, said or role, hint.block)
        elif len(hint.text) <= _LONGEST_LINE and _DATE_LIKE.search(hint.text):
            for found in reader.inside(hint.text):
                if found.date is not None:
                    yield Found(found.raw, hint.source, found.date, found.role or role, hint.block, alone(found, hint.text))


@lru_cache(maxsize=4096)
def _is_of_article(source: str) -> bool:
    name = source.lower()
    return not any(part in name for part in table()["not_of_article"])


def _said(page: Segmentation, block: int, date: ParsedDate, reader: Reader) -> str | None:
    """Return the role that the line around an element gives its day: "Updated <time datetime=…>5 July 2024</time>"."""
    text = page.blocks[block].text if block < len(page.blocks) else ""
    if len(text) > _LONGEST_LINE or not is_line(text):
        return None
    return next((found.role for found in reader.inside(text) if found.role and found.date and found.date.iso[:10] == date.iso[:10]), None)


def printed(page: Segmentation, blocks: Iterable[int], reader: Reader, *, to_the_day: bool = True) -> Iterator[Found]:
    """Read the dates in the text of the blocks; `to_the_day`: lines that can only hold a month or a year are passed over."""
    for i in blocks:
        block = page.blocks[i]
        if is_line(block.text, to_the_day=to_the_day):
            text = block.text if len(block.text) <= _LONGEST_LINE else block.text[:_DATELINE_REACH]
            for found in reader.inside(text):
                yield Found(found.raw, text_source(block), found.date, found.role, i, alone(found, block.text), found.partial)


def yearless(page: Segmentation, blocks: Iterable[int], reader: Reader) -> Iterator[Found]:
    """Read the lines that are a day and month without a year."""
    for i in blocks:
        block = page.blocks[i]
        if len(block.text) <= _LONGEST_LINE and _SHORT_NUMBER.search(block.text) and may_name_month(block.text):
            for found in reader.inside(block.text):
                if found.partial is not None and found.date is None and found.role in ("published", None) and alone(found, block.text):
                    yield Found(found.raw, text_source(block), None, found.role, i, True, found.partial)


def elsewhere(page: Segmentation, block: int, anchor: int) -> bool:
    """Tell whether the block is part of something beside the article: an element around it, but not around `anchor`, says so."""
    if not 0 <= block < len(page.blocks):
        return False
    words = table()["not_article_part"]
    container = page.blocks[block].container
    while 0 <= container < len(page.parents) and not page.starts[container] <= anchor < page.ends[container]:
        attributes = page.attributes[container]
        if page.tags[container] == "aside":
            return True
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:_NAMES].lower()
        if len(names) > 1 and ("sidebar" in names.split() or any(word in names for word in words)):
            return True
        container = page.parents[container]
    return False


def text_source(block: Block) -> str:
    """Return the name of a place in the text: lines of text pages count from 1, blocks of HTML are as `clip explain` numbers them."""
    return f"text:line {block.index + 1}" if block.tag == "line" else f"text:block {block.index}"


def alone(found: FoundDate, text: str) -> bool:
    """Tell whether the date stands in a line of its own, beside names and labels, or opens a paragraph, and not in a sentence."""
    rest = len(text) - len(found.raw)
    if found.start <= 1 and _DATELINE.match(text, found.end):
        return True
    if found.role in ("published", "modified"):
        return rest <= _LONGEST_LABELLED_REST
    return rest <= _SHORTEST_REST or (rest <= _LONGEST_REST and not text.rstrip().endswith((".", "!", "?", "…", ":")))


def unknown_metas(page: Segmentation, reader: Reader) -> Iterator[Found]:
    """Read the <meta> elements of unknown names that speak of a publication or a date."""
    wanted, unwanted = table()["meta_words"], table()["not_meta_words"]
    for key, content in page.metas[:_METAS]:
        if any(word in key for word in wanted) and not any(word in key for word in unwanted):
            date = reader.whole(content)
            if date is not None:
                yield Found(content, f"meta:{key}", date, "published")


def from_url(url: str | None) -> Iterator[Found]:
    """Read the page's address."""
    date = parse_url_date(url) if url else None
    if url and date is not None:
        yield Found(url, "url", date, "published")
