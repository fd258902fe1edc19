"""The byline's choice among a page's candidates: own small pages."""

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

import scraper
from scraper.classify import Label
from scraper.fields.byline import choose_byline
from scraper.metadata import read_metadata
from scraper.text import segment_text
from scraper.walk import segment

BODY = "<p>" + "The council met on Monday and voted for the bridge after a debate of six hours. " * 4 + "</p>"
URL = "https://www.dailyplanet.example/news/council-approves-new-harbour-bridge"
TITLE = "<title>Council approves new harbour bridge</title>"
H1 = "<h1>Council approves new harbour bridge</h1>"


def choose(html, url=URL, **options):
    page = segment(LexborHTMLParser(html))
    return choose_byline(page, (), read_metadata(page, url=url), url, **options)


def json_ld(**article):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **article})}</script>'


def page(head="", above="", below=""):
    return f"<html lang=en><head>{TITLE}{head}</head><body>{H1}{above}{BODY}{below}</body></html>"


@pytest.mark.parametrize(
    "html, names",
    [
        (page(json_ld(author={"@type": "Person", "name": "Jane Doe"})), ["Jane Doe"]),
        (
            page(json_ld(author=[{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "John Roe"}])),
            ["Jane Doe", "John Roe"],
        ),
        (page(json_ld(author="Jane Doe and John Roe")), ["Jane Doe", "John Roe"]),
        (page("<meta name=author content='Jane Doe'>"), ["Jane Doe"]),
        (page("<meta name=author content='Doe, Jane'>"), ["Jane Doe"]),
        (page(above="<p>By <a rel=author href='/jane'>Jane Doe</a></p>"), ["Jane Doe"]),
        (
            page(above="<p>By <a rel=author href='/jane'>Jane Doe</a> and <a rel=author href='/john'>John Roe</a></p>"),
            ["Jane Doe", "John Roe"],
        ),
        (page(above="<span itemprop=author>Jane Doe</span>"), ["Jane Doe"]),
        (page(above="<div>March 4, 2025, 2:05 pm | Jana Novak, Reporter</div>"), ["Jana Novak"]),
        (page(above="<p>Jan de Boer<br>Senior reporter<br>March 4, 2025</p>"), ["Jan de Boer"]),
        (page(above="<div><span class=author>By Jane Doe</span><span>In News</span></div>"), ["Jane Doe"]),
        (page(above="<p>Author</p><div><a class=author href='/jane'>jane_d</a> commented <time>March 4, 2025</time></div>"), ["jane_d"]),
        (
            page(above="<div class=post-author><a href='member.php?action=profile&amp;uid=7'>jane_d</a><br>Junior Member</div>"),
            ["jane_d"],
        ),
        (page(above="<p>45 points by <a href='user?id=jane_d'>jane_d</a> | hide | past</p>"), ["jane_d"]),
        (page(above="<p><a href='member.php?action=login'>Login</a> <a href='/list?sort=user'>Users</a></p>"), []),
        (page(above="<p>Text: Jane Doe</p>", below="<p>Editor: John Roe</p>"), ["Jane Doe"]),
        (page(above="<p>来源：江北日报<br>记者 张丽华<br>2025年3月4日</p>").replace("lang=en", "lang=zh"), ["张丽华"]),
        (page(above="<div class='byline'>By Jane Doe, Senior Editor</div>"), ["Jane Doe"]),
        (page(above="<p>By Jane Doe</p>"), ["Jane Doe"]),
        (page(above="<div>July 3, 2020 • By Jane Doe • 5 min read</div>"), ["Jane Doe"]),
        (page("<meta name=author content=admin>", "<p>By Jane Doe</p>"), ["Jane Doe"]),
        (page(json_ld(author={"@type": "Person", "name": "JANE DOE"}), "<p>By JANE DOE and RICARDO ROE</p>"), ["Jane Doe", "Ricardo Roe"]),
        (page("<meta name=author content='Jane Doe'>", "<p>By Jane Doe and Staff</p>"), ["Jane Doe"]),
        (page("<meta name=author content='Jane Doe'>", "<p><a rel=tag>Rivers</a>, <a rel=tag>Jane Doe</a></p>"), ["Jane Doe"]),
        (
            page(
                "<meta name=author content='Jane Doe'>",
                "<ul><li><a rel=author href='/jane'>Jane Doe</a><p>Professor</p></li><li><a rel=author href='/john'>John Roe</a></li></ul>",
            ),
            ["Jane Doe", "John Roe"],
        ),
        (
            page(above="<ul class=authors><li><p>Jane Doe</p><p>science editor</p></li><li><p>John Roe</p><p>reporter</p></li></ul>"),
            ["Jane Doe", "John Roe"],
        ),
        (page("<meta name=author content='Jane Doe'>", "<p>Jane Doe, John Roe</p>", "<p>Editor: John Roe</p>"), ["Jane Doe"]),
        (page(above="<p><b class=author>Jane Doe</b><b class=author>John Roe</b></p>"), ["Jane Doe", "John Roe"]),
        (page(above="<p>Jane Doe<br>For The Daily Planet</p>"), ["Jane Doe"]),
        (page(above="<p>dpa | 04.03.2025, 14:05 Uhr</p>").replace("lang=en", "lang=de"), ["dpa"]),
        (
            page(
                "<meta name=author content=Planet><meta property=og:site_name content=Planet>",
                below=f"{BODY * 9}<ol class=comments><li><b class=author>Jane Doe</b><p>Thank you for this note.</p></li></ol>",
            ),
            ["Planet"],
        ),
        (page(below="<h4>Media contacts</h4><p>Jane Doe</p><p>Phone 555 0100</p>"), []),
        (page(above="<p>晚报记者 李明 实习生 王芳</p>", below="<p>责任编辑：赵敏</p>").replace("lang=en", "lang=zh"), ["李明", "王芳"]),
        (
            page("<meta name=author content=Planet><meta property=og:site_name content=Planet>", "<p class=byline>By Jane Doe</p>"),
            ["Jane Doe"],
        ),
        (page(above="<p>By Jane Doe</p><p>Photos by John Roe</p>"), ["Jane Doe"]),
        (page("<meta name=author content='Reuters'>"), ["Reuters"]),
        (page(above="<div><a href='/authors/jane-doe'>Jane Doe</a></div>"), ["Jane Doe"]),
        (page(above="<div><a href='/?author=7'>Jane Doe</a></div>"), ["Jane Doe"]),
        (page(below="<h4>Jane Doe</h4><p>Jane Doe is a reporter who has written about harbours for twenty years.</p>"), ["Jane Doe"]),
        (page(below="<footer>© 2019-2025 Jane Doe. All rights reserved.</footer>"), ["Jane Doe"]),
        (page().replace("</title>", " | Jane Doe</title>"), ["Jane Doe"]),
        (page(above="<p>Jane Doe</p><p>July 3, 2020</p>"), ["Jane Doe"]),
        (page(above="<h4>By Jane Doe</h4>"), ["Jane Doe"]),
        (page(above="<p>Jane Doe in Harbours</p>"), ["Jane Doe"]),
        (page(above="<p>July 3, 2020 • Jane Doe in Harbours</p>"), ["Jane Doe"]),
        (page(above="<p>By Jane Doe</p>", below="<div id=comments><b class=fn>Max Reader</b><p>Well written.</p></div>"), ["Jane Doe"]),
        (page(json_ld(author={"@type": "Person", "name": ", DAILY PLANET"}), "<p class=byline>By Jane Doe</p>"), ["Jane Doe"]),
        (page(json_ld(author="janedoe"), "<p>By Jane Doe</p>"), ["Jane Doe"]),
        (
            page(
                json_ld(author=["Jane Doe", "John Roe"]),
                "<div class=by-author><div class=author-name>Jane Doe</div><div class=author-name>John Roe</div></div>",
            ),
            ["Jane Doe", "John Roe"],
        ),
        (page(above="<p>By <a href='/author/jane'>Jane Doe</a>In Harbours</p>"), ["Jane Doe"]),
        (page(above="<p><a href='/members/j'>J</a></p><p><a href='/members/janed'>JaneD</a></p>"), ["JaneD"]),
        (page("<meta name=author content='Daily Planet'>", below=f"{BODY * 9}<p>By Jane Doe</p>{BODY * 12}"), ["Jane Doe"]),
        (page(above="<p itemprop=author itemscope><meta itemprop=name content='Jane Doe'></p>"), ["Jane Doe"]),
        (page(above="<p itemprop=author itemscope><link itemprop=name content='Jane Doe'></p>"), ["Jane Doe"]),
        (page(above="<a class='username offline' href='member.php?7'>janedoe</a>"), ["janedoe"]),
        (page(above="<span class='ljuser i-ljuser'><a class='i-ljuser-username' href='/'><b>jane_doe</b></a></span>"), ["jane_doe"]),
        (page(above="<p>Jane Doe, Senior Editor</p>"), ["Jane Doe"]),
        (page(above="<p>Jane</p><p>July 3, 2020</p>"), ["Jane"]),
        (
            page(
                json_ld(author=[{"@type": "Person", "name": "Jane Doe"}, {"@type": "Organization", "name": "Harbour Team"}])
                + "<meta property=article:author content='Jane Doe'>",
                "<p class=byline>By <a href='/author/jane'>Jane Doe</a></p>",
            ),
            ["Jane Doe", "Harbour Team"],
        ),
        (page(above="<p>Planet Team</p><p>July 3, 2020</p>"), ["Planet Team"]),
        (page(above="<p>Jane Doe, The Crier</p><p>July 3, 2020</p>"), ["Jane Doe"]),
        (page(above="<div><span>Jane Doe, Lakeside Telegraph</span> <span>July 3, 2020</span></div>"), ["Jane Doe"]),
        (page(above="<p>Reuters</p><p>July 3, 2020</p>"), ["Reuters"]),
        (page(above="<div>Europa Press 12 MAY 2023 - 09:30h</div>").replace("lang=en", "lang=es"), ["Europa Press"]),
        (page(above="<div>AA Yayınlanma: 04 Mart 2024 - 14:05</div>").replace("lang=en", "lang=tr"), ["AA"]),
        (page(below="<p>[한지민 기자 han@planet.example]</p>").replace("lang=en", "lang=ko"), ["한지민"]),
        (page(above="<p>ANSA - Roma</p><p>12/05/2023</p>").replace("lang=en", "lang=it"), ["ANSA"]),
        (page(above="<div><span>Jane Doe</span> <span>The Morning Crier</span> <span>July 3, 2020</span></div>"), ["Jane Doe"]),
        (page(above="<p>Jane Doe and Ricardo Roe, Statehouse Observer</p>"), ["Jane Doe", "Ricardo Roe"]),
        (page(above="<p>JANE DOE jdoe@planet.example</p><p>July 3, 2020</p>"), ["Jane Doe"]),
        (page(above="<p>2020-07-03 09:30 聯合報 記者張偉／台北即時報導</p>").replace("lang=en", "lang=zh-TW"), ["張偉"]),
        (page(above="<p>정수빈·오민석 기자</p>").replace("lang=en", "lang=ko"), ["정수빈", "오민석"]),
        (page(above="<p>dpa/AFP | 04.03.25</p>").replace("lang=en", "lang=de"), ["dpa", "AFP"]),
        (page(above="<p>Jonas Petraitis, BNS</p>").replace("lang=en", "lang=lt"), ["Jonas Petraitis", "BNS"]),
        (page(above="<p>Reviewed by Ann Roe, MD — Written by Jane Doe — Updated on July 3, 2020</p>"), ["Jane Doe"]),
        (page(above="<p>יעל כהן ודוד לוי</p>").replace("lang=en", "lang=he"), ["יעל כהן", "דוד לוי"]),
        (page(above="<p>القاهرة - سارة حسن</p>").replace("lang=en", "lang=ar"), ["سارة حسن"]),
        (page(above="<p>山田太郎（港新聞記者）</p>").replace("lang=en", "lang=ja"), ["山田太郎"]),
        (page(above="<p>中央社 記者陳大文 台北4日電</p>").replace("lang=en", "lang=zh-TW"), ["陳大文"]),
        (page(below="<p>최지훈 기자 choi@planet.example</p>").replace("lang=en", "lang=ko"), ["최지훈"]),
        (
            page(above=f"<p>[항구일보=이영희 기자] {'옛 항구와 북쪽 섬들을 잇는 연락선이 계속 운항한다. ' * 6}</p>").replace(
                "lang=en", "lang=ko"
            ),
            ["이영희"],
        ),
        (page(above="<p>Jane Doe - The Daily Planet</p>").replace("</title>", " - The Daily Planet</title>"), ["Jane Doe"]),
        (
            page(above="<p>Xanthe Qorvo</p>", below="<p>Xanthe Qorvo is a reporter who has written about harbours for twenty years.</p>"),
            ["Xanthe Qorvo"],
        ),
    ],
)
def test_authors(html, names):
    assert [author.name for author in choose(html).authors] == names


