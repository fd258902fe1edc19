"""Fit the weights by which headline and byline are chosen: a conditional logit over each page's candidates. A byline has one more
candidate, that the page names nobody: right where no other is, and chosen where none is likely enough to be worth naming.

python bench/fit_fields.py GOLD [headline|byline] [--write]

GOLD is a folder of unpacked gold sets: SET/gold.jsonl and SET/html/ID.html. Prints the score of five-fold cross-validation in which no
host is in two folds, and the score of a choice with hindsight; `--write` fits on all pages and writes scraper/data/<field>.json (weights
in hundredths).
Starts from zero and has no random step: the same pages give the same weights.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
import score  # noqa: E402

from scraper.document import parse_document  # noqa: E402
from scraper.fields import byline, headline  # noqa: E402
from scraper.metadata import read_metadata  # noqa: E402
from scraper.page import Page  # noqa: E402
from scraper.walk import segment  # noqa: E402

FOLDS = 5
RARE = {"headline": 12, "byline": 15}  # a feature seen in fewer candidates is left out
SMOOTHING = {"headline": 1.0, "byline": 3.0}
NOBODY = "nobody"  # the only feature of the candidate that names nobody
WORTH = 0.2  # the likelihood, beside nobody's, from which authors are named
GOOD = 0.3  # the F1 under which a candidate is as wrong as nobody


class Row(NamedTuple):
    """One page: its set, its host, its candidates' features and how good each candidate is (0 to 1)."""

    gold_set: str
    host: str
    features: list[list[str]]
    goodness: list[float]


def rows(folder: Path, field: str) -> Iterator[Row]:
    """Yield the pages whose gold row has the field, with their candidates."""
    for source in sorted(folder.glob("*/gold.jsonl")):
        for line in source.read_bytes().splitlines():
            gold = json.loads(line)
            if gold["title"] if field == "headline" else _has_scorable_author(gold):
                data = (source.parent / "html" / f"{gold['id']}.html").read_bytes()
                yield _row(source.parent.name, gold, data, field)


def _has_scorable_author(gold: dict[str, Any]) -> bool:
    """Whether the gold row has a name that the score can compare: of other scripts it compares those without a space only."""
    return bool(gold["author"]) and score.authors_f1(gold["author"], gold["author"]) is not None


def _row(gold_set: str, gold: dict[str, Any], data: bytes, field: str) -> Row:
    document = parse_document(Page(body=data, url=gold["url"]), max_size=50_000_000)
    page = segment(document.tree)
    arguments = (page, (), read_metadata(page, url=gold["url"]), gold["url"])
    if field == "headline":
        agreed = headline.agreed_option(page, arguments[2], gold["url"])
        options: list[Any] = [agreed] if agreed is not None else headline.headline_options(*arguments)
        goodness = [score.title_exact(headline.spelling_of(option).text, gold["title"]) for option in options]
    else:
        options = byline.byline_options(*arguments)
        goodness = [score.authors_f1([author.name for author in byline.authors_of(option)], gold["author"]) or 0.0 for option in options]
    kind = f"{gold_set}, articles" if gold["kind"] == "article" else f"{gold_set}, other"
    return Row(kind, urlsplit(gold["url"] or "").netloc, [option.features for option in options], goodness)


def with_nobody(page: Row) -> Row:
    """Return `page` with a last candidate that names nobody."""
    wrong = max(page.goodness, default=0.0) <= GOOD
    return page._replace(features=[*page.features, [NOBODY]], goodness=[*page.goodness, float(wrong)])


def fit(pages: list[Row], names: dict[str, int], smoothing: float) -> Any:
    """Return the weights that make good candidates likely: each page's likelihood is its candidates' goodness weighted by a softmax."""
    if NOBODY in names:
        pages = [with_nobody(page) for page in pages if page.features]
    pages = [page for page in pages if any(good > GOOD for good in page.goodness)]
    matrix = np.concatenate([_matrix(page, names) for page in pages])
    good = np.concatenate([page.goodness for page in pages])
    sizes = [len(page.goodness) for page in pages]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(pages)), sizes)

    def loss(weights: Any) -> Any:
        logits = matrix @ weights
        odds = np.exp(logits - np.maximum.reduceat(logits, starts)[owner])
        total, gained = np.add.reduceat(odds, starts), np.add.reduceat(odds * good, starts)
        gradient = matrix.T @ (odds / total[owner] - odds * good / gained[owner])
        return smoothing * (weights @ weights) / 2 - np.log(gained / total).sum(), gradient + smoothing * weights

    return minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x


def _matrix(page: Row, names: dict[str, int]) -> Any:
    matrix = np.zeros((len(page.features), len(names)))
    for at, features in enumerate(page.features):
        matrix[at, [names[name] for name in features if name in names]] = 1
    return matrix


def cross_validated(pages: list[Row], names: dict[str, int], smoothing: float) -> list[float]:
    """Return each page's goodness of choice by weights fitted without its host's fold."""
    folds = [int(hashlib.md5(page.host.encode()).hexdigest(), 16) % FOLDS for page in pages]
    chosen = [0.0] * len(pages)
    for fold in range(FOLDS):
        weights = fit([page for page, own in zip(pages, folds, strict=True) if own != fold], names, smoothing)
        least = threshold(weights, names)
        for at, page in enumerate(pages):
            if folds[at] == fold and page.goodness:
                scores = _matrix(page, names) @ weights
                chosen[at] = page.goodness[int(np.argmax(scores))] if scores.max() >= least else 0.0
    return chosen


def threshold(weights: Any, names: dict[str, int]) -> float:
    """Return the score under which naming nobody is the better choice."""
    return float(weights[names[NOBODY]] + np.log(WORTH / (1 - WORTH))) if NOBODY in names else -np.inf


def report(pages: list[Row], chosen: list[float]) -> None:
    """Print the mean goodness by set: chosen, and with hindsight."""
    for gold_set in sorted({page.gold_set for page in pages}):
        own = [at for at, page in enumerate(pages) if page.gold_set == gold_set]
        best = np.mean([max(pages[at].goodness, default=0.0) for at in own])
        print(f"{gold_set}: {len(own)} pages, chosen {np.mean([chosen[at] for at in own]):.3f}, with hindsight {best:.3f}")


def main() -> None:
    """Fit and report, and write the weights where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("fields", nargs="*", default=["headline", "byline"])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    for field in options.fields:
        pages = list(rows(options.gold, field))
        counts = Counter(name for page in pages for features in page.features for name in set(features))
        kept = {name for name, count in counts.items() if count >= RARE[field]} | ({NOBODY} if field == "byline" else set())
        names = {name: at for at, name in enumerate(sorted(kept))}
        print(field)
        report(pages, cross_validated(pages, names, SMOOTHING[field]))
        if options.write:
            fitted = fit(pages, names, SMOOTHING[field])
            weights = {name: round(float(weight) * 100) for name, weight in zip(names, fitted, strict=True) if name != NOBODY}
            weights = {name: weight for name, weight in weights.items() if abs(weight) > 2}
            if field == "byline":
                weights["threshold"] = round(threshold(fitted, names) * 100)
            text = json.dumps(weights, indent=1, sort_keys=True)
            (ROOT / "scraper" / "data" / f"{field}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
