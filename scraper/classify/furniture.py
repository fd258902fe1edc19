"""What stands in or beside the article and is told as a whole: links to other stories, side columns, subjects of replies."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from msgspec.structs import replace

from normalise.chrome import match_lines
from scraper.blocks import Block, Segmentation
from scraper.classify import Label
from scraper.metadata.page_article import title_key

_OWN_CHARS = 400  # kept of the page's own article, for anything to stand beside it
_LISTS = frozenset({"ol", "ul"})
_RAIL_BLOCKS = 30
_RAIL_HEADING = 60  # characters
_RAIL_LINKED = {"related": 0.5, "read-more": 0.9}  # of the text below that heading that is links; "More information" heads other text too
_MAIN_SHARE = 0.6  # of all that is kept, in one cell of a table that arranges the page
_SIDE_SHARE = 0.25  # of that, in a cell beside it, over which the cell is a column of the text
_SUBJECT_CHARS = 200


def drop_rails(page: Segmentation, labels: list[Label]) -> None:
    """A box or list of links below a line that says that other stories follow ("Most read") is no text of the article."""
    rails = list(_rails(page, labels))
    headings = match_lines([page.blocks[heading].text for heading, _ in rails])
    kept = sum([len(block.text) for block in page.blocks if labels[block.index].kind == "body"])
    for (_, inside), match in zip(rails, headings, strict=True):
        if match is None or not match.sure or not ((match.ends_article and match.category == "related") or match.category == "read-more"):
            continue
        dropped = [block.index for block in inside if labels[block.index].rule == "model/body"]
        size = sum([len(page.blocks[index].text) for index in dropped])
        linked = sum([block.link_chars for block in inside]) / sum([len(block.text) for block in inside])
        if linked >= _RAIL_LINKED[match.category] and kept - size >= max(_OWN_CHARS, size):
            kept -= size
            for index in dropped:
                labels[index] = replace(labels[index], kind="chrome", reason="link to another story", rule="structure/rail")


def _rails(page: Segmentation, labels: list[Label]) -> Iterator[tuple[int, list[Block]]]:
    """Yield the first line of each short box, or the line above each list, that holds links that are kept; and the blocks below it."""
    blocks, seen = page.blocks, set[int]()
    for link in [block for block in blocks if 2 * block.link_chars >= len(block.text) and labels[block.index].kind == "body"]:
        for container in around(page, link.container):
            if container in seen or page.ends[container] - page.starts[container] > _RAIL_BLOCKS:
                break
            seen.add(container)
            first = page.starts[container] - (page.tags[container] in _LISTS)
            inside = blocks[first + 1 : page.ends[container]]
            if first >= 0 and inside and len(blocks[first].text) <= _RAIL_HEADING:
                yield first, inside


def drop_side_cells(page: Segmentation, labels: list[Label]) -> None:
    """Beside the table cell that holds the article, the cells of the same row are columns of the page."""
    cells = [container for container, tag in enumerate(page.tags) if tag == "td"]
    if not cells:
        return
    told = [0]  # characters kept before each block
    for block in page.blocks:
        told.append(told[-1] + (len(block.text) if labels[block.index].kind == "body" else 0))
    sizes = {cell: told[page.ends[cell]] - told[page.starts[cell]] for cell in cells}
    main = {page.parents[cell]: sizes[cell] for cell in cells if sizes[cell] >= max(_OWN_CHARS, _MAIN_SHARE * told[-1])}
    for cell in cells:
        if 0 < sizes[cell] <= _SIDE_SHARE * main.get(page.parents[cell], 0):
            for block in page.blocks[page.starts[cell] : page.ends[cell]]:
                if labels[block.index].rule == "model/body" and block.tag != "pre":
                    labels[block.index] = replace(
                        labels[block.index], kind="chrome", reason="column beside the article", rule="structure/side"
                    )


def drop_subjects(page: Segmentation, labels: list[Label]) -> None:
    """The subject of a reply only repeats the page's title."""
    if not page.title:
        return
    title = title_key(page.title)
    for block in page.blocks:
        if labels[block.index].rule == "model/body" and ":" in block.text[:8] and len(block.text) <= _SUBJECT_CHARS:
            mark, _, subject = block.text.partition(":")
            key = title_key(subject)
            if key and mark.partition("[")[0].strip().casefold() in _replies() and key in title:
                labels[block.index] = replace(labels[block.index], kind="chrome", reason="subject of a reply", rule="structure/subject")


def around(page: Segmentation, container: int) -> list[int]:
    """Return a container and those around it, the innermost first."""
    found = []
    while container >= 0:
        found.append(container)
        container = page.parents[container]
    return found


@cache
def _replies() -> frozenset[str]:
    """Return what programs set before the subject of a reply."""
    return frozenset(tomllib.loads((files("scraper") / "data" / "subjects.toml").read_text("utf-8"))["replies"])
