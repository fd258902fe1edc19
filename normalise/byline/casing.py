"""Names printed in capitals, in the case a person would write them."""

import re

from normalise.byline.words import Words, fold

ROMAN = re.compile(r"(?:I{1,3}|IV|VI{0,3}|IX)")
PARTS = re.compile(r"([-'’.])")
MIN_SURNAME = 4  # letters; a shorter one may be an abbreviation
SCOTS = re.compile(r"Mc([a-z])(?=[a-z]{2})")


def recased(name: str, words: Words, language: str | None) -> str:
    """Return a name of two or more words in capitals as "Jane van der Berg", and one whose surname is, "Jane ROE"; any other unchanged."""
    tokens = name.split()
    if len(tokens) < 2 or not (name.isupper() or _is_surname_raised(tokens, words)) or not any(len(token) > 3 for token in tokens):
        return name
    turkish = (language or "").startswith(("tr", "az"))
    return " ".join(_token(token, at, words, turkish=turkish) if token.isupper() else token for at, token in enumerate(tokens))


def _is_surname_raised(tokens: list[str], words: Words) -> bool:
    """Whether a first name, which is a known one, is followed by one word in capitals only, which is no abbreviation."""
    first, last = tokens[0], tokens[-1]
    if len(tokens) != 2 or len(last) < MIN_SURNAME or not last.isupper() or not last.isalpha():
        return False
    return not first.isupper() and fold(first) in words.given and fold(last) not in words.suffixes and not ROMAN.fullmatch(last)


def _token(token: str, at: int, words: Words, *, turkish: bool) -> str:
    bare = token.strip(".,")
    if (ROMAN.fullmatch(bare) and at) or "." in bare or len(bare) < 2 or (at and fold(bare) in words.suffixes and len(bare) < 4):
        return token
    if at and fold(bare) in words.particles and len(bare) > 1:
        return _lower(token, turkish)
    return SCOTS.sub(lambda match: "Mc" + match[1].upper(), "".join(_capital(part, turkish) for part in PARTS.split(token)))


def _capital(part: str, turkish: bool) -> str:
    return part[:1] + _lower(part[1:], turkish)


def _lower(text: str, turkish: bool) -> str:
    if turkish:
        text = text.replace("I", "ı")
    return text.replace("İ", "i").lower()
