"""The byline as printed: markup, addresses, prefixes, dates and buttons go; names, roles and outlets stay in their order."""

import html
import re
import unicodedata

from normalise.byline.labelled import written_by
from normalise.byline.words import CONFERENCES, FIRST_HAN, LONGEST, Words, ends_in_role, fold, is_month
from normalise.date.fold import fold as bare_fold
from normalise.text import compose

# Each pattern is linear: one bounded or single quantifier a step, on a string of at most 10,000 characters.
TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,500}>")
ANGLED = re.compile(r"<[^<>]{0,200}>")
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s()\[\]]+|(?:mailto:)?[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.IGNORECASE)
# As the archives of mailing lists write it: "jane at example.org". Small letters only: "Jane Doe at Nature.com" is none.
SPELLED = re.compile(r"(?<!\S)[a-z\d][\w.+%-]{0,63} at [a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,5}(?!\S)")
HANDLE = re.compile(r"@\w{1,40}")
# Numbers and marks behind a name, before the next: "Jane Doe 1,2*, John Roe 3".
FOOTNOTES = re.compile(r"(?<=[^\W\d_]) \d{1,2}(?:,\d{1,2}){0,4}[*†‡§]{0,2}(?=,? |,?$)")
NOTES = re.compile(r"(?<=[^\W\d_]) ?\[\d{1,3}\]")  # of links to them: "Jane Doe [1]"
EMPTY = re.compile(r"[(\[]\s?[)\]]")
# Separators between the parts of a byline; inside a part, commas and words separate.
PARTS = re.compile(r"(\s*[;|｜•‧∙⋅◆●■►»†\u2502]+\s*|\s+[·・–—/~>‒-]+\s+)")
PART_MARK = re.compile("[;|｜•‧∙⋅◆●■►»†\u2502·・–—/~>‒-]")
EDGES = " \t©,:;|/\\-–—_*•·・⋅=+~<>»«›‹†‡→\"“”„`´'‘’،、，。：；/／丨"
TRAILING_PARENTHESIS = re.compile(r"\s*[(（\[【][^()（）\[\]【】]{0,80}[)）\]】]$")
LABEL_MARK = re.compile("[:：/／|=＝–-]")
LABEL_END = (":", "：", "/", "／", "|", "=", "＝", "-", "–")
# "byJane Doe", "Written byJane Doe": an element's end that the page shows as white space.
GLUED_BY = re.compile(r"^((?:[^\W\d_]{2,20} )?(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or))(?=[A-ZÀ-Þ])")
# Letters of Latin, Greek and Cyrillic script: their capitals stand among their small letters.
SMALL, CAPITALS = ("".join(filter(kind, map(chr, range(0x41, 0x530)))) for kind in (str.islower, str.isupper))
# "Jane DoeEditor", "July 3, 2020Jane Doe": the same in a word; split only before a role, a date or a credit, or after a year.
GLUED = re.compile(rf"(?:(?<=[{SMALL}])|(?<=[12]\d{{3}}))(?=([{CAPITALS}][{SMALL}]{{2,20}})(?![{SMALL}]))")
GLUED_DIGIT = re.compile(r"[^\W\d_]\d")
# "Jane Doe4 March 2020": a day, where its month follows.
GLUED_DAY = re.compile(r"(?<=[^\W\d_])(?=\d{1,2}\.? (?:de )?([^\W\d_]{3,20}))")
# "Jane Doe04.03.2025", "Jane Doe2025. 3. 4.", "김민수2025-03-04", "张丽华2025年3月4日"
GLUED_DATE = re.compile(r"(?<=[^\W\d_])(?=\d{1,2}([./-])\d{1,2}\1\d{2}|[12]\d{3}(?:[./-] ?\d|\. [^\W\d_]|年))")
NUMERIC = re.compile(r"(?<!\d)\d{1,2}([./-])\d{1,2}\1\d{2}(?!\d)")
YEAR = re.compile(r"(?<!\d)[12١٢۱۲]\d{3}(?!\d)")
ZONE = re.compile(r"\([A-Z]{2,5}(?:[+-]\d{1,2}(?::\d\d)?)?\)")  # behind a time
ARABIC = re.compile(r"[\u0620-\u06ff]")
LONG_ROLE = 5  # letters
ROUNDS = 6
MIN_DESK = 3  # letters: "記者" alone is a label
MAX_OPENING = 20  # words before a byline's "by": a date, and that of an update


