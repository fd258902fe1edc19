import pytest

from scraper.text import segment_text
from scraper.text.classify import classify_text
from scraper.text.slug import agreements, slug_words

PARAGRAPH = (
    "The council voted on Tuesday to keep the old bridge closed until the spring, and said that repairs would take longer than it had "
    "thought when the first cracks were found."
)
MENU = ["News", "Sport", "What readers say about the new ferry", "Contact"]
HEADLINE = "Why the bridge stays closed"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://example.org/news/why-the-bridge-stays-closed", "why the bridge stays closed"),
        ("https://example.org/news/2024/why_the_bridge.html?from=home#top", "why the bridge"),
        ("https://example.org/old-town/bridge-closed/", "bridge closed"),
        ("https://example.org/bridge-closed-in-2024-123456", "bridge closed in 2024"),
        ("https://example.org/bridge-closed/4711234", "bridge closed"),
        ("https://example.org/br%C3%BCcke-gesperrt", "brucke gesperrt"),
        ("https://example.org/bruecke-gesperrt", "brucke gesperrt"),
        ("https://example.org/bridge", "bridge"),
        ("https://example.org/", ""),
        ("bridge-closed.html", ""),
        (None, ""),
    ],
)
def test_words_of_an_address(url: str | None, words: str) -> None:
    assert slug_words(url) == frozenset(words.split())


@pytest.mark.parametrize(
    ("text", "slug", "value"),
    [
        ("Bridge closed", "bridge closed", 2.0),
        ("Brücke gesperrt!", "brucke gesperrt", 2.0),
        ("The bridge is closed", "bridge closed", 1.5),
        ("Bridge", "bridge closed", 0.0),
        ("A new ferry", "bridge closed", 0.0),
        ("Why it's closed", "why its closed for long now", 1.5),
        ("Bridge", "bridge", 1.0),
        ("The bridge", "bridge", 0.0),
        ("", "bridge closed", 0.0),
        ("Bridge closed", "", 0.0),
    ],
)
def test_agreement(text: str, slug: str, value: float) -> None:
    assert agreements(["closed", text, "bridge"], frozenset(slug.split()))[1] == value


def test_agreement_of_no_lines() -> None:
    assert agreements([], frozenset(("bridge", "closed"))) == []


def headline(lines: list[str], url: str | None = None) -> str | None:
    page = segment_text("\n".join(lines))
    return next((page.blocks[at].text for at, label in enumerate(classify_text(page, url=url)) if label.kind == "headline"), None)


def test_the_address_names_the_headline() -> None:
    lines = [*MENU, HEADLINE, "Two towns wait for an answer", PARAGRAPH, PARAGRAPH[:-1]]
    assert headline(lines, "https://example.org/news/two-towns-wait-for-an-answer") == "Two towns wait for an answer"
    assert headline(lines, "https://example.org/news/why-the-bridge-stays-closed") == HEADLINE
    for url in ("https://example.org/", "https://example.org/news/4711234", "https://example.org/council-budget-vote"):
        assert headline(lines, url) == headline(lines)


def test_a_breadcrumb_that_no_line_repeats_names_no_other() -> None:
    lines = ["Home » world » Bridge", HEADLINE, PARAGRAPH, PARAGRAPH[:-1]]
    assert headline(lines) == HEADLINE


def test_the_only_prose_of_a_page_is_its_body_whatever_the_address_says() -> None:
    text = 'Council to ferry company: Keep your timetable or we run the boats: "The town has waited long enough," the mayor said Tuesday.'
    page = segment_text("\n".join(["News", "Sport", text, "Comments"]))
    labels = classify_text(page, url="https://example.org/council-to-ferry-company-keep-your-timetable-or-we-run-the-boats")
    assert [label.kind for label in labels] == ["chrome", "chrome", "body", "chrome"]
