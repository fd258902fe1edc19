"""Bytes to a parsed page: encodings, wrong types, HTML told from text."""

import codecs
import itertools
import json
import random
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.document import parse_document
from scraper.encoding import declared_encoding, decode, resolve_encoding
from scraper.encoding.detect import detect_wide
from scraper.errors import InputError
from scraper.page import Page

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "cases" / "encoding.json").read_text("utf-8"))
TEXTS: dict[str, str] = CASES["texts"]
ROWS: list[dict[str, Any]] = CASES["rows"]
IDS = [f"{row['language']}-{row['codec']}-{row['label']}" for row in ROWS]
FILLER = "<script>var a = 'nothing to see';</script>\n"


def page_of(text: str, codec: str, head: str = "") -> tuple[bytes, str]:
    text = text.encode(codec, "ignore").decode(codec)
    return f"<html><head>{head}<title>-</title></head><body><h1>-</h1><p>{text}</p></body></html>".encode(codec), text


@pytest.mark.parametrize("row", ROWS, ids=IDS)
@pytest.mark.parametrize(
    "head",
    [
        "<meta charset={label}>",
        '<META content="text/html; charset={label}" http-equiv=Content-Type>',
        "<!-- <meta charset=utf-7> --><meta charset='{label}'>",
        FILLER * 60 + '<meta charset="{label}">',
        "<!-- filler -->" * 7000 + "<meta charset = {label}>",
    ],
    ids=["meta", "http-equiv", "after a comment", "after 2 kB", "after 100 kB"],
)
def test_declared_in_the_page(row: dict[str, Any], head: str) -> None:
    body, text = page_of(TEXTS[row["language"]], row["codec"], head.format(label=row["label"]))
    decoded = decode(body)
    assert text in decoded.text
    assert decoded.encoding == row["encoding"]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_declared_by_the_transport_against_the_page(row: dict[str, Any]) -> None:
    body, text = page_of(TEXTS[row["language"]], row["codec"], "<meta charset=macintosh>")
    decoded = decode(body, charset=row["label"].upper())
    assert text in decoded.text
    assert decoded.encoding == row["encoding"]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["detected"]], ids=[name for name, row in zip(IDS, ROWS, strict=True) if row["detected"]]
)
@pytest.mark.parametrize("head", ["", "<meta charset=utf-8>", "<meta charset=rot13>", "<meta charset=x-user-defined>"])
def test_undeclared_or_falsely_declared(row: dict[str, Any], head: str) -> None:
    body, text = page_of(TEXTS[row["language"]], row["codec"], head)
    assert text in decode(body).text


@pytest.mark.parametrize("label", ["", "iso-8859-1", "windows-1251", "gb2312", "shift_jis", "iso-2022-jp", "utf-16", "nonsense"])
@pytest.mark.parametrize("language", sorted(TEXTS))
def test_utf8_survives_any_declaration(language: str, label: str) -> None:
    body, text = page_of(TEXTS[language], "utf-8", f"<meta charset={label}>" if label else "")
    decoded = decode(body, charset=label or None)
    assert text in decoded.text
    assert decoded.encoding == "utf-8"


@pytest.mark.parametrize("language", sorted(TEXTS))
@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", b""),
        ("utf-32-be", b""),
    ],
)
def test_byte_order_mark_and_wide_encodings_without_one(language: str, codec: str, mark: bytes) -> None:
    body, text = page_of(TEXTS[language], codec, "<meta charset=windows-1251>")
    document = parse_document(Page(body=mark + body, charset="windows-1252"))
    assert text in document.text
    assert document.text.startswith("<html>")
    assert document.tree is not None and text in document.tree.text()


EAST_ASIAN = {language: "".join(TEXTS[language].split()) for language in ("ja", "ko", "zh-Hans", "zh-Hant")}


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", sorted(EAST_ASIAN))
def test_utf_16_without_a_mark_and_without_a_space(language: str, codec: str) -> None:
    for text in (EAST_ASIAN[language], EAST_ASIAN[language][:30], f"一{EAST_ASIAN[language]}一\r\n二〇二五年一月"):
        document = parse_document(Page(body=text.encode(codec)))
        assert (document.text, document.encoding) == (text, codec.replace("16-", "16"))


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_legacy_text_is_not_taken_for_utf_16(row: dict[str, Any]) -> None:
    body = "".join(TEXTS[row["language"]].split()).encode(row["codec"], "ignore")
    assert detect_wide(body) is None and detect_wide(body[1:]) is None


