"""The segments of a printed byline: what separators, commas and "and" part, and what a comma or an "and" leaves whole."""

import re
from typing import Literal

from normalise.byline.printed import MIN_DESK, credit_at, parts
from normalise.byline.roles import ARTICLE, DOMAIN, IDEOGRAPHS, is_organisation, is_role_noun, role_start
from normalise.byline.words import FIRST_HAN, LONGEST, Words, fold

COMMA = re.compile(r"[,،，、]")
ENCLOSED = re.compile(r"(\([^()]{1,200}\))")
HELD = "\u201a"  # a comma's stand-in, which no byline has
COMMAS = re.compile(r"\s*[,،，、]\s*")
SLASH = re.compile(r"\s*[/／]\s*")
INITIALS = re.compile(r"[^\W\d_]\.(?:[ -]?[^\W\d_]\.){0,3}")
HAN_ONLY = re.compile(r"[\u3400-\u9fff]{2,4}")

MAX_STOPPED = 4  # characters of an abbreviation with its full stop: "Jr.", "Ph.D"
POINT = re.compile("[·ㆍ]")
DOTTED = re.compile(r"([\uac00-\ud7af]{2,4}(?:[·ㆍ][\uac00-\ud7af]{2,4}){1,9})(\s[^·ㆍ]{1,40})?")
SIGNS = frozenset(("&", "+", "＆"))
DASHES = frozenset("–—-‒")

Joint = Literal["hard", "dash", "comma", "and"]


def segments(byline: str, words: Words, language: str | None) -> list[tuple[Joint, str]]:
    """Return the byline's segments, each with what joins it to the one before."""
    found: list[tuple[Joint, str]] = []
    listed = ";" in byline
    for joint, part in _parts(byline, words):
        flipped = _first_last(part, words)
        pieces = [flipped] if flipped else _initials_behind(_at_commas(part))
        if listed and len(pieces) == 2 and _is_aside(pieces[1], words):
            pieces = pieces[:1]
        for piece in pieces:
            for sub in _slashed(piece, words):
                for name in _and_split(sub, words, language):
                    found.append((joint, name))
                    joint = "and"
            joint = "comma"
    return found


def _is_aside(piece: str, words: Words) -> bool:
    """Whether what follows a name and a comma in a list with semicolons is a place or an outlet: "Jane Doe, New Harbour; John Roe"."""
    tokens = [fold(token.strip(".")) for token in piece.split()]
    known = words.given | words.roles | words.role_words | words.suffixes | words.agencies | words.organisations
    return bool(tokens) and known.isdisjoint(tokens) and piece[:1].isupper()


def _parts(byline: str, words: Words) -> list[tuple[Joint, str]]:
    """Return what hard separators and labels with a colon ("Fotos:") part, each with whether a dash stands before it."""
    out: list[tuple[Joint, str]] = []
    divided = parts(byline)
    for place in range(0, len(divided), 2):
        part = divided[place]
        joint: Joint = "dash" if place and divided[place - 1].strip() in DASHES else "hard"
        tokens = part.split()
        if ":" not in part and "：" not in part and words.photo_starts.isdisjoint(map(fold, tokens)):
            out.append((joint, " ".join(tokens)))
            continue
        start, at = 0, credit_at(tokens, 0, words)
        while at < len(tokens):
            token = tokens[at]
            colon = token.endswith((":", "：")) or tokens[at + 1 : at + 2] == [":"]  # "Photos : Jane Doe"
            label = colon and fold(token.rstrip(":：")) in words.photos | words.labels | words.editors
            credit = credit_at(tokens, at, words)
            if at and (label or credit > 1 or (credit and IDEOGRAPHS.match(token))):
                out.append((joint, _before_label(tokens[start:at], words)))
                joint, start = "hard", at
            at += max(credit, 1)
        out.append((joint, " ".join(tokens[start:])))
    return out


def _before_label(tokens: list[str], words: Words) -> str:
    """Return what stands before a label without the "and" or the full stop that leads to it: "Jane Doe and photos by John Roe"."""
    if len(tokens) > 2 and (fold(tokens[-1]) in words.ands or tokens[-1] in words.weak_ands):
        tokens = tokens[:-1]
    text = " ".join(tokens)
    return text[:-1] if len(tokens[-1]) > MAX_STOPPED and text[-1] == "." and text[-2].islower() else text


def _at_commas(part: str) -> list[str]:
    """Return what commas part, but for those in parentheses: "Jane Doe (Lyon, correspondent)"."""
    if not COMMA.search(part):
        return [part]
    if "(" in part and len(enclosed := ENCLOSED.split(part)) > 1:
        held = "".join([COMMA.sub(HELD, text) if at % 2 else text for at, text in enumerate(enclosed)])
        return [piece.replace(HELD, ",") for piece in COMMAS.split(held)]
    return COMMAS.split(part)


def _initials_behind(pieces: list[str]) -> list[str]:
    """Return "J. Doe", "R. Roe" for "Doe", "J.", "& Roe", "R."; other pieces as they are."""
    count = len(pieces)
    if count < 4 or count % 2 or not all(INITIALS.fullmatch(piece) for piece in pieces[1::2]):
        return pieces
    return [f"{pieces[at + 1]} {pieces[at].lstrip('&+ ').removeprefix('and ')}" for at in range(0, count, 2)]


def _slashed(piece: str, words: Words) -> list[str]:
    if dotted := DOTTED.fullmatch(piece):  # "박지훈·이수민 기자"
        *names, last = POINT.split(dotted[1])
        return [*names, last + (dotted[2] or "")]
    subs = SLASH.split(piece) if "/" in piece or "／" in piece else [piece]
    return subs[:1] if len(subs) == 2 and " " in subs[0] and " " not in subs[1] and is_organisation(subs[0], words) else subs


