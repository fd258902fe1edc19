"""Markdown to the blocks of a text page: what people write, and what converters and crawlers make of whole pages."""

import itertools
import re
from collections.abc import Callable, Iterator
from functools import partial

from scraper.blocks import Picture
from scraper.text.inline import PICTURE, Links, address, line_ends, linked_chars, mark_links, marks_in, plain, unmarked
from scraper.text.lines import LEADS, RULE, Row, TextPage, add, starts_item
from scraper.text.wrapped import Wrap
from scraper.walk.inline import ink

# Tags that converters leave, but in code and escaped ones; those of links are left to the next.
_TAG = re.compile(
    r"(?<![`\\])</?(?:abbr|address|article|aside|audio|big|button|canvas|center|cite|circle|col|colgroup|dd|del|details|dfn|div|dl|dt|em|"
    r"embed|fieldset|figcaption|figure|font|footer|form|header|iframe|img|input|ins|kbd|label|legend|li|main|mark|nav|ol|option|p|path|"
    r"picture|progress|rect|s|samp|section|select|small|source|span|strong|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|"
    r"thead|time|tr|u|ul|use|var|video|wbr)(?=[\s/>])[^<>]{0,20000}>"
)
_LEFT = ("<a ", "<div", "<figure", "<img", "<span")
_LEAST_LEFT = 3
_ANCHOR = re.compile(r"(?<![`\\])<a(?=[\s>])([^<>]{0,20000})>([^<>\[\]]{0,1000})</a\s{0,4}>")
_HREF = re.compile(r"\shref\s{0,4}=\s{0,4}[\"']?([^\"'\s()]{1,2000})")
_HEADING = re.compile(r"(#{1,6})(?:\s+|\Z)")
_TITLE = re.compile(r"\s{0,20}# [^\W\d][^\n]{1,300}\n[ \t]{0,8}\n\s{0,8}[^#\s]")  # the first row, and nothing right below it
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+")
_TABLE_RULE = re.compile(r"[|:\s-]{3,500}\Z")
_CELL_RULE = re.compile(r":?-+:?\Z")
_CELL_END = re.compile(r"(?<!\\)\|")
_CELL_CHARS = 300  # of a table's longest cell; where converters met a longer one, the table arranged a page
_LEADS = LEADS | frozenset("—–:")  # a line that starts with none of these, nor with a number, is plain
_FENCES = frozenset(("```", "~~~"))
_UNDERLINES = frozenset("=-")
_UNDERLINE = re.compile(r"(={3,200}|-{3,200})\s*\Z")
MARKDOWN_CHARS = 200_000  # looked at for Markdown's marks
_LANGUAGE_CHARS = 40
_TITLE = re.compile(r"\s*# \S[^\n]*\n[ \t]*\n\s*\S")  # on top, an empty line between it and the text
_MARKS = 3  # in front of one line: "* ## "


def is_markdown(text: str) -> bool:
    """Return whether the text shows Markdown's own marks: a link, two kinds of headings, one mark and emphasis, or one title above all."""
    head = "\n" + text[:MARKDOWN_CHARS]
    if "](" in head and ("](http" in head or "](/" in head):
        return True
    found = sum(mark[1] in head and mark in head for mark in ("\n# ", "\n## ", "\n### ", "\n```", "\n> "))
    return found > 1 or (found == 1 and (head.count("**") > 1 or (head.count("\n# ") == 1 and _TITLE.match(head) is not None)))


def without_tags(rows: list[str]) -> list[str]:
    """Return as many rows, outside of code without the HTML that converters leave where Markdown has nothing like it; links as Markdown.

    Such HTML begins rows; what stands inside of them only is text about HTML.
    """
    if "\n".join(rows).count("\n<") < _LEAST_LEFT or sum(row.startswith(_LEFT) for row in rows) < _LEAST_LEFT:
        return rows
    return _outside_code(rows, _without_tags)


def _without_tags(text: str) -> str:
    return _ANCHOR.sub(_as_link, _TAG.sub(line_ends, text)) if "<" in text else text


