"""What a line of a text page shows of itself and its neighbours, as numbers: the input of `classify_text`'s weights.

Characters are counted by class for all lines at once: one table look-up and one sum a character. Every number is a multiple of 1/256, and
every weight one of 1/4096: sums of their products are exact in 64-bit floats in any order, and the same text gives the same labels on
every machine.
"""

from collections import Counter
from functools import cache, lru_cache
from itertools import chain, repeat
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
_TOPIC_WORDS = 40  # of a line, looked at
_TOPIC_CHARS = 50  # a shorter line has no topic
_REMEMBERED = 1 << 15  # lines; about 10 MB
_DIGITS = str.maketrans(dict.fromkeys("0123456789", "#"))  # the lines of a list differ in their numbers
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
    """What a line's words say: the chrome it is, the sum and the mean of its words' weights, how much it looks like a date and a byline.

    `shape` is a short line with its digits masked and `last` that shape's last word, to find lines that are alike; `topic` are the long
    words of a longer line.
    """

    chrome: ChromeMatch | None
    total: float = 0.0
    mean: float = 0.0
    date: float = 0.0
    byline: float = 0.0
    shape: str = ""
    last: str = ""
    topic: tuple[str, ...] = ()


class LineReader:
    """Reads single lines. Short ones repeat, on a page and over the pages of a crawl, and are remembered: facts depend on the line only."""

    def __init__(self, words: dict[str, int], long_words: dict[str, int]) -> None:
        """`words` and `long_words` are the learnt weights of words in short and in longer lines, in 1/256."""
        self._words, self._long_words = words, long_words
        self._short = lru_cache(maxsize=_REMEMBERED)(self._read_short)

    def read(self, text: str) -> Facts:
        """Return the facts of one line."""
        if len(text) <= _HEAD:
            return self._short(text)
        words = text[:LINE_CHARS].lower().split()
        total, mean = _weigh(words, self._long_words)
        return Facts(match_chrome(text), total, mean, topic=_topic(words))

    def _read_short(self, text: str) -> Facts:
        words = text.lower().split()
        total, mean = _weigh(words, self._words if len(text) <= SHORT else self._long_words)
        shape = text.translate(_DIGITS)
        date = date_shape(text) / 2 if shape != text or (not text.isascii() and any(map(str.isdecimal, text))) else 0.0
        topic = _topic(words) if len(text) >= _TOPIC_CHARS else ()
        return Facts(match_chrome(text), total, mean, date, float(byline_shape(text)), shape, shape.rsplit(None, 1)[-1], topic)


def _weigh(words: list[str], weights: dict[str, int]) -> tuple[float, float]:
    """Return the sum of the words' weights, between -6 and 6, and their mean."""
    total = sum(map(weights.get, words, repeat(0))) / 256
    return max(-6.0, min(6.0, total)), total / (len(words) or 1)


def _topic(words: list[str]) -> tuple[str, ...]:
    """Return the different long words among a line's first ones."""
    return tuple({word for word in words[:_TOPIC_WORDS] if len(word) >= _LONG_WORD})


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
        _shared([fact.topic for fact in facts]),
        _alike([fact.shape for fact in facts]),
        _alike([fact.last for fact in facts]),
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
    size_and_prose = [np.searchsorted(_SIZES, sizes) / 8.0, np.minimum(prose, 500) / 250]
    near = np.stack([_means_around(size_and_prose, reach) for reach in (3, 8, 20)])
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
            *near[:, 0],
            *near[:, 1],
            _mean_around(own[:, _ENDS_COLUMN - 2], 5) * 2,
            _mean_around(own[:, _WORD_COLUMN], 4),
            _mean_around(own[:, -2], 8) * 2,
            _mean_around(own[:, _ENDS_COLUMN - 1], 8) * 2,
            np.cumsum(own[:, -2] >= 1) / (1.0 + (own[:, -2] >= 1).sum()) * 2,
            np.full(count, np.searchsorted(_SIZES, (own[:, -2] >= 1).sum()) / 8.0),
            _mean_around(own[:, _TOPIC_COLUMN], 2),
            *_lists(own, sizes, before),
        ],
        axis=1,
    )
    return np.concatenate([own, *(shifted(own, step) for step in _NEAR), grid(place)], axis=1)


def _lists(own: Floats, sizes: Floats, before: Floats) -> list[Floats]:
    """What the lines around say of lists, comments and cards: lines alike, patterns that recur every few lines, words."""
    alike = np.maximum(own[:, _ALIKE_COLUMN], own[:, _ALIKE_COLUMN + 1])
    size = np.searchsorted(_SIZES, sizes) / 8.0
    pattern = np.stack([size, own[:, 15], own[:, -2], own[:, _WORD_COLUMN + 1]], axis=1)
    periods = _means_around([np.abs(pattern - shifted(pattern, step)).sum(axis=1) for step in (1, 2, 3, 4, 5, 6)], 7)
    recurring = np.minimum.reduce(periods[1:])
    close, wide = (_means_around([own[:, _ALIKE_COLUMN], own[:, _ALIKE_COLUMN + 1]], reach) for reach in (5, 15))
    short = sizes <= SHORT
    prose_words = np.where(short, 0.0, own[:, _WORD_COLUMN])
    marked = own[:, _ENDS_COLUMN] > 0
    return [
        close[0],
        wide[0],
        close[1],
        wide[1],
        _since(alike >= 0.5),
        _since((alike >= 0.5)[::-1])[::-1],
        _chars_since(marked, before),
        _chars_until(marked, before),
        periods[0],
        recurring,
        recurring - periods[0],
        _mean_around(np.where(short, own[:, _WORD_COLUMN + 1], 0.0), 12) * 2,
        _mean_around(prose_words, 3),
        _mean_around(prose_words, 10),
        _mean_around(own[:, -1], 10) * 4,
        _mean_around(own[:, _ENDS_COLUMN - 2], 15) * 2,
    ]


