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

Cost: one hash look-up of the block's normalised text, and at most four small expressions chosen by its first three characters: no phrase
is tried that does not begin like the block. Linear in the text, which is looked at only where it is short.
"""

import re
from functools import cache
from typing import NamedTuple

from normalise import lexicon

_LISTS = ("ends", "whole", "starts", "notices", "calls", "weak")
_LONGEST = {"ends": 0, "whole": 0, "weak": 0, "starts": 90, "notices": 450, "calls": 160}  # characters after the phrase
_LINE_LIMIT = 600  # no furniture that a phrase recognises is longer
_SENTENCE_LIMIT = 240
_QUESTION_LIMIT = 240  # a question in front of a call to comment belongs to it
_LINKED = 0.9  # from this share of link text on, weak evidence is proof
_EDGES = " \t\n\r.,;:!?¡¿…·•‣▪●○■□◆◇★☆✓✔✕✖×|/\\-–—_~=+*#@&<>«»‹›→←↑↓↗⟶➔➜►▶▸▾▼▲△▽⌄\"'“”„‘’`´()[]{}【】「」『』《》〈〉（）［］、。，．：；！？؟،؛۔।॥\u200b\u200c\u200d\u200e\u200f\ufeff\u2060\u00ad"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # scripts that write words without spaces, or with endings


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


class _Bucket(NamedTuple):
    """The phrases that begin alike: one expression, a group a phrase, and what each group means."""

    pattern: re.Pattern[str]
    entries: list[tuple[ChromeMatch, int]]


class _Phrases(NamedTuple):
    whole: dict[str, ChromeMatch]
    buckets: dict[str, _Bucket]


def match_chrome(text: str, *, tag: str | None = None, link_share: float | None = None) -> ChromeMatch | None:
    """Return what furniture `text`, one block or line, is or ends in; None for everything else.

    `tag` is the block's HTML tag, `link_share` the share of its characters inside links; both `None` for plain text.
    """
    size = len(text)
    phrases = _phrases()
    if size <= _LINE_LIMIT:
        key = text.strip(_EDGES).lower()
        if "’" in key:
            key = key.replace("’", "'")
        found = phrases.whole.get(key) or _begins(key, phrases.buckets)
        if found is not None:
            return _judge(found, tag, link_share)
    if size < 40 or tag == "h1":
        return None
    return _call_at_end(text, phrases.buckets)


def _judge(found: ChromeMatch, tag: str | None, link_share: float | None) -> ChromeMatch | None:
    if found.sure:
        return None if tag == "h1" and found.category not in _SURE_IN_HEADING else found
    if tag == "h1":
        return None
    return found._replace(sure=True) if link_share is not None and link_share >= _LINKED else found


_SURE_IN_HEADING = frozenset({"adblock", "cookie", "comment-prompt"})  # an <h1> that says nothing else


def _begins(key: str, buckets: dict[str, _Bucket]) -> ChromeMatch | None:
    start = "#" if key[:1].isdecimal() else key[:3]
    for bucket in (buckets.get(start), buckets.get(start[:2])):
        found = bucket.pattern.match(key) if bucket is not None else None
        if bucket is not None and found is not None and found.lastindex is not None:
            match, rest = bucket.entries[found.lastindex - 1]
            if len(key) - found.end() <= rest:
                return match
    return None


def _call_at_end(text: str, buckets: dict[str, _Bucket]) -> ChromeMatch | None:
    """Return the call to the reader in which a longer block ends. With one short question before it, the question goes too."""
    body = text.rstrip(_EDGES)
    low = max(0, len(body) - _SENTENCE_LIMIT)
    cut = max(body.rfind(mark, low) for mark in (". ", "! ", "? ", "… ", "。", "！", "？", "؟ ", "। "))
    if cut < 0:
        return None
    sentence = body[cut + 1 :].strip(_EDGES).lower().replace("’", "'")
    found = _begins(sentence, buckets)
    if found is None or not found.at_end:
        return None
    before = body[: cut + 1].strip()
    if len(before) <= _QUESTION_LIMIT and before.endswith(("?", "？", "؟")):
        return found
    start = cut + 1
    while text[start].isspace():
        start += 1
    return found._replace(start=start)


@cache
def _phrases() -> _Phrases:
    """Build the matcher from the lexicon; English first, so that a phrase shared by languages has its English rule."""
    tables = lexicon.languages("chrome")
    reasons = {category: str(lists.get("reason", category.replace("-", " "))) for category, lists in tables["en"].items()}
    whole: dict[str, ChromeMatch] = {}
    begins: dict[str, list[tuple[str, ChromeMatch, int]]] = {}
    for language in sorted(tables, key=lambda code: (code != "en", code)):
        for category, lists in tables[language].items():
            for name in _LISTS:
                for phrase in lists.get(name, ()):
                    match = ChromeMatch(
                        category,
                        f"{language}/{category}/{slug(phrase)}",
                        reasons.get(category, category.replace("-", " ")),
                        sure=name != "weak",
                        ends_article=name == "ends",
                        at_end=name == "calls",
                    )
                    if _LONGEST[name] == 0 and not any(mark in phrase for mark in "#*"):
                        whole.setdefault(phrase, match)
                    else:
                        begins.setdefault(_bucket_key(phrase), []).append(
                            (_expression(phrase, exact=_LONGEST[name] == 0), match, _LONGEST[name])
                        )
    return _Phrases(whole, {key: _compile(entries) for key, entries in begins.items()})


def _compile(entries: list[tuple[str, ChromeMatch, int]]) -> _Bucket:
    """Longest phrase first, so that the more telling of two that begin alike decides."""
    entries = sorted(entries, key=lambda entry: -len(entry[0]))
    return _Bucket(re.compile("|".join(f"({pattern})" for pattern, _, _ in entries)), [(match, rest) for _, match, rest in entries])


def _bucket_key(phrase: str) -> str:
    if phrase.startswith("#"):
        return "#"
    literal = re.split(r"[#*]", phrase, maxsplit=1)[0]
    return literal[:3] if len(literal) >= 3 else literal[:2]


def _expression(phrase: str, *, exact: bool) -> str:
    parts = [
        {"#": r"\d{1,9}(?:[.,]\d{1,3})?", "*": r".{1,60}?"}.get(part) or re.escape(part) for part in re.split(r"([#*])", phrase) if part
    ]
    if exact:
        return "".join(parts) + r"\Z"
    boundary = r"(?!\w)" if re.search(rf"[^\W{_UNSPACED}]\Z", phrase) else ""
    return "".join(parts) + boundary


def slug(phrase: str) -> str:
    """Return the phrase as the last part of a rule id: letters and digits joined by hyphens."""
    return re.sub(r"[^\w]+", "-", phrase.replace("#", " n ").replace("*", " x ")).strip("-")
