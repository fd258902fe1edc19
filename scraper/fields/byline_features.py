"""What speaks for or against a set of authors: the features that `scraper/data/byline.json` weighs."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from normalise.byline import given_name, plain_key
from scraper.blocks import Segmentation
from scraper.fields.byline_context import surroundings
from scraper.fields.byline_lines import MAX_TEXT, prose_of
from scraper.fields.byline_reading import Reading
from scraper.fields.headline import HOST
from scraper.metadata import Metadata

FAMILY = {
    "rel": "hint",
    "rels": "hint",
    "itemprop": "hint",
    "itemprops": "hint",
    "class": "hint",
    "classs": "hint",
    "id": "hint",
    "ids": "hint",
    "profile": "link",
    "profiles": "link",
    "member": "link",
}
SEVERAL = frozenset(("rels", "itemprops", "classs", "ids", "profiles"))  # readings that unite others
HEAD = frozenset(("head", "page"))  # places that are no block's
PAGE = 6  # blocks from the headline that its byline stands within


class Option(msgspec.Struct):
    """One possible set of authors: where it was read, and what speaks for or against it."""

    key: frozenset[str]
    readings: list[Reading]
    features: list[str] = []


class _Surroundings(NamedTuple):
    """What of the page a name is compared with."""

    sites: set[str]
    host: str
    path: str
    top: str  # short blocks at the page's top, case folded
    title: str
    prose: str  # long blocks; only names that no metadata has are looked for in it


def set_features(options: list[Option], page: Segmentation, metadata: Metadata, url: str | None, *, heading: int) -> None:
    """Set the features of every option; `heading` is the block of the headline."""
    if not options:
        return
    printed_only = any(all(reading.place != "head" for reading in option.readings) for option in options)
    around = _surroundings(page, metadata, url, with_prose=printed_only)
    first: dict[str, frozenset[str]] = {}
    for option in options:
        for reading in option.readings:
            first.setdefault(reading.kind, option.key)
    around_block: dict[int, frozenset[str]] = {}
    crowds = Counter([reading.source for option in options for reading in option.readings if reading.kind in FAMILY])
    rivals = _rivals(options, around.sites)
    for option, rival in zip(options, rivals, strict=True):
        crowd = max([crowds[reading.source] for reading in option.readings if reading.kind in FAMILY], default=0)
        option.features = [
            f"crowd:{min(crowd, 6)}",
            *_source_features(option, first),
            *_place_features(option, page, heading, around_block),
            *_name_features(option, around),
            *_relations(rival, rivals, first),
        ]


def _surroundings(page: Segmentation, metadata: Metadata, url: str | None, *, with_prose: bool) -> _Surroundings:
    top = " ".join([text for block in page.blocks[:80] if len(text := block.text) < MAX_TEXT])
    match = HOST.match((url or "")[:2000])
    return _Surroundings(
        sites={plain_key(value.value) for value in metadata.site_name[:6]} - {""},
        host=plain_key(max((match[1].lower().split(".")[:-1] or [match[1]]), key=len)) if match else "",
        path=plain_key(unquote(match[2])) if match else "",
        top=top.casefold(),
        title=plain_key(page.title or ""),
        prose=prose_of(page) if with_prose else "",
    )


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
    places = {reading.place for reading in option.readings} - HEAD
    yield from (f"place:{place}" for place in places)
    if not kinds.isdisjoint(FAMILY):
        hinted = [reading for reading in option.readings if reading.kind in FAMILY]
        yield f"hint:{hinted[0].place}"
        yield f"hints:{min(len(hinted), 4)}"


def _place_features(option: Option, page: Segmentation, heading: int, known: dict[int, frozenset[str]]) -> Iterator[str]:
    """Yield what is around the names in the page, and whether they stand under the headline."""
    blocks = {reading.block for reading in option.readings if reading.block >= 0}
    if not blocks:
        return
    for block in blocks - known.keys():
        known[block] = surroundings(page, block, heading)
    shared = frozenset.intersection(*(known[block] for block in blocks))
    headed = "head" if any(reading.place == "head" for reading in option.readings) else "printed"
    yield from (f"{headed} in:{group}" for group in shared)
    if any(abs(block - heading) <= PAGE for block in blocks):
        yield f"{headed} at the headline"


def _name_features(option: Option, around: _Surroundings) -> Iterator[str]:
    authors = option.readings[0].authors
    sites, host = around.sites, around.host
    number = min(len(authors), 4)
    yield f"authors:{number}"
    if number > 1:
        yield from (f"authors:{family}" for family in _families(option))
    kinds = {author.kind for author in authors}
    yield "people" if kinds == {"person"} else "no people" if "person" not in kinds else "mixed"
    if all(author.kind == "person" and " " not in author.name and author.name.isascii() for author in authors):
        yield "one word"
    people = [given_name(author.name) for author in authors if author.kind == "person"]
    if people:  # in a script that has no list of first names each may be one
        known = "given:known" if 2 * (len(people) - people.count("unknown")) > len(people) else "given:unknown"
        yield known
        if number > 1:
            share = len(people) - people.count("unknown")
            yield "several:known" if share == len(authors) else "several:known in part" if share else "several:unknown"
        yield from (f"{known}:{family}" for family in {FAMILY.get(reading.kind, reading.kind) for reading in option.readings})
    if any(author.name.islower() for author in authors):
        yield "lower case"
    if option.key & sites:
        yield "site"
    elif host and any(len(key) > 3 and (key in host or host in key) for key in option.key):
        yield "host"
    elif any(len(site) > 3 and (site in key or key in site) for site in sites for key in option.key):
        yield "like the site"
    printed = [author.name.casefold() in around.top for author in authors]
    yield "printed" if all(printed) else "printed in part" if any(printed) else "not printed"
    if any(len(key) > 4 and key in around.path for key in option.key):
        yield "in the path"
    if any(len(key) > 3 and key in around.title for key in option.key):
        yield "in the title"
        yield from (f"in the title:{family}" for family in _families(option))
    if "head" not in (reading.place for reading in option.readings):
        words = {word for author in authors for word in author.name.split() if len(word) > 2}
        common = sum(f" {word.lower()} " in around.prose for word in words if not word.islower())
        yield f"common words:{min(common, 2)}"


def _nature(option: Option, sites: set[str]) -> str:
    """Tell people from the site's own name and from other organizations."""
    if not option.key.isdisjoint(sites):
        return "site"
    return "people" if any(author.kind == "person" for author in option.readings[0].authors) else "organization"


