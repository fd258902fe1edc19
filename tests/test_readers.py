"""Every kind of input gives its pages; every fault of files and containers its named outcome."""

import bz2
import gzip
import io
import json
import lzma
import os
import plistlib
import quopri
import socket
import stat
import tarfile
import tracemalloc
import zipfile

import brotli
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scraper
from scraper.errors import Failure
from scraper.page import Page
from scraper.readers import Found, Reading, coding, files, find, mhtml, read, saved
from scraper.readers.json_values import json_values
from scraper.readers.source import Source

zstd = coding.zstd


def html(number: int) -> bytes:
    return f"<html><head><title>Page {number}</title></head><body><p>{'Some words of a page. ' * 40}</p></body></html>".encode()


def outcome(path, **options):
    """Return what reading gives: origins below the path's folder for pages, (origin, code) for failures."""
    base = os.path.dirname(os.fspath(path)) + os.sep
    rows = read(os.fspath(path), **options)
    return [row.origin.removeprefix(base) if isinstance(row, Page) else (row.input.removeprefix(base), row.error) for row in rows]


def write(path, data):
    path.write_bytes(data)
    return os.fspath(path)


def only_page(path, **options) -> Page:
    (page,) = read(os.fspath(path), **options)
    assert isinstance(page, Page), page
    return page


def zipped(members, method=zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members, mode="w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


# -- files and folders


def test_a_file_is_named_by_its_path_and_left_to_whoever_cleans_it(tmp_path):
    path = write(tmp_path / "page.html", html(1))
    (found,) = find(path, Reading(media_type="text/html"))
    assert isinstance(found, Found) and found.origin == path
    assert only_page(path, media_type="text/html") == Page(body=html(1), media_type="text/html", origin=path)


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "fifo.html")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        os.symlink("/dev/zero", tmp_path / "zero.html")
        os.symlink("nowhere", tmp_path / "dangling.html")
        os.symlink(".", tmp_path / "loop")
        os.symlink("self", tmp_path / "self")
        (tmp_path / "folder.html").mkdir()
        write(tmp_path / "folder.html" / "page.html", html(1))
        rows = list(read(str(tmp_path)))
    found = {os.path.relpath(row.input, tmp_path): (row.error, row.message) for row in rows if isinstance(row, Failure)}
    assert found == {
        "dangling.html": ("not-found", "a link to nothing"),
        "fifo.html": ("unreadable", "a FIFO, not a file: have it on standard input, and name that -"),
        "loop": ("unreadable", "a link to a folder: not followed; name it as an input to have it read"),
        "self": ("unreadable", "Too many levels of symbolic links"),
        "socket": ("unreadable", "a socket, not a file"),
        "zero.html": ("unreadable", "a device, not a file: have it on standard input, and name that -"),
    }
    assert [row.origin for row in rows if isinstance(row, Page)] == [str(tmp_path / "folder.html" / "page.html")]


