"""The guard: hostile markup becomes safe to parse, text stays, ordinary pages are not touched."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.document import limits as module
from scraper.document.limits import guard
from scraper.errors import InputError

N = 3_000
END = "<p>The article stands at the very end.</p>"

# Markup that takes the parser seconds or gigabytes when it is longer, and the limit that it must hit.
HOSTILE: dict[str, tuple[str, str]] = {
    "nested div": ("<div>" * N, "depth"),
    "nested div, closed": ("<div>x" * N + "</div>" * N, "depth"),
    "nested lists": ("<ul><li>" * N, "depth"),
    "nested definition lists": ("<dl><dd>" * N, "depth"),
    "nested sections with attributes": ('<section class="a b">' * N, "depth"),
    "upper case": ("<DIV>" * N, "depth"),
    "end tags that close nothing": ("<div></x>" * N, "depth"),
    "blocks in links": ("<a><div>" * N, "depth"),
    "blocks in forms": ("<form><div></form>" * N, "depth"),
    "templates": ("<template>" * N, "depth"),
    "tables in tables": ("<table><tr><td>" * N, "depth"),
    "formatting re-opened": ("".join(f"<p><font {i}>" for i in range(N)), "formatting"),
    "formatting re-opened, few kinds": ("".join(f"<b {i % 29}><i {i % 17}><p>" for i in range(N)), "formatting"),
    "formatting hidden in foreign style": ("<svg><style>" + "".join(f"<p><font {i}>" for i in range(N)), "formatting"),
    "adoption agency": ("".join(f"<b {i}>" for i in range(N)) + "".join(f"<i {i}>" for i in range(N)) + "x</b>" * N, "formatting"),
    "options": ("<select>" + "<option>a" * N, "options"),
    "options, closed": ("<select>" + "<OPTION value=1>a</OPTION>" * N, "options"),
    "attributes": ("<div " + " ".join(f"a{i}=1" for i in range(N)) + ">", "attributes"),
    "attributes with quoted ends of tags": ("<div " + " ".join(f'a{i}="1>"' for i in range(N)) + ">", "attributes"),
    "attributes without values": ("<div " + " ".join(f"a{i}" for i in range(N)) + ">", "attributes"),
    "repeated body tags": ("".join(f"<body a{i}=1>" for i in range(N)), "attributes"),
}


def depth_of(tree: LexborHTMLParser) -> int:
    deepest = depth = 0
    node = tree.root
    while node is not None:
        deepest = max(deepest, depth)
        if node.first_child is not None:
            node, depth = node.first_child, depth + 1
            continue
        while node is not None and node.next is None:
            node, depth = node.parent, depth - 1
        node = node.next if node is not None else None
    return deepest


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_markup_hits_its_limit_and_keeps_the_article(name: str) -> None:
    markup, limit = HOSTILE[name]
    source, limits = guard((markup + END).encode())
    assert limit in limits
    assert b"The article stands at the very end." in source
    if name != "templates":
        tree = LexborHTMLParser(source)
        assert "at the very end" in tree.root.text()
        assert depth_of(tree) <= 1.5 * module.DEPTH  # the parser adds a <tbody> to every table


@pytest.mark.parametrize("depth", [100, 400, 511])
def test_depth_within_the_limit_stays(depth: int) -> None:
    source = (b"<div>" * depth + b"<p>text</p>" + b"</div>" * depth) + b"<p>filler</p>" * 2_000
    assert guard(source) == (source, [])


def test_article_after_closed_nesting_is_outside_it() -> None:
    source, limits = guard(("<div>" * N + "</div>" * N + "<main><p>after</p></main>").encode())
    assert limits == ["depth"]
    main = LexborHTMLParser(source).css_first("main")
    assert main is not None and main.parent is not None and main.parent.tag == "body"


ORDINARY: dict[str, str] = {
    "news page": "<div class=a><p>Text with <a href='/x'>a link</a> and <b>bold</b>.<br><img src='a.png'>" * 300,
    "unclosed paragraphs and items": "<ul>" + "<li><p>one two three" * 2_000,
    "unclosed rows": "<table>" + "<tr><td>a<td>b" * 2_000,
    "unclosed bold in cells": "<table>" + "<tr><td><b>a<td><b>b" * 1_000,
    "the same bold, never closed": "<p><b>text" * 2_000,
    "long select": "<select>" + "<option value=12>Name of a country</option>" * 1_500 + "</select>",
    "icons": "<svg><path d='M0 0'/><path d='M1 1'/><circle r='1'/></svg>" * 1_000,
    "data URI": "<img src='data:image/png;base64," + "A" * 60_000 + "'>" + "<p>x</p>" * 900,
    "script full of tags": "<script>var a = '" + "<div>" * 5_000 + "';</script><p>x</p>",
    "comment full of tags": "<!--" + "<div>" * 5_000 + "--><p>x</p>",
    "textarea full of tags": "<textarea>" + "<div>" * 5_000 + "</textarea><p>x</p>",
    "one long text": "<p>" + "word " * 50_000,
    "greater-than signs": "<p>" + "a > b and 2 < 3 " * 5_000,
}


@pytest.mark.parametrize("name", sorted(ORDINARY))
def test_ordinary_pages_are_not_touched(name: str) -> None:
    source = ORDINARY[name].encode()
    assert guard(source)[0] is source


BAITS: dict[str, Callable[[int], str]] = {
    "comment openings": lambda n: "<!--" * n,
    "link openings": lambda n: "<a " * n,
    "end tag openings": lambda n: "</" * n,
    "unclosed quotes": lambda n: '<a x="' * n,
    "mixed quotes": lambda n: "<a x=\"'" * n,
    "stray quotes": lambda n: '<div>"' * n,
    "raw text openings": lambda n: "<div><title></titl>" * n,
    "declarations": lambda n: "<!" * n,
    "spaces in a tag": lambda n: "<div" + " " * 20 * n + "><div>" * n,
    "slashes in a tag": lambda n: "<div" + "/" * 20 * n + "><div>" * n,
}


@pytest.mark.parametrize("name", sorted(BAITS))
def test_baits_are_read_in_one_pass(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts the steps of the pass rather than time: no more than a few for each opening."""
    steps = 0
    real = module._Ends.tag

    def counted(self: module._Ends, start: int) -> int:
        nonlocal steps
        steps += 1
        return real(self, start)

    monkeypatch.setattr(module._Ends, "tag", counted)
    guard(BAITS[name](20_000).encode())
    assert steps <= 2 * 2 * 20_000 + 10  # two tags a bait, two runs


