"""Language tags, and what language a text is in: a check on what pages declare, at the cost of a few hundred dictionary look-ups."""

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, repeat
from typing import Any, NamedTuple

CHARS = 2_000  # of a text that are looked at
_GLANCE = 400  # of a text, enough for most
_WORDS = 250
_STEP = 8  # every so many characters, one is looked at for its script
_MIN_LETTERS = 40
_CONFIRMED = 0.25  # of a text's words are common words of its language; in other languages of the same script a tenth are
_RIVALS = 6  # of the languages whose common words a text has, as many are weighed against each other
_MIN_HITS = 6  # common words that must be found before a text is said to be in a language
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_.@].{0,40})?\Z", re.DOTALL)
_ASCII_LETTER = re.compile(r"[A-Za-z]")
# The vowel signs of Devanagari are part of words, and no letters.
_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")  # the same words of ASCII, in lower case, found at half the cost
_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u0903\u093a-\u093c\u093e-\u094f]+[^\W\d_]*)*(?:'[^\W\d_]+)?")


class Detected(NamedTuple):
    """The language that a text reads like, a BCP 47 language subtag, and whether that is beyond doubt."""

    language: str
    sure: bool


def parse_language(text: str) -> str | None:
    """Return a declared language as a BCP 47 tag of language, script and region ("en-US" for "en_us.UTF-8"); `None` where it is none."""
    return _parse_language(text.strip()[:60])


@lru_cache(maxsize=256)  # few are declared
def _parse_language(text: str) -> str | None:
    found = _TAG.match(text)
    if not found:
        return None
    language, script, region = found.groups()
    language = language.lower()
    if len(language) == 3 and not script and not region and language not in _known():
        return None
    language = _ALIASES.get(language, language)
    return "-".join(filter(None, (language, script.title() if script else None, region.upper() if region else None)))


def detect_language(text: str) -> Detected | None:
    """Return what `text` reads like; `None` where it is too short or in no language known here."""
    return _detect_language(text[:CHARS])


@lru_cache(maxsize=2)  # of one page, which more than one field asks for
def _detect_language(text: str) -> Detected | None:
    script = _script(text)
    if script is None:
        return None
    scripts, words = _tables()
    languages = scripts[script]
    if len(languages) == 1:
        return Detected(languages[0], True)
    return _by_words(text.lower(), words, frozenset(languages) if languages else None)


def reads_like(text: str, language: str) -> bool:
    """Whether `text` plainly is in the declared `language`: a quick yes for most pages; no means only that more must be looked at."""
    common = _common().get(language.partition("-")[0])
    if not common:
        return False
    for chars in (_GLANCE, CHARS):
        words = text[:chars].lower().split()[:_WORDS]
        if len(words) > _MIN_LETTERS and sum(map(common.__contains__, words)) > _CONFIRMED * len(words):
            return True
    return False


def agree(declared: str, detected: str) -> bool:
    """Whether a declared tag and a detected language are one, or so close that one is no evidence against the other."""
    primary = declared.partition("-")[0]
    return primary == detected or any(primary in group and detected in group for group in _alike())


def common_words(language: str) -> frozenset[str]:
    """Return the commonest words of a language subtag, none where it is not known here."""
    return _common().get(language, frozenset())


def languages_of(script: str) -> list[str]:
    """Return the languages known to be written in a script, none for Latin."""
    return _tables()[0].get(script, [])


def letters_of(language: str) -> str:
    """Return the letters beyond ASCII, in lower case, that a language of Latin script writes with."""
    return str(_table()["letters"].get(language, ""))


def script_of(char: str) -> str | None:
    """Return the ISO 15924 code of a letter's script, or `None` where it is not known here."""
    starts, ends, names = _ranges()
    index = bisect_right(starts, ord(char)) - 1
    return names[index] if index >= 0 and ord(char) <= ends[index] else None


_ALIASES = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "mo": "ro",
    "eng": "en",
    "deu": "de",
    "ger": "de",
    "fra": "fr",
    "fre": "fr",
    "spa": "es",
    "ita": "it",
    "por": "pt",
}


def _by_words(text: str, words: dict[str, tuple[str, ...]], allowed: frozenset[str] | None) -> Detected | None:
    tokens = (_ASCII_WORD if text.isascii() else _WORD).findall(text)[:_WORDS]
    seen = len(tokens)
    hits = Counter(chain.from_iterable(map(words.get, tokens, repeat(()))))
    ranked = [(language, count) for language, count in hits.most_common() if allowed is None or language in allowed]
    if not ranked or ranked[0][1] < _MIN_HITS or ranked[0][1] * 8 < seen:
        return None
    language, count = ranked[0]
    rivals = [(name, other) for name, other in ranked[1:_RIVALS] if not agree(name, language)]
    plain = not rivals or count > 1.6 * rivals[0][1]
    sure = count >= 2 * _MIN_HITS and (plain or all(_told_apart(tokens, words, language, rival) for rival, _ in rivals))
    return Detected(language, sure)


def _told_apart(tokens: list[str], words: dict[str, tuple[str, ...]], language: str, rival: str) -> bool:
    """Whether the words that are common in one of two languages only, and those with letters of one only, speak for `language`."""
    mine, others = set(letters_of(language)), set(letters_of(rival))
    mine, others = mine - others, others - mine
    own = other = 0
    for token in tokens:
        found = words.get(token, ())
        own += (language in found and rival not in found) or not mine.isdisjoint(token)
        other += (rival in found and language not in found) or not others.isdisjoint(token)
    return own >= _MIN_HITS and own > 2 * other


def _script(text: str) -> str | None:
    """The script of most letters; kana anywhere make Han Japanese."""
    if text.isascii():
        return "Latn" if len(text) >= _MIN_LETTERS else None
    sample = text[::_STEP]
    counts = Counter(name for char in sample if char > "\x7f" and (name := script_of(char)))
    counts["Latn"] += len(_ASCII_LETTER.findall(sample))
    if not counts or sum(counts.values()) * _STEP < _MIN_LETTERS:
        return None
    if counts["Kana"] * 12 > counts["Hani"] and counts["Kana"] + counts["Hani"] > counts["Latn"]:
        return "Kana"
    name, count = counts.most_common(1)[0]
    return name if count * 2 > sum(counts.values()) else None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("normalise").joinpath("data", "languages.toml").read_text("utf-8"))


@cache
def _tables() -> tuple[dict[str, list[str]], dict[str, tuple[str, ...]]]:
    """Script: its languages (none: told by words alone); word: the languages it is common in."""
    words: dict[str, list[str]] = {}
    for language, listed in _table()["words"].items():
        for word in dict.fromkeys(listed.split()):
            words.setdefault(word, []).append(language)
    scripts = {name: entry["languages"] for name, entry in _table()["scripts"].items()}
    return scripts, {word: tuple(languages) for word, languages in words.items()}


@cache
def _common() -> dict[str, frozenset[str]]:
    return {language: frozenset(listed.split()) for language, listed in _table()["words"].items()}


@cache
def _ranges() -> tuple[list[int], list[int], list[str]]:
    rows = sorted((first, last, name) for name, entry in _table()["scripts"].items() for first, last in entry["ranges"])
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


@cache
def _alike() -> list[frozenset[str]]:
    return [frozenset(group) for group in _table()["alike"]["groups"]]


@cache
def _known() -> frozenset[str]:
    scripts, _ = _tables()
    return (
        frozenset(_ALIASES)
        | {"ckb", "fil", "yue", "haw", "gsw", "nds", "ast", "hsb", "dsb"}
        | {language for group in scripts.values() for language in group}
    )
