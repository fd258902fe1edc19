"""The byline: chosen among what the metadata names, what elements claim to be an author, and what the text near the headline says.

An option is a set of authors, whoever names them. Each is scored by the sum of its features' weights (`scraper/data/byline.json`, fitted by
`bench/fit_fields.py` on pages whose authors are known); the highest sum wins, if it is above the weights' own threshold.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from normalise.article import Author, Candidate
from normalise.headline import headline_key
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.byline_features import Option, set_features
from scraper.fields.byline_reading import Reader, authors_key
from scraper.metadata import Metadata

MAX_OPTIONS = 16


class BylineChoice(NamedTuple):
    """The byline as printed, its authors, where it was found, and every candidate; None and [] where the page names nobody."""

    value: str | None
    authors: list[Author]
    source: str | None
    candidates: list[Candidate]


def choose_byline(segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None) -> BylineChoice:
    """Return the page's byline and authors with their source ("json-ld:author", "rel=author", "text:line 3"). Never raises."""
    options = byline_options(segmentation, labels, metadata, url)
    if not options:
        return BylineChoice(None, [], None, [])
    weights = _weights()
    scores = [sum(weights.get(feature, 0) for feature in option.features) for option in options]
    best = scores.index(max(scores))
    threshold = weights.get("threshold", 0)
    candidates = _candidates(options, scores, best, threshold)
    if scores[best] < threshold:
        return BylineChoice(None, [], None, candidates)
    option = options[best]
    printed = next((reading for reading in option.readings if reading.place != "head"), option.readings[0])
    return BylineChoice(printed.byline, authors_of(option), option.readings[0].source, candidates)


@cache
def _weights() -> dict[str, int]:
    return msgspec.json.decode(files("scraper").joinpath("data", "byline.json").read_bytes(), type=dict[str, int])


def authors_of(option: Option) -> list[Author]:
    """Return the option's authors, each with the role and address that any reading gives it."""
    authors = []
    for author in option.readings[0].authors:
        same = [
            other
            for reading in option.readings
            for other in reading.authors
            if headline_key(other.name) == headline_key(author.name)
        ]
        role = next((other.role for other in same if other.role), None)
        url = next((other.url for other in same if other.url), None)
        authors.append(Author(name=author.name, role=role, kind=author.kind, url=url))
    return authors


def _candidates(options: list[Option], scores: list[int], best: int, threshold: int) -> list[Candidate]:
    out = []
    for at in sorted(range(len(options)), key=lambda at: -scores[at]):
        reading = options[at].readings[0]
        agree = ", ".join(dict.fromkeys(one.source for one in options[at].readings))
        behind = f"; {scores[best] - scores[at]} behind" if at != best else "; too weak" if scores[at] < threshold else ""
        chosen = at == best and scores[at] >= threshold
        out.append(Candidate(value=reading.byline, source=reading.source, chosen=chosen, reason=f"score {scores[at]}: {agree}{behind}"))
    return out


def byline_options(segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None) -> list[Option]:
    """Return the page's possible sets of authors with their features, in the order found."""
    reader = Reader(segmentation, labels, metadata)
    options: dict[frozenset[str], Option] = {}
    for reading in reader.readings():
        key = authors_key(reading.authors)
        if key and (key in options or len(options) < MAX_OPTIONS):
            options.setdefault(key, Option(key, [])).readings.append(reading)
    listed = list(options.values())
    set_features(listed, segmentation, metadata, url)
    return listed
