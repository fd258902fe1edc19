"""Training of the sequence net: whole pages, Adam along a cosine, dropout, a moving mean of the weights, one seed.

The loss of a page is the cross entropy of its blocks, and what its expected F1 lacks to 1: what the body is scored by. The forward pass
here is that of `scraper.model.sequence`, over many pages at once, with zeros between them; a test holds the two equal.
"""

from typing import Any, NamedTuple

import numpy as np

from bench.nets import Adam, Scaling, dropout, half, limits
from scraper.model import sigmoid
from scraper.model.features import Features
from scraper.model.sequence import CONTAINERS, VIEWS, SequenceNet, beside

Array = np.ndarray[Any, Any]

WIDTH, STEPS, HIDDEN = 48, 4, 24
EPOCHS = 20
_BATCH = 12  # pages
_BLOCKS = 500  # of a page, for one batch: a run of a longer page, another one each time
_RATE, _WARM, _DECAY = 2e-3, 0.1, 1e-2
_DROP = 0.25
_AS_IS = 0.4  # share of the pages of an epoch that are no variants
_LONGEST = 2.0  # of a batch's gradient
_KEEP = 0.995  # of the weights' moving mean, a step
_SILVER = 0.5  # weight of the F1 of pages whose labels come from other extractors
_GAP = 1 << (STEPS - 1)  # rows between pages: the farthest neighbour that a step looks at


class Lesson(NamedTuple):
    """A page to learn from: its features, what is the same for all its blocks, and for each block the share of body, importance, words."""

    features: Features
    whole: Array
    shares: Array
    importance: Array
    words: Array
    judged: bool  # by a person, as a whole


class _Batch(NamedTuple):
    rows: Array
    whole: Array
    page: Array  # of each row
    mask: Array  # of shape (rows, 1): 0 between pages
    means: list["_Means"]  # one a view
    shares: Array
    importance: Array
    words: Array
    weight: Array  # of each page's F1


