"""Numbers that tell the article's blocks from the rest: one column a block, from flat arrays."""

from typing import Any, NamedTuple

import numpy as np

from scraper.blocks import Segmentation
from scraper.model.columns import TAG_GROUPS, Columns, columns, numbered
from scraper.model.surroundings import MANY, Tables, alike, ancestors, masses, named
from scraper.model.wording import shapes, wording

Array = np.ndarray[Any, Any]

_TAG_COLUMNS = np.eye(len(TAG_GROUPS) + 1, dtype=np.float32)
_FAR = 1.2  # log characters, over 10: no heading before


class Features(NamedTuple):
    """`rows` is a float32 array of shape (features, blocks); `whole` (numbers,) says of the page what is the same for all its blocks."""

    columns: Columns
    rows: Array
    whole: Array
    alike: Array  # the number of the group of blocks that each one looks like


def block_features(page: Segmentation, tables: Tables) -> Features:
    """Return the features of a page's blocks. The page must have one."""
    table = columns(page)
    chars, count = table.chars, table.blocks
    containers = named(page, tables)
    words = wording(table, tables.words)
    own = np.empty((5, count), np.float32)
    own[0] = np.log1p(chars)
    own[1] = table.linked / chars
    own[2] = table.bold / chars
    own[3] = table.paragraph > 0
    texts = np.array(numbered(table.texts))
    own[4] = np.log1p(np.minimum(np.bincount(texts), MANY) - 1).take(texts)
    headline = headline_block(page.title, table)
    groups, similar = alike(table, containers)
    parts = (
        own,
        words,
        shapes(table),
        _TAG_COLUMNS.take(table.tags, 1),
        ancestors(table, containers),
        masses(page, table),
        groups,
        _places(table, headline),
        _under_heading(table, words),
    )
    sums = table.sums[:, -1]
    whole = (np.log1p(sums[2]) / 10, np.log1p(min(count, MANY)) / 5, sums[2] / (sums[0] + 1), headline is not None)
    return Features(table, np.concatenate(parts, dtype=np.float32, casting="unsafe"), np.array(whole, np.float32), similar)


def _places(table: Columns, headline: int | None) -> Array:
    """Where the block stands: on the page, in its paragraphs' text, and from the headline."""
    order = np.arange(table.blocks)
    before, prose, sums = table.sums[0, :-1], table.sums[2], table.sums[:, -1]
    found = np.zeros((8, table.blocks), np.float32)
    found[0] = order / table.blocks
    found[1] = before / (sums[0] + 1)
    found[2:4] = prose[:-1], prose[1:]
    found[2:4] /= sums[2] + 1
    found[4] = np.log1p(before) / 10
    if headline is not None:
        away = before - before[headline]
        found[5] = np.copysign(np.log1p(np.abs(away)) / 10, away)
        found[6] = np.minimum(np.maximum((order - headline) / 20, -1), 1)
        found[7, headline] = 1
    return found


def _under_heading(table: Columns, words: Array) -> Array:
    """What the last heading before the block says, whether it is a link, and how far it is."""
    last = last_before(table.headings)
    heading = np.maximum(last, 0)
    before = table.sums[0]
    found = np.empty((4, table.blocks), np.float32)
    found[0] = words[0].take(heading)
    found[1] = words[1].take(heading)
    found[2] = (table.linked / table.chars).take(heading)
    found[:3, : np.searchsorted(last, 0)] = 0
    found[3] = np.where(last < 0, _FAR, np.log1p(before[:-1] - before.take(heading)) / 10)
    return found


def last_before(marks: Array) -> Array:
    """For each position, the last one before it that is marked, or -1."""
    found = np.full(len(marks), -1)
    np.maximum.accumulate(np.where(marks[:-1], np.arange(len(marks) - 1), -1), out=found[1:])
    return found


def headline_block(title: str | None, table: Columns) -> int | None:
    """Return the index of the `<h1>` (or, without one, `<h2>`) that the page's title repeats, else of the first `<h1>`."""
    title = (title or "").casefold()
    first = None
    for wanted in ("h1", "h2"):
        if wanted in table.names:
            for index, name in enumerate(table.names):
                if name == wanted:
                    text = table.texts[index]
                    if len(text) > 5 and text.casefold() in title:
                        return index
                    if first is None and wanted == "h1":
                        first = index
    return first
