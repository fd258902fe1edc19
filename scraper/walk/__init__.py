"""One walk over the lexbor tree: what the page says, as a flat list of blocks.

The walk only reads, keeps its own stack (a page can nest deeper than Python or C recurse) and touches each node once. It decides nothing:
later stages judge.

Cost measured on all sets (1,700 nodes a page): 1.8 times the parse, of which reading the nodes and their attributes is 0.6; a page whose
class names have not been seen costs 0.4 more.
"""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import Block, Hint, Picture, Segmentation
from scraper.walk.elements import (
    BLOCK,
    BOLD,
    BREAK,
    CELL,
    CODE,
    EMBED,
    FURNITURE,
    HEAD,
    HEADINGS,
    IMAGE,
    INLINE,
    LINK,
    MATH,
    PRE,
    ROLE_OF,
    RULE,
    SCRIPT,
    SHELTER,
    SKIP,
    TEXT,
    TIME,
    UNLISTED,
    elements,
)
from scraper.walk.formula import formula_text
from scraper.walk.hints import Claim, address_claim, hides, known_claims, name_claim, property_claim, rel_claim
from scraper.walk.inline import Marker
from scraper.walk.leaves import (
    append_formula,
    are_apart,
    is_aside,
    is_drawn,
    is_self_link,
    raised_text,
    read_drawing,
    read_embed,
    read_head,
    read_ruby,
    read_script,
    task_box,
)
from scraper.walk.notes import Notes, unlabel

ENTER = "data-clip-enter"  # set by scraper.classify.rules on a <nav> or <footer> that holds what the user keeps
_HINTS_PER_PAGE = 400  # a listing of 10,000 cards says "author" 10,000 times; the page's own come early
_HINT_BLOCKS = 4  # an element that spans more blocks than this is a wrapper named after what it contains
_HINT_CHARS = 400
_TITLE_PARTS, _TITLE_CHARS = 6, 12  # parts of a run, characters
_TITLED = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PLACE = frozenset(("id", "name"))  # an <a> with nothing else marks a place; written as "<a id=…/>" it holds the text behind it
_VERBATIM = frozenset(("listing", "pre", "xmp"))
_SILENT = frozenset(("control", "drawn", "gutter", "listing"))  # claims about how text is shown, not about what it says


def segment(tree: LexborHTMLParser, *, inline: bool = False) -> Segmentation:
    """Walk the parsed page once and return its blocks, containers, hints and head; with `inline` also the links and the like in them."""
    walk = Segmentation()
    root = tree.root
    if root is not None:
        _walk(root, walk, Marker(walk.marks) if inline else None)
    return walk


