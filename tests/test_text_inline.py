"""Markdown's inline markup: what a row reads as, and where links, emphasis and code are in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scraper
from scraper.text import segment_text
from scraper.text.inline import inline
from scraper.walk.inline import ink

HEAD = "# A\n\n## B\n\n"
PARAGRAPH = (
    "The council met on Monday evening to discuss the bridge over the river, which has been closed since the flood in March, and put off "
    "the vote until the engineers have looked at the piers again."
)


def marks(rows: str) -> list[list[str]]:
    """Each mark of the blocks below the headings as its type, its ink and where it leads."""
    page = segment_text(HEAD + rows, inline=True)
    found = []
    for block in page.blocks[2:]:
        inked = "".join(block.text.split())
        found += [
            [mark.type, inked[mark.start : mark.end], *([mark.href] if mark.href else [])] for mark in page.marks.get(block.index, [])
        ]
    return found


@pytest.mark.parametrize(
    ("row", "reads"),
    [
        ("a **b *c* d** e", "a b c d e"),
        ("***a*** _b_ __c__ ~~d~~", "a b c d"),
        ("snake_case_name 2*3*4 ~5 ~6", "snake_case_name 2*3*4 ~5 ~6"),
        ("`*a*` [b](/c) ![d](/e)", "*a* b"),
        (r"\*a\* \_b\_ \~~c~~", "*a* _b_ ~~c~~"),
        ("*Credit:*[*Jane Roe*](/j)", "Credit:Jane Roe"),
        ("see <https://example.org/a_b> now", "see https://example.org/a_b now"),
        ("[a [b] c](/d(e)f)", "a [b] c"),
        ("[not a link] (x)", "[not a link] (x)"),
    ],
)
def test_what_a_row_reads_as(row: str, reads: str) -> None:
    assert inline(row) == reads


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("a **b *c* d** [e *f*](/g 'h')", [["strong", "bcd"], ["emphasis", "c"], ["link", "ef", "/g"], ["emphasis", "f"]]),
        ("***a*** `b c` ~~d~~", [["emphasis", "a"], ["strong", "a"], ["code", "bc"], ["strike", "d"]]),
        ("### [a](/b) c [#](#a)", [["link", "a", "/b"]]),
        ("## 1. *a*", [["emphasis", "a"]]),
        ("- **a** b\n7. c [d](</e f>)", [["strong", "a"], ["link", "d", "/e f"]]),
        ("> a *b*", [["emphasis", "b"]]),
        (
            "[a][1] and [b][]\n\n[1]: /one 'One'\n[b]: <https://example.org/>",
            [["link", "a", "/one"], ["link", "b", "https://example.org/"]],
        ),
        ("see <https://example.org/a>", [["link", "https://example.org/a", "https://example.org/a"]]),
        ("[![a](/b)](/c) [d](/e)", [["link", "d", "/e"]]),
        ("[a\nb](/c)", [["link", "a", "/c"], ["link", "b", "/c"]]),
        ("| [a](/b) | c |\n|---|---|\n| d | **e** f |", [["link", "a", "/b"], ["strong", "e"]]),
        ("```\n[a](/b) *c*\n```", []),
        ("[a](#) b * c * d_e_f", []),
    ],
)
def test_marks(rows: str, found: list[list[str]]) -> None:
    assert marks(rows) == found


def test_marks_of_wrapped_paragraphs() -> None:
    words = ("The council met **on Monday** evening to discuss the [bridge](/b) over the *river* " * 9).split()
    rows, row = [], ""
    for word in words:
        if len(row) + 1 + len(word) > 60:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}".strip()
    found = marks("\n".join([*rows, row]))
    assert len(found) >= 27 and found[-2:] == [["link", "bridge", "/b"], ["emphasis", "river"]]


def test_pictures() -> None:
    page = segment_text(f"{HEAD}a\n\n![The *lock*\nat dawn](/i/lock.jpg 'Dawn')\n\n[![b](/b.png)](/c) d")
    assert [(picture.attributes, picture.block) for picture in page.pictures] == [
        ({"src": "/i/lock.jpg", "alt": "The *lock* at dawn"}, 3),
        ({"src": "/b.png", "alt": "b"}, 3),
    ]


def test_what_goes_in_comes_out() -> None:
    items = "- `a(b)` and\n  - [c](https://c.example/)\n- d"
    sentence = "Its [report](/report) is **long**."
    text = f"{PARAGRAPH} {sentence}\n\n![A lock](/lock.jpg)\n\n## The *rise*\n\n{items}\n\n{PARAGRAPH} At ~~six~~ seven."
    full = scraper.clean(f"# The locks\n\n{text}", url="https://example.org/a", with_={"markdown"})
    resolved = text.replace("(/report)", "(https://example.org/report)").replace("(/lock.jpg)", "(https://example.org/lock.jpg)")
    assert full.markdown == resolved
    plain = scraper.clean(f"# The locks\n\n{text}", url="https://example.org/a")
    assert plain.body == full.body and "**" not in plain.body


@given(st.text(alphabet=st.sampled_from("ab \n*_`~[]()!<>#|-\\:/1.é中"), max_size=200))
def test_marks_change_no_text(text: str) -> None:
    text = f"{HEAD}{text}"
    plain, full = segment_text(text), segment_text(text, inline=True)
    assert plain.blocks == full.blocks and plain.rows == full.rows
    for index, found in full.marks.items():
        assert all(0 <= mark.start < mark.end <= ink(full.blocks[index].text) for mark in found)
