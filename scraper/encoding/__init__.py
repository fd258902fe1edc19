"""From bytes to text: which encoding a page is in, and what it says.

Trust runs in the order of the WHATWG Encoding and HTML standards: byte-order mark, transport, declaration in the page, strict UTF-8,
detection, windows-1252. One step is moved for speed and for the reader's good: bytes that are valid UTF-8 and have multi-byte sequences
are UTF-8 whatever was declared: legacy text that happens to be valid UTF-8 does not occur beyond a few characters. A label is only ever
looked up in the standard's own table, never in `codecs`.
"""

import codecs
import functools
import re
import tomllib
from importlib.resources import files
from typing import NamedTuple

from scraper.encoding.detect import detect_encoding, detect_wide

_TABLE = files("scraper") / "data" / "encodings.toml"

# Longest mark first: the UTF-16LE mark is a prefix of the UTF-32LE one.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32le", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32be", "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16be", "utf-16-be"),
)

# The standard scans 1,024 bytes. Real pages declare later, behind scripts and comments; only a page that is not plain UTF-8 pays for that.
_PRESCAN, _FAR_PRESCAN = 1_024, 262_144
_CHARSET = re.compile(rb"""<meta\b[^<>]{0,1024}?\bcharset\s{0,8}=\s{0,8}["']?\s{0,8}([A-Za-z0-9:._-]{1,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\A\s{0,64}<\?xml\b[^>]{0,256}?\bencoding\s{0,8}=\s{0,8}["']([A-Za-z0-9:._-]{1,40})["']""")

# Below this many bytes in multi-byte sequences, a declared legacy encoding that decodes strictly is believed over UTF-8 by chance.
_CHANCE_UTF8 = 12
_MULTIBYTE = {"gbk", "gb18030", "big5", "euc-jp", "shift_jis", "euc-kr"}
_WIDE_HEAD = 4_096  # bytes; a multiple of 4
_ONE_SIDED = 8  # times as many NULs on one side of the pairs as on the other
_SNIFFED = 65_536  # bytes looked at by the second detector

_HIGH = bytes(range(0x80, 0x100))
_FEW_HIGH = 24  # bytes past ASCII
_PAIRED = re.compile(rb"[\xc0-\xf7][\x80-\xbf]+")
_ISOLATED = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
# A lone high byte where Latin text has one: beside a letter, or typographic punctuation of windows-1252.
_LATIN = re.compile(
    rb"(?<=[A-Za-z])[\x80-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff](?=[A-Za-z])"
    rb"|(?<![\x80-\xff])[\x80\x85\x91-\x97\x99\xa0-\xbf\xd7](?![\x80-\xff])"
)


class Decoded(NamedTuple):
    """The text of a page, the WHATWG name of the encoding it was read in, and the page's own bytes where they are the text in UTF-8."""

    text: str
    encoding: str
    utf8: bytes | None = None


def decode(body: bytes, *, charset: str | None = None) -> Decoded:
    """Decode `body`; `charset` is the transport's label, if it gave one. Never raises; what cannot be decoded becomes U+FFFD."""
    bom = read_bom(body)
    if bom is not None:
        encoding, codec, length = bom
        return Decoded(body[length:].decode(codec, "replace"), encoding)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return _decode_legacy(body, charset, error)
    multibyte = len(body) - len(text)
    if multibyte >= _CHANCE_UTF8 or (multibyte == 0 and b"\x1b" not in body and b"\0" not in body):
        return Decoded(text, "utf-8", body)
    return _decode_short(body, text, charset, multibyte)


def encode(text: str, encoding: str) -> bytes | None:
    """Return `text` in an encoding by its WHATWG name, without a mark, as `decode` reads it; `None` where it has other characters."""
    codec = next((codec for _, name, codec in _BOMS if name == encoding), None) or _codec(encoding)
    try:
        return text.encode(codec, "clip-whatwg")
    except UnicodeError:
        return None


def read_bom(body: bytes) -> tuple[str, str, int] | None:
    """Return (encoding, Python codec, length) of the byte-order mark, or `None`."""
    if body[:1] not in (b"\xef", b"\xff", b"\xfe", b"\0"):
        return None
    for mark, encoding, codec in _BOMS:
        if body.startswith(mark):
            return encoding, codec, len(mark)
    return None


def declared_encoding(body: bytes) -> str | None:
    """Return the WHATWG name of the encoding that the page declares (`<meta>` or XML declaration), or `None`."""
    for size in (_PRESCAN, len(body)):
        head = body[: min(size, _FAR_PRESCAN)]
        found = _XML_ENCODING.match(head) or _CHARSET.search(_without_comments(head))
        name = resolve_encoding(found[1].decode("ascii")) if found else None
        if name:
            # A declaration that can be read as ASCII is not in UTF-16, whatever it says.
            return "utf-8" if name.startswith("utf-16") else name
    return None


def _without_comments(head: bytes) -> bytes:
    kept = []
    position = 0
    while (start := head.find(b"<!--", position)) >= 0:
        kept.append(head[position:start])
        end = head.find(b"-->", start + 2)
        if end < 0:
            return b"".join(kept)
        position = end + 3
    return b"".join([*kept, head[position:]]) if kept else head


def resolve_encoding(label: str | None) -> str | None:
    """Return the WHATWG name for `label`, or `None` when the standard does not know it."""
    if not label or len(label) > 64:
        return None
    entry = _labels().get(label.strip().strip("\"'").lower())
    return entry[0] if entry else None


@functools.cache
def _labels() -> dict[str, tuple[str, str]]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {label: (name, entry["codec"]) for name, entry in table.items() for label in entry["labels"]}


def _codec(encoding: str) -> str:
    return _labels()[encoding][1]


