"""Text pages: a page that something else already flattened, as the same blocks that the walk over HTML gives.

Lines are blocks. Lines that an editor or a mailer wrapped at a width are joined again; bullets, headings, quotes and code keep their kind;
Markdown is read where the text is Markdown. Nothing is judged here but shapes that name themselves: a breadcrumb and, in Markdown, the
front matter.

Linear in the text: 35 to 130 MB a second, the more the longer its lines; half of that where it is Markdown.
"""

import re
from functools import cache
from itertools import pairwise

from normalise import lexicon
from scraper.blocks import Block, Hint, Segmentation
from scraper.errors import InputError

_NEWLINES = re.compile("\r\n?|[\u0085\u2028\u2029\x0b]")
_OTHER_NEWLINES = "\r\x85\u2028\u2029\x0b\f"
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\ufeff\u00ad]")
_BULLETS = frozenset("-*+•‣◦▪●○■□◆∙·")
_LEADS = _BULLETS | frozenset("#>`~|=_<")  # a line that starts with none of these is plain
_RULE = re.compile(r"[-=*_~#•·—–]{3,200}\Z|(?:[-*_=~] ){2,100}[-*_=~]\Z")
_WRAP_WIDTHS = range(40, 121)  # no editor or mailer wraps at less or more
_WRAP_SAMPLE = 4000  # lines looked at to find the width
_WRAP_PROOF = 4  # joints that a width must explain before it is believed
_CRUMB = re.compile(r"\s*[»›→❯▸]\s*|\s+(?:>|::|/|\|)\s+")
_CRUMB_MARKS = frozenset("»›→❯▸ ")
_CRUMB_CHARS = 300
_HOME_CHARS = 30  # the names of home pages are shorter
_CRUMB_LINES = 400  # a breadcrumb stands above the article
_UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


class TextPage(Segmentation, gc=False):
    """A text page's segmentation, and the number of each block's first line in the file, from 1."""

    lines: list[int] = []


def segment_text(text: str) -> TextPage:
    """Read a text page into blocks, in page order. Tags: "line", or "h1" to "h6", "li", "blockquote", "pre" where the text shows them."""
    rows = _rows(text)
    page = TextPage()
    if rows[0] == "---":
        rows = _front_matter("\n".join(rows), page).split("\n")
    width = wrap_width(rows)
    if is_markdown("\n".join(rows[:_MARKDOWN_CHARS])):
        _read_markdown(page, rows, width)
    elif width:
        _read_wrapped(page, rows, width)
    else:
        _read_plain(page, rows)
    page.hints = _breadcrumb_hints(page)
    return page


def _add(page: TextPage, text: str, tag: str, number: int, link_chars: int = 0) -> None:
    if text:
        page.blocks.append(Block(len(page.blocks), text, tag, -1, link_chars))
        page.lines.append(number)


def _rows(text: str) -> list[str]:
    """Return the lines, with one kind of space and no control characters. A form feed ends its paragraph."""
    if any(map(text.__contains__, _OTHER_NEWLINES)):
        text = _NEWLINES.sub("\n", text).replace("\f", "\n\n")
    return [row if row.isprintable() else _clean(row) for row in text.split("\n")]


def _clean(row: str) -> str:
    return _CONTROLS.sub("", row.replace("\xa0", " ").replace("\u3000", " ").replace("\t", "  "))


def _read_plain(page: TextPage, rows: list[str]) -> None:
    """One block a line. The loop of ordinary pages: nothing in it is done that most lines do not need."""
    blocks, lines, leads = page.blocks, page.lines, _LEADS
    for number, row in enumerate(rows, 1):
        row = row.strip()
        if row:
            if "  " in row:
                row = " ".join(row.split())
            if row[0] in leads:
                _add(page, *_marked(row), number)
            else:
                blocks.append(Block(len(blocks), row, "line"))
                lines.append(number)


def _marked(row: str) -> tuple[str, str]:
    """Return text and tag of a line that may start with a mark: no text for a rule of dashes, an item without its bullet, or the line."""
    if len(row) <= 200 and _RULE.match(row):
        return "", "line"
    return (row[2:].lstrip(), "li") if _starts_item(row) else (row, "line")


