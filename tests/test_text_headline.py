import numpy as np
import pytest

from scraper.classify import Label
from scraper.text import segment_text
from scraper.text.classify import classify_text
from scraper.text.headline import favour_topic, least_score, repetitions

PARAGRAPHS = [
    "The council voted on Tuesday to keep the old bridge closed until the spring, and said that repairs would take longer than thought.",
    "The bridge was closed in March, when divers found cracks in two of its piers; the council had them looked at by engineers.",
    "Until the bridge opens again, the council will run a ferry every half hour, which is free for those who live by the river.",
]
MENU = ["News", "Sport", "Contact"]
TITLE, OTHER = "Council keeps the old bridge closed", "Readers choose the best bakeries of the region"


@pytest.mark.parametrize(
    ("line", "worth"),
    [
        ("The Bridge", 1.390625),  # three times, whatever its case: the logarithm of four
        ("Bakery opens", 0.0),
        ("The bridge, closed", 1.25),  # the mean of three times and two
        ("Of it all", 0.5),  # no word of four letters
        ("", 0.5),
        ("橋", 0.5),
    ],
)
def test_repetitions_counts_the_words_of_a_line_in_the_body(line: str, worth: float) -> None:
    assert repetitions([line], "A bridge closed: the bridge is a bridge. Closed.") == [pytest.approx(worth, abs=1 / 64)]


def test_repetitions_of_no_body() -> None:
    assert repetitions([TITLE, "ok"], "") == [0.0, 0.5]


def favoured(lines: list[str], scores: list[float], body: int) -> list[float]:
    """Return the headline's scores of the lines, of which the last `body` are the body."""
    page = segment_text("\n".join(lines))
    kinds = ["chrome"] * (len(lines) - body) + ["body"] * body
    column = np.array(scores)
    favour_topic(page.blocks, column, [Label(kind, "", "", 500) for kind in kinds])
    return [float(score) for score in column]


def test_the_line_that_the_body_repeats_is_favoured() -> None:
    title, other, *_ = favoured([TITLE, OTHER, *PARAGRAPHS], [1.0, 1.5, -4.0, -4.0, -4.0], 3)
    assert title > 1.5 > other


def test_the_line_that_ends_a_breadcrumb_is_favoured() -> None:
    _, title, other = favoured([f"Blog/News/{TITLE}", TITLE, OTHER], [-4.0, 1.0, 1.0], 0)
    assert title > other


def test_a_line_far_below_one_that_ends_in_it_is_not_favoured() -> None:
    *_, other, title = favoured([f"Blog/News/{TITLE}", *MENU, "Water", "Weather", OTHER, TITLE], [-4.0] * 6 + [1.0, 1.0], 0)
    assert title == other


def test_worths_are_on_the_grid() -> None:
    for score in favoured([TITLE, OTHER, *PARAGRAPHS], [1.0, 1.5, -4.0, -4.0, -4.0], 3):
        assert score * 64 == round(score * 64)


@pytest.mark.parametrize("furniture", ["What are you looking for?", "Nutrition facts with Dr. Roe"])
def test_the_headline_is_what_the_article_speaks_of(furniture: str) -> None:
    page = segment_text("\n".join([*MENU, furniture, "Why the council closed the bridge", "By Jane Doe", "3 March 2024", *PARAGRAPHS]))
    labels = classify_text(page)
    found = [block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "headline"]
    assert found == ["Why the council closed the bridge"]


STANDFIRST = "The council keeps the old bridge closed, which those who live by the river call a scandal"


@pytest.mark.parametrize(
    ("lines", "worth"),
    [
        ([TITLE, STANDFIRST], 0.75),
        ([TITLE, "by Ann Example", STANDFIRST], 0.75),
        ([TITLE, *MENU, STANDFIRST], 0.0),  # far below
        ([STANDFIRST, TITLE], 0.0),
        (["The bridge", STANDFIRST], 0.0),  # a kicker
    ],
)
def test_a_longer_line_soon_below_a_likely_headline_may_be_its_standfirst(lines: list[str], worth: float) -> None:
    at = lines.index(STANDFIRST)
    apart = favoured([STANDFIRST, *PARAGRAPHS], [1.0, -4.0, -4.0, -4.0], 3)[0]
    scores = [1.0 if len(line) > 20 or line.startswith("The") else -4.0 for line in lines]
    assert favoured([*lines, *PARAGRAPHS], [*scores, -4.0, -4.0, -4.0], 3)[at] == apart - worth


def test_words_of_scripts_that_nothing_parts() -> None:
    assert repetitions(["渔港剧场", "首页新闻"], "渔港的剧场在渔港") == [pytest.approx(0.6, abs=0.15), 0.0]
    assert repetitions(["등대지기의 일기"], "등대를 지킨 노인의 일기")[0] > 0


@pytest.mark.parametrize(("text", "least"), [("The night shift", -1.0), ("渔港小镇用冷库", -3.0), ("首页", -1.0)])
def test_least_scores(text: str, least: float) -> None:
    assert least_score(text) == least
