"""The walk: blocks, containers, hints and head of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple
from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import Segmentation
from scraper.walk import segment
from scraper.walk.elements import ROLE_OF, SKIP, TEXT, UNLISTED, elements
from scraper.walk.hints import Claim, name_claim


def walk(html: str) -> Segmentation:
    return segment(LexborHTMLParser(html))


def texts(html: str) -> list[str]:
    return [block.text for block in walk(html).blocks]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("<div>a <b>bold</b> word<p>two</p>tail</div>", ["a bold word", "two", "tail"]),
        ("<p>un<b>brok</b>en</p>", ["unbroken"]),
        ("<p><span>Ada Doe</span><span>Editor</span></p>", ["Ada Doe Editor"]),
        ("<p><b>Process</b>The filer signs.</p>", ["Process The filer signs."]),
        ("<p><span>(1)</span><span><em>The</em> owner</span></p>", ["(1) The owner"]),
        ("<p><a>Ada Doe</a><time>28 May</time></p>", ["Ada Doe 28 May"]),
        ("<p><span>박지훈</span><span>2024.02.28.</span></p>", ["박지훈 2024.02.28."]),
        ("<p><i>2024-02-28 06:05</i><i>新华社</i></p>", ["2024-02-28 06:05 新华社"]),
        ("<p><i>28/2/2024</i><i>28/2/2024</i></p>", ["28/2/2024 28/2/2024"]),
        ("<p><i>は</i><i>10</i><i>年</i></p>", ["は10年"]),
        ("<p>e<b>Bay</b>, Mc<i>Donald</i>, <b>T</b>he, <i>Mc</i>DONALD, <b>EH</b>55</p>", ["eBay, McDonald, The, McDONALD, EH55"]),
        ("<p>H<sub>2</sub>O, note<sup>1</sup>The<!-- -->Next, Donau<wbr>Dampfer</p>", ["H2O, note1TheNext, DonauDampfer"]),
        ("<p><code><i>get</i><i>Value</i></code></p>", ["getValue"]),
        ("<p>a<br>b</p>", ["a\nb"]),
        ("<div>first<br><br>second</div>", ["first", "second"]),
        ("<p>  white \n space\u00a0here </p>", ["white space here"]),
        ("<pre>  keep\n    this</pre>", ["  keep\n    this"]),
        ("<ul><li>one<li>two</ul>", ["one", "two"]),
        ("<p>a<script>var x = 'no';</script>b</p>", ["ab"]),
        ("<p>a</p><style>p {}</style><template>no</template><svg><text>no</text></svg>", ["a"]),
        ("<my-card>one</my-card><my-card>two</my-card>", ["one", "two"]),
        ("<p>before</p><hr>after", ["before", "after"]),
        ("<nav>menu</nav><p>text</p><footer>legal</footer>", ["text"]),
        ("<nav class='breadcrumbs'>Home</nav><p>text</p>", ["Home", "text"]),
        ("<article><p>text</p><footer>By Ada</footer></article>", ["text", "By Ada"]),
        ("<noscript><p>for readers without scripts</p></noscript>", ["for readers without scripts"]),
        ("", []),
    ],
)
def test_blocks(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_a_block_counts_its_links_and_bold_text() -> None:
    block = walk('<p>one <a href="/">two</a> <strong>three</strong></p>').blocks[0]
    assert (block.text, block.link_chars, block.bold_chars) == ("one two three", 3, 5)


@pytest.mark.parametrize(
    ("tag", "linked"),
    [("a href=/x", 7), ("a", 7), ("a class=btn", 7), ("a id=p1 onclick=x", 7), ("a name=p1", 0), ("a id=p1", 0), ("a id=p1 name=p1 /", 0)],
)
def test_an_anchor_that_marks_a_place_is_no_link(tag: str, linked: int) -> None:
    page = walk(f"<p>one <{tag}>two and</a> six</p>")
    assert page.blocks[0].link_chars == linked


def test_containers_know_their_parents_and_blocks() -> None:
    page = walk("<body><div class=a><p>one</p><div id=b><p>two</p><p>three</p></div></div><p>four</p>")
    for block in page.blocks:
        assert page.starts[block.container] <= block.index < page.ends[block.container]
    for container, parent in enumerate(page.parents):
        assert parent < container
        assert parent < 0 or page.starts[parent] <= page.starts[container] <= page.ends[container] <= page.ends[parent]
    named = next(at for at, attributes in enumerate(page.attributes) if attributes.get("id") == "b")
    assert [block.text for block in page.blocks[page.starts[named] : page.ends[named]]] == ["two", "three"]


def test_what_was_passed_over_keeps_its_place() -> None:
    page = walk("<nav>menu</nav><p>text</p><footer>legal</footer>")
    assert [(at, node.tag) for at, node in page.furniture] == [(0, "nav"), (1, "footer")]


@pytest.mark.parametrize(
    ("html", "hint"),
    [
        ('<span class="post-author">Ada</span>', ("author", "class=post-author", "Ada", None)),
        ('<a rel="author" href="/ada">Ada</a>', ("author", "rel=author", "Ada", "/ada")),
        ('<div itemprop="author">Ada <b>Example</b></div>', ("author", "itemprop=author", "Ada Example", None)),
        ('<time datetime="2025-03-04">4 March</time>', ("date", "time@datetime", "4 March", "2025-03-04")),
        ('<meta itemprop="datePublished" content="2025-03-04">', ("date", "itemprop=datepublished", "", "2025-03-04")),
        ('<span class="entryDate">4 March</span>', ("date", "class=entryDate", "4 March", None)),
        ('<span class="updated">4 March</span>', ("modified", "class=updated", "4 March", None)),
        ('<p class="standfirst">In short.</p>', ("dek", "class=standfirst", "In short.", None)),
    ],
)
def test_hints(html: str, hint: tuple[str, str, str, str | None]) -> None:
    assert [astuple(found)[:4] for found in walk(f"<body><p>before</p>{html}").hints] == [hint]


def test_a_hint_takes_its_own_text_only() -> None:
    page = walk('<p>Written by <span class="author">Ada</span> in March</p>')
    assert page.hints[0].text == "Ada"
    assert page.blocks[0].text == "Written by Ada in March"


def test_the_head() -> None:
    page = walk(
        '<html lang="en-GB"><head><title> A  title </title><base href="https://example.org/"><meta property="og:Title" content="T">'
        '<link rel="Canonical" href="/x"><script type="application/ld+json">{"a": 1}</script></head><body><p>x'
    )
    assert (page.title, page.language, page.base) == ("A title", "en-GB", "https://example.org/")
    assert page.metas == [("og:title", "T")]
    assert page.links == [("canonical", "/x")]
    assert page.json_ld == ['{"a": 1}']


def test_deep_nesting_is_walked() -> None:
    assert texts("<div>" * 5_000 + "bottom") == ["bottom"]


@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<br>", "word ", "<pre>", "</pre>", "<a>", "<li>", "<nav>"]))
)
def test_any_markup_keeps_its_words(parts: list[str]) -> None:
    tree = LexborHTMLParser("<body>" + "".join(parts))
    page = segment(tree)
    found = sum(block.text.split().count("word") for block in page.blocks)
    passed_over = sum(node.text().split().count("word") for _, node in page.furniture)
    glued = sum(len(word) // 4 for block in page.blocks for word in block.text.split() if word != "word")
    assert found + passed_over + glued >= parts.count("word ") - page_glued(page)
    assert all(start <= end for start, end in zip(page.starts, page.ends, strict=True))


def page_glued(page: Segmentation) -> int:
    """Words of furniture that touch each other."""
    return sum(len(word) // 4 for _, node in page.furniture for word in node.text().split() if word != "word")


def test_every_number_of_a_listed_tag_has_its_name_and_role() -> None:
    roles, names = elements()
    named = {name: role for name, role in zip(names, roles, strict=True) if name}
    assert named.items() <= ROLE_OF.items()
    assert {"p", "div", "a", "nav", "script", "br"} <= named.keys()
    tree = LexborHTMLParser("<body>text<!----><marquee></marquee><my-card></my-card>")
    assert tree.body is not None
    text, comment, unlisted, custom = (node.tag_id for node in tree.body.iter(include_text=True))
    assert (roles[text], roles[comment], roles[unlisted]) == (TEXT, SKIP, UNLISTED)
    assert custom >= len(roles)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("entry-meta post-author", ("author", "class=post-author")),
        ("card teaser-intro", ("dek", "class=teaser-intro")),
        ("MathJax_Preview", ("drawn", "class=MathJax_Preview")),
        ("box ArticleHeadline", ("headline", "class=ArticleHeadline")),
        ("teaser", None),
        ("intro-teaser", None),
        ("grid col-md-8", None),
        ("", None),
        (None, None),
        ("x" * 10_000 + " byline", None),
    ],
)
def test_what_class_names_say(names: str | None, expected: Claim) -> None:
    assert name_claim(names) == expected
    assert name_claim(names) == expected  # the answer that was kept
