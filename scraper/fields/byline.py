"""The byline: chosen among what the metadata names, what elements claim to be an author, and what the text near the headline says.

An option is a set of authors, whoever names them. Each is scored by the sum of its features' weights (`scraper/data/byline.json`, fitted by
`bench/fit_fields.py` on pages whose authors are known); the highest sum wins, if it is above the weights' own threshold.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from normalise.article import Author, Candidate
from normalise.byline import Byline, opens_byline, parse_byline
from normalise.headline import headline_key
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.headline import HOST
from scraper.metadata import Metadata, Value

MAX_HINTS = 16
MAX_LINES = 60
MAX_OPTIONS = 16
MAX_TEXT = 160  # a longer block is prose, not a byline
MAX_BARE = 70  # a longer block without a "By" is no list of names
NEAR = 8  # blocks between hints that belong to one byline


class BylineChoice(NamedTuple):
    """The byline as printed, its authors, where it was found, and every candidate; None and [] where the page names nobody."""

    value: str | None
    authors: list[Author]
    source: str | None
    candidates: list[Candidate]


class _Reading(NamedTuple):
    """One place that names authors."""

    kind: str
    source: str
    byline: str
    authors: tuple[Author, ...]
    place: str  # "head", "before", "inside" or "after" the body


class Option(msgspec.Struct):
    """One possible set of authors: where it was read, and what speaks for or against it."""

    key: frozenset[str]
    readings: list[_Reading]
    features: list[str] = []


def choose_byline(segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None) -> BylineChoice:
    """Return the page's byline and authors with their source ("json-ld:author", "rel=author", "text:line 3"). Never raises."""
    options = byline_options(segmentation, labels, metadata, url)
    if not options:
        return BylineChoice(None, [], None, [])
    weights = _weights()
    scores = [sum(weights.get(feature, 0) for feature in option.features) for option in options]
    best = scores.index(max(scores))
    threshold = weights.get("threshold", 0)
    candidates = _candidates(options, scores, best, threshold)
    if scores[best] < threshold:
        return BylineChoice(None, [], None, candidates)
    option = options[best]
    printed = next((reading for reading in option.readings if reading.place != "head"), option.readings[0])
    return BylineChoice(printed.byline, authors_of(option), option.readings[0].source, candidates)


@cache
def _weights() -> dict[str, int]:
    return msgspec.json.decode(files("scraper").joinpath("data", "byline.json").read_bytes(), type=dict[str, int])


def authors_of(option: Option) -> list[Author]:
    """Return the option's authors, each with the role and address that any reading gives it."""
    authors = []
    for author in option.readings[0].authors:
        same = [other for reading in option.readings for other in reading.authors if headline_key(other.name) == headline_key(author.name)]
        role = next((other.role for other in same if other.role), None)
        url = next((other.url for other in same if other.url), None)
        authors.append(Author(name=author.name, role=role, kind=author.kind, url=url))
    return authors


def _candidates(options: list[Option], scores: list[int], best: int, threshold: int) -> list[Candidate]:
    out = []
    for at in sorted(range(len(options)), key=lambda at: -scores[at]):
        reading = options[at].readings[0]
        agree = ", ".join(dict.fromkeys(one.source for one in options[at].readings))
        behind = f"; {scores[best] - scores[at]} behind" if at != best else "; too weak" if scores[at] < threshold else ""
        chosen = at == best and scores[at] >= threshold
        out.append(Candidate(value=reading.byline, source=reading.source, chosen=chosen, reason=f"score {scores[at]}: {agree}{behind}"))
    return out


def byline_options(segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None) -> list[Option]:
    """Return the page's possible sets of authors with their features, in the order found."""
    reader = _Reader(segmentation, labels, metadata)
    options: dict[frozenset[str], Option] = {}
    for reading in reader.readings():
        key = _key(reading.authors)
        if key and (key in options or len(options) < MAX_OPTIONS):
            options.setdefault(key, Option(key, [])).readings.append(reading)
    listed = list(options.values())
    _set_features(listed, segmentation, metadata, url)
    return listed


def _key(authors: Sequence[Author]) -> frozenset[str]:
    return frozenset(headline_key(author.name) for author in authors) - {""}


