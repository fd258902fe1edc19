"""Which legacy encoding undeclared bytes are in: each that can be is tried, and the one whose text reads like a language wins.

A statistical detector knows bytes; this one knows words and alphabets, which a page of a few hundred characters already shows. It is asked
for fewer than one page in a hundred, so clarity comes before speed: about 2 ms.
"""

import codecs
import re
from collections.abc import Callable, Container
from typing import NamedTuple

from normalise.language import common_words, detect_language, languages_of, letters_of, script_of

_READ = 2_000_000  # bytes
_SAMPLE = 12_000  # bytes
_CHARS = 6_000
_MIN_SCORE = 0.5
_WIDE_CHARS, _WIDE_DISTINCT = 16, 8
_GLANCE = 64  # characters that show most other text to be none
_MIN_FOREIGN = 0.3  # of the letters of a text in another script are past ASCII
_CONTROL = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f]")
_WORD = re.compile(r"[^\W\d_]+")
_INVERTED = re.compile(
    r"[a-z\u00df-\u00ff\u0430-\u045f][A-Z\u00c0-\u00de\u0400-\u042f]"
)  # capitals inside words: the wrong Cyrillic or Latin table
_SIGN = re.compile(r"[^\W\d_]\u20ac")  # a sign of currency where a letter of another table was
_MIXED = re.compile(r"(?<!\\)[A-Za-z][^\W\d_a-zA-Z]|[^\W\d_a-zA-Z][A-Za-z]")  # letters of two scripts in one word, but for \n of JSON
_PUNCTUATION = frozenset(
    "\u00a0\u00ab\u00bb\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u20ac\u00a3\u00a7\u00a9\u00ae\u00b0\u00b7\u2122\u2039\u203a\u00ad\u2116"
)

# Encoding, its Python codec, and the script of its letters; the commoner one first where two say the same.
_SINGLE_BYTE = (
    ("windows-1252", "cp1252", "Latn"),
    ("windows-1251", "cp1251", "Cyrl"),
    ("koi8-r", "koi8_r", "Cyrl"),
    ("koi8-u", "koi8_u", "Cyrl"),
    ("windows-1250", "cp1250", "Latn"),
    ("iso-8859-2", "iso8859_2", "Latn"),
    ("windows-1253", "cp1253", "Grek"),
    ("iso-8859-7", "iso8859_7", "Grek"),
    ("windows-1254", "cp1254", "Latn"),
    ("windows-1255", "cp1255", "Hebr"),
    ("iso-8859-8", "iso8859_8", "Hebr"),
    ("windows-1256", "cp1256", "Arab"),
    ("iso-8859-6", "iso8859_6", "Arab"),
    ("windows-1257", "cp1257", "Latn"),
    ("windows-874", "cp874", "Thai"),
    ("iso-8859-5", "iso8859_5", "Cyrl"),
    ("ibm866", "cp866", "Cyrl"),
    ("x-mac-cyrillic", "mac_cyrillic", "Cyrl"),
    ("iso-8859-15", "iso8859_15", "Latn"),
    ("macintosh", "mac_roman", "Latn"),
)
# Hardly a page is in these: they must read much better than the others, or as much as if so many of the others' letters were wrong.
_RARE = {"macintosh": 0.5, "iso-8859-15": 0.1}
_RARE_LETTERS = {"x-mac-cyrillic": 6}


class _Scored(NamedTuple):
    score: float
    encoding: str


def detect_encoding(body: bytes) -> str | None:
    """Return the WHATWG name of the likeliest legacy encoding of `body`, or `None` where none is likely."""
    sample = _prose(body)
    wide = max([_Scored(score(sample), name) for name, score in _MULTI_BYTE], default=_Scored(0, ""))
    if wide.score > 0.8:
        return wide.encoding
    letters = sum(byte > 0x7F for byte in sample[:_CHARS]) or 1
    scored = [
        _Scored(_single_byte(sample, codec, script) - _RARE.get(name, 0) - _RARE_LETTERS.get(name, 0) / letters, name)
        for name, codec, script in _SINGLE_BYTE
    ]
    best = max(scored, key=lambda entry: entry.score)  # the first of equals
    return best.encoding if best.score >= _MIN_SCORE else None


def detect_wide(head: bytes) -> str | None:
    """Return the WHATWG name of UTF-16 without a mark that is Chinese, Japanese or Korean, or `None`: it may have no NULs to be told by.

    It must decode without a fault or a control character, and four in five of its characters be among those that its standard puts first:
    of what is no such text one in five is, by chance.
    """
    for name, decode in (("utf-16le", codecs.utf_16_le_decode), ("utf-16be", codecs.utf_16_be_decode)):
        try:
            text, _ = decode(head, "strict", False)  # a character that the end cuts is left out
        except UnicodeDecodeError:
            continue
        high = [char for char in text if char > "\x7f"]
        if len(high) < _WIDE_CHARS or len(set(high)) < _WIDE_DISTINCT or _CONTROL.search(text):
            continue
        tests = [_is_common(standard, leads) for standard, leads in _FIRST]
        if any(_share(high[:_GLANCE], test) > 0.5 and _share(high, test) > 0.8 for test in tests):
            return name
    return None


