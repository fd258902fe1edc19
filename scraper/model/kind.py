"""What kind of page this is: the words that say so, and the numbers that go with them."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from normalise.article import Kind
from normalise.text import letters
from scraper.blocks import Segmentation
from scraper.model.features import Features
from scraper.model.surroundings import tokens_of

Array = np.ndarray[Any, Any]

KINDS: tuple[Kind, ...] = ("article", "forum", "listing", "collection", "product", "documentation", "service")

_TYPE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"([A-Za-z]{1,40})"')
_PATH_WORD = re.compile(r"[a-z]{2,20}|\d+")
_TYPES_READ = 20_000  # characters of a page's JSON-LD; the page's own type stands early
_NOTHING_SAID = [0.0] * len(KINDS)
_TOLD = 0.9  # probability of a kind that the page itself names
_TEXT_BLOCKS, _TEXT_CHARS = 4, 100  # of prose in one element …
_TEXT_SHARE = 0.5  # … that is so much of the page's text: it is no list
_UNLINKED = 5  # times the characters of a block of prose over those of its links
_TOP = 4  # html, body and the wrappers under it carry the theme's names for the page


def page_words(page: Segmentation, url: str | None) -> set[str]:
    """Return what the page's own labels say of its kind: type names, the top elements' tokens, words of the address."""
    words = {f"ld:{name}" for text in page.json_ld[:4] for name in _TYPE.findall(text[:_TYPES_READ])[:40]}
    for name, content in page.metas:
        if name == "og:type" or name == "generator":
            words.add(f"{name}:{content[:20].lower().split(' ')[0]}")
    for attributes in page.attributes[:_TOP]:
        words.update(f"top:{token}" for token in tokens_of(attributes.get("class") or ""))
    words.update(f"item:{itemtype.rstrip('/').rsplit('/')[-1]}" for a in page.attributes if "itemtype" in a and (itemtype := a["itemtype"]))
    if url:
        words.update(_url_words(url))
    return words


def _url_words(url: str) -> set[str]:
    path = url.lower().split("?", 1)[0].split("#", 1)[0].split("//", 1)[-1]
    host, _, path = path.partition("/")
    parts = [part for part in path.split("/") if part]
    words = {
        f"url:{word if word.isalpha() else f'digits{min(len(word), 9)}'}" for part in parts[:6] for word in _PATH_WORD.findall(part)[:12]
    }
    words.update(f"host:{word}" for word in host.split(".")[:-1])
    words.add(f"depth:{min(len(parts), 6)}")
    words.add(f"hyphens:{min(parts[-1].count('-'), 8) if parts else -1}")
    return words


def heed(kinds: Array, words: set[str], url: str | None) -> Array:
    """Return the kinds' probabilities with what the page says plainly: `words` are its own, a type of one kind's pages only among them."""
    kind = next((kind for kind, signs in _told().items() if signs.says(words, url)), None)
    return kinds if kind is None else told(kinds, kind)


def may_be(words: set[str], kind: Kind) -> bool:
    """Whether a page of these words says nothing that pages of `kind` do not say."""
    return _told()[kind].others.isdisjoint(words)


def told(kinds: Array, kind: Kind) -> Array:
    """Return the kinds' probabilities where a page is told to be of `kind`."""
    heeded = kinds * (1 - _TOLD)
    heeded[KINDS.index(kind)] += _TOLD
    return heeded


def heed_text(kinds: Array, page: Segmentation) -> Array:
    """Return the kinds' probabilities where a page told for a list is mostly the prose of one element: then it is an article."""
    if KINDS[int(kinds.argmax())] != "listing" or not _is_one_text(page):
        return kinds
    return told(kinds, "article")


def _is_one_text(page: Segmentation) -> bool:
    sizes: dict[int, list[int]] = {}
    for block in page.blocks:
        if letters(block.text) >= _TEXT_CHARS and block.link_chars * _UNLINKED <= len(block.text):
            container = block.container
            while container >= 0 and page.ends[container] - page.starts[container] == 1:
                container = page.parents[container]
            sizes.setdefault(container, []).append(len(block.text))
    most = max(sizes.values(), key=sum, default=[])
    return len(most) >= _TEXT_BLOCKS and sum(most) >= _TEXT_SHARE * sum([len(block.text) for block in page.blocks])


class _Told(NamedTuple):
    """Words that only pages of one kind have; parts of their addresses, or words as telling, with the words that must stand by, if any are
    given; and the words of others that may have such an address.
    """

    words: frozenset[str]
    places: frozenset[str]
    beside: frozenset[str]
    others: frozenset[str]

    def says(self, words: set[str], url: str | None) -> bool:
        """Whether a page of these words and this address is of the kind."""
        if not self.words.isdisjoint(words):
            return True
        if not self.others.isdisjoint(words) or (self.beside and self.beside.isdisjoint(words)):
            return False
        return not self.places.isdisjoint(words) or (url is not None and _is_in(url, self.places))


@cache
def _told() -> dict[Kind, _Told]:
    """Return what tells each kind, the surest first."""
    tables: dict[Kind, dict[str, list[str]]] = tomllib.loads(files("scraper").joinpath("data", "kind.toml").read_text("utf-8"))  # type: ignore[assignment]
    return {
        kind: _Told(
            _types(table.get("types", [])),
            frozenset(table["places"]),
            _types(table.get("with", [])),
            _types(table["not"]),
        )
        for kind, table in tables.items()
    }


def _types(names: list[str]) -> frozenset[str]:
    return frozenset(f"{place}:{name}" for place in ("ld", "item") for name in names)


def _is_in(url: str, places: frozenset[str]) -> bool:
    """Whether a part of the host's name before its domain, or a directory or script of the path, is one of `places`; "thread/#" is
    a numbered page of such a directory, "?topic" what a query names first.
    """
    address, _, query = url.lower().split("#", 1)[0].split("//", 1)[-1].partition("?")
    host, _, path = address.partition("/")
    *folders, last = path.split("/")
    numbered = _numbered(folders[-1] if folders else "", last)
    asked = "?" + query.partition("=")[0]
    return not places.isdisjoint([*host.split(".")[:-2], *folders, last if "." in last else "", numbered, asked])


def _numbered(folder: str, last: str) -> str:
    """Return "thread/#" for an address that ends in a folder's numbered page: "thread/12", "thread-12.html"; else ""."""
    stem = last.partition(".")[0]
    name, _, number = stem.rpartition("-")
    return f"{name or folder}/#" if number.isdecimal() else ""


def kind_features(features: Features, words: set[str], weights: dict[str, list[float]]) -> Array:
    """Return the words' summed log-odds a kind, and the means and maxima of the page's block features, of shape (numbers,)."""
    said = np.array([weights[word] for word in words if word in weights] or [_NOTHING_SAID]).sum(0)
    rows = features.rows
    return np.concatenate((np.minimum(np.maximum(said, -12), 12) / 4, rows.mean(1), rows.max(1), features.whole), dtype=np.float32)
