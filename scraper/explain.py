"""Why a record is as it is: every block with what became of it, every field with what it could have been.

kept     body      p   In a recent phone conversation, …      a long paragraph [block:prose]
removed  chrome    p   Leave A Reply                          asks for comments [chrome:en:leave-a-reply]

date  2025-07-31  from text:line 1
    + 2025-07-31  text:line 1  the weekday fixes the year
    - 2025-08-02  meta:article:modified_time  when it was changed
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from normalise.article import Article, Candidate
from scraper.terminal import escape, paint, shorten

_TEXT = 100  # characters of a block or value that are shown
_SHOWN_AS_FIELDS = (
    "headline",
    "byline",
    "authors",
    "date",
    "date_modified",
    "description",
    "section",
    "tags",
    "site_name",
    "language",
    "url",
    "canonical_url",
    "image",
)


class BlockFate(NamedTuple):
    """One block of the page and what became of it."""

    kept: bool
    label: str  # "body", "headline", "chrome", …
    reason: str
    rule: str
    tag: str
    text: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A record and its evidence. `article` has its candidates."""

    article: Article
    blocks: list[BlockFate]


def render(explanation: Explanation, *, field: str | None = None, colour: bool = False) -> str:
    """Return `explanation` as lines for people; with `field`, that field only."""
    article = explanation.article
    if field is not None:
        return "\n".join(_field(article, field, colour))
    lines = [_block(block, colour) for block in explanation.blocks]
    verdict = f"{article.status}  kind {article.kind}  confidence {article.confidence}  words {article.words}"
    lines += ["", paint("status", "bold", on=colour) + f"  {verdict}"]
    if article.limits:
        lines.append(paint("limits", "bold", on=colour) + f"  {', '.join(article.limits)}")
    for name in _SHOWN_AS_FIELDS:
        lines += _field(article, name, colour)
    return "\n".join(lines)


def _block(block: BlockFate, colour: bool) -> str:
    fate = paint("kept   ", "green", on=colour) if block.kept else paint("removed", "red", on=colour)
    why = paint(f"{escape(block.reason)} [{escape(block.rule)}]", "dim", on=colour)
    return f"{fate}  {block.label:9} {block.tag:10.10}  {shorten(block.text, _TEXT)}  {why}"


def _field(article: Article, name: str, colour: bool) -> Iterator[str]:
    value = getattr(article, name)
    source = article.sources.get(name)
    yield f"{paint(name, 'bold', on=colour)}  {_shown(value)}" + (f"  from {paint(escape(source), 'cyan', on=colour)}" if source else "")
    if name == "date" and article.date_detail is not None:
        yield f"    {_shown(msgspec.to_builtins(article.date_detail))}"
    for candidate in _candidates(article, name):
        mark = paint("+", "green", on=colour) if candidate.chosen else paint("-", "red", on=colour)
        reason = f"  {paint(escape(candidate.reason), 'dim', on=colour)}" if candidate.reason else ""
        yield f"    {mark} {shorten(candidate.value, _TEXT)}  {paint(escape(candidate.source), 'cyan', on=colour)}{reason}"


def _candidates(article: Article, name: str) -> list[Candidate]:
    return article.candidates.get(name, []) if isinstance(article.candidates, dict) else []


def _shown(value: Any) -> str:
    if value is None or value is msgspec.UNSET:
        return "null"
    return shorten(value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode(), _TEXT)
