"""Front matter: what a text says of itself above its first line, between fences (YAML, TOML, JSON), as a JSON object or behind "%".

YAML is read row by row, as far as people write it there: scalars, quoted or over several rows, lists, and names inside of either. Much of
it a strict reader refuses ("title: The ferry: its last year"), and one such row must not cost the others.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from scraper.blocks import Segmentation
from scraper.text.header import field_of, tell

_CHARS = 20_000
_ROWS = 400
_KEY = re.compile(r"[\"']?([^\W\d_][\w .-]{0,38}\w|[^\W\d_])[\"']?\s?:(?:\s+(.*))?\Z")
_ITEM = re.compile(r"-(?:\s+(.*))?\Z")
_TEXT = re.compile(r"[|>][+-]?\d?\Z")  # the value is the rows below
_COMMENT = re.compile(r"(?:\A|\s)#.*\Z")
_FLOW_ITEM = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^']|'')*+'|[^,\[\]{}]+")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]{0,300}\|)?([^\[\]|]{0,300})\]\]")
_BELOW = frozenset((" ", "-", "#", ""))  # first characters of rows that are no keys
_NOTHING = frozenset(("", "~", "null"))
_NAMES = ("name", "title")  # of an author or a term that is more than a string

Told = list[tuple[str, list[str]]]


def front_matter(rows: list[str], page: Segmentation) -> list[str] | None:
    """Move a front matter's fields into `metas`; return the rows with blank ones in its place. None where there is none."""
    first = next((at for at, row in enumerate(rows[:_ROWS]) if row.strip()), 0)
    opening = rows[first].rstrip()
    for fence, (endings, read) in _FENCES.items():
        if opening == fence:
            end = next((at for at, row in enumerate(rows[first + 1 : first + _ROWS], first + 1) if row.rstrip() in endings), 0)
            return _without(rows, first + 1, end, end + 1, read, page)
    if opening[:1] == "{":
        end = 1 + next((at for at, row in enumerate(rows[first : first + _ROWS], first) if row.rstrip() == "}"), first)
        return _without(rows, first, end, end, _read_json, page)
    if opening[:2] == "% ":
        end = next((at for at, row in enumerate(rows[first : first + _ROWS], first) if row[:1] not in ("%", " ")), first)
        return _without(rows, first, end, end, _read_title_block, page)
    return None


def _without(rows: list[str], start: int, end: int, below: int, read: Callable[[list[str]], Told], page: Segmentation) -> list[str] | None:
    """Read the rows from `start` to `end`; return all rows with blank ones above `below`."""
    part = rows[start:end]
    if not part or sum(map(len, part)) > _CHARS:
        return None
    told = read(part)
    if not told:
        return None
    for key, values in told:
        tell(page, key, values)
    return [""] * below + rows[below:]


def _read_title_block(rows: list[str]) -> Told:
    """Read pandoc's title block: title, authors and date, each behind "%" and over indented rows."""
    fields: list[list[str]] = []
    for row in rows:
        if row[0] == "%":
            fields.append([])
        fields[-1].append(row.removeprefix("%").strip())
    if len(fields) not in (2, 3):
        return []
    title, authors, *date = fields
    names = [name for row in authors for name in row.split(";")]
    return [("title", [" ".join(title)]), ("author", names), ("date", [" ".join(row) for row in date])]


def _read_json(rows: list[str]) -> Told:
    text = "\n".join(rows)
    try:
        value = json.loads(text if text.lstrip()[:1] == "{" else f"{{{text}}}")
    except (ValueError, RecursionError):
        return []
    told = list(_flat(value)) if isinstance(value, dict) else []
    return told if any(field_of(key) == "title" for key, _ in told) else []


def _read_toml(rows: list[str]) -> Told:
    try:
        return list(_flat(tomllib.loads("\n".join(rows))))
    except (ValueError, RecursionError):
        return []


