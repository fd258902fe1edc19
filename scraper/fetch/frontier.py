"""The URLs that wait, by host: which may be asked next, and when."""

import asyncio
import heapq
import time
from collections import deque

import msgspec

from scraper.fetch.polite import Gates
from scraper.fetch.trip import Trip


class Job(msgspec.Struct):
    """One URL of a list: its place, its host, and what is left to its tries."""

    index: int
    url: str
    host: str
    trip: Trip
    tried: int = 0


class Frontier:
    """Hands out one job per host at a time. All calls are made in one event loop."""

    def __init__(self, gates: Gates) -> None:
        self._gates = gates
        self._waiting: dict[str, deque[Job]] = {}
        self._ready: list[tuple[float, int, str]] = []  # (when, tie-breaker, host): hosts with jobs and nobody at them
        self._order = 0
        self._changed = asyncio.Event()
        self._closed = False
        self._out = 0
        self.size = 0

    @property
    def hosts(self) -> int:
        """Return how many hosts have jobs, those being asked among them."""
        return len(self._waiting)

    def add(self, job: Job) -> None:
        """Queue a new job."""
        queue = self._waiting.get(job.host)
        if queue is None:
            self._waiting[job.host] = deque([job])
            self._offer(job.host)
        else:
            queue.append(job)
        self.size += 1

    def close(self) -> None:
        """Say that no more jobs will be added."""
        self._closed = True
        self._changed.set()

    async def take(self) -> Job | None:
        """Return the next job, whose host is then the taker's until `release`; `None` when all is done."""
        while True:
            now = time.monotonic()
            if self._ready and self._ready[0][0] <= now:
                host = heapq.heappop(self._ready)[2]
                if self._gates.free_at(host) > now:  # redirects have led there meanwhile
                    self._offer(host)
                    continue
                self._out += 1
                self.size -= 1
                return self._waiting[host].popleft()
            if self._closed and not self._ready and not self._out:
                self._changed.set()
                return None
            self._changed.clear()
            wait = self._ready[0][0] - now if self._ready else None
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def release(self, job: Job, *, again: bool = False) -> None:
        """Give the job's host free; with `again` the job goes back to the front of its queue."""
        self._out -= 1
        queue = self._waiting[job.host]
        if again:
            queue.appendleft(job)
            self.size += 1
        if queue:
            self._offer(job.host)
        else:
            del self._waiting[job.host]
        self._changed.set()

    def _offer(self, host: str) -> None:
        self._order += 1
        heapq.heappush(self._ready, (self._gates.free_at(host), self._order, host))
        self._changed.set()
