"""Learn the weights of the body classifier from the gold pages, and judge them on hosts that they have not seen.

    python -m bench.train [--limit N] [--out DIR] [--no-final]

Every figure printed is cross-validated over hosts: a page is judged by tables and networks that have seen no page of its registered domain,
and so are the first look's scores that the second look learns from. The weights written learn from all pages, by the same steps.
"""

import argparse
import gc
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from bench import odds, score
from bench.dataset import FOLDS, Example, examples
from bench.nets import Plan, train
from normalise.body import body_text
from scraper.classify import classify
from scraper.context import page_features
from scraper.features import Features, block_features
from scraper.kind import KINDS, kind_features
from scraper.model import NOTHING, Net, decided, first_look, second_look, sigmoid, softmax
from scraper.repeats import repeats
from scraper.structure import body_blocks
from scraper.surroundings import Tables
from scraper.wording import END_OF_BLOCK

Array = np.ndarray[Any, Any]

SETS = ["wcxb", "fundus", "trafilatura"]
DATA = Path(__file__).resolve().parent.parent / "scraper" / "data"
KIND_PLAN = Plan((32,), epochs=30, batch=64, decay=1e-3, drop=0.2)
FIRST_PLAN = Plan((48, 24), epochs=4)
SECOND_PLAN = Plan((64, 32), epochs=2, drop=0.2)
SURE_PLAN = Plan((), epochs=60, batch=64, step=1e-2, decay=1e-3, drop=0.0)
_GOOD = 0.9  # a page whose body reaches this F1 counts as right for the confidence
_BLOCKS = 400  # of a page
_SILVER = 0.5  # weight of a page's kind where no person named it


class Lesson(NamedTuple):
    """A page's block features under one pair of tables, and its page features."""

    features: Features
    kind_row: Array


class Seen(NamedTuple):
    """What a model says of a page: its kinds' probabilities, each block's after the first look, and as they were decided."""

    kinds: Array
    first: Array
    second: Array


class Nets(NamedTuple):
    """The networks of one training."""

    kind: Net
    first: Net
    second: Net


def main() -> None:
    """Cross-validate, report, train on everything, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, help="pages of each set, for a trial")
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--no-final", action="store_true", help="only judge")
    options = parser.parse_args()
    pages = list(examples(SETS, options.limit))
    gc.freeze()  # the pages stay: the collector need not look through them again and again
    counts = [odds.count(page.page, page.shares, page.host, kind_of(page), page.gold["url"]) for page in pages]
    seen: dict[int, Seen] = {}
    for fold in range(FOLDS):
        seen |= judge_fold(pages, counts, fold)
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    report(pages, seen)
    confidence = learn_confidence(pages, seen)
    if not options.no_final:
        inner = {index: looks.first for index, looks in seen.items()}
        kinds = {index: looks.kinds for index, looks in seen.items()}
        tables, words, lessons = lessons_for(pages, counts, None)
        nets = learn(pages, list(range(len(pages))), lessons, kinds, inner)
        write(options.out, tables, words, {**nets._asdict(), "confidence": confidence})


def kind_of(page: Example) -> str:
    """Return the page's kind among those that the model tells apart."""
    return page.gold["kind"] if page.gold["kind"] in KINDS else "article"


def lessons_for(
    pages: list[Example], counts: list[odds.Counts], held_out: int | None
) -> tuple[Tables, dict[str, list[float]], dict[int, Lesson]]:
    """Return tables learnt without fold `held_out`, and every page's features under tables that have not seen its own fold either."""
    lessons: dict[int, Lesson] = {}
    for fold in range(FOLDS):
        known = [count for page, count in zip(pages, counts, strict=True) if page.fold not in (fold, held_out)]
        tables, words = odds.tables(known)
        for index, page in enumerate(pages):
            if page.fold == fold:
                features = block_features(page.page, tables)
                lessons[index] = Lesson(features, kind_features(features, counts[index].labels, words))
    tables, words = odds.tables([count for page, count in zip(pages, counts, strict=True) if page.fold != held_out])
    return tables, words, lessons


def judge_fold(pages: list[Example], counts: list[odds.Counts], fold: int) -> dict[int, Seen]:
    """Return what a model that has not seen `fold` says of its pages."""
    _, _, lessons = lessons_for(pages, counts, fold)
    learners = [index for index, page in enumerate(pages) if page.fold != fold]
    kinds: dict[int, Array] = {}
    first: dict[int, Array] = {}
    for inner in range(FOLDS):
        if inner == fold:
            continue
        others = [index for index in learners if pages[index].fold != inner]
        net = learn_kind(pages, others, lessons)
        kinds |= {index: kinds_said(net, lessons[index]) for index in learners if pages[index].fold == inner}
    for inner in range(FOLDS):
        if inner == fold:
            continue
        net = learn_blocks(pages, [index for index in learners if pages[index].fold != inner], lessons, kinds, {})
        first |= {index: look(net, first_look(lessons[index].features, kinds[index])) for index in learners if pages[index].fold == inner}
    nets = learn(pages, learners, lessons, kinds, first)
    return {index: see(nets, lessons[index]) for index, page in enumerate(pages) if page.fold == fold}


def learn(pages: list[Example], learners: list[int], lessons: dict[int, Lesson], kinds: dict[int, Array], first: dict[int, Array]) -> Nets:
    """Train the three networks on `learners`; `kinds` and `first` are what others said of them without having seen them."""
    return Nets(
        learn_kind(pages, learners, lessons),
        learn_blocks(pages, learners, lessons, kinds, {}),
        learn_blocks(pages, learners, lessons, kinds, first),
    )


