"""Pages as they could have been, to learn from: variants of the annotated ones.

What stands between the paragraphs of an article is what two thousand pages show least of, and what differs most from one host to the next.
So a part of a page that holds nothing of its article is set into another article, half of the time with names that mean nothing. Other
variants lack some of their own furniture, or have names that a program made.
"""

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from bench.dataset import Example
from scraper.blocks import Block, Segmentation

Array = np.ndarray[Any, Any]

_BLOCKS, _CHARS = 10, 900  # of a fragment, at most
_PROSE = 300  # characters outside links of one block: as much is more likely a gap in the annotation
_SURE = 0.9  # trust in every label of a fragment, at least
_DOUBT = 0.6  # trust in the labels of one that was set into another page
_BODY = 5  # blocks of a body that is long enough to have something between
_MOST = 3  # fragments that are set into a page
_NAMELESS = 0.5  # share of them whose names mean nothing
_FURNISHED, _THINNED, _RENAMED = 0.7, 0.4, 0.15  # share of variants to which each is done
_DROPPED = 0.15  # share of the furniture that is dropped
_LARGE = 0.3  # of a page's blocks, that are never dropped together
_HOLDERS = frozenset(("article", "body", "div", "main", "section"))  # elements that may hold anything
_BOXES = frozenset(("aside", "button", "figure", "form"))  # what makes a single line furniture


class Container(NamedTuple):
    """A container of a fragment: `parent` among its containers, -1 for the outermost; `start` and `end` among its blocks."""

    parent: int
    tag: str
    attributes: dict[str, str | None]
    start: int
    end: int


class Fragment(NamedTuple):
    """A part of a page. Its blocks' containers count among its own."""

    blocks: list[Block]
    containers: list[Container]


def fragments(page: Example) -> Iterator[Fragment]:
    """Yield the parts of a page between the first and the last block of its body that hold nothing of it, each as large as can be."""
    parts, body = page.page, np.array(page.shares) >= 0.5
    if body.sum() < _BODY:
        return
    places = np.flatnonzero(body)
    before = np.concatenate(((0,), np.cumsum(body)))
    for index, (start, end, parent) in enumerate(zip(parts.starts, parts.ends, parts.parents, strict=True)):
        inside = parent >= 0 and places[0] < start < end <= places[-1]
        if inside and before[start] == before[end] and before[parts.starts[parent]] < before[parts.ends[parent]]:
            found = _fragment(parts, index)
            if min(page.trust[start:end]) >= _SURE and _is_furniture(found):
                yield found


def _fragment(page: Segmentation, index: int) -> Fragment:
    start, after = page.starts[index], index + 1
    while after < len(page.parents) and page.parents[after] >= index:
        after += 1
    columns = zip(page.parents, page.tags, page.attributes, page.starts, page.ends, strict=True)
    containers = [
        Container(max(parent - index, -1), tag, attributes, first - start, last - start)
        for parent, tag, attributes, first, last in list(columns)[index:after]
    ]
    return Fragment([replace(block, container=block.container - index) for block in page.blocks[start : page.ends[index]]], containers)


def _is_furniture(fragment: Fragment) -> bool:
    """Whether a fragment looks like what its labels say: a heading, an item or a paragraph alone may have been missed."""
    blocks = fragment.blocks
    if len(blocks) > _BLOCKS or sum(len(block.text) for block in blocks) > _CHARS:
        return False
    if any(len(block.text) >= _PROSE and 3 * block.link_chars < len(block.text) for block in blocks):
        return False
    boxed = not _BOXES.isdisjoint(container.tag for container in fragment.containers)
    return len(blocks) > 1 or boxed or 2 * blocks[0].link_chars >= len(blocks[0].text)


def varied(page: Example, pool: list[Fragment], random: np.random.Generator) -> Example:
    """Return a variant of the page; `pool` are fragments of articles, and empty where none are to be set into it."""
    if random.random() < _FURNISHED:
        page = furnished(page, pool, random)
    if random.random() < _THINNED:
        page = _thinned(page, random)
    return _renamed(page, random) if random.random() < _RENAMED else page


