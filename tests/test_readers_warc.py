"""Crawls: what is whole is read, what is not is named with its place, and reading goes on."""

import base64
import gzip
import hashlib
import io
import random
import zipfile
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import Failure
from scraper.page import Page
from scraper.readers import Reading, coding, read
from scraper.readers.response import unchunk

zstd = coding.zstd


def html(number: int) -> bytes:
    words = random.Random(number).choices(["crawl", "record", "page", "words", "of", "some", "length"], k=300)
    return b"<html><body><p>%d %s</p></body></html>" % (number, " ".join(words).encode())


def record(
    number, kind="response", *, body=None, head=b"", status=b"200 OK", media=b"text/html; charset=utf-8", length=None, fields=b""
) -> bytes:
    block = html(number) if body is None else body
    if kind == "response":
        block = b"HTTP/1.1 " + status + b"\r\nContent-Type: " + media + b"\r\n" + head + b"\r\n" + block
    size = str(len(block) if length is None else length).encode()
    target = b"WARC-Target-URI: https://example.org/%d\r\n" % number
    return (
        b"WARC/1.0\r\nWARC-Type: "
        + kind.encode()
        + b"\r\n"
        + target
        + fields
        + b"Content-Length: "
        + size
        + b"\r\n\r\n"
        + block
        + b"\r\n\r\n"
    )


def outcome(tmp_path, data, name="a.warc", **options):
    """Return the numbers of the pages that were read and the offsets of damage, in order."""
    path = tmp_path / name
    path.write_bytes(data)
    rows = []
    for row in read(str(path), **options):
        if isinstance(row, Page):
            number = int((row.url or "/-1").rpartition("/")[2])
            assert row.body == html(number)
            rows.append(number)
        else:
            rows.append((row.error, row.input.removeprefix(str(path))))
    return rows


def frame(data: bytes) -> bytes:
    return zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})


RECORDS = [record(number) for number in range(3)]
PACKED = {
    "plain": (b"".join, lambda data: data),
    "gzip": (lambda records: b"".join(map(gzip.compress, records)), gzip.compress),
    "zstd": (lambda records: b"".join(map(frame, records)), lambda data: frame(data)),
}


@pytest.mark.parametrize("packing", PACKED)
def test_records_are_read_with_their_offsets(tmp_path, packing):
    join, pack = PACKED[packing]
    path = tmp_path / "crawl"  # told by its content, not by its name
    path.write_bytes(join(RECORDS))
    pages = [row for row in read(str(path)) if isinstance(row, Page)]
    size = len(pack(RECORDS[0]))
    assert [page.origin for page in pages] == [f"{path}@0", f"{path}@{size}", f"{path}@{size + len(pack(RECORDS[1]))}"]
    assert pages[1] == Page(body=html(1), url="https://example.org/1", media_type="text/html", charset="utf-8", origin=f"{path}@{size}")


def test_one_member_for_all_records_and_records_across_members(tmp_path):
    whole = b"".join(RECORDS)
    assert outcome(tmp_path, gzip.compress(whole)) == [0, 1, 2]
    assert outcome(tmp_path, b"".join(gzip.compress(whole[place : place + 1000]) for place in range(0, len(whole), 1000))) == [0, 1, 2]


LENGTHS = [10, 3000, -5, 10**18, 10**30, "", "abc", 2**62]


@pytest.mark.parametrize("length", LENGTHS)
def test_a_wrong_length_costs_one_record(tmp_path, length):
    bad = [RECORDS[0], record(1, length=length), RECORDS[2]]
    place = len(RECORDS[0])
    rows = outcome(tmp_path, b"".join(bad))
    assert rows == [0, ("damaged", f"@{place}-{place + len(bad[1])}"), 2]
    rows = outcome(tmp_path, b"".join(map(gzip.compress, bad)))
    assert [rows[0], rows[2]] == [0, 2] and rows[1][0] in ("damaged", "too-large")


