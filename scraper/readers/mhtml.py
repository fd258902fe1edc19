"""MHTML, the "web page, single file" of browsers, and mail: split in one pass, without the parser of `email` (quadratic in parts)."""

import binascii
import codecs
import re

from scraper.errors import InputError
from scraper.page import Page
from scraper.readers.limits import CUT_SHORT
from scraper.readers.mail import text_message

MAX_PARTS = 5_000
MAX_DEPTH = 20
_HTML = ("text/html", "application/xhtml+xml")
_TEXT = (*_HTML, "text/plain")
_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_PARAMETER = re.compile(r'\b(boundary|charset|start)\s{0,9}=\s{0,9}(?:"([^"]{0,500})"|([^\s;]{1,500}))', re.IGNORECASE)
_FIRST_BOUNDARY = re.compile(rb"(?:^|\n)--([^\r\n]{1,200})\r?\n(?=[\w-]{1,60}:)")
_SPACE = re.compile(rb"[^A-Za-z0-9+/]")


class Part:
    """One part: its headers, lower-cased by name, and where its body lies."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        found = _HEADER_END.search(data, start, min(end, start + 65_536))
        self.start, self.end = (found.end(), end) if found else (end, end)
        block = _FOLD.sub(b" ", data[start : found.start() if found else min(end, start + 65_536)])
        self.headers: dict[str, str] = {}
        for line in block.splitlines():
            name, colon, value = line.partition(b":")
            if colon:
                self.headers.setdefault(name.strip().lower().decode("latin-1"), value.strip().decode("utf-8", "replace"))

    @property
    def media_type(self) -> str:
        """Return the essence of the content type, lower-cased; "" where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def parameter(self, name: str) -> str | None:
        """Return a parameter of the content type."""
        for found in _PARAMETER.finditer(self.headers.get("content-type", "")[:2000]):
            if found[1].lower() == name:
                return found[2] if found[2] is not None else found[3]
        return None

    def body(self, data: bytes) -> bytes:
        """Return the part's bytes with the transfer encoding undone; what is broken in it is passed over."""
        encoding = self.headers.get("content-transfer-encoding", "").strip().lower()
        body = data[self.start : self.end].removesuffix(b"\r")  # the line end before a boundary is the boundary's
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        if encoding == "base64":
            letters = _SPACE.sub(b"", body)
            return binascii.a2b_base64(letters[: len(letters) // 4 * 4] + _last_group(letters))
        return body


def _last_group(letters: bytes) -> bytes:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def without_mark(data: bytes) -> bytes:
    """Return `data` without the byte-order mark and the empty lines that some programs put before the headers."""
    return data.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")


def read_mhtml(data: bytes, origin: str) -> tuple[Page, str | None]:
    """Return the page that an MHTML file holds, a message's text where it is mail, and a remark where the file is cut or broken.

    Raises InputError (`damaged`) where it holds neither.
    """
    data = without_mark(data)
    top = Part(data, 0, len(data))
    snapshot = top.headers.get("snapshot-content-location")
    parts, closed = _text_parts(data, top)
    remark = None if closed else f"MHTML cut short or with a broken boundary: {CUT_SHORT}"
    pages = [part for part in parts if part.media_type in _HTML]
    if not pages:
        if not parts:
            raise InputError("damaged", "an MHTML file without an HTML part")
        return text_message(top.headers, parts[0].body(data), parts[0].parameter("charset"), origin), remark
    start = top.parameter("start")
    main = next(
        (part for part in pages if part.headers.get("content-id", "") == start or part.headers.get("content-location", "") == snapshot),
        pages[0],
    )
    location = main.headers.get("content-location") or snapshot
    url = location if location and location.lower().startswith(("http:", "https:")) else snapshot
    page = Page(body=main.body(data), url=url, media_type=main.media_type, charset=main.parameter("charset"), origin=origin)
    return page, remark


def _text_parts(data: bytes, top: Part) -> tuple[list[Part], bool]:
    """Return the parts of HTML and plain text in order, nested ones too, and whether every boundary was closed."""
    if top.media_type in _TEXT:
        return [top], True
    found: list[Part] = []
    closed = True
    stack = [(top, 0)]
    parts = 0
    while stack:
        whole, depth = stack.pop()
        inner, complete = _split(data, whole, MAX_PARTS - parts)
        closed &= complete
        parts += len(inner)
        nested = []
        for part in inner:
            if part.media_type in _TEXT and not part.headers.get("content-disposition", "").lower().startswith("attachment"):
                found.append(part)
            elif part.media_type.startswith("multipart/") and depth < MAX_DEPTH:
                nested.append((part, depth + 1))
        stack.extend(reversed(nested))
        closed &= parts < MAX_PARTS
    return found, closed


def _split(data: bytes, whole: Part, limit: int) -> tuple[list[Part], bool]:
    boundary = (whole.parameter("boundary") or "").encode("utf-8", "replace")
    mark = b"--" + boundary
    place = data.find(mark, whole.start - 2 if whole.start >= 2 else 0, whole.end) if boundary else -1
    right = place >= 0
    if not right:  # missing, or not the one that is used: the first line that looks like one
        guess = _FIRST_BOUNDARY.search(data, max(whole.start - 1, 0), whole.end)
        if not guess:
            return [], False
        mark = b"--" + guess[1].rstrip()
        place = data.find(mark, guess.start(), whole.end)
    parts: list[Part] = []
    while place >= 0 and len(parts) < limit:
        start = place + len(mark)
        if data.startswith(b"--", start):
            return parts, right
        after = data.find(b"\n", start, whole.end) + 1
        following = data.find(b"\n" + mark, max(after - 1, start), whole.end)
        if after == 0:
            break
        parts.append(Part(data, after, whole.end if following < 0 else following))
        place = following + 1 if following >= 0 else -1
    return parts, False
