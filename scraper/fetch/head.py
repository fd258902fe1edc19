"""What a page's head says about where else to look, read without a parser.

The fetcher's process holds every other fetch, and an HTML parser can be made to take gigabytes; this scan is one pass of linear patterns
over the tags and builds no tree.
"""

import html
import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from scraper.fetch.url import join
from scraper.page import Page

_SCANNED = 512 * 1024
_ATTRIBUTES = 40

# Everything in which a tag is not a tag is one alternative, so that it is stepped over whole.
_TOKEN = re.compile(
    r"<!--|<(?P<raw>script|style|noscript|template|textarea|title|xmp|iframe)(?=[\s/>])|<(?P<tag>a|area|base|body|html|link|meta)(?=[\s/>])",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=]{1,60})(?:\s{0,20}=\s{0,20}(?:"([^"]{0,8000})"|'([^']{0,8000})'|([^\s>"']{0,8000})))?""")
_REFRESH = re.compile(
    r"""\s{0,20}([0-9]{1,9})?(?:\.[0-9]{0,9})?\s{0,20}(?:[;,\s]\s{0,20})?(?:url\s{0,20}=\s{0,20})?(?:"([^"]+)|'([^']+)|(.+))?""",
    re.IGNORECASE | re.DOTALL,
)

Attributes = dict[str, str]


class Head(msgspec.Struct):
    """URLs that a page's markup names, absolute, http or https; `refresh` as (seconds, URL)."""

    refresh: tuple[int, str] | None = None
    canonical: str | None = None
    amp: str | None = None
    is_amp: bool = False
    print_version: str | None = None
    following: str | None = None  # rel=next: the article's or the listing's next page
    feeds: list[str] = []
    base: str = ""


def decode_loosely(body: bytes, charset: str | None) -> str:
    """Return text good enough to find ASCII markup in, whatever the charset."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1" if charset is None or not charset.lower().startswith("utf-8") else "utf-8", "replace")


def tags(text: str) -> Iterator[tuple[str, Attributes]]:
    """Yield (tag, attributes) of the links and head elements in markup order; scripts, comments and the like are stepped over."""
    position = 0
    while (token := _TOKEN.search(text, position)) is not None:
        raw = token["raw"]
        if raw is not None:
            position = _end_of_raw(text, token.end(), raw)
        elif token["tag"] is None:
            end = text.find("-->", token.end())
            position = len(text) if end < 0 else end + 3
        else:
            attributes, position = _attributes(text, token.end())
            yield token["tag"].lower(), attributes


def _end_of_raw(text: str, start: int, name: str) -> int:
    end = re.compile(rf"</{name}", re.IGNORECASE).search(text, start)
    return end.end() if end else len(text)


def _attributes(text: str, position: int) -> tuple[Attributes, int]:
    found: Attributes = {}
    for _ in range(_ATTRIBUTES):
        match = _ATTRIBUTE.match(text, position)
        if match is None:
            break
        value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4] or ""
        found.setdefault(match[1].lower(), html.unescape(value))
        position = match.end()
    return found, position


def read_head(body: bytes, url: str, charset: str | None = None) -> Head:
    """Return what the first half megabyte of a page names: refresh, canonical, AMP and print versions, next page, feeds."""
    head = Head(base=url)
    for tag, attributes in tags(decode_loosely(body[:_SCANNED], charset)):
        if tag == "base" and head.base == url:
            head.base = join(url, attributes.get("href", "")) or url
        elif tag == "html":
            head.is_amp = "amp" in attributes or "\u26a1" in attributes
        elif tag == "meta":
            if attributes.get("http-equiv", "").strip().lower() == "refresh" and head.refresh is None:
                head.refresh = read_refresh(attributes.get("content", ""), head.base)
        elif tag in ("link", "a"):
            _read_link(head, tag, attributes)
    return head


def page_notes(page: Page) -> tuple[str, ...]:
    """Return what is worth knowing of a fetched page besides its text: its other versions, and whether a redirect left https."""
    head = read_head(page.body, page.url or "", page.charset)
    canonical = None if head.canonical == page.url else head.canonical
    versions = (("canonical", canonical), ("amp", head.amp), ("print", head.print_version))
    notes = [f"{name} {url}" for name, url in versions if url]
    if head.is_amp:
        notes.append("is amp")
    schemes = [url.partition(":")[0] for url in (*page.redirects, page.url or "")]
    if ("https", "http") in pairwise(schemes):
        notes.append("downgraded")
    return tuple(notes)


def _read_link(head: Head, tag: str, attributes: Attributes) -> None:
    rel = attributes.get("rel", "").lower().split()
    if not rel:
        return
    url = join(head.base, attributes.get("href", ""))
    if url is None:
        return
    if "next" in rel and "nofollow" not in rel:
        head.following = head.following or url
    if tag == "a":
        return
    if "canonical" in rel:
        head.canonical = head.canonical or url
    elif "amphtml" in rel:
        head.amp = head.amp or url
    elif "alternate" in rel:
        kind = attributes.get("type", "").lower()
        if kind in ("application/rss+xml", "application/atom+xml", "application/feed+json"):
            head.feeds.append(url)
        elif attributes.get("media", "").strip().lower() == "print":
            head.print_version = head.print_version or url


def read_refresh(content: str, base: str) -> tuple[int, str] | None:
    """Read a refresh value ("5; url=next.html"), by HTML's rules. `None` where it names no URL that can be fetched."""
    match = _REFRESH.match(content[:8000])
    if match is None:
        return None
    target = match[2] or match[3] or match[4]
    if not target or not target.strip():
        return None
    url = join(base, target)
    return None if url is None else (int(match[1] or 0), url)
