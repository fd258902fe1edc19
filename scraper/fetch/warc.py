"""Fetched pages into a WARC file, one gzip member per record (ISO 28500:2017), for `clip clean` and every other reader of web archives.

The body is kept decoded; the headers are those that a page keeps, so that the record made from the file is the record made from the page.
"""

import gzip
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from scraper.errors import OutputError
from scraper.page import Page


class WarcWriter:
    """Appends to `path`. Use as a context manager. Raises OutputError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "WarcWriter":
        """Open the file and return the writer."""
        try:
            self._file = self._path.open("ab")
            if not self._file.tell():
                self._write("warcinfo", "application/warc-fields", b"software: article-clip\r\nformat: WARC File Format 1.1\r\n", None)
        except OSError as error:
            raise self._failed(error) from error
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def add(self, page: Page) -> None:
        """Append one page as a `response` record, whole and flushed."""
        content_type = page.media_type and page.media_type + (f"; charset={page.charset}" if page.charset else "")
        headers = [(name, value) for name, value in page.headers if name != "content-type"]
        if content_type:
            headers.append(("content-type", content_type))
        lines = [f"HTTP/1.1 {page.status or 200} ", *(f"{name}: {value}" for name, value in headers), f"content-length: {len(page.body)}"]
        head = "\r\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines)
        try:
            self._write("response", "application/http;msgtype=response", head.encode() + b"\r\n\r\n" + page.body, page.url or page.origin)
        except OSError as error:
            raise self._failed(error) from error

    def _write(self, kind: str, content_type: str, block: bytes, target: str | None) -> None:
        assert self._file is not None
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
        self._file.write(gzip.compress(record, 6, mtime=0) if self._path.suffix == ".gz" else record)
        self._file.flush()

    def _failed(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path}: cannot be written: {error.strerror}")
