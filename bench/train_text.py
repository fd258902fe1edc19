"""Learn the weights of text pages from flattened gold pages: writes `scraper/data/text_words.json` and `scraper/data/text_weights.json`.

    python -m bench.train_text [--folds-only]

Three steps, each judged out of fold, with the folds split by registered domain: words (a logistic regression over the words of short
lines), a first judgement of every line from its own and its neighbours' features, a second one that also sees the first one of the
lines around.
Each judgement is one hidden layer with an output a head: body, headline, byline, date, the body's first line and its last. Prints the
figures of the folds' own pages.
"""

import argparse
import json
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from bench.text_labels import Sample, cropped, samples, words
from bench.text_net import Net
from scraper.classify_text import clipped, decide, second_rows
from scraper.text_context import context
from scraper.text_features import LINE_CHARS, SHORT, LineReader, line_features

Array = np.ndarray[Any, Any]

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 5
SEED = 20251121
HIDDEN = (64, 32)
GOALS = ("wcxb article", "fundus article")


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

    indices: list[int] = []
    starts = [0]
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


def bag_f1(kept: list[str], gold: list[str]) -> float:
    """Return the word-bag F1."""
    p, g = Counter(kept), Counter(gold)
    both = sum((p & g).values())
    return 2 * both / (len(kept) + len(gold)) if both else float(not kept and not gold)


def report(pages: list[Sample], scores: list[Array], lines: list[Any]) -> float:
    """Print the mean bag F1 by set and kind, without and with the rules of `decide`, and the hits of the heads; return the threshold."""
    totals: dict[float, float] = {}
    for threshold in (-1.5, -1.25, -1.0, -0.75, -0.5, -0.25, 0.0):
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


def judged(pages: list[Sample], inputs: list[Array], hidden: int, epochs: int) -> list[Array]:
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
    parser.add_argument("--folds-only", action="store_true")
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args()
    pages = samples()
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
    seconds = [second_rows(x, lines, clipped(out)).astype(np.float32) for x, lines, out in zip(firsts, owns, first, strict=True)]
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


if __name__ == "__main__":
    main()
