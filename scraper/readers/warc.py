"""WARC and WET: one pass over a crawl, plain, gzip or Zstandard, that reads on after damage and says what was lost.

A library reader stops at the first bad record or skips its neighbour without a word; here every record that can be found is, and each gap
is a failure with its offset. `origin` is `path@offset`: the offset of the record, in a compressed crawl that of its member, with `+n` for
a record that begins n bytes into the member.
"""

import base64
import binascii
import functools
import hashlib
import re
from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple

from scraper.encoding.sniff import carried_type, is_page_in_xml
from scraper.errors import Failure, InputError
from scraper.page import PAGE_TYPES, XML_TYPES, Page
from scraper.readers.coding import DAMAGE, PIECE, gzip_member, zstd_dictionary, zstd_frame
from scraper.readers.limits import Reading
from scraper.readers.response import MAX_HEADERS, Response, charset_of, headers

_VERSION = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]*\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_NEXT = re.compile(rb"\nWARC/[01]\.\d{1,2}[ \t]*\r?\n(?=[Ww][Aa][Rr][Cc]-|[Cc]ontent-)")
_PAGES = (*PAGE_TYPES, "application/octet-stream", "application/http", "")
SALVAGE = 4 << 20  # bytes of a broken member that are looked through beyond what it gave whole
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # a skippable frame that holds the dictionary of all others


class Piece(NamedTuple):
    """Decompressed bytes; `start` says that a member begins with them, `place` is its offset in the file."""

    data: bytes
    start: bool
    place: int
    fault: str | None = None


def warc_pages(
    file: Any, origin: str, reading: Reading, *, coding: str | None, start: int = 0, end: int | None = None
) -> Iterator[Page | Failure]:
    """Yield the pages of a crawl, and a failure for each stretch that could not be read, named `@FROM-TO` (`@FROM-` to the end).

    `coding` is "gzip", "zstd" or `None`; a compressed `file` can be read from any place. `start` is the offset of a record or member; no
    record that begins at or after `end` is read.
    """
    lost: tuple[str, str] | None = None  # where a stretch begins, and why it cannot be read
    for record in _Records(_pieces(file, coding, start, end, reading), end if coding is None else None, reading):
        inner = f"+{record.inner}" if record.inner else ""
        name = f"{origin}@{record.place}{inner}" if coding else f"{origin}@{record.place + record.inner}"
        if lost:
            yield _stretch(lost, name.removeprefix(f"{origin}@"))
        lost = (name, record.fault) if record.fault else None
        if lost:
            continue
        try:
            page = _page(record, name, reading)
        except InputError as error:
            yield Failure(input=name, error=error.code, message=str(error))
        else:
            if page is not None:
                yield page
    if lost:
        yield _stretch(lost, "" if end is None else str(end))


def _stretch(lost: tuple[str, str], end: str) -> Failure:
    onward = f"reading goes on at {end}" if end else "no record follows"
    return Failure(input=f"{lost[0]}-{end}", error="damaged", message=f"{lost[1]}; {onward}")


class Record(NamedTuple):
    """One record, or the damage that stands in its place."""

    place: int
    inner: int
    head: dict[str, str]
    block: bytes
    fault: str | None = None


