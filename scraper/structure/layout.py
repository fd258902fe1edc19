"""Which lists and tables hold items and data, and which only arrange the page; and the numbers of ordered items.

A list of posts or cards is no list of items, a table of columns of prose no table. Each outermost list or table is looked at once, with all
that is in it, when text in it is kept.
"""

from bisect import bisect_right

from scraper.blocks import Segmentation
from scraper.structure.tables import span

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
    """One pass over the containers from `top` to `end`, parents before children; one more where there are tables among them."""

    def __init__(self, page: Segmentation, top: int, end: int) -> None:
        self.page, self.top = page, top
        self.tags, self.parents = page.tags[top:end], page.parents[top:end]
        self.blocks = page.blocks[page.starts[top] : page.ends[top]]

    def judge(self, section_lists: set[int], data_tables: set[int], numbers: dict[int, int]) -> None:
        """Add the answers for this part of the page."""
        self._judge_items(section_lists, numbers)
        if "table" in self.tags:
            self._judge_tables(data_tables)

    def _judge_items(self, section_lists: set[int], numbers: dict[int, int]) -> None:
        top, parents = self.top, self.page.parents
        item_of: list[int] = []  # the nearest item around each container, itself included
        items: dict[int, list[int]] = {}  # its own characters and blocks
        counted: dict[int, int] = {}
        for place, (tag, parent) in enumerate(zip(self.tags, self.parents, strict=True)):
            item = item_of[parent - top] if place else -1
            if tag in ITEMS:
                item = place + top
                items[item] = [0, 0]
                if parent >= 0 and self.page.tags[parent] == "ol":
                    numbers[item] = counted[parent] = self._number(item, counted.get(parent))
            elif item >= 0 and tag in _SECTIONS:
                section_lists.add(parents[item])
            item_of.append(item)
        self._count(item_of, items)
        for item, (chars, count) in reversed(items.items()):
            parent = parents[item]
            if count > _ITEM_BLOCKS and chars > _ITEM_CHARS:
                section_lists.add(parent)
            if parent in section_lists and parent > top:  # a list in whose items sections stand holds sections itself
                outer = item_of[parent - top]
                if outer >= 0:
                    section_lists.add(parents[outer])

    def _count(self, owner_of: list[int], sizes: dict[int, list[int]]) -> None:
        """Add each block's characters, and one, to the sizes of the item or cell that owns its container."""
        for block in self.blocks:
            owner = owner_of[block.container - self.top]
            if owner >= 0:
                counts = sizes[owner]
                counts[0] += len(block.text)
                counts[1] += 1

    def _judge_tables(self, data_tables: set[int]) -> None:
        cell_of, tables, table_of_cell = self._read_tables()
        cells = {cell: [0, 0] for cell in table_of_cell}  # its own characters and blocks
        self._count(cell_of, cells)
        for cell, (chars, count) in cells.items():
            table = table_of_cell[cell]
            table.chars += chars
            if chars > _CELL_CHARS or (count > _CELL_BLOCKS and chars > _CELL_CHARS // 2):
                table.prose += chars
        for container, table in tables.items():
            if table.is_data and self.page.attributes[container].get("role") not in ("presentation", "none"):
                data_tables.add(container)

    def _read_tables(self) -> tuple[list[int], dict[int, _Table], dict[int, _Table]]:
        """Return the nearest cell around each container, itself included; the tables; and each cell's table."""
        top, attributes = self.top, self.page.attributes
        cell_of, row_of, table_around = [-1], [-1], [None]  # type: tuple[list[int], list[int], list[_Table | None]]
        tables: dict[int, _Table] = {}
        table_of_cell: dict[int, _Table] = {}
        widths: dict[int, int] = {}
        for place, (tag, parent) in enumerate(zip(self.tags, self.parents, strict=True)):
            above = parent - top if place else 0
            table, row, cell = table_around[above], row_of[above], cell_of[above]
            if tag == "table":
                if table is not None:
                    table.nested = True
                table = tables[place + top] = _Table()
                cell = row = -1
            elif table is None:
                pass
            elif tag == "tr":
                table.rows += 1
                row, cell = place + top, -1
            elif (tag == "td" or tag == "th") and row == parent:
                cell = place + top
                table_of_cell[cell] = table
                widths[parent] = widths.get(parent, 0) + span(attributes[cell].get("colspan"))
                table.widest = max(table.widest, widths[parent])
                table.headed = table.headed or tag == "th"
            if place:
                cell_of.append(cell)
                row_of.append(row)
                table_around.append(table)
            else:
                cell_of[0], row_of[0], table_around[0] = cell, row, table
        return cell_of, tables, table_of_cell

    def _number(self, item: int, last: int | None) -> int:
        attributes = self.page.attributes
        value = _integer(attributes[item].get("value"))
        if value is not None:
            return value
        top = self.page.parents[item]
        step = -1 if "reversed" in attributes[top] else 1
        if last is not None:
            return last + step
        start = _integer(attributes[top].get("start"))
        if start is None and step < 0:
            return self._count_items(top)
        return 1 if start is None else start

    def _count_items(self, top: int) -> int:
        count = 0
        for place in range(top - self.top + 1, len(self.parents)):
            if self.parents[place] < top:
                break
            count += self.parents[place] == top and self.tags[place] == "li"
        return count


def _integer(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if len(value) <= 6 and value.isascii() and value.isdigit() else None