def train(lessons: list[list[Lesson]], seed: int = 0, epochs: int = EPOCHS) -> SequenceNet:
    """Return a net trained on pages, each given as it is and then as its variants: an epoch sees one of them."""
    random = np.random.default_rng(seed)
    blocks = limits(np.concatenate([versions[0].features.rows.T for versions in lessons]))
    pages = limits(np.array([versions[0].whole for versions in lessons]))
    scaling = Scaling(*map(np.concatenate, zip(blocks, pages, strict=True)))
    net = _Weights(len(scaling.mean), random)
    kept = [value.copy() for value in net.values]
    batches = max(1, len(lessons) // _BATCH)
    adam = Adam(net.values)
    for epoch in range(epochs):
        order = random.permutation(len(lessons))
        for number in range(batches):
            chosen = [_one_of(lessons[index], random) for index in order[number * _BATCH : (number + 1) * _BATCH]]
            batch = _packed(chosen, scaling, random)
            past = epoch * batches + number
            _move(adam, net.slopes(batch, random), past / (epochs * batches))
            share = min(_KEEP, past / (past + 10))
            for value, new in zip(kept, net.values, strict=True):
                value *= share
                value += (1 - share) * new
    return _shipped(kept, scaling)


def _one_of(versions: list[Lesson], random: np.random.Generator) -> Lesson:
    if len(versions) == 1 or random.random() < _AS_IS:
        return versions[0]
    return versions[int(random.integers(1, len(versions)))]


def _shipped(values: list[Array], scaling: Scaling) -> SequenceNet:
    """Return the net that takes rows as they are, with weights of the precision that is shipped."""
    entry, entry_bias, views, view_bias, out, out_bias, *steps = values
    entry = half(entry / scaling.scale[:, None])
    return SequenceNet(
        low=scaling.low,
        high=scaling.high,
        entry=entry,
        entry_bias=entry_bias - scaling.mean @ entry,
        steps=[half(weight) for weight in steps[::2]],
        step_biases=steps[1::2],
        views=half(views),
        view_bias=view_bias,
        exit=half(out),
        exit_bias=out_bias,
    )


def _packed(lessons: list[Lesson], scaling: Scaling, random: np.random.Generator) -> _Batch:
    """Return pages one after another, with rows of zeros between them."""
    own = len(lessons[0].features.rows)
    of_blocks, of_pages = scaling.part(slice(own)), scaling.part(slice(own, None))
    runs = []
    for lesson in lessons:
        start = int(random.integers(0, max(1, lesson.features.columns.blocks - _BLOCKS + 1)))
        runs.append(slice(start, min(start + _BLOCKS, lesson.features.columns.blocks)))
    firsts = np.cumsum([0, *(run.stop - run.start + _GAP for run in runs)])
    total = int(firsts[-1])
    rows = np.zeros((total, own), np.float32)
    page = np.repeat(np.arange(len(lessons)), np.diff(firsts))
    about = np.zeros((4, total), np.float32)
    means = [_Means() for _ in range(VIEWS - 1)]
    for lesson, run, first in zip(lessons, runs, firsts.tolist(), strict=False):
        here = slice(first, first + run.stop - run.start)
        rows[here] = of_blocks(lesson.features.rows[:, run].T)
        about[0, here] = 1
        about[1:, here] = lesson.shares[run], lesson.importance[run], lesson.words[run]
        _view(means, lesson.features, run, first)
    whole = of_pages(np.array([lesson.whole for lesson in lessons]))
    weight = np.array([1.0 if lesson.judged else _SILVER for lesson in lessons], np.float32)
    return _Batch(rows, whole, page, about[0][:, None], [view.close() for view in means], about[1], about[2], about[3], weight)


class _Means:
    """A view: means over rows, and the one that each row reads. Pages are added one by one."""

    def __init__(self) -> None:
        self.size = 0
        self.pairs: list[tuple[Array, Array]] = []  # (mean, row) for each row that a mean is over
        self.reads: list[tuple[Array, Array]] = []  # (mean, row) for each row that reads it

    def add(self, mean: Array, row: Array, read: Array, first: int) -> None:
        """Add means over `row`s of a page; its rows, from `first` on, read those numbered `read`."""
        self.pairs.append((mean + self.size, row + first))
        self.reads.append((read + self.size, np.arange(len(read)) + first))
        self.size += int(read.max()) + 1

    def close(self) -> "_Means":
        """Put the pages together."""
        self.mean, self.row = (np.concatenate(part) for part in zip(*self.pairs, strict=True))
        self.read, self.reader = (np.concatenate(part) for part in zip(*self.reads, strict=True))
        self.counts = np.bincount(self.mean).astype(np.float32)[:, None]
        return self

    def forward(self, values: Array) -> Array:
        """Return what each row reads, from the values that the means are over."""
        means = _sums(values[self.row], self.mean, self.size) / self.counts
        return _sums(means[self.read], self.reader, len(values))

    def backward(self, slopes: Array) -> Array:
        """Return the gradient by the values, from the gradient by what was read."""
        means = _sums(slopes[self.reader], self.read, self.size) / self.counts
        return _sums(means[self.mean], self.row, len(slopes))


def _sums(values: Array, keys: Array, size: int) -> Array:
    """Return the sums of the rows with the same key, of shape (size, columns)."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sums = np.zeros((size, values.shape[1]), values.dtype)
    sums[ordered[starts]] = np.add.reduceat(values[order], starts)
    return sums


def _view(means: list[_Means], features: Features, run: slice, first: int) -> None:
    """Add the blocks `run` of a page, the first of which is the row `first`, to the views."""
    order = np.arange(run.stop - run.start)
    group = np.unique(features.alike[run], return_inverse=True)[1]
    means[0].add(group, order, group, first)
    table = features.columns
    for view, level in zip(means[1:-1], CONTAINERS, strict=True):
        holders, read = np.unique(table.levels[level][run], return_inverse=True)
        starts = np.maximum(table.starts[holders] - run.start, 0)
        sizes = np.minimum(table.ends[holders] - run.start, len(order)) - starts
        inside = np.arange(sizes.sum()) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        view.add(np.repeat(np.arange(len(holders)), sizes), inside, read, first)
    means[-1].add(np.zeros_like(order), order, np.zeros_like(order), first)


class _Weights:
    """The weights while they are learnt: `values` are entry, views, exit and the steps, each followed by its bias."""

    def __init__(self, inputs: int, random: np.random.Generator) -> None:
        sizes = [(inputs, WIDTH), (WIDTH, VIEWS * HIDDEN), (HIDDEN, 1), *[(3 * WIDTH, WIDTH)] * STEPS]
        self.values = []
        for rows, columns in sizes:
            fan = VIEWS * rows if columns == VIEWS * HIDDEN else rows
            self.values.append(random.uniform(-(fan**-0.5), fan**-0.5, (rows, columns)).astype(np.float32))
            bias = columns // VIEWS if columns == VIEWS * HIDDEN else columns
            self.values.append(random.uniform(-(fan**-0.5), fan**-0.5, bias).astype(np.float32))

    def forward(self, batch: _Batch, random: np.random.Generator | None) -> tuple[Array, list[Array], list[Array], Array]:
        """Return the log-odds, and what the backward pass needs: states, the slopes of the steps' outputs, and the last layer."""
        entry, entry_bias, views, view_bias, out, out_bias, *steps = self.values
        own = batch.rows.shape[1]
        first = batch.rows @ entry[:own] + (batch.whole @ entry[own:] + entry_bias)[batch.page]
        slope = (first > 0) * batch.mask * _kept(first.shape, random)
        states, slopes = [first * slope], [slope]
        for number, (weight, bias) in enumerate(zip(steps[::2], steps[1::2], strict=True)):
            change = beside(states[-1], 1 << number) @ weight + bias
            slope = (change > 0) * batch.mask * _kept(change.shape, random)
            states.append(states[-1] + change * slope)
            slopes.append(slope)
        seen = states[-1] @ views
        last = seen[:, :HIDDEN] + view_bias
        for number, view in enumerate(batch.means, 1):
            last += view.forward(seen[:, number * HIDDEN : (number + 1) * HIDDEN])
        slope = (last > 0) * _kept(last.shape, random)
        slopes.append(slope)
        last = last * slope
        return (last @ out)[:, 0] + out_bias[0], states, slopes, last

    def slopes(self, batch: _Batch, random: np.random.Generator) -> list[Array]:
        """Return the gradient of the batch's loss, in the order of `values`."""
        _, _, views, _, out, _, *steps = self.values
        said, states, slopes, last = self.forward(batch, random)
        into = loss_slope(said, batch)[:, None]
        found: list[Array] = [last.T @ into, into.sum(0)]
        into = (into @ out.T) * slopes[-1]
        spread = np.concatenate([into, *(view.backward(into) for view in batch.means)], axis=1)
        found = [states[-1].T @ spread, into.sum(0), *found]
        state = spread @ views.T
        changes: list[Array] = []
        for number in range(STEPS - 1, -1, -1):
            change = state * slopes[number + 1]
            changes = [beside(states[number], 1 << number).T @ change, change.sum(0), *changes]
            state = state + _gathered(change @ steps[2 * number].T, 1 << number)
        first = state * slopes[0]
        by_page = np.add.reduceat(first, np.flatnonzero(np.diff(batch.page, prepend=-1)))
        return [np.concatenate((batch.rows.T @ first, batch.whole.T @ by_page)), first.sum(0), *found, *changes]


def loss_slope(said: Array, batch: _Batch) -> Array:
    """Return the gradient of the loss by the log-odds: cross entropy, and the pages' expected F1 by words."""
    pages = len(batch.whole)
    chance = sigmoid(said)
    weighed = chance * batch.words
    hits, size = (np.bincount(batch.page, values, pages) for values in (weighed * batch.shares, weighed + batch.words * batch.shares))
    size += 1
    by_chance = (2 * hits / size**2)[batch.page] - (2 / size)[batch.page] * batch.shares
    slope = (chance - batch.shares) * batch.importance + by_chance * batch.weight[batch.page] * batch.words * chance * (1 - chance)
    return np.asarray(slope * batch.mask[:, 0] / pages, np.float32)


def _gathered(slope: Array, distance: int) -> Array:
    """Return the gradient by a state, from the gradient by what `beside` made of it."""
    width = slope.shape[1] // 3
    found = slope[:, width : 2 * width].copy()
    found[:-distance] += slope[distance:, :width]
    found[distance:] += slope[:-distance, 2 * width :]
    return found


def _kept(shape: tuple[int, ...], random: np.random.Generator | None) -> Array | np.float32:
    return np.float32(1) if random is None else dropout(shape, _DROP, random)


def _move(adam: Adam, slopes: list[Array], done: float) -> None:
    """Take one step against a gradient that is cut to a length, and let the weights decay.

    `done` is the share of the training behind it: for a tenth of it the step rises, then it falls to zero.
    """
    long = float(np.sqrt(sum(float((slope * slope).sum()) for slope in slopes)))
    cut = min(1.0, _LONGEST / (long + 1e-6))
    rise = done / _WARM if done < _WARM else (1 - done) / (1 - _WARM)
    rate = _RATE * (0.04 + 0.96 * 0.5 * (1 - np.cos(np.pi * rise)) if done < _WARM else 0.5 * (1 - np.cos(np.pi * rise)))
    for value in adam.values:
        value *= 1 - rate * _DECAY
    adam.move([slope * cut for slope in slopes], rate)
