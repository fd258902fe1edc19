"""What the words of a segment are: roles, and what no person's name has."""

import re

from normalise.byline.printed import EDGES
from normalise.byline.words import Words, ends_in_role, fold

IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
DOMAIN = re.compile(
    r"[\w-]{2,60}\.(?:com|org|net|de|at|ch|fr|it|es|pl|be|nl|co|uk|io|ru|tr|br|info|news|tv|eu|cz|se|no|dk|fi|pt|gr|ro|hu|ua)\b",
    re.IGNORECASE,
)
ARTICLE = "the"  # "The Commercial Appeal": no person's name starts with it


def bare_words(tokens: list[str]) -> list[str]:
    """Return the tokens folded, without the marks around them."""
    return [fold(token.strip(EDGES + ".")) for token in tokens]


def is_role_noun(word: str, words: Words) -> bool:
    """Whether a folded word is a role or a compound that ends in one ("ard-korrespondentin", "politikredakteur")."""
    if word in words.roles:
        return True
    return word.rpartition("-")[2] in words.roles if "-" in word else ends_in_role(word, words)


def role_start(tokens: list[str], words: Words) -> int:
    """Return where the role printed after a name starts, 0 where none is. A name has two words at least."""
    bare = bare_words(tokens)
    last = max((at for at, word in enumerate(bare) if is_role_noun(word, words)), default=0)
    for at in range(2, last + 1):
        if is_role_noun(bare[at], words) or (bare[at] in words.role_words and (at + 1 <= last) and bare[at] not in words.particles):
            while at > 2 and (bare[at - 1] in words.places or is_outlet(tokens[at - 1 : at], words)):  # "Jane Doe Moscow correspondent"
                at -= 1
            return at if not any(word in words.organisations for word in bare[:at]) else 0
    return 0


def is_outlet(tokens: list[str], words: Words) -> bool:
    """Whether what stands behind a person's name is a newspaper or the like: "The Gazette", "Lancashire Telegraph", "El Correo"."""
    bare = bare_words(tokens)
    if not bare or not tokens[0][:1].isupper() or bare[0] in words.given or bare[-1] in words.agencies:
        return False
    article = bare[0] in words.articles or bare[0] == ARTICLE
    if len(bare) > 1 and article and words.given.isdisjoint(bare[1:2]) and tokens[1][:1].isupper():
        return True
    named = [word.rpartition("'")[2] for word in bare]  # "L'Écho"
    return any(not words.outlets.isdisjoint(word.split("-")) or word in words.organisations for word in named)


def is_organisation(segment: str, words: Words) -> bool:
    """Whether a segment has a word that names of organizations have, or is a domain."""
    tokens = [fold(token.strip(EDGES + ".()")) for token in segment.split()]
    tokens += [token.rpartition("-")[2] for token in tokens if "-" in token]
    if any(token in words.organisations for token in tokens) or (len(tokens) > 1 and tokens[0] == ARTICLE):
        return True
    if IDEOGRAPHS.search(segment):
        return len(segment) > 3 and any(segment.endswith(word) for word in words.organisations if IDEOGRAPHS.search(word))
    return "." in segment and DOMAIN.search(segment) is not None
