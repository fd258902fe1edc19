"""Addresses of copies, which hold the address of the page that was copied: of archives, caches, translations and proxies.

"https://archive.example/web/20190403121212/http://example.org/story" says by itself what it is a copy of. Others hold only the page's host,
which they must state themselves: "https://example-org.cache.example/c/s/example.org/story".
"""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from normalise.url import canonical, host, resolve

_CHARS = 4_000
_VIEWED = "view-source:"
_HELD = re.compile(r"(?<=/)https?(?::/{1,2}|%3a%2f%2f)(?=[^/?#.]{1,63}\.)", re.IGNORECASE)
_STAMPED = re.compile(r"/(?:\d{14})(?:[a-z]{2}_)?/(?=(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?::\d{1,5})?/)", re.IGNORECASE)
_MAY_HOLD = re.compile(r"/http|/HTTP|/\d{14}")
_SCHEME = len("https://")
_PATH = re.compile(r"(?<=[^:/])/[^?#]*")
_ONE_SLASH = re.compile(r"\A(https?:)/(?!/)", re.IGNORECASE)
_NESTED = 3  # copies of copies
_FOREIGN_LABELS = 2  # that a proxy puts behind a host


class Copy(NamedTuple):
    """A copy's address: its service's host, what it is a copy of, and the digits before that, which may be those of the time of capture."""

    service: str
    original: str
    digits: str


def copy_at(url: str | None) -> Copy | None:
    """Return what an address says that it is a copy of: it holds a whole address, or a host behind a time to the second."""
    url = (url or "").strip()[:_CHARS]
    service, held, digits = "", url.removeprefix(_VIEWED), ""
    if _MAY_HOLD.search(held, _SCHEME) is None and held == url:
        return None  # nearly all
    for _ in range(_NESTED):
        place = _held_in(held)
        if place is None:
            break
        before, held = held[:place], held[place:]
        service = service or (host(before) or "")
        digits = digits or "".join(filter(str.isdecimal, before.partition("//")[2]))
        if held[:4].lower() != "http":
            held = f"http://{held}"
        elif "%" in held[:9]:
            held = unquote(held)
        held = _ONE_SLASH.sub(r"\1//", held)
    original = resolve(held)
    return Copy(service, original, digits) if original is not None and held != url else None


def _held_in(url: str) -> int | None:
    """Return where in an address another one begins."""
    path = _PATH.search(url)
    if path is None:
        return None
    found = _HELD.search(url, path.start(), path.end())
    if found is not None:
        return found.start()
    stamp = _STAMPED.search(url, path.start(), path.end())
    return stamp.end() if stamp is not None else None


def copy_of(url: str, own: str) -> Copy | None:
    """Return what `url` is a copy of, if of a page on the host `own`: its path or query holds that host, or its own host spells it."""
    try:
        parts = urlsplit(url[:_CHARS])
        service = parts.hostname or ""
    except ValueError:
        return None
    if not service or service == own or "." not in own:
        return None
    original = _in_path(parts, own) or _in_query(parts.query, own)
    if original is None and spells(service, own):
        original = canonical(parts._replace(netloc=own).geturl())
    original = original and resolve(original)
    return Copy(service, original, "") if original else None


def _in_path(parts: SplitResult, own: str) -> str | None:
    before, found, _ = f"{parts.path}/".lower().partition(f"/{own}/")
    if not found:
        return None
    rest = parts.path[len(before) + len(own) + 2 :]
    return f"https://{own}/{rest}?{parts.query}" if parts.query else f"https://{own}/{rest}"


def _in_query(query: str, own: str) -> str | None:
    """Return the address in a query: "u=https://example.org/story", "q=cache:Xy12:example.org/story"."""
    for _, value in parse_qsl(query, max_num_fields=40) if own in query.lower() else ():
        before, found, rest = value.partition(own)
        if found and (not before or before[-1] in ":/") and rest[:1] in ("", "/", "?", "#", " "):
            scheme = "http" if before.endswith("http://") else "https"
            return f"{scheme}://{own}{rest.split(None, 1)[0] if rest.strip() else ''}"
    return None


def spells(service: str, own: str) -> bool:
    """Whether a service's host has `own` as its first label, with hyphens for dots, or before its own labels."""
    label = service.partition(".")[0]
    names = (own, own.removeprefix("www."))
    spelt = {name.replace("-", "--").replace(".", "-") for name in names} | {name.replace(".", "-") for name in names}
    behind = service.removeprefix(f"{own}.")
    return label in spelt or (behind != service and behind.count(".") >= _FOREIGN_LABELS)
