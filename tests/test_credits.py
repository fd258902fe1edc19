"""Credits of pictures as lines of their own: which lines are one, which are prose, and where they stand in a record."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.classify import classify
from scraper.credits import ends_in_credit, is_credit_line
from scraper.structure import body_blocks
from scraper.structure.outline import Outline
from scraper.text import segment_text
from scraper.text.classify import classify_text
from scraper.walk import segment

ROWS = json.loads((Path(__file__).parent / "cases" / "credits.json").read_text(encoding="utf-8"))
PARAGRAPHS = (
    "The river rose above its banks on Tuesday night and forced hundreds of families to leave their homes, officials said. Emergency crews "
    "worked until dawn to reach the last villages.",
    '"We have not seen water like this in forty years," said the mayor, who asked residents to stay away from the bridges. They stay '
    "closed until the engineers have looked at them.",
)


@pytest.mark.parametrize("text", ROWS["credits"])
def test_credits(text: str) -> None:
    assert is_credit_line(text)
    assert is_credit_line(text, by_picture=True)


@pytest.mark.parametrize("text", ROWS["by_picture"])
def test_credits_beside_a_picture(text: str) -> None:
    assert is_credit_line(text, by_picture=True)
    assert not is_credit_line(text)


@pytest.mark.parametrize("text", ROWS["prose"])
def test_prose(text: str) -> None:
    assert not is_credit_line(text)
    assert not is_credit_line(text, by_picture=True)


@given(st.text(max_size=200), st.booleans())
def test_never_raises(text: str, by_picture: bool) -> None:
    assert is_credit_line(text, by_picture=by_picture) in (True, False)


@pytest.mark.parametrize("tag", ["h2", "li", "td", "dd"])
def test_what_a_heading_or_an_entry_says_stays(tag: str) -> None:
    outer = {"li": "ul", "td": "table><tr", "dd": "dl"}.get(tag, "div")
    page = segment(LexborHTMLParser(f"<p>{PARAGRAPHS[0]}</p><{outer}><{tag}>Photo: Jane Roe</{tag}></{outer}>"))
    assert [label.kind for label in classify(page, [900, 900])] == ["body", "body"]


def test_a_credit_between_paragraphs_is_a_caption() -> None:
    first, second = PARAGRAPHS
    page = segment(LexborHTMLParser(f"<p>{first}</p><p><img src=/pier.jpg></p><p>Foto: Jane Roe</p><p>{second}</p>"))
    labels = classify(page, [900, 900, 900])
    assert [label.kind for label in labels] == ["body", "caption", "body"]
    blocks = body_blocks(page, [label.kind == "body" for label in labels], Outline(page), url="https://example.org/")
    assert [(block.type, block.text) for block in blocks[1:3]] == [("image", ""), ("caption", "Foto: Jane Roe")]


def test_a_credit_in_text_is_a_caption() -> None:
    page = segment_text("\n\n".join(("Rain floods valley", PARAGRAPHS[0], "Foto: Jane Roe/dpa", PARAGRAPHS[1])))
    kinds = {block.text: label.kind for block, label in zip(page.blocks, classify_text(page), strict=True)}
    assert kinds["Foto: Jane Roe/dpa"] != "body"
    assert [kinds[text] for text in PARAGRAPHS] == ["body", "body"]


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("The old bridge in March, when it was closed (Photo: Jane Roe)", True),
        ("The old bridge in March, when it was closed. Photograph by Jane Roe/Reuters", True),
        ("Die alte Brücke im März © Jane Roe", True),
        ("The old bridge in March (REUTERS/Jane Roe)", True),
        ("Photo: Jane Roe", False),  # nothing but a credit
        ("The new images: they will show what the bridge is like", False),
        ("An editor for every system (Windows/Linux)", False),
        ("Unemployment of people older than sixteen. Source: Bureau of Labor", False),
        ("SELECT a, b, max(c) FROM Bridges GROUP BY Town", False),
        ("The council met on Monday to discuss the bridge. " * 5 + "Photo: Jane Roe", False),
    ],
)
def test_lines_that_end_in_a_credit(line: str, ends: bool) -> None:
    assert ends_in_credit(line) is ends
