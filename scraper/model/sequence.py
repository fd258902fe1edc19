"""The net that judges a page's blocks as a sequence: each beside its neighbours, blocks that look like it, and what its containers hold.

A short line between two paragraphs is told from the same line in a list of teasers by what stands around it. So every block first becomes a
few dozen numbers, which then take up those of the blocks 1, 2, 4, … before and after them, and are read at the end beside the means over
the blocks that look alike, over the block's parent and grandparent, and over the page.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from scraper.model.features import Features
from scraper.product import product

Array = np.ndarray[Any, Any]

VIEWS = 5  # the block's own numbers and four means
CONTAINERS = (1, 2)  # levels of `Columns.levels` that are views: parent and grandparent


class SequenceNet(NamedTuple):
    """Weights. Inputs are first cut to what the training pages showed, `low` to `high`, both of shape (inputs,).

    `entry` (inputs, width) takes the block's features, then those of the page; each of `steps` (3 * width, width) takes the block that many
    places before, the block, and the one after, twice as far as the step before it; `views` (width, VIEWS * hidden) and `exit` (hidden, 1).
    """

    low: Array
    high: Array
    entry: Array
    entry_bias: Array
    steps: list[Array]
    step_biases: list[Array]
    views: Array
    view_bias: Array
    exit: Array
    exit_bias: Array

    def __call__(self, features: Features, kinds: Array) -> Array:
        """Return the log-odds of being body, one a block. `kinds` are the probabilities of the page's kinds."""
        own = len(features.rows)
        whole = np.minimum(np.maximum(np.concatenate((features.whole, kinds)), self.low[own:]), self.high[own:])
        rows = np.minimum(np.maximum(features.rows, self.low[:own, None]), self.high[:own, None])
        state = product(rows.T, self.entry[:own])
        state += whole @ self.entry[own:] + self.entry_bias
        np.maximum(state, 0, out=state)
        for number, (weight, bias) in enumerate(zip(self.steps, self.step_biases, strict=True)):
            change = product(beside(state, 1 << number), weight)
            change += bias
            state += np.maximum(change, 0, out=change)
        seen = product(state, self.views)
        hidden = seen[:, : len(self.view_bias)] + self.view_bias
        for view in _means(features, seen[:, len(self.view_bias) :]):
            hidden += view
        scores: Array = (np.maximum(hidden, 0, out=hidden) @ self.exit)[:, 0] + self.exit_bias[0]
        return scores


def beside(state: Array, distance: int) -> Array:
    """Return, of shape (n, 3 * width), each row's neighbour `distance` before, the row, and the one as far after; zeros past the ends."""
    count, width = state.shape
    found = np.zeros((count, 3 * width), state.dtype)
    found[distance:, :width] = state[:-distance]
    found[:, width : 2 * width] = state
    found[:-distance, 2 * width :] = state[distance:]
    return found


def _means(features: Features, seen: Array) -> Iterator[Array]:
    """Yield the means of the views' numbers, `seen`, over the blocks alike, the parent, the grandparent, and the page."""
    width, table, group = seen.shape[1] // (VIEWS - 1), features.columns, features.alike
    sizes = np.bincount(group)
    firsts = np.zeros(len(sizes), np.int64)
    np.cumsum(sizes[:-1], out=firsts[1:])
    sums = np.add.reduceat(seen[:, :width].take(np.argsort(group, kind="stable"), 0), firsts)
    yield (sums / sizes[:, None]).take(group, 0)
    count = len(CONTAINERS)
    running = np.zeros((table.blocks + 1, count * width))
    np.cumsum(seen[:, width:-width], axis=0, out=running[1:])
    rows, holders = running.reshape(-1, width), table.levels[CONTAINERS[0] : CONTAINERS[-1] + 1]
    starts, ends, level = table.starts.take(holders), table.ends.take(holders), np.arange(count)[:, None]
    inside = rows.take(ends * count + level, 0)
    inside -= rows.take(starts * count + level, 0)
    inside /= (ends - starts)[..., None]
    yield from inside
    yield seen[:, -width:].mean(0)
