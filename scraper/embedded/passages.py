"""Texts found in a page's data: the parts of a value, how they join to paragraphs, and the passages that come of them."""

import re
from typing import Any, NamedTuple

from normalise.text import STOPS

MIN_CHARS = 400  # a shorter text is a teaser as likely as an article
_SOURCE_CHARS = 200
_KEY_CHARS = 40
SENTENCE_CHARS = 50
_TERM = re.compile(r"[^\W_]+")
_LAST = re.compile(rf"[{STOPS}:][\"'”’»)\]」]{{0,2}}\Z")
CASELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
TITLE_CHARS = 300


class Passage(NamedTuple):
    """A candidate: its paragraphs, and whether a title near it is the page's; `None` where it has no title.

    `article` is the object that has that title, `depth` how many keys of `path` lead to it.
    """

    paragraphs: list[str]
    agrees: bool | None
    root: str
    path: tuple[str, ...]
    article: dict[str, Any] | None = None
    depth: int = 0

    @property
    def source(self) -> str:
        """Where in the page it stands: "script:__NEXT_DATA__.props.pageProps.article.body"."""
        return self._place(self.path)

    def source_of(self, key: str) -> str:
        """Where a property of `article` stands."""
        return self._place((*self.path[: self.depth], key))

    def _place(self, path: tuple[str, ...]) -> str:
        keys = [key[:_KEY_CHARS] for key in path]
        if self.root == "json-ld:":
            keys = [key for key in keys if not key.isdigit()][-1:]
        return ".".join((self.root, *keys)).replace(":.", ":", 1)[:_SOURCE_CHARS]


class Part(NamedTuple):
    """Text of one value: paragraphs, or a run inside one (`inline`, then a single string, not stripped).

    `marked` is 2 for a string with markup, 1 for what holds such strings, 0 further out: only near each other are they one text.
    """

    paragraphs: list[str]
    inline: bool
    marked: int = 0


def joined(parts: list[Part]) -> Part:
    """Parts one after the other: runs make one paragraph until a part that is a paragraph of its own."""
    if all(part.inline for part in parts):
        runs = [text for part in parts for text in part.paragraphs]
        if _are_paragraphs(runs):
            return Part(stripped(runs), False)
        return Part(["".join(runs)], True)
    paragraphs: list[str] = []
    run: list[str] = []
    for part in [*parts, Part([], False)]:
        if part.inline:
            run += part.paragraphs
            continue
        paragraphs += stripped(["".join(run)])
        run.clear()
        paragraphs += part.paragraphs
    return Part(paragraphs, False, max(part.marked for part in parts))


def headed(title: str, paragraphs: list[str]) -> list[str]:
    """A section's paragraphs under its title, which may be their beginning already."""
    title = " ".join(title.split())
    return paragraphs if not paragraphs or paragraphs[0].startswith(title) else [title, *paragraphs]


def _are_paragraphs(runs: list[str]) -> bool:
    """Whether texts that call themselves runs are paragraphs: most end like one, and no space joins them."""
    whole = sum(len(text) >= SENTENCE_CHARS and bool(_LAST.search(text[-10:])) for text in runs)
    return len(runs) > 1 and 2 * whole > len(runs) and not any(text[:1].isspace() or text[-1:].isspace() for text in runs)


def stripped(paragraphs: list[str]) -> list[str]:
    """Return the lines of the paragraphs that say something, white space collapsed."""
    return [line for text in paragraphs for part in text.split("\n") if (line := " ".join(part.split()))]


def repeats(part: Part, other: Part) -> bool:
    """Whether most of a part stands in the other too: an excerpt, the same text in another format."""
    ours, theirs = words_of(" ".join(part.paragraphs)[:20_000]), words_of(" ".join(other.paragraphs)[:60_000])
    return 2 * len(ours & theirs) > len(ours)


def size_of(paragraphs: list[str]) -> int:
    """Return the characters of the paragraphs."""
    return sum(map(len, paragraphs))


def words_of(text: str) -> frozenset[str]:
    """The words that tell one text from another: those of four letters and more; pairs of characters where words are not spaced."""
    text = text.casefold()
    if CASELESS.search(text):
        return frozenset(text[at : at + 2] for at in range(len(text) - 1) if text[at : at + 2].isalpha())
    return frozenset(word for word in _TERM.findall(text) if len(word) > 3 or word.isdigit())
