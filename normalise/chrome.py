"""Chrome phrases: what a block of furniture says of itself, in every language that has a file under `data/chrome/`.

A file is a table a category ("comment-prompt"), with up to six lists of phrases:

    ends      the whole block says this, and what follows it on the page is furniture too ("Leave a Reply")
    whole     the whole block says this ("Skip to content")
    starts    the block begins so, and little follows ("Tags: …", "© 2024 …")
    notices   the block begins so, however it goes on: long legal or technical notices ("This site uses Akismet to reduce spam. …")
    calls     a sentence to the reader that begins so, alone or at the end of a block ("Share your thoughts in the comments …")
    weak      the whole block says this, yet an article may too ("About us"): evidence, not proof

In a phrase `#` stands for a number and `*` for up to 60 characters of one line. Case, curly apostrophes and the punctuation around a block
do not count. `reason` (in `en.toml`) is what a reader is told.

Cost: one hash look-up of the block's normalised text, and at most five small expressions chosen by its first eight characters: no phrase
is tried that does not begin like the block. Linear in the text, which is looked at only where it is short.
"""

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from normalise import lexicon

_LISTS = ("ends", "whole", "starts", "notices", "calls", "weak")
_LONGEST = {"ends": 0, "whole": 0, "weak": 0, "starts": 90, "notices": 450, "calls": 160}  # characters after the phrase
_TEASER = 160  # characters after "Read more:", the longest headlines
_LINE_LIMIT = 600  # no furniture that a phrase recognises is longer
_SENTENCE_LIMIT = 240
_QUESTION_LIMIT = 240  # a question in front of a call to comment belongs to it
_CALL_CHARS = 40  # a block that ends in a call is no shorter
_LINKED = 0.9  # from this share of link text on, weak evidence is proof
_EDGES = (
    " \t\n\r.,;:!?¡¿…·•‣▪●○■□◆◇★☆✓✔✕✖×|/\\-–—_~=+*#@&<>«»‹›→←↑↓↗⟶➔➜►▶▸▾▼▲△▽⌄\"'“”„‘’`´()[]{}"
    "【】「」『』《》〈〉（）［］、。，．：；！？؟،؛۔।॥\u200b\u200c\u200d\u200e\u200f\ufeff\u2060\u00ad"
)
# Scripts that write words without spaces, or with endings: a phrase may go on there.
_SPACED_END = re.compile("[^\\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]\\Z")
_OTHER_STOPS = ("… ", "。", "！", "？", "؟ ", "। ")  # beside those of ASCII
_CLOSING = ")]}!?.:+… "  # written in phrases for the reader; the block has lost them with its edges
_BUCKET_SIZES = (8, 4, 3, 2, 1)  # characters that choose a bucket; fewer where a phrase has no more before its first slot
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?\s?")  # a number at a block's start becomes "#", as in the phrases
_NUMBER_SLOT = re.compile(r"\A#\s?")
_SLOT = re.compile(r"(\s?#\s?|\*)")
_SLOTS = {"#": r"\s?\d{1,9}(?:[.,]\d{1,3})?\s?", "*": r".{1,60}?"}


class ChromeMatch(NamedTuple):
    """What a block of furniture is. `start` is 0 where the whole block is chrome, else where in the text the chrome begins.

    `rule` is language/category/phrase ("en/comment-prompt/leave-a-reply"); `sure` is False where an article may say the same;
    `ends_article`: what follows is furniture too; `at_end`: chrome only where no prose of the article follows.
    """

    category: str
    rule: str
    reason: str
    sure: bool = True
    ends_article: bool = False
    at_end: bool = False
    start: int = 0


class _Phrase(NamedTuple):
    """One phrase of the data. Its match is made when it first hits: most of the 14,000 never do."""

    language: str
    category: str
    list: str
    text: str


class _Bucket:
    """The phrases that begin alike: one expression, a group a phrase, compiled when a block first begins so."""

    def __init__(self) -> None:
        self.phrases: list[_Phrase] = []
        self._pattern: re.Pattern[str] | None = None

    def find(self, key: str) -> _Phrase | None:
        """Return the phrase that `key` begins with, None where too much follows it."""
        if self._pattern is None:
            # Longest first, so that the more telling of two that begin alike decides.
            self.phrases.sort(key=lambda phrase: (-len(phrase.text), phrase.language != "en"))
            self._pattern = re.compile("|".join(f"({_expression(phrase)})" for phrase in self.phrases))
        found = self._pattern.match(key)
        if found is None or found.lastindex is None:
            return None
        phrase = self.phrases[found.lastindex - 1]
        longest = _LONGEST[phrase.list] if not phrase.text.endswith(":") or phrase.category != "read-more" else _TEASER
        return phrase if len(key) - found.end() <= longest else None


