"""When two names are one person's, and whether a name is a person's at all."""

import unicodedata
from functools import lru_cache
from typing import Literal

from normalise.byline.words import fold, words

MAX_KEY = 300
OTHER_SCRIPTS = "\u0b00"  # from here on, characters of scripts that no list of first names is in


@lru_cache(maxsize=2048)
def name_key(name: str) -> str:
    """Return what the spellings of one person's name share: its letters and digits without accents, titles and what follows a comma.

    "Dr. Ana Pérez, PhD" and "ANA PEREZ" have the same key. At most 300 characters are read.
    """
    tokens = _without_honorifics(name[:MAX_KEY].partition(",")[0].split())
    return plain_key(" ".join(tokens))


def plain_key(text: str) -> str:
    """Return the letters and digits of `text`, folded and without accents, as `name_key` does."""
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
    return "".join(filter(str.isalnum, folded))


def given_name(name: str) -> Literal["known", "unknown", "other"]:
    """Return whether a name starts with a known first name; "other" where its script has no list of them."""
    tokens = _without_honorifics(name[:MAX_KEY].split())
    if not tokens or tokens[0][0] >= OTHER_SCRIPTS:
        return "other"
    first = fold(tokens[0])
    known = words(None).given
    return "known" if first in known or first.partition("-")[0] in known else "unknown"


def _without_honorifics(tokens: list[str]) -> list[str]:
    honorifics = words(None).honorifics
    while len(tokens) > 1 and fold(tokens[0]) in honorifics:
        tokens = tokens[1:]
    return tokens