def test_missing_paths_and_odd_ones():
    assert outcome("/no/such/place") == [("place", "not-found")]
    assert outcome("/etc/passwd/x") == [("x", "not-found")]
    assert [row.error for row in read("a\0b")] == ["unreadable"]
    assert [row.error for row in read("x" * 5000)] == ["unreadable"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    path = write(tmp_path / "secret.html", html(1))
    os.chmod(path, 0)
    assert outcome(path) == [("secret.html", "unreadable")]


def test_a_sparse_file_is_refused_by_its_size(tmp_path):
    with open(tmp_path / "sparse.html", "wb") as file:
        file.truncate(20 << 30)
    assert outcome(tmp_path / "sparse.html") == [("sparse.html", "too-large")]


NAMES = [
    *(b"new\nline.html", b"\xff\xfe.html", b"-rf", b"*.html", b"\x1b[31m.html", b".hidden", b"CON", b"A.html", b"a.html", b"x" * 255),
    *(name.encode() for name in ("\u202egnp.html", "\u00e9.html", "e\u0301.html")),
]


def test_odd_names_are_read_once_each_in_order_and_round_trip(tmp_path):
    for name in NAMES:
        write(tmp_path / os.fsdecode(name), html(1))
    names = [os.fsencode(os.path.basename(page.origin)) for page in read(str(tmp_path))]
    assert names == sorted(NAMES)


def test_a_folder_of_many_names_is_sorted_in_runs(monkeypatch):
    monkeypatch.setattr(files, "RUN", 10)
    names = [str(number * 7919 % 1000).encode() + b"\n" for number in range(1000)]
    assert list(files.sorted_names(iter(names))) == sorted(names)


def test_folders_are_walked_in_order_and_resources_of_a_saved_page_are_left_out(tmp_path):
    for name in ("b/2.html", "b/1.html", "a.html", "a_files/style.css", "a_files/ad.html", "c_files/page.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, html(1))
    assert [os.path.relpath(page.origin, tmp_path) for page in read(str(tmp_path))] == [
        "a.html",
        "b/1.html",
        "b/2.html",
        "c_files/page.html",
    ]


def test_metadata_beside_a_page_is_read_with_it(tmp_path):
    page = write(tmp_path / "page.html", html(1))
    facts = {"url": "https://example.org/", "media_type": "text/html", "charset": "windows-1252", "status": 200}
    write(tmp_path / "page.json", json.dumps(facts).encode())
    write(tmp_path / "other.json", json.dumps(facts).encode())
    rows = list(read(str(tmp_path)))
    assert [os.path.basename(row.origin) for row in rows] == ["other.json", "page.html"]
    assert rows[1] == Page(body=html(1), url="https://example.org/", media_type="text/html", charset="windows-1252", origin=page)
    os.unlink(page)
    packed = write(tmp_path / "page.html.gz", gzip.compress(html(1)))
    assert list(read(str(tmp_path)))[1:] == [msgspec.structs.replace(rows[1], origin=packed)]


# -- compression

CODED = {
    "a.html.gz": gzip.compress,
    "a.html.xz": lzma.compress,
    "a.html.bz2": bz2.compress,
    "a.html.zst": zstd.compress,
    "a.html.br": brotli.compress,
    "no-suffix": gzip.compress,
    "plain.html.gz": lambda data: data,
    "twice.gz": lambda data: gzip.compress(gzip.compress(data)),
    "members.gz": lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:]),
    "padded.gz": lambda data: gzip.compress(data) + b"\0" * 512,
    "garbage.gz": lambda data: gzip.compress(data) + b"garbage",
    "frames.zst": lambda data: zstd.compress(data[:99]) + zstd.compress(data[99:]),
}


@pytest.mark.parametrize("name", CODED)
def test_compressed_pages(tmp_path, name):
    assert only_page(write(tmp_path / name, CODED[name](html(1)))).body == html(1)


@pytest.mark.parametrize("name", ["a.html.gz", "a.html.xz", "a.html.bz2", "a.html.zst", "a.html.br"])
def test_a_cut_or_broken_stream_is_never_a_page(tmp_path, name):
    data = CODED[name](html(1))
    assert outcome(write(tmp_path / name, data[:-5])) == [(name, "damaged")]
    if name != "a.html.br":  # has no checksum
        middle = len(data) // 2
        assert outcome(write(tmp_path / name, data[:middle] + bytes(255 - byte for byte in data[middle:]))) == [(name, "damaged")]


@pytest.mark.parametrize("name", ["a.html.gz", "a.html.xz", "a.html.bz2", "a.html.zst", "a.html.br"])
def test_bombs_are_refused_in_flat_memory(tmp_path, name):
    bomb = CODED[name](b" " * (80 << 20))
    for file, data in ((name, bomb), (f"{name}.gz", gzip.compress(bomb))):
        write(tmp_path / file, data)
        tracemalloc.start()
        assert outcome(tmp_path / file) == [(file, "too-large")]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 120 << 20


def test_too_many_layers(tmp_path):
    data = html(1)
    for _ in range(4):
        data = gzip.compress(data)
    assert outcome(write(tmp_path / "a.gz", data)) == [("a.gz", "too-large")]


def test_a_huge_zstd_window_is_refused(tmp_path):
    data = b"\x28\xb5\x2f\xfd\x00" + bytes([31 << 3]) + b"\x01\x00\x00"  # a window of 2 TiB
    assert outcome(write(tmp_path / "a.zst", data)) == [("a.zst", "damaged")]


def test_a_page_over_the_limit(tmp_path):
    path = write(tmp_path / "a.html", html(1))
    assert outcome(path, reading=Reading(max_page=100)) == [("a.html", "too-large")]
    path = write(tmp_path / "a.gz", gzip.compress(html(1)))
    assert outcome(path, reading=Reading(max_page=100)) == [("a.gz", "too-large")]


