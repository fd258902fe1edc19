"""Numbers that tell the article's blocks from the rest: one row a block, from flat arrays.

Nothing here loops over characters or ancestors in Python: characters are counted by class with one table look-up and one bincount, and what
an element's ancestors say is gathered by pointer doubling over the containers (log2 of the depth rounds).
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from scraper.blocks import Block, Segmentation
from scraper.hints import hides

Array = np.ndarray[Any, Any]

_CHARS = 1_000  # characters of a block that are looked at; longer blocks are prose all the same
WORDY_CHARS = 120  # in blocks up to this length single words count: "Share", "Comments", "Read more"
_CACHED_CHARS = 500  # of names whose weight is kept
_PARAGRAPH_CHARS = 80
_PARAGRAPH_LINKS = 0.35
# Counts of blocks stop here: a page of thousands is a forum's archive or a book, and length says no more about its blocks.
_MANY = 300
_LEVELS = 4  # the block's container, its parent, …
_ROUNDS = 6  # pointer doubling reaches 2 ** 6 ancestors; no real page is deeper
_NEIGHBOURS = (-2, -1, 1, 2)

# Classes of characters, as the table in data/chars.npy numbers them.
_OTHER, _LOWER, _UPPER, _DIGIT, _SPACE, _COMMA, _STOP, _MARK, _CASELESS = range(9)

_TAGS = {
    tag: number
    for number, group in enumerate(
        ("p", "h1", "h2", "h3 h4 h5 h6", "li", "td th", "pre", "blockquote", "figcaption caption", "dt dd", "div section", "a button label")
    )
    for tag in group.split()
}
_ANCESTORS = {
    tag: 1 << bit
    for bit, group in enumerate(
        (
            "article",
            "main",
            "aside",
            "header",
            "footer",
            "form fieldset",
            "figure",
            "table",
            "ul ol dl",
            "blockquote",
            "nav",
            "section",
            "noscript",
            "details dialog button",
            "p h1 h2 h3 h4 h5 h6",
        )
    )
    for tag in group.split()
}
_HIDDEN = 1 << 15
_FLAGS = 16


class Tables(NamedTuple):
    """Learnt log-odds, positive where it speaks for the body.

    `tokens` of class, id, role and itemprop, as a pair: on articles, and on other kinds of page (a comment is body text in a forum only).
    `words` of short blocks.
    """

    tokens: dict[str, tuple[float, float]]
    words: dict[str, float]


@cache
def _char_classes() -> Array:
    table: Array = np.load(str(files("scraper") / "data" / "chars.npy"))
    return table


def names_of(attributes: dict[str, str | None]) -> str:
    """Return the names that an element's attributes give it, space-separated; "" for none."""
    names = attributes.get("class") or ""
    if "id" in attributes:
        names = f"{names} {attributes['id']}"
    if "role" in attributes:
        names = f"{names} {attributes['role']}"
    if "itemprop" in attributes:
        names = f"{names} {attributes['itemprop']}"
    return names


def tokens_of(names: str) -> list[str]:
    """Return the words of class and id names: "post-body Entry_content" gives post, body, entry, content."""
    return names.lower().replace("-", " ").replace("_", " ").replace(":", " ").split()[:40]


def words_of(text: str) -> list[str]:
    """Return the words of a short block, lower-case, punctuation left on."""
    return text.lower().split()


def block_features(page: Segmentation, tables: Tables) -> Array:
    """Return a float32 array of shape (blocks, features)."""
    blocks = page.blocks
    count = len(blocks)
    chars = np.array([len(block.text) for block in blocks], np.float32)
    linked = np.array([block.link_chars for block in blocks], np.float32)
    bold = np.array([block.bold_chars for block in blocks], np.float32)
    holder = np.array([block.container for block in blocks], np.int64)
    shape = _shape(blocks, count)
    density = linked / chars
    paragraph = np.where((chars >= _PARAGRAPH_CHARS) & (density < _PARAGRAPH_LINKS), chars, 0).astype(np.float32)

    tags = np.zeros((count, len(set(_TAGS.values())) + 1), np.float32)
    tags[np.arange(count), [_TAGS.get(block.tag, -1) for block in blocks]] = 1
    around, levels = _containers(page, tables, holder)
    mass = _masses(page, levels, chars, linked, paragraph)
    place = _places(page, chars, paragraph)
    wording = _wording(blocks, tables)
    repeats = _repeats(page, blocks)

    size, prose = np.log1p(chars)[:, None], (paragraph > 0)[:, None]
    density, bold = density[:, None], (bold / chars)[:, None]
    own = (size, density, bold, shape, prose, wording, repeats)
    core = _joined((size, density, shape[:, :2], prose, wording[:, :1], around[:, :6], tags[:, :5], mass[:, 1:3]))
    return _joined((*own, tags, around, mass, place, *_neighbours(core)))


