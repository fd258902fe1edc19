"""Leftovers in anyone's extracted text: lines that are probably furniture, with rule and confidence; and the text without them.

Reads plain text, Markdown, JSON and JSON lines. In JSON, the fields that extractors put a body into are looked at, or the one named.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from normalise.chrome import ChromeMatch, match_chrome
from scraper.text.breadcrumb import breadcrumb
from scraper.text.inline import inline

TEXT_FIELDS = ("text", "body", "maintext", "content", "articleBody", "article", "raw_text", "markdown")
SURE = 80  # confidence from which `fix` removes
_WHOLE, _CALL, _AFTER_END, _WEAK = 95, 90, 70, 40
_TAIL = 0.34  # what may follow an end marker, as a share of the prose before it, for the marker to end the article
_PROSE_CHARS = 100
_MARK = "\ufeff"
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEAD_LINES = 6  # a breadcrumb stands on one of the first lines


class Leftover(NamedTuple):
    """A line that is probably furniture. `line` counts from 1; `start` is where in the line the furniture begins; `confidence` 0 to 100."""

    line: int
    text: str
    rule: str
    reason: str
    confidence: int
    start: int = 0


class Finding(NamedTuple):
    """The leftovers of one text: `place` is where it stands in its file: "" for a text file, else row and field ("3.text")."""

    place: str
    leftovers: list[Leftover]


class _Text(str):
    """Text that is no value of JSON."""


def find_leftovers(text: str) -> list[Leftover]:
    """Return the text's probable leftovers in line order."""
    rows = text.split("\n")
    matches = [_match(row) for row in rows]
    prose = [len(row) if match is None and len(row) >= _PROSE_CHARS else 0 for row, match in zip(rows, matches, strict=True)]
    last_prose = max((index for index, size in enumerate(prose) if size), default=-1)
    found = [
        _leftover(number, row, match, number - 1 > last_prose) for number, (row, match) in enumerate(zip(rows, matches, strict=True), 1)
    ]
    for number, row in enumerate(rows[:_HEAD_LINES], 1):
        if found[number - 1] is None and row and breadcrumb(row.strip()):
            found[number - 1] = Leftover(number, row.strip(), "text/breadcrumb", "breadcrumb", _WHOLE)
    _after_end(rows, matches, prose, found)
    return [leftover for leftover in found if leftover is not None]


def _match(row: str) -> ChromeMatch | None:
    row = row.strip()
    if not row:
        return None
    return match_chrome(inline(row) if "](" in row else row)


def _leftover(number: int, row: str, match: ChromeMatch | None, after_prose: bool) -> Leftover | None:
    if match is None or (match.at_end and match.start == 0 and not after_prose):
        return None
    text = row.strip()
    if match.start:
        start = row.find(text[match.start :]) if "](" not in row else 0
        return Leftover(number, row[start:].strip(), match.rule, match.reason, _CALL, start) if start > 0 else None
    confidence = _CALL if match.at_end else _WHOLE if match.sure else _WEAK
    return Leftover(number, text, match.rule, match.reason, confidence)


def _after_end(rows: list[str], matches: list[ChromeMatch | None], prose: list[int], found: list[Leftover | None]) -> None:
    """Add what follows the heading that ends the article, where little prose does."""
    total, before = sum(prose), 0
    for index, match in enumerate(matches):
        before += prose[index]
        if match is not None and match.ends_article and before and total - before <= _TAIL * before:
            for later in range(index + 1, len(rows)):
                if found[later] is None and rows[later].strip():
                    found[later] = Leftover(later + 1, rows[later].strip(), "text/after-end", f"after the {match.reason}", _AFTER_END)
            return


def fix(text: str, *, confidence: int = SURE) -> str:
    """Return the text without the leftovers of at least `confidence`; the rest stays as it is, but for blank lines left over."""
    if "\r\n" in text and text.count("\r\n") == text.count("\n"):
        return _without(text.replace("\r\n", "\n"), confidence).replace("\n", "\r\n")
    return _without(text, confidence)


