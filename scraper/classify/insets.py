"""Headings and lists inside the article's text, which the model rejects because they read like none."""

import re

from msgspec.structs import replace

from normalise.byline import has_date, opens_byline
from normalise.chrome import match_chrome
from scraper.blocks import Block, Segmentation
from scraper.classify import Label, chars_kept, is_between
from scraper.classify.parts import names_title
from scraper.structure.layout import HEADINGS

_INSETS = frozenset({"dl", "h1", "h2", "h3", "ol", "ul"})
_LISTS = frozenset({"ol", "ul"})
_JUDGED = {"model/body", "model/chrome"}
_INSET_SHARE = 0.9  # of the text around one inside its element that is kept
_INSET_SCORE = 50  # per mille, under which the model is sure: a list that only gives the author
_EDGE_SCORE = 100  # per mille, of one that its element begins or ends with
_TITLE_CHARS = 60
_SCRIPT_CHARS = 300  # of the longest block kept, that tell the article's script
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u036f\u1e00-\u1eff]")


def keep_insets(page: Segmentation, labels: list[Label]) -> None:
    """Headings and lists without links, rejected, are the article's where all that stands around them is.

    At the edge of its element a heading may be that of another part, and a list may give the author and the day.
    """
    insets = _insets(page, labels)
    if not insets:
        return
    passed = _words_of_the_program(page, labels)
    beside = passed.union(*(range(start, end) for start, end, _ in insets))
    for start, end, above in insets:
        before, behind = start - 1, end
        while before in beside:
            before -= 1
        while behind in beside:
            behind += 1
        inset = range(start, end)
        if not is_between(labels, before + 1, behind) or not _is_surrounded(page, labels, inset, above, passed):
            continue
        at_edge = _is_at_edge(page, inset, above)
        if max([label.score for label in labels[start:end]]) < (_EDGE_SCORE if at_edge else _INSET_SCORE):
            continue
        blocks = page.blocks[start:end]
        if at_edge and (blocks[0].tag in HEADINGS or any(has_date(block.text) or opens_byline(block.text) for block in blocks)):
            continue
        if not any(match_chrome(block.text, tag=block.tag) for block in blocks):
            for index in [index for index in inset if labels[index].kind != "body"]:
                labels[index] = replace(labels[index], kind="body", reason="stands inside the article's text", rule="structure/inset")


def _words_of_the_program(page: Segmentation, labels: list[Label]) -> frozenset[int]:
    """Return the rejected blocks that are buttons, or in Latin letters on a page whose article is in another script."""
    longest = max([block.text for block in page.blocks if labels[block.index].kind == "body"], key=len)[:_SCRIPT_CHARS]
    if longest.isascii() or 3 * len(_NOT_LATIN.findall(longest)) < len(longest):
        return frozenset([block.index for block in page.blocks if block.tag == "button" and labels[block.index].kind != "body"])
    others = [block for block in page.blocks if labels[block.index].kind != "body"]
    return frozenset([block.index for block in others if block.tag == "button" or not _NOT_LATIN.search(block.text)])


def _insets(page: Segmentation, labels: list[Label]) -> list[tuple[int, int, int]]:
    """Return the blocks, from start to end, of the rejected insets and of lists rejected in part, within the article and without links, and
    the container that holds them; neighbours are one.
    """
    kept = [label.kind == "body" for label in labels]
    if True not in kept:
        return []
    first, last = kept.index(True), len(kept) - kept[::-1].index(True)
    starts, ends, blocks = page.starts, page.ends, page.blocks
    runs: list[tuple[int, int, int]] = []
    insets = [container for container, tag in enumerate(page.tags) if tag in _INSETS and first < starts[container] < last]
    titles = [block.container for block in blocks[first:last] if _is_title(page, labels, block)]
    for container in sorted({*insets, *titles}) if titles else insets:
        start, end, above = starts[container], ends[container], page.parents[container]
        if start >= end or blocks[start].link_chars:
            continue
        rules = {label.rule for label in labels[start:end]}
        if "model/chrome" not in rules or rules - (_JUDGED if page.tags[container] in _LISTS else {"model/chrome"}):
            continue
        if any(block.link_chars for block in blocks[start:end]):
            continue
        if runs and runs[-1][1:] == (start, above):
            runs[-1] = (runs[-1][0], end, above)
        else:
            runs.append((start, end, above))
    return runs


def _is_title(page: Segmentation, labels: list[Label], block: Block) -> bool:
    """Whether a rejected line is the title of a box in the text, or a heading, by its element's role or class."""
    if labels[block.index].rule != "model/chrome" or block.link_chars or len(block.text) > _TITLE_CHARS or block.container < 0:
        return False
    names = page.classes[block.container]
    return (names is not None and names_title(names)) or page.attributes[block.container].get("role") == "heading"


def _is_at_edge(page: Segmentation, inset: range, above: int) -> bool:
    """Whether the innermost element that holds more than an inset begins or ends with it."""
    while above >= 0 and page.ends[above] - page.starts[above] == len(inset):
        above = page.parents[above]
    return above >= 0 and (page.starts[above] == inset.start or page.ends[above] == inset.stop)


def _is_surrounded(page: Segmentation, labels: list[Label], inset: range, above: int, passed: frozenset[int]) -> bool:
    """Whether nearly all text around an inset is kept, in the innermost element around it (from `above` on) that has text on both sides."""
    while above >= 0 and not page.starts[above] < inset.start < inset.stop < page.ends[above]:
        above = page.parents[above]
    if above < 0:
        return False
    others = [*page.blocks[page.starts[above] : inset.start], *page.blocks[inset.stop : page.ends[above]]]
    around = [block for block in others if block.index not in passed]
    kept = chars_kept(around, labels)
    return kept >= _INSET_SHARE * sum([len(block.text) for block in around])
