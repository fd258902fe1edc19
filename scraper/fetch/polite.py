"""What keeps a fetcher welcome: one request at a time per host, pauses, Retry-After, and leaving a failing host alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_HOSTS = 10_000  # hosts whose Crawl-delay is remembered


class Gates:
    """One gate per host. Who holds it is alone at that host."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._delays: dict[str, float] = {}

    @asynccontextmanager
    async def hold(self, host: str) -> AsyncIterator[None]:
        """Be alone at `host` for as long as the context lasts."""
        lock, users = self._locks.get(host, (asyncio.Lock(), 0))
        self._locks[host] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[host]
            if users == 1:
                del self._locks[host]
            else:
                self._locks[host] = (lock, users - 1)

    def set_delay(self, host: str, seconds: float) -> None:
        """Remember the Crawl-delay that `host` asks for."""
        if seconds > 0 and (host in self._delays or len(self._delays) < _HOSTS):
            self._delays[host] = seconds

    def delay(self, host: str) -> float:
        """Return the Crawl-delay of `host`, 0 where it asks for none."""
        return self._delays.get(host, 0.0)


def retry_after(header: str | None, date: str | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks to wait: a number, or an HTTP date less the server's own `date`. `None` where it
    is neither."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    then, now = _http_date(text), _http_date(date or "") or datetime.fromtimestamp(time.time(), UTC)
    return None if then is None else max(0.0, (then - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