def _without(text: str, confidence: int) -> str:
    drop = {leftover.line: leftover for leftover in find_leftovers(text) if leftover.confidence >= confidence}
    if not drop:
        return text
    rows: list[str] = []
    for number, row in enumerate(text.split("\n"), 1):
        leftover = drop.get(number)
        if leftover is None:
            if row.strip() or not (rows and not rows[-1].strip() and number - 1 in drop):
                rows.append(row)
        elif leftover.start:
            rows.append(row[: leftover.start].rstrip())
    ending = "\n" if text.endswith("\n") else ""
    return "\n".join(rows).strip("\n") + ending


def check_data(data: str, *, field: str | None = None) -> list[Finding]:
    """Return the findings of a file's content: of the whole where it is text, of each text field where it is JSON or JSON lines."""
    findings = [Finding(place, find_leftovers(text)) for place, text in texts(data, field=field)]
    return [finding for finding in findings if finding.leftovers]


def texts(data: str, *, field: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield the texts of a file's content, each with its place as a `Finding` has it."""
    records = _records(data)
    for number, record in records:
        if isinstance(record, _Text):
            yield str(number) if len(records) > 1 else "", record
        else:
            for key, holder in _fields(record, field):
                yield f"{number}.{key}", holder[key]


def fix_data(data: str, *, field: str | None = None, confidence: int = SURE) -> str:
    """Return a file's content with its texts fixed and everything else in place."""
    records = _records(data)
    mark = _MARK if data.startswith(_MARK) else ""
    if len(records) == 1 and isinstance(records[0][1], _Text):
        return mark + fix(records[0][1], confidence=confidence)
    changed = [_fix_record(record, field, confidence) for _, record in records]
    if not any(changed):
        return data
    escaped = not _SURROGATE.search(data)  # else they stand for bytes that are no UTF-8
    data = data.removeprefix(_MARK)
    if _is_lines(data):
        rows = (row for row in data.split("\n") if row.strip())
        fixed = (_json(record, None, escaped) if new else row for row, (_, record), new in zip(rows, records, changed, strict=True))
        return mark + "".join(row + "\n" for row in fixed)
    whole = [record for _, record in records] if data.lstrip().startswith("[") else records[0][1]
    return mark + _json(whole, 2 if "\n" in data.strip() else None, escaped) + "\n"


def _fix_record(record: Any, field: str | None, confidence: int) -> bool:
    """Fix the texts of one record in place; say whether any is another now."""
    changed = False
    for key, holder in _fields(record, field):
        fixed = fix(holder[key], confidence=confidence)
        changed |= fixed != holder[key]
        holder[key] = fixed
    return changed


def _json(value: Any, indent: int | None, escaped: bool) -> str:
    """Return `value` as JSON, with halves of surrogate pairs `escaped`, as they were."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) if escaped else text


def _records(data: str) -> list[tuple[int, Any]]:
    """Return the numbered records of JSON or JSON lines, or the text itself as the only one; a line that is no JSON is text."""
    data = data.removeprefix(_MARK)
    if data.lstrip()[:1] in ("{", "["):
        try:
            if _is_lines(data):
                first, *rows = [row for row in data.split("\n") if row.strip()]
                return list(enumerate([json.loads(first), *map(_row, rows)], 1))
            value = json.loads(data)
            return list(enumerate(value, 1)) if isinstance(value, list) else [(1, value)]
        except (ValueError, RecursionError):
            pass
    return [(1, _Text(data))]


def _row(row: str) -> Any:
    try:
        return json.loads(row)
    except (ValueError, RecursionError):
        return _Text(row)


def _is_lines(data: str) -> bool:
    """Whether each line is an object of its own: the first line is one, and it is not all there is or has no line breaks inside."""
    first = data.lstrip().split("\n", 1)[0].strip()
    return first.startswith("{") and first.endswith("}") and len(first) > 2


def _fields(record: Any, field: str | None) -> list[tuple[str, dict[str, Any]]]:
    """Return (key, its object) of the record's texts: the field that is named (a path with dots), else those that extractors write."""
    if not isinstance(record, dict):
        return []
    if field is None:
        return [(key, record) for key in TEXT_FIELDS if isinstance(record.get(key), str)]
    *path, last = field.split(".")
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return [(last, record)] if isinstance(record, dict) and isinstance(record.get(last), str) else []
