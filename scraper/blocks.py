"""What the walk over a page gives: its blocks in a flat list, with what stands beside them.

Blocks keep their order and their place, hints say what an element's attributes claim; nothing is decided here.
"""

from typing import Any, Literal

import msgspec

from normalise.article import SpanType

# Attributes with a picture's address, and those that scripts read it from.
_ADDRESSES = ("src", "data-src", "data-lazy-src", "data-original", "data", "data-srcset", "srcset")


class Block(msgspec.Struct, gc=False):
    """One run of text under one block-level element, in page order.

    `text` has its white space collapsed, single `<br>` kept as a newline; in `pre` it is verbatim. `container` indexes the columns of
    `Segmentation`. `link_chars` and `bold_chars` count the characters of `text` inside `<a>` and `<b>` or `<strong>`.
    """

    index: int
    text: str
    tag: str
    container: int = -1
    link_chars: int = 0
    bold_chars: int = 0


class Hint(msgspec.Struct, frozen=True, gc=False):
    """An element whose attributes say what it holds.

    `kind` is "author", "profile" (a link to a person's page), "date", "modified", "headline", "section", "dek", "tag", "breadcrumb" or
    "caption"; `source` the attribute ("rel=author", "href=author", "itemprop=datepublished", "class=byline", "time@datetime"); `value` its
    content=, datetime= or href=; `block` the index of the first block at or after its start.
    """

    kind: str
    source: str
    text: str
    value: str | None
    block: int


class Picture(msgspec.Struct, frozen=True, gc=False):
    """An `<img>` or an embed: its attributes, its container, and the index of the block that follows it."""

    attributes: dict[str, str | None]
    container: int
    block: int

    @property
    def address(self) -> str:
        """Its own address as written, "" for none; scripts that load it late keep that beside a stand-in."""
        for name in _ADDRESSES:
            value = self.attributes.get(name)
            if value and not value.startswith("data:"):
                return value.split(None, 1)[0] if name.endswith("srcset") and not value.isspace() else value
        return ""

    def pixels(self, side: Literal["width", "height"]) -> int | None:
        """What it says of its size on the page."""
        stated = (self.attributes.get(side) or "").strip()[:6].removesuffix("px")
        return int(stated) if stated.isascii() and stated.isdigit() else None


class Mark(msgspec.Struct, gc=False):
    """Inline markup of a block: its ink (characters that are not white space) from `start` to `end`. `href` is a link's, as written."""

    type: SpanType
    href: str
    start: int = 0
    end: int = 0


class Note(msgspec.Struct, gc=False):
    """A note that the text refers to: the mark it is known by, the block that refers to it, and where it stands: its first block and the
    container that it begins in (-1 where it is not found).
    """

    mark: str
    block: int
    start: int = -1
    container: int = -1


class Segmentation(msgspec.Struct, gc=False):
    """Everything that one walk reads from a page. Lists are in page order.

    `parents`, `tags`, `attributes`, `classes`, `starts` and `ends` are columns: the block-level elements that have children
    (containers), by index. A parent comes before its children, and the first has parent -1; a container's blocks are
    `blocks[start:end]`. A text page has none. `named` are those with an id, a role or an itemprop, `hidden` those whose own attributes
    hide them from a reader. `furniture` keeps the <nav> and <footer> elements that were not entered (a third of all nodes, one in a
    thousand of an article's characters), each with the index of the block that follows it. `marks`, by block, are read on request.
    """

    blocks: list[Block] = []
    parents: list[int] = []
    tags: list[str] = []
    attributes: list[dict[str, str | None]] = []
    classes: list[str | None] = []
    starts: list[int] = []
    ends: list[int] = []
    named: list[int] = []
    hidden: list[int] = []
    hints: list[Hint] = []
    pictures: list[Picture] = []
    embeds: list[Picture] = []
    listings: dict[int, dict[str, str | None]] = {}
    formulas: list[tuple[int, str]] = []
    furniture: list[tuple[int, Any]] = []
    notes: list[Note] = []
    marks: dict[int, list[Mark]] = {}
    title: str | None = None
    metas: list[tuple[str, str]] = []
    links: list[tuple[str, str]] = []
    json_ld: list[str] = []
    language: str | None = None
    base: str | None = None
