"""The chapters of an EPUB, a zip of XHTML files, in the order in which its package has them read."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NoReturn
from urllib.parse import unquote
from xml.parsers import expat

from scraper.errors import InputError
from scraper.xml_events import event_parser, local_name

CONTAINER = "META-INF/container.xml"
_TYPES = ("application/xhtml+xml", "text/html")


def chapters(read: Callable[[str], bytes]) -> list[str]:
    """Return the names of an EPUB's chapters; `read` returns one of its files. Raises InputError."""
    package = next((found["full-path"] for name, found in _elements(read(CONTAINER)) if name == "rootfile" and "full-path" in found), None)
    if package is None:
        raise InputError("damaged", "an EPUB whose container names no package")
    files: dict[str, str] = {}
    order: list[str] = []
    for name, found in _elements(read(package)):
        if name == "item" and found.get("media-type") in _TYPES:
            files[found.get("id", "")] = _resolved(package, unquote(found.get("href", "")))
        elif name == "itemref":
            order.append(found.get("idref", ""))
    return list(dict.fromkeys(files[reference] for reference in order if reference in files))


def _resolved(package: str, reference: str) -> str:
    """Return the name of a file that the package refers to from its own folder."""
    parts: list[str] = []
    for part in (PurePosixPath(package).parent / reference).parts:
        if part == "..":
            del parts[-1:]
        else:
            parts.append(part)
    return "/".join(parts)


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((local_name(name), attributes))

    try:
        event_parser(start, lambda _: None, lambda _: None, _refuse).Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # ValueError, LookupError: an encoding that Python does not know
        raise InputError("damaged", f"an EPUB whose list of chapters is broken: {error}") from None
    return found


def _refuse(why: str) -> NoReturn:
    raise InputError("damaged", why)
