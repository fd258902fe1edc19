"""What belongs to the page rather than to its text: description, section, tags, site name, language, canonical address, image."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from normalise.article import Image
from normalise.language import CHARS as LANGUAGE_CHARS
from normalise.language import agree, detect_language, parse_language, reads_like
from normalise.text import clean_line, unescape, unescape_again
from normalise.url import canonical, host, is_home, resolve
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.choice import Choice, Weighing
from scraper.fields.image import choose_image
from scraper.fields.prose import body_range
from scraper.fields.section import Known, choose_section, choose_tags
from scraper.metadata import Metadata, Value, without_markup
from scraper.metadata.page_article import title_key

_DESCRIPTION_CHARS = 1_000
_SITE_CHARS = 80
_CUT_MARKS = ("…", "...", "[…]", "[...]", "&hellip;")
_SHORT = 3  # letters in a title's last part that the host must share with it
_TITLE_BREAKS = (" | ", " - ", " – ", " — ", " · ", " :: ", " : ", " » ", " • ")
_TITLE_LETTERS = 15  # a site's name may begin with a shorter headline
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
    segmentation: Segmentation,
    labels: Sequence[Label],
    metadata: Metadata,
    *,
    url: str | None = None,
    headline: str | None = None,
    every: bool = False,
) -> PageFields:
    """Choose the page's fields; `url` is where it came from, `headline` the one already chosen. Never raises.

    Candidates behind the one that is chosen are read only if `every` is set.
    """
    address = resolve(url) if url else None
    base = resolve(segmentation.base, address) if segmentation.base else address
    body = body_range(labels) or range(len(labels))
    site = choose_site_name(segmentation, metadata, address, headline, every=every)
    canonical_url = choose_canonical_url(metadata, base, address, every=every)
    known = Known(
        headline=headline,
        title=segmentation.title,
        site=site.value,
        url=canonical_url.value or address,
        text=lambda: f"{headline or ''}\n{_text(segmentation, labels, body, _TEXT_CHARS)}",
    )
    return PageFields(
        url=address,
        description=choose_description(segmentation, labels, metadata, known, every=every),
        section=choose_section(segmentation, metadata, known, every=every),
        tags=choose_tags(segmentation, metadata, known, every=every),
        site_name=site,
        language=choose_language(metadata, _text(segmentation, labels, body, LANGUAGE_CHARS), every=every),
        canonical_url=canonical_url,
        image=choose_image(segmentation, metadata, base or canonical_url.value, body=body, every=every),
    )


def choose_description(
    segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, known: Known, *, every: bool = False
) -> Choice[str]:
    """Return the summary that metadata states, whole where one source cuts it; else the line under the headline."""
    weighing = Weighing(every=every)
    for value in metadata.description:
        if weighing.done:
            break
        whole = _whole(_summary(value), metadata.description)
        weighing.offer(whole, value.source, against=known.against_description(whole))
    for block, label in zip(segmentation.blocks, () if weighing.done else labels, strict=False):
        if label.kind == "dek":
            weighing.offer(clean_line(block.text, limit=_DESCRIPTION_CHARS), f"block {block.index}: dek")
    return weighing.choice()


def choose_site_name(
    segmentation: Segmentation, metadata: Metadata, url: str | None, headline: str | None, *, every: bool = False
) -> Choice[str]:
    """Return the site's name as metadata states it, else the part of the title that the host agrees with or that follows the headline."""
    weighing = Weighing(every=every)
    named = [value for value in metadata.site_name if not (value.kind == "Person" and value.source == "json-ld:publisher")]
    names = [clean_line(value.value, limit=_SITE_CHARS + 20).lstrip("@") for value in named]
    # A name is preferred to an address where a page states both, and to itself with a line about the site.
    for second in (False, True):
        for name, value in zip(names, named, strict=True):
            if weighing.done:
                break
            if (_is_address(name) or _has_line(name, names)) is second:
                weighing.offer(name, value.source, against=_against_site(name, headline))
    if segmentation.title and weighing.chosen is None:
        _offer_ends(weighing, segmentation.title, url, headline)
    return weighing.choice()


