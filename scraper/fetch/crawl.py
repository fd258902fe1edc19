"""Lists of URLs: many hosts side by side, one request at a time at each, and results as they come.

    feeder thread    reads the URLs, at most `WINDOW` ahead of the caller
    event loop       takes from the frontier, fetches, puts failed tries back
    caller           draws outcomes; while it is busy with one, others are being fetched

The event loop has a thread of its own, so that the caller's process can feed worker processes meanwhile. Memory is bounded by the window
of URLs and by the bytes of the pages that wait for the caller, whatever the length of the list.
"""

import asyncio
import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from typing import Any

from scraper.config import Fetching
from scraper.errors import ConfigError, Failure, OutputError
from scraper.fetch.client import Client
from scraper.fetch.faults import FetchError
from scraper.fetch.frontier import Frontier, Job
from scraper.fetch.head import page_notes
from scraper.fetch.outcome import Answers, Outcome, Reorder
from scraper.fetch.polite import Budget
from scraper.fetch.transport import Network
from scraper.fetch.trip import Trip
from scraper.fetch.url import parse_url, shown
from scraper.fetch.watch import Attempt, Watch
from scraper.page import Page

WINDOW = 20_000  # URLs read ahead, so that a list sorted by host still keeps many hosts busy
ORDERED_WINDOW = 1_000  # the same where results must keep the list's order
_WAITING = 64  # outcomes that may wait for the caller, and their bytes
_FILES = 8  # that may be opened beside connections
_WAITING_BYTES = 24_000_000


def fetch_many(
    urls: Iterable[str], settings: Fetching, *, ordered: bool = False, network: Network | None = None, watch: Watch | None = None
) -> Generator[Outcome, None, None]:
    """Yield an outcome for every one of `urls`, as they come or in the list's order. Closing the iterator ends all fetching.

    Errors of the URL iterable itself are raised here.
    """
    run = _Run(settings, network, watch or Watch(), None, ordered=ordered)
    for outcome in run.outcomes(urls, poll=False):
        if outcome is not None:
            yield outcome


def poll_many(
    urls: Iterable[str],
    settings: Fetching,
    *,
    ordered: bool = False,
    network: Network | None = None,
    watch: Watch | None = None,
    answers: Answers | None = None,
) -> Generator[Outcome | None, None, None]:
    """Do as `fetch_many`, but yield `None` where nothing has come yet, so that the caller can look after other things. What `answers` has
    of an earlier run is not fetched."""
    return _Run(settings, network, watch or Watch(), answers, ordered=ordered).outcomes(urls, poll=True)


