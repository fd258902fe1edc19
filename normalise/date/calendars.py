"""Years and days of other calendars as Gregorian ones."""

import datetime

BUDDHIST_OFFSET = 543
MINGUO_OFFSET = 1911

# 1 Farvardin of a year AP is this many days after 1 January of year 1 less one; the leap rule is the 33-year cycle, exact for 1178 to 1633.
_PERSIAN_EPOCH = 226894
_PERSIAN_LEAPS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))


def persian_to_gregorian(year: int, month: int, day: int) -> datetime.date | None:
    """Return the Gregorian day of a Solar Hijri one, `None` where there is no such day. Years 1178 to 1633."""
    if not (1178 <= year <= 1633 and 1 <= month <= 12 and 1 <= day <= _persian_month_days(year, month)):
        return None
    cycles, rest = divmod(year - 1, 33)
    leaps = cycles * 8 + sum(1 for leap in _PERSIAN_LEAPS if leap <= rest)
    days = (year - 1) * 365 + leaps + (month - 1) * 30 + min(month - 1, 6) + day
    return datetime.date.fromordinal(_PERSIAN_EPOCH + days)


def _persian_month_days(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month <= 11 or year % 33 in _PERSIAN_LEAPS else 29
