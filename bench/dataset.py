"""The pages to learn from: each one's blocks, and what share of each block is body text."""

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from bench import gold, peers, score
from bench.labels import block_shares
from scraper.blocks import Segmentation
from scraper.document import parse_document
from scraper.errors import InputError
from scraper.page import Page
from scraper.walk import segment

FOLDS = 5
_DOUBT = 0.4  # weight of a block on which the two other extractors disagree
_WANTED, _UNWANTED = 3.0, 5.0  # weight of a block that a person's snippet settles; those that leak are short and few


class Example(NamedTuple):
    """One page. `shares` and `trust` have one number a block; `gold` is its row."""

    set: str
    gold: dict[str, Any]
    host: str
    page: Segmentation
    shares: list[float]
    trust: list[float]

    @property
    def fold(self) -> int:
        """The fold of the page's registered domain: no host is in two."""
        return zlib.crc32(self.host.encode()) % FOLDS


def examples(sets: list[str], limit: int | None = None) -> Iterator[Example]:
    """Yield the pages of `sets`, at most `limit` of each."""
    for name in sets:
        for number, (row, data) in enumerate(gold.pages(name)):
            if limit is not None and number >= limit:
                break
            found = _example(name, row, data)
            if found is not None:
                yield found


def host_of(url: str) -> str:
    """Return the registered domain of `url`, or `url` itself where it has none."""
    from tld import get_fld

    return get_fld(url, fix_protocol=True, fail_silently=True) or url


def _example(name: str, row: dict[str, Any], data: bytes) -> Example | None:
    try:
        document = parse_document(Page(body=data, url=row["url"], media_type="text/html"))
    except InputError:
        return None
    page = segment(document.tree) if document.tree is not None else Segmentation()
    page.furniture.clear()  # the tree need not be kept for them
    if not page.blocks:
        return None
    if row["body"] is not None:
        shares = block_shares(page.blocks, row["body"])
        return Example(name, row, host_of(row["url"]), page, shares, [1.0] * len(shares))
    if row["with"] is None:
        return None
    shares, trust = _agreed(page, row, data)
    return Example(name, row, host_of(row["url"]), page, shares, trust)


def _agreed(page: Segmentation, row: dict[str, Any], data: bytes) -> tuple[list[float], list[float]]:
    """Shares from two other extractors, corrected by the snippets that a person chose."""
    first = block_shares(page.blocks, peers.trafilatura(data, row["url"]).get("body") or "")
    second = block_shares(page.blocks, peers.resiliparse(data, row["url"]).get("body") or "")
    shares, trust = [], []
    for block, one, other in zip(page.blocks, first, second, strict=True):
        share, weight = float(one >= 0.5), 1.0 if (one >= 0.5) == (other >= 0.5) else _DOUBT
        kept, _, leaked, _ = score.snippets(block.text, row["with"], row["without"])
        if kept:
            share, weight = 1.0, _WANTED
        if leaked:
            share, weight = 0.0, _UNWANTED
        shares.append(share)
        trust.append(weight)
    return shares, trust
