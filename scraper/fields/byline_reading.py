"""Every place of a page that may name its authors: metadata, elements that claim to, and lines near the headline."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import msgspec

from normalise.article import Author
from normalise.byline import (
    Byline,
    given_name,
    has_date,
    heads_contacts,
    is_desk,
    name_key,
    parse_byline,
    plain_key,
    says_more,
)
from normalise.headline import headline_key
from scraper.blocks import Hint, Segmentation
from scraper.classify import Label
from scraper.fields.byline_lines import (
    MAX_TEXT,
    NEAR,
    Line,
    closing_names,
    far_lines,
    line_names,
    main_heading,
    near_names,
    page_lines,
    presented_names,
    prose_of,
)
from scraper.fields.byline_people import are_agencies, are_names, listed_people, may_head
from scraper.fields.hint_lines import lines_of, own_hints
from scraper.fields.prose import prose_range
from scraper.metadata import Metadata, Value
from scraper.text.lines import TextPage

SURNAME_FIRST = "meta:citation_author"  # one author each: "Doe, Jane"
# Where a text page's lines may name its authors, the surest place first.
TRUST = ("text", "label", "near", "text end", "note")
MAX_RAW = 250  # characters of a byline
MAX_HINTS = 12
MAX_PROFILES = 12
# Profiles that readers have too.
MEMBERS = frozenset(f"href={word}" for word in ("member", "members", "profil", "profile", "profiles", "u", "user", "users"))
MAX_TOP = 80  # blocks of the page's top that are searched for a name
AT_HEADLINE = frozenset(("above", "below"))  # places
BELOW = 6  # blocks under the headline that a byline stands within
ENDS = 3  # blocks of the prose that a byline stands among
MAX_SITE = 60  # letters of a site's name
_TITLE_MARKS = " -|–—·•:»«/"  # between a headline and it
MIN_NAME = 3  # letters
MAX_SIGNATURE = 5  # words of a name
BESIDE = 2  # blocks between links to the authors of one article
_OF_WIRES = "en"  # the language in which press releases of all languages say whom to ask
_AUTHOR = frozenset({"author"})
_PART_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


class Reading(NamedTuple):
    """One place that names authors. It may be `shown` to readers or only written for machines, as microdata in a <meta> is."""

    kind: str
    source: str
    byline: str
    authors: tuple[Author, ...]
    place: str  # "head", "before", "inside" or "after" the body
    block: int = -1
    shown: bool = True
    lines: int = 1  # blocks that it is read from


def authors_key(authors: Sequence[Author]) -> frozenset[str]:
    """Return the names' keys: two readings with the same key name the same authors."""
    return frozenset(name_key(author.name) for author in authors) - {""}


