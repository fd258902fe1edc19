"""Chrome phrases: what a block of furniture says of itself, in every language that has a file under `data/chrome/`.

A file is a table a category ("comment-prompt"), with up to eight lists of phrases:

    ends      the whole block says this, and what follows it on the page is furniture too ("Leave a Reply")
    whole     the whole block says this ("Skip to content")
    starts    the block begins so, and little follows ("Tags: …", "© 2024 …")
    notices   the block begins so, however it goes on: long legal or technical notices ("This site uses Akismet to reduce spam. …")
    calls     a sentence to the reader that begins so, alone or at the end of a block ("Share your thoughts in the comments …")
    weak      the whole block says this, yet an article may too ("About us"): evidence, not proof
    teasers   the block begins so, and the rest is the headline of another story ("Mehr: …"): proof where most of it is a link
    asks      a short block with a link says this anywhere ("… by signing up for our newsletter"): HTML only, as text shows no links

In a phrase `#` stands for a number and `*` for up to 60 characters of one line. The colon that ends a phrase of `read-more` stands for
every mark that sets a headline apart ("Read also | …", "À lire aussi » …"). Case, curly apostrophes and the punctuation around a block
do not count. `reason` (in `en.toml`) is what a reader is told.

Cost: one hash look-up of the block's normalised text, and at most five small expressions chosen by its first eight characters: no phrase
is tried that does not begin like the block. Linear in the text, which is looked at only where it is short.
"""

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from normalise import lexicon

_LISTS = ("ends", "whole", "starts", "notices", "calls", "weak", "teasers")
_TEASER = 160  # characters after "Read more:", the longest headlines
# Characters after the phrase.
_LONGEST = {"ends": 0, "whole": 0, "weak": 0, "starts": 90, "notices": 450, "calls": 160, "teasers": _TEASER, "asks": 300}
_ASK_LIMIT = 300  # characters of a block that asks
_LINE_LIMIT = 600  # no furniture that a phrase recognises is longer
_SENTENCE_LIMIT = 240
_STOPS_TRIED = 3  # from the end: the one of "5. March" ends no sentence
_QUESTION_LIMIT = 240  # a question in front of a call to comment belongs to it
_ROW_CHARS = 160  # of a row of phrases, which has a mark between them …
_ROW_MARKS = frozenset("|·•")
_ROW_PHRASES = 3  # … or so many, most of these categories
_OF_ROWS = frozenset(("login", "newsletter", "print-mobile", "share"))
_PHRASE_WORDS = 4
_ADDRESS = re.compile(r"<?\bhttps?://\S{1,2000}")
_CALL_CHARS = 40  # a block that ends in a call is no shorter
_LINKED = {"weak": 0.9, "teasers": 0.6}  # from this share of link text on, weak evidence is proof
_EDGES = (
    " \t\n\r.,;:!?¡¿…·•‣▪●○■□◆◇★☆✓✔✕✖×|/\\-–—_~=+*#@&<>«»‹›→←↑↓↗⟶➔➜►▶▸▾▼▲△▽⌄\"'“”„‘’`´()[]{}"
    "➡👇👉📢📣📧📩📰🔔🔗🗞\ufe0f【】「」『』《》〈〉（）［］、。，．：；！？؟،؛۔।॥\u200b\u200c\u200d\u200e\u200f\ufeff\u2060\u00ad"
)
# Scripts that write words without spaces, or with endings: a phrase may go on there.
_UNSPACED = ("\u0e00\u0eff", "\u1000\u109f", "\u1780\u17ff", "\u3040\u30ff", "\u3400\u9fff", "\uac00\ud7af")  # first and last letter
_OTHER_STOPS = ("… ", "。", "！", "？", "؟ ", "। ")  # beside those of ASCII
_CELLS = frozenset(("td", "th"))  # a number in one is data: pages are listed as links and items
_PAGE_NUMBER = "/pagination/n"
_CLOSING = ")]}!?.:：+… "  # written in phrases for the reader; the block has lost them with its edges
_BUCKET_SIZES = (8, 4, 3, 2, 1)  # characters that choose a bucket; fewer where a phrase has no more before its first slot
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?\s?")  # a number at a block's start becomes "#", as in the phrases
_WORD = re.compile(r"\w+")
_NUMBER_SLOT = re.compile(r"\A#\s?")
_SLOT = re.compile(r"(\s?#\s?|\*)")
# Marks between "Read more" and a headline: after one word ("Lea"), after several, before a link. A quotation mark that opens is none.
_AFTER_WORD = r"\s?(?:[:：]|»(?!\w))"
_AFTER_WORDS = r"(?:\s?[:：|→]|\s?[>›»](?!\w)|\s[–—-]\s)"
_BEFORE_LINK = r"(?:\s?[:：|→\n]|\s?[>›»](?!\w)|\s[–—-]\s)"
_SLOTS = {"#": r"\s?\d{1,9}(?:[.,]\d{1,3})?\s?", "*": r".{1,60}?"}


