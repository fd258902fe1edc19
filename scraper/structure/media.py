"""Images and embeds that stand between the body's blocks."""

from collections.abc import Sequence

from normalise.article import BodyBlock
from normalise.text import clean_line
from normalise.url import resolve
from scraper.blocks import Picture, Segmentation

_ALT_CHARS = 500
_SMALL = 64  # pixels: smaller images are icons and counters
_AFTER = 3  # blocks up to the text after an image: its caption and credit stand between


def media_blocks(page: Segmentation, kept: Sequence[bool], base: str | None) -> list[tuple[int, BodyBlock]]:
    """Return the images and embeds with kept blocks before and after them, each with the index of the block that follows it.

    Addresses are resolved against `base`; what has no address on the web is left out.
    """
    found: list[tuple[int, BodyBlock]] = []
    seen: set[str] = set()  # a picture loaded late stands again in <noscript>
    for pictures, kind in ((page.pictures, "image"), (page.embeds, "embed")):
        for picture in pictures:
            if _is_between(kept, picture.block) and not _is_icon(picture):
                address = resolve(picture.address, base)
                if address is not None and address not in seen:
                    seen.add(address)
                    text = picture.attributes.get("alt") or picture.attributes.get("title") or ""
                    block = BodyBlock(type="image" if kind == "image" else "embed", text=clean_line(text, limit=_ALT_CHARS), url=address)
                    found.append((picture.block, block))
    found.sort(key=lambda media: media[0])
    return found


def _is_between(kept: Sequence[bool], index: int) -> bool:
    return 0 < index < len(kept) and kept[index - 1] and any(kept[index : index + _AFTER])


def _is_icon(picture: Picture) -> bool:
    width, height = picture.pixels("width"), picture.pixels("height")
    return (width is not None and width < _SMALL) or (height is not None and height < _SMALL)
