"""Every place of a page that may name its authors: metadata, elements that claim to, and lines near the headline."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from normalise.article import Author
from normalise.byline import Byline, may_be_names, opens_byline, parse_byline
from normalise.headline import headline_key
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.prose import headings, prose_range
from scraper.metadata import Metadata, Value
from scraper.text import TextPage

MAX_HINTS = 16
MAX_TEXT = 160  # a longer block is prose, not a byline
MAX_BARE = 70  # a longer block without a "By" is no list of names
MAX_PROSE = 30_000
MAX_TOP = 80  # blocks of the page's top that are searched for a name
NEAR = 8  # blocks between hints that belong to one byline


class Reading(NamedTuple):
    """One place that names authors."""

    kind: str
    source: str
    byline: str
    authors: tuple[Author, ...]
    place: str  # "head", "before", "inside" or "after" the body


def authors_key(authors: Sequence[Author]) -> frozenset[str]:
    """Return the names' keys: two readings with the same key name the same authors."""
    return frozenset(headline_key(author.name) for author in authors) - {""}


class Reader:
    """Reads every place of a page that may name its authors."""

    def __init__(self, page: Segmentation, labels: Sequence[Label], metadata: Metadata, *, every: bool, lines: bool) -> None:
        self.page = page
        self.lines = lines
        self.labels = labels
        self.every = every
        self.metadata = metadata
        self.language = page.language
        self.sites = {headline_key(value.value) for value in metadata.site_name[:6]}
        self.site = metadata.site_name[0].value if metadata.site_name else None
        self.first, self.last = prose_range(page)
        self.top = ""
        self.parsed: dict[str, Byline | None] = {}

    def readings(self) -> Iterator[Reading]:
        """Yield the readings in order of trust of their source."""
        if self.labels and isinstance(self.page, TextPage):
            yield from self._metadata()
            yield from self._labelled(self.page)
            return
        named = list(self._metadata())
        yield from named
        keys = {authors_key(reading.authors) for reading in named}
        for reading in self._hints():
            agreed = reading.authors[0].kind == "person" and authors_key(reading.authors) in keys
            yield reading
            if agreed and not self.every:  # metadata and the page's markup name the same people: the rest could only repeat it
                return
        if self.lines and (self.every or not any(self._is_printed(reading) for reading in named)):
            yield from self._text()

    def _labelled(self, page: TextPage) -> Iterator[Reading]:
        """Yield what the lines of a text page say that its classifier calls bylines, and those near the headline that start as one."""
        top = next((at for at, label in enumerate(self.labels) if label.kind == "headline"), 0)
        labelled = [at for at, label in enumerate(self.labels) if label.kind == "byline"]
        near = [at for at in range(max(0, top - 3), min(top + 2 * NEAR, len(page.blocks))) if at not in labelled]
        for at in [*labelled, *near]:
            text = page.blocks[at].text
            opened = opens_byline(text, self.language) if len(text) <= MAX_TEXT else None
            if opened == "bare" and at + 1 < len(page.blocks) and len(page.blocks[at + 1].text) <= MAX_TEXT:
                text = f"{text} {page.blocks[at + 1].text}"
            byline = self._parse(text) if opened or at in labelled else None
            if byline is not None and (opened or (_are_names(byline) and not self._is_common(byline))):
                yield Reading("label", f"text:line {page.lines[at]}", byline.byline, tuple(byline.authors), "before")

    def _may_be_names(self, text: str) -> bool:
        return len(text) <= MAX_BARE and may_be_names(text, self.language)

    def _is_common(self, byline: Byline) -> bool:
        """Whether the prose has a word of the names in lower case."""
        prose = prose_of(self.page)
        return any(f" {word.lower()} " in prose for author in byline.authors for word in author.name.split() if len(word) > 2)

    def _is_printed(self, reading: Reading) -> bool:
        """Whether the page's top prints the people that metadata names."""
        if not self.top:
            self.top = " ".join([block.text for block in self.page.blocks[: self.first + 10][:MAX_TOP] if len(block.text) < MAX_TEXT])
        return all(author.kind == "person" and " " in author.name and author.name in self.top for author in reading.authors)

    def _parse(self, text: str) -> Byline | None:
        if text not in self.parsed:
            self.parsed[text] = parse_byline(text, site_name=self.site, language=self.language) if len(text) < 400 else None
        return self.parsed[text]

    def _metadata(self) -> Iterator[Reading]:
        by_source: dict[str, list[Value]] = {}
        for value in self.metadata.author[:40]:
            by_source.setdefault(value.source, []).append(value)
        for source, values in by_source.items():
            authors: dict[str, Author] = {}
            for value in values:
                for author in self._named(value):
                    authors.setdefault(headline_key(author.name), author)
            people = [author for author in authors.values() if author.kind == "person"]
            if people and len(people) < len(authors):
                authors = {key: author for key, author in authors.items() if author.kind == "person" or key not in self.sites}
            if authors:
                byline = ", ".join(author.name for author in authors.values())
                yield Reading(_source_kind(source), source, byline, tuple(authors.values()), "head")

    def _named(self, value: Value) -> Iterator[Author]:
        byline = self._parse(value.value)
        for author in byline.authors if byline else []:
            whole = byline is not None and len(byline.authors) == 1
            kind = "organization" if value.kind and "Organization" in value.kind and author.kind == "person" else author.kind
            yield Author(name=author.name, role=(whole and value.role) or author.role, kind=kind, url=value.url if whole else None)

    def _place(self, block: int) -> str:
        return "before" if block <= self.first else "inside" if block <= self.last else "after"

    def _hints(self) -> Iterator[Reading]:
        hints = [hint for hint in self.page.hints if hint.kind == "author"][:MAX_HINTS]
        groups: dict[str, list[tuple[int, Author]]] = {}
        for hint in hints:
            kind = hint.source.split("=")[0]
            if kind == "class" and not self.lines:
                continue
            text = hint.value if kind == "itemprop" and hint.value and "/" not in hint.value else hint.text
            byline = self._parse(text)
            if byline is None:
                continue
            url = hint.value if hint.value and "/" in hint.value and len(byline.authors) == 1 else None
            authors = tuple(msgspec.structs.replace(author, url=author.url or url) for author in byline.authors)
            yield Reading(kind, hint.source, byline.byline, authors, self._place(hint.block))
            group = groups.setdefault(hint.source, [])
            if not group or hint.block - group[-1][0] <= NEAR:
                group.extend((hint.block, author) for author in authors)
        for source, group in groups.items():
            united = {headline_key(author.name): author for _, author in group}
            if len(united) > 1:
                byline_text = ", ".join(author.name for author in united.values())
                yield Reading(source.split("=")[0] + "s", source, byline_text, tuple(united.values()), self._place(group[0][0]))

    def _text(self) -> Iterator[Reading]:
        """Yield what short blocks near the headline and at the body's ends say: those that start as a byline does, and bare names."""
        blocks = self.page.blocks
        top = self._headline()
        near = range(max(0, top - 3), min(top + NEAR + 1, len(blocks)))
        places = (near, range(near.stop, top + 25), range(self.first - 6, self.first + 4), range(self.last - 6, self.last + 10))
        for at in sorted({at for place in places for at in place if 0 <= at < len(blocks)}):
            text = blocks[at].text
            if len(text) > MAX_TEXT or at == top:
                continue
            label = at < len(self.labels) and self.labels[at].kind == "byline"
            opened = opens_byline(text, self.language)
            if opened == "bare" and at + 1 < len(blocks) and len(blocks[at + 1].text) <= MAX_TEXT:
                text = f"{text} {blocks[at + 1].text}"
            elif not opened and not label and (at not in near or not self._may_be_names(text)):
                continue
            byline = self._parse(text)
            if byline is None or not (opened or label or _are_names(byline)):
                continue
            far = "" if at in near or abs(at - self.first) < NEAR else " end" if at > self.last - NEAR else " far"
            kind = "label" if label else f"text{far}" if opened else "near"
            source = f"text:line {at + 1}" if not self.page.tags else "text"
            place = self._place(at) if kind != "near" else "above" if at < top else f"below {min(at - top, 5)}"
            yield Reading(kind, source, byline.byline, tuple(byline.authors), place)

    def _headline(self) -> int:
        """Return the index of the headline's block, as far as it shows without choosing one: the first h1 that the title has too."""
        page = self.page
        starts = [start for start, _ in headings(page, "h1")]
        title = headline_key(page.title or "")
        named = [at for at in starts if headline_key(page.blocks[at].text) in title]
        return named[0] if named and title else starts[0] if starts else self.first


def prose_of(page: Segmentation) -> str:
    """Return the text of the page's long blocks, up to `MAX_PROSE` characters."""
    texts: list[str] = []
    size = 0
    for block in page.blocks:
        if len(block.text) >= MAX_TEXT:
            texts.append(block.text)
            size += len(block.text)
            if size > MAX_PROSE:
                break
    return " ".join(texts)[:MAX_PROSE]


def _are_names(byline: Byline) -> bool:
    """Whether a line is nothing but people's names of two words or more."""
    names = [author.name for author in byline.authors]
    if any(author.kind != "person" for author in byline.authors) or len(byline.byline) > sum(len(name) + 8 for name in names):
        return False
    return all(2 <= len(name.split()) <= 4 and name[0].isupper() and name.split()[-1][0].isupper() for name in names)


def _source_kind(source: str) -> str:
    if source in ("json-ld:author", "meta:author"):
        return source
    if source.startswith("json-ld:"):
        return "json-ld:other"
    return "meta:creator" if "creator" in source else "meta:article:author" if "article:author" in source else "meta:other"
