"""Scores of one page's record against its gold row, as the published benchmarks define them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_SHINGLE = 4  # words

Shares = tuple[float, float, float]  # true positives, false positives, false negatives; they add up to 1


def words(text: str | None) -> list[str]:
    """Return the lower-case words of `text`."""
    return _WORD.findall((text or "").lower())


def bag_f1(found: str | None, gold: str) -> float:
    """Return the F1 of the bags of words, as the WCXB benchmark scores bodies."""
    ours, theirs = Counter(words(found)), Counter(words(gold))
    if not theirs:
        return 0.0 if ours else 1.0
    both = (ours & theirs).total()
    return 2 * both / (ours.total() + theirs.total())


def shingle_shares(found: str | None, gold: str | None) -> Shares:
    """Return the shares of one page's word 4-grams, as the article-extraction benchmark counts them."""
    ours, theirs = _shingles(found), _shingles(gold)
    both, extra, missed = (ours & theirs).total(), (ours - theirs).total(), (theirs - ours).total()
    total = both + extra + missed
    return (both / total, extra / total, missed / total) if total else (0.0, 0.0, 0.0)


def shingle_f1(rows: Iterable[Shares]) -> float:
    """Return the harmonic mean of the mean precision and the mean recall of pages."""
    known = list(rows)
    precisions = [both / (both + extra) for both, extra, _ in known if both + extra]
    recalls = [both / (both + missed) for both, _, missed in known if both + missed]
    if not precisions or not recalls:
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def snippets(found: str | None, wanted: list[str] | None, unwanted: list[str] | None) -> tuple[int, int, int, int]:
    """Return how many snippets were kept, of how many wanted, and how many leaked, of how many unwanted."""
    body = _plain(found)
    kept = sum(_plain(text) in body for text in wanted or [])
    leaked = sum(_plain(text) in body for text in unwanted or [])
    return kept, len(wanted or []), leaked, len(unwanted or [])


def title_exact(found: str | None, gold: str) -> float:
    """Return 1 where the headline is the gold one but for case, punctuation and white space."""
    return float(words(_plain(found)) == words(_plain(gold)))


def authors_f1(found: Iterable[str] | None, gold: Iterable[str]) -> float | None:
    """Return the F1 of the sets of names, whatever their case and accents; `None` where gold has no name."""
    ours, theirs = {_name(name) for name in found or ()} - {""}, {_name(name) for name in gold} - {""}
    if not theirs:
        return None
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def date_exact(found: str | None, gold: str) -> float:
    """Return 1 where the day is the gold one."""
    return float((found or "")[:10] == gold)


def _shingles(text: str | None) -> Counter[tuple[str, ...]]:
    tokens = _WORD.findall(text or "")
    if len(tokens) < _SHINGLE:
        return Counter([tuple(tokens)] if tokens else [])
    return Counter(zip(*(tokens[start:] for start in range(_SHINGLE)), strict=False))


def _plain(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", text or "").translate(_PLAIN).split())


def _name(name: str) -> str:
    plain = _plain(name)
    return " ".join(words(unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode() or plain))
