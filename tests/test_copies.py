"""Copies of pages: their addresses give the original's, and what the copying service wrote into the page is undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scraper
from normalise.copied_url import copy_at, copy_of

STORY = "https://www.quay.example/2018/pilots.html"
HEAD = f'<title>Pilots learn the river again - Quay</title><link rel="canonical" href="{STORY}">'
TEXT = "".join(
    f"<p>{paragraph}</p>"
    for paragraph in (
        "When the water went down in March, the river was not the one that the pilots had known. Two sandbanks had moved.",
        'For eleven weeks four of them went out every morning, as the sonar boat was waiting for <a href="/boat">a part</a>.',
        "Until the autumn every vessel longer than forty metres must take a pilot aboard and wait for the tide to turn.",
    )
)
PAGE = f"<html><head>{HEAD}</head><body><h1>Pilots learn the river again</h1>{TEXT}</body></html>"


@pytest.mark.parametrize(
    ("url", "original"),
    [
        ("https://web.archive.example/web/20190403121212/http://www.quay.example:80/a?b=1#c", "http://www.quay.example/a?b=1#c"),
        ("https://web.archive.example/web/20190403121212if_/https://quay.example/a", "https://quay.example/a"),
        ("https://web.archive.example/web/20190403121212/www.quay.example/a/", "http://www.quay.example/a/"),
        ("https://web.archive.example/web/2019/https:/quay.example/a", "https://quay.example/a"),
        ("https://archive.example/2019.04.03-121212/https://quay.example/", "https://quay.example/"),
        ("https://archive.example/newest/https://web.archive.example/web/2018/http://quay.example/a", "http://quay.example/a"),
        ("https://reader.example/https%3A%2F%2Fquay.example%2Fa%3Fb", "https://quay.example/a?b"),
        ("view-source:https://quay.example/a", "https://quay.example/a"),
        ("https://quay.example/a", None),
        ("https://quay.example/20190403121212/report.html", None),
        ("https://quay.example/login?next=https://quay.example/a", None),
        ("https://quay.example/a#https://other.example/b", None),
        ("https://quay.example/about/https:/security", None),
        ("https://", None),
        ("", None),
        (None, None),
    ],
)
def test_what_an_address_says_it_is_a_copy_of(url: str | None, original: str | None) -> None:
    copy = copy_at(url)
    assert (copy and copy.original) == original


@pytest.mark.parametrize(
    ("url", "original"),
    [
        (
            "https://www-quay-example.cache.example/c/s/www.quay.example/2018/pilots.html?id=5",
            "https://www.quay.example/2018/pilots.html?id=5",
        ),
        ("https://search.example/amp/s/www.quay.example/pilots", "https://www.quay.example/pilots"),
        ("https://www-quay-example.translate.example/pilots?id=5&_x_tr_sl=de&_x_tr_tl=en", "https://www.quay.example/pilots?id=5"),
        ("https://www.quay.example.proxy.library.example/pilots", "https://www.quay.example/pilots"),
        ("https://translate.example/t?sl=de&u=http://www.quay.example/pilots&tl=en", "http://www.quay.example/pilots"),
        ("https://cache.example/search?q=cache:4Hb1XyZ:www.quay.example/pilots+river&cd=1", "https://www.quay.example/pilots"),
        ("https://m.quay.example/pilots", None),
        ("https://www.quay.example.au/pilots", None),
        ("https://www.quay.example/pilots", None),
        ("https://other.example/pilots?via=about-www.quay.example", None),
        ("https://other.example/on/www.quay.example.html", None),
        ("http://[::1", None),
    ],
)
def test_what_an_address_that_holds_a_host_is_a_copy_of(url: str, original: str | None) -> None:
    copy = copy_of(url, "www.quay.example")
    assert (copy and copy.original) == original


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.example/web/20190403121212id_/https://www.quay.example/2018/pilots.html",
        "https://www-quay-example.cache.example/c/s/www.quay.example/2018/pilots.html",
        "https://cache.example/search?q=cache:4Hb1XyZ:www.quay.example/2018/pilots.html+&cd=1",
    ],
)
def test_a_copy_has_the_record_of_its_original(url: str) -> None:
    copied = scraper.clean(PAGE, url=url, with_={"markdown"}).to_dict()
    assert copied["sources"].pop("url") == f"copy:{url}"
    assert copied == scraper.clean(PAGE, url=STORY, with_={"markdown"}).to_dict()
    assert "[a part](https://www.quay.example/boat)" in copied["markdown"]


def test_links_of_a_translation_lead_to_the_original() -> None:
    service = "https://www-quay-example.translate.example"
    page = PAGE.replace('"/boat"', f'"{service}/boat?_x_tr_tl=en"').replace("<head>", f'<head><base href="{STORY}">')
    article = scraper.clean(page, url=f"{service}/2018/pilots.html?_x_tr_tl=en", with_={"markdown"})
    assert article.url == article.canonical_url == STORY
    assert "[a part](https://www.quay.example/boat?_x_tr_tl=en)" in (article.markdown or "")


def test_a_capture_is_no_publication() -> None:
    service = "https://archive.example"
    head = (
        f'<link rel="canonical" href="{service}/2019.04.03-121212/{STORY}"><meta property="og:site_name" content="archive.example">'
        '<meta property="article:published_time" content="2019-04-03T12:12:12Z">'
    )
    page = PAGE.replace(HEAD, head)
    article = scraper.clean(page, url=f"{service}/2019.04.03-121212/{STORY}")
    assert (article.date, article.site_name, article.url, article.canonical_url) == (None, None, STORY, STORY)
    short = scraper.clean(page, url=f"{service}/AbC12")
    assert (short.date, short.url, short.sources["url"]) == (None, STORY, f"copy:{service}/AbC12")
    unknown = scraper.clean(page)
    assert (unknown.date, unknown.url, unknown.canonical_url) == (None, None, STORY)


def test_the_bar_of_an_archive_goes() -> None:
    service = "https://archive.example"
    bar = (
        f'<div><form action="{service}/search/"><input name="q" value="{STORY}"></form>'
        f'<div>Saved on <time datetime="2019-04-03T12:12:12Z">3 Apr 2019</time></div><a href="{service}/faq">faq</a></div>'
    )
    page = PAGE.replace("<body>", f"<body>{bar}").replace('"/boat"', f'"{service}/o/AbC12/https://www.quay.example/boat"')
    article = scraper.clean(page, url=f"{service}/2019.04.03-121212/{STORY}", with_={"removed"})
    assert (article.date, article.words) == (None, scraper.clean(PAGE).words)
    assert not any("Saved on" in removed.text for removed in article.removed or [])


def test_a_field_with_the_pages_own_address_is_no_bar_of_an_archive() -> None:
    share = f'<form action="/send"><input value="{STORY}"></form><p>By Miriam Oakes, 14 May 2018</p>'
    page = PAGE.replace("</h1>", f"</h1><div>{share}</div>")
    article = scraper.clean(page, url=f"https://web.archive.example/web/20190403121212/{STORY}")
    assert (article.date, article.byline) == ("2018-05-14", "Miriam Oakes")


def test_a_text_page_of_a_reader_has_the_originals_address() -> None:
    text = f"Title: Pilots learn the river again\n\nURL Source: {STORY}\n\nMarkdown Content:\n" + "A long line about the river. " * 20
    assert scraper.clean(text, url=f"https://reader.example/{STORY}").url == STORY


@given(st.text(max_size=80), st.sampled_from(["https://a.example/", "https://a.example/web/20190403121212/", "view-source:", ""]))
def test_any_address_is_read(text: str, before: str) -> None:
    copy_at(before + text)
    copy_of(before + text, "b.example")
