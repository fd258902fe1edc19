"""Flattened gold pages with a label a line: what a text page's lines are, by the gold body, title, authors and date."""

import re
from collections import Counter
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import numpy as np

from bench import gold
from bench.flatten import flatten
from normalise import lexicon
from scraper.text import TextPage, segment_text

Array = np.ndarray[Any, Any]

SETS = ("wcxb", "trafilatura", "fundus")
WORD = re.compile(r"\w+")
SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "net", "or", "org"}


class Sample(NamedTuple):
    """One page: its set, gold row, registered domain, blocks, and for each line a label (-1: unknown) a head."""

    set: str
    gold: dict[str, Any]
    domain: str
    blocks: list[Any]
    page: Any
    labels: Array
    words: Array


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
    result = []
    for name in SETS:
        for row, data in gold.pages(name):
            row["date"] = row["date"] if re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"] or "") else None
            page = segment_text(flatten(data).decode())
            blocks = page.blocks
            if not 3 <= len(blocks) <= 4000:
                continue
            lines = [words(block.text) for block in blocks]
            body = body_labels(lines, row)
            ends = end_labels(body) if row["body"] is not None else np.zeros((len(lines), 4), dtype=int)
            labels = np.concatenate([body[:, None], head_labels(blocks, lines, row), ends], axis=1)
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
