"""What a short line looks like from its words alone: a date, a byline. This only finds candidates; `normalise` says what they mean."""

import re
from functools import cache

from normalise import lexicon
from normalise.date.fold import bare

_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)\d{1,4} ?[./年년-] ?(?:\d{1,2}|[^\W\d_]{3,9}) ?[./月월-] ?\d{1,4}(?!\d)")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")


def date_shape(text: str) -> int:
    """Return how much a short line looks like a date, 0 to 4: a year or weekday 1, a month's name or numbers in order 2, and more."""
    months, weekdays = calendar_words()
    found = 2 if _NUMERIC.search(text) else 0
    words = _WORD.findall((text if text.isascii() else bare(text)).lower())
    if not found and not months.isdisjoint(words):
        found = 2
    if not found:
        return 1 if _YEAR.search(text) or not weekdays.isdisjoint(words) else 0
    return found + (_YEAR.search(text) is not None) + (_CLOCK.search(text) is not None)


def byline_shape(text: str) -> bool:
    """Return whether a short line starts with a word that bylines start with ("By", "Von", "Автор:")."""
    return text.split(None, 1)[0].rstrip(":").lower() in byline_words()


@cache
def calendar_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of months and of weekdays of all languages, in lower case."""
    months: set[str] = set()
    weekdays: set[str] = set()
    for table in lexicon.languages("calendar").values():
        months.update(word for names in table["months"] for word in names if len(word) > 2)
        weekdays.update(word for names in table["weekdays"] for word in names if len(word) > 3)
    return frozenset(months), frozenset(weekdays)


@cache
def byline_words() -> frozenset[str]:
    """Return the single words that bylines start with, of all languages, in lower case."""
    table = lexicon.load("byline")
    return frozenset(word for key in ("prefixes", "labels") for word in table[key] if " " not in word)


@cache
def given_names() -> frozenset[str]:
    """Return the given names of all languages, in lower case."""
    return frozenset(lexicon.load("byline")["given"])