@pytest.mark.parametrize("seed", range(20))
def test_binary_data_is_not_taken_for_utf_16(seed: int) -> None:
    rng = random.Random(seed)
    for size, span in itertools.product((40, 400, 4000), (1, 2, 16, 80, 256)):
        least = rng.randrange(0, 257 - span)
        words = [rng.randrange(0x4E00, 0xA000) for _ in range(size)]
        for data in (bytes(rng.randrange(least, least + span) for _ in range(size)), struct.pack(f"<{size}H", *words)):
            assert detect_wide(data) is None


def test_xml_declaration() -> None:
    body, text = page_of(TEXTS["ru"], "koi8-r")
    assert text in decode(b'<?xml version="1.0" encoding="KOI8-R"?>' + body).text


@pytest.mark.parametrize(
    "label", ["rot13", "unicode_escape", "utf-7", "idna", "zip", "base64", "punycode", "raw_unicode_escape", "x" * 10_000, "mbcs", "\0"]
)
def test_labels_outside_the_standard_are_never_looked_up(label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"codecs.lookup({name})")

    monkeypatch.setattr(codecs, "lookup", refuse)
    body, text = page_of(TEXTS["de"], "cp1252", f'<meta charset="{label}">')
    assert resolve_encoding(label) is None
    assert text in decode(body, charset=label).text


def test_standard_tables_where_python_differs() -> None:
    assert decode(b"<meta charset=gbk>" + "价格".encode("gbk") * 9 + b"\x80").text.endswith("€")
    assert decode(b"<meta charset=latin1>caf\xe9 \x81\x8d\x9d").text.endswith("caf\xe9 \x81\x8d\x9d")
    assert declared_encoding(b"<meta charset=utf-16le>") == "utf-8"


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        (b"caf\xc3\xa9 " * 9 + b"\xe2\x82", "caf\xe9 " * 9),  # cut inside a character
        (b"plain text \xc3", "plain text "),
        (b"<meta charset=utf-8>slash \xc0\xaf end", " end"),  # overlong
        (b"<meta charset=utf-8>CESU \xed\xa0\xbd\xed\xb8\x80 end", " end"),
        (b"<meta charset=utf-8>bad \xff\xfe end", " end"),
        ("größer ".encode() * 30 + b"\xe4 end", "größer " * 30),
    ],
)
def test_damage_in_utf8_becomes_the_replacement_character(broken: bytes, kept: str) -> None:
    decoded = decode(broken)
    assert decoded.encoding == "utf-8"
    assert "\ufffd" in decoded.text
    assert kept in decoded.text


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"GIF89a\x01\0", "GIF"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\n\n%PDF-1.4", "PDF"),
        (b"\x7fELF\x02\x01\x01", "ELF"),
        (b"\0\0\0\x20ftypisom\0\0", "MP4"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "OLE"),
        (b"\0asm\x01\0\0\0", "WebAssembly"),
        (b"\x1f\x8b\x08\0\0", "gzip"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (b"\x28\xb5\x2f\xfd\x04", "Zstandard"),
        (b"BZh91AY&SY\x01\x02", "bzip2"),
        (b"\xfd7zXZ\0\0\x04", "xz"),
        (b"RIFF\x24\x08\0\0WEBPVP8 \x01", "RIFF"),
        (b"{\\rtf1\\ansi", "RTF"),
        (bytes(range(256)) * 20, "binary"),
        (b"<html>" + bytes(range(1, 256)) * 40, "binary"),
    ],
)
def test_wrong_types_are_told_by_content(body: bytes, name: str) -> None:
    with pytest.raises(InputError, match=name) as failure:
        parse_document(Page(body=body, media_type="text/html"))
    assert failure.value.code == "wrong-type"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<?xml version='1.0'?><rss version='2.0'><channel><title>A</title><item><title>B</title></item></channel></rss>", "a feed"),
        ("<!-- made by hand -->\n<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title></feed>", "a feed"),
        ("<?xml version='1.0'?><rdf:RDF xmlns:rdf='x'><title>A</title><title>B</title></rdf:RDF>", "a feed"),
        ("<?xml version='1.0'?><urlset><url><loc>https://example.org/</loc></url></urlset>", "a sitemap"),
        ("<?xml version='1.0'?>\n<package version='3.0'><metadata/></package>", "XML"),
    ],
)
def test_xml_that_is_no_page(body: str, name: str) -> None:
    with pytest.raises(InputError, match=name) as failure:
        parse_document(Page(body=body.encode()))
    assert failure.value.code == "wrong-type"
    assert parse_document(Page(body=body.encode(), media_type="text/plain")).text == body


