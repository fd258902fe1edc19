"""What stands in or beside the article and is told as a whole."""

from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import Segmentation
from scraper.classify import Label, classify
from scraper.classify.boxes import drop_calls, drop_layers, drop_others
from scraper.classify.furniture import (
    drop_around,
    drop_cards,
    drop_colophon,
    drop_dated_links,
    drop_last_heading,
    drop_link_rows,
    drop_rails,
    drop_side_cells,
    drop_subjects,
)
from scraper.classify.posts import drop_accounts
from scraper.walk import segment

PROSE = "The wheel at the weir has not turned for forty years. " * 10
LINKS = "<ul><li><a href=/a>The bridge is closed</a></li><li><a href=/b>A roof for the mill</a></li></ul>"


def left(html: str, *rules: Callable[[Segmentation, list[Label]], None]) -> list[str]:
    """Return the texts that are body after all, where the model kept every block."""
    page = segment(LexborHTMLParser(html))
    labels = [Label("body", "", "model/body", 900) for _ in page.blocks]
    for rule in rules or (drop_calls, drop_cards, drop_colophon, drop_rails, drop_side_cells, drop_subjects, drop_colophon):
        rule(page, labels)
    return [block.text[:20].strip() for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]


@pytest.mark.parametrize("heading", ["Most Popular", "People are also reading…", "Lesen Sie auch", "Read next"])
def test_links_to_other_stories_go(heading: str) -> None:
    for box in (f"<div><div>{heading}</div>{LINKS}</div>", f"<h3>{heading}</h3>{LINKS}"):
        assert left(f"<article><p>{PROSE}</p>{box}<p>It will.</p></article>") == ["The wheel at the wei", heading[:20], "It will."]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='size-modal'>{}</div>",
        "<div class='infoTooltip'><p>{}</p></div>",
        "<div id=rates role=dialog aria-modal=true>{}</div>",
        "<dialog>{}</dialog>",
        "<fieldset><div>{}</div></fieldset>",
        "<section data-nosnippet>{}</section>",
    ],
)
def test_what_opens_over_the_page_goes(box: str) -> None:
    note = "All sizes are in metres, as the mill was built before the foot was set."
    assert left(f"<article><p>{PROSE}</p>{box.format(note)}<p>It will.</p></article>", drop_layers) == ["The wheel at the wei", "It will."]
    assert len(left(f"<article><p>It will.</p>{box.format(note)}</article>", drop_layers)) == 2  # most of the page


def test_paragraphs_that_are_kept_from_snippets_stay() -> None:
    paid = "<p data-nosnippet>What the reader has paid for is no box.</p>"
    assert len(left(f"<article><p>{PROSE}</p>{paid}<p>It will.</p></article>", drop_layers)) == 3


@pytest.mark.parametrize("names", ["bimodal", "modality", "has-dialogue"])
def test_other_names_say_nothing(names: str) -> None:
    assert len(left(f"<article><p>{PROSE}</p><div class={names}>It has two maxima.</div></article>", drop_layers)) == 2


def test_other_pages_of_a_shop_go() -> None:
    page = f"<main><p>{PROSE}</p><div class='relatedProducts'><p>A wheel of oak</p></div><div class=relation><p>It will.</p></div></main>"
    assert left(page, drop_others) == ["The wheel at the wei", "It will."]


@pytest.mark.parametrize("heading", ["The bridges", "Table of contents"])
def test_other_lists_of_links_stay(heading: str) -> None:
    assert len(left(f"<article><p>{PROSE}</p><h3>{heading}</h3>{LINKS}</article>")) == 4


def test_a_page_of_links_keeps_them() -> None:
    assert len(left(f"<p>All that we wrote.</p><h3>Most Popular</h3>{LINKS}")) == 4


