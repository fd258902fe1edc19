"""Text that stands twice in the body: the copy for print or small screens, and the pull quote that shows a sentence again."""

import re
from collections.abc import Iterator, Sequence

from scraper.blocks import Segmentation
from scraper.outline import Outline

_LONG = 100  # characters; shorter paragraphs may well stand twice in one text
_TELLING = 20  # characters of a pull quote that are no chance
_MOST_PULLED = 30  # more quotations make a forum or a collection, which repeats on purpose
_ATTRIBUTION = 80  # characters of what else may stand in a pull quote
_COPIED_TAGS = frozenset(("p", "div", "section", "article", "blockquote", "main", "body"))
_NO_WORD = re.compile(r"\W+")


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
    first: dict[str, int] = {}  # text -> where it stands among the kept
    copies: dict[int, int] = {}  # position of a copy -> of its original
    for position, index in enumerate(indexes):
        block = blocks[index]
        text = block.text
        if len(text) >= _LONG and block.tag in _COPIED_TAGS and "\n" not in text:
            original = first.setdefault(text, position)
            if original != position and outline.place(block.container).kind in ("", "quote"):
                copies[position] = original
    for step in (1, -1):
        for position in sorted(copies, reverse=step < 0):
            here, there = position + step, copies[position] + step
            while 0 <= there < here < len(indexes) and here not in copies and there not in copies:
                if blocks[indexes[here]].text != blocks[indexes[there]].text:
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
    text = "\n".join([_words(page.blocks[index].text) for index in prose])
    for inside in boxes.values():
        long = [words for words in [_words(page.blocks[index].text) for index in inside] if len(words) >= _TELLING]
        told = [words for words in long if words in text]
        others = [words for words in long if words not in told]
        if told and all(len(words) <= _ATTRIBUTION for words in others) and sum(map(len, told)) > sum(map(len, others)):
            yield from inside


def _words(text: str) -> str:
    """The words of a text, lower-case, one space around each."""
    return f" {_NO_WORD.sub(' ', text.lower()).strip()} "
