"""Learn the weights of text pages from flattened gold pages: writes `scraper/data/text_words.json` and `scraper/data/text_weights.json`.

    python -m bench.train_text [--folds-only]

Two steps, both judged out of fold, with the folds split by registered domain: words (logistic regressions over the words of short and
of longer lines, of bylines and of dates), and the net over the lines' features, see `bench.text_net`. It learns from whole pages, from
pages cropped as people copy them, and from articles put between what stands above and below other ones; every
second page also as Markdown. Prints the figures of the folds' own pages, as the weights that would ship give them.
"""

import argparse
import json
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from bench.text_labels import Sample, cropped, markdown_samples, mixed, samples, words
from bench.text_net import largest_sum, train
from scraper.text.classify import clipped, decide
from scraper.text.context import context
from scraper.text.features import HEAD_CHARS, LINE_CHARS, SHORT, line_features
from scraper.text.net import forward, read_net
from scraper.text.words import MOST, Words, fold

Array = np.ndarray[Any, Any]

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 5
SEED = 20251121
WIDTH = 32
EPOCHS = 8
MIXES = 2  # of each article
THRESHOLDS = (-3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0)
GOALS = ("wcxb article", "fundus article")
NEAR = 0.002  # of both together: of thresholds so near the best the lowest is taken, as false removals are worse than leftovers


def fold_of(domain: str) -> int:
    """Return the fold that all pages of a domain are in."""
    return zlib.crc32(domain.encode()) % FOLDS


# By table of words: which lines, by length, which head they are judged for, the gold field that must be known, on how many domains a word
# must stand, the strength of the fit, and the least weight worth keeping.
TABLES = {
    "short": (range(1, SHORT + 1), 0, None, 4, 0.3, 24),
    "long": (range(SHORT + 1, 1 << 31), 0, None, 8, 0.03, 24),
    "byline": (range(1, HEAD_CHARS + 1), 2, "author", 6, 0.3, 64),
    "date": (range(1, HEAD_CHARS + 1), 3, "date", 6, 0.3, 64),
}


def learn_words(pages: list[Sample], table: str) -> dict[str, int]:
    """Return the weight of each word that several domains use in such lines, in 1/256: positive for what the head looks for."""
    lengths, head, field, least, strength, worth = TABLES[table]
    seen: dict[str, set[str]] = defaultdict(set)
    rows: list[tuple[list[str], int]] = []
    for page in pages:
        if field is not None and not page.gold[field]:
            continue
        for block, label in zip(page.blocks, page.labels[:, head], strict=True):
            if label >= 0 and len(block.text) in lengths:
                line = fold(block.text[:LINE_CHARS]).split()
                rows.append((line, int(label)))
                for word in set(line):
                    seen[word].add(page.domain)
    vocabulary = {word: i for i, word in enumerate(sorted(word for word, domains in seen.items() if len(domains) >= least))}
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    indices: list[int] = []
    starts = [0]
    for line, _ in rows:
        indices.extend(vocabulary[word] for word in line if word in vocabulary)
        starts.append(len(indices))
    matrix = csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(rows), len(vocabulary)))
    model = LogisticRegression(C=strength, max_iter=100, class_weight="balanced").fit(matrix, [label for _, label in rows])
    weights = np.clip(np.rint(model.coef_[0] * 256), -MOST, MOST).astype(int)
    return {word: int(weights[i]) for word, i in vocabulary.items() if abs(weights[i]) >= worth}


def tables_of(pages: list[Sample]) -> dict[str, dict[str, int]]:
    """Return the tables of word weights of these pages."""
    return {table: learn_words(pages, table) for table in TABLES}


def bag_f1(kept: list[str], gold: list[str]) -> float:
    """Return the word-bag F1."""
    p, g = Counter(kept), Counter(gold)
    both = sum((p & g).values())
    return 2 * both / (len(kept) + len(gold)) if both else float(not kept and not gold)


