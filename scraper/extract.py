"""The order of the stages, and nothing else: `Page` in, `Article` out."""

import hashlib
from typing import Any

import msgspec
from msgspec import UNSET

from normalise.article import Article, Author, BodyBlock, Candidate, Input, Kind, Removed, article_id
from normalise.body import body_html, body_markdown, body_text
from normalise.byline import heads_mail, is_role
from normalise.date import parse_date
from normalise.text import STOPS, clean_lines
from normalise.url import resolve
from scraper.classify import Label, explain_chrome
from scraper.config import Config
from scraper.document import Document, parse_document
from scraper.explain import BlockFate, Explanation
from scraper.fields.byline import BylineChoice, choose_byline
from scraper.fields.date import choose_date, declared_date, or_in_scripts
from scraper.fields.date_choice import DateChoice
from scraper.fields.date_updates import or_updated
from scraper.fields.headline import Headline, choose_headline
from scraper.fields.page import PageFields, choose_page_fields
from scraper.learn import load_once
from scraper.page import Page, printable
from scraper.page_status import SHORT, PageStatus, page_status
from scraper.reading import Reading, read_html, read_text
from scraper.structure import body_blocks
from scraper.structure.layout import HEADINGS
from scraper.word_count import count_words

_MEGABYTE = 1_000_000
_OTHER: Kind = "other"
_UNSIGNED: frozenset[Kind] = frozenset(("collection", "listing", "product", "service"))  # their authors, if any, are in metadata or markup
_HEADED: frozenset[Kind] = frozenset(("article", "documentation", "service"))  # author and day stand above the text, once
_UNDATED: frozenset[Kind] = frozenset(("collection", "listing", "product"))  # what dates they print are of what they list
_SURE_CHARS = 3_000  # a body this long is an article, whatever the page says beside it
_PROSE_CHARS = 100
_LABEL_CHARS = 30  # of a line that names what the next states
_COLONS = (":", "：")
_KICKER_ENDS = (*_COLONS, "|", "–", "—", "»", "•")
_BLANK = " \u200b"  # a zero-width space is no white space to Python
_HEADING_LINES = 2  # of a text page: its title and heading, where it was a page's
_HEAD_OF_MAIL = 6  # blocks at the top of a page that may name a mail's sender
_PAGE_FIELDS = ("description", "section", "tags", "site_name", "language", "canonical_url", "image")
_INLINE = frozenset({"blocks", "markdown", "html"})  # the parts that show it
_NO_BODY = frozenset({"consent_wall", "bot_block", "error_page", "not_article", "empty"})  # what such a page says is no article's body


def clean(page: Page, config: Config, *, with_: frozenset[str] = frozenset()) -> Article:
    """Return the article record of `page`, with the parts named in `with_`. Raises InputError where there is nothing to read."""
    document, reading = _read(page, config, inline=not _INLINE.isdisjoint(with_))
    return _article(page, document, reading, with_)


def explain(page: Page, config: Config) -> Explanation:
    """Return the record with its candidates, and what became of every block, in page order."""
    document, reading = _read(page, config)
    article = _article(page, document, reading, frozenset({"candidates"}))
    return Explanation(article=article, blocks=_fates(reading))


def _read(page: Page, config: Config, *, inline: bool = False) -> tuple[Document, Reading]:
    document = parse_document(page, max_size=config.page.max_size * _MEGABYTE)
    site = load_once(config.rules.site_chrome) if config.rules.site_chrome else None
    if document.tree is None:
        return document, read_text(document, config, site, inline=inline)
    return document, read_html(document, config, site, inline=inline)