class _Run:
    def __init__(self, settings: Fetching, network: Network | None, watch: Watch, answers: Answers | None, *, ordered: bool) -> None:
        self._settings, self._network, self._watch, self._answers = settings, network, watch, answers
        self._results: queue.SimpleQueue[Outcome | BaseException | None] = queue.SimpleQueue()
        self._window = threading.Semaphore(ORDERED_WINDOW if ordered else WINDOW)
        self._reorder = Reorder() if ordered else None
        self._stopping = threading.Event()
        self._room = asyncio.Event()
        self._waiting = self._bytes = 0  # outcomes that wait for the caller
        self._loop = asyncio.new_event_loop()
        self._budget = Budget(settings.retry_share)

    def outcomes(self, urls: Iterable[str], *, poll: bool) -> Generator[Outcome | None, None, None]:
        fetching = threading.Thread(target=self._fetch_all, args=(urls,), daemon=True, name="fetch")
        fetching.start()
        try:
            while True:
                try:
                    item = self._results.get(block=not poll)
                except queue.Empty:
                    yield None
                    continue
                if item is None:
                    return
                if isinstance(item, BaseException):
                    raise item
                self._window.release()
                self._tell(self._drawn, item)
                yield item
        finally:
            self._stopping.set()
            self._tell(self._cancel)
            fetching.join(timeout=5)

    def _tell(self, call: Callable[..., None], *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call, *arguments)

    def _cancel(self) -> None:
        self._fetching.cancel()

    # In the fetching thread

    def _fetch_all(self, urls: Iterable[str]) -> None:
        try:
            asyncio.set_event_loop(self._loop)
            self._fetching = self._loop.create_task(self._main(urls))
            self._loop.run_until_complete(self._fetching)
            self._results.put(None)
        except asyncio.CancelledError:
            self._results.put(None)
        except BaseException as error:  # handed to the caller
            self._results.put(_first(error))
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _main(self, urls: Iterable[str]) -> None:
        async with Client(self._settings, self._network) as self._client:
            self._frontier = Frontier(self._client.gates)
            feeder = threading.Thread(target=self._feed, args=(urls,), daemon=True, name="feed")
            feeder.start()
            self._room.set()
            slots = asyncio.Semaphore(min(self._settings.concurrency, _connections_allowed()))
            async with asyncio.TaskGroup() as group:
                while True:
                    await slots.acquire()
                    await self._room.wait()
                    job = await self._frontier.take()
                    if job is None:
                        return
                    group.create_task(self._work(job)).add_done_callback(lambda _: slots.release())

    async def _work(self, job: Job) -> None:
        again = await self._try(job)
        self._frontier.release(job, again=again)
        self._watch.standing.waiting = self._frontier.size
        self._watch.standing.hosts = self._frontier.hosts

    async def _try(self, job: Job) -> bool:
        """Make one try; put out its outcome, or say that the job is to be tried again."""
        if not job.tried:
            self._budget.count_request()
        job.tried += 1
        start = time.monotonic()
        try:
            page = await self._client.attempt(job.url, trip=job.trip)
        except FetchError as error:
            return self._failed(job, error, start)
        except (ConfigError, OutputError):  # the run's, not the page's
            raise
        except Exception as error:  # a defect: the row names it, the run goes on
            failure = Failure(input=job.url, error="internal", message=f"{type(error).__name__}: {error}"[:300])
            self._put(job, failure, start)
            return False
        self._client.breaker.answered(job.trip.host)
        self._put(job, page, start)
        return False

    def _failed(self, job: Job, error: FetchError, start: float) -> bool:
        rest, breaker = 0.0, self._client.breaker
        if error.strike:
            rest = breaker.failed(error.host, error.code, str(error))
        else:
            breaker.answered(error.host)
        wait: float | None = None
        try:
            if job.trip.left > 0:
                wait = self._client.wait_before_retry(error, job.tried - 1)
        except FetchError as too_long:
            error = too_long
            breaker.give_up(error.host, error.code, str(error))
        if wait is not None and not self._budget.take():
            wait = None
        asked = min(error.wait or 0.0, self._settings.retry_after)  # kept to even where this URL has had its last try
        self._client.gates.rest(error.host, max(rest, wait or 0.0, asked))
        if wait is None:
            self._put(job, Failure(input=job.url, error=error.code, message=str(error)), start)
            return False
        self._log(job, error.code, start, last=False, wait=round(wait, 3), message=str(error))
        return True

    def _put(self, job: Job, result: Page | Failure, start: float) -> None:
        """Log what came of a job, remember it, and hand it on."""
        if isinstance(result, Failure):
            self._log(job, result.error, start, message=result.message)
        else:
            notes = page_notes(result) if self._watch.attempt is not None else ()
            self._log(job, "page", start, status=result.status, size=len(result.body), final_url=result.url, notes=notes)
        number = self._answers.keep(job.url, result) if self._answers is not None else None
        self._hand_on(Outcome(job.index, job.url, result, number))

    def _hand_on(self, outcome: Outcome) -> None:
        self._watch.standing.done += 1
        self._watch.standing.failed += isinstance(outcome.result, Failure)
        for ready in self._reorder.add(outcome) if self._reorder else [outcome]:
            self._waiting += 1
            self._bytes += ready.size
            self._results.put(ready)
        if self._waiting >= _WAITING or self._bytes >= _WAITING_BYTES:
            self._room.clear()

    def _drawn(self, outcome: Outcome) -> None:
        self._waiting -= 1
        self._bytes -= outcome.size
        if self._waiting < _WAITING and self._bytes < _WAITING_BYTES:
            self._room.set()

    def _log(self, job: Job, outcome: str, start: float, **facts: Any) -> None:
        if self._watch.attempt is not None:
            seconds = round(time.monotonic() - start, 3)
            self._watch.attempt(Attempt(round(time.time(), 3), shown(job.url), outcome, job.tried, seconds, **facts))

    # In the feeder thread

    def _feed(self, urls: Iterable[str]) -> None:
        index = -1
        try:
            for index, url in enumerate(urls):
                while not self._window.acquire(timeout=0.5):
                    if self._stopping.is_set():
                        return
                self._loop.call_soon_threadsafe(self._add, index, url)
        except RuntimeError:
            if not self._stopping.is_set():
                raise
        except BaseException as error:  # handed to the caller
            self._results.put(error)
        finally:
            self._watch.standing.total = index + 1
            self._tell(self._frontier.close)

    def _add(self, index: int, url: str) -> None:
        try:
            self._take_up(index, url)
        except OutputError as error:  # of the journal or the log
            self._results.put(error)

    def _take_up(self, index: int, url: str) -> None:
        if self._answers is not None and (kept := self._answers.take(url)) is not None:
            self._hand_on(Outcome(index, url, kept.result, kept.number, kept.archived))
            return
        try:
            host = parse_url(url).host
        except FetchError as error:
            self._put(Job(index, url, "", self._trip("")), Failure(input=url, error=error.code, message=str(error)), time.monotonic())
            return
        self._frontier.add(Job(index, url, host, self._trip(host)))

    def _trip(self, host: str) -> Trip:
        return Trip(host, self._settings.deadline)


def _connections_allowed() -> int:
    """Return how many fetches the limit on open files has room for: a name server may be asked while another socket is open."""
    try:
        import resource
    except ImportError:  # Windows
        return 1_000
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else 0
    return 1_000 if limit == resource.RLIM_INFINITY else max(1, (limit - used - _FILES) // 2)


def _first(error: BaseException) -> BaseException:
    """Return the error that ended a group of tasks."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
