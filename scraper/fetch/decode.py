"""Content codings, undone with a bound on what comes out.

A body of 455 bytes can be 300 MB of text, so no decoder is ever asked for more than one piece at a time, and the caller counts the pieces.
"""

import sys
import zlib
from collections.abc import Iterator
from typing import Any, Protocol

import brotli

from scraper.fetch.faults import FetchError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PIECE = 65_536
_BROTLI_PIECE = 32_768  # brotli goes over its limit by up to one block: pieces come out at under 128 KiB
_CODINGS = 2  # more than two in a row are only ever an attack
_MEMBERS = 1_000  # gzip members or zstd frames in one body
_WINDOW_LOG = 23  # 8 MiB, the most that RFC 8878 asks a decoder to support


class _Stage(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...
    def complete(self) -> bool: ...


class _Zlib:
    """gzip (with members in a row), and deflate in its two readings: zlib-wrapped, or raw as some servers send it."""

    def __init__(self, coding: str) -> None:
        self._gzip = coding == "gzip"
        self._inner: Any = zlib.decompressobj(31) if self._gzip else None
        self._held = b""
        self._members = 0
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(data)
        if self._inner is None:
            data = self._held + data
            if len(data) < 2:
                self._held = data
                return
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._inner = zlib.decompressobj(15 if wrapped else -15)
        while data:
            if self._inner.eof and not self._next_member(data):
                return
            out = self._inner.decompress(data, _PIECE)
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            if out:
                yield out
            while len(out) == _PIECE and not data and not self._inner.eof:
                out = self._inner.decompress(b"", _PIECE)  # output that the last call had no room for
                if out:
                    yield out

    def _next_member(self, data: bytes) -> bool:
        if not self._gzip or data[:1] != b"\x1f":
            return False  # bytes after the end are ignored, as browsers do
        self._members += 1
        if self._members > _MEMBERS:
            raise FetchError("too-large", f"more than {_MEMBERS} gzip members in one body")
        self._inner = zlib.decompressobj(31)
        return True

    def complete(self) -> bool:
        return not self._fed or (self._inner is not None and self._inner.eof)


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(data)
        if self._inner.is_finished():
            return
        out = self._inner.process(data, output_buffer_limit=_BROTLI_PIECE)
        yield out
        # Output that found no room can be held back after all input has been taken.
        while not self._inner.can_accept_more_data() or (len(out) >= _BROTLI_PIECE and not self._inner.is_finished()):
            out = self._inner.process(b"", output_buffer_limit=_BROTLI_PIECE)
            yield out

    def complete(self) -> bool:
        return not self._fed or bool(self._inner.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._inner = self._frame()
        self._frames = 0
        self._fed = False

    @staticmethod
    def _frame() -> Any:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(data)
        while True:
            if self._inner.eof:
                if data[:4] != b"\x28\xb5\x2f\xfd":
                    return
                self._frames += 1
                if self._frames > _MEMBERS:
                    raise FetchError("too-large", f"more than {_MEMBERS} zstd frames in one body")
                self._inner = self._frame()
            yield self._inner.decompress(data, _PIECE)
            data = b""
            if self._inner.eof:
                data = self._inner.unused_data
            elif self._inner.needs_input:
                return

    def complete(self) -> bool:
        return not self._fed or bool(self._inner.eof)


class Decoder:
    """Undoes a Content-Encoding. `feed` yields pieces of at most 128 KiB; `finish` raises where the coded stream was cut."""

    def __init__(self, content_encoding: str) -> None:
        codings = [c for c in (part.strip().lower() for part in content_encoding.split(",")) if c not in ("", "identity")]
        if len(codings) > _CODINGS:
            raise FetchError("too-large", f"{len(codings)} content codings in a row; at most {_CODINGS} are undone")
        self._stages = [_stage(coding) for coding in reversed(codings)]

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to. Raises FetchError (`network-error`) on a broken stream."""
        try:
            yield from self._pump(0, data)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
            raise FetchError("network-error", f"broken content coding: {error}") from error

    def _pump(self, stage: int, data: bytes) -> Iterator[bytes]:
        if stage == len(self._stages):
            yield data
            return
        for piece in self._stages[stage].feed(data):
            if piece:
                yield from self._pump(stage + 1, piece)

    def finish(self) -> None:
        """Raise FetchError (`network-error`) where a coded stream has not come to its end."""
        if not all(stage.complete() for stage in self._stages):
            raise FetchError("network-error", "truncated: the content coding ends early", retry=True)

    def close(self) -> None:
        """Free the decoders' memory."""
        self._stages.clear()


def _stage(coding: str) -> _Stage:
    if coding in ("gzip", "x-gzip"):
        return _Zlib("gzip")
    if coding == "deflate":
        return _Zlib("deflate")
    if coding == "br":
        return _Brotli()
    if coding == "zstd":
        return _Zstd()
    raise FetchError("network-error", f"unknown content coding {coding[:40]!r}")
