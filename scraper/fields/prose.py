"""Where a page's body and its prose start and end; prose by shape alone: enough to tell a byline above it from a comment below."""

from collections.abc import Iterable, Sequence

from scraper.blocks import Block, Segmentation
from scraper.classify import Label

MIN_CHARS = 60
MAX_LINKED = 0.4


def body_range(labels: Sequence[Label]) -> range:
    """Return the indexes from the first to the last block of the body; `range(0)` where there is none."""
    first = next((at for at, label in enumerate(labels) if label.kind == "body"), None)
    if first is None:
        return range(0)
    last = next(at for at in range(len(labels) - 1, -1, -1) if labels[at].kind == "body")
    return range(first, last + 1)


def prose_range(page: Segmentation) -> tuple[int, int]:
    """Return the indexes of the first and last block that is prose; both the number of blocks where none is."""
    none = len(page.blocks)
    return _first_prose(page.blocks, none), _first_prose(reversed(page.blocks), none)


def _first_prose(blocks: Iterable[Block], none: int) -> int:
    for block in blocks:
        if len(block.text) >= MIN_CHARS and block.link_chars <= MAX_LINKED * len(block.text):
            return block.index
    return none


def headings(page: Segmentation, tag: str, most: int = 12) -> list[tuple[int, int]]:
    """Return (start, end) of the blocks of the page's first `most` headings `tag` that have text, each of six blocks at most."""
    if not page.tags:
        return [(block.index, block.index + 1) for block in page.blocks if block.tag == tag][:most]
    found: list[tuple[int, int]] = []
    at = -1
    while len(found) < most:
        try:
            at = page.tags.index(tag, at + 1)
        except ValueError:
            break
        start, end = page.starts[at], page.ends[at]
        if start < end <= start + 6:
            while end - start > 1 and page.blocks[end - 1].tag == "button":  # "Follow", "Copy item path"
                end -= 1
            found.append((start, end))
    return found
