"""Renderings of the body's typed blocks: clean text, Markdown (CommonMark with GFM's tables), HTML. All show the same blocks."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import accumulate

from normalise.article import BodyBlock, Span
from normalise.inline import cell_places, escape_markdown, inline_html, inline_markdown, inner_spans, markdown_target

_UNSEEN = frozenset(("image", "embed", "caption"))  # kept as data: they are no prose
_ITEMS = frozenset(("list", "footnote"))

_FENCE = re.compile("`{3,}")
_INFO = re.compile(r"[^\w+#.-]")


def body_text(blocks: Sequence[BodyBlock]) -> str:
    """Return the clean text: paragraphs separated by one blank line, each list item on a line of its own that starts with "- "."""
    parts: list[str] = []
    in_list = False
    for block in blocks:
        kind = block.type
        if kind in _UNSEEN:
            continue
        if kind in _ITEMS:
            parts.append("\n- " if in_list else "\n\n- ")
            parts.append(block.text.replace("\n\n", "\n"))
            in_list = True
        else:
            parts.append("\n\n")
            parts.append(block.text)
            in_list = False
    parts[:1] = [part.lstrip("\n") for part in parts[:1]]  # a slice of the whole would be a second copy
    return "".join(parts)


def body_markdown(blocks: Sequence[BodyBlock]) -> str:
    """Return the blocks as CommonMark with GFM tables. What is text stays text: nothing in it is read as markup."""
    parts: list[str] = []
    stack = _ListStack()
    in_list = False
    for block in blocks:
        is_item = block.type in _ITEMS
        prefix, apart = stack.enter(block)
        parts.append("\n" if in_list and is_item and not apart else "\n\n")
        quoting = "> " * block.quoted
        for number, line in enumerate(_markdown_lines(block)):
            if number:
                parts.append("\n")
            indent = prefix if number == 0 else " " * len(prefix)
            parts.append((indent + quoting if block.type == "quote" else quoting + indent) + line if line else quoting.rstrip())
        in_list = is_item
    return "".join(parts).strip("\n")


class _ListStack:
    """The open list items, by depth: how wide each marker is, and the number and delimiter of the last item."""

    def __init__(self) -> None:
        self.widths: list[int] = []
        self.last: list[tuple[int, str]] = []

    def enter(self, block: BodyBlock) -> tuple[str, bool]:
        """Return what stands before the block's first line (the others are indented as far), and whether an empty line must go before.

        It must where an ordered list inside an item starts with another number than 1: else it would be part of the item's paragraph.
        """
        depth = 0 if block.type == "heading" else min(block.level, len(self.widths))
        indent = " " * sum(self.widths[:depth])
        last = self.last[depth] if depth < len(self.last) else (0, "")
        del self.widths[depth:], self.last[depth + 1 :]
        if block.type not in _ITEMS:
            del self.last[depth:]
            return indent, False
        apart = depth == len(self.last) and block.ordered and block.number != 1
        marker, here = _marker(block, *last)
        self.widths.append(len(marker))
        self.last[depth:] = [here]
        return indent + marker, apart


def _marker(block: BodyBlock, number: int, delimiter: str) -> tuple[str, tuple[int, str]]:
    """Return an item's marker. Items whose numbers do not follow each other need different delimiters to keep their numbers."""
    if not block.ordered:
        return "- ", (0, "-")
    if delimiter not in (".", ")") or block.number != number + 1:
        delimiter = ")" if delimiter == "." else "."
    return f"{block.number}{delimiter} ", (block.number, delimiter)


def _markdown_lines(block: BodyBlock) -> Iterator[str]:
    if block.type == "code" or block.type == "math":
        ticks = "`" * max(3, 1 + max(map(len, _FENCE.findall(block.text)), default=0))
        yield ticks + ("math" if block.type == "math" else _INFO.sub("", block.language or ""))
        yield from block.text.split("\n")
        yield ticks
    elif block.type == "table" and block.rows:
        yield from _markdown_table(block)
    elif block.type == "heading":
        text = inline_markdown(block.text.replace("\n", " "), _heading_spans(block), within=True)
        yield "#" * min(max(block.level, 1), 6) + " " + (text[:-1] + "\\#" if text.endswith("#") and not text.endswith("\\#") else text)
    elif block.type == "image":
        yield f"![{escape_markdown(block.text)}]({markdown_target(block.url)})"
    elif block.type == "embed":
        yield f"[{escape_markdown(block.text or block.url or '')}]({markdown_target(block.url)})"
    elif block.type == "caption":
        shown = [inline_markdown(text, [Span(start=0, end=len(text), type="emphasis"), *spans]) for text, spans in _paragraphs(block)]
        yield from "\n".join(shown).replace("\n", "\\\n").split("\n")
    else:
        for number, (paragraph, spans) in enumerate(_paragraphs(block)):
            if number:
                yield ""
            yield from inline_markdown(paragraph, spans).replace("\n", "\\\n").split("\n")


