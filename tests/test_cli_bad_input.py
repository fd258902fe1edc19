"""Bad input at the command line: a record with the right status, or one clear line and the right exit code.

Never a traceback, a hang or a lost neighbour.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

Clip = Callable[..., Ran]


@pytest.fixture
def neighbour(tmp_path: Path, article_page: bytes) -> Path:
    """A good page that must come out whatever stands beside it."""
    path = tmp_path / "good.html"
    path.write_bytes(article_page)
    return path


def _alone_and_beside(clip: Clip, bad: Path | str, neighbour: Path) -> tuple[Ran, Ran]:
    return clip("clean", bad), clip("clean", bad, neighbour)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\t \r\n",
        b"\xef\xbb\xbf",
        b"<!doctype html>",
        b"<!-- nothing -->",
        b"<script>var a = 1</script>",
        b"<html><head><title></title></head><body></body></html>",
        b"\0" * 100,
    ],
    ids=["no-bytes", "white-space", "bom", "doctype", "comment", "script", "bare", "nul"],
)
def test_nothing_to_read_is_an_empty_record_or_a_refusal(clip: Clip, tmp_path: Path, neighbour: Path, data: bytes) -> None:
    bad = tmp_path / "bad.html"
    bad.write_bytes(data)
    alone, beside = _alone_and_beside(clip, bad, neighbour)
    (row,) = alone.rows
    if alone.records:
        assert alone.code == 0
        assert (row["status"], row["body"], row["headline"], row["authors"], row["date"]) == ("empty", "", None, [], None)
    else:
        assert (alone.code, row["error"]) == (5, "wrong-type")
    assert beside.records[-1]["headline"] == "Town votes to keep its ferry"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nstream\n" + bytes(range(256)) * 8,
        b"\x7fELF\x02\x01\x01" + bytes(64),
        bytes(range(256)) * 40,
    ],
    ids=["png", "pdf", "elf", "random"],
)
def test_binary_is_refused_by_content(clip: Clip, tmp_path: Path, neighbour: Path, data: bytes) -> None:
    bad = tmp_path / "bad.html"
    bad.write_bytes(data)
    alone, beside = _alone_and_beside(clip, bad, neighbour)
    assert (alone.code, [row["error"] for row in alone.failures]) == (5, ["wrong-type"])
    assert alone.err.startswith("clip: ") and "bad.html: " in alone.err and alone.err.count("\n") == 1
    assert beside.code == 1
    assert ["error" in row for row in beside.rows] == [True, False]


def test_a_missing_path(clip: Clip, neighbour: Path) -> None:
    alone, beside = _alone_and_beside(clip, "none.html", neighbour)
    assert (alone.code, alone.failures[0]["error"], alone.failures[0]["input"]) == (5, "not-found", "none.html")
    assert beside.code == 1 and len(beside.records) == 1


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [_fifo, _dangling, _loop, _device])
def test_what_is_no_regular_file_is_named_and_never_waited_for(
    clip: Clip, tmp_path: Path, neighbour: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "bad.html")
    alone, beside = _alone_and_beside(clip, tmp_path / "bad.html", neighbour)
    assert alone.code == 5 and alone.failures[0]["error"] in ("unreadable", "not-found")
    assert beside.code == 1 and len(beside.records) == 1


def test_a_directory_loop_ends(clip: Clip, tmp_path: Path, neighbour: Path) -> None:
    folder = tmp_path / "loop"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner/up").symlink_to(folder)
    neighbour.rename(folder / "inner/good.html")
    ran = clip("clean", folder)
    assert len(ran.records) == 1


def test_an_empty_folder_has_nothing_to_read(clip: Clip, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = clip("clean", "empty")
    assert (ran.code, ran.out) == (5, b"")
    assert ran.err == "clip: no pages in empty\n"


@pytest.mark.parametrize("name", [b"new\nline.html", b"-o.html", b"\x1b[31mred.html", b"not-\xff-utf8.html", b"a b'c\".html", b"CON"])
def test_odd_names(clip: Clip, tmp_path: Path, article_page: bytes, name: bytes) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:
        file.write(article_page)
    assert len(clip("clean", folder).records) == 1
    assert clip("clean", folder, "-o", "out").code == 0
    assert len(list((tmp_path / "out").iterdir())) == 1
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + bytes(100))
    ran = clip("clean", folder)
    assert (ran.code, len(ran.failures), ran.err.count("\n")) == (5, 1, 1)
    assert "\x1b" not in ran.err


def test_names_that_are_no_unicode_in_every_place(clip: Clip, tmp_path: Path, article_page: bytes) -> None:
    page, out, chrome = (os.fsdecode(name) for name in (b"p\xff.html", b"o\xff", b"c\xff.json"))
    (tmp_path / page).write_bytes(article_page)
    assert clip("clean", page, "--with", "input").records[0]["input"]["origin"] == "p\\udcff.html"
    assert clip("learn", page, "--host", "example.org", "-o", chrome).code == 0
    for form in ("json", "jsonl", "parquet"):
        ran = clip("clean", page, "-o", out + form, "-f", form, "--report", out + ".html", "--site-chrome", chrome)
        assert ran.code == 0, ran.err
    (tmp_path / page).write_bytes(b"Subscribe to our newsletter")
    assert b'"path":"p\\\\udcff.html"' in clip("check", "--json", page).out


@pytest.mark.slow
def test_one_line_of_50_megabytes(clip: Clip, tmp_path: Path, neighbour: Path) -> None:
    bad = tmp_path / "long.txt"
    bad.write_bytes(b"The ferry crosses the river every half hour. " * 1_111_112)
    ran = clip("clean", bad, neighbour, timeout=120)
    assert len(ran.rows) == 2 and ran.records[-1]["headline"] == "Town votes to keep its ferry"
    bad.write_bytes(b"<p>" + b"The ferry crosses the river every half hour. " * 1_111_112)
    ran = clip("clean", bad, neighbour, timeout=120)
    assert len(ran.rows) == 2 and ran.records[-1]["headline"] == "Town votes to keep its ferry"


def test_100_000_nested_elements(clip: Clip, tmp_path: Path, neighbour: Path, article_page: bytes) -> None:
    bad = tmp_path / "deep.html"
    bad.write_bytes(b"<div>" * 100_000 + article_page[article_page.index(b"<main>") :])
    ran = clip("clean", bad, neighbour)
    assert ran.code == 0
    assert "crosses the river" in ran.records[0]["body"] and ran.records[0]["limits"] == ["depth"]
    assert ran.records[1]["headline"] == "Town votes to keep its ferry"


def test_a_page_over_the_limit_is_too_large(clip: Clip, tmp_path: Path, neighbour: Path) -> None:
    (tmp_path / "c.yaml").write_text("page: {max_size: 1}")
    bad = tmp_path / "bad.html"
    bad.write_bytes(b"<p>" + b"word " * 250_000)
    ran = clip("clean", bad, neighbour, "--config", "c.yaml")
    assert (ran.code, ran.failures[0]["error"]) == (1, "too-large")


def test_a_page_over_the_deadline_is_a_timeout(clip: Clip, tmp_path: Path, neighbour: Path) -> None:
    (tmp_path / "c.yaml").write_text("page: {deadline: 0.5}")
    bad = tmp_path / "bad.html"
    bad.write_bytes(b"<div><table></div></table>" * 60_000)  # nested, though no count of tags shows it: many seconds of parsing
    ran = clip("clean", bad, neighbour, "--config", "c.yaml", "--workers", "2")
    assert ran.code == 1 and ran.failures[0]["error"] in ("timeout", "memory")
    assert ran.records[0]["headline"] == "Town votes to keep its ferry"


def test_broken_utf_8(clip: Clip, tmp_path: Path, article_page: bytes) -> None:
    (tmp_path / "bad.html").write_bytes(article_page.replace(b"half hour", b"half \xff\xfe\xc3( hour"))
    ran = clip("clean", "bad.html")
    assert ran.code == 0 and "crosses the river every half" in ran.records[0]["body"]


@pytest.mark.parametrize(
    "json_ld",
    [
        r'{"@type":"NewsArticle","headline":"\ud800 Ferry \udc00","author":"\ud83d"}',
        '{"@type":"NewsArticle","headline":' + "[" * 100_000,
        '{"@type":"NewsArticle","headline":"unterminated',
        '{"@type":["NewsArticle/"],"author":[1,null,{"name":{"name":3}}],"datePublished":' + "9" * 5000 + "}",
        '{"@type":"NewsArticle","datePublished":"2025-03-04T08:30:00+99:99","keywords":NaN,"image":1e999}',
    ],
    ids=["surrogates", "nested", "unterminated", "wrong-types", "bad-values"],
)
def test_hostile_json_ld_never_loses_the_article(clip: Clip, tmp_path: Path, article_page: bytes, json_ld: str) -> None:
    script = f'<script type="application/ld+json">{json_ld}</script></head>'.encode()
    (tmp_path / "bad.html").write_bytes(article_page.replace(b"</head>", script))
    ran = clip("clean", "bad.html", "--with", "candidates,input,removed,blocks,markdown")
    assert ran.code == 0 and "crosses the river" in ran.records[0]["body"]
