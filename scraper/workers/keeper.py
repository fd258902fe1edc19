"""The keeper and its workers: processes that run one function on one item after another, under a deadline and a memory limit.

    caller (scraper.workers)  --control socket-->  keeper  --fork-->  worker, worker, ...
         \\________________________ one socket per worker ________________/

The keeper runs no page, so it always answers: it forks workers from a warm image (milliseconds, however heavy the imports), kills the one
that is over its deadline, reports every exit, and takes all workers with it when the caller goes. A worker writes into a slot of shared
memory which item it has in hand and since when: two stores per item instead of a message, so the deadline holds for every item although
items travel many at a time.
"""

import contextlib
import gc
import io
import mmap
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from scraper.errors import Failure, InputError

TICK = 0.1  # seconds between two looks at the deadlines; a tenth of the second within which an overrun must be reported
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
START = struct.Struct("<q")  # caller -> keeper, with one file descriptor: the slot to fill
EXIT = struct.Struct("<qqq")  # keeper -> caller: slot, wait status, 1 when killed for its deadline
FRAME = struct.Struct("<QI")  # caller -> worker: item number, length of the pickle that follows
REPLY = struct.Struct(
    "<QdIB"
)  # worker -> caller: item number, seconds, length of the pickle that follows, one of RESULT MEMORY READY LEAVING
SLOT = struct.Struct("<Qd")  # shared memory: item number, start (0.0 when idle), CLOCK_MONOTONIC
RESULT, MEMORY, READY, LEAVING = 0, 1, 2, 3
COLLECT_AFTER = 10_000  # new objects; a page makes more, none of them in a circle, and a look for those every 700 takes 3% of the time
RECYCLE_ITEMS = 5000  # a fork costs 3 ms: once in 5,000 items is free, and bounds what a slow leak can gather
MEMORY_PRESSURE = 0.9  # a native library that fails within a tenth of the limit failed for memory
THREADS_OFF = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # one core per worker, and no threads in the image that forks


class Setup(NamedTuple):
    """What the keeper is told once: the function, the limits, and whom to outlive by no more than a tick."""

    function: Callable[[Any], Any]
    warm: Callable[[], object] | None
    deadline: float  # seconds per item
    memory_mb: int  # MiB that an item may allocate above the worker's start
    parent: int  # process id of the caller


def keep(control: socket.socket, slots: mmap.mmap, setup: Setup) -> NoReturn:
    """Fork, watch and reap workers until the caller closes `control` or dies; never returns."""
    _detach_standard_streams()
    for name in THREADS_OFF:
        os.environ.setdefault(name, "1")
    for number in (signal.SIGINT, signal.SIGTERM):  # the caller decides when a run ends; a terminal sends to the whole group
        signal.signal(number, signal.SIG_IGN)
    set_death_signal = _death_signal()
    if setup.warm is not None:
        with contextlib.suppress(Exception):  # the same fault comes up in the item that needs it, with its name
            setup.warm()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    _Keeper(control, slots, setup, set_death_signal).run()
    os._exit(0)


