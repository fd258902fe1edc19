"""What date reading takes and gives."""

from typing import Literal, NamedTuple

Precision = Literal["year", "month", "day", "minute", "second"]
Order = Literal["dmy", "mdy", "ymd"]
Role = Literal["published", "modified", "other"]

# Bounds of a believable page date. The web began in 1990; the upper year is fixed because no clock is read, so that equal input gives
# equal output.
EARLIEST_YEAR = 1990
LATEST_YEAR = 2039


class ParsedDate(NamedTuple):
    """A date as ISO 8601 at the precision that was printed: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM[:SS][±HH:MM]`.

    `zone` is "explicit" where the offset was printed. `inferred` names what was not: "order" (of day and month), "century", "era",
    "year", "relative", "updated" (the day is the last update's).
    """

    iso: str
    precision: Precision
    zone: Literal["explicit", "none"] = "none"
    inferred: tuple[str, ...] = ()


class PartialDate(NamedTuple):
    """A day and month printed without a year; `weekday` counts from Monday, 0 to 6."""

    month: int
    day: int
    weekday: int | None = None


class FoundDate(NamedTuple):
    """A date inside a longer text, at `text[start:end]`: `date` is `None` where it has no year or no certain order, `partial` is set
    where it has no year.
    """

    start: int
    end: int
    raw: str
    date: ParsedDate | None
    partial: PartialDate | None
    role: Role | None