def _read_yaml(rows: list[str]) -> Told:
    table: dict[str, Any] = {}
    foreign = 0
    for _, group in groupby(enumerate(rows), key=_Opening(rows)):
        part = [row for _, row in group]
        opening = _KEY.match(part[0])
        foreign += sum(row[:1] not in _BELOW for row in part[opening is not None :])
        if opening is not None:
            table.setdefault(opening[1], _yaml_value(opening[2] or "", part[1:]))
    return list(_flat(table)) if foreign <= len(table) else []


class _Opening:
    """Numbers the rows of a mapping by the key that each stands under."""

    def __init__(self, rows: list[str]) -> None:
        self._rows, self._count = rows, 0

    def __call__(self, numbered: tuple[int, str]) -> int:
        row = numbered[1]
        self._count += row[:1] not in _BELOW and _KEY.match(row) is not None
        return self._count


def _yaml_value(value: str, below: list[str]) -> Any:
    """Return a string, a list, or a mapping of strings."""
    bare = [row.strip() for row in below]
    if _TEXT.match(value):
        return " ".join(filter(None, bare))
    bare = [row for row in bare if row and row[0] != "#"]
    if value or not bare:
        return _scalar(" ".join([value, *bare]))
    if bare[0][0] == "-" and _ITEM.match(bare[0]):
        items: list[list[str]] = []
        for row in bare:
            if (item := _ITEM.match(row)) is not None:
                items.append([item[1] or ""])
            else:
                items[-1].append(row)
        return [_mapping(item) or _scalar(" ".join(item)) for item in items]
    return _mapping(bare) or _scalar(" ".join(bare))


def _mapping(rows: list[str]) -> dict[str, Any]:
    found = [_KEY.match(row) for row in rows]
    return {row[1]: _scalar(row[2] or "") for row in found if row is not None} if found[0] is not None else {}


def _scalar(text: str) -> Any:
    """Return a scalar's text, or the texts of a list that stands in brackets."""
    text = _WIKI_LINK.sub(r"\1", text.strip()) if "[[" in text else text.strip()
    if text[:1] == "{":
        return _mapping([pair.strip() for pair in text.strip("{} ").split(",")])
    if text[:1] == "[":
        return [_unquoted(item.strip()) for item in _FLOW_ITEM.findall(text[1:].rpartition("]")[0]) if item.strip()]
    return _unquoted(text)


def _unquoted(text: str) -> str:
    if text[:1] in ("'", '"') and (end := text.rfind(text[0])) > 0:
        inner = text[1:end]
        if text[0] == "'":
            return inner.replace("''", "'")
        try:
            return str(json.loads(f'"{inner}"'))
        except ValueError:
            return inner
    return "" if text in _NOTHING else _COMMENT.sub("", text)


def _flat(table: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield keys and values; those of tables inside come last, and only where no key above is theirs."""
    inside: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict) and _name(value) is None:
            inside.update(value)
        else:
            yield key, _texts(value)
    for key, value in inside.items():
        if key not in table:
            yield key, _texts(value)


def _texts(value: Any) -> list[str]:
    found = [_name(item) if isinstance(item, dict) else item for item in (value if isinstance(value, list) else [value])]
    return [str(item) for item in found if item is not None and not isinstance(item, list | dict)]


def _name(table: dict[str, Any]) -> str | None:
    return next((table[key] for key in _NAMES if isinstance(table.get(key), str)), None)


def _read_comment(rows: list[str]) -> Told:
    """Read what stands in a comment of HTML, as some write it behind two dots."""
    return _read_yaml([row.removeprefix(".. ") for row in rows])


_FENCES: dict[str, tuple[tuple[str, ...], Callable[[list[str]], Told]]] = {
    "---": (("---", "..."), _read_yaml),
    "+++": (("+++",), _read_toml),
    "---json": (("---",), _read_json),
    "---toml": (("---",), _read_toml),
    "---yaml": (("---",), _read_yaml),
    ";;;": ((";;;",), _read_json),
    "<!--": (("-->",), _read_comment),
}