def _walk(root: Any, page: Segmentation, marker: Marker | None) -> None:
    """Fill `page` from the tree. One long loop over local names: a call per node would double its time."""
    blocks, hints = page.blocks, page.hints
    parents, tags, attributes_of, classes, starts, ends = page.parents, page.tags, page.attributes, page.classes, page.starts, page.ends
    (roles, names_of), claims = elements(), known_claims
    run: list[str] = []  # text of the open block, and how many of its characters are linked and bold
    linked = bold = breaks = 0
    in_link = in_bold = in_pre = shelters = 0
    lines = 0  # listings around whose lines are elements
    container = -1
    opened: list[tuple[Any, int, int, _Claimed | None]] = []  # (element, its role, what its end restores, what it claims)
    notes = Notes(page)
    begins_note = False

    def end_block() -> None:
        nonlocal linked, bold, breaks, begins_note
        if begins_note:
            unlabel(run, page.notes[-1].mark)
        if marker is not None:
            marker.end_block(run, len(blocks))
        is_whole = len(run) == 1
        raw = run[0] if is_whole else "".join(run)
        run.clear()
        text = _verbatim(raw) if in_pre else raw.strip()
        if not in_pre and ("  " in text or not text.isprintable()):
            text = _collapse(text)
        if text:
            size = len(text)
            link_chars = linked and (size if is_whole or linked > size else linked)
            bold_chars = bold and (size if is_whole or bold > size else bold)
            blocks.append(Block(len(blocks), text, tags[container], container, link_chars, bold_chars))
            begins_note = False
        linked = bold = breaks = 0
        if notes.waiting and notes.depth < 0:
            notes.place(container)

    node = root
    while node is not None:
        number = node.tag_id
        try:
            role = roles[number]
        except IndexError:
            number, role = 0, ROLE_OF.get(node.tag, UNLISTED)
        if role == TEXT:
            if run or in_pre or not node.is_empty_text_node:
                text = node.text_content
                if run or in_pre or not text.isspace():
                    if run and text[0] > "/" and run[-1][-1:] > "(" and not in_pre and are_apart(run[-1], text, node):
                        run.append(" ")
                    run.append(text)
                    if in_link:
                        linked += len(text.strip())
                    if in_bold:
                        bold += len(text.strip())
                    if breaks and not text.isspace():
                        breaks = 0
        elif role < FURNITURE or (role == FURNITURE and _is_wanted(node, shelters)):
            child = node.first_child
            attributes = node.attributes
            names = attributes.get("class")
            claim = claims[names] if names else None
            restore, claimed = 0, None
            if role == LINK and attributes and "href" not in attributes and attributes.keys() <= _PLACE:
                role = INLINE
            if role >= PRE:
                if role == UNLISTED and _stands_in_line(node):
                    role = INLINE
                else:
                    if run:
                        end_block()
                    if child is not None:
                        restore = container
                        container = len(tags)
                        if claim is not None and claim[0] == "listing" and role == BLOCK and names_of[number] != "figure":
                            role = PRE
                            lines += 1
                        parents.append(restore)
                        tags.append("pre" if role == PRE else names_of[number] or node.tag)
                        attributes_of.append(attributes)
                        classes.append(names)
                        starts.append(len(blocks))
                        ends.append(0)
                        if role < BLOCK:
                            in_pre += role == PRE
                            shelters += role == SHELTER
                    elif role == CELL:  # an empty cell: without it the columns after it would move
                        parents.append(container)
                        tags.append(names_of[number])
                        attributes_of.append(attributes)
                        classes.append(names)
                        starts.append(len(blocks))
                        ends.append(len(blocks))
            elif role > TIME and child is not None:
                if role == LINK:
                    in_link += 1
                elif role == BOLD:
                    in_bold += 1
                elif role == CODE:
                    if in_pre and container not in page.listings:
                        page.listings[container] = attributes
                elif run and not in_pre and (text := raised_text(node, child, run)):
                    run.append(text)
                    child = None
            if attributes:
                if notes.wanted and not run and ("id" in attributes or "name" in attributes) and notes.begin(attributes, container):
                    begins_note = True
                if role == LINK and child is not None and not in_pre and "#" in (href := attributes.get("href") or ""):
                    shown = notes.reference(node, href, run)
                    if shown is not None:
                        in_link -= 1
                        child = None
                        if shown:
                            run.append(shown)
                elif role == LINK and in_pre and (attributes.get("href") or "").startswith("data:"):  # to download the listing
                    in_link -= 1
                    child = None
                if len(attributes) > 1 or names is None or role == TIME:
                    if (
                        role == TIME
                        or "itemprop" in attributes
                        or "rel" in attributes
                        or "property" in attributes
                        or (names is None and "id" in attributes)
                    ):
                        claim = _attribute_claim(role, attributes) or claim
                    if role >= PRE and child is not None:
                        if "id" in attributes or "role" in attributes or "itemprop" in attributes:
                            page.named.append(container)
                        if ("style" in attributes or "hidden" in attributes) and hides(attributes):
                            page.hidden.append(container)
                if role == LINK and claim is None and (href := attributes.get("href")):
                    if href[0] == "#" and child is not None and (tags[container] in HEADINGS or is_self_link(child)):
                        in_link -= 1
                        role = INLINE
                        if is_self_link(child):
                            child = None
                    else:
                        claim = address_claim(href)
                if claim is not None:
                    if claim[0] == "note":
                        in_line = run and child is not None and role < LINK and not in_pre
                        if in_line and notes.hold(node, len(opened), run, (linked, bold), marker):
                            linked = bold = 0
                    elif claim[0] == "unseen":
                        if role < PRE and child is not None and not in_pre and is_aside(node, run):
                            if role == LINK:
                                in_link -= 1
                            elif role == BOLD:
                                in_bold -= 1
                            child = None
                    elif claim[0] in _SILENT:
                        if role < PRE and child is not None and is_drawn(page, node, claim[0], run, in_pre):
                            if role == LINK:
                                in_link -= 1
                            elif role == BOLD:
                                in_bold -= 1
                            child = None
                    elif len(hints) < _HINTS_PER_PAGE:
                        value = attributes.get("content") or attributes.get("datetime") or attributes.get("href")
                        if value is None and claim[0] == "date":  # hAtom's <abbr class="published" title="2025-03-04T09:15:00-08:00">
                            value = attributes.get("title")
                        if child is not None:
                            claimed = claim, value, len(blocks), len(run)
                        elif value:
                            hints.append(Hint(*claim, "", value, len(blocks)))
            if child is not None:
                if marker is not None and role < PRE and not in_pre:
                    restore = marker.enter(names_of[number] or node.tag, attributes, len(run))
                opened.append((node, role, restore, claimed))
                node = child
                continue
        elif role == SKIP:
            if node.tag == "input" and not run and (box := task_box(node)):
                run.append(box)
        elif role == IMAGE:
            attributes = node.attributes
            page.pictures.append(Picture(attributes, container, len(blocks)))
            if (names := attributes.get("class")) and claims[names] is not None:
                read_drawing(attributes, run)
        elif role == HEAD:
            read_head(page, names_of[number], node, len(blocks))
        elif role == SCRIPT:
            read_script(page, node, run)
        elif role == BREAK:
            if run:
                breaks += 1
                if not in_pre and (breaks > 1 or (page.title and len(run) <= _TITLE_PARTS and _is_title(run, page.title, tags[container]))):
                    end_block()
                else:
                    run.append("\n" if in_pre else _LINE)
            elif in_pre and blocks and _in_listing(page, container, len(blocks)):
                blocks[-1].text += "\n"  # a line of its own, without anything
        elif role == FURNITURE:
            if run:
                end_block()
            page.furniture.append((len(blocks), node))
        elif role == RULE:
            if run:
                end_block()
        elif role == EMBED:
            read_embed(page, node, container)
        elif role == MATH:
            append_formula(page, run, formula_text(node) or "")
        else:
            read_ruby(node, run)

        following = node.next
        while following is None and opened:
            node, role, restore, claimed = opened.pop()
            if claimed is not None:
                _close_hint(hints, claimed, run, blocks)
            if role >= PRE:
                if run:
                    end_block()
                if lines and role == BLOCK and starts[container] == len(blocks) and _in_listing(page, container, len(blocks)):
                    blocks[-1].text += "\n"
                ends[container] = len(blocks)
                container = restore
                if role < BLOCK:
                    in_pre -= role == PRE
                    lines -= role == PRE and node.tag not in _VERBATIM
                    shelters -= role == SHELTER
            else:
                if role == LINK:
                    in_link -= 1
                elif role == BOLD:
                    in_bold -= 1
                if restore and marker is not None:
                    marker.leave(node.tag, len(run))
                if notes.depth == len(opened):
                    linked, bold = notes.release(node, run, (linked, bold), marker)
            following = node.next
        node = following
    if run:
        end_block()
    if attributes_of:
        page.language = attributes_of[0].get("lang") or attributes_of[0].get("xml:lang")


