"""An article as a document of its own."""

from pathlib import Path

import pytest

import scraper
from normalise.article import Article, Author
from scraper.bulk.documents import html_document, markdown_document

SEEDS = sorted((Path(__file__).parent.parent / "seeds").iterdir())


def test_a_page_that_holds_nothing_else() -> None:
    article = Article(
        headline="A <b> & c",
        byline="Jane Roe",
        authors=[Author(name='Jane "J" Roe')],
        date="2025-03-04",
        description="D",
        site_name="S & T",
        language="en",
        url="https://example.org/a?b&c",
        html="<p>One.</p>\n",
    )
    assert html_document(article) == (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>A &lt;b&gt; &amp; c</title>\n'
        '<meta name="author" content="Jane &quot;J&quot; Roe">\n<meta name="description" content="D">\n'
        '<meta property="og:site_name" content="S &amp; T">\n<link rel="canonical" href="https://example.org/a?b&amp;c">\n</head>\n'
        "<body>\n<article>\n<h1>A &lt;b&gt; &amp; c</h1>\n"
        '<p class="byline">Jane Roe</p>\n<p><time datetime="2025-03-04">2025-03-04</time></p>\n<p>One.</p>\n</article>\n</body>\n</html>\n'
    )


@pytest.mark.parametrize("seed", SEEDS, ids=[path.name for path in SEEDS])
def test_documents_read_back_as_the_article(seed: Path) -> None:
    article = scraper.clean(seed.read_bytes(), with_={"html", "markdown"})
    page, text = (scraper.clean(document) for document in (html_document(article), markdown_document(article)))
    for again in (page, text):
        assert (again.headline, again.date) == (article.headline, article.date)
        assert [author.name for author in again.authors] == [author.name for author in article.authors]
    assert page.body == article.body and text.body in article.body
