"""What a byline says: who wrote it, and in what role.

`parse_byline` takes the string as a page or its metadata prints it. It is a pure function; its words are data, see `words`.
"""

import re
from collections.abc import Iterable

import msgspec

from normalise.article import Author
from normalise.byline.alone import is_byline_alone
from normalise.byline.dateline import is_signature, reporter_of
from normalise.byline.identity import OTHER_SCRIPTS, given_name, name_key, plain_key
from normalise.byline.names import is_editors, parse_names
from normalise.byline.printed import (
    SPELLED,
    TRAILING_PARENTHESIS,
    has_date,
    opening,
    parts,
    plain,
    printed_byline,
    undated,
    without_spelled,
)
from normalise.byline.roles import bare_words, is_outlet, is_role_noun
from normalise.byline.words import FIRST_HAN, Words, ends_in_role, fold, words

__all__ = [
    "MAX_AUTHORS",
    "MAX_NAME",
    "Byline",
    "byline_starts",
    "copyright_holder",
    "credits_editor",
    "given_name",
    "has_date",
    "heads_contacts",
    "heads_mail",
    "heads_outlet",
    "is_agency",
    "is_byline_alone",
    "is_desk",
    "is_role",
    "is_signature",
    "may_be_names",
    "name_key",
    "openings",
    "opens_byline",
    "parse_byline",
    "parts",
    "plain_key",
    "reporter_of",
    "says_more",
]

# A longer string is no byline, whatever it holds.
MAX_RAW = 10_000
MAX_PRINTED = 1_000
MAX_AUTHORS = 20
THE = "The"  # begins an outlet's name inside a line
MAX_NAME = 100
LONG = 80
COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)[\s©:]{0,5}(?:\(c\)\s{0,3})?[\d\s,–-]{0,20}(?:by\s)?([^\d©|•·\n]{3,80})", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
# A plain name: its words, those before it, and where Latin letters end.
MAX_WORDS = 4
MAX_TOKENS = 7  # of a line that names an outlet
LONGEST_PREFIX = 5
BEYOND_LATIN = "\u0340"


class Byline(msgspec.Struct, frozen=True, kw_only=True):
    """A byline as printed, without the leading "By" of any language, and the authors that it names, in its order."""

    byline: str
    authors: list[Author] = []


def parse_byline(raw: str, *, site_name: str | None = None, language: str | None = None) -> Byline | None:
    """Return what `raw` says of the authors, or None where it names nobody.

    `site_name` tells the outlet from a person; `language` (BCP 47) decides words that are a preposition in one language and part of
    a name in another. At most 20 authors, each name of at most 100 characters, without markup, addresses or control characters.
    Never raises.
    """
    if len(raw) > MAX_RAW:
        return None
    table = words(language)
    name = _plain_name(raw, table, site_name)
    if name is not None:
        return Byline(byline=name, authors=[Author(name=name)])
    if site_name and fold(raw.strip()) == fold(site_name):
        name = plain(raw)[:MAX_NAME].strip()
        return Byline(byline=name, authors=[Author(name=name, kind="organization")]) if name else None
    byline = printed_byline(raw, table)
    if not byline or len(byline) > MAX_PRINTED:
        return None
    authors = parse_names(byline, table, site_name=site_name, language=language)
    authors = [author for author in authors if len(author.name) <= MAX_NAME][:MAX_AUTHORS]
    if authors and not _covers(authors, byline):
        byline, authors = _first_with_role(authors[0], byline)
    return Byline(byline=byline, authors=authors) if authors else None


def _plain_name(raw: str, words: Words, site_name: str | None) -> str | None:
    """Return the name where `raw` is one to four capitalised words that mean nothing else, alone or after a "By": a quick yes."""
    if len(raw) > LONG or max(raw, default="") >= BEYOND_LATIN:
        return None
    tokens = raw.split(" ")
    if fold(tokens[0].rstrip(":")) in words.starts:
        for count in range(min(LONGEST_PREFIX, len(tokens) - 1), 0, -1):
            if fold(" ".join(tokens[:count]).rstrip(":")) in words.prefixes:
                tokens = tokens[count:]
                break
    if len(tokens) > MAX_WORDS or not all(_is_plain(token, words) for token in tokens) or not tokens[-1][-1].isalpha():
        return None
    name = " ".join(tokens)
    return name if name != site_name and not all(fold(token) in words.particles for token in tokens) else None


def _is_plain(token: str, words: Words) -> bool:
    """Whether a word is capitalised, of letters, and in no table; or an initial."""
    if len(token) == 2 and token[1] == ".":
        return token[0].isalpha() and token[0].isupper()
    folded = token.casefold()
    if not (token.isalpha() and token[0].isupper() and token[1:].islower()) or folded in words.marked:
        return False
    return not ends_in_role(folded, words)


def _covers(authors: list[Author], byline: str) -> bool:
    """Whether names and roles make up half of a long byline: prose has names too."""
    if len(byline) < LONG:
        return True
    return 2 * sum(len(author.name) + len(author.role or "") for author in authors) >= len(byline)


def _first_with_role(author: Author, byline: str) -> tuple[str, list[Author]]:
    """Return the start of a long byline up to the role that follows its first name, and that author; nobody where none does."""
    start = f"{author.name}, {author.role}"
    return (start, [author]) if author.role and author.kind == "person" and byline.startswith(start) else (byline, [])


