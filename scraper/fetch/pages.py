"""Articles over several pages: which link leads to the next one.

`rel=next` alone is not believed: many sites use it for the next article. The link has to be the first page's URL with a page number put in.
"""

import re

from scraper.fetch.head import decode_loosely, tags
from scraper.fetch.url import join, parse_url
from scraper.page import Page

_KEYS = ("page", "p", "pg", "pn", "paged", "pagina", "seite", "sivu", "strona", "page_number", "pagenum", "pageno", "currentpage")
_SEGMENTS = ("", "page/", "page-", "page", "seite/", "seite-", "pagina/", "p/", "p")
_MARKS = ("-", "_", ",", "-page-", "_page_", "-page", "-p", "-seite-", "_p", "/")
_ONE = re.compile(r"[?&](?:" + "|".join(_KEYS) + r")=1(?=&|$)")


def next_page(first: str, page: Page, number: int) -> str | None:
    """Return the URL of page `number` of the article that begins at `first`, if `page` links to it."""
    wanted = _numbered(first, number)
    base = page.url or first
    for tag, attributes in tags(decode_loosely(page.body, page.charset)):
        if tag in ("a", "link") and (reference := attributes.get("href")):
            target = join(base, reference)
            if target is not None and target.rstrip("/") in wanted:
                return target
        elif tag == "base":
            base = join(base, attributes.get("href", "")) or base
    return None


def _numbered(first: str, number: int) -> set[str]:
    """Return the ways to put a page number into a URL, without a final slash."""
    url = _ONE.sub("", parse_url(first).href)
    path, mark, query = url.partition("?")
    path = path.rstrip("/")
    found = {f"{path}/{segment}{number}{mark}{query}" for segment in _SEGMENTS}
    queries = [f"{query}&" if query else "", ""]
    for slash in ("", "/"):
        found |= {f"{path}{slash}?{before}{key}={number}" for key in _KEYS for before in queries}
    stem, dot, extension = path.rpartition(".")
    if dot and "/" not in extension and stem.count("/") > 2:
        found |= {f"{stem}{sign}{number}.{extension}{mark}{query}" for sign in _MARKS}
    elif path.count("/") > 2:
        found |= {f"{path}{sign}{number}{mark}{query}" for sign in _MARKS}
    return found
