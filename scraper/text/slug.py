"""What the words of a page's address say of its lines: addresses of articles are made from their headlines."""

import re
from math import ceil
from urllib.parse import unquote

from normalise.date.fold import fold

_PATH = re.compile(r"(?:https?:)?//[^/?#]*([^?#]{0,2000})")
_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(r"\.\w{2,5}\Z")  # ".html"
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


def agreements(texts: list[str], slug: frozenset[str]) -> list[float]:
    """Return how well each line agrees with an address, 0 to 2: the share of the address's words that it has, plus that of its own there.

    A single word is less telling: the line that is that word has 1, all others 0.
    """
    least = ceil(max(_LEAST_WORDS, _LEAST_SHARE * len(slug))) if len(slug) > 1 else 1
    longest = sorted(slug, key=len)[least - 1 :]  # no line that agrees can do with the others alone
    lines = _plain("\0".join([text.lower() if text.isascii() else fold(text) for text in texts])).split("\0")
    found = [0.0] * len(texts)
    for at, line in enumerate(lines):
        if any(map(line.__contains__, longest)) and sum([word in line for word in slug]) >= least:
            found[at] = _agreement(line, slug)
    return found


def _agreement(line: str, slug: frozenset[str]) -> float:
    words = frozenset(_WORD.findall(line))
    if len(slug) == 1:
        return float(words == slug)
    both = len(words & slug)
    return both / len(slug) + both / len(words) if both >= max(_LEAST_WORDS, _LEAST_SHARE * len(slug)) else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(fold(text)))


def _plain(folded: str) -> str:
    """Write umlauts without "e": an address may have it or not."""
    return folded.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("'", "").replace("`", "")
