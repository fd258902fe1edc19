"""What single words say of the line that they stand in: the learnt weights, months, days, numbers in a date's order, words of bylines.

A word is its characters in lower case, every digit a `#`. Words are hashed, looked up and summed for all lines at once, without a string
of their own, at a tenth of what a dictionary takes.
"""

from collections.abc import Collection
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scraper.text.shapes import byline_words, calendar_words, given_names

Hashes = NDArray[np.uint64]
Whole = NDArray[np.int64]

MOST = 768  # the highest weight of a word, in 1/256
_AFTER = (("", ",", ".", ":", ")", ";"), ("", ","))  # what may stand behind a month's name or a number, and behind a person's
_NAMES = ("given", "byline")
_WEIGHTS = ("short", "long", "byline", "date")
_FIELD = 19  # bits: 128 words of 2 * MOST
_FLAG = 6
# Each word has two numbers. The fields of the first: the weights in short and in longer lines, then flags; of the second: as part of a
# byline, of a date, and the rest of the flags.
_FLAGS = (("month", "day", "year", "clock"), ("numeric", "given", "byline"))
# Where a line's numbers stand: in the sum of its words' first numbers or second ones, or in the second number of its first word; from which
# bit on, and in how many.
_PLACES = (
    *((row, _FIELD * at, _FIELD) for row in (0, 1) for at in (0, 1)),
    *((row, 2 * _FIELD + _FLAG * at, _FLAG) for row, names in enumerate(_FLAGS) for at, name in enumerate(names) if name != "byline"),
    (2, 2 * _FIELD + _FLAG * _FLAGS[1].index("byline"), 1),
)
_ROWS = np.array([row for row, _, _ in _PLACES])
_SHIFTS = np.array([[first] for _, first, _ in _PLACES], dtype=np.uint64)
_MASKS = np.array([[(1 << size) - 1] for _, _, size in _PLACES], dtype=np.uint64)
_UNKNOWN = MOST | MOST << _FIELD
_SLOTS = 18  # bits of a place in the table
_AT_ONCE = 2048  # words of the table hashed together
_TURNS = 32  # words, after which the factors of a line's hash begin again
_NUMBERS = ("#", "##")
_CLOCKS = ("#:##", "##:##", "#h##", "##h##", "##.##", "#:##am", "#:##pm", "##:##am", "##:##pm", "##:##:##")


class WordSums(NamedTuple):
    """What the words of each line say.

    `weights`: a row a kind of line (short, longer, byline, date), the sums of the words' weights in 1/256. `flags`: how many words are a
    month, a day of the week, a year, a time of day, a date in numbers, a given name, a row each; whether the first word opens a byline.
    """

    weights: NDArray[np.float64]
    flags: NDArray[np.float64]


class Words:
    """The table of words. One that finds both its places taken is left out: one in a hundred, of the lightest."""

    def __init__(self, **weights: dict[str, int]) -> None:
        """`short` and `long` are the learnt weights of words in short and in longer lines, `byline` and `date` in such lines."""
        flags = _flags()
        table = [*flags, *sorted(set().union(*weights.values()).difference(flags))]
        row_of = {word: at for at, word in enumerate(table)}
        by_kind = np.zeros((len(_WEIGHTS), len(table)), dtype=np.int64)
        for row, kind in zip(by_kind, _WEIGHTS, strict=True):
            row[[row_of[word] for word in weights[kind]]] = list(weights[kind].values())
        values = _UNKNOWN + by_kind[::2] + (by_kind[1::2] << _FIELD)
        values[:, : len(flags)] += np.array(list(flags.values()), dtype=np.int64).T
        heaviest = np.abs(by_kind).max(axis=0)
        heaviest[: len(flags)] = MOST + 1
        order = (-heaviest).argsort(kind="stable")
        parts = [_hashed(table[start : start + _AT_ONCE]) for start in range(0, len(table), _AT_ONCE)]
        self._keys = np.concatenate([np.concatenate(parts)[order], np.zeros(1, dtype=np.uint64)])
        self._values = np.concatenate([values.take(order, axis=1), np.full((2, 1), _UNKNOWN)], axis=1).astype(np.uint64)
        nothing = len(table)
        self._slots = np.full(1 << _SLOTS, nothing, dtype=np.int32)
        for places in (_place(self._keys[:-1], turn) for turn in (0, 1)):
            left = np.flatnonzero(~np.isin(np.arange(nothing), self._slots))
            left = left[self._slots[places[left]] == nothing][::-1]
            self._slots[places[left]] = left  # of several for one place, the first in the table is kept

    def sums(self, found: Hashes, starts: Whole, counts: Whole) -> WordSums:
        """Return what the lines' words say. `found`: all words; `starts`: where among them each line begins; `counts`: how many it has."""
        at = self._slots.take(_place(found, 0))
        missed = (self._keys.take(at) != found).nonzero()[0]
        second = self._slots.take(_place(found[missed], 1))
        at[missed] = np.where(self._keys[second] == found[missed], second, len(self._keys) - 1)
        values = self._values.take(at, axis=1)
        sums = np.empty((3, len(starts)), dtype=np.uint64)
        np.add.reduceat(values, starts, axis=1, out=sums[:2])
        sums[2] = values[1, starts]
        fields = ((sums[_ROWS] >> _SHIFTS) & _MASKS).astype(np.float64)
        return WordSums(fields[: len(_WEIGHTS)] - MOST * counts, fields[len(_WEIGHTS) :])


