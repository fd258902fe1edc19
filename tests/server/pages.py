"""Pages that look real: long enough to be an article, each with a marker of its own."""

import zlib

import brotli


def article(marker: str, *, head: str = "", extra: str = "") -> str:
    """Return a page whose text is sure to hold `marker`."""
    text = "".join(
        f"<p>The council met on Tuesday to hear paragraph {n} of the report on the harbour, which members called late and rather long.</p>"
        for n in range(1, 8)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Council hears harbour report</title>{head}</head>"
        f"<body><article><h1>Council hears harbour report</h1>{text}<p>Marker {marker}.</p></article>{extra}</body></html>"
    )


def zipped(data: bytes, window: int = 31) -> bytes:
    """Compress: 31 for gzip, 15 for zlib, -15 for raw deflate."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, window)
    return squeeze.compress(data) + squeeze.flush()


def zstandard(data: bytes) -> bytes:
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd  # type: ignore[no-redef]
    return bytes(zstd.compress(data))


def bomb(coding: str, size: int = 100_000_000) -> bytes:
    """Return `size` bytes of an HTML page that is nearly all spaces, compressed."""
    piece = b" " * 1_000_000
    if coding == "zstd":
        return zstandard(b"<html>" + b" " * size)
    squeeze = brotli.Compressor(quality=1) if coding == "br" else zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    feed = squeeze.process if coding == "br" else squeeze.compress
    out = feed(b"<html>") + b"".join(feed(piece) for _ in range(size // len(piece)))
    return out + (squeeze.finish() if coding == "br" else squeeze.flush())