def _as_link(anchor: re.Match[str]) -> str:
    if not anchor[2].strip():
        return line_ends(anchor)
    address = _HREF.search(anchor[1])
    return f"{line_ends(anchor)[anchor[2].count(chr(10)) :]}[{anchor[2]}]({address[1] if address else '#'})"


def read_markdown(page: TextPage, rows: list[str], written: list[str], wrap: Wrap, *, inline: bool = False) -> None:
    """Add the blocks of Markdown, and its pictures; with `inline` also the links and the like in the blocks, as `marks`.

    `written`: the rows as they were wrapped.
    """
    links = Links([], [])
    _Reader(page, links, wrap, inline=inline).read(_outside_code(rows, partial(mark_links, links=links)), written)


class _Reader:
    """Reads the rows of a page whose links and pictures are marked."""

    def __init__(self, page: TextPage, links: Links, wrap: Wrap, *, inline: bool) -> None:
        self._page, self._links, self._wrap, self._inline = page, links, wrap, inline
        self._tables = _Tables(page)
        self._pictures = self._targets = 0  # in the rows so far
        self._items: list[int] = []  # how far the open items are indented

    def read(self, rows: list[str], written: list[str]) -> None:
        """Add the blocks of all rows."""
        page, blocks, wrap = self._page, self._page.blocks, self._wrap
        fence: list[str] | None = None
        language = ""
        start = previous = 0
        for number, (full, row) in enumerate(zip(written, rows, strict=True), 1):
            bare = (self._without_pictures(row) if PICTURE in row else row).strip()
            above = blocks[-1] if blocks and previous else None
            length, previous = previous, 0
            if bare[:3] in _FENCES:
                if fence is None:
                    fence, start, language = [], number, bare.strip("`~ ").partition(" ")[0]
                else:
                    _add_listing(page, fence, start, language)
                    fence = None
            elif fence is not None:
                fence.append(row.rstrip())
            elif bare[:1] in _UNDERLINES and above is not None and above.tag == "line" and _UNDERLINE.match(bare):
                above.tag = "h1" if bare[0] == "=" else "h2"
            elif "|" in bare and self._tables.take(bare, number):
                if self._inline:
                    self._note(bare, 0)
            elif bare and (line := _markdown_line(bare)) is not None:
                text, tag, link_chars = line
                is_full = wrap.width and wrap.is_full(length, full)
                before = 0
                if is_full and tag == "line" and above is not None and above.tag in ("line", "li", "blockquote"):
                    before = ink(above.text) if self._inline else 0
                    above.text = wrap.joined([above.text, text])
                    above.link_chars += link_chars
                else:
                    if tag == "li":
                        self._place_item(row, bare)
                    elif row[0] != " ":
                        self._items.clear()
                    add(page, text, tag, number, link_chars)
                if self._inline:
                    self._note(bare, before)
                previous = wrap.columns(full.rstrip()) if wrap.width else 1
        if fence:
            _add_listing(page, fence, start, language)
        self._tables.end()

    def _place_item(self, row: str, bare: str) -> None:
        """Note the number of the item that becomes the next block, and how many it stands inside of."""
        index, items = len(self._page.blocks), self._items
        if number := _NUMBER.match(bare):
            self._page.numbers[index] = int(number[1])
        indent = len(row) - len(row.lstrip())
        while items and items[-1] >= indent:
            items.pop()
        if items:
            self._page.depths[index] = len(items)
        items.append(indent)

    def _without_pictures(self, row: str) -> str:
        first = self._pictures
        self._pictures += row.count(PICTURE)
        for text, target in self._links.pictures[first : self._pictures]:
            self._page.pictures.append(Picture({"src": address(target), "alt": " ".join(text.split())}, -1, len(self._page.blocks)))
        return row.replace(PICTURE, "")

    def _note(self, row: str, before: int) -> None:
        """Note the inline markup of a row, which the last block's text ends with after `before` characters of ink."""
        first = self._targets
        self._targets += row.count("\x02")
        if self._page.blocks:
            last = self._page.blocks[-1]
            if marks := marks_in(row, self._links.targets[first : self._targets], last.text, before):
                self._page.marks.setdefault(last.index, []).extend(marks)


