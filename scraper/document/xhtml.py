"""Pages written as XML, where an element that is closed in its own start tag is empty. The HTML parser would leave it open: all behind
`<script/>` would be script, and all behind `<a id="p12"/>` a link.
"""

import re

from scraper.void_elements import VOID

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s")
_CLOSED = re.compile(rb"""<([A-Za-z][\w:.-]*+)((?:[^<>"'/]++|/(?!>)|"[^"<]*+"|'[^'<]*+')*+)/>""")
# The parser reads the slash of foreign elements (SVG, MathML) itself, and an end tag does no harm.
_VOID = frozenset(name.encode() for name in VOID)


def close_empty(source: bytes, media_type: str | None) -> bytes:
    """Return `source` with an end tag for every element that is closed in its start tag, where it is XML; else `source` itself."""
    if media_type != "application/xhtml+xml" and not _XML.match(source, 0, 1024):
        return source
    return _CLOSED.sub(_with_end, source)


def _with_end(tag: re.Match[bytes]) -> bytes:
    return tag[0] if tag[1].lower() in _VOID else b"<%s%s></%s>" % (tag[1], tag[2], tag[1])
