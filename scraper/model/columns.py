"""A page's blocks and containers as flat columns: what features are computed from, many blocks at once."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from scraper.blocks import Segmentation

Array = np.ndarray[Any, Any]

LEVELS = 4  # the block's container, its parent, …
_PARAGRAPH_CHARS = 80
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+")  # a character of Chinese, Japanese or Korean says as much as two letters
_SAMPLED, _SAMPLE_CHARS = 50, 40  # blocks, and characters of each, that show whether a page has such
_PARAGRAPH_LINKS = 0.35
TAG_GROUPS = (
    "p",
    "h1",
    "h2",
    "h3 h4 h5 h6",
    "li",
    "td th",
    "pre",
    "blockquote",
    "figcaption caption",
    "dt dd",
    "div section",
    "a button label",
)
_TAGS = {tag: number for number, group in enumerate(TAG_GROUPS) for tag in group.split()}
_HEADINGS = (1, 3)  # the first and last group of headings


class Columns(NamedTuple):
    """Columns of n blocks (`blocks`) and c containers. `levels` has the indexes of each block's nearest containers, of shape (LEVELS, n).

    `sums` are running sums over the blocks, of shape (3, n + 1): characters, those linked, those of paragraphs. `parents` has the first
    container as its own parent.
    """

    blocks: int
    texts: list[str]
    lengths: list[int]
    names: list[str]  # of tags
    tags: Array  # their groups' numbers
    chars: Array  # those of Chinese, Japanese and Korean count twice, here and in the next columns
    linked: Array
    bold: Array
    paragraph: Array  # characters of the block if it is a paragraph, else 0
    headings: Array  # bool
    starts: Array
    ends: Array
    parents: Array
    levels: Array
    sums: Array


def columns(page: Segmentation) -> Columns:
    """Return the columns of a page, which must have a block."""
    blocks = page.blocks
    texts, names = [block.text for block in blocks], [block.tag for block in blocks]
    count, containers = len(texts), len(page.tags)
    lengths = list(map(len, texts))
    sizes = np.empty((4, count), np.float32)
    chars, linked, paragraph, bold = sizes
    chars[:] = lengths
    linked[:] = [block.link_chars for block in blocks]
    bold[:] = [block.bold_chars for block in blocks]
    if _is_wide(page.title, texts):
        wider = 1 + np.array([sum(map(len, _WIDE.findall(text))) for text in texts], np.float32) / chars
        for row in (chars, linked, bold):
            row *= wider
    np.multiply(chars, (chars >= _PARAGRAPH_CHARS) & (linked < _PARAGRAPH_LINKS * chars), out=paragraph)
    sums = np.zeros((3, count + 1))
    np.cumsum(sizes[:3], axis=1, out=sums[:, 1:])
    parents = np.fromiter(page.parents, np.int64, containers)
    parents[0] = 0
    levels = np.empty((LEVELS, count), np.int64)
    levels[0] = [block.container for block in blocks]
    for level in range(1, LEVELS):
        parents.take(levels[level - 1], out=levels[level])
    tags = np.fromiter(map(_TAGS.get, names, repeat(len(TAG_GROUPS))), np.int64, count)
    return Columns(
        count,
        texts,
        lengths,
        names,
        tags,
        chars,
        linked,
        bold,
        paragraph,
        (tags >= _HEADINGS[0]) & (tags <= _HEADINGS[1]),
        np.fromiter(page.starts, np.int64, containers),
        np.fromiter(page.ends, np.int64, containers),
        parents,
        levels,
        sums,
    )


def _is_wide(title: str | None, texts: list[str]) -> bool:
    sample = "".join([title or "", *[text[:_SAMPLE_CHARS] for text in texts[:: max(1, len(texts) // _SAMPLED)]]])
    return not sample.isascii() and _WIDE.search(sample) is not None


def numbered(keys: Iterable[Any]) -> list[int]:
    """Return for each key the order in which it was first seen."""
    numbers: defaultdict[Any, int] = defaultdict(itertools.count().__next__)
    return list(map(numbers.__getitem__, keys))