class _Reader:
    """Reads every place of a page that may name its authors."""

    def __init__(self, page: Segmentation, labels: Sequence[Label], metadata: Metadata) -> None:
        self.page = page
        self.labels = labels
        self.metadata = metadata
        self.language = page.language
        self.sites = {headline_key(value.value) for value in metadata.site_name[:6]}
        self.site = metadata.site_name[0].value if metadata.site_name else None
        body = [at for at, label in enumerate(labels) if label.kind == "body"]
        self.first, self.last = (body[0], body[-1]) if body else (len(page.blocks), len(page.blocks))
        self.parsed: dict[str, Byline | None] = {}

    def readings(self) -> Iterator[_Reading]:
        """Yield the readings in order of trust of their source."""
        named = list(self._metadata())
        yield from named
        keys = {_key(reading.authors) for reading in named}
        agreed = False
        for reading in self._hints():
            agreed = agreed or (reading.authors[0].kind == "person" and _key(reading.authors) in keys)
            yield reading
        if not agreed:  # metadata and the page's markup name the same people: the text could only repeat it
            yield from self._text()

    def _parse(self, text: str) -> Byline | None:
        if text not in self.parsed:
            self.parsed[text] = parse_byline(text, site_name=self.site, language=self.language) if len(text) < 400 else None
        return self.parsed[text]

    def _metadata(self) -> Iterator[_Reading]:
        by_source: dict[str, list[Value]] = {}
        for value in self.metadata.author[:40]:
            by_source.setdefault(value.source, []).append(value)
        for source, values in by_source.items():
            authors: dict[str, Author] = {}
            for value in values:
                for author in self._named(value):
                    authors.setdefault(headline_key(author.name), author)
            people = [author for author in authors.values() if author.kind == "person"]
            if people and len(people) < len(authors):
                authors = {key: author for key, author in authors.items() if author.kind == "person" or key not in self.sites}
            if authors:
                byline = ", ".join(author.name for author in authors.values())
                yield _Reading(_source_kind(source), source, byline, tuple(authors.values()), "head")

    def _named(self, value: Value) -> Iterator[Author]:
        byline = self._parse(value.value)
        for author in byline.authors if byline else []:
            whole = byline is not None and len(byline.authors) == 1
            kind = "organization" if value.kind and "Organization" in value.kind and author.kind == "person" else author.kind
            yield Author(name=author.name, role=(whole and value.role) or author.role, kind=kind, url=value.url if whole else None)

    def _place(self, block: int) -> str:
        return "before" if block <= self.first else "inside" if block <= self.last else "after"

    def _hints(self) -> Iterator[_Reading]:
        hints = [hint for hint in self.page.hints if hint.kind == "author"][:MAX_HINTS]
        groups: dict[str, list[tuple[int, Author]]] = {}
        for hint in hints:
            kind = hint.source.split("=")[0]
            text = hint.value if kind == "itemprop" and hint.value and "/" not in hint.value else hint.text
            byline = self._parse(text)
            if byline is None:
                continue
            url = hint.value if hint.value and "/" in hint.value and len(byline.authors) == 1 else None
            authors = tuple(msgspec.structs.replace(author, url=author.url or url) for author in byline.authors)
            yield _Reading(kind, hint.source, byline.byline, authors, self._place(hint.block))
            group = groups.setdefault(hint.source, [])
            if not group or hint.block - group[-1][0] <= NEAR:
                group.extend((hint.block, author) for author in authors)
        for source, group in groups.items():
            united = {headline_key(author.name): author for _, author in group}
            if len(united) > 1:
                byline_text = ", ".join(author.name for author in united.values())
                yield _Reading(source.split("=")[0] + "s", source, byline_text, tuple(united.values()), self._place(group[0][0]))

    def _text(self) -> Iterator[_Reading]:
        """Yield what short blocks near the headline and at the body's ends say: those that start as a byline does, and bare names."""
        blocks = self.page.blocks
        top = self._headline()
        near = range(max(0, top - 3), min(top + NEAR + 1, len(blocks)))
        places = (near, range(near.stop, top + 40), range(self.first - 6, self.first + 4), range(self.last - 6, self.last + 10))
        for at in sorted({at for place in places for at in place if 0 <= at < len(blocks)}):
            text = blocks[at].text
            if len(text) > MAX_TEXT or at == top:
                continue
            label = at < len(self.labels) and self.labels[at].kind == "byline"
            opened = opens_byline(text, self.language)
            if opened == "bare" and at + 1 < len(blocks) and len(blocks[at + 1].text) <= MAX_TEXT:
                text = f"{text} {blocks[at + 1].text}"
            elif not opened and not label and (at not in near or not _may_be_names(text)):
                continue
            byline = self._parse(text)
            if byline is None or not (opened or label or _are_names(byline)):
                continue
            far = "" if at in near or abs(at - self.first) < NEAR else " end" if at > self.last - NEAR else " far"
            kind = "label" if label else f"text{far}" if opened else "near"
            source = f"text:line {at + 1}" if not self.page.tags else "text"
            place = self._place(at) if kind != "near" else "above" if at < top else f"below {min(at - top, 5)}"
            yield _Reading(kind, source, byline.byline, tuple(byline.authors), place)

    def _headline(self) -> int:
        """Return the index of the headline's block, as far as it shows without choosing one: the first h1 that the title has too."""
        page = self.page
        starts = [page.starts[at] for at, tag in enumerate(page.tags) if tag == "h1" and page.starts[at] < page.ends[at]][:12]
        title = headline_key(page.title or "")
        named = [at for at in starts if headline_key(page.blocks[at].text) in title]
        return named[0] if named and title else starts[0] if starts else self.first


