"""Which of two numbers is the day: decided by evidence, or not at all."""

import datetime
import re
from collections.abc import Iterable
from functools import lru_cache

from normalise import lexicon
from normalise.date.types import Order

_PAIR = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(?:19|20)\d\d(?!\d|[./-]\d)")


@lru_cache(maxsize=256)
def order_of_language(language: str | None) -> Order | None:
    """Return the order of short dates where the language (BCP 47) is written, by CLDR; `None` where it is unknown or its regions differ
    ("en").
    """
    if not language:
        return None
    tag, *rest = language.replace("_", "-").split("-")
    table = lexicon.languages("calendar").get({"no": "nb", "iw": "he", "in": "id"}.get(tag.lower(), tag.lower()))
    if table is None:
        return None
    region = next((part.upper() for part in rest if len(part) == 2), None)
    if region is not None and region in table.get("regions", {}):
        return table["regions"][region]  # type: ignore[no-any-return]
    undecided = lexicon.languages("dates").get(tag.lower(), {}).get("region_decides_order") and region is None
    return None if undecided else table["order"]


def order_of_texts(texts: Iterable[str]) -> Order | None:
    """Return the order that the page's own numeric dates prove by a value over 12; `None` where none does or they disagree."""
    proven: set[Order] = set()
    for text in texts:
        for match in _PAIR.finditer(text[:2000]):
            first, second = int(match[1]), int(match[3])
            if 12 < first <= 31 and 1 <= second <= 12:
                proven.add("dmy")
            elif 12 < second <= 31 and 1 <= first <= 12:
                proven.add("mdy")
    return proven.pop() if len(proven) == 1 else None


def day_and_month(pair: tuple[int, int], year: int, weekday: int | None) -> tuple[int, int] | None:
    """Return day and month where only one order makes a date, both make the same, or only one falls on the weekday; else `None`."""
    first, second = pair
    readings = {(d, m) for d, m in ((first, second), (second, first)) if _is_day(year, m, d)}
    if len(readings) > 1 and weekday is not None:
        readings = {(d, m) for d, m in readings if datetime.date(year, m, d).weekday() == weekday} or readings
    return readings.pop() if len(readings) == 1 else None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True
