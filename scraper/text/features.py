"""What a line of a text page shows of itself, as numbers: with `context`, the input of the net's weights.

All lines are looked at together: characters are counted by class with one table look-up and one sum a character, words are hashed and
looked up in one table of all that is known of words. Nothing is done line by line but the look-up of chrome phrases.

Every number is a multiple of 1/64 and every weight one of 1/512: sums of their products are exact in 32-bit floats in any order, and the
same text gives the same labels on every machine.
"""

from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from normalise.chrome import ChromeMatch, match_lines
from scraper.blocks import Block
from scraper.text.words import Hashes, Words, WordSums, hashes, joined

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

LINE_CHARS = 255  # a line's first characters are counted, so that eight bits hold every count
SHORT = 90  # words of longer lines have weights of their own
SIZES = np.array([1, 2, 3, 5, 8, 12, 17, 24, 33, 45, 60, 80, 105, 140, 185, 250, 340, 480, 700, 1100], dtype=np.float64)
_AT_ONCE = 512  # lines read together: their characters' numbers stay in the processor's cache
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
    sizes: Floats
    chrome: list[ChromeMatch | None]


def grid(values: Floats) -> Floats:
    """Round to multiples of 1/64."""
    return np.asarray(np.rint(values * 64.0) * 0.015625)


def stacked(columns: list[NDArray[np.generic]]) -> Singles:
    """Return the columns as rows on the grid, a column of the result a line."""
    values = np.concatenate(columns, dtype=np.float32).reshape(len(columns), -1)
    values *= 64.0
    np.rint(values, out=values)
    values *= 0.015625
    return values


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
    sizes = np.fromiter(map(len, whole), np.float64, len(whole))
    own = np.empty((_COLUMNS, len(blocks)), dtype=np.float32)
    keys = np.empty((2, len(blocks)), dtype=np.uint64)
    topics = []
    for start in range(0, len(blocks), _AT_ONCE):
        stop = min(start + _AT_ONCE, len(blocks))
        text = _read("\n".join(texts[start:stop]))
        own[:SURE_COLUMN, start:stop], own[DATE_COLUMN:, start:stop] = _of_lines(text, sizes[start:stop], words)
        keys[0, start:stop] = joined(text.words, text.first_words, text.word_counts)
        keys[1, start:stop] = text.words[text.first_words + text.word_counts - 1]
        is_topic = (text.word_sizes >= _LONG_WORD) & np.repeat(sizes[start:stop] >= _TOPIC_CHARS, text.word_counts)
        topics.append((text.words[is_topic], np.repeat(np.arange(start, stop), text.word_counts)[is_topic]))
    chrome = match_lines(whole)
    head = sizes <= HEAD_CHARS
    own[SURE_COLUMN:DATE_COLUMN] = stacked(
        [
            *_chrome_flags(chrome),
            _times(texts),
            _shared(np.concatenate([found for found, _ in topics]), np.concatenate([line for _, line in topics]), len(blocks)),
            *[np.where(head, _alike(key, head), 0.0) for key in keys],
            *_tag_flags(blocks, tags),
        ]
    )
    return Lines(own.T, sizes, chrome)


def _of_lines(text: _Text, sizes: Floats, words: Words) -> tuple[Singles, Singles]:
    """Return what lines show without any other line: the columns before those of chrome, and the last ones."""
    upper, lower, digit, unspaced, comma, end, quote, mark = text.counts
    seen = np.minimum(sizes, LINE_CHARS)
    letters = upper + lower + unspaced + 1e-9
    each = np.where(unspaced * 2 > letters, unspaced / 2, text.word_counts)
    sums = words.sums(text.words, text.first_words, text.word_counts)
    weight = np.where(sizes <= SHORT, sums.weights[0], sums.weights[1]) / 256
    head = sizes <= HEAD_CHARS
    columns = stacked(
        [
            np.searchsorted(SIZES, sizes) / 8.0,
            np.searchsorted(SIZES, each) / 8.0,
            np.minimum(letters / each, 12) / 6,
            upper / letters * 2,
            np.minimum(upper / each, 2),
            digit / seen * 4,
            np.minimum(comma, 8) / 4,
            comma / each * 8,
            np.minimum(end, 6) / 3,
            np.minimum(end / each, 1) * 4,
            np.minimum(quote, 4) / 2,
            np.minimum(mark, 4) / 2,
            np.minimum(unspaced / letters, 1),
            text.last == _END,
            text.last == _COLON,
            text.last == _BRACKET,
            text.first == _UPPER,
            text.first == _LOWER,
            text.first == _DIGIT,
            np.clip(weight, -6.0, 6.0),
            weight / text.word_counts,
            np.where(head & (digit > 0), _dates(sums), 0.0),
            np.where(head, sums.flags["byline"], 0.0),
            *np.where(head, np.clip(sums.weights[2:] / 256, -6.0, 6.0), 0.0),
            np.where(head, np.minimum(sums.flags["given"], 3), 0.0),
            text.capitals / text.word_counts * 2,
        ]
    )
    return columns[:SURE_COLUMN], columns[SURE_COLUMN:]


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
SENTENCE_COLUMN = 8
WORD_COLUMN = 19
SURE_COLUMN, WEAK_COLUMN, ENDS_COLUMN, COMMENT_COLUMN, RELATED_COLUMN = 21, 22, 23, 25, 26
TOPIC_COLUMN = 28
ALIKE_COLUMN = TOPIC_COLUMN + 1
DATE_COLUMN, BYLINE_COLUMN = 34, 35
_COLUMNS = 40


