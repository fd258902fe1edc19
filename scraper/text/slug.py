"""What the words of a page's address say of its lines: addresses of articles are made from their headlines."""

import re
from urllib.parse import unquote

from normalise.date.fold import fold

_PATH = re.compile(r"(?:https?:)?//[^/?#]*([^?#]{0,2000})")
_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(r"\.\w{2,5}\Z")  # ".html"
_UMLAUT = re.compile("([aou])e")  # an address writes an umlaut with "e", or without
_LONGEST_NUMBER = 4  # characters of a word with digits: a year; longer ones number the page
_LEAST_WORDS = 2  # that an address of several shares with a line
_LEAST_SHARE = 0.4  # of the address's words


def slug_words(url: str | None) -> frozenset[str]:
    """Return the words of the last step of an address's path that has any."""
    match = _PATH.match(url or "")
    for step in reversed(unquote(match[1]).split("/") if match is not None else ()):
        words = [word for word in _words(_SUFFIX.sub("", step)) if len(word) <= _LONGEST_NUMBER or word.isalpha()]
        if words:
            return frozenset(words)
    return frozenset()


def agreement(text: str, slug: frozenset[str]) -> float:
    """Return how well a line agrees with an address, 0 to 2: the share of the address's words that it has, and of its words that are there.

    A single word is less telling: the line that is that word has 1, all others 0.
    """
    words = frozenset(_words(text))
    if len(slug) == 1:
        return float(words == slug)
    both = len(words & slug)
    return both / len(slug) + both / len(words) if both >= max(_LEAST_WORDS, _LEAST_SHARE * len(slug)) else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(_UMLAUT.sub(r"\1", fold(text).replace("'", "")))
