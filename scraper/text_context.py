"""What the lines around a line of a text page show, and what a first judgement said of them: see `text_features`.

Most pages are short, and a call of numpy costs more than its sums: columns that are treated alike are treated together.
"""

import numpy as np
from numpy.typing import NDArray

from scraper.text_features import (
    ALIKE_COLUMN,
    BYLINE_COLUMN,
    COMMENT_COLUMN,
    DATE_COLUMN,
    ENDS_COLUMN,
    LAST_END_COLUMN,
    RELATED_COLUMN,
    SENTENCE_COLUMN,
    SHORT,
    SIZES,
    SURE_COLUMN,
    TOPIC_COLUMN,
    WEAK_COLUMN,
    WORD_COLUMN,
    Flags,
    Floats,
    Lines,
    Singles,
    grid,
    stacked,
)

_APART = 6  # lines between two parts of prose
_NEAR = (-2, -1, 1, 2)
_REACHES = (3, 8, 20)  # lines on both sides that means are taken over
_SCORE_REACHES = (2, 5, 12, 25)
_PERIODS = (1, 2, 3, 4, 5, 6)  # lines after which the pattern of a list recurs
_AT_ONCE = 20_000  # numbers summed together: they stay in the processor's cache
_FAR = 2.5  # as far as can be


def first_input(lines: Lines, place: Singles, start: int, stop: int) -> Singles:
    """Return the first net's input for some lines, a column a line: own features, those of the neighbours, the place."""
    own = lines.own.T
    count, width = own.shape[1], own.shape[0]
    result = np.zeros((width * (len(_NEAR) + 1) + len(place), stop - start), dtype=np.float32)
    result[:width] = own[:, start:stop]
    for at, step in enumerate(_NEAR, 1):
        low, high = max(start + step, 0), min(stop + step, count)
        if low < high:
            result[width * at : width * (at + 1), low - step - start : high - step - start] = own[:, low:high]
    result[width * (len(_NEAR) + 1) :] = place[:, start:stop]
    return result


def second_input(lines: Lines, place: Singles, near: Singles, start: int, stop: int) -> Singles:
    """Return the second net's input for some lines, a column a line: own features, the place, and what `around` says."""
    return np.concatenate([lines.own.T[:, start:stop], place[:, start:stop], near[:, start:stop]])


def context(lines: Lines) -> Singles:
    """Return the place on the page, and the prose and furniture around: a row a feature, a column a line."""
    own, sizes = lines.own, lines.sizes
    count = len(sizes)
    index = np.arange(count)
    before = np.cumsum(sizes) - sizes
    total = before[-1] + sizes[-1]
    prose = np.where((sizes >= 100) & (own[:, SENTENCE_COLUMN] > 0), sizes, 0.0)
    prose_before = np.cumsum(prose) - prose
    all_prose = prose.sum() + 1.0
    size = np.searchsorted(SIZES, sizes) / 8.0
    words, means = own[:, WORD_COLUMN], own[:, WORD_COLUMN + 1]
    short = sizes <= SHORT
    date, comment, ends, related = (own[:, column] for column in (DATE_COLUMN, COMMENT_COLUMN, ENDS_COLUMN, RELATED_COLUMN))
    alike = np.maximum(own[:, ALIKE_COLUMN], own[:, ALIKE_COLUMN + 1])
    series: list[NDArray[np.generic]] = [
        size,
        np.minimum(prose, 500) / 250,
        own[:, SURE_COLUMN] * 2,
        own[:, WEAK_COLUMN] * 2,
        words,
        date * 2,
        own[:, TOPIC_COLUMN],
        own[:, ALIKE_COLUMN],
        own[:, ALIKE_COLUMN + 1],
        np.where(short, means, 0.0) * 2,
        np.where(short, 0.0, words),
        own[:, BYLINE_COLUMN] * 4,
        comment * 4,
    ]
    dated = date >= 1
    marks = np.cumsum([ends, comment, related, dated], axis=1)
    steps = [
        index,
        index[::-1],
        *_lines_since([ends > 0, prose > 0, alike >= 0.5, comment > 0, related > 0, dated]),
        *_lines_until([prose > 0, alike >= 0.5, comment > 0, related > 0]),
    ]
    chars = [*_chars_since([ends > 0, comment > 0, related > 0], before), *_chars_until([ends > 0, comment > 0], before)]
    return stacked(
        [
            index / max(1, count - 1) * 2,
            before / total * 2,
            prose_before / all_prose * 2,
            *_sized(steps, 1.0),
            *_sized(chars, 10.0),
            *np.minimum(marks, 4) / 2,
            *np.minimum(marks[:, -1:] - marks, 4) / 2,
            marks[3] / (1.0 + marks[3, -1]) * 2,
            *np.repeat(
                np.concatenate([np.searchsorted(SIZES, [count / 4, all_prose / 20, marks[3, -1]]) / 8.0, [prose.sum() / total * 2]]), count
            ).reshape(4, count),
            *_means_around(series, _REACHES),
            *_recurring([size, own[:, LAST_END_COLUMN], date, means]),
        ]
    )


