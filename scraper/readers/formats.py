"""What an input is, by its content."""

import os
import re
from typing import Literal, NamedTuple

from scraper.errors import InputError
from scraper.readers.coding import Decoded, coding_of
from scraper.readers.limits import HTML_FIELDS, Reading
from scraper.readers.source import Source

Format = Literal["zip", "tar", "warc", "arc", "mhtml", "webarchive", "parquet", "lines", "json", "page"]

ROW_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
ONE_PAGE: tuple[Format, ...] = ("page", "mhtml", "webarchive", "arc")  # formats of one page to a file
MAX_CODINGS = 3  # compressed layers around one input
_MHTML_HEADERS = re.compile(rb"[\w-]{1,60}:[^\n]{0,2000}\n(?:(?:[\w-]{1,60}:|[ \t])[^\n]{0,2000}\n){0,60}", re.ASCII)
_ROW = rb'\{\s{0,200}"(?:[^"\\]|\\.){0,100}"\s{0,20}:'
_ROW_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}(\[\s{0,200})?" + _ROW)
_ARRAY_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}\[\s{0,200}(?:null\b|\{\s{0,200}\})")  # its first rows are empty


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
    return _json_format(head, name, reading.html_field) or "page"


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


def _json_format(head: bytes, name: str, html_field: str | None) -> Format | None:
    """Return how rows of pages stand in JSON, one to a line or in a document, an array most often; `None` where it is no table of pages.

    An array of objects always is one. Of other JSON its name may say so, or `html_field`, which only tables have, or a column of pages.
    """
    opening = _ROW_OPENING.match(head)
    if opening is None:
        return "json" if _ARRAY_OPENING.match(head) and _has_page_column(head) else None
    if opening[1] is not None:
        return "json"
    if not (name.endswith(ROW_SUFFIXES) or html_field is not None or _has_page_column(head)):
        return None
    first, more, _ = head.strip().partition(b"\n")
    return "lines" if name.endswith(ROW_SUFFIXES) or not more or first.rstrip().endswith(b"}") else "json"


def _has_page_column(head: bytes) -> bool:
    return any(re.search(rb'"' + name.encode() + rb'"\s{0,20}:\s{0,20}"', head) for name in HTML_FIELDS)
