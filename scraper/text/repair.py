"""What a text took up on its way: codes of terminals, escapes of JSON, characters read in the wrong encoding, tags and references of HTML.

Each repair has a cheap test first, which nearly all texts fail.
"""

import re
from binascii import a2b_qp

from normalise.text import unescape, unescape_again

_TERMINAL = re.compile("\x1b(?:\\[[0-?]{0,40}[ -/]{0,4}[@-~]|\\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\\\)|[@-Z\\\\^_])|[^\n]\x08")
_ESCAPE = re.compile(r"\\(?:([nrt\"/\\])|u([0-9a-fA-F]{4}))")
_ESCAPED = {"n": "\n", "r": "", "t": " "}
_QUOTED = re.compile(r"=(?:[0-9A-F]{2}|\r?\n)")
_BYTE = re.compile(r"=[0-9A-F]{2}")
_LEAST_ESCAPES = 3
_REFERENCE = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8});")
_BLOCK = r"<(/?(?:blockquote|br|div|figcaption|figure|h[1-6]|hr|li|ol|p|section|table|tr|ul))(?:\s[^<>]{0,500})?/?>"
_BREAK = re.compile(rf"\s{{0,4}}{_BLOCK}\s{{0,4}}", re.I)
_ESCAPED_BLOCK = re.compile(r"^&lt;(?:p|li|h[1-6]|div|blockquote)&gt;.*&lt;/(?:p|li|h[1-6]|div|blockquote)&gt;[ \t]{0,8}$", re.M)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_PROSE_CHARS = 60
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|del|em|font|i|img|ins|mark|q|s|small|span|strong|sub|sup|td|th|tt|u)(?:\s[^<>]{0,2000})?/?>", re.I
)
_LEAST = 2  # tags or references that are not of what the text is about
_WINDOWS = {ord(bytes([code]).decode("cp1252")): code for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_MISREAD = re.compile("[\xc2-\xf4][\x80-\xbf" + "".join(map(chr, _WINDOWS)) + "]")  # the first two bytes of a character


def repaired(text: str) -> str:
    """Return a text as it was before a terminal, a program or another encoding had it."""
    if "\x1b" in text or "\x08" in text:
        text = _TERMINAL.sub("", text)
    if "\\n" in text:
        text = _unescaped(text)
    if "=\n" in text or "=\r" in text:
        text = _unquoted(text)
    if not text.isascii():
        text = _read_again(text)
    if "```" in text:  # code shows both
        return text
    if "&lt;" in text and len(_ESCAPED_BLOCK.findall(text)) >= _LEAST:
        text = unescape(text)
    if "\n<" in text or ">\n" in text or text[:1] == "<":
        text = _without_tags(text)
    if "&" in text and len(_REFERENCE.findall(text)) >= max(_LEAST, text.count("&") // 2):
        text = unescape_again(text)
    return text


def _unescaped(text: str) -> str:
    """Return a string of JSON, whose line ends are two characters, as it reads."""
    count = text.count("\\n")
    if count < _LEAST_ESCAPES or 4 * text.count("\n") > count:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[2], 16)) if found[2] else _ESCAPED.get(found[1], found[1]), text.strip().strip('"'))


def _unquoted(text: str) -> str:
    """Return a text in a mail's transfer encoding ("caf=C3=A9") as it reads: every "=" of it is one of a byte, or ends a row."""
    if text.count("=") > len(_QUOTED.findall(text)) or not _BYTE.search(text):
        return text
    try:
        return a2b_qp(text.encode()).decode()
    except UnicodeError:
        return text


def _read_again(text: str) -> str:
    """Return the text that was UTF-8 and was read as Windows-1252 ("cafÃ©"): nothing else is valid UTF-8 that way."""
    first = _NOT_ASCII.search(text)
    if first is None or not _MISREAD.match(text, first.start()):
        return text
    try:
        return text.translate(_WINDOWS).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _without_tags(text: str) -> str:
    """Return the text without HTML's tags where such stand around its prose; those of blocks end a line. A text about HTML keeps them."""
    tagged = [len(_TAG.sub("", row)) for row in text.split("\n") if row[:1] == "<" or row[-1:] == ">"]
    prose = [size for size in tagged if size >= _PROSE_CHARS]
    if len(prose) < _LEAST or 2 * sum(prose) < sum(tagged):
        return text
    return _INLINE.sub("", _BREAK.sub(_line_end, text))


def _line_end(tag: re.Match[str]) -> str:
    return "\n- " if tag[1].lower() == "li" else "\n"
