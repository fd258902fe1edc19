"""What speaks for and against each possible headline, as names of features: their weights are in `scraper/data/headline.json`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from normalise.headline import headline_key
from normalise.text import letters
from scraper.blocks import Segmentation

# The order in which one spelling is preferred to another, and a source named.
TRUST = ("h1", "label", "json-ld", "og", "hint", "part", "twitter", "meta", "name", "h2", "h3", "title", "line")
_MAIN = ("h1", "json-ld", "og", "title", "hint")
HEADINGS = frozenset(("h1", "h2", "h3"))
_PRINTED = frozenset((*HEADINGS, "hint"))
_WORD = re.compile(r"\w+")
_SEPARATED = re.compile(r"\s[-–—|·»:]\s|\|")
_FORMS = ("h1", "og", "title")
_SHORT, _LONG = 25, 48  # letters of a <title>
_LETTERS = 5  # of a word
_RELATED = 8  # letters of an option that others are compared with
_BESIDE = 6  # letters of a heading that stands beside the h1 in the title


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
    kinds = [_kinds(option) for option in options]
    first: dict[str, str] = {}  # the first key of each kind
    for option, own in zip(options, kinds, strict=True):
        for kind in own:
            first.setdefault(kind, option.key)
    h1 = first.get("h1")
    h1s = sum("h1" in own for own in kinds)
    title = headline_key(page.title or "")
    size = "few" if letters(title) < _SHORT else "some" if letters(title) < _LONG else "many"  # a long title is written for search engines
    parts = _WORD.findall(path.replace("_", "-"))
    slug = frozenset(parts if len(parts) > 2 else ())
    patterns = ["+".join([kind for kind in _MAIN if kind in own]) for own in kinds]
    rival = next((pattern for option, pattern in zip(options, patterns, strict=True) if option.key == h1), "")
    for option, own, pattern in zip(options, kinds, patterns, strict=True):
        features = [f"pattern:{pattern}", *_text_features(option, title, slug), *_relations(option, options)]
        kind = "+".join([kind for kind in _FORMS if kind in own])
        features.append(f"title of {size}:{kind}")
        if not path.strip("/"):
            features.append(f"front page:{kind}")
        if option.key != h1:
            features.append(f"against:{rival}:{pattern}")
            if h1 is not None:
                features += _beside_h1(option, h1, title)
        option.features = features
        _add_sources(option, own, first, h1s)


def _kinds(option: Option) -> dict[str, bool]:
    """Return the kinds of source that spell an option, each with whether all of its kind were cut."""
    kinds: dict[str, bool] = {}
    for one in option.spellings:
        kinds[one.kind] = one.cut and kinds.get(one.kind, True)
    return kinds


def _add_sources(option: Option, kinds: dict[str, bool], first: dict[str, str], h1s: int) -> None:
    features = option.features
    for kind, cut in kinds.items():
        features.append(kind)
        if first[kind] == option.key:
            features.append(f"{kind}:first")
        if cut:
            features.append(f"{kind}:cut")
    if "h1" in kinds:
        features.append("h1:only" if h1s == 1 else "h1:one of few" if h1s < 4 else "h1:one of many")
    if "h1" not in first:
        features += [f"no h1:{kind}" for kind in kinds]
    features.append(f"sources:{min(len(kinds), 5)}")
    if not _PRINTED.isdisjoint(kinds):
        late = all(one.after_body for one in option.spellings if one.kind in _PRINTED)
        features.append("after body" if late else "before body")
        features += {f"linked:{one.kind}" for one in option.spellings if one.linked}


def _text_features(option: Option, title: str, slug: frozenset[str]) -> Iterator[str]:
    text = option.spellings[0].text
    words = _WORD.findall(text.lower())
    size = max(len(words), letters(option.key) // _LETTERS if option.key and ord(max(option.key)) > 0x3000 else 0)
    yield "words:" + ("1" if size < 2 else "2" if size < 3 else "3" if size < 5 else "5" if size < 16 else "16" if size < 26 else "26")
    if title:
        at = title.find(option.key)
        yield "title:same" if title == option.key else "title:starts" if at == 0 else "title:has" if at > 0 else "title:lacks"
    if slug:
        share = sum(map(slug.__contains__, words)) / max(1, len(words))
        yield "slug:" + ("0" if share < 0.2 else "1" if share < 0.5 else "2" if share < 0.8 else "3")
    if text.endswith(("…", "...")):
        yield "cut off"
    if _SEPARATED.search(text):
        yield "separated"
    if text.isupper():
        yield "capitals"
    if text.endswith((".", ":", ",")):
        yield "ends in a stop"


def _relations(option: Option, options: list[Option]) -> set[str]:
    seen: set[str] = set()
    key = option.key
    for other in options:
        if letters(other.key) >= _RELATED and other is not option:
            if other.key in key:
                seen.add(f"holds:{other.spellings[0].kind}")
            elif key in other.key:
                seen.add(f"in:{other.spellings[0].kind}")
    return seen


def _beside_h1(option: Option, h1: str, title: str) -> Iterator[str]:
    """How an option compares with the page's first h1. A title that holds both has the site's name in the h1: "Blog » Story"."""
    longer = len(option.key) - len(h1)
    yield "longer:" + ("-2" if longer < -20 else "-1" if longer < -5 else "0" if longer <= 5 else "1" if longer <= 20 else "2")
    before, found, after = title.partition(h1)
    if found and len(h1) > 2 and letters(option.key) >= _BESIDE and option.key in before + after:
        yield "beside the h1:heading" if any(one.kind in HEADINGS for one in option.spellings) else "beside the h1"
