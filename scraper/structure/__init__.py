"""Labelled blocks of the walk -> typed blocks of the body: what was one list item, quotation, listing or table on the page is one block."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from normalise.article import BlockType, BodyBlock
from normalise.text import clean_line, clean_lines, compose
from normalise.url import resolve
from scraper.blocks import Block, Segmentation
from scraper.credits import is_credit_line
from scraper.structure.layout import ITEMS
from scraper.structure.listings import code_language, without_line_numbers
from scraper.structure.media import media_blocks
from scraper.structure.notes import note_blocks
from scraper.structure.outline import DEEPEST, Outline, Place
from scraper.structure.tables import Grid, read_table
from scraper.text.lines import TextPage
from scraper.walk.inline import with_spans

_TEXT_TAGS: dict[str, Place] = {  # of text pages, whose blocks have no container
    **{f"h{level}": Place("heading", level=level) for level in range(1, 7)},
    "li": Place("list", items=1),
    "blockquote": Place("quote", quoted=1),
    "pre": Place("code"),
}
_PARAGRAPH = Place()
_GALLERY = 3  # times as much text in captions as beside them
_NO_PROSE = frozenset(("caption", "embed", "heading", "image"))
_SPACES = re.compile("( +)")
_BULLETS = frozenset("•‣▪●◦■")
_FIRST = _BULLETS | {"·", "-"}  # which may set parts of a line apart, too
_ITEM_MARK = re.compile(r"(?:[•·‣▪●◦■–—*∘⋄-]|\(?[0-9]{1,3}[.)])\Z")
_DISPLAYED = ((r"\[", r"\]"), ("$$", "$$"))
_BACK = " ^↑↩↵⏎\ufe0e"  # signs that lead from a note back to the text


def body_blocks(page: Segmentation, kept: Sequence[bool], outline: Outline | None = None, *, url: str | None = None) -> list[BodyBlock]:
    """Return the typed blocks of the kept blocks, in page order, with the images and embeds between them.

    `kept` has one truth value a block; `url` is what addresses are resolved against. About 3 microseconds a kept block.
    """
    outline = outline or Outline(page)
    base = resolve(page.base, url) or url if page.base else url
    body = _Body(outline, media_blocks(page, kept, base) if page.pictures or page.embeds else [], base)
    places, blocks = outline.places, page.blocks
    notes = {index: number for number, inside in note_blocks(page) for index in inside}
    next_media = body.next_media()
    for index, keep in enumerate(kept):
        if not keep:
            continue
        if index >= next_media:
            body.add_media(index)
            next_media = body.next_media()
        block = blocks[index]
        container = block.container
        place = (places.get(container) or outline.place(container)) if container >= 0 else _text_place(page, block)
        if index in notes and place.kind != "code":
            body.add(block, replace(place, kind="footnote", anchor=container, note=notes[index]))
        elif place.kind:
            body.add(block, place)
        else:
            body.add_paragraph(block, place)
    body.end_group()
    return _with_captions_read(body.blocks)


def _text_place(page: Segmentation, block: Block) -> Place:
    if isinstance(page, TextPage):
        if block.tag == "tr":
            return Place("table", anchor=page.rows[block.index].table)
        if block.index in page.depths:
            return Place("list", items=min(1 + page.depths[block.index], DEEPEST))
    return _TEXT_TAGS.get(block.tag, _PARAGRAPH)


class _Body:
    """The typed blocks so far, and the blocks of the item, quotation, listing or table that is still open."""

    def __init__(self, outline: Outline, media: list[tuple[int, BodyBlock]], base: str | None) -> None:
        self.outline = outline
        self.marks = outline.page.marks
        self.base = base  # of addresses
        self.media = media
        self.shown = 0  # of the media
        self.blocks: list[BodyBlock] = []
        self.group: list[Block] = []
        self.place = _PARAGRAPH
        self.initial: Block | None = None
        self.left: set[int] = set()  # items that another block has interrupted
        self.formulas = {index: clean_line(text) for index, text in outline.page.formulas}

    def add(self, block: Block, place: Place) -> None:
        """Add a block that is more than a paragraph: to the open group where it belongs there."""
        if place.kind == "gutter":
            return
        if self.group:
            is_same = place.anchor == self.place.anchor >= 0 and place.kind == self.place.kind
            if is_same if place.note < 0 else place.note == self.place.note:
                self.group.append(block)
                return
            self.end_group()
        if place.kind == "initial":
            self.initial = block
        elif place.kind == "list" and place.anchor in self.left:  # more of an item, after the list inside it
            self.add_paragraph(block, place)
        else:
            self.group.append(block)
            self.place = place

    def add_paragraph(self, block: Block, place: Place) -> None:
        """Add one paragraph."""
        if self.group:
            self.end_group()
        text, index = block.text, block.index
        sources = [block]
        if self.initial is not None:
            text = self.initial.text + text if text[:1].islower() else f"{self.initial.text} {text}"
            sources = [self.initial, block]
            self.initial = None
        text = clean_code(text) if block.tag == "pre" else _clean(text)  # a poem's lines
        if text[:1] in _FIRST and place.kind == "" and (items := _bulleted(text)):
            self._append([BodyBlock(type="list", text=item, level=place.items, quoted=place.quoted) for item in items], sources)
        elif text:
            kind: BlockType = "math" if index in self.formulas and self.formulas[index] == text.rstrip(" .,;") else "paragraph"
            if text[0] in "\\$" and (formula := _displayed(text)):
                kind, text = "math", formula
            self._append([BodyBlock(type=kind, text=text, level=place.items, quoted=place.quoted)], sources)

    def next_media(self) -> int:
        """Return the index of the block that follows the next image or embed."""
        return self.media[self.shown][0] if self.shown < len(self.media) else len(self.outline.page.blocks)

    def add_media(self, index: int) -> None:
        """Add the media before block `index`, with their captions."""
        self.end_group()
        page = self.outline.page
        while self.shown < len(self.media) and self.media[self.shown][0] <= index:
            position, block = self.media[self.shown]
            self.blocks.append(block)
            self.shown += 1
            if self.next_media() > position:
                captions = [found for found in page.blocks[position:index] if self._is_caption(found)]
                if captions:
                    self._append([BodyBlock(type="caption", text="\n\n".join([_clean(found.text) for found in captions]))], captions)

    def _is_caption(self, block: Block) -> bool:
        return self.outline.place(block.container).kind == "caption" or is_credit_line(block.text, by_picture=True)

    def end_group(self) -> None:
        """Close the open group, if any."""
        if self.initial is not None:
            self._append([BodyBlock(type="paragraph", text=_clean(self.initial.text))], [self.initial])
            self.initial = None
        if self.group:
            self._append([block for block in _typed(self.group, self.place, self.outline) if block.text], self.group)
            if self.place.kind == "list" and self.place.anchor >= 0:
                self.left.add(self.place.anchor)
            self.group = []

    def _append(self, found: list[BodyBlock], sources: list[Block]) -> None:
        """Add the typed blocks that were made of the blocks `sources`."""
        self.blocks += with_spans(found, sources, self.marks, self.base) if self.marks else found


def _typed(group: list[Block], place: Place, outline: Outline) -> list[BodyBlock]:
    """Return what the consecutive blocks of one item, quotation, listing or table are: one block, and a table's caption before it."""
    kind: BlockType = place.kind  # type: ignore[assignment]
    page = outline.page
    if kind == "table":
        return _table(group, place, page)
    if kind == "code":
        text = clean_code("\n".join(without_line_numbers([block.text for block in group])))
        stated = page.languages.get(group[0].index) if isinstance(page, TextPage) else None
        language = code_language(page, place.anchor) if place.anchor >= 0 else stated
        return [BodyBlock(type=kind, text=text, level=place.items, quoted=place.quoted, language=language)]
    texts = [text for text in [_clean(block.text) for block in group] if text]
    if kind == "heading":
        text = " ".join(texts).replace("\n", " ").rstrip("¶ ")
        return [BodyBlock(type=kind, text=text, level=place.level, quoted=place.quoted)]
    if kind == "footnote":
        return _notes(texts, place, outline)
    if kind == "list" and len(texts) > 1 and _ITEM_MARK.match(texts[0]):
        del texts[0]  # printed beside the item
    text = "\n\n".join(texts)
    if kind == "list":
        number = page.numbers.get(group[0].index) if isinstance(page, TextPage) else outline.layout.number(place.anchor)
        level = max(0, place.items - 1)
        return [BodyBlock(type=kind, text=text, level=level, ordered=number is not None, number=number or 0, quoted=place.quoted)]
    return [BodyBlock(type=kind, text=text, level=place.items, quoted=place.quoted)]


