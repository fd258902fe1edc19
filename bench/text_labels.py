"""Flattened gold pages with a label a line: what a text page's lines are, by the gold body, title, authors and date."""

import re
import zlib
from collections import Counter
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import numpy as np

import scraper
from bench import gold
from bench.flatten import flatten, markdown
from normalise import lexicon
from scraper.errors import InputError
from scraper.text import TextPage, segment_text

Array = np.ndarray[Any, Any]

SETS = ("wcxb", "trafilatura", "fundus")
WORD = re.compile(r"\w+")
TAUGHT = 0.5  # trust in a body that the page's HTML gave
TAUGHT_CONFIDENCE, TAUGHT_CHARS = 60, 400  # of the record of the HTML, at least
SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "net", "or", "org"}


class Sample(NamedTuple):
    """One page: its set, gold row, registered domain, blocks, for each line a label (-1: unknown) a head, and the number of its words.

    `trust` in the body's labels: 1 where they are a person's, less where they are what clip found in the page's HTML, 0 where only some
    lines have one.
    """

    set: str
    gold: dict[str, Any]
    domain: str
    blocks: list[Any]
    page: Any
    labels: Array
    words: Array
    trust: float


def registered_domain(url: str) -> str:
    """Return the domain that a site registers: two labels, three under co.uk and its like."""
    labels = (urlsplit(url).hostname or url).split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in SECOND_LEVEL else labels[-2:])


def words(text: str | None) -> list[str]:
    """Return the words as the scorer counts them."""
    return WORD.findall((text or "").lower())


def body_labels(lines: list[list[str]], row: dict[str, Any]) -> Array:
    """1 for a line of the gold body, 0 for one that is not, -1 unknown (sets with snippets only)."""
    if row["body"] is None:
        return _snippet_labels(lines, row)
    body = words(row["body"])
    grams = Counter(tuple(body[i : i + 4]) for i in range(len(body) - 3))
    whole = Counter(tuple(words(line)) for line in row["body"].split("\n"))
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


def _snippet_labels(lines: list[list[str]], row: dict[str, Any]) -> Array:
    result = np.full(len(lines), -1)
    texts = [" " + " ".join(line) + " " for line in lines]
    for snippets, value in ((row["with"], 1), (row["without"], 0)):
        for snippet in snippets or []:
            needle = f" {' '.join(words(snippet))} "
            for i, text in enumerate(texts):
                if needle in text and len(needle) * 8 > len(text) * (value == 0):
                    result[i] = value
    return result


def head_labels(blocks: list[Any], lines: list[list[str]], row: dict[str, Any]) -> Array:
    """Columns headline, byline, date: 1 where the line holds the gold value."""
    result = np.zeros((len(lines), 3), dtype=int)
    title = words(row["title"])
    names = [" ".join(words(name)) for name in row["author"] or []]
    for i, line in enumerate(lines):
        if title and line == title:
            result[i, 0] = 1
        if len(blocks[i].text) <= 200:
            joined = f" {' '.join(line)} "
            if names and any(f" {name} " in joined for name in names):
                result[i, 1] = 1
            if row["date"] and shows_date(blocks[i].text, row["date"]):
                result[i, 2] = 1
    return result


def end_labels(body: Array) -> Array:
    """Columns first, last, before, after: 1 for the body's first line, its last, those above and those below."""
    result = np.zeros((len(body), 4), dtype=int)
    found = np.flatnonzero(body == 1)
    if len(found):
        result[found[0], 0] = result[found[-1], 1] = 1
        result[: found[0], 2] = result[found[-1] + 1 :, 3] = 1
    return result


def shows_date(text: str, date: str) -> bool:
    """Return whether the line prints the day: its year, its day's number and its month as a number or any name."""
    year, month, day = date.split("-")
    numbers = [number.lstrip("0") for number in re.findall(r"\d+", text)]
    if day.lstrip("0") not in numbers or not (year in numbers or year[2:].lstrip("0") in numbers):
        return False
    return month.lstrip("0") in numbers or any(word in _months()[int(month) - 1] for word in re.findall(r"[^\W\d]+", text.lower()))