@given(st.binary(max_size=300), st.sampled_from(sorted(CODED)))
def test_any_bytes_give_one_row(tmp_path_factory, data, name):
    path = write(tmp_path_factory.getbasetemp() / name, data)
    assert len(outcome(path)) == 1


# -- zip and tar


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zip_members_are_named_not_written(tmp_path):
    members = [
        ("a.html", html(1)),
        ("a.html", html(2)),
        ("../b.html", html(3)),
        ("/c.html", html(4)),
        ("d/", b""),
        ("e.html.gz", gzip.compress(html(5))),
    ]
    path = write(tmp_path / "a.zip", zipped(members))
    assert outcome(path) == ["a.zip!/a.html", "a.zip!/a.html#2", "a.zip!/../b.html", "a.zip!//c.html", "a.zip!/e.html.gz"]
    assert [page.body for page in read(path)] == [html(number) for number in range(1, 6)]
    assert sorted(os.listdir(tmp_path)) == ["a.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("archived", [zipped, tarred])
def test_members_of_one_name_are_told_apart(tmp_path, archived):
    names = ["a", "a#3", "a", "a", "a#2"]
    path = write(tmp_path / "z", archived([(name, html(number)) for number, name in enumerate(names)]))
    assert outcome(path) == ["z!/a", "z!/a#3", "z!/a#2", "z!/a#4", "z!/a#2#2"]


def test_zips_in_zips_are_read_one_deep(tmp_path):
    inner = zipped([("page.html", html(1))])
    path = write(tmp_path / "a.zip", zipped([("b.zip", inner), ("c.zip", zipped([("d.zip", inner)])), ("e.html", html(1))]))
    assert outcome(path) == ["a.zip!/b.zip!/page.html", ("a.zip!/c.zip!/d.zip", "too-large"), "a.zip!/e.html"]


def test_bad_zip_members_are_named_and_their_neighbours_read(tmp_path):
    data = bytearray(zipped([("a.html", html(1)), ("b.html", html(2)), ("c.html", html(3))], zipfile.ZIP_STORED))
    data[data.index(b"Page 2")] ^= 1
    assert outcome(write(tmp_path / "crc.zip", bytes(data))) == ["crc.zip!/a.html", ("crc.zip!/b.html", "damaged"), "crc.zip!/c.html"]
    for place, field in ((8, b"\x01\x00"), (10, b"\x63\x00")):  # the flag "encrypted", and a method nobody knows, of the first member
        odd = bytearray(zipped([("a.html", html(1)), ("b.html", html(2))]))
        directory = odd.index(b"PK\x01\x02")
        odd[directory + place : directory + place + 2] = field
        code = "unreadable" if place == 8 else "damaged"
        assert outcome(write(tmp_path / "odd.zip", bytes(odd))) == [("odd.zip!/a.html", code), "odd.zip!/b.html"]


def test_a_link_in_a_zip_is_not_followed(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert outcome(write(tmp_path / "a.zip", zipped([(link, b"/etc/passwd")]))) == [("a.zip!/link", "unreadable")]


def test_a_zip_without_a_directory_is_refused(tmp_path):
    assert outcome(write(tmp_path / "a.zip", zipped([("a.html", html(1))])[:-30])) == [("a.zip", "damaged")]


def test_overlapping_zip_members_are_refused(tmp_path):
    data = zipped([("a.html", html(1)), ("b.html", html(2))])
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 1)
    overlapping = data[:second] + data[first : first + 46] + b"a.html" + data[second + 52 :]
    path = write(tmp_path / "a.zip", overlapping)
    assert outcome(path) == [("a.zip!/a.html", "damaged"), ("a.zip!/a.html#2", "damaged")]


def test_a_zip_of_many_large_members_ends_at_its_budget(tmp_path):
    path = write(tmp_path / "a.zip", zipped([(f"{number}.html", b" " * (8 << 20)) for number in range(30)]))
    rows = outcome(path)
    assert rows[-1][1] == "too-large" and len(rows) < 20


def test_a_zip_of_too_many_members(tmp_path):
    path = write(tmp_path / "a.zip", zipped([(str(number), b"") for number in range(50)]))
    assert outcome(path, reading=Reading(max_members=49)) == [("a.zip", "too-large")]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_tar_members(tmp_path, mode):
    path = write(tmp_path / "a.tar", tarred([("d/a.html", html(1)), ("d/a.html", html(2)), ("../b.html.gz", gzip.compress(html(3)))], mode))
    assert outcome(path) == ["a.tar!/d/a.html", "a.tar!/d/a.html#2", "a.tar!/../b.html.gz"]
    assert [page.body for page in read(path)] == [html(1), html(2), html(3)]


def test_odd_tar_members_and_a_cut_tar(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("fifo", tarfile.FIFOTYPE), ("folder", tarfile.DIRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    assert outcome(write(tmp_path / "a.tar", buffer.getvalue())) == [(f"a.tar!/{name}", "unreadable") for name in ("link", "hard", "fifo")]
    whole = tarred([("a.html", html(1)), ("b.html", html(2))])
    assert outcome(write(tmp_path / "cut.tar", whole[:2000])) == ["cut.tar!/a.html", ("cut.tar", "damaged")]
    assert outcome(write(tmp_path / "cut.tar.gz", gzip.compress(whole)[:-15]))[-1] == ("cut.tar.gz", "damaged")


# -- saved pages


def web_page(*parts: bytes, boundary: bytes = b"----B", said: bytes | None = None) -> bytes:
    header = b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/\r\nMIME-Version: 1.0\r\n"
    header += (
        b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="' + (boundary if said is None else said) + b'"\r\n\r\n\r\n'
    )
    return header + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


QUOTED = b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.org/\r\n\r\n"
QUOTED += quopri.encodestring(html(1)).replace(b"\n", b"\r\n")
FRAME = b"Content-Type: text/html; charset=utf-8\r\nContent-Location: https://example.org/frame\r\n\r\n<p>frame"
IMAGE = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA"
BASE64 = b"Content-Type: text/html; charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\nPGh0\r\nbW!w+PHA+eA"

MHTML = {
    "first": (web_page(QUOTED, FRAME, IMAGE), html(1)),
    "second": (web_page(FRAME, IMAGE, QUOTED), html(1)),
    "wrong boundary": (web_page(QUOTED, IMAGE, said=b"other"), html(1)),
    "no boundary": (web_page(QUOTED, said=b"").replace(b'boundary=""', b""), html(1)),
    "broken base64": (web_page(BASE64), b"<html><p>x"),
    "mark": (b"\xef\xbb\xbf\r\n" + web_page(QUOTED), html(1)),
    "one part": (b"Snapshot-Content-Location: https://example.org/\r\nMIME-Version: 1.0\r\n" + QUOTED, html(1)),
    "nested": (web_page(b"Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n" + QUOTED + b"\r\n--in--"), html(1)),
}


@pytest.mark.parametrize("case", MHTML)
def test_mhtml(tmp_path, case):
    data, body = MHTML[case]
    page = only_page(write(tmp_path / "a.mhtml", data))
    assert (page.body, page.url, page.media_type) == (body, "https://example.org/", "text/html")


def test_cut_mhtml_is_read_as_far_as_it_goes_and_says_so():
    page, remark = mhtml.read_mhtml(web_page(QUOTED)[:700], "a")
    assert page.body and html(1).startswith(page.body[:100]) and "cut short" in (remark or "")
    assert mhtml.read_mhtml(web_page(QUOTED), "a")[1] is None


@pytest.mark.parametrize(
    "data",
    [
        web_page(IMAGE),
        web_page(*[IMAGE] * 20_000),
        b"MIME-Version: 1.0\r\n" + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1000)),
    ],
)
def test_mhtml_without_a_page(tmp_path, data):
    assert outcome(write(tmp_path / "a.mhtml", data)) == [("a.mhtml", "damaged")]


KINDS = (b"text/html\r\n\r\n", b"text/plain\r\n\r\n", b"multipart/x; ")


@given(st.lists(st.sampled_from([b"--b\r\n", b"--b--", b"\r\n", b"x", b'boundary="b"', *(b"Content-Type: %b" % kind for kind in KINDS)])))
def test_mhtml_never_raises_anything_else(pieces):
    data = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n' + b"".join(pieces)
    try:
        page, _ = mhtml.read_mhtml(data, "a")
    except mhtml.InputError as error:
        assert error.code == "damaged"
    else:
        assert page.media_type in ("text/html", "application/xhtml+xml", "text/plain")


@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
def test_webarchive(tmp_path, form):
    main = {
        "WebResourceData": html(1),
        "WebResourceURL": "https://example.org/",
        "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "UTF-8",
    }
    path = write(tmp_path / "a.webarchive", plistlib.dumps({"WebMainResource": main}, fmt=form))
    assert only_page(path) == Page(body=html(1), url="https://example.org/", media_type="text/html", charset="UTF-8", origin=path)


def test_broken_webarchives(tmp_path):
    whole = plistlib.dumps({"WebMainResource": {"WebResourceData": html(1)}}, fmt=plistlib.FMT_BINARY)
    assert outcome(write(tmp_path / "a", whole[:-20])) == [("a", "damaged")]
    assert outcome(write(tmp_path / "a", plistlib.dumps({"other": 1}, fmt=plistlib.FMT_BINARY))) == [("a", "wrong-type")]


def test_embedded_resources_are_cut_from_large_pages_only():
    page = html(1).replace(b"<p>", b'<img src="data:image/png;base64,' + b"A" * 400_000 + b'"><img src="data:image/gif;base64,R0lGOD"><p>')
    assert saved.without_embedded(page) == html(1).replace(b"<p>", b'<img src="data:,"><img src="data:image/gif;base64,R0lGOD"><p>')
    assert saved.without_embedded(html(1)) == html(1)


# -- tables


def test_json_lines(tmp_path):
    rows = [
        {"url": "https://example.org/1", "html": html(1).decode()},
        {"html": "<p>\u00e9"},
        {"url": "https://example.org/3"},
    ]
    lines = [json.dumps(row).encode() for row in rows] + [b"", b"{broken", b"[1]", b'{"html": "\xff"}', b'{"html": ' + b"[" * 100_000]
    path = write(tmp_path / "rows.jsonl", b"\n".join(lines))
    expected = [f"rows.jsonl:{n}" if n in (1, 2, 7) else (f"rows.jsonl:{n}", "damaged") for n in (1, 2, 3, 5, 6, 7, 8)]
    assert outcome(path) == expected
    first, second, *_ = [row for row in read(path) if isinstance(row, Page)]
    assert first == Page(body=html(1), url="https://example.org/1", charset="utf-8", origin=f"{path}:1")
    assert second.body == "<p>\u00e9".encode()
    packed = write(tmp_path / "rows.gz", gzip.compress(b"\n".join(lines)))
    assert outcome(packed) == [
        name.replace("jsonl", "gz") if isinstance(name, str) else (name[0].replace("jsonl", "gz"), name[1]) for name in expected
    ]


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (rb'{"html": "<p>\ud83d\ude00 \ud800 \udc41 x"}', "<p>\U0001f600 \ufffd \ufffd x"),
        (b'{"html": "<p>x", "score": NaN, "most": Infinity, "many": 1e999}', "<p>x"),
        (b'\xef\xbb\xbf{"html": "<p>x"}', "<p>x"),
        (b'{"html": "<p>\xff", "score": NaN}', "<p>\ufffd"),
    ],
    ids=["surrogates", "numbers", "mark", "both"],
)
def test_what_other_writers_of_json_lines_write_is_read(tmp_path, line, body):
    assert only_page(write(tmp_path / "rows.jsonl", line)).body.decode() == body