def test_teasers_at_the_end_go_and_text_below_such_a_line_stays() -> None:
    cards = "".join(
        f"<div><h3><a href=/{n}>The bridge of {n} is closed</a></h3><p>It was closed on Monday for the week.</p></div>" for n in range(3)
    )
    article = f"<article><p>{PROSE}</p></article>"
    assert left(f"{article}<section><h2>More from Harrow</h2>{cards}</section>") == ["The wheel at the wei", "More from Harrow"]
    introduced = f"{article}<section><h2>More on this topic</h2><p>An overview is in the book.</p>{LINKS}</section>"
    assert left(introduced) == ["The wheel at the wei", "More on this topic", "An overview is in th"]
    around = f"<div><p>More on this topic</p>{LINKS}<p>{PROSE}</p></div><p>{PROSE}</p>"
    assert left(around).count("The wheel at the wei") == 2


def test_what_a_newsletter_box_says_goes() -> None:
    box = "<div><h3>Subscribe now to read the latest news</h3><ul><li>Unlimited access.</li><li>The paper as it is printed.</li></ul></div>"
    assert left(f"{box}<p>{PROSE}</p>") == ["The wheel at the wei"]
    assert left(f"{box.replace('h3>', 'p>')}<p>{PROSE}</p>") == ["Subscribe now to rea", "The wheel at the wei"]
    named = "<section><h3>Newsletter</h3><p>Warm hearts</p><p>Every week, the best of what we wrote.</p></section>"
    assert left(f"<p>{PROSE}</p>{named}<p>It will.</p>") == ["The wheel at the wei", "It will."]
    assert len(left(f"<p>{PROSE}</p>{named.replace('h3>', 'p>')}<p>It will.</p>")) == 5


def test_a_list_below_a_box_is_none_of_it() -> None:
    items = "<ul><li>Two scoops of rye.</li><li>A day of rest.</li></ul>"
    box = "<div><h3>The mill's letter</h3><p>Subscribe now to read the latest news</p></div>"
    assert left(f"<div><p>{PROSE}</p>{box}{items}<p>{PROSE}</p></div>").count("Two scoops of rye.") == 1
    heading = "<div><h3>Subscribe now to read the latest news</h3></div>"
    assert left(f"<div><p>{PROSE}</p>{heading}{items}<p>{PROSE}</p></div>").count("Two scoops of rye.") == 0


def test_what_readers_say_in_a_box_goes() -> None:
    box = "<div><h2>Responses (3)</h2><pre>A lovely read.</pre><p>I knew that mill.</p></div>"
    assert left(f"<p>{PROSE}</p>{box}") == ["The wheel at the wei"]
    assert len(left(f"<p>{PROSE}</p>{box.replace('Responses (3)', 'The miller')}")) == 4


def test_a_card_of_another_story_within_the_text_goes() -> None:
    card = "<div><a href=/h><h4>The herring run</h4></a><p>The herring came early.</p><a href=/h>Read full story</a></div>"
    assert left(f"<p>{PROSE}</p>{card}<p>It will.</p>") == ["The wheel at the wei", "It will."]
    assert len(left(f"<p>{PROSE}</p>{card.replace('Read full story', 'The nets')}<p>It will.</p>")) == 5
    assert len(left(f"<p>{PROSE}</p>{card.replace('<a href=/h><h4>', '<h4>')}<p>It will.</p>")) == 5
    assert len(left(f"<p>{PROSE}</p>{card * 3}<p>It will.</p>")) == 11


def test_what_a_journal_says_of_its_article_goes() -> None:
    box = "<section><h2>Author information</h2><p>Department of Quays, Harrow</p><p>Correspondence to Jane Roe.</p></section>"
    assert left(f"<p>{PROSE}</p>{box}") == ["The wheel at the wei"]
    assert len(left(f"<p>{PROSE}</p>{box.replace('h2>', 'p>')}")) == 4
    assert len(left(f"<p>{PROSE}</p><section><h2>Author information</h2>{f'<p>{PROSE}</p>' * 3}</section>")) == 5


