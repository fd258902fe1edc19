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
_QUOTED = "> \t"
_METAS = {"title": "title", "author": "author", "date": "date", "address": "og:url"}


def read_header(rows: list[str], page: Segmentation) -> list[str]:
    """Move a header's title, author, date and address into `metas`; return the rows with blank ones in its place, and above it.

    What stands below loses its marks where the header is quoted ("> Subject: …"), and what programs for mail write of links and pictures
    ("Read on <https://…>", "[image: …]").
    """
    found: list[tuple[str, str]] = []
    above = end = 0
    for at, row in enumerate(rows[: 2 * _ROWS]):
        bare = row.strip(_QUOTED).replace("**", "")
        if not bare:
            continue
        line = _LINE.match(bare) if len(bare) <= 1000 else None
        field = _keys().get(line[1].lower()) if line is not None else None
        if line is not None and field is not None:
            found.append((field, (line[2] or "").strip()))
            end = at + 1
        elif found or (above := above + 1) > _ABOVE or at > _ROWS:
            break
    told = dict(reversed(found))
    if len(found) < 2 or not told.get("title") or told.keys().isdisjoint(("other", "address", "date")):
        return rows
    for field, meta in _METAS.items():
        if value := told.get(field):
            page.metas.append((meta, _passed_on().sub("", value) if field == "title" else value))
    below = [_TARGET.sub("", row) if "<" in row or "[" in row else row for row in rows[end:]]
    if rows[end - 1].startswith(">"):
        below = [row.removeprefix(">").removeprefix(" ") for row in below]
    return [""] * end + below


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
