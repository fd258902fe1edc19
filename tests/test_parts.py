"""Small parts of an article that read like none of it, each between paragraphs of it."""

import pytest

import scraper
from normalise.article import Article, BodyBlock

BEFORE = (
    "<p>The old lock at Fenwick Mill was closed to boats in the spring, when a crack as wide as a hand opened in its eastern wall.</p>"
    "<p>Two engineers from the county looked at the damage on a wet Tuesday morning and promised an answer before the summer.</p>"
)
AFTER = (
    "<p>By the end of August the first narrow boats were waiting again above the weir, and the beams of both gates had been painted.</p>"
    "<p>Whether the wall will hold through another winter nobody in the village wants to say, but money has been put aside for it.</p>"
)
MASON = "The mason brought his own lime from the kiln at Arden."
SMITH = "The smith forged every hinge twice, because the first set cracked."


def clean(part: str) -> Article:
    article = f"<article><h1>The slow repair of a lock</h1>{BEFORE}{part}{AFTER}</article>"
    return scraper.clean(f"<title>Lock</title><nav><a href=/>Home</a></nav><main>{article}</main>", with_={"blocks"})


def parts(part: str) -> list[BodyBlock]:
    blocks = clean(part).blocks
    assert isinstance(blocks, list)
    return blocks[2:-2]


def texts(part: str) -> list[tuple[str, str]]:
    return [(block.type, block.text) for block in parts(part)]


@pytest.mark.parametrize(
    "part",
    [
        "<div><math><semantics><mi>F</mi><annotation encoding='application/x-tex'>F = pA</annotation></semantics></math></div>",
        "<table><tr><td></td><td><math alttext='F = pA'><mi>F</mi></math></td><td><span>(1)</span></td></tr></table>",
    ],
)
def test_a_displayed_formula_is_kept(part: str) -> None:
    assert texts(part)[0] == ("math", "F = pA")


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (f"<blockquote><p>{MASON}</p><footer>— <cite>Ned Rowe, mason</cite></footer></blockquote>", f"{MASON}\n\n— Ned Rowe, mason"),
        (
            f"<blockquote><p>{MASON} <a href='https://t.example/x'>pic.example.com/x</a></p>"
            "— Ned Rowe (@nedrowe) <a href='/1'>May 4</a></blockquote>",
            f"{MASON} pic.example.com/x\n\n— Ned Rowe (@nedrowe) May 4",
        ),
    ],
)
def test_a_quotation_is_kept_with_whom_it_is_from(part: str, text: str) -> None:
    assert texts(part) == [("quote", text)]


def test_the_caption_of_a_table_or_quotation_is_text() -> None:
    table = (
        "<figure><table><tr><th>Item</th><th>Pounds</th></tr><tr><td>Lime</td><td>40</td></tr></table><figcaption>{}</figcaption></figure>"
    )
    assert texts(table.format("Cost of the work in the first year"))[1:] == [("paragraph", "Cost of the work in the first year")]
    quotation = f"<figure><blockquote><p>{MASON}</p></blockquote><figcaption>Ned Rowe, mason</figcaption></figure>"
    assert texts(quotation) == [("quote", MASON), ("paragraph", "Ned Rowe, mason")]
    picture = "<figure><img src='https://example.org/lock.jpg' width=800><figcaption>The lock in May</figcaption></figure>"
    assert ("paragraph", "The lock in May") not in texts(picture)


def test_a_button_beside_a_heading_is_no_part_of_it() -> None:
    assert texts(f"<h2>Lime and oak<button>Copy link</button></h2><p>{MASON} {SMITH}</p>")[0] == ("heading", "Lime and oak")


def test_the_title_of_a_box_is_kept() -> None:
    box = f"<div class='alert alert-note'><p class='alert-title'><svg></svg>Note</p><p>{MASON} {SMITH}</p></div>"
    assert texts(box) == [("paragraph", "Note"), ("paragraph", f"{MASON} {SMITH}")]
    assert texts(f"<div role=heading aria-level=3>Lime and oak</div><p>{MASON} {SMITH}</p>")[0] == ("heading", "Lime and oak")


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("<a href='/r'>report<span class='sr-only'> (opens in a new tab)</span></a> on the wall", "report on the wall"),
        ("<b>Wall<span class='visually-hidden'>: </span></b>closed", "Wall: closed"),
        ("<a href='/r'><i></i><span class='sr-only'>The report</span></a> on the wall", "The report on the wall"),
    ],
)
def test_words_for_screen_readers_are_no_part_of_a_line(part: str, text: str) -> None:
    paragraph = "Read the {}, which has sixty pages and no pictures at all, and was written by two engineers of the county in a week."
    assert texts(f"<p>{paragraph.format(part)}</p>") == [("paragraph", paragraph.format(text))]