def report(pages: list[Sample], scores: list[Array], lines: list[Any]) -> float:
    """Print the mean bag F1 by set and kind, without and with the rules of `decide`, and the hits of the heads; return the threshold."""
    totals: dict[float, float] = {}
    for threshold in THRESHOLDS:
        bags: dict[str, list[float]] = defaultdict(list)
        ruled: dict[str, list[float]] = defaultdict(list)
        for page, out, own in zip(pages, scores, lines, strict=True):
            if page.gold["body"] is not None:
                name = f"{page.set} {page.gold['kind']}"
                gold = words(page.gold["body"])
                bags[name].append(
                    bag_f1([w for block, s in zip(page.blocks, out[:, 0], strict=True) if s > threshold for w in words(block.text)], gold)
                )
                labels = decide(page.page, own.chrome, clipped(out), threshold)
                kept = [w for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body" for w in words(block.text)]
                ruled[name].append(bag_f1(kept, gold))
        totals[threshold] = sum(float(np.mean(ruled[name])) for name in GOALS)
        print(
            f"{threshold:6.2f}",
            {name: (round(float(np.mean(values)), 4), round(float(np.mean(ruled[name])), 4)) for name, values in sorted(bags.items())},
        )
    best = min(threshold for threshold, total in totals.items() if total >= max(totals.values()) - NEAR)
    for head, (kind, field) in enumerate((("headline", "title"), ("byline", "author"), ("date", "date")), 1):
        for name in GOALS:
            hits, ruled_hits, shown = [], [], []
            for page, out, own in zip(pages, scores, lines, strict=True):
                if f"{page.set} {page.gold['kind']}" == name and page.gold[field]:
                    right = page.labels[:, head] == 1
                    hits.append(bool(right[int(out[:, head].argmax())]) and out[:, head].max() > 0)
                    labels = decide(page.page, own.chrome, clipped(out), best)
                    chosen = [i for i, label in enumerate(labels) if label.kind == kind]
                    if kind == "date" and not chosen:  # it may stand in the byline's line
                        chosen = [i for i, label in enumerate(labels) if label.kind == "byline"]
                    ruled_hits.append(any(right[i] for i in chosen))
                    shown.append(bool(right.any()))
            print(f"{field} {name}: hit {np.mean(hits):.3f}, with rules {np.mean(ruled_hits):.3f}, shown {np.mean(shown):.3f}", flush=True)
    return best


def judged(pages: list[Sample], inputs: list[Array]) -> list[Array]:
    """Return each page's scores from a net that has not seen its domain's fold, rounded as it would ship."""
    result: list[Any] = [None] * len(pages)
    for at in range(FOLDS):
        seen = [i for i, page in enumerate(pages) if fold_of(page.domain) != at]
        raw = train([pages[i] for i in seen], [inputs[i] for i in seen], width=WIDTH, epochs=EPOCHS, seed=SEED + at).export()
        net = read_net(raw)
        for i in set(range(len(pages))).difference(seen):
            result[i] = forward(net, [inputs[i].T])
        print("fold", at, "largest sum", largest_sum(raw, inputs[0]), "of 512", flush=True)
    return result


def augmented(pages: list[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Return the pages as people copy them, and articles between what stands above and below others of their fold."""
    rng = np.random.default_rng(SEED)
    crops = [crop for page in pages if (crop := cropped(page, rng)) is not None]
    mixes = []
    for at in range(FOLDS):
        articles = [page for page in pages if page.trust and page.gold["kind"] == "article" and fold_of(page.domain) == at]
        for page in MIXES * articles:
            above, below = (articles[int(rng.integers(len(articles)))] for _ in range(2))
            mixes.append(mixed(page, above, below))
    return crops, [mix for mix in mixes if mix is not None]


def main() -> None:
    """Train, report, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds-only", action="store_true")
    options = parser.parse_args()
    real, marked = samples(), markdown_samples()
    crops, mixes = (some + more for some, more in zip(augmented(real), augmented(marked), strict=True))
    pages = real + marked + crops + mixes
    counts = {"pages": real, "in Markdown": marked, "crops": crops, "mixed": mixes}
    print({name: len(some) for name, some in counts.items()}, sum(len(page.blocks) for page in pages), "lines", flush=True)
    lines: list[Any] = [None] * len(pages)
    inputs: list[Any] = [None] * len(pages)
    for at in range(FOLDS):
        table = Words(**tables_of([p for p in real if fold_of(p.domain) != at]))
        for i, page in enumerate(pages):
            if fold_of(page.domain) == at:
                lines[i] = line_features(page.blocks, table)
                inputs[i] = np.concatenate([lines[i].own, context(lines[i]).T], axis=1)
    print("features", inputs[0].shape[1], flush=True)
    scores = judged(pages, inputs)
    threshold = report(real, scores[: len(real)], lines[: len(real)])
    for name, start, some in (("Markdown", len(real), marked), ("crops", len(real) + len(marked), crops)):
        print(name)
        end = start + len(some)
        report(some, scores[start:end], lines[start:end])
    if options.folds_only:
        return
    raw = train(pages, inputs, width=WIDTH, epochs=EPOCHS, seed=SEED).export()
    print("largest sum", max(largest_sum(raw, rows) for rows in inputs), "of 512", flush=True)
    data = ROOT / "scraper" / "data"
    tables = json.dumps(tables_of(real), ensure_ascii=False, separators=(",", ":"))
    (data / "text_words.json").write_text(tables + "\n", encoding="utf-8")
    weights = json.dumps({"net": raw, "threshold": round(threshold * 64)}, separators=(",", ":"))
    (data / "text_weights.json").write_text(weights + "\n")


if __name__ == "__main__":
    main()
