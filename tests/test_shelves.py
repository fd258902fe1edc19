"""What a shop shows beside its product."""

import tomllib
from importlib.resources import files

import pytest
from selectolax.lexbor import LexborHTMLParser

from normalise.article import Kind
from scraper.classify import Label
from scraper.classify.wholes import judge_wholes
from scraper.structure.layout import Layout
from scraper.walk import segment

PROSE = "The kettle takes two litres and boils on gas and on induction. " * 8
WARES = "".join(f"<li><a href=/{n}><h3>Milk pan {n}</h3></a><span>€ 1{n}.00</span></li>" for n in range(3))
SAID = f"<ol><li>Ruth</li><li>It whistles all day. {PROSE}</li></ol>"


def left(html: str, kind: Kind = "product") -> list[str]:
    """Return the texts that are body after all, where the model kept every block."""
    page = segment(LexborHTMLParser(html))
    labels = [Label("body", "", "model/body", 900) for _ in page.blocks]
    judge_wholes(page, labels, kind, Layout(page))
    return [block.text[:10].strip() for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]


@pytest.mark.parametrize(
    "heading", ["You may also like…", "Customers also bought", "DAS KÖNNTE IHNEN AUCH GEFALLEN", "Produits similaires"]
)
def test_other_wares_go(heading: str) -> None:
    for shelf in (f"<section><h2>{heading}</h2><ul>{WARES}</ul></section>", f"<section><p>{heading}</p><ul>{WARES}</ul></section>"):
        assert left(f"<main><p>{PROSE}</p>{shelf}<p>Made in Wales.</p></main>") == ["The kettle", "Made in Wa"]
    beside = f"<main><p>{PROSE}</p><h2>{heading}</h2><ul>{WARES}</ul><h2>Care</h2><p>By hand.</p></main>"
    assert left(beside) == ["The kettle", "Care", "By hand."]


@pytest.mark.parametrize("heading", ["Customer Reviews", "2 reviews for Enamel kettle", "Reviews (12)", "Kundenbewertungen", "5 avis"])
def test_what_customers_say_goes(heading: str) -> None:
    reviews = f"<div id=reviews><div><h2>{heading}</h2></div>{SAID}</div>"
    assert left(f"<main><p>{PROSE}</p>{reviews}<p>Made in Wales.</p></main>") == ["The kettle", "Made in Wa"]


@pytest.mark.parametrize("heading", ["Similar to the first", "What reviewers measure", "Features", "Reviews"])
def test_other_headings_keep_what_is_below_them(heading: str) -> None:
    assert len(left(f"<main><p>{PROSE}</p><section><h2>{heading}</h2><ul>{WARES}</ul></section></main>")) == 8


def test_a_shelf_has_no_long_text_and_a_page_keeps_its_own() -> None:
    assert left(f"<main><p>{PROSE}</p><section><h2>Related products</h2><p>{PROSE}</p></section></main>")[1:] == [
        "Related pr",
        "The kettle",
    ]
    assert len(left(f"<main><h1>Kettles</h1><section><h2>Related products</h2><ul>{WARES}</ul></section></main>", "collection")) == 8


def test_an_article_about_reviews_keeps_them() -> None:
    html = f"<main><p>{PROSE}</p><section><h2>Customer reviews</h2>{SAID}</section></main>"
    assert len(left(html, "article")) == len(left(html, "service")) == 4


@pytest.mark.parametrize("kind", ["counted_reviews", "reviews", "shelves"])
def test_the_lists_are_sorted_and_no_line_is_covered_by_another(kind: str) -> None:
    lines = tomllib.loads((files("scraper") / "data" / "furniture.toml").read_text("utf-8"))[kind]
    starts = [line[:-1] for line in lines if line[-1] == "*"]
    assert lines == sorted(set(lines))
    assert not [line for line in lines if any(line.rstrip("*").startswith(start) and line != f"{start}*" for start in starts)]
    assert lines == [line.casefold() for line in lines]
