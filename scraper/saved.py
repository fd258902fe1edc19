"""Raw pages kept on disk: the bytes as they came, and beside them what their carrier said.

    example.org-2025-07-story-3f2a9c1b7d40.html    the body
    example.org-2025-07-story-3f2a9c1b7d40.json    {"charset": …, "media_type": …, "status": 200, "url": …}

`scraper.readers` puts the two together again, so that cleaning the file gives the record that cleaning the fetched page gives. A kill may
leave the second file without the first, never the first without what belongs to it.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from scraper.errors import OutputError
from scraper.page import Page

FACTS = frozenset(Page.__struct_fields__) - {"body", "origin"}
FACTS_OPENING = b'{"charset":'  # the keys are sorted
_SUFFIXES = {"text/html": ".html", "text/plain": ".txt", "application/xhtml+xml": ".xhtml"}
_LONGEST_SLUG = 80  # characters; enough to recognise a page by
_UNSAFE = re.compile(r"[^a-z0-9.]+")


def save(page: Page, folder: Path) -> Path:
    """Keep `page` in `folder`, under a name made from its URL; return the path of the body. Raises OutputError."""
    stem = url_name(page.url or page.origin or "page")
    path, facts = folder / f"{stem}{_SUFFIXES.get(page.media_type or '', '.html')}", folder / f"{stem}.json"
    carrier = msgspec.json.encode({key: getattr(page, key) for key in FACTS}, order="sorted") + b"\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _partial(path, page.body) as new_body, _partial(facts, carrier) as new_facts:
            for suffix in _SUFFIXES.values():  # an earlier body must not stand beside these facts
                (folder / f"{stem}{suffix}").unlink(missing_ok=True)
            new_facts.replace(facts)
            new_body.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def url_name(url: str) -> str:
    """Return a file name, without suffix, for `url`: readable, the same every time, and different for different URLs."""
    address = url.partition("://")[2] or url
    slug = _UNSAFE.sub("-", address[: 4 * _LONGEST_SLUG].lower())[:_LONGEST_SLUG].strip("-.") or "page"
    return f"{slug}-{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


@contextlib.contextmanager
def _partial(path: Path, data: bytes) -> Iterator[Path]:
    """Write `data` to a file beside `path`; what has not been moved from there at the end is removed."""
    partial = path.with_name(f".{path.name}.tmp")
    try:
        partial.write_bytes(data)
        yield partial
    finally:
        partial.unlink(missing_ok=True)
