"""The article's lead image: its address, what it shows, and whose it is."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from normalise.article import Candidate, Image
from normalise.text import clean_line
from normalise.url import resolve
from scraper.blocks import Picture, Segmentation
from scraper.fields.choice import Choice, Weighing
from scraper.metadata import Metadata, Value

_ALT_CHARS, _CAPTION_CHARS, _CREDIT_CHARS = 300, 600, 120
_PICTURES = 60
_MIN_WIDTH = 200  # pixels, where a width is given
_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-srcset", "srcset")
_SIZE = re.compile(r"(?:[-_](?:\d{2,4}x\d{2,4}|\d{2,4}w|scaled|large|medium|small|thumb))+\Z")
_MACHINE = re.compile(r"[_\d]")
_FILES = (".jpg", ".jpeg", ".png", ".webp", ".gif")
_PREPOSITIONS = (r"\ by", r"\ courtesy", r"courtesy\ of", r"\ de", r"\ di", r"\ door", r"\ par", r"\ via", r"\ von")
_NAMING = frozenset(("by", "courtesy", "de", "di", "door", "of", "par", "via", "von"))  # their last words
_CREDIT_MARKS = (":", "：", "©", "ⓒ", "(c)")
_WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LAST = re.compile(r"(?:\A|[.!?][\"”»)]?)\s*([^.!?,]{2,80})\.?\Z")
_LETTERS = re.compile(r"[^\W_]+")
_CREDIT_WORDS = 4  # beside the agency's
_PARENTHESISED = re.compile(r"[(\[]([^()\[\]]{3,120})[)\]]\s*\Z")


def choose_image(segmentation: Segmentation, metadata: Metadata, base: str | None, *, body: range, every: bool = False) -> Choice[Image]:
    """Return the image that metadata names, else the first picture in a <figure> up to the end of the article.

    `body` are the indexes of the article's blocks.
    """
    weighing = Weighing(every=every)
    for value in metadata.image[:20]:
        if weighing.done:
            break
        address = resolve(value.value, base)
        weighing.offer(address, value.source, against=_against(address))
    if weighing.chosen is None:
        for picture in segmentation.pictures[:_PICTURES]:
            if weighing.done:
                break
            if picture.block <= body.stop and _is_in_figure(picture, segmentation) and _is_large(picture):
                address = resolve(_address(picture), base)
                weighing.offer(address, "figure", against=_against(address))
    if weighing.chosen is None:
        return Choice(None, None, weighing.candidates)
    return Choice(_described(weighing.chosen, segmentation, metadata), weighing.chosen.source, weighing.candidates)


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """Return caption and credit: "A street. Photo: Jane Doe" gives ("A street.", "Jane Doe"), "© dpa" gives (None, "dpa")."""
    text = clean_line(caption, limit=_CAPTION_CHARS)
    found = _credit_pattern().search(text) if _may_credit(text) else None
    if found:
        credit = (found["name"] or found["owner"]).strip(" .()[]|")
        return text[: found.start()].strip(" |/-–—([") or None, credit[:_CREDIT_CHARS] or None
    found = _PARENTHESISED.search(text)
    if found and "/" in found[1] and found[1][0].isupper():  # (Jane Doe/Agency)
        return text[: found.start()].strip() or None, found[1].strip()
    found = _LAST.search(text)
    if found and _is_credit(found[1]):  # A street. Jane Doe/Agency
        return text[: found.start(1)].strip() or None, found[1].strip(" .()")
    return text or None, None


def _may_credit(text: str) -> bool:
    """Whether `text` has a mark or a word that credits have: the cheap test that most captions fail."""
    lower = text.lower()
    return any(mark in lower for mark in _CREDIT_MARKS) or not _NAMING.isdisjoint(lower.split())


def _is_credit(text: str) -> bool:
    """Whether a line is an agency's name, alone or with a photographer's: capitals, a stroke, and no sentence."""
    words = _LETTERS.findall(text.lower())
    padded = f" {' '.join(words)} "
    agencies = sum([count for agency, count in _table()["agencies"] if agency in padded])
    return agencies > 0 and (len(words) <= agencies + 1 or (len(words) <= agencies + _CREDIT_WORDS and any(mark in text for mark in "/|")))


def _described(chosen: Candidate, segmentation: Segmentation, metadata: Metadata) -> Image:
    name = _name(chosen.value)
    picture = next((picture for picture in segmentation.pictures[:_PICTURES] if _is_of(_address(picture), name)), None)
    alt = picture.attributes.get("alt") if picture else None
    alt, credit_of_alt = split_credit(alt or next((value.value for value in metadata.image_alt), ""))
    if alt and _says_nothing(alt.lower(), name):
        alt = None
    caption, credit = split_credit(_printed_caption(picture, segmentation) or "") if picture else (None, None)
    caption = caption or _of(metadata.image_caption, name)
    credit = credit or _of(metadata.image_credit, name)
    if caption and credit is None:
        caption, credit = split_credit(caption)
    credit = credit or credit_of_alt
    return Image(
        url=chosen.value,
        alt=clean_line(alt, limit=_ALT_CHARS) or None if alt else None,
        caption=clean_line(caption, limit=_CAPTION_CHARS) or None if caption else None,
        credit=clean_line(credit, limit=_CREDIT_CHARS) or None if credit else None,
    )


def _says_nothing(alt: str, name: str | None) -> bool:
    """Whether an alternative text is what a content system writes for want of one, or a file's name."""
    return alt.strip(" .-©") in _table()["no_alt"] or alt.endswith(_FILES) or (_MACHINE.search(alt) is not None and _name(alt) == name)


