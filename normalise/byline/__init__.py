"""What a byline says: who wrote it, and in what role.

`parse_byline` takes the string as a page or its metadata prints it. It is a pure function; its words are data, see `words`.
"""

import msgspec

from normalise.article import Author
from normalise.byline.names import parse_names
from normalise.byline.printed import opening, printed_byline
from normalise.byline.words import words

__all__ = ["MAX_AUTHORS", "MAX_NAME", "Byline", "opens_byline", "parse_byline"]

# A longer string is no byline, whatever it holds.
MAX_RAW = 10_000
MAX_PRINTED = 1_000
MAX_AUTHORS = 20
MAX_NAME = 100
LONG = 80


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
    byline = printed_byline(raw, table)
    if not byline or len(byline) > MAX_PRINTED:
        return None
    authors = parse_names(byline, table, site_name=site_name, language=language)
    authors = [author for author in authors if len(author.name) <= MAX_NAME][:MAX_AUTHORS]
    return Byline(byline=byline, authors=authors) if authors and _covers(authors, byline) else None


def _covers(authors: list[Author], byline: str) -> bool:
    """Whether names and roles make up half of a long byline: prose has names too."""
    if len(byline) < LONG:
        return True
    return 2 * sum(len(author.name) + len(author.role or "") for author in authors) >= len(byline)


def opens_byline(text: str, language: str | None = None) -> str | None:
    """Return "full" where a line starts as a byline does ("By Jane Doe"), "bare" where it is only the start ("Written by"), else None."""
    return opening(text[:400], words(language))
