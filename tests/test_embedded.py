"""Articles that stand only in the data for a page's scripts, on made-up pages."""

import json
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scraper
from scraper.embedded import embedded_body
from scraper.embedded.script_state import page_states, unescape_literal
from scraper.metadata import Metadata, Value

TITLE = "Ferry to the island keeps running through the winter"
PARAGRAPHS = [
    "The ferry to the island will keep running through the winter, the harbour master said on Tuesday evening.",
    "Last year the boat was laid up in November, and for four months the islanders had to hire fishermen to cross.",
    "This time the town has put aside money for a second crew, so that the boat can leave every two hours.",
    "“We are glad of it,” said Mara Quill, who teaches at the island's only school and crosses twice a day.",
    "The timetable will be printed next week; until then the summer's one holds on all days but Sunday.",
]
OTHER = [f"Sentence number {n} of another story, on a bakery that nobody at all had asked about until this very morning." for n in range(9)]
MARKUP = "".join(f"<p>{escape(text)}</p>" for text in PARAGRAPHS)
METADATA = Metadata(headline=[Value(TITLE, "meta:og:title")])


def page(*parts: str) -> str:
    return f"<!doctype html><html><head><title>{TITLE} | Island Post</title></head><body><div id=app></div>{''.join(parts)}</body></html>"


def script(code: str, attributes: str = "") -> str:
    return f"<script {attributes}>{code}</script>"


def article(**more: Any) -> dict[str, Any]:
    return {"title": TITLE, "slug": "ferry", **more}


def spans(text: str) -> list[dict[str, Any]]:
    """A paragraph's runs: what stands in the middle is bold."""
    return [
        {"_type": "span", "text": text[:20]},
        {"_type": "span", "text": text[20:30], "marks": ["strong"]},
        {"_type": "span", "text": text[30:]},
    ]