def test_too_many_tags() -> None:
    with pytest.raises(InputError) as failure:
        guard(b"<" * (module.TAGS + 1))
    assert failure.value.code == "too-large"


TAGS = [
    "div",
    "p",
    "span",
    "b",
    "i",
    "a",
    "font",
    "ul",
    "li",
    "dl",
    "dd",
    "table",
    "tr",
    "td",
    "section",
    "form",
    "svg",
    "h2",
    "br",
    "em",
    "body",
    "button",
]
PIECES = st.one_of(
    st.sampled_from(TAGS).map(lambda name: f"<{name}>"),
    st.sampled_from(TAGS).map(lambda name: f"</{name}>"),
    st.sampled_from(TAGS).map(lambda name: f'<{name} class="x>y" id=z>'),
    st.just("word"),
)


@given(st.lists(PIECES, max_size=80))
@settings(max_examples=300)
def test_text_is_never_dropped(pieces: list[str]) -> None:
    markup = "".join(f" w{index} " if piece == "word" else piece for index, piece in enumerate(pieces))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_is_suspicious", lambda source: True)
        for name, limit in (("DEPTH", 5), ("FORMATTING", 2), ("OPTIONS", 2), ("ROOTS", 1), ("REOPENED", 40)):
            patch.setattr(module, name, limit)
        trimmed, _ = guard(markup.encode())
    words = {word for word in LexborHTMLParser(markup).root.text(separator=" ").split() if word.startswith("w")}
    kept = LexborHTMLParser(trimmed).root.text(separator=" ").split()
    assert words <= set(kept)


@given(st.binary(max_size=300), st.sampled_from(["<div>", "<b>", "<option>", "<!--", "<script>", '<a "', "</"]))
def test_never_raises(noise: bytes, markup: str) -> None:
    source = (markup.encode() + noise) * 60
    trimmed, limits = guard(source)
    assert isinstance(trimmed, bytes)
    assert limits == sorted(set(limits))
