"""One URL: its redirects, its tries, its deadline.

fetch                   tries, with back-off, inside the total deadline
  attempt               one try: follow redirects and meta refresh to the page
    _hop                robots.txt, then one request
      _read             the body, decoded and bounded
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec

from scraper.config import Fetching
from scraper.encoding.sniff import binary_type, carried_type
from scraper.fetch.cookies import Cookies
from scraper.fetch.credentials import without_credentials
from scraper.fetch.decode import Decoder
from scraper.fetch.faults import FetchError
from scraper.fetch.head import read_head, read_refresh
from scraper.fetch.pages import next_page
from scraper.fetch.polite import Breaker, Gates, retry_after
from scraper.fetch.render import Renderer
from scraper.fetch.robots import MAX_BYTES, Robots
from scraper.fetch.transport import Answer, Network, Timeouts, Transport
from scraper.fetch.trip import Trip
from scraper.fetch.url import Target, parse_url, shown
from scraper.page import PAGE_TYPES, XML_TYPES, Page, content_type
from scraper.page_status import page_status

ACCEPT = "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1"
_UNTOLD = ("application/octet-stream", "application/x-unknown-content-type", "unknown/unknown", "application/unknown", "*/*")
_ACCEPTED = (*PAGE_TYPES, *XML_TYPES, *_UNTOLD)  # the last are sniffed
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (408, 425, 429, 500, 502, 503, 504, 522, 524)
_ERROR_BYTES = 64 * 1024  # of an error page, read for what it says of the reason
_ERROR_SECONDS = 5.0
_EXPLAINED = (401, 402, 403, 405, 406, 429, 451, 503)
_WALLS = ("bot_block", "consent_wall", "paywalled")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_REFRESH_SECONDS = 10  # a page that refreshes later than this is one to be read
_MB = 1_000_000
_LARGE = 1_000_000  # bytes; pages beyond that are one in a hundred
_LARGE_AT_ONCE = 2
_ROBOTS_REDIRECTS = 5  # RFC 9309 2.3.1.2
_FIRST_BACKOFF = 0.5
_LONGEST_BACKOFF = 20.0
KEPT_HEADERS = ("content-type", "content-language", "content-location", "date", "etag", "last-modified", "link", "refresh", "x-robots-tag")

Wait = Callable[[float], Awaitable[None]]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is acceptable as an answer: by default a page; feeds and sitemaps are wanted as any type, as they came.

    `courteous` is off for what a page in a browser loads: robots.txt and pauses are for pages.
    """

    pages_only: bool = True
    refresh: bool = True
    courteous: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    max_bytes: int | None = None


A_PAGE = Wanted()
ANY = Wanted(pages_only=False, refresh=False)
PART_OF_A_PAGE = Wanted(pages_only=False, refresh=False, courteous=False)


