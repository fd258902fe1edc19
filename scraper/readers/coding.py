"""Compressed streams, undone piece by piece with a bound on what comes out.

Half a kilobyte can hold a gigabyte, so no decoder is asked for more than a piece at a time; the ratio is checked as pieces come. A stream
that ends early or breaks is `damaged` at that place: what came before has been handed out, and never passes for the whole.
"""

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable
from typing import Any

import brotli

from scraper.errors import InputError
from scraper.readers.source import Stream

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def _inflating() -> Any:
    """Return zlib, or what has its interface and needs half the time."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib
    return isal_zlib


inflating = _inflating()

PIECE = 1 << 16
ZSTD_WINDOW_LOG = 27  # 128 MiB, what `zstd --long` writes; a header that asks for more is refused before anything is allocated
LZMA_MEMORY = 128 << 20  # bytes; what `xz -9` needs is half of it
DAMAGE = (zlib.error, inflating.error, brotli.error, zstd.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError)

_MAGIC = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x5d\x2a\x4d\x18", "zstd"),  # a dictionary frame, as crawls have
    (b"BZh", "bzip2"),
)


def coding_of(head: bytes, name: str) -> str | None:
    """Return the coding of a stream that begins with `head`: by its signature, and for Brotli, which has none, by its name."""
    for magic, coding in _MAGIC:
        if head.startswith(magic) and (coding != "bzip2" or head[4:10] in (b"1AY&SY", b"\x17rE8P\x90")):
            return coding
    return "br" if name.endswith(".br") and head.lstrip()[:1] != b"<" else None


class _Brotli:
    """brotli.Decompressor behind the interface of bz2 and lzma."""

    unused_data = b""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._full = False

    def decompress(self, data: bytes, size: int) -> bytes:
        out: bytes = self._inner.process(data, output_buffer_limit=size)
        self._full = len(out) >= size  # what found no room is held back, even after all input has been taken
        return out

    @property
    def eof(self) -> bool:
        return bool(self._inner.is_finished())

    @property
    def needs_input(self) -> bool:
        return not self._full and bool(self._inner.can_accept_more_data())


class _Zlib:
    """zlib.decompressobj behind the interface of bz2 and lzma."""

    def __init__(self, window: int) -> None:
        self._inner = inflating.decompressobj(window)
        self._tail, self._full = b"", False

    def decompress(self, data: bytes, size: int) -> bytes:
        out: bytes = self._inner.decompress(self._tail + data if self._tail else data, size)
        self._tail = self._inner.unconsumed_tail
        self._full = len(out) == size
        return out

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)

    @property
    def needs_input(self) -> bool:
        return not self._tail and not self._full


def gzip_member() -> Any:
    """Return a decoder of one gzip member, with the interface of `zlib.decompressobj`."""
    return inflating.decompressobj(31)


def zstd_frame(dictionary: Any = None, *, window_log: int = ZSTD_WINDOW_LOG) -> Any:
    """Return a decoder of one Zstandard frame that refuses windows of more than 2 ** `window_log` bytes."""
    return zstd.ZstdDecompressor(zstd_dict=dictionary, options={zstd.DecompressionParameter.window_log_max: window_log})


def zstd_compress(data: bytes, level: int) -> bytes:
    """Return `data` as one Zstandard frame with a checksum."""
    parameter = zstd.CompressionParameter
    return zstd.compress(data, options={parameter.compression_level: level, parameter.checksum_flag: 1})


def zstd_dictionary(data: bytes) -> Any:
    """Return a dictionary for `zstd_frame`: one that was trained, or plain bytes."""
    return zstd.ZstdDict(data, is_raw=data[:4] != b"\x37\xa4\x30\xec")


_DECODERS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: _Zlib(31),
    "deflate": lambda: _Zlib(15),
    "raw-deflate": lambda: _Zlib(-15),
    "xz": lambda: lzma.LZMADecompressor(memlimit=LZMA_MEMORY),
    "bzip2": bz2.BZ2Decompressor,
    "zstd": zstd_frame,
    "br": _Brotli,
}
SIGNATURES = {"gzip": b"\x1f\x8b", "xz": b"\xfd7zXZ", "bzip2": b"BZh", "zstd": b"\x28\xb5\x2f\xfd"}


def member_decoder(coding: str) -> Any:
    """Return a decoder of one member or frame, with `decompress(data, size)`, `eof`, `needs_input` and `unused_data` as those of bz2."""
    return _DECODERS[coding]()


class Decoded:
    """The decompressed side of a stream; members in a row are one stream, padding after the last is ignored."""

    def __init__(self, below: Stream, coding: str, *, max_ratio: int, free: int) -> None:
        self._below, self._coding, self._max_ratio, self._free = below, coding, max_ratio, free
        self._decoder = member_decoder(coding)
        self._held = b""
        self._taken = self._given = 0
        self._done = False

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, empty only at the end. Raises InputError: `damaged`, `too-large`."""
        while not self._done:
            try:
                piece = self._step(min(size, PIECE))
            except DAMAGE as error:
                raise InputError("damaged", f"broken {self._coding} data: {error}") from None
            if piece:
                self._given += len(piece)
                if self._given > self._free and self._given > self._taken * self._max_ratio:
                    raise InputError("too-large", f"decompresses to more than {self._max_ratio} times its size")
                return piece
        return b""

    def _step(self, size: int) -> bytes:
        decoder = self._decoder
        if decoder.eof:
            self._next_member(decoder.unused_data)
            return b""
        data, self._held = self._held, b""
        if not data and decoder.needs_input:
            data = self._below.read(PIECE)
            self._taken += len(data)
            if not data:
                raise EOFError("it ends early")
        return decoder.decompress(data, size)  # type: ignore[no-any-return]

    def _next_member(self, rest: bytes) -> None:
        if len(rest) < 6:
            more = self._below.read(PIECE)
            self._taken += len(more)
            rest += more
        signature = SIGNATURES.get(self._coding)
        if signature and rest.startswith(signature):
            self._decoder, self._held = member_decoder(self._coding), rest
        else:
            self._done = True