def _whatwg_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    # The standard's single-byte tables map what Python leaves undefined to C1 controls, and its gb18030 reads a lone 0x80 as the euro sign.
    if isinstance(error, UnicodeEncodeError) and error.encoding == "charmap" and "\x80" <= error.object[error.start] < "\xa0":
        return bytes([ord(error.object[error.start])]), error.start + 1
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    if error.encoding == "charmap" and 0x80 <= byte < 0xA0:
        return chr(byte), error.start + 1
    if error.encoding == "gb18030" and byte == 0x80:
        return "\u20ac", error.start + 1
    raise error


def _whatwg_or_replace(error: UnicodeError) -> tuple[str | bytes, int]:
    try:
        return _whatwg_bytes(error)
    except UnicodeDecodeError as lost:
        # An ASCII byte inside a broken sequence is kept, so that markup survives.
        end = lost.end if lost.end - lost.start == 1 or lost.object[lost.end - 1] >= 0x80 else lost.end - 1
        return "\ufffd", max(end, lost.start + 1)


codecs.register_error("clip-whatwg", _whatwg_bytes)
codecs.register_error("clip-whatwg-replace", _whatwg_or_replace)


def _strict(body: bytes, encoding: str | None) -> Decoded | None:
    if encoding is None:
        return None
    try:
        return Decoded(body.decode(_codec(encoding), "clip-whatwg"), encoding)
    except UnicodeError:
        return None


def _decode_short(body: bytes, text: str, charset: str | None, multibyte: int) -> Decoded:
    """Valid UTF-8 with almost no multi-byte characters: may be UTF-16, ISO-2022-JP, or legacy text that is valid UTF-8 by chance."""
    wide = _wide(body)
    if wide:
        return wide
    sent = resolve_encoding(charset)
    named = sent or declared_encoding(body)
    if not sent and named in (None, "utf-8") and not multibyte and (b"\x1b$B" in body or b"\x1b$@" in body):
        named = "iso-2022-jp"
    legacy = named == "iso-2022-jp" or (named in _MULTIBYTE and multibyte)
    return (_strict(body, named) if legacy else None) or Decoded(text, "utf-8", body)


def _decode_legacy(body: bytes, charset: str | None, error: UnicodeDecodeError) -> Decoded:
    """Not valid UTF-8: broken UTF-8, or a legacy encoding."""
    if error.start >= len(body) - 3 and error.reason == "unexpected end of data":
        return Decoded(body.decode("utf-8", "replace"), "utf-8")  # cut inside the last character
    wide = _wide(body)
    if wide:
        return wide
    sent, declared = resolve_encoding(charset), declared_encoding(body)
    if _is_broken_utf8(body, named="utf-8" in (sent or declared or "")):
        return Decoded(body.decode("utf-8", "replace"), "utf-8")
    for encoding in (sent, declared):
        decoded = _strict(body, encoding) if encoding != "utf-8" else None
        if decoded:
            return decoded
    detected = _detect(body)
    decoded = _strict(body, detected)
    if decoded:
        return decoded
    named = next((name for name in (sent, declared) if name and name != "utf-8"), detected or "windows-1252")
    return Decoded(body.decode(_codec(named), "clip-whatwg-replace"), named)


def _wide(body: bytes) -> Decoded | None:
    found = wide_encoding(body)
    return Decoded(body.decode(found[1], "replace"), found[0]) if found else None


def wide_encoding(body: bytes) -> tuple[str, str] | None:
    """Return (encoding, Python codec) of UTF-16 or UTF-32 without a mark, or `None`."""
    head = body[:_WIDE_HEAD]
    name = detect_wide(head) or _wide_by_zeros(head)
    return next(((name, codec) for _, known, codec in _BOMS if known == name), None)


def _wide_by_zeros(head: bytes) -> str | None:
    """Tell UTF-16 and UTF-32 by where the NULs of markup and spaces are."""
    if head.count(0) < max(4, len(head) // 50):
        return None
    zeros = [head[place::4].count(0) * 4 / len(head) for place in range(4)]
    if min(zeros[2:]) > 0.9 and zeros[0] < 0.5:
        return "utf-32le"
    if min(zeros[:2]) > 0.9 and zeros[3] < 0.5:
        return "utf-32be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if odd > _ONE_SIDED * even:
        return "utf-16le"
    return "utf-16be" if even > _ONE_SIDED * odd else None


def _is_broken_utf8(body: bytes, *, named: bool) -> bool:
    """Whether invalid bytes are damage in UTF-8 rather than another encoding; `named` when the page or its transport says UTF-8."""
    ascii_bytes = len(body.translate(None, _HIGH))
    high = len(body) - ascii_bytes
    valid = len(body.decode("utf-8", "ignore").encode()) - ascii_bytes
    if valid > (0.65 if named else 0.75) * high and (named or valid > _CHANCE_UTF8):
        return True
    if not named or high > _FEW_HIGH:
        return False
    # A few bytes decide: broken sequences look like sequences, Latin letters and quotes stand alone among ASCII.
    paired, isolated = len(_PAIRED.findall(body)), len(_ISOLATED.findall(body))
    return paired >= isolated or len(_LATIN.findall(body)) < 0.8 * isolated


def _detect(body: bytes) -> str | None:
    """Return the WHATWG name that detection gives, or `None`."""
    found = detect_encoding(body)
    if found:
        return found
    try:
        import cchardet  # faust-cchardet, of the extra `charset`
    except ImportError:
        return None
    name = resolve_encoding(cchardet.detect(body[:_SNIFFED])["encoding"])
    return None if name in ("utf-8", "utf-16le", "utf-16be", "iso-2022-jp") else name