def _of(values: list[Value], name: str | None) -> str | None:
    return next((value.value for value in values if _name(value.url) == name), None)


def _printed_caption(picture: Picture, segmentation: Segmentation) -> str | None:
    """The text of the caption that follows the picture: a <figcaption> next to it, or an element named so."""
    blocks = segmentation.blocks
    for block in blocks[picture.block : picture.block + 2]:
        if block.tag == "figcaption":
            return block.text
    figure = _figure(picture.container, segmentation)
    for block in blocks[picture.block : picture.block + 3]:
        if figure >= 0 and _is_inside(block.container, figure, segmentation):
            return block.text
    near = range(picture.block, picture.block + 2)
    return next((hint.text for hint in segmentation.hints if hint.kind == "caption" and hint.block in near and hint.text), None)


def _figure(container: int, segmentation: Segmentation) -> int:
    while container >= 0 and segmentation.tags[container] != "figure":
        container = segmentation.parents[container]
    return container


def _is_inside(container: int, ancestor: int, segmentation: Segmentation) -> bool:
    while container > ancestor:
        container = segmentation.parents[container]
    return container == ancestor


def _is_in_figure(picture: Picture, segmentation: Segmentation) -> bool:
    return _figure(picture.container, segmentation) >= 0


def _is_large(picture: Picture) -> bool:
    width = (picture.attributes.get("width") or "").strip()[:6]
    return not (width.isascii() and width.isdigit()) or int(width) >= _MIN_WIDTH


def _address(picture: Picture) -> str:
    """The picture's own address; scripts that load it late keep that beside a stand-in."""
    src = picture.attributes.get("src")
    if src and not src.startswith("data:"):  # nearly all
        return src
    for name in _SOURCES:
        value = picture.attributes.get(name)
        if value and not value.startswith("data:"):
            return value.split()[0] if name.endswith("srcset") and value.split() else value
    return ""


def _is_of(url: str, name: str | None) -> bool:
    return name is not None and name in url.lower() and _name(url) == name


def _name(url: str | None) -> str | None:
    """The file's name without size and ending: one picture stands under many addresses."""
    if not url:
        return None
    path = url.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    stem = path.rpartition(".")[0] or path
    return _SIZE.sub("", stem) or stem


def _against(url: str | None) -> str | None:
    if url is None:
        return None
    path = url.lower().partition("://")[2].partition("/")[2].partition("?")[0]
    found = _WORDS.findall(path.rpartition("/")[2])
    if not _table()["furniture"].isdisjoint([*found, *(part for word in found if "-" in word for part in word.split("-")[:3])]):
        return "the site's mark or a stand-in"
    return "a drawing, not a photograph" if path.endswith((".svg", ".ico")) else None


@cache
def _table() -> dict[str, Any]:
    table = tomllib.loads((files("scraper") / "data" / "images.toml").read_text("utf-8"))
    agencies = [(f" {agency} ", len(agency.split())) for agency in table["agencies"]]
    return {**table, "furniture": frozenset(table["furniture"]), "no_alt": frozenset(table["no_alt"]), "agencies": agencies}


@cache
def _credit_pattern() -> re.Pattern[str]:
    listed = sorted(map(re.escape, _table()["credit"]), key=len, reverse=True)
    named = "|".join(word for word in listed if word.endswith(_PREPOSITIONS))
    return re.compile(
        rf"(?:^|[\s.(\[|/–—-])(?:(?:{'|'.join(listed)})\s?[:：]\s?|(?:{named})\s(?=(?-i:[A-Z\u00c0-\u00de\u0370-\u03ff\u0410-\u042f])))(?P<name>[^:]{{2,120}})\Z"
        r"|(?:[©Ⓒ]|\(c\))\s?(?P<owner>[^:]{2,120})\Z",
        re.IGNORECASE,
    )
