"""Dates: rows of what is read and of what must not be touched, CLDR's own formats, and properties."""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from normalise import lexicon
from normalise.date import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    PartialDate,
    date_of_day,
    find_dates,
    infer_year,
    order_of_language,
    order_of_texts,
    parse_date,
    parse_partial,
    parse_url_date,
    role_of_label,
    speaks_of_page,
    states_day,
)
from normalise.date.calendars import persian_to_gregorian
from normalise.date.fold import fold
from normalise.date.words import words

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "date.json").read_text("utf-8"))
ISO = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?)?)?")


@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row['raw'][:40]}|{row.get('language')}")
def test_case(row: dict[str, Any]) -> None:
    reference = datetime.date.fromisoformat(row["reference"]) if "reference" in row else None
    found = parse_date(row["raw"], language=row.get("language"), order=row.get("order"), reference=reference)
    assert (found.iso if found else None) == row["iso"]
    assert list(found.inferred if found else ()) == row.get("inferred", [])


def test_rows_are_many_and_each_once() -> None:
    keys = [(row["raw"], row.get("language"), row.get("order"), row.get("reference")) for row in CASES]
    assert len(keys) == len(set(keys)) > 500
    assert len({row.get("language") for row in CASES}) > 50


# Languages with a format of CLDR that is not read: case endings on numbers, months in figures or of two letters.
UNREAD = {"br", "ckb", "gd", "ku", "mn", "my", "ps", "rm", "yo"}


@pytest.mark.parametrize("width", ["full", "long", "medium"])
@pytest.mark.parametrize("language", sorted(set(lexicon.languages("calendar")) - UNREAD))
def test_cldr_formats(language: str, width: str) -> None:
    dates = pytest.importorskip("babel.dates", reason="Babel formats the dates that this test reads back")
    for month in range(1, 13):
        day = datetime.date(2024, month, 28 if month % 2 else 9)
        text = dates.format_date(day, width, locale=language)
        found = parse_date(text, language=language)
        assert found is not None and found.iso == day.isoformat(), text


def test_precision_and_zone() -> None:
    rows = {
        "2025": ("year", "none"),
        "July 2025": ("month", "none"),
        "July 31, 2025": ("day", "none"),
        "July 31, 2025 10:20": ("minute", "none"),
        "2025-07-31T10:20:05": ("second", "none"),
        "2025-07-31T10:20Z": ("minute", "explicit"),
        "July 31, 2025 10:20 EDT": ("minute", "explicit"),
    }
    for raw, expected in rows.items():
        found = parse_date(raw)
        assert found is not None and (found.precision, found.zone) == expected, raw


def test_partial_and_year() -> None:
    seed = parse_partial("Thursday, July 31")
    assert seed == PartialDate(7, 31, 3)
    found = infer_year(seed, "The war began in early 2022, and 20 firms of 1,995 were named in 1999.")
    assert found is not None and (found.iso, found.inferred) == ("2025-07-31", ("year",))
    assert infer_year(seed, "No year is named here.") is None
    assert infer_year(PartialDate(7, 31), "In 2022 it began.") is None, "without a weekday nothing decides"
    leap = infer_year(PartialDate(2, 29, 3), "in 2021")
    assert leap is not None and leap.iso == "2024-02-29"
    assert parse_partial("7月31日(木)") == PartialDate(7, 31, 3)
    for raw in ("July 31, 2025", "July", "10:20", "31", "The party on July 31", ""):
        assert parse_partial(raw) is None, raw
    for raw in ("1 day ago", "4.5 out of 5", "iPhone 16 Pro", "Set 9", "1 fan"):  # months of other languages
        assert all(found.partial is None for found in find_dates(raw, language="en")), raw
    assert parse_partial("16 ago", language="es") == parse_partial("16 Ago") == PartialDate(8, 16)
    assert [found.date for found in find_dates("16 ago 2024", language="en")] == [parse_date("2024-08-16")]


