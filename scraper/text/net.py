"""The net that judges the lines of a text page: layers of convolution over the page's lines, each looking twice as far as the one before.

One layer also sees, of what the layers before it found, the most that the lines above have, the most that those below have, and the mean of
the page: how the article ends shows on lines that may be hundreds of lines away.

Exact: see `features`. What a layer gives is rounded to 1/64 and at most 8, so that sums of products stay exact.
"""

from typing import Any, NamedTuple

import numpy as np

from scraper.product import product
from scraper.text.features import Singles, grid

STEPS = (1, 2, 4, 8, 16)  # lines between the three that a layer looks at
WIDE = 3  # the layer that sees the whole page
MOST = 8.0  # what a layer gives is no higher
WEIGHT_UNIT, BIAS_UNIT = 512, 32768  # of a product of numbers on the grid
_AT_ONCE = 2048  # lines judged together: their numbers stay in the processor's cache


class Layer(NamedTuple):
    """`weight`: (inputs, outputs)."""

    weight: Singles
    bias: Singles


class Net(NamedTuple):
    """`layers`: the first one's inputs are a line's features; those of the others, what the layer before says of three lines each."""

    layers: list[Layer]
    heads: Layer


def read_net(raw: dict[str, Any]) -> Net:
    """Return a net from its weights in units of WEIGHT_UNIT, its biases in those of BIAS_UNIT."""
    return Net([_layer(layer) for layer in raw["layers"]], _layer(raw["heads"]))


def _layer(raw: dict[str, Any]) -> Layer:
    weight, bias = np.array(raw["weight"], dtype=np.float32), np.array(raw["bias"], dtype=np.float32)
    return Layer(weight / np.float32(WEIGHT_UNIT), bias / np.float32(BIAS_UNIT))


def forward(net: Net, parts: list[Singles]) -> Singles:
    """Return a row a line, a column a head. `parts`: the features in groups, a row a feature, a column a line."""
    count = parts[0].shape[1]
    first, *others = net.layers
    found = np.empty((count, len(first.bias)), dtype=np.float32)
    for start in range(0, count, _AT_ONCE):
        found[start : start + _AT_ONCE] = _ramp(first, np.concatenate([part[:, start : start + _AT_ONCE] for part in parts]).T)
    np.minimum(found, MOST, out=found)
    for at, (layer, step) in enumerate(zip(others, STEPS, strict=True)):
        found = _looked_around(layer, found, step, wide=at == WIDE)
    return product(found, net.heads.weight) + net.heads.bias


def _looked_around(layer: Layer, found: Singles, step: int, *, wide: bool) -> Singles:
    count, width = found.shape
    result = np.empty_like(found)
    if wide:
        layer, above, below = _with_page(layer, found)
    for at, start in enumerate(range(0, count, _AT_ONCE)):
        stop = min(start + _AT_ONCE, count)
        near = np.zeros((stop - start, len(layer.weight)), dtype=np.float32)
        for column, shift in ((0, -step), (width, 0), (2 * width, step)):
            low, high = max(start + shift, 0), min(stop + shift, count)
            if low < high:
                near[low - shift - start : high - shift - start, column : column + width] = found[low:high]
        if wide:
            near[:, 3 * width : 4 * width] = _highest(above[at], found[start : stop - 1])
            near[::-1, 4 * width :] = _highest(below[at], found[stop - 1 : start : -1])
        result[start:stop] = found[start:stop] + _ramp(layer, near)
    return np.minimum(result, MOST, out=result)


def _with_page(layer: Layer, found: Singles) -> tuple[Layer, Singles, Singles]:
    """Return the layer with the page's mean in its bias, and a row a piece of the page: the most of the pieces above it, and below it."""
    count, width = found.shape
    mean = grid(found.sum(axis=0, dtype=np.float64) / count).astype(np.float32)
    layer = Layer(layer.weight[: 5 * width], layer.bias + mean @ layer.weight[5 * width :])
    nothing = np.zeros((1, width), dtype=np.float32)
    highest = [found[start : start + _AT_ONCE].max(axis=0, keepdims=True) for start in range(0, count, _AT_ONCE)]
    above = np.maximum.accumulate(np.concatenate([nothing, *highest[:-1]]))
    below = np.maximum.accumulate(np.concatenate([nothing, *highest[:0:-1]]))[::-1]
    return layer, above, below


def _highest(before: Singles, lines: Singles) -> Singles:
    """Return, for each of the lines and the one after them, the most that those before it have."""
    return np.asarray(np.maximum.accumulate(np.concatenate([before[None], lines])))


def _ramp(layer: Layer, inputs: Singles) -> Singles:
    values = product(inputs, layer.weight)
    values += layer.bias
    np.maximum(values, 0.0, out=values)
    values *= 64.0
    np.rint(values, out=values)
    values *= 0.015625
    return values
