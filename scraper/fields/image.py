"""The article's lead image: its address, what it shows, and whose it is."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from normalise.article import Candidate, Image
from normalise.text import clean_line
from normalise.url import resolve
from scraper.blocks import Picture, Segmentation
from scraper.credits import is_credit_line, split_credit
from scraper.fields.choice import Choice, Weighing
from scraper.metadata import Metadata, Value

_ALT_CHARS, _CAPTION_CHARS, _CREDIT_CHARS = 300, 600, 120
_PICTURES = 60
_MIN_WIDTH = 200  # pixels, where a width is given
_LARGE = (300, 150)  # pixels wide and, where that is given, high: neither portrait nor button
_BEFORE_BODY = 10  # blocks between the headline and the text
_SIZE = re.compile(r"(?:[-_](?:\d{2,4}x\d{2,4}|\d{2,4}w|scaled|large|medium|small|thumb))+\Z")
_MACHINE = re.compile(r"[_\d]")
_FILES = (".jpg", ".jpeg", ".png", ".webp", ".gif")
_WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def choose_image(segmentation: Segmentation, metadata: Metadata, base: str | None, *, body: range, every: bool = False) -> Choice[Image]:
    """Return the image that metadata names, else the first picture in a <figure> up to the end of the article, else the first
    between headline and end that says it is large. `body` are the indexes of the article's blocks.
    """
    weighing = Weighing(every=every)
    for value in metadata.image[:20]:
        if weighing.done:
            break
        address = resolve(value.value, base)
        weighing.offer(address, value.source, against=_against(address))
    if weighing.chosen is None:
        pictures = [picture for picture in segmentation.pictures[:_PICTURES] if picture.block <= body.stop]
        figures = [("figure", picture) for picture in pictures if _is_in_figure(picture, segmentation) and not _is_small(picture)]
        above = segmentation.blocks[max(body.start - _BEFORE_BODY, 0) : body.start]
        first = next((block.index + 1 for block in reversed(above) if block.tag == "h1"), body.start)
        large = [("picture", picture) for picture in pictures if picture.block >= first and _is_large(picture)]
        for source, picture in figures + large:
            if weighing.done:
                break
            address = resolve(picture.address, base)
            weighing.offer(address, source, against=_against(address))
    if weighing.chosen is None:
        return Choice(None, None, weighing.candidates)
    return Choice(_described(weighing.chosen, segmentation, metadata), weighing.chosen.source, weighing.candidates)


def _described(chosen: Candidate, segmentation: Segmentation, metadata: Metadata) -> Image:
    name = _name(chosen.value)
    picture = next((picture for picture in segmentation.pictures[:_PICTURES] if _is_of(picture.address, name)), None)
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
    """The text of the caption that follows the picture: a <figcaption> next to it, an element named so, or a line that credits somebody."""
    blocks = segmentation.blocks
    for block in blocks[picture.block : picture.block + 2]:
        if block.tag == "figcaption":
            return block.text
    figure = _figure(picture.container, segmentation)
    for block in blocks[picture.block : picture.block + 3]:
        if figure >= 0 and _is_inside(block.container, figure, segmentation):
            return block.text
    near = range(picture.block, picture.block + 2)
    named = next((hint.text for hint in segmentation.hints if hint.kind == "caption" and hint.block in near and hint.text), None)
    return named or next((block.text for block in blocks[near.start : near.stop] if is_credit_line(block.text, by_picture=True)), None)


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


def _is_small(picture: Picture) -> bool:
    width = picture.pixels("width")
    return width is not None and width < _MIN_WIDTH


def _is_large(picture: Picture) -> bool:
    width, height = picture.pixels("width"), picture.pixels("height")
    return width is not None and width >= _LARGE[0] and (height is None or height >= _LARGE[1])


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
def _table() -> dict[str, frozenset[str]]:
    table = tomllib.loads((files("scraper") / "data" / "images.toml").read_text("utf-8"))
    return {key: frozenset(words) for key, words in table.items()}