def test_boxes_that_call_on_the_reader_go() -> None:
    box = "<div class='postCta dark'><h4>Ready to mill?</h4><p>Begin with a free sack of rye.</p></div>"
    assert left(f"<p>{PROSE}</p>{box}<p>It will.</p>") == ["The wheel at the wei", "It will."]
    assert len(left(f"{box}<p>{PROSE}</p>")) == 3
    assert len(left(f"<p>It will.</p><div class='newsletter-page'><p>{PROSE}</p><p>{PROSE}</p></div>")) == 3
    letter = "".join(f"<div class='newsletter-item'><p>{PROSE[:500]}</p></div>" for _ in range(3))
    assert len(left(f"<p>It will.</p>{letter}")) == 4
    assert len(left(f"<p>{PROSE}</p><div id='cta' class='tactical'><p>Call it a day.</p></div>")) == 2


def test_columns_beside_the_article_go() -> None:
    html = f"<table><tr><td><p>Next meeting</p><p>Saturday at ten.</p></td><td><p>{PROSE}</p></td><td>For sale: a set.</td></tr></table>"
    assert left(html) == ["The wheel at the wei"]
    rows = "".join(f"<tr><td>Question {n}</td><td>{PROSE}</td></tr>" for n in range(3))
    assert len(left(f"<table>{rows}</table>")) == 6


def test_subjects_of_replies_go() -> None:
    html = "<title>Node drops at night - Forum</title><h2>Re: Node drops at night</h2><p>Re: your question, it was the cable.</p>"
    assert left(html) == ["Re: your question, i"]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<p>To hear more, <a href=/n>sign up for our newsletter</a>.</p>", "chrome"),
        ("<p>They wrote: sign up for our newsletter.</p>", "body"),
        (f"<p>{PROSE} Or <a href=/n>sign up for our newsletter</a>.</p>", "body"),
        ("<pre>print('sign up for our newsletter') # <a href=/n>see</a></pre>", "body"),
    ],
)
def test_a_block_that_asks_for_a_link_to_be_followed_goes(html: str, kind: str) -> None:
    page = segment(LexborHTMLParser(html))
    assert [label.kind for label in classify(page, [900])] == [kind]


def test_a_list_that_names_the_page_itself_is_its_colophon() -> None:
    title = "<title>The wheel at the weir | The Valley</title>"
    lines = ["Title: The wheel at the weir", "Author: Jane Roe", "Created at: 2024-03-05", "License: CC BY 4.0"]
    box = f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
    assert left(f"{title}<p>{PROSE}</p>{box}") == [PROSE[:20].strip()]
    facts = box.replace("The wheel at the weir", "Miller's hand")
    assert len(left(f"{title}<p>{PROSE}</p>{facts}")) == 5
    assert len(left(f"{title}<p>{PROSE}</p>{box.replace('Author: Jane Roe', 'Jane Roe wrote it')}")) == 5


def test_a_heading_at_the_end_goes() -> None:
    text = f"<p>{PROSE}</p><h2>The weir</h2><p>It leaks.</p>"
    kept = left(text, drop_last_heading)
    assert len(kept) == 3
    for end in ("<h2>Photo gallery</h2>", "<h2>You may like</h2><h3>Topics</h3>"):
        assert left(f"{text}{end}", drop_last_heading) == kept
    assert left(f"{text}<h2>The wheel turns!</h2>", drop_last_heading) == [*kept, "The wheel turns!"]
    assert left("<h2>The mill</h2><p>Closed.</p><h2>The weir</h2>", drop_last_heading) == ["The mill", "Closed.", "The weir"]


@pytest.mark.parametrize("posts", [1, 2])
def test_facts_of_an_account_beside_each_post_go(posts: int) -> None:
    post = f"<div><p>Posts: 31<br>Threads: 2<br>Joined: Dec 2019</p></div><div><p>{PROSE}</p></div>"
    assert left(post * posts, drop_accounts).count("Posts: 31\nThreads: 2") == posts % 2
    assert len(left(f"<p>Flour: 400 g<br>Salt: 8 g<br>Water: 300 g</p><p>{PROSE}</p><p>Flour: 1<br>Salt: 2</p>", drop_accounts)) == 3


