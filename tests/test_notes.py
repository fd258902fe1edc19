"""Notes, as programs write them: the text's marks, and the notes' own text under the same numbers."""

import pytest

import scraper
from normalise.article import Article, BodyBlock

LEAD = (
    "<p>The old lock at Fenwick Mill was closed to boats in the spring, when a crack as wide as a hand opened in its eastern wall.</p>"
    "<p>Two engineers from the county looked at the damage on a wet Tuesday morning and promised an answer before the summer.</p>"
)
FIRST, SECOND = "The survey of 1931 lists nine locks.", "A letter gives the cost as forty pounds."
TEXT = "Nine locks stood here once{} and each of them was rebuilt in brick{} before the railway came to the valley."

# (the two references, the notes)
PROGRAMS = {
    "in a section at the end": (
        '<sup id="r:{n}"><a href="#n:{n}">{n}</a></sup>',
        '<section><ol><li id="n:1"><p>{first} <a href="#r:1">↩︎</a></p></li>'
        '<li id="n:2"><p>{second} <a href="#r:2">↩</a></p></li></ol></section>',
    ),
    "raised inside the link": (
        '<a href="#n{n}" id="r{n}"><sup>{n}</sup></a>',
        '<aside><ol><li id="n1">{first}<a href="#r1">↩</a></li><li id="n2">{second}<a href="#r2">↩</a></li></ol></aside>',
    ),
    "named by classes only": (
        '<a href="#n{n}" id="r{n}">{n}</a>',
        '<dl><dt id="n1"><a href="#r1">1</a></dt><dd><p>{first}</p></dd><dt id="n2"><a href="#r2">2</a></dt><dd><p>{second}</p></dd></dl>',
    ),
    "numbers that link back": (
        '<sup>[<a id="r{n}" href="#n{n}">{n}</a>]</sup>',
        '<div><hr><div id="n1"><a href="#r1">1</a>. {first}</div><div id="n2"><a href="#r2">2</a>. {second}</div></div>',
    ),
    "anchors with names": (
        '<a href="#_n{n}" name="_r{n}"><span>[{n}]</span></a>',
        '<div id="n1"><p><a href="#_r1" name="_n1">[1]</a> {first}</p></div>'
        '<div id="n2"><p><a href="#_r2" name="_n2">[2]</a> {second}</p></div>',
    ),
    "headings that link back": (
        '<a id="r{n}" href="#n{n}"><sup>{n}</sup></a>',
        '<div><h5><a id="n1" href="#r1">(1)</a></h5><p>{first}</p><h5><a id="n2" href="#r2">(2)</a></h5><p>{second}</p></div>',
    ),
    "tables of one row": (
        '<a href="#n{n}" id="r{n}">[{n}]</a>',
        '<table id="n1"><tr><td><a href="#r1">[1]</a></td><td>{first}</td></tr></table>'
        '<table id="n2"><tr><td><a href="#r2">[2]</a></td><td>{second}</td></tr></table>',
    ),
    "numbers with a bracket": (
        '<sup><a href="#n{n}" id="r{n}">{n})</a></sup>',
        '<div><sup><a href="#r1" id="n1">1)</a></sup> <div>{first}</div></div>'
        '<div><sup><a href="#r2" id="n2">2)</a></sup> <div>{second}</div></div>',
    ),
}


def clean(text: str, notes: str = "") -> Article:
    page = f"<title>Lock</title><article><h1>The slow repair of a lock</h1>{LEAD}<p>{text}</p>{LEAD.replace('old', 'new')}{notes}</article>"
    return scraper.clean(page, with_={"blocks", "markdown"})


def notes_of(article: Article) -> list[BodyBlock]:
    assert isinstance(article.blocks, list)
    return [block for block in article.blocks if block.type == "footnote"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_notes_keep_the_number_that_the_text_has(program: str) -> None:
    reference, notes = PROGRAMS[program]
    article = clean(TEXT.format(reference.format(n=1), reference.format(n=2)), notes.format(first=FIRST, second=SECOND))
    assert TEXT.format("[1]", "[2]") in article.body
    assert [(note.number, note.text) for note in notes_of(article)] == [(1, FIRST), (2, SECOND)]


def test_a_note_that_is_referred_to_twice_has_no_link_back() -> None:
    text = TEXT.format('<sup id="r1"><a href="#n1">1</a></sup>', '<sup id="r2"><a href="#n1">1</a></sup>')
    notes = f'<ol><li id="n1">^ <a href="#r1"><sup>a</sup></a> <a href="#r2"><sup>b</sup></a> <span>{FIRST}</span></li></ol>'
    article = clean(text, notes)
    assert TEXT.format("[1]", "[1]") in article.body
    assert [(note.number, note.text) for note in notes_of(article)] == [(1, FIRST)]


def test_notes_with_letters_keep_them() -> None:
    text = TEXT.format('<sup><a href="#na" id="ra">a</a></sup>', '<sup><a href="#nb" id="rb">b</a></sup>')
    article = clean(text, f'<p id="na"><a href="#ra">a</a> {FIRST}</p><p id="nb"><a href="#rb">b</a> {SECOND}</p>')
    assert [(note.number, note.text) for note in notes_of(article)] == [(0, f"[a] {FIRST}"), (0, f"[b] {SECOND}")]


@pytest.mark.parametrize("sign", ["*", "†", "※1"])
def test_notes_with_signs_keep_them(sign: str) -> None:
    text = TEXT.format(f'<sup><a href="#n" id="r">{sign}</a></sup>', "")
    article = clean(text, f'<p id="n"><a href="#r">{sign}</a> {FIRST}</p>')
    assert TEXT.format(sign, "") in article.body
    assert [(note.number, note.text) for note in notes_of(article)] == [(0, f"{sign} {FIRST}")]


@pytest.mark.parametrize(
    ("note", "number"),
    [
        ('<span class="note-footnote"><sup>{n}</sup><span><sup>{n}</sup><span>{n}</span>{text}</span></span>', True),
        ('<sup><a href="javascript:void(0)">{n}</a></sup><span class="my-footnote">{text}</span>', True),
        ('<label for="s{n}"></label><input id="s{n}" type="checkbox"><span class="sidenote">{text}</span>', False),
    ],
)
def test_a_note_within_a_line_is_none_of_it(note: str, *, number: bool) -> None:
    first, second = note.format(n=1, text=f"<i>{FIRST}</i>"), note.format(n=2, text=SECOND)
    article = clean(f"<b>Of old:</b> {TEXT.format(first, second)}")
    assert f"Of old: {TEXT.format(*(('[1]', '[2]') if number else ('', '')))}" in article.body
    assert [(block.number, block.text) for block in notes_of(article)] == [(number * 1, FIRST), (number * 2, SECOND)]
    assert f"*{FIRST}*" in article.markdown
    assert "**Of old:**" in article.markdown


@pytest.mark.parametrize(
    "text",
    [
        'The water stood at 10<sup>3</sup> marks, as in <a href="#table2">2</a>, on each m<sup>2</sup> of the wall.',
        'The <a href="#walls">walls</a> of the lock are described below, on the page that <a href="#page3">3</a> hands wrote.',
    ],
)
def test_other_numbers_and_links_are_no_references(text: str) -> None:
    article = clean(text, f'<p id="table2">{FIRST}</p><p id="page3">{SECOND}</p><p id="walls">{FIRST}</p>')
    assert not notes_of(article)
    assert "[" not in article.body