def test_a_row_without_a_page_says_what_it_has(tmp_path):
    (row,) = read(write(tmp_path / "rows.jsonl", b'{"id": 1, "markup": "<p>x"}'))
    assert row.message.endswith("name it with --html-field; there are 'id', 'markup'")
    (row,) = read(write(tmp_path / "rows.jsonl", b'{"html": ["<p>x"]}'))
    assert row.message == "'html' holds a list, no text"


@pytest.mark.parametrize("value", [b"null", b'["<p>x"]'])
def test_rows_whose_column_is_no_text_are_rows_by_any_name(tmp_path, value):
    assert outcome(write(tmp_path / "rows", b'{"id": 1, "html": %s}\n' % value)) == [("rows:1", "damaged")]


@pytest.mark.parametrize("data", [zipped([]), gzip.compress(b""), zipped([("a/", b"")])], ids=["zip", "gz", "folder"])
def test_what_holds_no_page_is_said_to(tmp_path, data):
    notes = []
    path = write(tmp_path / "a.warc.gz", data)
    assert outcome(path, reading=Reading(note=lambda *note: notes.append(note))) == []
    assert notes == [(path, "without a page")]


def test_columns_of_json_lines_can_be_named(tmp_path):
    path = write(tmp_path / "rows", b'{"markup": "<p>x", "html": "no", "address": "https://example.org/"}\n')
    page = only_page(path, reading=Reading(html_field="markup", url_field="address"))
    assert (page.body, page.url) == (b"<p>x", "https://example.org/")


