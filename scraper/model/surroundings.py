"""What stands around a block: the names and tags of all its ancestors, how much prose and how many links they hold, what is alike.

Nothing here loops over ancestors in Python: what they say is gathered by pointer doubling over the containers (log2 of the depth rounds),
and what they hold by differences of running sums.
"""

from itertools import repeat
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from scraper.blocks import Segmentation
from scraper.model.columns import LEVELS, Columns, numbered

Array = np.ndarray[Any, Any]

# Counts of blocks stop here: a page of thousands is a forum's archive or a book, and length says no more about its blocks.
MANY = 300
_ROUNDS = 6  # pointer doubling reaches 2 ** 6 ancestors; no real page is deeper
_CACHED_CHARS = 500  # of names whose weight is kept
_CACHED_NAMES = 50_000
_TOKENS = 40  # of an element that are looked at
_BORDER = " \0 "  # between strings read together; the parser replaces it in names
_UNKNOWN, _END = -2, -1  # of tokens

_ANCESTORS = {
    tag: 1 << bit
    for bit, group in enumerate(
        (
            "article",
            "main",
            "aside",
            "header",
            "footer",
            "form fieldset",
            "figure",
            "table",
            "ul ol dl",
            "blockquote",
            "nav",
            "section",
            "noscript",
            "details dialog button",
            "p h1 h2 h3 h4 h5 h6",
        )
    )
    for tag in group.split()
}
_HIDDEN = 1 << 15
_FLAGS = np.dtype("<u2")  # one bit each


class Tables(NamedTuple):
    """Learnt log-odds, positive where it speaks for the body.

    `tokens` of class, id, role and itemprop, as a pair: on articles, and on other kinds of page (a comment is body text in a forum only).
    `words` of short blocks.
    """

    tokens: dict[str, tuple[float, float]]
    words: dict[str, float]


def names_of(attributes: dict[str, str | None]) -> str:
    """Return the names that an element's attributes give it, space-separated; "" for none."""
    names = attributes.get("class") or ""
    if "id" in attributes:
        names = f"{names} {attributes['id']}"
    if "role" in attributes:
        names = f"{names} {attributes['role']}"
    if "itemprop" in attributes:
        names = f"{names} {attributes['itemprop']}"
    return names


def tokens_of(names: str) -> list[str]:
    """Return the words of class and id names: "post-body Entry_content" gives post, body, entry, content."""
    return _apart(names).split()[:_TOKENS]


def _apart(names: str) -> str:
    return names.lower().replace("-", " ").replace("_", " ").replace(":", " ")


class _Names(dict[str | None, int]):
    """Numbers of names strings: rows of `weights`, the log-odds of the whole string, which is worked out once."""

    _kept: tuple[Tables, "_Names"] | None = None

    def __init__(self, tokens: dict[str, tuple[float, float]]) -> None:
        super().__init__({None: 0, "": 0})
        self.tokens = {token: number for number, token in enumerate(tokens)} | {_BORDER.strip(): _END}
        self.odds = np.array([*tokens.values()] or [(0.0, 0.0)])
        self.weights = np.zeros((1024, 2), np.float32)
        self.size = 1
        self._growing = Lock()  # threads share it; a number must mean one string

    @classmethod
    def of(cls, tables: Tables) -> "_Names":
        kept = cls._kept
        if kept is None or kept[0] is not tables or kept[1].size > _CACHED_NAMES:
            kept = cls._kept = tables, cls(tables.tokens)
        return kept[1]

    def numbers(self, strings: list[str | None]) -> list[int]:
        """Return the number of each string. Those not seen before are read together: on a new host they are most of a page's."""
        unseen = [names for names in set(strings) if names and names not in self]
        if unseen:
            with self._growing:
                self._read([names for names in unseen if names not in self and len(names) <= _CACHED_CHARS])
        return list(map(self.__getitem__, strings))

    def __missing__(self, names: str) -> int:
        """Number a string too long to keep."""
        with self._growing:
            self._weigh([names])
            return self.size - 1

    def _read(self, strings: list[str]) -> None:
        first = self.size
        self._weigh(strings)
        self.update(zip(strings, range(first, self.size), strict=True))  # after their weights: other threads look here without waiting

    def _weigh(self, strings: list[str]) -> None:
        """Add a row of weights for each string: the mean of its tokens, drawn towards the strongest."""
        first, self.size = self.size, self.size + len(strings)
        if self.size > len(self.weights):
            self.weights = np.concatenate((self.weights, np.zeros((self.size, 2), np.float32)))
        tokens = _apart(_BORDER.join([*strings, ""])).split()
        numbers = np.fromiter(map(self.tokens.get, tokens, repeat(_UNKNOWN)), np.int64, len(tokens))
        borders = np.flatnonzero(numbers == _END)
        before = -1
        for border in borders.tolist():
            if border - before > _TOKENS:
                numbers[before + 1 + _TOKENS : border] = _UNKNOWN
            before = border
        places = np.flatnonzero(numbers >= 0)
        if len(places):
            found = numbers.take(places)
            rows = borders.searchsorted(places)
            starts = np.concatenate(((0,), np.flatnonzero(rows[1:] != rows[:-1]) + 1))
            odds = self.odds.take(found, 0)
            sums, highest, lowest = (pool.reduceat(odds, starts) for pool in (np.add, np.maximum, np.minimum))
            ends = np.concatenate((starts[1:], (len(found),)))
            strongest = np.where(highest >= -lowest, highest, lowest)
            for row, side in zip(*np.nonzero((highest == -lowest) & (highest > 0)), strict=True):  # a draw: the first token's
                strongest[row, side] = max(odds[starts[row] : ends[row], side].tolist(), key=abs)
            self.weights[first + rows.take(starts)] = (sums / (ends - starts)[:, None] + strongest) / 2


