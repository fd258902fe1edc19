"""httpx, and the only module that knows it.

HTTP/1.1 on one connection per request: a connection that is used again could carry bytes that the last response had no right to, and after
a size cap nothing
can be trusted that still comes. The client object of httpx is not used: it would follow redirects, keep cookies and decode bodies by rules
of its own.

httpx2 has the same interface: a move is the one import line below.
"""

import os
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import httpx
import msgspec

from scraper.errors import ConfigError
from scraper.fetch.address import Resolve, allowed_addresses, system_resolve
from scraper.fetch.cache import caching
from scraper.fetch.faults import FetchError
from scraper.fetch.url import PORTS, Target, shown

Dial = Callable[[str, int, float | None], Awaitable[Any]]

_HEADERS = 500
_HEADER_BYTES = 100 * 1024  # httpcore itself stops reading an unfinished header block at 100 KiB
_TINY_CHUNKS = 20_000  # chunks of a byte or two cost 15 µs each: a body of 20 MB would take five minutes of processor time
_TINY = 64
_BYTES = re.compile(r"bytearray\(b(.*)\)")  # how h11 quotes a line that it does not understand


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds for one connect and for one read; the total deadline is the client's."""

    connect: float
    read: float


async def system_dial(address: str, port: int, timeout: float | None) -> Any:
    """Open a TCP connection to a literal address."""
    return await httpcore.AnyIOBackend().connect_tcp(address, port, timeout=timeout)


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """How names become addresses and addresses connections. Tests inject their own; `tls` verifies by the system's authorities unless
    given."""

    resolve: Resolve = system_resolve
    dial: Dial = system_dial
    tls: ssl.SSLContext | None = None
    allow_private: bool = False


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """The network backend under httpcore: resolves once, checks every address, dials the address it checked."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Any:
        addresses = await allowed_addresses(host, port, self._network.resolve, allow_private=self._network.allow_private)
        for last, address in enumerate(addresses, 1 - len(addresses)):
            try:
                return await self._network.dial(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not last:
                    raise
        raise AssertionError("allowed_addresses returns at least one")

    async def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None) -> Any:
        raise FetchError("blocked", "unix sockets are not fetched from")

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("httpcore sleeps only between its own retries, which are off")


class Answer(msgspec.Struct):
    """A response whose body has not been read: header names in lower case, values in order."""

    status: int
    headers: list[tuple[str, str]]
    raw: AsyncIterator[bytes]

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next((value for key, value in self.headers if key == name), None)


class Transport:
    """Sends one GET at a time: through `proxy` where there is one, but for hosts that NO_PROXY exempts from the environment's."""

    def __init__(self, network: Network, timeouts: Timeouts, *, connections: int, proxy: str = "", cache: str = "") -> None:
        self._timeouts = {"connect": timeouts.connect, "read": timeouts.read, "write": timeouts.read, "pool": None}
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=0)
        verify = network.tls or _system_authorities() or True  # True: the authorities that come with httpx
        self._http = httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits, http2=False)
        self._http._pool._network_backend = _PinnedBackend(network)  # no public parameter for it; held by a test
        self._network = network
        self._proxy = (environment_proxy() or "") if proxy == "environment" else proxy
        self._exempt = _exempt_from_proxy if proxy == "environment" else lambda _: False
        self._sender: Any = self._http
        if self._proxy:
            try:
                proxied = httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits, http2=False, proxy=self._proxy)
            except (ValueError, httpx.InvalidURL, ImportError) as error:  # ImportError: a SOCKS proxy without the package for it
                why = "the package socksio is missing" if isinstance(error, ImportError) else "write it as in http://proxy.example:3128"
                raise ConfigError(f"fetch.proxy: {shown(self._proxy)} cannot be used: {why}") from error
            self._sender = _Fork(proxied, self._http, self._exempt)
        if cache:
            self._sender = caching(self._sender, cache, httpx.__name__)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._sender.aclose()

    @asynccontextmanager
    async def get(self, url: Target, headers: dict[str, str]) -> AsyncIterator[Answer]:
        """Send the request and yield the answer; the connection is dropped on leaving. Raises FetchError."""
        host = f"[{url.host}]" if ":" in url.host else url.host
        extensions: dict[str, Any] = {"timeout": self._timeouts, "target": url.path.encode("ascii"), "caching": {"key": url.href}}
        if url.host.endswith("."):
            extensions["sni_hostname"] = url.host.rstrip(".")  # certificates name hosts without the root's dot
        proxy = "" if not self._proxy or self._exempt(url.host) else shown(self._proxy)
        if proxy:
            await self._check_for_proxy(url)
        with _Translated(url, proxy):
            # httpx itself takes values in ASCII only, and for Host only names that IDNA 2008 knows, which leaves out those with emoji.
            named = {"Host": host if url.port == PORTS[url.scheme] else f"{host}:{url.port}"}
            sent = {name.encode(): value.encode() for name, value in (named | headers).items()}
            request = httpx.Request("GET", f"{url.scheme}://{host}:{url.port}/", headers=sent, extensions=extensions)
            response = await self._sender.handle_async_request(request)
        try:
            with _Translated(url, proxy):
                yield Answer(response.status_code, _checked_headers(response.headers.raw), _paced(response.aiter_raw()))
        finally:
            await response.aclose()

    async def _check_for_proxy(self, url: Target) -> None:
        """Check the addresses of a host as far as can be from here: the proxy resolves the name again. Raises FetchError."""
        try:
            await allowed_addresses(url.host, url.port, self._network.resolve, allow_private=self._network.allow_private)
        except FetchError as error:
            if error.code == "blocked":
                raise
            if not self._network.allow_private:
                hint = "; where the proxy alone knows names, --allow-private leaves them to it"
                raise FetchError(error.code, f"{error}{hint}", retry=error.retry, strike=error.strike) from error


