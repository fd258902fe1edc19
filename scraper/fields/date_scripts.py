"""Dates of publication in the data that a page carries for its scripts: looked for only where nothing else gives one."""

import re
from collections.abc import Iterator

from normalise.date import parse_date
from scraper.fields.date_candidates import Found, table

_CHARS = 4_000_000
_VALUES = 200
_KEY_CHARS = 20  # ahead of the syllable by which keys are found

# `"publishedAt":"2024-07-03T…"`, also where it is printed into a string or an attribute. Starts with letters, so that the search is fast.
_QUOTE = r"""(?:"|'|&quot;|&\#34;)"""
_VALUE = r"(\d{4}-\d\d-\d\d[\dT:.+Z -]{0,30}|\d{10}(?:\d{3})?(?!\d))"
_SET = rf"\\{{0,3}}{_QUOTE}\s?:\s?|\s=\s"  # `"publishTime": …`, `var publish_time = …`
_KEY = re.compile(rf"ubli(?:sh|c)[A-Za-z_]{{0,20}}(?:{_SET})\\{{0,3}}{_QUOTE}?{_VALUE}")
_NAME = re.compile(r"[A-Za-z_]+")
_NAME_BEFORE = re.compile(r"[A-Za-z_]*\Z")


def in_scripts(source: str) -> Iterator[Found]:
    """Yield the dates that the HTML `source` names as publication's, in page order."""
    keys = table()["script_keys"]
    for number, match in enumerate(_KEY.finditer(source, 0, _CHARS)):
        if number == _VALUES:
            return
        at = match.start()
        before = _NAME_BEFORE.search(source[max(0, at - _KEY_CHARS) : at])
        name = (before[0] if before else "") + _NAME.match(source, at)[0]  # type: ignore[index]
        date = parse_date(match[1].strip()) if name.replace("_", "").lower() in keys else None
        if date is not None:
            yield Found(match[1].strip(), f"script:{name}", date, "published")