@pytest.mark.parametrize(
    "between",
    [
        b"garbage\n" * 500,
        b"WARC/1.0\r\nX: " + b"a" * 300_000,
        b"WARC/1.0\r\nX: y\r\n" * 9_000,
        RECORDS[1][10:],
        b"\0" * 5000,
        b"WARC/1.0\r\n\r\n",
    ],
)
def test_garbage_between_records_is_named_and_passed_over(tmp_path, between):
    place = len(RECORDS[0])
    rows = outcome(tmp_path, RECORDS[0] + between + b"\r\n\r\n" + RECORDS[2])
    assert rows[0] == 0 and rows[-1] == 2 and rows[1] == ("damaged", f"@{place}-{place + len(between) + 4}")
    packed = gzip.compress(RECORDS[0])
    rows = outcome(tmp_path, packed + between + gzip.compress(RECORDS[2]))
    assert rows[0] == 0 and rows[-1] == 2 and ("damaged", f"@{len(packed)}-{len(packed + between)}") in rows


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_any_broken_byte_costs_one_member(tmp_path, packing):
    join, pack = PACKED[packing]
    start, end = len(pack(RECORDS[0])), len(pack(RECORDS[0])) + len(pack(RECORDS[1]))
    for place in range(start, end, 13):
        data = bytearray(join(RECORDS))
        data[place] ^= 0x55
        rows = outcome(tmp_path, bytes(data), "a.warc.gz")
        assert rows[0] == 0 and rows[-1] == 2, place
        assert 1 in rows or any(isinstance(row, tuple) for row in rows), place  # a changed time stamp in a gzip header harms nothing


@pytest.mark.parametrize("packing", PACKED)
def test_a_cut_crawl_says_so(tmp_path, packing):
    join, pack = PACKED[packing]
    whole = join(RECORDS)
    last = len(whole) - len(pack(RECORDS[2]))
    for size in (last + 5, last + 300, len(whole) - 20):
        rows = outcome(tmp_path, whole[:size], "a.warc.gz")
        assert rows[:2] == [0, 1]
        assert size <= last or rows[2:] == [("damaged", f"@{last}-")]


def test_a_broken_member_of_many_records_gives_what_comes_before(tmp_path):
    noise = [record(number, body=random.Random(number).randbytes(3000).hex().encode()) for number in range(5)]
    data = bytearray(gzip.compress(b"".join(noise)))
    data[len(data) // 2 : len(data) // 2 + 40] = b"\xff" * 40
    path = tmp_path / "a.warc.gz"
    path.write_bytes(bytes(data) + gzip.compress(RECORDS[2]))
    rows = list(read(str(path)))
    assert [row.url for row in rows[:2] if isinstance(row, Page)] == ["https://example.org/0", "https://example.org/1"]
    assert any(isinstance(row, Failure) for row in rows) and isinstance(rows[-1], Page) and rows[-1].body == html(2)


def test_a_bomb_in_a_crawl_is_refused(tmp_path):
    bomb = gzip.compress(record(1, body=b" " * (200 << 20)))
    rows = outcome(tmp_path, gzip.compress(RECORDS[0]) + bomb + gzip.compress(RECORDS[2]))
    assert [rows[0], rows[-1]] == [0, 2] and rows[1][0] in ("damaged", "too-large")
    inner = record(1, body=gzip.compress(b" " * (100 << 20)), head=b"Content-Encoding: gzip\r\n")
    rows = outcome(tmp_path, RECORDS[0] + inner + RECORDS[2])
    assert rows == [0, ("too-large", f"@{len(RECORDS[0])}"), 2]


def chunked(data: bytes) -> bytes:
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in (data[:100], data[100:])) + b"0\r\n\r\n"


