"""Text pages: lines to blocks, and what each line is."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scraper
from normalise.chrome import match_lines
from scraper.classify import Label
from scraper.errors import Failure, InputError
from scraper.learn import fold
from scraper.page import Page
from scraper.readers import Reading, read
from scraper.text import segment_text, split_articles
from scraper.text.breadcrumb import breadcrumb
from scraper.text.classify import HEADS, _last_line, _set_lead_captions, classify_text, decide, line_hints
from scraper.text.heads import date_below, drop_biography
from scraper.text.markdown import is_markdown
from scraper.text.tables import judge_tables
from scraper.text.wrapped import wrap_of

SEEDS = Path(__file__).parent.parent / "seeds"
PROSE = sorted((Path(__file__).parent / "cases" / "prose").glob("*.txt"))
PARAGRAPH = (
    "The council met on Monday evening to discuss the bridge over the river, which has been closed since the flood in March, and put off "
    "the vote until the engineers have looked at the piers again."
)


def texts(text: str) -> list[str]:
    return [block.text for block in segment_text(text).blocks]


def kept(text: str) -> list[str]:
    page = segment_text(text)
    return [block.text for block, label in zip(page.blocks, classify_text(page), strict=True) if label.kind == "body"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x85", "\f"])
def test_newlines(newline: str) -> None:
    assert texts(f"One line{newline}Another line{newline}{newline}A third") == ["One line", "Another line", "A third"]


def test_white_space_is_collapsed() -> None:
    assert texts("  One \t line\u00a0here \n\n\t\n") == ["One line here"]


def test_bullets_are_items_and_rules_are_nothing() -> None:
    blocks = segment_text("Intro\n- one\n• two\n-----\n* * *\n-5 degrees").blocks
    assert [(block.tag, block.text) for block in blocks] == [("line", "Intro"), ("li", "one"), ("li", "two"), ("line", "-5 degrees")]


WRAPPED = """\
The council met on Monday evening to discuss the bridge over the
river, which has been closed since the flood in March, and put off
the vote until the engineers have seen the piers.

Nobody had expected that. The mayor, who had promised a decision
before the summer, left without a word, and the members who stayed
argued about the minutes for an hour.
"""


def test_wrapped_lines_are_joined() -> None:
    assert wrap_of(WRAPPED.split("\n")).width == 66
    found = texts(WRAPPED)
    assert len(found) == 2
    assert found[0].endswith("put off the vote until the engineers have seen the piers.")


def test_wrapped_lines_without_blank_lines() -> None:
    found = texts(WRAPPED.replace("\n\n", "\n"))
    assert len(found) == 2
    assert found[1].startswith("Nobody had expected that.")


def test_menus_are_not_joined() -> None:
    menu = "Home\nWorld news\nBusiness and economy\nSport\nCulture and books\nWeather in your town today\nOpinion\nLetters\nContact us"
    assert texts(menu) == menu.split("\n")


def test_wrapped_without_spaces() -> None:
    line = "市議会は月曜の夜に会合を開き洪水以来閉鎖されている橋について話し合い採決を延期することを決めたという発表が"
    assert texts("\n".join([line] * 6 + ["終わり。"]))[0].startswith(line)


MARKDOWN = """\
---
title: The bridge
author: Ann Example
---
# The bridge

