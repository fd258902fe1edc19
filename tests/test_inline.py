"""Inline markup: from the page's elements to spans of the body's text, and from these to Markdown and HTML, read back by other readers."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

import scraper
from normalise.article import BodyBlock, Span
from normalise.body import body_html, body_markdown, body_text
from normalise.inline import cell_places, inline_html, inline_markdown, inner_spans, tidy
from scraper.structure import body_blocks
from scraper.walk import segment
from tests.conftest import ROOT

CASES = json.loads((ROOT / "tests/cases/inline.json").read_text("utf-8"))
URL = "https://example.org/a/b"
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TYPES = ("link", "strong", "emphasis", "code", "sub", "sup", "strike")


def structured(html: str, url: str | None = URL, *, inline: bool = True) -> list[BodyBlock]:
    page = segment(LexborHTMLParser(html), inline=inline)
    return body_blocks(page, [True] * len(page.blocks), url=url)


def told(block: BodyBlock) -> list[list[str]]:
    """Each span as its type, its text and where it leads."""
    return [[span.type, block.text[span.start : span.end], *([span.url] if span.url else [])] for span in block.spans]


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_rows(case: dict[str, Any]) -> None:
    blocks = structured(case["html"])
    assert [told(block) for block in blocks] == case["spans"]
    assert body_markdown(blocks) == case["markdown"]
    assert body_text(blocks) == body_text(structured(case["html"], inline=False))


def test_spans_are_read_on_request_only() -> None:
    page = f"<article><h1>Pier</h1><p>{'The board said <b>yes</b> to the <a href=/plan>plan</a>. ' * 9}</p></article>".encode()
    plain = scraper.clean(page, url=URL)
    full = scraper.clean(page, url=URL, with_={"blocks", "markdown"})
    assert msgspec.structs.replace(full, blocks=msgspec.UNSET, markdown=msgspec.UNSET) == plain
    assert "**yes** to the [plan](https://example.org/plan)" in str(full.markdown)
    assert [block["spans"][1] for block in full.to_dict()["blocks"]] == [
        {"start": 26, "end": 30, "type": "link", "url": "https://example.org/plan"}
    ]


def test_links_need_a_web_page_around_them() -> None:
    html = '<p>a <a href="/x">b</a> <a href="https://example.net/">c</a> <a href="?q">d</a></p>'
    assert [told(block) for block in structured(html, None)] == [[["link", "c", "https://example.net/"]]]
    base = '<base href="https://example.net/dir/">'
    assert [span.url for span in structured(base + html, None)[0].spans] == [
        *("https://example.net/x", "https://example.net/", "https://example.net/dir/?q")
    ]


def test_text_that_lost_its_end_keeps_the_spans_before_it() -> None:
    page = segment(LexborHTMLParser("<p>a <b>b c</b> d <i>e</i></p>"), inline=True)
    page.blocks[0].text = "a b"
    assert [told(block) for block in body_blocks(page, [True])] == [[["strong", "b"]]]


def test_text_that_is_not_found_stays_plain() -> None:
    page = segment(LexborHTMLParser("<p>a <b>b</b></p><p>c <b>d</b></p>"), inline=True)
    page.blocks[0].text = "x"
    assert [told(block) for block in body_blocks(page, [True, True])] == [[], [["strong", "d"]]]


def test_html() -> None:
    html = (
        '<p>a <a href="/?a=1&amp;b=2"><b>b</b> &lt;c&gt;</a><br>H<sub>2</sub> x<sup>n</sup> <s>d</s> <kbd>e</kbd> <i>f</i></p>'
        "<table><tr><th>a<th><i>b</i><tr><td>1<td><b>2</b></table>"
    )
    assert body_html(structured(html)) == (
        '<p>a <a href="https://example.org/?a=1&amp;b=2"><strong>b</strong> &lt;c&gt;</a><br>\nH<sub>2</sub> x<sup>n</sup> <s>d</s> '
        "<code>e</code> <em>f</em></p>\n"
        "<table>\n<tr><th>a</th><th><em>b</em></th></tr>\n<tr><td>1</td><td><strong>2</strong></td></tr>\n</table>\n"
    )


@pytest.mark.parametrize(
    ("text", "spans", "markdown"),
    [
        ("a b c", [("strong", 1, 4)], "a **b** c"),
        ("word", [("emphasis", 1, 3)], "w*or*d"),
        ("Note:text", [("strong", 0, 5)], "<strong>Note:</strong>text"),  # "**Note:**text" is not read as bold
        ("Note: text", [("strong", 0, 5)], "**Note:** text"),
        ("は「本」だ", [("strong", 1, 4)], "は<strong>「本」</strong>だ"),
        ("a b", [("strong", 0, 1), ("emphasis", 2, 3)], "**a** *b*"),
        ("ab", [("strong", 0, 1), ("strong", 1, 2)], "**ab**"),
        ("ab", [("strong", 0, 1), ("emphasis", 1, 2)], "**a**<em>b</em>"),
        ("ab", [("strong", 0, 2), ("emphasis", 0, 2)], "***ab***"),
        ("ab", [("strong", 0, 2), ("strong", 0, 1)], "**ab**"),
        ("a*b", [("emphasis", 0, 3)], "*a\\*b*"),
        ("a*b", [("code", 0, 3)], "`a*b`"),
        ("`a``", [("code", 0, 4)], "``` `a`` ```"),
        ("a\n- b", [("code", 0, 5)], "`a`\n`- b`"),
        ("a b c", [("code", 0, 5), ("emphasis", 0, 1), ("link", 2, 3)], "`a` [`b`](u) `c`"),
        ("wow!a", [("link", 4, 5)], "wow\\![a](u)"),
        ("- a", [("strong", 2, 3)], "\\- **a**"),
        ("a - b", [("strong", 0, 1)], "**a** - b"),
        ("1. a", [("strong", 3, 4)], "1\\. **a**"),
        ("[a]", [("link", 0, 3)], "[\\[a\\]](u)"),
        ("a", [("link", 0, 1), ("link", 0, 1)], "[a](u)"),
        ("a  ", [("strong", 1, 3), ("link", 3, 3), ("code", -1, 0), ("sub", 7, 9)], "a  "),
    ],
)
def test_markdown(text: str, spans: list[tuple[Any, int, int]], markdown: str) -> None:
    made = [Span(type=kind, start=start, end=end, url="u" if kind == "link" else None) for kind, start, end in spans]
    assert inline_markdown(text, made) == markdown


def test_code_in_a_table() -> None:
    block = BodyBlock(
        type="table",
        text="a | b|c\nd\n\ne",
        rows=[["a", "", "b|c", ""], ["", "d", ""], [""], ["e"]],
        header=True,
        spans=[Span(start=4, end=7, type="code"), Span(start=8, end=9, type="strong"), Span(start=11, end=12, type="emphasis")],
    )
    assert cell_places(block.rows) == [[0, 1, 4, 7], [8, 8, 9], [10], [11]]
    assert body_markdown([block]) == (
        "| a |  | `b\\|c` |  |\n| --- | --- | --- | --- |\n|  | **d** |  |  |\n|  |  |  |  |\n| *e* |  |  |  |"
    )


# --- read back ---

CHARS = st.text(st.sampled_from("aabb12  .)(#*_-+=|<>[]`~!&;:\\\"'\n€«é漢」"), min_size=1, max_size=24)
ADDRESSES = st.builds("https://e.org/{}".format, st.text(st.sampled_from("ab()[]*_|`\\&;?#!'<> é%lt"), max_size=8)).map(str.rstrip)


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """A text and nested spans in it."""
    text = " ".join(draw(CHARS).split(" ")).strip() or "a"
    spans: list[Span] = []

    def fill(start: int, end: int, depth: int) -> None:
        while start < end and depth < 4 and draw(st.booleans()):
            first = draw(st.integers(start, end))
            last = draw(st.integers(first, end))
            kind = draw(st.sampled_from(TYPES))
            spans.append(Span(start=first, end=last, type=kind, url=draw(ADDRESSES) if kind == "link" else None))
            fill(first, last, depth + 1)
            start = last

    fill(0, len(text), 0)
    return text, spans


def ink(text: str, spans: list[Span]) -> list[tuple[str, frozenset[str]]]:
    """The characters of a text that are not white space, with the spans that Markdown shows around each."""
    code_end = 0
    shown = []
    for span in tidy(text, spans):
        if span.start >= code_end or span.type == "link":
            shown.append(span)
        if span.type == "code":
            code_end = span.end
    return [
        (char, frozenset(_name(span.type, span.url) for span in shown if span.start <= place < span.end))
        for place, char in enumerate(text)
        if not char.isspace()
    ]


def _name(kind: str, url: str | None) -> str:
    return f"link {READER.normalizeLink(url)}" if url else kind


def read_back(markdown: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The visible characters of Markdown that are not white space, with the markup around each."""
    tags = {"strong": "strong", "em": "emphasis", "s": "strike", "sub": "sub", "sup": "sup", "a": "link"}
    for token in READER.parse(markdown):
        around: list[str] = []
        for child in token.children or ():
            tag = child.content.strip("</>") if child.type == "html_inline" else child.tag
            text = "" if child.type == "html_inline" else child.content
            if child.nesting == 1 or (child.type == "html_inline" and child.content[1] != "/"):
                around.append(f"link {child.attrGet('href')}" if tag == "a" else tags[tag])
            elif child.nesting == -1 or child.type == "html_inline":
                around.pop()
            else:
                assert child.type in ("text", "text_special", "code_inline", "hardbreak", "softbreak"), child
            names = frozenset((*around, "code")) if child.type == "code_inline" else frozenset(around)
            yield from ((char, names) for char in text if not char.isspace())