def _article(page: Page, document: Document, reading: Reading, with_: frozenset[str]) -> Article:
    segmentation, labels, metadata, url = reading.page, reading.labels, reading.metadata, reading.url
    every = "candidates" in with_
    headline = choose_headline(segmentation, labels, metadata, url, every=every)
    _drop_headline(reading, headline.value)
    fields = choose_page_fields(segmentation, labels, metadata, url=url, headline=headline.value, every=every)
    signed, language = _is_signed(reading), fields.language.value
    if signed or reading.kind not in _UNDATED:
        date = choose_date(segmentation, labels, metadata, url=url, language=language, headline=headline.value)
    else:
        date = declared_date(metadata, url, language)
    if document.tree is not None and signed:
        date = or_in_scripts(date, document.text)
    if reading.kind == "article":
        date = or_updated(date)
    byline = choose_byline(segmentation, labels, metadata, url, every=every, lines=signed)
    _drop_byline(reading, byline.line)
    if reading.kind in _HEADED:
        _drop_head(reading, headline.value, byline, date.published, language)
    blocks = body_blocks(segmentation, [label.kind == "body" for label in labels], reading.outline, url=url)
    body = body_text(blocks)
    found = _status(document, reading, body)
    status = found.status if found is not None else "ok" if body else "empty"
    if status in _NO_BODY:
        body, blocks = "", []
    chosen = {
        "headline": headline.source,
        "byline": byline.source,
        "date": date.detail.source if date.detail else None,
        "date_modified": date.modified_source,
        "url": f"copy:{printable(page.url)}" if page.url and url != page.url else None,
        "body": reading.body_source if body else None,
        "status": f"{found.rule}: {found.evidence}" if found is not None else None,
        **{name: getattr(fields, name).source for name in _PAGE_FIELDS},
    }
    article = Article(
        headline=headline.value,
        byline=byline.value,
        authors=_with_addresses(byline.authors, segmentation.base, url),
        date=date.published,
        date_detail=date.detail,
        date_modified=date.modified,
        body=body,
        description=fields.description.value,
        section=fields.section.value,
        tags=fields.tags.value or [],
        site_name=fields.site_name.value,
        language=language,
        url=fields.url,
        canonical_url=fields.canonical_url.value,
        image=fields.image.value,
        kind=reading.kind if body else _OTHER,
        status=status,
        confidence=reading.confidence if body else 0,
        sources={name: source for name, source in chosen.items() if source},
        words=count_words(body),
        id=article_id(headline.value, byline.value, date.published, body),
        limits=document.limits or UNSET,
    )
    if not with_:
        return article
    extras = _extras(page, document, reading, with_, blocks)
    if "candidates" in with_:
        extras["candidates"] = _candidates(headline, byline, date, fields)
    return msgspec.structs.replace(article, **extras)


def _is_signed(reading: Reading) -> bool:
    """Whether the page is of a kind that people sign, or declares that it is: kinds are told wrongly on one page in five."""
    metadata = reading.metadata
    published = "og:article" in metadata.types and any(value.source == "meta:article:published_time" for value in metadata.published)
    return reading.kind not in _UNSIGNED or published or any(heads_mail(block.text) for block in reading.page.blocks[:_HEAD_OF_MAIL])


def _with_addresses(authors: list[Author], base: str | None, url: str | None) -> list[Author]:
    """Resolve the authors' addresses; one that leads nowhere goes."""
    if not any(author.url for author in authors):
        return authors
    base = resolve(base, url) if base else url
    return [msgspec.structs.replace(author, url=resolve(author.url, base) if author.url else None) for author in authors]


def _extras(page: Page, document: Document, reading: Reading, with_: frozenset[str], blocks: list[BodyBlock]) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if "blocks" in with_:
        extras["blocks"] = blocks
    if "markdown" in with_:
        extras["markdown"] = body_markdown(blocks)
    if "html" in with_:
        extras["html"] = body_html(blocks)
    if "removed" in with_:
        extras["removed"] = [
            Removed(text=fate.text, reason=fate.reason, rule=fate.rule) for fate in _fates(reading) if fate.label == "chrome" and fate.text
        ]
    if "input" in with_:
        extras["input"] = Input(
            media_type=document.media_type,
            charset=document.encoding,
            sha256=hashlib.sha256(page.body).hexdigest(),
            origin=page.origin and printable(page.origin),
        )
    return extras


def _candidates(headline: Headline, byline: BylineChoice, date: DateChoice, fields: PageFields) -> dict[str, list[Candidate]]:
    found = {
        "headline": headline.candidates,
        "byline": byline.candidates,
        "date": date.candidates,
        "date_modified": date.modified_candidates,
        **{name: getattr(fields, name).candidates for name in _PAGE_FIELDS},
    }
    return {name: candidates for name, candidates in found.items() if candidates}


def _drop_headline(reading: Reading, headline: str | None) -> None:
    """The headline is no part of the body, wherever it is repeated as a block of its own."""
    if headline is None:
        return
    key = headline.casefold()
    least, most = len(headline) // 3, 2 * len(headline) + 10  # case folding changes the length of some letters
    for block in [block for block in reading.page.blocks if least <= len(block.text) < most]:
        text = block.text.casefold().strip(_BLANK)
        kicker = text.removesuffix(key)  # "Harbours: Council keeps its ferry"
        if not kicker or (kicker != text and block.tag in HEADINGS and kicker.rstrip().endswith(_KICKER_ENDS)):
            reading.labels[block.index] = Label("headline", "the article's headline", "field/headline", reading.labels[block.index].score)


def _drop_byline(reading: Reading, line: int | None) -> None:
    """The line that prints an article's byline is no part of the body either; in a forum it tells the posts apart."""
    if line is not None and reading.kind in _HEADED:
        _relabel(reading, line, Label("byline", "the article's byline", "field/byline", reading.labels[line].score))


def _relabel(reading: Reading, line: int, label: Label) -> None:
    """Label a line, and what names it right above ("Author:")."""
    above = reading.page.blocks[line - 1].text if line else ""
    if len(above) <= _LABEL_CHARS and above.endswith(_COLONS) and reading.labels[line - 1].kind == "body":
        reading.labels[line - 1] = label
    reading.labels[line] = label


