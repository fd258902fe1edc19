"""Learn the weights of text pages from flattened gold pages: writes `scraper/data/text_words.json` and `scraper/data/text_weights.json`.

    python bench/train_text.py SHARED GOLD [--folds-only]

SHARED: the folder with bench/flatten.py and score.py; GOLD: where the gold sets were unpacked (SET/gold.jsonl, SET/html/ID.html).

Three steps, each judged out of fold, with the folds split by registered domain: words (a logistic regression over the words of short
lines), a first judgement of every line from its own and its neighbours' features, a second one that also sees the first one of the
lines around.
Each judgement is one hidden layer with four outputs: body, headline, byline, date. Prints the figures of the folds' own pages.
"""

import argparse
import json
import re
import sys
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scraper.classify_text import decide  # noqa: E402
from scraper.text import TextPage, segment_text  # noqa: E402
from scraper.text_features import LINE_CHARS, SHORT, LineReader, around, context, grid, line_features  # noqa: E402

FOLDS = 5
SEED = 20251121
SETS = ("wcxb", "trafilatura", "fundus")
WORD = re.compile(r"\w+")
SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "net", "or", "org"}
HIDDEN = (64, 32)
BATCH = 16  # pages
RATE = 0.004
DECAY = 0.01
DROPOUT = 0.15
GOALS = ("wcxb article", "fundus article")
HEADS = 4  # body, headline, byline, date


class Sample(NamedTuple):
    """One page: its set, gold row, registered domain, blocks, and for each line a label (-1: unknown) a head."""

    set: str
    gold: dict[str, Any]
    domain: str
    blocks: list[Any]
    page: Any
    labels: np.ndarray
    words: np.ndarray


def registered_domain(url: str) -> str:
    """Return the domain that a site registers: two labels, three under co.uk and its like."""
    labels = (urlsplit(url).hostname or url).split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in SECOND_LEVEL else labels[-2:])


def words(text: str | None) -> list[str]:
    """Return the words as the scorer counts them."""
    return WORD.findall((text or "").lower())


def body_labels(lines: list[list[str]], gold: dict[str, Any]) -> np.ndarray:
    """1 for a line of the gold body, 0 for one that is not, -1 unknown (sets with snippets only)."""
    if gold["body"] is None:
        return _snippet_labels(lines, gold)
    body = words(gold["body"])
    grams = Counter(tuple(body[i : i + 4]) for i in range(len(body) - 3))
    whole = Counter(tuple(words(line)) for line in gold["body"].split("\n"))
    joined = " " + " ".join(body) + " "
    result = np.full(len(lines), -2)
    for i, line in enumerate(lines):
        if len(line) >= 6:
            found = [tuple(line[k : k + 4]) for k in range(len(line) - 3)]
            hits = sum(grams[gram] > 0 for gram in found)
            result[i] = hits / len(found) >= 0.5
            if result[i]:
                for gram in found:
                    grams[gram] -= 1
    for i, line in enumerate(lines):
        if result[i] == -2:
            near = result[max(0, i - 4) : i + 5]
            sure = (near == 1).any()
            exact = whole[tuple(line)] > 0
            result[i] = sure and (exact or (f" {' '.join(line)} " in joined and (near == 1).sum() >= 2)) if line else 0
            if result[i] and exact:
                whole[tuple(line)] -= 1
    return result


def _snippet_labels(lines: list[list[str]], gold: dict[str, Any]) -> np.ndarray:
    result = np.full(len(lines), -1)
    texts = [" " + " ".join(line) + " " for line in lines]
    for snippets, value in ((gold["with"], 1), (gold["without"], 0)):
        for snippet in snippets or []:
            needle = f" {' '.join(words(snippet))} "
            for i, text in enumerate(texts):
                if needle in text and len(needle) * 8 > len(text) * (value == 0):
                    result[i] = value
    return result


def head_labels(blocks: list[Any], lines: list[list[str]], gold: dict[str, Any]) -> np.ndarray:
    """Columns headline, byline, date: 1 where the line holds the gold value."""
    result = np.zeros((len(lines), 3), dtype=int)
    title = words(gold["title"])
    names = [" ".join(words(name)) for name in gold["author"] or []]
    for i, line in enumerate(lines):
        if title and line == title:
            result[i, 0] = 1
        if len(blocks[i].text) <= 200:
            joined = f" {' '.join(line)} "
            if names and any(f" {name} " in joined for name in names):
                result[i, 1] = 1
            if gold["date"] and shows_date(blocks[i].text, gold["date"]):
                result[i, 2] = 1
    return result


