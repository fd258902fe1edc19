"""Hostile pages, made from one article: each damages or attacks it in one way and says what must come of it."""

import codecs
import json
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

HEADLINE = "The old bridge closes until spring"
PARAGRAPHS = [
    "The council said on Tuesday that the old bridge would stay closed until the spring, MARKONE, and that it was for the safety of all.",
    "Repairs will cost two million and take the better part of a year, MARKTWO, according to the engineer who wrote the report.",
    "Shop owners on both banks have asked for help, MARKTHREE, because half of their guests used to come over the bridge on foot.",
    "The mayor promised a ferry for the time being, MARKFOUR, but she could not say when it would run or who would have to pay for it.",
]
MARKS = ["MARKONE", "MARKTWO", "MARKTHREE", "MARKFOUR"]
TEXT = "".join(f"<p>{paragraph}</p>\n" for paragraph in PARAGRAPHS)
ARTICLE = f"<article><h1>{HEADLINE}</h1>\n{TEXT}</article>"


class Hostile(NamedTuple):
    """`outcome` is "article" (all marks are kept), "any" (a record without the banned strings), "empty", or the code of the error."""

    name: str
    body: bytes
    outcome: str = "article"
    banned: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


def page(article: str = ARTICLE, *, head: str = "", before: str = "", after: str = "") -> bytes:
    """The article in a page."""
    source = f"<!DOCTYPE html><html lang=en><head><title>{HEADLINE}</title>{head}</head><body>{before}{article}{after}</body></html>"
    return source.encode("utf-8", "surrogatepass")


def script(value: Any) -> str:
    """A ld+json script of `value`, or of a str as it is."""
    return f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'


def hostile_pages() -> list[Hostile]:
    """Every page, each name once."""
    return [*_nothing(), *_wrong_types(), *_deep(), *_wide(), *_unclosed(), *_references(), *_json_ld(), *_text(), *_baits(), *_damaged()]


def _nothing() -> Iterator[Hostile]:
    yield Hostile("empty file", b"", "empty")
    yield Hostile("white space", b" \n\t\r\n" * 500, "empty")
    yield Hostile("NULs", b"\0" * 5_000, "empty")
    for name, mark in (("UTF-8", codecs.BOM_UTF8), ("UTF-16", codecs.BOM_UTF16_LE), ("UTF-32", codecs.BOM_UTF32_BE)):
        yield Hostile(f"{name} byte-order mark only", mark, "empty")
    for name, markup in (
        ("doctype", "<!doctype html>"),
        ("comment", "<!-- all gone -->"),
        ("script", "<script>var article = 'text';</script>"),
        ("template", "<template><p>text</p></template>"),
        ("style", "<style>p { color: red }</style>"),
        ("html", "<html></html>"),
    ):
        yield Hostile(f"{name} only", markup.encode(), "empty")


