"""The raw page: the one type that readers and the fetcher hand to extraction."""

import os
import re
from collections.abc import Collection

import msgspec

from scraper.errors import ConfigError

PARTS = ("blocks", "markdown", "html", "removed", "candidates", "input")  # what a record has on request

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/x-markdown")  # as carriers label pages
XML_TYPES = ("text/xml", "application/xml")  # of pages and of much else: the content has to say
_ESSENCE = re.compile(r"[\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+", re.ASCII)  # two tokens of RFC 9110


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of one page and what its carrier said of them.

    `media_type` is the essence without parameters ("text/html", "text/plain"), `charset` a label from the transport; both `None` when
    nothing was said.
    `origin` names the input for messages and ids: a path, `archive.zip!/member.html`, `crawl.warc.gz@1234`, a URL, or `-`.
    A fetched page has its HTTP `status`, the `headers` worth keeping (lower-case names) and the URLs it was redirected from, in order;
    `following` are the further pages of its article, where these were asked for.
    """

    body: bytes
    url: str | None = None
    media_type: str | None = None
    charset: str | None = None
    origin: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[str, ...] = ()
    following: tuple["Page", ...] = ()


def page_of(data: object, *, url: str | None = None, media_type: str | None = None, origin: str | None = None) -> Page:
    """Return the page that `data` is: bytes in any encoding, or text. Raises TypeError."""
    media_type, charset = content_type(media_type)
    if isinstance(data, str):
        return Page(body=utf8(data), charset="utf-8", url=url, media_type=media_type, origin=origin)
    if isinstance(data, bytes | bytearray | memoryview):
        return Page(body=bytes(data), charset=charset, url=url, media_type=media_type, origin=origin)
    hint = ": scraper.read reads files" if isinstance(data, os.PathLike) else ""
    raise TypeError(f"a page is bytes, text or a Page, not {type(data).__name__}{hint}")


def content_type(header: str | None) -> tuple[str | None, str | None]:
    """Return (media type, charset) of a Content-Type header, each `None` where it says nothing usable."""
    if not header:
        return None, None
    essence, _, parameters = header.partition(";")
    essence = essence.strip().lower()
    charset = None
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and charset is None:
            charset = value.strip().strip("\"'").strip()[:60] or None
    return (essence if len(essence) < 128 and _ESSENCE.fullmatch(essence) else None), charset


def utf8(text: str) -> bytes:
    """Return `text` in UTF-8; halves of surrogate pairs are put together, those without their other half become U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def wanted_parts(names: Collection[str]) -> frozenset[str]:
    """Return the parts of a record that `names` asks for. Raises ConfigError."""
    if isinstance(names, str):
        raise ConfigError(f"parts are asked for by a set of names: {{{names!r}}}")
    for name in sorted(set(names) - set(PARTS)):
        raise ConfigError(f"there is no part {name!r}: there are {', '.join(PARTS)}")
    return frozenset(names)


def printable(text: str) -> str:
    """Return `text` as valid Unicode: bytes of a file's name that are none are written out."""
    return text.encode("utf-8", "backslashreplace").decode()
