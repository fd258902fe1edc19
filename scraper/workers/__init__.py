"""Run a function on many items in worker processes that can neither hang, crash nor exhaust the run.

    for result in run(clean_item, items, workers=2, deadline=10, memory_mb=1536): ...

What happens to one item stays with it: over the deadline it becomes a `Failure` with code `timeout`; when its worker dies or runs out of
memory it is tried once more, alone in a fresh worker, and then becomes `crash` or `memory`. The caller's memory is flat: items are drawn
from the iterable as workers take them, and drawing stops while results wait for an earlier one. See `keeper` for the processes, and
docs/scale.md for why not a pool from a library.
"""

import contextlib
import itertools
import os
import pickle
import select
import signal
import socket
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, TypeVar

from scraper.errors import ClipError, Code, Failure, InputError
from scraper.workers.keeper import EXIT, FRAME, LEAVING, MEMORY, READY, REPLY, START, Setup, describe, item_name
from scraper.workers.start import start_keeper

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 0.1  # seconds of work queued at each worker: covers many round trips and little is re-queued when a worker dies
DRY = 0.02  # seconds until the iterable is asked again after it had no item yet
NAP = 0.02  # seconds slept while every worker has been sent more than twice this: results are then read many at a time
QUEUE_ITEMS = 256  # most items queued at one worker
QUEUE_BYTES = 4 << 20  # most bytes queued at one worker (always at least one item)
WAITING_BYTES = 64 << 20  # results that wait for an earlier one
WAITING_ITEM = 256  # bytes of bookkeeping that a waiting result costs beside its own
PARTS = 512  # given to the kernel at once, of at most 1,024
STILLBORN = 5  # workers that die in a row before they are ready for an item: then the machine or the set-up is at fault


def run(  # noqa: PLR0913 - what, on what, how many, three limits, and two choices that have a default
    function: Callable[[Item], Result],
    items: Iterable[Item | Failure | None],
    *,
    workers: int,
    deadline: float,
    memory_mb: int,
    ordered: bool = True,
    warm: Callable[[], object] | None = None,
) -> Generator[Result | Failure, None, None]:
    """Yield `function(item)` or a `Failure` for every item: exactly one each, in the items' order unless `ordered` is false.

    `function` is a module-level function or a picklable callable; items and results are pickled. `deadline` is seconds per item,
    `memory_mb` MiB that an item may allocate. `warm` is called once, before the first worker is forked, to load what all of them share.
    An item that is a `Failure` already is passed through in its place; `None` says that there is no item yet, and gives no result. With
    `workers=0`, and where the platform has no fork, the function
    runs in this process: nothing can then stop a hostile item.
    Raises `ClipError` when workers cannot be started at all. Closing the iterator ends all workers.
    """
    if workers > 0 and hasattr(os, "fork"):
        return _Run(function, items, ordered=ordered, deadline=deadline).results(workers, memory_mb, warm)
    if workers > 0:
        statement = "no fork on this platform: pages are cleaned in this process, without deadline and memory limit"
        warnings.warn(statement, RuntimeWarning, stacklevel=2)
    return _run_here(function, items)


def _run_here(function: Callable[[Item], Result], items: Iterable[Item | Failure | None]) -> Generator[Result | Failure, None, None]:
    for item in items:
        if item is None:
            time.sleep(DRY)
            continue
        try:
            yield item if isinstance(item, Failure) else function(item)
        except InputError as error:
            yield Failure(input=item_name(item), error=error.code, message=str(error))
        except MemoryError:
            yield Failure(input=item_name(item), error="memory", message="out of memory")
        except Exception as error:  # a defect: the row names it, the run goes on
            yield Failure(input=item_name(item), error="internal", message=describe(error))


class _Parts(list[bytes]):
    """A file that keeps what is written as it is."""

    write = list.append


def pickled(item: object) -> list[bytes]:
    """Return the pickle of an item in parts: large bytes in it, such as a page's, are not copied."""
    parts = _Parts()
    pickle.Pickler(parts, 5).dump(item)
    return parts


class _Task:
    """An item on its way: kept until its result is there, because its worker may die."""

    __slots__ = ("item", "number", "tried")

    def __init__(self, number: int, item: Any) -> None:
        self.number, self.item, self.tried = number, item, False


class _Worker:
    """The caller's side of one worker: its socket and the tasks in it, oldest first."""

    def __init__(self, slot: int, channel: socket.socket) -> None:
        self.slot, self.channel = slot, channel
        self.tasks: deque[tuple[_Task, int]] = deque()  # with the bytes sent for each
        self.queued = 0  # bytes of `tasks`
        self.outgoing: deque[memoryview] = deque()
        self.incoming = bytearray()
        self.ready = self.leaving = False  # it has said so
        self.fresh, self.alone, self.open = True, False, True