def _drop_head(reading: Reading, headline: str | None, byline: BylineChoice, published: str | None, language: str | None) -> None:
    """Lines above the prose that state only its author, what the author is below that, or the day are no part of the body; nor are the
    names of site and section that are headings above an article's headline.
    """
    labels, below = reading.labels, -1  # the block below the line that names the author
    signed = {hint.block for hint in reading.page.hints if hint.kind == "author"}
    names = {author.name.casefold() for author in byline.authors}
    top = next((at for at, label in enumerate(labels) if label.rule == "field/headline"), 0) if reading.kind == "article" else 0
    if any(
        labels[block.index].kind == "body" and block.tag not in HEADINGS and len(block.text) > _LABEL_CHARS
        for block in reading.page.blocks[:top]
    ):
        top = 0  # text of its own stands there
    for block in [block for block in reading.page.blocks if labels[block.index].kind == "body"]:
        if len(block.text) >= _PROSE_CHARS:
            return
        told = None
        text = block.text.casefold()
        if block.index < top and block.tag in HEADINGS:
            told = Label("chrome", "heading above the headline", "field/headline", labels[block.index].score)
        elif "\n" in text and _states_head(text, headline, names, published, language):
            told = Label("headline", "lines with headline, author, date", "field/headline", labels[block.index].score)
        elif text in names or (block.index in signed and text[-1] not in STOPS and any(text.startswith(name) for name in names)):
            below = block.index + 1
            told = Label("byline", "line with the author", "field/byline", labels[block.index].score)
        elif block.index == below and is_role(block.text, language):
            told = Label("byline", "what the author is", "field/byline", labels[block.index].score)
        elif _states_day(block.text, published, language):
            told = Label("chrome", "line with the date", "field/date", labels[block.index].score)
        if told is not None:
            _relabel(reading, block.index, told)


def _states_head(text: str, headline: str | None, names: set[str], published: str | None, language: str | None) -> bool:
    """Whether each line of a block, in lower case, is the headline, names an author or states the day, and one of them is the headline."""
    title = (headline or "").casefold()
    lines = text.split("\n")
    if title not in lines:
        return False
    for line in lines:
        named = len(line) <= 2 * _LABEL_CHARS and any(name in line for name in names)
        if line != title and not named and not _states_day(line, published, language):
            return False
    return True


def _states_day(line: str, published: str | None, language: str | None) -> bool:
    """Whether a line states the day of publication."""
    if published is None or not any(map(str.isdigit, line)):
        return False
    stated = parse_date(line, language=language)
    return stated is not None and stated.iso[:10] == published[:10]


def _status(document: Document, reading: Reading, body: str) -> PageStatus | None:
    if len(body) >= _SURE_CHARS:
        return None
    blocks = reading.page.blocks
    tags = ("h1",) if len(body) >= SHORT else ("h1", "h2")  # beside an article, an h2 may be a banner's
    first_lines = _HEADING_LINES if document.tree is None else 0
    return page_status(
        [block.text for block in blocks],
        title=reading.page.title,
        headings=[block.text for block in blocks if block.tag in tags or block.index < first_lines],
        body=[block.text for block, label in zip(blocks, reading.labels, strict=True) if label.kind == "body"],
        markup=document.text,
    )


def _fates(reading: Reading) -> list[BlockFate]:
    """Every block in page order, with the <nav> and <footer> elements that the walk passed over in their places."""
    passed = iter([*reading.page.furniture, (len(reading.page.blocks) + 1, None)])
    at, node = next(passed)
    fates = []
    heads = _heads(reading)
    for block, label in zip(reading.page.blocks, reading.labels, strict=True):
        while at <= block.index:
            fates.append(_furniture_fate(node))
            at, node = next(passed)
        told = heads.get(block.index) or explain_chrome(reading.page, block, label)
        fates.append(BlockFate(told.kind == "body", told.kind, told.reason, told.rule, block.tag, block.text))
    while node is not None:
        fates.append(_furniture_fate(node))
        at, node = next(passed)
    return fates


def _heads(reading: Reading) -> dict[int, Label]:
    """The lines above the body that their elements call byline, date or standfirst: read by the fields, so neither body nor chrome."""
    start = next((at for at, label in enumerate(reading.labels) if label.kind == "body"), 0)
    kinds = {"author": "byline", "date": "date", "modified": "date", "dek": "dek"}
    heads: dict[int, Label] = {}
    for hint in reading.page.hints:
        if hint.kind in kinds and hint.block < start and hint.text and reading.labels[hint.block].kind == "chrome":
            kind = kinds[hint.kind]
            heads.setdefault(hint.block, Label(kind, f"its element says {kind}", hint.source, reading.labels[hint.block].score))
    return heads


def _furniture_fate(node: Any) -> BlockFate:
    reason = {"nav": "navigation", "footer": "footer"}[node.tag]
    return BlockFate(False, "chrome", reason, f"element/{node.tag}", node.tag, clean_lines(node.text(separator="\n")))
