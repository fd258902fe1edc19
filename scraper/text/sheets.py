"""Printed pages in a text: their running heads and feet, their numbers, and the paragraphs that go on over a page's end.

Pages end at form feeds, or at rows that number them one after the other.
"""

import re
from collections import Counter
from itertools import pairwise

from normalise.text import STOPS

FEED = "\f"  # a row of its own between pages
_EDGE = 4  # rows at either end of a page that may run on all pages
_EDGE_CHARS = 160
_SHARE = 3  # one page in so many has a running row
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\W{0,4}(?:[^\W\d_]{1,8}\.? )?(\d{1,4})(?: ?(?:/|[^\W\d_]{1,4}) ?\d{1,4})?\W{0,4}\Z")  # "3", "- 3 -", "Page 3 of 9"
_NUMBER_CHARS = 20
_LASTS = frozenset("0123456789-–—.]) ")  # what a row that numbers a page may end in
_LEAST_NUMBERS = 3  # of pages that no form feed ends
_SENTENCE_CHARS = 30
_PAGE_ROWS = range(15, 120)  # from number to number
_QUOTES = "\"'“”„«»’) "
_MEDIALS = frozenset(",;-–—\u00ad")
_NEAR = 12  # rows at a page's end …
_FULL = 0.8  # … of whose longest one has so much …
_WRAPPED = 120  # … that is no longer than this, and so was wrapped
_Sheet = list[int]  # the rows of a page that are not blank


def without_sheets(rows: list[str]) -> list[int]:
    """Return which rows of a text are left without what runs on all pages, and without the blank ones at an end inside a paragraph."""
    ends = [at for at, row in enumerate(rows) if row == FEED] or _numbered(rows)
    sheets = _sheets(rows, ends)
    if len(sheets) < 2:
        return list(range(len(rows)))
    left = _peeled(rows, sheets)
    gone = {at for at in ends if rows[at] != FEED}
    gone |= {at for sheet, rest in zip(sheets, left, strict=True) for at in sheet if at not in range(*_span(rest))}
    for above, below in pairwise([sheet for sheet in left if sheet]):
        longest = max([len(rows[at]) for at in above[-_NEAR:]])
        if _goes_on(rows[above[-1]], rows[below[0]], full=_FULL * longest if longest <= _WRAPPED else 0):
            gone.update(range(above[-1] + 1, below[0]))
    return [at for at in range(len(rows)) if at not in gone]


def _span(sheet: _Sheet) -> tuple[int, int]:
    return (sheet[0], sheet[-1] + 1) if sheet else (0, 0)


def _sheets(rows: list[str], ends: list[int]) -> list[_Sheet]:
    sheets = [[at for at in range(start, end) if rows[at].strip()] for start, end in pairwise([0, *(end + 1 for end in ends), len(rows)])]
    return [sheet for sheet in sheets if sheet]


def _numbered(rows: list[str]) -> list[int]:
    """Return the rows that number the pages where most of them stand inside of a paragraph."""
    short = [(at, row.strip()) for at, row in enumerate(rows) if row and row[-1] in _LASTS and len(row.strip()) <= _NUMBER_CHARS]
    found: list[int] = []
    last = 0
    for at, row in short:
        number = _NUMBER.match(row)
        if number is not None and (not found or (int(number[1]) == last + 1 and at - found[-1] in _PAGE_ROWS)):
            found.append(at)
            last = int(number[1])
        elif number is not None and len(found) < _LEAST_NUMBERS:
            found, last = [at], int(number[1])
    inside = sum([is_inside(rows[max(0, at - _EDGE) : at], rows[at + 1 : at + 1 + _EDGE]) for at in found])
    return found if len(found) >= _LEAST_NUMBERS and 2 * inside >= len(found) else []


def is_inside(above: list[str], below: list[str]) -> bool:
    """Whether a sentence goes on from the last rows above a page's end to the first ones below it, beside what runs on all pages."""
    ends = [row.rstrip() for row in above if len(row) >= _SENTENCE_CHARS][-2:]
    starts = [row.lstrip() for row in below if row.strip()][:2]
    return any(row.rstrip(_QUOTES)[-1:] not in STOPS for row in ends) and any(row[0].islower() for row in starts)


def _peeled(rows: list[str], sheets: list[_Sheet]) -> list[_Sheet]:
    """Return the pages without the rows at their ends that other pages have there, too. The first page may begin with the article's own."""
    tops = [[_key(rows[at]) for at in sheet[:_EDGE]] for sheet in sheets]
    feet = [[_key(rows[at]) for at in reversed(sheet[-_EDGE:])] for sheet in sheets]
    least = max(2, len(sheets) // _SHARE)
    running = [{key for key, count in Counter(key for keys in ends for key in {*keys}).items() if count >= least} for ends in (tops, feet)]
    left: list[_Sheet] = []
    for number, (sheet, top, foot) in enumerate(zip(sheets, tops, feet, strict=True)):
        first = _leading(top, running[0]) if number or top[0] == _NUMBERED else 0
        left.append(sheet[first : max(first, len(sheet) - _leading(foot, running[1]))])
    return left


def _leading(keys: list[str], running: set[str]) -> int:
    return next((at for at, key in enumerate(keys) if key not in running), len(keys))


_NUMBERED = "#"


def _key(row: str) -> str:
    """Return what a row has in common with those of other pages: not their numbers. One of its own for a row that is too long."""
    row = row.strip()
    if len(row) <= _NUMBER_CHARS and _NUMBER.match(row):
        return _NUMBERED
    return _DIGITS.sub("#", " ".join(row.split())).casefold() if len(row) <= _EDGE_CHARS else row


def _goes_on(above: str, below: str, full: float = 0) -> bool:
    """Whether a paragraph goes on from one row to another: it is not over, and what follows begins in its midst, or the row is `full`."""
    is_full = 0 < full <= len(above)
    above, below = above.rstrip().rstrip(_QUOTES), below.lstrip()
    if not above or above[-1] in STOPS:
        return False
    if is_full:
        return True
    return above[-1] in _MEDIALS or below[:1].islower() or (below[:1].isalpha() and below[0].lower() == below[0].upper())
