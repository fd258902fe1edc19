"""What a line of a text page shows of itself and its neighbours, as numbers: the input of `classify_text`'s weights.

Characters are counted by class for all lines at once: one table look-up and one sum a character. Every number is a multiple of 1/256, and
every weight one of 1/4096: sums of their products are exact in 64-bit floats in any order, and the same text gives the same labels on
every machine.
"""

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from normalise.chrome import ChromeMatch, match_chrome
from scraper.blocks import Block
from scraper.text_shapes import byline_shape, date_shape

Floats = NDArray[np.float64]

LINE_CHARS = 400  # a line's first characters are counted, so that ten bits hold every count
_APART = 6  # lines between two parts of prose
_LONG_WORD = 6  # shorter words say little of a line's topic
_REMEMBERED = 1 << 15  # lines; about 10 MB
_NO_FLAGS = (False, False, False, False)
SHORT = 90  # words of longer lines have weights of their own
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


class Facts(NamedTuple):
    """What a line's words say: the chrome it is, the sum and the mean of its words' weights, how much it looks like a date and a byline."""

    chrome: ChromeMatch | None
    total: float = 0.0
    mean: float = 0.0
    date: float = 0.0
    byline: float = 0.0


class LineReader:
    """Reads single lines. Short ones repeat, on a page and over the pages of a crawl, and are remembered: facts depend on the line only."""

    def __init__(self, words: dict[str, int], long_words: dict[str, int]) -> None:
        """`words` and `long_words` are the learnt weights of words in short and in longer lines, in 1/256."""
        self._words, self._long_words = words, long_words
        self._short = lru_cache(maxsize=_REMEMBERED)(self._read)

    def read(self, text: str) -> Facts:
        """Return the facts of one line."""
        return self._short(text) if len(text) <= _HEAD else Facts(match_chrome(text), *self._weigh(text[:LINE_CHARS]))

    def _read(self, text: str) -> Facts:
        total, mean = self._weigh(text)
        date = date_shape(text) / 2 if any(map(str.isdecimal, text)) else 0.0
        return Facts(match_chrome(text), total, mean, date, float(byline_shape(text)))

    def _weigh(self, text: str) -> tuple[float, float]:
        words = self._words if len(text) <= SHORT else self._long_words
        found = [words.get(word, 0) for word in text.lower().split()]
        total = sum(found) / 256
        return max(-6.0, min(6.0, total)), total / (len(found) or 1)


def line_features(blocks: list[Block], reader: LineReader) -> Lines:
    """Return the features of the lines by themselves."""
    texts = [block.text[:LINE_CHARS] for block in blocks]
    sizes = np.array([len(block.text) for block in blocks], dtype=np.float64)
    first, last, counts = _count(texts)
    upper, letter, digit, space, comma, period, end, quote, colon, separator, bracket, unspaced = counts
    seen = np.minimum(sizes, LINE_CHARS)
    letters = upper + letter + 1e-9
    count = np.where(unspaced * 2 > letters, unspaced / 2, space + 1)
    facts = [reader.read(block.text) for block in blocks]
    chrome = [fact.chrome for fact in facts]
    wordy = np.array([fact[1:3] for fact in facts])
    shapes = np.array([fact[3:5] for fact in facts])
    flags = np.array([_NO_FLAGS if match is None else (match.sure, not match.sure, match.ends_article, match.at_end) for match in chrome])
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
        _repeats(texts),
        _topic(texts),
        *np.array([_tag_flags(block) for block in blocks]).T,
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
            _mean_around(own[:, -2], 8) * 2,
            _mean_around(own[:, _ENDS_COLUMN - 1], 8) * 2,
            np.cumsum(own[:, -2] >= 1) / (1.0 + (own[:, -2] >= 1).sum()) * 2,
            np.full(count, np.searchsorted(_SIZES, (own[:, -2] >= 1).sum()) / 8.0),
            _mean_around(own[:, _TOPIC_COLUMN], 2),
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
    """Return what a first judgement says of each line's surroundings: `scores` from -4 to 4, a column a head, the first for body."""
    body_score = scores[:, 0]
    weight = np.minimum(sizes, 1000.0)
    body = np.maximum(body_score, 0.0) * weight
    mass = body.sum() + 1.0
    before = np.cumsum(body) - body
    columns = [
        body_score,
        *(_shift_one(body_score, step) for step in (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)),
        *(_mean_around(body_score, reach) for reach in (4, 10, 25)),
        *(_mean_around(body_score * weight, reach) / (_mean_around(weight, reach) + 1.0) for reach in (4, 10, 25)),
        before / mass * 4,
        (mass - before - body) / mass * 4,
        np.full(len(sizes), np.searchsorted(_SIZES, mass / 100) / 8.0),
        np.full(len(sizes), body_score.max()),
        *_parts(body_score, body, mass),
        *(column for head in (1, 2, 3) for column in _from_best(scores[:, head])),
    ]
    return grid(np.stack(columns, axis=1))


