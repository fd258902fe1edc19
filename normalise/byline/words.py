"""The words of bylines, by language: one look-up table a page language, made from `normalise/data/byline/`."""

from functools import cache, lru_cache
from typing import NamedTuple

from normalise import lexicon
from normalise.date.fold import fold as bare_fold

# A phrase of the word data has at most this many words, so a look-up tries that many lengths.
LONGEST = 6
FIRST_HAN = "\u3040"  # kana and ideographs come from here on
CONFERENCES = ("记者会", "記者会", "記者會")  # start as a reporter's name does
LONGEST_WORD = 12  # letters of a word that is no compound
# Sets of words that are names elsewhere, and the length from which a word of an unknown page's language counts.
LOCAL = frozenset(
    (
        "labels",
        "editors",
        "contacts",
        "affiliations",
        "roles",
        "role_words",
        "staff",
        "organisations",
        "outlets",
        "articles",
        "photos",
        "dates",
        "noise",
        "stops",
    )
)
LONG = 5
# First letters of prefixes that a page glues to the name.
GLUED_STARTS = frozenset("BbVvPp")
# What a plain name may hold.
NAMES = frozenset(("given", "honorifics", "particles", "suffixes"))
# What a line that is nothing but a byline is made of, beside names, numbers and words of dates.
LINE = ("prefixes", "labels", "editors", "weak_prefixes", "ands", "weak_ands", "affiliations", "roles", "photos", "suffixes", "honorifics")
# Languages of which another one's table holds.
SAME = {"nb": "no", "nn": "no", "bs": "hr", "tl": "fil"}
# The lists of date words that say what a date is, and those that stand between the parts of a date.
DATE_PHRASES = ("published", "updated")
DATE_LINKS = ("link", "before_time", "after_time", "am", "pm", "noon", "night")
# A role that compounds end in has at least this many letters.
COMPOUND = 8


class Words(NamedTuple):
    """Folded words and phrases of every language. `weak` ones count only in their own language, or with other evidence."""

    prefixes: frozenset[str]  # stand before a name: "by", "written by"
    labels: frozenset[str]  # stand before a name only with a colon: "text:"
    editors: frozenset[str]  # before whoever edited or published first, with a colon: an author only where nobody else is named
    contacts: frozenset[str]  # head whom the press may ask: "media contact"
    weak_prefixes: frozenset[str]  # also names or particles: "von", "di", "de"
    glued_prefixes: tuple[str, ...]  # stand before a name without white space: "文/"
    glued_heads: frozenset[str]  # their first letters, and those of the prefixes that are glued to a name by mistake: "byJane Doe"
    glued_suffixes: tuple[str, ...]  # stand after a name without white space: "记者"
    ands: frozenset[str]
    glued_ands: tuple[str, ...]  # begin the first word of the second of two names: "ו"
    weak_ands: frozenset[str]  # also parts of names: "y", "i", "e"
    affiliations: frozenset[str]  # before an outlet or a place: "for", "in"
    roles: frozenset[str]  # the noun of a role: "editor"
    role_words: frozenset[str]  # other words of a role: "senior"
    staff: frozenset[str]  # whole strings that name nobody: "staff writer"
    organisations: frozenset[str]  # words that a person's name does not have: "team"
    outlets: frozenset[str]  # words of newspapers' names, which are surnames too: "courier"; they count behind a person's name
    articles: frozenset[str]  # begin an outlet's name: "the", "el"
    agencies: frozenset[str]
    logins: frozenset[str]  # accounts that name nobody: "admin"
    photos: frozenset[str]  # before a photographer
    dates: frozenset[str]  # before a date: "updated"
    noise: frozenset[str]  # whole strings or tails that are not part of a byline: "min read"
    stops: frozenset[str]  # words of prose
    particles: frozenset[str]
    suffixes: frozenset[str]
    honorifics: frozenset[str]  # before a name: "dr."
    given: frozenset[str]  # people's first names
    places: frozenset[str]
    months: frozenset[str]  # and weekdays, without accents
    date_links: frozenset[str]  # between the parts of a date and its time: "de", "kl", "o"
    bounds: frozenset[str]  # whole segments that name nobody: prefixes, labels, ands
    tails: frozenset[str]  # words in lower case that no name ends in
    marked: frozenset[str]  # every word that makes a string more than a plain name
    starts: frozenset[str]  # the first words of prefixes and labels
    photo_starts: frozenset[str]  # the first words of photos
    and_starts: frozenset[str]  # the first words of ands
    desks: frozenset[str]  # words that name people who write together, alone or at a name's end: "team"
    noise_ends: frozenset[str]  # the last words of noise
    affiliation_starts: frozenset[str]  # the first words of affiliations that have several
    openers: frozenset[str]  # and what may stand before a prefix
    date_words: frozenset[str]  # every word of dates
    glued: frozenset[str]  # words that end a name to which an element's end glues them: roles, words of dates, photo credits
    line_words: frozenset[str]  # every word of a line that is nothing but a byline
    reporters: tuple[str, ...]  # words that stand after an outlet's name and before a person's: "记者"
    long_roles: tuple[str, ...]  # roles that compounds end in: "wirtschaftsredakteur"


def ends_in_role(word: str, words: Words) -> bool:
    """Whether a folded word is a compound that ends in a role: "politikredakteur"."""
    return len(word) > LONGEST_WORD and word.endswith(words.long_roles)


def fold(text: str) -> str:
    """Return `text` for comparison: case folded, curly apostrophes straight."""
    folded = text.casefold()
    return folded.replace("’", "'") if "’" in folded else folded


