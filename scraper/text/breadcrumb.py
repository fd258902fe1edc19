"""Breadcrumbs in lines of text: "Home » World » A story". They name the sections, and often the headline."""

import re
from functools import cache

from normalise import lexicon
from scraper.blocks import Hint
from scraper.text.lines import TextPage

_CRUMB = re.compile(r"\s*[»›→❯▸]\s*|\s+(?:>|::|/|\|)\s+")
_CRUMB_MARKS = frozenset("»›→❯▸ ")
_CRUMB_CHARS = 300
_HOME_CHARS = 30  # the names of home pages are shorter
_CRUMB_LINES = 400  # a breadcrumb stands above the article


def breadcrumb_hints(page: TextPage) -> list[Hint]:
    """Return the hints of the page's breadcrumb: its categories, its section, and the headline if it ends in one."""
    heads, marks = _home_heads(), _CRUMB_MARKS
    likely = [block for block in page.blocks[:_CRUMB_LINES] if (head := block.text[:2]) in heads or head[0] in marks]
    for block in likely:
        parts = breadcrumb(block.text) if len(block.text) <= _CRUMB_CHARS else None
        if parts is None:
            continue
        index = block.index
        source = f"text:line {page.lines[index]}"
        hints = [Hint("breadcrumb", source, block.text, None, index)]
        last = parts[-1]
        following = {other.text for other in page.blocks[index + 1 : index + 40]}
        if last in following or len(last.split()) > 3 or len(last) > 30:
            hints.append(Hint("headline", source, last, None, index))
            parts = parts[:-1]
        if len(parts) > 1:
            hints.append(Hint("section", source, parts[-1], None, index))
        return hints
    return []


def breadcrumb(text: str) -> list[str] | None:
    """Return the steps of a breadcrumb line, the home page first; None where the line is none."""
    if text[:1] not in _CRUMB_MARKS and not text[:_HOME_CHARS].lower().startswith(_home_heads().get(text[:2], ())):
        return None
    parts = [part for part in _CRUMB.split(text) if part]
    if len(parts) > 1 and parts[0].lower() in _homes() and all(len(part) <= 60 for part in parts[:-1]):
        return parts
    return None


@cache
def _homes() -> frozenset[str]:
    return frozenset(lexicon.load("chrome")["breadcrumb"]["home"])


@cache
def _home_heads() -> dict[str, tuple[str, ...]]:
    """The names of home pages by their first two letters, large or small: the cheap test that most lines fail."""
    heads: dict[str, tuple[str, ...]] = {}
    for home in sorted(_homes()):
        for head in {first + second for first in {home[0], home[0].upper()} for second in {home[1:2], home[1:2].upper()}}:
            heads[head] = (*heads.get(head, ()), home)
    return heads
