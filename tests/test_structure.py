"""Containers and blocks of the walk -> typed blocks; repeats inside the body."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from normalise.article import BodyBlock
from normalise.body import body_html, body_markdown, body_text
from scraper.blocks import Segmentation
from scraper.classify.repeats import repeats
from scraper.structure import body_blocks, clean_code
from scraper.structure.outline import Outline
from scraper.text import segment_text
from scraper.walk import segment
from tests.conftest import ROOT

CASES = json.loads((ROOT / "tests/cases/structure.json").read_text("utf-8"))
LONG = (
    "The harbour board said on Tuesday that the pier would stay closed until the spring, when the new ferry is to be delivered to the town."
)


def read(html: str) -> Segmentation:
    return segment(LexborHTMLParser(html))


def structured(html: str, *dropped: str) -> list[BodyBlock]:
    """The typed blocks of a page, without the blocks whose text is one of `dropped`."""
    page = read(html)
    return body_blocks(page, [block.text not in dropped for block in page.blocks], url="https://example.org/a/b")


def kept_texts(html: str) -> list[str]:
    page = read(html)
    gone = repeats(page, [True] * len(page.blocks))
    return [block.text for block in page.blocks if block.index not in gone]


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_rows(case: dict[str, Any]) -> None:
    assert msgspec.to_builtins(structured(case["html"])) == case["blocks"]


def test_only_kept_blocks_are_there() -> None:
    found = structured("<p>One</p><ul><li>two</li><li>three</li></ul><table><tr><th>a<th>b<tr><td>4<td>5</table>", "two", "5")
    assert [block.text for block in found] == ["One", "three", "a | b\n4"]
    assert structured("<p>One</p>", "One") == []


def test_numbers_count_the_items_that_are_not_kept() -> None:
    (found,) = structured("<ol><li>a<li>b<li>c</ol>", "a", "b")
    assert found.number == 3


def test_a_caption_that_is_not_kept_comes_with_its_image() -> None:
    html = f"<p>{LONG}</p><figure><img src=/pier.jpg><figcaption>The pier</figcaption></figure><p>{LONG[::-1]}</p>"
    assert [block.type for block in structured(html, "The pier")] == ["paragraph", "image", "caption", "paragraph"]


def test_images_before_and_after_the_body_are_not_its_own() -> None:
    assert [block.type for block in structured("<img src=/a.jpg><p>x</p><p>y</p><img src=/b.jpg><p>z</p>", "z")] == [
        "paragraph",
        "paragraph",
    ]


def test_addresses_need_a_web_page_around_them() -> None:
    page = read("<p>x</p><img src=/a.jpg><p>y</p>")
    assert [block.type for block in body_blocks(page, [True, True])] == ["paragraph", "paragraph"]
    page = read('<base href="https://example.net/"><p>x</p><img src=/a.jpg><p>y</p>')
    assert body_blocks(page, [True, True])[1].url == "https://example.net/a.jpg"


def test_text_pages_keep_what_they_show() -> None:
    page = segment_text("# Title\n\nA paragraph of text.\n\n- one\n- two\n\n> said\n\n```\nx = 1\n```\n\nThe [end](https://example.org).\n")
    found = body_blocks(page, [True] * len(page.blocks))
    kinds = [block.type for block in found]
    assert kinds == ["heading", "paragraph", "list", "list", "quote", "code", "paragraph"]


def test_a_listing_is_cleaned_without_losing_its_indentation() -> None:
    assert clean_code("if x:\n    y\u00a0= 'caf\u0065\u0301'\a   # z \n\n\tdone") == "if x:\n    y = 'café'   # z \n\n        done"


def test_outline_is_shared() -> None:
    page = read("<ul><li>a<li>b</ul>")
    outline = Outline(page)
    assert repeats(page, [True, True], outline) == []
    assert body_blocks(page, [True, True], outline) == body_blocks(page, [True, True])


# --- repeats ---


def test_the_second_copy_of_a_text_goes_with_the_short_blocks_inside_it() -> None:
    copy = f"<h2>Pier</h2><p>{LONG}</p><p>Closed.</p>"
    html = f"<div class=desktop>{copy}</div><p>Between.</p><div class=mobile>{copy}</div><p>After.</p>"
    assert kept_texts(html) == ["Pier", LONG, "Closed.", "Between.", "After."]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Closed.</p><p>Closed.</p>",  # short
        f"<p>{LONG}</p>" * 3,  # said on purpose
        f"<p>{LONG}<br>{LONG}</p>" * 2,  # a refrain
        f"<ul><li>{LONG}</li><li>{LONG}</li></ul>",
        f"<pre>{LONG}</pre><p>x</p><pre>{LONG}</pre>",
        f"<table><tr><td>a</td><td>{LONG}</td></tr><tr><td>b</td><td>{LONG}</td></tr></table>",
        f"<p>{LONG}</p><p>{LONG}x</p>",
    ],
)
def test_what_may_stand_twice_stays(html: str) -> None:
    assert len(kept_texts(html)) == len(read(html).blocks)


@pytest.mark.parametrize(
    "box",
    [
        "<blockquote>“The pier would stay closed until the spring”</blockquote>",
        "<aside><p>the pier would stay closed until the spring …</p><p>Jane Doe, harbour board</p></aside>",
        "<div class='pull-quote'>“The pier would stay closed until the spring</div>",
    ],
)
def test_a_pull_quote_goes(box: str) -> None:
    assert kept_texts(f"<p>{LONG}</p>{box}<p>After.</p>") == [LONG, "After."]


@pytest.mark.parametrize(
    "box",
    [
        "<blockquote>“The pier will never be closed, whatever they tell you”</blockquote>",  # said nowhere else
        "<blockquote>the pier</blockquote>",  # two words prove nothing
        f"<blockquote><p>the pier would stay closed until the spring</p><p>{LONG[::-1]}</p></blockquote>",  # more than the sentence
        "<p>the pier would stay closed until the spring</p>",  # in no box
    ],
)
def test_other_quotations_stay(box: str) -> None:
    html = f"<p>{LONG}</p>{box}<p>After.</p>"
    assert len(kept_texts(html)) == len(read(html).blocks)


# --- nothing lost, nothing glued, no raise ---

INLINE = st.sampled_from(["b", "i", "a", "span", "em", "code", "sup", "font", "mark", "time", "bdi"])
BLOCK = st.sampled_from(
    "p div section article blockquote ul ol li dl dt dd table tbody tr td th h1 h2 h4 figure aside pre main details center form".split()
)
NAMES = st.sampled_from(
    ["", " class=footnotes", " class=pullquote", " class=dropcap", " role=heading", " colspan=3", " rowspan=2", " start=4"]
)


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A page of numbered words in random tags, and the words."""
    words: list[str] = []

    def word() -> str:
        words.append(f"w{len(words)}w")
        text = words[-1]
        if draw(st.booleans()):
            tag = draw(INLINE)
            return f"{text[:1]}<{tag}>{text[1:-1]}</{tag}>{text[-1:]}"
        return text

    def element(depth: int) -> str:
        parts = []
        for _ in range(draw(st.integers(1, 4))):
            choice = draw(st.integers(0, 3)) if depth < 6 else 0
            parts.append(f" {word()} " if choice < 2 else element(depth + 1))
            if draw(st.integers(0, 5)) == 0:
                parts.append(draw(st.sampled_from(["<br>", "<br><br>", "<hr>", "<img src=a.png>", "<wbr>", "&nbsp;", "\n"])))
        tag = draw(BLOCK)
        return f"<{tag}{draw(NAMES)}>{''.join(parts)}</{tag}>"

    return "".join(element(0) for _ in range(draw(st.integers(1, 4)))), words


