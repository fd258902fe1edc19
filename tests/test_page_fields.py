"""Description, section, tags, site name, language, canonical address and image: what is chosen, from where, and what is refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.classify import Label
from scraper.credits import split_credit
from scraper.document import parse_document
from scraper.fields.page import PageFields, choose_page_fields
from scraper.metadata import read_metadata
from scraper.page import Page
from scraper.walk import segment

URL = "https://www.courier.example/world/politics/bridge-closes-2025"
HEADLINE = "The old bridge closes until spring"
BODY = (
    "<p>"
    + "The council said on Tuesday that the bridge would stay closed until the spring, and that it was for the safety of all. </p><p>" * 5
)


def fields(head: str = "", body: str = BODY, *, url: str | None = URL, lang: str = "en", every: bool = False) -> PageFields:
    source = f'<html lang="{lang}"><head>{head}</head><body><h1>{HEADLINE}</h1>{body}</body></html>'
    document = parse_document(Page(body=source.encode(), url=url))
    assert document.tree is not None
    segmentation = segment(document.tree)
    metadata = read_metadata(segmentation, url=url)
    labels = [Label("body" if len(block.text) > 60 else "chrome", "", "", 0) for block in segmentation.blocks]
    return choose_page_fields(segmentation, labels, metadata, url=url, headline=HEADLINE, every=every)


def meta(key: str, content: str) -> str:
    return f'<meta property="{key}" content="{content}">'


def ld(**properties: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": HEADLINE, **properties})}</script>'


@pytest.mark.parametrize(
    ("head", "value", "source"),
    [
        (meta("og:description", "What it means."), "What it means.", "meta:og:description"),
        (meta("description", "Plain one.") + meta("og:description", "Social one."), "Social one.", "meta:og:description"),
        (meta("og:description", HEADLINE) + meta("description", "A real one."), "A real one.", "meta:description"),
        (
            meta("og:description", "The bridge is shut for repairs un…")
            + meta("description", "The bridge is shut for repairs until spring."),
            "The bridge is shut for repairs until spring.",
            "meta:og:description",
        ),
        (meta("og:description", "...") + ld(description="From JSON-LD"), "From JSON-LD", "json-ld:description"),
        (meta("og:description", "a\x07b\u202ec &amp;lt; d"), "abc &lt; d", "meta:og:description"),
        (meta("og:description", "In the caf&amp;eacute;s of AT&amp;amp;T&amp;hellip;"), "In the cafés of AT&T…", "meta:og:description"),
        (meta("og:description", "Read more on courier.example") + ld(description="From JSON-LD"), "From JSON-LD", "json-ld:description"),
        (
            meta("og:description", "&amp;lt;p&amp;gt;It &amp;lt;b&amp;gt;closed&amp;lt;/b&amp;gt;.&amp;lt;/p&amp;gt;"),
            "It closed.",
            "meta:og:description",
        ),
        (meta("og:description", "Description"), None, None),
        (meta("og:description", "The old bridge closes"), None, None),
        ("", None, None),
    ],
)
def test_description(head: str, value: str | None, source: str | None) -> None:
    chosen = fields(head).description
    assert (chosen.value, chosen.source) == (value, source)


BREADCRUMB = json.dumps(
    {
        "@type": "BreadcrumbList",
        "itemListElement": [{"position": n, "name": name} for n, name in enumerate(["Home", "World", "Politics", HEADLINE])],
    }
)


@pytest.mark.parametrize(
    ("head", "body", "value", "source"),
    [
        (meta("article:section", "World"), "", "World", "meta:article:section"),
        (ld(articleSection=["News", "Politics"]), "", "News", "json-ld:articleSection"),
        (
            ld(articleSection=["News", "Politics"]) + f'<script type="application/ld+json">{BREADCRUMB}</script>',
            "",
            "Politics",
            "json-ld:articleSection",
        ),
        (f'<script type="application/ld+json">{BREADCRUMB}</script>', "", "Politics", "json-ld:BreadcrumbList"),
        (meta("article:section", "world-politics") + ld(articleSection="World Politics"), "", "World Politics", "meta:article:section"),
        (
            "",
            "<ol>" + "".join(f'<li class="breadcrumb-item"><a href="/x">{name}</a></li>' for name in ("Home", "World", HEADLINE)) + "</ol>",
            "World",
            "class=breadcrumb-item",
        ),
        ("", '<div class="breadcrumbs">Home » Europe</div>', "Europe", "class=breadcrumbs"),
        (
            "",
            '<ol class="fil-ariane"><li><a href="/">Home</a></li><li><a href="/w">World</a></li><li>The old bridge closes…</li></ol>',
            "World",
            "class=fil-ariane",
        ),
        (
            meta("article:section", "news/world"),
            '<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/w">World News</a></li></ol>',
            "World News",
            "class=breadcrumb",
        ),
        ("", '<a rel="category tag" href="/politics">Politics</a>', "Politics", "rel=category tag"),
        ("", "".join(f'<a rel="category" href="/{n}">Category {n}</a>' for n in range(9)), None, None),
        (ld(articleSection="Posts,Ferries,Harbour"), "", "Ferries", "json-ld:articleSection"),
        (meta("article:section", "Life, Work and Play"), "", "Life, Work and Play", "meta:article:section"),
        (meta("article:section", "Home & Garden, Arts & Books"), "", "Home & Garden, Arts & Books", "meta:article:section"),
        (
            "",
            "<ol>"
            + "".join(
                f'<li class="breadcrumb-item">{name}</li>' for name in ("Home", "World", "Why the bridge will not open before spring")
            )
            + "</ol>",
            "World",
            "class=breadcrumb-item",
        ),
        (
            "",
            "<ol>" + "".join(f'<li class="breadcrumb-item">{name}</li>' for name in ("Home", "World", "Bridge closes 2025")) + "</ol>",
            "World",
            "class=breadcrumb-item",
        ),
        (meta("article:section", "Home"), "", None, None),
        (meta("article:section", HEADLINE), "", None, None),
        (meta("article:section", "https://www.courier.example/world"), "", None, None),
        (meta("og:site_name", "The Courier") + meta("article:section", "The Courier"), "", None, None),
        (meta("article:section", "2025"), "", None, None),
        (meta("article:section", "Uncategorized"), "", None, None),
        (
            "",
            "<ol>" + "".join(f'<li class="breadcrumb-item">{name}</li>' for name in ("Home", "World", "Edit on GitHub")) + "</ol>",
            "World",
            "class=breadcrumb-item",
        ),
        ("", "", None, None),
    ],
)
def test_section(head: str, body: str, value: str | None, source: str | None) -> None:
    chosen = fields(head, body + BODY).section
    assert (chosen.value, chosen.source) == (value, source)


@pytest.mark.parametrize(
    ("head", "body", "tags"),
    [
        (meta("article:tag", "Bridges") + meta("article:tag", "Traffic") + meta("article:tag", "bridges"), "", ["Bridges", "Traffic"]),
        (ld(keywords=["Bridges", "Traffic"]), "", ["Bridges", "Traffic"]),
        (ld(keywords="Bridges, Traffic; Council"), "", ["Bridges", "Traffic", "Council"]),
        (meta("keywords", "bridge, council, spring"), "", ["bridge", "council", "spring"]),
        (meta("keywords", "news, sports, weather, horoscopes, puzzles, council"), "", []),
        ("", '<a rel="tag" href="/t">Bridges</a>', ["Bridges"]),
        ("", '<a rel="tag" href="/t">Uncategorized</a>', []),
        (meta("article:tag", "x" * 200) + meta("article:tag", "https://x.example/"), "", []),
        (meta("article:tag", "#Bridges"), "", ["Bridges"]),
    ],
)
def test_tags(head: str, body: str, tags: list[str]) -> None:
    assert fields(head, BODY + body).tags.value == tags


@pytest.mark.parametrize(
    ("head", "value", "source"),
    [
        (meta("og:site_name", "The Courier"), "The Courier", "meta:og:site_name"),
        (ld(publisher={"@type": "Organization", "name": "Courier Media"}), "Courier Media", "json-ld:publisher"),
        (ld(publisher={"@type": "Person", "name": "Jane Doe"}), None, None),
        (
            meta("og:site_name", "courier.example") + ld(publisher={"@type": "Organization", "name": "The Courier"}),
            "The Courier",
            "json-ld:publisher",
        ),
        (meta("og:site_name", HEADLINE), None, None),
        (
            meta("og:site_name", f"{HEADLINE} | The Courier") + ld(publisher={"@type": "Organization", "name": "The Courier"}),
            "The Courier",
            "json-ld:publisher",
        ),
        (
            meta("og:site_name", "The Courier - News of the coast") + meta("application-name", "The Courier"),
            "The Courier",
            "meta:application-name",
        ),
        (meta("og:site_name", "The Courier - News of the coast"), "The Courier - News of the coast", "meta:og:site_name"),
        (meta("og:site_name", "https://www.courier.example"), None, None),
        (f"<title>{HEADLINE} | Courier</title>", "Courier", "title"),
        (f"<title>{HEADLINE} | The Evening Echo</title>", "The Evening Echo", "title"),
        (f"<title>{HEADLINE} | News</title>", None, None),
        (f"<title>{HEADLINE} | by Jane Doe</title>", None, None),
        (f"<title>{HEADLINE} - 31.10.2023, 10.19 Uhr</title>", None, None),
        ("<title>Another story | The Evening Echo</title>", None, None),
        (f"<title>{HEADLINE}</title>", None, None),
    ],
)
def test_site_name(head: str, value: str | None, source: str | None) -> None:
    chosen = fields(head).site_name
    assert (chosen.value, chosen.source) == (value, source)


GERMAN = (
    "<p>Der Stadtrat hat am Dienstag beschlossen, die Brücke bis zum Frühjahr zu schließen, und das ist für die Anwohner nicht gut.</p>" * 4
)


@pytest.mark.parametrize(
    ("lang", "head", "body", "value", "source"),
    [
        ("en-us", "", BODY, "en-US", "html:lang"),
        ("en", "", GERMAN, "de", "text"),
        ("de-AT", "", GERMAN, "de-AT", "html:lang"),
        ("en", meta("og:locale", "de_DE"), GERMAN, "de-DE", "meta:og:locale"),
        ("", "", GERMAN, "de", "text"),
        ("", "", "<p>OK.</p>", None, None),
        ("fr", "", "<p>OK.</p>", "fr", "html:lang"),
        ("{{lang}}", meta("og:locale", "en_GB"), BODY, "en-GB", "meta:og:locale"),
    ],
)
def test_language(lang: str, head: str, body: str, value: str | None, source: str | None) -> None:
    chosen = fields(head, body, lang=lang).language
    assert (chosen.value, chosen.source) == (value, source)


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ('<link rel="canonical" href="/story?utm_source=x&id=7#top">', "https://www.courier.example/story?id=7"),
        ('<link rel="canonical" href="/">' + meta("og:url", URL), URL),
        ('<link rel="canonical" href="https://user:secret@www.courier.example/story">', "https://www.courier.example/story"),
        ('<base href="https://other.example/a/"><link rel="canonical" href="b">', "https://other.example/a/b"),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="file:///etc/passwd">', None),
        ('<link rel="canonical" href="">', None),
        (ld(mainEntityOfPage={"@id": URL}), URL),
        (meta("og:url", "https://www.courier.example/world/politics"), None),
        ('<link rel="canonical" href="/world/politics">', "https://www.courier.example/world/politics"),
        ("", None),
    ],
)
def test_canonical_url(head: str, value: str | None) -> None:
    assert fields(head).canonical_url.value == value


def test_front_page_keeps_its_canonical_address() -> None:
    assert (
        fields('<link rel="canonical" href="/">', url="https://www.courier.example/").canonical_url.value == "https://www.courier.example/"
    )


def test_own_address_has_no_credentials() -> None:
    assert fields(url="https://user:secret@www.courier.example/a").url == "https://www.courier.example/a"
    assert fields(url=None).url is None


PICTURE = '<img src="/img/bridge-1200x800.jpg" alt="The bridge at night">'
FIGURE = f"<figure>{PICTURE}<figcaption>The bridge at night. Photo: Jane Roe</figcaption></figure>"


def test_image_with_its_caption() -> None:
    chosen = fields(meta("og:image", "https://cdn.example/img/bridge.jpg"), FIGURE + BODY).image
    assert chosen.value is not None and chosen.source == "meta:og:image"
    assert chosen.value.url == "https://cdn.example/img/bridge.jpg"
    assert chosen.value.alt == "The bridge at night"
    assert chosen.value.caption == "The bridge at night."
    assert chosen.value.credit == "Jane Roe"


@pytest.mark.parametrize(("alt", "kept"), [("IMG_2976.jpg", None), ("harbour_1200", None), ("Image", None), ("The harbour", "The harbour")])
def test_alternative_text_that_says_nothing(alt: str, kept: str | None) -> None:
    head = meta("og:image", "https://www.courier.example/harbour_1200.jpg")
    image = fields(head, f'<figure><img src="/harbour_1200.jpg" alt="{alt}"></figure>' + BODY).image.value
    assert image is not None and image.alt == kept


def test_image_of_a_figure_where_metadata_has_none() -> None:
    chosen = fields("", FIGURE + BODY).image
    assert chosen.source == "figure"
    assert chosen.value is not None and chosen.value.url == "https://www.courier.example/img/bridge-1200x800.jpg"


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ('<img src="/img/lead.jpg" width="640" height="400">', "https://www.courier.example/img/lead.jpg"),
        ('<img src="/img/lead.jpg" width="640px">', "https://www.courier.example/img/lead.jpg"),
        ('<img src="/img/lead.jpg" width="640">' + FIGURE, "https://www.courier.example/img/bridge-1200x800.jpg"),
        ('<img src="/img/lead.jpg">', None),  # says nothing of its size
        ('<img src="/img/jane.jpg" width="150" height="150">', None),
        ('<img src="/img/offer.png" width="728" height="90">', None),
        ('<img src="/img/site-logo.jpg" width="1200" height="300">', None),
    ],
)
def test_image_of_the_text_where_there_is_no_figure(inside: str, url: str | None) -> None:
    image = fields("", inside + BODY).image.value
    assert (image and image.url) == url


def test_image_loaded_late() -> None:
    body = '<figure><img src="data:image/gif;base64,R0lGOD" data-srcset="/img/b-800.jpg 800w, /img/b.jpg 1200w"></figure>' + BODY
    chosen = fields("", body).image
    assert chosen.value is not None and chosen.value.url == "https://www.courier.example/img/b-800.jpg"


@pytest.mark.parametrize(
    "src",
    ["/assets/logo.png", "/img/site-logo-1200.png", "/placeholder.jpg", "data:image/png;base64,AAAA", "javascript:x", "/mark.svg", ""],
)
def test_images_that_are_none_of_the_article(src: str) -> None:
    assert fields(meta("og:image", src)).image.value is None


def test_image_refused_gives_way_to_the_next() -> None:
    chosen = fields(meta("og:image", "/logo.png") + ld(image={"url": "/img/b.jpg", "caption": "A bridge", "creditText": "Jane Roe"})).image
    assert chosen.value is not None
    assert (chosen.value.url, chosen.value.caption, chosen.value.credit) == (
        "https://www.courier.example/img/b.jpg",
        "A bridge",
        "Jane Roe",
    )
    assert [candidate.reason for candidate in chosen.candidates] == ["the site's mark or a stand-in", "first in order of trust"]


@pytest.mark.parametrize(
    ("caption", "text", "credit"),
    [
        ("The bridge at night. Photo: Jane Roe", "The bridge at night.", "Jane Roe"),
        ("Die Brücke. Foto: Jane Roe/dpa", "Die Brücke.", "Jane Roe/dpa"),
        ("The bridge at night (Jane Roe/Agency)", "The bridge at night", "Jane Roe/Agency"),
        ("Trainees at work. (Picture by Jane Roe)", "Trainees at work.", "Jane Roe"),
        ("A picture by nobody in particular", "A picture by nobody in particular", None),
        ("Foto: Jane Roe", None, "Jane Roe"),
        ("© Agency", None, "Agency"),
        ("© Foto: Jane Roe/Agency", None, "Jane Roe/Agency"),
        ("A bridge | © Jane Roe", "A bridge", "Jane Roe"),
        ("橋の写真：朝日 | 写真：山田太郎", "橋の写真：朝日", "山田太郎"),
        ("夜の橋（４日、北浜町で）＝山田花子撮影", "夜の橋（４日、北浜町で）", "山田花子"),
        ("夜间的大桥（李明 摄）", "夜间的大桥", "李明"),
        ("老車站改建的圖書館外觀。（圖／縣府提供）", "老車站改建的圖書館外觀。", "縣府提供"),
        ("写真展を開催（東京）", "写真展を開催（東京）", None),
        ("政府が支援物資を提供", "政府が支援物資を提供", None),
        ("The bridge (built in 1902)", "The bridge (built in 1902)", None),
        ("Photographs of the bridge are sold here.", "Photographs of the bridge are sold here.", None),
        ("The bridge at night.The Associated Press", "The bridge at night.", "The Associated Press"),
        ("The bridge at night. Jane Roe/Reuters", "The bridge at night.", "Jane Roe/Reuters"),
        ("Getty Images", None, "Getty Images"),
        ("(Courtesy of Jane Roe)", None, "Jane Roe"),
        ("The minister on the bridge, yesterday / AFP", "The minister on the bridge, yesterday / AFP", None),
        ("A Reuters reporter on the bridge at night", "A Reuters reporter on the bridge at night", None),
        ("The bridge/ferry question", "The bridge/ferry question", None),
        ("", None, None),
    ],
)
def test_split_credit(caption: str, text: str | None, credit: str | None) -> None:
    assert split_credit(caption) == (text, credit)


def test_candidates_say_why_they_lost() -> None:
    chosen = fields(meta("og:site_name", "The Courier") + meta("application-name", "Courier App"), every=True).site_name
    assert [(one.value, one.chosen, one.reason) for one in chosen.candidates] == [
        ("The Courier", True, "first in order of trust"),
        ("Courier App", False, "meta:og:site_name is trusted more"),
    ]


KEYS = ["og:description", "article:section", "keywords", "og:site_name", "og:locale", "og:url", "og:image", "og:image:alt", "article:tag"]


@given(
    st.lists(st.tuples(st.sampled_from(KEYS), st.text(max_size=40)), max_size=8),
    st.text(max_size=60),
    st.sampled_from([None, URL, "x", "https://n.example/"]),
)
@settings(max_examples=60)
def test_any_page_gives_clean_fields_or_none(metas: list[tuple[str, str]], title: str, url: str | None) -> None:
    document = parse_document(Page(body=b"<html><p>x</p></html>"))
    assert document.tree is not None
    segmentation = segment(document.tree)
    segmentation.metas, segmentation.title = metas, title
    found = choose_page_fields(segmentation, [Label("chrome", "", "", 0)], read_metadata(segmentation, url=url), url=url, headline=title)
    for choice in found[1:]:
        values = choice.value if isinstance(choice.value, list) else [choice.value]
        for value in values:
            if isinstance(value, str):
                assert value and value == value.strip() and "\n" not in value
        assert (choice.source is None) == (not choice.value)
