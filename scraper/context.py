"""The second look: what the first one said of a block's surroundings, one column a block.

The first look judges a block by itself and by what its containers hold. Read again beside how likely everything around it is, a short line
between two paragraphs is told from the same line in a list of teasers.
"""

from typing import Any

import numpy as np

from scraper.columns import LEVELS
from scraper.features import Features, last_before

Array = np.ndarray[Any, Any]

_STEPS = (1, 2, 3, 4)
_WINDOWS = (5, 15)
_MANY = 150  # likely blocks; more say no more
_FAR = 1.2  # log characters, over 10: no likely block on that side


def log_odds(likely: Array) -> Array:
    """Return the log-odds of probabilities, within ±6."""
    return np.minimum(np.maximum(np.log((likely + 1e-6) / (1 - likely + 1e-6)), -6), 6)


def context_features(features: Features, likely: Array) -> tuple[Array, Array]:
    """Return what the first look says of each block's surroundings and of the page, of shapes (numbers, blocks) and (numbers,).

    `likely` is each block's probability of being body, of shape (blocks,).
    """
    table = features.columns
    count, chars, starts, ends = table.blocks, table.chars, table.starts, table.ends
    sums = np.zeros((2, count + 1))
    sums[0] = table.sums[0]
    weighed = likely * chars
    np.cumsum(weighed, out=sums[1, 1:])
    all_chars, all_likely = sums
    total = all_likely[-1] + 1
    found = np.zeros((2 * len(_STEPS) + 2 * LEVELS + 11, count), np.float32)
    found[0] = log_odds(likely)
    row = 1
    for step in _STEPS:
        found[row, step:], found[row + 1, :-step] = likely[: max(count - step, 0)], likely[step:]
        row += 2
    inside = sums.take(ends, 1) - sums.take(starts, 1)
    inside[0] = inside[1] / (inside[0] + 1)
    inside[1] /= total
    found[row : row + 2 * LEVELS] = inside.take(table.levels.ravel(), 1).reshape(2 * LEVELS, count)
    row += 2 * LEVELS
    order = np.arange(count)
    for width in _WINDOWS:
        bounds = np.maximum(order - width, 0), np.minimum(order + (width + 1), count)
        within = sums.take(bounds[1], 1) - sums.take(bounds[0], 1)
        found[row] = within[1] / (within[0] + 1)
        row += 1
    found[row], found[row + 1] = all_likely[:-1] / total, all_likely[1:] / total
    group = features.alike
    found[row + 2] = (np.bincount(group, weighed) / np.bincount(group, chars)).take(group)
    found[row + 3] = np.bincount(group, likely).take(group) / np.bincount(group).take(group)
    last = last_before(table.headings)
    found[row + 4] = np.where(last < 0, 0.5, likely.take(last))
    found[row + 5] = likely.take(starts.take(table.levels[1]))
    found[row + 6], found[row + 7] = _distances(likely > 0.5, all_chars, order)
    unsure = (likely * (1 - likely) * chars).sum() / (all_chars[-1] + 1)
    whole = (
        min(np.log1p(all_likely[-1]) / 10, 1.1),
        all_likely[-1] / (all_chars[-1] + 1),
        likely.max(),
        np.log1p(min(likely.sum(), _MANY)) / 5,
        unsure,
    )
    return found, np.array(whole, np.float32)


def page_features(likely: Array, chars: Array) -> Array:
    """Return one row about a whole page's labels, for the confidence: how much was kept, how clearly, and how the rest looks."""
    kept = likely >= 0.5
    size = chars.sum() + 1
    sure = np.abs(2 * likely - 1)
    weighed, doubtful, mine = sure * chars, chars * (sure < 0.6), chars * kept
    most = mine.sum() + 1
    return np.array(
        (
            weighed.sum() / size,
            (weighed * kept).sum() / most,
            doubtful.sum() / most,
            (doubtful * kept).sum() / most,
            (doubtful * ~kept).sum() / most,
            np.log1p(most) / 10,
            np.log1p(size) / 10,
            most / size,
            np.log1p(kept.sum()) / 5,
            np.log1p((kept[1:] != kept[:-1]).sum()) / 3,
            likely.max(),
        ),
        np.float32,
    )


def _distances(likely: Array, all_chars: Array, order: Array) -> tuple[Array, Array]:
    """Log of the characters since the last likely block and until the next one."""
    count = len(order)
    last = np.maximum.accumulate(np.where(likely, order, -1))
    following = np.minimum.accumulate(np.where(likely, order, count)[::-1])[::-1]
    since = np.log1p(all_chars[:-1] - all_chars.take(np.maximum(last, 0))) / 10
    until = np.log1p(all_chars.take(np.minimum(following, count - 1)) - all_chars[:-1]) / 10
    return np.where(last >= 0, since, _FAR), np.where(following < count, until, _FAR)
