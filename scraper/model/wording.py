"""What a block's own text looks like: its characters by class, how it begins and ends, and its words where it is short."""

from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import Any

import numpy as np

from scraper.model.columns import Columns

Array = np.ndarray[Any, Any]

WORDY_CHARS = 50  # in blocks up to this length single words count: "Share", "Comments", "Read more"
_CHARS = 160  # of a block that are looked at, at most what a byte can count; longer blocks are prose all the same
END_OF_BLOCK = "\0"  # a word that no page has, as the parser replaces it; its weight ends a sum
_MOST = 6.0  # log-odds
_WORD = 5  # letters
_STRANGE = 4  # where less than one letter in so many has no case, such text is strange on the page: the names of other languages

# Classes of characters, as the table in data/chars.npy numbers them.
_OTHER, _LOWER, _UPPER, _DIGIT, _SPACE, _COMMA, _STOP, _MARK, _CASELESS = range(9)
_COUNTED = 8  # all but _OTHER
_FIRST, _LAST = np.array([[_UPPER], [_LOWER], [_MARK]], np.uint8), np.array([[_STOP], [_MARK]], np.uint8)
_COLON, _QUESTION, _EXCLAMATION, _ELLIPSIS = ord(":"), ord("?"), ord("!"), ord("…")


@cache
def _classes() -> tuple[Array, Array]:
    """The class of each character, and a 64-bit word with a one in the byte of that class: adding words counts eight classes at once."""
    table: Array = np.load(str(files("scraper") / "data" / "chars.npy"))
    ones = np.zeros(9, np.uint64)
    ones[_LOWER:] = np.uint64(1) << (np.arange(_COUNTED, dtype=np.uint64) * np.uint64(8))
    return table, ones[table]


def shapes(columns: Columns) -> Array:
    """Return a float32 array of shape (16, blocks): shares of classes of characters, letters a word, how the block begins and ends."""
    table, ones = _classes()
    count = columns.blocks
    sizes = np.minimum(np.array(columns.lengths, np.float32), _CHARS)
    ends = np.cumsum(sizes, dtype=np.int64)
    starts = ends - sizes.astype(np.int64)
    # the last character of each block follows the cut texts
    codes = _codes([text[:_CHARS] for text in columns.texts] + [text[-1] for text in columns.texts])
    body, end = codes[:-count], codes[-count:]
    # little-endian bytes of the sums
    counts = np.add.reduceat(ones.take(body), starts).astype("<u8", copy=False).view(np.uint8).reshape(count, _COUNTED).T.astype(np.float32)
    lower, upper, digits, spaces, commas, stops, marks, caseless = counts
    letters = lower + upper + caseless + 1
    words = spaces + 1
    first, last = table.take(body.take(starts)), table.take(end)
    if _STRANGE * caseless.sum() > letters.sum():
        # What is usual in such scripts is given the shape that it has in others: a capital first, words of some five letters.
        opening = first == _CASELESS
        first[opening] = _UPPER
        upper, caseless = upper + opening, np.zeros_like(caseless)
        letters = letters * (columns.chars / columns.lengths)
        words = np.maximum(words, letters / _WORD)
    found = np.empty((16, count), np.float32)
    np.divide(upper, letters, out=found[0])
    np.divide(digits, sizes, out=found[1])
    np.divide(commas, words, out=found[2])
    np.divide(marks, sizes, out=found[3])
    np.divide(letters, words * 10, out=found[4])
    np.divide(caseless, letters, out=found[5])
    np.log1p(stops, out=found[6])
    found[7:10] = first == _FIRST
    found[10:12] = last == _LAST
    found[12] = end == _COLON
    found[13] = (end == _QUESTION) | (end == _EXCLAMATION)
    found[14] = end == _ELLIPSIS
    found[15] = last == _DIGIT
    return found


def _codes(texts: list[str]) -> Array:
    """The first plane's code points of all characters; those past it count as its last."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.minimum(codes, np.uint32(0xFFFF))


def words_of(text: str) -> list[str]:
    """Return the words of a short block, lower-case, punctuation left on."""
    return text.lower().split()


def wording(columns: Columns, odds: dict[str, float]) -> Array:
    """Return, of shape (3, blocks), the sum of `odds` over a short block's words, the lowest if below 0, and the highest if above.

    `odds` must have `END_OF_BLOCK` at infinity.
    """
    short = [text if size <= WORDY_CHARS else "" for text, size in zip(columns.texts, columns.lengths, strict=True)]
    short.append("")
    words = words_of(f" {END_OF_BLOCK} ".join(short))
    values = np.fromiter(map(odds.get, words, repeat(0.0)), np.float32, len(words))
    ends = np.flatnonzero(np.isinf(values))
    values[ends] = 0
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    pooled = np.empty((3, columns.blocks), np.float32)
    for row, pool in enumerate((np.add, np.minimum, np.maximum)):
        pool.reduceat(values, starts, out=pooled[row])
    return np.minimum(np.maximum(pooled, -_MOST, out=pooled), _MOST, out=pooled)