@given(marked())
def test_markdown_reads_back_as_the_same_text_and_spans(made: tuple[str, list[Span]]) -> None:
    text, spans = made
    block = BodyBlock(type="paragraph", text="\n".join(filter(None, map(str.strip, text.split("\n")))) or "a")
    spans = spans if block.text == text else []
    block = msgspec.structs.replace(block, spans=spans)
    assert list(read_back(body_markdown([block]))) == ink(block.text, spans)


@pytest.mark.parametrize("kind", ["heading", "list", "quote", "footnote", "caption"])
@given(made=marked())
def test_other_blocks_read_back_as_the_same_text_and_spans(kind: Any, made: tuple[str, list[Span]]) -> None:
    text, spans = made
    text = text.replace("\n", "x")
    block = BodyBlock(type=kind, text=text, spans=spans, level=kind == "heading", quoted=kind == "quote", ordered=kind == "footnote")
    if kind == "heading":
        wanted = ink(text, [span for span in spans if span.type != "strong" or (span.start, span.end) != (0, len(text))])
    else:
        around = [Span(start=0, end=len(text), type="emphasis")] if kind == "caption" else []
        wanted = ink(text, [*around, *spans])
    assert list(read_back(body_markdown([block]))) == wanted


@given(st.lists(marked(), min_size=2, max_size=3))
def test_cells_read_back_as_the_same_text_and_spans(made: list[tuple[str, list[Span]]]) -> None:
    made = [(" ".join(text.split()), spans) for text, spans in made]
    made = [(text, next(inner_spans(spans, [(0, len(text))]))) for text, spans in made]
    at, moved, wanted = 0, [], []
    for text, spans in made:
        moved += [msgspec.structs.replace(span, start=span.start + at, end=span.end + at) for span in spans]
        wanted += ink(text, spans)
        at += len(text) + 3
    texts = [text for text, _ in made]
    block = BodyBlock(type="table", text=" | ".join(texts), rows=[texts], header=True, spans=moved)
    assert list(read_back(body_markdown([block]))) == wanted


