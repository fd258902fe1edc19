"""Addresses: resolved by the WHATWG rules, without credentials and tracking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.url import canonical, host, is_home, is_tracking, link_target, resolve, without_tracking

BASE = "https://news.example/world/today.html?page=2#top"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("/a", "https://news.example/a"),
        ("b.html", "https://news.example/world/b.html"),
        ("../c", "https://news.example/c"),
        ("//cdn.example/d", "https://cdn.example/d"),
        ("?q=1", "https://news.example/world/today.html?q=1"),
        ("#x", "https://news.example/world/today.html?page=2#x"),
        (" http://other.example ", "http://other.example/"),
        ("https://user:secret@news.example/e", "https://news.example/e"),
        ("https:\\\\news.example\\f", "https://news.example/f"),
        ("https://NEWS.example:443/%7Eg", "https://news.example/%7Eg"),
        ("https://пример.example/ё", "https://xn--e1afmkfd.example/%D1%91"),
        ("ht\ntps://news.example/h", "https://news.example/h"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("mailto:a@b.example", None),
        ("ftp://news.example/", None),
        ("https://", None),
        ("http://[::1", None),
        ("http://a b/", None),
        ("", None),
        ("   ", None),
        ("\ud800", None),
        ("x" * 5_000, None),
    ],
)
def test_resolve(reference: str, expected: str | None) -> None:
    assert resolve(reference, BASE) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("b.html#c", "https://news.example/world/b.html#c"),
        (" MailTo:desk@news.example?subject=A note ", "mailto:desk@news.example?subject=A%20note"),
        ("mailto:é@b.example", "mailto:%C3%A9@b.example"),
        ("java\nscript:alert(1)", None),
        ("tel:1234", None),
        ("mailto:\ud800", None),
        ("mailto:" + "x" * 5_000, None),
        ("", None),
    ],
)
def test_where_links_lead(reference: str, expected: str | None) -> None:
    assert link_target(reference, BASE) == expected


def test_without_a_base() -> None:
    assert resolve("/a") is None
    assert resolve("/a", "not a base") is None
    assert resolve("https://news.example/a", "not a base") == "https://news.example/a"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://n.example/a?utm_source=x&id=7&fbclid=y", "https://n.example/a?id=7"),
        ("https://n.example/a?UTM_Medium=x", "https://n.example/a"),
        ("https://n.example/a?b=1&c=%C3%A9&b=2#frag", "https://n.example/a?b=1&c=%C3%A9&b=2"),
        ("https://n.example/a?utm", "https://n.example/a?utm"),
        ("https://n.example/a?gclid=1&&msclkid=2", "https://n.example/a"),
        ("https://n.example/?p=123", "https://n.example/?p=123"),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert canonical(url) == expected
    assert canonical(expected) == expected


def test_tracking_names() -> None:
    assert all(map(is_tracking, ("utm_anything", "fbclid", "mc_eid", "GCLID")))
    assert not any(map(is_tracking, ("id", "p", "q", "page", "article", "utm", "story_id", "lang")))
    assert without_tracking("?a=1&utm_x=2") == "?a=1"
    assert without_tracking("utm_x=2") == ""


@pytest.mark.parametrize(
    "url", ["https://n.example", "https://n.example/", "https://n.example/en/", "https://n.example/index.html", "https://n.example/#top"]
)
def test_front_pages(url: str) -> None:
    assert is_home(url)


@pytest.mark.parametrize(
    "url", ["https://n.example/?p=1", "https://n.example/story", "https://n.example/2025", "nonsense", "https://n.example/en/story"]
)
def test_no_front_pages(url: str) -> None:
    assert not is_home(url)


def test_host() -> None:
    assert host("https://www.Пример.example/x") == "www.xn--e1afmkfd.example"
    assert host("nonsense") is None


@given(st.text(max_size=60), st.sampled_from([None, BASE, "x"]))
def test_any_reference_gives_an_http_address_or_none(reference: str, base: str | None) -> None:
    for call in (resolve, canonical):
        url = call(reference, base)
        if url is not None:
            assert url.startswith(("http://", "https://")) and "@" not in url.split("/")[2]
            assert call(url) == url
