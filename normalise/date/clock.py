"""Times of day and their offsets, in the forms that stand beside dates."""

from typing import NamedTuple

from normalise.date.line import Line
from normalise.date.zones import is_zone, offset_text

_BEFORE = ("before_time", "on", "link")
_HALVES = ("am", "pm", "noon", "night")
_LAST_AFTER_NOON = 6  # o'clock, of the hours said to be around noon
_FIRST_AT_NIGHT = 6  # in the evening, of the hours said to be at night
_WRITTEN_H = frozenset(("h", "u", "uhr", "uur", "ч"))


class Clock(NamedTuple):
    """A time of day; `offset` as `±HH:MM`, or `zone`, a name to resolve when the day is known. `end` is the index behind it."""

    hour: int
    minute: int
    second: int | None
    offset: str | None
    zone: str | None
    end: int


def time_at(line: Line, i: int) -> Clock | None:
    """Return the time that starts at token `i`, behind separators and words like "at" and "um"."""
    start = i
    i = line.skip(i, ",.-|·(@/;:[T", _BEFORE, 5)
    if line.at(i).kind == "other" and line.at(i).text == "t" and line.adjacent(i):
        i += 1
    announced = any(line.has_use(j, ("before_time",)) for j in range(start, i))
    half_day = half_day_at(line, i)
    if half_day:
        i += 1
    hour = line.number(i, 0, 24)
    if hour is None:
        return None
    return _clock(line, i, hour, half_day, announced)


def _clock(line: Line, i: int, hour: int, half_day: str, announced: bool) -> Clock | None:
    minute, second, i, sure = _minutes(line, i, announced)
    if minute is None:
        return None
    if not half_day:
        half_day, i = _half_day_after(line, i)
    if line.has_use(i, ("after_time",)):
        i, sure = i + 1, True
        i += line.is_mark(i, ".")
        if not half_day:
            half_day, i = _half_day_after(line, i)
    if not (sure or half_day) or (hour == 24 and (minute or half_day)):
        return None
    hour = _of_day(hour, half_day)
    offset, zone, i = _offset(line, i, second is not None)
    return Clock(hour, minute, second, offset, zone, i) if hour < 24 else None


def _of_day(hour: int, half_day: str) -> int:
    """Return the hour of the day for one of a clock with twelve; unchanged where no word says which half is meant."""
    if half_day in ("am", "night") and hour == 12:
        return 0
    first, last = {"pm": (0, 11), "noon": (1, _LAST_AFTER_NOON), "night": (_FIRST_AT_NIGHT, 11)}.get(half_day, (1, 0))
    return hour + 12 if first <= hour <= last else hour


def _minutes(line: Line, i: int, announced: bool) -> tuple[int | None, int | None, int, bool]:
    """Return minute, second, the index behind, and whether the form alone says that it is a time; minute `None` where it is none."""
    unit = line.at(i).unit
    if unit == "時":
        minute = line.number(i + 1, 0, 59) if line.at(i + 1).unit == "分" else None
        if minute is None:
            return 0, None, i + 1, True
        second = line.number(i + 2, 0, 59) if line.at(i + 2).unit == "秒" else None
        return minute, second, i + (2 if second is None else 3), True
    if unit:
        return None, None, i, False
    minute = line.number(i + 2, 0, 59)
    if line.is_mark(i + 1, ":") and minute is not None and line.at(i + 2).width == 2:
        return _seconds(line, i + 3, minute)
    if line.is_mark(i + 1, ".") and minute is not None and line.at(i + 2).width == 2 and line.adjacent(i + 2):
        sure = announced or line.has_use(i + 3, ("after_time",))
        return minute, None, i + 3, sure
    if line.at(i + 1).text in _WRITTEN_H and line.at(i + 1).kind in ("word", "other"):
        if minute is not None and line.at(i + 2).width == 2:
            return minute, None, i + 3, True
        return 0, None, i + 2, True
    return 0, None, i + 1, False


def _seconds(line: Line, i: int, minute: int) -> tuple[int, int | None, int, bool]:
    second = line.number(i + 1, 0, 60)
    if not (line.is_mark(i, ":") and second is not None and line.at(i + 1).width == 2):
        return minute, None, i, True
    i += 2
    if line.is_mark(i, ".,") and line.adjacent(i) and line.adjacent(i + 1) and line.at(i + 1).kind == "number":
        i += 2
    return minute, min(second, 59), i, True


def half_day_at(line: Line, i: int) -> str:
    """Return which part of the day token `i` says: "am", "pm", "noon", "night"; empty where none."""
    word = line.at(i).word
    return "" if word is None or word.uses.isdisjoint(_HALVES) else next(half for half in _HALVES if half in word.uses)


def _half_day_after(line: Line, i: int) -> tuple[str, int]:
    found = half_day_at(line, i)
    if found:
        i += 1
        return found, i + line.is_mark(i, ".")
    if line.at(i).text in ("a", "p") and line.at(i + 1 + line.is_mark(i + 1, ".")).text == "m":
        found = line.at(i).text + "m"
        i += 2 + line.is_mark(i + 1, ".")
        return found, i + line.is_mark(i, ".")
    return "", i


def _offset(line: Line, i: int, to_the_second: bool) -> tuple[str | None, str | None, int]:
    """Return offset, zone name, and the index behind."""
    opened = line.is_mark(i, "([")
    j = i + opened
    j += opened and line.is_mark(j, "|,")
    text = line.at(j).text
    zone = None
    if text in ("gmt", "utc") or (is_zone(text) and _printed_as_zone(line, j)):
        zone, j = text, j + 1
        if text in ("gmt", "utc"):
            numeric, k = _numeric_offset(line, j, named=True, to_the_second=True)
            if numeric:
                return numeric, None, k + line.is_mark(k, ")]")
        return None, zone, j + (opened and line.is_mark(j, ")]"))
    numeric, k = _numeric_offset(line, j, named=False, to_the_second=to_the_second)
    if numeric is None:
        return None, None, i
    k += is_zone(line.at(k).text) and _printed_as_zone(line, k)
    return numeric, None, k + (opened and line.is_mark(k, ")]"))


def _printed_as_zone(line: Line, i: int) -> bool:
    raw = line.raw(line.at(i))
    return line.adjacent(i) if raw in "Zz" else raw.isupper() or raw == "мск"


def _numeric_offset(line: Line, i: int, *, named: bool, to_the_second: bool) -> tuple[str | None, int]:
    """Read `+3`, `+03`, `+0300`, `+03:00`. A bare `-02` or `-02:00` counts only behind seconds or a name: it may be the end of a range."""
    sign, digits = line.at(i), line.at(i + 1)
    if sign.kind != "mark" or sign.text not in "+-" or digits.kind != "number" or not line.adjacent(i + 1):
        return None, i
    plain = named or sign.text == "+"
    if digits.width == 4 and (plain or to_the_second or not 1990 <= digits.value <= 2039):
        return offset_text(sign.text, digits.value // 100, digits.value % 100), i + 2
    if digits.width > 2 or not (plain or to_the_second):
        return None, i
    minutes = line.number(i + 3, 0, 59)
    if line.is_mark(i + 2, ":") and minutes is not None and line.at(i + 3).width == 2:
        return offset_text(sign.text, digits.value, minutes), i + 4
    return offset_text(sign.text, digits.value, 0), i + 2