@pytest.mark.parametrize(
    "html",
    [
        "",
        page(),
        page("<meta name=author content=admin>"),
        page("<meta name=author content=''>"),
        page(json_ld(author=None)),
        page(json_ld(author={"@type": "Person", "name": "https://dailyplanet.example/"})),
        page(above="<p>Photo by John Roe</p>"),
        page(above="<p>Share this story</p><p>Read more</p>"),
        page(above="<p>Skip Navigation</p><p>Related Topics</p>"),
        page(below="<ol><li class=fn-3>And, uh, how can we be sure?</li></ol>"),
        page(above="<figure><img src=a.jpg><figcaption>Tom Roe / AFP</figcaption></figure><p>July 3, 2020</p>"),
        page(below="<ol class=comments><li><b class=fn>Bob</b><p>Nice to read this, thank you all.</p></li></ol>"),
        page(above="<p class=caption>Tom Roe/AP</p><p>July 3, 2020</p>"),
        page(above="<p>（记者会实录）</p>").replace("lang=en", "lang=zh"),
        page(below="<section class=related><ul><li><a href='/r'>Bridge closed</a> <b class=author>Tom Roe</b></li></ul></section>"),
        page(below="<footer>© 2025 Planet Holdings. All rights reserved.</footer>"),
        page().replace("</title>", " | Harbour News</title>"),
        page(above="<p><a href='/authors/'>All authors</a></p><p><a href='/harbours/guide'>Harbour guide</a></p>"),
        page(above="<p>› Projects</p>"),
        page(above="<p>Harbours</p><p>July 3, 2020</p>"),
        page(above="<p>City Harbours</p><p>July 3, 2020</p>"),
        page(above="<p>Content Marketing</p><p>July 3, 2020</p>"),
        page(above="<p itemprop=publisher itemscope><meta itemprop=name content='Jane Doe'></p>"),
        page(above="<span class=username>Username</span><span class=username>Login</span>"),
        page(above="<ul><li><a href='#cost'>By cost</a></li></ul>", below="<h2>By cost <a href='#cost'>#</a></h2>" + BODY),
    ],
)
def test_nobody(html):
    chosen = choose(html)
    assert chosen.value is None and chosen.authors == [] and chosen.source is None


