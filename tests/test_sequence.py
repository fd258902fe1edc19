"""The net over a page's blocks, and its trainer's own forward and backward passes."""

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from bench import sequence
from bench.nets import Scaling
from scraper import model
from scraper.model.features import Features, block_features
from scraper.model.kind import KINDS
from scraper.model.sequence import beside
from scraper.walk import segment

KINDS_SAID = np.full(len(KINDS), 1 / len(KINDS), np.float32)
HTML = "<html><body><ul>{}</ul><article><h1>The ferry</h1><div>{}</div><p>Last.</p></article><footer>End</footer></body></html>"


def _features(items: int, paragraphs: int) -> Features:
    inside = [f"<li><a href=/{at}>Story {at}</a></li>" for at in range(items)], [f"<p>It ran {at} years.</p>" for at in range(paragraphs)]
    return block_features(segment(LexborHTMLParser(HTML.format(*map("".join, inside)))), model.load().tables)


def _lesson(features: Features) -> sequence.Lesson:
    count = features.columns.blocks
    shares = (np.arange(count) % 3 == 0).astype(np.float32)
    whole = np.concatenate((features.whole, KINDS_SAID))
    return sequence.Lesson(features, whole, shares, np.full(count, 1 / count, np.float32), features.columns.chars, judged=True)


def _batch(*sizes: tuple[int, int]) -> tuple[sequence._Weights, sequence._Batch, list[Features]]:
    """An untrained net with inputs as they are, and pages of so many items and paragraphs in one batch."""
    pages = [_features(*size) for size in sizes]
    lessons = [_lesson(page) for page in pages]
    inputs = len(pages[0].rows) + len(lessons[0].whole)
    scaling = Scaling(
        np.full(inputs, -1e9, np.float32), np.full(inputs, 1e9, np.float32), np.zeros(inputs, np.float32), np.ones(inputs, np.float32)
    )
    random = np.random.default_rng(0)
    return sequence._Weights(inputs, random), sequence._packed(lessons, scaling, random), pages


def test_neighbours() -> None:
    state = np.array([[1.0], [2.0], [3.0]])
    assert beside(state, 1).tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 0]]
    assert beside(state, 2).tolist() == [[0, 1, 3], [0, 2, 0], [1, 3, 0]]
    assert beside(state, 8).tolist() == [[0, 1, 0], [0, 2, 0], [0, 3, 0]]


def test_pages_in_a_batch_are_judged_as_they_are_alone() -> None:
    weights, batch, pages = _batch((3, 40), (60, 2), (0, 1))
    said = weights.forward(batch, None)[0]
    inputs = batch.rows.shape[1] + batch.whole.shape[1]
    scaling = Scaling(np.full(inputs, -1e9), np.full(inputs, 1e9), np.zeros(inputs), np.ones(inputs))
    net = sequence._shipped(weights.values, scaling)
    first = 0
    for page in pages:
        count = page.columns.blocks
        assert np.allclose(net(page, KINDS_SAID), said[first : first + count], atol=2e-2)  # weights that ship have half the precision
        first += count + sequence._GAP


def test_what_is_the_same_for_all_blocks_is_an_input_like_any_other() -> None:
    page, net = _features(3, 4), model.load().body
    whole = np.concatenate((page.whole, KINDS_SAID))
    every = page._replace(rows=np.concatenate((page.rows, np.repeat(whole[:, None], page.columns.blocks, 1))), whole=whole[:0])
    assert np.allclose(net(page, KINDS_SAID), net(every, whole[:0]), atol=1e-4)


def test_the_slopes_are_those_of_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "_DROP", 0.0)
    random = np.random.default_rng(1)
    weights, batch, _ = _batch((3, 9), (12, 2))
    weights.values = [value.astype(np.float64) for value in weights.values]
    slopes = weights.slopes(batch, random)
    for value, slope in zip(weights.values, slopes, strict=True):
        at = tuple(int(random.integers(0, size)) for size in value.shape)
        kept, losses = value[at], []
        for change in (1e-4, -1e-4):
            value[at] = kept + change
            losses.append(_loss(weights.forward(batch, None)[0], batch))
        value[at] = kept
        assert (losses[0] - losses[1]) / 2e-4 == pytest.approx(float(slope[at]), rel=2e-2, abs=1e-5)


def _loss(said: np.ndarray, batch: sequence._Batch) -> float:
    chance = 1 / (1 + np.exp(-said))
    entropy = -(batch.shares * np.log(chance) + (1 - batch.shares) * np.log(1 - chance)) * batch.importance
    hits = np.bincount(batch.page, chance * batch.shares * batch.words)
    sizes = np.bincount(batch.page, (chance + batch.shares) * batch.words) + 1
    return float((entropy.sum() + ((1 - 2 * hits / sizes) * batch.weight).sum()) / len(batch.whole))
