"""A label and a reason for each block of an HTML page: the model's judgement, then rules where structure or words are certain."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from normalise.chrome import ChromeMatch, closing_call, judge, match_asks, match_chrome, match_lines
from normalise.text import STOPS
from scraper.blocks import Block, Segmentation
from scraper.credits import is_credit_line, may_be_credit_line
from scraper.walk.elements import HEADINGS

KEPT = 500  # per mille: a block is body from here on
STRIP, KEEP = "data-clip-strip", "data-clip-keep"  # attributes that scraper.classify.rules sets on what the user's selectors match

_PHRASE_CHARS = 600  # a longer block is prose, whatever it says
_PROSE_CHARS = 80
_RUN = 4  # blocks of text directly in one element
_RUN_SHARE = 0.7  # of such a run's characters that are judged body, for the rest to be
_SENTENCE = 15  # characters, of the scripts that take fewest
QUOTES = "\"'”’»)」』"  # what may close a sentence behind its stop
_CELLS = frozenset({"td", "th"})
_NO_ASKS = _CELLS | {"h1", "pre"}
NO_CREDITS = HEADINGS | _CELLS | {"dd", "dt", "li", "pre"}  # "Photographer: …" in one is a fact
# Why a block that the model rejects is no body, said in the words of its surroundings; the first that fits.
_ELEMENTS = {
    "nav": "navigation",
    "aside": "aside",
    "footer": "footer",
    "header": "page header",
    "form": "form",
    "dialog": "dialog",
    "button": "button",
}
_NAMES = {
    "comment": "reader comments",
    "related": "related stories",
    "recommend": "related stories",
    "share": "share bar",
    "social": "share bar",
    "newsletter": "newsletter box",
    "subscribe": "newsletter box",
    "cookie": "consent notice",
    "consent": "consent notice",
    "breadcrumb": "breadcrumb",
    "sidebar": "sidebar",
    "menu": "navigation",
    "promo": "promotion",
    "advert": "advertisement",
    "author": "about the author",
    "tag": "tag list",
    "caption": "caption",
}


class Label(msgspec.Struct, frozen=True, gc=False):
    """What a block is: "body", "headline", "caption" or "chrome"; why, by which rule, and its score per mille."""

    kind: str
    reason: str
    rule: str
    score: int


def classify(page: Segmentation, scores: Sequence[int], *, phrases: tuple[str, ...] = ()) -> list[Label]:
    """Return one label per block from the model's `scores`; `phrases` are the user's own chrome."""
    labels = [_LABELS[score] for score in scores]
    _keep_runs(page.blocks, labels)
    _drop_hidden(page, labels)
    drop_own(page.blocks, labels, phrases)
    _drop_asks(page.blocks, labels)
    _drop_phrases(page, labels)
    _set_captions(page, labels)
    return labels


_BODY = Label("body", "reads like the article", "model/body", 0)
_CHROME = Label("chrome", "does not read like the article", "model/chrome", 0)
_LABELS = [replace(_BODY if score >= KEPT else _CHROME, score=score) for score in range(1001)]  # shared, as making them is dear


def is_between(labels: Sequence[Label], start: int, end: int) -> bool:
    """Whether the blocks from `start` to `end` have blocks of the article right before and behind them; captions do not count."""
    while start > 0 and labels[start - 1].kind == "caption":
        start -= 1
    while end < len(labels) and labels[end].kind == "caption":
        end += 1
    return start > 0 and end < len(labels) and labels[start - 1].kind == labels[end].kind == "body"


def is_unlinked_between(page: Segmentation, labels: Sequence[Label], start: int, end: int) -> bool:
    """Whether some blocks without links stand inside the article."""
    return is_between(labels, start, end) and not any(block.link_chars for block in page.blocks[start:end])


def chars_kept(blocks: Iterable[Block], labels: Sequence[Label]) -> int:
    """Return how many characters of some blocks are body."""
    return sum([len(block.text) for block in blocks if labels[block.index].kind == "body"])


def _keep_runs(blocks: list[Block], labels: list[Label]) -> None:
    """Keep the sentences and bold headings of an element whose own text, in lines apart by `<br>`, is the article's."""
    holders = [block.container for block in blocks]
    runs: dict[int, list[Block]] = {holder: [] for holder, count in Counter(holders).items() if count >= _RUN and holder >= 0}
    if not runs:
        return
    for block, holder in zip(blocks, holders, strict=True):
        if holder in runs:
            runs[holder].append(block)
    for run in runs.values():
        kept = [block for block in run if labels[block.index].kind == "body"]
        if sum(len(block.text) for block in kept) < _RUN_SHARE * sum(len(block.text) for block in run):
            continue
        for block in run:
            if labels[block.index].kind == "chrome" and not block.link_chars and block.index > kept[0].index:
                heading = block.bold_chars >= len(block.text) and block.index < kept[-1].index
                if heading or (len(block.text) >= _SENTENCE and block.text.rstrip(QUOTES)[-1:] in STOPS):
                    labels[block.index] = Label("body", "a line of the article's text", "element/run", labels[block.index].score)


def _drop_hidden(page: Segmentation, labels: list[Label]) -> None:
    """Hidden text goes, unless it is most of the body: then a script reveals it."""
    unseen = {index for at in page.hidden for index in range(page.starts[at], page.ends[at]) if labels[index].kind == "body"}
    if not unseen:
        return
    inside = sum(len(block.text) for block in page.blocks if labels[block.index].kind == "body")
    if 2 * sum(len(page.blocks[index].text) for index in unseen) < inside:
        for index in unseen:
            labels[index] = Label("chrome", "hidden from readers", "element/hidden", labels[index].score)


