"""A data table's kept blocks -> its rows of cells."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from normalise.text import clean_line
from scraper.blocks import Block, Segmentation

MOST_COLUMNS = 64  # spans beyond are mistakes or malice
_CELL_CHARS = 20_000


class Grid(NamedTuple):
    """A table's rows that hold text, whether the first is its header, and the blocks outside any cell (its caption)."""

    rows: list[list[str]]
    header: bool
    outside: list[Block]


def span(value: str | None) -> int:
    """Return what a colspan or rowspan attribute says, 1 to `MOST_COLUMNS`."""
    if not value:
        return 1
    value = value.strip()
    number = int(value) if len(value) <= 6 and value.isascii() and value.isdigit() else 1
    return min(max(number, 1), MOST_COLUMNS)


def read_table(group: Sequence[Block], table: int, page: Segmentation) -> Grid:
    """Return the cells of the container `table` filled with the blocks of `group`.

    A cell that spans columns or rows is followed by empty ones, so that columns stay below each other.
    """
    parents, tags, attributes = page.parents, page.tags, page.attributes
    owners = [-1]  # the cell around each container from the table on
    rows: list[list[int]] = []
    row = -1
    for container in range(table + 1, len(tags)):
        parent = parents[container]
        if parent < table:
            break
        tag, owner = tags[container], owners[parent - table]
        if owner < 0:
            if tag == "tr":
                row = container
                rows.append([])
            elif parent == row and (tag == "td" or tag == "th"):
                owner = container
                rows[-1].append(container)
        owners.append(owner)
    texts: dict[int, str] = {}
    outside: list[Block] = []
    for owner, blocks in groupby(group, lambda block: owners[block.container - table]):  # a cell's blocks follow each other
        if owner < 0:
            outside.extend(blocks)
        else:
            texts[owner] = clean_line(" ".join([block.text for block in blocks]), limit=_CELL_CHARS)
    filled = _fill(rows, texts, attributes)
    shown = [number for number, cells in enumerate(filled) if any(cells)]
    header = bool(shown) and shown[0] == 0 and len(rows[0]) > 1 and all(tags[cell] == "th" for cell in rows[0])
    return Grid([_trimmed(filled[number]) for number in shown], header or _is_head(rows, shown, page), outside)


def _fill(rows: list[list[int]], texts: dict[int, str], attributes: list[dict[str, str | None]]) -> list[list[str]]:
    filled: list[list[str]] = []
    hanging: dict[int, int] = {}  # column -> rows that a cell above still spans
    for cells in rows:
        line: list[str] = []
        below = hanging
        hanging = {column: left - 1 for column, left in below.items() if left > 1}
        for cell in cells:
            while len(line) in below:
                line.append("")
            if len(line) >= MOST_COLUMNS:
                if text := texts.get(cell):
                    line[-1] = f"{line[-1]} {text}".strip()  # the text stays, its column does not
                continue
            column = len(line)
            width = min(span(attributes[cell].get("colspan")), MOST_COLUMNS - column)
            height = span(attributes[cell].get("rowspan"))
            line.append(texts.get(cell, ""))
            line.extend([""] * (width - 1))
            if height > 1:
                hanging.update(dict.fromkeys(range(column, column + width), height - 1))
        filled.append(line)
    return filled


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end] if end < len(cells) else cells


def _is_head(rows: list[list[int]], shown: list[int], page: Segmentation) -> bool:
    return bool(shown) and shown[0] == 0 and bool(rows[0]) and page.tags[page.parents[page.parents[rows[0][0]]]] == "thead"
