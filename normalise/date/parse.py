"""The public calls: one date from a string that is a date, every date of a text, the year of a date without one."""

import datetime
import re

from normalise.date.fold import fold
from normalise.date.line import Line
from normalise.date.machine import parse_digits, parse_iso
from normalise.date.read import Dated, dates_of
from normalise.date.roles import may_have_roles, role_of
from normalise.date.tokens import LONGEST_TEXT
from normalise.date.types import EARLIEST_YEAR, LATEST_YEAR, FoundDate, Order, ParsedDate, PartialDate
from normalise.date.words import words

LONGEST_DATE = 200  # characters of a string that is one date with its words
_DATE_USES = ("link", "on", "before_time", "after_time", "ordinal", "am", "pm", "noon", "night", "month_words")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)", re.ASCII)
_DIGIT = re.compile(r"[\d〇一二三四五六七八九十]")
_COARSE = re.compile(r"(?:(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2}))?|(?P<m2>\d{1,2})[-/.](?P<y2>\d{4}))\.?", re.ASCII)


def parse_date(
    raw: str, *, language: str | None = None, order: Order | None = None, reference: datetime.date | None = None
) -> ParsedDate | None:
    """Return the date that the whole string states, `None` where it states none, several, or an ambiguous one.

    `language` is a BCP 47 tag; it tells month names apart and, with its region, the order of day and month where nothing better does.
    `order` is the order proven by the page's other dates. `reference`, the day on which the page was read, resolves "yesterday" and
    bounds the future.
    Words around a date ("Published:", "Uhr") are allowed, unknown words are not.
    """
    text = raw.strip() if len(raw) <= LONGEST_DATE else raw[: LONGEST_DATE + 1].strip()
    if not text or len(text) > LONGEST_DATE:
        return None
    found = _parse(text, language, order)
    if found is None and reference is not None:
        found = _relative(text, reference)
    if found is not None and reference is not None and found.iso[:10] > (reference + datetime.timedelta(days=2)).isoformat():
        return None
    return found


def _parse(text: str, language: str | None, order: Order | None) -> ParsedDate | None:
    if text[4:5] == "-" and text[:4].isdecimal() and (found := parse_iso(text)):
        return found
    if text[:4].isdecimal() and text[4:8].isdecimal() and (found := parse_digits(text)):
        return found
    coarse = _COARSE.fullmatch(text)
    if coarse:
        return _coarse(coarse)
    line = Line(text, language, order)
    dates = dates_of(line)
    if not dates or any(dated.date != dates[0].date for dated in dates) or not _all_known(line, dates):
        return None
    return dates[0].date


def _coarse(match: re.Match[str]) -> ParsedDate | None:
    year, month = match["y"] or match["y2"], match["m"] or match["m2"]
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR or (month and not 1 <= int(month) <= 12):
        return None
    return ParsedDate(f"{year}-{int(month):02d}", "month") if month else ParsedDate(year, "year")


def _all_known(line: Line, dates: list[Dated]) -> bool:
    """Tell whether the rest of the line is marks, words of dates, and a trailing remark in brackets."""
    inside = [False] * len(line.tokens)
    for dated in dates:
        inside[dated.start : dated.end] = [True] * (dated.end - dated.start)
    phrase_words = words().phrase_words
    for i, token in enumerate(line.tokens):
        if inside[i] or token.kind == "mark":
            if not inside[i] and token.text in "([" and i >= dates[-1].end:
                return True
            continue
        known = line.has_use(i, _DATE_USES) or line.weekday(i) is not None or token.text in phrase_words
        if token.kind == "number" or not known:
            return False
    return True


def parse_partial(raw: str, *, language: str | None = None) -> PartialDate | None:
    """Return the day and month of a string that is a date without a year ("Thursday, July 31"), `None` for anything else."""
    text = raw.strip() if len(raw) <= LONGEST_DATE else ""
    if not text:
        return None
    line = Line(text, language)
    dates = dates_of(line)
    return dates[0].partial if len(dates) == 1 and _all_known(line, dates) else None