CHUNKED, GZIP, BR, DEFLATE = (
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: br\r\n",
    b"Content-Encoding: deflate\r\n",
)
CODED = {
    "chunked": (CHUNKED, chunked(html(1))),
    "says chunked": (CHUNKED, html(1)),
    "gzip": (GZIP, gzip.compress(html(1))),
    "says gzip": (GZIP, html(1)),
    "both": (CHUNKED + GZIP, chunked(gzip.compress(html(1)))),
    "says both, is gzip": (CHUNKED + GZIP, gzip.compress(html(1))),
    "br": (BR, brotli.compress(html(1))),
    "zstd": (b"Content-Encoding: zstd\r\n", zstd.compress(html(1))),
    "zlib": (DEFLATE, zlib.compress(html(1))),
    "raw deflate": (DEFLATE, zlib.compress(html(1), wbits=-15)),
    "unknown": (b"Content-Encoding: utf-8\r\n", html(1)),
}


@pytest.mark.parametrize("case", CODED)
def test_codings_of_a_response_are_undone(tmp_path, case):
    head, body = CODED[case]
    assert outcome(tmp_path, record(1, head=head, body=body)) == [1]


@pytest.mark.parametrize(
    ("head", "body"), [(CHUNKED, chunked(html(1))[:800]), (GZIP, gzip.compress(html(1))[:-8]), (CHUNKED, chunked(html(1))[:-5])]
)
def test_a_cut_response_is_read_as_far_as_it_goes_and_noted(tmp_path, head, body):
    path = tmp_path / "a.warc"
    path.write_bytes(record(1, head=head, body=body))
    notes = []
    (page,) = read(str(path), reading=Reading(note=lambda origin, remark: notes.append((origin, remark))))
    assert isinstance(page, Page) and page.body and html(1).startswith(page.body)
    assert [origin for origin, _ in notes] == [f"{path}@0"] and "as far as" in notes[0][1]


@given(st.binary(max_size=200))
def test_unchunk_never_raises_and_never_adds(data):
    assert len(unchunk(data)[0]) <= len(data)


def test_what_is_no_page_is_noted(tmp_path):
    crawl = [
        record(0, "warcinfo", body=b"software: x"),
        record(1, "request", body=b"GET / HTTP/1.1\r\n\r\n"),
        record(2, status=b"404 Not Found"),
        record(3, media=b"image/png"),
        record(4, "revisit", body=b""),
        record(5, "resource", body=html(5), fields=b"Content-Type: text/html\r\n"),
        record(6, "resource", body=b"x", fields=b"Content-Type: image/gif\r\n"),
        record(7, media=b""),
    ]
    notes = []
    rows = outcome(tmp_path, b"".join(crawl), reading=Reading(note=lambda _, remark: notes.append(remark)))
    assert rows == [5, 7]
    assert notes == ["HTTP 404", "not a page: image/png", "WARC record: revisit", "not a page: image/gif"]


@pytest.mark.parametrize(
    ("media", "body", "is_page"),
    [
        (b"text/markdown; charset=utf-8", b"# A heading\n\nSome text.", True),
        (b"application/xml", b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p>x</p></body></html>', True),
        (b"text/xml", b"<urlset><url><loc>https://example.org/1</loc></url></urlset>", False),
        (
            b"text/xml",
            b'\xef\xbb\xbf<?xml version="1.0"?><rss><channel><item><description><p>x</p></description></item></channel></rss>',
            False,
        ),
        (b"application/xml", b"<root><value>1</value></root>", False),
    ],
)
def test_types_that_may_be_of_pages(tmp_path, media, body, is_page):
    path, notes = tmp_path / "a.warc", []
    path.write_bytes(record(1, media=media, body=body))
    pages = list(read(str(path), reading=Reading(note=lambda _, remark: notes.append(remark))))
    assert ([page.body for page in pages], bool(notes)) == (([body], False) if is_page else ([], True))


def test_a_document_that_is_labelled_text_is_html(tmp_path):
    bodies = [b"<!DOCTYPE html><p>x</p>", b"\xef\xbb\xbf\n<html lang=en><p>x", b'<?xml version="1.0"?>\n<html><p>x', b"<p>x</p><p>y</p>"]
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(record(number, media=b"text/plain", body=body) for number, body in enumerate(bodies)))
    assert [page.media_type for page in read(str(path))] == [None, None, None, "text/plain"]


