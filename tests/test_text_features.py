"""Text pages: what lines show of themselves and of each other, as numbers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.chrome import closing_call, match_chrome, match_lines
from scraper.blocks import Block
from scraper.text import features as text_features
from scraper.text import net as text_net
from scraper.text import segment_text
from scraper.text.context import context
from scraper.text.features import BYLINE_COLUMN, DATE_COLUMN, SENTENCE_COLUMN, WORD_COLUMN, Lines, line_features
from scraper.text.net import forward, read_net
from scraper.text.words import Words, fold, hashes

WORDS = Words(short={"menu": -512, "river": 256}, long={"river": 128}, byline={"written": 300}, date={"published": 200})
LINES = """\
Home
Menu
12 comments
34 comments
By Anna Berg
Published 3 March 2024 at 10:30
The river rose above its banks on Tuesday night and forced hundreds of families to leave their homes, officials in the valley said.
Families were told to leave their homes before dawn, and officials in the valley asked everybody else to stay away from the bridges.
"""


def lines_of(text: str) -> Lines:
    return line_features(segment_text(text).blocks, WORDS)


texts = st.lists(st.text(max_size=60).map(lambda text: " ".join(text.split())).filter(bool), min_size=1, max_size=12)


# the first look-up reads the phrases
@given(texts)
def test_lines_are_matched_as_blocks_are(lines: list[str]) -> None:
    assert match_lines(lines) == [match_chrome(line, at_end=False) for line in lines]


def test_chrome_of_lines() -> None:
    lines = ["Leave a Reply", "» 12 comments", "Yorum yap", "The river rose.", "About us", "first\nsecond", "Tags: river, rain"]
    for some in (lines, lines[:5]):
        assert match_lines(some) == [match_chrome(line, at_end=False) for line in some]
    assert [match is not None for match in match_lines(lines[:5])] == [True, True, True, False, True]


def test_closing_call() -> None:
    call = closing_call("The bridge stays closed until the autumn. Share your thoughts in the comments below!")
    assert call is not None
    assert call.start == len("The bridge stays closed until the autumn. ")
    assert closing_call("The bridge stays closed until the autumn, and the ferry runs all night.") is None


def test_words_are_looked_up_in_lower_case_with_masked_digits() -> None:
    own = lines_of("MENU\nMenu\nriver menu\nrivers").own
    assert own[:, WORD_COLUMN].tolist() == [-2.0, -2.0, -1.0, 0.0]
    assert fold("River 12, ÄRGER") == "river ##, ärger"


def test_long_lines_have_weights_of_their_own() -> None:
    assert lines_of(LINES).own[6, WORD_COLUMN] == 0.5


def test_hash_of_a_word_is_the_same_everywhere() -> None:
    codes = np.frombuffer("ab Ab b1 b2 ba".encode("utf-16-le"), dtype=np.uint16)
    found = hashes(codes, np.array([0, 3, 6, 9, 12])).tolist()
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert len(set(found)) == 3


def test_dates_and_bylines() -> None:
    own = lines_of(LINES).own
    assert own[:, DATE_COLUMN].tolist() == [0, 0, 0, 0, 0, 2.0, 0, 0]
    assert own[:, BYLINE_COLUMN].tolist() == [0, 0, 0, 0, 1.0, 0, 0, 0]


@pytest.mark.parametrize(
    ("line", "value"), [("2024-03-05", 1), ("05/03/2024", 1), ("2024年3月5日", 1), ("5 March", 1), ("12 of 40", 0), ("in 1999", 0.5)]
)
def test_date_shapes(line: str, value: float) -> None:
    assert lines_of(line).own[0, DATE_COLUMN] == value


def test_lines_alike_but_for_their_numbers() -> None:
    alike = lines_of(LINES).own[:, text_features.ALIKE_COLUMN]
    assert alike.tolist() == [0, 0, 0.25, 0.25, 0, 0, 0, 0]


def test_a_script_without_capitals_begins_its_lines_as_others_do() -> None:
    """The shares of capitals, and what a line begins with."""
    for line in ("صاحب المكان", "सीसे के अक्षर", "토요일에는 낭독회가 열린다"):
        own = lines_of(line).own[0]
        assert own[3] > 0 and own[16:19].tolist() == [1, 0, 0], line
    mixed = lines_of(f"{LINES}العربية").own[-1]
    assert mixed[3] == 0 and mixed[16:19].tolist() == [0, 1, 0]


def test_counts_are_exact_on_long_lines() -> None:
    own = lines_of("Yes. No. " * 60 + "\nNo").own
    assert own[0, SENTENCE_COLUMN] == 2.0
    assert own[1, SENTENCE_COLUMN] == 0.0


def test_code_keeps_its_lines() -> None:
    blocks = [Block(0, "  one\n\n  two", "pre"), Block(1, "   ", "pre"), Block(2, "three", "line")]
    lines = line_features(blocks, WORDS)
    assert lines.own.shape[0] == len(lines.chrome) == 3


# the first look-up reads the phrases
@given(texts)
def test_numbers_are_on_the_grid(lines: list[str]) -> None:
    blocks = segment_text("\n".join(lines)).blocks
    if blocks:
        found = line_features(blocks, WORDS)
        for values in (found.own, context(found)):
            assert np.isfinite(values).all()
            assert (values * 64 == np.rint(values * 64)).all()


def made_up_net(features: int) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    sizes = [(features, 4), *[((6 if at == text_net.WIDE else 3) * 4, 4) for at in range(len(text_net.STEPS))], (4, 8)]
    layers = [{"weight": rng.integers(-200, 200, size).tolist(), "bias": rng.integers(-9000, 9000, size[1]).tolist()} for size in sizes]
    return {"layers": layers[:-1], "heads": layers[-1]}


def expected(net: dict[str, Any], inputs: text_features.Floats) -> text_features.Floats:
    """What the net's description says, line by line, in double precision."""
    found = inputs.astype(np.float64)
    for at, layer in enumerate(net["layers"]):
        weight, bias = np.array(layer["weight"]) / text_net.WEIGHT_UNIT, np.array(layer["bias"]) / text_net.BIAS_UNIT
        rows = []
        for line in range(len(found)):
            parts = [found[line]]
            if at:
                step = text_net.STEPS[at - 1]
                nothing = np.zeros(found.shape[1])
                parts = [found[i] if 0 <= i < len(found) else nothing for i in (line - step, line, line + step)]
            if at - 1 == text_net.WIDE:
                above, below = (some.max(axis=0, initial=0.0) for some in (found[:line], found[line + 1 :]))
                parts += [above, below, np.rint(found.mean(axis=0) * 64) / 64]
            value = np.rint(np.maximum(np.concatenate(parts) @ weight + bias, 0) * 64) / 64
            rows.append(np.minimum(value + (found[line] if at else 0), text_net.MOST))
        found = np.array(rows)
    heads = net["heads"]
    return np.asarray(found @ (np.array(heads["weight"]) / text_net.WEIGHT_UNIT) + np.array(heads["bias"]) / text_net.BIAS_UNIT)


@pytest.mark.parametrize("text", [LINES, LINES * 6, "one", "one\ntwo"])
def test_the_net_does_what_it_says(text: str) -> None:
    lines = lines_of(text)
    parts = [lines.own.T, context(lines)]
    net = made_up_net(sum(map(len, parts)))
    assert (forward(read_net(net), parts) == expected(net, np.concatenate(parts).T)).all()


def test_pieces_give_the_same_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of(LINES * 6)
    parts = [lines.own.T, context(lines)]
    net = read_net(made_up_net(sum(map(len, parts))))
    whole = forward(net, parts)
    monkeypatch.setattr(text_net, "_AT_ONCE", 5)
    monkeypatch.setattr(text_features, "_AT_ONCE", 5)
    again = lines_of(LINES * 6)
    assert (again.own == lines.own).all()
    assert (forward(net, [again.own.T, context(again)]) == whole).all()