def furnished(page: Example, pool: list[Fragment], random: np.random.Generator) -> Example:
    """Return the page with some fragments of `pool` between blocks of its body, where one element holds both; the page itself without."""
    body = np.array(page.shares) >= 0.5
    between = np.flatnonzero(body[1:] & body[:-1]) + 1
    if body.sum() < _BODY or not len(between) or not pool:
        return page
    chosen = random.choice(between, size=min(len(between), int(random.integers(1, _MOST + 1))), replace=False)
    for place in sorted(chosen.tolist(), reverse=True):
        page = _with_fragment(page, place, pool[int(random.integers(len(pool)))], nameless=random.random() < _NAMELESS)
    return page


def _with_fragment(page: Example, place: int, fragment: Fragment, *, nameless: bool) -> Example:
    """Set a fragment in front of the block at `place`."""
    parts, size, base = page.page, len(fragment.blocks), len(page.page.parents)
    holder = _common(parts, parts.blocks[place - 1].container, parts.blocks[place].container)
    if parts.tags[holder] not in _HOLDERS:
        return page
    attributes = [_nameless(container.attributes) if nameless else container.attributes for container in fragment.containers]
    starts, ends = np.array(parts.starts), np.array(parts.ends)
    ends += size * ((ends > place) | (starts >= place))
    starts += size * (starts >= place)
    new = [replace(block, container=base + block.container) for block in fragment.blocks]
    blocks = [replace(block, index=index) for index, block in enumerate([*parts.blocks[:place], *new, *parts.blocks[place:]])]
    named = [base + at for at, own in enumerate(attributes) if not own.keys().isdisjoint(("id", "role", "itemprop"))]
    changed = replace(
        parts,
        blocks=blocks,
        parents=[*parts.parents, *(holder if container.parent < 0 else base + container.parent for container in fragment.containers)],
        tags=[*parts.tags, *(container.tag for container in fragment.containers)],
        attributes=[*parts.attributes, *attributes],
        classes=[*parts.classes, *(own.get("class") for own in attributes)],
        starts=[*starts.tolist(), *(place + container.start for container in fragment.containers)],
        ends=[*ends.tolist(), *(place + container.end for container in fragment.containers)],
        named=[*parts.named, *named],
        pictures=[replace(picture, block=picture.block + size * (picture.block > place)) for picture in parts.pictures],
    )
    shares, trust = ([*values[:place], *[value] * size, *values[place:]] for values, value in ((page.shares, 0.0), (page.trust, _DOUBT)))
    return page._replace(page=changed, shares=shares, trust=trust)


def _thinned(page: Example, random: np.random.Generator) -> Example:
    """Return the page without some of its containers that hold nothing of the body."""
    parts, count = page.page, len(page.page.blocks)
    kept, before = np.ones(count, bool), np.concatenate(((0,), np.cumsum(np.array(page.shares) >= 0.5)))
    for start, end, parent in zip(parts.starts, parts.ends, parts.parents, strict=True):
        if parent >= 0 and 0 < end - start < _LARGE * count and before[start] == before[end] and random.random() < _DROPPED:
            kept[start:end] = False
    if not kept.any():
        return page
    places = np.concatenate(((0,), np.cumsum(kept))).tolist()
    changed = replace(
        parts,
        blocks=[replace(block, index=places[block.index]) for block in parts.blocks if kept[block.index]],
        starts=[places[start] for start in parts.starts],
        ends=[places[end] for end in parts.ends],
        pictures=[replace(picture, block=places[min(picture.block, count)]) for picture in parts.pictures],
    )
    shares, trust = ([value for value, keep in zip(values, kept, strict=True) if keep] for values in (page.shares, page.trust))
    return page._replace(page=changed, shares=shares, trust=trust)


def _renamed(page: Example, random: np.random.Generator) -> Example:
    """Return the page with names that mean nothing for a share of its class names, from few to all."""
    share = random.uniform()
    gone = {names: random.random() < share for names in dict.fromkeys(page.page.classes) if names}
    attributes = [_nameless(own) if gone.get(own.get("class")) else own for own in page.page.attributes]
    return page._replace(page=replace(page.page, attributes=attributes, classes=[own.get("class") for own in attributes]))


def _common(page: Segmentation, one: int, other: int) -> int:
    """Return the innermost container that holds two others."""
    above = set()
    while one >= 0:
        above.add(one)
        one = page.parents[one]
    while other not in above:
        other = page.parents[other]
    return other


def _nameless(attributes: dict[str, str | None]) -> dict[str, str | None]:
    """Return attributes with names as a program makes them: what was alike is, and nothing more is known."""
    names = attributes.get("class")
    return {"class": f"x{zlib.crc32(names.encode()):x}"} if names else {}