def _joined(columns: Sequence[Array]) -> Array:
    """Set two-dimensional arrays side by side, as float32 at once."""
    return np.concatenate(columns, axis=1, dtype=np.float32, casting="unsafe")


def _shape(blocks: list[Block], count: int) -> Array:
    """Shares of upper-case letters, digits, commas, stops, marks; letters a word; how the block begins and ends."""
    texts = [block.text[:_CHARS] for block in blocks]
    lengths = np.array([len(text) for text in texts])
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = _char_classes()[np.minimum(codes, 0xFFFF)]
    row = np.repeat(np.arange(count) * 9, lengths)
    counts = np.bincount(row + classes, minlength=count * 9).reshape(count, 9).astype(np.float32)
    ends = np.cumsum(lengths)
    first, last = classes[ends - lengths], classes[ends - 1]
    letters = counts[:, _LOWER] + counts[:, _UPPER] + counts[:, _CASELESS] + 1
    words = counts[:, _SPACE] + 1
    return np.column_stack(
        (
            last == _STOP,
            np.log1p(counts[:, _STOP]),
            counts[:, _UPPER] / letters,
            counts[:, _DIGIT] / lengths,
            counts[:, _COMMA] / words,
            counts[:, _MARK] / lengths,
            letters / words / 10,
            counts[:, _CASELESS] / letters,
            first == _UPPER,
            first == _LOWER,
            first == _MARK,
            last == _MARK,
        )
    )


def _containers(page: Segmentation, tables: Tables, holder: Array) -> tuple[Array, Array]:
    """What the names and tags of all ancestors say, and the index of each block's ancestors at `_LEVELS` levels."""
    known = _Weights.of(tables)
    own = np.array(
        [known[names_of(attributes) if len(attributes) > 1 else attributes.get("class")] for attributes in page.attributes], np.float32
    )
    flags = np.array([_ANCESTORS.get(tag, 0) for tag in page.tags], np.int64)
    for index, attributes in enumerate(page.attributes):
        if ("style" in attributes or "hidden" in attributes) and hides(attributes):
            flags[index] |= _HIDDEN
    parents = np.maximum(np.array(page.parents, np.int64), 0)
    levels = [holder]
    for _ in range(_LEVELS - 1):
        levels.append(parents[levels[-1]])
    nearest, jump = own, parents
    peaks, sums = np.column_stack((own, -own)), np.column_stack((own, np.ones(len(own), np.float32)))
    sums[0] = 0  # the first container is its own parent: it must add nothing when it is reached again
    for _ in range(_ROUNDS):
        peaks = np.maximum(peaks, peaks.take(jump, 0))
        nearest = np.where(nearest == 0, nearest.take(jump, 0), nearest)
        sums = sums + sums.take(jump, 0)
        flags = flags | flags.take(jump)
        if not jump.any():
            break  # all have reached the first container
        jump = jump.take(jump)
    bits = (flags[holder][:, None] >> np.arange(_FLAGS)) & 1
    return (
        np.column_stack(
            (
                nearest[holder],
                -peaks[holder, 2:],
                peaks[holder, :2],
                sums[holder, :2] / 4,
                *(own[level] for level in levels[:3]),
                sums[holder, 2] / 10,
                bits,
            )
        ),
        np.array(levels),
    )


_NO_WEIGHT = (0.0, 0.0)


class _Weights(dict[str | None, tuple[float, float]]):
    """The log-odds of a whole names string: the mean over its tokens, drawn towards the strongest. Computed once per string."""

    _kept: tuple[Tables, "_Weights"] | None = None

    def __init__(self, tokens: dict[str, tuple[float, float]]) -> None:
        super().__init__({None: _NO_WEIGHT, "": _NO_WEIGHT})
        self.tokens = tokens

    @classmethod
    def of(cls, tables: Tables) -> "_Weights":
        kept = cls._kept
        if kept is None or kept[0] is not tables or len(kept[1]) > 50_000:
            kept = cls._kept = tables, cls(tables.tokens)
        return kept[1]

    def __missing__(self, names: str | None) -> tuple[float, float]:
        found = [self.tokens[token] for token in tokens_of(names or "") if token in self.tokens]
        weight = _NO_WEIGHT
        if len(found) == 1:
            weight = found[0]
        elif found:
            article, other = zip(*found, strict=True)
            weight = (_pooled(article), _pooled(other))
        if names is None or len(names) <= _CACHED_CHARS:
            self[names] = weight
        return weight


