"""What a line of a text page shows of itself, as numbers: with `context`, the input of the net's weights.

All lines are looked at together: characters are counted by class with one table look-up and one sum a character, words are hashed and
looked up in one table of all that is known of words. Nothing is done line by line but the look-up of chrome phrases.

Every number is a multiple of 1/64 and every weight one of 1/512: sums of their products are exact in 32-bit floats in any order, and the
same text gives the same labels on every machine.
"""

from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from normalise.chrome import ChromeMatch, match_lines
from scraper.blocks import Block
from scraper.text.words import Hashes, Words, hashes, joined

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

LINE_CHARS = 255  # a line's first characters are counted, so that eight bits hold every count
SHORT = 90  # words of longer lines have weights of their own
SIZES = np.array([1, 2, 3, 5, 8, 12, 17, 24, 33, 45, 60, 80, 105, 140, 185, 250, 340, 480, 700, 1100], dtype=np.float64)
_SAMPLED, _SAMPLE_CHARS = 50, 40  # lines, and characters of each, that show a page's script
_AT_ONCE = 100_000  # characters read together: their numbers stay in the processor's cache
_LONG_WORD = 6  # shorter words say little of a line's topic
_TOPIC_CHARS = 50  # a shorter line has no topic
HEAD_CHARS = 120  # a line with a byline or a date is no longer
_ENDS = ".!?…。！？؟।۔։"
_QUOTES = '"“”„«»‚‘’「」『』'
_COLONS = ":;：；"
_SEPARATORS = "|/»›>→•·▸–—"
_BRACKETS = "()[]{}（）【】"


class Lines(NamedTuple):
    """The features of each line (a row a line in page order, stored by column), its length in characters, and the chrome it is."""

    own: Singles
    sizes: Whole
    chrome: list[ChromeMatch | None]


def grid(values: Floats) -> Floats:
    """Round to multiples of 1/64."""
    return np.asarray(np.rint(values * 64.0) * 0.015625)


def size_classes(values: NDArray[np.signedinteger[Any]], unit: int = 1) -> Singles:
    """Return how many of SIZES, in units of `unit`, are less than each value; in eighths."""
    return _size_classes(unit).take(values, mode="clip")


@cache
def _size_classes(unit: int) -> Singles:
    values = np.arange(int(SIZES[-1]) * unit + 2) / unit
    return (np.searchsorted(SIZES, values) / 8.0).astype(np.float32)


def to_grid(values: Singles) -> None:
    """Round to multiples of 1/64, in place."""
    values *= 64.0
    np.rint(values, out=values)
    values *= 0.015625


class _Text(NamedTuple):
    """Some lines: the classes of each one's first and last character, how many it has of the first eight classes, and its words: how many

    of them begin with a capital, and where among all words they begin.
    """

    first: NDArray[np.uint8]
    last: NDArray[np.uint8]
    counts: Floats
    words: Hashes
    word_sizes: Whole
    word_counts: Whole
    capitals: Whole
    first_words: Whole


def line_features(blocks: list[Block], words: Words) -> Lines:
    """Return the features of the lines by themselves."""
    whole = [block.text for block in blocks]
    texts = [text[:LINE_CHARS] for text in whole]
    tags = {block.tag for block in blocks}
    if "pre" in tags:  # code keeps its lines and spaces
        texts = [" ".join(text.split()) or "-" for text in texts]
    sizes = np.fromiter(map(len, whole), np.int64, len(whole))
    own = np.empty((_COLUMNS, len(blocks)), dtype=np.float32)
    keys = np.empty((2, len(blocks)), dtype=np.uint64)
    topics = []
    caseless = _is_caseless(texts)
    for start, stop in pairwise(_pieces(sizes)):
        text = _read("\n".join(texts[start:stop]))
        if caseless:
            text = _as_cased(text)
        _describe(text, sizes[start:stop], words, own[:, start:stop])
        keys[0, start:stop] = joined(text.words, text.first_words, text.word_counts)
        keys[1, start:stop] = text.words[text.first_words + text.word_counts - 1]
        line = np.repeat(np.arange(start, stop), text.word_counts)
        of_topic = ((text.word_sizes >= _LONG_WORD) & (sizes.take(line) >= _TOPIC_CHARS)).nonzero()[0]
        topics.append((text.words.take(of_topic), line.take(of_topic)))
    among = own[SURE_COLUMN:DATE_COLUMN]
    among[7] = _shared(np.concatenate([found for found, _ in topics]), np.concatenate([line for _, line in topics]), len(blocks))
    among[8:10] = _alike(keys, sizes <= HEAD_CHARS)
    del topics, keys
    chrome = match_lines(whole)
    among[:6] = _chrome_flags(chrome)
    among[6] = _times(texts)
    among[10:] = _tag_flags(blocks, tags, sizes)
    to_grid(among)
    return Lines(own.T, sizes, chrome)


