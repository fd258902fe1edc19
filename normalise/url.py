"""Addresses, by the WHATWG URL standard: resolved, without credentials, without what only tracks the reader."""

from functools import cache, lru_cache
from importlib.resources import files

import can_ada

_CHARS = 4_000  # longer addresses are data, not places
_SCHEMES = ("http:", "https:")
_ABSOLUTE = ("https://", "http://")  # what starts so is the same against every base


@lru_cache(maxsize=256)  # a page's own address, its image's and its canonical one come back several times
def resolve(reference: str, base: str | None = None) -> str | None:
    """Return `reference` as an absolute http or https URL without credentials, resolved against `base`; `None` where it is none.

    Never raises.
    """
    url = _parse(reference, base)
    return url.href if url else None


def link_target(reference: str, base: str | None = None) -> str | None:
    """Return where a link leads: an address on the web as `resolve` gives it, or a mailto: URL; `None` for scripts and the like."""
    if reference.lstrip()[:7].lower() != "mailto:":
        return resolve(reference, base)
    if len(reference) > _CHARS:
        return None
    try:
        return can_ada.parse(reference.strip()).href.replace(" ", "%20")
    except (ValueError, TypeError, RuntimeError):
        return None


def canonical(reference: str, base: str | None = None) -> str | None:
    """Return what `resolve` does, without fragment and tracking parameters."""
    url = _parse(reference, base)
    if url is None:
        return None
    url.hash = ""
    if url.search:
        url.search = without_tracking(url.search)
    return url.href


def without_tracking(query: str) -> str:
    """Return a query string, with or without its "?", without the parameters that only track the reader; order and spelling stay."""
    mark = "?" if query.startswith("?") else ""
    kept = [pair for pair in query.removeprefix("?").split("&") if pair and not is_tracking(pair.partition("=")[0])]
    return mark + "&".join(kept) if kept else ""


def is_tracking(name: str) -> bool:
    """Whether a query parameter of this name only says how the reader came."""
    name = name.lower()
    exact, prefixes = _tracking()
    return name in exact or name.startswith(prefixes)


@lru_cache(maxsize=64)
def is_home(url: str) -> bool:
    """Whether an absolute URL is its site's front page: no path but a language or an index file, no query."""
    parsed = _parse(url, None)
    if parsed is None or parsed.search:
        return False
    parts = [part.lower() for part in parsed.pathname.split("/") if part]
    return not parts or (
        len(parts) == 1 and (parts[0].partition(".")[0] in ("index", "home", "default") or (len(parts[0]) == 2 and parts[0].isalpha()))
    )


@lru_cache(maxsize=64)
def host(url: str) -> str | None:
    """Return the host of an absolute URL in ASCII, `None` where it has none."""
    parsed = _parse(url, None)
    return parsed.hostname if parsed else None


def _parse(reference: str, base: str | None) -> can_ada.URL | None:
    reference = reference.strip()
    if not reference or len(reference) > _CHARS:
        return None
    if base and reference.startswith(_ABSOLUTE):
        base = None
    try:
        url = can_ada.parse(base) + reference if base else can_ada.parse(reference)
    except (ValueError, TypeError, RuntimeError):  # TypeError: lone surrogates
        return _parse(reference, None) if base else None
    if url.protocol not in _SCHEMES or not url.hostname:
        return None
    if url.has_credentials():
        url.username = url.password = ""
    return url if len(url.href) <= _CHARS else None


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = files("normalise").joinpath("data", "tracking_parameters.txt").read_text("utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    return frozenset(name for name in names if not name.endswith("*")), tuple(name[:-1] for name in names if name.endswith("*"))
