"""What keeps a fetcher welcome: one request at a time per host, pauses between them, Retry-After, and leaving a failing host alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scraper.errors import Code

_HOSTS = 20_000  # hosts remembered at once
_RESERVE = 10  # retries that any run may make, however short


class Gates:
    """One gate per host. Who holds it is alone at that host; after it closes, the host has its pause."""

    def __init__(self, delay: float = 0.0) -> None:
        self._delay = delay
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._crawl_delays: dict[str, float] = {}
        self._free: dict[str, float] = {}  # host -> when its pause is over

    @asynccontextmanager
    async def hold(self, host: str, *, pause: bool = False) -> AsyncIterator[None]:
        """Be alone at `host` for as long as the context lasts; with `pause`, first wait for the end of its pause."""
        lock, users = self._locks.get(host, (asyncio.Lock(), 0))
        self._locks[host] = (lock, users + 1)
        try:
            async with lock:
                if pause:
                    await asyncio.sleep(self.free_at(host) - time.monotonic())
                try:
                    yield
                finally:
                    self.rest(host, max(self._delay, self._crawl_delays.get(host, 0.0)))
        finally:
            lock, users = self._locks[host]
            if users == 1:
                del self._locks[host]
            else:
                self._locks[host] = (lock, users - 1)

    def set_crawl_delay(self, host: str, seconds: float) -> None:
        """Remember the Crawl-delay that `host` asks for."""
        if seconds > 0 and (host in self._crawl_delays or len(self._crawl_delays) < _HOSTS):
            self._crawl_delays[host] = seconds

    def rest(self, host: str, seconds: float) -> None:
        """Leave `host` alone for so long from now."""
        if seconds > 0:
            self._free[host] = max(self.free_at(host), time.monotonic() + seconds)
            if len(self._free) > _HOSTS:
                now = time.monotonic()
                self._free = {name: when for name, when in self._free.items() if when > now}

    def free_at(self, host: str) -> float:
        """Return when the pause of `host` is over, on the monotonic clock."""
        return self._free.get(host, 0.0)


class Budget:
    """Retries may be so large a share of a run's requests and no larger: a network that is down must not be asked three times as often."""

    def __init__(self, per_cent: int) -> None:
        self._per_cent = per_cent
        self._requests = self._retries = 0

    def count_request(self) -> None:
        """Count a first try."""
        self._requests += 1

    def take(self) -> bool:
        """Take a retry from the budget; say whether there was one."""
        if self._retries >= _RESERVE + self._requests * self._per_cent // 100:
            return False
        self._retries += 1
        return True


class Breaker:
    """Counts the failures in a row of each host. After `limit` of them the host has a rest; if it then fails again, it is given up."""

    def __init__(self, limit: int, rest: float = 30.0) -> None:
        self._limit, self._rest = limit, rest
        self._strikes: dict[str, int] = {}
        self._given_up: dict[str, tuple[Code, str]] = {}

    def failed(self, host: str, code: Code, reason: str) -> float:
        """Count a failure of the host; return the rest it needs, in seconds."""
        strikes = self._strikes[host] = self._strikes.get(host, 0) + 1
        if strikes > self._limit:
            self.give_up(host, code, f"given up after {strikes} failures in a row, the last: {reason}")
        return self._rest if strikes == self._limit else 0.0

    def give_up(self, host: str, code: Code, reason: str) -> None:
        """Ask `host` no more in this run."""
        self._given_up[host] = code, reason[:300]

    def answered(self, host: str) -> None:
        """Note that the host works."""
        self._strikes.pop(host, None)

    def given_up(self, host: str) -> tuple[Code, str] | None:
        """Return the error code and the reason why `host` is no longer asked, `None` where it is."""
        return self._given_up.get(host)


def retry_after(header: str | None, date: str | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks to wait: a number, or an HTTP date less the server's own `date`, else `None`."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    then, now = http_date(text), http_date(date or "") or datetime.fromtimestamp(time.time(), UTC)
    return None if then is None else max(0.0, (then - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """Return the time that an HTTP header names, `None` where it is none."""
    try:
        when = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
