"""Labels of HTML blocks: the rules around the model, and the reasons that a reader is given."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import Segmentation
from scraper.classify import Label, classify, explain_chrome, obey, rules
from scraper.config import SiteRules
from scraper.walk import segment

PROSE = "The ferry that crosses the river every half hour will keep running, the council of the town decided late on Monday evening."


def walk(html: str) -> Segmentation:
    return segment(LexborHTMLParser(html))


def labels(html: str, scores: list[int] | None = None, **options: tuple[str, ...]) -> list[Label]:
    page = walk(html)
    return classify(page, scores or [900] * len(page.blocks), **options)


def kinds(html: str, scores: list[int] | None = None, **options: tuple[str, ...]) -> list[str]:
    return [label.kind for label in labels(html, scores, **options)]


def test_the_score_decides() -> None:
    assert kinds("<p>a</p><p>b</p>", [500, 499]) == ["body", "chrome"]


def test_a_phrase_of_chrome_goes_with_its_rule() -> None:
    found = labels(f"<p>{PROSE}</p><h3>Leave a Reply</h3>")
    assert [label.kind for label in found] == ["body", "chrome"]
    assert found[1].rule == "en/comment-prompt/leave-a-reply"


def test_a_heading_of_nothing_says_what_weak_evidence_says() -> None:
    assert kinds(f"<p>{PROSE}</p><h3>Comments</h3>") == ["body", "chrome"]
    assert kinds(f"<h3>Comments</h3><p>{PROSE}</p>") == ["body", "body"]
    assert kinds(f"<p>{PROSE}</p><h3>Contact</h3><p>4 Mill Lane</p>") == ["body", "body", "body"]
    box = f"<section><h3>Keywords</h3><p>mill, weir</p></section><p>{PROSE}</p>"
    assert kinds(box, [900, 100, 900]) == ["chrome", "chrome", "body"]
    assert kinds(box, [900, 900, 900]) == ["body", "body", "body"]


def test_numbers_are_data_in_cells_and_pages_elsewhere() -> None:
    table = "<table><tr><th>Year<th>Fares<tr><td>2019<td>6,000<tr><td><a href=/2020>2020</a><td>7</table>"
    assert kinds(f"<p>{PROSE}</p>{table}") == ["body"] * 7
    assert kinds(f"<p>{PROSE}</p><table><tr><th>Year<th>Fares<tr><td><p>2019</p><td><div><p>7</p></div></table>") == ["body"] * 5
    assert kinds(f"<p>{PROSE}</p><ul><li>1<li><a href=/2>2</a></ul><table><tr><td>Next page</table>") == ["body", *["chrome"] * 3]


def test_prose_about_chrome_stays() -> None:
    prose = (
        "Sites that use Akismet to reduce spam learn how comment data is processed, and many readers leave a reply all the same, she said."
    )
    assert kinds(f"<p>{prose}</p>") == ["body"]


def test_hidden_text_goes_unless_it_is_the_article() -> None:
    assert kinds(f"<p>{PROSE}</p><div style='display: none'><p>Secret words here.</p></div>") == ["body", "chrome"]
    assert kinds(f"<div hidden><p>{PROSE}</p><p>{PROSE} Again.</p></div><p>Short.</p>") == ["body", "body", "body"]


def test_captions_are_no_prose() -> None:
    assert kinds("<figure><img src=a.jpg><figcaption>The ferry at dawn</figcaption></figure>") == ["caption"]


def test_the_users_phrases_and_selectors_have_the_last_word() -> None:
    assert kinds(f"<p>{PROSE}</p><p>Our\u00a0Shop is open</p>", phrases=("our shop  is open",)) == ["body", "chrome"]
    assert kinds(f"<p>{PROSE}</p><p>Our Shop is open, she said.</p>", phrases=("our shop is open", "shop")) == ["body", "body"]
    tree = LexborHTMLParser(f"<div class=promo><p>{PROSE}</p></div><div class=note><p>Kept</p></div><p>rest</p>")
    rules.mark(tree, SiteRules(strip=(".promo",), keep=(".note",)))
    page = segment(tree)
    found = classify(page, [900, 10, 10])
    obey(page, found)
    assert [(label.kind, label.rule) for label in found] == [
        ("chrome", "user/selector/.promo"),
        ("body", "user/selector/.note"),
        ("chrome", "model/chrome"),
    ]


def test_what_is_kept_and_stripped() -> None:
    tree = LexborHTMLParser("<div class=a><p>one</p><p class='a b'>two</p></div><div class=b><p>three</p><p class=a>four</p></div>")
    rules.mark(tree, SiteRules(strip=(".a",), keep=(".b",)))
    page = segment(tree)
    found = classify(page, [500] * 4)
    obey(page, found)
    assert [label.kind for label in found] == ["chrome", "body", "body", "chrome"]


def test_reasons_name_words_then_surroundings_then_shape() -> None:
    page = walk(
        "<body><div><div><p>Subscribe to our newsletter</p><aside><p>Elsewhere in town</p></aside>"
        "<div class='related-posts'><p>Another story</p></div><p><a href=/x>All of it a link</a></p><p>plain</p></div></div>"
    )
    found = [explain_chrome(page, block, label) for block, label in zip(page.blocks, classify(page, [0] * 5), strict=True)]
    assert [label.reason for label in found] == [
        "newsletter box",
        "aside",
        "related stories",
        "mostly links",
        "does not read like the article",
    ]


def test_what_the_user_keeps_is_kept_inside_nav_and_footer() -> None:
    tree = LexborHTMLParser(f"<p>{PROSE}</p><nav><div class=note><p>Kept note</p></div><p>Menu</p></nav><footer class=note>Source</footer>")
    rules.mark(tree, SiteRules(keep=(".note",)))
    page = segment(tree)
    found = classify(page, [900] + [0] * (len(page.blocks) - 1))
    obey(page, found)
    assert [(block.text, found[block.index].kind) for block in page.blocks[1:]] == [
        ("Kept note", "body"),
        ("Menu", "chrome"),
        ("Source", "body"),
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The pier reopens in May.", "body"),
        ("<b>Work on the pier</b>", "body"),
        ("Work on the pier", "chrome"),  # no sentence
        ("<a href=/pier>The pier reopens in May.</a>", "chrome"),
        ("Share your thoughts in the comments below!", "body"),  # prose follows
        ("Subscribe to our newsletter", "chrome"),
    ],
)
def test_lines_of_an_element_whose_text_is_the_article_s(line: str, kind: str) -> None:
    prose = "The council met on Monday evening to discuss the bridge over the river, which has been closed since the flood."
    page = segment(LexborHTMLParser(f"<div>{'<br><br>'.join((prose, prose[:-1] + '!', line, prose[:-1] + '?'))}</div>"))
    assert [label.kind for label in classify(page, [900, 900, 100, 900])] == ["body", "body", kind, "body"]


def test_lines_beside_a_few_of_the_article_stay_out() -> None:
    lines = [
        "The council met on Monday evening.",
        *(f"Somebody else said something about the bridge number {number}." for number in range(5)),
    ]
    page = segment(LexborHTMLParser(f"<div>{'<br><br>'.join(lines)}</div>"))
    assert [label.kind for label in classify(page, [900] + [100] * 5)] == ["body"] + ["chrome"] * 5
