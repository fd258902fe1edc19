"""Chrome phrases: what each language's rows must lose and keep, and that the data is sound."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from normalise import lexicon
from normalise.chrome import match_asks, match_chrome
from scraper.classify import classify
from scraper.text import segment_text
from scraper.text.classify import classify_text
from scraper.walk import segment

HERE = Path(__file__).parent
DATA = HERE.parent / "normalise" / "data" / "chrome"
ROWS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "cases" / "chrome").glob("*.json"))}
LISTS = ("ends", "whole", "starts", "notices", "calls", "weak", "teasers", "asks")
CATEGORIES = {
    *(
        "adblock",
        "advertisement",
        "breadcrumb",
        "comment-form",
        "comment-prompt",
        "cookie",
        "copyright",
        "date-line",
        "imprint",
        "listen-translate",
        "login",
    ),
    *("navigation", "newsletter", "pagination", "paywall", "platform", "print-mobile", "read-more", "related", "request", "share"),
    *("source-line", "spam-protection", "support", "tags"),
}


def rows(kind: str) -> list[tuple[str, str]]:
    return [(language, text) for language, cases in ROWS.items() for text in cases.get(kind, ())]


@pytest.mark.parametrize(("language", "text"), rows("removes"))
def test_removes(language: str, text: str) -> None:
    match = match_chrome(text)
    assert match is not None
    assert match.sure
    assert match.start == 0
    assert match.reason


@pytest.mark.parametrize(("language", "text"), rows("keeps"))
def test_keeps(language: str, text: str) -> None:
    assert match_chrome(text) is None


@pytest.mark.parametrize(("language", "text"), rows("asks"))
def test_asks(language: str, text: str) -> None:
    assert match_asks(["The river rose.", text])[0] is None
    match = match_asks(["The river rose.", text])[1]
    assert match is not None
    assert match.sure


@pytest.mark.parametrize(("language", "text"), rows("keeps"))
def test_asks_for_nothing(language: str, text: str) -> None:
    assert match_asks([text]) == [None]


@pytest.mark.parametrize(("language", "text"), rows("linked"))
def test_removes_where_linked(language: str, text: str) -> None:
    for share, sure in ((None, False), (0.0, False), (0.5, False), (0.7, True)):
        match = match_chrome(text, tag="p", link_share=share)
        assert match is not None
        assert match.sure == sure
    assert match_chrome(text, tag="h1", link_share=1.0) is None


@pytest.mark.parametrize(
    "text", ["Read also | The river", "Lire aussi » La rivière", "Lesen Sie auch – Der Fluss", "LEE MÁS > El río", "Read: The river"]
)
def test_a_headline_stands_apart_by_any_mark(text: str) -> None:
    match = match_chrome(text)
    assert match is not None
    assert match.category == "read-more"
    assert match.sure


@pytest.mark.parametrize(
    "text", ["Read | Write | Execute", "Read also »The River« by Jane Roe", "See also\nthe man page", "Read more-than-human tales"]
)
def test_other_marks_do_not(text: str) -> None:
    match = match_chrome(text)
    assert match is None or not match.sure


def test_every_language_has_data_and_rows() -> None:
    languages = {path.stem for path in DATA.glob("*.toml")}
    assert len(languages) >= 40
    assert languages == set(ROWS)


def test_compiled_data_is_the_sources() -> None:
    assert lexicon.languages("chrome") == {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.toml"))
    }


@pytest.mark.parametrize("language", sorted(lexicon.languages("chrome")))
def test_data_is_sound(language: str) -> None:
    for category, lists in lexicon.languages("chrome")[language].items():
        assert category in CATEGORIES
        seen: set[str] = set()
        for name in LISTS:
            phrases = lists.get(name, [])
            assert len(phrases) == len(set(phrases)), f"{language}/{category}/{name} has a phrase twice"
            for phrase in phrases:
                assert phrase == phrase.strip().lower(), phrase
                assert len(phrase) > 1 or phrase == "#" or category == "share" or not phrase.isascii(), phrase
                assert phrase not in seen, f"{language}/{category}: {phrase!r} is in two lists"
                seen.add(phrase)


@pytest.mark.parametrize("language", sorted(lexicon.languages("chrome")))
def test_every_phrase_is_found(language: str) -> None:
    """Each entry removes at least itself, slots filled, in upper case and between marks."""
    for lists in lexicon.languages("chrome")[language].values():
        for name in LISTS:
            for phrase in lists.get(name, []):
                rest = " the river" if name in ("starts", "notices", "calls", "teasers") else ""
                text = phrase.replace("#", "12").replace("*", "the river") + rest
                for shown in (text, f"» {text}…"):
                    match = match_asks([shown])[0] if name == "asks" else match_chrome(shown)
                    assert match is not None, (name, phrase)
                assert name == "asks" or match_chrome(text, link_share=1.0) is not None


def test_marks_of_a_match() -> None:
    prompt = match_chrome("Leave a Reply")
    assert prompt is not None
    assert prompt.rule == "en/comment-prompt/leave-a-reply"
    assert prompt.reason == "comment prompt"
    assert prompt.ends_article
    weak = match_chrome("About us")
    assert weak is not None
    assert not weak.sure
    linked = match_chrome("About us", tag="a", link_share=1.0)
    assert linked is not None
    assert linked.sure
    assert match_chrome("About us", tag="h1") is None
    assert match_chrome("Login", tag="p") is not None
    assert match_chrome("'/login'", tag="pre") is None


def test_call_at_the_end_of_a_paragraph() -> None:
    text = "The council votes on Monday, and both sides expect a close result. Share your thoughts in the comments below!"
    match = match_chrome(text)
    assert match is not None
    assert match.at_end
    assert text[match.start :] == "Share your thoughts in the comments below!"


def test_question_goes_with_the_call() -> None:
    match = match_chrome("What role do you see for the council in this? Share your thoughts in the comments below!")
    assert match is not None
    assert match.start == 0


@pytest.mark.parametrize("path", sorted((HERE / "cases" / "prose").glob("*.txt")), ids=lambda path: path.stem)
def test_articles_about_chrome_stay_whole(path: Path) -> None:
    for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
        match = match_chrome(paragraph.strip())
        assert match is None or not match.sure, paragraph


@given(st.text(max_size=700))
def test_never_raises(text: str) -> None:
    match = match_chrome(text)
    assert match is None or 0 <= match.start < max(1, len(text))


@pytest.mark.parametrize("text", ["share " * 100_000, "1" * 1_000_000, "?!. " * 200_000, "»" * 1_000_000, "we use cookies to " * 50_000])
def test_long_blocks_are_left_alone(text: str) -> None:
    match = match_chrome(text)
    assert match is None or match.start > 0


CALL = "Share your thoughts in the comments below!"
PARAGRAPHS = (
    "The river rose above its banks on Tuesday night and forced hundreds of families to leave their homes, officials said. Emergency crews "
    "worked until dawn to reach the last villages.",
    '"We have not seen water like this in forty years," said the mayor, who asked residents to stay away from the bridges. They stay '
    "closed until the engineers have looked at them.",
)


@pytest.mark.parametrize("end", [0, 1])
def test_call_at_the_end_of_the_last_paragraph_is_cut(end: int) -> None:
    told = [f"{text} {CALL}" if number == end else text for number, text in enumerate(PARAGRAPHS)]
    walk = segment(LexborHTMLParser("".join(f"<p>{text}</p>" for text in told)))
    text_page = segment_text("Rain floods valley\n\n" + "\n\n".join(told))
    for page, labels in ((walk, classify(walk, [900, 900])), (text_page, classify_text(text_page))):
        body = [block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]
        assert body == (list(PARAGRAPHS) if end else told)
        cut = [block.text for block, label in zip(page.blocks, labels, strict=True) if label.rule.startswith("en/comment-prompt/")]
        assert cut == [CALL] * end
