"""Links from feeds, sitemaps and pages, and what hostile ones come to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import Fetching
from scraper.errors import InputError
from scraper.fetch.discover import Missed, Search, discover, looks_like_article
from scraper.fetch.faults import FetchError
from scraper.fetch.feeds import Link, read_listing
from tests.server import PUBLIC
from tests.server.faults import FEEDS

SETTINGS = Fetching(deadline=5, delay=0, retries=0)


def found(roads, path, **search):
    items = list(discover(f"http://feed.test{path}", SETTINGS, Search(**search), network=roads.network))
    links = [item.url.removeprefix("http://feed.test") for item in items if isinstance(item, Link)]
    return links, [(item.url, item.error.code) for item in items if isinstance(item, Missed)]


@pytest.mark.parametrize(
    ("path", "links"),
    [
        ("/rss", ["/news/a", "/news/b", "/news/c"]),
        ("/rss-utf16", ["/news/a", "/news/b", "/news/c"]),
        ("/atom", ["/news/d"]),
        ("/rdf", ["/news/e"]),
        ("/feed.json", ["/news/h"]),
        ("/sitemap.xml", ["/news/f", "/news/g"]),
        ("/sitemap-1.xml.gz", ["/news/f", "/news/g"]),
        ("/sitemap.txt", ["/news/i", "/news/j"]),
        ("/rss-deep", []),
    ],
)
def test_each_kind(roads, path, links):
    assert found(roads, path) == (links, [])


def test_a_feed_that_breaks_off_is_named_after_its_links(roads):
    assert found(roads, "/rss-cut") == (["/news/a", "/news/b"], [("http://feed.test/rss-cut", "damaged")])


@pytest.mark.parametrize(
    ("body", "links"),
    [
        (b"\xef\xbb\xbf\n\n" + FEEDS["/rss"][1], 3),
        (b"\n" * 5_000 + FEEDS["/rss"][1], 3),
        (b"\xef\xbb\xbf" + FEEDS["/feed.json"][1], 1),
        (b'{"version":"https://jsonfeed.org/version/1","items":[{"url":"http://a.test/1","title":5},7,{"url":8},{"url":"/2"}]}', 2),
        (b"http://a.test/1\nhttp://a.test/2\nhttp://[\n", 2),
        (b"http is a protocol of many words", None),
    ],
)
def test_one_fault_does_not_cost_the_feed(body, links):
    listing = read_listing(body, "http://a.test/", limit=10)
    assert (listing and len(listing.links)) == links


def test_a_saved_feed_or_page(clip, tmp_path):
    (tmp_path / "feed.xml").write_bytes(FEEDS["/rss"][1])
    assert clip("discover", "feed.xml", "--url", "http://feed.test/rss").out.splitlines() == [
        b"http://feed.test/news/" + c for c in (b"a", b"b", b"c")
    ]
    page = b'<link rel=canonical href="http://a.test/"><a href="/2025/07/31/harbour">Harbour</a><a href="http://b.test/2025/07/31/mill">Mill</a>'
    assert clip("discover", "-", stdin=page).out == b"http://a.test/2025/07/31/harbour\n"
    assert clip("discover", "-", stdin=page.partition(b">")[2]).out == b"http://b.test/2025/07/31/mill\n"
    assert json.loads(clip("discover", "-", "--json", stdin=b"http://a.test/1").out) == {"url": "http://a.test/1", "source": "-"}
    assert clip("discover", "feed.xml", "--sitemaps").err == (
        "clip: --sitemaps: the file does not say what site it is of: give its address with --url\n"
    )
    assert (clip("discover", ".").code, clip("discover", ".").err) == (5, "clip: .: a folder, not a file\n")
    assert clip("discover", "nowhere.xml").code == 5


def test_title_date_and_source(roads):
    (first, *_) = discover("http://feed.test/rss", SETTINGS, network=roads.network)
    assert first == Link("http://feed.test/news/a", "http://feed.test/rss", "Café & bar", "Thu, 31 Jul 2025 10:00:00 +0000")
    *_, last = discover("http://feed.test/sitemap.xml", SETTINGS, network=roads.network)
    assert last == Link("http://feed.test/news/g", "http://feed.test/sitemap.xml", "News <title>", "2025-08-01")


def test_sitemap_index_names_what_it_could_not_read(roads):
    links, missed = found(roads, "/sitemap-index.xml")
    assert links == ["/news/f", "/news/g"]
    assert missed == [("http://feed.test/sitemap-missing.xml", "http-error"), ("http://10.0.0.1/sitemap.xml", "blocked")]
    assert set(roads.dialled) == {PUBLIC}


def test_a_page_gives_its_articles_then_its_feeds(roads):
    links, missed = found(roads, "/front")
    assert links == ["/2025/07/31/harbour", "/the-harbour-report-is-late.html", "/story/1234567", "/news/a", "/news/b", "/news/c"]
    assert missed == [("http://feed.test/gone", "http-error")]


def test_what_is_looked_through_can_be_chosen(roads):
    assert found(roads, "/front", links=False, feeds=False, sitemaps=True)[0] == ["/news/f", "/news/g"]
    everything = found(roads, "/front", feeds=False, all_links=True)[0]
    assert "http://elsewhere.test/a-story-of-another-site" in everything and "/tag/a-b-c-d" in everything
    assert not any("comment" in link or "script" in link for link in everything)
    assert found(roads, "/front", limit=2)[0] == ["/2025/07/31/harbour", "/the-harbour-report-is-late.html"]


@pytest.mark.parametrize(
    ("path", "code"), [("/rss-laughs", "damaged"), ("/rss-xxe", "damaged"), ("/sitemap-bomb.xml.gz", "too-large"), ("/404", "http-error")]
)
def test_hostile_ones_are_refused(roads, path, code):
    with pytest.raises(InputError) as refused:
        found(roads, path)
    assert refused.value.code == code


@given(
    st.binary(max_size=300)
    | st.sampled_from([body for _, body in FEEDS.values() if len(body) < 5_000]).map(lambda body: body[: len(body) * 2 // 3])
)
def test_any_bytes_are_read_or_refused(body):
    try:
        listing = read_listing(body, "http://a.test/", limit=10)
    except FetchError as error:
        assert error.code == "damaged"
    else:
        assert listing is None or len(listing.links) <= 10


@pytest.mark.parametrize(
    ("url", "is_article"),
    [
        ("http://a.test/2025/07/31/title", True),
        ("http://a.test/politics/mayor-resigns-over-harbour-report", True),
        ("http://a.test/news/world-12345678", True),
        ("http://a.test/artikel/der-b%C3%BCrgermeister-tritt-doch-zur%C3%BCck.html", True),
        ("http://a.test/", False),
        ("http://a.test/politics", False),
        ("http://a.test/2025/07/", False),
        ("http://a.test/tag/mayor-of-the-harbour", False),
        ("http://a.test/files/report-of-the-harbour.pdf", False),
        ("http://a.test/about-us", False),
    ],
)
def test_shape_of_an_article_url(url, is_article):
    assert looks_like_article(url) is is_article