_Sizes = dict[str, dict[int, frozenset[str]]]  # first character of buckets' keys: the keys' sizes, longest first, and of each the keys


class _Phrases(NamedTuple):
    whole: dict[str, _Phrase]
    buckets: dict[str, _Bucket]
    sizes: _Sizes
    call_sizes: _Sizes  # of those buckets that hold a call
    longest: int  # characters of the longest whole phrase
    starts: frozenset[str]  # of each bucket's key the first four characters, two or one: a cheap test that nearly all lines fail


def match_chrome(text: str, *, tag: str | None = None, link_share: float | None = None, at_end: bool = True) -> ChromeMatch | None:
    """Return what furniture `text`, one block or line, is or ends in; None for everything else.

    `tag` is the block's HTML tag, `link_share` the share of its characters inside links; both `None` for plain text. Without `at_end` the
    text is not searched for a call in which it ends.
    """
    size = len(text)
    phrases = _phrases()
    key = text.strip(_EDGES) if size <= _LINE_LIMIT else ""
    if key and (len(key) <= phrases.longest or _may_begin(key, phrases.sizes)):
        key = key.lower()
        if not key.isascii():
            key = key.replace("’", "'").replace("\u0307", "")  # the dot that lower() leaves of a Turkish İ
        found = _look_up(key, phrases)
        if found is not None:
            return _judge(_match(found), tag, link_share)
    return closing_call(text) if at_end and tag != "h1" else None


def match_lines(texts: list[str]) -> list[ChromeMatch | None]:
    """Return `match_chrome(text, at_end=False)` of each text, a page's lines: all are looked up at once, few are looked at twice."""
    phrases = _phrases()
    whole, starts, longest = phrases.whole, phrases.starts, phrases.longest
    found: list[ChromeMatch | None] = [None] * len(texts)
    for at, text in enumerate(texts):
        if len(text) > _LINE_LIMIT:
            continue
        key = text.strip(_EDGES)
        if len(key) > longest:
            head = key[:8].lower()
            if not head.isascii():
                head = key[:16].lower().replace("’", "'").replace("\u0307", "")
            if not (head[:4] in starts or head[:2] in starts or head[:1] in starts or head[:1].isdecimal()):
                continue
        key = key.lower()
        if not key.isascii():
            key = key.replace("’", "'").replace("\u0307", "")
        if key in whole:
            found[at] = _match(whole[key])
        elif key[:4] in starts or key[:2] in starts or key[:1] in starts or key[:1].isdecimal():
            phrase = _look_up(key, phrases)
            found[at] = None if phrase is None else _match(phrase)
    return found


def closing_call(text: str) -> ChromeMatch | None:
    """Return the call to the reader in which `text`, one block or line, ends; None where it ends in none."""
    return _call_at_end(text, _phrases()) if len(text) >= _CALL_CHARS else None


def _judge(found: ChromeMatch, tag: str | None, link_share: float | None) -> ChromeMatch | None:
    if found.sure:
        return None if tag == "h1" and found.category not in _SURE_IN_HEADING else found
    if tag == "h1":
        return None
    return found._replace(sure=True) if link_share is not None and link_share >= _LINKED else found


_SURE_IN_HEADING = frozenset({"adblock", "cookie", "comment-prompt"})  # an <h1> that says nothing else


def _may_begin(text: str, sizes: _Sizes) -> bool:
    """Whether a phrase may begin like `text`, its edges off but not in lower case: the cheap test that nearly all prose fails."""
    head = text[: _BUCKET_SIZES[0]].lower()
    if not head.isascii():
        head = text[: 2 * _BUCKET_SIZES[0]].lower().replace("’", "'").replace("\u0307", "")[: _BUCKET_SIZES[0]]
    return head[:1].isdecimal() or any(head[:size] in keys for size, keys in sizes.get(head[:1], _NO_SIZES).items())


