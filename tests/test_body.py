"""Renderings of typed blocks. The Markdown is read back by an independent reader."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.article import BodyBlock
from normalise.body import body_html, body_markdown, body_text
from normalise.inline import escape_markdown


def item(text: str, level: int = 0, number: int | None = None, **more: Any) -> BodyBlock:
    return BodyBlock(type="list", text=text, level=level, ordered=number is not None, number=number or 0, **more)


def paragraph(text: str, **more: Any) -> BodyBlock:
    return BodyBlock(type="paragraph", text=text, **more)


BLOCKS = [
    BodyBlock(type="heading", text="The pier", level=2),
    paragraph("First line.\nSecond line."),
    item("one\n\nmore"),
    item("two", 1),
    item("three"),
    BodyBlock(type="quote", text="Said.\n\nAnd said.", quoted=1),
    BodyBlock(type="image", text="A pier", url="https://example.org/a.jpg"),
    BodyBlock(type="caption", text="The pier in May"),
    BodyBlock(type="embed", text="", url="https://example.org/film"),
    BodyBlock(type="code", text="if x:\n    y", language="python"),
    BodyBlock(type="table", text="a | b\n1", rows=[["a", "b"], ["1"]], header=True),
    BodyBlock(type="math", text="x^2"),
    BodyBlock(type="footnote", text="A note.", ordered=True, number=1),
]


def test_text() -> None:
    assert body_text(BLOCKS) == (
        "The pier\n\nFirst line.\nSecond line.\n\n- one\nmore\n- two\n- three\n\n"
        "Said.\n\nAnd said.\n\nif x:\n    y\n\na | b\n1\n\nx^2\n\n- A note."
    )
    assert body_text([]) == body_markdown([]) == body_html([]) == ""


def test_markdown() -> None:
    assert body_markdown(BLOCKS) == (
        "## The pier\n\nFirst line.\\\nSecond line.\n\n- one\n\n  more\n  - two\n- three\n\n> Said.\n>\n> And said.\n\n"
        "![A pier](https://example.org/a.jpg)\n\n*The pier in May*\n\n[https://example.org/film](https://example.org/film)\n\n"
        "```python\nif x:\n    y\n```\n\n| a | b |\n| --- | --- |\n| 1 |  |\n\n```math\nx^2\n```\n\n1. A note."
    )


def test_html() -> None:
    assert body_html(BLOCKS) == (
        "<h2>The pier</h2>\n<p>First line.<br>\nSecond line.</p>\n<ul>\n<li><p>one</p>\n<p>more</p>\n<ul>\n<li>two</li>\n</ul>\n</li>\n"
        "<li>three</li>\n</ul>\n<blockquote>\n<p>Said.</p>\n<p>And said.</p>\n</blockquote>\n"
        '<img src="https://example.org/a.jpg" alt="A pier">\n<figcaption>The pier in May</figcaption>\n'
        '<p><a href="https://example.org/film">https://example.org/film</a></p>\n'
        '<pre><code class="language-python">if x:\n    y\n</code></pre>\n'
        "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td></tr>\n</table>\n"
        '<pre><code class="language-math">x^2\n</code></pre>\n<ol>\n<li>A note.</li>\n</ol>\n'
    )


@pytest.mark.parametrize(
    ("blocks", "markdown"),
    [
        ([item("a", number=9), item("b", number=10), item("c", 1)], "9. a\n10. b\n    - c"),
        ([item("a", number=1), item("b", number=1), item("c", number=4)], "1. a\n1) b\n4. c"),
        ([item("deep", 5), item("deeper", 9)], "- deep\n  - deeper"),
        ([item("a"), BodyBlock(type="code", text="x", level=1), item("b")], "- a\n\n  ```\n  x\n  ```\n\n- b"),
        ([item("a"), paragraph("of a", level=1)], "- a\n\n  of a"),
        ([item("a"), BodyBlock(type="quote", text="q\nr", level=1, quoted=1)], "- a\n\n  > q\\\n  > r"),
        ([item("a", quoted=1), item("b", quoted=1)], "> - a\n> - b"),
        ([BodyBlock(type="quote", text="q", quoted=2)], "> > q"),
        ([BodyBlock(type="code", text="```\nx\n````")], "`````\n```\nx\n````\n`````"),
        ([BodyBlock(type="code", text="x", language="c++ `no`")], "```c++no\nx\n```"),
        ([BodyBlock(type="table", text="a | b", rows=[["a|b", "c"], ["", "d"]])], "|  |  |\n| --- | --- |\n| a\\|b | c |\n|  | d |"),
        ([BodyBlock(type="heading", text="C #", level=1), BodyBlock(type="heading", text="#", level=9)], "# C \\#\n\n###### \\#"),
        ([BodyBlock(type="heading", text="1. > #a", level=2)], "## 1. > #a"),
        ([BodyBlock(type="table", text="1. | -", rows=[["1. *", "- a"]], header=True)], "| 1. \\* | - a |\n| --- | --- |"),
        ([BodyBlock(type="image", text="[a]", url="https://e.org/a_(b).png")], "![\\[a\\]](<https://e.org/a_(b).png>)"),
    ],
)
def test_markdown_of(blocks: list[BodyBlock], markdown: str) -> None:
    assert body_markdown(blocks) == markdown


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("1. May", "1\\. May"),
        ("In 1. May", "In 1. May"),
        ("# no heading", "\\# no heading"),
        ("- no item\n+ no item", "\\- no item\n\\+ no item"),
        ("snake_case_name and _no emphasis_", "snake_case_name and \\_no emphasis\\_"),
        ("def __init__(self, _x_y_)", "def \\_\\_init\\_\\_(self, \\_x_y\\_)"),
        ("2 * 3 * 4 [5](6) `7` ~8~", "2 \\* 3 \\* 4 \\[5\\](6) \\`7\\` \\~8\\~"),
        ("<b> &amp; R&D", "\\<b> \\&amp; R\\&D"),
        ("C:\\dir", "C:\\\\dir"),
        ("Plain text, with “quotes” – and 3.5 %.", "Plain text, with “quotes” – and 3.5 %."),
    ],
)
def test_text_stays_text(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


def test_html_of_lists_and_quotations() -> None:
    found = body_html([item("a", quoted=1), item("b", 1, 4, quoted=1), item("c", 1, 6, quoted=1), paragraph("<d>")])
    assert found == (
        '<blockquote>\n<ul>\n<li>a<ol start="4">\n<li>b</li>\n</ol>\n<ol start="6">\n<li>c</li>\n</ol>\n</li>\n</ul>\n</blockquote>\n'
        "<p>&lt;d&gt;</p>\n"
    )


# --- read back ---

TEXT = st.lists(st.text(st.sampled_from("ab1.)#*_-+=|<>[]()`~!&;:\\\"'$^{}é漢"), min_size=1, max_size=8), min_size=1, max_size=6).map(
    " ".join
)
PROSE = st.one_of(
    st.builds(paragraph, TEXT),
    st.builds(lambda lines: paragraph("\n".join(lines)), st.lists(TEXT, min_size=2, max_size=3)),
    st.builds(lambda text, level: BodyBlock(type="heading", text=text, level=level), TEXT, st.integers(1, 6)),
    st.builds(lambda text, level, number: item(text, level, number), TEXT, st.integers(0, 3), st.none() | st.integers(0, 30)),
    st.builds(lambda text, quoted: BodyBlock(type="quote", text=text, quoted=quoted), TEXT, st.integers(1, 3)),
    st.builds(lambda text: BodyBlock(type="caption", text=text), TEXT),
    st.builds(
        lambda rows: BodyBlock(type="table", text="t", rows=rows), st.lists(st.lists(TEXT, min_size=2, max_size=3), min_size=1, max_size=3)
    ),
    st.builds(lambda lines: BodyBlock(type="code", text="\n".join(lines)), st.lists(TEXT, min_size=1, max_size=3)),
)


def _shown(markdown: str) -> tuple[list[str], str]:
    """The types of the Markdown's top-level and inner blocks, and its visible text without white space."""
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table").enable("strikethrough")
    kinds: list[str] = []
    texts: list[str] = []
    for token in reader.parse(markdown):
        if token.type in ("fence", "code_block", "html_block"):
            kinds.append(token.type)
            texts.append(token.content)
        elif token.type == "inline":
            for child in token.children:
                assert child.type in ("text", "text_special", "hardbreak", "softbreak", "em_open", "em_close"), child
                texts.append(child.content)
        elif token.type.endswith("_open"):
            kinds.append(token.type.removesuffix("_open"))
    return kinds, re.sub(r"\s", "", "".join(texts))


