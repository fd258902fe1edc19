"""What a headline says, without the names of its site and section.

`clean_headline` takes the string as a page, its `<title>` or its metadata prints it. A part goes only on evidence: it is the site's name or
a section's, or another candidate for the headline ends where the part begins. A dash or colon of the headline's own stays.
"""

import html
import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache

from normalise import lexicon
from normalise.text import compose, letters

# A longer string is no headline, whatever it holds.
MAX_RAW = 10_000
MAX_HEADLINE = 500
ROUNDS = 8
# Between a headline and a site's or section's name. Dashes and colons need white space; a bar or an underscore does not.
SEPARATORS = re.compile(
    r"(\s*[|｜¦│_＿]+\s*|\s+[-–—‒―·•∙:~/\\<>»«›‹→←⋆*+◆▷▶]+\s+|\s*(?:::|--)\s*|:\s+|[–—:：]\s?|(?<=[\u3040-\u9fff\uac00-\ud7af])\s*[-－]\s*)"
)
SEPARATOR_MARK = re.compile("[|｜¦│_＿–—‒―·•∙:：~/\\\\<>»«›‹→←⋆*+◆▷▶－-]")  # each has one; searched for at a twentieth of the cost
BARS = frozenset("|｜¦│＿»")
TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,500}>")
NOT_WORD = re.compile(r"[\W_]+")
ASCII_PUNCTUATION = bytes(code for code in range(128) if not chr(code).isalnum())
EDGES = " \t|｜·•–—-_~/\\→*"
LEFT = EDGES + "»›>"
RIGHT = EDGES + "«‹<"
DECORATION = EDGES + "»«›‹><!.:… "
DOMAIN_END = re.compile(r"(?:com|net|org|co|de|at|ch|fr|it|es|uk|news|online|blog)$")


def clean_headline(raw: str, *, site_name: str | None = None, sections: Collection[str] = (), others: Collection[str] = ()) -> str | None:
    """Return the headline in `raw`, or None where it is only a site's or section's name, "Home" or nothing.

    `sections` are names that may stand before or after it (breadcrumbs, the host's label); `others` are further candidates for the same
    headline (h1, og:title): what two of them share is the headline, what one has beside it is not. Never raises.
    """
    if len(raw) > MAX_RAW:
        return None
    names = frozenset(map(headline_key, (site_name or "", *sections))) - {""}
    agreed = frozenset(map(headline_key, others)) - {""}
    return shortened(plain(raw), headline_key(site_name or ""), names, agreed)


def shortened(text: str, site: str, names: frozenset[str], agreed: frozenset[str]) -> str | None:
    """Return the headline in plain `text`. `site`, `names` and `agreed` are keys (`headline_key`) of what `clean_headline` takes."""
    if not agreed.isdisjoint(names):
        agreed = agreed - names
    for _ in range(ROUNDS):
        again = _shorter(text, site, names, agreed)
        if again == text:
            break
        text = again
    else:
        return None  # little but marks
    return text if len(text) <= MAX_HEADLINE and _is_headline(text, names) else None


def may_be_longer(text: str) -> bool:
    """Whether `text` has a mark at which a site's or section's name can end or begin."""
    return SEPARATOR_MARK.search(text) is not None


def plain(raw: str) -> str:
    """Return a stated title as one line of NFC text. References are resolved once more and markup goes: many sites escape twice.

    A tag that nothing closes stays: it is what the headline is about.
    """
    text = html.unescape(raw) if "&" in raw else raw
    if "</" in text:
        text = TAG.sub(" ", text)
    return one_line(text)


def one_line(text: str) -> str:
    """Return text that a page prints as one line of NFC without control characters."""
    if not text.isprintable():
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or c in "\u200c\u200d" or unicodedata.category(c)[0] != "C")
    return compose(" ".join(text.split()))


def headline_key(text: str) -> str:
    """Return the letters and digits of `text`, case folded: what two spellings of one headline share."""
    return _short_key(text) if len(text) < 200 else _key(text)


def _key(text: str) -> str:
    if text.isascii():  # a tenth of the cost
        return text.lower().encode().translate(None, ASCII_PUNCTUATION).decode()
    return NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


# The strings that a page's headline is compared with come back several times a page.
_short_key = lru_cache(maxsize=1024)(_key)


def is_generic(text: str) -> bool:
    """Whether `text` is "Home", "News", "Page not found" or the like in any language."""
    return len(text) <= _longest_generic() and text.casefold().strip(DECORATION) in _generic()


def _is_date(text: str) -> bool:
    """Whether a short line is nothing but figures, months and weekdays."""
    if len(text) > 40:
        return False
    text = text.casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = NOT_WORD.sub(" ", text).split()
    return all(word in _months() or not word.rstrip("stndrh").strip("0123456789") for word in words)


@cache
def _months() -> frozenset[str]:
    tables = lexicon.languages("calendar").values()
    return frozenset(name for table in tables for names in (*table.get("months", []), *table.get("weekdays", [])) for name in names)


@cache
def _generic() -> frozenset[str]:
    return frozenset(phrase.strip(DECORATION) for phrase in lexicon.load("headline")["generic"])


@cache
def _longest_generic() -> int:
    """The most characters of a text that can be generic, as many of decoration among them."""
    return 2 * max(map(len, _generic()))


def _is_headline(text: str, names: Collection[str]) -> bool:
    if not (text[:1].isalpha() or any(c.isalpha() for c in text)):
        return False
    return not _is_date(text) and headline_key(text) not in names and not is_generic(text)


def _trim(text: str) -> str:
    return text.lstrip(LEFT).rstrip(RIGHT)


def _shorter(text: str, site: str, names: Collection[str], agreed: Collection[str]) -> str:
    text = _trim(text)
    if not may_be_longer(text):
        return text
    pieces = SEPARATORS.split(text)
    if len(pieces) < 3 or len(pieces) > 41:
        return text
    run = _agreed_run(pieces, agreed)
    if run:
        return run
    if _is_name(pieces[-1], pieces[-2], site, names):
        return _trim("".join(pieces[:-2]))
    if _is_name(pieces[0], pieces[1], site, names):
        return _trim("".join(pieces[2:]))
    if BARS & set(pieces[-2]) and letters(pieces[-1]) < letters("".join(pieces[:-2])) and len(pieces[-1].split()) <= 5:
        return _trim("".join(pieces[:-2]))
    return text


def _agreed_run(pieces: list[str], agreed: Collection[str]) -> str | None:
    """Return the longest run of pieces, not all, that is another candidate too."""
    count = (len(pieces) + 1) // 2
    for size in range(count - 1, 0, -1):
        for start in range(count - size + 1):
            run = "".join(pieces[2 * start : 2 * (start + size) - 1])
            if headline_key(run) in agreed and _is_long(run):
                return _trim(run)
    return None


def _is_long(text: str) -> bool:
    """Whether `text` has two words, or as much in a script without spaces."""
    return len(text.split()) > 1 or (len(text) > 5 and not text.isascii() and ord(max(text)) > 0x3000)


def _is_name(piece: str, separator: str, site: str, names: Collection[str]) -> bool:
    key = headline_key(piece)
    if not key or key in names or (is_generic(piece) and ":" not in separator and "：" not in separator):
        return True
    if not site or len(key) < 3:
        return False
    bare = DOMAIN_END.sub("", site.removeprefix("the")) or site
    own = DOMAIN_END.sub("", key.removeprefix("www").removeprefix("the")) or key
    return own == bare or (len(bare) > 3 and own.startswith(bare) and len(own) < len(bare) + 12) or (len(own) > 3 and bare.startswith(own))
