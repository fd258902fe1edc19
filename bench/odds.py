"""Log-odds learnt by counting hosts: of class tokens, of words in short blocks, of a page's own labels."""

import math
from collections import defaultdict
from typing import NamedTuple

import numpy as np

from scraper.blocks import Segmentation
from scraper.model.kind import KINDS, page_words
from scraper.model.surroundings import Tables, names_of, tokens_of
from scraper.model.wording import END_OF_BLOCK, WORDY_CHARS, words_of

_PRIOR = 2.0  # hosts' worth of doubt
_MIN_HOSTS = 4
_MIN_WORD_HOSTS = 8  # a small table stays in the processor's cache
_MIN_ODDS = 0.15
_RAREST = 1e-3
_WORD_CHARS = 20


class Counts(NamedTuple):
    """What one page says: the share of body text under each token, of body blocks with each word; its kind and labels."""

    host: str
    kind: str
    tokens: dict[str, float]
    words: dict[str, float]
    labels: set[str]


def count(page: Segmentation, shares: list[float], host: str, kind: str, url: str | None) -> Counts:
    """Count one page whose blocks have the given shares of body text."""
    chars = np.array([len(block.text) for block in page.blocks], float)
    kept = np.concatenate(((0.0,), np.cumsum(chars * (np.array(shares) >= 0.5))))
    every = np.concatenate(((0.0,), np.cumsum(chars)))
    tokens: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for start, end, attributes in zip(page.starts, page.ends, page.attributes, strict=True):
        if every[end] > every[start]:
            for token in set(tokens_of(names_of(attributes))):
                tokens[token][0] += kept[end] - kept[start]
                tokens[token][1] += every[end] - every[start]
    words: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for block, share in zip(page.blocks, shares, strict=True):
        if len(block.text) <= WORDY_CHARS:
            for word in {word for word in words_of(block.text) if len(word) <= _WORD_CHARS}:
                words[word][0] += share >= 0.5
                words[word][1] += 1
    return Counts(host, kind, _ratios(tokens), _ratios(words), page_words(page, url))


def tables(counts: list[Counts]) -> tuple[Tables, dict[str, list[float]]]:
    """Return the block tables and the kind words that the pages teach."""
    article = _odds([(page.host, page.tokens) for page in counts if page.kind == "article"])
    other = _odds([(page.host, page.tokens) for page in counts if page.kind != "article"])
    both = {token: (article.get(token, 0.0), other.get(token, 0.0)) for token in sorted(article.keys() | other.keys())}
    words = _odds([(page.host, page.words) for page in counts], _MIN_WORD_HOSTS)
    return Tables(both, {**words, END_OF_BLOCK: math.inf}), _kind_words(counts)


def _ratios(sums: dict[str, list[float]]) -> dict[str, float]:
    return {key: part / whole for key, (part, whole) in sums.items()}


def _odds(pages: list[tuple[str, dict[str, float]]], least: int = _MIN_HOSTS) -> dict[str, float]:
    hosts: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for host, shares in pages:
        for key, share in shares.items():
            hosts[key][host].append(share)
    means = {key: [sum(of_host) / len(of_host) for of_host in by_host.values()] for key, by_host in hosts.items()}
    base = sum(map(sum, means.values())) / max(1, sum(map(len, means.values())))
    base = min(max(base, _RAREST), 1 - _RAREST)
    odds = {}
    for key, shares in sorted(means.items()):
        kept, size = sum(shares), len(shares)
        value = math.log((kept + _PRIOR * base) / (size - kept + _PRIOR * (1 - base))) - math.log(base / (1 - base))
        if size >= least and abs(value) > _MIN_ODDS:
            odds[key] = round(value, 2)
    return odds


def _kind_words(counts: list[Counts]) -> dict[str, list[float]]:
    pages_of: dict[str, int] = defaultdict(int)
    for page in counts:
        pages_of[page.host] += 1
    kinds = np.zeros(len(KINDS))
    seen: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(KINDS)))
    hosts: dict[str, set[str]] = defaultdict(set)
    for page in counts:
        kind, share = KINDS.index(page.kind), 1 / pages_of[page.host]
        kinds[kind] += share
        for word in page.labels:
            seen[word][kind] += share
            hosts[word].add(page.host)
    found = {}
    for word in sorted(seen):
        base = seen[word].sum() / kinds.sum()
        odds = np.clip(np.log((seen[word] + _PRIOR * base) / (kinds + _PRIOR)) - np.log(base), -3, 3)
        if len(hosts[word]) >= _MIN_HOSTS and np.abs(odds).max() > 0.2:
            found[word] = [round(float(value), 2) for value in odds]
    return found
