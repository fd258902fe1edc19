"""Raw pages kept on disk: the bytes as they came, and beside them what their carrier said.

    example.org-2025-07-story-3f2a9c1b7d40.html    the body
    example.org-2025-07-story-3f2a9c1b7d40.json    {"charset": …, "media_type": …, "status": 200, "url": …}

`scraper.readers` puts the two together again, so that cleaning the file gives the record that cleaning the fetched page gives.
"""

import hashlib
import re
from pathlib import Path

import msgspec

from scraper.errors import OutputError
from scraper.page import Page

_SUFFIXES = {"text/plain": ".txt", "application/xhtml+xml": ".xhtml"}
_LONGEST_SLUG = 80  # characters; enough to recognise a page by
_UNSAFE = re.compile(r"[^a-z0-9.]+")


def save(page: Page, folder: Path) -> Path:
    """Keep `page` in `folder`, under a name made from its URL; return the path of the body. Raises OutputError."""
    stem = url_name(page.url or page.origin or "page")
    path = folder / f"{stem}{_SUFFIXES.get(page.media_type or '', '.html')}"
    carrier = {key: getattr(page, key) for key in page.__struct_fields__ if key not in ("body", "origin")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{stem}.json", msgspec.json.encode(carrier, order="sorted") + b"\n")
        _write(path, page.body)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def url_name(url: str) -> str:
    """Return a file name, without suffix, for `url`: readable, the same every time, and different for different URLs."""
    address = url.partition("://")[2] or url
    slug = _UNSAFE.sub("-", address[: 4 * _LONGEST_SLUG].lower())[:_LONGEST_SLUG].strip("-.") or "page"
    return f"{slug}-{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.tmp")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
