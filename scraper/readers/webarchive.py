"""Safari's .webarchive: a property list whose main resource is the page."""

import plistlib
from typing import Any

from scraper.errors import InputError
from scraper.page import Page


def read_webarchive(data: bytes, origin: str) -> Page:
    """Return the page of a web archive. Raises InputError: `damaged`, or `wrong-type` where the list is something else."""
    try:
        archive: Any = plistlib.loads(data)
    except Exception as error:  # plistlib raises what its parsers raise: expat's, ValueError, IndexError, RecursionError, ...
        raise InputError("damaged", f"broken property list: {type(error).__name__}") from None
    main = archive.get("WebMainResource") if isinstance(archive, dict) else None
    if not isinstance(main, dict) or not isinstance(main.get("WebResourceData"), bytes):
        raise InputError("wrong-type", "a property list that is no web archive")
    return Page(
        body=main["WebResourceData"],
        url=_text(main, "WebResourceURL"),
        media_type=_text(main, "WebResourceMIMEType"),
        charset=_text(main, "WebResourceTextEncodingName"),
        origin=origin,
    )


def _text(resource: dict[str, Any], key: str) -> str | None:
    value = resource.get(key)
    return value if isinstance(value, str) else None