class _Records:
    """Records out of pieces: a buffer that is filled from the front and searched for the next record after damage."""

    def __init__(self, pieces: Iterator[Piece], end: int | None, reading: Reading) -> None:
        self._pieces = pieces
        self._end = end
        self._most = reading.max_page * 2
        self._buffer = bytearray()
        self._held: Piece | None = None  # the first of the next member: not part of the record in hand
        self._place = self._inner = 0
        self._fault: str | None = None
        self._done = False

    def __iter__(self) -> Iterator[Record]:
        while self._begin():
            yield from self._record()

    def _begin(self) -> bool:
        """Move to the next bytes; False at the end."""
        if not self._buffer and self._held is None:
            self._fill(1)
        if not self._buffer and self._held is not None:
            self._open_held()
        if self._end is not None and self._place + self._inner >= self._end:
            return False
        return bool(self._buffer or self._fault)

    def _open_held(self) -> None:
        piece, self._held = self._held, None
        if piece is not None:
            self._buffer += piece.data
            self._place, self._inner, self._fault = piece.place, 0, piece.fault

    def _fill(self, size: int) -> bool:
        """Have `size` bytes in the buffer, if the record's own members give them."""
        while len(self._buffer) < size and self._held is None and self._fault is None and not self._done:
            piece = next(self._pieces, None)
            if piece is None:
                self._done = True
            elif piece.start and (piece.data.startswith(b"WARC/") or piece.fault or not self._buffer):
                self._held = piece
                if not self._buffer:
                    self._open_held()
            else:
                self._buffer += piece.data
                self._fault = piece.fault
        return len(self._buffer) >= size

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._inner += size

    def _lost(self, message: str, place: int, inner: int) -> Record:
        """Report damage and move to the next record that can be found."""
        while True:
            found = _NEXT.search(self._buffer)
            if found:
                self._drop(found.start() + 1)
                break
            self._drop(max(0, len(self._buffer) - 200))  # a version line may be cut by the end of the buffer
            if not self._fill(len(self._buffer) + PIECE) and not _NEXT.search(self._buffer):
                self._drop(len(self._buffer))
                break
        fault, self._fault = self._fault, None if not self._buffer else self._fault
        return Record(place, inner, {}, b"", f"{message}{f' ({fault})' if fault else ''}")

    def _record(self) -> Iterator[Record]:
        place, inner = self._place, self._inner
        self._fill(PIECE)
        if self._buffer.startswith((b"\r", b"\n")):
            blank = len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))
            self._drop(blank)
            if not self._buffer and not self._fault:
                return
            place, inner = self._place, self._inner
        if not _VERSION.match(self._buffer):
            yield self._lost("no WARC record here", place, inner)
            return
        found = _HEAD_END.search(self._buffer)
        if not found or found.end() > MAX_HEADERS:
            self._drop(5)
            yield self._lost(f"WARC headers that do not end within {MAX_HEADERS:,} bytes", place, inner)
            return
        head = headers(bytes(self._buffer[: found.start()]))
        yield self._body(head, found.end(), place, inner)

    def _body(self, head: dict[str, str], start: int, place: int, inner: int) -> Record:
        length = head.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 19):
            self._drop(5)
            return self._lost("a record without a usable Content-Length", place, inner)
        size = int(length)
        if size > self._most:
            self._drop(5)
            lost = self._lost("", place, inner)
            return lost._replace(fault=f"a record of {size:,} bytes: more than {self._most:,}")
        whole = self._fill(start + size)
        self._fill(start + size + 4)
        block = bytes(memoryview(self._buffer)[start : start + size])
        if not whole or not self._ends_well(start + size):
            self._drop(5)
            return self._lost("a record that does not end where its Content-Length says", place, inner)
        self._drop(start + size)
        return Record(place, inner, head, block)

    def _ends_well(self, end: int) -> bool:
        """Whether the record is followed by its two line ends (one or none is let pass before another record) or by nothing."""
        self._fill(end + 32)
        rest = bytes(self._buffer[end : end + 32])
        bare = rest.lstrip(b"\r\n")
        if not bare:
            return self._fault is None
        return bool(_VERSION.match(bare)) or rest.startswith((b"\r\n\r\n", b"\n\n"))


def _pieces(file: Any, coding: str | None, start: int, end: int | None, reading: Reading) -> Iterator[Piece]:
    if coding:
        yield from _members(file, start, end, coding, reading)
        return
    if start:
        file.seek(start)
    first = True
    while data := file.read(1 << 18):
        yield Piece(data, first, start)
        first = False


def _members(file: Any, start: int, end: int | None, coding: str, reading: Reading) -> Iterator[Piece]:
    """Yield what the members of a compressed crawl hold; after a broken one go on at the next that holds a record."""
    place, dictionary = start, None
    while end is None or place < end:
        file.seek(place)
        head = file.read(8)
        if not head.strip(b"\0"):
            found = _next_member(file, place, coding, dictionary) if head else None
            if found is None:
                return  # padding
            yield Piece(b"", True, place, "zero bytes")
            place = found
            continue
        if head[:4] == _DICTIONARY:
            size = 8 + int.from_bytes(head[4:8], "little")
            dictionary = _dictionary(file.read(min(size - 8, 16 << 20)))
            place += size
            continue
        fresh = gzip_member if coding == "gzip" else functools.partial(zstd_frame, dictionary)
        used = yield from _member(file, place, fresh, reading)
        if used is None:
            found = _next_member(file, place + 1, coding, dictionary)
            if found is None:
                return
            place = found
        else:
            place += used


