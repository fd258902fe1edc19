"""Pages whose article is built by script, rendered in the user's own Chromium (extra `render`).

The browser has no network of its own: whatever it asks for is fetched by our client, with the same addresses refused and the same sizes
and deadline kept, and handed to it. What would go around that (web sockets, downloads, service workers, WebRTC, other schemes) is off, and
what is not caught goes to a proxy that does not exist.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec

from scraper.errors import ConfigError
from scraper.fetch.faults import FetchError
from scraper.fetch.url import shown
from scraper.page import Page

Load = Callable[[str, bool], Awaitable[Page]]  # a part of a page, by its URL, or (True) another page; raises FetchError

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge")
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",  # the discard port: nothing listens
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--no-pings",
)
_WANTED_KINDS = ("document", "script", "xhr", "fetch", "stylesheet", "other")  # no pictures, fonts, films: they hold no text
_REQUESTS = 200  # of one page
_AT_ONCE = 6
_BYTES = 60_000_000  # of all that one page loads
_SETTLING = 5.0  # seconds that a page may go on loading after its load event


class Renderer:
    """One browser, started with the first page. `render` is safe for several tasks; `aclose` ends the browser.

    `load` fetches what pages ask for; `max_chars` are those of a page once rendered.
    """

    def __init__(self, load: Load, *, agent: str, max_chars: int, browser: str = "") -> None:
        self._load, self._agent, self._max_chars = load, agent, max_chars
        self._path = browser or next((found for name in _NAMES if (found := shutil.which(name))), None)
        self._starting = asyncio.Lock()
        self._playwright: Any = None
        self._browser: Any = None

    async def _started(self) -> Any:
        async with self._starting:
            if self._browser is None or not self._browser.is_connected():
                try:
                    from playwright.async_api import Error, async_playwright
                except ImportError as error:
                    raise ConfigError("rendering needs the extra `render`: pip install 'article-clip[render]'") from error
                if self._path is None:
                    raise ConfigError("rendering needs Chromium: install it, or name it in config.yaml as fetch.browser")
                self._playwright = self._playwright or await async_playwright().start()
                try:
                    self._browser = await self._launched(self._path)
                except Error as error:
                    said = shown(error.message.splitlines()[0])
                    if self._browser is not None:
                        raise FetchError("crash", f"the browser ended and cannot be started again: {said}") from error
                    raise ConfigError(f"rendering: {self._path} cannot be started as Chromium: {said}") from error
            return self._browser

    async def _launched(self, path: str) -> Any:
        # As root, as in most containers, Chromium's sandbox cannot be set up.
        sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0
        return await self._playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS), chromium_sandbox=sandbox, timeout=20_000)

    async def aclose(self) -> None:
        """End the browser."""
        with suppress(Exception):
            async with asyncio.timeout(5):
                if self._browser is not None:
                    await self._browser.close()
        with suppress(Exception):
            if self._playwright is not None:
                await self._playwright.stop()

    async def render(self, page: Page) -> Page:
        """Return `page` as it is after its scripts have run. Raises FetchError."""
        browser = await self._started()
        from playwright.async_api import Error

        try:
            context = await browser.new_context(user_agent=self._agent, accept_downloads=False, service_workers="block", permissions=[])
            try:
                return await _Visit(self._load, self._max_chars, context, page).run()
            finally:
                with suppress(Exception):
                    async with asyncio.timeout(5):
                        await context.close()
        except Error as error:
            raise FetchError("crash", f"the browser ended: {shown(error.message.splitlines()[0])}", retry=True) from error


class _Visit:
    """One page in one browser context."""

    def __init__(self, load: Load, max_chars: int, context: Any, page: Page) -> None:
        self._load, self._max_chars, self._context, self._page = load, max_chars, context, page
        self._requests = self._bytes = 0
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._refused: FetchError | None = None

    async def run(self) -> Page:
        from playwright.async_api import Error

        await self._context.route("**/*", self._answer)
        await self._context.route_web_socket("**/*", lambda socket: socket.close())
        tab = await self._context.new_page()
        self._context.on("page", lambda popup: asyncio.ensure_future(popup.close()))
        tab.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
        try:
            await tab.goto(self._page.url, wait_until="load", timeout=0)  # the client's deadline stands over all of this
            with suppress(Error):
                await tab.wait_for_load_state("networkidle", timeout=_SETTLING * 1000)
            size = await tab.evaluate("document.documentElement.outerHTML.length")
            if size > self._max_chars:
                raise FetchError("too-large", f"{size} characters once rendered; at most {self._max_chars} are read")
            markup: str = await tab.content()
            if self._refused is not None:  # a script wanted to go on to another page
                raise self._refused
        except Error as error:
            if not self._context.browser.is_connected():
                raise
            raise self._refused or FetchError("network-error", f"the browser gave up: {shown(error.message.splitlines()[0])}") from error
        url = tab.url if tab.url.startswith(("http://", "https://")) else self._page.url
        body = markup.encode("utf-8", "replace")
        return msgspec.structs.replace(self._page, body=body, url=url, media_type="text/html", charset="utf-8")

    async def _answer(self, route: Any) -> None:
        """Fetch what the page asks for, or refuse it."""
        request = route.request
        with suppress(Exception):  # the page may be gone by the time its answer is there
            try:
                page = await self._asked(request)
            except FetchError as error:
                if _leads_on(request):
                    self._refused = error
                await route.abort("blockedbyclient")
                return
            kind = page.media_type or "text/html"
            headers = {
                "content-type": kind + (f"; charset={page.charset}" if page.charset else ""),
                # Nothing here carries cookies, so that another site's answer is no secret.
                "access-control-allow-origin": request.headers.get("origin", "*"),
                "access-control-allow-credentials": "true",
            }
            await route.fulfill(status=200, headers=headers, body=page.body)

    async def _asked(self, request: Any) -> Page:
        if request.is_navigation_request() and request.url == self._page.url and not self._requests:
            self._requests += 1
            return self._page
        self._requests += 1
        if request.method != "GET" or request.resource_type not in _WANTED_KINDS:
            raise FetchError("wrong-type", f"not needed: {request.resource_type}")
        if self._requests > _REQUESTS or self._bytes > _BYTES:
            raise FetchError("too-large", "the page loads too much")
        async with self._slots:
            page = await self._load(request.url, _leads_on(request))
        self._bytes += len(page.body)
        return page


def _leads_on(request: Any) -> bool:
    """Say whether a request is for another page, not for a part of this one."""
    return bool(request.is_navigation_request() and request.frame.parent_frame is None)
