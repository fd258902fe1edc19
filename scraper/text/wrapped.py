"""Lines that an editor, a mailer or a printed page's column broke at a width, joined again."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from normalise import lexicon
from normalise.text import STOPS
from scraper.text.lines import starts_item

_WIDTHS = range(32, 121)  # nothing wraps at less or more
_SAMPLE = 4000  # lines looked at to find the width
_PROOF = 4  # joints that a width must explain before it is believed
_NARROW, _NARROW_SHARE = 40, 3  # less is believed only where it explains one row in three: the items of menus are as long
_LEAD = 3  # how many times as many it must explain as speak against it
_LEAST_CHARS = 20  # of a row that may be full or should have been: in some scripts a character has two columns
_CLOSED = frozenset(STOPS + ':”"»“’)')  # what a paragraph ends in
_INDENT = 2  # columns of a paragraph's first row beyond the row above
_UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_WIDE = re.compile("[\u1100-\u115f\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_HYPHENS = frozenset("-\u2010\u00ac")
_SOFT = "\u00ad"
_LEAST_HYPHENS = 3  # ends of rows in the midst of a word …
_HYPHENS_SHARE = 30  # … one in so many rows, where words are broken


class Wrap(NamedTuple):
    """The width at which lines are wrapped, 0 where they are not; how wide a row is; whether words are broken at ends of rows."""

    width: int = 0
    columns: Callable[[str], int] = len
    hyphens: bool = False

    def is_full(self, columns: int, following: str) -> bool:
        """Return whether a row of so many columns, no fewer than 0, has no room for the first word of the row below, not empty."""
        return bool(columns) and columns + _first_columns(following, self.columns) > self.width

    def joined(self, parts: list[str]) -> str:
        """Join the lines of a paragraph: with a space, but for scripts without spaces and after a hyphen."""
        text = [parts[0]]
        for before, part in pairwise(parts):
            text.append(self._joint(text, before, part))
        return " ".join("".join(text).split())

    def _joint(self, text: list[str], before: str, part: str) -> str:
        """Return what a part adds to the text, which loses the hyphen of a word that was broken."""
        if before[-1] == _SOFT:
            return part
        if before[-1] in _HYPHENS and before[-2:-1].isalpha():
            if part.split(None, 1)[0].rstrip(",") in _ands():  # "morning- and evening papers"
                return " " + part
            if self.hyphens and part[0].islower():
                text[-1] = text[-1][:-1]
            return part
        return part if _UNSPACED.match(before[-1]) and _UNSPACED.match(part[0]) else " " + part


def paragraphs(rows: list[str], written: list[str], wrap: Wrap) -> list[tuple[int, str]]:
    """Return the paragraphs of wrapped rows, each with the number of its first row. `written`: the rows as they were wrapped."""
    found: list[tuple[int, str]] = []
    parts: list[str] = []
    start = previous = indent = 0  # `previous`: columns of the row above, 0 where a paragraph starts
    columns = wrap.columns
    for number, (row, full) in enumerate(zip(rows, written, strict=True), 1):
        bare = row.strip()
        above, indent = indent, len(full) - len(full.lstrip())
        goes_on = previous and bare and wrap.is_full(previous, full) and not starts_item(bare)
        if goes_on and indent >= above + _INDENT and parts[-1][-1] in _CLOSED and not starts_item(parts[0]):
            goes_on = False
        if not goes_on:
            if parts:
                found.append((start, wrap.joined(parts)))
            parts, start = [], number
        if bare:
            parts.append(bare)
        previous = columns(full.rstrip())
    if parts:
        found.append((start, wrap.joined(parts)))
    return found


def wrap_of(rows: list[str]) -> Wrap:
    """Return how the lines were wrapped.

    A wrapped line is as long as it can be: with the next line's first word it would be too long. Of the widths that this may be said of,
    the one of most joints inside paragraphs is taken, if most say so of it, and few lines are longer.
    """
    rows = rows[:_SAMPLE]
    lengths = sorted(map(len, rows))
    too_long = len(rows) - bisect_left(lengths, _WIDTHS.stop)
    likely = len(rows) - too_long - bisect_left(lengths, _LEAST_CHARS)
    if likely <= max(_LEAD * too_long, _PROOF):
        return Wrap()  # nearly all pages
    rows = [row.rstrip() for row in rows]
    ways = _ways("\n".join(rows))
    _, width, columns = max([(*_width(rows, way), way) for way in ways], key=lambda found: found[0])
    return Wrap(width, columns, _breaks_words(rows)) if width else Wrap()


def _ways(text: str) -> tuple[Callable[[str], int], ...]:
    """Return how the rows of a text may have been measured."""
    if text.isascii():
        return (len,)
    if _WIDE.search(text):
        return _wide_columns, _columns, len
    return (_wide_columns, len) if _marks().search(text) else (len,)


def _width(rows: list[str], columns: Callable[[str], int]) -> tuple[int, int]:
    """Return how many joints the width explains beyond those that it does not, and the width, 0 for none."""
    joints = [
        (size := columns(row), size + _first_columns(following, columns), row[-1] in _CLOSED)
        for row, following in pairwise(rows)
        if len(row) >= _LEAST_CHARS and following and not starts_item(following.lstrip())
    ]
    changes = [0] * (_WIDTHS.stop + 1)
    for size, beyond, _ in joints:
        if size < _WIDTHS.stop and beyond > _WIDTHS.start:
            changes[max(size, _WIDTHS.start)] += 1
            changes[min(beyond, _WIDTHS.stop)] -= 1
    explained = list(accumulate(changes))
    full = max(explained)
    narrow = sum(map(bool, rows)) // _NARROW_SHARE
    if full < _PROOF or (full < narrow and explained.index(full) < _NARROW):
        return 0, 0
    width = max([size for size, _, _ in joints if size in _WIDTHS and explained[size] == full], default=0)
    short = sum([width // 2 < size and beyond <= width and not closed for size, beyond, closed in joints])
    longer = sum([columns(row) > width for row in rows])
    cut = sum([size == width and beyond > width + 2 for size, beyond, _ in joints])  # excerpts that were cut are all of one length
    return full - short - longer, width if full > _LEAD * max(short, longer) and 2 * full >= 3 * cut else 0


def _breaks_words(rows: list[str]) -> bool:
    found = sum([row[-1:] in _HYPHENS and row[-2:-1].islower() and below.lstrip()[:1].islower() for row, below in pairwise(rows)])
    return found >= max(_LEAST_HYPHENS, sum(map(bool, rows)) // _HYPHENS_SHARE)


def _columns(row: str) -> int:
    """Return how wide a row is: two columns a character of the scripts that are written without spaces, one a character of others."""
    return len(row) if row.isascii() else len(row) + len(_UNSPACED.findall(row))


def _wide_columns(row: str) -> int:
    """Return how wide a row is on a terminal: two columns a character of the scripts of East Asia, none a mark on a letter."""
    return len(row) if row.isascii() else len(row) + len(_WIDE.findall(row)) - len(_marks().findall(row))


def _first_columns(row: str, columns: Callable[[str], int]) -> int:
    """Return how wide the row above, not this one, would have to be at least to hold the first word of this row, not empty, too."""
    word = row.split(None, 1)[0]
    if word.isascii():
        return 1 + len(word)
    return 2 if _UNSPACED.match(word[0]) else 1 + columns(word)


@cache
def _marks() -> re.Pattern[str]:
    marks = [chr(code) for code in range(0x300, 0x1B00) if unicodedata.category(chr(code)) in ("Me", "Mn")]
    return re.compile(f"[{''.join(marks)}]")


@cache
def _ands() -> frozenset[str]:
    return frozenset(lexicon.load("byline")["ands"])