def _wrong_types() -> Iterator[Hostile]:
    signatures = {
        "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "GIF": b"GIF89a\x01\0\x01\0\x80\0\0",
        "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "ELF": b"\x7fELF\x02\x01\x01\0",
        "MP4": b"\0\0\0\x20ftypisom\0\0\x02\0",
        "SQLite": b"SQLite format 3\0\x10\0",
        "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
        "WASM": b"\0asm\x01\0\0\0",
        "gzip": b"\x1f\x8b\x08\0\0\0\0\0",
        "zip": b"PK\x03\x04\x14\0\0\0",
    }
    for name, signature in signatures.items():
        yield Hostile(f"{name} called HTML", signature + page(), "wrong-type")
    noise = bytes((i * 7919 + i // 13 * 31 + 17) % 256 for i in range(20_000))
    yield Hostile("noise called HTML", noise, "wrong-type")


def _deep() -> Iterator[Hostile]:
    for depth in (300, 600, 1_000, 3_000, 20_000, 100_000):
        limits = ("depth",) if depth > 3_000 else ()
        yield Hostile(f"article under {depth} div", page("<div>" * depth + ARTICLE + "</div>" * depth), limits=limits)
    for name, opening in (
        ("lists", "<ul><li>"),
        ("definition lists", "<dl><dd>"),
        ("sections", "<section>"),
        ("blockquotes", "<blockquote>"),
    ):
        yield Hostile(f"article under nested {name}", page(opening * 20_000 + ARTICLE), "any", limits=("depth",))
    for name, opening in (
        ("span", "<span>"),
        ("b", "<b>"),
        ("custom elements", "<x-y>"),
        ("links and blocks", "<a><div>"),
        ("forms", "<form><div></form>"),
    ):
        yield Hostile(f"article after nested {name}", page(before=opening * 20_000), "any")
    yield Hostile("templates", page(after="<template>" * 100_000))
    yield Hostile("SVG", page(after="<svg>" + "<g>" * 50_000))


def _wide() -> Iterator[Hostile]:
    yield Hostile("formatting re-opened", page(after="".join(f"<p><font {i}>" for i in range(8_000))), limits=("formatting",))
    adoption = "".join(f"<b {i}>" for i in range(4_000)) + "".join(f"<i {i}>" for i in range(4_000)) + "x</b>" * 4_000
    yield Hostile("adoption agency", page(after=adoption), limits=("formatting",))
    yield Hostile("200,000 options", page(after="<select>" + "<option>a" * 200_000 + "</select>"), limits=("options",))
    yield Hostile(
        "100,000 attributes", page(before="<div " + " ".join(f"a{i}=1" for i in range(100_000)) + "></div>"), limits=("attributes",)
    )
    yield Hostile("100,000 body tags", page(before="".join(f"<body a{i}=1>" for i in range(100_000))), limits=("attributes",))
    yield Hostile("100,000 siblings", page(after="<i>x</i>" * 100_000))
    yield Hostile("2,000,000 tags", page(after="<p>x" * 2_000_000), "too-large")
    yield Hostile("attribute of 10 MB", page(before=f"<div title='{'x' * 10_000_000}'></div>"))
    yield Hostile("line of 15 MB", page(after=f"<!-- {'x' * 15_000_000} -->"))
    yield Hostile("50 MB of text", b"<p>" + b"text " * 10_000_000, "any")
    yield Hostile("70 MB of text", b"<p>" + b"text " * 14_000_000, "too-large")


def _unclosed() -> Iterator[Hostile]:
    for name, opening in (
        ("comment", "<!-- "),
        ("script", "<script>"),
        ("style", "<style>"),
        ("title", "<title>"),
        ("textarea", "<textarea>"),
        ("attribute", '<a href="'),
        ("tag", "<div "),
        ("CDATA", "<![CDATA["),
        ("iframe", "<iframe>"),
        ("template", "<template>"),
        ("select", "<select>"),
        ("table", "<table>"),
    ):
        yield Hostile(f"{name} left open after the article", page(after=opening))
        yield Hostile(f"{name} left open before the article", page(before=opening), "any")
    yield Hostile("cut in the middle of a tag", page()[:-20])
    yield Hostile("content after </html>", page("") + TEXT.encode(), "article")
    for name, hidden in (
        ("</scr", "<script>var a = '</scr' + 'ipt>'; BANNED()</script>"),
        ("double escape", "<script><!--<script>BANNED</script>--></script>"),
        ("conditional comment", "<!--[if IE]><p>BANNED</p><![endif]-->"),
        ("CDATA", "<!-- <![CDATA[ BANNED ]]> -->"),
        ("style", "<style>p:after { content: 'BANNED' }</style>"),
        ("noscript", "<noscript>BANNED</noscript>"),
        ("event handler", "<p onclick='BANNED()'></p>"),
        ("data block", "<script type='text/template'><p>BANNED</p></script>"),
    ):
        yield Hostile(f"script text: {name}", page(before=hidden, after=hidden), banned=("BANNED",))


def _references() -> Iterator[Hostile]:
    bomb = "<!DOCTYPE html [<!ENTITY a 'BANNED'>" + "".join(f"<!ENTITY a{i} '{'&a;' * 10}'>" for i in range(10)) + "]>"
    yield Hostile("entity bomb", bomb.encode() + page(after="<p>&a9;</p>"), "article", banned=("BANNEDBANNED",))
    external = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield Hostile("external entity", external.encode() + page(after="<p>&x;</p>"), "article", banned=("root:",))
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    yield Hostile("XInclude", page(after=include), banned=("root:",))
    for name, reference in (
        ("huge", "&#99999999999;"),
        ("surrogate", "&#xD800;"),
        ("endless", "&#" + "9" * 100_000 + ";"),
        ("control", "&#7;"),
        ("zero", "&#0;"),
    ):
        yield Hostile(f"bad reference: {name}", page(after=f"<p>{reference}</p>"), banned=("\x07", "\0"))
    escaped = page(
        ARTICLE.replace("MARKONE", "MARKONE &amp;lt;script&amp;gt;"),
        head='<meta name="description" content="&amp;lt;script&amp;gt; it says">',
    )
    yield Hostile("escaped twice", escaped, banned=("<script>",))


def _json_ld() -> Iterator[Hostile]:
    good: dict[str, Any] = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE}
    nested: Any = 1
    for _ in range(500):
        nested = [nested]
    scripts: dict[str, Any] = {
        "100,000 levels": "[" * 100_000,
        "100,000 objects deep": '{"a":' * 100_000 + "1" + "}" * 100_000,
        "NaN": '{"@type":"NewsArticle","headline":NaN,"wordCount":Infinity}',
        "huge integer": '{"@type":"NewsArticle","wordCount":' + "9" * 100_000 + "}",
        "huge exponent": '{"@type":"NewsArticle","wordCount":1e999999}',
        "duplicate keys": '{"@type":"NewsArticle","headline":"x","headline":"y"}',
        "lone surrogates": '{"@type":"NewsArticle","headline":"\\ud800 \\udfff","author":"\\ud83d"}',
        "unterminated string": '{"@type":"NewsArticle","headline":"' + "x" * 97_000,
        "unterminated escapes": '{"@type":"NewsArticle","headline":"' + '\\"' * 48_000,
        "circle of references": {"@graph": [{**good, "@id": "#a", "author": {"@id": "#b"}}, {"@id": "#b", "name": {"@id": "#a"}}]},
        "itself": {**good, "@id": "#a", "author": {"@id": "#a"}, "isPartOf": {"@id": "#a"}},
        "null": "null",
        "number": "7",
        "text": '"text"',
        "empty": "",
        "10,000 nulls": "[" + "null," * 10_000 + "null]",
        "20 MB": '{"@type":"NewsArticle","articleBody":"' + "x" * 15_000_000 + '"}',
        "markup in values": {**good, "headline": "<script>BANNED()</script>", "author": "<img src=x onerror=BANNED()>"},
        "nested lists": {**good, "author": nested, "image": nested, "keywords": nested},
    }
    for key in (
        "headline",
        "author",
        "datePublished",
        "image",
        "publisher",
        "keywords",
        "description",
        "articleBody",
        "url",
        "@type",
        "@id",
        "inLanguage",
    ):
        for value in (None, True, 7, 1.5, [], {}, [[]], {"@type": []}, "", [None, {}]):
            scripts[f"{key} is {json.dumps(value)}"] = {**good, key: value}
    for name, value in scripts.items():
        yield Hostile(f"JSON-LD: {name}", page(head=script(value)), banned=("NaN", "Infinity"))
    yield Hostile("JSON-LD: 10,000 scripts", page(head=script("null") * 10_000))


def _text() -> Iterator[Hostile]:
    controls = "".join(chr(code) for code in [*range(1, 9), 11, *range(14, 28), *range(127, 160)])
    for name, insertion in (
        ("controls", controls[20:40]),
        ("direction overrides", "\u202e\u202d\u202a\u2066"),
        ("zero width", "\u200b\ufeff\u2060\xad"),
        ("separators", "\u2028\u2029\x85"),
        ("noncharacters", "\ufdd0\ufffe\uffff"),
        ("escape sequences", "\x1b[31m"),
    ):
        text = f"{HEADLINE}{insertion}"
        spread = ARTICLE.replace(HEADLINE, text).replace(", ", f", {insertion}")
        metas = "".join(f'<meta property="og:{key}" content="A{insertion}B">' for key in ("description", "site_name", "title"))
        yield Hostile(name, page(spread, head=metas), banned=("\x1b", "\u202e", "\x85", "\u2028", "\ufdd0"))
    for name, marks in (("one mark", "\u0301"), ("two marks by turns", "\u0301\u0323"), ("enclosing marks", "\u20dd\u0489")):
        storm = "z" + marks * 100_000
        head = "".join(f'<meta name="{key}" content="{storm}">' for key in ("og:title", "og:description", "author", "article:section"))
        yield Hostile(f"storm of {name}", page(head=head, after=f"<p>{storm} {PARAGRAPHS[0]}</p>"))
    yield Hostile("lone surrogates in UTF-8", page(after="<p>a \ud800 b \udfff c</p>"))
    yield Hostile("credentials and schemes", page(head="".join(_addresses())), banned=("secret", "file:///", "javascript:"))
    yield Hostile(
        "fields of 1 MB",
        page(head="".join(f'<meta name="{key}" content="{"long " * 200_000}">' for key in ("author", "description", "keywords"))),
    )


def _addresses() -> Iterator[str]:
    for address in ("https://user:secret@x.example/a", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
        yield f'<link rel="canonical" href="{address}">'
        yield from (f'<meta property="og:{key}" content="{address}">' for key in ("url", "image"))


def _baits() -> Iterator[Hostile]:
    baits = {
        "<": "<" * 900_000,
        "</": "</" * 450_000,
        "<!": "<!" * 450_000,
        "<a ": "<a " * 300_000,
        "<!--": "<!--" * 200_000,
        "<a href='": "<a href='" * 100_000,
        "quotes": '"' * 1_000_000,
        "spaces": " " * 5_000_000,
        "newlines": "\n" * 1_000_000,
        "no-break spaces": "\xa0" * 500_000,
        "commas": "," * 1_000_000,
        "ampersands": "&" * 1_000_000,
        "numeric openings": "&#" * 500_000,
        "by by by": "By " * 300_000,
        "march march": "march " * 200_000,
        "digits": "1" * 1_000_000,
        "digits and dashes": "1-" * 500_000,
        "separators": " | " * 300_000,
        "guillemets": " » " * 300_000,
        "colons": "a:" * 500_000,
        "parentheses": "(" * 500_000,
        "brackets": "[" * 500_000,
        "slashes": "/" * 1_000_000,
        "at signs": "a@" * 300_000,
        "addresses": "https://" * 100_000,
        "photo credits": "Photo: " * 100_000,
        "marks of emphasis": "*_" * 300_000,
    }
    for name, bait in baits.items():
        yield Hostile(f"bait after the article: {name}", page(after=f"<p>{bait}</p>"), "any")
        yield Hostile(f"bait in windows-1252: {name}", page(after=f"<p>caf\xe9 {bait[:200_000]}</p>").decode().encode("cp1252"), "any")
        attribute = bait.replace('"', "'")[:100_000]
        head = "".join(
            f'<meta property="{key}" content="{attribute}">'
            for key in ("og:title", "og:description", "article:published_time", "author", "keywords")
        )
        yield Hostile(
            f"bait in metadata: {name}",
            page(head=head + script({"@type": "NewsArticle", "headline": bait[:100_000], "author": bait[:100_000]})),
        )


def _damaged() -> Iterator[Hostile]:
    accented = ARTICLE.replace("bridge", "brïdge café")
    for codec in ("utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig"):
        yield Hostile(f"in {codec}", page(accented).decode().encode(codec))
    for name, damage in (
        ("overlong", b"\xc0\xaf"),
        ("CESU", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("invalid", b"\xff\xfe\x80"),
        ("NUL", b"\0\0"),
        ("truncated", b"\xe2\x82"),
    ):
        yield Hostile(f"{name} bytes in UTF-8", page(accented).replace(b"</p>", damage + b"</p>"), banned=("\0",))
    for label in ("rot13", "unicode_escape", "utf-7", "idna", "zip", "x" * 10_000, "utf-16", "iso-2022-jp"):
        yield Hostile(f"labelled {label[:20]}", page(accented, head=f'<meta charset="{label}">'))


def is_clean(text: str) -> bool:
    """Whether a string of a record has no control character and no overlong run of marks."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return True
    run = 0
    for char in text:
        category = unicodedata.category(char)
        run = run + 1 if category[0] == "M" else 0
        if run > 30 or (category in ("Cc", "Cs") and char != "\n"):
            return False
    return True