@pytest.mark.parametrize(
    "row",
    [
        "<p>[ <a href=/>Home</a> ] [ <a href=/c>Contact</a> ]</p>",
        "<p><a href=/p>&lt;&lt;</a> <a href=/>Contents</a> <a href=/n>&gt;&gt;</a></p>",
        "<p><a href=/>Home</a> | <a href=/t>Tides</a> | <a href=/c>Contact</a></p>",
    ],
)
def test_a_row_of_links_goes_at_the_ends_of_an_article(row: str) -> None:
    assert left(f"{row}<p>{PROSE}</p><p>{PROSE}</p>{row}", drop_link_rows) == ["The wheel at the wei"] * 2
    assert len(left(f"<p>{PROSE}</p>{row}<p>{PROSE}</p>", drop_link_rows)) == 3


@pytest.mark.parametrize(
    "line",
    [
        "<p><a href=/m>The mill and the river | Harrow</a></p>",
        "<p>See [<a href=/1>1</a>] and [<a href=/2>2</a>]</p>",
        "<ul><li><a href=/a>Ash</a> | <a href=/b>Beech</a> | <a href=/o>Oak</a></li></ul>",
        "<h3><a href=/b>Binya</a> | <a href=/c>Comya</a></h3>",
        "<p>&gt;&gt; and so on, as it did before</p>",
    ],
)
def test_other_lines_with_links_stay(line: str) -> None:
    assert len(left(f"<p>{PROSE}</p>{line}", drop_link_rows)) == 2


def test_a_link_to_another_story_behind_an_arrow_goes() -> None:
    html = f"<p>{PROSE}</p><p><a href=/b>&gt;&gt; The bridge is closed for the week</a></p><p>{PROSE}</p>"
    assert left(html, drop_link_rows) == ["The wheel at the wei"] * 2


def test_the_head_of_a_mail_in_a_table_goes() -> None:
    rows = "".join(
        f"<tr><th>{label}:</th><td>{value}</td></tr>"
        for label, value in (("From", "Ada Doe"), ("Newsgroups", "rec.mills"), ("Subject", "The wheel at the weir"))
    )
    html = f"<title>The wheel at the weir - rec.mills</title><table>{rows}</table><p>{PROSE}</p>"
    assert left(html, drop_colophon) == ["The wheel at the wei"]
    other = html.replace("The wheel at the weir</td>", "Oak</td>")
    assert len(left(other, drop_colophon)) == 7


def test_what_is_said_of_an_e_book_goes() -> None:
    head = "<pre>You may copy it.\n\n*** START OF THE EXAMPLE EBOOK THE WEIR ***\n</pre>"
    tail = "<p>*** END OF THE EXAMPLE EBOOK THE WEIR ***</p><p>The terms of use.</p>"
    assert left(f"<h2>The Example eBook</h2>{head}<h2>One</h2><p>{PROSE}</p>{tail}", drop_around) == ["One", "The wheel at the wei"]
    assert len(left(f"<p>*** STARS *** {PROSE}</p><p>The end of the story.</p>", drop_around)) == 2


def test_rows_of_links_with_days_below_the_article_go() -> None:
    rows = [("The bridge is closed", "2021.05.04"), ("A roof for the mill", "2021.04.30"), ("The owls came back", "2021.04.12")]
    table = "".join(f"<tr><th><a href=/x>{title}</a> (0)</th><td>{day}</td></tr>" for title, day in rows)
    items = "".join(f"<li><a href=/x>{title}</a> <span>{day}</span></li>" for title, day in rows)
    for below in (f"<table>{table}</table>", f"<ul>{items}</ul>"):
        assert left(f"<p>{PROSE}</p>{below}", drop_dated_links) == ["The wheel at the wei"]
        assert len(left(f"<p>{PROSE}</p>{below}<p>{PROSE}</p>", drop_dated_links)) > 4
    sources = "".join(f"<li>Ada Doe (2021): <a href=/x>{title}</a>. Mills and Weirs 4, pages 11 to 29.</li>" for title, _ in rows)
    titles = "".join(f"<li><a href=/x>{title} in 2021</a></li>" for title, _ in rows)
    for below in (sources, titles):
        assert len(left(f"<p>{PROSE}</p><ul>{below}</ul>", drop_dated_links)) == 4
