"""What is body or chrome only as a whole: a table, a question and its answer, a list in the text, a teaser, the next article on a page."""

from bisect import bisect_left

from msgspec.structs import replace

from normalise.article import Kind
from normalise.text import STOPS
from scraper.blocks import Segmentation
from scraper.classify import KEPT, NO_CREDITS, QUOTES, Label, chars_kept, is_unlinked_between
from scraper.classify.boxes import drop_calls, drop_layers, drop_others
from scraper.classify.furniture import (
    drop_around,
    drop_cards,
    drop_colophon,
    drop_dated_links,
    drop_last_heading,
    drop_link_rows,
    drop_rails,
    drop_side_cells,
    drop_subjects,
)
from scraper.classify.insets import keep_insets
from scraper.classify.listings import judge_listings
from scraper.classify.parts import drop_controls, keep_captions_of_text, keep_formulas, keep_sources
from scraper.classify.posts import drop_accounts
from scraper.classify.shelves import drop_shelves
from scraper.credits import may_credit, split_credit
from scraper.metadata.page_article import title_key
from scraper.structure.layout import HEADINGS, Layout
from scraper.structure.notes import note_blocks

_PROSE = frozenset({"article", "documentation", "service"})  # elsewhere tables arrange entries, posts and wares
_TERM_SCORE = 50  # per mille, under which the model is sure
_SHOPS = frozenset({"collection", "listing", "product"})
_TOGGLES = frozenset({"button", "summary"})
_OWN_CHARS = 400  # kept of the page's own article, under which its <article> may be no more than its head
_CAPTION_CHARS = 300
_GALLERY = 5  # captions …
_GALLERY_CHARS = 40  # … of a sentence each …
_GALLERY_SHARE = 3  # … that say this many times what else is kept: they are the article
_TEASERS = frozenset({"article", "div", "li", "section", "td"})
_PARAGRAPH_CHARS = 200  # outside links, of a service's paragraph
_PROSE_CHARS = 80  # of a block that ends the article
_TEASER_ROW = 3  # teasers side by side
_TEASER_BLOCKS, _TEASER_CHARS = range(2, 9), 600
_TEASER_SHARE = 0.7  # of the elements side by side, for them to be teasers
_OWN_SHARE = 0.5  # of what is kept of teasers, under which the page is a list of them
_TEASER_HEADED = 0.2  # of the teasers' headlines, over which their texts are the article's: a list of books, of places


def judge_wholes(page: Segmentation, labels: list[Label], kind: Kind, layout: Layout) -> None:
    """Change the labels of blocks that the model judged one by one."""
    drop_subjects(page, labels)
    if page.notes:
        _keep_notes(page, labels)
    if kind in _PROSE:
        _keep_panels(page, labels)
        if "table" in page.tags:
            _judge_tables(page, labels, layout)
        keep_insets(page, labels)
        if page.formulas:
            keep_formulas(page, labels)
        if "blockquote" in page.tags:
            keep_sources(page, labels)
        if "figcaption" in page.tags:
            keep_captions_of_text(page, labels)
    if kind == "service":
        _keep_paragraphs(page, labels)
    if kind == "documentation" and "dt" in page.tags:
        _keep_terms(page, labels)
    if not _TOGGLES.isdisjoint(page.tags):
        drop_controls(page, labels)
        _keep_questions(page, labels)
    drop_layers(page, labels)
    drop_around(page, labels)
    if kind == "article":
        drop_calls(page, labels)
        drop_cards(page, labels)
        drop_rails(page, labels)
        drop_dated_links(page, labels)
        drop_side_cells(page, labels)
        drop_colophon(page, labels)
        drop_link_rows(page, labels)
        _drop_teasers(page, labels)
        _set_captions(page, labels)
        _keep_captions(page, labels)
        if page.tags.count("h1") > 1:
            _drop_next(page, labels)
    elif kind in _SHOPS:
        drop_others(page, labels)
        drop_shelves(page, labels)
    elif kind == "service":
        drop_others(page, labels)
    elif kind == "forum":
        drop_accounts(page, labels)
    if "pre" in page.tags:
        judge_listings(page, labels)
    if kind == "article":
        drop_last_heading(page, labels)


def _keep_panels(page: Segmentation, labels: list[Label]) -> None:
    """What a reader opens with a tab or a button that names it is hidden only until then: the model's word on it holds."""
    attributes = page.attributes
    panels = [container for container in page.hidden if "id" in attributes[container] or "role" in attributes[container]]
    if not panels:
        return
    controlled = {name for own in attributes if (names := own.get("aria-controls")) for name in names.split()}
    for container in panels:
        if attributes[container].get("role") == "tabpanel" or attributes[container].get("id") in controlled:
            for index in range(page.starts[container], page.ends[container]):
                label = labels[index]
                if label.rule == "element/hidden" and label.score >= KEPT:
                    labels[index] = replace(label, kind="body", reason="shown by a control of the page", rule="structure/panel")


