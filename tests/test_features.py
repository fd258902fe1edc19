"""The numbers that the body's networks read, against the plain way of working them out."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import Segmentation
from scraper.model.columns import columns, numbered
from scraper.model.features import block_features, headline_block, last_before
from scraper.model.surroundings import Tables, alike, ancestors, masses, named, names_of, tokens_of
from scraper.model.wording import END_OF_BLOCK, shapes, wording
from scraper.walk import segment

WORDS = {END_OF_BLOCK: math.inf, "share": -2.0, "more": -1.5, "said": 1.0}
TABLES = Tables({"post": (2.0, 1.0), "comment": (-3.0, 2.0), "body": (1.0, 0.5)}, WORDS)


def _page(html: str) -> Segmentation:
    return segment(LexborHTMLParser(html))


def _wording(*texts: str) -> list[list[float]]:
    page = _page("".join(f"<p>{text}</p>" for text in texts))
    found: list[list[float]] = wording(columns(page), WORDS).T.tolist()
    return found


def test_tokens() -> None:
    assert tokens_of("post-body Entry_content md:flex") == ["post", "body", "entry", "content", "md", "flex"]


def test_names() -> None:
    assert names_of({"class": "a b", "id": "c", "role": "main"}) == "a b c main"
    assert names_of({"href": "/"}) == ""


def test_the_words_of_short_blocks_are_weighed() -> None:
    assert _wording("Share more", "He said", "Nothing") == [[-3.5, -2.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]


def test_the_words_of_long_blocks_are_not() -> None:
    assert _wording("share " * 30, "Share") == [[0.0, 0.0, 0.0], [-2.0, -2.0, 0.0]]


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=6))
def test_any_text_is_weighed(texts: list[str]) -> None:
    page = _page("<p>x</p>")
    for text in texts:
        page.blocks.append(type(page.blocks[0])(len(page.blocks), text.replace(END_OF_BLOCK, "?"), "p", page.blocks[0].container))
    table = columns(page)
    assert wording(table, WORDS).shape == (3, len(page.blocks))
    assert np.isfinite(shapes(table)).all()


def test_east_asian_characters_weigh_as_two_letters() -> None:
    table = columns(_page("<p>東京で会う。</p><p>12人 <a href=/>東京</a></p><p>“plain”</p>"))
    assert table.chars.tolist() == [12, 9, 7]
    assert table.linked.tolist() == pytest.approx([0, 2 * 9 / 6, 0])
    assert table.lengths == [6, 6, 7]


def test_other_scripts_weigh_as_they_are_long() -> None:
    texts = ["“Plain” — text…", "Город закрыл мост", "أغلقت البلدة الجسر", "เมืองปิดสะพาน"]
    table = columns(_page("".join(f"<p>{text}</p>" for text in texts)))
    assert table.chars.tolist() == list(map(len, texts))


def test_characters_are_counted_by_class() -> None:
    found = shapes(columns(_page("<p>The 12, or 14.</p><p>Why?</p><p>東京。</p><p>none</p>")))
    upper, digits, commas = found[0], found[1], found[2]
    assert upper[0] == pytest.approx(1 / 6) and digits[0] == pytest.approx(4 / 14) and commas[0] == pytest.approx(1 / 4)
    assert found[5].tolist() == pytest.approx([0, 0, 2 / 3, 0])  # letters without case
    assert found[10].tolist() == [1, 1, 1, 0]  # a stop at the end
    assert found[13].tolist() == [0, 1, 0, 0]  # question or exclamation


def _ancestors(page: Segmentation, index: int) -> list[int]:
    chain, at = [], page.blocks[index].container
    while at >= 0:
        chain.append(at)
        at = page.parents[at]
    return chain


def test_a_script_without_capitals_has_the_shape_of_others() -> None:
    """Each line of Arabic, Hindi, Thai, Korean, Japanese or Chinese begins as one of English does, and is no strange text."""
    for line in ("صاحب المكان", "सीसे के अक्षर", "วันสุดท้าย", "토요일에는 낭독회가 열린다", "時計屋の話", "一碗茶的规矩"):
        found = shapes(columns(_page(f"<p>{line}</p>")))[:, 0]
        assert found[7] == 1 and found[8] == 0 and found[5] == 0, line
        assert 0 < found[0] < 0.5 and found[4] <= 0.7, line


def test_caseless_words_on_a_page_in_letters_with_case_stay_strange() -> None:
    prose = "<p>The town has published its site in many languages since the spring of last year.</p>" * 9
    found = shapes(columns(_page(f"{prose}<ul><li>日本語<li>English</ul>")))
    assert found[5, 9] > 0.5 and found[7, 9] == 0
    assert found[7, 10] == 1


@given(st.lists(st.sampled_from(["post", "comment", "x", "post body", "/"]), min_size=1, max_size=40))
def test_what_ancestors_say_is_what_a_walk_up_finds(steps: list[str]) -> None:
    html = "".join("</div>" if step == "/" else f"<div class='{step}'>text" for step in steps)
    page = _page(html + "<p>end</p>")
    table, containers = columns(page), named(page, TABLES)
    found = ancestors(table, containers)
    for index in range(len(page.blocks)):
        chain = containers.weights[_ancestors(page, index)]
        for kind in (0, 1):
            said = chain[:, kind]
            nearest = next((weight for weight in said if weight), 0.0)
            assert found[kind, index] == nearest
            assert found[2 + kind, index] == said.max() and -found[4 + kind, index] == said.min()
            assert found[6 + kind, index] == pytest.approx(said.sum(), abs=1e-3)


def test_tags_and_hidden_elements_are_flags() -> None:
    page = _page("<article><p>a</p><div style='display: none'><p>b</p></div></article><aside><p>c</p></aside>")
    flags = ancestors(columns(page), named(page, TABLES))[15:]
    assert flags[0].tolist() == [1, 1, 0]  # article
    assert flags[2].tolist() == [0, 0, 1]  # aside
    assert flags[15].tolist() == [0, 1, 0]  # hidden


def test_containers_hold_prose_links_and_pictures() -> None:
    prose = "word " * 40
    page = _page(f"<div><p>{prose}</p><img src=a><p>{prose}</p></div><div><a href=b>link</a></div>")
    found = masses(page, columns(page)).reshape(5, 4, 3)
    assert found[0, 1].tolist() == pytest.approx([1, 1, 1], abs=0.01)  # the second level of the link is the body
    assert found[0, 0].tolist() == pytest.approx([0.5, 0.5, 0], abs=0.01)
    assert found[1, 0, 2] == pytest.approx(0.8)  # of its four characters and one
    assert found[3, 1, 0] == 0.5  # one picture before two blocks


def test_cards_are_alike() -> None:
    page = _page("<div>" + "<div class=card><h3 class=a>Title</h3><p class=b>Text</p></div>" * 3 + "<p class=c>Text</p></div>")
    found, group = alike(columns(page), named(page, TABLES))
    assert found[0].tolist() == pytest.approx(np.log1p([3, 3] * 3 + [1]).tolist())
    assert len(set(group.tolist())) == 3


@given(st.lists(st.sampled_from("abcd"), min_size=3, max_size=30))
def test_what_is_alike_does_not_depend_on_the_pages_before(names: list[str]) -> None:
    page = _page(
        "<div>" + "".join(f"<div class={outer}><b class={inner}><p class={inner}>text</p></b></div>" for outer, inner in pairwise(names))
    )
    tables = Tables(TABLES.tokens, WORDS)
    before, _ = alike(columns(page), named(page, tables))
    named(_page("".join(f"<div class=z{number}>text</div>" for number in range(300))), TABLES)
    after, _ = alike(columns(page), named(page, TABLES))
    assert (before == after).all()


def test_keys_are_numbered_in_order() -> None:
    assert numbered("abcab") == [0, 1, 2, 0, 1]


def test_the_last_marked_one_before() -> None:
    assert last_before(np.array([False, True, False, True])).tolist() == [-1, -1, 1, 1]
    assert last_before(np.array([True])).tolist() == [-1]


@pytest.mark.parametrize(
    ("html", "block"),
    [
        ("<title>A long headline - Site</title><h1>The site</h1><h1>A long headline</h1>", 1),
        ("<title>A long headline - Site</title><h2>Other</h2><h2>A long headline</h2>", 1),
        ("<title>None</title><p>x</p><h1>The site</h1>", 1),
        ("<title>None</title><h2>Other</h2>", None),
    ],
)
def test_the_headline_is_the_heading_that_the_title_repeats(html: str, block: int | None) -> None:
    page = _page(html)
    assert headline_block(page.title, columns(page)) == block


def test_one_block_has_features() -> None:
    features = block_features(_page("<p>x</p>"), TABLES)
    assert features.rows.shape[1] == 1 and np.isfinite(features.rows).all() and np.isfinite(features.whole).all()