HREF = "https://island.example/" + "a-long-address-" * 9
NEXT = {"props": {"pageProps": {"article": article(body=MARKUP), "related": [{"title": "A bakery", "slug": "b", "body": " ".join(OTHER)}]}}}
RELATED = {
    "items": [{"headline": "A bakery opens", "url": "/bakery", "text": " ".join(OTHER)}, {"headline": TITLE, "url": "/f", "text": MARKUP}]
}
PORTABLE = [{"_type": "block", "_key": str(n), "children": spans(text)} for n, text in enumerate(PARAGRAPHS)]
CONTENTFUL = {
    "nodeType": "document",
    "content": [{"nodeType": "paragraph", "data": {}, "content": [{"nodeType": "text", "value": text}]} for text in PARAGRAPHS],
}
AST = [
    {
        "type": "p",
        "children": [
            {"type": "text", "data": text[:9]},
            {"type": "a", "attribs": {"href": HREF}, "children": [{"type": "text", "data": text[9:]}]},
        ],
    }
    for text in PARAGRAPHS
]
ELEMENTS = [{"type": "text", "_id": f"K{n}", "content": text} for n, text in enumerate(PARAGRAPHS)]
BLOCKS = [{"type": "paragraph", "data": {"text": text}} for text in PARAGRAPHS] + [{"type": "image", "data": {"caption": OTHER[0]}}]
DRAFT = {"blocks": [{"key": str(n), "text": text, "type": "unstyled"} for n, text in enumerate(PARAGRAPHS)], "entityMap": {}}
PAGED = {"1": {"top": MARKUP[: MARKUP.index("<p>This")]}, "2": {"top": MARKUP[MARKUP.index("<p>This") :]}}
STEPS = {
    "@type": "HowTo",
    "name": TITLE,
    "step": [{"@type": "HowToStep", "url": f"/f#{n}", "text": text} for n, text in enumerate(PARAGRAPHS)],
}
QUOTED = json.dumps(MARKUP)
LOOSE = f"window.__DATA__ = {{ article: {{ title: '{TITLE}', slug: 'ferry', date: new Date(1, 2), html: {QUOTED}, }}, x: undefined }};"
FUNCTION = f'window.__NUXT__=(function(a,b){{return {{layout:"default",data:[{{post:{{title:a,slug:b,content:{QUOTED}}}}}]}}}}("T","s"));'
POSTS = {"post_stream": {"posts": [{"id": n, "cooked": f"<p>{escape(text)}</p>"} for n, text in enumerate(PARAGRAPHS)]}, "title": TITLE}
FLIGHT = ["$", "article", None, {"children": [["$", "p", None, {"children": text}] for text in PARAGRAPHS]}]
CASES = {
    "a string of markup": (
        script(json.dumps(NEXT), 'id="__NEXT_DATA__" type="application/json"'),
        "script:__NEXT_DATA__.props.pageProps.article.body",
    ),
    "json-ld": (
        script(json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n\n".join(PARAGRAPHS)}), "type=application/ld+json"),
        "json-ld:articleBody",
    ),
    "json-ld, steps": (script(json.dumps(STEPS), 'type="application/ld+json"'), "json-ld:step"),
    "a variable": (
        script(f"window.__INITIAL_STATE__={json.dumps({'post': article(text=MARKUP)})};(function(){{}})()"),
        "script:__INITIAL_STATE__.post.text",
    ),
    "one of several articles": (script(f"var feed = {json.dumps(RELATED)}"), "script:feed.items.1.text"),
    "portable text": (script(f"var doc={json.dumps(article(body=PORTABLE))}"), "script:doc.body"),
    "rich text": (script(f"var doc={json.dumps(article(body=CONTENTFUL))}"), "script:doc.body.content"),
    "a tree of markup": (script(f"var doc={json.dumps(article(body=AST))}"), "script:doc.body"),
    "elements": (
        script(f"Fusion.globalContent={json.dumps({'headlines': {'basic': TITLE}, 'content_elements': ELEMENTS})};"),
        "script:globalContent.content_elements",
    ),
    "editor blocks": (script(f"var doc={json.dumps(article(content={'blocks': BLOCKS}))}"), "script:doc.content.blocks"),
    "draft blocks": (script(f"var doc={json.dumps(article(content=DRAFT))}"), "script:doc.content.blocks"),
    "numbered pages": (script(f"var article = {json.dumps(article(pages=PAGED))};"), "script:article.pages"),
    "strings in a list": (script(f"var doc={json.dumps(article(paragraphs=PARAGRAPHS))}"), "script:doc.paragraphs"),
    "JSON in a string": (script(f"boot(JSON.parse({json.dumps(json.dumps(article(html=MARKUP)))}))"), "script:html"),
    "a JavaScript literal": (script(LOOSE), "script:__DATA__.article.html"),
    "a function's result": (script(FUNCTION), "script:data.0.post.content"),
    "a server's stream": (script(f"self.__f.push([1,{json.dumps('7:' + json.dumps(FLIGHT))}])"), "script:1.props.children"),
    "an attribute": (f'<div data-props="{escape(json.dumps({"post": article(html=MARKUP)}))}"></div>', "attribute:data-props.post.html"),
    "posts of a forum": (
        f'<div data-preloaded="{escape(json.dumps({"topic_1": json.dumps(POSTS)}))}"></div>',
        "attribute:data-preloaded.topic_1.post_stream.posts",
    ),
    "escaped markup": (script(f"var doc={json.dumps(article(body=escape(MARKUP)))}"), "script:doc.body"),
    "a page cut off in its script": (script(f"var doc={json.dumps(article(body=MARKUP))[:-1]}")[: -len("</script>")], "script:doc.body"),
}


@pytest.mark.parametrize(("parts", "source"), CASES.values(), ids=CASES)
def test_the_article_is_found(parts: str, source: str) -> None:
    cut = parts.startswith("<script") and not parts.endswith("</script>")
    text = page(parts).removesuffix("</body></html>") if cut else page(parts)
    assert embedded_body(text, METADATA)[:2] == (PARAGRAPHS, source)


def test_what_json_ld_was_read_already_is_taken_as_it_is() -> None:
    metadata = Metadata(headline=METADATA.headline, body=[Value("\n".join(PARAGRAPHS), "json-ld:articleBody")])
    assert embedded_body(page(), metadata)[:2] == (PARAGRAPHS, "json-ld:articleBody")


def test_paragraphs_are_preferred_to_one_long_line() -> None:
    told = {"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(PARAGRAPHS) + " Photo."}
    parts = script(json.dumps(told), "type=application/ld+json") + script(f"var doc={json.dumps(article(body=PORTABLE))}")
    assert embedded_body(page(parts), METADATA)[:2] == (PARAGRAPHS, "script:doc.body")


NOTHING = {
    "no script": "",
    "another article": script(f"var x={json.dumps({'title': 'A bakery opens', 'slug': 'b', 'body': ' '.join(OTHER)})}"),
    "text of no title, on something else": script(f"var x={json.dumps({'body': ' '.join(OTHER)})}"),
    "comments": script(f"var x={json.dumps(article(comments=[{'text': text} for text in PARAGRAPHS]))}"),
    "translations": script(f"var x={json.dumps(article(translations={str(n): text for n, text in enumerate(PARAGRAPHS)}))}"),
    "labels": script(f"var x={json.dumps(article(text={f'key{n}': f'Press button {n}' for n in range(90)}))}"),
    "style": script(f"var x={json.dumps(article(text='.a{color:red;margin:0} ' * 60))}"),
    "code": script("function f(a){return a?{b:1}:{c:[2]}};" * 60),
    "a teaser": script(f"var x={json.dumps(article(description=' '.join(PARAGRAPHS)))}"),
    "questions beside the article": script(
        json.dumps({"@type": "FAQPage", "name": TITLE, "mainEntity": [{"@type": "Question", "text": text} for text in PARAGRAPHS]}),
        "type=application/ld+json",
    ),
    "descriptions of what surrounds the article": script(
        json.dumps({"@graph": [{"@type": "Thing", "description": f"<p>{escape(text)}</p>"} for text in PARAGRAPHS]}),
        "type=application/ld+json",
    ),
    "a licence": script("/*! " + " ".join(OTHER) + " */ var x = {};"),
    "a short text": script(f"var x={json.dumps(article(body=PARAGRAPHS[0], pad='x' * 900))}"),
}


@pytest.mark.parametrize("parts", NOTHING.values(), ids=NOTHING)
def test_what_is_no_article_of_this_page_is_left(parts: str) -> None:
    assert embedded_body(page(parts), METADATA) is None


@pytest.mark.parametrize(
    "code",
    [
        "{" * 200_000,
        '={"a":' * 60_000,
        "=[" * 100_000,
        ",{" * 150_000,
        '{"a":"b",' * 50_000,
        '="' + "'`" * 100_000,
        "=`" * 100_000,
        "={a:/*" * 50_000,
        '={"a":"' + "\\" * 100_001,
        "return {a:(" * 30_000,
        '=["$","p",null,{"children":' * 5_000,
        json.dumps("{" + json.dumps("{" + json.dumps('{"a":1}' * 90) * 9) * 9),
    ],
    ids=lambda code: code[:12],
)
def test_hostile_scripts_end(code: str) -> None:
    for text in (page(script("x" + code + "x" * 400)), page(f"<div data-x='{code}'>"), page("<script " * 5_000, code)):
        embedded_body(text, METADATA)


@given(st.text(alphabet=st.sampled_from(list("<>{}[]\"'`:,=()/*\\&;quot script=application/json+ld ab1\n")), max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    padded = f"<script>x={{{text}{' ' * 400}</script><script type=application/ld+json>{text}{' ' * 400}</script>"
    assert embedded_body(padded, METADATA) is None
    assert all(state.kind in ("json-ld", "script", "attribute") for state in page_states(padded))


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=100))
def test_escapes_are_json_s_own(text: str) -> None:
    assert unescape_literal(json.dumps(text)[1:-1]) == text


@pytest.mark.parametrize(
    ("written", "meant"), [(r"\x41\u{1F600}\'", "A😀'"), (r"\ud83d\ude00", "😀"), (r"\ud83d", "\ufffd"), (r"a\nb", "a\nb"), (r"\q", "q")]
)
def test_escapes_of_javascript(written: str, meant: str) -> None:
    assert unescape_literal(written) == meant


def test_the_record_says_where_the_body_was_found() -> None:
    article = scraper.clean(page(CASES["a string of markup"][0]))
    assert article.body == "\n\n".join(PARAGRAPHS)
    assert article.headline == TITLE
    assert article.sources["body"] == "script:__NEXT_DATA__.props.pageProps.article.body"


def test_what_the_page_itself_says_is_kept() -> None:
    state = script(f"var doc={json.dumps(article(body=''.join(f'<p>{text}</p>' for text in OTHER[:5])))}")
    text = page(f"<main><article><h1>{TITLE}</h1>{MARKUP}{MARKUP.replace('The', 'Then, the')}</article></main>", state)
    found = scraper.clean(text)
    assert found.sources["body"] == "blocks"
    assert PARAGRAPHS[0] in found.body


def test_words_that_are_not_spaced() -> None:
    title = "島への渡し船、冬も運航を継続"
    told = "島への渡し船は冬のあいだも運航を続けると、港の責任者が{}日の夕方に発表した。昨年は十一月に船が止まり、島民は漁師に頼んだ。"
    paragraphs = [told.format(day) for day in range(1, 9)]
    state = script(f"window.__STATE__ = {json.dumps({'entry': {'title': title, 'body': [{'text': text} for text in paragraphs]}})}")
    assert embedded_body(f"<title>{title}｜島の新聞</title>{state}", Metadata())[:2] == (paragraphs, "script:__STATE__.entry.body")
    other = script(f"window.__STATE__ = {json.dumps({'entry': {'title': '株価が三日続けて下落', 'slug': 'x', 'body': paragraphs}})}")
    assert embedded_body(f"<title>{title}｜島の新聞</title>{other}", Metadata()) is None


def test_the_object_that_holds_the_body_says_who_wrote_it_and_when():
    post = article(
        body=MARKUP, author=[{"name": "Mara Quill"}, {"firstName": "Jo", "lastName": "Brand"}], publishedAt="2025-03-04T22:10:33Z"
    )
    found = embedded_body(page(script(json.dumps({"data": {"post": post}}), 'id="state" type="application/json"')), METADATA)
    assert found is not None
    assert [(field, value.value, value.source) for field, values in found.told.items() for value in values] == [
        ("headline", TITLE, "script:state.data.post.title"),
        ("author", "Mara Quill", "script:state.data.post.author"),
        ("author", "Jo Brand", "script:state.data.post.author"),
        ("published", "2025-03-04T22:10:33Z", "script:state.data.post.publishedAt"),
    ]


def test_a_page_that_a_script_fills_has_all_the_fields_of_its_article():
    post = article(body=MARKUP, author={"name": "Mara Quill"}, publishedAt=1741126233)
    shell = page("<p>Loading…</p>", script(json.dumps({"post": post}), 'id="state" type="application/json"')).replace(
        TITLE, "Ferry keeps running", 1
    )
    found = scraper.clean(shell)
    assert (found.headline, found.byline, found.date, found.kind) == (TITLE, "Mara Quill", "2025-03-04T22:10:33+00:00", "article")
    assert found.sources["byline"] == "script:state.post.author"