def test_asking_for_candidates_changes_no_choice():
    alone = page("<meta name=author content='Le Courier et Agence Havas'>", "<p class=authors>Le Courier et Agence Havas</p>")
    assert choose(alone).authors == choose(alone, every=True).authors != []


@pytest.mark.parametrize(
    "unseen", ["<meta itemprop=author content='Jane Doe'>", "<p itemprop=author itemscope><meta itemprop=name content='Jane Doe'></p>"]
)
def test_a_name_that_is_not_printed_does_not_end_the_search(unseen):
    html = page(json_ld(author="Jane Doe"), f"{unseen}<p><a href='/authors/jane'>Jane Doe</a></p>")
    assert [(author.name, author.url) for author in choose(html).authors] == [("Jane Doe", "/authors/jane")]


def test_role_kind_and_address_come_along():
    html = page(
        json_ld(
            author={"@type": "Person", "name": "Jane Doe", "jobTitle": "Harbour Correspondent", "url": "https://dailyplanet.example/jane"}
        ),
        "<p class=byline>By Jane Doe</p>",
    )
    chosen = choose(html)
    author = chosen.authors[0]
    assert (author.name, author.role, author.kind) == ("Jane Doe", "Harbour Correspondent", "person")
    assert author.url == "https://dailyplanet.example/jane"
    assert chosen.value == "Jane Doe" and chosen.source == "json-ld:author"


