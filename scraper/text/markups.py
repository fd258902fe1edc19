"""Other markup than Markdown, rewritten as Markdown row by row: AsciiDoc, Org, LaTeX, MediaWiki's, Textile, BBCode, reStructuredText.

Each is known by signs that prose has not. What it says of the text (title, author, day) becomes the page's `metas`.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from scraper.blocks import Segmentation
from scraper.text.header import field_of, tell

if TYPE_CHECKING:
    from scraper.text.markup_rules import Markup

_HEAD_ROWS, _HEAD_CHARS = 400, 20_000  # looked at for signs


_COMMAND = re.compile(r"\\(?:thanks|footnote)\{[^{}]{0,500}\}|\\[A-Za-z]{1,30}\*?|[{}]")


class _Sign(NamedTuple):
    gates: tuple[str, ...]  # a text of the markup has one of them
    pattern: re.Pattern[str]
    least: int  # how often


def as_markdown(rows: list[str], page: Segmentation) -> list[str] | None:
    """Return as many rows of Markdown, None where the text shows none of the markups."""
    head = "\n" + "\n".join(rows[:_HEAD_ROWS])[:_HEAD_CHARS]
    if "\n```" in head:
        return None
    for name, sign in _SIGNS.items():
        if any(map(head.__contains__, sign.gates)) and sum(1 for _ in sign.pattern.finditer(head)) >= sign.least:
            from scraper.text import markup_rules

            return _rewritten("\n".join(rows), getattr(markup_rules, name), page)
    return None


def _rewritten(text: str, markup: "Markup", page: Segmentation) -> list[str]:
    for key, value in _fields_of(text, markup):
        tell(page, key, [value])
    for pattern, replacement in markup.whole:
        text = pattern.sub(replacement, text)
    found: list[str] = []
    is_code = is_quote = is_left_out = False
    for row in text.split("\n"):
        if markup.left_out is not None and (edge := markup.left_out.match(row)) is not None and not is_code:
            is_left_out = edge.lastgroup == "opens" or (edge.lastgroup is None and not is_left_out)
            found.append("")
        elif is_left_out:
            found.append("")
        elif markup.code is not None and markup.code.match(row):
            found.append("```")
            is_code = not is_code
        elif is_code:
            found.append(row)
        elif markup.quote is not None and markup.quote.match(row):
            found.append("")
            is_quote = not is_quote
        else:
            row = _row(row, markup)
            found.append(f"> {row}" if is_quote and row else row)
    return found


def _row(row: str, markup: "Markup") -> str:
    for pattern, replacement in markup.rows:
        if (mark := pattern.match(row)) is not None:
            row = (mark.expand(replacement) if isinstance(replacement, str) else replacement(mark)) + row[mark.end() :]
            break
    for pattern, replacement in markup.inline:
        row = pattern.sub(replacement, row)
    return row


def _fields_of(text: str, markup: "Markup") -> Iterator[tuple[str, str]]:
    if markup.field is not None:
        for field in markup.field.finditer(text[:_HEAD_CHARS]):
            for key, value in field.groupdict().items():
                if value:
                    key = field[1] if key == "value" else key
                    if field_of(key) is not None:
                        yield key, _plain_field(value)


def _plain_field(value: str) -> str:
    value = _COMMAND.sub("", value.replace("\\\\", " ").replace("\\and ", ", "))
    return " ".join(value.strip(" <>[]").split())


_BB_TAGS = "b|center|code|color|i|img|list|quote|size|u|url"
_SIGNS = {
    "ASCIIDOC": _Sign(("\n= ",), re.compile(r"\A\n{1,8}= \S[^\n]{0,300}[^\n=]$", re.M), 1),
    "ORG": _Sign(
        ("\n#+",), re.compile(r"\A\s{0,8}(?:[^\n]{0,200}\n){0,3}#\+(?:author|begin_|date|filetags|options|startup|title)", re.I), 1
    ),
    "LATEX": _Sign(
        ("\\",),
        re.compile(
            r"\A\s{0,8}(?:%[^\n]{0,300}\n\s{0,8}){0,40}\\(?:begin\{|chapter\*?\{|document(?:class|style)|section\*?\{|title\{|usepackage)"
        ),
        1,
    ),
    "MEDIAWIKI": _Sign(("\n==",), re.compile(r"^={2,5} ?[^=\n]{1,200}={2,5}[ ]{0,4}$", re.M), 1),
    "TEXTILE": _Sign(("\nh",), re.compile(r"\nh[1-6](?:\([^()\n]{0,80}\)|\{[^{}\n]{0,80}\})?\. \S"), 1),
    "BBCODE": _Sign(("[/",), re.compile(rf"\[/(?:{_BB_TAGS})\]", re.I), 2),
    "REST": _Sign(
        ("\n.. ", "\n:"),
        re.compile(
            r"\A\s{0,8}\.\. (?:slug|title): |\A(?:[^\n]{0,200}\n){1,6}:(?:authors?|category|date|slug|tags): |"
            r"^\.\. [a-z][a-z-]{2,40}::(?: |$)",
            re.M,
        ),
        1,
    ),
}