def _displayed(text: str) -> str:
    """Return the TeX of a paragraph that is nothing but a formula set apart, as scripts on the page would show it; "" for other text."""
    for opening, closing in _DISPLAYED:
        if text.startswith(opening) and text.find(closing, 2) == len(text) - 2 > 2:
            return text[2:-2].strip()
    return ""


def _bulleted(text: str) -> list[str]:
    """Return the items of a paragraph whose lines all start with a printed bullet, or its several lines with a hyphen; else nothing."""
    lines = [line for line in text.split("\n") if line]
    items = [line[1:].strip() for line in lines if line[0] in _BULLETS or line.startswith(("· ", "- "))]
    return items if len(items) == len(lines) and all(items) and (text[0] != "-" or len(items) > 1) else []


def _notes(texts: list[str], place: Place, outline: Outline) -> list[BodyBlock]:
    texts = [text.strip(_BACK) or text for text in texts]
    if place.note >= 0:
        mark = outline.page.notes[place.note].mark
        stated = int(mark) if mark.isdecimal() else 0
        return [BodyBlock(type="footnote", text="\n\n".join(texts), ordered=stated > 0, number=stated)]
    if outline.page.tags[place.anchor] in ITEMS:
        texts = ["\n\n".join(texts)]
    number = outline.layout.number(place.anchor)
    return [BodyBlock(type="footnote", text=text, ordered=number is not None, number=number or 0) for text in texts]


