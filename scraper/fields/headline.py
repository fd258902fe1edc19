"""The headline: chosen among what the page prints, what its metadata says and what its `<title>` holds.

Candidates that differ only in case and punctuation are one. Each is scored by the sum of its features' weights
(`scraper/data/headline.json`, fitted by `bench/fit_fields.py` on pages whose headline is known); the highest sum wins.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from normalise.article import Candidate
from normalise.headline import MAX_RAW, headline_key, may_be_longer, plain, shortened
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.prose import headings, prose_range
from scraper.metadata import Metadata
from scraper.text import TextPage

# What is read of a page that has more.
MAX_HEADINGS = 6
MAX_LINES = 12
MAX_CANDIDATES = 24
SHORT = 12  # letters; a shorter h1 may be a section's
LONG = 600
AGREED = "the h1 and the metadata agree"
WORD = re.compile(r"\w+")
HOST = re.compile(r"(?:https?:)?//(?:[^/@]*@)?(?:www\d?\.|m\.|blog\.|news\.)?([^/:?#]+)([^?#]*)")
# The order in which one spelling is preferred to another, and a source named.
TRUST = ("h1", "label", "json-ld", "og", "hint", "part", "twitter", "meta", "name", "h2", "h3", "title", "line")
SOURCES = {"json-ld:headline": "json-ld", "meta:og:title": "og", "meta:twitter:title": "twitter", "title": "title"}
# What the page prints is cut only at a site's or section's name: metadata that agrees with a part of it is the shorter form.
PRINTED = frozenset(("h1", "part", "hint", "label", "h2", "h3", "line"))
MAIN = ("h1", "json-ld", "og", "title", "hint")
NONE: frozenset[str] = frozenset()
SEPARATED = re.compile(r"\s[-–—|·»:]\s|\|")


class Headline(NamedTuple):
    """The headline, where it was found, and every candidate; value and source are None where the page has none."""

    value: str | None
    source: str | None
    candidates: list[Candidate]


class _Spelling(NamedTuple):
    text: str
    kind: str  # one of TRUST
    source: str  # as the record names it
    cut: bool  # a site's or section's name was taken off
    after_body: bool


class Option(msgspec.Struct):
    """One possible headline: its key, how it is spelled and where, and what speaks for or against it."""

    key: str
    spellings: list[_Spelling]
    features: list[str] = []


def choose_headline(
    segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None, *, every: bool = False
) -> Headline:
    """Return the page's headline with its source ("h1", "json-ld:headline", "title", "text:line 3") and its candidates. Never raises.

    Where the h1 and the metadata agree, the other candidates are read only if `every` is set.
    """
    if labels and isinstance(segmentation, TextPage):
        return _choose_line(segmentation, labels, metadata)
    agreed = agreed_option(segmentation, metadata, url)
    if agreed is not None and not every:
        spelling = spelling_of(agreed)
        return Headline(spelling.text, spelling.source, _candidates([agreed], [0], 0, AGREED))
    options = headline_options(segmentation, labels, metadata, url)
    if not options:
        return Headline(None, None, [])
    weights = _weights()
    scores = [sum(weights.get(feature, 0) for feature in option.features) for option in options]
    best = next((at for at, option in enumerate(options) if agreed is not None and option.key == agreed.key), scores.index(max(scores)))
    spelling = spelling_of(options[best])
    return Headline(spelling.text, spelling.source, _candidates(options, scores, best, AGREED if agreed is not None else "best score"))


def agreed_option(page: Segmentation, metadata: Metadata, url: str | None) -> Option | None:
    """Return the first h1 where og:title, JSON-LD or the title says the same, a site's name beside it or not: right on 19 of 20 pages."""
    start, end = next(iter(headings(page, "h1", 1)), (0, 0))
    text = " ".join(block.text for block in page.blocks[start:end])
    whole = headline_key(text)
    if len(whole) < SHORT or len(text) > LONG:
        return None
    host, _ = _address(url)
    site, sites = _sites(metadata, host)
    stated = [(value.source, value.value) for value in metadata.headline[:6] if value.source in ("json-ld:headline", "meta:og:title")]
    if page.title:
        stated.append(("title", page.title))
    same = [source for source, value in stated if _is_same(headline_key(value), whole, sites)]
    if not same:
        return None
    clean = shortened(plain(text), site, sites, NONE)
    if clean is None:
        return None
    key = headline_key(clean)
    spellings = [_Spelling(clean, "h1", "h1", key != whole, False)]
    spellings += [_Spelling(clean, SOURCES[source], source, key != whole, False) for source in same]
    return Option(key, spellings)