def hashes(codes: NDArray[np.uint16], starts: Whole) -> Hashes:
    """Return a hash of each word, from its start to the space before the next one. `codes`: at most 2 ** 18 of UTF-16.

    A polynomial of the word's characters, each with the power of its place in the text: no step is taken word by word.
    """
    powers, inverses = _powers()
    return np.asarray(np.add.reduceat(_folded().take(codes) * powers[: len(codes)], starts) * inverses.take(starts))


def _hashed(words: list[str]) -> Hashes:
    codes = np.frombuffer(" ".join(words).encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    return hashes(codes, np.concatenate([[0], np.flatnonzero(codes == ord(" ")) + 1]))


def joined(words: Hashes, starts: Whole, counts: Whole) -> Hashes:
    """Return a hash of each line from those of its words."""
    rank = np.arange(len(words)) - np.repeat(starts, counts)
    return np.asarray(np.add.reduceat((words ^ (words >> np.uint64(29))) * _factors().take(rank & (_TURNS - 1)), starts))


def fold(text: str) -> str:
    """Return the text as its words are looked up: in lower case, every digit a `#`."""
    return text.lower().translate(_DIGITS)


_DIGITS = str.maketrans(dict.fromkeys("0123456789", "#"))


@cache
def _folded() -> Hashes:
    """Return each UTF-16 code's lower case, "#" for digits and 0 for white space."""
    codes = np.zeros(0x10000, dtype=np.uint64)
    for code in range(0x10000):
        char = chr(code)
        lower = char.lower()
        codes[code] = 0 if char.isspace() else ord("#") if "0" <= char <= "9" else ord(lower) if len(lower) == 1 else code
    return codes


@cache
def _factors() -> Hashes:
    """Return odd numbers of 64 bits without a pattern, one a place in a line: the finaliser of splitmix64."""
    x = np.arange(1, _TURNS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((x ^ (x >> np.uint64(31))) | np.uint64(1))


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """Return the powers of an odd number, from the first on, and what makes each one the first again."""
    each, size = 0xD6E8FEB86659FD93, 1 << 18
    powers = np.multiply.accumulate(np.full(size, each, dtype=np.uint64))
    inverses = np.multiply.accumulate(np.array([1, *[pow(each, -1, 1 << 64)] * (size - 1)], dtype=np.uint64))
    return powers, inverses


def _place(found: Hashes, turn: int) -> Whole:
    """Return the first place in the table where a word may stand, or with `turn` 1 the other."""
    return ((found >> np.uint64(64 - (turn + 1) * _SLOTS)) & np.uint64((1 << _SLOTS) - 1)).view(np.int64)


def _flags() -> dict[str, tuple[int, int]]:
    """Return the words of dates and bylines with the bits of their two numbers."""
    months, days = calendar_words()
    numeric = [mark.join(parts) for mark in "./-" for parts in product(_NUMBERS, _NUMBERS, ("##", "####"))]
    numeric += [mark.join(parts) for mark in "./-" for parts in product(("####",), _NUMBERS, _NUMBERS)]
    numeric += ["".join((year, *parts)) for year in ("####年", "") for parts in product(_NUMBERS, "月", _NUMBERS, "日")]
    numeric += ["####-##-##t" + clock for clock in ("##:##", "##:##:##", "##:##:##z")]
    kinds: dict[str, Collection[str]] = {
        "month": months,
        "day": days,
        "year": ("####", "'##"),
        "clock": _CLOCKS,
        "numeric": numeric,
        "given": given_names(),
    }
    kinds["byline"] = {word + mark for word in byline_words() for mark in ("", ":")}
    flags: dict[str, tuple[int, int]] = {}
    for number, names in enumerate(_FLAGS):
        for at, name in enumerate(names):
            for word in sorted({word + mark for word in kinds[name] for mark in _AFTER[name in _NAMES]}):
                if " " not in word:
                    first, second = flags.get(word, (0, 0))
                    bit = 1 << (2 * _FIELD + _FLAG * at)
                    flags[word] = (first, second | bit) if number else (first | bit, second)
    return flags
