"""Offsets and zone abbreviations as `±HH:MM`."""

import datetime
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_LARGEST_OFFSET = 14 * 60  # minutes; Kiribati


@cache
def _zones() -> dict[str, Any]:
    return tomllib.loads(files("normalise").joinpath("data", "zones.toml").read_text(encoding="utf-8"))


def offset_text(sign: str, hours: int, minutes: int) -> str | None:
    """Return `±HH:MM`, or `None` where no place has that offset. `-00:00` (RFC 3339: unknown local time) is given as `+00:00`."""
    total = hours * 60 + minutes
    if minutes > 59 or total > _LARGEST_OFFSET:
        return None
    return f"{sign if total else '+'}{hours:02d}:{minutes:02d}"


def named_offset(name: str, day: datetime.date, language: str | None) -> str | None:
    """Return the offset of a zone abbreviation (folded) on that day, `None` where unknown or where it means several and `language` does
    not decide.
    """
    fixed = _zones()["fixed"].get(name)
    if isinstance(fixed, str):
        return fixed
    if fixed is not None:
        tags = (language or "").replace("_", "-").split("-")
        return next((fixed[tag] for tag in (*reversed([tag.upper() for tag in tags[1:]]), tags[0].lower()) if tag in fixed), None)
    seasonal = _zones()["seasonal"].get(name)
    if seasonal is None:
        return None
    standard, summer, _rule = seasonal
    return str(summer if _us_summer(day) else standard)


def is_zone(name: str) -> bool:
    """Tell whether `name` (folded) abbreviates a zone, whatever its offset."""
    return name in _zones()["fixed"] or name in _zones()["seasonal"]


def _us_summer(day: datetime.date) -> bool:
    """Tell whether summer time holds in the United States: by the rules of 2007 (March to November) and 1987 (April to October)."""
    if day.year >= 2007:
        start, end = _sunday(day.year, 3, 8), _sunday(day.year, 11, 1)
    else:
        start, end = _sunday(day.year, 4, 1), _sunday(day.year, 10, 25)
    return start <= day < end


def _sunday(year: int, month: int, day: int) -> datetime.date:
    """Return the first Sunday not before the day."""
    first = datetime.date(year, month, day)
    return first + datetime.timedelta(days=6 - first.weekday())
