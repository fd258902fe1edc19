"""What an input is, by its content."""

import codecs
import os
import re
from typing import Literal, NamedTuple

from scraper.errors import InputError
from scraper.readers.coding import Decoded, coding_of
from scraper.readers.limits import HTML_FIELDS, Reading
from scraper.readers.mail import SEPARATOR
from scraper.readers.mhtml import without_mark
from scraper.readers.source import Recoded, Source

Format = Literal["zip", "tar", "warc", "arc", "mbox", "mhtml", "webarchive", "parquet", "lines", "json", "feed", "page"]

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ROW_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
ONE_PAGE: tuple[Format, ...] = ("page", "mhtml", "webarchive", "arc")  # formats of one page to a file
MAX_CODINGS = 3  # compressed layers around one input
_MHTML_HEADERS = re.compile(rb"[\w-]{1,60}:[^\n]{0,2000}\n(?:(?:[\w-]{1,60}:|[ \t])[^\n]{0,2000}\n){0,60}", re.ASCII)
_ONE_PART = re.compile(rb"^content-type:[ \t]{1,20}text/(?:html|plain)\b", re.MULTILINE)
_PROLOGUE = rb"<(?:\?[^<>]*+|!--(?:[^-]|-(?!->))*+--|!DOCTYPE[^<>\[]*+(?:\[[^\]]*+\]\s*+)?)>\s*+"
_FEED = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:" + _PROLOGUE + rb"){0,8}<(?:rss|(?:\w+:)?feed|rdf:RDF)\b[^<>]*+>")
_FEED_KINDS = (b"<rss", b"http://www.w3.org/2005/Atom", b"http://purl.org/rss/1.0/")
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
    marked = next((codec for mark, codec in _WIDE_MARKS if inner.head(4).startswith(mark)), None)
    if marked is not None:
        return _identify_wide(codings, inner, marked, reading)
    return Identity(format_of(inner.head(), inner.name, reading), codings, inner)


def _identify_wide(codings: list[str], source: Source, codec: str, reading: Reading) -> Identity:
    """Tell what a source in UTF-16 or UTF-32 is: tables of JSON are read as UTF-8, pages decode themselves."""
    head = source.head().decode(codec, "ignore").encode("utf-8", "ignore")
    form = _json_format(head.lstrip(), source.name, reading.html_field)
    if form is None:
        return Identity("page", codings, source)
    return Identity(form, codings, Source(Recoded(source, codec), source.origin, name=source.name))


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
    if (separator := SEPARATOR.match(head)) and _MHTML_HEADERS.match(head, separator.end()):
        return "mbox"
    if _is_mhtml(head):
        return "mhtml"
    if _is_feed(head):
        return "feed"
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
    headers = _MHTML_HEADERS.match(without_mark(head))
    if not headers:
        return False
    lower = headers.group().lower()
    if b"multipart/" in lower:
        return b"mime-version:" in lower or b"content-type: multipart/" in lower
    return b"mime-version:" in lower and _ONE_PART.search(lower) is not None  # a message that is one page, or a text


def _is_feed(head: bytes) -> bool:
    opening = _FEED.match(head)
    return opening is not None and any(kind in opening[0] for kind in _FEED_KINDS)


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
    return any(re.search(rb'"' + name.encode() + rb'"\s{0,20}:\s{0,20}["\[n]', head) for name in HTML_FIELDS)  # text, or a fault to name