def printed_byline(raw: str, words: Words) -> str | None:
    """Return the byline in `raw` without what is not part of it; None where nothing is left, or no stable reading is found."""
    text = unglued(_without_footnotes(plain(raw)), words)
    for _ in range(ROUNDS):
        written = written_by(text, words)
        again = _trimmed(text if written is None else written, words)
        if again == text:
            return text or None
        text = again
    return None


def plain(raw: str) -> str:
    """Return `raw` as one line of NFC text without markup, controls, URLs, e-mail addresses and handles."""
    text = html.unescape(raw) if "&" in raw else raw
    if "<" in text:
        text = ANGLED.sub(" ", TAG.sub(" ", text)).replace("<", " ").replace(">", " ")
    if not text.isprintable():
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or c in "\u200c\u200d" or unicodedata.category(c)[0] != "C")
    if "@" in text or "://" in text or "www." in text:
        text = EMPTY.sub(" ", HANDLE.sub(" ", ADDRESS.sub(_between, text)).replace("@", " ").replace("://", " ")).strip(" |")
    return compose(" ".join(without_spelled(text).split()))


def without_spelled(text: str) -> str:
    """Return `text` without e-mail addresses that are written out in words."""
    return SPELLED.sub(" | ", text).strip(" |") if " at " in text else text


def _without_footnotes(text: str) -> str:
    """Return a list of names without the numbers of their affiliations: "Jane Doe 1,2, John Roe [3]"; other text as it is."""
    text = NOTES.sub("", text) if "[" in text else text
    if "," not in text or has_date(text) or len(FOOTNOTES.findall(text)) < 2:
        return text
    return FOOTNOTES.sub("", text)


def _between(address: re.Match[str]) -> str:
    """Return what stands in an address's place: after an e-mail address another name may follow; one glued to a name begins with that name
    again ("Jane Doejane.doe@example.org").
    """
    local, at, _ = address[0].partition("@")
    if not at or address.string[address.end() : address.end() + 1] in (")", "]"):
        return " "
    key = local.casefold() if local[0].isupper() else ""
    for name in address.string[: address.start()].split()[-3:]:
        cut = key.find(bare_fold(name))
        if cut > 0 and local[cut].islower():
            return f"{local[:cut]} | "
    return " | "


def unglued(text: str, words: Words) -> str:
    """Return `text` with a space before a role, a credit, a month or "Updated" that is glued to the word before it, after a glued year, and
    before a glued date.
    """
    cuts = [at.start() for at in GLUED.finditer(text) if _is_glued(text, at, words)]
    if GLUED_DIGIT.search(text):
        cuts += [at.start() for at in GLUED_DATE.finditer(text)]
        cuts += [at.start() for at in GLUED_DAY.finditer(text) if is_month(fold(at[1]), words)]
    if not text.isascii() and ARABIC.search(text):
        cuts += _before_roles(text, words)
    for cut in sorted(set(cuts), reverse=True):
        text = f"{text[:cut]} {text[cut:]}"
    return text


def _before_roles(text: str, words: Words) -> list[int]:
    """Return where a word of a script without capitals goes on with a role that an element's end glues to it."""
    roles = tuple(role for role in words.roles if len(role) >= LONG_ROLE and ARABIC.match(role))
    found, end = [], 0
    for token in text.split():
        end = text.index(token, end) + len(token)
        role = next((role for role in roles if token.endswith(role) and len(token) > len(role) + 2), None)
        if role is not None:
            found.append(end - len(role))
    return found


def _is_glued(text: str, match: re.Match[str], words: Words) -> bool:
    word = fold(match[1])
    if word in words.glued or ends_in_role(word, words) or text[match.start() - 1].isdigit():
        return True
    return is_month(word, words) and any(c.isdigit() for c in text[match.end(1) : match.end(1) + 3])


def _trimmed(text: str, words: Words) -> str:
    text = _unwrapped(text.strip(EDGES))
    if glued := GLUED_BY.match(text):
        text = f"{glued[1]} {text[glued.end() :]}"
    whole, text = text, without_prefix(text, words)
    kept: list[str] = []
    pieces = parts(text)
    surely = text != whole or fold(text.partition(" ")[0]) in words.given  # a line of events has places and dates too
    dated = False
    for at in range(0, len(pieces), 2):
        dated = dated or (surely and bool(kept) and _is_dated(pieces[at], words))
        piece = "" if dated and not _is_credit(pieces[at], words) else _without_tail(pieces[at], words)
        if piece:
            kept += [pieces[at - 1] if kept else "", piece]
    return " ".join("".join(kept).strip(EDGES).split())


