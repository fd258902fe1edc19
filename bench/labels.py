"""Which blocks of a gold page belong to its body: alignment of the page's words with the gold body's."""

import re
from itertools import pairwise

from scraper.blocks import Block

_WORD = re.compile(r"\w+")
_ANCHOR_WORDS = 6  # a run this long is found where it stands, not by chance
_SHINGLE = 4


def words(text: str) -> list[str]:
    """Return the lower-case words of `text`, as the body score counts them."""
    return _WORD.findall(text.lower())


def block_shares(blocks: list[Block], gold: str) -> list[float]:
    """Return for each block the share of its words that stand in the gold body, 0 to 1.

    Long blocks are looked up anywhere in the gold body; short ones (a date, "Share") only between the places of their neighbours, so that a
    menu's word that the body happens to use is no body text.
    """
    gold_words = words(gold)
    text = f" {' '.join(gold_words)} "
    shingles = {tuple(gold_words[i : i + _SHINGLE]) for i in range(len(gold_words))}
    tokens = [words(block.text) for block in blocks]
    shares = [-1.0] * len(blocks)
    places: list[tuple[int, int, int]] = []  # (block, start, end) in `text`
    position = 0
    for index, found in enumerate(tokens):
        if len(found) < _ANCHOR_WORDS:
            continue
        joined = f" {' '.join(found)} "
        start = text.find(joined, position)
        if start < 0:
            start = text.find(joined)
        if start >= 0:
            shares[index] = 1.0
            position = start + len(joined) - 1
            places.append((index, start, position))
        else:
            runs = [tuple(found[i : i + _SHINGLE]) for i in range(len(found) - _SHINGLE + 1)]
            shares[index] = sum(run in shingles for run in runs) / len(runs)
    _place_short(tokens, shares, places, text)
    return shares


def _place_short(tokens: list[list[str]], shares: list[float], places: list[tuple[int, int, int]], text: str) -> None:
    bounds = [(-1, 0, 0), *places, (len(tokens), len(text), len(text))]
    for (before, _, start), (after, end, _) in pairwise(bounds):
        gap = text[max(0, start - 1) : end + 1] if end >= start else ""
        cursor = 0
        for index in range(before + 1, after):
            if shares[index] >= 0:
                continue
            joined = f" {' '.join(tokens[index])} "
            found = gap.find(joined, cursor) if tokens[index] else -1
            shares[index] = 1.0 if found >= 0 else 0.0
            if found >= 0:
                cursor = found + len(joined) - 1