def _families(option: Option) -> set[str]:
    return {FAMILY.get(reading.kind, reading.kind) for reading in option.readings}


class _Rival(NamedTuple):
    """What an option is to the others."""

    option: Option
    nature: str
    families: set[str]
    first: str  # the family of its first reading
    name: str  # folded between spaces, where it is one name


def _rivals(options: list[Option], sites: set[str]) -> list[_Rival]:
    return [
        _Rival(
            option,
            _nature(option, sites),
            _families(option),
            FAMILY.get(option.readings[0].kind, option.readings[0].kind),
            f" {option.readings[0].authors[0].name.casefold()} " if len(option.key) == 1 else "",
        )
        for option in options
    ]


def _relations(own: _Rival, rivals: list[_Rival], first: dict[str, frozenset[str]]) -> set[str]:
    seen = {f"{family}:{own.nature}" for family in own.families}
    for other in rivals:
        if other is own:
            continue
        if own.nature == "people" and other.nature != "people":
            seen.update([f"{family} beside {other.nature}" for family in own.families])
        if own.name and other.name:
            if own.name in other.name:
                seen.add(f"shorter than:{other.first}")
            elif other.name in own.name:
                seen.add(f"longer than:{other.first}")
        if other.option.key > own.option.key:
            seen.update([f"{family} part of {whole}" for family in own.families for whole in other.families])
            if any(reading.kind in SEVERAL for reading in other.option.readings):
                seen.add("one of several")
        elif other.option.key < own.option.key:
            seen.update([f"{family} more than {part}" for family in own.families for part in other.families])
            seen.update([f"with the first {kind}" for kind in _kinds(other.option) if first[kind] == other.option.key])
        elif not other.option.key.isdisjoint(own.option.key):
            seen.add("overlaps")
        else:
            seen.add(f"against:{other.first}:{other.nature}")
    return seen


def _kinds(option: Option) -> set[str]:
    return {reading.kind for reading in option.readings}