FOUND: list[tuple[str, list[tuple[str | None, str | None]]]] = [
    ("Published 3 July 2024 | Updated 4 July", [("2024-07-03", "published"), ("2024-07-04", "modified")]),
    ("Published December 30, 2024. Updated January 2", [("2024-12-30", "published"), ("2025-01-02", "modified")]),
    ("By James Carter Published: July 3, 2024; Last updated: July 5, 2024", [("2024-07-03", "published"), ("2024-07-05", "modified")]),
    (
        "PUBLISHED: November 8, 2023 at 11:30 p.m. | UPDATED: November 9, 2023 at 12:21 a.m.",
        [("2023-11-08T23:30", "published"), ("2023-11-09T00:21", "modified")],
    ),
    ("Von Anna Muster, 03.07.2024, 10:20 Uhr, aktualisiert am 05.07.2024", [("2024-07-03T10:20", None), ("2024-07-05", "modified")]),
    ("Publié le 3 juillet 2024 à 10h20 - Mis à jour le 4 juillet 2024", [("2024-07-03T10:20", "published"), ("2024-07-04", "modified")]),
    ("2024年7月3日 公開 2024年7月5日 更新", [("2024-07-03", "published"), ("2024-07-05", "modified")]),
    ("입력 2024.07.03 10:20 수정 2024.07.05 11:30", [("2024-07-03T10:20", "published"), ("2024-07-05T11:30", "modified")]),
    ("Member since 3 July 2014", [("2014-07-03", "other")]),
    ("News | 3 July 2024 | 5 min read", [("2024-07-03", None)]),
    ("28. Juni 201914. Januar 2020 | Ann Roe", [("2019-06-28", None), ("2020-01-14", None)]),
    ("Veröffentlicht am 19. Dezember 20229. Dezember 2023 von Ann", [("2022-12-19", "published"), ("2023-12-09", None)]),
    ("20 janvier 202020 janvier 2020évaluation", [("2020-01-20", None), ("2020-01-20", None)]),
    ("order 202514 of 5 May 2024", [("2024-05-05", None)]),
    ("31 يوليو 2025 - 6 صفر 1447 هـ", [("2025-07-31", None)]),
    ("Dieser Artikel wurde am 3. Juli 2024 um 10:20 von Anna geschrieben und abgelegt", [("2024-07-03T10:20", "published")]),
    ("Diese Seite wurde zuletzt am 3. Juli 2024 geändert.", [("2024-07-03", "modified")]),
    ("Erstellt am09.12.2022", [("2022-12-09", "published")]),
    ("ByJane RoeMar 5, 2025 | 6 comments", [("2025-03-05", None)]),
    ("Written by Ann MarchUpdatedJanuary 25, 2026", [("2026-01-25", "modified")]),
    ("Mar 27, 20255 mins", [("2025-03-27", None)]),
    ("Kultur, 22.1.22", [("2022-01-22", None)]),
    ("The Budget-Update with Ann Roe - 18 March 2020", [("2020-03-18", None)]),
    ("Stand: 19.10.2019, 11:05 Uhr", [("2019-10-19T11:05", None)]),
    ("22.1.22 Scope of the rule", []),
    ("Release 22.1.22", []),
    ("JaneRoe MacMaya iPhone 5, 2025", []),
    ("Call 0800 123 4567 or 202-555-0123, version 1.2.3, ISBN 978-3-16-148410-0, 3-2 win, $1,234.56", []),
    ("Article 12.3.2024.1 of the act", []),
    ("The price rose by 12.5 in 2024 and 10.2 in 2025", []),
    ("From 3-5 July 2025 in Berlin", []),
]


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[row[0][:40] for row in FOUND])
def test_dates_inside_text(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    found = find_dates(text)
    assert [(one.date.iso if one.date else None, one.role) for one in found if one.date] == expected
    assert all(text[one.start : one.end] == one.raw for one in found)


@pytest.mark.parametrize(
    ("url", "iso"),
    [
        ("https://example.com/2025/07/31/title", "2025-07-31"),
        ("https://example.com/2025/7/31/title", "2025-07-31"),
        ("https://example.com/news/2025-07-31-title", "2025-07-31"),
        ("https://example.cn/2025-07/31/content_12.htm", "2025-07-31"),
        ("https://example.cn/202507/t20250731_1234.html", "2025-07-31"),
        ("https://example.va/news/2025-07/title.html", "2025-07"),
        ("https://example.com/news/title-2025-07-31", "2025-07-31"),
        ("https://example.com/20250731/title.html", "2025-07-31"),
        ("https://example.com/2025/0731/c1-2.html", "2025-07-31"),
        ("https://example.com/2025/jul/31/title", "2025-07-31"),
        ("https://example.com/2025/07/title", "2025-07"),
        ("https://example.com/news/31-07-2025", "2025-07-31"),
        ("https://example.com/news/07-08-2025", None),
        ("https://example.com/article/12345678", None),
        ("https://example.com/2025/13/45/title", None),
        ("https://example.com/?date=2025-07-31", None),
        ("https://2025-07-31.example.com/", None),
        ("https://example.com/p/1234567890123", None),
        ("", None),
    ],
)
def test_url(url: str, iso: str | None) -> None:
    found = parse_url_date(url)
    assert (found.iso if found else None) == iso


def test_lines_that_only_say_what_the_next_date_is() -> None:
    labels = (
        "Published",
        "Last updated on:",
        "Veröffentlicht am",
        "公開日",
        "Member since",
        "Publisher",
        "Published by Ann Roe",
        "Published 2024",
        "",
    )
    assert [role_of_label(text) for text in labels] == ["published", "modified", "published", "published", "other", None, None, None, None]


def test_sentences_about_their_own_page() -> None:
    assert speaks_of_page("This entry was posted in News and tagged trees on 3 July 2024 by Ann.")
    assert speaks_of_page("Dieser Beitrag wurde am 3. Juli 2024 von Anna gepostet.")
    assert not speaks_of_page("The entry was posted on the door of the church.")


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("July 3, 2024", True),
        ("By Ann Roe | 3 July 2024, 10:20 | 5 min read", True),
        ("3.7.2024", True),
        ("2024-07-03 10:20", True),
        ("7/3/2024", True),
        ("2024年7月3日", True),
        ("3 июля 2024", True),
        ("July 4, 2024", False),
        ("2 July 2024 | 3 comments", False),
        ("July 3, 2024 | Updated July 5, 2024", False),
        ("July 2024", False),
        ("July 3", False),
        ("3 June 2024", False),
        ("", False),
    ],
)
def test_a_glance_at_a_known_day(text: str, stated: bool) -> None:
    assert states_day(text, "2024-07-03") is stated


