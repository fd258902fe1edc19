"""The lines above a text that name what it is: a mail's ("Subject: …"), or a reader's ("Title: …", "URL Source: …")."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from scraper.blocks import Segmentation

_ROWS = 60  # the first row of a header stands among so many
_ABOVE = 4  # lines that may stand above it: "---------- Forwarded message", an address
_LINE = re.compile(r"([^\W\d_][^:：]{0,24}?)\s{0,2}[:：]\s{0,8}(\S.{0,999})?\Z")
_TARGET = re.compile(r"[ ]?<(?:https?://|mailto:)[^<>\s]{1,4000}>|\[image: [^\[\]]{0,300}\]")
_TARGETS = 3  # links in a mail's first rows
_QUOTED = "> \t"
_METAS = {"address": "og:url", "section": "category", "sender": "web_author"}  # the others are named as their fields
_OWN_KEY = re.compile(r"[A-Za-z][A-Za-z _-]{1,30}\Z")
_MAILBOX = re.compile(r"<[^<>\s]{1,300}>|\[mailto:[^\[\]\s]{1,300}\]|\S{1,200}@\S{1,200}")
_NAME_QUOTES = " \"'()"


def read_header(rows: list[str], page: Segmentation) -> list[str]:
    """Move a header's title, author, date and the like into `metas`; return the rows with blank ones in its place, and above it.

    What stands below loses its marks where the header is quoted ("> Subject: …"), and what programs for mail write of links and pictures
    ("Read on <https://…>", "[image: …]").
    """
    found, end = _lines(rows)
    told = {field_of(key): value for key, value in reversed(found)}
    told.pop(None, None)
    if len(told) < 2 or not told.get("title") or told.keys().isdisjoint(("other", "sender", "address", "date")):
        return _without_targets(rows) if _is_mail(rows) else rows
    for key, value in found:
        field = field_of(key)
        if field is None or told.pop(field, None) is not None:  # the first of a field
            tell(page, key, [value])
    below = _without_targets(rows[end:])
    if rows[end - 1].startswith(">"):
        below = [row.removeprefix(">").removeprefix(" ") for row in below]
    return [""] * end + below


def _is_mail(rows: list[str]) -> bool:
    """Whether a text without a header was a mail's all the same: its first rows have pictures or links as programs for mail write them."""
    head = [row for row in rows[:_ROWS] if "<http" in row or "[image: " in row]
    return any("[image: " in row for row in head) or sum([" <http" in row for row in head]) >= _TARGETS


def _without_targets(rows: list[str]) -> list[str]:
    return [_TARGET.sub("", row) if "<" in row or "[" in row else row for row in rows]


def _lines(rows: list[str]) -> tuple[list[tuple[str, str]], int]:
    """Return keys and values of a header's lines, and the row below it. Keys that no one knows are of it where a blank row ends it."""
    found: list[tuple[str, str]] = []
    above = end = 0
    sure = (0, 0)  # lines and rows up to the last known key
    for at, row in enumerate(rows[: 2 * _ROWS]):
        bare = row.strip(_QUOTED).replace("**", "")
        if not bare:
            if end == at:
                sure = len(found), end
            continue
        line = _LINE.match(bare) if len(bare) <= 1000 else None
        if line is not None and field_of(line[1]) is not None:
            found.append((line[1], (line[2] or "").strip()))
            end = at + 1
            sure = len(found), end
        elif end == at and found and row[0] == " ":  # a value goes on
            key, value = found[-1]
            found[-1] = key, f"{value} {bare}"
            end = at + 1
        elif end == at and found and found[-1][1] and line is not None and line[2] and _OWN_KEY.match(line[1]):
            found.append((line[1], line[2]))
            end = at + 1
        elif found or (above := above + 1) > _ABOVE or at > _ROWS:
            break
    return found[: sure[0]], sure[1]


def tell(page: Segmentation, key: str, values: list[str]) -> None:
    """Add what a header or front matter says to the page's `metas`, by the name of the field that the key is a word for."""
    field = field_of(key)
    values = [value for value in map(str.strip, values) if value]
    if field == "title":
        values = [_passed_on().sub("", value) for value in values]
    elif field == "sender":
        values = [_MAILBOX.sub("", value).strip(_NAME_QUOTES) for value in values]
    elif field == "address":
        values = [value for value in values if value.startswith("http")]
    name = _METAS.get(field, field) if field is not None else key.lower()
    if name == "author":
        page.metas += [(name, value) for value in values]
    elif values and name != "other":
        page.metas.append((name, ", ".join(values)))


def field_of(key: str) -> str | None:
    """Return the field that a key is a word for, "other" for one that says nothing of the article; None for one that is not known."""
    return _keys().get(key.lower().replace("_", " "))


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("scraper").joinpath("data", "text_header.toml").read_text(encoding="utf-8"))


@cache
def _keys() -> dict[str, str]:
    return {key: field for field, keys in _table()["keys"].items() for key in keys}


@cache
def _passed_on() -> re.Pattern[str]:
    marks = "|".join(map(re.escape, _table()["passed_on"]["marks"]))
    return re.compile(rf"\A(?:(?:{marks})\s?[:：]\s{{0,8}}){{1,5}}", re.I)
