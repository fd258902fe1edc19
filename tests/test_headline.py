"""Headlines: the rows of cases/headline.json, and what holds of any input."""

import json
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalise.headline import MAX_HEADLINE, clean_headline, headline_key, is_generic

ROWS = json.loads((Path(__file__).parent / "cases" / "headline.json").read_text("utf-8"))
DATA = Path(__file__).parent.parent / "normalise" / "data" / "headline"
PIECES = st.sampled_from(
    "| - – — · » « : :: _ / Home News Daily Planet Council approves bridge <b> </b> &amp; 桥梁 新华网 ： ? ! …".split()
)
LINES = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["raw"][:40])
def test_rows(row):
    context = {key: row[key] for key in ("site_name", "sections", "others") if key in row}
    assert clean_headline(row["raw"], **context) == row["headline"]


def test_rows_are_many_and_of_both_kinds():
    assert len(ROWS) > 250
    assert sum(row["raw"] == row["headline"] for row in ROWS) > 80


@settings(max_examples=300)
@given(LINES, st.sampled_from([None, "Daily Planet", "新华网", ""]), st.lists(LINES, max_size=3), st.lists(LINES, max_size=3))
def test_any_text_gives_a_valid_headline_or_none(text, site, sections, others):
    headline = clean_headline(text, site_name=site, sections=sections, others=others)
    if headline is not None:
        assert headline == headline.strip() and 0 < len(headline) <= MAX_HEADLINE
        assert any(c.isalnum() for c in headline) and not is_generic(headline)
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co") for c in headline)


@settings(max_examples=300)
@given(LINES, st.sampled_from([None, "Daily Planet", "新华网"]), st.lists(LINES, max_size=3), st.lists(LINES, max_size=3))
def test_a_clean_headline_stays(text, site, sections, others):
    headline = clean_headline(text, site_name=site, sections=sections, others=others)
    if headline is not None and "&" not in headline and "<" not in headline:
        assert clean_headline(headline, site_name=site, sections=sections, others=others) == headline


@pytest.mark.parametrize("raw", ["| " * 500_000, " " * 1_000_000, "<a " * 3_000, "a - " * 2_400, ": " * 4_000, ":::::::A:|0:::|0"])
def test_hostile_text_is_no_headline(raw):
    assert clean_headline(raw) is None


def test_key_ignores_case_punctuation_and_width():
    assert headline_key("“Rates rise” – again!") == headline_key('"rates RISE" - again') == "ratesriseagain"
    assert headline_key("ＡＢＣ　桥") == "abc桥"
    assert headline_key("…") == ""


@pytest.mark.parametrize("path", sorted(DATA.glob("*.toml")), ids=lambda path: path.stem)
def test_word_data(path):
    table = tomllib.loads(path.read_text("utf-8"))
    assert set(table) == {"generic"}
    assert table["generic"] == sorted(set(table["generic"]))
    assert all(phrase == phrase.strip().lower() == unicodedata.normalize("NFC", phrase) for phrase in table["generic"])
