"""Leftovers in extracted text, and the text without them."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.check import check_data, find_leftovers, fix, fix_data
from scraper.cli.app import run

PROSE = "The council met on Monday evening to discuss the bridge over the river, which has been closed since the flood in March."
LEFT = f"{PROSE}\n\nShare this:\n\n{PROSE}\n\nLeave a Reply\n\nYour name"
CLEAN = f"{PROSE}\n\n{PROSE}\n"


def test_finds_lines_with_rule_and_confidence() -> None:
    found = find_leftovers(LEFT)
    assert [(leftover.line, leftover.text, leftover.rule) for leftover in found] == [
        (3, "Share this:", "en/share/share-this"),
        (7, "Leave a Reply", "en/comment-prompt/leave-a-reply"),
        (9, "Your name", "en/comment-form/your-name"),
    ]
    assert all(leftover.confidence >= 80 for leftover in found)


def test_what_follows_the_end_is_less_sure() -> None:
    found = find_leftovers(f"{PROSE}\n\nYou may also like\n\nA bridge elsewhere")
    assert [(leftover.rule, leftover.confidence) for leftover in found] == [("en/related/you-may-also-like", 95), ("text/after-end", 70)]


def test_fix() -> None:
    assert fix(LEFT + "\n") == f"{PROSE}\n\n{PROSE}\n"
    assert fix(CLEAN) == CLEAN
    assert fix(fix(LEFT)) == fix(LEFT)


def test_fix_keeps_the_line_ends_of_windows() -> None:
    assert fix(f"Share this:\r\n\r\n{PROSE}\r\n\r\nLeave a Reply\r\n") == f"{PROSE}\r\n"


def test_a_call_at_the_end_of_a_line_is_cut_off() -> None:
    assert fix(f"{PROSE} Let us know in the comments!") == PROSE


def test_prose_about_chrome_stays() -> None:
    for path in (Path(__file__).parent / "cases" / "prose").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert fix(text) == text


def test_markdown() -> None:
    assert fix(f"# Title\n\n{PROSE}\n\n**Share this:**\n\n- [Share on Facebook](https://example.com/f)\n") == f"# Title\n\n{PROSE}\n"


@pytest.mark.parametrize("field", ["text", "maintext", "body"])
def test_json_of_other_tools(field: str) -> None:
    data = json.dumps({"title": "T", field: LEFT, "n": 1}, indent=2)
    (finding,) = check_data(data)
    assert finding.place == f"1.{field}"
    assert json.loads(fix_data(data)) == {"title": "T", field: CLEAN.strip(), "n": 1}


def test_json_lines_keep_their_rows() -> None:
    rows = [{"id": 1, "text": LEFT}, {"id": 2, "text": CLEAN}, {"id": 3}]
    data = "".join(json.dumps(row) + "\n" for row in rows)
    assert [finding.place for finding in check_data(data)] == ["1.text"]
    fixed = [json.loads(line) for line in fix_data(data).splitlines()]
    assert fixed == [{"id": 1, "text": CLEAN.strip()}, {"id": 2, "text": CLEAN}, {"id": 3}]


@pytest.mark.parametrize(
    "data", ['{"text": "As it is.", "n": 1.50e3}', '[{"text": "As it is."},\n {"a":1}]\n', '{"text":"x"}\n\n{"a":1.0}\n']
)
def test_json_without_leftovers_stays_as_it_is(data: str) -> None:
    assert fix_data(data) == data


def test_rows_without_leftovers_stay_as_they_are() -> None:
    rows = ['{"n":1.50e3}', json.dumps({"text": LEFT}), '{ "text": "x" }']
    assert fix_data("\n".join(rows)).splitlines() == [rows[0], json.dumps({"text": CLEAN.strip()}), rows[2]]


def test_field_by_name() -> None:
    data = json.dumps({"text": LEFT, "a": {"b": LEFT}})
    assert [finding.place for finding in check_data(data, field="a.b")] == ["1.b"]
    assert json.loads(fix_data(data, field="a.b")) == {"text": LEFT, "a": {"b": CLEAN.strip()}}


def test_a_line_that_is_no_json_is_text_and_its_neighbours_are_read() -> None:
    data = json.dumps({"text": LEFT}) + "\nShare this:\n" + json.dumps("as it is") + "\n"
    assert [(finding.place, len(finding.leftovers) > 0) for finding in check_data(data)] == [("1.text", True), ("2", True)]
    assert fix_data(data) == json.dumps({"text": CLEAN.strip()}, ensure_ascii=False) + "\nShare this:\n" + json.dumps("as it is") + "\n"


@pytest.mark.parametrize("row", [r'{"text": "\udc80 x \ud800"}', '{"text": "\udc80 x"}'], ids=["escapes", "bytes"])
def test_what_is_no_unicode_stays_as_it_is(row: str) -> None:
    assert fix_data(row + "\n").encode("utf-8", "surrogateescape") == (row + "\n").encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("data", [LEFT, json.dumps({"text": LEFT}) + "\n"])
def test_a_byte_order_mark_is_no_text(data: str) -> None:
    assert check_data("\ufeff" + data) == check_data(data) and fix_data("\ufeff" + data) == "\ufeff" + fix_data(data)


@given(st.text(max_size=400))
def test_never_raises_and_settles(text: str) -> None:
    check_data(text)
    fixed = fix_data(text)
    assert fix_data(fixed) == fixed


def test_command(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "page.txt"
    path.write_text(LEFT, encoding="utf-8")
    assert run(["check", str(path)]) == 1
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines[0] == f"{path}:3\t95\ten/share/share-this\tShare this:"
    assert run(["check", "--fix", "-o", str(tmp_path / "out"), str(path)]) == 0
    assert (tmp_path / "out" / "page.txt").read_text(encoding="utf-8") == CLEAN.strip()
    assert run(["check", str(tmp_path / "out")]) == 0
    assert run(["check", str(tmp_path / "missing.txt")]) == 5
    assert run(["check", "--fix", str(tmp_path)]) == 2
    (tmp_path / "row.json").write_text(json.dumps({"a": {"b": LEFT}}), encoding="utf-8")
    for field, code in ((), 5), (("--field", "a.c"), 5), (("--field", "a.b"), 1):
        assert run(["check", str(tmp_path / "row.json"), *field]) == code
    path.write_text(CLEAN, encoding="utf-8")
    assert [run(["check", str(tmp_path)]), run(["check", str(tmp_path), "--field", "a.b"])] == [0, 1]
    assert run(["check", "--fix", "-o", str(tmp_path / "all"), str(tmp_path)]) == 0
    assert (tmp_path / "all" / "row.json").exists()


CYRILLIC = "Совет собрался в понедельник вечером, чтобы обсудить мост через реку, который закрыт с мартовского наводнения."
SHARED = f"{CYRILLIC}\n\nПоделиться:\n\n{CYRILLIC}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "windows-1251", "koi8-r"])
@pytest.mark.parametrize("form", [str, lambda text: json.dumps({"text": text}, ensure_ascii=False) + "\n"], ids=["text", "json"])
def test_command_in_other_encodings(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], encoding: str, form: Callable[[str], str]
) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(form(SHARED).encode(encoding))
    assert run(["check", str(path)]) == 1
    (line,) = capfdbinary.readouterr().out.decode().splitlines()
    assert line.startswith(f"{path}:") and line.endswith("\tПоделиться:")
    assert run(["check", "--fix", str(path)]) == 0
    fixed = capfdbinary.readouterr()
    assert fixed.out == form(f"{CYRILLIC}\n\n{CYRILLIC}\n").encode(encoding) and not fixed.err


def test_what_an_encoding_does_not_hold_is_written_in_utf_8_and_said(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "page.json"
    path.write_bytes(
        json.dumps({"text": SHARED, "place": "東京"}, ensure_ascii=False).replace("東京", "\\u6771\\u4eac").encode("windows-1251")
    )
    assert run(["check", "--fix", str(path)]) == 0
    fixed = capfdbinary.readouterr()
    assert json.loads(fixed.out) == {"text": f"{CYRILLIC}\n\n{CYRILLIC}\n", "place": "東京"}
    assert fixed.err.decode() == f"clip: {path}: written in UTF-8, since not all of it is windows-1251\n"


def test_what_is_no_text_is_named(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.txt").symlink_to(tmp_path / "folder")
    (tmp_path / "page.txt").write_text(CLEAN)
    assert run(["check", str(tmp_path)]) == 1
    assert [line.rpartition(b"/")[2] for line in capfdbinary.readouterr().err.splitlines()] == [
        b"link.txt: a link to a folder: not followed; name it as an input to have it read",
        b"picture.txt: a PNG image, no text",
        b"pipe.txt: a FIFO, not a file: have it on standard input, and name that -",
    ]


def test_a_name_of_255_bytes_is_written(tmp_path: Path) -> None:
    (tmp_path / f"{'n' * 251}.txt").write_text(LEFT)
    assert run(["check", "--fix", "-o", str(tmp_path / "out"), str(tmp_path)]) == 0
    assert [len(path.name) for path in (tmp_path / "out").iterdir()] == [255]


def test_the_output_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(LEFT)
    for _ in range(2):
        assert run(["check", "--fix", "--force", "-o", str(tmp_path / "a"), str(tmp_path)]) == 0
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.txt")) == ["a/page.txt", "page.txt"]