class Named(NamedTuple):
    """Columns of the containers: a number for each distinct class value, the weight of all names (c, 2), and bits for the tag."""

    classes: Array
    weights: Array
    flags: Array


def named(page: Segmentation, tables: Tables) -> Named:
    """Return what the containers' own names and tags say."""
    known = _Names.of(tables)
    count, attributes = len(page.classes), page.attributes
    read = known.numbers([*page.classes, *[names_of(attributes[index]) for index in page.named]])
    numbers = np.array(read[:count])
    whole = numbers.copy()
    whole[page.named] = read[count:]
    flags = np.fromiter(map(_ANCESTORS.get, page.tags, repeat(0)), _FLAGS, count)
    flags[page.hidden] |= _HIDDEN
    return Named(numbers, known.weights.take(whole, 0), flags)


def ancestors(columns: Columns, containers: Named) -> Array:
    """Return, of shape (31, blocks), what the names and tags of all ancestors say: nearest, lowest, highest, sum; the nearest three."""
    holder, jump = columns.levels[0], columns.parents
    own, flags = containers.weights, containers.flags
    peaks, nearest = np.concatenate((own, -own), axis=1), own
    sums = np.concatenate((own, np.ones((len(own), 1), np.float32)), axis=1)
    sums[0] = 0  # the first container is its own parent: it must add nothing when it is reached again
    for _ in range(_ROUNDS):
        np.maximum(peaks, peaks.take(jump, 0), out=peaks)
        nearest = np.where(nearest == 0, nearest.take(jump, 0), nearest)
        sums += sums.take(jump, 0)
        flags = flags | flags.take(jump)
        if not jump.any():
            break  # all have reached the first container
        jump = jump.take(jump)
    found = np.empty((31, columns.blocks), np.float32)
    found[0:2] = nearest.take(holder, 0).T
    found[2:6] = peaks.take(holder, 0).T
    found[6:9] = sums.take(holder, 0).T
    found[9:15] = own.T.take(columns.levels[:3], 1).reshape(6, -1)
    found[15:31] = np.unpackbits(flags.take(holder).view(np.uint8).reshape(-1, 2), axis=1, bitorder="little").T
    return found


def masses(page: Segmentation, columns: Columns) -> Array:
    """Return, of shape (20, blocks), for each level: share of the page's prose, link density, blocks, pictures, prose a character."""
    starts, ends, sums, levels, count = columns.starts, columns.ends, columns.sums, columns.levels, columns.blocks
    inside = (sums.take(ends, 1) - sums.take(starts, 1)).astype(np.float32)
    chars, linked, prose = inside.take(levels.ravel(), 1).reshape(3, LEVELS, count)
    before = np.zeros(count + 1)  # pictures
    np.cumsum(np.bincount([picture.block for picture in page.pictures], minlength=count + 1)[:count], out=before[1:])
    sizes, pictures = (ends - starts).take(levels), (before.take(ends) - before.take(starts)).take(levels)
    chars += 1
    found = np.empty((5, LEVELS, count), np.float32)
    found[0] = prose / (sums[2, -1] + 1)
    found[1] = linked / chars
    found[2] = np.log1p(np.minimum(sizes, MANY))
    found[3] = pictures / np.maximum(sizes, 1)
    found[4] = prose / chars
    return found.reshape(5 * LEVELS, count)


def alike(columns: Columns, containers: Named) -> tuple[Array, Array]:
    """Return, of shape (10, blocks), about the blocks with the same tag and class value, and with the same up to the grandparent.

    For each: how many they are, how long, how much of the page's prose they have, how much of them is prose, and linked. Then the number of
    the narrower group that each block is in.
    """
    classes, levels = containers.classes, columns.levels
    path = classes.take(levels[:3])
    base = int(classes.max()) + 1
    near = path[0] * 16 + columns.tags
    far = (near * base + path[1]) * base + path[2]
    found = np.empty((2, 5, columns.blocks), np.float32)
    whole = columns.sums[2, -1] + 1
    for into, keys in zip(found, (near, far), strict=True):
        group = np.array(numbered(keys.tolist()))
        count, chars, linked, prose = (np.bincount(group, values) for values in (None, columns.chars, columns.linked, columns.paragraph))
        about = np.empty((5, len(count)), np.float32)
        about[0] = np.log1p(np.minimum(count, MANY))
        about[1] = np.log1p(chars / count) / 5
        about[2] = prose / whole
        about[3] = prose / chars
        about[4] = linked / chars
        into[:] = about.take(group, 1)
    return found.reshape(10, columns.blocks), group