@given(pages())
def test_no_word_is_lost_or_glued(page: tuple[str, list[str]]) -> None:
    html, words = page
    found = [word for word in body_text(structured(html)).replace("|", " ").split() if word != "-"]
    assert sorted(found) == sorted(words)


@given(pages(), st.randoms(use_true_random=False))
def test_any_choice_of_blocks_is_rendered(page: tuple[str, list[str]], random: Any) -> None:
    segmentation = read(page[0])
    kept = [random.random() < 0.6 for _ in segmentation.blocks]
    wanted = [word for block, keep in zip(segmentation.blocks, kept, strict=True) if keep for word in block.text.split()]
    found = body_blocks(segmentation, kept)
    assert sorted(word for word in body_text(found).replace("|", " ").split() if word != "-") == sorted(wanted)
    body_markdown(found), body_html(found)
    assert set(repeats(segmentation, kept)) <= {index for index, keep in enumerate(kept) if keep}


@given(st.text(st.sampled_from("<>/=\"' \npreabulitdhmsx&#;0123456789"), max_size=300))
def test_broken_markup_raises_nothing(html: str) -> None:
    found = structured(html)
    body_text(found), body_markdown(found), body_html(found)


@pytest.mark.parametrize(
    "html",
    [
        "<p>word</p>" * 100_000,
        "<ul>" + "<li>word" * 100_000,
        "<table>" + "<tr><td>a<td>b" * 50_000,
        "<blockquote>" + "<p>word" * 100_000,
        f"<blockquote>{LONG}</blockquote>" * 20_000 + f"<p>{LONG}</p>" * 20_000,
        "<p>x</p><img src=a.png>" * 50_000,
        "<p>x <math><mi>y</mi></math></p>" * 50_000,
        *(
            f"<{tag}>x" * 5_000
            for tag in ("div", "blockquote", "ul><li", "ol><li", "table><tr><td", "dl><dd", "section class=footnotes", "aside")
        ),
        *(
            f"<{tag}>x" * 5_000
            for tag in ("figure><figcaption", "pre", "h2", "div class=caption", "i class=katex", "math><mrow", "div class=gutter")
        ),
    ],
    ids=lambda html: html[:30],
)
def test_long_and_deep_pages_end(html: str) -> None:
    page = read(html)
    kept = [True] * len(page.blocks)
    repeats(page, kept)
    found = body_blocks(page, kept)
    assert len(body_text(found)) <= 4 * len(html)
    assert len(body_markdown(found)) <= 40 * len(html)
