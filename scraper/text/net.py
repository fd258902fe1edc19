"""The net that judges the lines of a text page: layers of convolution over the page's lines, each looking twice as far as the one before.

One layer also sees, of what the layers before it found, the most that the lines above have, the most that those below have, and the mean of
the page: how the article ends shows on lines that may be hundreds of lines away.

Exact: see `features`. What a layer gives is rounded to 1/64 and at most 8, so that sums of products stay exact. Inside the net it is
counted in units of 1/64: whole numbers, so that to round is all that a layer does beside its sums.
"""

from typing import Any, NamedTuple

import numpy as np

from scraper.product import product
from scraper.text.features import Singles

STEPS = (1, 2, 4, 8, 16)  # lines between the three that a layer looks at
WIDE = 3  # the layer that sees the whole page
MOST = 8.0  # what a layer gives is no higher
WEIGHT_UNIT, BIAS_UNIT = 512, 32768  # of a product of numbers on the grid
_UNIT = 64
_AT_ONCE = 1024  # lines judged together: their numbers stay in the processor's cache


class Layer(NamedTuple):
    """`weight`: (inputs, outputs)."""

    weight: Singles
    bias: Singles


class Around(NamedTuple):
    """A layer over three lines: `weight` has three outputs for each of the layer's, for the line after, the line itself and the one before.

    `above`, `below` and `mean`: the weights of what the page has, where the layer sees it.
    """

    weight: Singles
    bias: Singles
    page: list[Singles]


class Net(NamedTuple):
    """`first`: its inputs are a line's features. `around`: what the layer before says of three lines each. `heads`: a column a head."""

    first: Layer
    around: list[Around]
    heads: Layer


def read_net(raw: dict[str, Any]) -> Net:
    """Return a net from its weights in units of WEIGHT_UNIT, its biases in those of BIAS_UNIT."""
    first, *others = (_layer(layer) for layer in raw["layers"])
    heads = _layer(raw["heads"])
    return Net(
        Layer(first.weight * np.float32(_UNIT), first.bias * np.float32(_UNIT)),
        [_around(layer) for layer in others],
        Layer(heads.weight / np.float32(_UNIT), heads.bias),
    )


def _layer(raw: dict[str, Any]) -> Layer:
    weight, bias = np.array(raw["weight"], dtype=np.float32), np.array(raw["bias"], dtype=np.float32)
    return Layer(weight / np.float32(WEIGHT_UNIT), bias / np.float32(BIAS_UNIT))


def _around(layer: Layer) -> Around:
    width = len(layer.bias)
    parts = [layer.weight[start : start + width] for start in range(0, len(layer.weight), width)]
    return Around(np.concatenate(parts[:3], axis=1), layer.bias * np.float32(_UNIT), parts[3:])


def forward(net: Net, parts: list[Singles]) -> Singles:
    """Return a row a line, a column a head. `parts`: the features in groups, a row a feature, a column a line.

    One buffer holds what the last layer found of the lines, with rows of zeros around. What a layer finds is written `step` rows further
    up, where nothing is read any more.
    """
    count, width = parts[0].shape[1], len(net.first.bias)
    at = sum(STEPS)
    rows = np.zeros((count + 2 * at, width), dtype=np.float32)
    for start in range(0, count, _AT_ONCE):
        inputs = np.concatenate([part[:, start : start + _AT_ONCE] for part in parts]).T
        values = _rounded(product(inputs, net.first.weight), net.first.bias)
        np.minimum(values, MOST * _UNIT, out=rows[at + start : at + start + len(values)])
    for number, (layer, step) in enumerate(zip(net.around, STEPS, strict=True)):
        _look_around(layer, rows[at - step : at + count + step], step, wide=number == WIDE)
        at -= step
    return product(rows[:count], net.heads.weight) + net.heads.bias


def _look_around(layer: Around, rows: Singles, step: int, *, wide: bool) -> None:
    """Replace the lines in `rows`, of which the first and last `step` are no lines, by what the layer finds of them, `step` rows up."""
    lines, width = rows[step:-step], rows.shape[1]
    bias = layer.bias
    if wide:
        above, below, mean = layer.page
        bias = bias + np.rint(lines.sum(axis=0, dtype=np.float64) / len(lines)).astype(np.float32) @ mean
        highest_above, highest_below = _of_pieces(lines)
    for number, start in enumerate(range(0, len(lines), _AT_ONCE)):
        some = lines[start : start + _AT_ONCE]
        said = product(rows[start : start + len(some) + 2 * step], layer.weight)
        values = said[: len(some), :width] + said[step:-step, width : 2 * width]
        values += said[2 * step :, 2 * width :]
        if wide:
            values += product(_highest(highest_above[number], some[:-1]), above)
            values += product(_highest(highest_below[number], some[:0:-1])[::-1], below)
        values = _rounded(values, bias)
        values += some
        np.minimum(values, MOST * _UNIT, out=rows[start : start + len(some)])
    rows[len(lines) : len(lines) + step] = 0.0


def _of_pieces(lines: Singles) -> tuple[Singles, Singles]:
    """Return a row a piece of the page: the most that the pieces above it have, and those below it."""
    starts = range(0, len(lines), _AT_ONCE)
    highest = np.zeros((len(starts) + 2, lines.shape[1]), dtype=np.float32)  # a row of zeros before the first piece and behind the last
    for row, start in zip(highest[1:], starts, strict=False):
        lines[start : start + _AT_ONCE].max(axis=0, out=row)
    return np.maximum.accumulate(highest[:-2]), np.maximum.accumulate(highest[:1:-1])[::-1]


def _highest(before: Singles, lines: Singles) -> Singles:
    """Return, for each of the lines and the one after them, the most that those before it have."""
    return np.asarray(np.fmax.accumulate(np.concatenate([before[None], lines])))


def _rounded(values: Singles, bias: Singles) -> Singles:
    values += bias
    np.maximum(values, 0.0, out=values)
    return np.rint(values, out=values)