def _pieces(sizes: Whole) -> list[int]:
    """Return where the lines that are read together begin, and at last the number of lines."""
    ends = (np.minimum(sizes, LINE_CHARS) + 1).cumsum()
    if ends[-1] <= _AT_ONCE:
        return [0, len(sizes)]
    return [*np.unique(ends.searchsorted(np.arange(0, ends[-1], _AT_ONCE))).tolist(), len(sizes)]


def _describe(text: _Text, sizes: Whole, words: Words, own: Singles) -> None:
    """Set what lines show without any other line: the columns before those of chrome, and the last ones."""
    upper, lower, digit, unspaced, *_ = text.counts
    letters = upper + lower + unspaced + 1e-9
    each = np.where(unspaced * 2 > letters, unspaced / 2, text.word_counts)
    amounts = np.concatenate([text.counts, [letters, each, np.minimum(sizes, LINE_CHARS), np.ones(len(sizes))]])
    own[0] = size_classes(sizes)
    own[1] = size_classes(np.ceil(each).astype(np.int64))
    own[2:13] = np.minimum(amounts[_OF] / amounts[_PER], _MOST) / _UNITS
    own[13:16] = text.last == _LASTS
    own[16:WORD_COLUMN] = text.first == _FIRSTS
    sums = words.sums(text.words, text.first_words, text.word_counts)
    short, long, *of_heads = sums.weights / 256
    weight = np.where(sizes <= SHORT, short, long)
    own[WORD_COLUMN] = _bounded(weight)
    own[WORD_COLUMN + 1] = weight / text.word_counts
    *dates, given, byline = sums.flags
    own[DATE_COLUMN] = _dates(*dates) * (digit > 0)
    own[BYLINE_COLUMN] = byline
    own[BYLINE_COLUMN + 1 : _COLUMNS - 2] = _bounded(np.array(of_heads))
    own[_COLUMNS - 2] = np.minimum(given, 3)
    own[DATE_COLUMN : _COLUMNS - 1] *= sizes <= HEAD_CHARS
    own[_COLUMNS - 1] = text.capitals / text.word_counts * 2
    to_grid(own[:SURE_COLUMN])
    to_grid(own[DATE_COLUMN:])