def shows_date(text: str, date: str) -> bool:
    """Return whether the line prints the day: its year, its day's number and its month as a number or any name."""
    year, month, day = date.split("-")
    numbers = [number.lstrip("0") for number in re.findall(r"\d+", text)]
    if day.lstrip("0") not in numbers or not (year in numbers or year[2:].lstrip("0") in numbers):
        return False
    return month.lstrip("0") in numbers or any(word in _months()[int(month) - 1] for word in re.findall(r"[^\W\d]+", text.lower()))


def _months(cache: list[set[str]] = []) -> list[set[str]]:  # noqa: B006
    if not cache:
        from normalise import lexicon

        cache.extend({word for table in lexicon.languages("calendar").values() for word in table["months"][month]} for month in range(12))
    return cache


def samples(shared: Path, gold: Path, quick: bool = False) -> list[Sample]:
    """Return the flattened gold pages with their labels."""
    sys.path.insert(0, str(shared / "bench"))
    from flatten import flatten

    result = []
    for name in SETS[2:] if quick else SETS:
        for row in map(json.loads, (gold / name / "gold.jsonl").read_text(encoding="utf-8").rstrip().split("\n")):
            text = flatten((gold / name / "html" / f"{row['id']}.html").read_bytes()).decode()
            row["date"] = row["date"] if re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"] or "") else None
            page = segment_text(text)
            blocks = page.blocks
            if not 3 <= len(blocks) <= 4000:
                continue
            lines = [words(block.text) for block in blocks]
            labels = np.concatenate([body_labels(lines, row)[:, None], head_labels(blocks, lines, row)], axis=1)
            result.append(Sample(name, row, registered_domain(row["url"]), blocks, page, labels, np.array([len(line) for line in lines])))
    return result


def cropped(page: Sample, rng: np.random.Generator) -> Sample | None:
    """Return the page as a person copies it: from about the headline to a little after the body. None where the body is not known."""
    body = np.flatnonzero(page.labels[:, 0] == 1)
    if page.gold["body"] is None or len(body) < 3:
        return None
    start, end = int(body[0]), int(body[-1]) + 1
    titles = np.flatnonzero(page.labels[:start, 1] == 1)
    if len(titles) and start - titles[-1] < 15 and rng.random() < 0.8:
        start = int(titles[-1])
    start = max(0, start - int(rng.integers(0, 4)))
    end = min(len(page.blocks), end + int(rng.integers(0, 9)))
    part = TextPage(blocks=[msgspec.structs.replace(block, index=index) for index, block in enumerate(page.blocks[start:end])])
    return page._replace(blocks=part.blocks, page=part, labels=page.labels[start:end], words=page.words[start:end])


def fold_of(domain: str) -> int:
    """Return the fold that all pages of a domain are in."""
    return zlib.crc32(domain.encode()) % FOLDS


def learn_words(pages: list[Sample], *, long: bool) -> dict[str, int]:
    """Return the weight of each word of short, or of longer, lines that several domains use, in 1/256: positive for body."""
    seen: dict[str, set[str]] = defaultdict(set)
    rows: list[tuple[list[str], int]] = []
    for page in pages:
        for block, label in zip(page.blocks, page.labels[:, 0], strict=True):
            if label >= 0 and (len(block.text) > SHORT) == long:
                line = block.text[:LINE_CHARS].lower().split()
                rows.append((line, int(label)))
                for word in set(line):
                    seen[word].add(page.domain)
    least = 8 if long else 4
    vocabulary = {word: i for i, word in enumerate(sorted(word for word, domains in seen.items() if len(domains) >= least))}
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    indices, starts = [], [0]
    for line, _ in rows:
        indices.extend(vocabulary[word] for word in line if word in vocabulary)
        starts.append(len(indices))
    matrix = csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(rows), len(vocabulary)))
    model = LogisticRegression(C=0.03 if long else 0.3, max_iter=100, class_weight="balanced").fit(matrix, [label for _, label in rows])
    weights = np.clip(np.rint(model.coef_[0] * 256), -768, 768).astype(int)
    return {word: int(weights[i]) for word, i in vocabulary.items() if abs(weights[i]) >= 24}


