"""An HTTP response as a crawl recorded it: status, what it says of itself, and its body with codings undone."""

import re

from scraper.errors import InputError
from scraper.readers.coding import Decoded
from scraper.readers.limits import CUT_SHORT, Reading
from scraper.readers.source import too_large

MAX_HEADERS = 65_536
_STATUS = re.compile(rb"HTTP/[\d.]{1,9}[ \t]+(\d{3})")
_END = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,60})", re.IGNORECASE)
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}


class Response:
    """The head of a recorded response; `body` is where its bytes begin in the record."""

    def __init__(self, block: bytes) -> None:
        status = _STATUS.match(block)
        if not status:
            raise InputError("damaged", "no HTTP status line")
        end = _END.search(block, 0, MAX_HEADERS)
        if not end and len(block) > MAX_HEADERS:
            raise InputError("damaged", f"HTTP headers longer than {MAX_HEADERS:,} bytes")
        self.status = int(status[1])
        self.body = end.end() if end else len(block)
        self.headers = headers(block[: end.start() if end else len(block)])

    @property
    def media_type(self) -> str:
        """Return the essence of the content type, lower-cased; "" where none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """Return the charset parameter of the content type."""
        return charset_of(self.headers.get("content-type", ""))

    def content(self, block: bytes, reading: Reading) -> tuple[bytes, str | None]:
        """Return the decoded body, and a remark where it is cut or its headers lie. Raises InputError (`too-large`)."""
        data, remark = block[self.body :], None
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            data, remark = unchunk(data)
        for name in reversed(self.headers.get("content-encoding", "").lower().replace(" ", "").split(",")[:3]):
            coding = _CODINGS.get(name)
            if coding:
                data, fault = decode(data, coding, reading)
                remark = remark or fault
        return data, remark


def headers(block: bytes) -> dict[str, str]:
    """Return header fields by lower-cased name, the first of each; the first line is passed over."""
    found: dict[str, str] = {}
    for line in block.splitlines()[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(name.strip().lower().decode("latin-1"), value.strip().decode("utf-8", "replace"))
    return found


def charset_of(content_type: str) -> str | None:
    """Return the charset parameter of a content type."""
    found = _CHARSET.search(content_type[:1000])
    return found[1] if found else None


def unchunk(data: bytes) -> tuple[bytes, str | None]:
    """Undo chunked framing. Archives often keep the header and store the body without it: then the bytes are returned as they are."""
    parts: list[bytes] = []
    place = 0
    while True:
        end = data.find(b"\n", place, place + 1_000)
        try:
            size = int(data[place:end].split(b";")[0].strip() or b"-", 16) if end >= 0 else -1
        except ValueError:
            size = -1
        if size < 0 or data[place : place + 1] in b"+-_":
            return (b"".join(parts), f"broken chunks: {CUT_SHORT}") if parts else (data, None)
        if size == 0:
            return b"".join(parts), None
        parts.append(data[end + 1 : end + 1 + size])
        if end + 1 + size > len(data):
            return b"".join(parts), f"the last chunk is missing: {CUT_SHORT}"
        place = end + 1 + size
        place += 2 if data.startswith(b"\r\n", place) else 1 if data.startswith(b"\n", place) else 0


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def read(self, size: int, /) -> bytes:
        data = self._data[self._place : self._place + size]
        self._place += len(data)
        return data


def decode(data: bytes, coding: str, reading: Reading) -> tuple[bytes, str | None]:
    """Undo a content coding. Archives often keep the header and store the body decoded: then the bytes are returned as they are."""
    if coding == "deflate" and data and not (data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0):
        coding = "raw-deflate"  # as some servers send it
    stream = Decoded(_Bytes(data), coding, max_ratio=reading.max_ratio, free=reading.free)
    parts: list[bytes] = []
    size = 0
    try:
        while piece := stream.read(1 << 16):
            parts.append(piece)
            size += len(piece)
            if size > reading.max_page:
                raise too_large(None, reading.max_page)
    except InputError as error:
        if error.code != "damaged":
            raise
        return (b"".join(parts), f"broken {coding}: {CUT_SHORT}") if parts else (data, None)
    return b"".join(parts), None
