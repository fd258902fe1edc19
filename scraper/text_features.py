"""What a line of a text page shows of itself and its neighbours, as numbers: the input of `classify_text`'s weights.

Characters are counted by class for all lines at once: one table look-up and one sum a character. Every number is a multiple of 1/256, and so
is every weight: sums of their products are exact in 64-bit floats in any order, and the same text gives the same labels on every machine.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from normalise.chrome import ChromeMatch, match_chrome
from scraper.blocks import Block
from scraper.text_shapes import byline_shape, date_shape

Floats = NDArray[np.float64]

LINE_CHARS = 400  # a line's first characters are counted, so that ten bits hold every count
_SHORT = 90  # longer lines are not looked up word by word: their shape says enough
_ENDS = ".!?…。！？؟।۔։"
_QUOTES = '"“”„«»‚‘’「」『』'
_COLONS = ":;：；"
_SEPARATORS = "|/»›>→•·▸–—"
_BRACKETS = "()[]{}（）【】"
_SIZES = np.array([1, 2, 3, 5, 8, 12, 17, 24, 33, 45, 60, 80, 105, 140, 185, 250, 340, 480, 700, 1100], dtype=np.float64)
_HEAD = 120  # a line with a byline or a date is no longer
_NEAR = (-2, -1, 1, 2)
NEIGHBOURHOOD = len(_NEAR) + 1  # a line and its neighbours in `context`


class Lines(NamedTuple):
    """The features of each line (rows in page order), its length in characters, and the chrome it is."""

    own: Floats
    sizes: Floats
    chrome: list[ChromeMatch | None]


def grid(values: Floats) -> Floats:
    """Round to multiples of 1/256."""
    return np.asarray(np.rint(values * 256.0) / 256.0)


def line_features(blocks: list[Block], words: dict[str, int]) -> Lines:
    """Return the features of the lines by themselves. `words` are the learnt weights of words in short lines, in 1/256."""
    texts = [block.text[:LINE_CHARS] for block in blocks]
    sizes = np.array([len(block.text) for block in blocks], dtype=np.float64)
    first, last, counts = _count(texts)
    upper, letter, digit, space, comma, period, end, quote, colon, separator, bracket, unspaced = counts
    seen = np.minimum(sizes, LINE_CHARS)
    letters = upper + letter + 1e-9
    count = np.where(unspaced * 2 > letters, unspaced / 2, space + 1)
    chrome = [match_chrome(block.text) for block in blocks]
    wordy = np.array([_word_score(text, words) if len(text) <= _SHORT else (0.0, 0.0) for text in texts])
    flags = np.array(
        [
            (m is not None and m.sure, m is not None and not m.sure, m is not None and m.ends_article, m is not None and m.at_end)
            for m in chrome
        ]
    )
    repeated = _repeats(texts)
    tags = np.array([_tag_flags(block) for block in blocks])
    shapes = np.array(
        [_shapes(text, figures) if len(text) <= _HEAD else (0.0, 0.0) for text, figures in zip(texts, digit > 0, strict=True)]
    )
    own = [
        np.searchsorted(_SIZES, sizes) / 8.0,
        np.searchsorted(_SIZES, count) / 8.0,
        np.minimum(letters / count, 12) / 6,
        upper / letters * 2,
        np.minimum(upper / count, 2),
        digit / seen * 4,
        np.minimum(comma, 8) / 4,
        comma / count * 8,
        np.minimum(period, 6) / 3,
        np.minimum(end, 4) / 2,
        np.minimum(quote, 4) / 2,
        np.minimum(colon, 3) / 2,
        np.minimum(separator, 4) / 2,
        np.minimum(bracket, 4) / 4,
        np.minimum(unspaced / letters, 1),
        last == _LAST_END,
        last == _LAST_COLON,
        last == _LAST_BRACKET,
        first == _FIRST_UPPER,
        first == _FIRST_LOWER,
        first == _FIRST_DIGIT,
        *wordy.T,
        *flags.T,
        repeated,
        *tags.T,
        *shapes.T,
    ]
    return Lines(grid(np.stack([np.asarray(column, dtype=np.float64) for column in own], axis=1)), sizes, chrome)


def context(lines: Lines) -> Floats:
    """Return own and neighbours' features, the place on the page, and the prose and furniture around: one row a line."""
    own, sizes = lines.own, lines.sizes
    count = len(sizes)
    before = np.cumsum(sizes) - sizes
    total = before[-1] + sizes[-1]
    prose = np.where((sizes >= 100) & (own[:, 9] > 0), sizes, 0.0)
    prose_before = np.cumsum(prose) - prose
    all_prose = prose.sum() + 1.0
    marks = np.cumsum(own[:, _ENDS_COLUMN])
    place = np.stack(
        [
            np.arange(count) / max(1, count - 1) * 2,
            before / total * 2,
            prose_before / all_prose * 2,
            np.searchsorted(_SIZES, np.arange(count)) / 8.0,
            np.searchsorted(_SIZES, np.arange(count)[::-1]) / 8.0,
            np.minimum(marks, 4) / 2,
            np.minimum(marks[-1] - marks, 4) / 2,
            _since(own[:, _ENDS_COLUMN] > 0),
            _since(prose > 0),
            _since((prose > 0)[::-1])[::-1],
            np.full(count, np.searchsorted(_SIZES, count / 4) / 8.0),
            np.full(count, np.searchsorted(_SIZES, all_prose / 20) / 8.0),
            np.full(count, prose.sum() / total * 2),
            *(_mean_around(np.searchsorted(_SIZES, sizes) / 8.0, reach) for reach in (3, 8, 20)),
            *(_mean_around(np.minimum(prose, 500) / 250, reach) for reach in (3, 8, 20)),
            _mean_around(own[:, _ENDS_COLUMN - 2], 5) * 2,
            _mean_around(own[:, _WORD_COLUMN], 4),
        ],
        axis=1,
    )
    return np.concatenate([own, *(shifted(own, step) for step in _NEAR), grid(place)], axis=1)


