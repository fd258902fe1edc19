"""Elements that the walk does not enter, and what they give the page: its head, scripts, images, embeds, formulas, notes' numbers."""

from typing import Any

from normalise.text import collapse
from scraper.blocks import Hint, Picture, Segmentation
from scraper.walk.formula import formula_text, is_tex, tex_text
from scraper.walk.hints import name_claim, property_claim

_LD_JSON_CHARS = 1_000_000
_EMBEDS_PER_PAGE, _SOURCES = 200, 10
_ALT_CHARS = 1_000
_IN_WORDS = frozenset({"sub", "sup", "wbr"})
_STAMP_CHARS, _STAMP_DIGITS = 40, 6  # of a date or a date and time
_RAISED_CHARS = 4
_HANGUL = ("\uac00", "\ud7a3")
_SELF_MARKS, _MARK_CHARS = "#¶§∞⚓🔗↩↵⏎⤴↑^\ufe0e\ufe0f\u200b\xa0 \n", 20
_META_KEYS = ("name", "property", "itemprop", "http-equiv")


def read_head(page: Segmentation, tag: str, node: Any, block: int) -> None:
    """Read a `<title>`, `<meta>`, `<link>` or `<base>`; `block` is the index of the next block."""
    attributes = node.attributes
    if tag == "title":
        if page.title is None:
            page.title = collapse(node.text()) or None
    elif tag == "meta":
        content = attributes.get("content")
        if content:
            for key in _META_KEYS:
                if name := attributes.get(key):
                    page.metas.append((name.strip().lower(), content))
            if itemprop := attributes.get("itemprop"):
                _read_property(page, itemprop, content, node, block)
    elif tag == "link":
        if (itemprop := attributes.get("itemprop")) and (content := attributes.get("content")):
            _read_property(page, itemprop, content, node, block)
        if (rel := attributes.get("rel")) and (href := attributes.get("href")):
            page.links.append((rel.lower(), href))
    elif page.base is None:
        page.base = attributes.get("href")


def _read_property(page: Segmentation, itemprop: str, content: str, node: Any, block: int) -> None:
    """Read a property of microdata that is not printed; the name of one (an author) stands inside it."""
    if itemprop == "name" and node.parent is not None:
        itemprop = node.parent.attributes.get("itemprop") or itemprop
    if claim := property_claim(itemprop):
        page.hints.append(Hint(*claim, "", content, block))


def read_script(page: Segmentation, node: Any, run: list[str]) -> None:
    """Read the scripts that hold data or a formula."""
    kind = node.attributes.get("type")
    if kind and is_tex(kind):
        append_formula(page, run, tex_text(node.text()))
    elif kind and "ld+json" in kind.lower():
        data = node.text()
        if len(data) <= _LD_JSON_CHARS:
            page.json_ld.append(data)


def read_embed(page: Segmentation, node: Any, container: int) -> None:
    """Add a video, a frame or the like, with the address of its first source."""
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


def read_drawing(attributes: dict[str, str | None], run: list[str]) -> None:
    """An image that stands for text: a formula, an emoji."""
    claim = name_claim(attributes.get("class"))
    if claim is not None and claim[0] == "drawn" and (text := attributes.get("alt")) and len(text) <= _ALT_CHARS:
        run.append(tex_text(text))


def is_aside(node: Any, run: list[str]) -> bool:
    """Whether an element for screen readers has words beside a line's own: not a colon, nor all that a link says."""
    text = node.text()
    if not any(map(str.isalpha, text)) or (node.parent.tag == "a" and node.parent.text().strip() == text.strip()):
        return False
    after = node.next
    return bool(run) or (after is not None and after.tag == "-text" and not after.text_content.isspace())


def task_box(node: Any) -> str:
    """What a list of tasks shows at the start of an item, "" for other input: a box that a reader cannot tick."""
    attributes = node.attributes
    above = node.parent
    if above.tag != "li" and (above.parent is None or above.parent.tag != "li"):
        return ""
    if attributes.get("type") != "checkbox" or "disabled" not in attributes:
        return ""
    return "[x] " if "checked" in attributes else "[ ] "


def read_ruby(node: Any, run: list[str]) -> None:
    """The reading of the characters before it, in the parentheses that a browser without ruby shows."""
    text = collapse(node.text())
    if text and run:
        before = node.prev
        run.append(text if before is not None and before.tag == "rp" else f"({text})")


def raised_text(node: Any, child: Any, run: list[str]) -> str | None:
    """The text of a `<sup>` that would be read as part of the word before it: a note's number in brackets, an exponent after "^"."""
    leaf = child
    if child.tag == "a":
        if (child.attributes.get("href") or "").partition("#")[2]:
            return None  # read as a note's
        leaf = child.first_child
    if leaf is None or leaf.tag != "-text" or leaf.next is not None or child.next is not None:
        return None
    text = leaf.text_content.strip()
    last = run[-1][-1:]
    if last.isspace() or len(text) > _RAISED_CHARS or not text.isdecimal():
        return None
    if leaf is not child or (node.parent.tag == "a" and node.prev is None and node.next is None):
        return f"[{text}]"
    return f"^{text}" if last.isdecimal() else None


def are_apart(before: str, text: str, node: Any) -> bool:
    """Whether `text`, a text node's, starts a word that only the end of an element separates from the one before it: "Doe</b><i>Editor".

    Their style sets them apart on a reader's screen. A word whose letters are of two elements goes on in small letters.
    """
    if not _starts_word(before, text):
        return False
    while node.prev is None:
        node = node.parent
    tag = node.prev.tag
    return tag[0] != "-" and node.parent.tag != "code" and _IN_WORDS.isdisjoint((tag, node.tag))


def _starts_word(before: str, text: str) -> bool:
    first, last = text[0], before[-1:]
    if first.isdecimal():
        return last.islower() or (last.isalnum() and _is_stamp(text))
    if not first.isupper():  # letters without capitals, in line with a date
        if first.islower():
            return False
        return (
            _is_stamp(before) if last.isdecimal() else _HANGUL[0] <= min(first, last) and max(first, last) <= _HANGUL[1] and _is_stamp(text)
        )
    if not (text[1:2].islower() or text[1:2].isspace()):
        return False
    return last.islower() or last.isdecimal() or last in ")]" or (last.isupper() and before[-2:-1].isupper())


def _is_stamp(text: str) -> bool:
    """Whether text is a date or a time to the day or the minute, by its digits."""
    return len(text) <= _STAMP_CHARS and sum(map(str.isdecimal, text)) >= _STAMP_DIGITS


def is_drawn(page: Segmentation, node: Any, kind: str, run: list[str], in_pre: int) -> bool:
    """Whether an element's text is not the page's: a heading's "[edit]", a line's number, a formula's glyphs (its text is read instead)."""
    if kind != "drawn":
        return kind == "control" or (kind == "gutter" and in_pre > 0)
    text = formula_text(node)
    if text is None:
        return False
    append_formula(page, run, text)
    return True


def is_self_link(child: Any) -> bool:
    """Whether the link to a place on the page around `child` shows nothing but a mark: a heading's link to itself, a note's back."""
    if child.next is not None:
        return False
    text = (child.first_child or child).text_content
    return text is not None and len(text) <= _MARK_CHARS and not text.strip(_SELF_MARKS)


def append_formula(page: Segmentation, run: list[str], text: str) -> None:
    """Add a formula's text to the open block."""
    if text:
        run.append(text)
        page.formulas.append((len(page.blocks), text))