def _is_dated(piece: str, words: Words) -> bool:
    """Whether a part behind a name starts with a date: what follows are sections, comments, the time of day."""
    tokens = piece.split(None, 3)[:3]
    if not tokens or not has_date(piece):
        return False
    number = next((at for at, token in enumerate(tokens) if token[0].isdigit()), len(tokens))
    return number < len(tokens) and (number < 2 or before_prefix(tokens[1], words))  # "Mar 11, 2023", "Updated Sep 9, 2025"


def _is_credit(piece: str, words: Words) -> bool:
    """Whether a part says what somebody did: "Photos by Jane Doe", "Written by Jane Doe"."""
    text = piece.strip(EDGES)
    if fold(text.partition(" ")[0].strip(EDGES)) in words.photo_starts:
        return not has_date(text)
    return without_prefix(text, words) != text


def parts(text: str) -> list[str]:
    """Return the parts of a byline, at the even places, with what separates them between."""
    return PARTS.split(text) if PART_MARK.search(text) else [text]


def _unwrapped(text: str) -> str:
    if len(text) > 2 and text[0] in "([（【〔［" and text[-1] in ")]）】〕］":
        return text[1:-1].strip(EDGES)
    return text


def without_prefix(text: str, words: Words) -> str:
    """Return `text` after its "By", "Posted on July 3 by" or "文/"; unchanged where it has none."""
    if text[:1] in words.glued_heads and text.startswith(words.glued_prefixes) and not text.startswith(CONFERENCES):
        prefix = next(prefix for prefix in words.glued_prefixes if text.startswith(prefix))
        if len(text) > len(prefix):
            return text[len(prefix) :].strip(EDGES)
    if not _may_open(text, words):
        return text
    tokens = text.split(" ", MAX_OPENING + LONGEST)
    dated = False
    for at in range(min(len(tokens), MAX_OPENING)):
        taken = _prefix_at(tokens, at, words)
        if taken:
            return " ".join(tokens[at + taken :]).strip(EDGES)
        linked = dated and (fold(tokens[at].strip(EDGES + ".")) in words.date_links or ZONE.fullmatch(tokens[at]) is not None)
        if not (linked or before_prefix(tokens[at], words)) or credit_at(tokens, at, words) > 1:
            break
        dated = dated or tokens[at][:1].isdigit()
    return text


def credit_at(tokens: list[str], at: int, words: Words) -> int:
    """Return how many tokens from `at` on credit somebody for something other than writing ("Reviewed by"), 0 for none."""
    if at >= len(tokens) or fold(tokens[at].rstrip(":：")) not in words.photo_starts:
        return 0
    for count in range(min(LONGEST, len(tokens) - at - 1), 0, -1):
        if fold(" ".join(tokens[at : at + count]).rstrip(":：")) in words.photos:
            return count
    return 0


def opening(text: str, words: Words) -> str | None:
    """Return "full" where `text` starts with a prefix and goes on, "bare" where it is a prefix or label alone, else None."""
    if written_by(text, words):
        return "full"
    first = text.partition(" ")[0]
    plain = first.isalpha()
    if (
        len(first) > MIN_DESK
        and first[0] >= FIRST_HAN
        and first.endswith(words.reporters)
        and text.partition(" ")[2].replace(" ", "").isalpha()
    ):
        return "full"  # "晚报记者 李明"
    if plain and not _opens(first.casefold(), words) and not _is_glued_start(text, words):
        return None  # nearly all lines
    text = text.lstrip("([（【")
    glued = _is_glued_start(text, words)
    if not glued and not plain and not _may_open(text, words):
        return None
    stripped = text.strip(EDGES)
    bare = fold(stripped)
    if not glued and words.starts.isdisjoint(bare.split()) and not LABEL_MARK.search(bare):
        return None  # a date, a number, a button
    if len(bare) < 40 and (
        bare in words.prefixes or bare in words.weak_prefixes or (bare in words.labels and text.rstrip().endswith((":", "：")))
    ):
        return "bare"
    return "full" if GLUED_BY.match(stripped) or without_prefix(stripped, words) != stripped else None


def _is_glued_start(text: str, words: Words) -> bool:
    """Whether `text` starts with a prefix that a name follows without white space."""
    if text[:1] not in words.glued_heads or text.startswith(CONFERENCES):
        return False
    return text.startswith(words.glued_prefixes) or GLUED_BY.match(text) is not None