def _recurring(pattern: list[NDArray[np.generic]]) -> list[Floats]:
    """How little the pattern of lines changes from one to the next, and to the one that is most alike a few lines further on."""
    rows = np.concatenate(pattern, dtype=np.float64).reshape(len(pattern), -1)
    changes: list[NDArray[np.generic]] = []
    for step in _PERIODS:
        following = np.zeros_like(rows)
        following[:, :-step] = rows[:, step:]
        changes.append(np.abs(rows - following).sum(axis=0))
    periods = _means_around(changes, (7,))
    recurring = periods[1:].min(axis=0)
    return [periods[0], recurring, recurring - periods[0]]


def around(scores: Floats, sizes: Floats) -> Singles:
    """Return what a first judgement says of each line's surroundings: a row a feature, a column a line.

    `scores`: from -4 to 4, a row a head: body, headline, byline, date, first, last, before, after.
    """
    body_score = scores[0]
    count = len(sizes)
    weight = np.minimum(sizes, 1000.0)
    body = np.maximum(body_score, 0.0) * weight
    mass = body.sum() + 1.0
    before = np.cumsum(body) - body
    chance = grid(np.clip(body_score / 4.0 + 0.5, 0.0, 1.0))
    likely_mass = np.cumsum(chance * weight)
    likely = body_score > 0
    chars = np.cumsum(sizes) - sizes
    weighted = _means_around([body_score * weight, chance * weight, weight], _SCORE_REACHES).reshape(3, len(_SCORE_REACHES), count)
    previous = np.concatenate([[False], likely[:-1]])
    whole = [
        np.searchsorted(SIZES, mass / 100) / 8.0,
        body_score.max(),
        (likely * weight).sum() / (weight.sum() + 1.0) * 2,
        np.searchsorted(SIZES, likely.sum()) / 8.0,
        (chance * (1.0 - chance) * weight).sum() / (likely_mass[-1] + 1.0) * 4,
    ]
    return stacked(
        [
            *scores,
            chance * 2,
            *_neighbours(body_score, 6),
            *(column for head in (1, 2, 3, 6) for column in _neighbours(scores[head], 2)),
            *_neighbours(scores[7], 2),
            *_means_around([body_score, np.abs(body_score), scores[6], scores[7]], _SCORE_REACHES),
            *weighted[0] / (weighted[2] + 1.0),
            *weighted[1] / (weighted[2] + 1.0) * 2,
            before / mass * 4,
            (mass - before - body) / mass * 4,
            (likely_mass - chance * weight) / (likely_mass[-1] + 1.0) * 2,
            *_sized([*_chars_since([previous], chars), *_chars_until([likely], chars)], 10.0),
            *np.repeat(whole, count).reshape(len(whole), count),
            *_parts(body_score, body, mass),
            *(column for head in (1, 2, 3, 4, 5) for column in _from_best(scores[head])),
            *(column for head in (4, 5) for column in _passed(scores[head])),
            *(column for margin in margins(scores) for column in (np.clip(margin, -4, 4), np.clip(margin / 8, -4, 4))),
        ]
    )


