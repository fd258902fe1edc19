"""Mail: a message's text as a text page, and mailboxes in the mbox form, read message by message."""

import io
import re
from collections.abc import Iterator

from scraper.encoding import decode
from scraper.errors import Failure
from scraper.page import Page
from scraper.readers.limits import Reading
from scraper.readers.source import Source, too_large

SEPARATOR = re.compile(rb"From [^\r\n]{1,300}\d\d:\d\d[^\r\n]{1,60}\r?\n")  # "From jane at example.org  Mon Mar  3 10:00:00 2025"
_HEADERS_END = re.compile(rb"\n\r?\n")
_HEADER_CHARS = 1_000
_CHUNK = 1 << 20


def text_message(headers: dict[str, str], body: bytes, charset: str | None, origin: str) -> Page:
    """Return the page of a message's text: below lines that say what it is, who wrote it, and when, as far as the headers do."""
    from email.utils import parseaddr

    sender, subject = (_decoded(headers.get(name, "")) for name in ("from", "subject"))
    told = {"Subject": subject, "From": sender, "Author": parseaddr(sender)[0], "Date": headers.get("date", "")[:_HEADER_CHARS]}
    head = "".join(f"{name}: {' '.join(value.split())}\n" for name, value in told.items() if value)
    text = f"{head}\n{decode(body, charset=charset)[0]}"
    return Page(body=text.encode("utf-8", "replace"), media_type="text/plain", charset="utf-8", origin=origin)


def _decoded(header: str) -> str:
    """Return a header's words as they read: "=?utf-8?b?4oCT?=" is a dash."""
    header = header[:_HEADER_CHARS]
    if "=?" not in header:
        return header
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(header)))
    except (HeaderParseError, LookupError, ValueError):  # broken base64, an encoding that there is not, bytes that are none of its
        return header


def mbox_members(source: Source, reading: Reading) -> Iterator[Source | Failure]:
    """Yield the messages of a mailbox in their order, named by their numbers; one longer than a page may be is a failure."""
    for number, message in enumerate(_messages(source, reading.max_page), 1):
        origin = f"{source.origin}!/{number}"
        if message is None:
            error = too_large(None, reading.max_page)
            yield Failure(input=origin, error=error.code, message=str(error))
        else:
            message = _as_mime(message)
            yield Source(io.BytesIO(message), origin, size=len(message))


def _as_mime(message: bytes) -> bytes:
    """Return a message with the headers that make it one: older ones are plain text, and do not say so."""
    end = _HEADERS_END.search(message)
    headers = message[: end.start() if end else 0].lower()
    if b"mime-version:" in headers:
        return message
    return b"MIME-Version: 1.0\n" + (b"" if b"content-type:" in headers else b"Content-Type: text/plain\n") + message


def _messages(source: Source, limit: int) -> Iterator[bytes | None]:
    """Yield each message without the line before it; `None` for one of more than `limit` bytes."""
    lines: list[bytes] = []
    size = 0
    blank = True  # a separator stands at the start, or below an empty line
    started = False
    for line in _lines(source, limit):
        if blank and SEPARATOR.fullmatch(line):
            if started:
                yield b"".join(lines) if size <= limit else None
            started, lines, size = True, [], 0
        elif size <= limit:
            lines.append(line.removeprefix(b">") if line.startswith(b">From ") else line)
            size += len(line)
        blank = not line.strip()
    if started:
        yield b"".join(lines) if size <= limit else None


def _lines(source: Source, limit: int) -> Iterator[bytes]:
    """Yield the lines; of one longer than `limit` its pieces."""
    rest = b""
    while data := source.read(_CHUNK):
        *whole, rest = (rest + data).splitlines(keepends=True)
        if rest.endswith(b"\n") or len(rest) > limit:
            whole.append(rest)
            rest = b""
        yield from whole
    if rest:
        yield rest
