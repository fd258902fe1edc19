"""What belongs to the page rather than to its text: description, section, tags, site name, language, canonical address, image."""

from collections.abc import Sequence
from typing import NamedTuple

from normalise.article import Image
from normalise.language import agree, detect_language, parse_language, reads_like
from normalise.text import clean_line
from normalise.url import canonical, host, is_home, resolve
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.choice import Choice, Weighing
from scraper.fields.image import choose_image
from scraper.fields.section import Known, choose_section, choose_tags
from scraper.metadata import Metadata
from scraper.page_article import title_key

_DESCRIPTION_CHARS = 1_000
_SITE_CHARS = 80
_CUT_MARKS = ("…", "...", "[…]", "[...]", "&hellip;")
_SHORT = 3  # letters in a title's last part that the host must share with it
_TITLE_BREAKS = (" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • ")
_TEXT_CHARS = 20_000
_FORMS = frozenset(("amp", "amp.html", "index.html", "index.php", "index.htm", "print"))  # of one page under its own address


class PageFields(NamedTuple):
    """One `Choice` for each field; `url` is the page's own address without credentials."""

    url: str | None
    description: Choice[str]
    section: Choice[str]
    tags: Choice[list[str]]
    site_name: Choice[str]
    language: Choice[str]
    canonical_url: Choice[str]
    image: Choice[Image]


def choose_page_fields(
    segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, *, url: str | None = None, headline: str | None = None
) -> PageFields:
    """Choose the page's fields; `url` is where it came from, `headline` the one already chosen. Never raises."""
    address = resolve(url) if url else None
    base = resolve(segmentation.base, address) if segmentation.base else address
    kept = [label.kind == "body" for label in labels]
    text = _text(segmentation, kept)
    site = choose_site_name(segmentation, metadata, address, headline)
    canonical_url = choose_canonical_url(metadata, base, address)
    known = Known(
        headline=headline, title=segmentation.title, site=site.value, url=canonical_url.value or address, text=f"{headline or ''}\n{text}"
    )
    body = range(kept.index(True), len(kept) - kept[::-1].index(True)) if True in kept else range(len(kept))
    return PageFields(
        url=address,
        description=choose_description(segmentation, labels, metadata, headline=headline, site=site.value),
        section=choose_section(segmentation, metadata, known),
        tags=choose_tags(segmentation, metadata, known),
        site_name=site,
        language=choose_language(metadata, text),
        canonical_url=canonical_url,
        image=choose_image(segmentation, metadata, base or canonical_url.value, body=body),
    )


def choose_description(
    segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, *, headline: str | None, site: str | None
) -> Choice[str]:
    """Return the summary that metadata states, whole where one source cuts it; else the line under the headline."""
    weighing = Weighing()
    stated = [(clean_line(value.value, limit=_DESCRIPTION_CHARS), value.source) for value in metadata.description]
    texts = [text for text, _ in stated]
    taken = {key: name for name, key in (("the site's name", title_key(site or "")), ("the headline", title_key(headline or ""))) if key}
    for text, source in stated:
        whole = _whole(text, texts)
        key = title_key(whole)
        weighing.offer(whole, source, against=taken.get(key) if key else "no words")
    for block, label in zip(segmentation.blocks, labels, strict=False):
        if label.kind == "dek":
            weighing.offer(clean_line(block.text, limit=_DESCRIPTION_CHARS), f"block {block.index}: dek")
    return weighing.choice()


def choose_site_name(segmentation: Segmentation, metadata: Metadata, url: str | None, headline: str | None) -> Choice[str]:
    """Return the site's name as metadata states it, else the part of the title that the host's name agrees with."""
    weighing = Weighing()
    domain = title_key((host(url) or "").removeprefix("www.")) if url else ""
    named = [value for value in metadata.site_name if not (value.kind == "Person" and value.source == "json-ld:publisher")]
    # A name is preferred to an address where a page states both.
    for value in sorted(named, key=lambda value: _is_address(value.value)):
        name = clean_line(value.value, limit=_SITE_CHARS + 20).lstrip("@")
        weighing.offer(name, value.source, against=_against_site(name, headline))
    if weighing.chosen is None and segmentation.title and domain:
        for mark in _TITLE_BREAKS:
            for part in {segmentation.title.rpartition(mark)[2], segmentation.title.partition(mark)[0]} - {segmentation.title, ""}:
                key = title_key(part)
                if len(key) >= _SHORT and (key in domain or domain.startswith(key[:-3] if len(key) > 8 else key)):
                    weighing.offer(clean_line(part), "title", against=_against_site(part, headline))
    return weighing.choice()


def choose_language(metadata: Metadata, text: str) -> Choice[str]:
    """Return the language that the page declares, unless its text plainly is in another; undeclared, what the text plainly is."""
    weighing = Weighing()
    declared = [(parse_language(value.value), value.source) for value in metadata.language]
    tags = [(tag, source) for tag, source in declared if tag]
    first = next((tag for tag, _ in tags if reads_like(text, tag)), None)
    detected = None if first else detect_language(text)
    for tag, source in tags:
        against = None
        if first is not None and not agree(tag, first.partition("-")[0]):
            against = f"the text reads like {first}"
        elif detected is not None and detected.sure and not agree(tag, detected.language):
            against = f"the text reads like {detected.language}"
        weighing.offer(tag, source, against=against)
    if detected is not None:
        weighing.offer(detected.language, "text", against=None if detected.sure else "too little text to be sure")
    return weighing.choice()


def choose_canonical_url(metadata: Metadata, base: str | None, url: str | None) -> Choice[str]:
    """Return the first stated address that is one: http or https, absolute, not the front page of a page that is none."""
    weighing = Weighing()
    at_home = url is not None and is_home(url)
    for value in metadata.canonical_url[:20]:
        address = canonical(value.value, base)
        against = None
        if address and not at_home and is_home(address):
            against = "the site's front page"
        elif address and url and value.source != "link:canonical" and _is_above(address, url):
            against = "an address above the page's own"
        weighing.offer(address, value.source, against=against)
    return weighing.choice()


def _is_above(address: str, url: str) -> bool:
    """Whether `address` is a folder that the page stands in, not the page itself in another form ("/story/amp", "/story/2")."""
    folder = address.partition("?")[0].rstrip("/").casefold() + "/"
    rest = url.partition("?")[0].rstrip("/").casefold().removeprefix(folder)
    return rest != url.partition("?")[0].rstrip("/").casefold() and not rest.isdigit() and rest not in _FORMS


def _text(segmentation: Segmentation, kept: list[bool]) -> str:
    blocks = segmentation.blocks
    chosen = [block.text for block, keep in zip(blocks, kept, strict=False) if keep] or [block.text for block in blocks]
    return "\n".join(chosen)[:_TEXT_CHARS]


def _whole(text: str, texts: list[str]) -> str:
    stem = text
    for mark in _CUT_MARKS:
        stem = stem.removesuffix(mark)
    stem = stem.rstrip()
    if stem == text or len(stem) < 20:
        return text
    return next((other for other in texts if len(other) > len(text) and other.startswith(stem)), text)


def _is_address(name: str) -> bool:
    return " " not in name.strip() and "." in name.strip(". ")


def _against_site(name: str, headline: str | None) -> str | None:
    key = title_key(name)
    if not key or len(name) > _SITE_CHARS or "://" in name:
        return "no name of a site"
    return "the headline" if key == title_key(headline or "") else None