def wrap_width(rows: list[str]) -> int:
    """Return the width at which the lines were wrapped, 0 where they were not.

    A wrapped line is as long as it can be: with the next line's first word it would be too long. Most joints inside paragraphs must say so.
    """
    rows = [row.rstrip() for row in rows[:_WRAP_SAMPLE]]
    lengths = sorted([len(row) for row in rows if row])
    if len(lengths) < _WRAP_PROOF + 1:
        return 0
    width = lengths[int((len(lengths) - 1) * 0.98)]
    if width not in _WRAP_WIDTHS:
        return 0
    full = short = 0
    for row, following in pairwise(rows):
        if row and following:
            if len(row) + 1 + len(following.split(None, 1)[0]) > width:
                full += 1
            elif not row.endswith((".", "!", "?", ":", "”", '"')):
                short += 1
    return width if full >= _WRAP_PROOF and full > 3 * short else 0


def _read_wrapped(page: TextPage, rows: list[str], width: int) -> None:
    parts: list[str] = []
    start = previous = 0  # `previous`: length of the row above, 0 where a paragraph starts
    for number, row in enumerate(rows, 1):
        bare = row.strip()
        first = len(bare.split(None, 1)[0]) if bare else 0
        if not bare or not previous or previous + 1 + first <= width or _starts_item(bare):
            if parts:
                _add(page, *_marked(_joined(parts)), start)
            parts, start = [], number
        if bare:
            parts.append(bare)
        previous = len(row.rstrip())
    if parts:
        _add(page, *_marked(_joined(parts)), start)


def _starts_item(row: str) -> bool:
    return row[0] in _BULLETS and row[1:2] == " "


def _joined(parts: list[str]) -> str:
    """Join the lines of a paragraph: with a space, but for scripts without spaces and after a hyphen."""
    text = [parts[0]]
    for before, part in pairwise(parts):
        glued = (before[-1] == "-" and before[-2:-1].isalpha()) or (_UNSPACED.match(before[-1]) and _UNSPACED.match(part[0]))
        text.append(part if glued else " " + part)
    return " ".join("".join(text).split())


# Markdown

_MD_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_MD_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_MD_EMPHASIS = re.compile(r"(?<![\w*_\\])([*_]{1,3})(?=[^\s*_])([^*_\n]{1,500})(?<=[^\s*_])\1(?![\w*_])")
_MD_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])")
_MD_HEADING = re.compile(r"(#{1,6})\s+")
_MD_NUMBER = re.compile(r"\d{1,3}[.)]\s+")
_MD_TABLE_RULE = re.compile(r"[|:\s-]{3,500}\Z")
_MD_LEADS = _LEADS | frozenset("—–:")  # a line that starts with none of these, nor with a number, is plain
_MD_FENCES = frozenset(("```", "~~~"))
_MD_UNDERLINES = frozenset("=-")
_MD_UNDERLINE = re.compile(r"(={3,200}|-{3,200})\s*\Z")
_MARKDOWN_CHARS = 200_000  # looked at for Markdown's marks
_FRONT_MATTER_CHARS = 20_000
_FRONT_MATTER = re.compile(r"([A-Za-z_-]{1,40}):[ \t]+(\S.{0,1000})")


def is_markdown(text: str) -> bool:
    """Return whether the text shows Markdown's own marks: a link, two kinds of headings, or one mark and a fence or emphasis."""
    head = "\n" + text[:_MARKDOWN_CHARS]
    if "](" in head and ("](http" in head or "](/" in head):
        return True
    found = sum(mark[1] in head and mark in head for mark in ("\n# ", "\n## ", "\n### ", "\n```", "\n> "))
    return found > 1 or (found == 1 and head.count("**") > 1)


def _read_markdown(page: TextPage, rows: list[str], width: int) -> None:
    fence: list[str] | None = None
    start = previous = 0
    for number, row in enumerate(rows, 1):
        bare = row.strip()
        above = page.blocks[-1] if page.blocks and previous else None
        length, previous = previous, 0
        if bare[:3] in _MD_FENCES:
            if fence is None:
                fence, start = [], number
            else:
                _add(page, "\n".join(fence).strip("\n"), "pre", start)
                fence = None
        elif fence is not None:
            fence.append(row.rstrip())
        elif bare[:1] in _MD_UNDERLINES and above is not None and above.tag == "line" and _MD_UNDERLINE.match(bare):
            above.tag = "h1" if bare[0] == "=" else "h2"
        elif bare and (line := _markdown_line(bare)) is not None:
            text, tag, link_chars = line
            full = width and length and length + 1 + len(bare.split(None, 1)[0]) > width
            if full and tag == "line" and above is not None and above.tag in ("line", "li", "blockquote"):
                above.text = _joined([above.text, text])
                above.link_chars += link_chars
            else:
                _add(page, text, tag, number, link_chars)
            previous = len(row.rstrip())
    if fence:
        _add(page, "\n".join(fence).strip("\n"), "pre", start)


