"""URLs, parsed once by the WHATWG rules; only the parsed form is ever fetched.

A second parser that reads the same text otherwise is how `https://example.com\\@evil.com/` reaches the wrong host, so nothing after this
module parses a URL again.
"""

from typing import NamedTuple

import can_ada

from scraper.fetch.credentials import without_credentials
from scraper.fetch.faults import FetchError

_LONGEST = 16_384  # longer than any server accepts; a redirect of 1 MB is an attack
PORTS = {"http": 80, "https": 443}
_SHOWN = 200


class Target(NamedTuple):
    """An http or https URL: `href` in full without credentials and fragment; `path` is what the request line carries; `host` has no
    brackets."""

    href: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Return scheme, host and port: what robots.txt and the referrer rules go by."""
        return f"{self.scheme}://{self.host}:{self.port}"


def parse_url(text: str, base: str | None = None) -> Target:
    """Parse `text`, relative to `base` where given. Raises FetchError: `bad-url` where it is no URL, `blocked` where it is not http or
    https."""
    if len(text) > _LONGEST:
        raise FetchError("bad-url", f"URL of {len(text)} characters; at most {_LONGEST} are allowed")
    try:
        url = can_ada.parse(text) if base is None else can_ada.parse(base) + text
    except (ValueError, TypeError):  # TypeError: lone surrogates
        hint = "; write the scheme too, as in https://example.com/page" if base is None and "://" not in text else ""
        raise FetchError("bad-url", f"not a URL: {shown(text)}{hint}") from None
    scheme = url.protocol.rstrip(":")
    if scheme not in PORTS:
        raise FetchError("blocked", f"only http and https are fetched, not {shown(scheme)}: {shown(text)}")
    url.username = url.password = url.hash = ""
    href = url.href
    if len(href) > _LONGEST:
        raise FetchError("bad-url", f"URL of {len(href)} characters; at most {_LONGEST} are allowed")
    port = int(url.port) if url.port else PORTS[scheme]
    return Target(href, scheme, url.hostname.strip("[]"), port, url.pathname + url.search)


def join(base: str, reference: str) -> str | None:
    """Return `reference` resolved against `base`, which may be empty, as an http or https URL, else `None`. Never raises."""
    try:
        return parse_url(reference.strip(), base or None).href
    except FetchError:
        return None


def shown(text: str) -> str:
    """Return `text` fit for a message: no control characters, no credentials, short."""
    text = without_credentials(text)
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:_SHOWN])
    return clean + ("…" if len(text) > _SHOWN else "")
