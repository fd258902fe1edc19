"""The learnt weights, and what they say of a page: its kind, which blocks are its body, and how sure that is.

Small dense networks in numpy, trained by bench/train.py on annotated pages (see NOTICE) and judged on hosts that they had not seen.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import msgspec
import numpy as np

from normalise.article import Kind
from scraper.blocks import Segmentation
from scraper.context import context_features, page_features
from scraper.features import Tables, block_features
from scraper.kind import KINDS, kind_features, page_words
from scraper.product import product

Array = np.ndarray[Any, Any]


class Net(NamedTuple):
    """A dense network with rectified hidden layers. Inputs are first cut to what the training pages showed, `low` to `high`.

    Without that cut a page of 3 MB, longer than any that was learnt from, is judged by extrapolation and loses its body.
    """

    low: Array
    high: Array
    weights: list[Array]
    biases: list[Array]

    def __call__(self, rows: Array) -> Array:
        """Return the last layer's outputs for `rows` of shape (n, inputs)."""
        layer = np.minimum(np.maximum(rows, self.low), self.high)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            layer = np.maximum(product(layer, weight) + bias, 0)
        return product(layer, self.weights[-1]) + self.biases[-1]


class Model(NamedTuple):
    """Everything learnt."""

    tables: Tables
    kind_words: dict[str, list[float]]
    kind: Net
    first: Net
    second: Net
    confidence: Net


class Verdict(NamedTuple):
    """What the model says of a page: `scores` are per-mille probabilities, one a block, of being body."""

    kind: Kind
    scores: list[int]
    confidence: int


@cache
def load() -> Model:
    """Return the model that ships in scraper/data."""
    return read(files("scraper") / "data")


def read(folder: Traversable) -> Model:
    """Return the model whose files, body.json and body.npz, are in `folder`."""
    words = msgspec.json.decode((folder / "body.json").read_bytes())
    tables = Tables({token: (article, other) for token, (article, other) in words["tokens"].items()}, words["words"])
    with (folder / "body.npz").open("rb") as file, np.load(file) as arrays:
        nets = [_net(arrays, name) for name in ("kind", "first", "second", "confidence")]
    return Model(tables, words["kind_words"], *nets)


def judge(page: Segmentation, url: str | None, model: Model | None = None) -> Verdict:
    """Return the kind of page, each block's score and the confidence (0 to 100) in the whole. The page must have a block."""
    model = model or load()
    rows = block_features(page, model.tables)
    kinds = softmax(model.kind(kind_features(page, rows, page_words(page, url), model.kind_words)[None])[0])
    rows = np.column_stack((rows, np.repeat(kinds[None], len(rows), 0)))
    likely = sigmoid(model.first(rows)[:, 0])
    likely = sigmoid(model.second(np.column_stack((rows, context_features(page, likely))))[:, 0])
    chars = np.array([len(block.text) for block in page.blocks])
    sure = sigmoid(model.confidence(np.concatenate((page_features(likely, chars), kinds))[None])[0, 0])
    # whole numbers: float sums differ in their last bits from one BLAS to another
    return Verdict(KINDS[int(np.round(kinds * 1000).argmax())], np.round(likely * 1000).astype(int).tolist(), round(100 * float(sure)))


def sigmoid(values: Array) -> Array:
    """Return probabilities for log-odds."""
    chances: Array = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return chances


def softmax(values: Array) -> Array:
    """Return probabilities over the last axis."""
    raised = np.exp(values - values.max(-1, keepdims=True))
    chances: Array = raised / raised.sum(-1, keepdims=True)
    return chances


def _net(arrays: Any, name: str) -> Net:
    layers = sum(key.startswith(f"{name}.weight") for key in arrays)
    weights = [arrays[f"{name}.weight{layer}"].astype(np.float32) for layer in range(layers)]
    biases = [arrays[f"{name}.bias{layer}"].astype(np.float32) for layer in range(layers)]
    return Net(arrays[f"{name}.low"], arrays[f"{name}.high"], weights, biases)