class _Run:
    def __init__(self, function: Callable[[Any], Any], items: Iterable[Any], *, ordered: bool, deadline: float) -> None:
        self.function, self.items, self.ordered, self.deadline = function, iter(items), ordered, deadline
        self.exhausted = False
        self.dry = False  # the iterable has no item yet
        self.drawn = 0  # items taken from the iterable
        self.next = 0  # number of the next result to yield
        self.again: deque[_Task] = deque()  # to be sent again, in order
        self.suspects: deque[_Task] = deque()  # to be tried alone
        self.waiting: dict[int, tuple[Any, int]] = {}  # results by number, with their size
        self.waiting_bytes = 0
        self.workers: dict[int, _Worker] = {}  # by slot
        self.poll = select.poll()
        self.by_descriptor: dict[int, _Worker] = {}
        self.notices = bytearray()
        self.seconds = AHEAD  # running mean of an item's time
        self.stillborn = 0

    def results(self, workers: int, memory_mb: int, warm: Callable[[], object] | None) -> Generator[Any, None, None]:
        self.setup, self.count = Setup(self.function, warm, self.deadline, memory_mb, os.getpid()), workers
        with contextlib.ExitStack() as self.keeper:
            try:
                self._start()
                while self._feed():
                    yield from self._ready()
                    self._wait()
                yield from self._ready()
            finally:
                for worker in self.workers.values():
                    worker.channel.close()

    def _start(self) -> None:
        self.control = self.keeper.enter_context(start_keeper(self.setup, self.count))
        self.control.setblocking(False)
        self.poll.register(self.control, select.POLLIN)
        for slot in range(self.count):
            self._start_worker(slot)

    def _start_anew(self) -> None:
        """Start another keeper in place of one that was killed; its workers have gone with it, through no fault of the items they had."""
        self._count_stillborn("the process that starts workers was killed")
        lost: list[_Task] = []
        for worker in self.workers.values():
            if worker.open:
                self._receive(worker)
            self._shut(worker)
            self.by_descriptor.pop(worker.channel.fileno())
            worker.channel.close()
            lost += (task for task, _ in worker.tasks)
        self.suspects.extend(task for task in lost if task.tried)
        self.again = deque(sorted([*(task for task in lost if not task.tried), *self.again], key=lambda task: task.number))
        self.workers.clear()
        self.notices.clear()
        self.poll.unregister(self.control)
        self.keeper.close()
        self._start()

    def _count_stillborn(self, cause: str) -> None:
        self.stillborn += 1
        if self.stillborn >= STILLBORN:
            raise ClipError(f"workers cannot be started: {cause}")

    def _start_worker(self, slot: int) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs, contextlib.suppress(BrokenPipeError, ConnectionResetError):  # a keeper that was killed: reading its socket tells
            socket.send_fds(self.control, [START.pack(slot)], [theirs.fileno()])
        worker = _Worker(slot, ours)
        self.workers[slot] = self.by_descriptor[ours.fileno()] = worker
        self.poll.register(ours, select.POLLIN)

    # -- items to workers

    def _feed(self) -> bool:
        """Fill the workers' queues; return whether anything is still to come."""
        self.dry = False
        for worker in self.workers.values():
            if worker.leaving or not worker.open:
                continue
            while self._has_room(worker) and (task := self._next_task(worker)):
                self._queue(worker, task)
            self._send(worker)
        return bool(not self.exhausted or self.again or self.suspects or any(worker.tasks for worker in self.workers.values()))

    def _queue(self, worker: _Worker, task: _Task) -> None:
        parts = pickled(task.item)
        size = sum(map(len, parts))
        worker.outgoing += map(memoryview, (FRAME.pack(task.number, size), *parts))
        worker.tasks.append((task, size))
        worker.queued += size
        worker.fresh = False

    def _has_room(self, worker: _Worker) -> bool:
        if not worker.tasks:
            worker.alone = False
            return True
        most = min(QUEUE_ITEMS, max(2, AHEAD / self.seconds))
        return not worker.alone and len(worker.tasks) < most and worker.queued < QUEUE_BYTES

    def _next_task(self, worker: _Worker) -> _Task | None:
        if self.suspects and worker.fresh:
            worker.alone = True
            return self.suspects.popleft()
        if self.again:
            return self.again.popleft()
        while not self.exhausted and not self.dry and self.waiting_bytes < WAITING_BYTES:
            try:
                item = next(self.items)
            except StopIteration:
                self.exhausted = True
                return None
            if item is None:
                self.dry = True
                return None
            number, self.drawn = self.drawn, self.drawn + 1
            if not isinstance(item, Failure):
                return _Task(number, item)
            self._settle(number, item, 0)
        return None

    def _send(self, worker: _Worker) -> None:
        if not worker.outgoing:
            return
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):  # a dead worker's notice is on its way
            sent = worker.channel.sendmsg(itertools.islice(worker.outgoing, PARTS))
            while worker.outgoing and sent >= len(worker.outgoing[0]):
                sent -= len(worker.outgoing.popleft())
            if sent:
                worker.outgoing[0] = worker.outgoing[0][sent:]
        self.poll.modify(worker.channel, select.POLLIN | (select.POLLOUT if worker.outgoing else 0))

    # -- results from workers

    def _ready(self) -> Iterator[Any]:
        if self.ordered:
            while self.next in self.waiting:
                result, size = self.waiting.pop(self.next)
                self.next += 1
                self.waiting_bytes -= size
                yield result
        else:
            while self.waiting:
                result, size = self.waiting.pop(next(iter(self.waiting)))
                self.waiting_bytes -= size
                yield result

    def _settle(self, number: int, result: Any, size: int) -> None:
        self.waiting[number] = result, size + WAITING_ITEM
        self.waiting_bytes += size + WAITING_ITEM

    def _wait(self) -> None:
        """Wait until something has come back, and take it."""
        if self.waiting and (not self.ordered or self.next in self.waiting):
            return
        if not (self.again or self.suspects or any(worker.tasks for worker in self.workers.values())):
            time.sleep(DRY if self.dry else 0.0)
            return  # nothing is on its way: drawing had stopped for results that have been yielded meanwhile
        if all(not worker.outgoing and len(worker.tasks) * self.seconds > 2 * NAP for worker in self.workers.values()):
            time.sleep(NAP)
        gone = False
        for descriptor, event in self.poll.poll(DRY * 1000 if self.dry else 1000):
            worker = self.by_descriptor.get(descriptor)
            if worker is None:
                gone = True
                continue
            if event & select.POLLOUT:
                self._send(worker)
            if event & ~select.POLLOUT:
                self._receive(worker)
        if gone:
            self._read_notices()

    def _receive(self, worker: _Worker) -> None:
        try:
            while data := worker.channel.recv(1 << 18):
                worker.incoming += data
                if len(data) < 1 << 16:
                    break
            else:
                self._shut(worker)
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self._shut(worker)
        self._take_replies(worker)

    def _shut(self, worker: _Worker) -> None:
        if worker.open:
            worker.open = False
            self.poll.unregister(worker.channel)

    def _take_replies(self, worker: _Worker) -> None:
        data, position = worker.incoming, 0
        while len(data) - position >= REPLY.size:
            number, seconds, size, kind = REPLY.unpack_from(data, position)
            if len(data) - position - REPLY.size < size:
                break
            position += REPLY.size
            self._take_reply(worker, number, seconds, kind, bytes(memoryview(data)[position : position + size]))
            position += size
        del data[:position]

    def _take_reply(self, worker: _Worker, number: int, seconds: float, kind: int, payload: bytes) -> None:
        if kind in (READY, LEAVING):
            worker.ready, worker.leaving = True, kind == LEAVING
            self.stillborn = 0
            return
        task, size = worker.tasks.popleft()
        worker.queued -= size
        self.seconds += (max(seconds, 1e-5) - self.seconds) * 0.1
        if kind == MEMORY:
            self._suspect(task, "memory", "over the memory limit")
        else:
            self._settle(number, pickle.loads(payload), len(payload))

    # -- workers that end

    def _read_notices(self) -> None:
        try:
            data = self.control.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._start_anew()
            return
        self.notices += data
        while len(self.notices) >= EXIT.size:
            slot, status, overdue = EXIT.unpack_from(self.notices)
            del self.notices[: EXIT.size]
            self._bury(self.workers[slot], status, bool(overdue))

    def _bury(self, worker: _Worker, status: int, overdue: bool) -> None:
        """Take what a dead worker has left, judge the item it had in hand, send the others again, start a new worker."""
        while worker.open:
            self._receive(worker)
        self.by_descriptor.pop(worker.channel.fileno())
        worker.channel.close()
        tasks = [task for task, _ in worker.tasks]
        if not worker.ready:
            self._count_stillborn(f"the last one ended by {_cause(status)}")
        elif tasks and not worker.leaving:
            task = tasks.pop(0)
            if overdue:
                self._fail(task, "timeout", f"over the deadline of {self.deadline:g} s")
            else:
                self._suspect(task, "crash", f"its worker ended by {_cause(status)}")
        self.again.extendleft(reversed(tasks))
        self._start_worker(worker.slot)

    def _fail(self, task: _Task, code: Code, message: str) -> None:
        self._settle(task.number, Failure(input=item_name(task.item), error=code, message=message), 0)

    def _suspect(self, task: _Task, code: Code, message: str) -> None:
        if task.tried:
            self._fail(task, code, f"{message}, twice")
        else:
            task.tried = True
            self.suspects.append(task)


def _cause(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit status {os.waitstatus_to_exitcode(status)}"
