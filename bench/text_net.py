"""The nets of text pages: one hidden layer, an output a head, trained on whole pages with Adam."""

from typing import Any

import numpy as np

from bench.text_labels import Sample
from scraper.classify_text import HEADS

Array = np.ndarray[Any, Any]

BATCH = 16  # pages
RATE = 0.004
DECAY = 0.01
DROPOUT = 0.15
SIDE_LOSS = 0.5
FIELDS = ("title", "author", "date", "body", "body")  # what the gold row must have for the heads that name one line
SIDES = HEADS[1 + len(FIELDS) :]  # heads that every line has an answer to, where the body is known


class Net:
    """One hidden layer, an output a head; standardised inputs; trained with Adam on whole pages, in single precision."""

    def __init__(self, inputs: int, hidden: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.params = [
            rng.normal(0, (2 / inputs) ** 0.5, (inputs, hidden)),
            np.zeros(hidden),
            rng.normal(0, (1 / hidden) ** 0.5, (hidden, len(HEADS))),
            np.array([-1.0, *[-4.0] * len(FIELDS), *[-1.0] * len(SIDES)]),
        ]
        self.params = [p.astype(np.float32) for p in self.params]
        self.mean = np.zeros(inputs)
        self.scale = np.ones(inputs)

    def forward(self, x: Array) -> Array:
        """Return a score a head, a row a line."""
        w1, b1, w2, b2 = self.params
        return np.asarray(np.maximum(self._standard(x) @ w1 + b1, 0) @ w2 + b2, dtype=np.float64)

    def _standard(self, x: Array) -> Array:
        return ((x - self.mean) / self.scale).astype(np.float32)

    def train(self, data: list[tuple[Array, Sample]], epochs: int, seed: int) -> None:
        """Fit to pages of rows; the rate falls to zero along a cosine."""
        some = np.concatenate([x[:: max(1, len(x) // 60)] for x, _ in data])
        self.mean, self.scale = some.mean(0), some.std(0) + 0.05
        data = [(self._standard(x), page) for x, page in data]
        rng = np.random.default_rng(seed)
        m = [np.zeros_like(p) for p in self.params]
        v = [np.zeros_like(p) for p in self.params]
        step, total = 0, epochs * (len(data) // BATCH)
        for _ in range(epochs):
            order = rng.permutation(len(data))
            for at in range(0, len(order) - BATCH + 1, BATCH):
                grads = self._gradients([data[i] for i in order[at : at + BATCH]], rng)
                step += 1
                rate = np.float32(RATE * 0.5 * (1 + np.cos(np.pi * step / total)))
                for k, (p, g) in enumerate(zip(self.params, grads, strict=True)):
                    m[k] = 0.9 * m[k] + 0.1 * g
                    v[k] = 0.999 * v[k] + 0.001 * g * g
                    p -= rate * ((m[k] / (1 - 0.9**step)) / (np.sqrt(v[k] / (1 - 0.999**step)) + 1e-8) + (DECAY * p if k in (0, 2) else 0))

    def _gradients(self, chosen: list[tuple[Array, Sample]], rng: np.random.Generator) -> list[Array]:
        w1, b1, w2, b2 = self.params
        x = np.concatenate([x for x, _ in chosen])
        pre = x @ w1 + b1
        keep = (rng.random(pre.shape, dtype=np.float32) > DROPOUT) / np.float32(1 - DROPOUT)
        h = np.maximum(pre, 0) * keep
        out = h @ w2 + b2
        d = np.zeros_like(out)
        at = 0
        for rows, page in chosen:
            d[at : at + len(rows)] = page_loss_gradient(out[at : at + len(rows)].astype(np.float64), page)
            at += len(rows)
        d /= len(chosen)
        dh = (d @ w2.T) * keep * (pre > 0)
        return [x.T @ dh, dh.sum(0), h.T @ d, d.sum(0)]

    def export(self) -> dict[str, Any]:
        """Fold the standardisation in and return the weights as integers: in 1/512, biases in 1/32768."""
        first, bias, second, last = (p.astype(np.float64) for p in self.params)
        w1 = first / self.scale[:, None]
        b1 = bias - (self.mean / self.scale) @ first
        return {
            "w1": np.rint(w1 * 512).astype(int).tolist(),
            "b1": np.rint(b1 * 32768).astype(int).tolist(),
            "w2": np.rint(second * 512).astype(int).tolist(),
            "b2": np.rint(last * 32768).astype(int).tolist(),
        }


def largest_sum(raw: dict[str, Any], inputs: Array) -> float:
    """Return the largest sum of absolute products that exported weights give: up to 512, single precision loses nothing of it."""
    w1, b1, w2, b2 = (np.abs(np.array(raw[name])) / unit for name, unit in (("w1", 512), ("b1", 32768), ("w2", 512), ("b2", 32768)))
    hidden = np.maximum(inputs @ (np.array(raw["w1"]) / 512) + np.array(raw["b1"]) / 32768, 0)
    return float(max((np.abs(inputs) @ w1 + b1).max(), (hidden @ w2 + b2).max()))


def page_loss_gradient(out: Array, page: Sample) -> Array:
    """Body: logistic loss weighted by words over the page's words. The others: which of the page's lines, or none of them."""
    d = np.zeros_like(out)
    label = page.labels[:, 0]
    known = label >= 0
    wanted = page.words[label == 1].sum()
    if page.gold["body"] is None:
        weight = np.full(len(out), 0.5 / max(1, known.sum()))
    else:
        weight = np.minimum((page.words + 2.0) / (wanted + 60.0), 0.5)
    p = 1 / (1 + np.exp(-np.clip(out[:, 0], -30, 30)))
    d[:, 0] = np.where(known, (p - (label == 1)) * weight, 0)
    for head, field in enumerate(FIELDS, 1):
        if not page.gold[field]:
            continue
        right = page.labels[:, head] == 1
        logits = np.append(out[:, head], 0.0)
        e = np.exp(logits - logits.max())
        soft = e / e.sum()
        good = np.append(right, not right.any())
        posterior = soft * good / max(1e-12, (soft * good).sum())
        d[:, head] = (soft - posterior)[:-1] * 0.3
    if page.gold["body"] is not None:
        first = 1 + len(FIELDS)
        p = 1 / (1 + np.exp(-np.clip(out[:, first:], -30, 30)))
        d[:, first:] = (p - page.labels[:, first:]) * (SIDE_LOSS / len(out))
    return d
