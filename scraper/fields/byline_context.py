"""Whose name it is, by the class names of the elements around it: the article's author's, a commenter's, that of another story's author."""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from scraper.blocks import Segmentation

MAX_DEPTH = 10
MAX_CHARS = 300


def surroundings(page: Segmentation, block: int, heading: int) -> frozenset[str]:
    """Return what the elements around a block are, of the groups of `scraper/data/byline.toml`, up to the one that holds the headline's
    block too; none on a text page.
    """
    if not page.tags or not 0 <= block < len(page.blocks):
        return frozenset()
    found: set[str] = set()
    at = page.blocks[block].container
    for _ in range(MAX_DEPTH):
        if at < 0 or page.tags[at] == "body" or page.starts[at] <= heading < page.ends[at]:
            break
        attributes = page.attributes[at]
        found |= groups_of(page.tags[at], (attributes.get("class") or "")[:MAX_CHARS], (attributes.get("id") or "")[:MAX_CHARS])
        at = page.parents[at]
    return frozenset(found)


@lru_cache(maxsize=4096)
def groups_of(tag: str, name: str, identity: str) -> frozenset[str]:
    """Return the groups that a tag or a part of an element's class or id names belong to."""
    text = f"{tag} {name} {identity}".lower()
    return frozenset(group for group, pattern in _patterns() if pattern.search(text))


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    table = tomllib.loads((files("scraper") / "data" / "byline.toml").read_text("utf-8"))
    return [(group, re.compile("|".join(map(re.escape, words)))) for group, words in table.items()]