class Reader:
    """Reads every place of a page that may name its authors."""

    def __init__(self, page: Segmentation, labels: Sequence[Label], metadata: Metadata, *, every: bool, lines: bool) -> None:
        self.page = page
        self.lines = lines
        self.labels = labels
        self.every = every
        self.metadata = metadata
        self.language = page.language
        self.sites = {name_key(value.value) for value in metadata.site_name[:6]}
        self.first, self.last = prose_range(page)
        self.heading = main_heading(page, metadata, self.first)
        self.site = metadata.site_name[0].value if metadata.site_name else None
        self.outlet = self.site or self._site_in_title()
        self.subject = headline_key(page.blocks[self.heading].text) if self.heading < len(page.blocks) else ""
        self.top = ""
        self.listed: set[frozenset[str]] = set()  # authors that metadata names one by one
        self.parsed: dict[tuple[str, str | None], Byline | None] = {}

    def _site_in_title(self) -> str | None:
        """Return what the page's title has behind the headline, if that is not a person's name."""
        heading = self.page.blocks[self.heading].text if self.heading < len(self.page.blocks) else ""
        title = self.page.title or ""
        rest = title[len(heading) :].lstrip() if heading and title.startswith(heading) else ""
        name = rest.strip(_TITLE_MARKS) if rest[:1] in _TITLE_MARKS else ""
        return name if 0 < len(name) <= MAX_SITE and given_name(name) != "known" else None

    def readings(self) -> Iterator[Reading]:
        """Yield the readings in order of trust of their source."""
        if self.labels and isinstance(self.page, TextPage):
            yield from self._metadata()
            yield from self._labelled(self.page)
            return
        named = list(self._metadata())
        yield from named
        keys = {authors_key(reading.authors) for reading in named}
        found = bool(named)
        for reading in chain(self._hints(), self._profiles(named=found) if self.lines else ()):
            agreed = reading.authors[0].kind == "person" and authors_key(reading.authors) in keys and reading.shown
            yield reading
            if (
                agreed and not self.every and not self._links_several()
            ):  # metadata and the page's markup name the same people: the rest could only repeat it
                return
            found = True
        if not self.lines or (not self.every and any(self._is_printed(reading) for reading in named)):
            return
        for reading in self._text():
            found = found or reading.kind == "text"
            yield reading
        if self.every or not any(self._is_person(author) for reading in named for author in reading.authors):
            yield from self._far()
            yield from self._presented()
        if self.every or not found:
            yield from self._closing()

    def _links_several(self) -> bool:
        """Whether links say of several people that they wrote the page, or others beside it."""
        return len({hint.text for hint in self.page.hints if hint.kind == "author" and hint.text and hint.source == "rel=author"}) > 1

    def _labelled(self, page: TextPage) -> Iterator[Reading]:
        """Yield whom the lines of a text page name, the surest first."""
        found: list[tuple[int, Reading]] = []
        for line in page_lines(page, self.labels):
            byline = self.parse(line.text)
            if byline is None or not (line.opened or self._is_signature(line, byline)):
                continue
            if line.kind != "label" and not line.opened and self._is_contact(line.block):
                continue
            people = 2 * sum(given_name(author.name) != "unknown" for author in byline.authors) > len(byline.authors)
            prose = any(" " in author.name and author.name[0].islower() for author in byline.authors)
            if people or (line.kind in ("label", "text") and not prose):
                source = f"text:line {page.lines[line.block]}"
                reading = Reading("label", source, byline.byline, tuple(byline.authors), "before", line.block)
                found.append((TRUST.index(line.kind) + (0 if people else len(TRUST)), reading))
        yield from (reading for _, reading in sorted(found, key=_rank))

    def _is_signature(self, line: Line, byline: Byline) -> bool:
        """Whether a line that does not start as a byline does is one: people's names, or whatever single name it is that stands in the line
        that the classifier calls the byline.
        """
        if any(says_more(author.name, self.language) for author in byline.authors):
            return False
        if line.kind == "label" and len(byline.authors) == 1:
            return len(byline.authors[0].name.split()) <= MAX_SIGNATURE
        return self._is_name_line(byline, line.text) and not self._is_common(byline)

    def _is_name_line(self, byline: Byline, text: str) -> bool:
        """Whether a line of a text page, where pictures' credits look like bylines, is people's names, or one name beside a date."""
        return are_names(byline, alone=True) or (
            len(byline.authors) == 1 and has_date(text) and given_name(byline.authors[0].name) == "known"
        )

    def _is_common(self, byline: Byline) -> bool:
        """Whether the prose has a word of the names in lower case."""
        prose = prose_of(self.page)
        return any(f" {word.lower()} " in prose for author in byline.authors for word in author.name.split() if len(word) > 2)

    def _is_printed(self, reading: Reading) -> bool:
        """Whether the page's top prints the people that metadata names."""
        if not self.top:
            self.top = " ".join([block.text for block in self.page.blocks[: self.first + 10][:MAX_TOP] if len(block.text) < MAX_TEXT])
        return all(author.kind == "person" and " " in author.name and author.name in self.top for author in reading.authors)

    def parse(self, text: str) -> Byline | None:
        """Return what a `text` of the page says of authors, each text read once."""
        return self._parse(text, self.outlet)

    def _parse(self, text: str, site: str | None) -> Byline | None:
        if (text, site) not in self.parsed:
            address = "://" in text and " " not in text
            legible = len(text) < MAX_RAW and not address
            self.parsed[text, site] = parse_byline(text, site_name=site, language=self.language) if legible else None
        return self.parsed[text, site]

    def _metadata(self) -> Iterator[Reading]:
        by_source: dict[str, list[Value]] = {}
        for value in self.metadata.author[:40]:
            by_source.setdefault(value.source, []).append(value)
        for source, values in by_source.items():
            authors: dict[str, Author] = {}
            for value in values:
                for author in self._named(value):
                    authors.setdefault(name_key(author.name), author)
            people = [author for author in authors.values() if author.kind == "person"]
            if people and len(people) < len(authors):
                authors = {key: author for key, author in authors.items() if author.kind == "person" or key not in self.sites}
            if authors:
                byline = ", ".join(author.name for author in authors.values())
                if len(values) > 1:
                    self.listed.add(authors_key(tuple(authors.values())))
                yield Reading(_source_kind(source), source, byline, tuple(authors.values()), "head")

    def _named(self, value: Value) -> Iterator[Author]:
        byline = self._parse(value.value, self.site) if value.value[0] != "," else None  # the name before the comma is missing
        if value.source == SURNAME_FIRST and byline is not None and value.value.count(",") == 1:
            surname, given = map(str.strip, value.value.split(","))
            cut = len(byline.authors) == 2 or (byline.byline == f"{surname}, {given}" and byline.authors[0] == Author(name=surname))
            if cut and 1 in (len(surname.split()), len(given.split())):
                byline = self._parse(f"{given} {surname}", self.site)
        if value.kind and "Organization" in value.kind and byline and all(author.kind == "organization" for author in byline.authors):
            yield Author(name=value.value, role=value.role, kind="organization", url=value.url)  # "Department for Rivers, Roads & Bridges"
            return
        for author in byline.authors if byline else []:
            whole = byline is not None and len(byline.authors) == 1
            kind = "organization" if value.kind and "Organization" in value.kind and author.kind == "person" else author.kind
            yield Author(name=author.name, role=(whole and value.role) or author.role, kind=kind, url=value.url if whole else None)

    def place(self, block: int) -> str:
        """Return where a block stands: "above" or "below" the headline, "inside" or "after" the prose."""
        if block > self.last:
            return "after"
        return "above" if block < self.heading else "below" if block <= self.heading + BELOW else "inside"

    def is_near_end(self, block: int) -> bool:
        """Whether a block is one of the first or last few of the page's prose, or outside of it."""
        return not self.first + ENDS <= block <= self.last - ENDS

    def _hints(self) -> Iterator[Reading]:
        hints = own_hints(self.page, _AUTHOR)[:MAX_HINTS]
        groups: dict[str, list[tuple[int, Author]]] = {}
        marked = -1  # the last block of those that microdata names first: who is named far below answered or commented
        for hint in hints:
            kind = hint.source.split("=")[0]
            if kind == "class" and not self.lines:
                continue
            if kind == "itemprop":
                if marked >= 0 and hint.block - marked > NEAR:
                    continue
                marked = hint.block
            text = hint.value if kind == "itemprop" and hint.value and "/" not in hint.value else hint.text
            lines = lines_of(hint, self.page.blocks)
            if len(lines) > 1 and (people := listed_people(lines, self.parse, self.language)):
                printed = ", ".join(author.name for author in people)
                yield Reading("listed", hint.source, printed, tuple(people), self.place(hint.block), hint.block, lines=len(lines))
                continue
            byline = self._named_once(text)
            if byline is None or (kind == "class" and self._is_subject(text)):
                continue
            if kind == "class":
                own = self._ended(byline, hint.block)  # "jane Junior Member"
                byline = own if own is not None and text.startswith(f"{own.byline} ") else byline
            url = hint.value if hint.value and "/" in hint.value and len(byline.authors) == 1 else None
            authors = tuple(msgspec.structs.replace(author, url=author.url or url) for author in byline.authors)
            yield Reading(kind, hint.source, byline.byline, authors, self.place(hint.block), hint.block, bool(hint.text))
            group = groups.setdefault(hint.source, [])
            if not group or hint.block - group[-1][0] <= NEAR:
                group.extend((hint.block, author) for author in authors)
        for source, group in groups.items():
            united = {name_key(author.name): author for _, author in group}
            if len(united) > 1:
                printed = ", ".join(author.name for author in united.values())
                block = group[0][0]
                known = all(given_name(author.name) != "unknown" for author in united.values())
                kind = "text" if known and self._is_made_of(block, list(united)) else source.split("=")[0] + "s"
                yield Reading(kind, source, printed, tuple(united.values()), self.place(block), block)

    def _is_made_of(self, block: int, keys: list[str]) -> bool:
        """Whether a block's text is names and nothing else, with or without marks between."""
        text = self.page.blocks[block].text if block < len(self.page.blocks) else ""
        return len(text) <= MAX_TEXT and plain_key(text) == "".join(keys)

    def _is_subject(self, text: str) -> bool:
        """Whether a name is the headline: that of a card about whom or what the page is of."""
        return bool(self.subject) and headline_key(text) == self.subject

    def _named_once(self, text: str) -> Byline | None:
        """Read a name; one that an element holds twice, for readers and for machines, only once."""
        byline = self.parse(text)
        if byline is None or len(byline.authors) != 1:
            return byline
        name = byline.authors[0].name
        half = name[: len(name) // 2]
        return self.parse(half) if len(half) >= MIN_NAME and name == half + half else byline

    def _profiles(self, *, named: bool) -> Iterator[Reading]:
        """Yield whom links to people's pages name, alone and with those beside them."""
        groups: list[list[tuple[int, Author]]] = []
        for hint in [hint for hint in self.page.hints if hint.kind == "profile" and hint.text][:MAX_PROFILES]:
            if named and _profile_kind(hint) == "member":
                continue
            text = hint.text.rpartition("/")[2] if _profile_kind(hint) == "member" else hint.text  # "u/jane"
            byline = self.parse(text) if len(text) > 1 or not text.isascii() else None  # a letter stands for a picture
            if byline is None:
                continue
            authors = tuple(msgspec.structs.replace(author, url=hint.value) for author in byline.authors)
            yield Reading(_profile_kind(hint), hint.source, byline.byline, authors, self.place(hint.block), hint.block)
            if not groups or hint.block - groups[-1][-1][0] > BESIDE:
                groups.append([])
            groups[-1].extend((hint.block, author) for author in authors)
        for group in groups:
            united = {name_key(author.name): author for _, author in group}
            if len(united) > 1:
                printed = ", ".join(author.name for author in united.values())
                yield Reading("profiles", "href", printed, tuple(united.values()), self.place(group[0][0]), group[0][0])

    def _text(self) -> Iterator[Reading]:
        """Yield what short blocks near the headline and at the body's ends say."""
        for line in line_names(self.page, self.heading, (self.first, self.last)):
            byline = self.parse(line.text)
            named = byline is not None and (line.opened or are_names(byline) or are_agencies(byline))
            byline = self._ended(byline, line.block) if byline is not None and named else None
            if byline is None:
                continue
            if (not may_head(byline) and self._heads_part(line.text)) or self._is_contact(line.block):
                continue
            source = f"text:line {line.block + 1}" if not self.page.tags else "text"
            place = line.place or self.place(line.block)
            yield Reading(line.kind, source, byline.byline, tuple(byline.authors), place, line.block)

    def _heads_part(self, text: str) -> bool:
        """Whether a line is the heading of a part of the article, or names one in a table of contents."""
        return any(block.tag in _PART_HEADINGS and block.text.startswith(text) for block in self.page.blocks)

    def _is_contact(self, at: int) -> bool:
        """Whether a line stands under the heading of people whom the press may ask."""
        above = [block.text for block in self.page.blocks[max(0, at - 2) : at]]
        return any(heads_contacts(text, self.language) or heads_contacts(text, _OF_WIRES) for text in above)

    def _is_person(self, author: Author) -> bool:
        return author.kind == "person" and name_key(author.name) not in self.sites

    def _far(self) -> Iterator[Reading]:
        """Yield what lines anywhere say that start as a byline does and name people."""
        for at, text in far_lines(self.page):
            byline = self.parse(text)
            byline = self._ended(byline, at) if byline is not None and are_names(byline) else None
            if byline is None:
                continue
            if all(given_name(author.name) == "known" for author in byline.authors):
                yield Reading("text far", "text", byline.byline, tuple(byline.authors), self.place(at), at)

    def _presented(self) -> Iterator[Reading]:
        for at, text, sure in presented_names(self.page, self.heading):
            byline = self.parse(text)
            if byline is not None and len(byline.authors) == 1 and (sure or is_desk(text, self.language)):
                yield Reading("presented", "text", byline.byline, tuple(byline.authors), self.place(at), at)

    def _ended(self, byline: Byline, block: int) -> Byline | None:
        """Return a line's byline up to where the element that names its author ends ("Jane Doe|In News", "jane|commented"), in its block
        or, below "Author:", in the next. None where the last of several names goes on.
        """
        name = byline.authors[-1].name
        named = [text for at in (block, block + 1) for text in self._names.get(at, ())]
        owns = [own for text in named if (own := self.parse(text))]
        ended = named + [author.name for own in owns for author in own.authors]  # without its "By"
        if not any(len(text) >= MIN_NAME and name.startswith(text) and len(text) < len(name) for text in ended):
            return byline
        shorter = (own for own in owns if name.startswith(own.byline) and len(own.byline) < len(name))
        return next(shorter, None) if len(byline.authors) == 1 else None

    @cached_property
    def _names(self) -> dict[int, list[str]]:
        """The texts of the elements that name an author or lead to a person, by their block."""
        names: dict[int, list[str]] = {}
        for hint in self.page.hints:
            if hint.kind in ("author", "profile") and hint.text:
                names.setdefault(hint.block, []).append(hint.text)
        return names

    def _closing(self) -> Iterator[Reading]:
        """Yield whom a note about the author, the page's title and its copyright name."""
        for kind, text, block in (*near_names(self.page, self.first), *closing_names(self.page, self.metadata)):
            if given_name(text) != "known":
                continue
            byline = parse_byline(text, language=self.language)
            if byline is not None and len(byline.authors) == 1 and are_names(byline):
                yield Reading(kind, kind, byline.byline, tuple(byline.authors), self.place(block) if block >= 0 else "page", block)


def _rank(found: tuple[int, Reading]) -> int:
    return found[0]


def _profile_kind(hint: Hint) -> str:
    """Tell pages of authors from those of anybody with an account."""
    return "member" if hint.source in MEMBERS else "profile"


def _source_kind(source: str) -> str:
    if source in ("json-ld:author", "meta:author"):
        return source
    if source.startswith("json-ld:"):
        return "json-ld:other"
    if source == "meta:twitter:data1":
        return "meta:written by"
    if "creator" in source:
        return "meta:creator"
    return "meta:article:author" if "article:author" in source else "meta:other"
