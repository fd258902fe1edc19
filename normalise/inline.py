"""Text with its inline markup as Markdown (CommonMark, GFM's strike-through) and as HTML."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from msgspec.structs import replace

from normalise.article import Span

_ACTIVE = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])")  # what Markdown could read as markup anywhere in a line
_LEADING = re.compile(r"^(?:[-+>#=]|:(?=-))", re.MULTILINE)
_NUMBERED = re.compile(r"^([0-9]{1,9})(?=[.)](?:\s|$))(.)", re.MULTILINE)
_TICKS = re.compile("`+")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_UNSAFE = str.maketrans({"\n": None, " ": "%20", "<": "%3C", ">": "%3E", "`": "%60", "|": "%7C", "\\": "%5C"})  # in an address

_TAGS = {"strong": "strong", "emphasis": "em", "code": "code", "sub": "sub", "sup": "sup", "strike": "s"}
_DELIMITERS = {"strong": "**", "emphasis": "*", "strike": "~~"}
_STARS = frozenset(("strong", "emphasis"))


def tidy(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans as they are shown: without white space at their ends, each inside the one around it, none inside another of its
    type, and those of one type (and address) that touch as one.

    `spans` are in the order of their starts, outer before inner.
    """
    found: list[Span] = []
    around: list[int] = []  # the open spans, outer before inner
    latest: list[int] = []  # the last span at each depth
    for span in spans:
        while around and found[around[-1]].end <= span.start:
            around.pop()
        start, end = max(span.start, 0), min(span.end, found[around[-1]].end if around else len(text))
        inner = text[start:end]
        start, end = start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())
        if start >= end or any(found[outer].type == span.type for outer in around):
            continue
        depth = len(around)
        before = found[latest[depth]] if depth < len(latest) else None
        if before is not None and before.end == start and (before.type, before.url) == (span.type, span.url):
            found[latest[depth]] = replace(before, end=end)
        else:
            latest[depth:] = [len(found)]
            found.append(replace(span, start=start, end=end))
        around.append(latest[depth])
    return found


def inner_spans(spans: Sequence[Span], places: Iterable[tuple[int, int]]) -> Iterator[list[Span]]:
    """Yield, for each stretch of a text from one place to another, the parts of the spans in it, counted from its start.

    Spans and stretches are in the order of their starts.
    """
    near: list[Span] = []
    at = 0
    for start, end in places:
        while at < len(spans) and spans[at].start < end:
            near.append(spans[at])
            at += 1
        near = [span for span in near if span.end > start]
        yield [replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start) for span in near if span.start < end]