def test_lines_and_classes_of_shops_and_listings_name_nobody():
    html = page(above="<p>By Jane Doe</p><span class=author>Jane Doe</span>")
    assert choose(html).value == "Jane Doe"
    assert choose(html, lines=False).value is None
    assert choose(page(json_ld(author="Jane Doe"), above="<p>By Jane Doe</p>"), lines=False).value == "Jane Doe"


def test_words_that_no_name_has_make_a_line_no_byline():
    assert choose(page(above="<p>Duvet Cover (one size)</p>")).value is None
    assert choose(page(above="<p>Jane van der Berg</p>"), every=True).candidates[0].value == "Jane van der Berg"


def test_the_byline_is_as_printed():
    chosen = choose(page(above="<p class=byline>By JANE DOE, Senior Editor</p>"))
    assert chosen.value == "JANE DOE, Senior Editor"
    assert [(author.name, author.role) for author in chosen.authors] == [("Jane Doe", "Senior Editor")]


@pytest.mark.parametrize(
    "html, byline, role",
    [
        (page(json_ld(author="Jane Doe"), "<p>By Jane Doe, Coast reporter</p>"), "Jane Doe, Coast reporter", "Coast reporter"),
        (
            page(above="<p>By <a rel=author href=/j>Jane Doe</a>, Coast reporter | July 3, 2020</p>"),
            "Jane Doe, Coast reporter",
            "Coast reporter",
        ),
        (page(json_ld(author="Jane Doe")), "Jane Doe", None),
        (page(json_ld(author="Jane Doe"), "<p>© Jane Doe</p>"), "Jane Doe", None),
    ],
)
def test_the_line_that_names_the_same_people_is_the_byline_with_its_roles(html, byline, role):
    chosen = choose(html)
    assert chosen.value == byline and [(author.name, author.role) for author in chosen.authors] == [("Jane Doe", role)]