def _is_same(stated: str, whole: str, sites: frozenset[str]) -> bool:
    """Whether a stated title says what the h1 does, alone or with a site's name before or after it; all as keys."""
    return stated == whole or (whole in stated and (stated.removeprefix(whole) in sites or stated.removesuffix(whole) in sites))


def _sites(metadata: Metadata, host: str) -> tuple[str, frozenset[str]]:
    """Return the key of the site's name, and all of its names' keys."""
    keys = [headline_key(value.value) for value in metadata.site_name[:6] if value.source != "json-ld:isPartOf"]
    return (keys[0] if keys else ""), frozenset((*keys, host)) - {""}


def _choose_line(page: TextPage, labels: Sequence[Label], metadata: Metadata) -> Headline:
    """Choose a text page's headline: its front matter's, its first "# " heading, or the line that the classifier calls one."""
    spellings = [_Spelling(value.value, "meta", value.source, False, False) for value in metadata.headline]
    for kind in ("label", "h1"):
        for block, label in zip(page.blocks, labels, strict=True):
            if (label.kind == "headline") if kind == "label" else (block.tag == "h1"):
                spellings.append(_Spelling(block.text[:MAX_RAW], kind, f"text:line {page.lines[block.index]}", False, False))
    site, sites = _sites(metadata, "")
    names = sites | _sections(page, metadata, spellings)
    options: dict[str, Option] = {}
    for one in spellings[:MAX_CANDIDATES]:
        text = shortened(plain(one.text), site, names, NONE)
        if text:
            options.setdefault(headline_key(text), Option(headline_key(text), [])).spellings.append(one._replace(text=text))
    listed = list(options.values())
    if not listed:
        return Headline(None, None, [])
    best = spelling_of(listed[0])
    return Headline(
        best.text, best.source, _candidates(listed, [len(listed) - at for at in range(len(listed))], 0, "first in order of trust")
    )


@cache
def _weights() -> dict[str, int]:
    return msgspec.json.decode(files("scraper").joinpath("data", "headline.json").read_bytes(), type=dict[str, int])


def spelling_of(option: Option) -> _Spelling:
    """Return the option's most trusted spelling."""
    return min(option.spellings, key=lambda spelling: TRUST.index(spelling.kind))


def _candidates(options: list[Option], scores: list[int], best: int, why: str) -> list[Candidate]:
    out = []
    for at in sorted(range(len(options)), key=lambda at: -scores[at]):
        spelling = spelling_of(options[at])
        agree = ", ".join(dict.fromkeys(one.source for one in options[at].spellings))
        reason = f"{why}: {agree}" if at == best else f"score {scores[at]}, {scores[best] - scores[at]} behind: {agree}"
        out.append(Candidate(value=spelling.text, source=spelling.source, chosen=at == best, reason=reason))
    return out


def headline_options(segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None) -> list[Option]:
    """Return the page's possible headlines with their features, in the order found."""
    host, path = _address(url)
    site, sites = _sites(metadata, host)
    found = list(_spellings(segmentation, labels, metadata))
    agreed = frozenset(headline_key(one.text) for one in found)
    names = _sections(segmentation, metadata, found) | sites
    options: dict[str, Option] = {}
    cleaned: dict[str, str | None] = {}
    for one in found:
        if one.text not in cleaned:
            known, others = (sites, NONE) if one.kind in PRINTED else (names, agreed)
            text = shortened(one.text, site, known, others)
            if text and host and may_be_longer(text):
                text = shortened(text, host, known, others)
            cleaned[one.text] = None if text is None or headline_key(text) in names else text
        text = cleaned[one.text]
        if text is None:
            continue
        key = headline_key(text)
        whole = headline_key(one.text)
        if key != whole and len(options) < MAX_CANDIDATES:
            options.setdefault(whole, Option(whole, [])).spellings.append(one)
        if key in options or len(options) < MAX_CANDIDATES:
            options.setdefault(key, Option(key, [])).spellings.append(one._replace(text=text, cut=key != whole))
    listed = list(options.values())
    if len(listed) > 1:  # one alone needs nothing that speaks for it
        _set_features(listed, segmentation, path)
    return listed


