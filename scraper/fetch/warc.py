"""Fetched pages into a WARC file, one gzip member per record (ISO 28500:2017), for `clip clean` and every other reader of web archives.

The body is kept decoded; the headers are those that a page keeps, so that the record made from the file is the record made from the page.

With a journal, what is appended is entered there first. A run that goes on appends what is missing of it, so that a kill leaves no record
torn and none twice. Nothing that was there before is cut off: what does not fit is refused.
"""

import contextlib
import gzip
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from scraper.errors import LockedError, OutputError
from scraper.fetch.journal import Appended
from scraper.page import Page
from scraper.readers.coding import DAMAGE, PIECE, gzip_member

if TYPE_CHECKING:
    from scraper.fetch.journal import Journal

_MAGIC = b"\x1f\x8b\x08"
_VERSION = b"WARC/"
_INFO = b"software: article-clip\r\nformat: WARC File Format 1.1\r\n"


class WarcWriter:
    """Appends to `path`. Use as a context manager.

    Raises OutputError where that fails or the file does not end with a whole record, LockedError where it is not what `journal` says.
    """

    def __init__(self, path: Path, journal: "Journal | None" = None) -> None:
        self._path, self._journal = path, journal
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "WarcWriter":
        """Open the file, make whole what a killed run left, and return the writer."""
        try:
            self._file = self._path.open("a+b", buffering=0)
            self._lock(self._file)
            self._begin(self._file)
        except OSError as error:
            self.__exit__()
            raise self._failed(error) from error
        except (LockedError, OutputError):
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def add(self, page: Page, answer: int | None = None) -> None:
        """Append a page, and the further pages of its article, as `response` records; `answer` is the page's number in the journal."""
        assert self._file is not None
        try:
            self._append(self._file, b"".join(self._response(one) for one in (page, *page.following)), answer)
        except OSError as error:
            raise self._failed(error) from error

    def _lock(self, file: IO[bytes]) -> None:
        """Hold the file for this run. Raises LockedError. The kernel lets it go with the process, however that ends."""
        try:
            import fcntl
        except ImportError:  # Windows
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(f"{self._path}: another run is writing this archive") from None
        except OSError:  # a file system without locks
            return

    def _begin(self, file: IO[bytes]) -> None:
        before = self._journal.archived() if self._journal is not None else None
        if before is not None:
            self._complete(file, before)
        size = file.seek(0, 2)
        if not size:
            self._append(file, self._record("warcinfo", "application/warc-fields", _INFO, None), None)
            return
        whole = _whole_members(file, size) if self._path.suffix.lower() == ".gz" else _whole_records(file, size)
        if whole != size:
            cut = f"cut it there (truncate -s {whole} FILE) or " if whole else ""
            raise OutputError(f"{self._path}: from byte {whole} on it is no whole WARC record, nothing is appended: {cut}name another file")

    def _complete(self, file: IO[bytes], before: Appended) -> None:
        """Append what is missing of the bytes that were to be appended last."""
        remedy = "put it back as it was, or start anew with another journal and another archive"
        if file.seek(0, 2) < before.offset:
            raise LockedError(f"{self._path}: has lost records that the journal counts: {remedy}")
        file.seek(before.offset)
        there = _read(file, len(before.data))
        if not before.data.startswith(there):
            raise LockedError(f"{self._path}: has at byte {before.offset} what this run did not write: {remedy}")
        _write(file, before.data[len(there) :])

    def _append(self, file: IO[bytes], data: bytes, answer: int | None) -> None:
        end = file.seek(0, 2)
        if self._journal is not None:
            self._journal.archive(answer, Appended(end, data))
        try:
            _write(file, data)
        except BaseException:  # a full disk, say: the archive stays readable
            with contextlib.suppress(OSError):
                file.truncate(end)
            raise

    def _response(self, page: Page) -> bytes:
        content_type = page.media_type and page.media_type + (f"; charset={page.charset}" if page.charset else "")
        headers = [(name, value) for name, value in page.headers if name != "content-type"]
        if content_type:
            headers.append(("content-type", content_type))
        lines = [f"HTTP/1.1 {page.status or 200} ", *(f"{name}: {value}" for name, value in headers), f"content-length: {len(page.body)}"]
        head = "\r\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines)
        block = head.encode() + b"\r\n\r\n" + page.body
        return self._record("response", "application/http;msgtype=response", block, page.url or page.origin)

    def _record(self, kind: str, content_type: str, block: bytes, target: str | None) -> bytes:
        lines = [
            "WARC/1.1",
            f"WARC-Type: {kind}",
            f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>",
            f"WARC-Date: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(block)}",
        ]
        if target is not None:
            lines.insert(2, f"WARC-Target-URI: {target}")
        record = "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
        return gzip.compress(record, 6, mtime=0) if self._path.suffix.lower() == ".gz" else record

    def _failed(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path}: cannot be written: {error.strerror}")


def _write(file: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _read(file: IO[bytes], size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size and (part := file.read(size - len(parts))):
        parts += part
    return bytes(parts)


def _whole_records(file: IO[bytes], size: int) -> int:
    """Return `size` if a plain file looks like one that ends with a whole record, else 0."""
    file.seek(0)
    begins = _read(file, len(_VERSION)) == _VERSION
    file.seek(max(0, size - 4))
    return size if begins and _read(file, 4) == b"\r\n\r\n" else 0


def _whole_members(file: IO[bytes], size: int) -> int:
    """Return where the last whole member of a gzip file ends. It is looked for from the end: what comes before it is not read."""
    end = size
    while end > 0:
        start = max(0, end - PIECE)
        file.seek(start)
        data = _read(file, end - start + len(_MAGIC) - 1)
        found = data.rfind(_MAGIC)
        while found >= 0:
            if (after := _member_end(file, start + found)) is not None:
                return after
            found = data.rfind(_MAGIC, 0, found + len(_MAGIC) - 1)
        end = start
    return 0


def _member_end(file: IO[bytes], place: int) -> int | None:
    """Return where the member at `place` ends: at `place` itself if it is cut short, `None` if no record begins there."""
    file.seek(place)
    decoder, begin = gzip_member(), b""
    try:
        while not decoder.eof:
            data = decoder.unconsumed_tail or file.read(PIECE)
            out = decoder.decompress(data, PIECE)
            if not (data or out or decoder.eof):
                break
            begin = (begin + out[: len(_VERSION)])[: len(_VERSION)]
            if not _VERSION.startswith(begin):
                return None
    except DAMAGE:
        pass
    if begin != _VERSION:
        return None
    return file.tell() - len(decoder.unused_data) if decoder.eof else place