def test_articles_in_xml_are_pages() -> None:
    body = b"<?xml version='1.0'?><nitf><head><title>A</title></head><body><p>One.</p><p>Two.</p></body></nitf>"
    assert parse_document(Page(body=body)).media_type == "text/html"


@pytest.mark.parametrize("media_type", [None, "application/xhtml+xml"])
def test_elements_closed_in_their_start_tag_are_empty_in_xml(media_type: str | None) -> None:
    head = "" if media_type else "<?xml version='1.0'?>"
    body = "<p><a id='p1'/>One<br/>two <a title='x/>y' href='/b'>b</a></p>"
    source = f"{head}<html><head><title>A</title><script src='a.js' /></head><body>{body}</body></html>"
    tree = parse_document(Page(body=source.encode(), media_type=media_type)).tree
    assert tree is not None and tree.body is not None
    assert [(node.text(), node.attributes) for node in tree.css("a")] == [("", {"id": "p1"}), ("b", {"title": "x/>y", "href": "/b"})]
    assert tree.body.text() == "Onetwo b"


def test_elements_closed_in_their_start_tag_are_open_in_html() -> None:
    tree = parse_document(Page(body=b"<!doctype html><p><a id=p1/>One</p>")).tree
    assert tree is not None and tree.css_first("a").text() == "One"


@pytest.mark.parametrize(
    "text",
    [
        "BMW sells more cars.",
        "RIFF is a word.",
        "MZ and BZh are initials.",
        "ID3 was a party.",
        "<p>About %PDF-1.7 files.",
        "PK is a name.",
    ],
)
def test_text_that_begins_like_a_format(text: str) -> None:
    assert parse_document(Page(body=text.encode())).text == text


@pytest.mark.parametrize(
    "source",
    [
        "<!DOCTYPE html><title>A</title>",
        "\n \t<HTML lang=en>",
        "<!-- saved page --><html><body>x",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html xmlns="http://www.w3.org/1999/xhtml"/>',
        "<p>one<p>two",
        "<div class='a'>fragment</div>",
        "Words first, <b>then</b> markup.<br>More <i>markup</i> and <a href='/x'>links</a>.",
        "<h2>Inner heading</h2> text",
    ],
)
def test_html_by_content(source: str) -> None:
    document = parse_document(Page(body=source.encode()))
    assert document.media_type == "text/html"
    assert document.tree is not None


@pytest.mark.parametrize(
    "source",
    [
        "",
        "   \n ",
        "Just a line.",
        "If a < b and b > c, then a < c.",
        "He typed <enter> and left.",
        "The <p> element is for paragraphs. " + "It is one of the oldest elements of the language, and one of the most used. " * 12,
        "Mail from Jane Doe <jane@example.org>\n> quoted\n<https://example.org/>",
        "I <3 this. " * 50,
    ],
)
def test_text_by_content(source: str) -> None:
    document = parse_document(Page(body=source.encode()))
    assert document.media_type == "text/plain"
    assert document.tree is None
    assert document.text == source


def test_media_type_decides_where_content_allows() -> None:
    html = b"<!doctype html><p>x</p>"
    assert parse_document(Page(body=html, media_type="text/plain")).media_type == "text/plain"
    assert parse_document(Page(body=b"He typed <enter> and left.", media_type="text/html")).media_type == "text/html"
    assert parse_document(Page(body=b"one\ntwo", media_type="text/html")).media_type == "text/plain"


def test_nul_is_removed_and_neighbours_stay() -> None:
    document = parse_document(Page(body=b"<p>a\0b</p>" + b"<p>text</p>" * 9))
    assert "ab" in document.text
    assert document.tree is not None and document.tree.css_first("p").text() == "ab"
    assert parse_document(Page(body=b"\0" * 5000)).text == ""


def test_size_limit() -> None:
    with pytest.raises(InputError) as failure:
        parse_document(Page(body=b"<p>" + b"x" * 100), max_size=100)
    assert failure.value.code == "too-large"


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "gb18030", "iso-2022-jp", "shift_jis", "windows-1252", "x", ""]))
def test_decoding_never_raises_and_gives_text_that_can_be_written(body: bytes, charset: str | None) -> None:
    for source in (body, b"<meta charset=big5>" + body, b"\xff\xfe" + body):
        decoded = decode(source, charset=charset)
        decoded.text.encode()
        if decoded.utf8 is not None:
            assert decoded.utf8.decode() == decoded.text


@given(st.text(max_size=300))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    body = text.encode("utf-8", "ignore") + " ärgert øre élan".encode()
    assert decode(body).text == body.decode().removeprefix("\ufeff")
