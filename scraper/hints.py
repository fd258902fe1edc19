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
    "uploaddate": "date",
    "datemodified": "modified",
    "headline": "headline",
    "articlesection": "section",
    "keywords": "tag",
    "alternativeheadline": "dek",
}
_RELS = {"author": "author", "tag": "tag", "category": "section", "category tag": "section"}
# camelCase borders, and every run that is no letter or digit
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_ADDRESS_PARTS = 8  # of a link: a profile's path is short
_NAME_CHARS = 200
_CACHED_NAMES = 50_000
_CACHED_CHARS = 500  # longer names are read each time: what is kept must be bounded in bytes too

# Answers for the class values seen so far. Pages repeat a few hundred values a thousand times; the walk looks here first.
known_claims: dict[str | None, Claim] = {None: None}


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
def _table() -> dict[str, Any]:
    return tomllib.loads((files("scraper") / "data" / "hints.toml").read_text("utf-8"))


@cache
def _claiming_words() -> frozenset[str]:
    return frozenset().union(*(wanted for _, wanted, _ in _kinds()))


def name_claim(names: str | None) -> Claim:
    """Return what a class or id attribute says, e.g. "entry-meta post-author" gives ("author", "class=post-author")."""
    if names in known_claims:
        return known_claims[names]
    if names and len(names) > _CACHED_CHARS:
        return _read_names(names[:_NAME_CHARS])
    if len(known_claims) >= _CACHED_NAMES:
        known_claims.clear()
        known_claims[None] = None
    claim = known_claims[names] = _read_names(names[:_NAME_CHARS]) if names else None
    return claim


def _read_names(names: str) -> Claim:
    lower = names.lower()
    if lower == names and _claiming_words().isdisjoint(f"{lower} {lower.replace('-', ' ').replace('_', ' ')}".split()):
        return None  # nearly all values end here, before the dear part
    for name in names.split():
        words = {word.lower() for word in _WORD.findall(name)} - _whole()
        words.add(name.lower())
        for kind, wanted, unwanted in _kinds():
            if not wanted.isdisjoint(words) and unwanted.isdisjoint(words):
                return kind, f"class={name}"
    return None


def property_claim(itemprop: str | None) -> Claim:
    """Return what an itemprop attribute says."""
    for name in (itemprop or "").lower().split():
        kind = _ITEMPROPS.get(name)
        if kind is not None:
            return kind, f"itemprop={name}"
    return None


def address_claim(href: str) -> Claim:
    """Return what a link's address says, e.g. "/authors/jane-doe" and "/?author=7" give ("profile", "href=author")."""
    parts = href.split("/", _ADDRESS_PARTS)
    if _profiles().isdisjoint(parts):  # nearly all of a page's links
        return ("profile", "href=author") if "author=" in href else None
    at = next(at for at, part in enumerate(parts) if part in _profiles())
    return ("profile", f"href={parts[at]}") if at + 1 < len(parts) and len(parts[at + 1]) > 1 else None


def rel_claim(rel: str | None) -> Claim:
    """Return what a link's rel attribute says."""
    rel = (rel or "").lower().strip()
    kind = _RELS.get(rel) or next((_RELS[name] for name in rel.split() if name in _RELS), None)
    return None if kind is None else (kind, f"rel={rel[:_NAME_CHARS]}")


def hides(attributes: dict[str, str | None]) -> bool:
    """Whether an element's own attributes hide it from a reader."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return style is not None and "display" in style and "display:none" in style.replace(" ", "").lower()
