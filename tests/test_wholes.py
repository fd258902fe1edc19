"""What is body or chrome only as a whole."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from normalise.article import Kind
from scraper.classify import Label, classify
from scraper.classify.wholes import judge_wholes
from scraper.structure.layout import Layout
from scraper.walk import segment

TABLE = "<table><tr><th>Site</th><th>Stock</th></tr><tr><td>North meadows</td><td>41.2</td></tr></table>"
QUESTION = "<h3><button>May I bring a dog?</button></h3><div>On a lead, and on the ground floor only.</div>"


def kept(html: str, body: set[str], kind: Kind = "article", rule: str = "model", score: int = 0) -> list[str]:
    """Return the texts of the blocks that are body after all, where the model kept those of `body`."""
    page = segment(LexborHTMLParser(html))
    labels = [Label(name, "", f"{rule}/{name}", score) for block in page.blocks for name in ["body" if block.text in body else "chrome"]]
    judge_wholes(page, labels, kind, Layout(page))
    return [block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]


@pytest.mark.parametrize(
    ("body", "kind", "left"),
    [
        ({"North meadows"}, "article", ["Site", "Stock", "North meadows", "41.2"]),
        ({"Site", "41.2"}, "article", []),
        ({"North meadows"}, "listing", ["North meadows"]),
        (set(), "article", []),
    ],
)
def test_a_table_of_data_is_kept_or_not_as_most_of_its_text_is(body: set[str], kind: Kind, left: list[str]) -> None:
    assert kept(TABLE, body, kind) == left


def test_a_table_between_two_paragraphs_is_kept() -> None:
    html = f"<p>The stocks are these.</p>{TABLE}<p>They fall.</p>"
    for some in (set(), {"Site"}):
        assert kept(html, {"The stocks are these.", "They fall.", *some})[1:-1] == ["Site", "Stock", "North meadows", "41.2"]
    figure = html.replace("<p>They", "<figure><img src=/a.jpg><figcaption>A meadow</figcaption></figure><p>They")
    page = segment(LexborHTMLParser(figure))
    labels = classify(page, [900 if block.tag == "p" else 100 for block in page.blocks])
    judge_wholes(page, labels, "article", Layout(page))
    assert [label.kind for label in labels] == ["body"] * 5 + ["caption", "body"]
    assert kept(html, {"The stocks are these."}) == ["The stocks are these."]
    linked = html.replace("North meadows", "<a href=/n>North meadows</a>")
    assert kept(linked, {"The stocks are these.", "They fall."}) == ["The stocks are these.", "They fall."]


def test_a_table_that_arranges_the_page_is_not_of_data() -> None:
    prose = "The wheel at the weir has not turned for forty years. " * 10
    html = f"<table><tr><td>Home</td><td>{prose}</td></tr><tr><td>Links</td><td>{prose}</td></tr></table>"
    assert kept(html, {prose.strip()}) == [prose.strip()] * 2


def test_only_what_the_model_judged_is_changed() -> None:
    assert kept(TABLE, {"North meadows"}, rule="user") == ["North meadows"]
    assert kept(QUESTION, {"On a lead, and on the ground floor only."}, rule="user") == ["On a lead, and on the ground floor only."]


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (QUESTION, ["May I bring a dog?", "On a lead, and on the ground floor only."]),
        (
            QUESTION.replace("<h3><button>", "<details><summary>").replace("</button></h3>", "</summary>"),
            ["May I bring a dog?", "On a lead, and on the ground floor only."],
        ),
        (QUESTION.replace("h3>", "p>"), ["On a lead, and on the ground floor only."]),
        (QUESTION.replace("</h3>", "</h3><nav-bar>Share</nav-bar>"), ["On a lead, and on the ground floor only."]),
    ],
)
def test_a_heading_that_opens_text_is_kept_with_it(html: str, left: list[str]) -> None:
    assert kept(html, {"On a lead, and on the ground floor only."}) == left


PROSE = "The wheel at the weir has not turned for forty years, and nobody knows who has its key. " * 6
NEXT = "The ferry does not sail on Monday, as the new pier is opened by somebody with a pair of scissors. " * 6


def scrolled(
    title: str = "The wheel at the weir", own: str = PROSE, behind: str = "The ferry on Monday", tag: str = "article"
) -> list[str]:
    html = f"""<title>{title} | The Ledger</title><h1>The Ledger</h1><{tag}><h1>The wheel at the weir</h1><p>{own}</p></{tag.split()[0]}>
        <{tag}><h1>{behind}</h1><p>{NEXT}</p></{tag.split()[0]}>"""
    return kept(html, {own.strip(), NEXT.strip()})


def test_the_article_that_scrolling_on_shows_is_not_the_pages() -> None:
    assert scrolled() == [PROSE.strip()]
    assert scrolled(tag="div class=story") == [PROSE.strip()]
    assert scrolled(tag="div") == [PROSE.strip(), NEXT.strip()]
    assert scrolled(title="News") == [PROSE.strip(), NEXT.strip()]
    assert scrolled(own="Only a standfirst.") == ["Only a standfirst.", NEXT.strip()]
    assert scrolled(behind="The wheel") == [PROSE.strip(), NEXT.strip()]


AROUND = [
    "One service began to time out for one request in two thousand, and it took nine days to find out why.",
    "Nothing about it is interesting.",
]


@pytest.mark.parametrize(
    "inset",
    [
        "<ul><li>Network</li><li>Driver</li></ul>",
        "<dl><dt>pool</dt><dd>ten connections</dd></dl>",
        "<h2><div>Two sets of workers</div></h2>",
        "<h1>Two sets of workers</h1>",
    ],
)
def test_an_inset_is_kept_inside_the_text_alone(inset: str) -> None:
    inside = f"<div><p>{AROUND[0]}</p>{inset}<p>{AROUND[1]}</p></div>"
    assert len(kept(inside, {*AROUND}, score=60)) > 2
    assert kept(inside, {*AROUND}, score=20) == AROUND  # the model is sure
    assert kept(inside, {*AROUND}, "listing", score=60) == AROUND
    assert kept(f"<div><p>{AROUND[0]}</p></div>{inset}<p>{AROUND[1]}</p>", {AROUND[0]}, score=60) == AROUND[:1]
    beside = f"<div><p>{AROUND[0]}</p>{inset}<p>{AROUND[1]}</p><p>Read next: why the price of butter will not come down.</p></div>"
    assert kept(beside, {*AROUND}, score=60) == AROUND


@pytest.mark.parametrize(
    "inset",
    [
        "<h2>Advertisement</h2>",
        "<ul><li><a href=/n>Network</a></li></ul>",
        "<p>Network</p>",
    ],
)
def test_not_all_that_stands_inside_the_text_is_an_inset(inset: str) -> None:
    assert kept(f"<div><p>{AROUND[0]}</p>{inset}<p>{AROUND[1]}</p></div>", {*AROUND}, score=60) == AROUND


def test_a_list_is_kept_whole() -> None:
    texts = {*AROUND, "Network"}
    assert kept(f"<div><p>{AROUND[0]}</p><ul><li>Network<li>Driver</ul><p>{AROUND[1]}</p></div>", texts, score=60)[1:3] == [
        "Network",
        "Driver",
    ]


def test_a_list_that_ends_its_section_is_judged_by_what_surrounds_that() -> None:
    html = f"<article><div><p>{AROUND[0]}</p><ul><li>Network</ul></div><h2>Edit</h2><p>{AROUND[1]}</p></article>"
    html = html.replace("<h2>Edit</h2>", "<button>Edit</button>")
    assert kept(html, {*AROUND}, score=210) == [AROUND[0], "Network", AROUND[1]]
    assert kept(html, {*AROUND}, score=90) == AROUND
    for item in ("By Jane Roe", "07.11.2023"):
        assert kept(html.replace("Network", item), {*AROUND}, score=210) == AROUND
    assert kept(html.replace("ul>", "h2>").replace("<li>", ""), {*AROUND}, score=210) == AROUND


def test_a_programs_words_in_another_script_do_not_break_the_text() -> None:
    prose = [
        "그 서점의 첫 손님은 비를 피하러 들어온 우체부였고 그는 지금도 온다.",
        "지난겨울 난로가 고장 났을 때 동네 사람들이 장작을 가져왔다.",
    ]
    html = f"<div><p>{prose[0]}</p><div>Another story on this platform</div><ul><li>월요일</li></ul><h2>겨울</h2><p>{prose[1]}</p></div>"
    assert kept(html, {*prose}, score=60) == [prose[0], "월요일", "겨울", prose[1]]
    assert kept(html.replace("Another story on this platform", "이 플랫폼의 다른 이야기"), {*prose}, score=60) == prose


def test_a_term_of_documentation_is_kept_with_its_definition() -> None:
    html = "<dl><dt>Scheduler.stop(grace=30)</dt><dd>Stops all jobs and waits.</dd><dt><a href=/n>Next</a></dt><dd>Reads the log.</dd></dl>"
    texts = ["Stops all jobs and waits.", "Reads the log."]
    assert kept(html, {*texts}, "documentation", score=60) == ["Scheduler.stop(grace=30)", *texts]
    assert kept(html, {texts[1]}, "documentation", score=60) == texts[1:]
    assert kept(html, {*texts}, "product", score=60) == texts


CARDS = [
    "The county pays for the pier, and the ferry",
    "Farmers say that prices are set abroad, and",
    "Ten walks for a grey afternoon with",
]
STORY = "The old paper mill at Harrow Weir stopped turning in 1987 and has stood empty ever since. " * 5


def row(texts: list[str], tag: str = "div") -> str:
    cards = [f"<{tag}><h3><a href=/{at}>Another story, number {at}</a></h3><p>{text}</p></{tag}>" for at, text in enumerate(texts)]
    return f"<section>{''.join(cards)}</section>"


def test_a_teaser_is_no_body_where_its_headline_is_none() -> None:
    story = STORY.strip()
    html = f"<p>{STORY}</p>{row(CARDS)}"
    assert kept(html, {story, *CARDS}) == [story]
    assert kept(f"<p>{STORY}</p>{row(CARDS, 'article')}", {story, CARDS[1]}) == [story]
    assert kept(html, {story, *CARDS}, "collection") == [story, *CARDS]


def test_linked_headlines_alone_make_no_teasers() -> None:
    story = STORY.strip()
    html = f"<p>{STORY}</p>{row(CARDS)}"
    headlines = {f"Another story, number {at}" for at in range(3)}
    assert len(kept(html, {story, *CARDS, *headlines})) == 7  # a list of books, of places
    assert kept(f"<p>{STORY}</p>{row(CARDS[:2])}", {story, *CARDS}) == [story, *CARDS[:2]]
    assert kept(row(CARDS), {*CARDS}) == CARDS  # nothing else is kept
    end = "See something that you like? The plans for each of them can be had at the mill on the first Sunday of the month."
    assert kept(f"{html}<p>{end}</p>", {story, *CARDS, end}) == [story, *CARDS, end]  # the article goes on
    long = [text * 20 for text in CARDS]
    assert kept(f"<p>{STORY}</p>{row(long)}", {story, *long}) == [story, *long]
    unlinked = html.replace("<a href=/0>", "").replace("<a href=/1>", "")
    assert kept(unlinked, {story, *CARDS}) == [story, *CARDS]


def test_the_captions_of_a_gallery_are_its_text() -> None:
    texts = [f"Volunteers carry slates up the south face in week {week} of the work." for week in range(5)]
    pictures = "".join([f"<figure><img src=/{text[-15]}.jpg><figcaption>{text} Photo: Jane Roe</figcaption></figure>" for text in texts])

    def read(html: str, kind: Kind = "article") -> list[str]:
        page = segment(LexborHTMLParser(html))
        labels = [
            Label("caption", "", "element/figcaption", 0) if block.tag == "figcaption" else Label("body", "", "model/body", 999)
            for block in page.blocks
        ]
        judge_wholes(page, labels, kind, Layout(page))
        return [block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]

    assert read(f"<p>A year on the roof.</p>{pictures}") == ["A year on the roof.", *texts]
    assert read(f"<p>{STORY}</p>{pictures}") == [STORY.strip()]
    assert read(f"<p>A year on the roof.</p>{pictures}", "listing") == ["A year on the roof."]
    linked = pictures.replace("<figcaption>", "<figcaption><a href=/n>").replace("</figcaption>", "</a></figcaption>")
    assert read(f"<p>A year on the roof.</p>{linked}") == ["A year on the roof."]


def test_rejected_headings_and_lists_in_a_row_are_judged_together() -> None:
    html = (
        "<div><p>Three lines were written on it.</p><ul><li>miso<li>two bulbs</ul><h2>Five</h2><p>The clock is on my wall today.</p></div>"
    )
    body = {"Three lines were written on it.", "The clock is on my wall today."}
    assert kept(html, body, score=60)[1:-1] == ["miso", "two bulbs", "Five"]
    assert len(kept(html.replace("two bulbs", "<a href=/b>two bulbs</a>"), body, score=60)) == 2


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Parents stand outside the mill on Monday. (AP Photo/Dana Kruse)", "caption"),
        ("The wheel at the weir – Foto: Jane Roe", "caption"),
        ("The wheel at the weir has not turned for forty years.", "body"),
        ("Foto: Jane Roe, as she signs, took it.", "body"),
    ],
)
def test_a_line_below_a_picture_that_ends_in_its_credit_is_a_caption(line: str, kind: str) -> None:
    for html, found in ((f"<p>It stood.</p><img src=a.jpg><p>{line}</p>", kind), (f"<img src=a.jpg><p>It stood.</p><p>{line}</p>", "body")):
        page = segment(LexborHTMLParser(html))
        labels = [Label("body", "", "model/body", 900) for _ in page.blocks]
        judge_wholes(page, labels, "article", Layout(page))
        assert labels[-1].kind == found


def test_a_paragraph_of_a_service_between_its_boxes_is_kept() -> None:
    paragraph = "The yard repairs boats of wood and of steel, in a hall that is heated, by a crew of nine who have done so for years. " * 2
    html = f"<h2>The yard</h2><div>{paragraph.strip()}</div><div>Boats</div><div>{paragraph.strip()}</div>"
    assert kept(html, {"The yard", "Boats"}, "service") == ["The yard", paragraph.strip(), "Boats"]
    assert kept(html, {"The yard", "Boats"}, "collection") == ["The yard", "Boats"]
    tip = html.replace("<div>Boats", f"<div class=tooltip>{paragraph.upper()}</div><div>Boats")
    assert kept(tip, {"The yard", "Boats"}, "service") == ["The yard", paragraph.strip(), "Boats"]


@pytest.mark.parametrize(
    ("control", "panel", "shown"),
    [
        ("<h3><button aria-controls=a1>May I bring a dog?</button></h3>", "<div id=a1 hidden>", True),
        ("<a role=tab href='#a1'>May I bring a dog?</a>", "<div id=a1 role=tabpanel style='display:none'>", True),
        ("<h3>May I bring a dog?</h3>", "<div id=a1 hidden>", False),
        ("<h3><button aria-controls=a2>May I bring a dog?</button></h3>", "<div id=a1 hidden>", False),
    ],
)
def test_what_a_control_shows_is_no_hidden_text(control: str, panel: str, *, shown: bool) -> None:
    prose = "The wheel at the weir has not turned for forty years. " * 10
    page = segment(LexborHTMLParser(f"<p>{prose}</p>{control}{panel}On a lead, and on the ground floor only.</div>"))
    cases: list[tuple[Kind, bool]] = [("service", shown), ("product", False)]
    for kind, left in cases:
        labels = classify(page, [900] * len(page.blocks))
        judge_wholes(page, labels, kind, Layout(page))
        assert (labels[-1].kind == "body") is left