def _may_open(text: str, words: Words) -> bool:
    """Whether the first word can start a byline's prefix: the cheap test that nearly all lines fail."""
    first = text[:80].split(None, 1)
    if not first:
        return True
    word = first[0]
    if word.isalpha():
        return _opens(word.casefold(), words)
    if word[0].isalpha() and word[-1].isalpha():
        return _opens(fold(word), words)
    return word[0].isdigit() or _opens(fold(word.strip(EDGES + ".")), words) or not word.strip(EDGES)


def _opens(word: str, words: Words) -> bool:
    return word in words.openers or is_month(word, words)


def _prefix_at(tokens: list[str], at: int, words: Words) -> int:
    """Return how many tokens from `at` on are a prefix that a name follows."""
    if fold(tokens[at].rstrip(":：/／|=＝-–")) not in words.starts:
        return 0
    for count in range(min(LONGEST, len(tokens) - at - 1), 0, -1):
        phrase = " ".join(tokens[at : at + count])
        bare = fold(phrase.rstrip(":：/／|=＝-–").rstrip())
        labelled = phrase.endswith(LABEL_END) or tokens[at + count].startswith(LABEL_END)
        if bare in words.prefixes or (labelled and (bare in words.labels or bare in words.weak_prefixes)):
            return count
        named = bare in words.given and tokens[at][:1].isupper()  # "Theo Banks, …"
        if bare in words.weak_prefixes and not named and at == 0 and len(tokens) > count + 1:
            return count
    return 0


def before_prefix(token: str, words: Words) -> bool:
    """Whether a word can stand before a byline's "by": a number, a month, a word of dates or of buttons."""
    bare = fold(token.strip(EDGES + ".()"))
    return not bare or bare[0].isdigit() or bare in words.date_words or bare in words.noise or is_month(bare, words)


def _date_length(tokens: list[str], words: Words) -> int:
    """Return how many tokens before others are a date that has a year: "Dec 17, 2025 Jane Doe"."""
    dated = False
    if tokens and fold(tokens[0]) in words.photos:
        return 0  # "edited Dec 17, 2025 Jane Doe"
    for at, token in enumerate(tokens[:9]):
        if dated and fold(token.strip(EDGES + ".")) in words.date_links:
            continue
        if not before_prefix(token, words) or (dated and token[0].isalpha() and is_month(fold(token), words)):
            return at if dated else 0
        dated = dated or YEAR.search(token) is not None
    return 0


def has_date(text: str) -> bool:
    """Whether `text` has a year or a numeric date."""
    return YEAR.search(text) is not None or NUMERIC.search(text) is not None


def undated(tokens: list[str], words: Words) -> list[str]:
    """Return `tokens` without those of dates and times."""
    return [token for token in tokens if not before_prefix(token, words)]


def _without_tail(piece: str, words: Words) -> str:
    """Return one part of a byline up to its date, "min read" or button; empty where it is nothing else."""
    tokens = piece.split()
    whole = fold(piece.strip(EDGES + "."))
    if not whole or whole in words.noise or whole in words.dates or (" " in whole and is_month(whole, words)):
        return ""  # "Thứ Ba", as short a name as others
    tokens = tokens[_date_length(tokens, words) :]
    for at, token in enumerate(tokens):
        if token.lstrip("([（")[:1].isdigit():
            tokens = _without_date_words(tokens[:at], words)
            break
    while len(tokens) > 1 and fold(tokens[-1].strip(EDGES)) in words.dates and (len(tokens) > 2 or tokens[-1].islower()):
        tokens.pop()
    if len(tokens) > 2 and fold(tokens[-1].strip(EDGES + ".")) in words.noise_ends:
        tokens = _without_noise(tokens, words)
    while len(tokens) > 1 and tokens[-1].islower() and tokens[-1] in words.affiliations:
        tokens.pop()
    return " ".join(tokens).strip(EDGES)


def _without_date_words(tokens: list[str], words: Words) -> list[str]:
    """Return what stands before a number without the month and the like before that; a surname may be a month's name in some language."""
    end = len(tokens)
    while end and before_prefix(tokens[end - 1], words):
        if end == 2 < len(tokens) and tokens[1].endswith(",") and fold(tokens[0]) in words.given:
            break
        end -= 1
    return tokens[:end]


def _without_noise(tokens: list[str], words: Words) -> list[str]:
    for count in range(LONGEST, 1, -1):
        if len(tokens) > count and fold(" ".join(tokens[-count:]).strip(EDGES + ".")) in words.noise:
            tokens = tokens[:-count]
    return tokens
