"""What a page's containers make of the text in them: a heading, a list item, a quotation, code, a table's cell, a caption, a note.

Each container is judged once, from its own tag and names and from what its parent was found to be; containers that add nothing share their
parent's answer.
"""

import tomllib
from bisect import bisect_left
from functools import cache
from importlib.resources import files
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from scraper.blocks import Segmentation
from scraper.structure.layout import HEADINGS, ITEMS, Layout

DEEPEST = 12  # of lists in lists and quotations in quotations; no page means more
_HEADING_BLOCKS, _HEADING_CHARS = 4, 400  # an unclosed <h2> takes the whole text in
_CAPTION_BLOCKS, _CAPTION_CHARS = 4, 400  # longer ones are the text of a gallery or a card
_LISTING_REACH = 8  # containers from a column of numbers to its listing
_FIGURE_PICTURES = 20
_FIGURE_DEPTH = 8  # containers from a figure down to its picture
_PULLED_BLOCKS = 5
_QUOTED_BLOCKS = 12  # a quotation of more blocks that are most of the page is an indentation
_NAME_CHARS = 200
_CACHED_NAMES = 50_000
_CACHED_CHARS = 500  # longer names are read each time

_LEVELS = frozenset("123456")
_CLOSED = frozenset(("gutter", "initial", "table"))  # nothing in them is anything else
_LISTS = frozenset(("ol", "ul"))
_SPECIAL = frozenset((*HEADINGS, *ITEMS, *_LISTS, "pre", "listing", "xmp", "blockquote", "table", "figcaption", "aside"))


class Place(msgspec.Struct, frozen=True, gc=False):
    """What a container's text is.

    `kind` is "" for paragraphs, else "heading", "list", "quote", "code", "table", "caption", "footnote", "gutter" (line numbers) or
    "initial" (a paragraph's first letter); `anchor` the container that makes its blocks one (the item, the quotation, the listing).
    `level` is a heading's; `items` and `quoted` count the list items and quotations around, itself included. `pulled` is the aside or
    pull quote around, `note` the number of the page's note that the text is of, else -1.
    """

    kind: str = ""
    anchor: int = -1
    level: int = 0
    items: int = 0
    quoted: int = 0
    pulled: int = -1
    note: int = -1


_NOWHERE = Place()


