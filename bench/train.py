"""Learn the weights of the body classifier from the gold pages, and judge them on hosts that they have not seen.

    python -m bench.train [--limit N] [--out DIR] [--no-final]

Every figure printed is cross-validated over hosts: a page is judged by tables and networks that have seen no page of its registered domain,
and so are the kinds of pages that the blocks' net learns from. The weights written learn from all pages, by the same steps.
"""

import argparse
import gc
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from bench import odds, score, sequence
from bench.augment import Fragment, fragments, varied
from bench.dataset import FOLDS, Example, examples
from bench.nets import Plan, train
from normalise.body import body_text
from scraper.classify import classify
from scraper.classify.repeats import repeats
from scraper.classify.wholes import judge_wholes
from scraper.model import Net, judge_blocks, likeliest, name_kind, sigmoid
from scraper.model.confidence import page_features
from scraper.model.features import Features, block_features
from scraper.model.kind import KINDS, kind_features
from scraper.model.sequence import SequenceNet
from scraper.model.surroundings import Tables
from scraper.model.wording import END_OF_BLOCK
from scraper.structure import body_blocks
from scraper.structure.outline import Outline

Array = np.ndarray[Any, Any]

SETS = ["wcxb", "fundus", "trafilatura"]
DATA = Path(__file__).resolve().parent.parent / "scraper" / "data"
KIND_PLAN = Plan((32,), epochs=30, batch=64, decay=1e-3, drop=0.2)
SURE_PLAN = Plan((), epochs=60, batch=64, step=1e-2, decay=1e-3, drop=0.0)
_VARIANTS, _SEED = 3, 7  # of each page
_GOOD = 0.9  # a page whose body reaches this F1 counts as right for the confidence
_SILVER = 0.5  # weight of a page's kind where no person named it
_WORD = 6  # characters, in any script


class Lesson(NamedTuple):
    """A page's features under one pair of tables: its blocks', those of its kind, and its variants'; with its own words and address."""

    features: Features
    kind_row: Array
    words: set[str]
    url: str | None
    variants: list[tuple[Example, Features]]


class Seen(NamedTuple):
    """What a model says of a page: the probabilities of its kinds, and each block's as they were decided."""

    kinds: Array
    likely: Array


class Nets(NamedTuple):
    """The networks of one training."""

    kind: Net
    body: SequenceNet


def main() -> None:
    """Cross-validate, report, train on everything, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, help="pages of each set, for a trial")
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--no-final", action="store_true", help="only judge")
    options = parser.parse_args()
    pages = list(examples(SETS, options.limit))
    variants = variants_of(pages)
    gc.freeze()  # the pages stay: the collector need not look through them again and again
    counts = [odds.count(page.page, page.shares, page.host, kind_of(page), page.gold["url"]) for page in pages]
    seen: dict[int, Seen] = {}
    for fold in range(FOLDS):
        seen |= judge_fold(pages, variants, counts, fold)
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    report(pages, seen)
    confidence = learn_confidence(pages, seen)
    if not options.no_final:
        kinds = {index: said.kinds for index, said in seen.items()}
        tables, words, lessons = lessons_for(pages, variants, counts, None)
        nets = learn(pages, list(range(len(pages))), lessons, kinds)
        write(options.out, tables, words, nets, confidence)


def kind_of(page: Example) -> str:
    """Return the page's kind among those that the model tells apart."""
    return page.gold["kind"] if page.gold["kind"] in KINDS else "article"


def variants_of(pages: list[Example]) -> list[list[Example]]:
    """Return some variants of each page; into articles goes furniture of other articles of their fold."""
    random = np.random.default_rng(_SEED)
    pools: dict[int, list[Fragment]] = {fold: [] for fold in range(FOLDS)}
    for page in pages:
        if kind_of(page) == "article":
            pools[page.fold] += fragments(page)
    return [[varied(page, pools[page.fold] if kind_of(page) == "article" else [], random) for _ in range(_VARIANTS)] for page in pages]


