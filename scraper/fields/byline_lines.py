"""Which of a page's lines may name its authors: those near the headline and the body's ends, notes about authors, title, copyright."""

import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

from normalise.byline import (
    byline_starts,
    copyright_holder,
    credits_editor,
    given_name,
    has_date,
    heads_outlet,
    is_agency,
    is_role,
    is_signature,
    may_be_names,
    openings,
    opens_byline,
    parse_byline,
    parts,
    reporter_of,
)
from normalise.headline import headline_key
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.prose import body_range, headings
from scraper.metadata import Metadata
from scraper.structure.layout import HEADINGS
from scraper.text.lines import TextPage

MAX_TEXT = 160  # a longer block is prose, not a byline
MAX_BARE = 70  # a longer block without a "By" is no list of names
MAX_PROSE = 30_000
NEAR = 8  # blocks between hints that belong to one byline
MIN_HEADING = 8  # letters that a heading below h1 shares with the title
SIGNED = 2  # blocks from the prose's last in which a reporter's name stands
OPENING = 4  # blocks of the prose, and of what is taken for it, in one of which it begins
MAX_NAME_LINE = 50
MAX_WORDS = 4  # of a bare name
MIN_NOTE = 60  # a note about the author is at least this long
MAX_NOTES = 3
MAX_FAR = 400  # blocks
MAX_FOOTER = 20_000


_BEFORE_NUMBER = re.compile(r"[^\d]{2,40}")


class Line(NamedTuple):
    """A line that may be a byline: how it was found ("text", "text far", "text end", "near", "label"), and where a bare name stands."""

    kind: str
    text: str
    block: int
    opened: bool
    place: str | None


def main_heading(page: Segmentation, metadata: Metadata, first: int) -> int:
    """Return the index of the headline's block, as far as it shows without choosing one: the first heading that the title has too."""
    tops = headings(page, "h1")
    titles = [headline_key(page.title or ""), *(headline_key(value.value) for value in metadata.headline[:3])]
    titles = [title for title in titles if title]
    for start, _ in tops:
        if any(headline_key(page.blocks[start].text) in title for title in titles):
            return start
    for tag in ("h2", "h3"):
        for start, _ in headings(page, tag, most=6):
            key = headline_key(page.blocks[start].text)
            if len(key) >= MIN_HEADING and any(key in title for title in titles):
                return start
    return tops[0][0] if tops else first


def line_names(page: Segmentation, heading: int, prose: tuple[int, int]) -> Iterator[Line]:
    """Yield short blocks near the headline and at the body's ends: those that start as a byline does, and bare names."""
    blocks = page.blocks
    first, last = prose
    near = range(max(0, heading - 3), min(heading + NEAR + 1, len(blocks)))
    places = (near, range(near.stop, heading + 25), range(first - 6, first + 4), range(last - 6, last + 10))
    short = [at for at in sorted(set().union(*places)) if 0 <= at < len(blocks) and len(blocks[at].text) <= MAX_TEXT]
    short = [at for at in short if at != heading or not _is_heading(page, at)]
    texts = [_byline_line(blocks[at].text, page.language, near=at in near) for at in short]
    for at, text, opened in zip(short, texts, openings(texts, page.language), strict=True):
        if not opened and not text.isascii() and (at in near or abs(at - last) <= SIGNED):
            reporter = text if is_signature(text, page.language) else reporter_of(text, page.language)
            text, opened = reporter or text, "full" if reporter else None
        if opened == "bare" and at + 1 < len(blocks) and len(blocks[at + 1].text) <= MAX_TEXT:
            text = f"{text} {blocks[at + 1].text}"
        elif not opened:
            placed = at in near or first - 2 <= at <= first + 1 or blocks[at].tag == "address"
            agency = placed and _names_agency(text, page.language) and _is_dated(page, at)  # "dpa | 4 March 2025"
            if not (agency or (placed and len(text) <= MAX_BARE and may_be_names(text, page.language))):
                continue
            if not agency and _is_caption(page, at):
                continue
        kind, place = "near", None
        if opened:
            kind = "text" if at in near or abs(at - first) < NEAR else "text end" if at > last - NEAR else "text far"
        elif at in near:
            place = "above" if at < heading else f"below {min(at - heading, 5)}"
        else:
            kind, place = "beside prose", "above prose" if at < first else "in prose"
        yield Line(kind, text, at, bool(opened), place)
    for block in blocks[first : first + OPENING]:
        if reporter := reporter_of(block.text, page.language):
            yield Line("text", reporter, block.index, True, None)


