"""Whole pages and their whole records: each folder of tests/pages that holds a page."""

import json
from pathlib import Path

import pytest

import scraper
from tests.conftest import ROOT

PAGES = sorted(path for path in (ROOT / "tests/pages").glob("*/page.*"))


@pytest.mark.parametrize("path", PAGES, ids=[path.parent.name for path in PAGES])
def test_page(path: Path) -> None:
    expected = json.loads((path.parent / "expected.json").read_text())
    url = expected["sources"].get("url", "").removeprefix("copy:") or expected["url"]
    assert scraper.clean(path.read_bytes(), url=url).to_dict() == expected
