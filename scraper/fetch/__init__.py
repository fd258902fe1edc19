"""Fetching that is polite, bounded and safe.

fetch(url)             -> Page
fetch_many(urls)       -> Outcome, …: a page or a failure for every URL

url -> address -> transport -> decode     one request: parsed once, its address checked and pinned, its body bounded
robots, cookies, polite                   what it may ask, say and when
client                                    hops, tries and the deadline of one URL
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scraper.config import Config
    from scraper.page import Page


def fetch(url: str, *, config: "Config | None" = None) -> "Page":
    """Return the page at `url`.

    Follows robots.txt, redirects and size limits of `config.fetch`; everything together takes no longer than its deadline. Raises
    `InputError`, with a code of
    `scraper.errors.CODES`, where there is no page to be had.
    """
    from scraper.config import Config
    from scraper.fetch.client import fetch_page

    return fetch_page(url, (config or Config()).fetch)


class _Callable(ModuleType):
    """`scraper.fetch(url)` stays callable when an import of a submodule has bound this package over the function of the same name."""

    def __call__(self, *arguments: Any, **options: Any) -> "Page":
        return fetch(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
