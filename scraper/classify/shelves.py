"""What a shop shows beside its product: shelves of other wares, and what its customers say."""

import re
from functools import cache, lru_cache

from msgspec.structs import replace

from scraper.blocks import Block, Segmentation
from scraper.classify import Label, chars_kept
from scraper.classify.lists import lines_of
from scraper.structure.layout import HEADINGS

_HEADING_CHARS = 80
_BLURB_CHARS = 200  # outside links, of a block on a shelf
_OWN_CHARS = 200  # kept of the page's own text, for anything to stand beside it
_PAGES = frozenset({"article", "body", "main"})  # hold more than a shelf
_COUNT = re.compile(r"[\d.,()\[\]+]+")
_COUNTS = frozenset("(0123456789")  # before the word: "12 reviews"
_HEAD = 4  # characters by which nearly all lines are told from those of the lists
_ENTRIES = frozenset({"dd", "dt", "li", "td", "th"})  # what follows is the next one
_LISTS = ("shelves", "reviews", "counted_reviews")
_REASONS = {"shelves": ("other wares", "structure/shelf"), "reviews": ("reviews of customers", "structure/review")}


def drop_shelves(page: Segmentation, labels: list[Label]) -> None:
    """Other wares, or what customers say, below a line that says so ("Customers also bought", "Reviews") are no text of the page."""
    heads = _beginnings()
    maybe = [
        block
        for block in page.blocks
        if block.text[:_HEAD] in heads or (block.text[:1] in _COUNTS and block.text.partition(" ")[2][:_HEAD] in heads)
    ]
    for block in maybe:
        kind = _heads(block.text) if len(block.text) <= _HEADING_CHARS and _may_head(page, block) else None
        below = page.blocks[block.index : _end(page, block)] if kind else []
        dropped = [one for one in below if labels[one.index].rule == "model/body"]
        if kind is None or len(below) < 2 or not dropped:
            continue
        if kind == "shelves" and any(len(one.text) - one.link_chars > _BLURB_CHARS for one in below):
            continue
        if chars_kept(page.blocks, labels) - chars_kept(dropped, labels) >= _OWN_CHARS:
            reason, rule = _REASONS[kind]
            for one in dropped:
                labels[one.index] = replace(labels[one.index], kind="chrome", reason=reason, rule=rule)


def _may_head(page: Segmentation, block: Block) -> bool:
    first = block.container >= 0 and page.starts[block.container] == block.index
    return block.tag in HEADINGS or (first and block.tag not in _ENTRIES)


@lru_cache(maxsize=4096)  # the lines of a shop stand on all its pages
def _heads(text: str) -> str | None:
    """Return what a line heads, "shelves" or "reviews"."""
    key = " ".join(_COUNT.sub(" ", text).casefold().replace("’", "'").split()).strip(" :…!?»›")
    for name in _LISTS:
        whole, starts = _lines(name)
        if key in whole or key.startswith(starts):
            return name if name in _REASONS else "reviews" if any(map(str.isdigit, text)) else None
    return None


def _end(page: Segmentation, heading: Block) -> int:
    """Return the block behind all that a heading heads: the largest element that begins with it, else up to the next as high."""
    first, container, end = heading.index, heading.container, heading.index + 1
    while container >= 0 and page.starts[container] == first and page.tags[container] not in _PAGES:
        end = page.ends[container]
        container = page.parents[container]
    if end > first + 1 or heading.tag not in HEADINGS or container < 0:
        return end
    last = page.ends[container]
    return next((at for at in range(end, last) if page.blocks[at].tag in HEADINGS and page.blocks[at].tag <= heading.tag), last)


@cache
def _lines(name: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the lines of a list, and what others of it begin with."""
    lines = lines_of(name)
    return frozenset(line for line in lines if line[-1] != "*"), tuple(line[:-1] for line in lines if line[-1] == "*")


@cache
def _beginnings() -> frozenset[str]:
    """Return what a line of the lists may begin with."""
    words = {line[:_HEAD] for name in _LISTS for lines in _lines(name) for line in lines}
    return frozenset(case(word) for word in words for case in (str, str.upper, str.capitalize, str.title))