def may_be_names(text: str, language: str | None = None) -> bool:
    """Whether a line can be a bare list of names, with a date at most: capitalised words, one a first name and none of prose. A cheap test
    before `parse_byline`.
    """
    table = words(language)
    return any(_may_be_names(part, table) for part in parts(without_spelled(text))[::2])


def _may_be_names(text: str, table: Words) -> bool:
    tokens = TRAILING_PARENTHESIS.sub("", text).split()
    if tokens and "@" in tokens[-1]:
        tokens.pop()
    if not tokens:
        return False
    dated = _DIGIT.search(text) is not None and has_date(text)
    tokens = undated(tokens, table) if dated else tokens
    if not 2 - dated <= len(tokens) <= 12 or tokens[-1][-1] in ".!?:" or not tokens[0][0].isalnum():
        return False
    if tokens[0][0].isascii() and not tokens[0][0].isupper() and not dated:
        return False
    apart = (at for at in range(2, len(tokens)) if _is_apart(tokens, at, table))
    end = next(apart, len(tokens))
    folded = {token.casefold() for token in tokens[:end]}
    if tokens[0].isupper() and len(tokens[0]) > 2:  # "JEANNE DOE ET MARC LE ROE"
        folded -= table.particles | table.ands
    if not table.stops.isdisjoint(folded) or not table.organisations.isdisjoint(folded) or not table.noise.isdisjoint(folded):
        return False
    if dated:
        return True
    if (
        tokens[0][0] < OTHER_SCRIPTS
        and table.given.isdisjoint(folded)
        and table.given.isdisjoint(token.partition("-")[0] for token in folded)
    ):
        return False
    return all(token in table.marked or token in table.particles for token in tokens[:end] if token.islower())


def _is_apart(tokens: list[str], at: int, table: Words) -> bool:
    """Whether an affiliation starts here, "The", or behind a comma an outlet that ends the line."""
    if tokens[at] in table.affiliations or tokens[at] in table.affiliation_starts:
        return True
    return tokens[at] == THE or (tokens[at - 1][-1] == "," and is_outlet(tokens[at:], table))


def opens_byline(text: str, language: str | None = None) -> str | None:
    """Return "full" where a line starts as a byline does ("By Jane Doe"), "bare" where it is only the start ("Written by"), else None."""
    return opening(text[:400], words(language))


def is_agency(text: str, language: str | None = None) -> bool:
    """Whether a line is the name of an agency and nothing else, or of several: "dpa/AFP"."""
    if len(text) > MAX_NAME:
        return False
    agencies = words(language).agencies
    folded = fold(text.strip(" ()/"))
    return folded in agencies or ("/" in folded and all(part.strip() in agencies for part in folded.split("/")))


def is_desk(name: str, language: str | None = None) -> bool:
    """Whether a name is that of people who write together: "Courier Team", "Redaktion Kurier"."""
    tokens = fold(name).split()
    return not words(language).desks.isdisjoint(tokens[:1] + tokens[-1:])


def is_role(text: str, language: str | None = None) -> bool:
    """Whether a short line is a role: it has a noun of one, and no word of prose."""
    table = words(language)
    found = bare_words(text.split()[:MAX_WORDS])
    return any(is_role_noun(word, table) for word in found) and table.stops.isdisjoint(found)


def says_more(name: str, language: str | None = None) -> bool:
    """Whether a name has a word of prose or of a page's furniture: "About Jane", "in Sport"."""
    table = words(language)
    folded = set(map(fold, name.split()))
    return not (table.stops.isdisjoint(folded) and table.noise.isdisjoint(folded))


def credits_editor(text: str, language: str | None = None) -> bool:
    """Whether a line starts with the label of whoever edited: "Editor: Jane Doe"."""
    return is_editors(text[:MAX_NAME], words(language))


def heads_contacts(text: str, language: str | None = None) -> bool:
    """Whether a line is nothing but the heading of people whom the press may ask: "Media contact:"."""
    return len(text) <= MAX_NAME and fold(text.strip(" :：")) in words(language).contacts


def heads_outlet(text: str, language: str | None = None) -> bool:
    """Whether a line says for whom somebody wrote: "For The Courier", "Special to the Courier"."""
    table = words(language)
    tokens = [fold(token) for token in text.split()]
    starts = any(" ".join(tokens[:count]) in table.affiliations for count in (1, 2))
    return starts and 2 < len(tokens) <= MAX_TOKENS and text.split()[-1][:1].isupper()


def heads_mail(text: str) -> bool:
    """Whether a line is the head of a mail in an archive: a name, the address in words, the day."""
    return " at " in text and len(text) <= MAX_PRINTED and has_date(text) and SPELLED.search(text) is not None


def byline_starts(language: str | None = None) -> frozenset[str]:
    """Return the folded first words of what stands before a name: "by", "written"."""
    return words(language).starts


def openings(texts: Iterable[str], language: str | None = None) -> list[str | None]:
    """Return what `opens_byline` says of each line."""
    table = words(language)
    openers, heads = table.openers, table.glued_heads
    return [
        None
        if (first := text.partition(" ")[0]).isalpha()
        and first.casefold() not in openers
        and first[0] not in heads
        and first[0] < FIRST_HAN
        else opening(text[:400], table)
        for text in texts
    ]


def copyright_holder(text: str) -> str | None:
    """Return who "© 2012-2025 Jane Doe. All rights reserved." names, as printed; None where `text` has no such notice."""
    found = COPYRIGHT.search(text[:MAX_PRINTED])
    name = found[1].partition(". ")[0].strip(" .,|") if found else ""
    return name if name and len(name) <= LONG else None