def _markdown_line(row: str) -> tuple[str, str, int] | None:
    """Return text, tag and link characters of a line; None for rules."""
    tag = "line"
    if row[0] in _MD_LEADS or row[0].isdecimal():
        if (len(row) <= 200 and _RULE.match(row)) or (row[0] in "|:" and _MD_TABLE_RULE.match(row[:501])):
            return None
        if heading := _MD_HEADING.match(row):
            tag, row = f"h{len(heading[1])}", row[heading.end() :].rstrip("# ")
        elif _starts_item(row):
            tag, row = "li", row[2:].lstrip()
        elif row[0] == ">":
            tag, row = "blockquote", row.lstrip("> ")
        elif item := _MD_NUMBER.match(row):
            tag, row = "li", row[item.end() :]
        elif row[0] == "|" and row[-1] == "|":
            row = " | ".join(cell.strip() for cell in row.strip("|").split("|"))
    row, link_chars = inline(row)
    return row, tag, link_chars


def inline(row: str) -> tuple[str, int]:
    """Return the row without its inline marks, and how many of its characters were link text."""
    link_chars, written = 0, row
    if "](" in row:
        row = _MD_IMAGE.sub("", row)
        link_chars = sum(len(label) for label in _MD_LINK.findall(row))
        row = _MD_LINK.sub(r"\1", row)
    if "*" in row or "_" in row:
        row = _MD_EMPHASIS.sub(r"\2", _MD_EMPHASIS.sub(r"\2", row))
    if "\\" in row:
        row = _MD_ESCAPE.sub(r"\1", row)
    row = row.replace("`", "")
    if row is not written or "  " in row or not row.isprintable():
        row = " ".join(row.split())
    return row, min(link_chars, len(row))


def _front_matter(text: str, page: Segmentation) -> str:
    """Move a front matter's plain `key: value` lines into `metas`; return the text with as many blank lines in its place."""
    end = text.find("\n---\n", 3, _FRONT_MATTER_CHARS)
    if end < 0:
        return text
    rows = text[4:end].split("\n") if end > 3 else []
    found = [match for row in rows if (match := _FRONT_MATTER.match(row))]
    if not found:
        return text
    page.metas.extend((match[1].lower(), match[2].strip().strip("\"'")) for match in found)
    return "\n" * (len(rows) + 2) + text[end + 5 :]


# Breadcrumbs


def _breadcrumb_hints(page: TextPage) -> list[Hint]:
    """Return the hints of the page's breadcrumb: its categories, its section, and the headline if it ends in one."""
    heads, marks = _home_heads(), _CRUMB_MARKS
    likely = [block for block in page.blocks[:_CRUMB_LINES] if (head := block.text[:2]) in heads or head[0] in marks]
    for block in likely:
        parts = breadcrumb(block.text) if len(block.text) <= _CRUMB_CHARS else None
        if parts is None:
            continue
        index = block.index
        source = f"text:line {page.lines[index]}"
        hints = [Hint("breadcrumb", source, block.text, None, index)]
        last = parts[-1]
        following = {other.text for other in page.blocks[index + 1 : index + 40]}
        if last in following or len(last.split()) > 3 or len(last) > 30:
            hints.append(Hint("headline", source, last, None, index))
            parts = parts[:-1]
        if len(parts) > 1:
            hints.append(Hint("section", source, parts[-1], None, index))
        return hints
    return []


def breadcrumb(text: str) -> list[str] | None:
    """Return the steps of a breadcrumb line, the home page first; None where the line is none."""
    if text[:1] not in _CRUMB_MARKS and not text[:_HOME_CHARS].lower().startswith(_home_heads().get(text[:2], ())):
        return None
    parts = [part for part in _CRUMB.split(text) if part]
    if len(parts) > 1 and parts[0].lower() in _homes() and all(len(part) <= 60 for part in parts[:-1]):
        return parts
    return None


@cache
def _homes() -> frozenset[str]:
    return frozenset(lexicon.load("chrome")["breadcrumb"]["home"])


@cache
def _home_heads() -> dict[str, tuple[str, ...]]:
    """The names of home pages by their first two letters, large or small: the cheap test that most lines fail."""
    heads: dict[str, tuple[str, ...]] = {}
    for home in sorted(_homes()):
        for head in {first + second for first in {home[0], home[0].upper()} for second in {home[1:2], home[1:2].upper()}}:
            heads[head] = (*heads.get(head, ()), home)
    return heads


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
