"""What stands in or beside the article and is told as a whole: links to other stories, side columns, subjects, colophons, last headings."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from normalise.byline import has_date
from normalise.chrome import ChromeMatch, match_lines
from normalise.text import STOPS, letters
from scraper.blocks import Block, Segmentation
from scraper.classify import Label
from scraper.classify.lists import words_of
from scraper.metadata.page_article import title_key
from scraper.structure.layout import HEADINGS

_OWN_CHARS = 400  # kept of the page's own article, for anything to stand beside it
_LISTS = frozenset({"ol", "ul"})
_DAY, _DAY_CHARS = 6, 30  # characters of a day beside a link, and of what may be with it
_ITEMS = frozenset({"li", "tr"})
_LISTED = _LISTS | {"table"}
_RAIL_BLOCKS = 30
_RAIL_HEADING, _RAIL_LINE = 90, 300  # characters of its heading, of a line in it
_RAIL_LINKS = 3  # blocks
_ALL_LINKED = 0.9  # of a text's characters that are links
_BOXES, _BOX_CHARS = frozenset({"comment-prompt", "imprint", "newsletter"}), 1200
_TEASER_CHARS = 200  # outside links, of a block below the headline of another story
_PROSE_CHARS = 80  # of a block of the article
_MAIN_SHARE = 0.6  # of all that is kept, in one cell of a table that arranges the page
_SIDE_SHARE = 0.25  # of that, in a cell beside it, over which the cell is a column of the text
_COLON = re.compile("[:：]")
_COLOPHON_LINES, _LABEL_CHARS, _TITLE_LETTERS = 12, 30, 10
_CARDS, _CARD_BLOCKS = 2, 6
_ROW_CHARS = 300
_ROW_MARKS = frozenset(" \n[]|·•<>«»‹›←→/:–—-")
_NO_ROWS = frozenset((*HEADINGS, "li"))
_AWAY = (">>", "»»")  # before the headline of another story
_BETWEEN = re.compile(r"\*\*\* ?(START|END) OF (?:THE|THIS) .{1,300}?\*\*\*", re.DOTALL)
_SUBJECT_CHARS, _REPLY_CHARS = 200, 8


def drop_rails(page: Segmentation, labels: list[Label]) -> None:
    """A box or list below a line that says what it holds is no text of the article: links to other stories ("Most read"), a newsletter,
    a journal's word of its authors.
    """
    blocks = page.blocks
    kept = [block for block in blocks if labels[block.index].kind == "body"]
    own = sum([len(block.text) for block in kept])
    last = max([block.index for block in kept if len(block.text) >= _PROSE_CHARS], default=-1)
    boxes = list(_boxes(page, kept))
    for (first, end), match in zip(boxes, match_lines([blocks[first].text for first, _ in boxes]), strict=True):
        headed = match is not None and match.category in _BOXES and blocks[first].tag in HEADINGS
        inside = blocks[first + (not headed) : end]
        if match is None or not (match.sure or headed) or not _is_rail(match, inside, at_end=end > last):
            continue
        if match.category not in _BOXES:  # a sentence before the first link may introduce it
            inside = inside[next((at for at, block in enumerate(inside) if _is_link(block)), len(inside)) :]
        dropped = [block for block in inside if labels[block.index].rule == "model/body"]
        size = sum([len(block.text) for block in dropped])
        if own - size >= max(_OWN_CHARS, size):
            own -= size
            for block in dropped:
                labels[block.index] = replace(labels[block.index], kind="chrome", reason=match.reason, rule="structure/rail")


def _boxes(page: Segmentation, kept: list[Block]) -> Iterator[tuple[int, int]]:
    """Yield the range of each short box, or list with the line above it, of which something is kept and that a heading may begin."""
    parents, starts, ends = page.parents, page.starts, page.ends
    seen = set[int]()
    for block in kept:
        container = block.container if len(block.text) <= _RAIL_LINE else -1
        while container >= 0 and container not in seen and ends[container] - starts[container] <= _RAIL_BLOCKS:
            seen.add(container)
            first = starts[container]
            if page.tags[container] in _LISTS and _is_alone(page, first - 1):
                first -= 1
            if 0 <= first < ends[container] - 1 and len(page.blocks[first].text) <= _RAIL_HEADING:
                yield first, ends[container]
            container = parents[container]


def _is_alone(page: Segmentation, line: int) -> bool:
    """Whether no box of other blocks ends in a line: below such a box, what follows is none of it."""
    container = page.blocks[line].container if line >= 0 else -1
    while container >= 0 and page.ends[container] == line + 1:
        if page.starts[container] < line:
            return False
        container = page.parents[container]
    return line >= 0


def _is_rail(heading: ChromeMatch, inside: list[Block], *, at_end: bool) -> bool:
    """Whether what stands below a heading is what it says. `at_end`: no prose of the article follows."""
    size = sum([len(block.text) for block in inside])
    linked = sum([block.link_chars for block in inside])
    if heading.category in _BOXES:
        return size <= _BOX_CHARS
    if heading.category == "read-more":  # "More information" heads other text too
        return linked >= _ALL_LINKED * size
    if (
        heading.category != "related"
        or not heading.ends_article
        or any(len(block.text) - block.link_chars > _TEASER_CHARS for block in inside)
    ):
        return False
    return 2 * linked >= size or (at_end and sum(map(_is_link, inside)) >= _RAIL_LINKS)


def _is_link(block: Block) -> bool:
    return block.link_chars >= _ALL_LINKED * len(block.text)


def drop_dated_links(page: Segmentation, labels: list[Label]) -> None:
    """A list or table below the article whose every row is a link and a day lists other pages."""
    last = max([block.index for block in page.blocks if labels[block.index].kind == "body" and _is_prose(block)], default=-1)
    for container in [at for at, tag in enumerate(page.tags) if tag in _LISTED and page.starts[at] > last >= 0]:
        rows = _rows(page, container)
        if len(rows) >= _RAIL_LINKS and all(map(_is_dated_link, rows)):
            for block in [block for row in rows for block in row if labels[block.index].kind == "body"]:
                labels[block.index] = replace(
                    labels[block.index], kind="chrome", reason="list of other pages", rule="structure/dated-links"
                )


def _is_prose(block: Block) -> bool:
    return len(block.text) - block.link_chars >= _PROSE_CHARS


def _rows(page: Segmentation, container: int) -> list[list[Block]]:
    """Return the blocks of each row of a table, or item of a list, without those of none."""
    rows: dict[int, list[Block]] = {}
    for block in page.blocks[page.starts[container] : page.ends[container]]:
        at = block.container
        while at > container and page.tags[at] not in _ITEMS:
            at = page.parents[at]
        rows.setdefault(at, []).append(block)
    return [row for at, row in rows.items() if at != container]


def _is_dated_link(row: list[Block]) -> bool:
    outside = sum([len(block.text) - block.link_chars for block in row])
    return any(block.link_chars for block in row) and _DAY <= outside <= _DAY_CHARS and any(has_date(block.text) for block in row)


def drop_cards(page: Segmentation, labels: list[Label]) -> None:
    """A box in the text that begins with a linked headline and ends in a link to read on is about another page; many of them are a list."""
    blocks, parents, starts, ends = page.blocks, page.parents, page.starts, page.ends
    boxes = dict[int, list[Block]]()
    kept = [block for block in blocks if labels[block.index].rule == "model/body"]
    for block in [block for block in kept if len(block.text) <= _RAIL_LINE]:
        container = block.container
        while container >= 0 and ends[container] - starts[container] <= _CARD_BLOCKS:
            first, last = blocks[starts[container]], blocks[ends[container] - 1]
            if first is not last and _is_link(first) and _is_link(last):
                boxes[starts[container]] = blocks[first.index : last.index + 1]
            container = parents[container]
    inside = list(boxes.values())
    matches = match_lines([box[-1].text for box in inside])
    cards = [box for box, match in zip(inside, matches, strict=True) if match is not None and match.category == "read-more"]
    if len(cards) <= _CARDS:
        for block in [block for box in cards for block in box if labels[block.index].rule == "model/body"]:
            labels[block.index] = replace(labels[block.index], kind="chrome", reason="teaser of another article", rule="structure/card")


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
    title = ""
    for block in [block for block in page.blocks if ":" in block.text[:_REPLY_CHARS]] if page.title else ():
        if labels[block.index].rule == "model/body" and len(block.text) <= _SUBJECT_CHARS:
            title = title or title_key(page.title or "")
            mark, _, subject = block.text.partition(":")
            key = title_key(subject)
            if key and mark.partition("[")[0].strip().casefold() in words_of("replies") and key in title:
                labels[block.index] = replace(labels[block.index], kind="chrome", reason="subject of a reply", rule="structure/subject")


def drop_colophon(page: Segmentation, labels: list[Label]) -> None:
    """A list or table of labels and values that names the page's own title states author, address and licence of the article, or is the
    head of a mail, and is none of it.
    """
    title = title_key(page.title or "")
    for container in [container for container, tag in enumerate(page.tags) if tag in _LISTED] if title else ():
        items = page.blocks[page.starts[container] : page.ends[container]]
        if not 1 < len(items) <= 2 * _COLOPHON_LINES or not any(labels[block.index].rule == "model/body" for block in items):
            continue
        parts = [_COLON.split(line, 1) for line in _labelled(items)]
        if not 1 < len(parts) <= _COLOPHON_LINES or any(len(part) < 2 or len(part[0]) > _LABEL_CHARS for part in parts):
            continue
        if any(title.startswith(key) and letters(key) >= _TITLE_LETTERS for key in (title_key(value) for _, value in parts)):
            for block in items:
                if labels[block.index].kind == "body":
                    labels[block.index] = replace(labels[block.index], kind="chrome", reason="about this page", rule="structure/colophon")


def _labelled(items: list[Block]) -> list[str]:
    """Return the items' texts, each label in a cell of its own with the value beside it."""
    lines: list[str] = []
    for block in items:
        if lines and lines[-1][-1] in ":：":
            lines[-1] += block.text
        else:
            lines.append(block.text)
    return lines


