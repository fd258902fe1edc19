"""A text that holds several articles, cut at the marks between them."""

import re
from collections import defaultdict
from itertools import pairwise

from scraper.errors import InputError
from scraper.text.header import field_of
from scraper.text.sheets import is_inside

NEWLINES = re.compile("\r\n?|[\u0085\u2028\u2029\x0b]")
_SEPARATOR = re.compile(r"\s{0,20}(?:[-=*_~#+•·—–]{5,400}|(?:[-=*_~#•·] ){3,200}[-=*_~#•·])\s{0,20}\Z")
_HEADER = re.compile(r"(?:document|article|story|item|text)\s{1,3}#?\d{1,6}(?:\s{1,3}(?:of|/)\s{1,3}\d{1,6})?\Z|end of document\Z", re.I)
_COUNTED = re.compile(r"(?:[^\W\d_]{2,20}\.?\s{1,3})?(\d{1,6})\s{0,3}(?:/|[^\W\d_]{1,6})\s{0,3}(\d{1,6})(?:\s{1,3}[^\W\d_]{2,20})?\Z")
_KEY = re.compile(r"([^\W\d_][^:：]{0,24}?)\s{0,2}[:：]\s")
_HEADER_CHARS = 80
_SEPARATOR_CHARS = 400
_ARTICLE_CHARS = 200  # what a mark leaves must be long enough to be an article
_EDGE = 4  # rows at a form feed


def split_articles(text: str) -> list[str]:
    """Split a text that holds several articles: at form feeds, unless pages of one end there; else at numbered headers ("Document 3 of 20",
    in any language where they say how many), at headers that name title and day or front matters, or at separator lines.

    A text without such marks comes back whole. Parts are in page order, never empty. Raises InputError `unsplit` where every kind of mark
    would leave a part shorter than 200 characters.
    """
    text = NEWLINES.sub("\n", text)
    rows = text.replace("\f", "\n").split("\n")
    marked = False
    for found in (_at_feeds(text), _cut(rows, _numbered(rows)), _cut(rows, _headed(rows)), _cut(rows, _separators(rows))):
        parts = [part.strip("\n") for part in found if part.strip()]
        if len(parts) > 1 and all(len(part) >= _ARTICLE_CHARS for part in parts):
            return parts
        marked = marked or len(parts) > 1
    if marked:
        raise InputError("unsplit", f"parts of under {_ARTICLE_CHARS} characters are no articles: clean it without --split")
    return [text] if text.strip() else []


def _at_feeds(text: str) -> list[str]:
    parts = [part for part in text.split("\f") if part.strip()]
    edges = [[row for row in part.split("\n") if row.strip()] for part in parts]
    inside = sum([is_inside(above[-_EDGE:], below[:_EDGE]) for above, below in pairwise(edges)])
    return [] if 3 * inside > len(parts) else parts


def _numbered(rows: list[str]) -> dict[int, int]:
    """Return the rows that number articles, and where the article below each begins."""
    short = [(at, row.strip()) for at, row in enumerate(rows) if 2 < len(row) <= _HEADER_CHARS]
    counted: dict[int, list[tuple[int, int]]] = defaultdict(list)  # by how many there are to be
    for at, row in short:
        if (count := _COUNTED.match(row)) is not None:
            counted[int(count[2])].append((int(count[1]), at))
    for total, found in counted.items():
        if total > 1 and [number for number, _ in found] == list(range(1, total + 1)):
            return {at: at + 1 for _, at in found}
    return {at: at + 1 for at, row in short if _HEADER.match(row)}


def _headed(rows: list[str]) -> dict[int, int]:
    """Return the rows in which a front matter or a header begins: rows of known keys, the title's among them, below a blank one."""
    found: dict[int, int] = {}
    last = -1
    for at, row in enumerate(rows):
        is_fenced = row.rstrip() == "---"
        if at <= last or (at and rows[at - 1].strip() and not is_fenced):
            continue
        keys: list[str | None] = []
        for below in range(at + is_fenced, min(at + _HEADER_CHARS, len(rows))):
            key = _KEY.match(rows[below][:_HEADER_CHARS] + " ")
            if key is None and not (is_fenced and rows[below][:1] in (" ", "-") and rows[below].rstrip() != "---"):
                break
            last = below
            keys.append(field_of(key[1]) if key is not None else None)
        if "title" in keys and len({*keys} - {None}) > 1:
            found[at] = at
    return found if len(found) > 1 else {}


def _separators(rows: list[str]) -> dict[int, int]:
    return {at: at + 1 for at, row in enumerate(rows) if len(row) <= _SEPARATOR_CHARS and _SEPARATOR.match(row.strip())}


def _cut(rows: list[str], marks: dict[int, int]) -> list[str]:
    """Return the parts between the marks: each ends above its row, the next begins at another."""
    starts = [0, *marks.values()]
    return ["\n".join(rows[start:end]) for start, end in zip(starts, [*marks, len(rows)], strict=True)]