@given(marked())
def test_html_shows_the_same_text(made: tuple[str, list[Span]]) -> None:
    text, spans = made
    tree = LexborHTMLParser(f"<p>{inline_html(text, spans)}</p>")
    assert tree.body is not None
    assert "".join(tree.body.text().split()) == "".join(text.split())
    assert len(tree.css("a")) == sum(span.type == "link" for span in tidy(text, spans))


# --- from the page ---

_LETTERS = "qxhf"  # no accent is composed with them
WORDS = st.text(st.sampled_from("qxhf   \n.•^é\u0301\u200b\u202a\u202c\u2067\u2069\u00a0\u00ad!"), max_size=8)
ELEMENTS = st.sampled_from(("b", "i", "code", "sup", "sub", "s", "a href=/x", "span", "br", "p", "li", "h2", "blockquote"))


@given(st.lists(st.tuples(st.booleans(), ELEMENTS, WORDS), max_size=16))
def test_spans_say_what_the_elements_say(made: list[tuple[bool, str, str]]) -> None:
    html, opened = "<div>", []
    for opens, element, text in made:
        if opens or not opened:
            html += f"<{element}>"
            opened.append(element.split()[0])
        else:
            html += f"</{opened.pop()}>"
        html += text
    blocks = structured(html)
    assert [msgspec.structs.replace(block, spans=[]) for block in blocks] == structured(html, inline=False)
    assert [letter for block in blocks for letter in _letters(block)] == list(_letters_of(html))


def _letters(block: BodyBlock) -> Iterator[tuple[str, set[str]]]:
    for place, char in enumerate(block.text):
        if char in _LETTERS:
            yield char, {span.type for span in block.spans if span.start <= place < span.end}


def _letters_of(html: str) -> Iterator[tuple[str, set[str]]]:
    kinds = {"a": "link", "b": "strong", "i": "emphasis", "s": "strike", "code": "code", "sub": "sub", "sup": "sup"}
    body = LexborHTMLParser(html).body
    assert body is not None
    for node in body.traverse(include_text=True):
        if node.tag == "-text":
            above, around = node.parent, set()
            while above is not None:
                around.update(kinds[tag] for tag in (above.tag,) if tag in kinds)
                above = above.parent
            yield from ((char, around) for char in node.text_content or "" if char in _LETTERS)