def _read(lines: str) -> _Text:
    codes = np.frombuffer(lines.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    kinds = _classes()[codes]
    ends = np.append(np.flatnonzero(kinds == _NEWLINE), len(codes))
    starts = np.concatenate([[0], ends[:-1] + 1])
    gaps = np.concatenate([[True], kinds >= _SPACE, [True]])
    edges = np.flatnonzero(gaps[1:] != gaps[:-1])
    word_starts, word_ends = edges[::2], edges[1::2]
    first_words = np.searchsorted(word_starts, starts)
    word_counts = np.diff(first_words, append=len(word_starts))
    capitals = np.add.reduceat((kinds[word_starts] == _UPPER).astype(np.int64), first_words)
    packed = np.add.reduceat(_pack()[kinds], starts)  # a byte of the sum is a count
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
    if matched:
        flags[:, matched] = np.array([_flags(match) for match in chrome if match is not None]).T
    return flags


@cache
def _flags(match: ChromeMatch) -> tuple[bool, ...]:
    comment, related = match.category.startswith("comment"), match.category in ("related", "read-more")
    return match.sure, not match.sure, match.ends_article, match.at_end, comment, related


def _times(texts: list[str]) -> Floats:
    """Return how often each line's text stands on the page beyond once, up to 3."""
    seen = Counter(texts)
    return np.minimum(np.fromiter(map(seen.__getitem__, texts), np.float64, len(texts)) - 1, 3)


def _alike(keys: Hashes, among: Flags) -> Floats:
    """Return for each line how many of the named lines have its key beside itself, 0 to 2 for none to eight."""
    order = np.sort(keys[among])
    same = np.searchsorted(order, keys, side="right") - np.searchsorted(order, keys)
    return np.asarray(np.minimum(same - 1, 8) / 4)


def _shared(words: Hashes, line: Whole, lines: int) -> Floats:
    """Return the share of each line's words that stand in other lines too, 0 to 2; 1 for lines without any. `line`: each word's."""
    order = np.argsort(words, kind="stable")
    ordered, of = words[order], line[order]
    first, last = np.searchsorted(ordered, ordered), np.searchsorted(ordered, ordered, side="right") - 1
    shared = np.bincount(of, weights=of[first] != of[last], minlength=lines)
    total = np.bincount(line, minlength=lines)
    return np.where(total > 0, 2 * shared / np.maximum(total, 1), 1.0)


def _dates(sums: WordSums) -> Floats:
    """Return how much each line looks like a date, 0 to 2: a year or weekday 0.5, a month's name or numbers in order 1, and more."""
    month, day, year, clock, numeric = (sums.flags[name] > 0 for name in ("month", "day", "year", "clock", "numeric"))
    return np.where(month | numeric, 2.0 + year + clock, year | day) / 2.0


def _tag_flags(blocks: list[Block], tags: set[str]) -> Floats:
    """Return a row a flag: the text page marks the line as heading, as list item, and its share of link text."""
    flags = np.zeros((3, len(blocks)))
    if tags != {"line"} or max([block.link_chars for block in blocks]) > 0:
        for at, block in enumerate(blocks):
            flags[:, at] = block.tag[0] == "h", block.tag == "li", block.link_chars / (len(block.text) or 1)
    return flags