_Claimed = tuple[tuple[str, str], str | None, int, int]  # claim, value, and how many blocks and parts of a run there were before it
_LINE = "\x1f"  # a single <br> inside a run


def _collapse(text: str) -> str:
    text = text.strip()
    if "  " not in text and text.isprintable():
        return text  # nine of ten blocks: of all white space only the space is printable
    if _LINE in text:
        return "\n".join(filter(None, (" ".join(line.split()) for line in text.split(_LINE))))
    return " ".join(text.split())


def _is_wanted(node: Any, shelters: int) -> bool:
    """Whether a <nav> or <footer> may hold part of the article: a breadcrumb, the byline or source under an article or a quotation."""
    tag = node.tag
    if tag == "footer" and shelters:
        return True
    attributes = node.attributes
    if ENTER in attributes:
        return True
    if tag == "footer":
        return False
    return any("crumb" in value.lower() for value in attributes.values() if value)


def _is_title(run: list[str], title: str, tag: str) -> bool:
    """Whether a line outside a heading is the page's title, or most of it: what stands below it in the same element is another line."""
    text = _collapse("".join(run))
    return len(text) >= _TITLE_CHARS and 2 * len(text) >= len(title) and tag not in _TITLED and text in title


def _in_listing(page: Segmentation, container: int, blocks: int) -> bool:
    """Whether the <pre> around a container holds text already."""
    while page.tags[container] != "pre" and page.parents[container] >= 0:
        container = page.parents[container]
    return page.starts[container] < blocks


def _verbatim(text: str) -> str:
    return "" if text.isspace() else text.expandtabs().strip("\n")


def _attribute_claim(role: int, attributes: dict[str, str | None]) -> Claim:
    """What attributes other than class say: they are more exact than it, and rarer."""
    claim = property_claim(attributes.get("itemprop") or attributes.get("property"))
    if claim is None and role == TIME:
        claim = ("date", "time@datetime" if attributes.get("datetime") else "time")
    if claim is None and role == LINK:
        claim = rel_claim(attributes.get("rel"))
    if claim is None and "class" not in attributes:
        claim = name_claim(attributes.get("id"))
    return claim


def _close_hint(hints: list[Hint], claimed: _Claimed, run: list[str], blocks: list[Block]) -> None:
    claim, value, first, start = claimed
    if len(blocks) - first > _HINT_BLOCKS:
        return
    text = "".join(run[start:]) if len(blocks) == first else " ".join([*(block.text for block in blocks[first:]), *run])
    text = _collapse(text)
    if value or 0 < len(text) <= _HINT_CHARS:
        hints.append(Hint(*claim, text[:_HINT_CHARS], value, first))


def _stands_in_line(node: Any) -> bool:
    """Whether an element that is not listed (custom ones too) stands in a line of text; any other starts and ends a block."""
    return any(beside is not None and beside.tag == "-text" and not beside.text_content.isspace() for beside in (node.prev, node.next))
