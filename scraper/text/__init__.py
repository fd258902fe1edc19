"""Text pages: a page that something else already flattened, as the same blocks that the walk over HTML gives.

Lines are blocks. Lines that an editor or a mailer wrapped at a width are joined again; bullets, headings, quotes and code keep their kind;
Markdown is read where the text is Markdown. Nothing is judged here but shapes that name themselves: a breadcrumb and, in Markdown, the
front matter.

Linear in the text: 35 to 130 MB a second, the more the longer its lines; half of that where it is Markdown.
"""

import itertools
import re
from collections.abc import Iterator
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
    """A text page's segmentation, and the number of each block's first line in the file, from 1.

    Of Markdown also, by block, the `numbers` of ordered items and the `languages` of listings.
    """

    lines: list[int] = []
    numbers: dict[int, int] = {}
    languages: dict[int, str] = {}


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

# What is between brackets, and between parentheses, with one more pair inside. Only the last possessive loop is over pairs.
_LABEL = r"\[((?:[^\[\]]++|\[[^\[\]]*+\]){0,200}+)\]"
_TARGET = r"\((?:[^()\n]++|\([^()\n]*+\)){0,200}+\)"
_MD_IMAGE = re.compile("!" + _LABEL + _TARGET)
_MD_LINK = re.compile(_LABEL + _TARGET)
_MD_REFERENCE = re.compile(_LABEL + r"\[[^\[\]\n]{0,100}\]")
_MD_DEFINITION = re.compile(r"^[ ]{0,3}\[[^\[\]\n]{1,100}\]:[ \t]+\S[^\n]*$", re.M)
_MD_LINKED = re.compile("\x02([^\x02\x03]*)\x03")
_LINKED_CHARS = 3_000  # of one link; a longer one is a bracket that was never closed
_MD_EMPHASIS = re.compile(r"(?<![\w*_\\])([*_]{1,3})(?=[^\s*_])([^*_\n]{1,500})(?<=[^\s*_])\1(?![\w*_])")
_MD_STRAY = re.compile(r"\*{2,}|(?<!\w)_{2,}|_{2,}(?!\w)")  # emphasis around nothing
_MD_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])")
_MD_HEADING = re.compile(r"(#{1,6})(?:\s+|\Z)")
_MD_NUMBER = re.compile(r"(\d{1,3})[.)]\s+")
_MD_TABLE_RULE = re.compile(r"[|:\s-]{3,500}\Z")
_MD_LEADS = _LEADS | frozenset("—–:")  # a line that starts with none of these, nor with a number, is plain
_MD_FENCES = frozenset(("```", "~~~"))
_MD_UNDERLINES = frozenset("=-")
_MD_UNDERLINE = re.compile(r"(={3,200}|-{3,200})\s*\Z")
_MARKDOWN_CHARS = 200_000  # looked at for Markdown's marks
_LANGUAGE_CHARS = 40
_MARKS = 3  # in front of one line: "* ## "
_FRONT_MATTER_CHARS = 20_000
_FRONT_MATTER = re.compile(r"([A-Za-z_-]{1,40}):(?:[ \t]+(\S.{0,1000})?|\Z)")
_FRONT_MATTER_ITEM = re.compile(r"[ \t]{0,8}-[ \t]+(\S.{0,200})")


def is_markdown(text: str) -> bool:
    """Return whether the text shows Markdown's own marks: a link, two kinds of headings, or one mark and a fence or emphasis."""
    head = "\n" + text[:_MARKDOWN_CHARS]
    if "](" in head and ("](http" in head or "](/" in head):
        return True
    found = sum(mark[1] in head and mark in head for mark in ("\n# ", "\n## ", "\n### ", "\n```", "\n> "))
    return found > 1 or (found == 1 and head.count("**") > 1)


def _read_markdown(page: TextPage, rows: list[str], width: int) -> None:
    fence: list[str] | None = None
    language = ""
    start = previous = 0
    for number, row in enumerate(_with_links_marked(rows), 1):
        bare = row.strip()
        above = page.blocks[-1] if page.blocks and previous else None
        length, previous = previous, 0
        if bare[:3] in _MD_FENCES:
            if fence is None:
                fence, start, language = [], number, bare.strip("`~ ").partition(" ")[0]
            else:
                _add_listing(page, fence, start, language)
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
                if tag == "li" and (item := _MD_NUMBER.match(bare)):
                    page.numbers[len(page.blocks)] = int(item[1])
                _add(page, text, tag, number, link_chars)
            previous = len(row.rstrip())
    if fence:
        _add_listing(page, fence, start, language)


