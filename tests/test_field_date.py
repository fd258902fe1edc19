"""The dates of a page: which one wins, which never do, and what is said of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.blocks import Block, Segmentation
from scraper.classify import Label
from scraper.document import parse_document
from scraper.fields.date import choose_date, declared_date, or_in_scripts
from scraper.fields.date_choice import DateChoice
from scraper.fields.date_updates import or_updated
from scraper.metadata import Metadata, read_metadata
from scraper.page import Page
from scraper.text import segment_text
from scraper.walk import segment

PROSE = "<p>The council met in the town hall on the first of the month and agreed, after a long debate, to plant trees along the river.</p>"
TITLE = "Council plants trees along the river"


def choose(head: str = "", above: str = "", below: str = "", *, body: str = PROSE * 3, after: str = "", **options: str) -> DateChoice:
    html = f"<html><head><title>{TITLE} | The Post</title>{head}</head><body>{above}<h1>{TITLE}</h1>{below}{body}{after}</body></html>"
    document = parse_document(Page(body=html.encode()))
    assert document.tree is not None
    page = segment(document.tree)
    labels = [Label("body" if len(block.text) > 100 else "chrome", "", "", 0) for block in page.blocks]
    metadata = read_metadata(page, url=options.get("url"))
    return choose_date(page, labels, metadata, **options)  # type: ignore[arg-type]


def ld(**properties: str) -> str:
    inner = "".join(f', "{key}": "{value}"' for key, value in properties.items())
    graph = f'{{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "{TITLE}"{inner}}}'
    return f'<script type="application/ld+json">{graph}</script>'


def test_declared_date_with_its_offset_and_detail() -> None:
    found = choose(ld(datePublished="2024-07-03T10:20:00+03:00", dateModified="2024-07-04T08:00:00+03:00"))
    assert (found.published, found.modified) == ("2024-07-03T10:20:00+03:00", "2024-07-04T08:00:00+03:00")
    assert found.detail is not None
    assert (found.detail.source, found.detail.precision, found.detail.zone) == ("json-ld:datePublished", "second", "explicit")
    assert found.modified_source == "json-ld:dateModified"
    assert [candidate.value for candidate in found.candidates if candidate.chosen] == [found.published]


def test_nothing_gives_nothing() -> None:
    assert choose()[:4] == (None, None, None, None)


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("<p>July 3, 2024</p>", "2024-07-03"),
        ("<div class=meta>By Jane Roe | July 3, 2024 | 5 min read</div>", "2024-07-03"),
        ('<time datetime="2024-07-03T10:20:00-04:00">Yesterday</time>', "2024-07-03T10:20:00-04:00"),
        ("<span class=date>3 July 2024, 10:20 BST</span>", "2024-07-03T10:20+01:00"),
        ("<p>Published: 3 July 2024 | Updated: 5 July 2024</p>", "2024-07-03"),
        ("<p>Updated: 5 July 2024 | Published: 3 July 2024</p>", "2024-07-03"),
        ("<p>発行 2024年7月3日(水)</p>", "2024-07-03"),
        ('<span property="schema:datePublished" content="2024-07-03">3 July</span>', "2024-07-03"),
        ('<span property="dc:date dc:created" content="2024-07-03T10:20:00+02:00">Wednesday</span>', "2024-07-03T10:20:00+02:00"),
        ("<p><span>김민수 기자</span><span>입력 2024.07.03 10:20</span></p>", "2024-07-03T10:20"),
        ("<p>วันพุธ 3 ก.ค. 67 10:20 น.</p>", "2024-07-03T10:20"),
        (
            "<p>J Rivers. 2024 Jul 3;12(4):201-215. doi: 10.1234/jr.2024.0123. Print version, with tables and figures of the trees.</p>",
            "2024-07-03",
        ),
        ("<p><time>July 5, 2024</time><time>July 3, 2024</time> by Ann Roe</p>", "2024-07-03"),
        ("<p>Автор: Мария Петкова<br>4 март 2025 г., 14:05 ч.<br>Последна промяна: 5 март 2025 г., 18:12 ч.</p>", "2025-03-04T14:05"),
        ("<p>Автор: Мария Петкова 4 март 2025 г., 14:05 ч. Последна промяна: 5 март 2025 г., 18:12 ч.</p>", "2025-03-04T14:05"),
        (
            "<p>Texto de Inês Carvalho Fotografia de Rui Melo 4 de Março de 2025, 14:05 Última actualização: 5 de Março de 2025, 19:00</p>",
            "2025-03-04T14:05",
        ),
    ],
)
def test_printed_beside_the_headline(line: str, iso: str) -> None:
    assert choose(below=line).published == iso


def test_a_moment_takes_its_zone_from_where_it_is_stated_with_one() -> None:
    head = '<meta name="date" content="2024-07-03T10:20:00+02:00">'
    assert choose(head, below='<time datetime="2024-07-03T10:20:00">3 July</time>').published == "2024-07-03T10:20:00+02:00"
    assert choose(head, below='<time datetime="2024-07-03T10:21:00">3 July</time>').published == "2024-07-03T10:21:00"


def test_two_elements_of_one_line_have_roles_of_their_own() -> None:
    times = [f'<time datetime="2024-07-03T{hour}:00:00+02:00">3 July 2024 at {hour}:00</time>' for hour in (10, 15)]
    found = choose(below=f"<p>Published {times[0]} Updated {times[1]}</p>")
    assert (found.published, found.modified) == ("2024-07-03T10:00:00+02:00", "2024-07-03T15:00:00+02:00")
    element = '<relative-time datetime="2024-07-03T10:00:00Z">3 weeks ago</relative-time>'
    assert choose(below=f"<p>jane released this {element}</p>").published == "2024-07-03T10:00:00+00:00"
    assert choose(below=f"<p>Last active {element}</p>").published is None


def test_the_first_and_last_day_of_a_life_are_no_publication() -> None:
    assert choose(below="<p><span>June 5, 1940</span> – <span>July 3, 2024</span></p>").published is None
    assert choose(below="<p>(3 July 2024 - 5 July 2024)</p>").published is None
    assert choose(after="<div class=reviews><p>Posted by Jane D. on July 3, 2024</p></div>").published is None
    assert choose(below="<p>Jane Doe - July 3, 2024</p>").published == "2024-07-03"


def test_the_time_at_which_a_page_was_made_is_no_publication_where_nothing_else_gives_a_day() -> None:
    made = '<meta name="created" content="2026-11-28 06:00:01">'
    assert choose(made).published is None
    assert choose(made, below="<p>July 3, 2024</p>").published == "2024-07-03"
    told = choose('<meta name="created" content="2024-07-03"><meta name="last-modified" content="2024-07-05">')
    assert told.published == "2024-07-03"


def test_years_of_the_republic_in_numbers() -> None:
    assert choose(below="<p>發布日期：113-07-03</p>", language="zh-TW").published == "2024-07-03"
    assert choose(below="<p>113-07-03</p>", language="en").published is None


def test_the_day_of_an_event_is_named() -> None:
    assert choose(below="<p>Event date: 10 August 2024</p><p>Posted on: 3 July 2024</p>").published == "2024-07-03"


def test_a_modification_is_never_the_publication() -> None:
    found = choose(below="<p>Last updated: 5 July 2024</p>")
    assert (found.published, found.modified) == (None, "2024-07-05")
    assert choose(below="<p>Heard on the radio in the morning on 26.08.2024 at 06:00 h.</p>").published is None
    found = choose(ld(datePublished="2020-01-02", dateModified="2024-07-05"), below="<p>Updated July 5, 2024</p>")
    assert (found.published, found.modified) == ("2020-01-02", "2024-07-05")


@pytest.mark.parametrize(
    ("after", "published", "modified"),
    [
        ("<p>Last updated <time datetime=2024-07-05>3 months ago</time></p>", None, "2024-07-05"),
        ("<aside><p>Last updated <time datetime=2024-07-05>3 months ago</time></p></aside>", None, "2024-07-05"),
        ("<aside class=related><p>Last updated <time datetime=2024-07-05>3 months ago</time></p></aside>", None, None),
        ("<p>Last updated <time datetime=2024-07-05>a year ago</time></p><p>Updated <time datetime=2024-07-06>now</time></p>", None, None),
        ("<p>Updated: <b class=date>July 5, 2024</b><br>Created: <b class=date>May 1, 2023</b></p>", "2023-05-01", "2024-07-05"),
    ],
)
def test_an_element_far_below_says_what_its_day_is_by_the_words_before_it(after: str, published: str | None, modified: str | None) -> None:
    found = choose(body=PROSE * 30, after=after)
    assert (found.published, found.modified) == (published, modified)


def test_the_day_of_an_update_stands_where_a_page_has_no_other_and_says_so() -> None:
    found = or_updated(choose(below="<p>Last updated: 5 July 2024</p>"))
    assert (found.published, found.modified) == ("2024-07-05", "2024-07-05")
    assert found.detail is not None
    assert (found.detail.inferred, found.detail.source) == (["updated"], "text:block 1 (updated)")
    assert [candidate.value for candidate in found.candidates if candidate.chosen] == ["2024-07-05"]
    found = or_updated(choose(after="<p>Page last updated</p><p>5 July 2024</p>"))
    assert (found.published, found.modified) == ("2024-07-05", "2024-07-05")


@pytest.mark.parametrize(
    ("parts", "published"),
    [
        ({"head": "<meta property='article:modified_time' content='2024-07-05'>"}, None),
        ({"below": "<meta itemprop=dateModified content='2024-07-05'>"}, None),
        ({"head": "<meta name=dc.date content=2020-01-02>", "below": "<p>Updated 5 July 2024</p>"}, "2020-01-02"),
        ({"below": "<p>Updated 5 July 2024</p>", "url": "https://example.com/2020/01/trees"}, "2020-01"),
        ({"after": "<p>Updated 5 July 2024</p><p>Updated 3 May 2023</p>"}, None),
        ({"after": "<div class=related><p>Updated 5 July 2024</p></div>"}, None),
        ({"body": PROSE * 2 + PROSE.replace("agreed", "agreed to the plan last updated on 5 July 2024")}, None),
    ],
)
def test_an_update_does_not_stand_beside_a_publication_or_where_it_is_not_printed_of_the_page(
    parts: dict[str, str], published: str | None
) -> None:
    assert or_updated(choose(**parts)).published == published


def test_a_date_that_does_not_say_updated_is_the_articles_for_its_readers() -> None:
    declared = ld(datePublished="2020-01-02", dateModified="2024-07-05")
    assert choose(declared, below="<p>July 5, 2024</p>").published == "2024-07-05"
    assert choose(declared, below="<p>Last updated</p><p>July 5, 2024</p>").published == "2020-01-02"
    assert choose(declared, below="<p>January 2, 2020</p><p>July 5, 2024</p>").published == "2020-01-02"
    assert choose(declared, below="<p>July 5, 2024</p>", url="https://example.com/2020/01/trees").published == "2020-01-02"
    assert choose(below="<p>Stand: 05.07.2024</p>", language="de").published == "2024-07-05"


@pytest.mark.parametrize(
    ("below", "after", "iso"),
    [
        ("<h3>Published</h3><p>July 3, 2024</p>", "", "2024-07-03"),
        ("<p>Updated</p><p>July 3, 2024</p>", "", None),
        (
            "",
            "<aside><h4>Published</h4><time>July 3, 2024</time><h4>Reviewed</h4><time>August 3, 2024</time></aside>",
            "2024-07-03",
        ),
        (
            "",
            "<p>This entry was posted in News and tagged river, trees on July 3, 2024 by Ann Roe. Bookmark it, and come again soon.</p>",
            "2024-07-03",
        ),
        ("<p>Press release of July 3, 2024 | RIVERTON – " + PROSE[3:], "", "2024-07-03"),
        ("<p>On July 3, 2024 the council met in the hall – and agreed after a long debate that the trees are to be planted.</p>", "", None),
    ],
)
def test_labels_and_sentences_about_the_page(below: str, after: str, iso: str | None) -> None:
    assert choose(below=below, after=after).published == iso


def test_a_quoted_post_is_not_the_article() -> None:
    post = "<blockquote><p>Trees!</p><p>— Ann Roe (@annroe) July 1, 2024</p></blockquote>"
    assert choose(ld(datePublished="2024-07-03"), below=post).published == "2024-07-03"
    assert choose(below=post).published is None


def test_the_day_in_the_address_is_local_where_the_instant_is_in_utc() -> None:
    declared = ld(datePublished="2024-07-04T02:20:00Z")
    found = choose(declared, url="https://example.com/2024/07/03/trees")
    assert found.published == "2024-07-03" and found.detail is not None and found.detail.source == "url"
    assert choose(declared, url="https://example.com/2024/06/30/trees").published == "2024-07-04T02:20:00+00:00"
    local = ld(datePublished="2024-07-04T02:20:00-04:00")
    assert choose(local, url="https://example.com/2024/07/03/trees").published == "2024-07-04T02:20:00-04:00"


def test_a_list_of_articles_is_not_the_article() -> None:
    cards = "".join(f"<p><span itemprop=datePublished content='2024-08-0{day}'>August {day}</span></p>" for day in (1, 2, 3))
    assert choose("<meta name=date content='July 3, 2024'>", after=f"<div>{cards}</div>").published == "2024-07-03"


def test_the_articles_own_entry_in_a_list_of_the_site() -> None:
    listed = f"<div class=sidebar><h4>Another story of the town</h4><p>July 9, 2024</p><h4>{TITLE}</h4><p>July 3, 2024</p></div>"
    assert choose(after=listed).published == "2024-07-03"
    assert choose(below="<p>July 1, 2024</p>", after=listed).published == "2024-07-01"
    assert choose(after=listed.replace(TITLE, "Yet another story of the town")).published is None


@pytest.mark.parametrize("title", ["Jul 3, 2024 9:22 AM", "Wednesday, July 3rd, 2024 9:22 AM", "2024-07-03T09:22"])
def test_the_day_behind_one_that_is_printed_as_time_gone_by(title: str) -> None:
    assert choose(below=f"<p>Jane Doe <span class=relative-date title='{title}'>4 months ago</span></p>").published == "2024-07-03T09:22"


def test_a_month_in_an_element_of_its_own() -> None:
    assert choose(below="<p class=date>July 2024</p>").published == "2024-07"
    assert choose(below="<p>July 2024</p>").published is None


def test_the_day_on_which_a_job_was_posted() -> None:
    job = f'{{"@context": "https://schema.org", "@type": "JobPosting", "title": "{TITLE}", "datePosted": "2024-02-01"}}'
    assert choose(f'<script type="application/ld+json">{job}</script>').published == "2024-02-01"


def test_what_a_list_or_a_shop_declares_is_heard_alone() -> None:
    document = parse_document(Page(body=ld(datePublished="2024-07-03", dateModified="2024-07-05").encode()))
    assert document.tree is not None
    found = declared_date(read_metadata(segment(document.tree), url=None), None, "en")
    assert (found.published, found.modified) == ("2024-07-03", "2024-07-05")
    assert declared_date(Metadata(), "https://example.org/2024/07/03/wares/", "en").published == "2024-07-03"
    assert declared_date(Metadata(), "https://example.org/2024/07/", "en").published is None


def test_data_for_scripts_comes_last() -> None:
    none = choose()
    found = or_in_scripts(none, '<script>x = {"title": "T", "publishedAt": "2024-07-03T10:20:00Z"}</script>')
    assert found.published == "2024-07-03T10:20:00+00:00"
    assert found.detail is not None and found.detail.source == "script:publishedAt"
    assert [candidate.chosen for candidate in found.candidates] == [True]
    assert or_in_scripts(none, "<div data-page='{&quot;published_at&quot;:1720002000}'>").published == "2024-07-03T10:20:00+00:00"
    assert or_in_scripts(none, '{"publishedAt":"2024-07-03"},{"publishedAt":"2024-07-04"}').published is None, "several articles"
    assert or_in_scripts(none, '<script>var publish_time = "2024-07-03" || "";</script>').published == "2024-07-03"
    assert or_in_scripts(none, '{"unpublishedAt":"2024-07-03","updatedAt":"2024-07-03"}').published is None
    printed = choose(below="<p>July 1, 2024</p>")
    assert or_in_scripts(printed, '{"publishedAt":"2024-07-03"}') is printed


def test_a_modification_before_the_publication_is_none() -> None:
    assert choose(ld(datePublished="2024-07-03", dateModified="2023-01-01")).modified is None


def test_the_printed_day_stands_where_the_declared_instant_is_in_utc() -> None:
    declared = ld(datePublished="2024-07-04T02:20:00Z")
    assert choose(declared, below="<p>July 3, 2024</p>").published == "2024-07-03"
    assert choose(declared, below="<p>July 3, 2024 at 10:20 p.m. EDT</p>").published == "2024-07-03T22:20-04:00"
    assert choose(declared, below='<time datetime="2024-07-03T22:20:00-04:00">July 3</time>').published == "2024-07-03T22:20:00-04:00"
    assert choose(declared, below="<p>July 3, 2024, 9:12 pm</p>").published == "2024-07-04T02:20:00+00:00", "another moment"
    local = ld(datePublished="2024-07-04T02:20:00+02:00")
    assert choose(local, below="<p>July 3, 2024</p>").published == "2024-07-04T02:20:00+02:00"


def test_a_date_line_overrules_a_declared_day_far_from_it() -> None:
    declared = ld(datePublished="2024-11-20")
    assert choose(declared, below="<p>May 14, 2024</p>").published == "2024-05-14"
    assert choose(declared, below="<p>05/04/2024</p>", language="en-US").published == "2024-11-20", "its order is inferred"
    assert choose(declared, below="<p>The fair of May 14, 2024 was the largest that the town had ever seen.</p>").published == "2024-11-20"
    both = declared + "<meta property='article:published_time' content='2024-05-14'>"
    changed = both + "<meta property='article:modified_time' content='2024-05-14'>"
    assert choose(changed, below="<p>May 14, 2024</p>").published == "2024-05-14", "one of the declared days is printed"
    assert choose(declared, below="<p>May 14, 2024</p><p>November 20, 2024</p>").published == "2024-11-20", (
        "the declared day is printed too"
    )


@pytest.mark.parametrize(
    "around",
    [
        {"after": "<footer>© 2019-2024 The Post</footer>"},
        {"after": "<p>Copyright 2024</p>"},
        {"after": "<div class=related-card><time datetime='2023-01-02'>2 January 2023</time></div>"},
        {"after": "<div class=comment><span class=comment-date>4 July 2024 at 10:00</span></div>" * 2},
        {"below": "<p>The concert takes place on 12 August 2024 in the old harbour of the town.</p>"},
        {"below": "<p>Registration ends: 12 August 2024. Register by 10 August 2024</p>"},
        {"below": "<p>Member since 3 July 2014</p>"},
        {"below": "<p>Join date: 3 July 2014</p>"},
        {"below": "<dl><dt>Registriert:</dt> <dd>3. Juli 2014</dd></dl>", "language": "de"},
        {"above": "<p>Version 1.2.3</p>"},
        {"below": "<p>Call 0800 123 4567 or 202-555-0123</p>"},
        {"head": "<meta name='build-date' content='2024-07-03'>"},
        {"head": "<meta property='article:modified_time' content='2024-07-03'>"},
        {"head": "<meta name=date content='2099-12-31'>"},
        {"head": "<meta name=date content='yesterday'>"},
    ],
)
def test_no_date_of_something_else(around: dict[str, str]) -> None:
    assert choose(**around).published is None  # type: ignore[arg-type]


def test_what_the_page_of_an_event_prints_is_the_events_day() -> None:
    event = '<script type="application/ld+json">{"@type": "MusicEvent", "name": "Trees in May", "startDate": "2024-07-03"}</script>'
    line = "<time datetime=2024-07-03>July 3, 2024 @ 9:00 am</time>"
    assert choose(event, below=line).published is None
    assert choose(event + '<meta property="article:published_time" content="2024-05-01">', below=line).published == "2024-05-01"
    assert choose(event + ld(author="Jane Roe"), below=line).published == "2024-07-03"
    web_page = '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2024-05-01"}</script>'
    assert choose(event + web_page.replace(', "datePublished": "2024-05-01"', ""), below=line).published == "2024-07-03"
    own = event.replace("MusicEvent", "Event").replace("Trees in May", TITLE)
    assert choose(own, below=line).published is None
    assert choose(own + web_page, below=line).published == "2024-05-01"


def test_a_headline_that_is_no_heading_is_where_its_date_is_looked_for() -> None:
    link = f"<p><a href=/t>{TITLE}</a></p><p>3 July 2024</p>"
    html = f"<title>x</title>{link}{'<p>Menu</p>' * 9}<h1>Rules</h1><p><time datetime=2006-10-18>for 19 years</time></p>{PROSE}"
    document = parse_document(Page(body=html.encode()))
    assert document.tree is not None
    page = segment(document.tree)
    labels = [Label("body" if len(block.text) > 100 else "chrome", "", "", 0) for block in page.blocks]
    assert choose_date(page, labels, Metadata(), headline=TITLE).published == "2024-07-03"


def test_the_look_of_a_line_that_says_published_does_not_make_it_anothers() -> None:
    assert choose(after="<p class=c-teaser__meta>Published on <time datetime=2024-07-03>3 July 2024</time></p>").published == "2024-07-03"
    assert choose(after="<div class=c-teaser><a>Other news of the day</a><p>Published on 3 July 2024</p></div>").published is None


def test_weak_metadata_yields_to_what_is_printed() -> None:
    weak = "<meta name='dcterms.created' content='2019-01-01'>"
    assert choose(weak, below="<p>July 3, 2024</p>").published == "2024-07-03"
    assert choose(weak).published == "2019-01-01"


def test_the_url_comes_late_and_says_so() -> None:
    found = choose(url="https://example.com/2024/07/03/trees")
    assert found.published == "2024-07-03" and found.detail is not None and found.detail.source == "url"
    found = choose(url="https://example.com/2024/07/trees")
    assert found.published == "2024-07" and found.detail is not None and found.detail.precision == "month"
    assert choose(below="<p>July 2, 2024</p>", url="https://example.com/2024/07/03/trees").published == "2024-07-02"


def test_a_line_without_a_year() -> None:
    found = choose(above="<p>Thursday, July 31</p>", body=PROSE * 2 + PROSE.replace("month", "war that began in early 2022"))
    assert found.published == "2025-07-31"
    assert found.detail is not None and (found.detail.raw, found.detail.inferred) == ("Thursday, July 31", ["year"])
    found = choose(above="<p>Thursday, July 31</p>")
    assert found.published is None and found.detail is not None and found.detail.raw == "Thursday, July 31"
    found = choose(below="<p>July 31</p>", url="https://example.com/2025/07/trees.html")
    assert found.published == "2025-07-31" and found.detail is not None and found.detail.inferred == ["year"]


def test_order_comes_from_the_pages_other_dates() -> None:
    found = choose(below="<p>Published 03/07/2024</p><p>Updated 25/07/2024</p>")
    assert (found.published, found.modified) == ("2024-07-03", "2024-07-25")
    assert found.detail is not None and found.detail.inferred == ["order"]
    assert choose(below="<p>Published 03/07/2024</p>").published is None
    posts = [f"<div><b class=date>{day}</b>{PROSE}</div>" for day in ("03-07-2024", "03-25-2024")]
    assert choose(body="".join(posts)).published == "2024-03-07"
    assert choose(below="<p>Published 03/07/2024</p>", language="en-US").published == "2024-03-07"


def test_a_row_of_a_table_dates_what_else_it_holds() -> None:
    assert choose(after="<table><tr><td>July 5, 2024</td></tr></table>").published == "2024-07-05"
    assert choose(after="<table><tr><td>July 5, 2024</td><td>Listed for sale</td></tr></table>").published is None
    assert choose(after="<table><tr><th>First sold</th><td>July 5, 2024</td></tr></table>").published is None


def test_text_page() -> None:
    call = "In a recent call the two presidents spoke of trade, of the harbours, of grain and of the war that began in 2022."
    page = segment_text(f"\n\nThursday, July 31\n\n{call}\n\nShare.\n")
    labels = [Label("date", "", "", 0), Label("body", "", "", 0), Label("chrome", "", "", 0)]
    found = choose_date(page, labels, Metadata())
    assert found.published == "2025-07-31"
    assert found.detail is not None and (found.detail.raw, found.detail.source) == ("Thursday, July 31", "text:line 3")


BODY = "The board met for two hours and voted on the budget of the club, on its rooms, and on the trip in the summer. " * 2


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (["Minutes of the board of 10 October 2019", "26/12/2019 by the web team"], "2019-12-26"),
        (["Minutes of the board of 10 October 2019", "The web team"], "2019-10-10"),
        (["A meeting", "May 21, 2025April 24, 2025 by The Board"], "2025-04-24"),
        (["A meeting", f"On May 21, 2025May 22, 2025 By The BoardIn {'Budget, Rooms, ' * 12}Summer"], "2025-05-21"),
        (["A meeting", f"On May 21, 2025 they met By The BoardIn {'Budget, Rooms, ' * 12}Summer"], None),
    ],
)
def test_lines_of_a_text_page(lines: list[str], published: str | None) -> None:
    page = segment_text("\n".join([*lines, BODY]))
    labels = [Label(kind, "", "", 0) for kind in ("headline", "chrome", "body")]
    assert choose_date(page, labels, Metadata()).published == published


def test_every_candidate_has_a_reason() -> None:
    found = choose(ld(datePublished="2024-07-03T10:00:00Z"), below="<p>July 3, 2024</p><p>Event date: 9 August 2024</p>")
    assert len(found.candidates) >= 3 and all(candidate.reason for candidate in found.candidates)
    assert sum(candidate.chosen for candidate in found.candidates) == 1


values = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["2024-07-03", "0000-00-00", "2024-07-03T10:20:00+99:99", "July 31", "03/07/2024", "2024年", "1e309"]),
)


@settings(max_examples=150)
@given(st.lists(values, max_size=6), values, st.sampled_from([None, "en", "de-AT", "x"]))
def test_never_raises(texts: list[str], value: str, language: str | None) -> None:
    blocks = [Block(index=i, text=text, tag="p" if i else "h1") for i, text in enumerate(texts)]
    page = Segmentation(blocks=blocks, metas=[("article:published_time", value), ("some-date", value)])
    labels = [Label("body" if i % 2 else "chrome", "", "", 0) for i in range(len(blocks))]
    found = choose_date(page, labels, read_metadata(page), url=value, language=language, headline=value)
    assert found.published is None or found.detail is not None


def test_the_first_of_two_days_of_publication_below_the_text() -> None:
    postamble = "<div><p class=date>Date: 2022-11-03</p><p>Author: Jane Roe</p><p class=date>Created: 2026-11-28 Sat 05:50</p></div>"
    assert choose(after=postamble).published == "2022-11-03"