def lessons_for(
    pages: list[Example], variants: list[list[Example]], counts: list[odds.Counts], held_out: int | None
) -> tuple[Tables, dict[str, list[float]], dict[int, Lesson]]:
    """Return tables learnt without fold `held_out`, and every page's features under tables that have not seen its own fold either."""
    lessons: dict[int, Lesson] = {}
    for fold in range(FOLDS):
        known = [count for page, count in zip(pages, counts, strict=True) if page.fold not in (fold, held_out)]
        tables, words = odds.tables(known)
        for index, page in enumerate(pages):
            if page.fold == fold:
                features = block_features(page.page, tables)
                others = [(other, block_features(other.page, tables)) for other in variants[index] if fold != held_out]
                labels = counts[index].labels
                lessons[index] = Lesson(features, kind_features(features, labels, words), labels, page.gold["url"], others)
    tables, words = odds.tables([count for page, count in zip(pages, counts, strict=True) if page.fold != held_out])
    return tables, words, lessons


def judge_fold(pages: list[Example], variants: list[list[Example]], counts: list[odds.Counts], fold: int) -> dict[int, Seen]:
    """Return what a model that has not seen `fold` says of its pages."""
    _, _, lessons = lessons_for(pages, variants, counts, fold)
    learners = [index for index, page in enumerate(pages) if page.fold != fold]
    kinds: dict[int, Array] = {}
    for inner in range(FOLDS):
        if inner == fold:
            continue
        net = learn_kind(pages, [index for index in learners if pages[index].fold != inner], lessons)
        kinds |= {index: kinds_said(net, pages[index], lessons[index]) for index in learners if pages[index].fold == inner}
    nets = learn(pages, learners, lessons, kinds)
    return {index: see(nets, page, lessons[index]) for index, page in enumerate(pages) if page.fold == fold}


def learn(pages: list[Example], learners: list[int], lessons: dict[int, Lesson], kinds: dict[int, Array]) -> Nets:
    """Train the two networks on `learners`; `kinds` are what others said of them without having seen them."""
    versions = [
        [lesson_of(page, features, kinds[index]) for page, features in ((pages[index], lessons[index].features), *lessons[index].variants)]
        for index in learners
    ]
    return Nets(learn_kind(pages, learners, lessons), sequence.train(versions))


def learn_kind(pages: list[Example], learners: list[int], lessons: dict[int, Lesson]) -> Net:
    """Train the network that names a page's kind."""
    wanted = np.eye(len(KINDS), dtype=np.float32)[[KINDS.index(kind_of(pages[index])) for index in learners]]
    trust = np.array([_SILVER if pages[index].gold["body"] is None else 1.0 for index in learners], np.float32)
    return train(np.array([lessons[index].kind_row for index in learners]), wanted, trust, KIND_PLAN)


def lesson_of(page: Example, features: Features, kinds: Array) -> sequence.Lesson:
    """Return what the blocks' net learns from a page."""
    return sequence.Lesson(
        features,
        np.concatenate((features.whole, kinds)),
        np.array(page.shares, np.float32),
        importance_of(page),
        features.columns.chars / np.float32(_WORD),
        page.gold["body"] is not None,
    )


def importance_of(page: Example) -> Array:
    """A block weighs as the root of its length, a page as any other page."""
    size = np.sqrt(np.array([len(block.text) for block in page.page.blocks], np.float32))
    return size * np.array(page.trust, np.float32) / size.sum()


def kinds_said(net: Net, page: Example, lesson: Lesson) -> Array:
    """Return the probability of each kind."""
    return name_kind(net, lesson.kind_row, lesson.words, lesson.url, page.page)


def see(nets: Nets, page: Example, lesson: Lesson) -> Seen:
    """Return all that the networks say of one page."""
    return Seen(*judge_blocks(nets.body, lesson.features, kinds_said(nets.kind, page, lesson), lesson.words, page.page))


