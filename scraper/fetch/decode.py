"""Content codings, undone as their bytes come in, with a bound on what comes out.

A body of 455 bytes can be 300 MB of text, so no decoder is ever asked for more than one piece at a time, and the caller counts the pieces.
"""

from collections.abc import Iterator
from typing import Any

from scraper.encoding import resolve_encoding
from scraper.fetch.faults import FetchError
from scraper.readers.coding import DAMAGE, SIGNATURES, member_decoder, zstd_frame

_PIECE = 32_768  # brotli goes over it by up to one block: pieces come out at under 128 KiB
_AT_ONCE = 2  # more codings in a row are only ever an attack
_MEMBERS = 1_000  # gzip members or zstd frames in one body
_WINDOW_LOG = 23  # 8 MiB, the most that RFC 8878 asks a decoder to support
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}
_NO_CODINGS = ("", "identity", "none", "binary", "7bit", "8bit", "aws-chunked")  # what servers write where there is none; also charsets


class _Stage:
    """One coding: members in a row are one body, and bytes after the last are ignored, as browsers do."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._signature = SIGNATURES.get(coding)
        self._member: Any = None
        self._members = 0
        self._held = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._member is None:
            data = self._held + data
            if len(data) < (2 if self._coding == "deflate" else 1):  # two bytes tell what kind of deflate it is
                self._held = data
                return
            self._begin(data)
        while True:
            if self._member.eof:
                if not self._signature or not data.startswith(self._signature):
                    return
                self._begin(data)
            yield self._member.decompress(data, _PIECE)
            data = self._member.unused_data if self._member.eof else b""
            if not self._member.eof and self._member.needs_input:
                return

    def _begin(self, data: bytes) -> None:
        self._members += 1
        if self._members > _MEMBERS:
            raise FetchError("too-large", f"more than {_MEMBERS} {self._coding} members in one body")
        if self._coding == "zstd":
            self._member = zstd_frame(window_log=_WINDOW_LOG)
        elif self._coding == "deflate" and not _is_wrapped(data):  # as some servers send it
            self._member = member_decoder("raw-deflate")
        else:
            self._member = member_decoder(self._coding)

    def complete(self) -> bool:
        return bool(self._member.eof) if self._member is not None else not self._held


def _is_wrapped(data: bytes) -> bool:
    """Say whether a deflate body begins with zlib's header."""
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0


class Decoder:
    """Undoes a Content-Encoding. `feed` yields pieces of at most 128 KiB; `finish` raises where the coded stream was cut."""

    def __init__(self, content_encoding: str) -> None:
        named = (part.strip().lower() for part in content_encoding.split(","))
        codings = [name for name in named if name not in _NO_CODINGS and (name in _CODINGS or resolve_encoding(name) is None)]
        if len(codings) > _AT_ONCE:
            raise FetchError("too-large", f"{len(codings)} content codings in a row; at most {_AT_ONCE} are undone")
        unknown = next((coding for coding in codings if coding not in _CODINGS), None)
        if unknown is not None:
            raise FetchError("network-error", f"unknown content coding {unknown[:40]!r}")
        self._stages = [_Stage(_CODINGS[coding]) for coding in reversed(codings)]

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to. Raises FetchError (`network-error`) on a broken stream."""
        try:
            yield from self._pump(0, data)
        except DAMAGE as error:
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