def _names_agency(text: str, language: str | None) -> bool:
    """Whether a line is an agency, alone or before a place or a date: "ANSA - Roma", "AFP Published 4 March 2025"."""
    if is_agency(text.partition(" - ")[0], language):
        return True
    if not has_date(text):
        return False
    before = _BEFORE_NUMBER.match(text)
    return is_agency(text.partition(" ")[0], language) or (before is not None and is_agency(before[0], language))


def _is_caption(page: Segmentation, at: int) -> bool:
    """Whether an element calls a block a picture's caption or credit."""
    return page.blocks[at].tag == "figcaption" or any(hint.kind == "caption" and hint.block == at for hint in page.hints)


def _is_dated(page: Segmentation, at: int) -> bool:
    """Whether a line or one beside it has a date."""
    return any(has_date(block.text) for block in page.blocks[max(0, at - 1) : at + 2] if len(block.text) <= MAX_TEXT)


def _is_heading(page: Segmentation, at: int) -> bool:
    """Whether a block is a headline and nothing else, not the first prose of a page without one, which may begin with its author."""
    block = page.blocks[at]
    return block.tag in HEADINGS or ("\n" not in block.text and headline_key(block.text) in headline_key(page.title or ""))


def _byline_line(text: str, language: str | None, *, near: bool = True) -> str:
    """Return the line of a block that starts as a byline does, or the only line or part without a date that names somebody, with the role
    behind it, else the block: a page without markup has its head in one. `near` the headline a part may start as a byline does, too.
    """
    if "\n" not in text:
        found = parts(text)[::2]
        if len(found) == 1 or opens_byline(text, language):
            return text
        opened = [part for part, opened in zip(found, openings(found, language), strict=True) if opened == "full"] if near else []
        if len(opened) == 1 and _names_people(opened[0], language):
            return opened[0]  # "Reviewed by Ann Roe - Written by Jane Doe - March 4, 2025"
        bare = _only_named(found, language)
        return text if bare is None or opens_byline(bare, language) else bare
    lines = [line for line in text.split("\n") if not heads_outlet(line, language)]
    if len(lines) == 1:
        return lines[0]
    opened = [line for line, opened in zip(lines, openings(lines, language), strict=True) if opened == "full"]
    writers = (line for line in opened if not credits_editor(line, language))
    return next(writers, opened[0] if opened else None) or _only_named(lines, language) or text


def _names_people(text: str, language: str | None) -> bool:
    """Whether a part names writers whose first names are known."""
    byline = parse_byline(text, language=language)
    if byline is None or credits_editor(text, language):
        return False
    return all(given_name(author.name) == "known" for author in byline.authors)


def _only_named(texts: list[str], language: str | None) -> str | None:
    undated = [text for text in texts if not has_date(text)]
    if len(undated) in (0, len(texts)):
        return None
    named = [text.strip("[]【】 ") for text in undated if parse_byline(text, language=language) is not None]
    if len(named) == 2 and is_role(named[1], language):
        return ", ".join(named)
    return named[0] if len(named) == 1 else None


def far_lines(page: Segmentation) -> Iterator[tuple[int, str]]:
    """Yield (block, text) for the first few short blocks that start as a byline does, wherever they stand."""
    starts = byline_starts(page.language)
    found = 0
    for block in page.blocks[:MAX_FAR]:
        text = block.text
        if len(text) > MAX_BARE or block.tag == "li" or text.partition(" ")[0].rstrip(":：").casefold() not in starts:
            continue
        if opens_byline(text, page.language) == "full":
            yield block.index, text
            found += 1
            if found == MAX_NOTES:
                return


def presented_names(page: Segmentation, heading: int) -> Iterator[tuple[int, str, bool]]:
    """Yield (block, text, whether that is enough) for the bare names beside the headline that another place shows to be the author's:
    a later paragraph that starts with them, or the date next to them.
    """
    blocks = page.blocks
    places = (at for at in range(max(0, heading - 3), min(heading + NEAR, len(blocks))) if at != heading)
    lines = {at: blocks[at].text if "\n" not in blocks[at].text else _byline_line(blocks[at].text, page.language) for at in places}
    near = {at: text for at, text in lines.items() if _is_capitalised(text)}
    if not near:
        return
    notes = [block.text for block in blocks[min(near) :] if len(block.text) >= MIN_NOTE]
    for at, text in near.items():
        several = " " in text
        known = given_name(text) == "known"
        if not (known or several):
            continue
        noted = any(map(str.startswith, notes, repeat(f"{text} ")))
        beside = blocks[max(0, at - 1) : at + 2]
        if noted or any(has_date(block.text) for block in beside if len(block.text) <= MAX_NAME_LINE):
            yield at, text, known or noted