class _Tables:
    """Reads the tables of a page: a row of heads, a rule with as many cells, and the rows below it."""

    def __init__(self, page: TextPage) -> None:
        self._page = page
        self._above: list[str] = []  # cells of the last row, which may be the heads
        self._last = 0  # its number
        self._columns = 0  # of the table that it is in
        self._count = 0

    def take(self, row: str, number: int) -> bool:
        """Return whether a row with bars, whose links are marked, is one of a table below its heads; its text is then on the page."""
        if number != self._last + 1:
            self._above, self._columns = [], 0
        self._last = number
        cells = _cells(row)
        if self._columns:
            text = plain(" | ".join(cells))
            if any(cells):
                self._page.rows[len(self._page.blocks)] = Row(self._count, (cells + [""] * self._columns)[: self._columns], False)
                add(self._page, text, "tr", number, min(linked_chars(row), len(text)))
        elif 1 < len(cells) == len(self._above) and all(map(_CELL_RULE.match, cells)):
            self._columns = len(cells)
            self._count += 1
            if any(self._above):
                self._page.blocks[-1].tag = "tr"
                self._page.rows[len(self._page.blocks) - 1] = Row(self._count, self._above, True)
        else:
            self._above = cells
            return False
        return True

    def end(self) -> None:
        """Make lines of the rows of tables that only arranged a page."""
        rows = self._page.rows
        layout = {row.table for row in rows.values() if max(map(len, row.cells)) > _CELL_CHARS}
        for index in [index for index, row in rows.items() if row.table in layout]:
            del rows[index]
            self._page.blocks[index].tag = "line"


def _cells(row: str) -> list[str]:
    row = row.removeprefix("|")
    return [plain(unmarked(cell).replace("\\|", "|").strip()) for cell in _CELL_END.split(row[:-1] if row[-1:] == "|" else row)]


def _add_listing(page: TextPage, rows: list[str], number: int, language: str) -> None:
    text = "\n".join(rows).strip("\n")
    if text and language:
        page.languages[len(page.blocks)] = language[:_LANGUAGE_CHARS]
    add(page, text, "pre", number)


def _outside_code(rows: list[str], change: Callable[[str], str]) -> list[str]:
    """Return the rows with those outside of code changed, many at once: a link's text may run over many rows, and so may a tag."""
    changed: list[str] = []
    for is_code, run in itertools.groupby(zip(rows, _in_fences(rows), strict=True), key=lambda pair: pair[1]):
        part = [row for row, _ in run]
        changed += part if is_code else change("\n".join(part)).split("\n")
    return changed


def _in_fences(rows: list[str]) -> Iterator[bool]:
    inside = False
    for row in rows:
        is_fence = row.lstrip()[:3] in _FENCES
        yield inside or is_fence
        inside ^= is_fence


def _markdown_line(row: str) -> tuple[str, str, int] | None:
    """Return text, tag and link characters of a line whose links are marked; None for rules and marks of nothing."""
    linked = linked_chars(row)
    if linked:
        row = unmarked(row).strip()
    tag = "line"
    for _ in range(_MARKS):
        if not row or not (row[0] in _LEADS or row[0].isdecimal()):
            break
        if (len(row) <= 200 and RULE.match(row)) or (row[0] in "|:" and _TABLE_RULE.match(row[:501])):
            return None
        if heading := _HEADING.match(row):
            tag, row = f"h{len(heading[1])}", row[heading.end() :].rstrip("# ")
            break
        elif starts_item(row):
            tag, row = "li", row[2:].lstrip()
        elif row[0] == ">":
            tag, row = "blockquote", row.lstrip("> ")
        elif item := _NUMBER.match(row):
            tag, row = "li", row[item.end() :]
        elif row[0] == "|" and row[-1] == "|":
            row = " | ".join(cell.strip() for cell in row.strip("|").split("|"))
            break
        else:
            break
    text = plain(row)
    return (text, tag, min(linked, len(text))) if text else None
