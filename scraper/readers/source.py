"""A source of bytes with a name: what every reader reads from. A file, a member of an archive, or what either decompresses to."""

import codecs
import contextlib
import os
import re
import stat
import sys
from collections import Counter
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Protocol

from scraper.errors import InputError

HEAD = 65_536  # bytes that telling contents apart may look at
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d{1,9})")
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Stream(Protocol):
    """The one method that a source needs of what is below it."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; empty only at the end."""


class Source:
    """Bytes with a head that can be looked at before they are read.

    `size` is `None` where it cannot be known before the end; `anywhere` is the same bytes as a file that can be read from any place, where
    there is one.
    """

    def __init__(self, stream: Stream, origin: str, *, size: int | None = None, name: str | None = None, anywhere: Any = None) -> None:
        self.stream, self.origin, self.size, self.anywhere = stream, origin, size, anywhere
        self.name = (name or origin).lower()
        self._head = b""
        self._fault: InputError | None = None

    def head(self, size: int = HEAD) -> bytes:
        """Return the first `size` bytes, or all that can be read, without taking them."""
        while len(self._head) < size and self._fault is None:
            try:
                data = self.stream.read(size - len(self._head))
            except InputError as error:  # it comes up again when reading gets there
                self._fault = error
                break
            if not data:
                break
            self._head += data
        return self._head[:size]

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; empty only at the end. Raises InputError."""
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        if self._fault is not None:
            raise self._fault
        return self.stream.read(size)

    def read_all(self, limit: int) -> bytes:
        """Return everything. Raises InputError (`too-large`) beyond `limit` bytes, before reading where the size is known."""
        if self.size is not None and self.size > limit:
            raise too_large(self.size, limit)
        parts, size = [], 0
        while data := self.read(1 << 20):
            parts.append(data)
            size += len(data)
            if size > limit:
                raise too_large(None, limit)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def handed_over(path: str) -> BinaryIO | None:
    """Return what has been opened for this process already: standard input, by its names, or `/dev/fd/N`, as a shell names `<(command)`."""
    number = 0 if path in ("-", "/dev/stdin") else int(found[1]) if (found := _DESCRIPTOR.fullmatch(path)) else None
    if number == 0:
        return sys.stdin.buffer
    try:
        return None if number is None else open(os.dup(number), "rb")
    except OSError:  # nothing is open under that number, or a folder
        return None


def opened(path: str) -> AbstractContextManager[Any]:
    """Return the file at `path`, or what has been handed over under that name, to be read. Raises InputError."""
    stream = handed_over(path)
    return File(path) if stream is None else contextlib.nullcontext(stream)


class Recoded:
    """A stream of text in another encoding, by its Python codec, as UTF-8."""

    def __init__(self, below: Stream, codec: str) -> None:
        self._below, self._decoder, self._held = below, codecs.getincrementaldecoder(codec)("replace"), b""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; empty only at the end. Raises InputError."""
        while not self._held and (data := self._below.read(size)):
            self._held = self._decoder.decode(data).encode()
        data, self._held = self._held[:size], self._held[size:]
        return data


class Member:
    """A member of an archive, called `name` in messages, whose `faults` are InputErrors."""

    def __init__(self, member: Stream, faults: tuple[type[Exception], ...], name: str) -> None:
        self._member, self._faults, self._name = member, faults, name

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; empty only at the end. Raises InputError."""
        try:
            return self._member.read(size)
        except self._faults as error:
            raise InputError("damaged", f"{self._name}: {error}") from None


class File:
    """A regular file, opened without ever blocking: a FIFO, socket or device is refused. Closes itself when the block ends."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._refuse_odd(os.stat(path).st_mode)  # before opening: to open some devices is to act on them
            self._descriptor = os.open(
                path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
            )
        except (FileNotFoundError, NotADirectoryError):
            advice = ": clip fetch takes addresses" if path.startswith(("http://", "https://")) else ""
            raise InputError("not-found", "a link to nothing" if os.path.islink(path) else f"no such file or folder{advice}") from None
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            raise InputError("unreadable", getattr(error, "strerror", None) or str(error)) from None
        self.status = os.fstat(self._descriptor)
        self.size = self.status.st_size

    @staticmethod
    def _refuse_odd(mode: int) -> None:
        if not stat.S_ISREG(mode):
            kind = next((name for test, name in _KINDS if test(mode)), "no regular file")
            advice = ": have it on standard input, and name that -" if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) else ""
            raise InputError("unreadable", f"{kind}, not a file{advice}")

    def __enter__(self) -> "File":
        try:
            self._refuse_odd(self.status.st_mode)  # it may have been replaced since
        except InputError:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Whether the descriptor was given back; readers of columns ask."""
        return self._descriptor < 0

    def close(self) -> None:
        """Give the descriptor back."""
        if not self.closed:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, or all that are left; empty only at the end. Raises InputError."""
        try:
            return os.read(self._descriptor, size if size >= 0 else max(self.size - self.tell(), 0))
        except OSError as error:
            raise InputError("unreadable", error.strerror or str(error)) from None

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to `offset`; return the new place."""
        return os.lseek(self._descriptor, offset, whence)

    def tell(self) -> int:
        """Return the place of the next read."""
        return os.lseek(self._descriptor, 0, os.SEEK_CUR)

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._descriptor

    def seekable(self) -> bool:
        """Say that the file can be read from any place."""
        return True


def numbered(name: str, names: Counter[str]) -> str:
    """Return a name that none of `names` has, and count it among them: the second `a` is `a#2`."""
    names[name] += 1
    number, unique = names[name], name
    while number > 1:
        unique = f"{name}#{number}"
        if unique not in names:
            names[unique] += 1
            break
        number += 1
    return unique


def too_large(size: int | None, limit: int) -> InputError:
    """Return the failure of an input of `size` bytes (or of more than can be told) over `limit`."""
    return InputError("too-large", f"{'more' if size is None else f'{size:,} bytes: more'} than {limit:,} bytes")
