"""Raw pages kept on disk: the bytes as they came, and a small file beside them with what their carrier said.

    example.org-2025-07-story-3f2a9c1b7d40.html             the body
    example.org-2025-07-story-3f2a9c1b7d40.html.meta.json   {"charset": …, "media_type": …, "status": 200, "url": …}

Cleaning such a file gives the record that cleaning the fetched page gives.
"""

import hashlib
import re
from pathlib import Path

import msgspec

from scraper.errors import OutputError
from scraper.page import Page

META_SUFFIX = ".meta.json"
_SUFFIXES = {"text/plain": ".txt", "application/xhtml+xml": ".xhtml"}
_LONGEST_SLUG = 80  # characters; enough to recognise a page by
_META_BYTES = 100_000  # a larger file is not one of ours
_UNSAFE = re.compile(r"[^a-z0-9.]+")


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """What the carrier said of a page: the keys of `Page`, less its bytes."""

    url: str | None = None
    media_type: str | None = None
    charset: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[str, ...] = ()


def save(page: Page, folder: Path) -> Path:
    """Keep `page` in `folder`, under a name made from its URL; return the path of the body. Raises OutputError."""
    path = folder / (url_name(page.url or page.origin or "page") + _SUFFIXES.get(page.media_type or "", ".html"))
    carrier = Carrier(**{key: getattr(page, key) for key in Carrier.__struct_fields__})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(path.with_name(path.name + META_SUFFIX), msgspec.json.encode(carrier, order="sorted") + b"\n")
        _write(path, page.body)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def with_carrier(page: Page, path: Path) -> Page:
    """Return `page`, read from `path`, with what was kept of its carrier; unchanged where nothing was, or not by clip."""
    try:
        with path.with_name(path.name + META_SUFFIX).open("rb") as file:
            carrier = msgspec.json.decode(file.read(_META_BYTES), type=Carrier)
    except (OSError, msgspec.DecodeError):
        return page
    return msgspec.structs.replace(page, **{key: getattr(carrier, key) for key in Carrier.__struct_fields__})


def is_carrier(path: Path) -> bool:
    """Say whether `path` is the small file beside a saved page, not a page."""
    return path.name.endswith(META_SUFFIX) and path.with_name(path.name.removesuffix(META_SUFFIX)).exists()


def url_name(url: str) -> str:
    """Return a file name for `url`: readable, the same every time, and different for different URLs."""
    address = url.partition("://")[2] or url
    slug = _UNSAFE.sub("-", address[: 4 * _LONGEST_SLUG].lower())[:_LONGEST_SLUG].strip("-.") or "page"
    return f"{slug}-{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.tmp")
    partial.write_bytes(data)
    partial.replace(path)
