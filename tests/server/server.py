"""The server: an event loop in a thread, one plain port, one with TLS, one that never answers; raw bytes out."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable

from tests.server.certificates import Certificates

Handler = Callable[["Exchange"], Awaitable[None]]
HANDLERS: dict[str, Handler] = {}


class Exchange:
    """One request, and the ways to answer it."""

    def __init__(self, server: "FaultyServer", head: str, writer: asyncio.StreamWriter) -> None:
        lines = head.split("\r\n")
        self.server = server
        self.writer = writer
        self.target = lines[0].split(" ")[1]
        self.path, _, self.query = self.target.partition("?")
        self.headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        self.host = self.headers.get("host", "").partition(":")[0]

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: str = "200 OK", *, kind: str | None = "text/html", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        if kind is not None:
            lines.append(f"Content-Type: {kind}")
        text = "\r\n".join(lines) + "\r\n\r\n"
        await self.raw(text.encode("latin-1" if all(ord(c) < 256 for c in text) else "utf-8"))

    async def send(self, body: bytes | str, status: str = "200 OK", *, kind: str | None = "text/html", **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        await self.head(status, kind=kind, Content_Length=str(len(data)), **headers)
        await self.raw(data)

    def reset(self) -> None:
        """Close with a TCP reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def path(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of a path."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


class FaultyServer:
    """Starts on construction; `requests` counts (host, path); `connections` is how many are open now, `busiest` the most at once per
    host."""

    def __init__(self, certificates: Certificates | None = None) -> None:
        from tests.server import faults  # registers its paths

        for coding in faults.BOMBS:
            faults.made_bomb(coding)
        self.requests: Counter[tuple[str, str]] = Counter()
        self.log: list[tuple[str, str, dict[str, str]]] = []
        self.open: Counter[str] = Counter()
        self.busiest: Counter[str] = Counter()
        self.robots_location = ""  # where robots.txt of robots-elsewhere.test redirects to
        self.certificates = certificates or Certificates()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="faulty server")
        self._thread.start()
        self.plain_port, self.tls_port, self.silent_port = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    async def _start(self) -> tuple[int, int, int]:
        self._servers = [
            await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20),
            await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20, ssl=self.certificates.server_context()),
            await asyncio.start_server(self._say_nothing, "127.0.0.1", 0),
        ]
        plain, tls, silent = (server.sockets[0].getsockname()[1] for server in self._servers)
        return plain, tls, silent

    async def _say_nothing(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take whatever comes, a TLS greeting for one, and never answer."""
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await reader.read()
        writer.close()

    def stop(self) -> None:
        async def close() -> None:
            for server in self._servers:
                server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=2) if tasks else None

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = ""
        try:
            first = await reader.readexactly(1)
            if first == b"\x16":  # a TLS greeting on the plain port
                writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            exchange = Exchange(self, head, writer)
            host = exchange.host
            self.requests[host, exchange.path] += 1
            self.log.append((host, exchange.target, exchange.headers))
            self.open[host] += 1
            self.busiest[host] = max(self.busiest[host], self.open[host])
            await find(exchange)(exchange)
        except (OSError, EOFError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the other side had enough, or the server stops
        finally:
            self.open[host] -= bool(host)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()


def find(exchange: Exchange) -> Handler:
    """Return the handler: of the path, of its first part ("/page/17" is "/page"), or the one that answers 404."""
    first = "/" + exchange.path.lstrip("/").partition("/")[0]
    return HANDLERS.get(exchange.path) or HANDLERS.get(first) or HANDLERS[""]