def infer_year(partial: PartialDate, body: str) -> ParsedDate | None:
    """Return the date in the earliest year, not before the latest that the body names, in which that day is that weekday; `None` where
    nothing decides.
    """
    years = [year for match in _YEAR.finditer(body) if EARLIEST_YEAR <= (year := int(match[1])) <= LATEST_YEAR]
    if partial.weekday is None or not years:
        return None
    for year in range(max(years), LATEST_YEAR + 1):
        try:
            day = datetime.date(year, partial.month, partial.day)
        except ValueError:
            continue
        if day.weekday() == partial.weekday:
            return ParsedDate(day.isoformat(), "day", inferred=("year",))
    return None


def date_of_day(iso: str) -> datetime.date | None:
    """Return the day of an ISO 8601 date, `None` where it is less precise than a day or no date."""
    try:
        return datetime.date.fromisoformat(iso[:10]) if len(iso) >= 10 else None
    except ValueError:
        return None


def _relative(text: str, reference: datetime.date) -> ParsedDate | None:
    """Read "yesterday" and "3 days ago". Hours and minutes need a `datetime`; of months and years only the month and the year are
    certain.
    """
    folded = re.sub(r"\s+", " ", fold(text)).strip(" .:,")
    word = words().names.get(folded)
    if word is not None and word.uses & {"today", "yesterday"}:
        return _relative_day(reference, 0 if "today" in word.uses else 1)
    number = re.search(r"\d{1,3}", folded)
    unit = words().ago.get(folded[: number.start()] + "{0}" + folded[number.end() :]) if number else None
    if number is None or unit is None:
        return None
    count = int(number[0])
    if unit == "day":
        return _relative_day(reference, count)
    if unit in ("month", "year"):
        months = reference.year * 12 + reference.month - 1 - count * (12 if unit == "year" else 1)
        iso = f"{months // 12}-{months % 12 + 1:02d}" if unit == "month" else str(months // 12)
        return ParsedDate(iso, "month" if unit == "month" else "year", inferred=("relative",))
    if isinstance(reference, datetime.datetime):
        earlier = reference - datetime.timedelta(**{unit + "s": count})
        return ParsedDate(earlier.date().isoformat(), "day", inferred=("relative",))
    return None


def _relative_day(reference: datetime.date, days: int) -> ParsedDate:
    day = reference - datetime.timedelta(days=days)
    return ParsedDate(f"{day:%Y-%m-%d}", "day", inferred=("relative",))


def find_dates(text: str, *, language: str | None = None, order: Order | None = None) -> list[FoundDate]:
    """Return the dates inside a longer text, in order, each with the role that the words beside it give. Linear in the text, of which
    2,000 characters are read.
    """
    if _DIGIT.search(text, 0, LONGEST_TEXT) is None:
        return []
    line = Line(text, language, order)
    dates = dates_of(line)
    told = bool(dates) and may_have_roles(line.tokens)
    found: list[FoundDate] = []
    behind = 0
    for dated in dates:
        start, end = line.at(dated.start).start, line.at(dated.end - 1).end
        role, behind = role_of(line, dated, behind) if told else (None, dated.end)
        date = dated.date
        if date is None and dated.partial is not None and role == "modified" and found and found[-1].date is not None:
            date = _year_not_before(dated.partial, found[-1].date)
        found.append(FoundDate(start, end, text[start:end], date, dated.partial, role))
    return found


def _year_not_before(partial: PartialDate, published: ParsedDate) -> ParsedDate | None:
    """Return the first such day from the published one on: "Published 3 July 2024 | Updated 4 July"."""
    first = date_of_day(published.iso)
    if first is None:
        return None
    for year in (first.year, first.year + 1):
        try:
            day = datetime.date(year, partial.month, partial.day)
        except ValueError:
            continue
        if day >= first:
            return ParsedDate(day.isoformat(), "day", inferred=("year",))
    return None
