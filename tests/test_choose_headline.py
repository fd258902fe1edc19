"""The headline's choice among a page's candidates: own small pages."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.classify import Label
from scraper.fields.headline import choose_headline
from scraper.metadata import read_metadata
from scraper.text import segment_text
from scraper.walk import segment

BODY = "<p>" + "The council met on Monday and voted for the bridge after a debate of six hours. " * 4 + "</p>"
URL = "https://www.dailyplanet.example/news/council-approves-new-harbour-bridge"
H = "Council approves new harbour bridge"


def choose(html, url=URL, **options):
    page = segment(LexborHTMLParser(html))
    return choose_headline(page, (), read_metadata(page, url=url), url, **options)


@pytest.mark.parametrize(
    "head, body",
    [
        (f"<title>{H} - Daily Planet</title>", f"<h1>{H}</h1>"),
        (f"<title>{H} | Politics | Daily Planet</title><meta property='og:site_name' content='Daily Planet'>", f"<h1>{H}</h1>"),
        (f"<title>{H} – Daily Planet</title><meta property='og:title' content='{H}'>", "<h1>Daily Planet</h1>"),
        (f"<title>Daily Planet: {H}</title><meta property='og:title' content='{H}'>", f"<h1>{H}</h1>"),
        (f"<meta property='og:title' content='{H} - Daily Planet'><meta property='og:site_name' content='Daily Planet'>", ""),
        (f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{H}"}}</script><title>{H} - Daily Planet</title>', ""),
        (f"<title>{H} — Daily Planet</title>", f"<h1>Daily Planet</h1><h2>{H}</h2>"),
        (f"<title>{H}</title>", f"<h1><a href='/'>Daily Planet</a></h1><article><h1>{H}</h1>"),
        ("<title>Bridge vote: what it means for you | Daily Planet</title>", f"<h1>{H}</h1>"),
        ("<title>Bridge vote - Daily Planet</title>", f"<h1>{H}<button>Copy link</button></h1>"),
        (f"<title>{H} : bridges</title><meta property='og:title' content='{H} • b/bridges'>", "<h1>bridges</h1>"),
        ("<title>bridge [Daily Planet]</title>", f"<h1><a href='/'>Daily Planet</a></h1><h1>{H}</h1>"),
        (f"<title>{H} · Issue #412 · planet/daily</title>", f"<h1>{H} <span>#412</span></h1>"),
        (f"<title>[PLANET-412] {H} - Daily Planet</title>", f"<h1>Daily Planet</h1><h1>{H}</h1>"),
        (f"<title>412 – {H}</title>", f"<p>{H}</p>"),
        (f"<title>Daily Post: {H}</title>", f"<table><tr><td><font size=5><b>{H}</b></font><br>By Jane Doe</td></tr></table>"),
        (f"<title>Planet Online | {H}</title>", f"<table><tr><td>14 May 2018<br><b>{H}</b><br>By Jane Doe</td></tr></table>"),
        (f"<title>Jane's Weblog: {H}</title>", f"<h2>Jane's Weblog</h2><div>14 May 2018</div><div><b>{H}</b></div>"),
        (f"<title>{H} | Daily Planet</title><meta property='og:title' content='『{H}』'>", f"<h2>{H}</h2>"),
    ],
)
def test_the_pages_own_headline_wins(head, body):
    assert choose(f"<html><head>{head}</head><body>{body}{BODY}</body></html>").value == H


@pytest.mark.parametrize(
    "own",
    [
        "Spider-Man: No Way Home – a review",
        "Bridge opens [Video]",
        "Notes #12",
        "100 – the year that we walked",
        "Rates rise - again",
        "“It is over” – mayor quits",
    ],
)
def test_a_headlines_own_dash_and_colon_stay(own):
    head = f"<title>{own} | Daily Planet</title><meta property='og:title' content='{own}'>"
    assert choose(f"<html><head>{head}</head><body><h1>{own}</h1>{BODY}</body></html>").value == own


@pytest.mark.parametrize(
    "head, body",
    [
        (f"<meta property='og:title' content='{H}'>", f"<h1><small>City hall</small><br>{H}</h1>"),
        (f"<meta property='og:title' content='{H}'>", f"<h1><div>City hall</div><div>{H}</div></h1>"),
        (
            f"<meta property='og:title' content='News - {H}'><script type='application/ld+json'>"
            f'{{"@type":"DiscussionForumPosting","headline":"{H}"}}</script>',
            f"<h1><span>News</span> {H}</h1>",
        ),
    ],
)
def test_a_kicker_goes_where_metadata_has_the_rest_alone(head, body):
    assert choose(f"<html><head>{head}</head><body>{body}{BODY}</body></html>").value == H


@pytest.mark.parametrize(
    "own", ["Rates: the year in review", "Staple Tee 5001", "The <table> element", "How ngx_http_rewrite_module works"]
)
def test_a_printed_headline_stays_whole(own):
    text = own.replace("<", "&lt;")
    head = f"<title>{text} | Daily Planet</title><meta property='og:title' content='{text}'>"
    assert choose(f"<html><head>{head}</head><body><h1>{text}</h1>{BODY}</body></html>").value == own


def test_a_site_that_calls_itself_by_the_headline_has_one():
    head = f"<title>{H}</title><meta property='og:title' content='{H}'><meta property='og:site_name' content='{H}'>"
    assert choose(f"<html><head>{head}</head><body><h1>{H}</h1>{BODY}</body></html>").value == H


def test_an_application_named_after_the_page_is_not_the_site():
    names = f"<meta name='application-name' content='{H}'><meta property='og:site_name' content='Daily Planet'>"
    head = f"<title>{H} | Daily Planet</title>{names}"
    assert choose(f"<html><head>{head}</head><body><h1>{H}</h1><h2 class='headline'>Latest</h2>{BODY}</body></html>").value == H


@pytest.mark.parametrize("own", ["老茶馆里的下午", "祖母の時計が止まった日", "골목 끝 작은 서점"])
def test_headlines_in_few_characters_are_no_shorter_than_others(own):
    """A character of Chinese, Japanese or Korean says as much as some letters."""
    assert choose(f"<html><head><title>{own} | Salt and Signal</title></head><body>{BODY}</body></html>").value == own
    agreed = f"<head><title>{own} | Salt and Signal</title><meta property='og:title' content='{own}'></head>"
    assert choose(f"<html>{agreed}<body><h1>{own}</h1>{BODY}</body></html>", every=True).candidates[0].reason.startswith("the h1 and")


def test_a_page_of_a_section_is_named_after_it():
    head = '<title>Harbour bridges | Daily Planet</title><script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":['
    head += '{"position":1,"name":"Home"},{"position":2,"name":"Harbour bridges"}]}</script>'
    assert choose(f"<html><head>{head}</head><body>{BODY}</body></html>").value == "Harbour bridges"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<title>Home</title>",
        "<title>Daily Planet</title><meta property='og:site_name' content='Daily Planet'><h1>Daily Planet</h1>",
        "<h1></h1><title> </title>",
        "<title>404 Not Found</title>",
    ],
)
def test_no_headline(html):
    chosen = choose(html)
    assert chosen.value is None and chosen.source is None


def test_candidates_say_why():
    html = f"<title>Bridge vote - Daily Planet</title><meta property='og:title' content='{H}'><h1>{H}</h1><h2>Reactions</h2>{BODY}"
    short, full = choose(html), choose(html, every=True)
    assert short.value == full.value == H and short.source == full.source == "h1"
    assert [candidate.value for candidate in full.candidates if candidate.chosen] == [H]
    assert len(full.candidates) > len(short.candidates) == 1
    assert all(candidate.reason for candidate in full.candidates)


def test_text_page_takes_the_labelled_line():
    page = segment_text(f"Home » world » {H}\n\n{H}\n\nby Jane Doe\n\n" + "The council met on Monday and voted. " * 8)
    labels = [Label("headline" if block.text == H else "chrome", "", "", 0) for block in page.blocks]
    chosen = choose_headline(page, labels, read_metadata(page), None)
    assert (chosen.value, chosen.source) == (H, "text:line 3")
    assert choose_headline(page, [Label("chrome", "", "", 0)] * len(page.blocks), read_metadata(page), None).value is None


def test_the_quotation_mark_after_a_kicker_stays():
    own = "“The bridge is only the beginning”"
    head = f"<meta property='og:title' content='[Talk] - {own}'><script type='application/ld+json'>"
    head += f'{{"@type":"NewsArticle","headline":"{own}"}}</script>'
    assert choose(f"<html><head>{head}</head><body><h1>[Talk] {own}</h1>{BODY}</body></html>").value == own


def test_a_long_heading_is_no_headline():
    text = "News " * 200_000 + H
    head = f"<meta property='og:title' content='{H}'><title>{H}</title>"
    assert choose(f"<html><head>{head}</head><body><h1>{text}</h1>{BODY}</body></html>").value == H


@pytest.mark.parametrize("line", ["Willkommen!", "Harbour", "Why the harbour bridge stays closed"])
def test_the_line_labelled_headline_of_a_text_page_is_one_whatever_it_says(line: str) -> None:
    page = segment_text(f"Home » Harbour » Bridges\n\n{line}\n\n" + "The council met on Monday and voted. " * 8)
    labels = [Label(kind, "", "", 0) for kind in ("chrome", "headline", "body")]
    assert choose_headline(page, labels, read_metadata(page), None).value == line