@pytest.mark.parametrize("data", [b'[{"id": 1}, {"markup": "<p>x"}]', b'{"id": 1}\n{"markup": "<p>x"}', b'{\n"id": 1}\n{"markup": "<p>x"}'])
def test_a_column_that_is_named_makes_any_json_a_table(tmp_path, data):
    assert outcome(write(tmp_path / "rows", data), reading=Reading(html_field="markup")) == [("rows:1", "damaged"), "rows:2"]


def test_a_line_over_the_limit_is_passed_over(tmp_path):
    path = write(tmp_path / "rows.jsonl", b'{"html": "' + b"x" * 600_000 + b'"}\n{"html": "<p>y"}')
    assert outcome(path, reading=Reading(max_page=1000)) == [("rows.jsonl:1", "too-large"), "rows.jsonl:2"]


def test_a_json_document_is_no_table(tmp_path):
    assert outcome(write(tmp_path / "a.json", b'{\n  "html": 1\n}')) == ["a.json"]
    assert outcome(write(tmp_path / "b.json", b'[1, 2, "html"]')) == ["b.json"]


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("name", ["rows.json", "rows.json.gz", "rows"])
def test_a_json_array_is_read_row_by_row(tmp_path, indent, name):
    odd = '<p title="]">\\" [{'
    rows = [{"url": "https://example.org/1", "html": html(1).decode()}, {"id": 2}, 3, {"html": odd}, {}, {"text": "x"}]
    data = json.dumps(rows, indent=indent).encode()
    path = write(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)
    assert outcome(path) == [f"{name}:{n}" if n in (1, 4, 6) else (f"{name}:{n}", "damaged") for n in range(1, 7)]
    first, fourth, last = [row for row in read(path) if isinstance(row, Page)]
    assert first == Page(body=html(1), url="https://example.org/1", charset="utf-8", origin=f"{path}:1")
    assert (fourth.body.decode(), last.body) == (odd, b"x")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b'{\n "id": 1,\n "html": "<p>x"\n}', ["a:1"]),
        (b'{\n "html": "<p>x"\n}\n{\n "html": "<p>y"\n}\n', ["a:1", "a:2"]),
        (b'[{"html": "<p>x"}]\n[{"html": "<p>y"}]', ["a:1", "a:2"]),
        (b'\xef\xbb\xbf [null, {}, {"html": "<p>x"},]', [("a:1", "damaged"), ("a:2", "damaged"), "a:3"]),
        (b'[{"html": "<p>x"}, {"html": x}, {"html": "<p>y"}]', ["a:1", ("a:2", "damaged"), "a:3"]),
        (b'[{"html": "<p>x"} {"html": "<p>x"}, {"html": "<p>y"}] and more', [("a:1", "damaged"), "a:2", ("a:3", "damaged")]),
        (b'[{"html": "<p>x"}, {"html": "<p>y"}', ["a:1", "a:2", ("a", "damaged")]),
        (b'[{"html": "<p>x"},', ["a:1", ("a", "damaged")]),
        (b'[{"html": "<p>x"}, {"html": "<p>\\', ["a:1", ("a", "damaged")]),
        (b'[{"html": "<p>x"}, {"html": "' + b"y" * 600_000 + b'"}, {"html": "<p>y"}]', ["a:1", ("a:2", "too-large"), "a:3"]),
    ],
)
def test_json_documents_lose_nothing(tmp_path, document, expected):
    assert outcome(write(tmp_path / "a", document), reading=Reading(max_page=1000)) == expected


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("join", ["\n".join, lambda rows: f"[{','.join(rows)}]"], ids=["lines", "array"])
def test_tables_of_json_in_utf_16_are_read_row_by_row(tmp_path, encoding, join):
    text = join([json.dumps({"html": "<p>\u0416" + "x" * 70_000}, ensure_ascii=False), json.dumps({"html": "<p>y"})])
    path = write(tmp_path / "rows", text.encode(encoding))
    assert outcome(path) == ["rows:1", "rows:2"]
    assert [page.body[:5] for page in read(path)] == ["<p>\u0416".encode(), b"<p>y"]
    page = write(tmp_path / "page.html", "<p>\u0416".encode(encoding))
    assert only_page(page).body == "<p>\u0416".encode(encoding)


