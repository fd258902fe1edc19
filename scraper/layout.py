"""Which lists and tables hold items and data, and which only arrange the page; and the numbers of ordered items.

A list of posts or cards is no list of items, a table of columns of prose no table. Each outermost list or table is looked at once, with all
that is in it, when text in it is kept.
"""

from bisect import bisect_right

from scraper.blocks import Segmentation
from scraper.tables import span

HEADINGS = {f"h{level}": level for level in range(1, 7)}
ITEMS = frozenset(("li", "dt", "dd"))
_SECTIONS = frozenset(("article", "section", "header", "footer", "form", "table", *HEADINGS))  # an item that holds one is a section itself
_ITEM_BLOCKS, _ITEM_CHARS = 5, 1200  # an item of more own blocks and characters is a section: a post, a card
_CELL_BLOCKS, _CELL_CHARS = 3, 400  # a cell of more is prose


class _Table:
    """What decides whether a <table> holds data."""

    __slots__ = ("chars", "headed", "nested", "prose", "rows", "widest")

    def __init__(self) -> None:
        self.rows = self.widest = self.chars = self.prose = 0
        self.headed = self.nested = False

    @property
    def is_data(self) -> bool:
        return not self.nested and self.widest > 1 and self.rows > 1 and (self.headed or self.prose <= self.chars // 2)


class Layout:
    """Answers about one page's lists and tables, by container."""

    def __init__(self, page: Segmentation) -> None:
        self.page = page
        self._begins: list[int] = []  # the parts of the page that were looked at, in order
        self._ends: list[int] = []
        self._section_lists: set[int] = set()
        self._data_tables: set[int] = set()
        self._numbers: dict[int, int] = {}

    def is_item(self, container: int) -> bool:
        """Whether an <li>, <dt> or <dd> is an item of a list, not a section of the page."""
        parent = self.page.parents[container]
        self._look_at(max(parent, 0))
        return parent not in self._section_lists

    def is_data(self, container: int) -> bool:
        """Whether a <table> holds data: rows and columns, no other table, no prose."""
        self._look_at(container)
        return container in self._data_tables

    def number(self, item: int) -> int | None:
        """Return the number that an ordered list's item has on the page; None for other items."""
        return self._numbers.get(item)

    def _look_at(self, top: int) -> None:
        place = bisect_right(self._begins, top)
        if place and top < self._ends[place - 1]:
            return
        page = self.page
        end = top + 1
        while end < len(page.parents) and page.parents[end] >= top:
            end += 1
        self._begins.insert(place, top)
        self._ends.insert(place, end)
        _Survey(page, top, end).judge(self._section_lists, self._data_tables, self._numbers)


class _Survey:
    """One pass over the containers from `top` to `end`, parents before children."""

    def __init__(self, page: Segmentation, top: int, end: int) -> None:
        self.page, self.top, self.end = page, top, end
        size = end - top
        self.item_of, self.cell_of = [-1] * size, [-1] * size  # the nearest item and cell around each container, itself included
        self.items: dict[int, list[int]] = {}  # its own characters and blocks
        self.cells: dict[int, list[int]] = {}
        self.tables: dict[int, _Table] = {}
        self.table_of_cell: dict[int, _Table] = {}

    def judge(self, section_lists: set[int], data_tables: set[int], numbers: dict[int, int]) -> None:
        """Add the answers for this part of the page."""
        page = self.page
        self._read_containers(section_lists, numbers)
        for block in page.blocks[page.starts[self.top] : page.ends[self.top]]:
            place = block.container - self.top
            for owner, found in ((self.item_of[place], self.items), (self.cell_of[place], self.cells)):
                if owner >= 0:
                    counts = found[owner]
                    counts[0] += len(block.text)
                    counts[1] += 1
        for item, (chars, count) in reversed(self.items.items()):
            parent = page.parents[item]
            if count > _ITEM_BLOCKS and chars > _ITEM_CHARS:
                section_lists.add(parent)
            if parent in section_lists and parent > self.top:  # a list in whose items sections stand holds sections itself
                outer = self.item_of[parent - self.top]
                if outer >= 0:
                    section_lists.add(page.parents[outer])
        for cell, (chars, count) in self.cells.items():
            table = self.table_of_cell[cell]
            table.chars += chars
            if chars > _CELL_CHARS or (count > _CELL_BLOCKS and chars > _CELL_CHARS // 2):
                table.prose += chars
        for container, table in self.tables.items():
            if table.is_data and page.attributes[container].get("role") not in ("presentation", "none"):
                data_tables.add(container)

    def _read_containers(self, section_lists: set[int], numbers: dict[int, int]) -> None:
        page, top = self.page, self.top
        tables: list[_Table | None] = [None] * (self.end - top)  # around each container, itself included
        row_of = [-1] * (self.end - top)
        widths: dict[int, int] = {}
        counted: dict[int, int] = {}
        for container in range(top, self.end):
            place = container - top
            tag, parent = page.tags[container], page.parents[container]
            if place:
                above = parent - top
                self.item_of[place], self.cell_of[place] = self.item_of[above], self.cell_of[above]
                tables[place], row_of[place] = tables[above], row_of[above]
            table = tables[place]
            if tag in ITEMS:
                self.item_of[place] = container
                self.items[container] = [0, 0]
                if parent >= 0 and page.tags[parent] == "ol":
                    numbers[container] = counted[parent] = self._number(container, counted.get(parent))
            elif tag in _SECTIONS:
                if self.item_of[place] >= 0:
                    section_lists.add(page.parents[self.item_of[place]])
                if tag == "table":
                    if table is not None:
                        table.nested = True
                    tables[place] = self.tables[container] = _Table()
                    self.cell_of[place] = row_of[place] = -1
            elif table is not None and tag == "tr":
                table.rows += 1
                row_of[place] = container
                self.cell_of[place] = -1
            elif table is not None and (tag == "td" or tag == "th") and row_of[place] == parent:
                self.cell_of[place] = container
                self.cells[container] = [0, 0]
                self.table_of_cell[container] = table
                widths[parent] = widths.get(parent, 0) + span(page.attributes[container].get("colspan"))
                table.widest = max(table.widest, widths[parent])
                table.headed = table.headed or tag == "th"

    def _number(self, item: int, last: int | None) -> int:
        attributes = self.page.attributes
        value = _integer(attributes[item].get("value"))
        if value is not None:
            return value
        if last is not None:
            return last + 1
        start = _integer(attributes[self.page.parents[item]].get("start"))
        return 1 if start is None else start


def _integer(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if len(value) <= 6 and value.isascii() and value.isdigit() else None
