"""Every hostile page gets the outcome it must have: first stage by stage, then as a whole."""

import json
from typing import Any

import pytest

import scraper
from normalise.text import clean_lines
from scraper.classify import Label
from scraper.document import parse_document
from scraper.errors import CODES, InputError
from scraper.fields.page import choose_page_fields
from scraper.metadata import read_metadata
from scraper.page import Page
from scraper.walk import segment
from tests.hostile import MARKS, Hostile, hostile_pages, is_clean

PAGES = hostile_pages()
NAMES = [page.name for page in PAGES]
URL = "https://www.courier.example/world/bridge"
FIELDS = ("headline", "byline", "description", "section", "site_name", "language", "canonical_url", "url", "date")


def test_names_are_unique() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_document_metadata_and_page_fields(page: Hostile) -> None:
    if page.outcome in CODES:
        with pytest.raises(InputError) as failure:
            parse_document(Page(body=page.body, url=URL))
        assert failure.value.code == page.outcome
        return
    document = parse_document(Page(body=page.body, url=URL))
    assert set(page.limits) <= set(document.limits)
    if document.tree is None:
        assert page.outcome in ("empty", "any")
        assert not document.text.strip("\ufeff \t\r\n") or page.outcome == "any"
        return
    segmentation = segment(document.tree)
    text = clean_lines("\n".join(block.text for block in segmentation.blocks))
    assert is_clean(text)
    if page.outcome == "article":
        assert [mark for mark in MARKS if mark not in text] == []
    if page.outcome == "empty":
        assert text == ""
    metadata = read_metadata(segmentation, url=URL)
    labels = [Label("body", "", "", 0) for _ in segmentation.blocks]
    for choice in choose_page_fields(segmentation, labels, metadata, url=URL, headline=None)[1:]:
        for value in _strings(choice.value):
            assert is_clean(value) and value.encode()
            assert not any(banned in value for banned in page.banned)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return value
    return [part for part in (value.url, value.alt, value.caption, value.credit) if part] if value is not None else []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_whole_record(page: Hostile) -> None:
    try:
        article = scraper.clean(page.body, url=URL)
    except InputError as failure:
        assert failure.code == page.outcome
        return
    assert page.outcome not in CODES
    data = article.to_json()
    record = json.loads(data)
    assert b"\xe2\x80\xa8" not in data, "a line separator breaks readers of JSON lines"
    if page.outcome == "empty":
        assert (record["body"], record["headline"], record["status"]) == ("", None, "empty")
    if page.outcome == "article":
        assert [mark for mark in MARKS if mark not in record["body"]] == []
        assert set(page.limits) <= set(record.get("limits", []))
    shown = [record["body"], *(record[name] or "" for name in FIELDS), *record["tags"], *(author["name"] for author in record["authors"])]
    for text in shown:
        assert is_clean(text)
        assert not any(banned in text for banned in page.banned)
    assert len(record["authors"]) <= 20
    assert all(len(author["name"]) <= 100 for author in record["authors"])
