"""Dates as machines write them: ISO 8601, compact digits, epoch seconds, URLs."""

import datetime
import re

from normalise.date.types import EARLIEST_YEAR, LATEST_YEAR, ParsedDate

_LARGEST_OFFSET = datetime.timedelta(hours=14)
_EPOCH = datetime.datetime(1970, 1, 1)
_BROKEN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.+-]{0,30}", re.ASCII)
_TO_THE_SECOND = re.compile(r"(?:\d\d|\d)?[^\d:]\d\d:?\d\d:?\d\d", re.ASCII)  # from the day on
_OFFICE = re.compile(r"(\d{8});\d{1,8}", re.ASCII)  # the day, and hundredths of seconds without leading zeros
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)[T_-]?(?:(\d\d)(\d\d)(\d\d)?(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)


def parse_iso(raw: str) -> ParsedDate | None:
    """Return an ISO 8601 date or date and time; `None` for anything else, out of bounds included. A wrong offset loses the time, not
    the day.
    """
    try:
        moment = datetime.datetime.fromisoformat(raw)
    except ValueError:
        return parse_iso(raw[:10]) if _BROKEN_TIME.fullmatch(raw) else None
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        return None
    if len(raw) <= 10:
        return ParsedDate(raw if raw[4:5] == "-" and raw[7:8] == "-" else moment.date().isoformat(), "day")
    return _moment(moment, seconds=_TO_THE_SECOND.match(raw, 8) is not None)


def _moment(moment: datetime.datetime, *, seconds: bool) -> ParsedDate | None:
    offset = moment.utcoffset()
    if offset is not None and (abs(offset) > _LARGEST_OFFSET or offset.seconds % 60):
        return ParsedDate(moment.date().isoformat(), "day")
    text = moment.replace(microsecond=0).isoformat(timespec="seconds" if seconds else "minutes")
    return ParsedDate(text, "second" if seconds else "minute", "none" if offset is None else "explicit")


def parse_digits(raw: str) -> ParsedDate | None:
    """Return `20250731`, `20250731102000`, `20250731T102000Z`, the day of `20250731;10200000` (OpenOffice), or epoch seconds (9 or 10
    digits) or milliseconds (12 or 13).
    """
    if raw.isdecimal() and len(raw) in (9, 10, 12, 13) and (found := _epoch(raw)):
        return found
    office = _OFFICE.fullmatch(raw)
    match = _COMPACT.fullmatch(office[1] if office else raw)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    text = f"{year}-{month}-{day}"
    if hour is not None:
        text += f"T{hour}:{minute}" + (f":{second}" if second else "") + (zone or "")
    return parse_iso(text)


def _epoch(raw: str) -> ParsedDate | None:
    seconds = int(raw) // (1000 if len(raw) >= 12 else 1)
    moment = _EPOCH + datetime.timedelta(seconds=seconds)
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        return None
    return ParsedDate(moment.isoformat() + "+00:00", "second", "explicit")


_URL_DAYS = (
    re.compile(r"(?:^|[/_.-])((?:19|20)\d\d)([/_.-])(\d{1,2})\2(\d{1,2})(?=$|[/_.?#-])", re.ASCII),
    re.compile(r"(?:^|[/_.-])t?((?:19|20)\d\d)[/-]?()(\d\d)/?(\d\d)(?=$|[/_.?#-])", re.ASCII),  # also "/2025-07/31/", "/t20250731_12.html"
    re.compile(r"(?:^|/)((?:19|20)\d\d)([/-])([a-z]{3,9})\2(\d{1,2})(?=$|[/_.?#-])", re.ASCII),
)
_URL_DAY_FIRST = re.compile(r"(?:^|[/_.-])(1[3-9]|2\d|3[01])([_.-])(0?[1-9]|1[0-2])\2((?:19|20)\d\d)(?=$|[/_.?#-])", re.ASCII)
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])(?=/)", re.ASCII)
_URL_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)  # most addresses have none
LONGEST_URL = 2000


def parse_url_date(url: str) -> ParsedDate | None:
    """Return the date that the path of a URL states: `/2025/07/31/`, `/2025-07-31-title`, `/20250731/`, `/2025/jul/31/`, or the month
    of `/2025/07/`.
    """
    path = url[:LONGEST_URL].lower().split("://", 1)[-1].partition("/")[2]
    path = "/" + path.partition("?")[0].partition("#")[0]
    if _URL_YEAR.search(path) is None:
        return None
    for pattern in _URL_DAYS:
        for match in pattern.finditer(path):
            month = match[3] if match[3].isdecimal() else str(_month(match[3]))
            found = parse_iso(f"{match[1]}-{month:0>2}-{match[4]:0>2}")
            if found is not None:
                return found
    day_first = _URL_DAY_FIRST.search(path)
    if day_first and (found := parse_iso(f"{day_first[4]}-{day_first[3]:0>2}-{day_first[1]}")):
        return found
    month_match = _URL_MONTH.search(path)
    if month_match and EARLIEST_YEAR <= int(month_match[1]) <= LATEST_YEAR:
        return ParsedDate(f"{month_match[1]}-{month_match[2]}", "month")
    return None


def _month(name: str) -> int:
    from normalise.date.words import words

    word = words().names.get(name)
    return next(iter(word.months)) if word is not None and len(word.months) == 1 else 0
