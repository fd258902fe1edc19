"""The lines of a text page that give its byline and its date: by the net's scores, by their shape, by where they stand."""

import numpy as np

from normalise.byline import parse_byline
from scraper.blocks import Block
from scraper.classify import Label
from scraper.text.features import Floats
from scraper.text.shapes import byline_shape, date_shape

_HEAD_CHARS = {"byline": 200, "date": 120}
_CANDIDATES = 6
_BYLINE_LEAD = 0.75
_BESIDE, _BELOW = 3, 8  # lines of a date from the byline, and from the body's end
_ABOVE = 12  # lines above the body's first prose that a byline or date found by its shape alone may stand in
_BIOGRAPHY_CHARS = 300  # a longer line about an author may be what the article closes with


def is_date(text: str) -> bool:
    """Return whether a line is little more than a date."""
    return len(text) <= 40 and any(map(str.isdigit, text)) and date_shape(text) > 1


def likeliest(blocks: list[Block], scores: Floats, kind: str, labels: list[Label]) -> int | None:
    """Return the likeliest line, if likelier than none.

    A byline names somebody; a line that starts like one has a lead on one that does not.
    """
    limit = _HEAD_CHARS[kind]
    found, highest = None, 0.0
    for index in np.argsort(-scores, kind="stable")[:_CANDIDATES].tolist():
        text, score = blocks[index].text, float(scores[index])
        label = labels[index].kind
        if len(text) > limit or (label not in ("body", "chrome") and not (kind == "date" and label == "byline" and date_shape(text) > 1)):
            continue
        if kind == "byline" and " " in text and byline_shape(text):
            score += _BYLINE_LEAD
        if score > highest and (date_shape(text) if kind == "date" else parse_byline(text) is not None):
            found, highest = index, score
    return found


def by_shape(blocks: list[Block], kind: str, start: int, labels: list[Label]) -> int | None:
    """Return the line just above the prose that has the shape of a byline or date."""
    for block in reversed(blocks[max(0, start - _ABOVE) : start]):
        if labels[block.index].kind == "headline":
            break
        words = block.text.split()
        if kind == "date" and is_date(block.text) and len(words) <= 8:
            return block.index
        if kind == "byline" and 2 <= len(words) <= 12 and byline_shape(block.text) and words[1][:1].isupper() and words[-1][-1].isalnum():
            return block.index
    return None


def date_below(blocks: list[Block], labels: list[Label]) -> int | None:
    """Return the line of a date beside the byline, or soon below the body where it is the page's only one."""
    if any(label.kind == "byline" and date_shape(block.text) > 1 for block, label in zip(blocks, labels, strict=True)):
        return None
    dates = [block.index for block in blocks if is_date(block.text)]
    signed = next((block.index for block in blocks if labels[block.index].kind == "byline"), None)
    beside = [at for at in dates if signed is not None and abs(at - signed) <= _BESIDE]
    if beside:
        return beside[0]
    last = max([block.index for block in blocks if labels[block.index].kind == "body"], default=len(blocks))
    return dates[0] if len(dates) == 1 and last < dates[0] <= last + _BELOW else None


def drop_biography(blocks: list[Block], labels: list[Label]) -> None:
    """Drop the body's last line if it is short and begins with a name in the byline: who the author is."""
    byline = next((block.text for block in blocks if labels[block.index].kind == "byline"), None)
    last = next((block for block in reversed(blocks) if labels[block.index].kind == "body"), None)
    if byline is None or last is None or len(last.text) > _BIOGRAPHY_CHARS:
        return
    parsed = parse_byline(byline)
    names = [author.name for author in parsed.authors if " " in author.name] if parsed is not None else []
    if any(last.text.startswith(name) and not last.text.startswith(":", len(name)) for name in names):  # a speaker is no author
        labels[last.index] = Label("chrome", "who the author is", "text/biography", 100)
