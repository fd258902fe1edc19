"""A quick look at a line: does it state a day that is known already? Costs a tenth of reading it."""

import re

from normalise.date.fold import fold
from normalise.date.types import EARLIEST_YEAR, LATEST_YEAR
from normalise.date.words import words

_NUMBER = re.compile(r"\d{1,4}(?!\d)")
_WORD = re.compile(r"[^\W\d_]{3,20}")


def states_day(text: str, iso: str) -> bool:
    """Tell whether a line has one date, and its numbers and words are those of the day `iso` (`YYYY-MM-DD`), in any order of them."""
    year, month, day = int(iso[:4]), int(iso[5:7]), int(iso[8:10])
    numbers = [int(number) for number in _NUMBER.findall(text)]
    years = [at for at, number in enumerate(numbers) if EARLIEST_YEAR <= number <= LATEST_YEAR]
    if len(years) != 1 or numbers[years[0]] != year:
        return False
    at = years[0]
    pair = sorted((day, month))
    if sorted(numbers[at + 1 : at + 3]) == pair or sorted(numbers[max(0, at - 2) : at]) == pair:
        return True
    if (numbers[at - 1 : at] or numbers[at + 1 : at + 2]) != [day]:
        return False
    names = words().names
    return any((word := names.get(fold(name))) is not None and month in word.months for name in _WORD.findall(text))
