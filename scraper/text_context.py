"""What the lines around a line of a text page show, and what a first judgement said of them: see `text_features`."""

import numpy as np
from numpy.typing import NDArray

from scraper.text_features import ALIKE_COLUMN, ENDS_COLUMN, SHORT, SIZES, TOPIC_COLUMN, WORD_COLUMN, Floats, Lines, grid

_APART = 6  # lines between two parts of prose
_NEAR = (-2, -1, 1, 2)
NEIGHBOURHOOD = len(_NEAR) + 1  # a line and its neighbours in `context`


def context(lines: Lines) -> Floats:
    """Return own and neighbours' features, the place on the page, and the prose and furniture around: one row a line."""
    own, sizes = lines.own, lines.sizes
    count = len(sizes)
    before = np.cumsum(sizes) - sizes
    total = before[-1] + sizes[-1]
    prose = np.where((sizes >= 100) & (own[:, 9] > 0), sizes, 0.0)
    prose_before = np.cumsum(prose) - prose
    all_prose = prose.sum() + 1.0
    marks = np.cumsum(own[:, ENDS_COLUMN])
    size_and_prose = [np.searchsorted(SIZES, sizes) / 8.0, np.minimum(prose, 500) / 250]
    near = np.stack([_means_around(size_and_prose, reach) for reach in (3, 8, 20)])
    place = np.stack(
        [
            np.arange(count) / max(1, count - 1) * 2,
            before / total * 2,
            prose_before / all_prose * 2,
            np.searchsorted(SIZES, np.arange(count)) / 8.0,
            np.searchsorted(SIZES, np.arange(count)[::-1]) / 8.0,
            np.minimum(marks, 4) / 2,
            np.minimum(marks[-1] - marks, 4) / 2,
            _since(own[:, ENDS_COLUMN] > 0),
            _since(prose > 0),
            _since((prose > 0)[::-1])[::-1],
            np.full(count, np.searchsorted(SIZES, count / 4) / 8.0),
            np.full(count, np.searchsorted(SIZES, all_prose / 20) / 8.0),
            np.full(count, prose.sum() / total * 2),
            *near[:, 0],
            *near[:, 1],
            _mean_around(own[:, ENDS_COLUMN - 2], 5) * 2,
            _mean_around(own[:, WORD_COLUMN], 4),
            _mean_around(own[:, -2], 8) * 2,
            _mean_around(own[:, ENDS_COLUMN - 1], 8) * 2,
            np.cumsum(own[:, -2] >= 1) / (1.0 + (own[:, -2] >= 1).sum()) * 2,
            np.full(count, np.searchsorted(SIZES, (own[:, -2] >= 1).sum()) / 8.0),
            _mean_around(own[:, TOPIC_COLUMN], 2),
            *_lists(own, sizes, before),
        ],
        axis=1,
    )
    return np.concatenate([own, *(shifted(own, step) for step in _NEAR), grid(place)], axis=1)


def _lists(own: Floats, sizes: Floats, before: Floats) -> list[Floats]:
    """What the lines around say of lists, comments and cards: lines alike, patterns that recur every few lines, words."""
    alike = np.maximum(own[:, ALIKE_COLUMN], own[:, ALIKE_COLUMN + 1])
    size = np.searchsorted(SIZES, sizes) / 8.0
    pattern = np.stack([size, own[:, 15], own[:, -2], own[:, WORD_COLUMN + 1]], axis=1)
    periods = _means_around([np.abs(pattern - shifted(pattern, step)).sum(axis=1) for step in (1, 2, 3, 4, 5, 6)], 7)
    recurring = np.minimum.reduce(periods[1:])
    close, wide = (_means_around([own[:, ALIKE_COLUMN], own[:, ALIKE_COLUMN + 1]], reach) for reach in (5, 15))
    short = sizes <= SHORT
    prose_words = np.where(short, 0.0, own[:, WORD_COLUMN])
    marked = own[:, ENDS_COLUMN] > 0
    return [
        close[0],
        wide[0],
        close[1],
        wide[1],
        _since(alike >= 0.5),
        _since((alike >= 0.5)[::-1])[::-1],
        _chars_since(marked, before),
        _chars_until(marked, before),
        periods[0],
        recurring,
        recurring - periods[0],
        _mean_around(np.where(short, own[:, WORD_COLUMN + 1], 0.0), 12) * 2,
        _mean_around(prose_words, 3),
        _mean_around(prose_words, 10),
        _mean_around(own[:, -1], 10) * 4,
        _mean_around(own[:, ENDS_COLUMN - 2], 15) * 2,
    ]


def _chars_since(marks: NDArray[np.bool_], before: Floats) -> Floats:
    """Return how many characters ago the last mark was, by size class; 2.5 where there was none. `before`: characters before each line."""
    latest = np.maximum.accumulate(np.where(marks, before, -1e6))
    return np.minimum(np.searchsorted(SIZES, (before - latest) / 10.0) / 8.0, 2.5)


def _chars_until(marks: NDArray[np.bool_], before: Floats) -> Floats:
    following = np.minimum.accumulate(np.where(marks, before, 1e9)[::-1])[::-1]
    return np.minimum(np.searchsorted(SIZES, (following - before) / 10.0) / 8.0, 2.5)


def shifted(values: Floats, step: int) -> Floats:
    """Return the rows `step` lines further on; zeros beyond the page."""
    result = np.zeros_like(values)
    if step > 0:
        result[:-step] = values[step:]
    else:
        result[-step:] = values[:step]
    return result


