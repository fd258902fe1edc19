"""Inline markup: where the walk passes links, emphasis, code, and where that is in the text of the body's blocks.

White space is put in order, odd characters go, blocks are joined and cut between the walk and the body. What stays in order through all
of that is the ink: the characters that are not white space. Marks are counted in it, and the ink of a text is looked up in that of the
blocks it was made of; where it is not found, the text stays plain.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from msgspec.structs import replace

from normalise.article import BodyBlock, Span, SpanType
from normalise.inline import cell_places, tidy
from normalise.text import COMBINING, DIRECTION, clean_lines
from normalise.url import link_target
from scraper.blocks import Block, Mark

_TAGS: dict[SpanType, str] = {
    "link": "a",
    "strong": "b strong",
    "emphasis": "em i",
    "code": "code kbd samp tt",
    "sub": "sub",
    "sup": "sup",
    "strike": "del s strike",
}
_TYPE_OF = {tag: kind for kind, tags in _TAGS.items() for tag in tags.split()}
_VERBATIM = frozenset(("code", "math"))
_NO_INK = re.compile(rf"[\s{DIRECTION}]+")  # direction marks go from some texts only
_INK = re.compile(rf"[^\s{DIRECTION}]+")
_WORD = re.compile(r"\S+")


def ink(text: str) -> int:
    """Return how many characters of a text are not white space."""
    return len("".join(text.split()))


Held = tuple[set[SpanType], list[tuple[int, SpanType, str | None]], dict[SpanType, Mark]]


class Marker:
    """Notes the inline elements of each block while a page is walked. Of elements of one type inside each other, the outermost counts."""

    def __init__(self, marks: dict[int, list[Mark]]) -> None:
        self._marks = marks  # by block
        self._inside: set[SpanType] = set()
        self._edges: list[tuple[int, SpanType, str | None]] = []  # parts of the run before it, type, and a start's address
        self._open: dict[SpanType, Mark] = {}  # when the run began

    def enter(self, tag: str, attributes: dict[str, str | None], part: int) -> bool:
        """Note an element that starts before part `part` of the run; return whether its end is wanted too."""
        kind = _TYPE_OF.get(tag)
        href = attributes.get("href") if kind == "link" else ""
        if kind is None or href is None or kind in self._inside:
            return False
        self._inside.add(kind)
        self._edges.append((part, kind, href))
        return True

    def leave(self, tag: str, part: int) -> None:
        """Note the end of an element whose end is wanted."""
        kind = _TYPE_OF[tag]
        self._inside.remove(kind)
        self._edges.append((part, kind, None))

    def hold(self) -> Held:
        """Return what was noted of the line so far, for `take_up`, and begin another."""
        held = self._inside, self._edges, self._open
        self._inside, self._edges, self._open = set(), [], {}
        return held

    def take_up(self, held: Held) -> None:
        """Go on with a line that was held."""
        self._inside, self._edges, self._open = held

    def end_block(self, run: list[str], index: int) -> None:
        """Place what was noted in the text of block `index`, which `run` becomes. What is still open goes on in the next."""
        if not self._edges and not self._open:
            return
        sizes = [0, *accumulate(map(ink, run))]
        marks = list(self._open.values())
        for part, kind, href in self._edges:
            if href is None:
                self._open.pop(kind).end = sizes[part]
            else:
                self._open[kind] = mark = Mark(kind, href, sizes[part])
                marks.append(mark)
        for mark in self._open.values():
            mark.end = sizes[-1]
        if marks := [mark for mark in marks if mark.start < mark.end]:
            self._marks[index] = marks
        self._open = {kind: Mark(kind, mark.href) for kind, mark in self._open.items()}
        self._edges.clear()


def with_spans(found: list[BodyBlock], sources: Sequence[Block], marks: dict[int, list[Mark]], base: str | None) -> list[BodyBlock]:
    """Return the typed blocks `found` with the spans that the marks of the blocks they were made of come to.

    Links are resolved against `base`; one that leads nowhere is none.
    """
    if not any(block.index in marks for block in sources):
        return found
    stream = _Stream(sources, marks)
    spanned: list[BodyBlock] = []
    for block in found:
        spans: list[Span] = []
        for start, text in _lines(block):
            placed = stream.place(text)
            if placed is None:
                return spanned + found[len(spanned) :]
            spans += filter(None, [_span(mark, start + first, start + last, block, base) for mark, first, last in placed])
        spans = tidy(block.text, spans)
        spanned.append(replace(block, spans=spans) if spans else block)
    return spanned


class _Stream:
    """The ink of some blocks, one after the other, and the marks in it."""

    def __init__(self, sources: Sequence[Block], marks: dict[int, list[Mark]]) -> None:
        self._at = 0
        self._marks: dict[SpanType, list[tuple[int, int, int, Mark]]] = {}  # (start, end, number in page order, mark), by start
        inks: list[str] = []
        size = number = 0
        for block in sources:
            own = marks.get(block.index, [])
            pieces, edges = _cut(block.text, own)
            sizes = list(accumulate(map(len, pieces), initial=size))
            for mark, (first, last) in zip(own, edges, strict=True):
                self._marks.setdefault(mark.type, []).append((sizes[first], sizes[last], number, mark))
                number += 1
            inks += pieces
            size = sizes[-1]
        self._ink = "".join(inks)

    def place(self, text: str) -> list[tuple[Mark, int, int]] | None:
        """Return the marks in `text`, outer before inner, each with its first character and the one after its last.

        `text` stands after that of the last call, or else anywhere. None where it is not found.
        """
        ink = _ink(text)
        at = self._ink.find(ink, self._at)
        if at < 0:
            at = self._ink.find(ink)
        if at < 0:
            return None
        self._at = end = at + len(ink)
        found = []
        for marks in self._marks.values():
            place = max(0, bisect_right(marks, at, key=lambda mark: mark[0]) - 1)  # those of one type do not overlap
            while place < len(marks) and marks[place][0] < end:
                if marks[place][1] > max(at, marks[place][0]):
                    found.append(marks[place])
                place += 1
        if not found:
            return []
        places = _Places(text, _INK)
        found.sort(key=lambda mark: mark[2])
        return [(mark, places[max(first, at) - at], places[min(last, end) - at - 1] + 1) for first, last, _, mark in found]


class _Places:
    """Where each character of ink stands in a text; beyond the last, its end."""

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self._starts: list[int] = []  # of the words
        self._inks: list[int] = []  # before each
        ink = 0
        for word in pattern.finditer(text):
            self._starts.append(word.start())
            self._inks.append(ink)
            ink += word.end() - word.start()
        self._ink, self._end = ink, len(text)

    def __getitem__(self, ink: int) -> int:
        if ink >= self._ink:
            return self._end
        word = bisect_right(self._inks, ink) - 1
        return self._starts[word] + ink - self._inks[word]


def _cut(text: str, marks: list[Mark]) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the clean ink of `text` in pieces, and for each mark the pieces that it starts and ends before."""
    if not marks:
        return [_ink(clean_lines(text))], []
    places = _Places(text, _WORD)  # of a text that may have lost its end
    ends = [(_whole(text, places[mark.start]), _whole(text, places[mark.end])) for mark in marks]
    edges = sorted({0, len(text), *(end for pair in ends for end in pair)})
    number = {edge: at for at, edge in enumerate(edges)}
    pieces = [_ink(clean_lines(text[start:end])) for start, end in pairwise(edges)]
    return pieces, [(number[start], number[end]) for start, end in ends]