def _pooled(weights: tuple[float, ...]) -> float:
    return (sum(weights) / len(weights) + max(weights, key=abs)) / 2


def _masses(page: Segmentation, levels: Array, chars: Array, linked: Array, paragraph: Array) -> Array:
    """Share of the page's paragraph text, link density and number of blocks under the ancestors at each level."""
    starts, ends = np.array(page.starts), np.array(page.ends)
    columns = []
    whole = paragraph.sum() + 1
    sums = [np.concatenate(((0,), np.cumsum(values))) for values in (chars, linked, paragraph)]
    inside = [total[ends] - total[starts] for total in sums]
    for level in levels:
        columns += [
            inside[2][level] / whole,
            inside[1][level] / (inside[0][level] + 1),
            np.log1p(np.minimum(ends[level] - starts[level], _MANY)),
        ]
    columns.append(inside[2][levels[1]] / (inside[0][levels[1]] + 1))
    return np.column_stack(columns)


def _places(page: Segmentation, chars: Array, paragraph: Array) -> Array:
    """Where the block stands: on the page, in its paragraphs' text, and from the headline."""
    count = len(chars)
    order = np.arange(count)
    before = np.cumsum(chars) - chars
    prose = np.cumsum(paragraph) - paragraph
    headline = headline_block(page)
    away = np.zeros(count) if headline is None else np.sign(order - headline) * np.log1p(np.abs(before - before[headline]))
    steps = np.zeros(count) if headline is None else np.clip(order - headline, -20, 20) / 20
    return np.column_stack(
        (
            order / count,
            before / (chars.sum() + 1),
            prose / (paragraph.sum() + 1),
            (prose + paragraph) / (paragraph.sum() + 1),
            np.log1p(before) / 10,
            np.full(count, np.log1p(paragraph.sum()) / 10),
            np.full(count, np.log1p(min(count, _MANY)) / 5),
            np.full(count, paragraph.sum() / (chars.sum() + 1)),
            np.full(count, headline is not None),
            away / 10,
            steps,
            order == (-1 if headline is None else headline),
        )
    )


def headline_block(page: Segmentation) -> int | None:
    """Return the index of the `<h1>` (or, without one, `<h2>`) that the page's title repeats, else of the first `<h1>`."""
    title = (page.title or "").casefold()
    first = None
    for wanted in ("h1", "h2"):
        for block in page.blocks:
            if block.tag == wanted:
                if len(block.text) > 5 and block.text.casefold() in title:
                    return block.index
                if first is None and wanted == "h1":
                    first = block.index
    return first


def _wording(blocks: list[Block], tables: Tables) -> Array:
    """Sum, lowest and highest log-odds of a short block's words; a word not known counts as 0."""
    words: list[str] = []
    sizes: list[int] = []
    for block in blocks:
        text = block.text
        found = words_of(text) or _NO_WORDS if len(text) <= WORDY_CHARS else _NO_WORDS
        words += found
        sizes.append(len(found))
    known = tables.words
    odds = np.array([known.get(word, 0.0) for word in words], np.float32)
    starts = np.cumsum([0, *sizes[:-1]])
    pooled: Array = np.column_stack([pool.reduceat(odds, starts) for pool in (np.add, np.minimum, np.maximum)])
    return pooled.clip(-6, 6)


_NO_WORDS = [""]


def _repeats(page: Segmentation, blocks: list[Block]) -> Array:
    """How often the text stands on the page, and how many blocks share its tag and its container's class."""
    attributes = page.attributes
    texts = _counts([block.text for block in blocks])
    alike = _counts([(block.tag, attributes[block.container].get("class")) for block in blocks])
    counts: Array = np.minimum(np.column_stack((texts - 1, alike)), _MANY).astype(np.float32)
    return np.log1p(counts, out=counts)


def _counts(values: list[Any]) -> Array:
    """For each value, how often it stands in the list."""
    numbers: dict[Any, int] = {}
    order = np.array([numbers.setdefault(value, len(numbers)) for value in values])
    counts: Array = np.bincount(order)[order]
    return counts


def _neighbours(core: Array) -> list[Array]:
    """The core columns of the blocks before and after, zero beyond the ends."""
    shifted = []
    for step in _NEIGHBOURS:
        moved = np.zeros_like(core)
        if step < 0:
            moved[-step:] = core[:step]
        else:
            moved[:-step] = core[step:]
        shifted.append(moved)
    return shifted