def test_titles_and_accents_do_not_make_another_person():
    html = page(json_ld(author="Jane Perez"), "<p class=byline>By Dr. Jane Pérez</p>")
    full = choose(html, every=True)
    assert [author.name for author in full.authors] == ["Jane Perez"] and full.candidates[0].chosen
    assert sum("Jane" in (candidate.value or "") for candidate in full.candidates) == 1


@pytest.mark.parametrize(
    "href, source",
    [
        ("/authors/jane-doe", "href=authors"),
        ("https://planet.example/en/author/7", "href=author"),
        ("/?author=7", "href=author"),
        ("/authors/", None),
        ("/author", None),
        ("/authority/jane", None),
        ("/news/the-author-of-the-bridge", None),
    ],
)
def test_links_to_people_are_hints(href, source):
    hints = segment(LexborHTMLParser(f"<p><a href='{href}'>Jane Doe</a></p>")).hints
    assert [(hint.kind, hint.source, hint.text, hint.value) for hint in hints] == (
        [("profile", source, "Jane Doe", href)] if source else []
    )


def test_candidates_say_why():
    html = page(
        json_ld(author={"@type": "Person", "name": "Jane Doe"}), "<p class=byline>By Jane Doe</p>", "<p class=author>Max Commenter</p>"
    )
    full = choose(html, every=True)
    assert [author.name for author in full.authors] == ["Jane Doe"]
    assert [candidate.value for candidate in full.candidates if candidate.chosen] == ["Jane Doe"]
    assert "Max Commenter" in [candidate.value for candidate in full.candidates]
    assert all(candidate.reason for candidate in full.candidates)


def test_text_page():
    text = "Council approves new harbour bridge\n\nby Jane Doe Senior Editor\n\n" + "The council met on Monday and voted. " * 8
    read = segment_text(text)
    labels = [Label(("headline", "byline", "body")[min(at, 2)], "", "", 0) for at in range(len(read.blocks))]
    chosen = choose_byline(read, labels, read_metadata(read), None)
    assert (chosen.value, chosen.source) == ("Jane Doe Senior Editor", "text:line 3")
    assert [(author.name, author.role) for author in chosen.authors] == [("Jane Doe", "Senior Editor")]


TEXT_BODY = "The council met on Monday and voted for the bridge after a debate of six hours. " * 5


def choose_text(lines, kinds, language=None):
    read = segment_text("\n\n".join(lines))
    read.language = language
    assert len(read.blocks) == len(kinds)
    return choose_byline(read, [Label(kind, "", "", 0) for kind in kinds], read_metadata(read), None)


@pytest.mark.parametrize(
    "lines, kinds, names",
    [
        (["Council approves bridge", "Jane Doe", TEXT_BODY], ["headline", "chrome", "body"], ["Jane Doe"]),
        (["Council approves bridge", "Jane Doe December 9, 2024", TEXT_BODY], ["headline", "chrome", "body"], ["Jane Doe"]),
        (["Jane Doe", "Council approves bridge", TEXT_BODY], ["chrome", "headline", "body"], ["Jane Doe"]),
        (["Council approves bridge", TEXT_BODY, "Written by Jane Doe"], ["headline", "body", "chrome"], ["Jane Doe"]),
        (
            ["Council approves bridge", "By Jane Doe", TEXT_BODY, "Recent Posts"],
            ["headline", "chrome", "body", "byline"],
            ["Jane Doe"],
        ),
        (["Council approves bridge", "by the time we saw what happened", TEXT_BODY], ["headline", "chrome", "body"], []),
        (["Council approves bridge", "Use Case", TEXT_BODY], ["headline", "chrome", "body"], []),
        (["Council approves bridge", "Harbour News", TEXT_BODY], ["headline", "chrome", "body"], []),
    ],
)
def test_text_page_without_labelled_bylines(lines, kinds, names):
    assert [author.name for author in choose_text(lines, kinds).authors] == names