def around(scores: Floats, sizes: Floats) -> Floats:
    """Return what a first judgement says of each line's surroundings: `scores` from -4 to 4, a column a head, the first for body."""
    body_score = scores[:, 0]
    weight = np.minimum(sizes, 1000.0)
    body = np.maximum(body_score, 0.0) * weight
    mass = body.sum() + 1.0
    before = np.cumsum(body) - body
    columns = [
        body_score,
        *(_shift_one(body_score, step) for step in (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)),
        *(_mean_around(body_score, reach) for reach in (4, 10, 25)),
        *(_mean_around(body_score * weight, reach) / (_mean_around(weight, reach) + 1.0) for reach in (4, 10, 25)),
        before / mass * 4,
        (mass - before - body) / mass * 4,
        np.full(len(sizes), np.searchsorted(SIZES, mass / 100) / 8.0),
        np.full(len(sizes), body_score.max()),
        *_parts(body_score, body, mass),
        *_likely(body_score, weight, sizes),
        *(column for head in (1, 2, 3, 4, 5) for column in _from_best(scores[:, head])),
        *(column for head in (4, 5) for column in _passed(scores[:, head])),
    ]
    return grid(np.stack(columns, axis=1))


def _likely(scores: Floats, weight: Floats, sizes: Floats) -> list[Floats]:
    """How much of the text around is likely, before and after, and how far the likely lines are, in characters."""
    chance = grid(np.clip(scores / 4.0 + 0.5, 0.0, 1.0))
    mass = np.cumsum(chance * weight)
    total = mass[-1] + 1.0
    before = np.cumsum(sizes) - sizes
    likely = scores > 0
    previous = np.concatenate([[False], likely[:-1]])
    return [
        chance * 2,
        *(_mean_around(chance * weight, reach) / (_mean_around(weight, reach) + 1.0) * 2 for reach in (2, 5, 15)),
        (mass - chance * weight) / total * 2,
        _chars_since(previous, before),
        _chars_until(likely, before + 0.0),
        _mean_around(np.abs(scores) / 2, 6),
        np.full(len(scores), (likely * weight).sum() / (weight.sum() + 1.0) * 2),
        np.full(len(scores), np.searchsorted(SIZES, likely.sum()) / 8.0),
        np.full(len(scores), (chance * (1.0 - chance) * weight).sum() / total * 4),
    ]


def _parts(scores: Floats, body: Floats, mass: float) -> list[Floats]:
    """How far each line is from the part of prose before and after it, and how large they are; parts are six other lines apart."""
    count = len(scores)
    index = np.arange(count)
    strong = scores > 1.0
    latest = np.maximum.accumulate(np.where(strong, index, -1000))
    following = np.minimum.accumulate(np.where(strong, index, 2 * count + 1000)[::-1])[::-1]
    previous = np.concatenate([[-1000], latest[:-1]])
    part = np.cumsum(strong & (index - previous > _APART))
    shares = np.bincount(part, weights=np.where(strong, body, 0.0), minlength=int(part[-1]) + 2) / mass
    inside = np.where(latest >= 0, part, 0)
    after = np.where(following < count, part[np.minimum(following, count - 1)], 0)
    shares[0] = 0.0
    best = shares.max() + 1e-9
    return [
        np.minimum(np.searchsorted(SIZES, index - latest) / 8.0, 2.5),
        np.minimum(np.searchsorted(SIZES, following - index) / 8.0, 2.5),
        shares[inside] * 2,
        shares[after] * 2,
        (shares[inside] == best - 1e-9).astype(np.float64),
        (shares[after] == best - 1e-9).astype(np.float64),
    ]


def _from_best(scores: Floats) -> list[Floats]:
    """Where a line is from the line of the highest score: after it or not, how far, and how high that score and its own are."""
    best = int(scores.argmax())
    distance = np.arange(len(scores)) - best
    steps = np.searchsorted(SIZES, np.abs(distance)) / 8.0
    return [(distance >= 0).astype(np.float64), steps * np.sign(distance), np.full(len(scores), scores[best]), scores]


def _passed(scores: Floats) -> list[Floats]:
    """Whether the line of a high score is behind or still to come: the highest one above each line, from it on, and their difference."""
    above = np.maximum.accumulate(np.concatenate([[-4.0], scores[:-1]]))
    below = np.maximum.accumulate(scores[::-1])[::-1]
    return [above, below, above - below]


def _shift_one(values: Floats, step: int) -> Floats:
    result = np.full_like(values, -4.0)
    if step > 0:
        result[:-step] = values[step:]
    else:
        result[-step:] = values[:step]
    return result


def _mean_around(values: Floats, reach: int) -> Floats:
    """Return the mean of each line and `reach` lines on both sides, fewer at the page's ends."""
    return np.asarray(_means_around([values], reach)[0])


def _means_around(columns: list[Floats], reach: int) -> Floats:
    """Return the means of several columns, a row a column: most pages are short, and calls cost more than sums."""
    count = len(columns[0])
    sums = np.zeros((len(columns), count + 1))
    np.cumsum(grid(np.stack(columns)), axis=1, out=sums[:, 1:])
    low = np.maximum(np.arange(-reach, count - reach), 0)
    high = np.minimum(np.arange(reach + 1, count + reach + 1), count)
    return np.asarray((sums[:, high] - sums[:, low]) / (high - low))


def _since(marks: NDArray[np.bool_]) -> Floats:
    """Return how many lines ago the last mark was, by size class; 2.5 where there was none."""
    index = np.arange(len(marks))
    latest = np.maximum.accumulate(np.where(marks, index, -1000))
    return np.minimum(np.searchsorted(SIZES, index - latest) / 8.0, 2.5)
