"""What text browsers write of a page: "[12]" before each link, signs for buttons and pictures, and at the end the links' addresses."""

import re

_ADDRESS = re.compile(r"\[?(\d{1,5})[.\]] {1,3}[a-z][a-z0-9+.-]{1,20}:\S")
_HEADING_CHARS = 40  # "References", "Visible links:"
_HEADING_WORDS = 4
_HEADINGS = 2
_FOREIGN = 12  # rows of one address in the list, or of headings between its parts, at most
_LEAST = 3  # addresses
_MARK = re.compile(r"\[(\d{1,5})\]")
_SIGN = re.compile(r"\(BUTTON\)|\[(?:[^\[\]\s]{1,80}\.(?:gif|jpe?g|png|svg|webp)|INLINE|EMBED|USEMAP:[^\[\]\s]{1,80}|IMAGE|LINK)\]")


def without_references(rows: list[str]) -> tuple[list[str], list[str]]:
    """Return the rows of a dump as written but for the list of addresses at its end, and the same without marks of links and signs.

    Both have blank rows in the place of the list. A text that ends in no such list, or has none of its numbers, comes back as it is, twice.
    """
    end, numbers = _list_at_end(rows)
    if len(numbers) < _LEAST:
        return rows, rows
    above = rows[:end]
    if numbers.isdisjoint(number for row in above for number in _MARK.findall(row)):
        return rows, rows
    blank = [""] * (len(rows) - end)
    return above + blank, [_without_marks(row, numbers) if "[" in row or "(" in row else row for row in above] + blank


def _list_at_end(rows: list[str]) -> tuple[int, set[str]]:
    """Return the row in which the list of addresses begins, with the headings above it, and the numbers in it."""
    numbers: set[str] = set()
    first = len(rows)
    for at in range(len(rows) - 1, -1, -1):
        row = rows[at].strip()
        if number := _ADDRESS.match(row):
            numbers.add(number[1])
            first = at
        elif row and at < first - _FOREIGN:
            break
    for _ in range(_HEADINGS if numbers else 0):
        nearest = next((at for at in range(first - 1, -1, -1) if rows[at].strip()), None)
        if nearest is None or not _is_heading(rows[nearest].strip()):
            break
        first = nearest
        if rows[nearest].rstrip()[-1] != ":":
            break
    return first, numbers


def _is_heading(row: str) -> bool:
    return len(row) <= _HEADING_CHARS and row.count(" ") < _HEADING_WORDS and "[" not in row


def _without_marks(row: str, numbers: set[str]) -> str:
    row = _SIGN.sub("", row)
    parts: list[str] = []
    end = 0
    for mark in _MARK.finditer(row):
        if mark[1] in numbers:
            parts.append(row[end : mark.start()])
            if row[mark.start() - 1 : mark.start()].isalnum() and row[mark.end() : mark.end() + 1].isalnum():
                parts.append(" ")
            end = mark.end()
    return "".join([*parts, row[end:]])
