"""Cookies of one fetch: kept in memory while its redirects are followed, then forgotten."""

import re
from datetime import UTC, datetime

from scraper.fetch.polite import http_date
from scraper.fetch.url import Target

_COOKIES = 50
_COOKIE_BYTES = 4096
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Cookies:
    """Cookies by the site that set them. A `Domain` that is a public suffix, or not the setter's own site, is dropped with its cookie."""

    def __init__(self) -> None:
        self._jar: dict[tuple[str, bool, str], tuple[str, str, bool]] = {}  # (domain, host only, name) -> (pair, path, secure)

    def store(self, url: Target, set_cookie: list[str]) -> None:
        """Take in the Set-Cookie headers of an answer from `url`."""
        for header in set_cookie[:_COOKIES]:
            if len(header) <= _COOKIE_BYTES and not _CONTROL.search(header):
                self._store_one(url, *_parsed(header))

    def _store_one(self, url: Target, name: str, pair: str, attributes: dict[str, str]) -> None:
        domain = attributes.get("domain", "").removeprefix(".").lower()
        host_only = not domain or domain == url.host
        if not host_only and not (url.host.endswith("." + domain) and f".{domain}".endswith(f".{_site(url.host)}")):
            return
        key = (url.host if host_only else domain, host_only, name)
        if not pair or _is_over(attributes):
            self._jar.pop(key, None)
        elif key in self._jar or len(self._jar) < _COOKIES:
            path = attributes.get("path", "")
            self._jar[key] = (pair, path if path.startswith("/") else "/", "secure" in attributes)

    def header(self, url: Target) -> str | None:
        """Return the Cookie header for a request to `url`."""
        pairs = [
            pair
            for (domain, host_only, _), (pair, path, secure) in self._jar.items()
            if (url.host == domain or (not host_only and url.host.endswith("." + domain)))
            and (not secure or url.scheme == "https")
            and _within(url.path, path)
        ]
        return "; ".join(pairs) or None


def _parsed(header: str) -> tuple[str, str, dict[str, str]]:
    """Return (name, what is sent back, attributes) of a Set-Cookie header, by RFC 6265 5.2: any value and any attribute may come."""
    pair, *rest = (part.strip() for part in header.split(";"))
    name, equals, value = (side.strip() for side in pair.partition("="))
    if not equals:
        name, value = "", pair  # a cookie without a name
    attributes = {key.strip().lower(): value.strip() for key, _, value in (part.partition("=") for part in rest)}
    return name, f"{name}={value}" if name else value, attributes


def _is_over(attributes: dict[str, str]) -> bool:
    """Say whether a cookie is to be forgotten: Max-Age, where it is a number, goes before Expires."""
    age = attributes.get("max-age", "")
    if age.removeprefix("-").isdecimal():
        return age.startswith("-") or not age.strip("0")
    ends = http_date(attributes.get("expires", ""))
    return ends is not None and ends <= datetime.now(UTC)


def _within(path: str, prefix: str) -> bool:
    path = path.partition("?")[0]
    return path.startswith(prefix) and (prefix.endswith("/") or len(path) == len(prefix) or path[len(prefix)] == "/")


def _site(host: str) -> str:
    """Return the registrable domain that `host` lies in (for news.shop.co.uk, shop.co.uk), else `host` itself."""
    from tld import get_fld

    return get_fld(host, fail_silently=True, fix_protocol=True, search_private=True) or host
