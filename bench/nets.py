"""Training of the small dense networks: Adam with a cosine step, dropout, and one seed; the same weights from the same rows."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from scraper.model import Net, sigmoid, softmax

Array = np.ndarray[Any, Any]

_RARE = 0.0005  # share of the rows beyond each limit of an input
_FAR = 5.0  # standard deviations
_LEAST_STEPS = 60  # a handful of rows is learnt from more often


class Plan(NamedTuple):
    """How to train one network."""

    hidden: tuple[int, ...]
    epochs: int = 5
    batch: int = 1024
    step: float = 2e-3
    decay: float = 1e-5
    drop: float = 0.1
    seed: int = 0


class Scaling(NamedTuple):
    """How inputs are cut and brought to one scale, each of shape (inputs,)."""

    low: Array
    high: Array
    mean: Array
    scale: Array

    def part(self, inputs: slice) -> "Scaling":
        """Return that of some of the inputs."""
        return Scaling(*(values[inputs] for values in self))

    def __call__(self, rows: Array) -> Array:
        """Return rows cut and scaled."""
        scaled: Array = ((np.clip(rows, self.low, self.high) - self.mean) / self.scale).astype(np.float32)
        return scaled


def limits(rows: Array) -> Scaling:
    """Return the scaling that `rows` of shape (n, inputs) suggest."""
    mean, scale = rows.mean(0, dtype=np.float64).astype(np.float32), rows.std(0, dtype=np.float64).astype(np.float32)
    scale[scale < 1e-3] = 1
    low, high = (np.quantile(rows, share, axis=0).astype(np.float32) for share in (_RARE, 1 - _RARE))
    return Scaling(np.maximum(low, mean - _FAR * scale), np.minimum(high, mean + _FAR * scale), mean, scale)


def half(weight: Array) -> Array:
    """Return a weight with the precision that is shipped."""
    rounded: Array = weight.astype(np.float16).astype(np.float32)
    return rounded


def train(rows: Array, wanted: Array, importance: Array, plan: Plan) -> Net:
    """Return a network trained on `rows` (n, inputs). `wanted` is (n,) probabilities, or (n, classes) of them for a softmax.

    The network takes rows as they are: their shift and scale are in its first layer. Its weights have the precision that is shipped.
    """
    random = np.random.default_rng(plan.seed)
    scaling = limits(rows)
    rows = scaling(rows)
    outputs = 1 if wanted.ndim == 1 else wanted.shape[1]
    wanted = wanted.reshape(len(rows), outputs)
    sizes = [rows.shape[1], *plan.hidden, outputs]
    weights = [(random.standard_normal(pair) * np.sqrt(2 / pair[0])).astype(np.float32) for pair in pairwise(sizes)]
    biases = [np.zeros(size, np.float32) for size in sizes[1:]]
    size = min(plan.batch, len(rows))
    epochs = max(plan.epochs, _LEAST_STEPS * size // len(rows))
    adam, steps = Adam(weights + biases), max(1, epochs * (len(rows) // size))
    for _ in range(epochs):
        order = random.permutation(len(rows))
        for start in range(0, len(rows) - size + 1, size):
            batch = order[start : start + size]
            layers, masks = _forward(rows[batch], weights, biases, plan.drop, random)
            said = sigmoid(layers[-1]) if outputs == 1 else softmax(layers[-1])
            share = importance[batch] / importance[batch].sum()
            step = plan.step * 0.5 * (1 + np.cos(np.pi * (adam.time + 1) / steps))
            slope = ((said - wanted[batch]) * share[:, None]).astype(np.float32)
            adam.move(_backward(layers[:-1], masks, weights, slope, plan.decay), step)
    weights = [half(weight) for weight in (weights[0] / scaling.scale[:, None], *weights[1:])]
    biases[0] = biases[0] - scaling.mean @ weights[0]
    return Net(scaling.low, scaling.high, weights, biases)


def _forward(rows: Array, weights: list[Array], biases: list[Array], drop: float, random: Any) -> tuple[list[Array], list[Array]]:
    layers, masks = [rows], []
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        layer = np.maximum(layers[-1] @ weight + bias, 0)
        masks.append(dropout(layer.shape, drop, random))
        layers.append(layer * masks[-1])
    layers.append(layers[-1] @ weights[-1] + biases[-1])
    return layers, masks


def _backward(layers: list[Array], masks: list[Array], weights: list[Array], slope: Array, decay: float) -> list[Array]:
    weight_slopes, bias_slopes = [], []
    for level in range(len(weights) - 1, -1, -1):
        weight_slopes.append(layers[level].T @ slope + decay * weights[level])
        bias_slopes.append(slope.sum(0))
        if level:
            slope = (slope @ weights[level].T) * (layers[level] > 0) * masks[level - 1]
    return weight_slopes[::-1] + bias_slopes[::-1]


def dropout(shape: tuple[int, ...], share: float, random: np.random.Generator) -> Array:
    """Return what a layer of this shape is multiplied with so that a share of it is dropped and the rest makes up for that."""
    kept: Array = (random.random(shape, dtype=np.float32) > share).astype(np.float32) / np.float32(1 - share)
    return kept


class Adam:
    """Adam over a list of arrays, changed in place."""

    def __init__(self, values: list[Array]) -> None:
        self.values, self.time = values, 0
        self.means = [np.zeros_like(value) for value in values]
        self.squares = [np.zeros_like(value) for value in values]

    def move(self, slopes: list[Array], step: float) -> None:
        """Take one step against the gradient."""
        self.time += 1
        for value, mean, square, slope in zip(self.values, self.means, self.squares, slopes, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            value -= (step * (mean / (1 - 0.9**self.time)) / (np.sqrt(square / (1 - 0.999**self.time)) + 1e-8)).astype(np.float32)
