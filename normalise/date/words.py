"""The tables of date words, merged from the calendar (CLDR) and the words around dates.

Keys of `normalise/data/dates/<lang>.toml`:
    link                between the parts of a date: "de", "of", "года"
    on                  before a date: "on", "am", "le"
    before_time         between a date and its time: "at", "um", "à"
    after_time          after a time: "Uhr", "h"
    noon, night         beside a time of twelve hours: "दोपहर", "malam"; am and pm are in the calendar, and what it lacks here
    ordinal             after a day's number: "st", "er", "го"
    published, updated  phrases that say what the date is; `*_after` where the language puts them behind it
    page                how a sentence about its own page opens: "this entry was"
    other               phrases whose date is not the article's: "expires", "member since"
    today, yesterday    relative days
    months, weekdays    forms that CLDR lacks; twelve rows, and seven from Monday
    month_words         words that make the number after them a month: "tháng 7"
    persian_months      of the Solar Hijri calendar
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from normalise import lexicon
from normalise.date.fold import bare, fold
from normalise.date.types import Role


class Word(msgspec.Struct, gc=False):
    """What one folded word can be in a date. `months` and `weekdays` map a number to the languages that mean it."""

    months: dict[int, set[str]] = {}
    weekdays: dict[int, set[str]] = {}
    persian_month: int = 0
    uses: set[str] = set()  # link, on, before_time, after_time, ordinal, am, pm, noon, night, month_words, today, yesterday


class Words(msgspec.Struct):
    """All tables. `longest` maps the first word of a name of several words to the number of words in the longest."""

    names: dict[str, Word]
    longest: dict[str, int]
    phrases: dict[str, list[tuple[str, int, Role]]]  # by first word, longest first: (phrase, its number of words, role)
    phrase_words: set[str]
    after: dict[str, Role]  # words behind a date -> role
    ago: dict[str, str]  # "{0} days ago" -> unit
    openings: tuple[str, ...] = ()  # of sentences about their own page


_ASCII_LETTERS = re.compile(r"[a-z]+")
_LETTERS_BEYOND = re.compile(r"[^\x00-\xbf\u2000-\u206f]")  # dashes and curly quotes are no letters
_ASCII_WORDS = re.compile(r"[A-Z]*[a-z]+|[A-Z]+")  # "RoeMarch" is two
_USES = ("link", "on", "before_time", "after_time", "ordinal", "am", "pm", "noon", "night", "month_words", "today", "yesterday")
_ROLES: dict[str, Role] = {"published": "published", "updated": "modified", "other": "other"}


@cache
def words() -> Words:
    """Return the tables, built on first use (about 10 ms)."""
    built = Words({}, {}, {}, set(), {}, {})
    for topic in ("calendar", "dates"):
        for language, table in lexicon.languages(topic).items():
            _add_calendar(built, language, table, str if topic == "calendar" else fold)
            _add_uses(built, table)
            _add_phrases(built, table)
            built.openings += tuple(fold(opening) for opening in table.get("page", ()))
    for phrases in built.phrases.values():
        phrases.sort(key=lambda phrase: (-phrase[1], phrase))
    return built


@cache
def _month_letters() -> frozenset[str]:
    """Return the first letters, up to what is none, of every name of a month and every word that makes a number one, in ASCII."""
    named = (name for name, word in words().names.items() if word.months or word.persian_month or "month_words" in word.uses)
    return frozenset(found[0] for name in named if name.isascii() and (found := _ASCII_LETTERS.search(name)))


def may_name_month(text: str) -> bool:
    """Tell whether `text` can have a month's name: a quick no for most lines in Latin letters."""
    return _may_have(text, _month_letters())


@cache
def _label_words(role: Role | None) -> frozenset[str]:
    """Return the first letters, up to what is none, of every phrase that gives a date a role, or that role; in ASCII."""
    firsts = [first for first, phrases in words().phrases.items() if role is None or any(its == role for _, _, its in phrases)]
    firsts += [first for first, its in words().after.items() if role in (None, its)]
    return frozenset(found[0] for first in (*firsts, *words().openings) if first.isascii() and (found := _ASCII_LETTERS.search(first)))


@cache
def role_heads() -> frozenset[str]:
    """Return the words, folded, that open a phrase by which a date gets a role, or that stand behind such a date."""
    return frozenset((*words().phrases, *words().after))


def may_label(text: str, role: Role | None = None) -> bool:
    """Tell whether `text` can have words that say what a date is, or that it is `role`: a quick no for most lines in Latin letters."""
    return _may_have(text, _label_words(role))


def _may_have(text: str, letters: frozenset[str]) -> bool:
    if not text.isascii() and _LETTERS_BEYOND.search(text) is not None:
        text = bare(text)
        if _LETTERS_BEYOND.search(text) is not None:
            return True
    return not letters.isdisjoint(map(str.lower, _ASCII_WORDS.findall(text)))


def _word(built: Words, name: str) -> Word:
    word = built.names.get(name)
    if word is None:
        word = built.names[name] = Word()
        first, *rest = name.split(" ")
        if rest:
            built.longest[first] = max(built.longest.get(first, 0), len(rest) + 1)
    return word


def _add_calendar(built: Words, language: str, table: dict[str, Any], key: Callable[[str], str]) -> None:
    for number, names in enumerate(table.get("months", ()), 1):
        for name in names:
            _word(built, key(name)).months.setdefault(number, set()).add(language)
    for number, names in enumerate(table.get("weekdays", ())):
        for name in names:
            _word(built, key(name)).weekdays.setdefault(number, set()).add(language)
    for number, names in enumerate(table.get("persian_months", ()), 1):
        for name in names:
            _word(built, fold(name)).persian_month = number
    for unit, patterns in table.get("ago", {}).items():
        built.ago.update((pattern, unit) for pattern in patterns)


def _add_uses(built: Words, table: dict[str, Any]) -> None:
    for use in _USES:
        for name in table.get(use, ()):
            _word(built, fold(name)).uses.add(use)


def _add_phrases(built: Words, table: dict[str, Any]) -> None:
    for key, role in _ROLES.items():
        for phrase in table.get(key, ()):
            parts = fold(phrase).split()
            built.phrases.setdefault(parts[0], []).append((" ".join(parts), len(parts), role))
            built.phrase_words.update(parts)
        for word in table.get(f"{key}_after", ()):
            built.after.setdefault(fold(word), role)
            built.phrase_words.add(fold(word))