def _whole(text: str, place: int) -> int:
    """The end of the character that `place` is in: what is combined with the letter before it cannot be told from that."""
    for _ in range(COMBINING):
        if place == len(text) or not unicodedata.combining(text[place]):
            break
        place += 1
    return place


def _ink(text: str) -> str:
    return _NO_INK.sub("", text)


def _lines(block: BodyBlock) -> Iterator[tuple[int, str]]:
    """The texts of a block that were each made of one stretch of the page, with their places."""
    if block.type in _VERBATIM:
        return
    if block.type == "table":
        for row, places in zip(block.rows, cell_places(block.rows), strict=True):
            yield from ((place, cell) for place, cell in zip(places, row, strict=True) if cell)
        return
    start = 0
    for text in block.text.split("\n\n"):
        yield start, text
        start += len(text) + 2


def _span(mark: Mark, start: int, end: int, block: BodyBlock, base: str | None) -> Span | None:
    """What a mark comes to: nothing where it is a note's number, a heading's link to itself, or a link that leads nowhere."""
    text = block.text[start:end]
    if mark.type != "link":
        is_note = mark.type == "sup" and text[0] == "[" and text[-1] == "]"
        return None if is_note else Span(start=start, end=end, type=mark.type)
    if mark.href.lstrip()[:1] == "#" and (block.type == "heading" or not any(map(str.isalpha, text))):
        return None
    url = link_target(mark.href, base)
    return Span(start=start, end=end, type="link", url=url) if url is not None else None