@lru_cache(maxsize=256)
def words(language: str | None) -> Words:
    """Return the words for a page in `language` (BCP 47, or whatever a page declares in its place)."""
    base = (language or "").replace("_", "-").split("-")[0].lower()
    base = SAME.get(base, base)
    return _words(base if base in lexicon.languages("byline") and base != "mul" else None)


@cache
def _words(base: str | None) -> Words:
    """Return the words for a language that has a table, or for an unknown one.

    Words that mean something everywhere (prefixes, agencies, particles) are of all languages. The others are the page's own and English,
    as a word of one language is a name in another ("dana": days, "tim": team); of an unknown language, the longer ones of all.
    """
    tables = lexicon.languages("byline")
    merged = lexicon.load("byline")
    codes = dict.fromkeys(("mul", "en", base or "en"))
    own = [tables[code] for code in codes if code in tables]
    everywhere, marked = _everywhere()
    sets = dict(everywhere)
    for key in LOCAL:
        if base:
            found = [word for table in own for word in table.get(key, [])]
        else:
            near = {word for table in own for word in table.get(key, [])}
            found = [word for word in merged.get(key, []) if word in near or len(word) >= LONG or not word.isascii()]
        sets[key] = frozenset(map(fold, found))
    own_ands = frozenset(tables[base].get("weak_ands", [])) if base else frozenset()
    sets["weak_ands"] -= sets["affiliations"] - own_ands  # "in": "and" only in Slovenian
    if base:
        sets["prefixes"] |= frozenset(map(fold, tables[base].get("weak_prefixes", [])))
        sets["weak_prefixes"] = frozenset()
    sets["months"] = _months()
    sets["date_links"] = _date_links()
    sets["bounds"] = sets["prefixes"] | sets["labels"] | sets["ands"]
    sets["tails"] = sets["affiliations"] | sets["stops"] | sets["ands"]
    local = frozenset().union(*(sets[key] for key in LOCAL), sets["prefixes"], sets["weak_prefixes"])
    sets["marked"] = marked | frozenset(word for phrase in local for word in phrase.split())
    phrases = frozenset().union(*(sets[key] for key in LINE))
    sets["line_words"] = frozenset(word for phrase in phrases for word in phrase.split() if word in phrases or word not in sets["stops"])
    sets["starts"] = _first_words(sets["prefixes"] | sets["labels"] | sets["weak_prefixes"])
    sets["photo_starts"] = _first_words(sets["photos"])
    sets["desks"] = sets["staff"] & sets["organisations"] & frozenset(phrase.split()[-1] for phrase in sets["staff"] if " " in phrase)
    sets["noise_ends"] = frozenset(phrase.split()[-1] for phrase in sets["noise"])
    sets["affiliation_starts"] = _first_words(frozenset(phrase for phrase in sets["affiliations"] if " " in phrase))
    sets["and_starts"] = _first_words(sets["ands"])
    said = sets["dates"] | (_date_phrases(tuple(codes)) if base else frozenset())
    names = sets["staff"] | sets["organisations"] | sets["roles"] | sets["prefixes"] | sets["labels"]
    sets["date_words"] = frozenset(word for phrase in said for word in phrase.split() if word in sets["dates"] or word not in names)
    sets["openers"] = sets["starts"] | sets["date_words"] | sets["noise"] | sets["months"]
    sets["glued"] = sets["roles"] | _first_words(sets["dates"] | sets["photos"])
    long_roles = tuple(sorted(role for role in sets["roles"] if len(role) >= COMPOUND))
    glued = {key: tuple(sorted(merged[key], key=len, reverse=True)) for key in ("glued_prefixes", "glued_suffixes")}
    glued["glued_ands"] = tuple(tables[base].get("glued_ands", ())) if base else ()
    glued["reporters"] = tuple(sorted(word for word in sets["roles"] & sets["prefixes"] if word[0] >= FIRST_HAN))
    sets["glued_heads"] = frozenset(prefix[0] for prefix in glued["glued_prefixes"]) | GLUED_STARTS
    return Words(**{**sets, **glued, "long_roles": long_roles})  # type: ignore[arg-type]


@cache
def _everywhere() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Return the sets whose words mean the same on pages of every language, and what a plain name may not hold of them."""
    merged = lexicon.load("byline")
    sets = {key: frozenset(map(fold, merged.get(key, []))) for key in Words._fields if key not in LOCAL}
    phrases = frozenset().union(*(sets[key] for key in sets if key not in NAMES and key != "weak_prefixes"), _months())
    return sets, frozenset(word for phrase in phrases for word in phrase.split())


def _first_words(phrases: frozenset[str]) -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in phrases)


def is_month(word: str, words: Words) -> bool:
    """Whether a folded word names a month or a weekday in any language."""
    return word in words.months or (not word.isascii() and bare_fold(word) in words.months)


@cache
def _months() -> frozenset[str]:
    found: set[str] = set()
    for topic in ("calendar", "dates"):
        for table in lexicon.languages(topic).values():
            for names in [row for key in ("months", "persian_months", "weekdays") for row in table.get(key, [])]:
                found.update(bare_fold(name) for name in names if len(name) > 2)
    return frozenset(found)


@cache
def _date_phrases(codes: tuple[str, ...]) -> frozenset[str]:
    spelt = [code for code in (*codes, *SAME) if code in codes or SAME.get(code) in codes]
    tables = [table for code, table in lexicon.languages("dates").items() if code in spelt]
    return frozenset(fold(phrase) for table in tables for key in DATE_PHRASES for phrase in table.get(key, []))


@cache
def _date_links() -> frozenset[str]:
    return frozenset(
        fold(word)
        for topic in ("calendar", "dates")
        for table in lexicon.languages(topic).values()
        for key in DATE_LINKS
        for word in table.get(key, [])
    )
