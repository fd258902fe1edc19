"""Clean text: composed, without control characters, with its white space in order. Every string of a record passes here exactly once."""

import html
import re
import unicodedata

COMBINING = 30  # marks in a row; no script needs as many, and composing longer runs takes quadratic time in older Pythons
CHARS = 2_000  # of a field on one line
STOPS = ".!?…。！？؟।۔։"  # what ends a sentence, in any script
_LONG_DIGITS = re.compile(r"&#(?:0*[0-9]{8,}|[xX]0*[0-9a-fA-F]{7,});?")  # beyond Unicode; int() refuses thousands of digits
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")

# C0 and C1 controls but white space; soft hyphen; zero-width space, word joiner, invisible operators and byte-order mark; deprecated format
# characters, interlinear annotation, tags; noncharacters of the BMP. Zero-width (non-)joiners and variation selectors stay: Persian, Indic
# scripts and emoji spell with them.
_UNWANTED = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0001\U000e0020-\U000e007f"
)
DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_STRIP_LINE = re.compile(f"[{_UNWANTED}{DIRECTION}]+")
_STRIP_LINES = re.compile(f"[{_UNWANTED}\u202a-\u202e]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ISOLATE = re.compile("[\u2066-\u2069]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LONG = 1_000_000  # characters
_SPACES = re.compile(r"\s\s+|[^\S ]")
_EMPTY_LINES = re.compile(r"\n{3,}")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# What may be a combining mark: neither letter nor digit, past Latin.
_NO_LETTERS = re.compile(r"[^\x00-\u02ff\w]")
_MARKS = re.compile(r"[^\x00-\u02ff\w]{31,}")


def letters(text: str) -> int:
    """Return how many characters of an alphabet say as much as `text`: one of Chinese, Japanese or Korean as much as two and a half."""
    return len(text) if text.isascii() else len(text) + 3 * len(_WIDE.findall(text)) // 2


def clean_line(text: str, *, limit: int = CHARS) -> str:
    """Return `text` on one line: NFC, no control or direction characters, white space collapsed, cut at a word at `limit` characters."""
    if len(text) > 8 * limit:
        text = text[: 8 * limit]  # what is cut away need not be cleaned first
    if not text.isprintable():
        text = _STRIP_LINE.sub("", _SURROGATE.sub("\ufffd", text))
    return cut(" ".join(compose(text).split()), limit)


def clean_lines(text: str) -> str:
    """Return `text` with its line breaks: NFC, no control characters, isolates balanced in each line, at most one empty line in a row."""
    printable = text.replace("\n", "").isprintable()
    if not printable:
        text = _BREAKS.sub("\n", text)
        text = _STRIP_LINES.sub("", _SURROGATE.sub("\ufffd", text))
        if _ISOLATE.search(text):
            text = "\n".join(map(_balance, text.split("\n")))
    text = compose(text)
    if printable and "  " not in text and " \n" not in text and "\n " not in text:  # nearly every body
        lines = text.strip(" ")
    else:
        lines = "\n".join([collapse(line) for line in text.split("\n")])
    return (_EMPTY_LINES.sub("\n\n", lines) if "\n\n\n" in lines else lines).strip("\n")


def collapse(text: str) -> str:
    """Return `text` with every run of white space as one space, none at the ends."""
    if len(text) <= _LONG:
        return " ".join(text.split())
    return _SPACES.sub(" ", text).strip()  # the words of a text of 50 MB would take ten times its size


def compose(text: str) -> str:
    """Return `text` in NFC, with runs of combining marks cut at `COMBINING`."""
    if text.isascii():
        return text
    # A run that is too long has a mark at every place that is a multiple of one more than the limit.
    sample = text[:: COMBINING + 1]
    if not sample.isascii() and any(unicodedata.category(char)[0] == "M" for char in _NO_LETTERS.findall(sample)):
        text = _MARKS.sub(_cap_marks, text)
    return unicodedata.normalize("NFC", text)


def unescape(text: str) -> str:
    """Resolve HTML character references exactly once: "&amp;lt;" gives "&lt;". References beyond Unicode become U+FFFD."""
    if "&" not in text:
        return text
    return html.unescape(_LONG_DIGITS.sub("\ufffd", text))


def unescape_again(text: str) -> str:
    """Resolve the character references that are left in a text whose own were resolved, as in summaries that were escaped twice.

    Those of "<" and ">" stay: what would be markup then was meant to be read.
    """
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    character = unescape(reference[0])
    return reference[0] if character in ("<", ">") else character


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`, up to the last word that fits where one ends in the last fifth."""
    if len(text) <= limit:
        return text
    space = text.rfind(" ", limit - limit // 5, limit + 1)
    end = space if space > 0 else limit
    while end > 0 and unicodedata.combining(text[end]) and limit - end < COMBINING:
        end -= 1
    return text[:end].rstrip()


def _cap_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in run[0]:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= COMBINING:
            kept.append(char)
    return "".join(kept)


def _balance(line: str) -> str:
    """Drop closing isolates that close nothing, and close those left open."""
    if not _ISOLATE.search(line):
        return line
    kept: list[str] = []
    opened = 0
    for char in line:
        if char == "\u2069":
            if not opened:
                continue
            opened -= 1
        elif "\u2066" <= char <= "\u2068":
            opened += 1
        kept.append(char)
    return "".join(kept) + "\u2069" * opened
