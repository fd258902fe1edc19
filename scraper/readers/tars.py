"""Tar archives, read once from front to back; nothing is ever written from them."""

import tarfile
from collections import Counter
from collections.abc import Iterator
from typing import IO, cast

from scraper.errors import Failure, InputError
from scraper.readers.source import Member, Source, numbered

_FAULTS = (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, RecursionError)


def tar_members(source: Source) -> Iterator[Source | Failure]:
    """Yield the files of a tar in their order; a source must be read before the next is taken."""
    names: Counter[str] = Counter()
    counted = _Counted(source)
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", counted), mode="r|", errors="surrogateescape", bufsize=1 << 16) as archive:
            for entry in archive:
                archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header it has seen: a million members would stay in memory
                if entry.isdir():
                    continue
                origin = f"{source.origin}!/{numbered(entry.name, names)}"
                member = archive.extractfile(entry) if entry.isreg() else None
                if member is None:
                    kind = "a link" if entry.issym() or entry.islnk() else "no regular file"
                    yield Failure(input=origin, error="unreadable", message=f"{kind} in a tar: not followed")
                else:
                    yield Source(Member(member, _FAULTS, "tar member"), origin, size=entry.size, name=entry.name)
        if counted.size % tarfile.BLOCKSIZE:  # tarfile takes a header that is cut for the end
            raise tarfile.ReadError("it ends within a block")
    except InputError as error:  # of the compressed stream below
        yield Failure(input=source.origin, error=error.code, message=f"tar: {error}; what follows is lost")
    except _FAULTS as error:
        yield Failure(input=source.origin, error="damaged", message=f"tar: {error}; what follows is lost")


class _Counted:
    """A stream that knows how much of it was read."""

    def __init__(self, source: Source) -> None:
        self.source, self.size = source, 0

    def read(self, size: int, /) -> bytes:
        data = self.source.read(size)
        self.size += len(data)
        return data