def _keep_paragraphs(page: Segmentation, labels: list[Label]) -> None:
    """A service tells of itself in boxes of many shapes: a paragraph between the first block kept and the last is its own."""
    kept = [block.index for block in page.blocks if labels[block.index].kind == "body"]
    for block in page.blocks[kept[0] : kept[-1]] if kept else ():
        label = labels[block.index]
        own = len(block.text) - block.link_chars >= _PARAGRAPH_CHARS and block.text.rstrip(QUOTES)[-1:] in STOPS
        if own and label.rule == "model/chrome":
            labels[block.index] = replace(label, kind="body", reason="a paragraph in the text", rule="structure/paragraph")


def _keep_notes(page: Segmentation, labels: list[Label]) -> None:
    """A note that the article's text refers to is the article's, and so is the heading above its notes."""
    unseen = {index for at in page.hidden for index in range(page.starts[at], page.ends[at])}
    for number, inside in note_blocks(page):
        note = page.notes[number]
        if labels[note.block].kind != "body":
            continue
        kept = [index for index in inside if labels[index].rule == "model/chrome" and index not in unseen]
        above = inside.start - 1
        if (kept or labels[inside.start].kind == "body") and labels[above].rule == "model/chrome" and page.blocks[above].tag in HEADINGS:
            kept.append(above)
        for index in kept:
            labels[index] = replace(labels[index], kind="body", reason="note to the article's text", rule="structure/note")


def _judge_tables(page: Segmentation, labels: list[Label], layout: Layout) -> None:
    """A table of data is kept or not as most of its text is: half of its cells say nothing. One without links between two blocks of the
    article is the article's.
    """
    for container, tag in enumerate(page.tags):
        if tag != "table":
            continue
        cells = page.blocks[page.starts[container] : page.ends[container]]
        size = sum([len(block.text) for block in cells])
        kept = chars_kept(cells, labels)
        between = kept < size and is_unlinked_between(page, labels, page.starts[container], page.ends[container])
        if (between or 0 < kept < size) and layout.is_data(container):
            kind, place = ("body", "in") if between or 2 * kept >= size else ("chrome", "beside")
            for block in cells:
                label = labels[block.index]
                if label.kind != kind and label.rule.startswith("model/"):
                    labels[block.index] = replace(label, kind=kind, reason=f"cell of a table {place} the article", rule="structure/table")


def _keep_terms(page: Segmentation, labels: list[Label]) -> None:
    """A term of documentation is kept with what is kept of its definition: a function's signature reads like no sentence."""
    for block in [block for block in page.blocks[:-1] if block.tag == "dt" and not block.link_chars]:
        label = labels[block.index]
        if label.rule == "model/chrome" and label.score >= _TERM_SCORE and labels[block.index + 1].kind == "body":
            labels[block.index] = replace(label, kind="body", reason="term of a definition", rule="structure/term")


def _keep_questions(page: Segmentation, labels: list[Label]) -> None:
    """A heading that opens and closes the text below it is kept with that text."""
    for block in [block for block in page.blocks[:-1] if block.tag in _TOGGLES]:
        index = block.index
        if labels[index].rule != "model/chrome" or labels[index + 1].kind != "body":
            continue
        above = page.parents[block.container]
        if block.tag == "summary" or (above >= 0 and page.tags[above] in HEADINGS):
            labels[index] = replace(labels[index], kind="body", reason="opens text of the article", rule="structure/question")


def _drop_next(page: Segmentation, labels: list[Label]) -> None:
    """What scrolling on would show goes: behind the article whose h1 the page is named after, another with an h1 of its own."""
    title = title_key(page.title or "")
    headlines = [container for container, tag in enumerate(page.tags) if tag == "h1"]
    texts = [" ".join([block.text for block in page.blocks[page.starts[h1] : page.ends[h1]]]) for h1 in headlines]
    keys = dict(zip(headlines, map(title_key, texts), strict=True))
    named = [h1 for h1 in headlines if keys[h1] in title]
    if not title or not named:
        return
    main = max(named, key=lambda h1: len(keys[h1]))  # the site's name may be an h1, and stand in the title too
    own = _around(page, main)
    for h1 in headlines:
        found = _alike(page, own, _around(page, h1)) if h1 > main and h1 not in named else None
        if found is not None:
            first, following = found
            inside = page.blocks[page.starts[first] : min(page.ends[first], page.starts[following])]
            if chars_kept(inside, labels) >= _OWN_CHARS:
                _drop(labels, range(page.starts[following], page.ends[following]))


