"""Markdown's inline markup: what a row reads as, and where links, emphasis and code are in its text.

Links and pictures are found in many rows at once, as their text may run over several. In their places stand control characters, which no
row has: what was a link's text is between two, and a picture is one.
"""

import re
from typing import NamedTuple

from normalise.article import SpanType
from scraper.blocks import Mark
from scraper.walk.inline import ink

# What is between brackets, and between parentheses, with one more pair inside. Only the last possessive loop is over pairs.
_LABEL = r"\[((?:[^\[\]]++|\[[^\[\]]*+\]){0,200}+)\]"
_TARGET = r"\(((?:[^()\n]++|\([^()\n]*+\)){0,200}+)\)"
_IMAGE = re.compile("!" + _LABEL + _TARGET)
_LINK = re.compile(_LABEL + _TARGET)
_REFERENCE = re.compile(f"{_LABEL}(?:{_TARGET}|" + r"\[([^\[\]\n]{0,100})\])")
_DEFINITION = re.compile(r"^[ ]{0,3}\[([^\[\]\n]{1,100})\]:[ \t]+(\S[^\n]*)$", re.M)
_AUTOLINK = re.compile(r"(?<!\()<(https?://[^\s<>]{1,2000})>")
_LINKED = re.compile("\x02([^\x02\x03]*)\x03")
_LINKED_CHARS = 3_000  # of one link; a longer one is a bracket that was never closed
_EMPHASIS = re.compile(r"(?<![\w*_\\])([*_]{1,3})(?=[^\s*_])([^*_\n]{1,500})(?<=[^\s*_])\1(?![\w*_])")
_STRUCK = re.compile(r"(?<![~\\])~~(?=[^\s~])([^~\n]{1,500})(?<=[^\s~])~~(?!~)")
_STRAY = re.compile(r"\*{2,}|(?<!\w)_{2,}|_{2,}(?!\w)")  # emphasis around nothing
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|$&@^'\"-])")
PICTURE = "\x12"
_NOTHING = " " + PICTURE
_STARTS: dict[str, SpanType] = {"\x02": "link", "\x04": "emphasis", "\x05": "strong", "\x0e": "code", "\x10": "strike"}
_ENDS: dict[str, SpanType] = {"\x03": "link", "\x06": "emphasis", "\x07": "strong", "\x0f": "code", "\x11": "strike"}
_EDGE = re.compile("([\x02-\x07\x0e-\x11])")
_OPENED = {1: ("\x04", "\x06"), 2: ("\x05", "\x07"), 3: ("\x04\x05", "\x07\x06")}  # by the number of asterisks


class Links(NamedTuple):
    """Where marked links lead, and text and target of marked pictures, as written, in the order of their marks."""

    targets: list[str]
    pictures: list[tuple[str, str]]


def mark_links(text: str, links: Links) -> str:
    """Return the text with its links and pictures marked; what they lead to is added to `links`."""
    references: dict[str, str] = {}
    if "]: " in text:
        references = {name.casefold(): target for name, target in _DEFINITION.findall(text)}
        text = _DEFINITION.sub("", text) if references else text
    if "<http" in text:
        text = _AUTOLINK.sub(r"[\1](<\1>)", text)
    if "](" not in text and not references:
        return text

    def picture(image: re.Match[str]) -> str:
        links.pictures.append((image[1], image[2]))
        return PICTURE + line_ends(image)

    def link(found: re.Match[str]) -> str:
        if len(found[1]) > _LINKED_CHARS:
            return found[0]
        target = found[2]
        if target is None:
            target = references.get((found[3] or found[1]).casefold(), "")
        rows = (_LINK.sub(r"\1", found[1]) if "](" in found[1] else found[1]).split("\n")
        for number, row in enumerate(rows):
            if row.strip(_NOTHING):
                rows[number] = f"\x02{row}\x03"
                links.targets.append(target)
        return "\n".join(rows)

    return (_REFERENCE if references else _LINK).sub(link, _IMAGE.sub(picture, text))


