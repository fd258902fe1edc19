"""Notes: a number in the text that links to a place on the page, and what stands there; and notes that stand within a line.

A reference is known by its look (raised, in brackets, or a number right behind a word that can be linked back to), a note by being where
one leads. What links back from a note, and its own number, is none of its text: `Note.mark` has that.
"""

import re
from typing import Any

from normalise.text import collapse
from scraper.blocks import Block, Note, Segmentation
from scraper.walk.inline import Held, Marker

_LABEL = re.compile(r"\d{1,3}|[a-z]{1,3}")
_BRACKETED = re.compile(r"\[\s?(\d{1,4}|[a-z]{1,3}|[\w.]{1,12}\s\d{1,3})\s?\]")  # "[note 1]"
_SIGN = re.compile(r"[※*†‡§¶]{1,3}\d{0,3}")
_CLOSED = re.compile(r"\(?(\d{1,3}|[a-z]{1,3})\)")
_CLOSING = re.compile(r"\s*[\])}.:,](?:\s+|$)")  # behind a number that links back
_SHOWN = re.compile(r"\[(\w{1,3})\]\s*\Z")  # the mark before a note within the line
_MARK_CHARS = 20
_BACK_CHARS = 24  # "Jump up to: a"
_SIGNS = "[](){}^↑., \n\xa0\u200b"  # around the number of a note
_REFERENCES = 2_000  # a page
_NOTE_CHARS = 16  # of the text of a note within a line, at least
_LINKED = ("doc-noteref", "noteref")


class Notes:
    """The references of a page as they are met, and the notes that they lead to."""

    def __init__(self, page: Segmentation) -> None:
        self.page = page
        self.wanted: dict[str, Note] = {}  # by the place where they stand
        self.depth = -1  # of the element that holds the note within the line
        self.waiting: list[
            tuple[Block, str, dict[str, str | None]]
        ] = []  # such notes, for the end of their line, with marks and attributes
        self._references: dict[str, Note] = {}  # by their own places, where links back lead
        self._held: list[tuple[int, list[str], tuple[int, int], Held | None]] = []  # lines around, with the depth before

    def reference(self, node: Any, href: str, run: list[str]) -> str | None:
        """Return what a link shows that leads to a note ("[1]"), "" for one that leads back from it, None for another."""
        place = href.partition("#")[2]
        back = self._references.get(place)
        if back is not None and back.container >= 0 and len(node.text()) <= _BACK_CHARS:
            return ""
        if not run or not place or len(self._references) > _REFERENCES:
            return None
        text = node.text()
        mark = _mark(text.strip(), node, run[-1][-1:]) if len(text) <= _MARK_CHARS else None
        if mark is None:
            return None
        note = self.wanted.setdefault(place, Note(mark, len(self.page.blocks)))
        if note.mark != mark:  # the place of all notes
            note.mark = ""
        for element in (node, node.parent, node.prev, node.first_child):
            if element is not None and (own := _place(element.attributes)):
                self._references.setdefault(own, note)
        return mark if run[-1].endswith("[") else _shown(mark)

    def begin(self, attributes: dict[str, str | None], container: int) -> bool:
        """Say whether an element of these attributes, with nothing of its block before it, is the place of a note; it begins there."""
        note = self.wanted.get(attributes.get("id") or "") or self.wanted.get(attributes.get("name") or "")
        if note is None or not note.mark or note.container >= 0:
            return False
        note.start, note.container = len(self.page.blocks), container
        self.page.notes.append(note)
        return True

    def hold(self, node: Any, depth: int, run: list[str], counts: tuple[int, int], marker: Marker | None) -> bool:
        """Lay the line aside if an element in it, `depth` deep, holds the text of a note.

        `counts` are the characters of its links and bold text.
        """
        text = node.text()
        if len(text) < _NOTE_CHARS or " " not in text.strip():
            return False
        self._held.append((self.depth, [*run], counts, marker.hold() if marker is not None else None))
        self.depth = depth
        run.clear()
        return True

    def release(self, node: Any, run: list[str], counts: tuple[int, int], marker: Marker | None) -> tuple[int, int]:
        """Keep the note that `run` holds for the end of the line around it, take the line up again, and return its counts."""
        self.depth, line, line_counts, held = self._held.pop()
        shown = _SHOWN.search(line[-1])
        own = run[0].strip() if run else ""
        mark = shown[1] if shown else own if _LABEL.fullmatch(own) else ""
        if mark and not shown:
            line.append(f"[{mark}]")
        unlabel(run, mark)
        if marker is not None and held is not None:
            marker.end_block(run, ~len(self.waiting))
            marker.take_up(held)
        self.waiting.append((Block(-1, collapse("".join(run)), node.tag, -1, *counts), mark, node.attributes))
        run[:] = line
        return line_counts

    def place(self, container: int) -> None:
        """Add the notes that stood within the last block of a container behind it, each in a container of its own."""
        page, host = self.page, len(self.page.blocks) - 1
        for number, (block, mark, attributes) in enumerate(self.waiting):
            block.index, block.container = len(page.blocks), len(page.tags)
            if (marks := page.marks.pop(~number, None)) is not None:
                page.marks[block.index] = marks
            if block.text:
                page.notes.append(Note(mark, host, block.index, block.container))
                page.parents.append(container)
                page.tags.append(block.tag)
                page.attributes.append(attributes)
                page.classes.append(attributes.get("class"))
                page.starts.append(block.index)
                page.ends.append(block.index + 1)
                page.blocks.append(block)
        self.waiting.clear()


def unlabel(run: list[str], mark: str) -> None:
    """Blank the number that the line of a note begins with; a letter is written as in the text, since no list could show it."""
    for at, part in enumerate(run):
        if part.strip(_SIGNS) not in ("", mark):
            label = _CLOSING.match(part) or (mark and re.match(rf"\s*[\[(]?{re.escape(mark)}[\]).:]{{1,2}}\s+", part))
            run[at] = part[label.end() :] if label else part
            if mark and not mark.isdecimal() and not run[at].startswith(mark):
                run[max(at - 1, 0)] = f"{_shown(mark)} " if at else f"{_shown(mark)} {run[at]}"
            break
        run[at] = ""


def _mark(text: str, node: Any, before: str) -> str | None:
    """Return the mark of a note that a link of this text, behind a character, shows; None where it looks like none."""
    found = _BRACKETED.fullmatch(text)
    if found is not None:
        return found[1]
    child = node.first_child
    if node.parent.tag == "sup" or (child is not None and child.tag == "sup"):
        found = _CLOSED.fullmatch(text)
        return found[1] if found is not None else text if _LABEL.fullmatch(text) or _SIGN.fullmatch(text) else None
    attributes = node.attributes
    is_note = attributes.get("role") in _LINKED or attributes.get("epub:type") in _LINKED
    attached = is_note or (_place(attributes) and before.strip(" \xa0[(") != "")
    return text if attached and text.isdecimal() and _LABEL.fullmatch(text) else None


def _shown(mark: str) -> str:
    """How the mark of a note is written in the text: a sign needs no brackets."""
    return f"[{mark}]" if mark[0].isalnum() else mark


def _place(attributes: dict[str, str | None]) -> str:
    return attributes.get("id") or attributes.get("name") or ""
