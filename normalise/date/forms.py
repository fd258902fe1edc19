"""The written forms of a date: day and month in words, numbers, East Asian units, eras."""

from functools import cache

import msgspec

from normalise import lexicon
from normalise.date.calendars import BUDDHIST_OFFSET, MINGUO_OFFSET, persian_to_gregorian
from normalise.date.clock import Clock, time_at
from normalise.date.line import Line
from normalise.date.tokens import Token
from normalise.date.types import EARLIEST_YEAR, LATEST_YEAR

_BETWEEN = ".-/,'ºª°\u2044"
_ORDINAL_MARKS = "ºª°."


class Reading(msgspec.Struct):
    """The parts of a date as they were read, at tokens `start` to `end`. `pair` holds two numbers that are day and month in an order
    still to be decided.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    pair: tuple[int, int] | None = None
    dotted: bool = False  # "07.08.2025": nowhere does CLDR put the month first with dots
    weekday: int | None = None
    clock: Clock | None = None
    inferred: list[str] = []


def can_start(token: Token) -> bool:
    """Tell whether a date can start with the token: cheaper than to try."""
    if token.kind == "number":
        return 0 < token.width <= 4
    word = token.word
    return bool(word.months or "month_words" in word.uses) if word is not None else token.kind == "other" and not token.text.isascii()


def date_at(line: Line, i: int) -> Reading | None:
    """Return the date whose first part is token `i`, in the first form that fits."""
    token = line.at(i)
    if token.kind == "number":
        if token.width == 4:
            return _year_first(line, i)
        if token.unit:
            return _east_asian(line, i)
        return (_day_first(line, i) or _numeric(line, i)) if token.width <= 2 else _minguo(line, i)
    if token.kind == "end" or token.kind == "mark":
        return None
    if token.word is not None and (token.word.months or token.word.uses & {"month_words"}):
        return _month_first(line, i)
    return _era(line, i)


def _month_at(line: Line, i: int) -> tuple[int, int]:
    """Return the month at token `i` and the index behind it; "يوليو/تموز" and "July (7)" say it twice. Month 0: none."""
    month = line.month(i)
    if not month:
        number = line.number(i + 1, 1, 12) if line.has_use(i, ("month_words",)) else None
        return (number, i + 2) if number else (0, i)
    i += 1
    if line.is_mark(i, "/(") and line.month(i + 1) == month:
        return month, i + 2 + line.is_mark(i + 2, ")")
    return month, i


def _day_first(line: Line, i: int) -> Reading | None:
    day = line.number(i, 1, 31)
    if day is None or line.at(i).unit not in ("", "日") or _range_before(line, i):
        return None
    j = _behind_ordinal(line, i + 1)
    j = line.skip(j, _BETWEEN, ("link", "on"), 3)
    persian = line.at(j).word.persian_month if line.at(j).word else 0  # type: ignore[union-attr]
    if persian:
        return _persian(line, i, j, day, persian)
    month, j = _month_at(line, j)
    if not month:
        return None
    reading = Reading(i, j, month=month, day=day)
    return _with_year(line, reading, j)


def _range_before(line: Line, i: int) -> bool:
    """Tell whether token `i` ends a range of days: "3-5 July", "3 – 5 July"."""
    return line.is_mark(i - 1, "-/") and line.number(i - 2, 1, 31) is not None and not line.is_mark(i - 3, ":.")


def _behind_ordinal(line: Line, i: int) -> int:
    if line.has_use(i, ("ordinal",)) and line.adjacent(i):
        return i + 1
    if line.is_mark(i, "-") and line.adjacent(i) and line.adjacent(i + 1) and _suffix(line, i + 1):
        return i + 2
    return i


def _suffix(line: Line, i: int) -> bool:
    """Tell whether token `i` is a case ending: "31-én", "31-го"."""
    token = line.at(i)
    return token.kind in ("word", "other") and len(token.text) <= 3 and not line.month(i)


def _with_year(line: Line, reading: Reading, j: int) -> Reading:
    """Complete a day and month with the year behind them, of four digits, or of two in "31-Jul-25"."""
    k = line.skip(j, ".-/,'()", ("link", "on"), 3)
    year = line.at(k)
    if year.kind == "number" and year.width == 4 and not (line.is_mark(k + 1, ":") and time_at(line, k + 1) is None):
        return _set_year(line, reading, k)
    short = year.kind == "number" and year.width == 2 and not year.unit and line.is_mark(k - 1, "-/'.") and line.adjacent(k)
    if short and k == j + 1 and not line.is_mark(k + 1, ":.h"):
        return _set_short_year(line, reading, year.value, k + 1)
    if year.kind == "number" and year.width == 2 and _is_thai(line) and _buddhist_century(year.value) and not line.is_mark(k + 1, ":"):
        return _set_short_year(line, reading, year.value, k + 1)  # "3 พ.ย. 68"
    clock = time_at(line, j)
    if clock is not None and clock.second is not None and line.at(clock.end).width == 4 and not line.is_mark(clock.end + 1, ":"):
        reading.clock = clock
        return _set_year(line, reading, clock.end)
    return reading


def _set_year(line: Line, reading: Reading, k: int) -> Reading:
    reading.year = _gregorian_year(line.at(k).value, line, k)
    reading.end = k + 1
    if line.is_mark(k + 1, ")"):
        reading.end += line.is_mark(k - 1, "(")
    return reading


def _set_short_year(line: Line, reading: Reading, value: int, end: int) -> Reading:
    buddhist = _buddhist_century(value) if _is_thai(line) else None
    reading.year = buddhist or value + (2000 if value <= LATEST_YEAR - 2000 else 1900)
    reading.inferred.append("century")
    reading.end = end
    return reading


def _buddhist_century(value: int) -> int | None:
    """Return the Gregorian year of two digits of a Buddhist one from 2543 on; the lower ones are Gregorian years themselves."""
    year = 2500 + value - BUDDHIST_OFFSET
    return year if 2000 <= year <= LATEST_YEAR else None


def _is_thai(line: Line) -> bool:
    return (line.language or "").lower().startswith("th") or any("\u0e00" <= c <= "\u0e7f" for c in line.text)


def _gregorian_year(year: int, line: Line, k: int) -> int:
    """Return a Buddhist year as a Gregorian one where the page is Thai; other years as they are."""
    buddhist = EARLIEST_YEAR + BUDDHIST_OFFSET <= year <= LATEST_YEAR + BUDDHIST_OFFSET
    return year - BUDDHIST_OFFSET if buddhist and _is_thai(line) else year


def _month_first(line: Line, i: int) -> Reading | None:
    month, j = _month_at(line, i)
    if not month:
        return None
    j = line.skip(j, _BETWEEN, ("link", "on"), 3)
    number = line.at(j)
    if number.kind == "number" and number.width == 4 and number.unit in ("", "年"):
        if line.number(i - 1 - line.is_mark(i - 1, "."), 1, 31) is not None:
            return None  # the end of a range of days: "3-5 July 2025"
        return _set_year(line, Reading(i, j, month=month), j)
    if number.kind == "number" and number.width in (5, 6) and 0 < number.value // 10000 <= 31:
        return Reading(
            i, j + 1, number.value % 10000, month, number.value // 10000
        )  # "Feb 182009": the parts of a calendar leaf, run together
    day = line.number(j, 1, 31)
    if day is None or line.is_mark(j + 1, ":") or number.unit not in ("", "日"):
        return None
    if line.is_mark(j + 1, "-") and line.number(j + 2, 1, 31) is not None and line.at(j + 2).width <= 2 and not line.is_mark(j + 3, ":."):
        return None  # a range of days is an event's
    j = _behind_ordinal(line, j + 1)
    if line.at(i).word.weekdays and line.month(line.skip(j, _BETWEEN, ("link",), 2)):  # type: ignore[union-attr]
        return None  # "sat" and "mar" are months in some languages: in "Sat, 19 Oct" a weekday
    return _with_year(line, Reading(i, j, month=month, day=day), j)


def _year_first(line: Line, i: int) -> Reading | None:
    year = line.at(i)
    if year.unit == "年":
        return _east_asian(line, i)
    if line.is_mark(i + 1, "-./") and (found := _year_month_day(line, i)):
        return found
    j = _behind_ordinal(line, i + 1)
    j = line.skip(j, ".,-/()", ("link",), 5)
    month, k = _month_at(line, j)
    if month:
        return _year_month(line, i, month, k)
    day = line.number(j, 1, 31)
    if day is not None and any(line.has_use(between, ("link",)) for between in range(i + 1, j)):
        month, k = _month_at(line, line.skip(j + 1, ".-", (), 1))
        if month:
            return Reading(i, k, _gregorian_year(year.value, line, i), month, day)
    return None


def _year_month(line: Line, i: int, month: int, k: int) -> Reading:
    year = _gregorian_year(line.at(i).value, line, i)
    k = _behind_ordinal(line, k)
    j = line.skip(k, ".,-/'", ("link",), 2)
    day = line.number(j, 1, 31)
    if day is None or line.is_mark(j + 1, ":"):
        return Reading(i, k, year, month)
    end = _behind_ordinal(line, j + 1)
    end += line.is_mark(end, ".")
    return Reading(i, end, year, month, day)


def _year_month_day(line: Line, i: int) -> Reading | None:
    """`2025-07-31`, `2025/7/31`, `2025. 7. 31.`; a Solar Hijri year where the digits are Persian."""
    mark = line.at(i + 1).text
    month, day = line.number(i + 2, 1, 12), line.number(i + 4, 1, 31)
    if month is None or day is None or line.at(i + 3).text != mark or _chained(line, i, i + 4):
        return None
    if line.at(i + 2).unit or line.at(i + 4).unit:
        return None
    end = i + 5
    if mark == "." and line.is_mark(end, "."):
        end += 1
    value = line.at(i).value
    if value < 1500:
        persian = any("\u06f0" <= c <= "\u06f9" for c in line.text) or (line.language or "").lower().startswith("fa")
        return _persian_day(i, end, (value, month, day)) if persian else None
    return Reading(i, end, _gregorian_year(value, line, i), month, day)


def _minguo(line: Line, i: int) -> Reading | None:
    """`114-07-31`, `114.07.31` on a page in Chinese: a year of the Republic."""
    if line.at(i).width != 3 or line.at(i + 1).text not in ("-", ".", "/") or not (line.language or "").lower().startswith("zh"):
        return None
    year, mark = line.at(i).value + MINGUO_OFFSET, line.at(i + 1).text
    month, day = line.number(i + 2, 1, 12), line.number(i + 4, 1, 31)
    if month is None or day is None or line.at(i + 3).text != mark or line.at(i + 2).width + line.at(i + 4).width != 4:
        return None
    if not EARLIEST_YEAR <= year <= LATEST_YEAR or _chained(line, i, i + 4):
        return None
    return Reading(i, i + 5, year, month, day, inferred=["era"])


def _chained(line: Line, first: int, last: int) -> bool:
    """Tell whether the numbers go on at either side, as in versions, addresses and article numbers: `1.2.3.4`, `978-3-16-148410-0`."""
    before = line.at(first - 1)
    if line.adjacent(first):
        letters = (
            before.kind in ("word", "other") and before.text.isascii() and len(before.text) < 4 and not line.has_use(first - 1, ("on",))
        )
        if letters or before.text in ("-", ".", "/", "#", "$", "€", "£", "_", "+"):
            return True
    mark, after = line.at(last + 1), line.at(last + 2)
    return mark.kind == "mark" and mark.text in "-./" and after.kind == "number" and line.adjacent(last + 1) and line.adjacent(last + 2)


def _numeric(line: Line, i: int) -> Reading | None:
    """`31.07.2025`, `7/31/25`: day and month stay a pair until their order is decided."""
    mark = line.at(i + 1)
    if mark.kind != "mark" or mark.text not in "./-" or line.at(i + 3).text != mark.text:
        return None
    first, second, year = line.number(i, 1, 31), line.number(i + 2, 1, 31), line.at(i + 4)
    if first is None or second is None or year.kind != "number" or line.at(i).unit or line.at(i + 2).unit or year.unit not in ("", "年"):
        return None
    if _chained(line, i, i + 4) or line.is_mark(i + 5, ":"):
        return None
    reading = Reading(i, i + 5, pair=(first, second), dotted=mark.text == ".")
    if year.width == 4:
        return _set_year(line, reading, i + 4)
    short = year.width == 2 and line.adjacent(i + 1) and line.adjacent(i + 4)
    if short and (line.at(i).width == line.at(i + 2).width == 2 or _stands_alone(line, i, i + 5)):
        return _set_short_year(line, reading, year.value, i + 5)
    return None


def _stands_alone(line: Line, first: int, end: int) -> bool:
    """Tell whether nothing else is said beside the tokens: "Culture, 2.11.22" is a date, "2.11.22 Scope" and "Release 2.11.22" are not."""
    before, behind = line.at(first - 1), line.at(end)
    if behind.kind != "end" and not line.is_mark(end, ",|)"):
        return False
    return before.kind == "end" or line.is_mark(first - 1, ",|·(") or line.has_use(first - 1, ("on",))


def _east_asian(line: Line, i: int) -> Reading | None:
    """`2025年7月31日`, `114年7月31日` (Minguo), `7月31日` without a year."""
    token = line.at(i)
    if token.unit == "月":
        return _month_day(line, i, None, i)
    if token.unit != "年":
        return None
    if token.width == 4:
        return _month_day(line, i + 1, token.value, i)
    if token.width == 3 and EARLIEST_YEAR <= token.value + MINGUO_OFFSET <= LATEST_YEAR:
        reading = _month_day(line, i + 1, token.value + MINGUO_OFFSET, i)
        if reading is not None:
            reading.inferred.append("era")
        return reading
    return None


def _month_day(line: Line, i: int, year: int | None, start: int) -> Reading | None:
    month = line.number(i, 1, 12)
    if month is None or line.at(i).unit != "月":
        return None
    day = line.number(i + 1, 1, 31)
    if day is None or line.at(i + 1).unit not in ("", "日") or line.is_mark(i + 2, ":"):
        return Reading(start, i + 1, year, month) if year else None
    return Reading(start, i + 2, year, month, day)


@cache
def _eras() -> tuple[tuple[str, int], ...]:
    """Return era names and the year before their first, longest name first."""
    eras = [era for table in lexicon.languages("dates").values() for era in table.get("eras", {}).items()]
    return tuple(sorted(eras, key=lambda era: (-len(era[0]), era)))


def _era(line: Line, i: int) -> Reading | None:
    """`令和7年7月31日`, `民國114年7月31日`, `平成元年1月8日`."""
    text = line.at(i).text
    if text.isascii() or line.at(i + 1).kind != "number":
        return None
    for name, before in _eras():
        if text.endswith(name) and line.at(i + 1).unit == "年" and line.at(i + 1).width <= 3:
            return _month_day(line, i + 2, before + line.at(i + 1).value, i)
        if text.endswith(name + "元年"):
            return _month_day(line, i + 1, before + 1, i)
    return None


def _persian(line: Line, i: int, j: int, day: int, month: int) -> Reading | None:
    k = line.skip(j + 1, ".-/,،", ("link", "on"), 2)
    year = line.number(k, 1300, 1499, 4)
    return _persian_day(i, k + 1, (year, month, day)) if year else None


def _persian_day(start: int, end: int, parts: tuple[int, int, int]) -> Reading | None:
    day = persian_to_gregorian(*parts)
    return Reading(start, end, day.year, day.month, day.day) if day else None