class Client:
    """Fetches URLs one by one or side by side. Use as an async context manager; safe for many tasks of one event loop."""

    def __init__(self, settings: Fetching, network: Network | None = None) -> None:
        self.settings = settings
        network = network or Network()
        if settings.allow_private:
            network = msgspec.structs.replace(network, allow_private=True)
        timeouts = Timeouts(settings.connect_timeout, settings.read_timeout)
        self._transport = Transport(network, timeouts, connections=settings.concurrency * 2, proxy=settings.proxy, cache=settings.cache)
        self.agent = settings.user_agent + (f" (+{settings.contact})" if settings.contact else "")
        self.robots = Robots(self._load_robots, settings.user_agent.partition("/")[0].strip() or "article-clip")
        self.gates = Gates(settings.delay)
        self.breaker = Breaker(settings.host_failures)
        self.max_bytes = settings.max_size * _MB
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._renderer = (
            Renderer(self._load_part, agent=self.agent, max_chars=self.max_bytes, browser=settings.browser) if settings.render else None
        )

    async def __aenter__(self) -> "Client":
        """Return the client itself."""
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close every connection, and the browser."""
        if self._renderer is not None:
            await self._renderer.aclose()
        await self._transport.aclose()

    async def fetch(self, url: str, wanted: Wanted = A_PAGE) -> Page:
        """Return the page at `url`, with tries and waits inside the total deadline. Raises InputError."""
        trip = Trip(parse_url(url).host, self.settings.deadline)
        for tried in range(self.settings.retries + 1):
            try:
                return await self.attempt(url, wanted, trip)
            except FetchError as error:
                wait = self.wait_before_retry(error, tried)
                if wait is None:
                    raise
                if wait > trip.left:
                    raise FetchError(error.code, f"{error}; the next try, {wait:.0f} s later, would come after the deadline") from error
                await asyncio.sleep(wait)
                trip.left -= wait
        raise AssertionError(f"no outcome for {url}")

    def wait_before_retry(self, error: FetchError, tried: int) -> float | None:
        """Return the seconds to wait before the next try, or `None` where there is to be none. Raises FetchError for a wait beyond the
        cap."""
        if not error.retry or tried >= self.settings.retries:
            return None
        if error.wait is not None and error.wait > self.settings.retry_after:
            cap = self.settings.retry_after
            text = f"{error}; it asks for a wait of {error.wait:.0f} s, more than the {cap:.0f} allowed"
            raise FetchError(error.code, text, host=error.host)
        # Full jitter: clients that failed together must not come back together.
        backoff = random.uniform(0.5, 1.0) * min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2.0**tried)
        return max(backoff, error.wait or 0.0)

    async def attempt(self, url: str, wanted: Wanted = A_PAGE, trip: Trip | None = None) -> Page:
        """Return the page at `url` in one try, within what is left to its trip. Raises FetchError."""
        start = parse_url(url)
        trip = trip or Trip(start.host, self.settings.deadline)
        try:
            async with trip.running():
                page = await self._follow(start, wanted, trip)
                if self.settings.pages > 1 and wanted is A_PAGE:
                    page = await self._with_following(page, trip)
                if self._renderer is not None and wanted is A_PAGE and page.media_type != "text/plain":
                    page = await self._renderer.render(page)
        except TimeoutError:
            text = f"{trip.host}: not done within the deadline of {self.settings.deadline:g} s"
            raise FetchError("timeout", text, strike=True, host=trip.host) from None
        except FetchError as error:
            error.host = trip.host
            raise
        return msgspec.structs.replace(page, origin=without_credentials(url))

    async def _load_part(self, url: str, page: bool) -> Page:
        """Load what a page in the browser asks for; `page` says that it goes on to another page."""
        return await self.attempt(url, ANY if page else PART_OF_A_PAGE)

    async def _follow(self, url: Target, wanted: Wanted, trip: Trip, *, again: bool = False) -> Page:
        """Follow redirects and meta refresh from `url` to a page; `again` says that this fetch has been at its host before."""
        cookies = Cookies()
        start = url.host
        trail: list[str] = []
        seen: set[tuple[str, str | None]] = set()
        while True:
            state = (url.href, cookies.header(url))
            if state in seen:
                raise FetchError("redirect-error", f"redirect loop: {_chain([*trail, url.href])}")
            if len(trail) > self.settings.redirects:
                raise FetchError("redirect-error", f"more than {self.settings.redirects} redirects: {_chain(trail)}")
            seen.add(state)
            trip.host = url.host
            page, onward = await self._hop(url, cookies, wanted, trip, first=url.host == start and not again)
            if onward is None:
                return msgspec.structs.replace(page, redirects=tuple(trail))
            trail.append(url.href)
            url = onward

    async def _with_following(self, first: Page, trip: Trip) -> Page:
        """Return the page with the further pages of its article. One that is missing ends the article, any other failure is the whole
        page's."""
        following: list[Page] = []
        bodies = {first.body}
        page = first
        while len(following) + 1 < self.settings.pages:
            url = next_page(first.url or "", page, len(following) + 2)
            if url is None:
                break
            try:
                page = await self._follow(parse_url(url), A_PAGE, trip, again=True)
            except FetchError as error:
                if error.code != "http-error" or error.retry:
                    raise
                break
            if page.body in bodies:
                break
            bodies.add(page.body)
            following.append(page)
        return msgspec.structs.replace(first, following=tuple(following))

    async def _hop(self, url: Target, cookies: Cookies, wanted: Wanted, trip: Trip, *, first: bool) -> tuple[Page, Target | None]:
        """Make one request; return its page, and where that sends us on. Whoever starts a fetch waits for the pause of the `first` host."""
        given_up = self.breaker.given_up(url.host)
        if given_up is not None:
            raise FetchError(given_up[0], f"{url.host} is asked no more: {given_up[1]}")
        if not wanted.courteous:
            async with self._get(url, cookies, dict(wanted.headers)) as answer:
                return await self._take(url, answer, cookies, wanted)
        if self.settings.robots:
            crawl_delay = await self.robots.check(url)
            self.gates.set_crawl_delay(url.host, min(crawl_delay, self.settings.crawl_delay))
        async with AsyncExitStack() as held:
            with trip.waiting():
                await held.enter_async_context(self.gates.hold(url.host, pause=not first))
            answer = await held.enter_async_context(self._get(url, cookies, dict(wanted.headers)))
            return await self._take(url, answer, cookies, wanted)

    async def _take(self, url: Target, answer: Answer, cookies: Cookies, wanted: Wanted) -> tuple[Page, Target | None]:
        """Take in the answer: its cookies, its page, and where it sends us on."""
        cookies.store(url, [value for name, value in answer.headers if name == "set-cookie"])
        if answer.status in _REDIRECTS:
            return _page(url, answer, b""), _location(url, answer)
        page = await self._read_page(url, answer, wanted)
        return page, (self._refresh(page, url) if wanted.refresh else None)

    @asynccontextmanager
    async def _get(self, url: Target, cookies: Cookies, extra: dict[str, str]) -> AsyncIterator[Answer]:
        headers = {"User-Agent": self.agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate, br, zstd", "Connection": "close", **extra}
        cookie = cookies.header(url)
        if cookie:
            headers["Cookie"] = cookie
        async with self._transport.get(url, headers) as answer:
            yield answer

    async def _read_page(self, url: Target, answer: Answer, wanted: Wanted) -> Page:
        if answer.status in (204, 205):
            return _page(url, answer, b"")
        if answer.status != 200 and answer.status != 203:
            raise await self._status_error(url, answer)
        media_type, _ = content_type(answer.header("content-type"))
        if wanted.pages_only and media_type is not None and media_type not in _ACCEPTED:
            hint = " (`clip discover` lists the articles of a feed)" if media_type in _FEED_TYPES else ""
            raise FetchError("wrong-type", f"{url.host} sent {shown(media_type)}: only HTML and text are cleaned{hint}")
        body = await read_body(answer, wanted.max_bytes or self.max_bytes, large=self._large)
        if wanted.pages_only and (found := binary_type(body)):
            label = shown(media_type or "nothing")
            raise FetchError("wrong-type", f"{url.host} sent {found}, labelled {label}: only HTML and text are cleaned")
        return _page(url, answer, body)

    async def _status_error(self, url: Target, answer: Answer) -> FetchError:
        status = answer.status
        if status == 304:
            return FetchError("not-modified", f"{url.host}: not modified since the last fetch")
        message = f"{url.host} answered {status}{await _reason(answer)}"
        if status in _AGAIN:
            wait = retry_after(answer.header("retry-after"), answer.header("date"))
            return FetchError("http-error", message, retry=True, wait=wait, strike=status >= 500 or status == 429)
        return FetchError("http-error", message)

    def _refresh(self, page: Page, url: Target) -> Target | None:
        """Return where a meta refresh or a Refresh header sends the reader at once, else `None`."""
        header = dict(page.headers).get("refresh")
        refresh = read_refresh(header, url.href) if header else None
        if refresh is None and b"refresh" in page.body.lower():
            refresh = read_head(page.body, url.href, page.charset).refresh
        if refresh is None or refresh[0] > _REFRESH_SECONDS or refresh[1] == url.href:
            return None
        return parse_url(refresh[1])

    async def _load_robots(self, url: Target) -> tuple[int, bytes]:
        """Load a robots.txt through its redirects, at most five; what is over 500 KiB is left unread."""
        late = FetchError("robots", f"robots.txt of {url.host} does not come: the site is left alone for now", strike=True)
        try:
            async with asyncio.timeout(self.settings.deadline / 2):
                return await self._follow_robots(url)
        except TimeoutError:
            raise late from None
        except FetchError as error:
            raise late if error.code == "timeout" else error from None

    async def _follow_robots(self, start: Target) -> tuple[int, bytes]:
        url, cookies = start, Cookies()
        for _ in range(_ROBOTS_REDIRECTS + 1):
            try:
                async with self._get(url, cookies, {}) as answer:
                    if answer.status not in _REDIRECTS:
                        return answer.status, await read_body(answer, MAX_BYTES, cut=True) if answer.status == 200 else b""
                    url = _location(url, answer)
            except FetchError as error:
                if url is start or error.code == "redirect-error":
                    raise
                raise FetchError("robots", f"robots.txt of {start.host} cannot be read: {error}", strike=True) from error
        raise FetchError("redirect-error", f"{start.host}: robots.txt redirects too often")


async def read_body(answer: Answer, limit: int, *, cut: bool = False, large: asyncio.Semaphore | None = None) -> bytes:
    """Read and decode a body of at most `limit` bytes, on the wire and decoded alike. A larger one is `too-large`, or cut where so asked.

    What is over 1 MB is read on only while holding one of the places in `large`: fifty huge bodies at once would fill the memory.
    """
    declared = answer.header("content-length")
    if declared is not None and declared.isascii() and declared.isdigit() and int(declared[:20]) > limit and not cut:
        raise FetchError("too-large", f"declares {declared[:20]} bytes; at most {limit} are read")
    decoder = Decoder(", ".join(value for name, value in answer.headers if name == "content-encoding"))
    body = bytearray()
    wire = 0
    async with AsyncExitStack() as held:
        # At once: an exception's traceback would keep the body, and a decoder's window of 16 MB, until it is collected.
        held.callback(body.clear)
        held.callback(decoder.close)
        async for chunk in answer.raw:
            wire += len(chunk)
            for piece in decoder.feed(chunk):
                if len(body) <= _LARGE < len(body) + len(piece) and large is not None:
                    await held.enter_async_context(large)
                body += piece
                if len(body) > limit:
                    break
            if wire > limit or len(body) > limit:
                if cut:
                    return bytes(body[:limit])
                raise FetchError("too-large", f"over {limit} bytes ({wire} on the wire, {len(body)} decoded, and more to come)")
        decoder.finish()
        return bytes(body)


async def _reason(answer: Answer) -> str:
    """Return what an error page says of itself, where it is a bot block or a wall: " (bot block: just a moment...)"."""
    if answer.status not in _EXPLAINED:
        return ""
    try:
        async with asyncio.timeout(_ERROR_SECONDS):
            body = await read_body(answer, _ERROR_BYTES, cut=True)
    except (FetchError, TimeoutError):
        return ""
    text = body.decode("utf-8", "replace")
    title, *blocks = _TAG.split(text)
    found = page_status([title, *blocks], title=next((block for block in blocks if block.strip()), None), headings=blocks[:20], markup=text)
    return f" ({found.status.replace('_', ' ')}: {shown(found.evidence)})" if found and found.status in _WALLS else ""


def _page(url: Target, answer: Answer, body: bytes) -> Page:
    media_type, charset = content_type(answer.header("content-type"))
    media_type = None if media_type in _UNTOLD else carried_type(media_type, body)  # the former say no more than that nobody knew
    kept = tuple((name, value) for name, value in answer.headers if name in KEPT_HEADERS)
    return Page(body=body, url=url.href, media_type=media_type, charset=charset, origin=url.href, status=answer.status, headers=kept)


def _location(url: Target, answer: Answer) -> Target:
    location = (answer.header("location") or "").strip()
    if not location:
        raise FetchError("redirect-error", f"{url.host} answered {answer.status} without saying where to go")
    try:
        return parse_url(location, url.href)
    except FetchError as error:
        code = "redirect-error" if error.code == "bad-url" else error.code
        raise FetchError(code, f"redirected by {url.host}: {error}") from error


def _chain(urls: list[str]) -> str:
    shortened = [shown(url) for url in urls]
    return " → ".join(shortened if len(shortened) <= 4 else [*shortened[:2], "…", *shortened[-2:]])


def fetch_page(url: str, settings: Fetching, network: Network | None = None) -> Page:
    """Return the page at `url`. Raises InputError. May also be called where an event loop is running, as in a notebook."""

    async def one() -> Page:
        async with Client(settings, network) as client:
            return await client.fetch(url)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(one())
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, one()).result()