def _sections(page: Segmentation, metadata: Metadata, found: list[_Spelling]) -> frozenset[str]:
    """Return the keys of the sections' names. A breadcrumb may end in the headline: that crumb is no name."""
    sections = {headline_key(value.value) for value in metadata.section[:6]}
    sections |= {headline_key(crumb) for crumb in metadata.breadcrumb[:8]}
    sections |= {headline_key(hint.text) for hint in page.hints if hint.kind in ("section", "breadcrumb") and len(hint.text) < 60}
    printed = [headline_key(one.text) for one in found if one.kind in ("h1", "og", "json-ld", "title")]
    return frozenset(
        name for name in sections if name and not any(key.startswith(name) and (key == name or len(name) > 20) for key in printed)
    )


def _address(url: str | None) -> tuple[str, str]:
    """Return the key of the host's own name ("theguardian") and the words of the path, in one string."""
    match = HOST.match((url or "")[:2000])
    if match is None:
        return "", ""
    labels = match[1].lower().split(".")
    own = max(labels[:-1] or labels, key=len)
    return headline_key(own), unquote(match[2]).lower()


def _spellings(page: Segmentation, labels: Sequence[Label], metadata: Metadata) -> Iterator[_Spelling]:
    body, _ = prose_range(page)
    for source, kind, text, block in _sources(page, labels, metadata, body):
        text = plain(text[:MAX_RAW])
        if text and len(text) < LONG:
            yield _Spelling(text, kind, source, False, block > body)


def _sources(page: Segmentation, labels: Sequence[Label], metadata: Metadata, body: int) -> Iterator[tuple[str, str, str, int]]:
    """Yield (source, kind, text, block) of everything that may be the headline."""
    h1s = headings(page, "h1")
    for start, end in h1s:
        yield "h1", "h1", " ".join(b.text for b in page.blocks[start:end]), start
        if end - start > 1:
            for at in range(start, end):
                yield "h1", "part", page.blocks[at].text, at
    for value in metadata.headline[:12]:
        kind = SOURCES.get(value.source) or ("name" if value.source.startswith("json-ld:") else "meta")
        yield value.source, kind, value.value, 0
    if page.title:
        yield "title", "title", page.title, 0
    for hint in [hint for hint in page.hints if hint.kind == "headline"][:MAX_HEADINGS]:
        yield hint.source, "hint", hint.value if hint.source.startswith("itemprop") and hint.value else hint.text, hint.block
    for at, label in enumerate(labels):
        if label.kind == "headline":
            yield "label", "label", page.blocks[at].text, at
    if not _is_titled(page, h1s):
        for tag in ("h2", "h3"):
            for start, end in headings(page, tag, MAX_HEADINGS):
                yield tag, tag, " ".join(b.text for b in page.blocks[start:end]), start
    if not page.tags:
        for block in page.blocks[: min(MAX_LINES, body + 1)]:
            yield f"text:line {block.index + 1}", "line", block.text, block.index


def _is_titled(page: Segmentation, h1s: list[tuple[int, int]]) -> bool:
    """Whether the title holds an h1: lower headings are then the article's own sections."""
    title = headline_key(page.title or "")
    keys = [headline_key(" ".join(block.text for block in page.blocks[start:end])) for start, end in h1s]
    return any(len(key) > 11 and key in title for key in keys)


def _set_features(options: list[Option], page: Segmentation, path: str) -> None:
    first: dict[str, str] = {}  # the first key of each kind
    for option in options:
        for one in option.spellings:
            first.setdefault(one.kind, option.key)
    h1s = sum(any(one.kind == "h1" for one in option.spellings) for option in options)
    title = headline_key(page.title or "")
    slug = WORD.findall(path.replace("_", "-"))
    patterns = {option.key: "+".join(kind for kind in MAIN if any(one.kind == kind for one in option.spellings)) for option in options}
    rival = patterns.get(first.get("h1", ""), "")
    for option in options:
        option.features = [f"pattern:{patterns[option.key]}"]
        if option.key != first.get("h1"):
            option.features.append(f"against:{rival}:{patterns[option.key]}")
        option.features += [*_source_features(option, first, h1s), *_text_features(option, title, slug), *_relations(option, options)]


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


def _text_features(option: Option, title: str, slug: list[str]) -> Iterator[str]:
    text = option.spellings[0].text
    words = WORD.findall(text.lower())
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
    if SEPARATED.search(text):
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