def _member(file: Any, place: int, fresh: Callable[[], Any], reading: Reading) -> Generator[Piece, None, int | None]:
    """Yield the pieces of one member; return its compressed size, or `None` when it is broken."""
    file.seek(place)
    decoder = fresh()
    taken, given, first, data = 0, 0, True, b""
    try:
        while not decoder.eof:
            if not data and getattr(decoder, "needs_input", True):
                data = file.read(PIECE)
                taken += len(data)
                if not data:
                    raise EOFError("it ends early")
            out = decoder.decompress(data, 1 << 18)
            data = getattr(decoder, "unconsumed_tail", b"")
            given += len(out)
            if given > reading.free + reading.max_page and given > taken * reading.max_ratio:
                raise ValueError(f"it decompresses to more than {reading.max_ratio} times its size")
            if out:
                yield Piece(out, first, place)
                first = False
    except DAMAGE as error:
        yield Piece(_salvaged(file, place, fresh, given), first, place, f"broken compression: {error}")
        return None
    unused: bytes = decoder.unused_data
    return taken - len(unused)


def _salvaged(file: Any, place: int, fresh: Callable[[], Any], given: int) -> bytes:
    """Return what a broken member holds beyond its first `given` bytes.

    A decoder that fails keeps back what it had of that call, so it is fed little by little.
    """
    file.seek(place)
    decoder = fresh()
    out = bytearray()
    passed = 0
    try:
        while not decoder.eof and len(out) < SALVAGE and (data := file.read(256)):
            piece = decoder.decompress(data)
            out += piece[max(0, given - passed) :]
            passed += len(piece)
    except DAMAGE:
        pass
    return bytes(out)


def _dictionary(data: bytes) -> Any:
    if data[:4] == b"\x28\xb5\x2f\xfd":
        data = zstd_frame().decompress(data, 16 << 20)
    return zstd_dictionary(data)


def _next_member(file: Any, place: int, coding: str, dictionary: Any) -> int | None:
    """Return the offset of the next member that begins with a record."""
    magic = b"\x1f\x8b\x08" if coding == "gzip" else b"\x28\xb5\x2f\xfd"
    while True:
        file.seek(place)
        data: bytes = file.read(1 << 20)
        if len(data) < len(magic):
            return None
        found = data.find(magic)
        while found >= 0:
            decoder = gzip_member() if coding == "gzip" else zstd_frame(dictionary)
            file.seek(place + found)
            try:
                if decoder.decompress(file.read(4096), 5) == b"WARC/":
                    return place + found
            except DAMAGE:
                pass
            found = data.find(magic, found + 1)
        place += len(data) - len(magic) + 1


def _page(record: Record, name: str, reading: Reading) -> Page | None:
    """Return the page of a record; `None`, with a note, for a record that holds none. Raises InputError."""
    kind, head = record.head.get("warc-type", ""), record.head
    url = head.get("warc-target-uri", "").strip("<>") or None
    if kind == "conversion":
        return Page(body=_bounded(record.block, reading), url=url, media_type="text/plain", charset="utf-8", origin=name)
    if kind not in ("response", "resource"):
        if kind not in ("warcinfo", "request", "metadata"):
            reading.note(name, f"WARC record: {kind[:40] or 'no type'}")
        return None
    if kind == "resource" or not record.block.startswith(b"HTTP/"):
        content_type = head.get("content-type", "")
        media_type, charset, body, remark = content_type.partition(";")[0].strip().lower(), charset_of(content_type), record.block, None
    else:
        response = Response(record.block)
        if response.status != 200:
            reading.note(name, f"HTTP {response.status}")
            return None
        media_type, charset = response.media_type, response.charset
        if media_type not in (*_PAGES, *XML_TYPES):
            reading.note(name, f"not a page: {media_type[:60]}")
            return None
        body, remark = response.content(record.block, reading)
    if media_type not in _PAGES and not (media_type in XML_TYPES and is_page_in_xml(body)):
        reading.note(name, f"not a page: {media_type[:60]}")
        return None
    if not _digest_holds(head.get("warc-block-digest", ""), record.block):
        raise InputError("damaged", "its bytes do not match the WARC-Block-Digest")
    if remark:
        reading.note(name, remark)
    known = carried_type(media_type, body) if media_type in PAGE_TYPES else None
    return Page(body=_bounded(body, reading), url=url, media_type=known, charset=charset, origin=name)


def _bounded(body: bytes, reading: Reading) -> bytes:
    if len(body) > reading.max_page:
        raise InputError("too-large", f"{len(body):,} bytes: more than {reading.max_page:,}")
    return body


def _digest_holds(digest: str, block: bytes) -> bool:
    """Whether a block has the digest its record gives; one that cannot be read says nothing."""
    algorithm, _, value = digest.partition(":")
    if algorithm.lower() not in ("sha1", "sha256", "md5") or not value:
        return True
    actual = hashlib.new(algorithm.lower(), block, usedforsecurity=False).digest()
    if value.lower() == actual.hex():
        return True
    try:
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8)) == actual
    except (binascii.Error, ValueError):
        return True
