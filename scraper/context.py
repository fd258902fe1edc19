"""The second look: what the first one said of a block's surroundings, one row a block.

The first look judges a block by itself and its near neighbours. Read again beside how likely everything around it is, a short line between
two paragraphs is told from the same line in a list of teasers.
"""

from typing import Any

import numpy as np

from scraper.blocks import Segmentation

Array = np.ndarray[Any, Any]

_STEPS = (1, 2, 3, 4)
_LEVELS = 5
_WINDOWS = (5, 15)
_MANY = 150  # likely blocks; more say no more
_FAR = 1.2  # log characters, over 10: no likely block on that side


def log_odds(likely: Array) -> Array:
    """Return the log-odds of probabilities, within ±6."""
    return np.clip(np.log(likely / (1 - likely + 1e-6) + 1e-6), -6, 6)


def context_features(page: Segmentation, likely: Array) -> Array:
    """Return a float32 array of shape (blocks, features) from `likely`, each block's probability (shape (blocks,)) of being body."""
    count = len(likely)
    chars = np.array([len(block.text) for block in page.blocks], np.float64)
    holder = np.array([block.container for block in page.blocks])
    all_chars, all_likely = _running(chars), _running(likely * chars)
    total = all_likely[-1] + 1
    columns = [log_odds(likely)]
    for step in _STEPS:
        before, after = np.zeros(count), np.zeros(count)
        before[step:], after[:-step] = likely[: max(count - step, 0)], likely[step:]
        columns += [before, after]
    starts, ends, parents = np.array(page.starts), np.array(page.ends), np.maximum(np.array(page.parents), 0)
    within = all_likely[ends] - all_likely[starts]
    share = within / (all_chars[ends] - all_chars[starts] + 1)
    for _ in range(_LEVELS):
        columns += [share[holder], within[holder] / total]
        holder = parents[holder]
    order = np.arange(count)
    for width in _WINDOWS:
        low, high = np.maximum(order - width, 0), np.minimum(order + width + 1, count)
        columns.append((all_likely[high] - all_likely[low]) / (all_chars[high] - all_chars[low] + 1))
    columns += [all_likely[:-1] / total, all_likely[1:] / total]
    unsure = (likely * (1 - likely) * chars).sum() / (all_chars[-1] + 1)
    whole = (
        min(np.log1p(all_likely[-1]) / 10, 1.1),
        all_likely[-1] / (all_chars[-1] + 1),
        likely.max(),
        np.log1p(min(likely.sum(), _MANY)) / 5,
        unsure,
    )
    columns += [np.full(count, value) for value in whole]
    return np.column_stack((*columns, *_distances(likely > 0.5, all_chars, order))).astype(np.float32)


def page_features(likely: Array, chars: Array) -> Array:
    """Return one row about a whole page's labels, for the confidence: how much was kept, how clearly, and how the rest looks."""
    kept = likely >= 0.5
    size = chars.sum() + 1
    sure = np.abs(2 * likely - 1)
    mine = (chars * kept).sum() + 1
    return np.array(
        (
            (sure * chars).sum() / size,
            (sure * chars * kept).sum() / mine,
            (chars * (sure < 0.6)).sum() / mine,
            (chars * kept * (sure < 0.6)).sum() / mine,
            (chars * ~kept * (sure < 0.6)).sum() / mine,
            np.log1p(mine) / 10,
            np.log1p(size) / 10,
            mine / size,
            np.log1p(kept.sum()) / 5,
            np.log1p(np.abs(np.diff(kept)).sum()) / 3,
            likely.max(),
        ),
        np.float32,
    )


def _running(values: Array) -> Array:
    return np.concatenate(((0.0,), np.cumsum(values)))


def _distances(likely: Array, all_chars: Array, order: Array) -> tuple[Array, Array]:
    """Log of the characters since the last likely block and until the next one."""
    count = len(order)
    last = np.maximum.accumulate(np.where(likely, order, -1))
    following = np.minimum.accumulate(np.where(likely, order, count)[::-1])[::-1]
    since = np.log1p(all_chars[:-1] - all_chars[np.maximum(last, 0)]) / 10
    until = np.log1p(all_chars[np.minimum(following, count - 1)] - all_chars[:-1]) / 10
    return np.where(last >= 0, since, _FAR), np.where(following < count, until, _FAR)
