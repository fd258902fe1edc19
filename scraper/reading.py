"""What a page holds, before it becomes a record: its blocks with their labels, its metadata, its kind, and how sure all that is."""

from itertools import islice
from typing import NamedTuple

from msgspec.structs import replace

from normalise.article import Kind
from normalise.language import detect_language
from normalise.url import host
from scraper.blocks import Block, Segmentation
from scraper.classify import Label, classify, drop_own, obey
from scraper.classify.repeats import repeats
from scraper.classify.wholes import judge_wholes
from scraper.config import Config, SiteRules
from scraper.copies import find_copy, restore
from scraper.document import Document
from scraper.learn import SiteChrome, drop_site_chrome, page_host
from scraper.metadata import Metadata, Value, read_metadata
from scraper.structure.outline import Outline
from scraper.text import TextPage, segment_text
from scraper.walk import segment

# The second opinion is asked for where both hold: on the annotated pages 0.3% of all kinds of page, and no article.
_DOUBTFUL = 15  # confidence
_LITTLE = 600  # characters kept
_EMBEDDED = 3  # a body in the page's data is taken where it has this many times the text of the blocks kept
_EMBEDDED_CHARS = 400
_EMBEDDED_LITTLE = 800  # characters kept, under which the data for scripts is searched …
_LANGUAGE_LINES = 200  # of a text page's body that are read for its language
_PRINTED = 600  # characters outside links of a page of which nothing is kept, that may be a printed document's lines
_LISTS = frozenset({"listing", "collection"})  # … except on pages that have no text of their own
_TOLD = 300  # characters in all blocks, under which nothing tells a page's kind


class Reading(NamedTuple):
    """One page, read. `body_source` says where the body was found: "blocks", "trafilatura", or a place in the page's data; `url` is the
    page's own address, of a copy the original's.
    """

    page: Segmentation
    outline: Outline
    labels: list[Label]
    metadata: Metadata
    kind: Kind
    confidence: int
    body_source: str
    url: str | None


def read_html(document: Document, config: Config, site: SiteChrome | None = None, *, inline: bool = False) -> Reading:
    """Walk, read the metadata, judge and classify one HTML page; ask for a second opinion where the result is doubtful.

    `site` is what `clip learn` found; `inline` asks for the links, emphasis, … in the blocks.
    """
    tree = document.tree
    assert tree is not None
    rules = _rules(document, config)
    is_marked = bool(rules.strip or rules.keep)
    if is_marked:
        from scraper.classify.rules import mark

        mark(tree, rules)
    page = segment(tree, inline=inline)
    copy = document.copied or find_copy(page, document.url)
    if copy is not None:
        restore(page, copy)
        document = replace(document, url=document.url and copy.original)
    outline = Outline(page)
    metadata = read_metadata(page, url=document.url)
    if not page.blocks:
        return _embedded(Reading(page, outline, [], metadata, "other", 0, "blocks", document.url), document)
    from scraper.model import judge

    verdict = judge(page, document.url)
    labels = classify(page, verdict.scores, phrases=rules.phrases)
    judge_wholes(page, labels, verdict.kind, outline.layout)
    if is_marked:
        obey(page, labels)
    if site is not None:
        drop_site_chrome(page.blocks, labels, site.lines_of(page_host(page, document.url)))
    for index in repeats(page, [label.kind == "body" for label in labels], outline):
        labels[index] = Label("chrome", "repeats other text of the body", "structure/repeat", labels[index].score)
    reading = Reading(page, outline, labels, metadata, verdict.kind, verdict.confidence, "blocks", document.url)
    embedded = _embedded(reading, document)
    if embedded is not reading:
        return embedded
    kept = _kept(reading)
    if not kept and not is_marked and _is_printed(page):
        return _as_lines(reading, document, site, rules.phrases)
    if verdict.confidence < _DOUBTFUL and config.fallback.enabled and kept < _LITTLE:
        return _with_second_opinion(reading, document)
    return reading


def read_text(document: Document, config: Config, site: SiteChrome | None = None, *, inline: bool = False) -> Reading:
    """Segment and classify a page that is text already; `inline` asks for the links, emphasis, … in the blocks of Markdown."""
    return _read_lines(segment_text(document.text, inline=inline), document, site, _rules(document, config).phrases)


def _rules(document: Document, config: Config) -> SiteRules:
    return config.rules_for(host(document.url) if document.url else None) if config.rules.sites else config.rules


