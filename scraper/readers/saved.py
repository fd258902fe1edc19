"""Pages that were saved one to a file: what stands beside them, and what a saving extension has put into them."""

import os
import re
from typing import Any

import msgspec

from scraper.errors import InputError
from scraper.page import Page
from scraper.readers.source import File
from scraper.saved import FACTS, FACTS_OPENING

MAX_SIDECAR = 64_000_000  # bytes: it also holds the further pages of an article
_SIDECAR_KEYS = frozenset({"url", "media_type"})
_CODED = (".gz", ".zst")  # what users pack their raw pages with
_PAGE_SUFFIXES = tuple(suffix + coded for coded in ("", *_CODED) for suffix in (".html", ".htm", ".xhtml", ".txt"))
_LONG_DATA_URI = re.compile(rb"data:[^\"'\s<>)]{512,}")
_SINGLE_FILE = 262_144  # bytes; a smaller page has no embedded resources worth a pass


def with_sidecar(page: Page, path: str) -> Page:
    """Return the page with what its metadata file says, as `clip fetch --save` writes it: `name.json` beside `name.html`."""
    stem, suffix = os.path.splitext(path)
    facts = sidecar((os.path.splitext(stem)[0] if suffix in _CODED else stem) + ".json")
    if facts is None:
        return page
    return msgspec.structs.replace(
        page,
        url=page.url or _text(facts.get("url")),
        media_type=page.media_type or _text(facts.get("media_type")),
        charset=page.charset or _text(facts.get("charset")),
        following=_following(facts.get("following")),
    )


def is_sidecar(path: str) -> bool:
    """Whether a .json file is the metadata of a page beside it, and no input of its own."""
    stem = os.path.splitext(path)[0]
    return any(os.path.isfile(stem + suffix) for suffix in _PAGE_SUFFIXES) and sidecar(path) is not None


def refuse_alone(path: str, head: bytes) -> None:
    """Refuse a file that begins with `head` and holds what `clip fetch --save` was told of a page that is not there. Raises InputError."""
    if path.endswith(".json") and head.startswith(FACTS_OPENING) and (sidecar(path) or {}).keys() >= FACTS:
        raise InputError("damaged", "half of a saved page: its body is not there; fetch it again")


def sidecar(path: str) -> dict[str, Any] | None:
    """Return what the metadata file at `path` says; `None` where there is none."""
    try:
        with File(path) as file:
            facts = msgspec.json.decode(file.read(MAX_SIDECAR))
    except (InputError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return facts if isinstance(facts, dict) and facts.keys() >= _SIDECAR_KEYS else None


def without_embedded(body: bytes) -> bytes:
    """Return an HTML page without its embedded images and fonts: a SingleFile page of 9 MB has 60 kB of markup."""
    if len(body) < _SINGLE_FILE or b";base64," not in body:
        return body
    return _LONG_DATA_URI.sub(b"data:,", body)


def _following(value: object) -> tuple[Page, ...]:
    try:
        return msgspec.convert(value or [], tuple[Page, ...])
    except (msgspec.ValidationError, RecursionError):
        return ()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