def reader_of(pages: list[Sample]) -> LineReader:
    """Return a reader with the word weights of these pages."""
    return LineReader(learn_words(pages, long=False), learn_words(pages, long=True))


class Net:
    """One hidden layer, four outputs; standardised inputs; trained with Adam on whole pages, in single precision."""

    def __init__(self, inputs: int, hidden: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.params = [
            rng.normal(0, (2 / inputs) ** 0.5, (inputs, hidden)),
            np.zeros(hidden),
            rng.normal(0, (1 / hidden) ** 0.5, (hidden, HEADS)),
            np.array([-1.0, -4.0, -4.0, -4.0]),
        ]
        self.params = [p.astype(np.float32) for p in self.params]
        self.mean = np.zeros(inputs)
        self.scale = np.ones(inputs)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return four scores a row."""
        w1, b1, w2, b2 = self.params
        return np.asarray(np.maximum(self._standard(x) @ w1 + b1, 0) @ w2 + b2, dtype=np.float64)

    def _standard(self, x: np.ndarray) -> np.ndarray:
        return ((x - self.mean) / self.scale).astype(np.float32)

    def train(self, data: list[tuple[np.ndarray, Sample]], epochs: int, seed: int) -> None:
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

    def _gradients(self, chosen: list[tuple[np.ndarray, Sample]], rng: np.random.Generator) -> list[np.ndarray]:
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
        """Fold the standardisation in and return the weights as integers: layer one in 1/4096, layer two in 1/256."""
        first, bias, second, last = (p.astype(np.float64) for p in self.params)
        w1 = first / self.scale[:, None]
        b1 = bias - (self.mean / self.scale) @ first
        return {
            "w1": np.rint(w1 * 4096).astype(int).tolist(),
            "b1": np.rint(b1 * 4096).astype(int).tolist(),
            "w2": np.rint(second * 256).astype(int).tolist(),
            "b2": np.rint(last * 256).astype(int).tolist(),
        }


def page_loss_gradient(out: np.ndarray, page: Sample) -> np.ndarray:
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
    for head, field in ((1, "title"), (2, "author"), (3, "date")):
        if not page.gold[field]:
            continue
        right = page.labels[:, head] == 1
        logits = np.append(out[:, head], 0.0)
        e = np.exp(logits - logits.max())
        soft = e / e.sum()
        good = np.append(right, not right.any())
        posterior = soft * good / max(1e-12, (soft * good).sum())
        d[:, head] = (soft - posterior)[:-1] * 0.3
    return d


def bag_f1(kept: list[str], gold: list[str]) -> float:
    """Return the word-bag F1."""
    p, g = Counter(kept), Counter(gold)
    both = sum((p & g).values())
    return 2 * both / (len(kept) + len(gold)) if both else float(not kept and not gold)


def report(pages: list[Sample], scores: list[np.ndarray], lines: list[Any]) -> float:
    """Print the mean bag F1 by set and kind, without and with the rules of `decide`, and the hits of the heads; return the threshold."""
    totals: dict[float, float] = {}
    for threshold in (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5):
        bags: dict[str, list[float]] = defaultdict(list)
        ruled: dict[str, list[float]] = defaultdict(list)
        for page, out, own in zip(pages, scores, lines, strict=True):
            if page.gold["body"] is not None:
                name = f"{page.set} {page.gold['kind']}"
                gold = words(page.gold["body"])
                bags[name].append(
                    bag_f1([w for block, s in zip(page.blocks, out[:, 0], strict=True) if s > threshold for w in words(block.text)], gold)
                )
                labels = decide(page.page, own, clipped(out), threshold)
                kept = [w for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body" for w in words(block.text)]
                ruled[name].append(bag_f1(kept, gold))
        totals[threshold] = sum(float(np.mean(ruled[name])) for name in GOALS)
        print(
            f"{threshold:6.2f}",
            {name: (round(float(np.mean(values)), 4), round(float(np.mean(ruled[name])), 4)) for name, values in sorted(bags.items())},
        )
    best = max(totals, key=totals.__getitem__)
    for head, (kind, field) in enumerate((("headline", "title"), ("byline", "author"), ("date", "date")), 1):
        for name in GOALS:
            hits, ruled_hits, shown = [], [], []
            for page, out, own in zip(pages, scores, lines, strict=True):
                if f"{page.set} {page.gold['kind']}" == name and page.gold[field]:
                    right = page.labels[:, head] == 1
                    hits.append(bool(right[int(out[:, head].argmax())]) and out[:, head].max() > 0)
                    chosen = [i for i, label in enumerate(decide(page.page, own, clipped(out), best)) if label.kind == kind]
                    ruled_hits.append(any(right[i] for i in chosen))
                    shown.append(bool(right.any()))
            print(f"{field} {name}: hit {np.mean(hits):.3f}, with rules {np.mean(ruled_hits):.3f}, shown {np.mean(shown):.3f}", flush=True)
    return best


def clipped(scores: np.ndarray) -> np.ndarray:
    """Return scores as the second judgement sees them."""
    return grid(np.clip(scores, -4, 4))


def judged(pages: list[Sample], inputs: list[np.ndarray], hidden: int, epochs: int) -> list[np.ndarray]:
    """Return each page's outputs from a net that has not seen its domain's fold."""
    result: list[Any] = [None] * len(pages)
    for fold in range(FOLDS):
        net = Net(inputs[0].shape[1], hidden, SEED + fold)
        net.train([(x, p) for x, p in zip(inputs, pages, strict=True) if fold_of(p.domain) != fold], epochs, SEED + fold)
        for i, page in enumerate(pages):
            if fold_of(page.domain) == fold:
                result[i] = net.forward(inputs[i])
    return result


def main() -> None:
    """Train, report, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--folds-only", action="store_true")
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args()
    pages = samples(options.shared, options.gold)
    rng = np.random.default_rng(SEED)
    real = len(pages)
    pages += [crop for page in pages if (crop := cropped(page, rng)) is not None]
    print(real, "pages", len(pages) - real, "crops", sum(len(p.blocks) for p in pages), "lines", flush=True)
    firsts: list[Any] = [None] * len(pages)
    owns: list[Any] = [None] * len(pages)
    for fold in range(FOLDS):
        reader = reader_of([p for p in pages[:real] if fold_of(p.domain) != fold])
        for i, page in enumerate(pages):
            if fold_of(page.domain) == fold:
                lines = line_features(page.blocks, reader)
                firsts[i], owns[i] = context(lines).astype(np.float32), lines
    print("features", firsts[0].shape, flush=True)
    first = judged(pages, firsts, HIDDEN[0], options.epochs)
    report(pages[:real], first[:real], owns[:real])
    seconds = [second_input(x, lines, out) for x, lines, out in zip(firsts, owns, first, strict=True)]
    second = judged(pages, seconds, HIDDEN[1], options.epochs)
    threshold = report(pages[:real], second[:real], owns[:real])
    print("crops")
    report(pages[real:], second[real:], owns[real:])
    if options.folds_only:
        return
    tables = [learn_words(pages[:real], long=long) for long in (False, True)]
    one = Net(firsts[0].shape[1], HIDDEN[0], SEED)
    one.train(list(zip(firsts, pages, strict=True)), options.epochs, SEED)
    two = Net(seconds[0].shape[1], HIDDEN[1], SEED)
    two.train(list(zip(seconds, pages, strict=True)), options.epochs, SEED)
    data = ROOT / "scraper" / "data"
    (data / "text_words.json").write_text(json.dumps(tables, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    weights = {"first": one.export(), "second": two.export(), "threshold": round(threshold * 256)}
    (data / "text_weights.json").write_text(json.dumps(weights, separators=(",", ":")) + "\n")


def second_input(x: np.ndarray, lines: Any, out: np.ndarray) -> np.ndarray:
    """Return the second net's rows; `scraper.classify_text.second_rows` makes the same."""
    own = lines.own.shape[1]
    place = x[:, own * 5 :]
    return np.concatenate([lines.own, place, around(clipped(out), lines.sizes)], axis=1).astype(np.float32)


if __name__ == "__main__":
    main()