@cache
def _months() -> list[set[str]]:
    return [{word for table in lexicon.languages("calendar").values() for word in table["months"][month]} for month in range(12)]


def samples() -> list[Sample]:
    """Return the flattened gold pages with their labels."""
    return [sample for name in SETS for row, data in gold.pages(name) if (sample := _sample(name, row, data, flatten(data))) is not None]


def markdown_samples() -> list[Sample]:
    """Return every second gold page as Markdown, with its labels."""
    rows = ((name, row, data) for name in SETS for row, data in gold.pages(name) if zlib.crc32(row["id"].encode()) % 2)
    return [sample for name, row, data in rows if (sample := _sample(name, row, data, markdown(data))) is not None]


def _sample(name: str, row: dict[str, Any], data: bytes, text: bytes) -> Sample | None:
    row["date"] = row["date"] if re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"] or "") else None
    page = segment_text(text.decode())
    blocks = page.blocks
    if not 3 <= len(blocks) <= 4000:
        return None
    lines = [words(block.text) for block in blocks]
    body, trust = body_labels(lines, row), float(row["body"] is not None)
    if row["body"] is None and (taught := _taught(data, row["url"])) is not None:
        known, body = body, body_labels(lines, {**row, "body": taught})
        trust = TAUGHT / (1 + bool((known[known >= 0] != body[known >= 0]).any()))
        body = np.where(known >= 0, known, body)
    ends = end_labels(body) if trust else np.zeros((len(lines), 4), dtype=int)
    labels = np.concatenate([body[:, None], head_labels(blocks, lines, row), ends], axis=1)
    return Sample(name, row, registered_domain(row["url"]), blocks, page, labels, np.array([len(line) for line in lines]), trust)


def _taught(data: bytes, url: str) -> str | None:
    """Return the body that clip finds in the page's HTML, None where it is not sure."""
    try:
        record = scraper.clean(data, url=url)
    except InputError:
        return None
    return record.body if record.confidence >= TAUGHT_CONFIDENCE and len(record.body) >= TAUGHT_CHARS else None


def cropped(page: Sample, rng: np.random.Generator) -> Sample | None:
    """Return the page as a person copies it: from about the headline to a little after the body. None where the body is not known."""
    body = np.flatnonzero(page.labels[:, 0] == 1)
    if not page.trust or len(body) < 3:
        return None
    start, end = int(body[0]), int(body[-1]) + 1
    titles = np.flatnonzero(page.labels[:start, 1] == 1)
    if len(titles) and start - titles[-1] < 15 and rng.random() < 0.8:
        start = int(titles[-1])
    start = max(0, start - int(rng.integers(0, 4)))
    end = min(len(page.blocks), end + int(rng.integers(0, 9)))
    return _of_parts(page, [(page, start, end)])


def mixed(page: Sample, above: Sample, below: Sample) -> Sample | None:
    """Return the page's body after what stands above another page's body, and before what stands below a third one's: sites as yet unseen.

    The headline, byline and date are those of `above`.
    """
    bodies = [np.flatnonzero(one.labels[:, 0] == 1) for one in (above, page, below)]
    if not all(map(len, bodies)):
        return None
    first, last = ([int(body[at]) for body in bodies] for at in (0, -1))
    parts = [(above, 0, first[0]), (page, first[1], last[1] + 1), (below, last[2] + 1, len(below.blocks))]
    return _of_parts(page._replace(gold={**above.gold, "body": page.gold["body"], "kind": page.gold["kind"]}), parts)


def _of_parts(page: Sample, parts: list[tuple[Sample, int, int]]) -> Sample:
    blocks = [block for part, start, stop in parts for block in part.blocks[start:stop]]
    text = TextPage(blocks=[msgspec.structs.replace(block, index=index) for index, block in enumerate(blocks)])
    labels = np.concatenate([part.labels[start:stop] for part, start, stop in parts])
    sizes = np.concatenate([part.words[start:stop] for part, start, stop in parts])
    return page._replace(blocks=text.blocks, page=text, labels=labels, words=sizes)
