"""One URL on its way: at which host it is, and the time that is left to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class Trip:
    """The seconds `left` run while a try is `running`, but for what it waits for its turn at a host: others may be before it there."""

    def __init__(self, host: str, seconds: float) -> None:
        self.host, self.left = host, seconds
        self._timeout: asyncio.Timeout | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the time run. Raises TimeoutError when it is up."""
        async with asyncio.timeout(None) as self._timeout:
            self._start()
            try:
                yield
            finally:
                self._stop()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Stop the time for as long as the context lasts."""
        assert self._timeout is not None
        self._stop()
        self._timeout.reschedule(None)
        try:
            yield
        finally:
            self._start()

    def _start(self) -> None:
        assert self._timeout is not None
        self._started = asyncio.get_running_loop().time()
        self._timeout.reschedule(self._started + max(0.0, self.left))

    def _stop(self) -> None:
        self.left -= asyncio.get_running_loop().time() - self._started
