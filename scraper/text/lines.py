"""A text page's segmentation, and what its lines look like whatever their format: items, rules, wrapped paragraphs."""

import re
from typing import NamedTuple

from scraper.blocks import Block, Segmentation

BULLETS = frozenset("-*+•‣◦▪●○■□◆∙·")
LEADS = BULLETS | frozenset("#>`~|=_<")  # a line that starts with none of these is plain
RULE = re.compile(r"[-=*_~#•·—–]{3,200}\Z|(?:[-*_=~] ){2,100}[-*_=~]\Z")


class Row(NamedTuple):
    """A row of a table: the table's number on the page, and the texts of its cells, empty ones too."""

    table: int
    cells: list[str]
    is_header: bool


class TextPage(Segmentation, gc=False):
    """A text page's segmentation, and the number of each block's first line in the file, from 1.

    Of Markdown also, by block, the `numbers` of ordered items, how many items are around those inside others (`depths`), the `languages`
    of listings and the `rows` of tables.
    """

    lines: list[int] = []
    numbers: dict[int, int] = {}
    depths: dict[int, int] = {}
    languages: dict[int, str] = {}
    rows: dict[int, Row] = {}


def add(page: TextPage, text: str, tag: str, number: int, link_chars: int = 0) -> None:
    """Add a block that begins in line `number`, unless it has no text."""
    if text:
        page.blocks.append(Block(len(page.blocks), text, tag, -1, link_chars))
        page.lines.append(number)


def starts_item(row: str) -> bool:
    """Return whether a line, not empty, starts with a bullet."""
    return row[0] in BULLETS and row[1:2] == " "
