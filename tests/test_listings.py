"""Listings of code are judged as wholes."""

import pytest
from selectolax.lexbor import LexborHTMLParser

import scraper
from scraper.classify import Label
from scraper.classify.listings import judge_listings
from scraper.structure.listings import code_language
from scraper.walk import segment

LINES = ["import clock", "for hour in range(24):", "    print(hour)"]
LISTING = "<pre class='language-python'>" + "".join(f"<div>{line}</div>" for line in LINES) + "</pre>"
PROSE = (
    "<p>The script prints the hours of the day, one below the other, and stops when the last one is reached. It runs beside the oven.</p>"
)


def kept(html: str, body: set[str]) -> list[str]:
    """Return the texts of the blocks that are body after all, where the model kept those of `body`."""
    page = segment(LexborHTMLParser(html))
    labels = [Label(name, "", f"model/{name}", 500) for block in page.blocks for name in ["body" if block.text in body else "chrome"]]
    judge_listings(page, labels)
    return [block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]


@pytest.mark.parametrize(
    ("before", "after", "body", "left"),
    [
        ("", "", {*LINES[:2]}, LINES),
        ("", "", {LINES[0]}, []),
        ("<p>Below:</p>", "<p>It ends.</p>", {"Below:", "It ends.", LINES[0]}, ["Below:", *LINES, "It ends."]),
        ("<p>Below:</p>", "<p>It ends.</p>", {"Below:", "It ends."}, ["Below:", *LINES, "It ends."]),
        ("<p>Below:</p>", "", {"Below:"}, ["Below:"]),
        ("<span>python</span>", "", {"python", *LINES}, LINES),
        ("<span>Python 3</span>", "", {"Python 3", *LINES}, ["Python 3", *LINES]),
        ("<span>python</span>", "", {"python"}, ["python"]),
    ],
)
def test_a_listing_is_kept_or_not_as_a_whole(before: str, after: str, body: set[str], left: list[str]) -> None:
    assert kept(f"<body>{before}{LISTING}{after}</body>", body) == left


def test_a_line_that_only_breaks_is_an_empty_line_of_the_listing() -> None:
    lines = "<div>import clock<br></div><div><br></div><div>print(clock)<br></div>"
    html = f"<article><h1>The hours of the day</h1>{PROSE * 3}<pre><div><br></div>{lines}</pre>{PROSE * 3}</article>"
    article = scraper.clean(html.encode(), with_={"blocks"})
    assert [block.text for block in article.blocks or [] if block.type == "code"] == ["import clock\n\nprint(clock)"]


@pytest.mark.parametrize(
    ("around", "language"),
    [
        ("<figure class='highlight bash'><table><tbody><tr><td class='code'>{}</td></tr></tbody></table></figure>", "bash"),
        ("<div class='highlight-source-shell'>{}</div>", "shell"),
        ("<div class='mw-highlight mw-highlight-lang-bash mw-content-ltr'>{}</div>", "bash"),
        ("<div class='src src-python'>{}</div>", "python"),
        ("<div class='highlight highlight-source-rust'>{}</div>", "rust"),
        ("<div class='code-box' data-lang='SQL'>{}</div>", "sql"),
        ("<div class='code literal-block'>{}</div>", None),
        ("<div class='highlight'>{}</div>", None),
        ("<article class='highlight red'><div><div><div>{}</div></div></div></article>", None),
    ],
)
def test_the_language_of_a_listing_is_named_around_it(around: str, language: str | None) -> None:
    page = segment(LexborHTMLParser(around.format("<pre>clock --hours 24</pre>")))
    assert code_language(page, page.tags.index("pre")) == language
