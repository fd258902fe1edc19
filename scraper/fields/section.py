"""The section an article stands in, and its tags."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from importlib.resources import files
from urllib.parse import unquote

from normalise import lexicon
from normalise.article import Candidate
from normalise.text import clean_line
from normalise.url import host
from scraper.blocks import Segmentation
from scraper.fields.choice import Choice, Weighing
from scraper.fields.hint_lines import lines_of
from scraper.metadata import Metadata
from scraper.metadata.page_article import title_key

_SECTION_CHARS = 60
_STATED_CHARS = 300  # of a list of sections
_TAG_CHARS = 60
_TAGS = 40
_INVITATION_CHARS = 45  # "Read more on courier.example"
_CRUMBS = 12
_CRUMB_WORDS = 6  # a breadcrumb's item with more is a title
_MIN_ITEMS = 2
_FEW = 2  # links to categories on an article; a page with more lists those of the site
_TAG_BREAKS = re.compile(r"[,;|،、，；]")
_CRUMB_BREAKS = re.compile(r"\s*[»›→❯▸>/|]\s*")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+\Z")
_PATH = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)+\Z")
_SITE_WIDE = frozenset(("meta:keywords", "meta:keyword", "meta:news_keywords", "meta:dc.subject", "meta:dcterms.subject"))
_SUPPORTED = 3  # a site's keywords are the article's when one in so many is found in it


def choose_section(segmentation: Segmentation, metadata: Metadata, known: "Known", *, every: bool = False) -> Choice[str]:
    """Return the section that is nearest to the article: from metadata, a breadcrumb, or a category that the address names too."""
    weighing = Weighing(every=every)
    stated = [(name, value.source) for value in metadata.section for name in _listed(clean_line(value.value, limit=_STATED_CHARS))]
    if stated and segmentation.tags and len({name for name, _ in stated}) == 1 and not _is_address(stated[0][0]):  # nothing else has a say
        weighing.offer(*stated[0], against=known.against_section(stated[0][0]))
        if weighing.done:
            return weighing.choice()
        weighing = Weighing(every=every)
    crumbs = list(_crumbs(segmentation, metadata, known))
    near = {title_key(name) for name, _ in crumbs}
    offers = [(hint.text, hint.source) for hint in segmentation.hints if hint.kind == "section" and hint.source.startswith("text:")]
    # Of several stated sections the one in the breadcrumb is the page's own; the order stays where none is.
    named = [offer for offer in stated if not _PATH.match(offer[0])]
    offers += sorted(named, key=lambda offer: title_key(offer[0]) not in near) if len(named) > 1 else named
    offers += reversed(crumbs)
    offers += [offer for offer in stated if offer not in named]
    offers += _categories(segmentation, known)
    names = [name for name, _ in offers]
    for name, source in offers:
        if weighing.done:
            break
        weighing.offer(_written(name, names), source, against=known.against_section(name))
    return weighing.choice()


def choose_tags(segmentation: Segmentation, metadata: Metadata, known: "Known", *, every: bool = False) -> Choice[list[str]]:
    """Return the tags of the first source that has any: several values, or one list with commas, each tag once."""
    sources: dict[str, list[str]] = {}
    for value in metadata.tags:
        sources.setdefault(value.source, []).extend(_TAG_BREAKS.split(value.value))
    linked = [hint.text for hint in segmentation.hints if hint.kind == "tag" and hint.text]
    if linked:
        sources["rel=tag"] = linked
    chosen: list[str] = []
    source_chosen: str | None = None
    candidates: list[Candidate] = []
    for source, listed in sources.items():
        if chosen and not every:
            break
        tags = _clean_tags(listed)
        if not tags:
            continue
        against = f"{source_chosen} is trusted more" if chosen else known.against_tags(tags, source)
        if against is None:
            chosen, source_chosen = tags, source
        reason = against or "first in order of trust"
        candidates.append(Candidate(value=", ".join(tags), source=source, chosen=against is None, reason=reason))
    return Choice(chosen, source_chosen, candidates)


class Known:
    """What of the page is known when its sections and tags are judged."""

    def __init__(self, *, headline: str | None, title: str | None, site: str | None, url: str | None, text: Callable[[], str]) -> None:
        self.headline = title_key(headline or "")
        self.title = title_key(title or "")
        self.site = title_key(site or "")
        self.url = url or ""
        self.text = text  # dear, and rarely asked for

    @cached_property
    def site_key(self) -> str:
        """The key of the host with its ending: "courierexample"."""
        return title_key((host(self.url) or "").removeprefix("www."))

    @cached_property
    def path(self) -> str:
        """The key of the address without its host."""
        return title_key(unquote(self.url).partition("://")[2].partition("/")[2])

    def is_last_of_path(self, name: str) -> bool:
        """Whether a name says what the address ends in: the page itself, whatever its headline says."""
        return title_key(name) == title_key(unquote(self.url).partition("?")[0].rstrip("/").rpartition("/")[2].partition(".")[0])

    def is_page(self, name: str) -> bool:
        """Whether a breadcrumb's item is the page itself."""
        key = title_key(name)
        if name.endswith(("...", "…")) and key and self.headline.startswith(key):
            return True
        return bool(key) and (key == self.headline or (len(key) > 20 and (key in self.title or key[:40] == self.headline[:40])))

    def against_description(self, text: str) -> str | None:
        """What speaks against `text` as a summary of the page."""
        key = title_key(text)
        if not key or (" " not in text and text.isascii()):
            return "no words" if not key else "a single word"
        if self.headline.startswith(key):
            return "the headline"
        if key == self.site or (len(text) < _INVITATION_CHARS and self.site_key and self.site_key in key):
            return "the site's name"
        return None

    def against_section(self, name: str) -> str | None:
        """What speaks against `name` as a section."""
        key = title_key(name)
        if not key or len(name) > _SECTION_CHARS or key.isdigit() or "://" in name or (len(key) == 1 and key.isascii()):
            return "no name of a section"
        if name.casefold() in _homes():
            return "the front page"
        if name.casefold().rpartition(": ")[2] in _no_sections():
            return "says that there is none"
        if key == self.site:
            return "the site's name"
        return "the page itself" if self.is_page(name) else None

    def against_tags(self, tags: list[str], source: str) -> str | None:
        """What speaks against a list of tags: many sites print the same keywords on every page."""
        if source not in _SITE_WIDE:
            return None
        text = self.text().casefold()
        supported = sum(tag.casefold() in text for tag in tags)
        return None if supported * _SUPPORTED >= len(tags) else "not about the article"


