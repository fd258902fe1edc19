"""Pages that stand in an article's place: consent walls, bot blocks, paywalls, soft 404s, parked domains, shells that wait for a script.

What gives them away is in data/page_status.toml, paywalls' prompts also among the phrases of chrome. An article may quote any of it, and
a banner may say it beside an article. So a phrase counts only in a short block of a page whose own article, if any, is short, and where
there is one, only in what was kept as that; a title or heading only where it says this and nothing else; and a trace in the markup only
where there is next to no text.
"""

import functools
import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import NamedTuple, cast

from normalise.article import Status
from normalise.chrome import match_lines
from normalise.text import letters

_BLOCK = 400  # characters: the longest block in which a phrase is believed
_BLOCKS = 400  # of a page are looked at: a wall's own words come early
_ARTICLE = 1_500  # characters of kept text from which on a page is an article, whatever else it says
SHORT = 250  # characters of kept text from which on it is the page's own: what other blocks say is said beside it
_TEASER = 3_000  # characters of kept text that may stand before a paywall
_BELOW, _RIGHT_BELOW = 8, 3  # blocks in which it stands, and those in which it may be …
_PROMPT_LETTERS = 30  # … shorter than this: teasers further down have marks, "For subscribers"
# Characters of a whole page under which a phrase, or a trace in the markup, is believed: banners and notices stand on ordinary pages too.
_PHRASE_WITHIN: dict[str, float] = {"bot_block": 4_000, "consent_wall": 6_000, "error_page": 4_000, "not_article": 3_000, "empty": 1_500}
_MARKUP_WITHIN = 600
_SCANNED = 300_000  # characters of markup
_PARTS = re.compile(r"\s[|\-–—:·•»«]\s|\s?[|»«]\s?")


class PageStatus(NamedTuple):
    """What a page is instead of an article; `evidence` is what it says of itself, `rule` where that is listed."""

    status: Status
    evidence: str
    rule: str


class _Signs(NamedTuple):
    titles: frozenset[str]
    phrases: list[tuple[str, str | None]]  # each with a word that stands whole in it: asked for first, at a tenth of the cost
    markup: list[str]


class _Said:
    """The short blocks among some, as one text, and its words."""

    def __init__(self, blocks: Sequence[str]) -> None:
        self.text = _plain_lines(block for block in blocks[:_BLOCKS] if len(block) <= _BLOCK)
        self.words: frozenset[str | None] = frozenset((None, *self.text.split()))


def page_status(
    blocks: Sequence[str], *, title: str | None = None, headings: Sequence[str] = (), body: Sequence[str] = (), markup: str = ""
) -> PageStatus | None:
    """Return what the page is instead of an article, or `None` where nothing says that it is none.

    `blocks` are the page's texts in order, chrome included; `headings` those of h1 and h2; `body` those that were kept; `markup` is the
    decoded page.
    """
    kept = sum(map(len, body))
    if kept >= _TEASER:
        return None
    total = sum(map(len, blocks))
    names = _names(title, headings)
    own = _Said(body if kept >= SHORT else blocks)
    start = blocks.index(body[0]) if body and body[0] in blocks else 0
    below = _Said(blocks[start:])  # a paywall follows its teaser: above it, readers log in
    for status, signs in _signs().items():
        if status != "paywalled" and kept >= _ARTICLE:
            continue
        if found := next((name for name in names if name in signs.titles), None):
            return PageStatus(status, found, f"{status}:title")
        if total > _PHRASE_WITHIN.get(status, math.inf):
            continue
        said = below if status == "paywalled" else own
        if found := next((phrase for phrase, word in signs.phrases if word in said.words and phrase in said.text), None):
            return PageStatus(status, found, f"{status}:phrase")
    if body and (match := _paywall(blocks[start:], body[-1])) is not None:
        return match
    if total <= _MARKUP_WITHIN:
        source = markup[:_SCANNED].lower()
        for status, signs in _signs().items():
            if found := next((trace for trace in signs.markup if trace in source), None):
                return PageStatus(status, found, f"{status}:markup")
    return None


def _paywall(blocks: Sequence[str], last: str) -> PageStatus | None:
    """The prompt of a paywall among the blocks up to a few below the last one that was kept, in the words of any language."""
    end = blocks.index(last) + 1 if last in blocks else 0
    near = [block for block in blocks[: end + _RIGHT_BELOW] if len(block) <= _BLOCK]
    near += [block for block in blocks[end + _RIGHT_BELOW : end + _BELOW] if len(block) <= _BLOCK and letters(block) >= _PROMPT_LETTERS]
    for block, match in zip(near, match_lines(near), strict=True):
        if match is not None and match.category == "paywall" and match.sure and match.start == 0:
            return PageStatus("paywalled", block, f"paywalled:{match.rule}")
    return None


def _names(title: str | None, headings: Sequence[str]) -> list[str]:
    names = [_plain(heading) for heading in headings[:5] if len(heading) <= _BLOCK]
    if title and len(title) <= _BLOCK:
        plain = _plain(title)
        names += [plain, *(part.strip() for part in _PARTS.split(plain))]
    return names


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def _plain_lines(blocks: Iterable[str]) -> str:
    text = "\n".join(blocks).lower()
    return text.replace("’", "'").replace("\xa0", " ")


@functools.cache
def _signs() -> dict[Status, _Signs]:
    data = tomllib.loads(files("scraper").joinpath("data/page_status.toml").read_text("utf-8"))
    return {
        cast("Status", status): _Signs(
            frozenset(lists["titles"]), [(phrase, _inner(phrase)) for phrase in lists["phrases"]], lists["markup"]
        )
        for status, lists in data.items()
    }


def _inner(phrase: str) -> str | None:
    """Return the longest word of a phrase that has others on both sides."""
    return max(phrase.split()[1:-1], key=len, default=None)
