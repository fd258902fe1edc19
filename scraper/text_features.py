"""What a line of a text page shows of itself, as numbers: with `text_context`, the input of `classify_text`'s weights.

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
SIZES = np.array([1, 2, 3, 5, 8, 12, 17, 24, 33, 45, 60, 80, 105, 140, 185, 250, 340, 480, 700, 1100], dtype=np.float64)
_HEAD = 120  # a line with a byline or a date is no longer


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
        np.searchsorted(SIZES, sizes) / 8.0,
        np.searchsorted(SIZES, count) / 8.0,
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


_FIRST_UPPER, _FIRST_LOWER, _FIRST_DIGIT = 1, 2, 3
_LAST_END, _LAST_COLON, _LAST_BRACKET = 7, 9, 11
WORD_COLUMN = 21
ENDS_COLUMN = 25
TOPIC_COLUMN = 28
ALIKE_COLUMN = TOPIC_COLUMN + 1


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
