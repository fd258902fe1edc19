"""The learnt weights, and what they say of a page: its kind, which blocks are its body, and how sure that is.

Small networks in numpy, trained by bench/train.py on annotated pages (see NOTICE) and judged on hosts that they had not seen.
"""

import math
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import msgspec
import numpy as np

from normalise.article import Kind
from scraper.blocks import Segmentation
from scraper.model.confidence import page_features
from scraper.model.features import Features, block_features
from scraper.model.kind import KINDS, heed, heed_text, kind_features, may_be, page_words, told
from scraper.model.sequence import SequenceNet
from scraper.model.surroundings import Tables
from scraper.model.thread import is_thread
from scraper.model.wording import END_OF_BLOCK
from scraper.product import product

Array = np.ndarray[Any, Any]

_LOWEST = 0.35  # no block less likely is kept, whatever the rest of its page: expected F1 takes the probabilities for exact
# On a page unlike those learnt from, all blocks can look unlikely and still stand in the right order.
_DOUBTED = 0.6  # no block more likely: they are raised together …
_RAISED = 1.4  # … until the likeliest has these log-odds
_NOTHING = 0.25  # but under this a page that is no article has no body, nor a forum's of little text
_THREAD = 600  # characters
_KEPT = 0.4995  # a block is body from here on, once rounded to per mille


class Net(NamedTuple):
    """A dense network with rectified hidden layers. Inputs are first cut to what the training pages showed, `low` to `high`.

    Without that cut a page of 3 MB, longer than any that was learnt from, is judged by extrapolation and loses its body.
    """

    low: Array
    high: Array
    weights: list[Array]
    biases: list[Array]

    def __call__(self, columns: Array) -> Array:
        """Return the last layer's outputs, of shape (n, outputs), for `columns` of shape (inputs, n)."""
        layer = np.minimum(np.maximum(columns, self.low[:, None]), self.high[:, None]).T
        last = len(self.weights) - 1
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            layer = product(layer, weight)
            layer += bias
            if number < last:
                np.maximum(layer, 0, out=layer)
        return layer


class Model(NamedTuple):
    """Everything learnt."""

    tables: Tables
    kind_words: dict[str, list[float]]
    kind: Net
    body: SequenceNet
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
    tables = Tables(
        {token: (article, other) for token, (article, other) in words["tokens"].items()}, words["words"] | {END_OF_BLOCK: math.inf}
    )
    with (folder / "body.npz").open("rb") as file, np.load(file) as arrays:
        return Model(tables, words["kind_words"], _net(arrays, "kind"), _sequence_net(arrays), _net(arrays, "confidence"))


def judge(page: Segmentation, url: str | None, model: Model | None = None) -> Verdict:
    """Return the kind of page, each block's score and the confidence (0 to 100) in the whole. The page must have a block.

    What reads like an article but was written by several people in turn is judged once more, as the thread that it is.
    """
    model = model or load()
    features = block_features(page, model.tables)
    words = page_words(page, url)
    kinds = name_kind(model.kind, kind_features(features, words, model.kind_words), words, url, page)
    kinds, likely = judge_blocks(model.body, features, kinds, words, page)
    sure = sigmoid(model.confidence(np.concatenate((page_features(likely, features.columns.chars), kinds))[:, None])[0, 0])
    return Verdict(likeliest(kinds), np.round(likely * 1000).astype(int).tolist(), round(100 * float(sure)))


def name_kind(net: Net, row: Array, words: set[str], url: str | None, page: Segmentation) -> Array:
    """Return the probability of each kind of page: the net's word on `row`, where the page itself does not say it."""
    return heed_text(heed(softmax(net(row[:, None])[0]), words, url), page)


def likeliest(kinds: Array) -> Kind:
    """Return the likeliest kind."""
    # whole numbers, here and for the blocks: float sums differ in their last bits from one BLAS to another
    return KINDS[int(np.round(kinds * 1000).argmax())]


def judge_blocks(net: SequenceNet, features: Features, kinds: Array, words: set[str], page: Segmentation) -> tuple[Array, Array]:
    """Return the probabilities of the page's kinds, and of its blocks to be body: at 0.5 or above those to keep."""
    likely = _likely(net, features, kinds)
    if likeliest(kinds) == "article" and _may_be_thread(words) and is_thread(page, (likely >= _KEPT).tolist()):
        kinds = told(kinds, "forum")
        likely = _likely(net, features, kinds)
    return kinds, likely


def _likely(net: SequenceNet, features: Features, kinds: Array) -> Array:
    likely = np.round(sigmoid(net(features, kinds)) * 1000) / 1000
    return decided(likely, features.columns.chars, likeliest(kinds))


def _may_be_thread(words: set[str]) -> bool:
    """Whether a page says nothing of being an article with comments."""
    return "og:type:article" not in words and may_be(words, "forum")


def decided(likely: Array, chars: Array, kind: Kind) -> Array:
    """Return the blocks' probabilities moved so that those to keep are at 0.5 or above. `chars` are the blocks' lengths.

    An article keeps what is more likely body than not. Pages of other kinds are less certain, and so is a page none of whose blocks looks
    likely: there the set of blocks with the highest expected F1 is kept. It ends where a block's probability falls under half of that F1.
    """
    surest = likely.max()
    has_body = kind == "article" or (kind == "forum" and chars.sum() >= _THREAD)
    if surest < _DOUBTED and (has_body or surest >= _NOTHING):
        raised = log_odds(likely)
        likely = sigmoid(raised + (_RAISED - raised.max()))
    elif kind == "article":
        return likely
    order = np.argsort(-likely, kind="stable")
    ranked, sizes = likely[order].astype(np.float64), chars[order].astype(np.float64)
    told = ranked * sizes
    reached = np.cumsum(told) / (np.cumsum(sizes) + told.sum())
    line = min(max(ranked[reached.argmax()], _LOWEST), 0.5)
    kept = likely * (1 - line)
    moved: Array = kept / (kept + (1 - likely) * line)
    return moved


def log_odds(likely: Array) -> Array:
    """Return the log-odds of probabilities, finite for 0 and 1 too."""
    odds: Array = np.log((likely + 1e-4) / (1 - likely + 1e-4))
    return odds


def sigmoid(values: Array) -> Array:
    """Return probabilities for log-odds."""
    chances: Array = 1 / (1 + np.exp(-np.minimum(np.maximum(values, -30), 30)))
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


def _sequence_net(arrays: Any) -> SequenceNet:
    found = {name: arrays[f"body.{name}"].astype(np.float32) for name in SequenceNet._fields}
    return SequenceNet(**{**found, "steps": [*found["steps"]], "step_biases": [*found["step_biases"]]})