class _Fork:
    """A transport that sends through the proxy what is not exempt from it."""

    def __init__(self, proxied: Any, direct: Any, exempt: Callable[[str], bool]) -> None:
        self._proxied, self._direct, self._exempt = proxied, direct, exempt

    async def handle_async_request(self, request: Any) -> Any:
        return await (self._direct if self._exempt(request.url.host) else self._proxied).handle_async_request(request)

    async def aclose(self) -> None:
        await self._proxied.aclose()
        await self._direct.aclose()


def _system_authorities() -> ssl.SSLContext | None:
    """Return a context that trusts the system's authorities; `None` where there are none, as in a slim container."""
    context, paths = ssl.create_default_context(), ssl.get_default_verify_paths()
    found = context.cert_store_stats()["x509_ca"] or (paths.capath and os.path.isdir(paths.capath) and os.listdir(paths.capath))
    return context if found else None


def _checked_headers(raw: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    if len(raw) > _HEADERS:
        raise FetchError("network-error", f"{len(raw)} headers; at most {_HEADERS} are read")
    if sum(len(name) + len(value) + 4 for name, value in raw) > _HEADER_BYTES:
        raise FetchError("network-error", f"headers over {_HEADER_BYTES // 1024} KiB")
    return [(name.decode("ascii", "replace").lower(), _header_text(value)) for name, value in raw]


def _header_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")  # Location headers carry UTF-8 as it is
    except UnicodeDecodeError:
        return value.decode("latin-1")


async def _paced(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    count = size = 0
    async for chunk in chunks:
        count += 1
        size += len(chunk)
        if count > _TINY_CHUNKS and size < count * _TINY:
            raise FetchError("network-error", f"body in {count} chunks of under {_TINY} bytes")
        yield chunk


class _Translated:
    """Turns httpx's errors into FetchError, once, at the edge; says what `proxy` was between."""

    def __init__(self, url: Target, proxy: str = "") -> None:
        self._where = url.host + (f" through the proxy {proxy}" if proxy else "")

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, httpx.TimeoutException):
            raise FetchError("timeout", f"{self._where}: {_phase(error)}", retry=True, strike=True) from error
        if isinstance(error, httpx.TransportError | httpx.InvalidURL):
            raise _transport_error(self._where, error) from error
        if isinstance(error, ssl.SSLError):
            raise FetchError("tls-error", f"{self._where}: {error.reason or error}", strike=True) from error


def _phase(error: httpx.TimeoutException) -> str:
    return "no connection in time" if isinstance(error, httpx.ConnectTimeout) else "no answer in time"


def _transport_error(where: str, error: Exception) -> FetchError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError) and isinstance(error, httpx.ConnectError):
            reason = getattr(cause, "verify_message", None) or cause.reason or str(cause)
            return FetchError("tls-error", f"{where}: {reason}", strike=True)
        cause = cause.__cause__ or cause.__context__
    text = _BYTES.sub(r"\1", str(error)) or type(error).__name__
    if isinstance(error, httpx.ConnectError):
        return FetchError("network-error", f"{where}: connection failed: {text[:200]}", retry=True, strike=True)
    if "incomplete" in text or "peer closed" in text:
        return FetchError("network-error", f"{where}: truncated: {text[:200]}", retry=True)
    broken = isinstance(error, httpx.ProtocolError) and "disconnected" not in text
    return FetchError("network-error", f"{where}: {text[:200]}", retry=not broken, strike=not broken)


def environment_proxy() -> str | None:
    """Return the proxy that the environment names (HTTPS_PROXY, ALL_PROXY, HTTP_PROXY), if any."""
    from urllib.request import getproxies_environment

    proxies = getproxies_environment()
    proxy = proxies.get("https") or proxies.get("all") or proxies.get("http")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def _exempt_from_proxy(host: str) -> bool:
    """Say whether the environment's NO_PROXY lets `host` be asked directly."""
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed has it for other systems only

    return bool(proxy_bypass_environment(host))
