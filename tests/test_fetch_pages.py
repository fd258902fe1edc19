"""Articles over several pages: which links lead on, and that no text comes twice."""

import pytest

from normalise.article import Article, BodyBlock
from normalise.join import join_articles
from scraper.config import Fetching
from scraper.fetch.client import fetch_page
from scraper.fetch.pages import next_page
from scraper.page import Page
from tests.server import FaultyServer, Roads


@pytest.fixture(scope="module")
def server():
    server = FaultyServer()
    yield server
    server.stop()


def fetch(server, path, pages=20):
    return fetch_page(f"http://a.test{path}", Fetching(delay=0, pages=pages, retries=0), Roads(server).network)


def test_pages_are_followed_in_order_up_to_the_limit(server):
    page = fetch(server, "/long/story")
    assert [f"Marker {n} of the long story".encode() in following.body for n, following in enumerate(page.following, 2)] == [True] * 3
    assert [following.url for following in fetch(server, "/long/story", pages=3).following] == [
        "http://a.test/long/story?page=2",
        "http://a.test/long/story?page=3",
    ]
    assert fetch(server, "/long/story", pages=1).following == ()


def test_the_same_page_again_and_a_missing_page_end_the_article(server):
    assert fetch(server, "/same").following == ()
    assert fetch(server, "/short").following == ()


@pytest.mark.parametrize(
    ("first", "href", "leads_on"),
    [
        ("http://a.test/story", "/story/2", True),
        ("http://a.test/story/", "/story/2/", True),
        ("http://a.test/story", "/story/page/2/", True),
        ("http://a.test/story?id=7", "?id=7&amp;page=2", True),
        ("http://a.test/story?page=1", "?page=2", True),
        ("http://a.test/a/story.html", "story-2.html", True),
        ("http://a.test/a/story.html", "story_2.html", True),
        ("http://a.test/a/story,123.html", "story,123,2.html", True),
        ("http://a.test/story", "/story/3", False),
        ("http://a.test/story", "/other/2", False),
        ("http://a.test/story", "http://b.test/story/2", False),
        ("http://a.test/story?id=7", "?id=8&amp;page=2", False),
        ("http://a.test/story", "javascript:next(2)", False),
        ("http://a.test/", "/page-2-of-the-budget", False),
    ],
)
def test_which_links_lead_on(first, href, leads_on):
    page = Page(body=f'<a rel="next" href="{href}">Next</a>'.encode(), url=first)
    assert (next_page(first, page, 2) is not None) is leads_on


def test_joined_records_repeat_nothing():
    blocks = [BodyBlock(type="paragraph", text=text) for text in ("One.", "Two.", "Three.")]
    first = Article(headline="H", body="One.\n\nTwo.", words=2, blocks=blocks[:2], markdown="One.\n\nTwo.", html="<p>One.", status="ok")
    second = Article(
        headline="H, page 2", body="One.\n\nThree.", blocks=[blocks[0], blocks[2]], markdown="One.\n\nThree.", limits=["depth"]
    )
    joined = join_articles(first, [second, Article()])
    assert (joined.headline, joined.body, joined.words) == ("H", "One.\n\nTwo.\n\nThree.", 3)
    assert (joined.blocks, joined.markdown, joined.limits) == (blocks, "One.\n\nTwo.\n\nThree.", ["depth"])
    assert joined.html == "<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>\n"
    assert joined.id != first.id and joined.id.startswith("sha256:")