A [long story](https://example.com/a) of **iron** and _stone_ with snake_case names.

## Piers

- first `item`
1. numbered
> quoted words

```
x = 1

y = 2
```

![picture](https://example.com/p.png)
| a | b |
|---|---|
| 1 | 2 |
"""


def test_markdown() -> None:
    page = segment_text(MARKDOWN)
    assert ("title", "The bridge") in page.metas
    assert [(block.tag, block.text) for block in page.blocks] == [
        ("h1", "The bridge"),
        ("line", "A long story of iron and stone with snake_case names."),
        ("h2", "Piers"),
        ("li", "first item"),
        ("li", "numbered"),
        ("blockquote", "quoted words"),
        ("pre", "x = 1\n\ny = 2"),
        ("tr", "a | b"),
        ("tr", "1 | 2"),
    ]
    assert page.blocks[1].link_chars == len("long story")
    assert page.lines[0] == 5


def test_a_title_above_all_is_markdown() -> None:
    assert is_markdown("\n# The bridge\n\nIt was built of iron.\n") and not is_markdown("# The bridge\n# closes\n\nIt was built of iron.")
    assert not is_markdown("The bridge\n\n# It was built of iron.")


@pytest.mark.parametrize(
    ("row", "blocks"),
    [
        ("٣. three", [("li", "three")]),
        ("2024 was wet", [("line", "2024 was wet")]),
        ("———", []),
        ("— she said", [("line", "— she said")]),
        ("a  wide\u2003gap", [("line", "a wide gap")]),
        ("a\xa0tab\tand\u200b a\x07 bell", [("line", "a tab and a bell")]),
        ("![i](x.png) a `b`", [("line", "a b")]),
        ("[ ](/empty) [](/none)", []),
        ("* ## A card", [("h2", "A card")]),
        ("##", []),
        ("____ ** Book now", [("line", "Book now")]),
        ("call `__init__` of __this__ and `a*b*c`", [("line", "call __init__ of this and a*b*c")]),
        ("```\n[a](/b) *c*\n```", [("pre", "[a](/b) *c*")]),
    ],
)
def test_markdown_lines(row: str, blocks: list[tuple[str, str]]) -> None:
    assert [(block.tag, block.text) for block in segment_text(f"[a](http://b.c)\n\n{row}").blocks[1:]] == blocks


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("[one](/a) two [three](/b)", [("one two three", 8)]),
        ("[\n## A card\nof two rows](/card)\n\nafter", [("A card", 6), ("of two rows", 11), ("after", 0)]),
        ("[![A picture](/p_(1).jpg) its words](/a_(b) 'title')", [("its words", 9)]),
        ("[[in brackets]](/a)", [("[in brackets]", 13)]),
        ("[outer [inner](/a) words](/b)", [("outer inner words", 17)]),
        ("[to nowhere](javascript:void(0))", [("to nowhere", 10)]),
        ('a [reference][1] here\n\n[1]: https://example.org/ "A title"', [("a reference here", 9)]),
        ("a [note][1] here", [("a [note][1] here", 0)]),
        ("an [open bracket\n\nand a paragraph\n\n[a](/b)", [("an [open bracket", 0), ("and a paragraph", 0), ("a", 1)]),
    ],
)
def test_links_of_markdown(text: str, rows: list[tuple[str, int]]) -> None:
    page = segment_text(f"# A\n\n## B\n\n{text}")
    assert [(block.text, block.link_chars) for block in page.blocks[2:]] == rows


@pytest.mark.parametrize("piece", ["[", "[a](", "![", "[[a]", "](", "[a][", "**", "`", "[a] (", "\x02"])
def test_marks_without_end_take_time_by_size(piece: str) -> None:
    assert segment_text("[a](/b)\n" + piece * 50_000).blocks


def test_a_line_of_links_above_prose_is_no_heading() -> None:
    share = "[Share on Twitter](https://a.example/x) [Share on Facebook](https://b.example/y)"
    assert kept(f"# The bridge\n\nBy Ann Example\n\n{share}\n\n{PARAGRAPH}\n\n## The piers\n\n{PARAGRAPH[::-1]}") == [
        PARAGRAPH,
        "The piers",
        PARAGRAPH[::-1],
    ]


def test_wrapped_markdown_is_joined() -> None:
    wrapped = """\
# The bridge

The council met on Monday evening to talk about the bridge over the
[river](https://example.org/), closed since the flood in March, and
put off the vote until the engineers have looked at the piers, which
[nobody had](https://example.org/news) expected of it. The mayor had
promised a decision before summer, and left without a further word."""
    page = segment_text(wrapped)
    assert [block.tag for block in page.blocks] == ["h1", "line"]
    assert page.blocks[1].text.endswith(
        "which nobody had expected of it. The mayor had promised a decision before summer, and left without a further word."
    )
    assert page.blocks[1].link_chars == len("river") + len("nobody had")


def test_numbers_and_languages_of_markdown() -> None:
    page = segment_text("# A\n\n## B\n\n3. three\n- x\n\n```python\na = 1\n```\n\n~~~\nplain\n~~~")
    assert [(block.tag, page.numbers.get(block.index), page.languages.get(block.index)) for block in page.blocks[2:]] == [
        ("li", 3, None),
        ("li", None, None),
        ("pre", None, "python"),
        ("pre", None, None),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("| Lock | Rise |\n| --- | ---: |\n| First | 2 m |\n| Second | |", [["Lock", "Rise"], ["First", "2 m"], ["Second", ""]]),
        ("Lock | Rise\n---|:---:\nFirst | **2** m | more\nSecond", [["Lock", "Rise"], ["First", "2 m"]]),
        ("| a \\| b | [c](/c) |\n|---|---|\n| `d` | |\n| | |", [["a | b", "c"], ["d", ""]]),
        ("| | |\n|---|---|\n| Width | 3 m |", [["Width", "3 m"]]),
        ("| only |\n|---|\n| one |", []),
        ("| a | b |\n|---|---|---|\n| c | d |", []),
        ("a | b\n\n---|---\nc | d", []),
        (f"| Menu | {PARAGRAPH * 2} |\n|---|---|\n| a | b |", []),
        ("```\n| a | b |\n|---|---|\n```", []),
    ],
)
def test_tables_of_markdown(rows: str, expected: list[list[str]]) -> None:
    page = segment_text(f"# A\n\n## B\n\n{rows}\n\nText.")
    assert [row.cells for row in page.rows.values()] == expected
    assert [block.index for block in page.blocks if block.tag == "tr"] == list(page.rows)
    assert page.blocks[-1].text == "Text." and page.lines[-1] == rows.count("\n") + 7


def test_tables_of_markdown_are_kept_as_wholes() -> None:
    table = "| Lock | Rise |\n|---|---|\n| First | 2 m |\n| Second | 3 m |\n\n| Year | |\n|---|---|\n| 1790 | cut |"
    text = f"# The locks\n\n{PARAGRAPH}\n\n## Rise\n\n{table}\n\n{PARAGRAPH}\n\n{PARAGRAPH} Twice."
    record = scraper.clean(text, with_={"blocks", "markdown"}).to_dict()
    rows = [(block["rows"], block["header"]) for block in record["blocks"] if block["type"] == "table"]
    assert rows == [([["Lock", "Rise"], ["First", "2 m"], ["Second", "3 m"]], True), ([["Year", ""], ["1790", "cut"]], True)]
    assert "| Lock | Rise |\n| --- | --- |\n| First | 2 m |" in record["markdown"]
    assert "Lock | Rise\nFirst | 2 m\nSecond | 3 m\n\nYear\n1790 | cut" in record["body"]


def test_tables_are_judged_by_most_of_their_text() -> None:
    page = segment_text("# A\n\n## B\n\nText.\n\n| a | b |\n|---|---|\n| cc | dd |\n| ee | ff |\n\n| g | [h](/h) |\n|---|---|\n\nText.")
    kinds = {"Text.": "body", "cc | dd": "body", "ee | ff": "body"}
    labels = [Label(kinds.get(block.text, "chrome"), "", "text/judged-body", 500) for block in page.blocks]
    judge_tables(page, labels)
    assert [label.kind for label in labels[2:]] == ["body"] * 4 + ["chrome", "body"]
    assert {label.rule for label in labels} == {"text/judged-body", "text/table"}


def test_items_inside_others() -> None:
    page = segment_text("# A\n\n## B\n\n- a\n  - b\n\n    1. c\n  - d\n- e\n\ntext\n\n  - f\n    - g\n")
    assert [(block.text, page.depths.get(block.index, 0)) for block in page.blocks if block.tag == "li"] == [
        *(("a", 0), ("b", 1), ("c", 2), ("d", 1), ("e", 0), ("f", 0), ("g", 1))
    ]
    assert page.numbers == {4: 1}


def test_lists_of_the_front_matter() -> None:
    page = segment_text("---\ntags: [iron, 'old stone']\nauthors:\n  - Ann Example\n  - Bo Ek\nempty:\ntitle: A\n---\n# A\n\nText.")
    assert page.metas == [("tags", "iron, old stone"), ("author", "Ann Example"), ("author", "Bo Ek"), ("title", "A")]


def test_plain_text_is_not_markdown() -> None:
    assert not is_markdown("Prices rose by 5 * 3 * 2 percent.\n# 1 hit of the year\n")
    assert texts("# 1 hit of the year *and* more") == ["# 1 hit of the year *and* more"]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Home » world » The bridge", ["Home", "world", "The bridge"]),
        ("Startseite > Politik > Brücke gesperrt", ["Startseite", "Politik", "Brücke gesperrt"]),
        ("首页 > 新闻 > 河水上涨", ["首页", "新闻", "河水上涨"]),
        ("The score was 3 > 2 in the end", None),
        ("Ann Example / The Example Times", None),
        ("Home", None),
    ],
)
def test_breadcrumb(text: str, steps: list[str] | None) -> None:
    assert breadcrumb(text) == steps


def test_breadcrumb_names_headline_and_section() -> None:
    page = segment_text(f"Home » world » Why the old bridge stays closed\n\n{PARAGRAPH}\n\n{PARAGRAPH[:-1]}!")
    hints = {hint.kind: hint.text for hint in line_hints(page, classify_text(page))}
    assert hints["headline"] == "Why the old bridge stays closed"
    assert hints["section"] == "world"


def test_first_seed() -> None:
    page = segment_text((SEEDS / "erdogan-putin-phone-call.txt").read_text(encoding="utf-8"))
    labels = classify_text(page)
    body = [block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]
    assert len(body) == 6
    assert body[0].startswith("In a recent phone conversation")
    assert body[-1].endswith("strategic choices both nations must make moving forward.")
    assert [(hint.kind, hint.source, hint.text) for hint in line_hints(page, labels)] == [("date", "text:line 1", "Thursday, July 31")]
    removed = {block.text: label.rule for block, label in zip(page.blocks, labels, strict=True) if label.kind == "chrome"}
    assert removed == {
        "Share.": "en/share/share",
        "Leave A Reply": "en/comment-prompt/leave-a-reply",
        "Exit mobile version": "en/platform/exit-mobile-version",
    }


def test_second_seed() -> None:
    page = segment_text((SEEDS / "russia-turkey-ukraine-ties.txt").read_text(encoding="utf-8"))
    labels = classify_text(page)
    body = [block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]
    assert body[0] == "Putin and Erdogan Explore US Ukraine Proposals as Russia-Turkey Ties Deepen"
    assert body[-1].endswith("may well depend on the success of these efforts.")
    assert len(body) == 14
    hints = {hint.kind: hint.text for hint in line_hints(page, labels)}
    assert hints["headline"] == "Russia & Turkey Discuss Ukraine, Boost Ties"
    assert hints["section"] == "world"
    assert hints["author"] == "by James Carter Senior News Editor"
    assert "date" not in hints
    removed = [(label.reason, block.text[:20]) for block, label in zip(page.blocks, labels, strict=True) if label.kind == "chrome"]
    assert removed == [
        ("breadcrumb", "Home » world » Russi"),
        ("comment prompt", "What role do you see"),
        ("heading of related articles", "You may also like"),
        ("comment prompt", "Leave a Comment"),
        ("spam protection notice", "This site uses Akism"),
        ("ad blocker notice", "Adblock Detected"),
        ("ad blocker notice", "Please support us by"),
    ]


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_articles_about_chrome_come_out_whole(path: Path) -> None:
    paragraphs = path.read_text(encoding="utf-8").strip().split("\n\n")
    assert kept("\n\n".join(paragraphs))[-len(paragraphs) + 1 :] == paragraphs[1:]


def test_one_paragraph_is_an_article() -> None:
    assert kept(PARAGRAPH) == [PARAGRAPH]


def test_a_site_s_own_furniture_goes() -> None:
    own = "The Example Gazette has served the valley since the year of the great flood."
    text = f"{PARAGRAPH}\n\n{own}\n\n{PARAGRAPH[:-1]}, they said."
    page = segment_text(text)
    labels = classify_text(page, {fold(own): 12})
    label = labels[1]
    assert (label.kind, label.rule) == ("chrome", "site/repeated")
    assert "12 pages" in label.reason


def test_split_articles() -> None:
    one, two = PARAGRAPH * 2, PARAGRAPH[::-1] * 2
    assert split_articles(f"{one}\f{two}") == [one, two]
    assert split_articles(f"{one}\n==========\n{two}\n") == [one, two]
    assert split_articles(f"Document 1 of 2\n{one}\n\nDocument 2 of 2\n{two}") == [one, two]
    assert split_articles(one) == [one]
    with pytest.raises(InputError) as refused:
        split_articles(f"Short\n-----\n{one}")
    assert refused.value.code == "unsplit"
    assert split_articles(" \n") == []


def test_marks_between_articles() -> None:
    stories = [f"Story {number}\n\n{PARAGRAPH}\n\n{PARAGRAPH}" for number in "abc"]
    for mark in ("Dokument {} von 3", "{} of 3 DOCUMENTS", "Документ {} из 3"):
        assert split_articles("\n".join(f"{mark.format(number)}\n\n{story}\n" for number, story in enumerate(stories, 1))) == stories
    for head in ("Title: {}\nDate: 2024-03-14\n\n", "---\ntitle: {}\ntags:\n- a\ndate: 2024-03-14\n---\n"):
        parts = [head.format(number) + story for number, story in enumerate(stories)]
        assert split_articles("\n\n".join(parts)) == parts
    dated = "\n".join(f"{number} March 2024\n\n{story}" for number, story in enumerate(stories, 1))
    assert split_articles(dated) == [dated]


def test_form_feeds_between_the_pages_of_an_article() -> None:
    pages = [f"{PARAGRAPH}\n\nand so the council, which had {PARAGRAPH.lower()[:-1]}," for _ in range(3)]
    text = "\f".join(page.removeprefix("The ").lower() for page in pages)
    assert split_articles(text) == [text]


def test_no_text() -> None:
    for text in ("", " \n\t\n", "\ufeff", "-----"):
        page = segment_text(text)
        assert page.blocks == []
        assert classify_text(page) == []


@given(st.text(alphabet=st.sampled_from("ab. \n\t-*#>»|[]()`_~=1:Home\r\f\u2028\U0001f600é中"), max_size=300))
def test_never_raises(text: str) -> None:
    page = segment_text(text)
    assert len(classify_text(page)) == len(page.blocks) == len(page.lines)
    assert all(block.text == block.text.strip() or block.tag == "pre" for block in page.blocks)
    assert [block.index for block in page.blocks] == list(range(len(page.blocks)))


@pytest.mark.parametrize("unit", ["[", "](", "*", "_a", "> ", "`", "a » ", "|", "\\", "- \n", "#", "=\n", "\U00010000"])
def test_hostile_runs_are_linear(unit: str) -> None:
    text = unit * 200_000 + "](http"
    assert len(segment_text(text).blocks) >= 0


def test_pieces_of_a_page_do_not_change_with_its_newlines() -> None:
    text = (SEEDS / "russia-turkey-ukraine-ties.txt").read_text(encoding="utf-8")
    assert texts(text.replace("\n\n", "\n")) == texts(text)
    assert kept(text.replace("\n\n", "\r\n")) == kept(text)


def test_split_pages(tmp_path: Path) -> None:
    one, two = ("The river rose above its banks on Tuesday night. " * 6, "The museum opened its new wing on Friday. " * 8)
    (tmp_path / "a.txt").write_text(f"{one}\n=====\n{two}", encoding="utf-8")
    (tmp_path / "b.txt").write_text(one, encoding="utf-8")
    (tmp_path / "c.html").write_text(f"<html><body><p>{one}</p><hr><p>{two}</p></body></html>", encoding="utf-8")
    (tmp_path / "d.txt").write_text(f"Short\n-----\n{one}", encoding="utf-8")
    pages = list(read(str(tmp_path), reading=Reading(split=True)))
    names = [(page.input if isinstance(page, Failure) else page.origin or "")[len(str(tmp_path)) + 1 :] for page in pages]
    assert names == ["a.txt:1", "a.txt:2", "b.txt", "c.html", "d.txt"]
    assert [page.body.decode().strip() for page in pages[:2] if isinstance(page, Page)] == [one.strip(), two.strip()]
    assert isinstance(pages[4], Failure) and pages[4].error == "unsplit"
    assert len(list(read(str(tmp_path)))) == 4


@pytest.mark.parametrize(
    ("between", "likelihood", "end"),
    [
        ("Oglas", 3.0, 2),
        ("Oglas", 4.0, 0),  # surely the last
        ("Share your thoughts in the comments", 3.0, 2),
        ("Related articles", 3.0, 0),  # what follows it is furniture
    ],
)
def test_prose_that_follows_an_unsure_end_belongs_to_the_article(between: str, likelihood: float, end: int) -> None:
    blocks = segment_text(f"{PARAGRAPH}\n\n{between}\n\n{PARAGRAPH}").blocks
    scores = np.zeros((3, len(HEADS)))
    scores[:, 0] = 3.0, -2.0, 1.0
    scores[:, HEADS.index("last")] = likelihood, -1.0, 2.0
    assert _last_line(blocks, match_lines([block.text for block in blocks]), scores, 0.0) == end


@pytest.mark.parametrize(
    ("text", "score", "kind"),
    [
        (PARAGRAPH, -1.0, "body"),
        (PARAGRAPH, -3.0, "chrome"),  # very unlike an article
        (PARAGRAPH[:-1], -1.0, "chrome"),  # no sentence
        ("The pier is shut", -2.5, "chrome"),
    ],
)
def test_prose_between_the_first_and_the_last_line_belongs_to_the_article(text: str, score: float, kind: str) -> None:
    page = segment_text(f"{PARAGRAPH} First.\n\n{text}\n\n{PARAGRAPH} Last.")
    scores = np.full((3, len(HEADS)), -4.0)
    scores[:, 0] = 3.0, score, 3.0
    scores[0, HEADS.index("first")] = scores[2, HEADS.index("last")] = 4.0
    labels = decide(page, match_lines([block.text for block in page.blocks]), scores, 0.0)
    assert [label.kind for label in labels] == ["body", kind, "body"]


DUMP = """\
   #[1]alternate

   [2]Skip to content

     * [3]Home
     * [4]World news

A bridge too old

   By[5]Ann Example

   The council met on Monday evening to discuss the bridge over the
   [6]river, which has been closed since the flood in March, and put
   off the vote until the engineers of [7][bridge.png] the town have
   seen the piers [2] and [99] again.

   Nobody had expected that. The mayor, who had promised a decision
   before the summer, left without a word, and [8]some of those who
   stayed argued about the minutes for an hour.

   (BUTTON) Share

References

   Visible links:
   1. https://example.com/feed
   2. https://example.com/a#main
   3. https://example.com/
   4. https://example.com/world
   5. mailto:ann@example.com?subject=A bridge&body=Read this:
https://example.com/a
   6. https://example.com/river

   Hidden links:
   7. https://example.com/bridge
   8. https://example.com/some
"""


def test_dumps_lose_the_list_of_addresses_and_its_numbers() -> None:
    page = segment_text(DUMP)
    found = [block.text for block in page.blocks]
    assert found[:6] == ["#alternate", "Skip to content", "Home", "World news", "A bridge too old", "By Ann Example"]
    assert found[6].startswith("The council met on Monday evening to discuss the bridge over the river, which has been closed")
    assert found[6].endswith("until the engineers of the town have seen the piers and [99] again.")
    assert found[7].endswith("left without a word, and some of those who stayed argued about the minutes for an hour.")
    assert found[8:] == ["Share"]
    assert DUMP.split("\n")[page.lines[5] - 1].strip() == "By[5]Ann Example"


@pytest.mark.parametrize(
    "end",
    [
        "1. https://example.com/a\n2. https://example.com/b",  # too few
        "1. Read the plan\n2. Ask the mayor\n3. Walk over the bridge",
        "Sources\n\n11. https://example.com/a\n12. https://example.com/b\n13. https://example.com/c",  # that nothing points to
    ],
)
def test_lists_that_no_browser_wrote_stay(end: str) -> None:
    text = f"A bridge\n\nThe plan [1] was late [2], and so was the mayor [3].\n\n{end}"
    assert texts(text) == [line for line in text.split("\n") if line]


def test_a_few_long_lines_leave_the_width_as_it_is() -> None:
    rows = WRAPPED.split("\n")
    long = "A line that was not wrapped, since no address or table ever is, is longer than all the others."
    assert wrap_of([*rows, *rows, long]).width == 66


def test_excerpts_that_were_cut_are_not_wrapped() -> None:
    assert wrap_of([f"{name}: {PARAGRAPH}"[:100] for name in ("Roads", "Parks", "Trams", "Trees", "Boats", "Piers")]).width == 0


def test_wrapped_scripts_of_two_columns_a_character() -> None:
    text = "市議会は月曜の夜に会合を開き、洪水以来閉鎖されている橋について話し合い、採決を延期することを決めた。" * 5
    rows = [text[start : start + 39] for start in range(0, len(text), 39)]
    assert wrap_of(rows).width == 78
    assert texts("\n".join(rows)) == [text]


TAGGED = """\
<div id="page" class="hfeed
site">

<span class="by">By</span> <a href="https://example.com/ann"
class="url">Ann
Example</a>

<img src="https://example.com/a.png" alt="A bridge" />

# The bridge

[Home](https://example.com/) A **bridge** of a < b, `<div>` and \\<span\\>.

```
<div>kept</div>
```

</div>
"""


def test_markdown_loses_the_tags_that_converters_leave() -> None:
    blocks = segment_text(TAGGED).blocks
    assert [(block.tag, block.text) for block in blocks] == [
        ("line", "By"),
        ("line", "Ann"),
        ("line", "Example"),
        ("h1", "The bridge"),
        ("line", "Home A bridge of a < b, <div> and <span>."),
        ("pre", "<div>kept</div>"),
    ]
    assert [block.link_chars for block in blocks[:3]] == [0, 3, 7]


def test_markdown_about_tags_keeps_them() -> None:
    text = "# Tags\n\n## Old\n\nWant <center>Hello!</center> in <font color=red>red</font>? A <div>, a <span> and an <img> do it."
    assert texts(text)[-1] == text.split("\n")[-1]


FORWARDED = """\
---------- Forwarded message ---------
From: The Daily Example <news@example.com>
Date: Wed, Jun 12, 2024 at 6:04 PM
Subject: Fwd: Re: A bridge too old
To: <ann@example.com>

The council met on Monday evening.
"""
READER = """\
Title: A bridge too old

URL Source: https://example.com/bridge

Published Time: 2024-06-12T18:04:00Z

Markdown Content:
The council met on Monday evening.
"""


@pytest.mark.parametrize("text", [FORWARDED, READER, FORWARDED.replace("\n", "\n> ")])
def test_headers_are_metadata(text: str) -> None:
    page = segment_text(text)
    assert [block.text for block in page.blocks] == ["The council met on Monday evening."]
    assert dict(page.metas)["title"] == "A bridge too old"
    assert "2024" in dict(page.metas)["date"]


@pytest.mark.parametrize(
    "text", ["Date: Monday\nPlace: the hall\nThe council met.", "Subject: bridges\nThe council met.", "Title: a\nBody: b\nThe council met."]
)
def test_lines_with_colons_are_no_header(text: str) -> None:
    assert texts(text) == text.split("\n")


def test_the_line_that_names_the_source_of_the_article_is_dropped() -> None:
    story = f"Council puts off the bridge again\n\n{PARAGRAPH}\n\nNobody had expected that. {PARAGRAPH}\n\n"
    assert len(kept(story + "The post Council puts off the bridge again appeared first on The Example.")) == 2
    assert len(kept(story + f"{PARAGRAPH[:-1]}, under a banner that said “Council puts off the bridge again”.")) == 3


def test_programs_for_mail_write_links_and_pictures() -> None:
    text = FORWARDED + "\nSee the plan <https://example.com/plan?u=1>\n\n[image: A bridge] Tickets <mailto:ann@example.com>"
    assert texts(text) == ["The council met on Monday evening.", "See the plan", "Tickets"]
    assert texts("See <https://example.com/plan>")[0] == "See <https://example.com/plan>"


STORY = f"Council puts off the bridge again\n\n{PARAGRAPH}\n\nNobody had expected that. {PARAGRAPH}\n\n"


def found_date(below: str, byline: str = "") -> str | None:
    """Return the date found among the lines below the body, of which one may be labelled the byline."""
    blocks = segment_text(STORY + below).blocks
    kinds = ["headline", "body", "body", *("byline" if block.text == byline else "chrome" for block in blocks[3:])]
    at = date_below(blocks, [Label(kind, "", "", 500) for kind in kinds])
    return None if at is None else blocks[at].text


def test_the_only_date_soon_below_the_article_is_its_own() -> None:
    assert found_date("Bridges\n28. 4. 2023, 18:41 Uhr\nContact") == "28. 4. 2023, 18:41 Uhr"
    assert found_date("Bridges\nApril 28, 2023\nParks\nApril 27, 2023\nContact") is None
    assert found_date("Contact\n" * 12 + "April 28, 2023") is None
    assert found_date("Bridges\nThe vote of April 28, 2023 on the old bridge\nContact") is None


def test_a_date_beside_the_byline_below_the_article_is_its_own() -> None:
    below = "Written by Jane Example\nApril 28, 2023\nParks\nApril 27, 2023"
    assert found_date(below, "Written by Jane Example") == "April 28, 2023"
    assert found_date(below.replace("Example", "Example | May 1, 2023"), "Written by Jane Example | May 1, 2023") is None


def test_captions_above_the_article_end_in_a_credit() -> None:
    caption = "The old bridge in March, when it had been closed for a week. Photo: Jane Roe"
    lead, *paragraphs = segment_text(f"{caption}\n{STORY}{caption}").blocks
    labels = [Label("body", "", "", 800) for _ in (lead, *paragraphs)]
    _set_lead_captions([lead, *paragraphs][:2], labels)
    assert [label.kind for label in labels] == ["caption", *["body"] * len(paragraphs)]


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("Jane Example covers bridges and ferries for The Courier. More about Jane Example", "chrome"),
        ("Jane Example: And what comes next?", "body"),
        ("Jane was the last to leave the hall.", "body"),
        ("Jane Example has written about the bridge before. " * 8, "body"),
    ],
)
def test_the_last_line_may_say_who_the_author_is(last: str, kind: str) -> None:
    blocks = segment_text(f"By Jane Example\n{PARAGRAPH}\n{last}\nContact").blocks
    labels = [Label(kind, "", "", 500) for kind in ("byline", "body", "body", "chrome")]
    drop_biography(blocks, labels)
    assert labels[2].kind == kind


def test_a_caption_between_paragraphs_is_no_heading() -> None:
    caption = "The old bridge in March, when it was closed (Photo: Jane Roe)"
    assert caption not in kept(STORY.replace("\n\nNobody", f"\n\n{caption}\n\nNobody"))
