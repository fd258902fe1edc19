"""The training of `scraper.text.net`, with torch: whole pages, Adam, one thread, the same weights from the same pages."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.text_labels import Sample
from scraper.text.net import BIAS_UNIT, MOST, STEPS, WEIGHT_UNIT, WIDE

Array = np.ndarray[Any, Any]

FIELDS = ("title", "author", "date", "body", "body")  # what the page's row must have for the heads that name one line
HEADS = 1 + len(FIELDS) + 2
BATCH = 16  # pages
WINDOW = 700  # lines of a longer page that are looked at together
RATE = 0.003
WARM = 100  # batches
DECAY = 0.02
DROPOUT = 0.1
LINE_LOSS, SIDE_LOSS = 0.3, 0.5  # against the body's

torch.set_num_threads(1)


class Batch(NamedTuple):
    """Pages side by side: all but the last two have a row a page and a place a line, as many as the longest page has."""

    inputs: Tensor
    real: Tensor
    labels: Tensor
    weights: Tensor  # of the lines, for the body's head
    known: Tensor  # a row a page, a column a field
    trust: Tensor  # in the body's labels, a number a page


class Net(nn.Module):
    """The layers that `scraper.text.net` describes, over standardised features."""

    def __init__(self, inputs: int, width: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.first = nn.Linear(inputs, width)
        self.others = nn.ModuleList([nn.Linear((6 if at == WIDE else 3) * width, width) for at in range(len(STEPS))])
        self.heads = nn.Linear(width, HEADS)
        with torch.no_grad():
            self.heads.bias.copy_(torch.tensor([-1.0, *[-4.0] * len(FIELDS), -1.0, -1.0]))
        self.mean = np.zeros(inputs)
        self.scale = np.ones(inputs)

    def forward(self, inputs: Tensor, real: Tensor) -> Tensor:
        """Return a score a line and head. `real` is 0 where a page has no more lines."""
        found = functional.relu(self.first(inputs)).clamp(max=MOST) * real
        for at, (layer, step) in enumerate(zip(self.others, STEPS, strict=True)):
            if self.training:
                found = functional.dropout(found, DROPOUT)
            count = found.shape[1]
            padded = functional.pad(found, (0, 0, step, step))
            near = [padded[:, :count], found, padded[:, 2 * step :]]
            if at == WIDE:
                above = functional.pad(torch.cummax(found, 1)[0][:, :-1], (0, 0, 1, 0))
                below = functional.pad(torch.cummax(found.flip(1), 1)[0].flip(1)[:, 1:], (0, 0, 0, 1))
                mean = found.sum(1, keepdim=True) / real.sum(1, keepdim=True)
                near += [above, below, mean.expand(-1, count, -1)]
            found = (found + functional.relu(layer(torch.cat(near, 2)))).clamp(max=MOST) * real
        return self.heads(found)

    def export(self) -> dict[str, Any]:
        """Return the weights as `scraper.text.net.read_net` takes them, the standardisation folded in."""
        every: list[Any] = [self.first, *self.others, self.heads]
        layers = [(layer.weight.detach().double().numpy().T, layer.bias.detach().double().numpy()) for layer in every]
        weight, bias = layers[0]
        layers[0] = weight / self.scale[:, None], bias - (self.mean / self.scale) @ weight
        *before, heads = [
            {"weight": np.rint(weight * WEIGHT_UNIT).astype(int).tolist(), "bias": np.rint(bias * BIAS_UNIT).astype(int).tolist()}
            for weight, bias in layers
        ]
        return {"layers": before, "heads": heads}


def train(pages: list[Sample], inputs: list[Array], *, width: int, epochs: int, seed: int) -> Net:
    """Return a net fitted to pages, whose lines' features are the rows of `inputs`; the rate falls to zero along a cosine."""
    some = np.concatenate([rows[:: max(1, len(rows) // 60)] for rows in inputs])
    net = Net(inputs[0].shape[1], width, seed)
    net.mean, net.scale = some.mean(0).astype(np.float64), some.std(0).astype(np.float64) + 0.05
    rng = np.random.default_rng(seed)
    sizes = np.array([min(len(rows), WINDOW) for rows in inputs])
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY, betas=(0.9, 0.99))
    step, total = 0, epochs * -(-len(pages) // BATCH)
    for _ in range(epochs):
        order = np.argsort(sizes * np.exp(rng.normal(0, 0.25, len(sizes))), kind="stable")  # pages of about one length, seldom the same
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        for chosen in batches:
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1.0, (step + 1) / WARM) * 0.5 * (1 + np.cos(np.pi * step / total))
            step += 1
            batch = _batch([pages[i] for i in chosen], [inputs[i] for i in chosen], net, rng)
            loss = _loss(net(batch.inputs, batch.real), batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
    return net.eval()


def _batch(pages: list[Sample], inputs: list[Array], net: Net, rng: np.random.Generator) -> Batch:
    windows = [_window(page, rng) for page in pages]
    shape = (len(pages), max(window.stop - window.start for window in windows))
    rows = np.zeros((*shape, inputs[0].shape[1]), dtype=np.float32)
    real = np.zeros((*shape, 1), dtype=np.float32)
    labels = np.full((*shape, HEADS), -1.0, dtype=np.float32)
    weights = np.zeros(shape, dtype=np.float32)
    for at, (page, features, window) in enumerate(zip(pages, inputs, windows, strict=True)):
        count = window.stop - window.start
        rows[at, :count] = (features[window] - net.mean) / net.scale
        real[at, :count] = 1.0
        labels[at, :count] = page.labels[window]
        body = page.labels[:, 0]
        if page.trust:
            wanted = page.words[body == 1].sum()
            weights[at, :count] = np.minimum((page.words[window] + 2.0) / (wanted + 60.0), 0.5) * page.trust
        else:
            weights[at, :count] = 0.5 / max(1, (body >= 0).sum())
    known = torch.tensor([[bool(page.trust) if field == "body" else bool(page.gold[field]) for field in FIELDS] for page in pages])
    trust = torch.tensor([page.trust for page in pages], dtype=torch.float32)
    return Batch(*map(torch.from_numpy, (rows, real, labels, weights)), known.float(), trust)


def _window(page: Sample, rng: np.random.Generator) -> slice:
    """Return the lines to look at: of a long page some around a line of the body, mostly."""
    count = len(page.labels)
    if count <= WINDOW:
        return slice(0, count)
    body = np.flatnonzero(page.labels[:, 0] == 1)
    start = int(rng.integers(count))
    if len(body) and rng.random() < 0.9:
        start = int(body[rng.integers(len(body))]) - int(rng.integers(WINDOW))
    start = max(0, min(count - WINDOW, start))
    return slice(start, start + WINDOW)


def _loss(out: Tensor, batch: Batch) -> Tensor:
    """Body: logistic loss weighted by words. The heads that name one line: which of the page's lines, or none. Above, below: logistic."""
    real, labels = batch.real[:, :, 0], batch.labels
    logistic = functional.binary_cross_entropy_with_logits
    is_known = (labels[:, :, 0] >= 0).float() * real
    loss = (logistic(out[:, :, 0], (labels[:, :, 0] == 1).float(), reduction="none") * is_known * batch.weights).sum()
    for at, field in enumerate(FIELDS):
        right = (labels[:, :, at + 1] == 1) & (real > 0)
        scores = torch.cat([out[:, :, at + 1].masked_fill(real == 0, -1e9), torch.zeros(len(out), 1)], 1)
        right = torch.cat([right, ~right.any(1, keepdim=True)], 1)
        missed = torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~right, -1e9), 1)
        loss = loss + LINE_LOSS * (missed * batch.known[:, at] * (batch.trust if field == "body" else 1.0)).sum()
    side = 1 + len(FIELDS)
    sides = logistic(out[:, :, side:], (labels[:, :, side:] == 1).float(), reduction="none").sum(2) * real / real.sum(1, keepdim=True)
    return (loss + SIDE_LOSS * (sides.sum(1) * batch.trust).sum()) / len(out)


def largest_sum(raw: dict[str, Any], inputs: Array) -> float:
    """Return the largest sum of absolute products that exported weights can give: up to 512, single precision loses nothing of it."""
    first, *others = raw["layers"]
    sums = [(np.abs(inputs) @ np.abs(np.array(first["weight"])) / WEIGHT_UNIT + np.abs(np.array(first["bias"])) / BIAS_UNIT).max()]
    for layer in (*others, raw["heads"]):
        weight, bias = np.abs(np.array(layer["weight"])) / WEIGHT_UNIT, np.abs(np.array(layer["bias"])) / BIAS_UNIT
        sums.append((weight.sum(0) * MOST + bias).max())
    return float(max(sums))
