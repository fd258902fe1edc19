"""The weights that ship, and the features they read."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper import model
from scraper.blocks import segment
from scraper.context import context_features
from scraper.features import block_features, tokens_of
from scraper.kind import KINDS, kind_features, page_words
from scraper.product import product

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
    rows = block_features(page, weights.tables)
    assert rows.dtype == np.float32 and rows.shape[0] == len(page.blocks)
    assert np.isfinite(rows).all()
    assert weights.first.low.shape == (rows.shape[1] + len(KINDS),)
    context = context_features(page, np.full(len(page.blocks), 0.5))
    assert weights.second.low.shape == (rows.shape[1] + len(KINDS) + context.shape[1],)
    assert weights.kind.low.shape == kind_features(page, rows, page_words(page, URL), weights.kind_words).shape


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


def test_tokens() -> None:
    assert tokens_of("post-body Entry_content md:flex") == ["post", "body", "entry", "content", "md", "flex"]


@given(st.text(), st.lists(st.sampled_from(["p", "div", "li", "h1", "pre", "td"]), max_size=8))
def test_any_page_is_judged(text: str, tags: list[str]) -> None:
    html = "".join(f"<{tag} class='{tag}'>{text or 'x'}</{tag}>" for tag in tags) + "<p>x</p>"
    page = segment(LexborHTMLParser(html.encode("utf-8", "replace")))
    if page.blocks:
        assert len(model.judge(page, None).scores) == len(page.blocks)
