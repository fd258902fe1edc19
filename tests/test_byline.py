"""Bylines: the rows of cases/byline.json, what holds of any input, and the word data."""

import json
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from normalise.article import Author
from normalise.byline import (
    MAX_AUTHORS,
    MAX_NAME,
    copyright_holder,
    given_name,
    heads_mail,
    is_byline_alone,
    is_signature,
    may_be_names,
    name_key,
    opens_byline,
    parse_byline,
    reporter_of,
)
from normalise.byline.words import Words, words

CASES = Path(__file__).parent / "cases"
ROWS = json.loads((CASES / "byline.json").read_text("utf-8"))
DATA = Path(__file__).parent.parent / "normalise" / "data" / "byline"
PIECES = st.sampled_from(
    "by By von and & , ; | / - • Jane Doe Dr. Jr. PhD REUTERS dpa Editor Senior Staff Writer admin Redaktion Photo: Fotos: July 3, "
    "2020 5 min read Updated @jane jane@example.com https://example.com <b> </b> &amp; 文/张三 记者 기자 de la ( ) . : 。 And".split()
)
LINES = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["raw"][:40])
def test_rows(row):
    byline = parse_byline(row["raw"], site_name=row.get("site_name"), language=row.get("language"))
    found = None if byline is None else [{"name": a.name, "role": a.role, "kind": a.kind} for a in byline.authors]
    assert found == row["authors"]
    if "byline" in row:
        assert byline is not None and byline.byline == row["byline"]


def test_rows_are_many_and_of_both_kinds():
    assert len(ROWS) > 300
    assert sum(row["authors"] is None for row in ROWS) > 40
    assert len({row["raw"] + str(row.get("language")) + str(row.get("site_name")) for row in ROWS}) == len(ROWS)


def test_the_head_of_an_archived_mail_is_told_from_prose():
    assert heads_mail("Jane Doe jane at example.org\nMon Nov 3 14:22:10 UTC 2025")
    assert not heads_mail("Jane Doe spoke at example.org in the year of the storm")
    assert not heads_mail("We met on Nov 3, 2025 at the harbour")


@settings(max_examples=300)
@given(LINES, st.sampled_from([None, "en", "de", "fr", "es", "zh", "ja", "ko", "ru", "tr", "xx", ""]))
@example("By By By", None)
@example("Jane Doe" + " and Jane Doe" * 60, "en")
def test_any_text_gives_a_valid_byline_or_none(text, language):
    byline = parse_byline(text, language=language)
    if byline is None:
        return
    assert byline.byline == byline.byline.strip() and byline.authors
    assert len(byline.authors) <= MAX_AUTHORS
    for author in byline.authors:
        assert author.name and len(author.name) <= MAX_NAME and any(c.isalpha() for c in author.name)
        for text in (author.name, author.role or ""):
            assert "<" not in text and "://" not in text and "@" not in text
            assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co") for c in text)


@settings(max_examples=300)
@given(LINES, st.sampled_from([None, "en", "de", "es", "zh", "ko"]))
def test_a_byline_as_printed_parses_to_itself(text, language):
    byline = parse_byline(text, language=language)
    if byline is not None:
        assert parse_byline(byline.byline, language=language) == byline


@pytest.mark.parametrize(
    "raw", ["," * 1_000_000, " " * 1_000_000, "(" * 9_000, "<a " * 3_000, "A, " * 3_000, "by " * 3_000, "Jane Doe, " * 10_000]
)
def test_hostile_text_names_nobody(raw):
    assert parse_byline(raw) is None


def test_twenty_names_at_most():
    names = [f"Jane{chr(97 + at)} Doe{chr(97 + at)}" for at in range(26)]
    byline = parse_byline("By " + ", ".join(names))
    assert byline is not None and [author.name for author in byline.authors] == names[:20]


def test_opening_of_a_byline():
    assert opens_byline("By Jane Doe") == "full"
    assert opens_byline("Posted on July 3, 2020 by Jane Doe") == "full"
    assert opens_byline("Written by") == "bare"
    assert opens_byline("Author:") == "bare"
    assert opens_byline("Jane Doe") is None
    assert opens_byline("Bystanders saw it") is None
    assert opens_byline("") is None
    assert opens_byline("ByJane Doe") == "full"
    assert opens_byline("Bypass Road") is None
    assert opens_byline("(责编：张三)", "zh") == "full"
    assert opens_byline("Last updated March 3, 2025 by Jane Doe", "en") == "full"
    assert opens_byline("Last updated March 3, 2025", "en") is None


@pytest.mark.parametrize(
    "text", ["Jane Doe", "Jane Doe in Harbours", "Dec 26, 2025 • Jane Doe in Project Management", "jdoe 17.10.2019, 13:56 Uhr"]
)
def test_lines_that_may_be_names(text):
    assert may_be_names(text)


