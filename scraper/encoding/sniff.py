"""What the bytes are, by their content: HTML, text, or something that is neither."""

import re

from scraper.encoding import wide_encoding

# Signatures after the MIME Sniffing standard and the formats' own specifications.
_SIGNATURES = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"\0\0\x01\0", "an icon"),
    (b"RIFF", "a RIFF file (WebP, WAVE or AVI)"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"%!PS-Adobe-", "PostScript"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O program"),
    (b"\0asm", "a WebAssembly module"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an OLE document"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"OggS\0", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"fLaC", "a FLAC file"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM file"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"\0\x01\0\0", "a font"),
    (b"!<arch>\n", "an archive of object files"),
)
_STARTS = frozenset(signature[:1] for signature, _ in _SIGNATURES) | {b"\0"}
_TEXT_LIKE = (b"BM", b"MZ", b"BZh", b"ID3", b"RIFF")  # letters that prose may begin with: believed only with control bytes behind them

_HEAD = 4_096
# The standard's binary data bytes, without NUL (stray NULs are damage, not a format) and ESC (ISO-2022-JP).
_CONTROLS = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])

_OPENING = re.compile(
    r"(?:\s|<!--(?:(?!-->)[\s\S]){0,20000}-->|<\?xml[^>]{0,500}>)*"
    r"<(?:!doctype\s+html|html|head|body|title|meta|script|style|link|base|iframe|div|span|section|article|main|header|nav|table|form|h[1-6]|p|br|hr|ul|ol|dl|a|b|i|img|font|center|pre|noscript|svg)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(r"\s*(?:<\?xml[^>]{0,500}>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\s")
_ROOT = re.compile(
    r"\s*(?:<(?:!--(?:(?!-->)[\s\S]){0,20000}-->|[?!][^<>]{0,2000}>)\s*)*<(?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z][\w.-]{0,40})[\s/>]"
)
_LISTINGS = {"rss": "a feed", "rdf": "a feed", "feed": "a feed", "urlset": "a sitemap", "sitemapindex": "a sitemap"}
_KNOWN_TAG = re.compile(
    r"</?(?:html|head|body|title|meta|script|style|div|span|section|article|main|header|footer|nav|table|t[rdh]|h[1-6]|p|br|hr|ul|ol|li|dl|dt|dd|a|b|i|em|strong|img|font|center|pre|blockquote|figure|form)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[A-Za-z!/][^<>]{0,2000}>")
_BARE_BREAK = re.compile(r"[^\s>][ \t]{0,8}\r?\n(?:[ \t]{0,8}\r?\n){1,8}[ \t]{0,8}[^\s<]")  # between paragraphs that no tag sets apart
_BROKEN_LINE = re.compile(r"<br\s{0,2}/?>[ \t]{0,8}\r?\n", re.IGNORECASE)
_WHOLE_LINE = re.compile(r"[^\s>][ \t]{0,8}\r?\n[ \t]{0,8}\S")
_STRUCTURE = re.compile(r"<(?:article|blockquote|div|dl|h[1-6]|li|p|section|table)[\s>]", re.IGNORECASE)
_LEAST_BREAKS = 2
_SAMPLE = 65_536  # characters
_DENSE = 400  # characters of text for one tag: text with fewer tags than this shows markup only now and then


def binary_type(body: bytes) -> str | None:
    """Return what the bytes are when they are neither HTML nor text, else `None`."""
    if body[:1] in _STARTS or body[4:8] == b"ftyp":
        for signature, name in _SIGNATURES:
            if body.startswith(signature) and (signature not in _TEXT_LIKE or _share_of_controls(body) > 0):
                return name
        if body[4:8] == b"ftyp":
            return "an MP4 or HEIF file"
    if b"%PDF-" in body[:1024] and b"<" not in body[: body.index(b"%PDF-")]:
        return "a PDF document"
    return "binary data" if _share_of_controls(body) > 0.02 else None


def _share_of_controls(body: bytes) -> float:
    head = body[:_HEAD]
    nuls = head.count(0)
    if nuls == len(head) or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return 0.0
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls and wide_encoding(head):
        return 0.0  # UTF-16 and UTF-32 have control bytes in their characters
    return controls / (len(head) - nuls)


def is_html(text: str, *, media_type: str | None) -> bool:
    """Whether decoded `text` is HTML (a page, a fragment, XHTML) rather than text in which a "<" may stand."""
    if media_type == "text/plain":
        return False
    if "<" not in text:
        return False
    if _OPENING.match(text):
        return True
    if text[:_HEAD].lstrip().startswith("<!--"):
        rest = text[:_SAMPLE].partition("-->")[2]
        if not rest.strip() or _ANY_TAG.search(rest):
            return True
    if media_type in ("text/html", "application/xhtml+xml") and _ANY_TAG.search(text):
        return True
    sample = text[:_SAMPLE]
    tags = len(_KNOWN_TAG.findall(sample))
    return tags >= 2 and tags * _DENSE >= len(sample) and not _has_own_lines(sample)


def _has_own_lines(text: str) -> bool:
    """Whether a text with tags in it has its own paragraphs, between blank lines, or its own lines, each with a <br> at its end."""
    if len(_BARE_BREAK.findall(text)) >= _LEAST_BREAKS or _BARE_BREAK.search(text, 0, text.index("<")):
        return True
    return not _STRUCTURE.search(text) and len(_BROKEN_LINE.findall(text)) >= max(_LEAST_BREAKS, len(_WHOLE_LINE.findall(text)))


def carried_type(media_type: str | None, body: bytes) -> str | None:
    """Return the media type that a server or archive gives, `None` for "text/plain" where `body` begins as only an HTML document does."""
    return None if media_type == "text/plain" and _DOCUMENT.match(_latin(body[:_HEAD])) else media_type


def is_page_in_xml(body: bytes) -> bool:
    """Whether bytes that were labelled as XML are a page, by how they begin; most are feeds and sitemaps."""
    head = _latin(body[:_SAMPLE])
    return is_html(head, media_type=None) and xml_type(head, html=True) is None


def _latin(head: bytes) -> str:
    return head.decode("latin-1").removeprefix("\xef\xbb\xbf")


def xml_type(text: str, *, html: bool) -> str | None:
    """Return what decoded `text` is when it is XML but no page, else `None`. `html` is whether it looks like one: articles in XML do."""
    root = _ROOT.match(text) if text[:_HEAD].lstrip()[:1] == "<" else None
    listing = _LISTINGS.get(root[1].lower()) if root else None
    if listing is not None:
        return f"{listing} (`clip discover` lists its articles)"
    return "XML" if not html and _XML.match(text) else None