class Outline:
    """The places of one page's containers, found as they are asked for."""

    def __init__(self, page: Segmentation) -> None:
        self.page = page
        self.places: dict[int, Place] = {-1: _NOWHERE}
        self.layout = Layout(page)

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
                    if meaning is not None or "role" in attributes:
                        place = self._name(place, container, meaning, attributes)
            places[container] = place
        return place

    def _enter(self, place: Place, container: int, tag: str) -> Place:
        if tag in HEADINGS:
            if place.kind == "caption" or not self._is_small(container, _HEADING_BLOCKS, _HEADING_CHARS):
                return place
            return replace(place, kind="heading", anchor=container, level=HEADINGS[tag])
        if place.kind == "heading" or (place.kind == "caption" and tag != "pre"):
            return place
        if tag in ITEMS:
            if not self.layout.is_item(container):
                return place
            kind = "footnote" if place.kind == "footnote" else "list"
            depth = place.items + (2 if tag == "dd" else 1)
            return replace(place, kind=kind, anchor=container, items=min(depth, DEEPEST))
        if tag in _LISTS:  # directly in a list, without an item around it
            above = self.page.parents[container]
            inner = above >= 0 and self.page.tags[above] in _LISTS
            return replace(place, items=min(place.items + 1, DEEPEST)) if inner else place
        if tag == "blockquote":
            if self._is_indentation(container):
                return place
            return replace(place, kind="quote", anchor=container, quoted=min(place.quoted + 1, DEEPEST), pulled=container)
        if tag == "table":
            return replace(place, kind="table", anchor=container) if self.layout.is_data(container) else place
        if tag == "figcaption":
            return replace(place, kind="caption", anchor=container) if self._is_caption(container) else place
        if tag == "aside":
            return replace(place, pulled=container) if self._is_small(container, _PULLED_BLOCKS, None) else place
        if _meaning(self.page.classes[container]) == "verse":
            return place
        return replace(place, kind="code", anchor=container)

    def _name(self, place: Place, container: int, meaning: str | None, attributes: dict[str, str | None]) -> Place:
        role = attributes.get("role")
        if role == "heading" and place.kind in ("", "list") and self._is_small(container, _HEADING_BLOCKS, _HEADING_CHARS):
            level = attributes.get("aria-level") or "2"
            return replace(place, kind="heading", anchor=container, level=int(level) if level in _LEVELS else 2)
        if meaning is None and role is not None:
            meaning = _meaning(role)
        if meaning == "gutter" and (place.kind == "code" or self._is_by_listing(container)) and self._is_gutter(container):
            return replace(place, kind="gutter", anchor=container)
        if place.kind == "code":
            return place
        if meaning == "initial" and self._is_small(container, 1, 2):
            return replace(place, kind="initial", anchor=container)
        if meaning == "footnote" and place.kind in ("", "list"):
            return replace(place, kind="footnote", anchor=container)
        if meaning == "caption" and place.kind == "" and self._is_caption(container):
            return replace(place, kind="caption", anchor=container)
        if meaning == "pulled" and self._is_small(container, _PULLED_BLOCKS, None):
            return replace(place, pulled=container)
        return place

    def _is_small(self, container: int, most: int, chars: int | None) -> bool:
        start, end = self.page.starts[container], self.page.ends[container]
        return end - start <= most and (chars is None or sum([len(block.text) for block in self.page.blocks[start:end]]) <= chars)

    def _is_caption(self, container: int) -> bool:
        """Whether a short text stands in a figure with, or else beside, a picture: listings, tables and quotations are captioned too."""
        page = self.page
        if not self._is_small(container, _CAPTION_BLOCKS, _CAPTION_CHARS):
            return False
        figure = page.parents[container]
        for _ in range(_FIGURE_DEPTH):
            if figure < 0 or page.tags[figure] == "figure":
                break
            figure = page.parents[figure]
        in_figure = figure >= 0 and page.tags[figure] == "figure"
        first, last = (page.starts[figure], page.ends[figure]) if in_figure else (page.starts[container] - 1, page.ends[container])
        for pictures in (page.pictures, page.embeds):
            place = bisect_left(pictures, first, key=attrgetter("block"))
            for picture in pictures[place : place + _FIGURE_PICTURES]:
                if picture.block > last:
                    break
                if not in_figure or self._is_inside(picture.container, figure):
                    return True
        return False

    def _is_inside(self, container: int, outer: int) -> bool:
        for _ in range(_FIGURE_DEPTH):
            if container <= outer:
                break
            container = self.page.parents[container]
        return container == outer

    def _is_by_listing(self, container: int) -> bool:
        """Grids of other things have gutters too."""
        return "pre" in self.page.tags[container : container + _LISTING_REACH]

    def _is_gutter(self, container: int) -> bool:
        start, end = self.page.starts[container], self.page.ends[container]
        samples = (start, (start + end) // 2, end - 1) if end > start else ()
        return all(not (self.page.blocks[index].text[:40].strip(" \n0123456789") or index < 0) for index in samples)

    def _is_indentation(self, container: int) -> bool:
        count = self.page.ends[container] - self.page.starts[container]
        return count > _QUOTED_BLOCKS and count > len(self.page.blocks) // 3


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
    found = _read_names(names[:_NAME_CHARS].lower().replace("_", "-")) if names else None
    if names is None or len(names) <= _CACHED_CHARS:
        _meanings[names] = found
    return found


def _read_names(names: str) -> str | None:
    words = _words()
    telling = words.keys()
    if telling.isdisjoint(names.replace("-", " ").split()) and telling.isdisjoint(names.replace("-", "").split()):
        return None  # nearly all values end here, before the dear part
    for name in names.split():
        parts = name.split("-")
        found = words.get("".join(parts)) or next((words[part] for part in parts if part in words), None)
        if found:
            return found
    return None
