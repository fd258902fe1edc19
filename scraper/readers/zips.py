"""Zip archives, WACZ among them: members as sources, each bounded, none ever written to disk."""

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any, cast

from scraper.errors import Failure, InputError
from scraper.readers.epub import CONTAINER, chapters
from scraper.readers.limits import Reading
from scraper.readers.source import Member, Source, numbered

_END = struct.Struct("<4s4H2LH")
_END_SEARCH = 65_535 + _END.size  # the end record stands before a comment of at most 65,535 bytes
_PACKAGE = 16_000_000  # bytes of an EPUB's list of its files
_LOCAL_HEADER = 30  # bytes, without the name
_FAULTS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError, ValueError, struct.error)


def zip_members(source: Source, file: Any, reading: Reading) -> Iterator[Source | Failure]:
    """Yield the files of a zip in the order of its directory; `file` is its seekable bytes.

    Raises InputError where the directory is of no use.
    """
    size = file.seek(0, io.SEEK_END)
    _check_count(file, size, reading.max_members)
    try:
        archive = zipfile.ZipFile(cast("IO[bytes]", file))
    except _FAULTS as error:
        raise InputError("damaged", f"a zip without a whole directory: {error}") from None
    with archive:
        entries = archive.infolist()
        overlapping = _overlapping(entries)
        wacz = any(entry.filename == "datapackage.json" for entry in entries) and any(
            entry.filename.startswith("archive/") for entry in entries
        )
        if any(entry.filename == CONTAINER for entry in entries):
            entries = _chapters(archive, overlapping)
        names: Counter[str] = Counter()
        budget = max(reading.free * 8, size * reading.max_ratio)
        for entry in entries:
            if entry.is_dir() or (wacz and not entry.filename.startswith("archive/")):
                continue
            origin = f"{source.origin}!/{numbered(entry.filename, names)}"
            budget -= entry.file_size
            try:
                if budget < 0:
                    raise InputError(
                        "too-large", f"the zip decompresses to more than {reading.max_ratio} times its size; its rest is not read"
                    )
                with archive.open(_checked(entry, overlapping)) as member:
                    anywhere = _Stored(file, entry) if entry.compress_type == zipfile.ZIP_STORED else None
                    yield Source(
                        Member(member, _FAULTS, "zip member"), origin, size=entry.file_size, name=entry.filename, anywhere=anywhere
                    )
            except InputError as error:
                yield Failure(input=origin, error=error.code, message=str(error))
                if budget < 0:
                    return
            except _FAULTS as error:
                yield Failure(input=origin, error="damaged", message=f"zip member: {error}")


def _chapters(archive: zipfile.ZipFile, overlapping: set[int]) -> list[zipfile.ZipInfo]:
    """Return the members of an EPUB that are its chapters, in their order. Raises InputError."""

    def read(name: str) -> bytes:
        try:
            with archive.open(_checked(archive.getinfo(name), overlapping)) as member:
                return member.read(_PACKAGE)
        except (KeyError, *_FAULTS) as error:
            raise InputError("damaged", f"an EPUB without its list of chapters: {error}") from None

    present = archive.NameToInfo
    return [present[name] for name in chapters(read) if name in present]


class _Stored:
    """A member that is not compressed, as a file of its own that can be read from any place: WARCs in a WACZ."""

    def __init__(self, file: Any, entry: zipfile.ZipInfo) -> None:
        file.seek(entry.header_offset)
        names, extra = struct.unpack("<2H", file.read(_LOCAL_HEADER)[26:30])
        self._file, self._start, self._size = file, entry.header_offset + _LOCAL_HEADER + names + extra, entry.file_size
        self._place = 0

    def seek(self, offset: int, /) -> int:
        self._place = offset
        return offset

    def read(self, size: int, /) -> bytes:
        self._file.seek(self._start + self._place)
        data: bytes = self._file.read(max(0, min(size, self._size - self._place)))
        self._place += len(data)
        return data


def _check_count(file: Any, size: int, most: int) -> None:
    file.seek(max(0, size - _END_SEARCH))
    tail = file.read(_END_SEARCH)
    place = tail.rfind(b"PK\x05\x06")
    count = _END.unpack_from(tail, place)[4] if 0 <= place <= len(tail) - _END.size else 0
    if count == 0xFFFF:  # zip64: its own record says how many
        place = tail.rfind(b"PK\x06\x06")
        count = struct.unpack_from("<Q", tail, place + 32)[0] if 0 <= place <= len(tail) - 40 else most + 1 if size > 46 * most else count
    if count > most:
        raise InputError("too-large", f"a zip of {count:,} members: more than {most:,}")
    file.seek(0)


def _overlapping(entries: list[zipfile.ZipInfo]) -> set[int]:
    """Return the header offsets of members that share bytes with another: only a bomb is built so."""
    found: set[int] = set()
    end, last = 0, -1
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            found |= {entry.header_offset, last}
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > end:
            end, last = entry.header_offset + _LOCAL_HEADER + entry.compress_size, entry.header_offset
    return found


def _checked(entry: zipfile.ZipInfo, overlapping: set[int]) -> zipfile.ZipInfo:
    if entry.header_offset in overlapping:
        raise InputError("damaged", "a zip member that shares its bytes with another")
    if entry.flag_bits & 1:
        raise InputError("unreadable", "an encrypted zip member")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise InputError("unreadable", "a link in a zip: not followed")
    return entry
