"""The lines of a page that give dates: which blocks they are, what they say that their dates are, and what stands beside the article."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from normalise.date import FoundDate, Role, may_label, may_name_month, role_of_label, speaks_of_page
from scraper.blocks import Block, Segmentation
from scraper.fields.date_candidates import Found, Reader, table
from scraper.text.lines import TextPage

LONGEST_LINE = 300  # characters of a block that can be a date line
_LONGEST_REST = 90  # characters beside the date in such a line: a name, a section, minutes of reading
_LONGEST_LABELLED_REST = 150  # the same where the line says "published" or "updated"
_LONGEST_UNLABELLED = 160  # characters of a line that says nothing of its date: the longest rest and a date
_SHORTEST_REST = 20  # so little beside a date is no sentence, however it ends
_DATELINE_REACH = 60  # characters of a paragraph in which the date that opens it stands
_LABEL_REACH = 3  # characters ahead of a date whose label is the line before
_NAMES = 300

_BESIDE = re.compile(r"[\s|•·]{0,3}")  # between two dates; a dash makes a range of them
_CITATION = re.compile(r";\s?\d{1,4}\(\d")  # behind the day of a journal's issue: "2025 Nov 3;12(4):201-215"
_DASH = re.compile(r"\s{0,3}[-–—]\s{0,3}")
_DATELINE = re.compile(r"\s{0,3}[-–—|)„“«:]")  # behind a date that opens a paragraph: "27.1.2022 – The town"
_PLACE = re.compile(r"[^.!?:;]{2,40}")  # ahead of it: "Press release of 27 January 2022 | Berlin – ", "WASHINGTON, "
_DATELINE_BEHIND_PLACE = re.compile(r"\s{0,3}(?:[|/—–]|\)[.:]|\)?\s{1,3}[-–—]\s)")
# What a text has that states a date; each starts with one class, which is searched for five times as fast as alternatives are.
_THAI = r"\s?[ก-ฮ][^\s\d]{1,11}\s?\d\d(?!\d)"  # behind a day: a month and the last digits of a Buddhist year
_DATE_LIKE = re.compile(rf"\d(?:\d{{3}}|[./-]\s?\d{{1,2}}[./-]\s?\d\d|[年月]|{_THAI})")
_YEAR = re.compile(r"[12](?:9[89]|0[0-4]|5[3-8]|[34]\d)\d")  # of the Buddhist and Persian calendars too
_OTHER_SCRIPT = re.compile(r"[\u0590-\u1fff\u2e80-\ud7ff\uff10-\uff19]")  # with digits, years or units of its own
_NUMERIC = re.compile(r"\d(?:\s?[./-]\s?\d\d?\s?[./-]\s?\d\d|\d{3}\s?[./-]\s?\d\d?\s?[./-]\s?\d)")
# Every line that the others find has one. A set of the scripts' digits is searched for twice as fast as `\d`.
_SIGN = re.compile(rf"[0-9٠-٩۰-۹०-९০-৯๐-๙０-９](?:\d{{3}}|\s?[./-]\s?\d|[年月]|{_THAI})")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d\d?(?!\d)")


def is_line(text: str, *, to_the_day: bool = True) -> bool:
    """Tell whether a text can be a date line, or the opening of a paragraph: a cheap screen. `to_the_day`: months are no dates."""
    if not to_the_day or (not text.isascii() and _OTHER_SCRIPT.search(text) is not None):
        return _DATE_LIKE.search(text) is not None
    return _NUMERIC.search(text) is not None or (_YEAR.search(text) is not None and may_name_month(text))


def line_of(block: Block) -> str:
    """Return what of a block is read as a line: all of it, or of a paragraph only the opening, unless it may say what its date is."""
    text = block.text
    if len(text) <= _LONGEST_UNLABELLED or (len(text) <= LONGEST_LINE and may_label(text)):
        return text
    return text[:_DATELINE_REACH]


def date_lines(page: Segmentation, blocks: Iterable[int], *, to_the_day: bool = True) -> list[int]:
    """Return those of the blocks that can be date lines."""
    search, texts = _SIGN.search, page.blocks
    signed = [i for i in blocks if search(texts[i].text, 0, LONGEST_LINE)]  # one in ten: the rest is dearer
    return [i for i in signed if is_line(line_of(texts[i]), to_the_day=to_the_day)]


def with_year(page: Segmentation, blocks: Iterable[int]) -> list[int]:
    """Return those of the blocks, short enough for a line, that may have a year in full: the screen for places far from the headline."""
    texts = page.blocks
    return [i for i in blocks if len(text := texts[i].text) <= LONGEST_LINE and ("20" in text or "19" in text or not text.isascii())]


def printed(page: Segmentation, blocks: Iterable[int], reader: Reader) -> Iterator[Found]:
    """Read the dates in the text of the blocks."""
    for i in blocks:
        block = page.blocks[i]
        text = line_of(block)
        dates = reader.inside(text)
        first = first_of_two(dates, text)
        span = _is_span(dates, text)
        opens = bool(dates) and dates[0].role != "other" and speaks_of_page(text)
        for number, found in enumerate(dates):
            role, line = role_of(page, i, found), alone(found, block.text, dates)
            if opens and not number:
                role, line = role or "published", True
            if first is not None and number != first:
                role = role or "modified"
            role = "other" if span else role
            line = line or first is not None
            yield Found(found.raw, text_source(page, i), found.date, role, i, line, found.partial)


def first_of_two(dates: list[FoundDate], text: str) -> int | None:
    """Return which of two dates is the earlier where both stand side by side without a word, as publication and modification do."""
    if len(dates) != 2 or _BESIDE.fullmatch(text, dates[0].end, dates[1].start) is None:
        return None
    one, other = (found.date.iso[:10] if found.date is not None else "" for found in dates)
    return None if len(one) < 10 or len(other) < 10 or one == other else int(other < one)


def _is_span(dates: list[FoundDate], text: str) -> bool:
    """Tell whether a line is a first and a last day with a dash between, of a life or an event, and nothing else."""
    if len(dates) != 2 or dates[0].role or dates[1].role or _DASH.fullmatch(text, dates[0].end, dates[1].start) is None:
        return False
    return not (text[: dates[0].start] + text[dates[1].end :]).strip(" ()")


def role_of(page: Segmentation, block: int, found: FoundDate) -> Role | None:
    """Return the role that the words beside a date give it, or a line before that is nothing but such words."""
    if found.role is None and found.start <= _LABEL_REACH and 0 < block < len(page.blocks):
        return role_of_label(page.blocks[block - 1].text)
    return found.role


def labelled(page: Segmentation, blocks: Sequence[int], role: Role | None = None) -> list[int]:
    """Return those of the blocks that may say what their date is, or that it is `role`, themselves or in the line before."""
    known = [i for i in blocks if i < len(page.blocks)]
    return [i for i in known if _may_label(page, i, LONGEST_LINE, role) or (i and _may_label(page, i - 1, _DATELINE_REACH, role))]


def _may_label(page: Segmentation, block: int, longest: int, role: Role | None) -> bool:
    text = page.blocks[block].text
    return len(text) <= longest and may_label(text, role)


def yearless(page: Segmentation, blocks: Iterable[int], reader: Reader) -> Iterator[Found]:
    """Read the lines that are a day and month without a year."""
    for i in blocks:
        block = page.blocks[i]
        if len(block.text) <= _LONGEST_UNLABELLED and _SHORT_NUMBER.search(block.text) and may_name_month(block.text):
            for found in reader.inside(block.text):
                if found.partial is not None and found.date is None and found.role in ("published", None) and alone(found, block.text):
                    yield Found(found.raw, text_source(page, i), None, found.role, i, True, found.partial)


def alone(found: FoundDate, text: str, dates: Sequence[FoundDate] = ()) -> bool:
    """Tell whether the date stands in a line of its own, beside names, labels and others of the text's `dates`, or opens a paragraph, and
    not in a sentence.
    """
    first, end = 0, len(text.rstrip())
    if "\n" in text and end <= _LONGEST_UNLABELLED:
        first, last = text.rfind("\n", 0, found.start) + 1, text.find("\n", found.end)
        end = last if last >= 0 else end
    beside = [other for other in dates if first <= other.start and other.end <= end]
    rest = end - first - sum(len(other.raw) for other in beside or (found,))
    if (found.start <= 1 and _DATELINE.match(text, found.end)) or _CITATION.match(text, found.end):
        return True
    if found.role in ("published", "modified"):
        return rest <= _LONGEST_LABELLED_REST
    ended = len(beside) > 1 and any(other.end == end for other in beside)  # "14:05 ч."
    if rest <= _SHORTEST_REST or (rest <= _LONGEST_REST and (ended or not text.endswith((".", "!", "?", "…", ":"), first, end))):
        return True
    return _PLACE.fullmatch(text, 0, found.start) is not None and _DATELINE_BEHIND_PLACE.match(text, found.end) is not None


def elsewhere(page: Segmentation, one: Found, anchor: int) -> bool:
    """Tell whether a date is part of something beside the article: an element around it, but not around `anchor`, says so.

    An <aside> can hold the article's own particulars, where a label says what they are.
    """
    if not 0 <= one.block < len(page.blocks):
        return False
    beside = ("blockquote",) if one.role in ("published", "modified") else ("blockquote", "aside")
    container = page.blocks[one.block].container
    if one.role == "published" and 0 <= container < len(page.parents) and page.starts[container] + 1 == page.ends[container]:
        container = page.parents[container]  # the line's own element only says how it looks: "teaser__meta"
    while 0 <= container < len(page.parents) and not page.starts[container] <= anchor < page.ends[container]:
        attributes = page.attributes[container]
        if page.tags[container] in beside:
            return True
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''} "[:_NAMES].lower()
        if len(names) > 2 and _is_beside(names):
            return True
        container = page.parents[container]
    return False


@lru_cache(maxsize=4096)
def _is_beside(names: str) -> bool:
    return "sidebar" in names.split() or any(word in names for word in table()["not_article_part"])


def quoted(page: Segmentation, one: Found, anchor: int) -> bool:
    """Tell whether a date is in a quotation, as embedded posts of social networks are, that the headline is not in."""
    container = page.blocks[one.block].container if 0 <= one.block < len(page.blocks) else -1
    while 0 <= container < len(page.parents) and not page.starts[container] <= anchor < page.ends[container]:
        if page.tags[container] == "blockquote":
            return True
        container = page.parents[container]
    return False


def in_row(page: Segmentation, block: int) -> bool:
    """Tell whether a line is one of several cells of a table's row: what it dates is in the others."""
    blocks = page.blocks
    if blocks[block].tag != "td":
        return False
    row = page.parents[blocks[block].container]
    beside = (other for other in blocks[max(block - 1, 0) : block + 2] if other.index != block and other.tag in ("td", "th"))
    return any(page.parents[other.container] == row for other in beside)


def text_source(page: Segmentation, block: int) -> str:
    """Return the name of a place in the text: lines of text pages count from 1, blocks of HTML are as `clip explain` numbers them."""
    return f"text:line {page.lines[block]}" if isinstance(page, TextPage) else f"text:block {block}"