class ChromeMatch(NamedTuple):
    """What a block of furniture is. `start` is 0 where the whole block is chrome, else where in the text the chrome begins.

    `rule` is language/category/phrase ("en/comment-prompt/leave-a-reply"); `sure` is False where an article may say the same, if less than
    `linked` of it is link text; `ends_article`: what follows is furniture too; `at_end`: chrome only where no prose of the article follows.
    """

    category: str
    rule: str
    reason: str
    sure: bool = True
    ends_article: bool = False
    at_end: bool = False
    start: int = 0
    linked: float = 1.0


class _Phrase(NamedTuple):
    """One phrase of the data. Its match is made when it first hits: most of the 14,000 never do."""

    language: str
    category: str
    list: str
    text: str


class _Bucket:
    """The phrases that begin alike, put in order when a block first begins so."""

    def __init__(self) -> None:
        self.phrases: list[_Phrase] = []
        self._ordered: list[tuple[str, _Phrase]] = []  # each with what stands before its first slot

    def find(self, key: str) -> _Phrase | None:
        """Return the phrase that `key` begins with, None where too much follows it."""
        if not self._ordered:
            # Longest first, so that the more telling of two that begin alike decides.
            ordered = sorted(self.phrases, key=lambda phrase: (-len(phrase.text), phrase.language != "en"))
            self._ordered = [(_literal(_key(phrase.text)), phrase) for phrase in ordered]
        for literal, phrase in self._ordered:
            if key.startswith(literal) and (found := _pattern(phrase).match(key)):
                longest = _TEASER if _sets_apart(phrase) else _LONGEST[phrase.list]
                return phrase if len(key) - found.end() <= longest else None
        return None


class _Phrases(NamedTuple):
    whole: dict[str, _Phrase]
    buckets: dict[str, _Bucket]
    heads: frozenset[str]  # the buckets' keys
    call_heads: frozenset[str]  # of those buckets that hold a call
    longest: int  # characters of the longest whole phrase
    likely: list[frozenset[str]]  # by the sizes of heads, what lines begin with that a phrase may be or begin


def match_chrome(text: str, *, tag: str | None = None, link_share: float | None = None, at_end: bool = True) -> ChromeMatch | None:
    """Return what furniture `text`, one block or line, is or ends in; None for everything else.

    `tag` is the block's HTML tag, `link_share` the share of its characters inside links; both `None` for plain text. Without `at_end` the
    text is not searched for a call in which it ends.
    """
    size = len(text)
    phrases = _phrases()
    key = text.strip(_EDGES) if size <= _LINE_LIMIT else ""
    if key and (len(key) <= phrases.longest or _may_begin(key, phrases.heads)):
        found = _look_up(_folded(key), phrases)
        if found is not None and not _is_sentence(text, found):
            return judge(_match(found), tag, link_share)
    return closing_call(text) if at_end and tag != "h1" else None


def match_lines(texts: list[str]) -> list[ChromeMatch | None]:
    """Return what each of `texts`, a page's blocks or lines, says, no tag or link told; those that begin like a phrase are looked up."""
    phrases = _phrases()
    keys = [text.strip(_EDGES) if len(text) <= _LINE_LIMIT else "" for text in texts]
    heads = _folded_heads(keys)
    eight, four, three, two, one = phrases.likely
    likely = [
        at
        for at, head in enumerate(heads)
        if head in eight or head[:4] in four or head[:3] in three or head[:2] in two or head[:1] in one or head[:1].isdecimal()
    ]
    found: list[ChromeMatch | None] = [None] * len(texts)
    for at in likely:
        phrase = _look_up(_folded(keys[at]), phrases)
        found[at] = None if phrase is None or _is_sentence(texts[at], phrase) else _match(phrase)
    return found


def match_asks(texts: list[str]) -> list[ChromeMatch | None]:
    """Return what each of `texts`, blocks with a link, asks of the reader."""
    keys = [_folded(text) if len(text) <= _ASK_LIMIT else "" for text in texts]
    asks = _asks()
    likely = [ask for word in asks.keys() & set(_WORD.findall("\n".join(keys))) for ask in asks[word]]
    if not likely:
        return [None] * len(texts)
    likely.sort(key=lambda ask: ask[1])
    return [next((_match(phrase) for literal, phrase in likely if literal in key and _pattern(phrase).search(key)), None) for key in keys]


@cache
def _asks() -> dict[str, list[tuple[str, _Phrase]]]:
    """Return the phrases of requests by one of their words, each after what stands before its first slot. Their last word may go on."""
    found: dict[str, list[tuple[str, _Phrase]]] = {}
    for language, table in lexicon.languages("chrome").items():
        for category, lists in table.items():
            for text in lists.get("asks", ()):
                literal = _literal(text)
                words = _WORD.findall(literal)
                found.setdefault(max(words[:-1] or words, key=len), []).append((literal, _Phrase(language, category, "asks", text)))
    return found


