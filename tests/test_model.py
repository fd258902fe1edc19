"""The weights that ship, and the features they read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper import model
from scraper.model.features import block_features
from scraper.model.kind import KINDS, heed, heed_text, kind_features, page_words
from scraper.product import product
from scraper.walk import segment

URL = "https://example.org/news/2025/town-votes-to-keep-its-ferry"


def test_the_article_of_a_plain_page_is_told_from_its_furniture(article_page: bytes) -> None:
    page = segment(LexborHTMLParser(article_page))
    verdict = model.judge(page, URL)
    assert verdict.kind == "article"
    assert len(verdict.scores) == len(page.blocks)
    assert all(0 <= score <= 1000 for score in verdict.scores)
    assert 0 <= verdict.confidence <= 100
    long = [score for block, score in zip(page.blocks, verdict.scores, strict=True) if len(block.text) > 150]
    assert long and min(long) >= 500


def test_the_nets_fit_the_features(article_page: bytes) -> None:
    page = segment(LexborHTMLParser(article_page))
    weights = model.load()
    features = block_features(page, weights.tables)
    assert features.rows.dtype == np.float32 and features.rows.shape[1] == len(page.blocks)
    assert np.isfinite(features.rows).all()
    assert weights.body.low.shape == (len(features.rows) + len(features.whole) + len(KINDS),)
    assert weights.body(features, np.full(len(KINDS), 1 / len(KINDS))).shape == (len(page.blocks),)
    assert weights.kind.low.shape == kind_features(features, page_words(page, URL), weights.kind_words).shape


def test_an_article_keeps_what_is_more_likely_body_than_not() -> None:
    likely, chars = np.array([0.9, 0.49, 0.5]), np.array([100.0, 100.0, 100.0])
    assert (model.decided(likely, chars, "article") == likely).all()


def test_other_kinds_keep_the_blocks_of_the_highest_expected_f1() -> None:
    chars = np.full(4, 100.0)
    kept = model.decided(np.array([0.7, 0.45, 0.44, 0.05]), chars, "listing") >= 0.5
    assert kept.tolist() == [True, True, True, False]  # F1 of 0.78: from 0.39 on
    kept = model.decided(np.array([0.99, 0.99, 0.99, 0.42]), chars, "forum") >= 0.5
    assert kept.tolist() == [True, True, True, False]  # F1 of 0.93 without it, 0.92 with it


def test_a_page_none_of_whose_blocks_looks_likely_keeps_the_likeliest() -> None:
    likely, chars = np.array([0.004, 0.1, 0.12, 0.002]), np.full(4, 100.0)
    assert (model.decided(likely, chars, "article") >= 0.5).tolist() == [False, True, True, False]
    assert (model.decided(likely * 4, chars, "listing") >= 0.5).tolist() == [False, True, True, False]


def test_a_page_that_is_no_article_may_have_no_body() -> None:
    assert (model.decided(np.array([0.02, 0.2, 0.24, 0.01]), np.full(4, 100.0), "listing") < 0.5).all()


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30), st.data())
def test_the_decision_keeps_the_order_and_is_no_guess(scores: list[int], data: st.DataObject) -> None:
    likely = np.array(scores) / 1000
    chars = np.array(data.draw(st.lists(st.integers(1, 5000), min_size=len(scores), max_size=len(scores))), np.float32)
    moved = model.decided(likely, chars, "listing")
    assert ((moved >= likely) & (moved <= 1)).all()
    assert (moved[likely >= 0.5] >= 0.5).all()
    assert likely.max() < 0.6 or (moved[likely < 0.35] < 0.5).all()
    assert (np.diff(moved[np.argsort(likely)]) >= 0).all()


def test_a_product_in_parts_is_the_product() -> None:
    random = np.random.default_rng(0)
    rows, weight = random.random((999, 180), np.float32), random.random((180, 64), np.float32)
    assert np.allclose(product(rows, weight), rows @ weight, rtol=1e-5)


def test_a_long_article_keeps_its_body() -> None:
    sentence = (
        "The ferry that crosses the river will keep running, the council of the town decided on Monday, and {} people came to hear it. "
    )
    paragraphs = ["".join(sentence.format(number + at) for at in range(5)) for number in range(5_000)]
    html = "<html><body><article><h1>The ferry</h1>" + "".join(f"<p>{text}</p>" for text in paragraphs) + "</article></body></html>"
    page = segment(LexborHTMLParser(html))
    kept = sum(score >= 500 for score in model.judge(page, URL).scores)
    assert kept > 0.9 * len(paragraphs)


@given(st.text(), st.lists(st.sampled_from(["p", "div", "li", "h1", "pre", "td"]), max_size=8))
def test_any_page_is_judged(text: str, tags: list[str]) -> None:
    html = "".join(f"<{tag} class='{tag}'>{text or 'x'}</{tag}>" for tag in tags) + "<p>x</p>"
    page = segment(LexborHTMLParser(html.encode("utf-8", "replace")))
    if page.blocks:
        assert len(model.judge(page, None).scores) == len(page.blocks)


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ({"ld:DiscussionForumPosting"}, None),
        ({"item:QAPage", "og:type:article"}, "https://example.org/q/12"),
        (set(), "https://forum.example.org/t/how-long-to-rest/412"),
        (set(), "https://example.org/phpbb/viewtopic.php?t=412"),
        ({"og:type:article"}, "https://example.org/threads/how-long-to-rest.412/"),
        (set(), "https://example.org/thread-412.html"),
        (set(), "https://example.org/mill/ticket/412"),
        (set(), "https://example.org/index.php?topic=412.0#msg9"),
    ],
)
def test_a_page_that_says_it_is_a_forums_is_one(words: set[str], url: str | None) -> None:
    kinds = heed(np.full(len(KINDS), 1 / len(KINDS)), words, url)
    assert KINDS[kinds.argmax()] == "forum" and abs(kinds.sum() - 1) < 1e-9


def test_a_post_of_a_social_medium_is_an_article() -> None:
    kinds = np.full(len(KINDS), 1 / len(KINDS))
    assert KINDS[heed(kinds, {"ld:SocialMediaPosting", "ld:Person"}, "https://letters.example/p/1").argmax()] == "article"
    assert KINDS[heed(kinds, {"ld:SocialMediaPosting", "ld:DiscussionForumPosting"}, None).argmax()] == "forum"


@pytest.mark.parametrize("url", ["https://docs.example.org/en/latest/grace.html", "https://example.org/docs/grace"])
def test_an_address_of_documentation_says_so(url: str) -> None:
    kinds = np.full(len(KINDS), 1 / len(KINDS))
    assert KINDS[heed(kinds, set(), url).argmax()] == "documentation"
    assert (heed(kinds, {"ld:BlogPosting"}, url) == kinds).all()
    assert KINDS[heed(kinds, {"ld:QAPage"}, url).argmax()] == "forum"


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ({"og:type:product", "item:Product"}, None),
        ({"ld:Product", "ld:Offer", "og:type:article"}, "https://shop.example.org/product/enamel-kettle/"),
        ({"item:Product"}, "https://shop.example.org/en/products/enamel-kettle.html"),
    ],
)
def test_a_page_that_says_it_is_of_one_product_is(words: set[str], url: str | None) -> None:
    assert KINDS[heed(np.full(len(KINDS), 1 / len(KINDS)), words, url).argmax()] == "product"


@pytest.mark.parametrize(
    ("words", "url"),
    [
        (set(), None),
        (set(), "https://example.org/blog/the-best-forum"),
        (set(), "https://example.org/blog/forum"),
        (set(), "https://inforum.example.org/news/12?from=forum"),
        ({"ld:NewsArticle"}, "https://example.org/news/forum/why-we-need-a-ferry"),
        (set(), "https://example.org/blog/docs"),
        (set(), "https://example.org/search?q=ferry&topic=mills"),
        (set(), "https://example.org/magazine/issues/412"),
        (set(), "https://example.org/tickets/the-mill-412"),
        ({"ld:QuestionPage", "item:Comment"}, "https://example.org/news/a-ferry"),
        (set(), "https://example.org/products/bookkeeping"),
        ({"ld:Product"}, "https://shop.example.org/kettles/"),
        ({"ld:Product", "ld:NewsArticle"}, "https://example.org/products/the-kettle-tested"),
        ({"ld:Product", "ld:ItemList"}, "https://shop.example.org/products/kettles"),
        ({"og:type:product"}, "https://shop.example.org/collections/kettles"),
    ],
)
def test_other_pages_keep_the_models_word_for_their_kind(words: set[str], url: str | None) -> None:
    kinds = np.full(len(KINDS), 1 / len(KINDS))
    assert (heed(kinds, words, url) == kinds).all()


def test_a_page_that_is_mostly_one_text_is_no_list() -> None:
    links = "".join(f"<a href=/{n}>Story {n} of the week</a><br><br>" for n in range(9))
    text = "<br><br>".join(
        "The wheel at the weir has not turned for forty years, and nobody remembers why it was built there. " * 2 for _ in range(5)
    )
    told = np.eye(len(KINDS), dtype=np.float32)[KINDS.index("listing")]
    for cell, kind in ((text, "article"), (links, "listing")):
        page = segment(LexborHTMLParser(f"<table><tr><td>{links}</td><td><font>{cell}</font></td></tr></table>"))
        assert KINDS[int(heed_text(told, page).argmax())] == kind