def _prose(body: bytes) -> bytes:
    """The longest runs of text between tags that have bytes past ASCII."""
    runs = []
    for part in body[:_READ].split(b"<"):
        name, mark, text = part.partition(b">")
        if mark and not text.isascii() and not name[:6].lower().startswith((b"script", b"style")) and b"{" not in text:
            runs.append(text)
    runs.sort(key=len, reverse=True)
    return b" ".join(runs)[:_SAMPLE] if runs else body[:_SAMPLE]


def _single_byte(sample: bytes, codec: str, script: str) -> float:
    """How well the sample reads in one single-byte encoding: the share of its high characters that belong, and of words that are common."""
    text = sample[:_CHARS].decode(codec, "replace")
    high = [char for char in text if char > "\x7f"]
    if not high:
        return 0.0
    if script != "Latn" and len(high) < _MIN_FOREIGN * sum(map(str.isalpha, text)):
        return 0.0
    words = [word.lower() for word in _WORD.findall(text)]
    if script == "Latn":
        language = detect_language(text)
        languages = [language.language] if language else []
        letters = letters_of(language.language) if language else ""
        good = sum(char.lower() in letters for char in high)
    else:
        languages = languages_of(script)
        good = sum(script_of(char) == script for char in high) - 2 * len(_MIXED.findall(text))
    punctuation = sum(char in _PUNCTUATION for char in high)
    bad = len(high) - good - punctuation + len(_INVERTED.findall(text)) + len(_SIGN.findall(text))
    hits = max((sum(map(common_words(language).__contains__, words)) for language in languages), default=0)
    return (good + 0.5 * punctuation - 2 * bad) / len(high) + hits / max(1, len(words))


def _decoded(sample: bytes, codec: str) -> list[str]:
    """The characters past ASCII of a multi-byte decoding, or none where more than a few bytes do not fit."""
    text = sample.decode(codec, "replace")
    high = [char for char in text if char > "\x7f"]
    return high if (high.count("\ufffd") + len(_MIXED.findall(text))) * 20 <= len(high) else []


def _share(chars: list[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, chars)) / len(chars) if chars else 0.0


def _is_kana(char: str) -> bool:
    return "\u3041" <= char <= "\u30ff"


def _is_cjk(char: str) -> bool:
    return "\u3000" <= char <= "\u303f" or "\u3041" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"


def _japanese(codec: str) -> Callable[[bytes], float]:
    def score(sample: bytes) -> float:
        chars = _decoded(sample, codec)
        kana = _share(chars, _is_kana)
        half = _share(chars, lambda char: "\uff61" <= char <= "\uff9f")
        return _share(chars, _is_cjk) - 2 * half + 0.1 if kana > 0.15 else 0.0

    return score


def _is_common(standard: str, leads: Container[int]) -> Callable[[str], bool]:
    """Whether a character is among those that come first in an East Asian standard, by the lead byte there, or is punctuation."""

    def is_common(char: str) -> bool:
        if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uff5f" or char in _PUNCTUATION:
            return True
        encoded = char.encode(standard, "ignore")
        return len(encoded) == 2 and encoded[0] in leads

    return is_common


# Standards, and where their common characters are: of text, nine in ten are among them.
_SIMPLIFIED = ("gb2312", range(0xB0, 0xD8))
_TRADITIONAL = ("big5", range(0xA4, 0xC7))
_FIRST: tuple[tuple[str, Container[int]], ...] = (
    _SIMPLIFIED,
    _TRADITIONAL,
    ("euc_jp", {0xA4, 0xA5, *range(0xB0, 0xD0)}),
    ("euc_kr", range(0xB0, 0xC9)),
)


def _chinese(codec: str, standard: str, leads: Container[int]) -> Callable[[bytes], float]:
    is_common = _is_common(standard, leads)

    def score(sample: bytes) -> float:
        chars = _decoded(sample, codec)
        return _share(chars, is_common) if _share(chars, _is_kana) < 0.05 else 0.0

    return score


def _korean(sample: bytes) -> float:
    chars = _decoded(sample, "cp949")
    hangul = _share(chars, lambda char: "\uac00" <= char <= "\ud7a3")
    return hangul + 0.1 if hangul > 0.85 else 0.0


_MULTI_BYTE: tuple[tuple[str, Callable[[bytes], float]], ...] = (
    ("shift_jis", _japanese("cp932")),
    ("euc-jp", _japanese("euc_jp")),
    ("euc-kr", _korean),
    ("gb18030", _chinese("gb18030", *_SIMPLIFIED)),
    ("big5", _chinese("big5hkscs", *_TRADITIONAL)),
)