def choose_language(metadata: Metadata, text: str, *, every: bool = False) -> Choice[str]:
    """Return the language that the page declares, unless its text plainly is in another; undeclared, what the text plainly is."""
    weighing = Weighing(every=every)
    declared = [(parse_language(value.value), value.source) for value in metadata.language]
    tags = [(tag, source) for tag, source in declared if tag]
    first = next((tag for tag, _ in tags if reads_like(text, tag)), None)
    detected = None if first else detect_language(text)
    for tag, source in tags:
        if weighing.done:
            break
        against = None
        if first is not None and not agree(tag, first.partition("-")[0]):
            against = f"the text reads like {first}"
        elif detected is not None and detected.sure and not agree(tag, detected.language):
            against = f"the text reads like {detected.language}"
        weighing.offer(tag, source, against=against)
    if detected is not None and not weighing.done:
        weighing.offer(detected.language, "text", against=None if detected.sure else "too little text to be sure")
    return weighing.choice()


def choose_canonical_url(metadata: Metadata, base: str | None, url: str | None, *, every: bool = False) -> Choice[str]:
    """Return the first stated address that is one: http or https, absolute, not the front page of a page that is none."""
    weighing = Weighing(every=every)
    at_home = url is not None and bool(metadata.canonical_url) and is_home(url)
    for value in metadata.canonical_url[:20]:
        if weighing.done:
            break
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


def _text(segmentation: Segmentation, labels: Sequence[Label], body: range, limit: int) -> str:
    """Return the first `limit` characters of the body's text; of all text where the page has no body."""
    own = (block.text for block in segmentation.blocks[body.start : body.stop] if labels[block.index].kind == "body")
    return _start(own, limit) or _start((block.text for block in segmentation.blocks), limit)


def _start(texts: Iterable[str], limit: int) -> str:
    taken: list[str] = []
    size = 0
    for text in texts:
        taken.append(text)
        size += len(text)
        if size >= limit:
            break
    return "\n".join(taken)[:limit]


def _whole(text: str, stated: list[Value]) -> str:
    """Return the summary among those `stated` that goes on where `text` is cut; else `text`."""
    stem = text
    for mark in _CUT_MARKS:
        stem = stem.removesuffix(mark)
    stem = stem.rstrip()
    if stem == text or len(stem) < 20:
        return text
    return next((other for other in map(_summary, stated) if len(other) > len(text) and other.startswith(stem)), text)


def _summary(stated: Value) -> str:
    text = unescape_again(stated.value)
    if text.startswith(("<", "&lt;p&gt;")):  # markup that was escaped once more
        text = without_markup(unescape(text).replace("</p>", " "))
    return clean_line(text, limit=_DESCRIPTION_CHARS)


def _is_address(name: str) -> bool:
    return " " not in name.strip() and "." in name.strip(". ")


def _has_line(name: str, names: list[str]) -> bool:
    """Whether another name is a part of this one: "Courier" of "Courier - News of the coast"."""
    if len(names) < 2:
        return False
    return any(mark in name and (name.partition(mark)[0] in names or name.rpartition(mark)[2] in names) for mark in _TITLE_BREAKS)


def _offer_ends(weighing: Weighing, title: str, url: str | None, headline: str | None) -> None:
    """Offer the parts of a title that the host's name agrees with, then what follows the headline."""
    domain = title_key((host(url) or "").removeprefix("www.")) if url else ""
    divided = [(title.rpartition(mark), title.partition(mark)) for mark in _TITLE_BREAKS if mark in title]
    for (_, _, last), (first, _, _) in divided:
        for part in (last, first):
            key = title_key(part)
            if domain and len(key) >= _SHORT and (key in domain or domain.startswith(key[:-3] if len(key) > 8 else key)):
                weighing.offer(clean_line(part), "title", against=_against_site(part, headline))
    for (before, _, last), _ in divided:
        if headline and title_key(before) == title_key(headline):
            weighing.offer(clean_line(last), "title", against=_against_site(last, headline) or _against_suffix(last))


def _against_suffix(part: str) -> str | None:
    """What speaks against a title's part beside the headline as the site's name: a section is one word, and "by Jane Doe" begins small."""
    words = part.split()
    if len(words) < 2 or part[0].islower():
        return "may be a section or an author"
    return "no name of a site" if 2 * sum(map(str.isalpha, part)) < len(part) else None


def _against_site(name: str, headline: str | None) -> str | None:
    key = title_key(name)
    if not key or len(name) > _SITE_CHARS or "://" in name:
        return "no name of a site"
    title = title_key(headline or "")
    return "the headline" if key == title or (len(title) > _TITLE_LETTERS and key.startswith(title)) else None