def drop_own(blocks: list[Block], labels: list[Label], phrases: tuple[str, ...]) -> None:
    """Label the lines of chrome that the user names: whole lines, whatever their case and white space."""
    own = {" ".join(phrase.casefold().split()) for phrase in phrases}
    for block in blocks if own else ():
        line = " ".join(block.text.casefold().split())
        if line in own:
            labels[block.index] = Label("chrome", "a phrase of the user's rules", f"user/phrase/{line}", 0)


def _drop_phrases(page: Segmentation, labels: list[Label]) -> None:
    blocks = page.blocks
    kept = [block for block, label in zip(blocks, labels, strict=True) if label.kind == "body"]
    prose_follows = text_follows = False
    for block, match in zip(reversed(kept), reversed(match_lines([block.text for block in kept])), strict=True):
        size = len(block.text)
        if match is not None:
            match = judge(match, _tag(page, block), block.link_chars / size)
        elif not prose_follows and block.tag != "h1":
            match = closing_call(block.text)
        if match is not None and not match.sure and block.tag in HEADINGS and (not text_follows or _heads_nothing(page, labels, block)):
            match = match._replace(sure=True)  # a heading of nothing says what weak evidence says
        if match is not None and match.sure and not (match.at_end and prose_follows):
            if match.start == 0:
                labels[block.index] = Label("chrome", match.reason, match.rule, 0)
                continue
            cut_call(blocks, labels, block.index, match)
        text_follows = True
        prose_follows = prose_follows or (size >= _PROSE_CHARS and block.tag not in HEADINGS)


def _heads_nothing(page: Segmentation, labels: list[Label], heading: Block) -> bool:
    """Whether a heading begins a box of which nothing else is kept."""
    container = heading.container
    while container >= 0 and page.ends[container] - page.starts[container] == 1:
        container = page.parents[container]
    if container < 0 or page.starts[container] != heading.index:
        return False
    return all(label.kind != "body" for label in labels[heading.index + 1 : page.ends[container]])


def _tag(page: Segmentation, block: Block) -> str:
    """Return the tag of a block, or of the table's cell that holds nothing else."""
    container = block.container
    while container >= 0 and page.ends[container] - page.starts[container] == 1:
        if page.tags[container] in _CELLS:
            return page.tags[container]
        container = page.parents[container]
    return block.tag


def _drop_asks(blocks: list[Block], labels: list[Label]) -> None:
    """Drop short blocks that ask the reader to follow a link: to a newsletter, to a channel."""
    linked = [block for block in blocks if block.link_chars and labels[block.index].kind == "body" and block.tag not in _NO_ASKS]
    for block, match in zip(linked, match_asks([block.text for block in linked]), strict=True):
        if match is not None:
            labels[block.index] = Label("chrome", match.reason, match.rule, 0)


def cut_call(blocks: list[Block], labels: list[Label], index: int, match: ChromeMatch) -> None:
    """Shorten a block by the call to the reader that it ends in. The call becomes a block of its own behind all others, in no container."""
    block = blocks[index]
    call, block.text = block.text[match.start :], block.text[: match.start].rstrip()
    block.link_chars, block.bold_chars = min(block.link_chars, len(block.text)), min(block.bold_chars, len(block.text))
    blocks.append(Block(len(blocks), call, block.tag))
    labels.append(Label("chrome", match.reason, match.rule, 0))


def _set_captions(page: Segmentation, labels: list[Label]) -> None:
    pictures = {picture.block for picture in page.pictures}
    for block, label in zip(page.blocks, labels, strict=True):
        if block.tag == "figcaption":
            labels[block.index] = Label("caption", "caption of a figure", "element/figcaption", label.score)
        elif label.kind == "body" and may_be_credit_line(block.text) and block.tag not in NO_CREDITS:
            at = block.index
            if is_credit_line(block.text, by_picture=not pictures.isdisjoint((at - 1, at, at + 1))):
                labels[at] = Label("caption", "credit of a picture", "words/credit", label.score)


def obey(page: Segmentation, labels: list[Label]) -> None:
    """Label what the user's own selectors have marked: they have the last word."""
    for container, attributes in enumerate(page.attributes):
        if attributes and (STRIP in attributes or KEEP in attributes):
            kind, key = ("body", KEEP) if KEEP in attributes else ("chrome", STRIP)
            label = Label(kind, "a selector of the user's rules", f"user/selector/{attributes[key]}", 1000)
            labels[page.starts[container] : page.ends[container]] = [label] * (page.ends[container] - page.starts[container])


def explain_chrome(page: Segmentation, block: Block, label: Label) -> Label:
    """Return `label` with the reason a reader would give, where words or surroundings give one. Asked for on request only."""
    if label.rule != _CHROME.rule:
        return label
    size = len(block.text)
    match = match_chrome(block.text, tag=block.tag, link_share=block.link_chars / size) if size <= _PHRASE_CHARS else None
    if match is not None and match.start == 0:
        return replace(label, reason=match.reason, rule=match.rule)
    container = block.container
    while container >= 0:
        tag = page.tags[container]
        if tag in _ELEMENTS:
            return replace(label, reason=_ELEMENTS[tag], rule=f"element/{tag}")
        names = f"{page.attributes[container].get('class') or ''} {page.attributes[container].get('id') or ''}".lower()
        found = next((name for name in _NAMES if name in names), None) if names != " " else None
        if found is not None and container > 1:  # <html> and <body> name the theme, not the block
            return replace(label, reason=_NAMES[found], rule=f"class/{found}")
        container = page.parents[container]
    if 2 * block.link_chars > size:
        return replace(label, reason="mostly links", rule="shape/links")
    return label