def _look_up(key: str, phrases: _Phrases) -> _Phrase | None:
    if key[:1].isdecimal():
        key = _NUMBER.sub("#", key, count=1)
    return phrases.whole.get(key) or _begins(key, phrases)


def _begins(key: str, phrases: _Phrases) -> _Phrase | None:
    for size, keys in phrases.sizes.get(key[:1], _NO_SIZES).items():
        if key[:size] in keys:
            found = phrases.buckets[key[:size]].find(key)
            if found is not None:
                return found
    return None


_NO_SIZES: dict[int, frozenset[str]] = {}


def _sizes(keys: Collection[str]) -> _Sizes:
    sizes: _Sizes = {}
    for size in _BUCKET_SIZES:
        for key in keys:
            if len(key) == size:
                of_first = sizes.setdefault(key[:1], {})
                of_first[size] = of_first.get(size, frozenset()) | {key}
    return sizes


def _call_at_end(text: str, phrases: _Phrases) -> ChromeMatch | None:
    """Return the call to the reader in which a longer block ends. With one short question before it, the question goes too."""
    body = text.rstrip(_EDGES)
    low = max(0, len(body) - _SENTENCE_LIMIT)
    cut = max(body.rfind(". ", low), body.rfind("! ", low), body.rfind("? ", low))
    if not text.isascii():
        cut = max(cut, *[body.rfind(mark, low) for mark in _OTHER_STOPS])
    if cut < 0:
        return None
    sentence = body[cut + 1 :].strip(_EDGES)
    if not _may_begin(sentence, phrases.call_sizes):
        return None
    found = _begins(sentence.lower().replace("’", "'").replace("\u0307", ""), phrases)
    if found is None or found.list != "calls":
        return None
    match = _match(found)
    before = body[: cut + 1].strip()
    if len(before) <= _QUESTION_LIMIT and before.endswith(("?", "？", "؟")):
        return match
    start = cut + 1
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
        sure=phrase.list != "weak",
        ends_article=phrase.list == "ends",
        at_end=phrase.list == "calls",
    )


@cache
def _phrases() -> _Phrases:
    """Sort the data into the two look-ups; English first, so that a phrase shared by languages has its English rule."""
    tables = lexicon.languages("chrome")
    result = _Phrases({}, {}, {}, {}, 0, frozenset())
    for language in sorted(tables, key=lambda code: (code != "en", code)):
        for category, lists in tables[language].items():
            for name in _LISTS:
                for text in lists.get(name, ()):
                    phrase = _Phrase(language, category, name, text)
                    key = _NUMBER_SLOT.sub("#", text).rstrip(_CLOSING)
                    if _LONGEST[name] or _SLOT.search(key, 1):
                        result.buckets.setdefault(_bucket_key(key), _Bucket()).phrases.append(phrase)
                    else:
                        result.whole.setdefault(key, phrase)
    calls = [key for key, bucket in result.buckets.items() if any(phrase.list == "calls" for phrase in bucket.phrases)]
    starts = frozenset(key[: next(size for size in (4, 2, 1) if size <= len(key))] for key in result.buckets)
    return result._replace(sizes=_sizes(result.buckets), call_sizes=_sizes(calls), longest=max(map(len, result.whole)), starts=starts)


def _bucket_key(text: str) -> str:
    literal = text[:1] + _SLOT.split(text[1:], maxsplit=1)[0].rstrip()
    return literal[: next(size for size in _BUCKET_SIZES if size <= len(literal))]


def _expression(phrase: _Phrase) -> str:
    text = _NUMBER_SLOT.sub("#", phrase.text)
    text = text if _LONGEST[phrase.list] else text.rstrip(_CLOSING)
    parts = re.escape(text[0]) + "".join(_SLOTS.get(part.strip()) or re.escape(part) for part in _SLOT.split(text[1:]) if part)
    if _LONGEST[phrase.list] == 0:
        return parts + r"\Z"
    return parts + (r"(?!\w)" if _SPACED_END.search(phrase.text) else "")


def slug(phrase: str) -> str:
    """Return the phrase as the last part of a rule id: letters and digits joined by hyphens."""
    return re.sub(r"[^\w]+", "-", phrase.replace("#", " n ").replace("*", " x ")).strip("-")