def test_a_json_document_is_cut_alike_whatever_the_pieces():
    document = json.dumps([{"html": 'a "b" \\ ]}'}, [1, {}], {"html": "\u00e9\n"}], indent=1).encode()
    whole = list(json_values(Source(io.BytesIO(document), "a"), 1000))
    assert [json.loads(value) for value in whole] == json.loads(document)
    for size in range(1, 20):
        pieces = (document[place : place + size] for place in range(0, len(document), size))
        assert list(json_values(Source(Pieces(pieces), "a"), 1000)) == whole


class Pieces:
    def __init__(self, pieces):
        self.pieces = pieces

    def read(self, size):
        return next(self.pieces, b"")


def test_a_large_json_array_is_read_in_flat_memory(tmp_path):
    row = json.dumps({"html": "<p>" + "x" * 10_000})
    path = write(tmp_path / "a.json", ("[" + ",\n".join([row] * 2_000) + "]").encode())
    tracemalloc.start()
    assert sum(isinstance(page, Page) for page in read(path)) == 2_000
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()


def test_parquet(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"html": [html(1).decode(), None], "url": ["https://example.org/", None], "other": [1, 2]})
    parquet.write_table(table, tmp_path / "a.parquet")
    assert outcome(tmp_path / "a.parquet") == ["a.parquet:1", ("a.parquet:2", "damaged")]
    assert outcome(tmp_path / "a.parquet", reading=Reading(html_field="page")) == [("a.parquet", "damaged")]