def test_order() -> None:
    assert [order_of_language(tag) for tag in ("en-US", "en-GB", "en_AU", "de", "fr-CA", "en", "xx", None, "ja")] == [
        "mdy",
        "dmy",
        "dmy",
        "dmy",
        "ymd",
        None,
        None,
        None,
        "ymd",
    ]
    assert order_of_texts(["07/08/2025", "12/31/2024"]) == "mdy"
    assert order_of_texts(["31.12.2024", "07.08.2025"]) == "dmy"
    assert order_of_texts(["31/12/2024", "12/31/2024"]) is None
    assert order_of_texts(["07/08/2025", "1.2.3.2024", "31-12-20245"]) is None


def test_day_of_iso() -> None:
    assert date_of_day("2025-07-31T10:20:00+03:00") == datetime.date(2025, 7, 31)
    assert date_of_day("2025-07") is None and date_of_day("") is None and date_of_day("yyyy-mm-dd") is None


def test_persian_calendar_is_whole() -> None:
    day = persian_to_gregorian(1370, 1, 1)
    assert day == datetime.date(1991, 3, 21)
    for year in range(1370, 1415):
        for month in range(1, 13):
            for number in range(1, 32):
                found = persian_to_gregorian(year, month, number)
                if found is not None:
                    assert found == day
                    day += datetime.timedelta(days=1)


def test_data_is_folded_and_complete() -> None:
    for language, table in lexicon.languages("calendar").items():
        for row in (*table["months"], *table["weekdays"]):
            assert all(fold(word) == word for word in row), language
        assert len(table["months"]) == 12 and len(table["weekdays"]) == 7 and sorted(table["order"]) == ["d", "m", "y"]
    ambiguous = {name: word.months for name, word in words().names.items() if len(word.months) > 1}
    assert all(len(set.intersection(*months.values())) == 0 for months in ambiguous.values()), "one language means two months by one word"


texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from([row["raw"] for row in CASES]),
    st.builds(
        "{} {} {}".format,
        st.sampled_from([row["raw"] for row in CASES]),
        st.text(max_size=8),
        st.sampled_from([row["raw"] for row in CASES]),
    ),
    st.text(alphabet="0123456789 .:/-+TZapm年月日JulyMay,午後", max_size=40),
)


@settings(max_examples=400)
@given(texts, st.sampled_from([None, "en", "en-US", "de", "fa", "th", "zh-TW", "xx", "", "-", "sr_Latn"]))
@example("٣١-٣١-٢٠٢٥", None)
@example("2025年年月日", "ja")
@example("1" * 300, None)
@example("31 July 2025 " + "(" * 150, None)
def test_never_raises_and_gives_valid_dates_that_read_as_themselves(text: str, language: str | None) -> None:
    found = parse_date(text, language=language)
    if found is not None:
        assert ISO.fullmatch(found.iso) and EARLIEST_YEAR <= int(found.iso[:4]) <= LATEST_YEAR
        if len(found.iso) >= 10:
            datetime.datetime.fromisoformat(found.iso)
        again = parse_date(found.iso)
        assert again is not None and (again.iso, again.precision, again.zone) == (found.iso, found.precision, found.zone)
    for one in find_dates(text, language=language):
        assert text[one.start : one.end] == one.raw
    partial = parse_partial(text, language=language)
    if partial is not None:
        infer_year(partial, text)
    parse_url_date(text)
    order_of_texts([text])
    assert role_of_label(text) in ("published", "modified", "other", None)
    assert speaks_of_page(text) in (True, False) and states_day(text, "2024-07-03") in (True, False)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("bait", ["1/", "31.", "July ", "2025-", "年", "月1", "thứ ", "a.", "-", "1 2 ", "am ", "٣", "20:", "'", "x-"])
def test_long_input_is_cut(bait: str) -> None:
    text = bait * 200_000
    assert parse_date(text) is None
    assert all(one.end <= 2100 for one in find_dates(text))
    assert parse_url_date("https://example.com/" + text) is None
