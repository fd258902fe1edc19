"""Text pages: a page that something else already flattened, as the same blocks that the walk over HTML gives.

Lines are blocks. Lines that an editor or a mailer wrapped at a width are joined again; bullets, headings, quotes and code keep their kind;
Markdown is read where the text is Markdown. Nothing is judged here but shapes that name themselves: a breadcrumb and, in Markdown, the
front matter.

Linear in the text: 35 to 180 MB a second, the more the longer its lines; 10 to 15 where it is Markdown.
"""

import re

from scraper.blocks import Block
from scraper.errors import InputError
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
from scraper.text.wrapped import paragraphs, wrap_of

__all__ = ["TextPage", "segment_text", "split_articles"]

_NEWLINES = re.compile("\r\n?|[\u0085\u2028\u2029\x0b]")
_OTHER_NEWLINES = "\r\x85\u2028\u2029\x0b\f"
_QUOTES = 3  # inside of each other
_LEAST_MARKED = 5  # rows
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
        text = _NEWLINES.sub("\n", text).replace(FEED, f"\n{FEED}\n")
    return [row if row.isprintable() or row == FEED else _clean(row) for row in text.split("\n")]


def _unquoted(rows: list[str], places: list[int]) -> list[str]:
    """Return the rows of a text that is one quotation in a mail without their marks, set apart from who is quoted ("Ann wrote:")."""
    for _ in range(_QUOTES):
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


# Several articles in one text

_SEPARATOR = re.compile(r"\s{0,20}(?:[-=*_~#+•·—–]{5,400}|(?:[-=*_~#•·] ){3,200}[-=*_~#•·])\s{0,20}\Z")
_HEADER = re.compile(r"(?:document|article|story|item|text)\s{1,3}#?\d{1,6}(?:\s{1,3}(?:of|/)\s{1,3}\d{1,6})?\Z", re.I)
_ARTICLE_CHARS = 200  # what a separator leaves must be long enough to be an article


def split_articles(text: str) -> list[str]:
    """Split a text that holds several articles: at form feeds, else at numbered headers ("Document 3 of 20"), else at separator lines.

    A text without such marks comes back whole. Parts are in page order, never empty. Raises InputError `unsplit` where every kind of mark
    would leave a part shorter than 200 characters.
    """
    text = _NEWLINES.sub("\n", text)
    marked = False
    for parts in (text.split("\f"), _split_at(text, _HEADER), _split_at(text, _SEPARATOR)):
        parts = [part.strip("\n") for part in parts if part.strip()]
        if len(parts) > 1 and all(len(part) >= _ARTICLE_CHARS for part in parts):
            return parts
        marked = marked or len(parts) > 1
    if marked:
        raise InputError("unsplit", f"parts of under {_ARTICLE_CHARS} characters are no articles: clean it without --split")
    return [text] if text.strip() else []


def _split_at(text: str, mark: re.Pattern[str]) -> list[str]:
    parts: list[list[str]] = [[]]
    for row in text.split("\n"):
        if len(row) <= 400 and mark.match(row.strip()):
            parts.append([])
        else:
            parts[-1].append(row)
    return ["\n".join(part) for part in parts]
