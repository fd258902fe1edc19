"""Made-up pages in the manner of widely used templates: what must be found, what must stand in the body, and what must not.

Rows say less than the whole records of tests/pages, so that weights learnt anew need not change them. What a row does not name is not
settled.
"""

import json

import pytest

import scraper
from tests.conftest import ROOT

ROWS = json.loads((ROOT / "tests/cases/templates.json").read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["page"] for row in ROWS])
def test_template(row):
    article = scraper.clean((ROOT / "tests/templates" / f"{row['page']}.html").read_bytes(), url=row["url"])
    found = {
        "kind": article.kind,
        "status": article.status,
        "headline": article.headline,
        "authors": [author.name for author in article.authors],
        "date": article.date,
    }
    assert found == found | {name: value for name, value in row.items() if name in found}
    assert [text for text in row["has"] if text not in article.body] == []
    assert [text for text in row["lacks"] if text in article.body] == []


def test_every_template_has_a_row():
    assert sorted(path.stem for path in (ROOT / "tests/templates").glob("*.html")) == sorted(row["page"] for row in ROWS)
