"""What pages state of themselves: JSON-LD good and broken, meta tags, links; which object is the article."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.blocks import Block, Segmentation
from scraper.metadata import Metadata, Value, read_metadata
from scraper.metadata.json_ld import MAX_CHARS, node_types, parse_json_ld, read_nodes

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "json_ld.json").read_text("utf-8"))
LISTS = [name for name, value in ((name, getattr(Metadata(), name)) for name in Metadata.__struct_fields__) if isinstance(value, list)]


def article(**properties: Any) -> str:
    return json.dumps({"@type": "NewsArticle", **properties})


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_json_ld(row: dict[str, Any]) -> None:
    metadata = read_metadata(Segmentation(json_ld=[row["script"]]))
    for field, expected in row["expect"].items():
        found = getattr(metadata, field)
        if field == "author":
            found = [[value.value, value.kind, value.role, value.url] for value in found]
        elif isinstance(found, list) and field != "types":
            found = [value.value if isinstance(value, Value) else value for value in found]
        assert found == expected, field


def test_article_is_found_by_address_by_title_and_by_reference() -> None:
    others = [article(headline=f"Another story {n}", url=f"https://x.example/{n}") for n in range(5)]
    own = article(
        headline="The bridge closes", mainEntityOfPage={"@id": "http://www.x.example/bridge/?utm_source=a"}, datePublished="2025-03-04"
    )
    found = read_metadata(Segmentation(json_ld=[*others, own]), url="https://x.example/bridge")
    assert [value.value for value in found.headline] == ["The bridge closes"]
    assert found.article
    by_title = Segmentation(json_ld=[*others, article(headline="The bridge closes")], title="The bridge closes - The Site")
    assert read_metadata(by_title).headline[0].value == "The bridge closes"
    by_heading = Segmentation(json_ld=[*others, article(headline="The bridge closes")], blocks=[Block(0, "The bridge closes", "h1")])
    assert read_metadata(by_heading).headline[0].value == "The bridge closes"
    assert read_metadata(Segmentation(json_ld=others)).headline == []


def test_article_elsewhere_is_not_this_page() -> None:
    script = article(headline="Another story", url="https://x.example/news/another")
    assert not read_metadata(Segmentation(json_ld=[script], title="The bridge closes"), url="https://x.example/news/bridge").article


def test_order_of_trust_and_sources() -> None:
    page = Segmentation(
        metas=[
            ("og:title", "OG &amp; title"),  # the parser has resolved it once already
            ("citation_title", "Cited  title"),
            ("article:tag", "one"),
            ("article:tag", "two"),
            ("article:tag", "one"),
            ("og:type", "Article"),
            ("unknown", "x"),
        ],
        links=[("stylesheet", "/a.css"), ("canonical", " /story ")],
        json_ld=[article(headline="LD title")],
        language="en-GB",
    )
    found = read_metadata(page)
    assert [(value.value, value.source) for value in found.headline] == [
        ("LD title", "json-ld:headline"),
        ("Cited title", "meta:citation_title"),
        ("OG &amp; title", "meta:og:title"),
    ]
    assert [value.value for value in found.tags] == ["one", "two"]
    assert found.canonical_url == [Value("/story", "link:canonical")]
    assert found.language == [Value("en-GB", "html:lang")]
    assert found.types == ["NewsArticle", "og:article"]


@pytest.mark.parametrize(
    ("label", "expected"), [("Written by", ["Jane Doe"]), ("Verfasst von", ["Jane Doe"]), ("Est. reading time", []), (None, [])]
)
def test_twitter_label_decides_what_its_data_is(label: str | None, expected: list[str]) -> None:
    metas = ([("twitter:label1", label)] if label else []) + [("twitter:data1", "Jane Doe")]
    assert [value.value for value in read_metadata(Segmentation(metas=metas)).author] == expected


def test_page_around_the_article_is_trusted_less() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "datePublished": "2024-01-01", "name": "Title | Site"},
            {"@type": "Article", "headline": "Title", "datePublished": "2025-01-01"},
        ]
    }
    found = read_metadata(Segmentation(json_ld=[json.dumps(graph)]))
    assert [(value.value, value.source) for value in found.published] == [
        ("2025-01-01", "json-ld:datePublished"),
        ("2024-01-01", "json-ld:WebPage.datePublished"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "undefined",
        "null",
        "NaN",
        "[object Object]",
        "{{ title }}",
        "{{post.title}} | Post",
        "%%title%%",
        "${title}",
        "{title}",
        "<%= title %>",
        "/images/undefined",
        "https://x.example/null",
    ],
)
def test_values_that_templates_leave_are_none(value: str) -> None:
    page = Segmentation(metas=[("og:title", value), ("og:image", value), ("article:tag", value), ("og:description", value)])
    found = read_metadata(page)
    assert (found.headline, found.image, found.tags, found.description) == ([], [], [], [])


@pytest.mark.parametrize("value", ["What null means", "Null", "#ferry and more", "50% more", "and/or/null and void", "{one} of them"])
def test_titles_that_look_like_templates(value: str) -> None:
    assert read_metadata(Segmentation(metas=[("og:title", value)])).headline[0].value == value


def test_caps() -> None:
    page = Segmentation(
        metas=[("og:title", "word " * 100_000)] + [("article:tag", str(n)) for n in range(50_000)],
        json_ld=[article(headline="x" * 500_000, author=[f"Name {n}" for n in range(10_000)])] + ["null"] * 10_000,
    )
    found = read_metadata(page)
    assert all(len(value.value) <= 2_000 for value in found.headline)
    assert len(found.author) <= 60
    assert len(found.tags) <= 2_000


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"@graph":[' * 50_000 + "]}" * 50_000,
        '"' * 250_000,
        '" ' * 120_000,
        '{"a":"' + "\\" * 250_000,
        '{"a":"' + " " * 250_000,
        "/*" * 120_000,
        "," * 250_000,
        '{"a":' + "9" * 1_000_000 + "}",
        '{"headline":"' + "x" * MAX_CHARS + '"}',
        '{"author":"&#' + "9" * 200_000 + ';","headline":"x"}',
    ],
    ids=lambda script: f"{script[:12]} x {len(script)}",
)
def test_hostile_json_is_ignored(script: str) -> None:
    own = article(headline="The bridge closes")
    found = read_metadata(Segmentation(json_ld=[script, own], title="The bridge closes"))
    assert found.headline[0].value == "The bridge closes"


def test_deep_but_readable_nesting_is_no_recursion() -> None:
    value: Any = {"@type": "Person", "name": "Jane Doe"}
    for _ in range(400):
        value = [value]
    assert [author.value for author in read_metadata(Segmentation(json_ld=[article(headline="H", author=value)])).author] == ["Jane Doe"]


def test_nodes_and_types() -> None:
    assert [node_types(node) for node in read_nodes(['[{"@type":"A"},{"@graph":[{"@type":"B"},7,"x",null]}]'])] == [["A"], [], ["B"]]
    assert node_types({"@type": [None, 7, "schema:Thing", "https://schema.org/Article#x"]}) == ["Thing", "x"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["@type", "@id", "@graph", "name", "url", "author", "headline", "image"]), inner, max_size=5)
    ),
    max_leaves=20,
)
KEYS = [
    "headline",
    "author",
    "datePublished",
    "image",
    "publisher",
    "keywords",
    "url",
    "mainEntityOfPage",
    "articleBody",
    "wordCount",
    "isAccessibleForFree",
    "@id",
]


@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6), JSON)
def test_any_json_is_read_without_an_error(properties: dict[str, Any], other: Any) -> None:
    found = read_metadata(Segmentation(json_ld=[article(**properties), json.dumps(other)], title="x"), url="https://x.example/a")
    for name in LISTS:
        for value in getattr(found, name):
            text = value.value if isinstance(value, Value) else value
            assert isinstance(text, str) and text
    assert found.word_count is None or found.word_count >= 0


@given(st.text(alphabet="{}[]\",:\\/*'\n ab1-<!>", max_size=60))
def test_any_text_is_parsed_or_ignored(text: str) -> None:
    parse_json_ld(text)
    parse_json_ld('{"headline":"' + text)


@given(JSON)
def test_good_json_is_read_as_it_is(value: Any) -> None:
    assert parse_json_ld(json.dumps(value)) == value


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["og:title", "author", "keywords", "twitter:label1", "twitter:data1", "og:type", ""]), st.text(max_size=30)
        ),
        max_size=6,
    )
)
def test_any_meta_is_read_without_an_error(metas: list[tuple[str, str]]) -> None:
    read_metadata(Segmentation(metas=metas, links=metas))
