"""Dates: from what a page prints to ISO 8601 at the precision printed, or `None`.

text -> tokens (numbers, known words, marks) -> forms (day, month, year) -> read (weekday, time, zone, order) -> ParsedDate
"""

from normalise.date.glance import states_day
from normalise.date.machine import parse_url_date
from normalise.date.order import order_of_language, order_of_texts
from normalise.date.parse import date_of_day, find_dates, infer_year, parse_date, parse_partial
from normalise.date.roles import role_of_label, speaks_of_page
from normalise.date.types import EARLIEST_YEAR, LATEST_YEAR, FoundDate, Order, ParsedDate, PartialDate, Precision, Role
from normalise.date.words import may_label, may_name_month

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "FoundDate",
    "Order",
    "ParsedDate",
    "PartialDate",
    "Precision",
    "Role",
    "date_of_day",
    "find_dates",
    "infer_year",
    "may_label",
    "may_name_month",
    "order_of_language",
    "order_of_texts",
    "parse_date",
    "parse_partial",
    "parse_url_date",
    "role_of_label",
    "speaks_of_page",
    "states_day",
]