def shifted(values: Floats, step: int) -> Floats:
    """Return the rows `step` lines further on; zeros beyond the page."""
    result = np.zeros_like(values)
    if step > 0:
        result[:-step] = values[step:]
    else:
        result[-step:] = values[:step]
    return result


def around(scores: Floats, sizes: Floats) -> Floats:
    """Return what a first judgement of the lines says of each line's surroundings: `scores` from -4 to 4, positive for body."""
    weight = np.minimum(sizes, 1000.0)
    body = np.maximum(scores, 0.0) * weight
    mass = body.sum() + 1.0
    before = np.cumsum(body) - body
    columns = [
        scores,
        *(_shift_one(scores, step) for step in (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)),
        *(_mean_around(scores, reach) for reach in (4, 10, 25)),
        *(_mean_around(scores * weight, reach) / (_mean_around(weight, reach) + 1.0) for reach in (4, 10, 25)),
        before / mass * 4,
        (mass - before - body) / mass * 4,
        np.full(len(scores), np.searchsorted(_SIZES, mass / 100) / 8.0),
        np.full(len(scores), scores.max()),
    ]
    return grid(np.stack(columns, axis=1))


def _shift_one(values: Floats, step: int) -> Floats:
    result = np.full_like(values, -4.0)
    if step > 0:
        result[:-step] = values[step:]
    else:
        result[-step:] = values[:step]
    return result


def _mean_around(values: Floats, reach: int) -> Floats:
    """Return the mean of each line and `reach` lines on both sides, fewer at the page's ends."""
    count = len(values)
    sums = np.concatenate([[0.0], np.cumsum(grid(values))])
    low = np.maximum(np.arange(count) - reach, 0)
    high = np.minimum(np.arange(count) + reach + 1, count)
    return np.asarray((sums[high] - sums[low]) / (high - low))


def _since(marks: NDArray[np.bool_]) -> Floats:
    """Return how many lines ago the last mark was, by size class; 2.5 where there was none."""
    index = np.arange(len(marks))
    latest = np.maximum.accumulate(np.where(marks, index, -1000))
    return np.minimum(np.searchsorted(_SIZES, index - latest) / 8.0, 2.5)


_FIRST_UPPER, _FIRST_LOWER, _FIRST_DIGIT = 1, 2, 3
_LAST_END, _LAST_COLON, _LAST_BRACKET = 7, 9, 11
_WORD_COLUMN = 21
_ENDS_COLUMN = 25


def _count(texts: list[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], list[Floats]]:
    """Return the classes of each line's first and last character, and how many of each class it has."""
    classes, packs = _tables()
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = classes[np.minimum(codes, 0xFFFF)]
    lengths = np.array([len(text) for text in texts])
    starts = np.cumsum(lengths) - lengths
    counts: list[Floats] = []
    for pack in packs:
        sums = np.add.reduceat(pack[kinds], starts)
        counts.extend(((sums >> np.uint64(10 * field)) & np.uint64(1023)).astype(np.float64) for field in range(6))
    return kinds[starts], kinds[starts + lengths - 1], counts


@cache
def _tables() -> tuple[NDArray[np.uint8], list[NDArray[np.uint64]]]:
    """Return the class of each BMP character, 0 for none, and for each six classes what a character of a class adds to their packed counts."""
    classes = bytearray(0x10000)
    for code in range(0x10000):
        char = chr(code)
        if (
            0x3040 <= code <= 0x30FF
            or 0x3400 <= code <= 0x9FFF
            or 0x0E00 <= code <= 0x0EFF
            or 0x1780 <= code <= 0x17FF
            or 0x1000 <= code <= 0x109F
        ):
            classes[code] = 12
        elif char.isalpha():
            classes[code] = 1 if char.isupper() else 2
        elif char.isdecimal():
            classes[code] = 3
        elif char.isspace():
            classes[code] = 4
    for kind, chars in ((5, ",،、，"), (7, _ENDS), (8, _QUOTES), (9, _COLONS), (10, _SEPARATORS), (11, _BRACKETS), (6, ".")):
        for char in chars:
            classes[ord(char)] = kind
    packs = []
    for first in (1, 7):
        pack = np.zeros(13, dtype=np.uint64)
        for field in range(6):
            pack[first + field] = 1 << (10 * field)
        packs.append(pack)
    packs[0][12] = 1 << 10  # a letter without spaces around is a letter too
    packs[1][6] = 1  # a period may end a sentence
    return np.frombuffer(bytes(classes), dtype=np.uint8), packs


def _word_score(text: str, words: dict[str, int]) -> tuple[float, float]:
    """Return the sum and the mean weight of a short line's words."""
    found = [words.get(word, 0) for word in text.lower().split()]
    total = sum(found)
    return max(-6.0, min(6.0, total / 256)), total / 256 / (len(found) or 1)


def _repeats(texts: list[str]) -> Floats:
    """Return how often each line's text stands on the page beyond once, up to 3."""
    seen: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
    return np.array([min(seen[text] - 1, 3) for text in texts], dtype=np.float64)


def _tag_flags(block: Block) -> tuple[bool, bool, float]:
    """Return whether the text page marks the line as heading or list item, and its share of link text."""
    return block.tag[0] == "h", block.tag == "li", block.link_chars / (len(block.text) or 1)


def _shapes(text: str, figures: bool) -> tuple[float, float]:
    return (date_shape(text) / 2 if figures else 0.0), float(byline_shape(text))