class _Keeper:
    def __init__(self, control: socket.socket, slots: mmap.mmap, setup: Setup, set_death_signal: Callable[[], None]) -> None:
        self.control, self.slots, self.setup, self.set_death_signal = control, slots, setup, set_death_signal
        self.alive: dict[int, int] = {}  # process id -> slot
        self.overdue: set[int] = set()
        self.woken, self.wake = socket.socketpair()
        for end in (self.woken, self.wake):
            end.setblocking(False)
        signal.set_wakeup_fd(self.wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(self.woken, select.POLLIN)
        orders = True
        while orders and os.getppid() == self.setup.parent:
            for descriptor, _ in poll.poll(TICK * 1000):
                if descriptor == self.control.fileno():
                    orders = self._take_order()
                else:
                    self.woken.recv(4096)
            self._reap()
            self._kill_overdue()
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
        for pid in self.alive:  # so that all are gone when the caller's wait for this process ends, and their CPU time is the caller's
            os.waitpid(pid, 0)

    def _take_order(self) -> bool:
        try:
            data, descriptors, _, _ = socket.recv_fds(self.control, START.size, 1)
        except OSError:
            return False
        if len(data) < START.size or not descriptors:
            return False
        slot = START.unpack(data)[0]
        SLOT.pack_into(self.slots, slot * SLOT.size, 0, 0.0)
        pid = os.fork()
        if pid == 0:
            self._become_worker(descriptors[0], slot)
        os.close(descriptors[0])
        self.alive[pid] = slot
        return True

    def _become_worker(self, descriptor: int, slot: int) -> NoReturn:
        try:
            keeper = os.getppid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.set_death_signal()
            if os.getppid() == keeper:  # else it died before the signal was set
                for end in (self.control, self.woken, self.wake):
                    end.close()
                work(socket.socket(fileno=descriptor), self.slots, slot, self.setup)
        except (OSError, EOFError):  # the caller went away
            pass
        finally:
            os._exit(0)

    def _reap(self) -> None:
        while self.alive:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            slot = self.alive.pop(pid)
            with contextlib.suppress(OSError):
                self.control.sendall(EXIT.pack(slot, status, pid in self.overdue))
            self.overdue.discard(pid)

    def _kill_overdue(self) -> None:
        for pid, slot in self.alive.items():
            if pid not in self.overdue and self._over(slot) and self._over(slot):  # twice: the two stores of a slot are not one
                self.overdue.add(pid)
                os.kill(pid, signal.SIGKILL)

    def _over(self, slot: int) -> bool:
        start: float = SLOT.unpack_from(self.slots, slot * SLOT.size)[1]
        return start > 0.0 and time.monotonic() - start > self.setup.deadline


def work(channel: socket.socket, slots: mmap.mmap, slot: int, setup: Setup) -> None:
    """Run the function on the items that come through `channel` until it closes or the worker has grown too large or too old."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _limit_memory(setup.memory_mb)
    most = _pages(1) + setup.memory_mb * (1 << 19)  # resident: half of an item's share, so that the next one has its full share
    channel.sendall(REPLY.pack(0, 0.0, 0, READY))
    reader = io.BufferedReader(socket.SocketIO(channel, "rb"), 1 << 16)
    for _ in range(RECYCLE_ITEMS):
        number, size = FRAME.unpack(_read(reader, FRAME.size))
        payload = _read(reader, size)
        start = time.monotonic()
        SLOT.pack_into(slots, slot * SLOT.size, number, start)
        kind, result = _outcome(setup.function, payload, limit)
        SLOT.pack_into(slots, slot * SLOT.size, number, 0.0)
        header = REPLY.pack(number, time.monotonic() - start, len(result), kind)
        channel.sendall(header + result)
        if kind == MEMORY or _pages(1) > most:
            break
    channel.sendall(REPLY.pack(0, 0.0, 0, LEAVING))


def _outcome(function: Callable[[Any], Any], payload: bytes, limit: int) -> tuple[int, bytes]:
    """Return what one item gave, pickled: its result or its failure."""
    name = "-"
    try:
        item = pickle.loads(payload)
        name = item_name(item)
        return RESULT, pickle.dumps(function(item), 5)
    except MemoryError:
        return MEMORY, b""
    except InputError as error:
        failure = Failure(input=name, error=error.code, message=str(error))
    except Exception as error:  # a defect: the row names it, the run goes on
        if _peak() > limit * MEMORY_PRESSURE:
            return MEMORY, b""
        failure = Failure(input=name, error="internal", message=describe(error))
    return RESULT, pickle.dumps(failure, 5)


def item_name(item: object) -> str:
    """Return how an item is named in messages: its `origin`, else itself as text."""
    return str(getattr(item, "origin", None) or item)


def describe(error: BaseException) -> str:
    """Return an exception as one line: type, text and the innermost place."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {str(error)[:500]}{place}"


def _read(reader: io.BufferedIOBase, size: int) -> bytes:
    data = reader.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _detach_standard_streams() -> None:
    """Point 0, 1 and 2 at the null device: a worker must never hold the caller's output open, nor print into it."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _death_signal() -> Callable[[], None]:
    """Return a function that has the kernel kill this process when its parent dies; does nothing where that is unknown."""
    if sys.platform != "linux":
        return lambda: None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _limit_memory(memory_mb: int) -> int:
    """Limit the address space to what it is now plus `memory_mb` MiB; return the limit in bytes."""
    limit = _pages(0) + memory_mb * (1 << 20)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS accepts no RLIMIT_AS; documented in docs/scale.md
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    return limit


def _pages(field: int) -> int:
    """Return a field of /proc/self/statm in bytes: 0 address space, 1 resident; 0 where there is no /proc."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[field]) * mmap.PAGESIZE
    except OSError:
        return 0


def _peak() -> int:
    """Return the largest address space so far, in bytes; 0 where there is no /proc."""
    try:
        with open("/proc/self/status", "rb") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(b"VmPeak"))
    except (OSError, StopIteration):
        return 0


def _read_raw(source: io.RawIOBase, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.read(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def main(control: int, slots: int) -> NoReturn:
    """Entry point of a keeper started as a new interpreter: the set-up comes through the control socket."""
    channel = socket.socket(fileno=control)
    with socket.SocketIO(channel, "rb") as source:  # unbuffered: orders for workers follow
        data = _read_raw(source, START.unpack(_read_raw(source, START.size))[0])
    with mmap.mmap(slots, 0) as memory:
        keep(channel, memory, pickle.loads(data))
