"""One run per output."""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec

from scraper.bulk.stores import Store
from scraper.errors import LockedError, OutputError

NAME = ".clip-lock"
BEAT = 3.0  # seconds between two signs of life of a run that holds a place in a store
GONE = 3  # beats without one after which it is taken for killed


@contextmanager
def locked(output: str) -> Iterator[None]:
    """Make the folder `output` if need be and hold it. Raises LockedError naming the holder, OutputError where it cannot be written.

    The kernel lets the lock go with the process, however that ends; worker processes never hold it.
    """
    path = os.path.join(output, NAME)
    try:
        os.makedirs(output, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise OutputError(f"{output}: cannot be the output folder: {error.strerror}") from error
    try:
        _take(descriptor, output)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    except OSError as error:
        raise OutputError(f"{error.filename or path}: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _take(descriptor: int, output: str) -> None:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        import msvcrt  # type: ignore[import-not-found,unused-ignore]

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            raise LockedError(f"{output}: another run is writing here") from None
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace") or "unknown"
        raise LockedError(f"{output}: another run is writing here (process {holder})") from None


class _Holder(msgspec.Struct):
    host: str
    pid: int
    token: str
    beat: int = 0


@contextmanager
def leased(store: Store) -> Iterator[None]:
    """Hold a place in a store, which knows no locks: by a note that is written anew every few seconds.

    A note that stays as it is belongs to a run that was killed, and is taken over; no clocks are compared. Raises LockedError naming the
    holder, OutputError where the store cannot be written.
    """
    mine = _Holder(socket.gethostname(), os.getpid(), secrets.token_hex(8))
    while not store.create(NAME, msgspec.json.encode(mine)):
        _wait_for_end(store)
        store.remove([NAME])
    ended = threading.Event()
    beats = threading.Thread(target=_beat, args=(store, mine, ended), daemon=True)
    beats.start()
    try:
        yield
    finally:
        ended.set()
        beats.join()
        store.remove([NAME])


def _beat(store: Store, mine: _Holder, ended: threading.Event) -> None:
    while not ended.wait(BEAT):
        mine.beat += 1
        with suppress(OutputError):  # the next may come through
            store.write(NAME, msgspec.json.encode(mine))


def _wait_for_end(store: Store) -> None:
    """Return when the run that holds a place has ended or been killed. Raises LockedError as soon as it gives a sign of life."""
    seen = store.read(NAME)
    end = time.monotonic() + GONE * BEAT
    while seen is not None and time.monotonic() < end:
        time.sleep(BEAT / 5)
        now = store.read(NAME)
        if now is not None and now != seen:
            with suppress(msgspec.DecodeError):
                holder = msgspec.json.decode(now, type=_Holder)
                raise LockedError(f"{store.url}: another run is writing here (process {holder.pid} on {holder.host})")
            raise LockedError(f"{store.url}: another run is writing here")
        seen = now