def learn_confidence(pages: list[Example], seen: dict[int, Seen]) -> Net:
    """Train the probability that a page's body is right, on pages judged by models that had not seen their hosts."""
    rows, right = [], []
    for index, page in enumerate(pages):
        if page.gold["body"] is not None:
            chars = np.array([len(block.text) for block in page.page.blocks], np.float32)
            rows.append(np.concatenate((page_features(seen[index].likely, chars), seen[index].kinds)).astype(np.float32))
            right.append(score.bag_f1(body_of(page, seen[index].likely), page.gold["body"]) > _GOOD)
    net = train(np.array(rows), np.array(right, np.float32), np.ones(len(rows), np.float32), SURE_PLAN)
    said = sigmoid(net(np.array(rows).T)[:, 0])
    for low in np.arange(0, 1, 0.1):
        inside = (said >= low) & (said < low + 0.1 + (low > 0.85))
        if inside.any():
            print(f"confidence {low:.1f}: {inside.sum():5d} pages, right {np.array(right)[inside].mean():.2f}")
    return net


def body_of(page: Example, likely: Array) -> str:
    """Return the text of the blocks that are more likely body than not."""
    return "\n\n".join(block.text for block, chance in zip(page.page.blocks, likely, strict=True) if chance >= 0.5)


def ruled_body(page: Example, seen: Seen) -> str:
    """Return the body as a record has it, but for the headline: the rules of classification applied, repeats dropped, rendered."""
    parts, outline = page.page, Outline(page.page)
    labels = classify(parts, np.round(seen.likely * 1000).astype(int).tolist())
    judge_wholes(parts, labels, likeliest(seen.kinds), outline.layout)
    kept = [label.kind == "body" for label in labels]
    for index in repeats(parts, kept, outline):
        kept[index] = False
    return body_text(body_blocks(parts, kept, outline))


def report(pages: list[Example], seen: dict[int, Seen]) -> None:
    """Print body scores by set and kind, of the model alone and with the rules after it, and how often the kind is right."""
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    snippets: list[tuple[int, ...]] = []
    kinds: list[bool] = []
    for index, page in enumerate(pages):
        bodies = body_of(page, seen[index].likely), ruled_body(page, seen[index])
        if page.gold["body"] is not None:
            alone, ruled = (score.bag_f1(body, page.gold["body"]) for body in bodies)
            groups[f"{page.set} all"].append((alone, ruled))
            groups[f"{page.set} {page.gold['kind']}"].append((alone, ruled))
            kinds.append(likeliest(seen[index].kinds) == kind_of(page))
        else:
            snippets.append(tuple(n for body in bodies for n in score.snippets(body, page.gold["with"], page.gold["without"])))
    for name, pairs in sorted(groups.items()):
        alone, ruled = (statistics.mean(values) for values in zip(*pairs, strict=True))
        print(f"{name:24s} {len(pairs):5d} pages  bag F1 {alone:.4f}  with rules {ruled:.4f}")
    if snippets:
        sums = [sum(column) for column in zip(*snippets, strict=True)]
        for name, (kept, wanted, leaked, unwanted) in (("alone", sums[:4]), ("with rules", sums[4:])):
            print(f"snippets {name}: kept {kept / wanted:.4f} leaked {leaked / max(1, unwanted):.4f}")
    print(f"kind right {statistics.mean(kinds):.3f}")


def write(folder: Path, tables: Tables, words: dict[str, list[float]], nets: Nets, confidence: Net) -> None:
    """Write body.npz (networks, float16 weights) and body.json (tables)."""
    arrays: dict[str, Array] = {f"body.{name}": np.asarray(value) for name, value in nets.body._asdict().items()}
    arrays |= {name: value.astype(np.float16) for name, value in arrays.items() if value.ndim > 1 and not name.endswith("biases")}
    for name, net in (("kind", nets.kind), ("confidence", confidence)):
        arrays |= {f"{name}.low": net.low, f"{name}.high": net.high}
        arrays |= {f"{name}.weight{layer}": weight.astype(np.float16) for layer, weight in enumerate(net.weights)}
        arrays |= {f"{name}.bias{layer}": bias for layer, bias in enumerate(net.biases)}
    np.savez_compressed(folder / "body.npz", **arrays)
    told = {word: value for word, value in tables.words.items() if word != END_OF_BLOCK}
    table = {"tokens": tables.tokens, "words": told, "kind_words": words}
    (folder / "body.json").write_bytes(msgspec.json.encode(table, order="sorted"))


if __name__ == "__main__":
    main()
