"""Text pages: a page that something else already flattened, as the same blocks that the walk over HTML gives.

Lines are blocks. Lines that an editor or a mailer wrapped at a width are joined again; bullets, headings, quotes and code keep their kind;
Markdown is read where the text is Markdown. Nothing is judged here but shapes that name themselves: a breadcrumb and, in Markdown, the
front matter.

Linear in the text: 35 to 180 MB a second, the more the longer its lines; 10 to 15 where it is Markdown.
"""

import re
from bisect import bisect_left
from itertools import accumulate, pairwise

from scraper.blocks import Block
from scraper.errors import InputError
from scraper.text.breadcrumb import breadcrumb_hints
from scraper.text.dump import without_references
from scraper.text.header import read_header
from scraper.text.lines import LEADS, RULE, TextPage, add, columns, first_columns, joined, starts_item
from scraper.text.markdown import MARKDOWN_CHARS, front_matter, is_markdown, read_markdown, without_tags

__all__ = ["TextPage", "segment_text", "split_articles", "wrap_width"]

_NEWLINES = re.compile("\r\n?|[\u0085\u2028\u2029\x0b]")
_OTHER_NEWLINES = "\r\x85\u2028\u2029\x0b\f"
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\ufeff\u00ad]")
_WRAP_WIDTHS = range(40, 121)  # no editor or mailer wraps at less or more
_WRAP_SAMPLE = 4000  # lines looked at to find the width
_WRAP_PROOF = 4  # joints that a width must explain before it is believed
_WRAP_LEAD = 3  # how many times as many it must explain as speak against it
_LEAST_CHARS = _WRAP_WIDTHS.start // 2  # of a row that may be full or should have been: in some scripts a character has two columns
_CLOSED = frozenset('.!?:”"')  # what a paragraph ends in


def segment_text(text: str, *, inline: bool = False) -> TextPage:
    """Read a text page into blocks, in page order. Tags: "line", or "h1" to "h6", "li", "blockquote", "pre", "tr" where it shows them.

    With `inline` also the links and the like in the blocks of Markdown.
    """
    rows = _rows(text)
    page = TextPage()
    rows = front_matter("\n".join(rows), page).split("\n") if rows[0] == "---" else read_header(rows, page)
    written, rows = without_references(rows)
    if is_markdown("\n".join(rows[:MARKDOWN_CHARS])):
        rows = without_tags(rows)
        read_markdown(page, rows, written, wrap_width(rows), inline=inline)
    elif width := wrap_width(written):
        _read_wrapped(page, rows, written, width)
    else:
        _read_plain(page, rows)
    page.hints = breadcrumb_hints(page)
    return page


def _rows(text: str) -> list[str]:
    """Return the lines, with one kind of space and no control characters. A form feed ends its paragraph."""
    if any(map(text.__contains__, _OTHER_NEWLINES)):
        text = _NEWLINES.sub("\n", text).replace("\f", "\n\n")
    return [row if row.isprintable() else _clean(row) for row in text.split("\n")]


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


def wrap_width(rows: list[str]) -> int:
    """Return the width at which the lines were wrapped, 0 where they were not.

    A wrapped line is as long as it can be: with the next line's first word it would be too long. Of the widths that this may be said of,
    the one of most joints inside paragraphs is taken, if most say so of it, and few lines are longer.
    """
    rows = rows[:_WRAP_SAMPLE]
    lengths = sorted(map(len, rows))
    too_long = len(rows) - bisect_left(lengths, _WRAP_WIDTHS.stop)
    likely = len(rows) - too_long - bisect_left(lengths, _LEAST_CHARS)
    if likely <= max(_WRAP_LEAD * too_long, _WRAP_PROOF):
        return 0  # nearly all pages
    rows = [row.rstrip() for row in rows]
    joints = [
        (size := columns(row), size + first_columns(following), row[-1] in _CLOSED)
        for row, following in pairwise(rows)
        if len(row) >= _LEAST_CHARS and following and not starts_item(following.lstrip())
    ]
    changes = [0] * (_WRAP_WIDTHS.stop + 1)
    for size, beyond, _ in joints:
        if size in _WRAP_WIDTHS:
            changes[size] += 1
            changes[min(beyond, _WRAP_WIDTHS.stop)] -= 1
    explained = list(accumulate(changes))
    full = max(explained)
    if full < _WRAP_PROOF:
        return 0
    width = max([size for size, _, _ in joints if size in _WRAP_WIDTHS and explained[size] == full])
    short = sum([width // 2 < size and beyond <= width and not closed for size, beyond, closed in joints])
    longer = sum([columns(row) > width for row in rows])
    cut = sum([size == width and beyond > width + 2 for size, beyond, _ in joints])  # excerpts that were cut are all of one length
    return width if full > _WRAP_LEAD * max(short, longer) and full >= 2 * cut else 0


def _read_wrapped(page: TextPage, rows: list[str], written: list[str], width: int) -> None:
    """Add a block a paragraph. `written`: the rows as they were wrapped."""
    parts: list[str] = []
    start = previous = 0  # `previous`: columns of the row above, 0 where a paragraph starts
    is_plain = all(map(str.isascii, written))
    for number, (row, full) in enumerate(zip(rows, written, strict=True), 1):
        bare = row.strip()
        first = (1 + len(full.split(None, 1)[0]) if is_plain else first_columns(full)) if previous and bare else 0
        if not first or previous + first <= width or starts_item(bare):
            if parts:
                add(page, *_marked(joined(parts)), start)
            parts, start = [], number
        if bare:
            parts.append(bare)
        previous = len(full.rstrip()) if is_plain else columns(full.rstrip())
    if parts:
        add(page, *_marked(joined(parts)), start)


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