def _may_be_names(text: str) -> bool:
    return len(text) <= MAX_BARE and " " in text and not text[0].islower() and text[-1] not in ".!?:"


def _are_names(byline: Byline) -> bool:
    """Whether a line is nothing but people's names of two words or more."""
    names = [author.name for author in byline.authors]
    if any(author.kind != "person" for author in byline.authors) or len(byline.byline) > sum(len(name) + 8 for name in names):
        return False
    return all(2 <= len(name.split()) <= 4 and name[0].isupper() and name.split()[-1][0].isupper() for name in names)


def _source_kind(source: str) -> str:
    if source in ("json-ld:author", "meta:author"):
        return source
    if source.startswith("json-ld:"):
        return "json-ld:other"
    return "meta:creator" if "creator" in source else "meta:article:author" if "article:author" in source else "meta:other"


FAMILY = {
    "rel": "hint",
    "rels": "hint",
    "itemprop": "hint",
    "itemprops": "hint",
    "class": "hint",
    "classs": "hint",
    "id": "hint",
    "ids": "hint",
}


def _set_features(options: list[Option], page: Segmentation, metadata: Metadata, url: str | None) -> None:
    sites = {headline_key(value.value) for value in metadata.site_name[:6]} - {""}
    match = HOST.match((url or "")[:2000])
    host = headline_key(max((match[1].lower().split(".")[:-1] or [match[1]]), key=len)) if match else ""
    path = headline_key(unquote(match[2])) if match else ""
    top = " ".join([block.text for block in page.blocks[:80] if len(block.text) < MAX_TEXT]).casefold()
    title = headline_key(page.title or "")
    first: dict[str, frozenset[str]] = {}
    for option in options:
        for reading in option.readings:
            first.setdefault(reading.kind, option.key)
    crowds = Counter(reading.source for option in options for reading in option.readings if reading.kind in FAMILY)
    for option in options:
        crowd = max((crowds[reading.source] for reading in option.readings if reading.kind in FAMILY), default=0)
        option.features = [
            f"crowd:{min(crowd, 6)}",
            *_source_features(option, first),
            *_name_features(option, sites, host, path, top),
            *_relations(option, options),
        ]
        if any(len(key) > 3 and key in title for key in option.key):
            option.features.append("in the title")


def _source_features(option: Option, first: dict[str, frozenset[str]]) -> Iterator[str]:
    kinds = {reading.kind for reading in option.readings}
    for kind in kinds:
        yield kind
        if first[kind] == option.key:
            yield f"{kind}:first"
    families = {FAMILY.get(kind, kind.split(":")[0]) for kind in kinds}
    yield "families:" + "+".join(sorted(families))
    if "json-ld:author" not in first:
        yield from (f"no json-ld:{family}" for family in families)
    places = {reading.place for reading in option.readings} - {"head"}
    yield from (f"place:{place}" for place in places)
    if not kinds.isdisjoint(FAMILY):
        hinted = [reading for reading in option.readings if reading.kind in FAMILY]
        yield f"hint:{hinted[0].place}"
        yield f"hints:{min(len(hinted), 4)}"


def _name_features(option: Option, sites: set[str], host: str, path: str, top: str) -> Iterator[str]:
    authors = option.readings[0].authors
    yield f"authors:{min(len(authors), 4)}"
    kinds = {author.kind for author in authors}
    yield "people" if kinds == {"person"} else "no people" if "person" not in kinds else "mixed"
    if all(author.kind == "person" and " " not in author.name and author.name.isascii() for author in authors):
        yield "one word"
    if any(author.name.islower() for author in authors):
        yield "lower case"
    if option.key & sites:
        yield "site"
    elif host and any(len(key) > 3 and (key in host or host in key) for key in option.key):
        yield "host"
    elif any(len(site) > 3 and (site in key or key in site) for site in sites for key in option.key):
        yield "like the site"
    printed = [author.name.casefold() in top for author in authors]
    yield "printed" if all(printed) else "printed in part" if any(printed) else "not printed"
    if any(len(key) > 4 and key in path for key in option.key):
        yield "in the path"


def _relations(option: Option, options: list[Option]) -> Iterator[str]:
    seen: set[str] = set()
    for other in options:
        if other is option:
            continue
        kind = other.readings[0].kind
        family = FAMILY.get(kind, kind)
        if other.key > option.key:
            seen.add(f"part of:{family}")
        elif other.key < option.key:
            seen.add(f"more than:{family}")
        elif other.key & option.key:
            seen.add("overlaps")
        else:
            seen.add(f"against:{family}")
    yield from seen
