"""Copies of pages: what an archive, a cache, a translation or a proxy has written into a page is undone, so that it reads as the original.

Its addresses are given back to the page and its links; their own name and the time of capture go from its metadata.
"""

import re
from urllib.parse import urlsplit

from msgspec.structs import replace

from normalise.copied_url import Copy, copy_at, copy_of, spells
from normalise.url import host
from scraper.blocks import Segmentation

_STATED = frozenset(("canonical", "bookmark", "og:url"))  # links and metas that give the page's own address
_SECONDS = 14  # digits of a time to the second


def find_copy(page: Segmentation, url: str | None) -> Copy | None:
    """Return what the page is a copy of, by the addresses that it states, beside its own that does not say so; `None` where it is none."""
    stated = list(dict.fromkeys([address for name, address in (*page.links[:40], *page.metas[:60]) if name in _STATED]))
    held = next((copy for copy in map(copy_at, stated) if copy is not None), None)
    if held is not None or url is None:
        return held
    hosts = dict.fromkeys(name for name in map(host, [*stated, page.base or ""]) if name)
    return next((copy for copy in (copy_of(url, name) for name in hosts) if copy is not None), None)


def restore(page: Segmentation, copy: Copy) -> None:
    """Give the page's addresses back what they were before it was copied; take from its metadata what the copying service put there."""
    undo = _Undo(copy)
    page.base = page.base and undo(page.base)
    page.links = [(rel, undo(href)) for rel, href in page.links]
    page.metas = [(name, undo(content)) for name, content in page.metas if not _is_of_service(content, copy)]
    page.json_ld = [undo(text) for text in page.json_ld]
    page.hints = [replace(hint, value=undo(hint.value)) if hint.value and "/" in hint.value else hint for hint in page.hints]
    for picture in (*page.pictures, *page.embeds):
        for name, value in picture.attributes.items():
            if value and "/" in value:
                picture.attributes[name] = undo(value)
    for marks in page.marks.values():
        for mark in marks:
            mark.href = undo(mark.href)


class _Undo:
    """Takes the service's part out of the addresses in a text."""

    def __init__(self, copy: Copy) -> None:
        service, own = re.escape(copy.service), urlsplit(copy.original).hostname or ""
        slash = r"\\?/"
        self.whole = re.compile(rf"(?:(?:https?:)?{slash}{slash}{service}|\A){slash}[^\"\s<>]{{0,120}}?(?=https?:{slash})")
        self.place = re.compile(rf"({slash}{slash}){service}(?:{slash}[a-z]{{1,3}}){{0,3}}{slash}(?={re.escape(own)}{slash})")
        self.host = re.compile(rf"({slash}{slash}){service}(?=[/:?#\"\\]|\Z)")
        self.own = own if spells(copy.service, own) else ""

    def __call__(self, text: str) -> str:
        text = self.place.sub(r"\1", self.whole.sub("", text))
        return self.host.sub(rf"\g<1>{self.own}", text) if self.own else text


def _is_of_service(content: str, copy: Copy) -> bool:
    """Whether a meta element has the service's name, or the second of the capture."""
    if content.strip().casefold() == copy.service:
        return True
    digits = "".join(filter(str.isdecimal, content[:40]))
    return len(digits) >= _SECONDS and digits[:_SECONDS] == copy.digits[:_SECONDS]