def _folded_heads(keys: list[str]) -> list[str]:
    """Return the first eight characters of each key, folded: the rare characters are looked for in all at once."""
    heads = [key[:8].lower() for key in keys]
    joined = "\0".join(heads)
    return [head if head.isascii() else _folded(head) for head in heads] if "’" in joined or "\u0307" in joined else heads


def closing_call(text: str) -> ChromeMatch | None:
    """Return the call to the reader in which `text`, one block or line, ends; None where it ends in none."""
    return _call_at_end(text, _phrases()) if len(text) >= _CALL_CHARS else None


def judge(found: ChromeMatch, tag: str | None, link_share: float | None) -> ChromeMatch | None:
    """Return what is left of a match in a block with this tag and share of link text; `None` where an article may say the same."""
    if tag == "pre" or (tag in _CELLS and found.rule.endswith(_PAGE_NUMBER)):
        return None
    if found.sure:
        return None if tag == "h1" and found.category not in _SURE_IN_HEADING else found
    if tag == "h1":
        return None
    return found._replace(sure=True) if link_share is not None and link_share >= found.linked else found


def _folded(key: str) -> str:
    key = key.lower()
    return key if key.isascii() else key.replace("’", "'").replace("\u0307", "")  # the dot that lower() leaves of a Turkish İ


_SURE_IN_HEADING = frozenset({"adblock", "cookie", "comment-prompt"})  # an <h1> that says nothing else


def _heads_of(key: str) -> tuple[str, ...]:
    """Return what `_BUCKET_SIZES` cut off the start of `key`: of these at most a few choose a bucket."""
    return key[:8], key[:4], key[:3], key[:2], key[:1]


def _may_begin(text: str, heads: frozenset[str]) -> bool:
    """Whether a phrase may begin like `text`, its edges off but not in lower case: the cheap test that nearly all prose fails."""
    head = _folded(text[: 2 * _BUCKET_SIZES[0]])
    return head[:1].isdecimal() or not heads.isdisjoint(_heads_of(head))


def _look_up(key: str, phrases: _Phrases) -> _Phrase | None:
    if key[:1].isdecimal():
        key = _NUMBER.sub("#", key, count=1)
    found = phrases.whole.get(key) or _begins(key, phrases)
    if found is None and "://" in key:
        key = _ADDRESS.sub("", key).strip(_EDGES)
        found = phrases.whole.get(key) or _begins(key, phrases)
    return _first_of_row(key, phrases) if found is None and len(key) <= _ROW_CHARS else found


def _first_of_row(key: str, phrases: _Phrases) -> _Phrase | None:
    """Return the first sure one of the phrases that a block is a row of ("Share Facebook Twitter Print", "About us | Contact")."""
    words = [word for word in (word.strip(_EDGES) for word in key.split()) if word]
    found: list[_Phrase] = []
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _PHRASE_WORDS), at, -1):
            phrase = phrases.whole.get(" ".join(words[at:end]))
            if phrase is not None and phrase.list in ("whole", "weak"):
                break
        else:
            return None
        found.append(phrase)
        at = end
    is_row = len(found) >= _ROW_PHRASES and 2 * sum([phrase.category in _OF_ROWS for phrase in found]) > len(found)
    is_row = is_row or (len(found) > 1 and not _ROW_MARKS.isdisjoint(key))
    return next((phrase for phrase in found if phrase.list == "whole"), None) if is_row else None


def _is_sentence(text: str, phrase: _Phrase) -> bool:
    """Whether a block that a line with a slot at its end fits ("More from *") is a sentence."""
    return phrase.text[-1] in "*#" and "*" in phrase.text and not _LONGEST[phrase.list] and text.rstrip()[-1] == "."


def _begins(key: str, phrases: _Phrases) -> _Phrase | None:
    for head in _heads_of(key):
        if head in phrases.heads:
            found = phrases.buckets[head].find(key)
            if found is not None:
                return found
    return None


def _call_at_end(text: str, phrases: _Phrases) -> ChromeMatch | None:
    """Return the call to the reader in which a longer block ends. With one short question before it, the question goes too."""
    body = text.rstrip(_EDGES)
    low, end = max(0, len(body) - _SENTENCE_LIMIT), len(body)
    for _ in range(_STOPS_TRIED):
        cut = _last_stop(body, low, end)
        if cut < 0:
            return None
        sentence = body[cut + 1 :].strip(_EDGES)
        found = _begins(_folded(sentence), phrases) if _may_begin(sentence, phrases.call_heads) else None
        if found is not None and found.list == "calls":
            return _call_from(text, body[: cut + 1], found)
        if body[cut] != "." or not body[:cut][-1:].isdecimal():
            return None
        end = cut
    return None