def cell_places(rows: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return where the cells of a table stand in its text; an empty one stands at the end of the one before."""
    places: list[list[int]] = []
    at = 0
    for row in rows:
        places.append([])
        gap = 0
        for cell in row:
            if cell:
                at += gap
                gap = 3  # " | "
            places[-1].append(at)
            at += len(cell)
        at += 1
    return places


def escape_markdown(text: str, *, within: bool = False) -> str:
    """Return `text` so that Markdown shows it as it is; `within` a line, its first characters cannot make it another kind of line."""
    text = _ACTIVE.sub(r"\\\g<0>", text)
    if within:
        first, end, rest = text.partition("\n")
        return first + end + _escape_starts(rest) if end else text
    return _escape_starts(text)


def _escape_starts(text: str) -> str:
    text = _LEADING.sub(r"\\\g<0>", text)
    return _NUMBERED.sub(r"\1\\\2", text)


def markdown_target(url: str | None) -> str:
    """Return an address as the target of a Markdown link."""
    url = _ENTITY.sub("&amp;", (url or "").translate(_UNSAFE))
    return f"<{url}>" if any(char in "()" for char in url) or not url else url


def inline_markdown(text: str, spans: Sequence[Span], *, in_table: bool = False, within: bool = False) -> str:
    """Return one paragraph as Markdown, or what stands `within` a line: a cell, a heading. Where a delimiter beside these characters would
    not be read as one, HTML's tag is written.
    """
    spans = _without_markup_in_code(tidy(text, spans)) if spans else spans
    if not spans:
        return escape_markdown(text, within=within)
    delimited = _delimited(text, spans)
    parts: list[str] = []
    in_code = 0
    for piece, span, opens in _pieces(text, spans):
        if span is None:
            if in_code:
                parts.append(_code(piece, in_table=in_table))
            else:
                parts.append(escape_markdown(piece, within=not parts[-1].endswith("\n") if parts else within))
            continue
        kind = spans[span].type
        if kind == "code":
            in_code += 1 if opens else -1
        elif kind == "link":
            if opens and parts and parts[-1].endswith("!"):
                parts[-1] = parts[-1][:-1] + "\\!"
            parts.append("[" if opens else f"]({markdown_target(spans[span].url)})")
        elif span in delimited:
            parts.append(_DELIMITERS[kind])
        else:
            parts.append(f"<{_TAGS[kind]}>" if opens else f"</{_TAGS[kind]}>")
    return "".join(parts)


def inline_html(text: str, spans: Sequence[Span]) -> str:
    """Return text as HTML, without paragraphs and line breaks."""
    parts = []
    spans = tidy(text, spans) if spans else spans
    for piece, span, opens in _pieces(text, spans):
        if span is None:
            parts.append(escape(piece, quote=False))
        elif spans[span].type == "link":
            parts.append(f'<a href="{escape(spans[span].url or "")}">' if opens else "</a>")
        else:
            parts.append(f"<{_TAGS[spans[span].type]}>" if opens else f"</{_TAGS[spans[span].type]}>")
    return "".join(parts)


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, int | None, bool]]:
    """The text between the spans' edges, and the edges: the number of the span, and whether it opens there."""
    at = 0
    around: list[int] = []
    for number in range(len(spans) + 1):
        start = spans[number].start if number < len(spans) else len(text)
        while around and (number == len(spans) or spans[around[-1]].end <= start):
            end = spans[around[-1]].end
            if at < end:
                yield text[at:end], None, False
            at = end
            yield "", around.pop(), False
        if at < start:
            yield text[at:start], None, False
        at = start
        if number < len(spans):
            yield "", number, True
            around.append(number)


def _without_markup_in_code(spans: list[Span]) -> list[Span]:
    """Markdown shows no markup in code but, with the code in it, a link."""
    kept = []
    end = 0  # of the last code
    for span in spans:
        if span.start >= end or span.type == "link":
            kept.append(span)
        if span.type == "code":
            end = span.end
    return kept


def _code(text: str, *, in_table: bool) -> str:
    """Code of one line or more, each by itself: a line inside could else be read as another kind of line."""
    return "\n".join([_code_line(line, in_table=in_table) for line in text.split("\n")])


def _code_line(text: str, *, in_table: bool) -> str:
    code = text.strip()
    if not code:
        return text
    fence = "`" * (1 + max(map(len, _TICKS.findall(code)), default=0))
    pad = " " if code[0] == "`" or code[-1] == "`" else ""
    shown = f"{fence}{pad}{code}{pad}{fence}"
    at = text.index(code)
    return text[:at] + (shown.replace("|", "\\|") if in_table else shown) + text[at + len(code) :]


def _delimited(text: str, spans: Sequence[Span]) -> set[int]:
    """Return the spans that delimiters can mark: Markdown reads none between a letter outside and punctuation inside.

    Other markup just inside is punctuation, or more asterisks, which are read as one run. Markup just outside is no hindrance, but a reader
    may look past it. Asterisks that close stand never before others that open.
    """
    star_ends = {span.end for span in spans if span.type in _STARS}
    mark_first = [_may_be_mark(text[span.start]) for span in spans]
    mark_last = [_may_be_mark(text[span.end - 1]) for span in spans]
    delimited: set[int] = set()
    for number, parent in reversed([*enumerate(_parents(spans))]):
        span = spans[number]
        after_letter = span.start > 0 and _may_be_letter(text[span.start - 1])
        before_letter = span.end < len(text) and _may_be_letter(text[span.end])
        fits = not (mark_first[number] and after_letter) and not (mark_last[number] and before_letter)
        if fits and span.type in _DELIMITERS and not (span.type in _STARS and span.start in star_ends):
            delimited.add(number)
        if parent >= 0:
            runs_on = number in delimited and _STARS.issuperset((span.type, spans[parent].type))
            if span.start == spans[parent].start:
                mark_first[parent] = mark_first[number] or not runs_on
            if span.end == spans[parent].end:
                mark_last[parent] = mark_last[number] or not runs_on
    return delimited


def _parents(spans: Sequence[Span]) -> list[int]:
    """The number of the span around each, -1 where there is none."""
    parents: list[int] = []
    around: list[int] = []
    for number, span in enumerate(spans):
        while around and spans[around[-1]].end <= span.start:
            around.pop()
        parents.append(around[-1] if around else -1)
        around.append(number)
    return parents


def _may_be_letter(char: str) -> bool:
    """Neither white space nor punctuation, for readers that count symbols as punctuation and those that do not."""
    return not char.isspace() and not unicodedata.category(char).startswith("P") and not _is_ascii_mark(char)


def _may_be_mark(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _is_ascii_mark(char: str) -> bool:
    return char.isascii() and char.isprintable() and not char.isalnum() and char != " "