def address(target: str) -> str:
    """Return the address in a link's parentheses, which may hold a title too."""
    target = target.strip()
    return target[1:].partition(">")[0] if target[:1] == "<" else _ESCAPE.sub(r"\1", target.partition(" ")[0])


def line_ends(found: re.Match[str]) -> str:
    """Return as many line ends as the match has: rows keep their numbers."""
    return "\n" * found[0].count("\n")


def linked_chars(row: str) -> int:
    """Return how many characters of a row's text are links'."""
    return sum(len(label.strip()) for label in _LINKED.findall(row)) if "\x02" in row else 0


def unmarked(row: str) -> str:
    """Return a row without the marks of links. Emphasis beside them goes first: its asterisks would run together."""
    if "\x02" not in row:
        return row
    if "*" in row or "_" in row:
        parts = row.split("`")
        parts[::2] = [_EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", part)) for part in parts[::2]]
        row = "`".join(parts)
    return row.replace("\x02", "").replace("\x03", "")


def inline(row: str) -> str:
    """Return a row of Markdown as it reads: without images, addresses, and marks of emphasis, code and escapes."""
    return plain(unmarked(mark_links(row, Links([], [])).replace(PICTURE, "")))


def plain(row: str) -> str:
    """Return a row whose links are unmarked as it reads, white space collapsed."""
    written = row
    if "`" in row:
        parts = row.split("`")
        parts[::2] = map(_without_emphasis, parts[::2])
        row = "".join(parts)
    else:
        row = _without_emphasis(row)
    if row is not written or "  " in row or not row.isprintable():
        row = " ".join(row.split())
    return row


def _without_emphasis(text: str) -> str:
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(r"\2", text)
        if "*" in text or "_" in text:
            text = _STRAY.sub("", _EMPHASIS.sub(r"\2", text))
    if "~~" in text:
        text = _STRUCK.sub(r"\1", text)
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def marks_in(row: str, targets: list[str], text: str, before: int) -> list[Mark]:
    """Return the inline markup of a row whose links are marked, `targets` being theirs, in a text that ends with what the row reads as.

    Places are counted in ink, of which the text has `before` in front of the row. Nothing where the row does not read as that.
    """
    parts = row.split("`")
    parts[::2] = map(_with_emphasis_marked, parts[::2])
    parts[1:-1:2] = [f"\x0e{code}\x0f" for code in parts[1:-1:2]]
    pieces = _EDGE.split("".join(parts))
    if len(pieces) == 1:
        return []
    own = "".join("".join(pieces[::2]).split())
    start = own.find("".join(text.split())[before:])  # behind the marks of the row itself: a heading's, an item's
    if start < 0:
        return []
    left, end = iter(targets), ink(text)
    opened: dict[SpanType, Mark] = {}
    found: list[Mark] = []
    at = before - start
    for piece, edge in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        at += ink(piece)
        if kind := _STARTS.get(edge):
            target = next(left, "") if kind == "link" else ""
            if kind not in opened:
                opened[kind] = mark = Mark(kind, address(target), max(at, before))
                found.append(mark)
        elif (ended := _ENDS.get(edge)) in opened:
            opened.pop(ended).end = min(at, end)
    return [mark for mark in found if mark.start < mark.end and (mark.type != "link" or mark.href not in ("", "#"))]


def _with_emphasis_marked(text: str) -> str:
    if "*" in text or "_" in text:
        text = _STRAY.sub("", _EMPHASIS.sub(_marked, _EMPHASIS.sub(_marked, text)))
    if "~~" in text:
        text = _STRUCK.sub("\x10\\1\x11", text)
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def _marked(emphasis: re.Match[str]) -> str:
    start, end = _OPENED[len(emphasis[1])]
    return f"{start}{emphasis[2]}{end}"