@given(st.lists(PROSE, min_size=1, max_size=6))
def test_markdown_reads_back_as_the_same_text(blocks: list[BodyBlock]) -> None:
    kinds, text = _shown(body_markdown(blocks))
    wanted = "".join("".join(map("".join, block.rows)) if block.type == "table" else block.text for block in blocks)
    assert text == re.sub(r"\s", "", wanted)
    assert kinds.count("heading") == sum(block.type == "heading" for block in blocks)
    assert kinds.count("fence") == sum(block.type == "code" for block in blocks)
    assert kinds.count("table") == sum(block.type == "table" for block in blocks)
    assert kinds.count("list_item") == sum(block.type == "list" for block in blocks)
    assert "code_block" not in kinds and "html_block" not in kinds and "hr" not in kinds


@given(st.lists(PROSE, max_size=6))
def test_text_and_html_show_the_same_characters(blocks: list[BodyBlock]) -> None:
    selectolax = pytest.importorskip("selectolax.lexbor")
    body = selectolax.LexborHTMLParser(body_html(blocks)).body
    shown = re.sub(r"\s", "", body.text() if body else "")
    wanted = "".join("".join(map("".join, block.rows)) if block.type == "table" else block.text for block in blocks)
    assert shown == re.sub(r"\s", "", wanted)
    for line in body_text([block for block in blocks if block.type == "list"]).splitlines():
        assert line.startswith("- ")
