"""What an input is, by its content."""

import os
import re
from typing import Literal, NamedTuple

from scraper.errors import InputError
from scraper.readers.coding import Decoded, coding_of
from scraper.readers.limits import HTML_FIELDS, Reading
from scraper.readers.source import Source

Format = Literal["zip", "tar", "warc", "arc", "mhtml", "webarchive", "parquet", "rows", "page"]

ROW_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
ONE_PAGE: tuple[Format, ...] = ("page", "mhtml", "webarchive", "arc")  # formats of one page to a file
MAX_CODINGS = 3  # compressed layers around one input
_MHTML_HEADERS = re.compile(rb"[\w-]{1,60}:[^\n]{0,2000}\n(?:(?:[\w-]{1,60}:|[ \t])[^\n]{0,2000}\n){0,60}", re.ASCII)
_ROW_KEY = re.compile(rb'(?:\xef\xbb\xbf)?\s{0,20}\{\s{0,20}"((?:[^"\\]|\\.){0,100})"\s{0,20}:')


class Identity(NamedTuple):
    """What an input is: its format, the compressions around it from outside in, and its bytes with those undone."""

    format: Format
    codings: list[str]
    source: Source


def identify(source: Source, reading: Reading) -> Identity:
    """Tell what a source is and undo its compression. Raises InputError: `damaged`, `too-large`."""
    codings: list[str] = []
    inner = source
    while coding := coding_of(inner.head(10), inner.name):
        if len(codings) == MAX_CODINGS:
            raise InputError("too-large", f"compressed more than {MAX_CODINGS} times over")
        codings.append(coding)
        decoded = Decoded(inner, coding, max_ratio=reading.max_ratio, free=reading.free)
        inner = Source(decoded, source.origin, name=os.path.splitext(inner.name)[0])
        if not inner.head() and ".warc" in source.name and len(codings) == 1:  # its own reader goes on after a broken first member
            return Identity("warc", codings, inner)
    return Identity(format_of(inner.head(), inner.name, reading), codings, inner)


def format_of(head: bytes, name: str, reading: Reading) -> Format:
    """Return the format of an uncompressed input that begins with `head` (up to 64 kB of it); `name`, lower-cased, only settles rows."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    if head[:5] == b"WARC/":
        return "warc"
    if head[:11] == b"filedesc://":
        return "arc"
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:6] == b"bplist" or (head[:5] == b"<?xml" and b"<!DOCTYPE plist" in head[:500] and b"WebMainResource" in head):
        return "webarchive"
    if _is_tar(head):
        return "tar"
    if _is_mhtml(head):
        return "mhtml"
    rows = _ROW_KEY.match(head) and (name.endswith(ROW_SUFFIXES) or _has_page_column(head, reading.html_field))
    return "rows" if rows else "page"


def _is_tar(head: bytes) -> bool:
    """Check the header's own sum (POSIX ustar; also the older form without a signature)."""
    if len(head) < 512:
        return False
    digits = head[148:156].strip(b" \0")
    if not digits or len(digits) > 7 or digits.translate(None, b"01234567"):
        return False
    return sum(head[:148]) + 8 * 32 + sum(head[156:512]) == int(digits, 8)


def _is_mhtml(head: bytes) -> bool:
    headers = _MHTML_HEADERS.match(head)
    if not headers:
        return False
    lower = headers.group().lower()
    return b"multipart/" in lower and (b"mime-version:" in lower or b"content-type: multipart/" in lower)


def _has_page_column(head: bytes, html_field: str | None) -> bool:
    names = (html_field,) if html_field else HTML_FIELDS
    line = head.lstrip().split(b"\n", 1)[0]
    return any(re.search(rb'"' + re.escape(name.encode()) + rb'"\s{0,20}:', line) for name in names)