def _is_caseless(texts: list[str]) -> bool:
    """Whether most letters of some lines are of a script with spaces that has no capitals: Arabic, Hebrew, Indic scripts, Korean."""
    sample = "".join([text[:_SAMPLE_CHARS] for text in texts[:: max(1, len(texts) // _SAMPLED)]])
    if sample.isascii():
        return False
    letters = [char for char in sample if char.isalpha()]
    kinds = _classes()
    caseless = [char for char in letters if char.lower() == char.upper() and char <= "\uffff" and kinds[ord(char)] == _LOWER]
    return 2 * len(caseless) > len(letters)


def _as_cased(text: _Text) -> _Text:
    """Return lines of a script without capitals in the shape of others: the first letter of each is one."""
    opening = text.first == _LOWER
    counts = text.counts.copy()
    counts[_UPPER - 1] += opening
    counts[_LOWER - 1] -= opening
    return text._replace(first=np.where(opening, np.uint8(_UPPER), text.first), counts=counts, capitals=text.capitals + opening)


def _bounded(weights: Floats) -> Floats:
    return np.minimum(np.maximum(weights, -6.0), 6.0)


# Classes of characters. The first eight are counted.
_UPPER, _LOWER, _DIGIT, _UNSPACED, _COMMA, _END, _QUOTE, _MARK, _COLON, _BRACKET, _SPACE, _NEWLINE, _CLASSES = range(1, 14)
_MARKS = {
    _COMMA: ",،、，",
    _END: _ENDS,
    _QUOTE: _QUOTES,
    _COLON: _COLONS,
    _MARK: _SEPARATORS,
    _BRACKET: _BRACKETS,
    _NEWLINE: "\n",
}
_LASTS, _FIRSTS = np.array([[_END], [_COLON], [_BRACKET]]), np.array([[_UPPER], [_LOWER], [_DIGIT]])
# Shares of a line: what, of what, at most, and what is 1. Behind the classes: its letters, its words, the characters counted, and 1.
_LETTERS, _WORDS, _CHARS, _ONE = range(9, 13)
_SHARES = np.array(
    [
        (_LETTERS, _WORDS, 12, 6),
        (_UPPER, _LETTERS, np.inf, 0.5),
        (_UPPER, _WORDS, 2, 1),
        (_DIGIT, _CHARS, np.inf, 0.25),
        (_COMMA, _ONE, 8, 4),
        (_COMMA, _WORDS, np.inf, 0.125),
        (_END, _ONE, 6, 3),
        (_END, _WORDS, 1, 0.25),
        (_QUOTE, _ONE, 4, 2),
        (_MARK, _ONE, 4, 2),
        (_UNSPACED, _LETTERS, 1, 1),
    ]
)
_OF, _PER = _SHARES[:, :2].T.astype(np.int64) - 1
_MOST, _UNITS = _SHARES[:, 2:].T[:, :, None]
SENTENCE_COLUMN = 8
WORD_COLUMN = 19
SURE_COLUMN, WEAK_COLUMN, ENDS_COLUMN, COMMENT_COLUMN, RELATED_COLUMN = 21, 22, 23, 25, 26
TOPIC_COLUMN = 28
ALIKE_COLUMN = TOPIC_COLUMN + 1
DATE_COLUMN, BYLINE_COLUMN = 34, 35
_COLUMNS = 40


def _read(lines: str) -> _Text:
    codes = np.frombuffer(lines.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    kinds = _classes().take(codes)
    edges = np.concatenate([[-1], (kinds == _NEWLINE).nonzero()[0], [len(codes)]])
    starts, ends = edges[:-1] + 1, edges[1:]
    gaps = np.concatenate([[True], kinds >= _SPACE, [True]])
    word_edges = (gaps[1:] != gaps[:-1]).nonzero()[0]
    word_starts, word_ends = word_edges[::2], word_edges[1::2]
    first_words = word_starts.searchsorted(edges)
    word_counts = first_words[1:] - first_words[:-1]
    first_words = first_words[:-1]
    capitals = np.add.reduceat((kinds[word_starts] == _UPPER).astype(np.int64), first_words)
    packed = np.add.reduceat(_pack().take(kinds), starts)  # a byte of the sum is a count
    counts = packed.astype("<u8").view(np.uint8).reshape(-1, 8).T.astype(np.float64)
    found = hashes(codes, word_starts)
    return _Text(kinds[starts], kinds[ends - 1], counts, found, word_ends - word_starts, word_counts, capitals, first_words)


@cache
def _classes() -> NDArray[np.uint8]:
    """Return the class of each BMP character, 0 for none."""
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
            classes[code] = _UNSPACED
        elif char.isalpha():
            classes[code] = _UPPER if char.isupper() else _LOWER
        elif char.isdecimal():
            classes[code] = _DIGIT
        elif char.isspace():
            classes[code] = _SPACE
    for kind, chars in _MARKS.items():
        for char in chars:
            classes[ord(char)] = kind
    return np.frombuffer(bytes(classes), dtype=np.uint8)


@cache
def _pack() -> NDArray[np.uint64]:
    """Return what a character of each class adds to its line's packed counts. Colons and brackets are marks too."""
    pack = np.zeros(_CLASSES, dtype=np.uint64)
    pack[1:9] = [1 << (8 * field) for field in range(8)]
    pack[[_COLON, _BRACKET]] = pack[_MARK]
    return pack


def _chrome_flags(chrome: list[ChromeMatch | None]) -> Floats:
    """Return a row a flag: sure, weak, ends the article, only at its end, of comments, of related articles."""
    flags = np.zeros((6, len(chrome)))
    matched = [at for at, match in enumerate(chrome) if match is not None]
    found = [match for match in chrome if match is not None]
    flags[:, matched] = [
        [match.sure for match in found],
        [not match.sure for match in found],
        [match.ends_article for match in found],
        [match.at_end for match in found],
        [match.category.startswith("comment") for match in found],
        [match.category in ("related", "read-more") for match in found],
    ]
    return flags


def _times(texts: list[str]) -> Floats:
    """Return how often each line's text stands on the page beyond once, up to 3."""
    seen = Counter(texts)
    return np.minimum(np.fromiter(map(seen.__getitem__, texts), np.float64, len(texts)) - 1, 3)


def _alike(keys: Hashes, among: Flags) -> Floats:
    """Return for each line how many of the named lines have its key beside itself, 0 to 2 for none to eight; 0 for others.

    `keys`: a row a kind of key, a column a line.
    """
    lines = among.nonzero()[0]
    order, bounds = _groups(keys[:, lines].ravel())
    sizes = bounds[1:] - bounds[:-1]
    found = np.empty(len(order))
    found[order] = np.repeat(np.minimum(sizes - 1, 8) / 4, sizes)
    result = np.zeros(keys.shape)
    result[:, lines] = found.reshape(len(keys), -1)
    return result


def _shared(words: Hashes, line: Whole, lines: int) -> Floats:
    """Return the share of each line's words that stand in other lines too, 0 to 2; 1 for lines without any. `line`: each word's."""
    if not len(words):
        return np.ones(lines)
    order, bounds = _groups(words)
    of, starts = line[order], bounds[:-1]
    is_shared = np.minimum.reduceat(of, starts) != np.maximum.reduceat(of, starts)
    shared = np.bincount(of, weights=np.repeat(is_shared, bounds[1:] - starts), minlength=lines)
    total = np.bincount(line, minlength=lines)
    return np.where(total > 0, 2 * shared / np.maximum(total, 1), 1.0)


def _groups(keys: Hashes) -> tuple[Whole, Whole]:
    """Return an order of the keys in which equal ones stand together, and where each group begins in it, and at last their number."""
    order = keys.argsort()
    ordered = keys[order]
    starts = (ordered[1:] != ordered[:-1]).nonzero()[0] + 1
    return order, np.concatenate([[0], starts, [len(keys)]])


def _dates(month: Floats, day: Floats, year: Floats, clock: Floats, numeric: Floats) -> Floats:
    """Return how much each line looks like a date, 0 to 2: a year or weekday 0.5, a month's name or numbers in order 1, and more."""
    dated, some, timed = year > 0, year + day > 0, clock > 0
    return np.where(month + numeric > 0, 2.0 + dated + timed, some) / 2.0


def _tag_flags(blocks: list[Block], tags: set[str], sizes: Whole) -> Floats:
    """Return a row a flag: the text page marks the line as heading, as list item, and its share of link text."""
    flags = np.zeros((3, len(blocks)))
    if tags != {"line"}:
        flags[0] = [block.tag[0] == "h" for block in blocks]
        flags[1] = [block.tag == "li" for block in blocks]
    linked = [block.link_chars for block in blocks]
    if any(linked):
        flags[2] = linked / np.maximum(sizes, 1)
    return flags
