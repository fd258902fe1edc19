"""From tokens to dates: each date of a line with its weekday, its time and its order."""

import datetime
from typing import NamedTuple

from normalise.date.clock import Clock, half_day_at, time_at
from normalise.date.forms import Reading, can_start, date_at
from normalise.date.line import Line
from normalise.date.order import day_and_month, order_of_language
from normalise.date.types import EARLIEST_YEAR, LATEST_YEAR, ParsedDate, PartialDate
from normalise.date.zones import named_offset

_LONGEST_TIME_BEFORE = 9  # tokens: "10 : 20 : 30 p . m . EDT ,"


class Dated(NamedTuple):
    """A date at tokens `start` to `end` of a line; see `FoundDate`."""

    start: int
    end: int
    date: ParsedDate | None
    partial: PartialDate | None


def dates_of(line: Line) -> list[Dated]:
    """Return the dates of the line in order, none overlapping."""
    found: list[Dated] = []
    i = behind = 0
    tokens = line.tokens
    while i < line.count:
        reading = date_at(line, i) if tokens[i].kind != "mark" and can_start(tokens[i]) else None
        if reading is None:
            i += 1
            continue
        _attach(line, reading, behind)
        found.append(Dated(reading.start, reading.end, resolve(line, reading), _partial(line, reading)))
        i = behind = reading.end
    return found


def _attach(line: Line, reading: Reading, behind: int) -> None:
    """Extend the reading by a weekday at either side and by a time behind it, or before it where none is behind."""
    _weekday_before(line, reading, behind)
    if reading.weekday is None:
        _weekday_behind(line, reading)
    if (reading.clock is None and reading.day is not None) or reading.pair is not None:
        clock = time_at(line, reading.end)
        if clock is not None and not _starts_date(line, clock, reading.end):
            reading.clock, reading.end = clock, clock.end
        else:
            _time_before(line, reading, behind)


def _starts_date(line: Line, clock: Clock, i: int) -> bool:
    """Tell whether what looks like a time behind the date belongs to another date, as its day."""
    return clock.second is None and any(date_at(line, j) is not None for j in range(i, clock.end) if line.at(j).kind == "number")


def _weekday_before(line: Line, reading: Reading, behind: int) -> None:
    i = reading.start - 1
    for _ in range(4):
        if i < behind:
            return
        weekday = line.weekday(i)
        if weekday is not None and not (line.has_use(i, ("on", "link")) and len(line.at(i).text) < 3):
            reading.weekday, reading.start = weekday, i
            return
        if not (line.is_mark(i, ",.-|(") or line.has_use(i, ("on", "link"))):
            return
        i -= 1


def _weekday_behind(line: Line, reading: Reading) -> None:
    i = line.skip(reading.end, ",.([-", (), 2)
    weekday = line.weekday(i)
    if weekday is not None and not line.month(i):
        reading.weekday = weekday
        reading.end = i + 1 + line.is_mark(i + 1, ")]")


def _time_before(line: Line, reading: Reading, behind: int) -> None:
    for i in range(max(behind, reading.start - _LONGEST_TIME_BEFORE), reading.start):
        if line.at(i).kind != "number" or (i > behind and line.is_mark(i - 1, ":.") and line.adjacent(i)):
            continue
        start = i - 1 if i > behind and half_day_at(line, i - 1) else i
        clock = time_at(line, start)
        if clock is not None and line.skip(clock.end, ",.-|·()/", ("on", "link"), 4) >= reading.start >= clock.end:
            reading.clock, reading.start = clock, start
            return


def _partial(line: Line, reading: Reading) -> PartialDate | None:
    if reading.year is not None or reading.month is None or reading.day is None:
        return None
    if any(line.is_foreign(i) for i in range(reading.start, reading.end)):
        return None  # "1 year ago", "11 Pro": months elsewhere, and no year that says that they are meant
    return PartialDate(reading.month, reading.day, reading.weekday)


def resolve(line: Line, reading: Reading) -> ParsedDate | None:
    """Return the reading as a date, `None` where it has no year, no certain order of day and month, or is no real date within bounds."""
    year = reading.year
    if year is None or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    if reading.pair is not None and not _order(line, reading, year):
        return None
    if reading.month is None:
        return None
    if reading.day is None:
        return ParsedDate(f"{year}-{reading.month:02d}", "month", inferred=tuple(reading.inferred))
    try:
        day = datetime.date(year, reading.month, reading.day)
    except ValueError:
        return None
    return _with_clock(day, reading.clock, line.language, tuple(reading.inferred))


def _order(line: Line, reading: Reading, year: int) -> bool:
    assert reading.pair is not None
    decided = day_and_month(reading.pair, year, reading.weekday)
    if decided is None:
        order = line.order or order_of_language(line.language) or ("dmy" if reading.dotted and not _english(line.language) else None)
        if order not in ("dmy", "mdy"):
            return False
        first, second = reading.pair
        decided = (first, second) if order == "dmy" else (second, first)
        reading.inferred.append("order")
    reading.day, reading.month = decided
    return True


def _english(language: str | None) -> bool:
    return (language or "").lower().startswith("en")


def _with_clock(day: datetime.date, clock: Clock | None, language: str | None, inferred: tuple[str, ...]) -> ParsedDate:
    if clock is None:
        return ParsedDate(day.isoformat(), "day", inferred=inferred)
    time = f"{clock.hour:02d}:{clock.minute:02d}" + ("" if clock.second is None else f":{clock.second:02d}")
    offset = clock.offset or (named_offset(clock.zone, day, language) if clock.zone else None) or ""
    precision = "minute" if clock.second is None else "second"
    return ParsedDate(f"{day.isoformat()}T{time}{offset}", precision, "explicit" if offset else "none", inferred)  # type: ignore[arg-type]
