"""robots.txt by RFC 9309: 4xx allows, 5xx and silence disallow, 500 KiB are read."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import msgspec
from protego import Protego

from scraper.fetch.faults import FetchError
from scraper.fetch.url import Target, parse_url

MAX_BYTES = 500 * 1024
_KEPT = 2_000  # origins
_FRESH = 24 * 3600.0
_LINE = 2_048  # a rule longer than any URL is dropped: its matching is not free


class Rules(msgspec.Struct):
    """What one origin's robots.txt says to us; `parsed` is `None` where it forbids nothing."""

    parsed: Protego | None
    expires: float


Load = Callable[[Target], Awaitable[tuple[int, bytes]]]


class Robots:
    """The rules of every origin met, fetched once each through `load`, which returns (status, body) or raises FetchError; `agent` is our
    product token."""

    def __init__(self, load: Load, agent: str) -> None:
        self._load = load
        self._agent = agent
        self._rules: OrderedDict[str, Rules] = OrderedDict()

    async def check(self, url: Target) -> float:
        """Return the Crawl-delay for `url` in seconds, 0 where none. Raises FetchError: `robots` where it is disallowed."""
        rules = await self._for(url)
        if rules.parsed is None:
            return 0.0
        if not rules.parsed.can_fetch(url.href, self._agent):
            raise FetchError("robots", f"robots.txt of {url.host} disallows {url.path[:200]}")
        return float(rules.parsed.crawl_delay(self._agent) or 0.0)

    async def sitemaps(self, url: Target) -> list[str]:
        """Return the sitemaps that robots.txt names."""
        rules = await self._for(url)
        return list(rules.parsed.sitemaps) if rules.parsed is not None else []

    async def _for(self, url: Target) -> Rules:
        now = time.monotonic()
        rules = self._rules.get(url.origin)
        if rules is None or rules.expires < now:
            rules = await self._fetch(url, now)
            self._rules[url.origin] = rules
            if len(self._rules) > _KEPT:
                self._rules.popitem(last=False)
        self._rules.move_to_end(url.origin)
        return rules

    async def _fetch(self, url: Target, now: float) -> Rules:
        """Load and parse. Nothing is remembered of a robots.txt that could not be had: the next page asks again."""
        try:
            status, body = await self._load(parse_url("/robots.txt", url.href))
        except FetchError as error:
            if error.code == "redirect-error":
                return Rules(None, now + _FRESH)  # RFC 9309 2.3.1.2: unavailable, so nothing is forbidden
            raise
        if status >= 500 or status == 429:  # RFC 9309 2.3.1.4: unreachable, so everything is
            raise FetchError(
                "robots", f"robots.txt of {url.host} answered {status}: the site is left alone for now", retry=True, strike=True
            )
        return Rules(parse_rules(body) if status == 200 else None, now + _FRESH)


def parse_rules(body: bytes) -> Protego:
    """Parse a robots.txt body; what is not a rule is ignored."""
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")
    return Protego.parse("\n".join(line for line in text.splitlines() if len(line) <= _LINE))
