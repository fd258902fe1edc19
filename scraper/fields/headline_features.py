"""What speaks for and against each possible headline, as names of features: their weights are in `scraper/data/headline.json`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from normalise.headline import headline_key
from scraper.blocks import Segmentation

# The order in which one spelling is preferred to another, and a source named.
TRUST = ("h1", "label", "json-ld", "og", "hint", "part", "twitter", "meta", "name", "h2", "h3", "title", "line")
_MAIN = ("h1", "json-ld", "og", "title", "hint")
HEADINGS = frozenset(("h1", "h2", "h3"))
_WORD = re.compile(r"\w+")
_SEPARATED = re.compile(r"\s[-–—|·»:]\s|\|")
_BESIDE = 10  # letters of a heading that stands beside the h1 in the title


class Spelling(NamedTuple):
    """One place where a headline may stand, and how it reads there."""

    text: str
    kind: str  # one of TRUST
    source: str  # as the record names it
    cut: bool = False  # a site's or section's name was taken off
    after_body: bool = False
    linked: bool = False  # most of a heading is a link: a site's name, a related story


class Option(msgspec.Struct):
    """One possible headline: its key, how it is spelled and where, and what speaks for or against it."""

    key: str
    spellings: list[Spelling]
    features: list[str] = []


def set_features(options: list[Option], page: Segmentation, path: str) -> None:
    """Give every option its features, as they are beside the others; `path` are the words of the page's address."""
    first: dict[str, str] = {}  # the first key of each kind
    for option in options:
        for one in option.spellings:
            first.setdefault(one.kind, option.key)
    h1s = sum(any(one.kind == "h1" for one in option.spellings) for option in options)
    title = headline_key(page.title or "")
    slug = _WORD.findall(path.replace("_", "-"))
    patterns = {option.key: "+".join(kind for kind in _MAIN if any(one.kind == kind for one in option.spellings)) for option in options}
    rival = patterns.get(first.get("h1", ""), "")
    for option in options:
        option.features = [f"pattern:{patterns[option.key]}"]
        if option.key != first.get("h1"):
            option.features.append(f"against:{rival}:{patterns[option.key]}")
        option.features += [*_source_features(option, first, h1s), *_text_features(option, title, slug), *_relations(option, options)]
        if first.get("h1") not in (None, option.key):
            option.features += _beside_h1(option, first["h1"], title)


def _source_features(option: Option, first: dict[str, str], h1s: int) -> Iterator[str]:
    kinds = {one.kind for one in option.spellings}
    for kind in kinds:
        yield kind
        if first[kind] == option.key:
            yield f"{kind}:first"
        if all(one.cut for one in option.spellings if one.kind == kind):
            yield f"{kind}:cut"
    if "h1" in kinds:
        yield "h1:only" if h1s == 1 else "h1:one of few" if h1s < 4 else "h1:one of many"
    if "h1" not in first:
        yield from (f"no h1:{kind}" for kind in kinds)
    yield f"sources:{min(len(kinds), 5)}"
    if any(one.kind in ("h1", "h2", "h3", "hint") for one in option.spellings):
        printed = [one for one in option.spellings if one.kind in ("h1", "h2", "h3", "hint")]
        yield "after body" if all(one.after_body for one in printed) else "before body"
    yield from {f"linked:{one.kind}" for one in option.spellings if one.linked}


def _text_features(option: Option, title: str, slug: list[str]) -> Iterator[str]:
    text = option.spellings[0].text
    words = _WORD.findall(text.lower())
    size = max(len(words), len(option.key) // 4 if option.key and ord(max(option.key)) > 0x3000 else 0)
    yield "words:" + ("1" if size < 2 else "2" if size < 3 else "3" if size < 5 else "5" if size < 16 else "16" if size < 26 else "26")
    if title:
        at = title.find(option.key)
        yield "title:same" if title == option.key else "title:starts" if at == 0 else "title:has" if at > 0 else "title:lacks"
    if len(slug) > 2:
        share = sum(word in slug for word in words) / max(1, len(words))
        yield "slug:" + ("0" if share < 0.2 else "1" if share < 0.5 else "2" if share < 0.8 else "3")
    if text.endswith(("…", "...")):
        yield "cut off"
    if _SEPARATED.search(text):
        yield "separated"
    if text.isupper():
        yield "capitals"
    if text.endswith((".", ":", ",")):
        yield "ends in a stop"


def _relations(option: Option, options: list[Option]) -> Iterator[str]:
    seen: set[str] = set()
    for other in options:
        if other is option or len(other.key) < 8:
            continue
        kind = other.spellings[0].kind
        if other.key in option.key:
            seen.add(f"holds:{kind}")
        elif option.key in other.key:
            seen.add(f"in:{kind}")
    yield from seen


def _beside_h1(option: Option, h1: str, title: str) -> Iterator[str]:
    """How an option compares with the page's first h1. A title that holds both has the site's name in the h1: "Blog » Story"."""
    longer = len(option.key) - len(h1)
    yield "longer:" + ("-2" if longer < -20 else "-1" if longer < -5 else "0" if longer <= 5 else "1" if longer <= 20 else "2")
    before, found, after = title.partition(h1)
    if found and len(h1) > 2 and len(option.key) >= _BESIDE and option.key in before + after:
        yield "beside the h1:heading" if any(one.kind in HEADINGS for one in option.spellings) else "beside the h1"