def learn_kind(pages: list[Example], learners: list[int], lessons: dict[int, Lesson]) -> Net:
    """Train the network that names a page's kind."""
    wanted = np.eye(len(KINDS), dtype=np.float32)[[KINDS.index(kind_of(pages[index])) for index in learners]]
    trust = np.array([_SILVER if pages[index].gold["body"] is None else 1.0 for index in learners], np.float32)
    return train(np.array([lessons[index].kind_row for index in learners]), wanted, trust, KIND_PLAN)


def learn_blocks(
    pages: list[Example], learners: list[int], lessons: dict[int, Lesson], kinds: dict[int, Array], first: dict[int, Array]
) -> Net:
    """Train the first look, or the second on what the `first` said."""
    rows, shares, importance = [], [], []
    for index in learners:
        features = lessons[index].features
        columns, whole = second_look(features, kinds[index], first[index]) if first else first_look(features, kinds[index])
        chosen = sample(index, columns.shape[1])
        rows.append(np.column_stack((columns.T[chosen], np.repeat(whole[None], len(chosen), 0))).astype(np.float32))
        shares.append(np.array(pages[index].shares, np.float32)[chosen])
        importance.append(importance_of(pages[index])[chosen] * np.float32(columns.shape[1] / len(chosen)))
    return train(np.concatenate(rows), np.concatenate(shares), np.concatenate(importance), SECOND_PLAN if first else FIRST_PLAN)


def sample(seed: int, count: int) -> Array:
    """Return the blocks of a page to learn from: all, or `_BLOCKS` of a long page, which says the same again and again."""
    return np.arange(count) if count <= _BLOCKS else np.sort(np.random.default_rng(seed).permutation(count)[:_BLOCKS])


def importance_of(page: Example) -> Array:
    """A block weighs as the root of its length, a page as any other page."""
    size = np.sqrt(np.array([len(block.text) for block in page.page.blocks], np.float32))
    return size * np.array(page.trust, np.float32) / size.sum()


def kinds_said(net: Net, lesson: Lesson) -> Array:
    """Return the probability of each kind."""
    return softmax(net(lesson.kind_row[:, None], NOTHING)[0])


def look(net: Net, inputs: tuple[Array, Array]) -> Array:
    """Return each block's probability."""
    return sigmoid(net(*inputs)[:, 0])


def see(nets: Nets, lesson: Lesson) -> Seen:
    """Return all that the networks say of one page."""
    kinds = kinds_said(nets.kind, lesson)
    first = look(nets.first, first_look(lesson.features, kinds))
    second = look(nets.second, second_look(lesson.features, kinds, first))
    return Seen(kinds, first, decided(second, lesson.features.columns.chars, KINDS[int(kinds.argmax())]))


def learn_confidence(pages: list[Example], seen: dict[int, Seen]) -> Net:
    """Train the probability that a page's body is right, on pages judged by models that had not seen their hosts."""
    rows, right = [], []
    for index, page in enumerate(pages):
        if page.gold["body"] is not None:
            chars = np.array([len(block.text) for block in page.page.blocks], np.float32)
            rows.append(np.concatenate((page_features(seen[index].second, chars), seen[index].kinds)).astype(np.float32))
            right.append(score.bag_f1(body_of(page, seen[index].second), page.gold["body"]) > _GOOD)
    net = train(np.array(rows), np.array(right, np.float32), np.ones(len(rows), np.float32), SURE_PLAN)
    said = sigmoid(net(np.array(rows).T, NOTHING)[:, 0])
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
    labels = classify(page.page, np.round(seen.second * 1000).astype(int).tolist())
    kept = [label.kind == "body" for label in labels]
    for index in repeats(page.page, kept):
        kept[index] = False
    return body_text(body_blocks(page.page, kept))


def report(pages: list[Example], seen: dict[int, Seen]) -> None:
    """Print body scores by set and kind, of the model alone and with the rules after it, and how often the kind is right."""
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    snippets: list[tuple[int, ...]] = []
    kinds: list[bool] = []
    for index, page in enumerate(pages):
        bodies = body_of(page, seen[index].second), ruled_body(page, seen[index])
        if page.gold["body"] is not None:
            alone, ruled = (score.bag_f1(body, page.gold["body"]) for body in bodies)
            groups[f"{page.set} all"].append((alone, ruled))
            groups[f"{page.set} {page.gold['kind']}"].append((alone, ruled))
            kinds.append(KINDS[int(seen[index].kinds.argmax())] == kind_of(page))
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


def write(folder: Path, tables: Tables, words: dict[str, list[float]], nets: dict[str, Net]) -> None:
    """Write body.npz (networks, float16 weights) and body.json (tables)."""
    arrays: dict[str, Array] = {}
    for name, net in nets.items():
        arrays |= {f"{name}.low": net.low, f"{name}.high": net.high}
        arrays |= {f"{name}.weight{layer}": weight.astype(np.float16) for layer, weight in enumerate(net.weights)}
        arrays |= {f"{name}.bias{layer}": bias for layer, bias in enumerate(net.biases)}
    np.savez_compressed(folder / "body.npz", **arrays)
    told = {word: value for word, value in tables.words.items() if word != END_OF_BLOCK}
    table = {"tokens": tables.tokens, "words": told, "kind_words": words}
    (folder / "body.json").write_bytes(msgspec.json.encode(table, order="sorted"))


if __name__ == "__main__":
    main()
