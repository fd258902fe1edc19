"""One run per output folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from scraper.errors import LockedError, OutputError

NAME = ".clip-lock"


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
