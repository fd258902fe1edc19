"""What a page's containers make of the text in them: a heading, a list item, a quotation, code, a table's cell, a caption, a note.

Each container is judged once, from its own tag and names and from what its parent was found to be; containers that add nothing share their
parent's answer.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from scraper.blocks import Segmentation
from scraper.tables import span

_DEEPEST = 12  # of lists in lists and quotations in quotations; no page means more
_HEADING_BLOCKS, _HEADING_CHARS = 4, 400  # an unclosed <h2> takes the whole text in
_CAPTION_BLOCKS, _CAPTION_CHARS = 4, 800
_PULLED_BLOCKS = 5
_QUOTED_BLOCKS = 12  # a quotation of more blocks that are most of the page is an indentation
_ITEM_BLOCKS, _ITEM_CHARS = 5, 1200  # an item of more own blocks and characters is a section: a post, a card, a step with its own layout
_CELL_CHARS, _CELL_BLOCKS = 400, 3  # a cell of more is prose
_NAME_CHARS = 200
_CACHED_NAMES = 50_000

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
ITEMS = frozenset(("li", "dt", "dd"))
_SECTIONS = frozenset(("article", "section", "header", "footer", "form", "table", *_HEADINGS))  # an item that holds one is a section itself
_CLOSED = frozenset(("gutter", "initial", "table"))  # nothing in them is anything else
_SPECIAL = frozenset((*_HEADINGS, *ITEMS, "pre", "listing", "xmp", "blockquote", "table", "figcaption", "aside"))


class Place(NamedTuple):
    """What a container's text is.

    `kind` is "" for paragraphs, else "heading", "list", "quote", "code", "table", "caption", "footnote", "gutter" (line numbers) or
    "initial" (a paragraph's first letter); `anchor` the container that makes its blocks one (the item, the quotation, the listing).
    `level` is a heading's; `items` and `quoted` count the list items and quotations around, itself included. `pulled` is the aside or
    pull quote around, else -1.
    """

    kind: str = ""
    anchor: int = -1
    level: int = 0
    items: int = 0
    quoted: int = 0
    pulled: int = -1


_NOWHERE = Place()


class _Table:
    """What decides whether a <table> holds data or only arranges the page."""

    __slots__ = ("cells", "chars", "headed", "nested", "prose", "rows", "widest")

    def __init__(self) -> None:
        self.rows = self.cells = self.widest = self.chars = self.prose = 0
        self.headed = self.nested = False

    @property
    def is_layout(self) -> bool:
        return self.nested or self.widest < 2 or self.rows < 2 or (self.prose > self.chars // 2 and not self.headed)


class Outline:
    """The places of one page's containers, found as they are asked for."""

    def __init__(self, page: Segmentation) -> None:
        self.page = page
        self.places: dict[int, Place] = {-1: _NOWHERE}
        self._surveyed = False
        self._section_lists: set[int] = set()
        self._layout_tables: set[int] = set()
        self._numbers: dict[int, int] = {}

    def place(self, container: int) -> Place:
        """Return what the text directly in `container` is."""
        places, parents = self.places, self.page.parents
        tags, attributes_of = self.page.tags, self.page.attributes
        path = []
        while container not in places:
            path.append(container)
            container = parents[container]
        place = places[container]
        for container in reversed(path):
            if place.kind not in _CLOSED:
                tag, attributes = tags[container], attributes_of[container]
                if tag in _SPECIAL and place.kind != "code":
                    place = self._enter(place, container, tag)
                if attributes:
                    names = attributes.get("class")
                    meaning = _meanings.get(names, _UNSEEN)
                    if meaning is _UNSEEN:
                        meaning = _meaning(names)
                    if meaning is not None or "role" in attributes or "id" in attributes:
                        place = self._name(place, container, meaning, attributes)
            places[container] = place
        return place

    def number(self, item: int) -> int | None:
        """Return the number that an ordered list's item has on the page; None for other items."""
        self._survey()
        return self._numbers.get(item)

    def _enter(self, place: Place, container: int, tag: str) -> Place:
        if tag in _HEADINGS:
            if place.kind == "caption" or not self._is_small(container, _HEADING_BLOCKS, _HEADING_CHARS):
                return place
            return place._replace(kind="heading", anchor=container, level=_HEADINGS[tag])
        if place.kind == "heading" or (place.kind == "caption" and tag != "pre"):
            return place
        if tag in ITEMS:
            self._survey()
            if self.page.parents[container] in self._section_lists:
                return place
            kind = "footnote" if place.kind == "footnote" else "list"
            depth = place.items + (2 if tag == "dd" else 1)
            return place._replace(kind=kind, anchor=container, items=min(depth, _DEEPEST))
        if tag == "blockquote":
            if self._is_indentation(container):
                return place
            return place._replace(kind="quote", anchor=container, quoted=min(place.quoted + 1, _DEEPEST), pulled=container)
        if tag == "table":
            self._survey()
            return place if container in self._layout_tables else place._replace(kind="table", anchor=container)
        if tag == "figcaption":
            return place._replace(kind="caption", anchor=container)
        if tag == "aside":
            return place._replace(pulled=container) if self._is_small(container, _PULLED_BLOCKS, None) else place
        return place._replace(kind="code", anchor=container)

    def _name(self, place: Place, container: int, meaning: str | None, attributes: dict[str, str | None]) -> Place:
        role = attributes.get("role")
        if role == "heading" and place.kind in ("", "list") and self._is_small(container, _HEADING_BLOCKS, _HEADING_CHARS):
            level = attributes.get("aria-level") or "2"
            return place._replace(kind="heading", anchor=container, level=int(level) if level in "123456" and level else 2)
        if meaning is None and role is not None:
            meaning = _meaning(role)
        if meaning is None and place.kind == "":
            meaning = "footnote" if _meaning(attributes.get("id")) == "footnote" else None
        if meaning == "gutter" and self._is_gutter(container):
            return place._replace(kind="gutter", anchor=container)
        if place.kind == "code":
            return place
        if meaning == "initial" and self._is_small(container, 1, 2):
            return place._replace(kind="initial", anchor=container)
        if meaning == "footnote" and place.kind in ("", "list"):
            return place._replace(kind="footnote", anchor=container)
        if meaning == "caption" and place.kind == "" and self._is_small(container, _CAPTION_BLOCKS, _CAPTION_CHARS):
            return place._replace(kind="caption", anchor=container)
        if meaning == "pulled" and self._is_small(container, _PULLED_BLOCKS, None):
            return place._replace(pulled=container)
        return place

    def _is_small(self, container: int, most: int, chars: int | None) -> bool:
        start, end = self.page.starts[container], self.page.ends[container]
        return end - start <= most and (chars is None or sum([len(block.text) for block in self.page.blocks[start:end]]) <= chars)

    def _is_gutter(self, container: int) -> bool:
        start, end = self.page.starts[container], self.page.ends[container]
        samples = (start, (start + end) // 2, end - 1) if end > start else ()
        return all(not (self.page.blocks[index].text[:40].strip(" \n0123456789") or index < 0) for index in samples)

    def _is_indentation(self, container: int) -> bool:
        count = self.page.ends[container] - self.page.starts[container]
        return count > _QUOTED_BLOCKS and count > len(self.page.blocks) // 3

    def _survey(self) -> None:
        """Look at all containers once, for what only the whole of a list or a table tells."""
        if self._surveyed:
            return
        self._surveyed = True
        page = self.page
        item_of, cell_of, row_of, table_of = [-1], [-1], [-1], [-1]  # of each container, shifted by one: the first is no container's
        tables: dict[int, _Table] = {}
        cells: dict[int, list[int]] = {}  # cell -> characters, blocks
        row_cells: dict[int, int] = {}
        counted: dict[int, int] = {}  # ordered list -> items so far
        items: dict[int, list[int]] = {}
        for container, (parent, tag) in enumerate(zip(page.parents, page.tags, strict=True)):
            item, cell, row, table = item_of[parent + 1], cell_of[parent + 1], row_of[parent + 1], table_of[parent + 1]
            if tag in ITEMS:
                item = container
                items[item] = [0, 0]
                if parent >= 0 and page.tags[parent] == "ol":
                    counted[parent] = self._count(container, parent, counted)
            elif tag in _SECTIONS:
                if item >= 0:
                    self._section_lists.add(page.parents[item])
                if tag == "table":
                    if table >= 0:
                        tables[table].nested = True
                    tables[container] = _Table()
                    table, row, cell = container, -1, -1
            elif table >= 0 and tag == "tr":
                tables[table].rows += 1
                row, cell = container, -1
                row_cells[row] = 0
            elif row >= 0 and cell < 0 and (tag == "td" or tag == "th"):
                cell = container
                cells[cell] = [0, 0]
                row_cells[row] += span(page.attributes[cell].get("colspan"))
                if row_cells[row] > tables[table].widest:
                    tables[table].widest = row_cells[row]
                if tag == "th":
                    tables[table].headed = True
            item_of.append(item)
            cell_of.append(cell)
            row_of.append(row)
            table_of.append(table)
        for block in page.blocks:
            for counts in (items.get(item_of[block.container + 1]), cells.get(cell_of[block.container + 1])):
                if counts is not None:
                    counts[0] += len(block.text)
                    counts[1] += 1
        for item, (chars, count) in items.items():
            if count > _ITEM_BLOCKS and chars > _ITEM_CHARS:
                self._section_lists.add(page.parents[item])
        for cell, (chars, count) in cells.items():
            found = tables[table_of[cell + 1]]
            found.chars += chars
            if chars > _CELL_CHARS or (count > _CELL_BLOCKS and chars > _CELL_CHARS // 2):
                found.prose += chars
        self._spread(items, item_of)
        for container, found in tables.items():
            role = page.attributes[container].get("role")
            if found.is_layout or role == "presentation" or role == "none":
                self._layout_tables.add(container)

    def _spread(self, items: Iterable[int], item_of: list[int]) -> None:
        """A list in whose items a list of sections stands holds sections itself."""
        parents = self.page.parents
        for item in reversed(list(items)):
            if parents[item] in self._section_lists:
                outer = item_of[parents[item] + 1]
                if outer >= 0:
                    self._section_lists.add(parents[outer])

    def _count(self, item: int, parent: int, counted: dict[int, int]) -> int:
        attributes = self.page.attributes
        last = counted.get(parent)
        if last is None:
            start = _integer(attributes[parent].get("start"))
            last = 0 if start is None else start - 1
        value = _integer(attributes[item].get("value"))
        number = last + 1 if value is None else value
        self._numbers[item] = number
        return number


@cache
def _words() -> dict[str, str]:
    table = tomllib.loads((files("scraper") / "data" / "structure.toml").read_text("utf-8"))
    return {word: meaning for meaning, words in table.items() for word in words}


_UNSEEN = "?"
_meanings: dict[str | None, str | None] = {None: None}  # answers for the names seen so far: pages repeat a few hundred


def _meaning(names: str | None) -> str | None:
    """Return what class, id or role names say: "pulled", "caption", "footnote", "initial", "gutter", or None."""
    found = _meanings.get(names, _UNSEEN)
    if found is not _UNSEEN:
        return found
    if len(_meanings) >= _CACHED_NAMES:
        _meanings.clear()
        _meanings[None] = None
    words = _words()
    found = None
    for name in (names or "")[:_NAME_CHARS].lower().split():
        parts = name.replace("_", "-").split("-")
        found = words.get("".join(parts)) or next((words[part] for part in parts if part in words), None)
        if found:
            break
    _meanings[names] = found
    return found


def _integer(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if len(value) <= 6 and value.isascii() and value.isdigit() else None