def _first_last(part: str, words: Words) -> str | None:
    """Return "Jane Doe" for "Doe, Jane": one comma, a surname before it, given names after."""
    halves = _at_commas(part)
    if len(halves) != 2 or not all(halves):
        return None
    last, first = (half.split() for half in halves)
    surname = [token for token in last if fold(token) not in words.particles]
    if len(surname) != 1 or not 1 <= len(first) <= 2 or IDEOGRAPHS.search(part):
        return None
    if not all(token[:1].isupper() for token in (*surname, *first)) or (len(first[0]) > 2 and first[0].isupper() and "." not in first[0]):
        return None
    plain = [fold(token.strip(".")) for token in (*surname, *first) if len(token) > 2]
    if any((token in words.marked or token in words.suffixes) and token not in words.given for token in plain):
        return None
    if fold(halves[1]) in words.places or DOMAIN.search(part):
        return None
    return " ".join((*first, *last))


def _and_split(piece: str, words: Words, language: str | None) -> list[str]:
    tokens = piece.split()
    han = language is not None and language.startswith("zh")
    if len(tokens) < 2 or not (han or words.glued_ands or tokens[-1] >= FIRST_HAN or _may_join(tokens, words)):
        return [" ".join(tokens)]
    if is_organisation(" ".join(_without_role(tokens, words)), words) and not _people_around_and(tokens, words):
        return [" ".join(tokens[_and_at(tokens, 0, 0, words) :])]
    for mark in words.glued_ands:
        if len(tokens) == 4 and tokens[2].startswith(mark) and len(tokens[2]) > 2:
            return [" ".join(tokens[:2]), f"{tokens[2].removeprefix(mark)} {tokens[3]}"]
    if len(tokens) > 3 and not len(tokens) % 2 and all(word in words.roles for word in tokens[1::2]) and IDEOGRAPHS.match(piece):
        return [" ".join(tokens[at : at + 2]) for at in range(0, len(tokens), 2)]  # "김도윤 기자 이서연 기자"
    if han and (names := _han_names(tokens, words)):
        return names
    out: list[str] = []
    start = at = _and_at(tokens, 0, 0, words)
    while at < len(tokens):
        count = _and_at(tokens, start, at, words)
        if count and at > start and at + count < len(tokens) and not _is_in_role(tokens[start:at], tokens[at + count :], words):
            out.append(" ".join(tokens[start:at]))
            start = at = at + count
        else:
            at += 1
    out.append(" ".join(tokens[start:]))
    return out


def _without_role(tokens: list[str], words: Words) -> list[str]:
    """Return words in capitals without the role that they end in: "JANE ROE AND TOM POE Staff Writers"."""
    end = len(tokens)
    while (
        end > 1
        and tokens[0].isupper()
        and (is_role_noun(word := fold(tokens[end - 1]), words) or (end < len(tokens) and word in words.role_words))
    ):
        end -= 1
    return tokens[:end]


def _han_names(tokens: list[str], words: Words) -> list[str]:
    """Return the names of a row of them without the offices between, "晚报记者 李明 实习生 王芳"; none where it is no such row."""
    offices = words.roles | words.staff | words.prefixes
    names = [token for token in tokens if token not in offices and not (len(token) > MIN_DESK and token.endswith(words.reporters))]
    return names if all(HAN_ONLY.fullmatch(name) for name in names) else []


def _may_join(tokens: list[str], words: Words) -> bool:
    """Whether a word may be an "and": the cheap test that nearly all names fail."""
    folded = [fold(token) for token in tokens]
    return not (words.and_starts.isdisjoint(folded) and words.weak_ands.isdisjoint(folded) and SIGNS.isdisjoint(folded))


def _and_at(tokens: list[str], start: int, at: int, words: Words) -> int:
    token = fold(tokens[at])
    if token in SIGNS:
        return 1
    written = tokens[at] == tokens[at].lower() or (tokens[at].isupper() and all(map(str.isupper, tokens)))  # as the names are
    for count in range(min(LONGEST, len(tokens) - at) if token in words.and_starts else 0, 0, -1):
        if fold(" ".join(tokens[at : at + count])) in words.ands and (written or len(tokens[at]) > 2):
            return count
    if token in words.weak_ands and written:
        left, right = at - start, len(tokens) - at - 1
        return int((left > 1 and right > 1) or (left == 1 and right == 1))
    return 0


def _is_in_role(before: list[str], after: list[str], words: Words) -> bool:
    """Whether an "and" is a role's own: "Jane Doe Editor for Business and Finance"."""
    return len(after) == 1 and bool(role_start(before, words))


def _people_around_and(tokens: list[str], words: Words) -> bool:
    """Whether an "and" of `tokens` has two or more words of a person's name on either side, or an organization's on one: "Department for
    Rivers and The Rt Hon Jane Doe".
    """
    for at, token in enumerate(tokens):
        if fold(token) in words.ands or token == "&":
            sides = (tokens[:at], tokens[at + 1 :])
            named = [not any(fold(t) in words.organisations for t in side) for side in sides]
            if all(named) and all(2 <= len(side) <= 4 for side in sides):
                return True
            if named[0] != named[1] and _is_titled(sides[named.index(True)], words):
                return True
    return False


def _is_titled(tokens: list[str], words: Words) -> bool:
    """Whether words are a person's titles and name: "The Rt Hon Jane Doe MP"."""
    folded = [fold(token) for token in tokens]
    start = int(folded[:1] == [ARTICLE])
    end = start
    while end < len(folded) and folded[end] in words.honorifics:
        end += 1
    return end > start and 2 <= len(tokens) - end <= 4 and all(token[:1].isupper() for token in tokens[end:])
