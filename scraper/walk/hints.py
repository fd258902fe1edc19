"""What an element's attributes say that it holds: a byline, a date, a breadcrumb."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

# (kind, source) or None
Claim = tuple[str, str] | None

_ITEMPROPS = {
    "author": "author",
    "creator": "author",
    "datepublished": "date",
    "datecreated": "date",
    "created": "date",
    "uploaddate": "date",
    "datemodified": "modified",
    "headline": "headline",
    "articlesection": "section",
    "keywords": "tag",
    "alternativeheadline": "dek",
}
_ACCOUNT = ("profile", "href=member")
_RELS = {"author": "author", "tag": "tag", "category": "section", "category tag": "section"}
_REL_NAMES = frozenset(_RELS)
# camelCase borders, and every run that is no letter or digit
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_ADDRESS_PARTS = 8  # of a link: a profile's path is short
_NAME_CHARS = 200
_CACHED_NAMES = 50_000
_CACHED_CHARS = 500  # longer names are read each time: what is kept must be bounded in bytes too


@cache
def _kinds() -> list[tuple[str, frozenset[str], frozenset[str]]]:
    return [(kind["name"], frozenset(kind["words"]), frozenset(kind.get("not", ()))) for kind in _table()["kind"]]


@cache
def _whole() -> frozenset[str]:
    return frozenset(_table()["whole"])


@cache
def _profiles() -> frozenset[str]:
    return frozenset(_table()["profile"])


@cache
def _accounts() -> tuple[str, ...]:
    return tuple(_table()["account"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("scraper") / "data" / "hints.toml").read_text("utf-8"))


@cache
def _claiming_words() -> frozenset[str]:
    return frozenset().union(*(wanted for _, wanted, _ in _kinds()))


@cache
def _telling_parts() -> frozenset[str]:
    """Of each claiming word the longest part between hyphens: names that have none of them claim nothing."""
    return frozenset(max(word.replace("_", "-").split("-"), key=len) for word in _claiming_words())


class _Claims(dict[str | None, Claim]):
    """Answers for the class values seen so far. Pages repeat a few hundred values a thousand times; the walk looks here first."""

    def __missing__(self, names: str | None) -> Claim:
        if names is not None and len(names) > _CACHED_CHARS:
            return _read_names(names[:_NAME_CHARS])
        if len(self) >= _CACHED_NAMES:
            self.clear()
        claim = self[names] = _read_names(names[:_NAME_CHARS]) if names else None
        return claim


known_claims = _Claims()


def name_claim(names: str | None) -> Claim:
    """Return what a class or id attribute says, e.g. "entry-meta post-author" gives ("author", "class=post-author")."""
    return known_claims[names]


def _read_names(names: str) -> Claim:
    lower = names.lower()
    parts = lower.replace("-", " ").replace("_", " ").split()
    if lower != names:
        parts += " ".join(_WORD.findall(names)).lower().split()
    if _telling_parts().isdisjoint(parts):
        return None  # nearly all values end here, before the dear part
    if _claiming_words().isdisjoint(parts) and _claiming_words().isdisjoint(lower.split()):
        return None
    for name in names.split():
        words = {word.lower() for word in _WORD.findall(name)} - _whole()
        words.add(name.lower())
        for kind, wanted, unwanted in _kinds():
            if not wanted.isdisjoint(words) and unwanted.isdisjoint(words):
                return kind, f"class={name}"
    return None


def property_claim(itemprop: str | None) -> Claim:
    """Return what an itemprop attribute says, or RDFa's "property": "schema:datePublished"."""
    if itemprop is None:
        return None
    for prefixed in itemprop.lower().split():
        name = prefixed.rpartition(":")[2]
        kind = _ITEMPROPS.get(name)
        if kind is not None:
            return kind, f"itemprop={name}"
    return None


def address_claim(href: str) -> Claim:
    """Return what a link's address says, e.g. "/authors/jane-doe" and "/?author=7" give ("profile", "href=author"), "/user?id=jane"
    ("profile", "href=member").
    """
    parts = href.split("/", _ADDRESS_PARTS)
    if _profiles().isdisjoint(parts):  # nearly all of a page's links
        if "author=" in href:
            return "profile", "href=author"
        return _ACCOUNT if "?" in href and any(account in href for account in _accounts()) else None
    at = next(at for at, part in enumerate(parts) if part in _profiles())
    return ("profile", f"href={parts[at]}") if at + 1 < len(parts) and parts[at + 1] else None


def rel_claim(rel: str | None) -> Claim:
    """Return what a link's rel attribute says."""
    if rel is None:
        return None
    rel = rel.lower().strip()
    kind = _RELS.get(rel)
    if kind is None and not _REL_NAMES.isdisjoint(names := rel.split()):
        kind = next(_RELS[name] for name in names if name in _RELS)
    return None if kind is None else (kind, f"rel={rel[:_NAME_CHARS]}")


def hides(attributes: dict[str, str | None]) -> bool:
    """Whether an element's own attributes hide it from a reader."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return style is not None and "display" in style and "display:none" in style.replace(" ", "").lower()