def _chars_since(marks: NDArray[np.bool_], before: Floats) -> Floats:
    """Return how many characters ago the last mark was, by size class; 2.5 where there was none. `before`: characters before each line."""
    latest = np.maximum.accumulate(np.where(marks, before, -1e6))
    return np.minimum(np.searchsorted(_SIZES, (before - latest) / 10.0) / 8.0, 2.5)


def _chars_until(marks: NDArray[np.bool_], before: Floats) -> Floats:
    following = np.minimum.accumulate(np.where(marks, before, 1e9)[::-1])[::-1]
    return np.minimum(np.searchsorted(_SIZES, (following - before) / 10.0) / 8.0, 2.5)


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
        *_likely(body_score, weight, sizes),
        *(column for head in (1, 2, 3, 4, 5) for column in _from_best(scores[:, head])),
        *(column for head in (4, 5) for column in _passed(scores[:, head])),
    ]
    return grid(np.stack(columns, axis=1))


def _likely(scores: Floats, weight: Floats, sizes: Floats) -> list[Floats]:
    """How much of the text around is likely, before and after, and how far the likely lines are, in characters."""
    chance = grid(np.clip(scores / 4.0 + 0.5, 0.0, 1.0))
    mass = np.cumsum(chance * weight)
    total = mass[-1] + 1.0
    before = np.cumsum(sizes) - sizes
    likely = scores > 0
    previous = np.concatenate([[False], likely[:-1]])
    return [
        chance * 2,
        *(_mean_around(chance * weight, reach) / (_mean_around(weight, reach) + 1.0) * 2 for reach in (2, 5, 15)),
        (mass - chance * weight) / total * 2,
        _chars_since(previous, before),
        _chars_until(likely, before + 0.0),
        _mean_around(np.abs(scores) / 2, 6),
        np.full(len(scores), (likely * weight).sum() / (weight.sum() + 1.0) * 2),
        np.full(len(scores), np.searchsorted(_SIZES, likely.sum()) / 8.0),
        np.full(len(scores), (chance * (1.0 - chance) * weight).sum() / total * 4),
    ]


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


def _passed(scores: Floats) -> list[Floats]:
    """Whether the line of a high score is behind or still to come: the highest one above each line, from it on, and their difference."""
    above = np.maximum.accumulate(np.concatenate([[-4.0], scores[:-1]]))
    below = np.maximum.accumulate(scores[::-1])[::-1]
    return [above, below, above - below]


def _shift_one(values: Floats, step: int) -> Floats:
    result = np.full_like(values, -4.0)
    if step > 0:
        result[:-step] = values[step:]
    else:
        result[-step:] = values[:step]
    return result


def _mean_around(values: Floats, reach: int) -> Floats:
    """Return the mean of each line and `reach` lines on both sides, fewer at the page's ends."""
    return np.asarray(_means_around([values], reach)[0])


def _means_around(columns: list[Floats], reach: int) -> Floats:
    """Return the means of several columns, a row a column: most pages are short, and calls cost more than sums."""
    count = len(columns[0])
    sums = np.zeros((len(columns), count + 1))
    np.cumsum(grid(np.stack(columns)), axis=1, out=sums[:, 1:])
    low = np.maximum(np.arange(-reach, count - reach), 0)
    high = np.minimum(np.arange(reach + 1, count + reach + 1), count)
    return np.asarray((sums[:, high] - sums[:, low]) / (high - low))


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
_ALIKE_COLUMN = _TOPIC_COLUMN + 1


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


def _shared(topics: list[tuple[str, ...]]) -> Floats:
    """Return the share of each line's topic that other lines have too, 0 to 2; 1 for lines without one."""
    lines_of = Counter(chain.from_iterable(topics))
    return np.array([2 * sum([lines_of[word] > 1 for word in topic]) / len(topic) if topic else 1.0 for topic in topics])


def _repeats(texts: list[str]) -> Floats:
    """Return how often each line's text stands on the page beyond once, up to 3."""
    seen: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
    return np.array([min(seen[text] - 1, 3) for text in texts], dtype=np.float64)


def _alike(keys: list[str]) -> Floats:
    """Return for each line how many others of the page have its key, 0 to 2 for none to eight; 0 where the key is empty."""
    seen: dict[str, int] = {"": 1}
    for key in keys:
        if key:
            seen[key] = seen.get(key, 0) + 1
    return np.array([min(seen[key] - 1, 8) / 4 for key in keys])


def _tag_flags(block: Block) -> tuple[bool, bool, float]:
    """Return whether the text page marks the line as heading or list item, and its share of link text."""
    return block.tag[0] == "h", block.tag == "li", block.link_chars / (len(block.text) or 1)
