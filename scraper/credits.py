"""Credits of pictures: who made one, as captions end with it and as lines of their own give it."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from normalise.text import STOPS, clean_line

_CAPTION_CHARS, _CREDIT_CHARS = 600, 120
_PREPOSITIONS = (r"\ by", r"\ courtesy", r"courtesy\ of", r"\ de", r"\ di", r"\ door", r"\ par", r"\ via", r"\ von")
_NAMING = frozenset(("by", "courtesy", "de", "di", "door", "of", "par", "via", "von"))  # their last words
_MARKS = (":", "：", "©", "(c)", "／", "＝", "（")
_LAST = re.compile(r"(?:\A|[.!?][\"”»)]?)\s*([^.!?,]{2,80})\.?\Z")
_TAIL_CHARS = 80
_TAIL_MARK = re.compile(r"[©/／＝（]|\(c\)|[:：](?!.*[©/／＝（])")
_LETTERS = re.compile(r"[^\W_]+")
_NAME_WORDS = 4  # beside the agency's
_PARENTHESISED = re.compile(r"[(\[]([^()\[\]]{3,120})[)\]]\s*\Z")

_LINE_CHARS = 120
_LINE_CAPTION_CHARS = 220  # a longer line may be prose that a credit is glued to
_HEAD = 3  # characters by which nearly all other lines are told from credits
_FIRST_SIGNS = frozenset(" ([*•–—-©ⓒ")
_CASELESS_CHARS = 30  # of names in scripts without capitals
_LINE_EDGES = " \t\n()[]*•|–—-_.,"
_OWNED = ("©", "ⓒ", "(c)")
_OPENING = " \t\n*•–—-"
_APART = re.compile(r"[:：|©=]|(?<=e), ")  # "Image source, Agency"
_LEAD_WORDS = 4  # of the longest words that need no mark after them: "photos courtesy of"
_PARTICLE = 3  # letters: "von", "und", "the" are part of names
_TOKEN = re.compile(r"[^\s,;|]+")


class _Words(NamedTuple):
    """`made`: what stands behind a name; `lines`: what a line of its own begins with; `heads`: how those begin; `naming`: those that a name
    may follow without a mark; `sources`: those that facts may have too; `labels`: the last
    words of what stands before a name; `first`: the first ones of agencies and of what a name may follow without a mark.
    """

    credit: list[str]
    made: list[str]
    lines: frozenset[str]
    heads: frozenset[str]
    naming: frozenset[str]
    sources: tuple[str, ...]
    agencies: list[tuple[str, int]]  # padded with spaces, and how many words
    labels: frozenset[str]
    first: frozenset[str]


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """Return caption and credit: "A street. Photo: Jane Doe" gives ("A street.", "Jane Doe"), "© dpa" gives (None, "dpa")."""
    text = clean_line(caption, limit=_CAPTION_CHARS)
    found = _credit_pattern().search(text) if may_credit(text) else None
    if found:
        credit = (found["name"] or found["owner"] or found["maker"]).strip(" .()[]|（）")
        return text[: found.start()].strip(" |/-–—([©（【") or None, credit[:_CREDIT_CHARS] or None
    found = _PARENTHESISED.search(text)
    if found and "/" in found[1] and found[1][0].isupper():  # (Jane Doe/Agency)
        return text[: found.start()].strip() or None, found[1].strip()
    found = _LAST.search(text)
    if found and _is_agency(found[1]):  # A street. Jane Doe/Agency
        return text[: found.start(1)].strip() or None, found[1].strip(" .()")
    return text or None, None


def is_credit_line(text: str, *, by_picture: bool = False) -> bool:
    """Whether `text`, a whole line or block, does nothing but credit a picture: "Foto: Jane Roe/dpa", "© Agency".

    What follows the word must be names. Next to a picture it may say what is to be seen as well.
    """
    if not may_be_credit_line(text):
        return False
    line = text.strip(_LINE_EDGES)
    if text.lstrip(_OPENING).lower().startswith(_OWNED):
        return _is_named(line.lstrip("©ⓒcC) "), by_picture)
    found = _APART.search(line)
    if found and line[: found.start()].strip().lower() in _words().lines and not (found[0] == "=" and line[0].isascii()):
        return _is_named(line[found.end() :].strip(" :|"), by_picture)
    words = line.split(None, _LEAD_WORDS)
    for count in range(1, min(_LEAD_WORDS, len(words) - 1) + 1):
        if " ".join(words[:count]).lower() in _words().naming and not words[count][0].islower():
            name = " ".join(words[count:])
            return (by_picture or _is_agency(name)) and _is_named(name, False)
    return "/" in line and not found and _is_agency(line) and all(map(_is_proper, _LETTERS.findall(line)))


def ends_in_credit(text: str) -> bool:
    """Whether `text`, a whole line, says what a picture shows and then who made it: "The bridge in March. Photo: Jane Roe".

    What follows the word must be names; in parentheses without a word, an agency's. A source may be that of facts.
    """
    if len(text) > _LINE_CAPTION_CHARS or not _may_end_in_credit(text):
        return False
    caption, credit = split_credit(text)
    if caption is None or credit is None or " " not in caption or not _is_named(credit, False):
        return False
    if text.rstrip(" .").endswith((f"({credit})", f"[{credit}]")):
        return _is_agency(credit)
    if text[: text.rfind(credit)].rstrip(" :：|").lower().endswith(_words().sources):
        return False
    return "(c)" not in text or " (c) " in text


def _may_end_in_credit(text: str) -> bool:
    """Whether a line's end has a mark of credits, or words of them and no stop: the cheap test that most lines fail."""
    mark = _TAIL_MARK.search(text, max(0, len(text) - _TAIL_CHARS))
    if mark is None and text[-1] in STOPS:
        return False  # most prose
    if mark is not None and mark[0] not in ":：":
        return True
    tail = text[-_TAIL_CHARS:].lower()
    label, colon, _ = tail.replace("：", ":").rpartition(":")
    words = _LETTERS.findall(label or tail)
    if colon and words and words[-1] in _words().labels:
        return True
    return text[-1] not in STOPS and not _words().first.isdisjoint(words)


