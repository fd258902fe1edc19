"""A text cut into the tokens of dates: numbers, known words, marks."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from normalise.date.fold import fold
from normalise.date.words import Word, words

_LONGEST_WORD = 40
_JOINTS = frozenset("'’.-‑")
LONGEST_TEXT = 2000  # characters looked at; no line that states a page's date is longer

# A number with the unit that East Asian dates write behind it; a word; one mark. Every alternative starts with another character, so the
# scan is linear.
# Word characters are what is neither space, digit nor punctuation: `\w` would cut Indic and Thai words at their vowel signs.
_W = (
    r"[^\s\d!-/:-@\[-_{-~\u00a0-\u00bf\u0589\u05be\u05c0\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u200b\u200e\u200f\u2010-\u2027"
    r"\u202a-\u206f\u2190-\u2bff\u3000-\u3004\u3008-\u3020\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
# A year without a space before the time of day, the minutes of reading, or the next date: "3. April 20223. April 2022".
_GLUED_YEAR = r"(?:19|20)\d\d(?=\d{1,2}(?::\d\d|\s?[Mm]in|\.?\s[^\W\d_]{3,12}\.?\s(?:19|20)\d\d))"
_TOKEN = re.compile(
    rf"(?P<number>{_GLUED_YEAR}|\d+|[〇零○一二三四五六七八九十廿]{{1,5}}(?=[年月日号號]))(?:\s?(?P<unit>[年号號時时点點分秒년월시분초]|月(?!曜)|日(?![曜本])|일(?!요)))?(?P<half>半)?"
    rf"|(?P<word>{_W}+(?:['’.\-‑]{_W}+)*)"
    r"|(?P<mark>[^\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])"
)
_PART = re.compile(_W + "+")
_GLUED = re.compile(r"[^\W\d_][^\W\d_A-ZÀ-ÖØ-Þ]+")  # the words of "RoeUpdatedJuly": the elements around them had no space between
_MARKS = dict(zip("‐‑‒–—―−－．／：，、،｜·•・‧∙⋅（）［］〔〕【】’", "-------" + "-./:,,,|······()[][][]'", strict=True))

_HAN = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_UNITS = {
    "년": "年",
    "월": "月",
    "일": "日",
    "号": "日",
    "號": "日",
    "时": "時",
    "点": "時",
    "點": "時",
    "시": "時",
    "분": "分",
    "초": "秒",
}


class Token(msgspec.Struct, gc=False):
    """One token; `text` is folded, and the number's digits are in `value` and `width`. `start` and `end` are offsets in the text."""

    kind: str  # "number", "word" (known), "other" (unknown word), "mark"
    text: str
    start: int
    end: int
    value: int = -1
    width: int = 0
    unit: str = ""  # 年 月 日 時 分 秒
    word: Word | None = None


class _Known(NamedTuple):
    """A word folded, what it means in dates, whether a longer name starts with it, and how it is to be cut where it is several."""

    text: str
    word: Word | None = None
    starts: bool = False
    parts: re.Pattern[str] | None = None


@lru_cache(maxsize=16384)
def _look_up(raw: str) -> _Known:
    """Return what is known of a word of at most `_LONGEST_WORD` characters."""
    table = words()
    folded = fold(raw).strip("'")
    found = table.names.get(folded)
    if found is None and "." in folded:
        bare = folded.replace(".", "")
        found = table.names.get(bare)
        folded = bare if found else folded
    starts = folded in table.longest
    if found is not None or starts:
        return _Known(folded, found, starts)
    return _Known(folded, None, False, _PART if not _JOINTS.isdisjoint(raw) else _GLUED if _is_glued(raw) else None)


def _is_glued(raw: str) -> bool:
    """Tell whether a month or a word of dates stands in `raw` behind another word, told apart by its capital alone."""
    if raw[1:].islower() or raw.isupper():
        return False
    parts = _GLUED.findall(raw)
    if len(parts) < 2 or sum(map(len, parts)) < len(raw):
        return False
    known = [_look_up(part) for part in parts]
    return any((one.word and one.word.months) or one.text in words().phrases for one in known)


def tokenize(text: str) -> list[Token]:
    """Return the tokens of the first `LONGEST_TEXT` characters; names of several words ("tháng bảy", "يوم الأحد") are one token."""
    tokens: list[Token] = []
    starts = False
    for match in _TOKEN.finditer(text, 0, LONGEST_TEXT):
        kind = match.lastgroup
        if kind == "word":
            raw, at = match[0], match.start()
            known = _look_up(raw) if len(raw) <= _LONGEST_WORD else _Known(raw, None, False, None if _JOINTS.isdisjoint(raw) else _PART)
            if known.parts is None:
                tokens.append(Token("word" if known.word else "other", known.text, at, at + len(raw), -1, 0, "", known.word))
                starts |= known.starts
            else:
                starts |= _add_parts(tokens, raw, at, known.parts)
        elif kind == "mark":
            mark = match[0]
            tokens.append(Token("mark", _MARKS.get(mark, mark), match.start(), match.end()))
        else:
            _add_number(tokens, match)
    return _joined(tokens) if starts else tokens


def _add_number(tokens: list[Token], match: re.Match[str]) -> None:
    digits, unit, half = match.group("number", "unit", "half")
    if not digits[0].isdecimal():
        digits = _han_digits(digits)
    value = int(digits) if len(digits) <= 14 else -1
    tokens.append(Token("number", digits, match.start(), match.end(), value, len(digits), _UNITS.get(unit, unit) if unit else ""))
    if half:
        tokens.append(Token("number", "30", match.start("half"), match.end(), 30, 2, "分"))


def _han_digits(han: str) -> str:
    """Return "二〇二五" as "2025", "三十一" as "31", "廿九" as "29"."""
    digits = han.translate(_HAN)
    tens, ten, ones = digits.replace("廿", "2十").partition("十")
    return f"{tens or 1}{ones or 0}" if ten and len(tens) <= 1 and len(ones) <= 1 else digits.replace("十", "").replace("廿", "") or "0"


def _add_parts(tokens: list[Token], raw: str, start: int, pattern: re.Pattern[str]) -> bool:
    """Add the tokens of a word that is several ("News.May"); tell whether a longer name starts with one of them."""
    starts = False
    last = start
    for part in pattern.finditer(raw):
        if part.start() + start > last:
            tokens.append(Token("mark", _MARKS.get(raw[last - start], raw[last - start]), last, last + 1))
        known = _look_up(part[0]) if part.end() - part.start() <= _LONGEST_WORD else _Known(part[0])
        last = start + part.end()
        starts |= known.starts
        tokens.append(Token("word" if known.word else "other", known.text, start + part.start(), last, -1, 0, "", known.word))
    return starts


def _joined(tokens: list[Token]) -> list[Token]:
    longest = words().longest
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        most = longest.get(token.text)
        joined = _name_at(tokens, i, most) if most else None
        out.append(joined[0] if joined else token)
        i += joined[1] if joined else 1
    return out


def _name_at(tokens: Sequence[Token], i: int, most: int) -> tuple[Token, int] | None:
    names = words().names
    for count in range(min(most, len(tokens) - i), 1, -1):
        run = tokens[i : i + count]
        name = " ".join(token.text for token in run)
        word = names.get(name)
        if word is not None:
            return Token("word", name, run[0].start, run[-1].end, word=word), count
    return None
