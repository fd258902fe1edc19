"""trafilatura's view of a page whose own result is doubtful. It is imported only then.

It hangs on some inputs, so it runs inside the page's deadline, on a page without its scripts (an unterminated JSON-LD string takes its
patterns quadratic time), and only up to a size.
"""

import re

from scraper.blocks import Segmentation

_CHARS = 2_000_000
_SCRIPT_START = re.compile(r"<script\b", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script\s*>", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def second_opinion(text: str, page: Segmentation, url: str | None) -> list[bool] | None:
    """Return for each block whether trafilatura keeps it; None where it has nothing to say."""
    if len(text) > _CHARS:
        return None
    from trafilatura import extract

    try:
        found = extract(without_scripts(text), url=url, include_comments=False, fast=True)
    except Exception:  # whatever goes wrong inside it, the page keeps its own result
        return None
    if not found:
        return None
    kept = frozenset(_lines(found))
    words = frozenset(_WORD.findall(found.lower()))
    return [_holds(block.text, kept, words) for block in page.blocks]


def without_scripts(text: str) -> str:
    """Return `text` with every script element cut out, in one pass."""
    parts, at = [], 0
    while found := _SCRIPT_START.search(text, at):
        parts.append(text[at : found.start()])
        end = _SCRIPT_END.search(text, found.end())
        if end is None:
            return "".join(parts)
        at = end.end()
    parts.append(text[at:])
    return "".join(parts)


def _lines(found: str) -> list[str]:
    return [" ".join(_WORD.findall(line.lower())) for line in found.splitlines()]


def _holds(text: str, kept: frozenset[str], words: frozenset[str]) -> bool:
    mine = _WORD.findall(text.lower())
    if not mine:
        return False
    if len(mine) < 8:
        return " ".join(mine) in kept
    return any(" ".join(mine[:6]) in line for line in kept) or all(word in words for word in mine)