@pytest.mark.parametrize(
    "text", ["Skip Navigation", "Top 10 Ideas", "17.10.2019", "Read more", "› Jane", "Jane met him.", "the Jane Doe", "News 2020"]
)
def test_lines_that_are_no_names(text):
    assert not may_be_names(text)


@pytest.mark.parametrize("row", json.loads((CASES / "byline_alone.json").read_text("utf-8")), ids=lambda row: row["text"])
def test_lines_that_are_nothing_but_a_byline(row):
    byline = parse_byline(row["text"], language=row["language"])
    assert (byline is not None and is_byline_alone(row["text"], byline.authors, row["language"])) is row["alone"]


@pytest.mark.parametrize(
    "text", ["Mona Lind talks about boats", "Mona Lind, who talks about boats", "A boat for Mona Lind", "Mona Lind: a boat"]
)
def test_prose_about_a_known_author_is_no_byline(text):
    assert not is_byline_alone(text, [Author(name="Mona Lind")], "en")


def test_one_person_has_one_key():
    assert name_key("Dr. Ana Pérez, PhD") == name_key("ANA PEREZ") == "anaperez"
    assert name_key("Ana Pérez") != name_key("Ana Peres")
    assert name_key("Dr.") == "dr" and name_key("") == ""


def test_first_names():
    assert given_name("Jane Doe") == given_name("Dr. Jean-Luc Roe") == "known"
    assert given_name("Skip Navigation") == "unknown"
    assert given_name("张三") == given_name("") == "other"


@pytest.mark.parametrize(
    "text, language, byline",
    [
        ("(서울=연합뉴스) 김민수 기자 = 시의회는 월요일", "ko", "김민수 기자"),
        ("[한강일보=이영희 기자] 시의회는 월요일", "ko", "이영희 기자"),
        ("（記者王小明／台北報導）市議會週一", "zh-TW", "記者王小明"),
        ("（中央社記者陳大文台北4日電）市議會週一", "zh-TW", "記者陳大文"),
        ("新华社北京3月4日电（记者王小明、李强）市议会周一", "zh", "记者王小明、李强"),
        ("【ロンドン＝山田太郎】町議会は月曜日", "ja", "山田太郎"),
        ("（圖／記者王小明攝）市議會週一", "zh-TW", None),
        ("【記者林美玲高雄報導】市議會週一", "zh-TW", "記者林美玲"),
        ("（记者会实录）市议会周一", "zh", None),
        ("【独自】町議会は月曜日", "ja", None),
        ("记者李强从市政府获悉", "zh", None),
        ("(Reuters) The council met", "en", None),
    ],
)
def test_reporters_in_the_dateline_of_a_paragraph(text, language, byline):
    assert reporter_of(text, language) == byline


@pytest.mark.parametrize(
    "text, signed",
    [
        ("김민수 기자 kim@planet.example", True),
        ("김민수기자 kim@planet.example", True),
        ("관련기사", False),
        ("기자 김민수입니다", False),
        ("Jane Doe", False),
    ],
)
def test_lines_that_a_reporter_signs(text, signed):
    assert is_signature(text, "ko") is signed


@pytest.mark.parametrize(
    "text, name",
    [
        ("© 2025 Jane Doe. All rights reserved.", "Jane Doe"),
        ("Copyright (c) 2012- Jane Doe. Design by Planet Themes", "Jane Doe"),
        ("(c) Jane Doe • Imprint", "Jane Doe"),
        ("All rights reserved", None),
        ("© 2025", None),
        ("", None),
    ],
)
def test_copyright_holder(text, name):
    assert copyright_holder(text) == name


@settings(max_examples=200)
@given(LINES)
def test_any_text_has_keys_and_holders(text):
    assert name_key(text) == name_key(text.upper()) or not text.isascii()
    assert given_name(text) in ("known", "unknown", "other")
    holder = copyright_holder(text)
    assert holder is None or holder.strip()
    assert not text.strip() or isinstance(may_be_names(text), bool)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.toml")), ids=lambda path: path.stem)
def test_word_data(path):
    table = tomllib.loads(path.read_text("utf-8"))
    assert set(table) <= set(Words._fields) | {"glued_prefixes", "glued_suffixes"}
    for key, entries in table.items():
        assert entries == sorted(set(entries)), key
        for entry in entries:
            assert entry == entry.strip() == unicodedata.normalize("NFC", entry), key
            assert entry == entry.casefold() or "glued" in key or entry == entry.lower(), (key, entry)


def test_thirty_languages():
    assert len(list(DATA.glob("*.toml"))) >= 30
    assert "by" in words("en").prefixes and "von" in words("de").prefixes
