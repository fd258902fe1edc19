"""A label and a reason for each block of an HTML page."""

from typing import NamedTuple

from scraper.blocks import Block, Segmentation

_GOOD_CHARS = 60
_MAX_LINK_DENSITY = 0.4


class Label(NamedTuple):
    """What a block is: "body", "headline" or "chrome", why, by which rule, and how sure (0 to 1000)."""

    kind: str
    reason: str
    rule: str
    score: int


def classify(page: Segmentation) -> list[Label]:
    """Return one label per block."""
    good = [_is_prose(block) for block in page.blocks]
    if not any(good):
        return [Label("chrome", "not prose", "shape/short-or-linked", 0) for _ in page.blocks]
    first, last = good.index(True), len(good) - 1 - good[::-1].index(True)
    return [_label(block, good[block.index], first <= block.index <= last) for block in page.blocks]


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _GOOD_CHARS and block.link_chars <= _MAX_LINK_DENSITY * len(block.text)


def _label(block: Block, good: bool, inside: bool) -> Label:
    if good:
        return Label("body", "prose", "shape/prose", 800)
    if inside and block.tag in ("h2", "h3", "h4", "p") and not block.link_chars:
        return Label("body", "between paragraphs", "shape/between", 600)
    return Label("chrome", "short or mostly links", "shape/short-or-linked", 100)