def _paragraphs(block: BodyBlock) -> Iterator[tuple[str, list[Span]]]:
    """A block's paragraphs, each with its own spans."""
    texts = block.text.split("\n\n")
    starts = accumulate((len(text) + 2 for text in texts), initial=0)
    return zip(
        texts, inner_spans(block.spans, ((start, start + len(text)) for start, text in zip(starts, texts, strict=False))), strict=True
    )


def _heading_spans(block: BodyBlock) -> list[Span]:
    """A heading is bold by itself."""
    return [span for span in block.spans if span.type != "strong" or span.end - span.start < len(block.text)]


def _cells(block: BodyBlock) -> Iterator[list[tuple[str, list[Span]]]]:
    """A table's cells by row, each with its own spans."""
    places = [place for row in cell_places(block.rows) for place in row]
    cells = [cell for row in block.rows for cell in row]
    spans = inner_spans(block.spans, [(place, place + len(cell)) for place, cell in zip(places, cells, strict=True)])
    for row in block.rows:
        yield [(cell, next(spans)) for cell in row]


def _markdown_table(block: BodyBlock) -> Iterator[str]:
    width = max(map(len, block.rows))
    rows = [*_cells(block)] if block.header else [[], *_cells(block)]  # GFM has no table without a header
    for number, row in enumerate(rows):
        cells = [inline_markdown(cell, spans, in_table=True, within=True).replace("\n", " ") for cell, spans in row]
        cells += [""] * (width - len(cells))
        yield "| " + " | ".join(cells) + " |"
        if number == 0:
            yield "|" + " --- |" * width


def body_html(blocks: Sequence[BodyBlock]) -> str:
    """Return the blocks as HTML without attributes but `start`, `src`, `alt`, `href` and a listing's `class`."""
    parts: list[str] = []
    opened: list[tuple[str, int]] = []  # end tags and last number of the open lists, by depth
    around = 0  # quotations around the open lists
    for block in blocks:
        depth = 0 if block.type == "heading" else min(block.level, len(opened))
        if block.type in _ITEMS:
            if block.quoted != around:
                depth = 0
                _close(parts, opened, 0)
            around = block.quoted
            _open_item(parts, opened, depth, block)
            continue
        _close(parts, opened, depth)
        around = around if depth else 0
        quotes = max(block.quoted - around, block.type == "quote")
        parts.append("<blockquote>\n" * quotes + _html_block(block) + "</blockquote>\n" * quotes)
    _close(parts, opened, 0)
    return "".join(parts)


def _open_item(parts: list[str], opened: list[tuple[str, int]], depth: int, block: BodyBlock) -> None:
    tag = "ol" if block.ordered else "ul"
    text = _html_paragraphs(block, bare=True)
    if depth < len(opened):
        end, last = opened[depth]
        _close(parts, opened, depth + 1)
        if tag in end and (tag == "ul" or block.number == last + 1):
            parts.append(f"</li>\n<li>{text}")
            opened[depth] = (end, block.number)
            return
        _close(parts, opened, depth)
    quotes = 0 if depth else block.quoted
    start = f' start="{block.number}"' if block.ordered and block.number != 1 else ""
    parts.append("<blockquote>\n" * quotes + f"<{tag}{start}>\n<li>{text}")
    opened.append((f"</li>\n</{tag}>\n" + "</blockquote>\n" * quotes, block.number))


def _close(parts: list[str], opened: list[tuple[str, int]], depth: int) -> None:
    while len(opened) > depth:
        parts.append(opened.pop()[0])


def _html_paragraphs(block: BodyBlock, *, bare: bool = False) -> str:
    paragraphs = [inline_html(text, spans).replace("\n", "<br>\n") for text, spans in _paragraphs(block)]
    return paragraphs[0] if bare and len(paragraphs) == 1 else "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)


def _html_block(block: BodyBlock) -> str:
    text = escape(block.text, quote=False)
    if block.type == "heading":
        level = min(max(block.level, 1), 6)
        return f"<h{level}>{inline_html(block.text, _heading_spans(block))}</h{level}>\n"
    if block.type == "code" or block.type == "math":
        language = "math" if block.type == "math" else block.language
        names = f' class="language-{escape(language)}"' if language else ""
        return f"<pre><code{names}>{text}\n</code></pre>\n"
    if block.type == "table" and block.rows:
        return _html_table(block)
    if block.type == "image":
        return f'<img src="{escape(block.url or "")}" alt="{escape(block.text)}">\n'
    if block.type == "embed":
        return f'<p><a href="{escape(block.url or "")}">{text or escape(block.url or "")}</a></p>\n'
    if block.type == "caption":
        return f"<figcaption>{inline_html(block.text, block.spans)}</figcaption>\n"
    return _html_paragraphs(block)


def _html_table(block: BodyBlock) -> str:
    lines = ["<table>"]
    for number, row in enumerate(_cells(block)):
        tag = "th" if block.header and number == 0 else "td"
        lines.append("<tr>" + "".join(f"<{tag}>{inline_html(cell, spans)}</{tag}>" for cell, spans in row) + "</tr>")
    return "\n".join([*lines, "</table>\n"])
