"""What `clip explain` shows."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from normalise.article import Article, Candidate
from scraper.explain import BlockFate, Explanation, render
from scraper.terminal import escape, shorten
from tests.conftest import Ran

Clip = Callable[..., Ran]

EXPLANATION = Explanation(
    article=Article(
        headline="Town votes",
        date="2025-03-04",
        status="ok",
        sources={"headline": "h1", "date": "meta:date"},
        candidates={
            "headline": [
                Candidate(value="Town votes", source="h1", chosen=True, reason="agrees with og:title"),
                Candidate(value="Town votes | Gazette", source="title", reason="ends with the site's name"),
            ]
        },
    ),
    blocks=[
        BlockFate(True, "headline", "the page's h1", "headline:h1", "h1", "Town votes"),
        BlockFate(False, "chrome", "asks for comments", "chrome:en:leave-a-reply", "p", "Leave A\x1b[31m Reply"),
    ],
)


def test_blocks_stand_in_page_order_with_fate_label_reason_and_rule() -> None:
    first, second, *_ = render(EXPLANATION).splitlines()
    assert first.split() == ["kept", "headline", "h1", "Town", "votes", "the", "page's", "h1", "[headline:h1]"]
    assert second.startswith("removed") and "asks for comments [chrome:en:leave-a-reply]" in second


def test_fields_show_value_source_and_candidates() -> None:
    assert render(EXPLANATION, field="headline").splitlines() == [
        "headline  Town votes  from h1",
        "    + Town votes  h1  agrees with og:title",
        "    - Town votes | Gazette  title  ends with the site's name",
    ]
    assert render(EXPLANATION, field="section") == "section  null"


def test_colour_only_where_asked_for_and_nothing_of_the_page_acts_on_the_terminal() -> None:
    assert "\x1b" not in render(EXPLANATION)
    painted = render(EXPLANATION, colour=True)
    assert "\x1b[32mkept" in painted and "\x1b[31mremoved" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == render(EXPLANATION)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("\udcff", "\\udcff"),
        ("\u2028", "\\u2028"),
        ("日本　語", "日本　語"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_shorten() -> None:
    assert shorten("a \n b", 10) == "a b"
    assert shorten("word " * 1000, 10) == "word word…"
    assert len(shorten("x" * 10_000_000, 50)) == 50


def test_the_command_explains_a_page(clip: Clip, tmp_path: Path, article_page: bytes) -> None:
    (tmp_path / "a.html").write_bytes(article_page)
    ran = clip("explain", "a.html")
    lines = ran.out.decode().splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert sum(line.startswith("kept ") and " body " in line for line in lines) == 5
    assert any(line.startswith("removed") and "All rights reserved" in line and "[" in line for line in lines)
    assert any(line.startswith("headline  Town votes to keep its ferry  from ") for line in lines)
    assert b"\x1b" not in ran.out
    assert clip("explain", "a.html", "--field", "headline").out.decode().startswith("headline  Town votes to keep its ferry  from ")
    assert clip("explain", "-", stdin=article_page).out == ran.out
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\x1b.html").write_bytes(article_page)
    assert clip("explain", "in").out == b"in/a\\x1b.html:\n" + ran.out
    assert clip("explain", "none.html").code == 5
    assert clip("explain", "a.html", "--field", "nope").code == 2


def test_the_command_paints_on_a_terminal(tmp_path: Path, article_page: bytes, environment: dict[str, str]) -> None:
    (tmp_path / "a.html").write_bytes(article_page)
    for extra, painted in (({}, True), ({"NO_COLOR": "1"}, False)):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "scraper", "explain", str(tmp_path / "a.html"), "--field", "headline"]
        subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, env={**environment, **extra}, timeout=60, check=True)
        os.close(theirs)
        assert (b"\x1b[1mheadline" in os.read(ours, 100_000)) is painted
        os.close(ours)