def _drop_teasers(page: Segmentation, labels: list[Label]) -> None:
    """Of elements side by side below the article, each with a linked headline that the model rejects, the texts are no body either."""
    blocks = page.blocks
    headlines = [
        block.index for block in blocks if block.tag in HEADINGS and block.tag != "h1" and 10 * block.link_chars >= 9 * len(block.text)
    ]
    if len(headlines) < _TEASER_ROW:
        return
    rows: dict[tuple[int, str], list[int]] = {}
    for container, tag in enumerate(page.tags):
        if tag in _TEASERS and page.ends[container] - page.starts[container] in _TEASER_BLOCKS:
            rows.setdefault((page.parents[container], tag), []).append(container)
    inside: set[int] = set()
    for row in rows.values():
        if len(row) >= _TEASER_ROW:
            inside.update(_teasers(page, labels, row, headlines))
    own = [block for block in blocks if labels[block.index].kind == "body" and block.index not in inside]
    end = max([block.index for block in own if len(block.text) >= _PROSE_CHARS], default=-1)
    kept = [index for index in inside if index > end and labels[index].rule == "model/body"]
    told = sum([len(blocks[index].text) for index in kept])
    if sum([len(block.text) for block in own]) >= max(_OWN_CHARS, _OWN_SHARE * told):
        for index in kept:
            labels[index] = replace(labels[index], kind="chrome", reason="teaser of another article", rule="structure/teaser")


def _teasers(page: Segmentation, labels: list[Label], row: list[int], headlines: list[int]) -> list[int]:
    """Return the blocks of the teasers in a row of like elements; none where they are few of it or their headlines are kept."""
    found: list[int] = []
    teasers = headed = 0
    for container in row:
        start, end = page.starts[container], page.ends[container]
        at = bisect_left(headlines, start)
        if at < len(headlines) and headlines[at] < end and sum([len(block.text) for block in page.blocks[start:end]]) <= _TEASER_CHARS:
            teasers += 1
            headed += labels[headlines[at]].kind == "body"
            found.extend(range(start, end))
    is_row = teasers >= max(_TEASER_ROW, _TEASER_SHARE * len(row)) and headed <= _TEASER_HEADED * teasers
    return found if is_row else []


def _set_captions(page: Segmentation, labels: list[Label]) -> None:
    """A line right below a picture that ends in its credit is its caption."""
    for at in {picture.block for picture in page.pictures if picture.block < len(page.blocks)}:
        block = page.blocks[at]
        if labels[at].rule != "model/body" or block.tag in NO_CREDITS or len(block.text) > _CAPTION_CHARS:
            continue
        if "/" in block.text or may_credit(block.text):
            caption, credit = split_credit(block.text)
            if caption and credit:
                labels[at] = replace(labels[at], kind="caption", reason="caption of a picture", rule="structure/caption")


def _keep_captions(page: Segmentation, labels: list[Label]) -> None:
    """The captions of a gallery, without what credits the pictures, are its article's text."""
    captions = [block for block in page.blocks if block.tag == "figcaption" and not block.link_chars and len(block.text) >= _GALLERY_CHARS]
    if len(captions) < _GALLERY:
        return
    kept = chars_kept(page.blocks, labels)
    if sum([len(block.text) for block in captions]) > _GALLERY_SHARE * kept:
        for block in captions:
            if labels[block.index].rule == "element/figcaption":
                labels[block.index] = replace(labels[block.index], kind="body", reason="caption of a gallery", rule="structure/gallery")
                caption, credit = split_credit(block.text)
                if credit and caption and block.text.startswith(caption):
                    block.text = caption


def _around(page: Segmentation, container: int) -> list[int]:
    """Return a container and those around it, the innermost first."""
    found = []
    while container >= 0:
        found.append(container)
        container = page.parents[container]
    return found


def _alike(page: Segmentation, own: list[int], other: list[int]) -> tuple[int, int] | None:
    """Return the containers of two headlines' articles: each in an <article>, or in neighbours of one class; None where they are in one."""
    shared = frozenset(own)
    article = next((container for container in other if page.tags[container] == "article"), None)
    first = next((container for container in own if page.tags[container] == "article"), None)
    if article is not None and first is not None and article not in shared:
        return first, article
    at = next((at for at, container in enumerate(other) if container in shared), 0)
    beside = own.index(other[at]) if at else 0
    if not beside:
        return None
    first, following = own[beside - 1], other[at - 1]
    return (first, following) if page.classes[first] and page.classes[first] == page.classes[following] else None


def _drop(labels: list[Label], indexes: range) -> None:
    for index in indexes:
        if labels[index].rule == "model/body":
            labels[index] = replace(labels[index], kind="chrome", reason="another article", rule="structure/next")