def drop_link_rows(page: Segmentation, labels: list[Label]) -> None:
    """A line of nothing but links goes: at either end of the article, a row of them ("[ Home ] [ Contact ]", "<< Contents >>"); anywhere,
    one to another story (">> Bridge closed").
    """
    maybe = [block for block in page.blocks if block.link_chars and len(block.text) <= _ROW_CHARS and block.tag not in _NO_ROWS]
    rows = [block for block in maybe if labels[block.index].rule == "model/body" and _is_all_links(block)]
    if not rows:
        return
    prose = [block.index for block in page.blocks if labels[block.index].kind == "body" and _is_prose(block)]
    for block in rows:
        is_row = bool(prose) and not prose[0] < block.index < prose[-1]
        if (is_row and _is_row(block)) or (block.text.startswith(_AWAY) and letters(block.text) >= _TITLE_LETTERS):
            labels[block.index] = replace(labels[block.index], kind="chrome", reason="row of links", rule="structure/link-row")


def _is_all_links(block: Block) -> bool:
    return len(block.text) - block.link_chars <= sum(map(_ROW_MARKS.__contains__, block.text))


def _is_row(block: Block) -> bool:
    """Whether marks stand between several links, not in one."""
    text, outside = block.text, len(block.text) - block.link_chars
    return 0 < text.count("|") <= outside or 2 <= text.count("[") <= outside or (text[0] in "<«←" and text[-1] in ">»→")


def drop_around(page: Segmentation, labels: list[Label]) -> None:
    """What stands before "*** START OF THE …" and behind "*** END OF THE …" is said of an e-book, and is none of it."""
    marks = [(match, block) for block in page.blocks if "*** " in block.text for match in _BETWEEN.finditer(block.text)]
    start = max([block.index for match, block in marks if match[1] == "START"], default=-1)
    end = min([block.index for match, block in marks if match[1] == "END" and block.index > start], default=len(labels))
    for index in (*range(start + 1), *range(end, len(page.blocks))) if marks else ():
        if labels[index].kind == "body":
            labels[index] = replace(labels[index], kind="chrome", reason="about the e-book", rule="structure/e-book")


def drop_last_heading(page: Segmentation, labels: list[Label]) -> None:
    """A heading that no text of the article follows heads what is none of it."""
    kept = [block for block in page.blocks if labels[block.index].kind == "body"]
    if sum([len(block.text) for block in kept if block.tag not in HEADINGS]) < _OWN_CHARS:
        return
    while kept[-1].tag in HEADINGS and kept[-1].text[-1] not in STOPS:
        last = kept.pop().index
        labels[last] = replace(labels[last], kind="chrome", reason="heads no text of the article", rule="structure/heading")
