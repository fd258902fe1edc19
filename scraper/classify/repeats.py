"""Text that stands twice in the body: the copy for print or small screens, and the pull quote that shows a sentence again."""

from collections.abc import Iterator, Sequence

from scraper.blocks import Segmentation
from scraper.structure.outline import Outline

_LONG = 100  # characters; shorter paragraphs may well stand twice in one text
_TELLING = 40  # characters of a pull quote that are no chance
_MOST_PULLED = 30  # more quotations make a forum or a collection, which repeats on purpose
_MOST_PARTS = 3  # blocks of a pull quote: its sentence, a name, a function
_ATTRIBUTION = 80  # characters of what else may stand in a pull quote
_VERBATIM = frozenset(("code", "table"))  # listings and data repeat themselves
_COPIED_TAGS = frozenset(("p", "div", "section", "article", "blockquote", "main", "body"))
_EDGES = " \n\"'`.,;:!?…-–—_*“”„‟‘’‚‛«»‹›「」『』《》〝〞＂＇"  # what a pull quote adds or drops around a sentence


def repeats(page: Segmentation, kept: Sequence[bool], outline: Outline | None = None) -> list[int]:
    """Return the indexes of kept blocks that only repeat another kept block. Linear in the text."""
    outline = outline or Outline(page)
    indexes = [index for index, keep in enumerate(kept) if keep]
    dropped = set(_copies(page, indexes, outline))
    dropped.update(_pulled(page, [index for index in indexes if index not in dropped], outline))
    return sorted(dropped)


def _copies(page: Segmentation, indexes: list[int], outline: Outline) -> Iterator[int]:
    """Later copies of a long paragraph, with the short blocks between them that are copied in the same order."""
    blocks = page.blocks
    where: dict[str, list[int]] = {}  # text -> positions among the kept
    for position, index in enumerate(indexes):
        text = blocks[index].text
        if len(text) >= _LONG and "\n" not in text and blocks[index].tag in _COPIED_TAGS:
            where.setdefault(text, []).append(position)
    copies: dict[int, int] = {}  # position of a copy -> of its original
    for positions in where.values():
        # What stands there three times is said on purpose: terms under each offer, a refrain.
        if len(positions) == 2 and outline.place(blocks[indexes[positions[1]]].container).kind in ("", "quote"):
            copies[positions[1]] = positions[0]
    for step in (1, -1):
        for position in sorted(copies, reverse=step < 0):
            here, there = position + step, copies[position] + step
            while 0 <= there < here < len(indexes) and here not in copies and there not in copies:
                block = blocks[indexes[here]]
                if block.text != blocks[indexes[there]].text or outline.place(block.container).kind in _VERBATIM:
                    break
                copies[here] = there
                here, there = here + step, there + step
    return (indexes[position] for position in copies)


def _pulled(page: Segmentation, indexes: list[int], outline: Outline) -> Iterator[int]:
    """Blocks of asides and quotations whose words stand in a longer block of the text, and their attributions."""
    boxes: dict[int, list[int]] = {}
    prose: list[int] = []
    places = outline.places
    for index in indexes:
        container = page.blocks[index].container
        box = (places.get(container) or outline.place(container)).pulled
        if box < 0:
            prose.append(index)
        else:
            boxes.setdefault(box, []).append(index)
    if not boxes or len(boxes) > _MOST_PULLED:
        return
    text = "\n".join([page.blocks[index].text for index in prose])
    for inside in boxes.values():
        if len(inside) <= _MOST_PARTS:
            parts = [page.blocks[index].text.strip(_EDGES) for index in inside]
            told = [part for part in parts if len(part) >= _TELLING and _stands_in(part, text)]
            others = [part for part in parts if part not in told]
            if told and all(len(part) <= _ATTRIBUTION for part in others) and sum(map(len, told)) > sum(map(len, others)):
                yield from inside


def _stands_in(part: str, text: str) -> bool:
    """Whether a sentence, or a part of one that was given a capital, stands in the text."""
    return part in text or part[0].swapcase() + part[1:] in text