def _table(group: list[Block], place: Place, page: Segmentation) -> list[BodyBlock]:
    grid = read_table(group, place.anchor, page) if not isinstance(page, TextPage) else _text_table(group, page)
    found = [BodyBlock(type="paragraph", text=_clean(block.text), level=place.items, quoted=place.quoted) for block in grid.outside]
    text = "\n".join([" | ".join(filter(None, row)) for row in grid.rows])
    found.append(BodyBlock(type="table", text=text, rows=grid.rows, header=grid.header, level=place.items, quoted=place.quoted))
    return found


def _text_table(group: list[Block], page: TextPage) -> Grid:
    rows = [page.rows[block.index] for block in group]
    return Grid([[_clean(cell) for cell in row.cells] for row in rows], rows[0].is_header, [])


def _with_captions_read(blocks: list[BodyBlock]) -> list[BodyBlock]:
    """Captions are prose where there is hardly anything else: a gallery's."""
    captions = sum([len(block.text) for block in blocks if block.type == "caption"])
    if not captions or captions <= _GALLERY * sum([len(block.text) for block in blocks if block.type not in _NO_PROSE]):
        return blocks
    return [replace(block, type="paragraph") if block.type == "caption" else block for block in blocks]


def _clean(text: str) -> str:
    """The walk has put the white space in order already; only odd characters need more."""
    if text.isprintable():
        return text if text.isascii() else compose(text)
    return clean_lines(text)


def clean_code(text: str) -> str:
    """Return a listing in NFC without control characters, its lines and indentation as they are."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return text
    lines = text.expandtabs().replace("\xa0", " ").replace("\r", "").split("\n")
    return "\n".join(["".join([part if part[:1] == " " else _clean(part) for part in _SPACES.split(line)]) for line in lines]).strip("\n")