def may_be_credit_line(text: str) -> bool:
    """Whether a line is short and begins as credits do, or may name an agency: the cheap test that nearly all lines fail."""
    if len(text) > _LINE_CHARS:
        return False
    head = text[:_HEAD]
    first = head[:1]
    return head.lower() in _words().heads or "/" in text or first in _FIRST_SIGNS or (first > "\x7f" and first.isalpha())


def _is_named(name: str, by_picture: bool) -> bool:
    """Whether `name` is made of names: all its longer words have capitals, or an agency or an owner's sign is among them."""
    tokens = [token for token in _TOKEN.findall(name) if token[0].isalpha() or token[0] == "©"]
    if len(name) < 2 or name[-1] in "?!。" or not tokens:
        return False
    if "©" in name or (by_picture and not name[0].islower()):
        return True
    capitals = [token for token in tokens if token[0].isupper()]
    agencies = _agency_words(_LETTERS.findall(name.lower()))
    if agencies and len(tokens) <= agencies + _NAME_WORDS:
        return len(tokens) <= agencies + 1 or len(capitals) >= agencies
    if not capitals and not any(token[0].islower() for token in tokens):
        return len(name) <= _CASELESS_CHARS
    addresses = ["." in token[1:-1] for token in tokens]
    return (bool(capitals) or any(addresses)) and all(
        address or _is_proper(token) for token, address in zip(tokens, addresses, strict=True)
    )


def _is_proper(word: str) -> bool:
    """Whether a word may be part of a name: it has a capital, is short, or an agency's."""
    return not word[0].islower() or len(word) <= _PARTICLE or any(f" {word} " in agency for agency, _ in _words().agencies)


def may_credit(text: str) -> bool:
    """Whether `text` has a mark or a word that credits have: the cheap test that most captions fail."""
    lower = text.lower()
    return any(mark in lower for mark in _MARKS) or not _NAMING.isdisjoint(lower.split())


def _is_agency(text: str) -> bool:
    """Whether a line is an agency's name, alone or with a photographer's: capitals, a stroke, and no sentence."""
    words = _LETTERS.findall(text.lower())
    agencies = _agency_words(words)
    return agencies > 0 and (len(words) <= agencies + 1 or (len(words) <= agencies + _NAME_WORDS and any(mark in text for mark in "/|")))


def _agency_words(words: list[str]) -> int:
    """Return how many of a line's lower-case words are agencies'."""
    if _words().first.isdisjoint(words):
        return 0
    padded = f" {' '.join(words)} "
    return sum([count for agency, count in _words().agencies if agency in padded])


@cache
def _words() -> _Words:
    table = tomllib.loads((files("scraper") / "data" / "credits.toml").read_text("utf-8"))
    picture, source, agencies = (
        sorted({word for words in table[key].values() for word in words}) for key in ("picture", "source", "agencies")
    )
    naming = frozenset(word for word in picture if word.split()[-1] in _NAMING)
    heads = frozenset([word[:_HEAD] for word in picture])
    made = sorted({word for words in table["made"].values() for word in words})
    labels = frozenset([_LETTERS.findall(word)[-1] for word in picture + source])
    padded = [(f" {agency} ", len(agency.split())) for agency in agencies]
    first = frozenset([_LETTERS.findall(word)[0] for word in (*agencies, *naming)])
    return _Words(picture + source, made, frozenset(picture), heads, naming, tuple(source), padded, labels, first)


@cache
def _credit_pattern() -> re.Pattern[str]:
    listed = sorted(map(re.escape, _words().credit), key=len, reverse=True)
    named = "|".join(word for word in listed if word.endswith(_PREPOSITIONS))
    made = "|".join(map(re.escape, _words().made))
    return re.compile(
        rf"(?:^|[\s.(\[|/–—（【-])(?:(?:{'|'.join(listed)})\s?[:：／]\s?|(?:{named})\s(?=(?-i:[A-Z\u00c0-\u00de\u0370-\u03ff\u0410-\u042f])))(?P<name>[^:]{{2,120}})\Z"
        r"|(?:[©Ⓒ]|\(c\))\s?(?P<owner>[^:]{2,120})\Z"
        rf"|[＝（](?P<maker>[^:：＝（）]{{2,40}}?)\s?(?:{made})）?\Z",
        re.IGNORECASE,
    )