def test_a_heading_that_links_to_itself_is_no_link() -> None:
    heading = "<h2 id=lo><a href='#lo'><span class='visually-hidden'>Permanent link to </span>Lime and oak</a></h2>"
    assert texts(f"{heading}<p>{MASON} {SMITH}</p>")[0] == ("heading", "Lime and oak")


@pytest.mark.parametrize(
    ("opening", "numbers"),
    [("<ol reversed>", [3, 2, 1]), ("<ol reversed start=10>", [10, 9, 8]), ("<ol start=0>", [0, 1, 2])],
)
def test_items_have_the_numbers_that_a_reader_sees(opening: str, numbers: list[int]) -> None:
    items = parts(f"{opening}<li>{MASON}</li><li>{SMITH}</li><li>{MASON}</li></ol>")
    assert [(item.type, item.number) for item in items] == [("list", number) for number in numbers]


def test_a_list_directly_in_a_list_is_deeper() -> None:
    items = parts(f"<ul><li>{MASON}</li><ul><li>{SMITH}</li></ul><li>{MASON}</li></ul>")
    assert [(item.text, item.level) for item in items] == [(MASON, 0), (SMITH, 1), (MASON, 0)]


def test_tasks_say_whether_they_are_done() -> None:
    box = "<li><input type=checkbox disabled{}> {}</li>"
    assert texts(f"<ul>{box.format(' checked', MASON)}{box.format('', SMITH)}</ul>") == [("list", f"[x] {MASON}"), ("list", f"[ ] {SMITH}")]
    assert texts(f"<ul><li><input type=checkbox> {MASON}</li></ul>") == [("list", MASON)]  # the reader's to tick


def test_lines_with_hyphens_are_a_list_where_there_are_several() -> None:
    assert texts(f"<p>- {MASON}<br>- {SMITH}</p>") == [("list", MASON), ("list", SMITH)]
    assert texts(f"<p>- {MASON}</p>") == [("paragraph", f"- {MASON}")]


def test_a_poem_is_no_listing() -> None:
    assert texts("<pre class='wp-verse'>The water goes,\n  the water stays,\nthe keeper knows\n  its many ways.</pre>") == [
        ("paragraph", "The water goes,\n  the water stays,\nthe keeper knows\n  its many ways.")
    ]


@pytest.mark.parametrize(
    "part",
    [
        "<pre><code class='language-py'><span><span class='ln'>1</span>def shut(gate):\n</span>"
        "<span><span class='ln'>2</span>    gate.close()\n</span></code></pre>",
        "<table><tr><td><pre><code><span class=lnt>1\n</span><span class=lnt>2\n</span></code></pre></td>"
        "<td><pre><code class='language-py'>def shut(gate):\n    gate.close()\n</code></pre></td></tr></table>",
        "<pre data-enlighter-language='py'>def shut(gate):\n    gate.close()</pre>",
    ],
)
def test_a_listing_has_no_numbers_of_lines(part: str) -> None:
    assert [(block.type, block.text, block.language) for block in parts(part)] == [("code", "def shut(gate):\n    gate.close()", "py")]


@pytest.mark.parametrize(
    "part",
    [
        "<figure class='float lstlisting'><div class='x_lst_language_Py lstlisting'><div><a href='data:text/plain,x'>⬇</a></div>"
        "<div class=line><span>def</span>"
        "<span> </span>shut(gate):</div><div class=line> </div><div class=line><span>    </span>gate.close()</div></div></figure>",
        "<div class='syntaxhighlighter py'><table><tr><td class=gutter><div>1</div><div>2</div><div>3</div></td><td>"
        "<div>def shut(gate):</div>"
        "<div> </div><div><code>&nbsp;&nbsp;&nbsp;&nbsp;</code><code>gate.close()</code></div></td></tr></table></div>",
    ],
)
def test_lines_of_code_may_be_elements(part: str) -> None:
    assert [(block.type, block.text, block.language) for block in parts(part)] == [("code", "def shut(gate):\n\n    gate.close()", "py")]