def test_a_broken_or_unreadable_parquet_file_is_named(tmp_path):
    ((name, code),) = outcome(write(tmp_path / "a.parquet", b"PAR1 and nothing of use PAR1"))
    assert name == "a.parquet" and code in ("damaged", "unreadable")


def test_zlib_and_struct_faults_of_hostile_zips_are_named(tmp_path):
    whole = zipped([("a.html", html(1))])
    for place in range(0, len(whole), 7):
        data = bytearray(whole)
        data[place] ^= 0xFF
        rows = outcome(write(tmp_path / "a.zip", bytes(data)))
        assert all(isinstance(row, str) or row[1] in ("damaged", "unreadable", "too-large") for row in rows)


CONTAINER = ("META-INF/container.xml", '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>')


def epub(path, *files):
    with zipfile.ZipFile(path, "w") as book:
        for name, content in (("mimetype", "application/epub+zip"), *files):
            book.writestr(name, content)
    return str(path)


def test_an_epub_is_its_chapters_in_their_order(tmp_path):
    package = (
        '<package><manifest><item id="css" href="a.css" media-type="text/css"/>'
        '<item id="two" href="a%20b.xhtml" media-type="application/xhtml+xml"/><item id="x" href="no.xhtml" media-type="text/html"/>'
        '<item id="one" href="../text/z.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="one"/><itemref idref="two"/><itemref idref="x"/><itemref idref="none"/>'
        '<itemref idref="one"/></spine></package>'
    )
    chapters = [(name, f"<html><p>{name}") for name in ("OEBPS/a b.xhtml", "text/z.xhtml", "OEBPS/unlisted.xhtml")]
    path = epub(tmp_path / "book.epub", CONTAINER, ("OEBPS/book.opf", package), ("OEBPS/a.css", "p {}"), *chapters)
    assert [page.origin for page in read(path)] == [f"{path}!/text/z.xhtml", f"{path}!/OEBPS/a b.xhtml"]


@pytest.mark.parametrize(
    "files",
    [
        [("META-INF/container.xml", "<container/>")],
        [("META-INF/container.xml", "<container")],
        [CONTAINER],
        [CONTAINER, ("OEBPS/book.opf", "no XML")],
        [CONTAINER, ("OEBPS/book.opf", '<!DOCTYPE p [<!ENTITY a "b">]><p>&a;</p>')],
    ],
)
def test_an_epub_without_its_list_of_chapters_is_damaged(tmp_path, files):
    path = epub(tmp_path / "book.epub", *files)
    assert [(failure.input, failure.error) for failure in read(path)] == [(path, "damaged")]