def _read_lines(page: TextPage, document: Document, site: SiteChrome | None, phrases: tuple[str, ...]) -> Reading:
    from scraper.text.classify import classify_text, line_hints

    labels = classify_text(page, site.lines_of(page_host(page, document.url)) if site is not None else None, document.url)
    drop_own(page.blocks, labels, phrases)
    page.hints = line_hints(page, labels)
    kept = [(len(block.text), label.score) for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body"]
    size = sum(chars for chars, _ in kept)
    confidence = sum(chars * score for chars, score in kept) // (10 * size) if size else 0
    metadata = read_metadata(page, url=document.url)
    page.language = _language_of(page, labels)
    return Reading(page, Outline(page), labels, metadata, "article" if kept else "other", confidence, "blocks", document.url)


def _language_of(page: Segmentation, labels: list[Label]) -> str | None:
    """Return the language that the body is surely in, by its first lines."""
    own = (block.text for block, label in zip(page.blocks, labels, strict=True) if label.kind == "body")
    detected = detect_language("\n".join(islice(own, _LANGUAGE_LINES)))
    return detected.language if detected is not None and detected.sure else None


def _is_printed(page: Segmentation) -> bool:
    """Whether a page's blocks are lines that break off and go on in the next, as those of a PDF that was turned into HTML."""
    if sum([len(block.text) - block.link_chars for block in page.blocks]) < _PRINTED:
        return False
    return 2 * sum([block.text[0].islower() for block in page.blocks]) > len(page.blocks)


def _as_lines(reading: Reading, document: Document, site: SiteChrome | None, phrases: tuple[str, ...]) -> Reading:
    """Read a printed document's lines as a page of text."""
    lines = _read_lines(segment_text("\n".join([block.text for block in reading.page.blocks])), document, site, phrases)
    metadata, title = reading.metadata, reading.page.title
    if title and not metadata.headline:
        metadata = replace(metadata, headline=[Value(title, "title")])
    return lines._replace(metadata=metadata)


def _with_second_opinion(reading: Reading, document: Document) -> Reading:
    from scraper.classify.second_opinion import second_opinion

    opinion = second_opinion(document.text, reading.page, document.url)
    if opinion is None:
        return reading
    labels = [
        replace(label, kind="body", reason="kept by the second opinion", rule="trafilatura")
        if kept and label.rule == "model/chrome"
        else label
        for kept, label in zip(opinion, reading.labels, strict=True)
    ]
    return reading._replace(labels=labels, body_source="trafilatura")


def _embedded(reading: Reading, document: Document) -> Reading:
    """Take the body from the page's own data where its blocks hold next to nothing of it: a page that a script fills."""
    kept = _kept(reading)
    told = max((len(value.value) for value in reading.metadata.body), default=0)
    if told < max(_EMBEDDED * kept, _EMBEDDED_CHARS) and (kept >= _EMBEDDED_LITTLE or (reading.kind in _LISTS and _has_text(reading))):
        return reading
    from scraper.embedded import embedded_body

    found = embedded_body(document.text, reading.metadata)
    size = sum(map(len, found.paragraphs)) if found is not None else 0
    if found is None or size < _EMBEDDED_CHARS or size < _EMBEDDED * kept:
        return reading
    added = {field: [*getattr(reading.metadata, field), *values] for field, values in found.told.items()}
    first = len(reading.page.blocks)
    blocks = [Block(first + at, text, "p") for at, text in enumerate(found.paragraphs)]
    elsewhere = Label("chrome", "the article is in the page's data", "embedded/blocks", 0)
    labels = [elsewhere if label.kind == "body" else label for label in reading.labels]
    labels += [Label("body", "the article's text in the page's data", f"embedded/{found.source.partition(':')[0]}", 900)] * len(blocks)
    kind = reading.kind if _has_text(reading) else "article"
    reading.page.blocks.extend(blocks)
    metadata = replace(reading.metadata, **added)
    confidence = max(reading.confidence, 70)
    return reading._replace(labels=labels, metadata=metadata, kind=kind, body_source=found.source, confidence=confidence)


def _has_text(reading: Reading) -> bool:
    """Whether the page's blocks have text enough to tell its kind by."""
    return sum([len(block.text) for block in reading.page.blocks]) >= _TOLD


def _kept(reading: Reading) -> int:
    return sum(len(block.text) for block, label in zip(reading.page.blocks, reading.labels, strict=True) if label.kind == "body")