def _add_listing(page: TextPage, rows: list[str], number: int, language: str) -> None:
    text = "\n".join(rows).strip("\n")
    if text and language:
        page.languages[len(page.blocks)] = language[:_LANGUAGE_CHARS]
    _add(page, text, "pre", number)


def _with_links_marked(rows: list[str]) -> list[str]:
    """Return the rows without images and addresses, and what was a link's text between \\x02 and \\x03, which no row has; not in code.

    A link's text may run over many rows: converters put whole cards into one.
    """
    marked: list[str] = []
    for is_code, run in itertools.groupby(zip(rows, _in_fences(rows), strict=True), key=lambda pair: pair[1]):
        part = [row for row, _ in run]
        marked += part if is_code else _mark_links("\n".join(part)).split("\n")
    return marked


def _in_fences(rows: list[str]) -> Iterator[bool]:
    inside = False
    for row in rows:
        is_fence = row.lstrip()[:3] in _MD_FENCES
        yield inside or is_fence
        inside ^= is_fence


def _mark_links(text: str) -> str:
    if "](" in text:
        text = _MD_LINK.sub(_marked_link, _MD_IMAGE.sub(_line_ends, text))
    if "]: " in text:
        defined = _MD_DEFINITION.sub("", text)
        text = _MD_REFERENCE.sub(_marked_link, defined) if defined != text else text
    return text


def _marked_link(link: re.Match[str]) -> str:
    if len(link[1]) > _LINKED_CHARS:
        return link[0]
    label = _MD_LINK.sub(r"\1", link[1])
    return "\n".join(f"\x02{row}\x03" if row and not row.isspace() else "" for row in label.split("\n"))


def _line_ends(image: re.Match[str]) -> str:
    return "\n" * image[0].count("\n")


def _markdown_line(row: str) -> tuple[str, str, int] | None:
    """Return text, tag and link characters of a line whose links are marked; None for rules and marks of nothing."""
    linked = 0
    if "\x02" in row:
        linked = sum(len(label.strip()) for label in _MD_LINKED.findall(row))
        row = _unmarked(row).strip()
    tag = "line"
    for _ in range(_MARKS):
        if not row or not (row[0] in _MD_LEADS or row[0].isdecimal()):
            break
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
            break
        else:
            break
    text = _plain(row)
    return (text, tag, min(linked, len(text))) if text else None


def inline(row: str) -> str:
    """Return a row of Markdown as it reads: without images, addresses, and marks of emphasis, code and escapes."""
    return _plain(_unmarked(_mark_links(row)))


def _unmarked(row: str) -> str:
    return row.replace("\x02", "").replace("\x03", "")


def _plain(row: str) -> str:
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
        text = _MD_STRAY.sub("", _MD_EMPHASIS.sub(r"\2", _MD_EMPHASIS.sub(r"\2", text)))
    return _MD_ESCAPE.sub(r"\1", text) if "\\" in text else text


def _front_matter(text: str, page: Segmentation) -> str:
    """Move a front matter's `key: value` lines, lists too, into `metas`; return the text with as many blank lines in its place."""
    end = text.find("\n---\n", 3, _FRONT_MATTER_CHARS)
    if end < 0:
        return text
    rows = text[4:end].split("\n") if end > 3 else []
    found: list[tuple[str, list[str]]] = []
    for row in rows:
        if line := _FRONT_MATTER.match(row):
            value = (line[2] or "").rstrip()
            found.append((line[1].lower(), value[1:-1].split(",") if value[:1] == "[" and value[-1] == "]" else [value]))
        elif found and (item := _FRONT_MATTER_ITEM.match(row)):
            found[-1][1].append(item[1])
    if not found:
        return text
    for key, values in found:
        if value := ", ".join(filter(None, [value.strip().strip("\"'") for value in values])):
            page.metas.append((key, value))
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
