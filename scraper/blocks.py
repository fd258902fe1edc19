"""One walk over the lexbor tree: what the page says, as a flat list of blocks.

The walk only reads, keeps its own stack (a page can nest deeper than Python or C recurse) and touches each node once. It decides nothing:
blocks keep their order and their place, hints say what an element's attributes claim, and later stages judge.

Cost measured on all sets (1,900 nodes a page): 1.9 times the parse, of which reading the tree alone is 0.8.
"""

from typing import Any, NamedTuple

import msgspec
from selectolax.lexbor import LexborHTMLParser

from scraper.elements import (
    BLOCK,
    BOLD,
    BREAK,
    CELL,
    CODE,
    EMBED,
    FURNITURE,
    HEAD,
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
from scraper.formula import formula_text, is_tex, tex_text
from scraper.hints import Claim, address_claim, hides, known_claims, name_claim, property_claim, rel_claim

ENTER = "data-clip-enter"  # set by scraper.rules on a <nav> or <footer> that holds what the user keeps
_HINTS_PER_PAGE = 400  # a listing of 10,000 cards says "author" 10,000 times; the page's own come early
_HINT_BLOCKS = 4  # an element that spans more blocks than this is a wrapper named after what it contains
_HINT_CHARS = 400
_LD_JSON_CHARS = 1_000_000
_EMBEDS_PER_PAGE, _SOURCES = 200, 10
_ALT_CHARS = 1_000
_RAISED_CHARS = 4
_SILENT = frozenset(("control", "drawn", "gutter"))  # claims about how text is shown, not about what it says


class Block(msgspec.Struct, gc=False):
    """One run of text under one block-level element, in page order.

    `text` has its white space collapsed, single `<br>` kept as a newline; in `pre` it is verbatim. `container` indexes the columns of
    `Segmentation`. `link_chars` and `bold_chars` count the characters of `text` inside `<a>` and `<b>` or `<strong>`.
    """

    index: int
    text: str
    tag: str
    container: int = -1
    link_chars: int = 0
    bold_chars: int = 0


class Hint(NamedTuple):
    """An element whose attributes say what it holds.

    `kind` is "author", "profile" (a link to a person's page), "date", "modified", "headline", "section", "dek", "tag", "breadcrumb" or
    "caption"; `source` the attribute ("rel=author", "href=author", "itemprop=datepublished", "class=byline", "time@datetime"); `value` its
    content=, datetime= or href=; `block` the index of the first block at or after its start.
    """

    kind: str
    source: str
    text: str
    value: str | None
    block: int


class Picture(NamedTuple):
    """An `<img>` or an embed: its attributes, its container, and the index of the block that follows it."""

    attributes: dict[str, str | None]
    container: int
    block: int


class Segmentation(msgspec.Struct, gc=False):
    """Everything that one walk reads from a page. Lists are in page order.

    `parents`, `tags`, `attributes`, `starts` and `ends` are columns: the block-level elements that have children (containers), by
    index. A parent comes before its children, and the first has parent -1; a container's blocks are `blocks[start:end]`. A text page has
    none. `hidden` are those whose own attributes hide them from a reader. `furniture` keeps the <nav> and <footer> elements that were not
    entered (a third of all nodes, one in a thousand of an article's characters), each with the index of the block that follows it.
    """

    blocks: list[Block] = []
    parents: list[int] = []
    tags: list[str] = []
    attributes: list[dict[str, str | None]] = []
    starts: list[int] = []
    ends: list[int] = []
    hidden: list[int] = []
    hints: list[Hint] = []
    pictures: list[Picture] = []
    embeds: list[Picture] = []
    listings: dict[int, dict[str, str | None]] = {}
    formulas: list[tuple[int, str]] = []
    furniture: list[tuple[int, Any]] = []
    title: str | None = None
    metas: list[tuple[str, str]] = []
    links: list[tuple[str, str]] = []
    json_ld: list[str] = []
    language: str | None = None
    base: str | None = None


def segment(tree: LexborHTMLParser) -> Segmentation:
    """Walk the parsed page once and return its blocks, containers, hints and head."""
    walk = Segmentation()
    root = tree.root
    if root is not None:
        _walk(root, walk)
    return walk


def _walk(root: Any, page: Segmentation) -> None:
    """Fill `page` from the tree. One long loop over local names: a call per node would double its time."""
    blocks, hints = page.blocks, page.hints
    parents, tags, attributes_of, starts, ends = page.parents, page.tags, page.attributes, page.starts, page.ends
    (roles, names_of), claims = elements(), known_claims
    run: list[str] = []  # text of the open block, and how many of its characters are linked and bold
    linked = bold = breaks = 0
    in_link = in_bold = in_pre = shelters = 0
    container = -1
    opened: list[tuple[Any, int, int, _Claimed | None]] = []  # (element, its role, what its end restores, what it claims)

    def end_block() -> None:
        nonlocal linked, bold, breaks
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
        linked = bold = breaks = 0

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
            restore, claimed = 0, None
            if role >= PRE:
                if role == UNLISTED and _stands_in_line(node):
                    role = INLINE
                else:
                    if run:
                        end_block()
                    if child is not None:
                        restore = container
                        container = len(tags)
                        parents.append(restore)
                        tags.append(names_of[number] or node.tag)
                        attributes_of.append(attributes)
                        starts.append(len(blocks))
                        ends.append(0)
                        if role < BLOCK:
                            in_pre += role == PRE
                            shelters += role == SHELTER
                    elif role == CELL:  # an empty cell: without it the columns after it would move
                        parents.append(container)
                        tags.append(names_of[number])
                        attributes_of.append(attributes)
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
                elif run and not in_pre and (text := _raised_text(node, child, run)):
                    run.append(text)
                    child = None
            if attributes:
                names = attributes.get("class")
                claim = claims[names] if names else None
                if len(attributes) > 1 or names is None or role == TIME:
                    if role == TIME or "itemprop" in attributes or "rel" in attributes or (names is None and "id" in attributes):
                        claim = _attribute_claim(role, attributes) or claim
                    if role >= PRE and ("style" in attributes or "hidden" in attributes) and child is not None and hides(attributes):
                        page.hidden.append(container)
                if role == LINK and claim is None and (href := attributes.get("href")):
                    claim = address_claim(href)
                if claim is not None:
                    if claim[0] in _SILENT:
                        if role < PRE and child is not None and _is_drawn(page, node, claim[0], run, in_pre):
                            if role == LINK:
                                in_link -= 1
                            elif role == BOLD:
                                in_bold -= 1
                            child = None
                    elif len(hints) < _HINTS_PER_PAGE:
                        value = attributes.get("content") or attributes.get("datetime") or attributes.get("href")
                        if child is not None:
                            claimed = claim, value, len(blocks), len(run)
                        elif value:
                            hints.append(Hint(*claim, "", value, len(blocks)))
            if child is not None:
                opened.append((node, role, restore, claimed))
                node = child
                continue
        elif role == SKIP:
            pass
        elif role == IMAGE:
            attributes = node.attributes
            page.pictures.append(Picture(attributes, container, len(blocks)))
            if (names := attributes.get("class")) and claims[names] is not None:
                _read_drawing(attributes, run)
        elif role == HEAD:
            _read_head(page, names_of[number], node, len(blocks))
        elif role == SCRIPT:
            _read_script(page, node, run)
        elif role == BREAK:
            if run:
                breaks += 1
                if breaks > 1 and not in_pre:
                    end_block()
                else:
                    run.append("\n" if in_pre else _LINE)
        elif role == FURNITURE:
            if run:
                end_block()
            page.furniture.append((len(blocks), node))
        elif role == RULE:
            if run:
                end_block()
        elif role == EMBED:
            _read_embed(page, node, container)
        elif role == MATH:
            _append_formula(page, run, formula_text(node) or "")
        else:
            _read_ruby(node, run)

        following = node.next
        while following is None and opened:
            node, role, restore, claimed = opened.pop()
            if claimed is not None:
                _close_hint(hints, claimed, run, blocks)
            if role >= PRE:
                if run:
                    end_block()
                ends[container] = len(blocks)
                container = restore
                if role < BLOCK:
                    in_pre -= role == PRE
                    shelters -= role == SHELTER
            elif role == LINK:
                in_link -= 1
            elif role == BOLD:
                in_bold -= 1
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


def _verbatim(text: str) -> str:
    return "" if text.isspace() else text.expandtabs().strip("\n")


def _attribute_claim(role: int, attributes: dict[str, str | None]) -> Claim:
    """What attributes other than class say: they are more exact than it, and rarer."""
    claim = property_claim(attributes.get("itemprop"))
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


def _is_drawn(page: Segmentation, node: Any, kind: str, run: list[str], in_pre: int) -> bool:
    """Whether an element's text is not the page's: a heading's "[edit]", a line's number, a formula's glyphs (its text is read instead)."""
    if kind != "drawn":
        return kind == "control" or in_pre > 0
    text = formula_text(node)
    if text is None:
        return False
    _append_formula(page, run, text)
    return True


def _append_formula(page: Segmentation, run: list[str], text: str) -> None:
    if text:
        run.append(text)
        page.formulas.append((len(page.blocks), text))


def _read_drawing(attributes: dict[str, str | None], run: list[str]) -> None:
    """An image that stands for text: a formula, an emoji."""
    claim = name_claim(attributes.get("class"))
    if claim is not None and claim[0] == "drawn" and (text := attributes.get("alt")) and len(text) <= _ALT_CHARS:
        run.append(tex_text(text))


def _raised_text(node: Any, child: Any, run: list[str]) -> str | None:
    """The text of a `<sup>` that would be read as part of the word before it: a note's number in brackets, an exponent after "^"."""
    leaf = child.first_child if child.tag == "a" else child
    if leaf is None or leaf.tag != "-text" or leaf.next is not None or child.next is not None:
        return None
    text = leaf.text_content.strip()
    last = run[-1][-1:]
    if last.isspace() or len(text) > _RAISED_CHARS or not text.isdecimal():
        return None
    if leaf is not child or (node.parent.tag == "a" and node.prev is None and node.next is None):
        return f"[{text}]"
    return f"^{text}" if last.isdecimal() else None


def _read_ruby(node: Any, run: list[str]) -> None:
    """The reading of the characters before it, in the parentheses that a browser without ruby shows."""
    text = _collapse(node.text())
    if text and run:
        before = node.prev
        run.append(text if before is not None and before.tag == "rp" else f"({text})")


def _read_embed(page: Segmentation, node: Any, container: int) -> None:
    attributes = node.attributes
    child = node.first_child
    for _ in range(_SOURCES):
        if child is None or attributes.get("src"):
            break
        if child.tag == "source":
            attributes = {**attributes, "src": child.attributes.get("src")}
        child = child.next
    if len(page.embeds) < _EMBEDS_PER_PAGE:
        page.embeds.append(Picture({**attributes, "": node.tag}, container, len(page.blocks)))


def _read_script(page: Segmentation, node: Any, run: list[str]) -> None:
    kind = node.attributes.get("type")
    if kind and is_tex(kind):
        _append_formula(page, run, tex_text(node.text()))
    elif kind and "ld+json" in kind.lower():
        data = node.text()
        if len(data) <= _LD_JSON_CHARS:
            page.json_ld.append(data)


def _read_head(page: Segmentation, tag: str, node: Any, block: int) -> None:
    attributes = node.attributes
    if tag == "title":
        if page.title is None:
            page.title = _collapse(node.text()) or None
    elif tag == "meta":
        content = attributes.get("content")
        if content:
            for key in ("name", "property", "itemprop", "http-equiv"):
                if name := attributes.get(key):
                    page.metas.append((name.strip().lower(), content))
            if (itemprop := attributes.get("itemprop")) and (claim := property_claim(itemprop)):
                page.hints.append(Hint(*claim, "", content, block))
    elif tag == "link":
        if (rel := attributes.get("rel")) and (href := attributes.get("href")):
            page.links.append((rel.lower(), href))
    elif page.base is None:
        page.base = attributes.get("href")