def margins(scores: Floats) -> tuple[Floats, Floats]:
    """Return by how much each line is rather above the article's first line than from it on, and rather below its last than up to it.

    The best place for the border is where the sum over the lines on its two sides is highest: exact sums, linear in the lines.
    """
    before, after = scores[6], scores[7]
    first = np.cumsum(before) - before + scores[4]  # with this line as the first, how well the lines above are explained
    last = scores[5] - np.cumsum(after)
    first_until, last_until = np.maximum.accumulate(first), np.maximum.accumulate(last)
    first_from, last_from = np.maximum.accumulate(first[::-1])[::-1], np.maximum.accumulate(last[::-1])[::-1]
    never = [-1000.0]
    above = np.concatenate([first_from[1:], never]) - first_until
    below = np.concatenate([never, last_until[:-1]]) - last_from
    return np.clip(above, -32, 32), np.clip(below, -32, 32)


def _parts(scores: Floats, body: Floats, mass: float) -> list[NDArray[np.generic]]:
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
    best = shares.max()
    return [
        *_sized([index - latest, following - index], 1.0),
        shares[inside] * 2,
        shares[after] * 2,
        shares[inside] == best,
        shares[after] == best,
    ]


def _from_best(scores: Floats) -> list[NDArray[np.generic]]:
    """Where a line is from the line of the highest score: after it or not, how far, and how high that score is."""
    best = int(scores.argmax())
    distance = np.arange(len(scores)) - best
    steps = np.searchsorted(SIZES, np.abs(distance)) / 8.0
    return [distance >= 0, steps * np.sign(distance), np.full(len(scores), scores[best])]


def _passed(scores: Floats) -> list[Floats]:
    """Whether the line of a high score is behind or still to come: the highest one above each line, from it on, and their difference."""
    above = np.maximum.accumulate(np.concatenate([[-4.0], scores[:-1]]))
    below = np.maximum.accumulate(scores[::-1])[::-1]
    return [above, below, above - below]


def _neighbours(values: Floats, reach: int) -> list[Floats]:
    padded = np.concatenate([np.full(reach, -4.0), values, np.full(reach, -4.0)])
    return [padded[reach + step : reach + step + len(values)] for step in range(-reach, reach + 1) if step]


def _means_around(columns: list[NDArray[np.generic]], reaches: tuple[int, ...]) -> Singles:
    """Return the means of each line and `reach` lines on both sides, fewer at the page's ends: a row a column and reach."""
    count, most = len(columns[0]), reaches[-1]
    index = np.arange(count)
    lines = [np.minimum(index + reach + 1, count) - np.maximum(index - reach, 0) for reach in reaches]
    result = np.empty((len(columns), len(reaches), count), dtype=np.float32)
    together = max(1, _AT_ONCE // count)
    for start in range(0, len(columns), together):
        some = columns[start : start + together]
        sums = np.zeros((len(some), count + 2 * most + 1))
        inner = sums[:, most + 1 : most + 1 + count]
        np.cumsum(grid(np.concatenate(some, dtype=np.float64).reshape(len(some), -1)), axis=1, out=inner)
        sums[:, most + 1 + count :] = inner[:, -1:]
        for at, reach in enumerate(reaches):
            near = sums[:, most + reach + 1 : most + reach + 1 + count] - sums[:, most - reach : most - reach + count]
            result[start : start + together, at] = near / lines[at]
    return result.reshape(-1, count)


def _sized(steps: list[NDArray[np.generic]], unit: float) -> Floats:
    """Return the size class of distances."""
    rows = np.concatenate(steps, dtype=np.float64).reshape(len(steps), -1)
    return np.minimum(np.searchsorted(SIZES, rows / unit) / 8.0, _FAR)


def _lines_since(marks: list[Flags]) -> NDArray[np.int64]:
    """Return how many lines ago the last mark was, a row a kind of mark."""
    index = np.arange(len(marks[0]))
    return np.asarray(index - np.maximum.accumulate(np.where(np.stack(marks), index, -5000), axis=1))


def _lines_until(marks: list[Flags]) -> NDArray[np.int64]:
    return _lines_since([mark[::-1] for mark in marks])[:, ::-1]


def _chars_since(marks: list[Flags], before: Floats) -> Floats:
    """Return how many characters ago the last mark was; `before`: characters before each line."""
    return np.asarray(before - np.maximum.accumulate(np.where(np.stack(marks), before, -1e6), axis=1))


def _chars_until(marks: list[Flags], before: Floats) -> Floats:
    return np.asarray(np.minimum.accumulate(np.where(np.stack(marks), before, 1e9)[:, ::-1], axis=1)[:, ::-1] - before)
