"""Pages that stand in an article's place, and articles that only speak of such."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.page_status import page_status

ROWS = json.loads(Path(__file__).with_name("cases").joinpath("page_status.json").read_text())
DATA = tomllib.loads((Path(__file__).parent.parent / "scraper/data/page_status.toml").read_text())


@pytest.mark.parametrize("row", ROWS, ids=[row["what"] for row in ROWS])
def test_row(row):
    blocks = list(row.get("blocks", []))
    if "block" in row:
        blocks.append(f"{'Readers have grown used to it. ' * 20}{row['block']}. {'Many turn away. ' * 10}")
    blocks += ["A headline of some other story"] * (row.get("filler", 0) // 30)
    found = page_status(blocks, title=row["title"], headings=row.get("headings", []), body=_body(row), markup=row.get("markup", ""))
    assert (found and found.status) == row["status"]
    if found:
        assert found.rule.startswith(f"{found.status}:") and found.evidence


def _body(row):
    """The texts kept: a row has them, or only how long they are."""
    return row["body"] if "body" in row else ["x" * row.get("kept", 0)]


@given(st.lists(st.text(max_size=50), max_size=10), st.none() | st.text(max_size=50), st.integers(0, 10_000), st.text(max_size=100))
def test_any_page_has_a_status_or_none(blocks, title, kept, markup):
    found = page_status(blocks, title=title, headings=blocks, body=["x" * kept], markup=markup)
    listed = {entry for lists in DATA.values() for entries in lists.values() for entry in entries}
    assert found is None or found.evidence in listed or found.evidence in blocks


def test_the_data_is_as_it_is_compared():
    for lists in DATA.values():
        assert list(lists) == ["titles", "phrases", "markup"]
        for entries in lists.values():
            assert entries == sorted(set(entries))
            assert all(
                entry == entry.lower().replace("’", "'") == " ".join(entry.split()) + " " * (entry != entry.rstrip()) for entry in entries
            )
        assert all(len(phrase) >= 4 for phrase in lists["phrases"])
