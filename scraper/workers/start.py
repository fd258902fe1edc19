"""Starting the keeper: a fork of this process where that is safe, else a fresh interpreter."""

import contextlib
import mmap
import os
import pickle
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import IO

from scraper.errors import ConfigError
from scraper.workers.keeper import SLOT, START, Setup, keep


@contextlib.contextmanager
def start_keeper(setup: Setup, workers: int) -> Iterator[socket.socket]:
    """Start the keeper; yield the control socket; end the keeper and with it all workers."""
    control, theirs = socket.socketpair()
    with _nameless_file() as slots, control:
        slots.truncate(SLOT.size * workers)
        start = _fork_keeper if single_threaded() else _spawn_keeper
        with theirs:
            wait = start(setup, control, theirs, slots.fileno())
        try:
            yield control
        finally:
            control.close()
            wait()


def _nameless_file() -> IO[bytes]:
    """Return an empty file that goes when it is closed: in memory where the system has that, for no folder may be writable."""
    try:
        return open(os.memfd_create("clip"), "w+b")
    except (AttributeError, OSError):
        return tempfile.TemporaryFile()


def single_threaded() -> bool:
    """Say whether a fork is safe: no other thread, native ones counted, can hold a lock that the child would wait for."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _fork_keeper(setup: Setup, control: socket.socket, theirs: socket.socket, slots: int) -> Callable[[], object]:
    pid = os.fork()
    if pid == 0:
        try:
            _forget_descriptors({theirs.fileno(), slots})
            with mmap.mmap(slots, 0) as memory:
                keep(theirs, memory, setup)
        finally:
            os._exit(1)
    return lambda: os.waitpid(pid, 0)


def _forget_descriptors(kept: set[int]) -> None:
    """Point every inherited descriptor at the null device: locks and pipes are let go, the numbers stay with the objects that hold them."""
    null = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        if descriptor not in kept and descriptor != null:
            with contextlib.suppress(OSError):  # the listing's own descriptor
                os.fstat(descriptor)
                os.dup2(null, descriptor)


def _spawn_keeper(setup: Setup, control: socket.socket, theirs: socket.socket, slots: int) -> Callable[[], object]:
    if setup.function.__module__ == "__main__":
        raise ConfigError(f"{setup.function!r} is defined in the main script: move it to a module that workers can import")
    code = f"import sys; sys.path[:] = {sys.path!r}; from scraper.workers.keeper import main; main({theirs.fileno()}, {slots})"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(theirs.fileno(), slots),
    )
    data = pickle.dumps(setup, 5)
    control.sendall(START.pack(len(data)) + data)
    return process.wait
