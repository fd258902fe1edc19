"""Text pages: a page that something else already flattened, as the same blocks that the walk over HTML gives.

Lines are blocks. Lines that an editor or a mailer wrapped at a width are joined again; bullets, headings, quotes and code keep their kind;
Markdown is read where the text is Markdown. Nothing is judged here but shapes that name themselves: a breadcrumb and, in Markdown, the
front matter.

Linear in the text: 35 to 180 MB a second, the more the longer its lines; 10 to 15 where it is Markdown.
"""

import re

from scraper.blocks import Block
from scraper.text.breadcrumb import breadcrumb_hints
from scraper.text.cues import without_times
from scraper.text.dump import without_references
from scraper.text.front_matter import front_matter
from scraper.text.header import read_header
from scraper.text.lines import LEADS, RULE, TextPage, add, starts_item
from scraper.text.markdown import MARKDOWN_CHARS, is_markdown, read_markdown, without_tags
from scraper.text.markups import as_markdown
from scraper.text.repair import repaired
from scraper.text.sheets import FEED, without_sheets
from scraper.text.split import NEWLINES, split_articles
from scraper.text.wrapped import paragraphs, wrap_of

__all__ = ["TextPage", "segment_text", "split_articles"]

_OTHER_NEWLINES = "\r\x85\u2028\u2029\x0b\f"
_QUOTES = 3  # inside of each other
_LEAST_MARKED = 5  # rows
_FIRST_ROWS = 20  # of which some are marked, too
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\ufeff]|\u00ad(?!\\Z)")


def segment_text(text: str, *, inline: bool = False) -> TextPage:
    """Read a text page into blocks, in page order. Tags: "line", or "h1" to "h6", "li", "blockquote", "pre", "tr" where it shows them.

    With `inline` also the links and the like in the blocks of Markdown.
    """
    rows = _rows(repaired(text))
    page = TextPage()
    places = without_sheets(rows)
    if len(places) < len(rows):
        rows = [rows[at].replace(FEED, "") for at in places]
    rows = without_times(_unquoted(rows, places))
    below = as_markdown(rows, page) or front_matter(rows, page)
    written, rows = without_references(read_header(rows, page) if below is None else below)
    if below is not None or is_markdown("\n".join(rows[:MARKDOWN_CHARS])):
        rows = without_tags(rows)
        read_markdown(page, rows, written, wrap_of(rows), inline=inline)
    elif (wrap := wrap_of(written)).width:
        for number, paragraph in paragraphs(rows, written, wrap):
            add(page, *_marked(paragraph), number)
    else:
        _read_plain(page, rows)
    if len(places) != places[-1] + 1:
        page.lines = [places[number - 1] + 1 for number in page.lines]
    page.hints = breadcrumb_hints(page)
    return page


def _rows(text: str) -> list[str]:
    """Return the lines, with one kind of space and no control characters. A form feed is a row of its own."""
    if any(map(text.__contains__, _OTHER_NEWLINES)):
        text = NEWLINES.sub("\n", text).replace(FEED, f"\n{FEED}\n")
    return [row if row.isprintable() or row == FEED else _clean(row) for row in text.split("\n")]


def _unquoted(rows: list[str], places: list[int]) -> list[str]:
    """Return the rows of a text that is one quotation in a mail without their marks, set apart from who is quoted ("Ann wrote:")."""
    for _ in range(_QUOTES if any(row[:1] == ">" for row in rows[:_FIRST_ROWS]) else 0):
        marked = [at for at, row in enumerate(rows) if row[:1] == ">"]
        if len(marked) < _LEAST_MARKED or 5 * len(marked) < 4 * sum(map(bool, rows)):
            break
        rows = [row.removeprefix(">").removeprefix(" ") for row in rows]
        rows.insert(marked[0], "")
        places.insert(marked[0], places[marked[0]])
    return rows


def _clean(row: str) -> str:
    return _CONTROLS.sub("", row.replace("\xa0", " ").replace("\u3000", " ").replace("\t", "  "))


def _read_plain(page: TextPage, rows: list[str]) -> None:
    """One block a line. The loop of ordinary pages: nothing in it is done that most lines do not need."""
    blocks, lines, leads = page.blocks, page.lines, LEADS
    for number, row in enumerate(rows, 1):
        row = row.strip()
        if row:
            if "  " in row:
                row = " ".join(row.split())
            if row[0] in leads:
                add(page, *_marked(row), number)
            else:
                blocks.append(Block(len(blocks), row, "line"))
                lines.append(number)


def _marked(row: str) -> tuple[str, str]:
    """Return text and tag of a line that may start with a mark: no text for a rule of dashes, an item without its bullet, or the line."""
    if len(row) <= 200 and RULE.match(row):
        return "", "line"
    return (row[2:].lstrip(), "li") if starts_item(row) else (row, "line")