def _is_capitalised(text: str) -> bool:
    """Whether a line is one to four capitalised words of letters."""
    if len(text) > MAX_NAME_LINE or not text[:1].isupper():
        return False
    tokens = text.split(" ")
    return len(tokens) <= MAX_WORDS and all(token[:1].isupper() and token.isalpha() for token in tokens)


def page_lines(page: TextPage, labels: Sequence[Label]) -> Iterator[Line]:
    """Yield the lines of a text page that may name its authors: those that its classifier calls bylines, those around the headline and
    above the body, lines after the body that start as a byline does, and notes about authors.
    """
    blocks = page.blocks
    heading = next((at for at, label in enumerate(labels) if label.kind == "headline"), 0)
    body = body_range(labels)
    near = [*range(heading + 1, heading + 2 * NEAR), *range(heading - 1, heading - 4, -1), *range(body.start - 3, body.start + 2)]
    near = [at for at in dict.fromkeys(near) if 0 <= at < len(blocks)]
    end = range(max(body.stop - 3, 0), min(body.stop + NEAR, len(blocks)))
    labelled = [at for at, label in enumerate(labels) if label.kind == "byline"]
    places = list(dict.fromkeys((*labelled, *near, *end)))
    short = [at for at in places if len(blocks[at].text) <= MAX_TEXT]
    starts = dict(zip(short, openings([blocks[at].text for at in short], page.language), strict=True))
    for at in places:
        text = blocks[at].text
        if at not in starts:
            if at in labelled:
                yield Line("label", text, at, False, None)
            continue
        opened = starts[at]
        if opened == "bare" and at + 1 < len(blocks) and len(blocks[at + 1].text) <= MAX_TEXT:
            text = f"{text} {blocks[at + 1].text}"
        kind = "label" if at in labelled else "near" if at in near else "text end"
        if opened:
            yield Line("text end" if kind == "text end" else "text" if at in near else kind, text, at, True, None)
        elif kind == "label" or (at != heading and len(text) <= MAX_BARE and kind == "near" and may_be_names(text, page.language)):
            yield Line(kind, text, at, False, None)
    for kind, text, at in near_names(page, body.start):
        yield Line(kind, text, at, False, None)


def near_names(page: Segmentation, first: int) -> Iterator[tuple[str, str, int]]:
    """Yield ("note", name, block) for notes about an author: a name, then a paragraph that starts with it ("Jane Doe is …")."""
    blocks = page.blocks
    found = 0
    for at in range(len(blocks) - 2, max(-1, first - 12), -1):
        text, below = blocks[at].text, blocks[at + 1].text
        starts = len(text) < MAX_NAME_LINE and len(below) >= MIN_NOTE and below.startswith(text.partition(" ")[0] + " ")
        if starts and may_be_names(text, page.language):
            yield "note", text, at
            found += 1
            if found == MAX_NOTES:
                return


def closing_names(page: Segmentation, metadata: Metadata) -> Iterator[tuple[str, str, int]]:
    """Yield (kind, name, -1) for whom the page's title ends in, its site is named after, and its copyright is said to be."""
    title = parts(page.title or "")[::2] if len(page.title or "") < 400 else []
    if len(title) > 1:
        yield "title", title[-1], -1
    for value in metadata.site_name[:2]:
        yield "site name", value.value, -1
    for text in _notices(page):
        holder = copyright_holder(text)
        if holder is not None:
            yield "copyright", holder, -1


def _notices(page: Segmentation) -> Iterator[str]:
    """Yield the texts at the page's end that may hold its copyright notice."""
    for block in page.blocks[-12:]:
        if len(block.text) <= MAX_TEXT:
            yield block.text
    for _, node in page.furniture[-3:]:
        if node is not None and node.tag == "footer":
            yield from (line for line in node.text(separator="\n")[:MAX_FOOTER].split("\n") if "©" in line or "opyright" in line)


def prose_of(page: Segmentation) -> str:
    """Return the text of the page's long blocks, up to `MAX_PROSE` characters."""
    texts: list[str] = []
    size = 0
    for block in page.blocks:
        if len(block.text) >= MAX_TEXT:
            texts.append(block.text)
            size += len(block.text)
            if size > MAX_PROSE:
                break
    return " ".join(texts)[:MAX_PROSE]