@pytest.mark.parametrize(
    "line, names",
    [
        ("Wyndo", ["Wyndo"]),
        ("Harbour Team", ["Harbour Team"]),
        ("JIJI", ["JIJI"]),
        ("horsefox — 2 February 2022", ["horsefox"]),
        ("Harbour Strategies | October 15, 2025", ["Harbour Strategies"]),
        ("About Jane", []),
        ("crazy horses", []),
        ("in Smart Home", []),
        ("This article was first printed in the spring of 2017 elsewhere", []),
    ],
)
def test_a_line_labelled_byline_is_believed(line, names):
    lines = ["Council approves bridge", line, TEXT_BODY]
    assert [author.name for author in choose_text(lines, ["headline", "byline", "body"], "en").authors] == names
    assert choose_text(lines, ["headline", "chrome", "body"], "en").authors == []


GERMAN = "Der Rat der Stadt hat am Montag nach einer langen Debatte für die neue Brücke gestimmt, die über den Hafen führen soll. " * 4


def test_a_text_page_s_bylines_are_read_in_its_language():
    lines = ["Der Hafen bekommt eine Brücke", "Veröffentlicht am 12. Juni 2017 von gizzmo", GERMAN, GERMAN + "Ende."]
    article = scraper.clean("\n".join(lines).encode())
    assert [author.name for author in article.authors] == ["gizzmo"]


@pytest.mark.parametrize(
    "values, names",
    [
        (["Okafor, Chidi", "Lind, Maja"], ["Chidi Okafor", "Maja Lind"]),
        (["Doe, Jane Q."], ["Jane Q. Doe"]),
        (["Jane Doe, John Roe"], ["Jane Doe", "John Roe"]),
    ],
)
def test_citation_authors_may_put_the_surname_first(values, names):
    head = "".join(f'<meta name="citation_author" content="{value}">' for value in values)
    byline = choose(page(head))
    assert [author.name for author in byline.authors] == names


POST = "<div><a class=username href='#'>{}</a><p>" + "The chain jumps as soon as I put power down in the smallest cogs. " * 3 + "</p></div>"


@pytest.mark.parametrize(
    "writers",
    [("Maelle44", "papibecane", "Lulu_du_Bocage", "Maelle44"), ("k7fox", "DoubletDan", "k7fox", "DoubletDan"), ("lulu", "Jane", "Jane")],
)
def test_a_threads_author_opened_it(writers):
    thread = "".join(POST.format(writer) for writer in writers)
    assert [author.name for author in choose(page(below=thread).replace(BODY, "")).authors] == [writers[0]]


COMMENT = (
    "<div class=remark-comment><span class=remark-author>{}</span><p>My grandfather kept that gauge for eleven years, thank you.</p></div>"
)


@pytest.mark.parametrize("names", [("Sheila Brandt", "Jorge", "Sheila Brandt"), ("Sheila Brandt",)])
def test_who_comments_is_not_the_author(names):
    comments = "<section id=comments>" + "".join(COMMENT.format(name) for name in names) + "</section>"
    html = page(above="<p class=meta>Hester Lowe, 11 February 2022</p>", below=comments)
    assert [author.name for author in choose(html).authors] == ["Hester Lowe"]


def test_the_first_line_of_a_page_without_a_heading_may_name_the_author() -> None:
    first = "<td>Posted by Jane Doe on Monday 14 May 2018 @09:15AM<br>from the across-the-water dept.</td>"
    html = f"<title>Planet | A bridge</title><table><tr>{first}</tr><tr><td>{BODY}</td></tr></table><div>by hugo on 2 June 2018</div>"
    assert [author.name for author in choose(html).authors] == ["Jane Doe"]


def test_an_address_below_the_text_names_the_author() -> None:
    html = page(below="<hr><address><i>Jane Doe</i><br><i>2018-05-14</i></address>")
    assert [author.name for author in choose(html).authors] == ["Jane Doe"]