def _parts(scores: Floats, body: Floats, mass: float) -> list[Floats]:
    """How far each line is from the part of prose before and after it, and how large they are; parts are six other lines apart."""
    count = len(scores)
    index = np.arange(count)
    strong = scores > 1.0
    latest = np.maximum.accumulate(np.where(strong, index, -1000))
    following = np.minimum.accumulate(np.where(strong, index, 2 * count + 1000)[::-1])[::-1]
    previous = np.concatenate([[-1000], latest[:-1]])
    part = np.cumsum(strong & (index - previous > _APART))
    shares = np.bincount(part, weights=np.where(strong, body, 0.0), minlength=int(part[-1]) + 2) / mass
    inside = np.where(latest >= 0, part, 0)
    after = np.where(following < count, part[np.minimum(following, count - 1)], 0)
    shares[0] = 0.0
    best = shares.max() + 1e-9
    return [
        np.minimum(np.searchsorted(_SIZES, index - latest) / 8.0, 2.5),
        np.minimum(np.searchsorted(_SIZES, following - index) / 8.0, 2.5),
        shares[inside] * 2,
        shares[after] * 2,
        (shares[inside] == best - 1e-9).astype(np.float64),
        (shares[after] == best - 1e-9).astype(np.float64),
    ]


def _from_best(scores: Floats) -> list[Floats]:
    """Where a line is from the line of the highest score: after it or not, how far, and how high that score and its own are."""
    best = int(scores.argmax())
    distance = np.arange(len(scores)) - best
    steps = np.searchsorted(_SIZES, np.abs(distance)) / 8.0
    return [(distance >= 0).astype(np.float64), steps * np.sign(distance), np.full(len(scores), scores[best]), scores]


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
_TOPIC_COLUMN = 28


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
    """Return the class of each BMP character, 0 for none, and for six classes each what a character adds to their packed counts."""
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


def _topic(texts: list[str]) -> Floats:
    """Return the share of each longer line's long words that other longer lines have too, 0 to 2; 1 for short lines."""
    words = [{word for word in text.lower().split() if len(word) >= _LONG_WORD} if len(text) >= 50 else set() for text in texts]
    lines_of: dict[str, int] = {}
    for found in words:
        for word in found:
            lines_of[word] = lines_of.get(word, 0) + 1
    return np.array([2 * sum(lines_of[word] > 1 for word in found) / len(found) if found else 1.0 for found in words])


def _repeats(texts: list[str]) -> Floats:
    """Return how often each line's text stands on the page beyond once, up to 3."""
    seen: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
    return np.array([min(seen[text] - 1, 3) for text in texts], dtype=np.float64)


def _tag_flags(block: Block) -> tuple[bool, bool, float]:
    """Return whether the text page marks the line as heading or list item, and its share of link text."""
    return block.tag[0] == "h", block.tag == "li", block.link_chars / (len(block.text) or 1)