def test_wet_records_are_text(tmp_path):
    path = tmp_path / "a.warc.wet.gz"
    path.write_bytes(gzip.compress(record(0, "warcinfo", body=b"x")) + gzip.compress(record(1, "conversion", body="Größe\n".encode())))
    (page,) = read(str(path))
    assert isinstance(page, Page)
    assert (page.body.decode(), page.media_type, page.charset, page.url) == ("Größe\n", "text/plain", "utf-8", "https://example.org/1")


def test_a_wrong_digest_is_damage(tmp_path):
    block = RECORDS[1].partition(b"\r\n\r\n")[2][:-4]
    right = base64.b32encode(hashlib.sha1(block).digest())
    good = record(1, fields=b"WARC-Block-Digest: sha1:" + right + b"\r\n")
    bad = record(1, fields=b"WARC-Block-Digest: sha1:" + right[:-1] + (b"A" if right[-1:] != b"A" else b"B") + b"\r\n")
    odd = record(1, fields=b"WARC-Block-Digest: sha1:!\r\n")
    assert outcome(tmp_path, good + bad + odd) == [1, ("damaged", f"@{len(good)}"), 1]


def test_bad_address_bytes_and_two_captures_of_one_address(tmp_path):
    crawl = record(1) + record(1) + record(2, fields=b"WARC-Refers-To: \xff\xfe\r\n")
    path = tmp_path / "a.warc"
    path.write_bytes(crawl)
    assert len({row.origin for row in read(str(path)) if isinstance(row, Page)}) == 3


def test_frames_with_a_dictionary(tmp_path):
    dictionary = zstd.train_dict([record(number) for number in range(200)], 4096)
    skippable = b"\x5d\x2a\x4d\x18" + len(dictionary.dict_content).to_bytes(4, "little") + dictionary.dict_content
    frames = b"".join(zstd.compress(data, zstd_dict=dictionary) for data in RECORDS)
    assert outcome(tmp_path, skippable + frames, "a.warc.zst") == [0, 1, 2]


def test_wacz(tmp_path):
    path = tmp_path / "a.wacz"
    broken = bytearray(b"".join(map(gzip.compress, RECORDS)))
    broken[len(gzip.compress(RECORDS[0])) + 40] ^= 0x55
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("archive/data.warc.gz", b"".join(map(gzip.compress, RECORDS)))
        archive.writestr("archive/broken.warc.gz", bytes(broken))
        archive.writestr("pages/pages.jsonl", "{}")
    rows = [row.origin if isinstance(row, Page) else row.error for row in read(str(path))]
    assert rows[0] == f"{path}!/archive/data.warc.gz@0" and len(rows) == 6 and rows[4] == "damaged"


def test_an_arc_file_is_named(tmp_path):
    path = tmp_path / "a.arc"
    path.write_bytes(b"filedesc://IA-1.arc 0.0.0.0 19960923142103 text/plain 200\n")
    assert [row.error for row in read(str(path)) if isinstance(row, Failure)] == ["wrong-type"]


@given(
    st.lists(
        st.sampled_from(
            [RECORDS[0], b"WARC/1.0\r\n", b"\r\n\r\n", b"Content-Length: 5\r\n", b"WARC-Type: response\r\n", b"HTTP/1.1 200\r\n", b"\0x"]
        )
    )
)
def test_any_sequence_of_pieces_is_read_to_its_end(tmp_path_factory, pieces):
    path = tmp_path_factory.getbasetemp() / "any.warc"
    path.write_bytes(RECORDS[1] + b"".join(pieces) + b"\r\n" + RECORDS[2])
    rows = list(read(str(path)))
    assert isinstance(rows[0], Page) and isinstance(rows[-1], Page) and rows[-1].url == "https://example.org/2"


def test_reading_from_standard_input(tmp_path, monkeypatch):
    for data in (b"".join(RECORDS), gzip.compress(b"".join(RECORDS))):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert next(row.origin for row in read("-") if isinstance(row, Page)) == "-@0"
