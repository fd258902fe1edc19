"""Parts of the article that read like none: displayed formulas, titles of boxes, whom a quotation is from, what a table shows."""

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from msgspec.structs import replace

from scraper.blocks import Block, Segmentation
from scraper.classify import Label, chars_kept, is_between
from scraper.structure.layout import HEADINGS

_EQUATION = re.compile(r"\(?[\w.]{1,8}\)?")  # its number
_FIGURE_REACH = 6  # containers from a caption up to its figure
_QUOTED_BLOCKS, _SOURCE_CHARS = 8, 200
_JUDGED = "model/chrome"


def keep_formulas(page: Segmentation, labels: list[Label]) -> None:
    """Formulas set apart between two blocks of the article, with or without numbers beside them, are its own."""
    blocks = page.blocks
    shown = {index for index, text in page.formulas if index < len(blocks) and blocks[index].text.rstrip(" .,;") == text}
    start = 0
    for index in sorted(index for index in shown if labels[index].rule == _JUDGED):
        if index < start:
            continue
        start = index
        while start and labels[start - 1].kind != "body" and _is_displayed(blocks[start - 1], shown):
            start -= 1
        end = index + 1
        while end < len(blocks) and labels[end].kind != "body" and _is_displayed(blocks[end], shown):
            end += 1
        if is_between(labels, start, end):
            for formula in shown.intersection(range(start, end)):
                labels[formula] = replace(labels[formula], kind="body", reason="formula in the article", rule="structure/formula")
        start = end


def _is_displayed(block: Block, shown: set[int]) -> bool:
    return block.index in shown or _EQUATION.fullmatch(block.text) is not None


def keep_sources(page: Segmentation, labels: list[Label]) -> None:
    """A quotation that is kept in part, within the article, is kept with whom it is from."""
    for container in [container for container, tag in enumerate(page.tags) if tag == "blockquote"]:
        start, end = page.starts[container], page.ends[container]
        if not 1 < end - start <= _QUOTED_BLOCKS or not is_between(labels, start, end):
            continue
        inside = page.blocks[start:end]
        kept = chars_kept(inside, labels)
        for block in inside if kept else ():
            if labels[block.index].rule == _JUDGED and (len(block.text) <= _SOURCE_CHARS or len(block.text) < kept):
                labels[block.index] = replace(labels[block.index], kind="body", reason="part of a quotation", rule="structure/quotation")


def keep_captions_of_text(page: Segmentation, labels: list[Label]) -> None:
    """What stands below a table, a quotation or a listing in a figure is text of the article, as that is."""
    places = [sorted(picture.block for picture in pictures) for pictures in (page.pictures, page.embeds)]
    seen: set[int] = set()
    for block in page.blocks:
        if labels[block.index].rule != "element/figcaption":
            continue
        figure = page.parents[block.container]
        for _ in range(_FIGURE_REACH):
            if figure < 0 or page.tags[figure] == "figure":
                break
            figure = page.parents[figure]
        if figure < 0 or page.tags[figure] != "figure" or figure in seen:
            continue
        seen.add(figure)
        start, end = page.starts[figure], page.ends[figure]
        if any(bisect_left(blocks, start) < bisect_right(blocks, end) for blocks in places):
            continue
        others = [one for one in page.blocks[start:end] if one.tag != "figcaption"]
        if others and all(labels[one.index].kind == "body" for one in others):
            labels[block.index] = replace(labels[block.index], kind="body", reason="caption of text", rule="structure/caption-of-text")


def drop_controls(page: Segmentation, labels: list[Label]) -> None:
    """A button beside a heading's own text copies its address or closes what is below."""
    seen: dict[int, bool] = {}  # headings: whether they have text of their own
    for block in [block for block in page.blocks if block.tag == "button"]:
        heading = page.parents[block.container]
        if heading < 0 or page.tags[heading] not in HEADINGS:
            continue
        if heading not in seen:
            seen[heading] = any(one.tag != "button" for one in page.blocks[page.starts[heading] : page.ends[heading]])
        if seen[heading]:
            labels[block.index] = replace(labels[block.index], kind="chrome", reason="button of a heading", rule="structure/control")


@lru_cache(maxsize=4096)
def names_title(names: str) -> bool:
    """Whether class names say that an element is the title of a box."""
    return any(word in names.lower() for word in ("title", "heading"))