def _last_stop(body: str, low: int, end: int) -> int:
    cut = max(body.rfind(". ", low, end), body.rfind("! ", low, end), body.rfind("? ", low, end))
    return cut if body.isascii() else max(cut, *[body.rfind(mark, low, end) for mark in _OTHER_STOPS])


def _call_from(text: str, before: str, found: _Phrase) -> ChromeMatch:
    """Return the match of a call that follows `before` in `text`."""
    match = _match(found)
    question = before.strip()
    if len(question) <= _QUESTION_LIMIT and question.endswith(("?", "？", "؟")):
        return match
    start = len(before)
    while text[start].isspace():
        start += 1
    return match._replace(start=start)


@cache
def _match(phrase: _Phrase) -> ChromeMatch:
    reason = str(lexicon.languages("chrome")["en"].get(phrase.category, {}).get("reason", phrase.category))
    return ChromeMatch(
        phrase.category,
        f"{phrase.language}/{phrase.category}/{slug(phrase.text)}",
        reason,
        sure=phrase.list not in _LINKED,
        ends_article=phrase.list == "ends",
        at_end=phrase.list == "calls",
        linked=_LINKED.get(phrase.list, 1.0),
    )


def _sets_apart(phrase: _Phrase) -> bool:
    """Whether a phrase is followed by a headline, after a mark."""
    return phrase.category == "read-more" and phrase.text[-1] in ":："


@cache
def _phrases() -> _Phrases:
    """Sort the data into the two look-ups; English first, so that a phrase shared by languages has its English rule."""
    tables = lexicon.languages("chrome")
    whole: dict[str, _Phrase] = {}
    buckets: dict[str, _Bucket] = {}
    calls: set[str] = set()
    for language in sorted(tables, key=lambda code: (code != "en", code)):
        for category, lists in tables[language].items():
            for name in _LISTS:
                for text in lists.get(name, ()):
                    phrase = _Phrase(language, category, name, text)
                    key = _key(text)
                    if _LONGEST[name] or "#" in key[1:] or "*" in key[1:]:
                        head = _bucket_key(key)
                        buckets.setdefault(head, _Bucket()).phrases.append(phrase)
                        if name == "calls":
                            calls.add(head)
                    else:
                        whole.setdefault(key, phrase)
    return _Phrases(whole, buckets, frozenset(buckets), frozenset(calls), max(map(len, whole)), _likely(whole, buckets))


def _likely(whole: Collection[str], heads: Collection[str]) -> list[frozenset[str]]:
    """Return what lines begin with that a phrase may be or begin, by size: the cheap test that most lines fail."""
    eight, *shorter = (frozenset(head for head in heads if len(head) == size) for size in _BUCKET_SIZES)
    return [eight.union(key[:8] for key in whole), *shorter]


def _key(text: str) -> str:
    """Return a phrase as a block's key begins: without the signs at its end that are no part of the key."""
    return (_NUMBER_SLOT.sub("#", text) if text[:1] == "#" else text).rstrip(_CLOSING)


def _literal(key: str) -> str:
    """Return what stands before the first slot of a phrase's key; a number at its start is no slot, as blocks have it replaced."""
    slots = [at for at in (key.find("#", 1), key.find("*", 1)) if at > 0]
    return key[: min(slots)].rstrip() if slots else key


def _bucket_key(key: str) -> str:
    literal = _literal(key)
    return literal[: next(size for size in _BUCKET_SIZES if size <= len(literal))]


@cache
def _pattern(phrase: _Phrase) -> re.Pattern[str]:
    text = _NUMBER_SLOT.sub("#", phrase.text)
    text = text if _LONGEST[phrase.list] and not _sets_apart(phrase) else text.rstrip(_CLOSING)
    parts = re.escape(text[0]) + "".join(_SLOTS.get(part.strip()) or re.escape(part) for part in _SLOT.split(text[1:]) if part)
    if _LONGEST[phrase.list] == 0:
        return re.compile(parts + r"\Z")
    if _sets_apart(phrase):
        return re.compile(parts + (_BEFORE_LINK if phrase.list == "teasers" else _AFTER_WORDS if " " in text else _AFTER_WORD))
    last = phrase.text[-1]
    is_word = phrase.list != "asks" and last.isalnum() and not any(script[0] <= last <= script[1] for script in _UNSPACED)
    return re.compile(parts + (r"(?!\w)" if is_word else ""))


def slug(phrase: str) -> str:
    """Return the phrase as the last part of a rule id: letters and digits joined by hyphens."""
    return re.sub(r"[^\w]+", "-", phrase.replace("#", " n ").replace("*", " x ")).strip("-")