RSS = """<?xml version="1.0" encoding="{encoding}"?>
<!-- made by hand -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Courier</title><link>https://courier.example/</link>
<item><title>AT&amp;amp;T’s bridge</title><link>https://courier.example/1</link><pubDate>Tue, 04 Mar 2025 08:30:00 +0100</pubDate>
<dc:creator>Jane Doe</dc:creator><category>Bridges</category><description>Short.</description>
<media:content><media:title>A picture</media:title></media:content>
<content:encoded><![CDATA[<p>Whole &amp; <b>bold</b>.</p>]]></content:encoded></item>
<item><guid isPermaLink="true">https://courier.example/2</guid><description>&lt;p&gt;Escaped.&lt;/p&gt;</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title>
<entry><title>One</title><link rel="edit" href="/edit"/><link href="https://courier.example/3"/><updated>2025-03-05T09:00:00Z</updated>
<author><name>Bo Ek</name><email>bo@courier.example</email></author><contributor><name>Somebody</name></contributor>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p class="a">A &lt; b<br/></p></div></content></entry>
<entry><title>Two</title><content>No <![CDATA[<markup>]]></content></entry></feed>"""


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15"])
def test_items_of_a_feed_are_pages(tmp_path, encoding):
    path = tmp_path / "feed.xml"
    path.write_bytes(RSS.format(encoding=encoding).replace("’", "'").encode(encoding))
    first, second = read(str(path))
    assert (first.url, second.url) == ("https://courier.example/1", "https://courier.example/2")
    assert (first.origin, second.origin) == (f"{path}:1", f"{path}:2")
    text = first.body.decode()
    assert "<h1>AT&amp;T&#x27;s bridge</h1><p>Whole &amp; <b>bold</b>.</p></article>" in text
    assert '<meta name="author" content="Jane Doe"><meta property="article:published_time" content="Tue, 04 Mar 2025' in text
    assert "Short." not in text and "A picture" not in text
    assert b"<article><p>Escaped.</p></article>" in second.body
    record = scraper.clean(first)
    assert (record.headline, record.byline, record.tags) == ("AT&T's bridge", "Jane Doe", ["Bridges"])
    assert record.date == "2025-03-04T08:30:00+01:00"


@pytest.mark.parametrize("before", ["\n\n", "\ufeff\r\n", " "])
def test_empty_lines_before_the_declaration_of_a_feed(tmp_path, before):
    path = tmp_path / "feed.xml"
    path.write_text(before + RSS.format(encoding="utf-8"), "utf-8")
    assert [page.origin for page in read(str(path))] == [f"{path}:1", f"{path}:2"]


def test_entries_of_atom_are_pages(tmp_path):
    path = tmp_path / "feed.atom.gz"
    path.write_bytes(gzip.compress(ATOM.encode()))
    first, second = read(str(path))
    assert first.url == "https://courier.example/3"
    assert b'<article><h1>One</h1><div><p class="a">A &lt; b<br></p></div></article>' in first.body
    assert b"Bo Ek" in first.body and b"Somebody" not in first.body and b"2025-03-05T09:00:00Z" in first.body
    assert b"<h1>Two</h1>No &lt;markup&gt;</article>" in second.body


@pytest.mark.parametrize(
    ("cut", "outcomes"),
    [
        (lambda feed: feed[: feed.index("<guid")], [("feed.xml:1", None), ("feed.xml", "damaged")]),
        (lambda feed: feed.replace("<!-- made by hand -->", '<!DOCTYPE rss [<!ENTITY a "b">]>'), [("feed.xml", "damaged")]),
        (lambda feed: feed.replace("Whole", "w" * 3000), [("feed.xml:1", "too-large"), ("feed.xml:2", None)]),
        (lambda feed: feed.replace("Whole", "<i>" * 500), [("feed.xml:1", None), ("feed.xml:2", None)]),
        (lambda feed: feed.replace("Short.", "<i>" * 500), [("feed.xml", "damaged")]),
        (lambda feed: feed.replace("&lt;p&gt;", "<i>" * 500), [("feed.xml:1", None), ("feed.xml", "damaged")]),
    ],
)
def test_faults_of_feeds(tmp_path, cut, outcomes):
    path = tmp_path / "feed.xml"
    path.write_text(cut(RSS.format(encoding="utf-8")))
    found = outcome(path, reading=Reading(max_page=2000))
    assert [row if isinstance(row, tuple) else (row, None) for row in found] == outcomes
