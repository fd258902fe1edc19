"""What the head of a page says, read without a parser; hostile markup in linear time and without an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch.head import page_notes, read_head, read_refresh, tags
from scraper.page import Page

PAGE = "http://a.test/news/story"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("0; url=/next", (0, "http://a.test/next")),
        ("0;URL='/next'", (0, "http://a.test/next")),
        ('5, url = "next" trailing', (5, "http://a.test/news/next")),
        ("3 /next", (3, "http://a.test/next")),
        ("0;//b.test/", (0, "http://b.test/")),
        ("1.5;url=/next", (1, "http://a.test/next")),
        ("; url=/next", (0, "http://a.test/next")),
        ("300", None),
        ("0;", None),
        ("0; url=javascript:alert(1)", None),
        ("0; url=data:text/html,x", None),
        ("0; url=file:///etc/passwd", None),
        ("", None),
    ],
)
def test_refresh(content, found):
    assert read_refresh(content, PAGE) == found


def test_links_of_the_head():
    head = read_head(
        b"""<!doctype html><html amp><head><base href="/sub/"><link rel=canonical href=story>
        <link rel="amphtml" href="//amp.a.test/story"><link rel="alternate" media=print href="?print=1">
        <link rel="alternate" type="application/rss+xml" title="x > y" href="/rss?a=1&amp;b=2"><link rel=next href="/story/2">
        <link rel="alternate" hreflang="de" href="/de/"><link rel=canonical href=other>""",
        PAGE,
    )
    assert (head.canonical, head.amp, head.print_version) == (
        "http://a.test/sub/story",
        "http://amp.a.test/story",
        "http://a.test/sub/?print=1",
    )
    assert (head.feeds, head.following, head.is_amp) == (["http://a.test/rss?a=1&b=2"], "http://a.test/story/2", True)


@pytest.mark.parametrize(
    "markup",
    [
        "<!-- {} -->",
        "<script>{}</script>",
        "<style>{}</style>",
        "<noscript>{}</noscript>",
        "<template>{}</template>",
        "<title>{}</title>",
        "<textarea>{}",
        "<script>{}",
        "<!-- {}",
    ],
)
def test_tags_that_are_none(markup):
    assert read_head(markup.format('<link rel="canonical" href="/x">').encode(), PAGE).canonical is None


def test_what_is_noted_of_a_page():
    markup = b'<html amp><link rel=canonical href="/whole-story"><link rel=amphtml href="/amp">'
    page = Page(body=markup, url="http://a.test/story", redirects=("http://a.test/", "https://a.test/"))
    assert page_notes(page) == ("canonical http://a.test/whole-story", "amp http://a.test/amp", "is amp", "downgraded")
    assert page_notes(Page(body=b'<link rel=canonical href="/story">', url="https://a.test/story", redirects=("http://a.test/",))) == ()


def test_utf16_and_byte_order_marks():
    markup = '<link rel="canonical" href="/x">'
    assert read_head(b"\xff\xfe" + markup.encode("utf-16-le"), PAGE).canonical == "http://a.test/x"
    assert read_head(b"\xef\xbb\xbf" + markup.encode(), PAGE).canonical == "http://a.test/x"


@pytest.mark.parametrize(
    "piece", ["<a ", "<a href=", '<a href="', "<!--", "<script>", "<a a", "<link rel='", "< ", "<a/" + "/" * 50, "<a b=c "]
)
def test_hostile_repetition_is_read_in_linear_steps(piece):
    assert sum(1 for _ in tags(piece * (300_000 // len(piece)))) <= 300_000


@given(st.text(alphabet="<>!-/='\" abhref=metalinkscript", max_size=200).map(str.encode) | st.binary(max_size=200))
def test_any_bytes_have_a_head(body):
    head = read_head(body, PAGE)
    assert all(url.startswith(("http://", "https://")) for url in (head.canonical, head.amp, head.following, *head.feeds) if url)
