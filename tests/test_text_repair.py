"""Texts as programs, terminals, printers and other encodings leave them."""

import json
import quopri

import pytest

from scraper.encoding.sniff import is_html
from scraper.text import segment_text
from scraper.text.repair import repaired
from scraper.text.wrapped import Wrap, wrap_of

LINES = [
    "Café on the canal",
    "By Ann Example",
    "The keepers of the eleven locks – all of them – will work through the night again from May, the board said.",
    "“A canal does not stop at five o’clock,” said one who has kept the middle lock for as long as anybody remembers.",
]
TEXT = "\n\n".join(LINES)


def texts(text: str) -> list[str]:
    return [block.text for block in segment_text(text).blocks]


@pytest.mark.parametrize(
    "damaged",
    [
        json.dumps(TEXT + "\n"),
        json.dumps(TEXT + "\n", ensure_ascii=False).strip('"'),
        TEXT.encode().decode("latin-1"),
        "\n\n".join(f"\x1b[1;34m{line}\x1b[0m" for line in LINES),
        TEXT.replace("“", "&ldquo;").replace("”", "&rdquo;").replace("’", "&#8217;").replace("é", "&eacute;"),
        TEXT.replace("\n\n", "<br>\n<br>\n") + "<br>",
        "\n\n".join([LINES[0], LINES[1], *(f"<p>{line.replace('night', '<b>night</b>')}</p>" for line in LINES[2:])]),
        quopri.encodestring(TEXT.encode()).decode(),
        "\n".join(f"<p>{line}</p>" for line in LINES).replace("<", "&lt;").replace(">", "&gt;"),
        TEXT.replace("canal", "ca\u00adnal").replace("night", "ni\u200bght"),
    ],
)
def test_repaired(damaged: str) -> None:
    assert texts(damaged) == LINES
    assert not is_html(damaged, media_type=None)


@pytest.mark.parametrize(
    "text",
    [
        r"Files are in C:\new and C:\name, says the manual.",
        "Ã is a letter, and © a sign.",
        "Write <br> for a line, <p> for a paragraph &c.\n<p>One</p>\n<p>Two</p>\n<div>Three</div>",
        "AT&T and B&Q &c. were there.",
        "```\n<p>a long paragraph that is code and stays as it is written, and no other way</p>\n&nbsp; &amp;\n```",
    ],
)
def test_nothing_to_repair(text: str) -> None:
    assert repaired(text) == text


def test_html_whose_paragraphs_are_tags_is_html() -> None:
    assert is_html("Stay <p>One paragraph</p>\n\n<p>and another</p>\n\n<p>and <b>a third</b></p>", media_type=None)


def sheet(number: int, rows: list[str]) -> str:
    return "\n".join([f"The Courier      {number} May 2024", "", *rows, "", f"- {number} -", ""])


PRINTED = [
    [
        "Night shift on the canal",
        "",
        "The keepers of the eleven locks on the canal will",
        "work through the night again, which in a winter like",
    ],
    ["the last one, says the board, would have kept three", "barges from the mud.", "", "Boat owners were divided. Some of them, who move"],
    ["freight from the quarries, have asked for the shift", "since it went."],
]


def test_pages_lose_what_runs_on_all_of_them() -> None:
    page = segment_text("\f".join(sheet(number, rows) for number, rows in enumerate(PRINTED, 1)))
    found = [block.text for block in page.blocks]
    assert found[0] == "The Courier 1 May 2024"  # the first may be the article's own
    assert found[1:] == [
        "Night shift on the canal",
        "The keepers of the eleven locks on the canal will work through the night again, which in a winter like the last one, says the "
        "board, would have kept three barges from the mud.",
        "Boat owners were divided. Some of them, who move freight from the quarries, have asked for the shift since it went.",
    ]
    assert page.lines == [1, 3, 5, 16]


def test_pages_without_form_feeds() -> None:
    row = "the keepers of the eleven locks on the canal will work through the night,"
    rows = [line for number in range(1, 5) for line in [*[row] * 20, str(number)]]
    assert not {"1", "2", "3", "4"}.intersection(texts("\n".join(rows)))
    places = [line for number in range(1, 5) for line in [*["The keeper of this lock works at night."] * 20, str(number)]]
    assert {"1", "2", "3", "4"} <= {*texts("\n".join(places))}


def test_words_that_were_broken() -> None:
    rows = ["of fol-", "lowing the morning- and", "the evening-", "and the night shift in Stone-", "Ends"]
    assert Wrap(hyphens=True).joined(rows) == "of following the morning- and the evening- and the night shift in Stone-Ends"
    assert Wrap().joined(["a well-", "known ca\u00ad", "nal"]) == "a well-known ca\u00adnal"
    rows = [f"following the night shift of the {number} locks no-" for number in ("eleven", "twelve", "two sea", "lower", "upper")]
    assert wrap_of(rows * 3).hyphens
    assert not wrap_of([row.removesuffix("-") for row in rows] * 3).hyphens


@pytest.mark.parametrize("width", [36, 48, 60, 78])
@pytest.mark.parametrize("text", ["섬에서 사십 년 동안 등대를 지킨 노인의 날씨 일기가 책으로 나온다. 그는 바람과 파도를 적었다. " * 6])
def test_wrapped_korean(text: str, width: int) -> None:
    for wide in (1, 2):
        rows, row = [], ""
        for word in text.split():
            if len(row) + len(word) + 1 + (wide - 1) * sum(char > "\u1100" for char in row + word) > width:
                rows.append(row)
                row = ""
            row = f"{row} {word}".strip()
        rows.append(row)
        assert texts("\n".join(rows)) == [text.strip()]


def test_paragraphs_that_only_an_indent_begins() -> None:
    first = "    The keepers of the eleven locks on the canal will work\nthrough the night again from May, four years after the board\n"
    rows = f"{first}had sent them all home at dusk, to save money for the towpath.\n" * 3
    assert len(texts(rows)) == 3


SUBTITLES = """\
1
00:00:01,000 --> 00:00:02,500
The keepers of the eleven locks
will work <i>through</i> the night.

2
00:00:03,000 --> 00:00:05,000
From May, that is.

3
00:00:09,000 --> 00:00:11,000
Nobody had expected it.

4
00:00:11,500 --> 00:00:12,000
- Had you?
- {\\an8}No.
"""
SPOKEN = [
    "The keepers of the eleven locks will work through the night. From May, that is.",
    "Nobody had expected it.",
    "Had you?",
    "No.",
]


@pytest.mark.parametrize(
    "text", [SUBTITLES, "WEBVTT\nKind: captions\n\nNOTE by hand\n\n" + SUBTITLES.replace(",0", ".0").replace(",5", ".5")]
)
def test_subtitles(text: str) -> None:
    assert texts(text) == SPOKEN


def test_times_of_a_transcript_and_those_of_a_day() -> None:
    assert texts("".join(f"[00:0{at}:10] {line}\n" for at, line in enumerate(SPOKEN))) == SPOKEN
    assert texts("".join(f"{at}:10\n{line}\n" for at, line in enumerate(SPOKEN))) == SPOKEN
    live = [f"{14 - at}:10 {line}" for at, line in enumerate(SPOKEN)]
    assert texts("\n".join(live)) == live


def test_a_text_that_is_one_quotation() -> None:
    page = segment_text("Ann Example wrote:\n" + "\n".join(f"> {row}" for row in TEXT.split("\n")))
    assert [block.text for block in page.blocks] == ["Ann Example wrote:", *LINES]
    assert page.lines == [1, 2, 4, 6, 8]