def _is_address(name: str) -> bool:
    """Whether a section is only part of an address: "public-service", "news/local"."""
    return _SLUG.match(name) is not None or _PATH.match(name) is not None


def _listed(name: str) -> list[str]:
    """Return the sections in one string: "Corporate,Healthcare" has two, "Arts, Books & Music" and "Life, Work and Play" one."""
    parts = [part for part in (part.strip() for part in name.split(",")) if part]
    if len(parts) < 2 or ", " not in name:
        return parts
    last = parts[-1]
    return [name] if "&" in last or any(word.islower() for word in last.split()[:-1]) else parts


def _crumbs(segmentation: Segmentation, metadata: Metadata, known: Known) -> Iterator[tuple[str, str]]:
    """Yield the items of the first breadcrumb that has any, without front page, site and the page itself."""
    found = [(name, "json-ld:BreadcrumbList") for name in metadata.breadcrumb]
    for name, source in found or _printed_crumbs(segmentation):
        name = clean_line(name)
        if known.against_section(name) is None and len(name.split()) <= _CRUMB_WORDS and not known.is_last_of_path(name):
            yield name, source


def _printed_crumbs(segmentation: Segmentation) -> list[tuple[str, str]]:
    hints = [hint for hint in segmentation.hints if hint.kind == "breadcrumb" and hint.text][: 3 * _CRUMBS]
    if len({hint.text for hint in hints}) == 1 and _CRUMB_BREAKS.search(hints[0].text):
        return [(part, hints[0].source) for part in _CRUMB_BREAKS.split(hints[0].text)]
    texts = [hint.text for hint in hints]
    items = [hint for hint in hints if not any(hint.text != other and other in hint.text for other in texts)]
    if (
        len({item.text for item in items}) < _MIN_ITEMS
    ):  # the whole line, its items told apart only where each is a link in a block of its own
        count = len(lines_of(hints[0], segmentation.blocks)) if hints else 0
        blocks = segmentation.blocks[hints[0].block : hints[0].block + count] if count >= _MIN_ITEMS else []
        return [(block.text, hints[0].source) for block in blocks[:_CRUMBS] if block.link_chars == len(block.text)]
    return [(hint.text.strip("»›→❯▸>/| "), hint.source) for hint in items[:_CRUMBS]]


def _categories(segmentation: Segmentation, known: Known) -> list[tuple[str, str]]:
    hints = [hint for hint in segmentation.hints if hint.kind == "section" and hint.text and not hint.source.startswith("text:")]
    linked = {hint.text: hint.source for hint in hints if hint.source.startswith("rel=")}
    named = [(hint.text, hint.source) for hint in hints if len(title_key(hint.text)) > 2 and title_key(hint.text) in known.path]
    return [*(linked.items() if len(linked) <= _FEW else ()), *named[:1]]


def _written(name: str, names: Sequence[str]) -> str:
    """Return the name as another source spells it where this one has only its address part: "Public Service" for "public-service"."""
    if not _SLUG.match(name):
        return name
    key = title_key(name)
    return next((other for other in names if title_key(other) == key and not _SLUG.match(other)), name)


def _clean_tags(listed: list[str]) -> list[str]:
    tags: dict[str, str] = {}
    for text in listed[: 4 * _TAGS]:
        tag = clean_line(text, limit=_TAG_CHARS + 20).strip("#\"' ")
        if 1 < len(tag) <= _TAG_CHARS and "://" not in tag and tag.casefold() not in _no_sections():
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())[:_TAGS]


@cache
def _no_sections() -> frozenset[str]:
    lines = (files("scraper") / "data" / "no_sections.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def _homes() -> frozenset[str]:
    return frozenset(lexicon.load("chrome")["breadcrumb"]["home"])
