"""Clean text: what goes, what stays, and that cleaning twice is cleaning once."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise import text as text_module
from normalise.text import COMBINING, clean_line, clean_lines, collapse, compose, cut, unescape, unescape_again

ACUTE, BELOW = "\N{COMBINING ACUTE ACCENT}", "\N{COMBINING DOT BELOW}"


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("  two\t words\n", "two words"),
        ("no\N{NO-BREAK SPACE}break", "no break"),
        ("e" + ACUTE + "t" + ACUTE, "\u00e9t" + ACUTE),
        ("bell\x07 escape\x1b[31m nul\0", "bell escape[31m nul"),
        ("C1 \x85next \x9bcsi", "C1 next csi"),
        ("soft\N{SOFT HYPHEN}hyphen", "softhyphen"),
        ("zero\N{ZERO WIDTH SPACE}width", "zerowidth"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}mark", "mark"),
        ("\u202eevil\u202c \u2066isolate\u2069 \u200emark\u200f", "evil isolate mark"),
        ("line\u2028separator\u2029paragraph", "line separator paragraph"),
        ("lone \ud83d surrogate", "lone \ufffd surrogate"),
        ("nonchar \ufffe\uffff\ufdd0", "nonchar"),
        ("tag\U000e0041s", "tags"),
        ("interlinear \ufff9a\ufffab\ufffb", "interlinear ab"),
    ],
)
def test_what_goes(raw: str, line: str) -> None:
    assert clean_line(raw) == line
    assert clean_lines(raw).replace("\n", " ").translate(dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2069"))).split() == line.split()


@pytest.mark.parametrize(
    "text",
    [
        "An ordinary line – with “quotes”, a café and 20 €.",
        "می\N{ZERO WIDTH NON-JOINER}خواهم",  # Persian spells with it
        "👨\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧",
        "क्\N{ZERO WIDTH JOINER}ष",
        "☎\N{VARIATION SELECTOR-16} and ①②",
        "ﬁve ﬂags, ½ of Ⅷ",  # NFKC would change them
        "你好，世界。",
        "สวัสดีครับ",
        "עִבְרִית",
        "x < y && y > z; &amp; stays",
    ],
)
def test_what_stays(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert clean_line(text) == composed
    assert clean_lines(text) == composed


def test_lines() -> None:
    assert clean_lines("one \r\n two\r\r\r\nthree\x0bfour\n\n\n\nfive  six\t\n") == "one\ntwo\n\nthree\nfour\n\nfive six"
    assert clean_lines("\n\n") == ""


def test_isolates_are_balanced_in_each_line() -> None:
    assert clean_lines("a \u2067b\nc\u2069 d \u2066e\u2069") == "a \u2067b\u2069\nc d \u2066e\u2069"
    assert clean_lines("\u202eoverride\u202c") == "override"


@pytest.mark.parametrize("marks", [ACUTE, ACUTE + BELOW, "\u0489", "\u20dd\u0338"])
def test_runs_of_marks_are_cut(marks: str) -> None:
    text = clean_lines("z" + marks * 50_000 + " end " + ("q" + marks * 3 + " ") * 50)
    assert unicodedata.normalize("NFD", text)[0] == "z" and " end " in text
    run = longest = 0
    for char in text:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        longest = max(longest, run)
    assert 0 < longest <= COMBINING


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("&amp;lt;script&amp;gt;", "&lt;script&gt;"),
        ("&#8217;&#x2019;&rsquo;", "’’’"),
        ("AT&T R&D &unknown;", "AT&T R&D &unknown;"),
        ("&#99999999999;", "\ufffd"),
        ("&#" + "9" * 10_000 + ";x", "\ufffdx"),
        ("&#x" + "f" * 10_000 + ";x", "\ufffdx"),
        ("&#xD800;", "\ufffd"),
        ("no reference", "no reference"),
    ],
)
def test_references_are_resolved_once(raw: str, text: str) -> None:
    assert unescape(raw) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        ("Caf&eacute;s&nbsp;&#8217;s &#x201c;best&rdquo;", "Cafés\xa0’s “best”"),
        ("AT&amp;T", "AT&T"),
        ("&lt;b&gt; &#60; &#x3E; &LT;", "&lt;b&gt; &#60; &#x3E; &LT;"),
        ("AT&T R&D; Q&A; &unknown; &#;", "AT&T R&D; Q&A; &unknown; &#;"),
        ("&amp;lt;script&amp;gt;", "&lt;script&gt;"),
    ],
)
def test_references_that_are_left_are_resolved_but_for_markup(left: str, text: str) -> None:
    assert unescape_again(left) == text


def test_cut() -> None:
    assert cut("short", 10) == "short"
    assert cut("one two three four", 14) == "one two three"
    assert cut("x" * 100, 10) == "x" * 10
    assert cut("e" + ACUTE * 3 + "f", 3) == ""
    assert len(clean_line("word " * 1_000_000)) <= 2_000


@given(st.text(st.characters(codec=None)))
def test_cleaning_is_idempotent_and_its_result_can_be_written(text: str) -> None:
    for clean in (clean_line, clean_lines):
        once = clean(text)
        once.encode()
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in once if char != "\n")
    assert "\n" not in clean_line(text)


@given(st.text(alphabet=["a", ACUTE, BELOW, "\u0345", "\u1dc0", "\u05b0", "\u0f71", " "], max_size=200))
def test_composing_marks_is_idempotent(text: str) -> None:
    once = compose(text)
    assert compose(once) == once
    assert clean_line(clean_line(text)) == clean_line(text)


@given(st.text(alphabet=" \t\n\xa0\u2003ab", max_size=60))
def test_long_texts_are_collapsed_as_short_ones_are(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        short = collapse(text)
        patch.setattr(text_module, "_LONG", 0)
        assert collapse(text) == short


@given(st.text(max_size=60), st.integers(min_value=1, max_value=70))
def test_cut_keeps_a_prefix_within_the_limit(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert text.startswith(short)


@given(st.text(alphabet="&#x;0123456789abcdefltgamp<> ", max_size=60))
def test_unescape_never_raises(text: str) -> None:
    unescape(text)
    assert not set("<>") & set(unescape_again(text.replace("<", "").replace(">", "")))
