"""The names of a printed byline: told from roles, outlets, places and one another."""

import re
from typing import Literal

import msgspec

from normalise.article import Author
from normalise.byline.casing import recased
from normalise.byline.printed import EDGES, TRAILING_PARENTHESIS, credit_at, without_prefix
from normalise.byline.roles import ARTICLE, IDEOGRAPHS, bare_words, is_organisation, is_outlet, is_role_noun, role_start
from normalise.byline.segments import Joint, segments
from normalise.byline.words import Words, fold

MAX_PLACE = 3  # words
CLOSING = ")）]】"
FOOTNOTE = re.compile(r"(?<=[^\W\d_]{2})[—–-]?[\d¹²³*†‡§]{1,3}$")
MAX_TOKENS = 7
MAX_ARTICLE = 4  # letters and the space behind them: "The "
MAX_ABBREVIATION = 5  # characters of one that ends in a full stop: "Prof."
UNSPACED_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,5}")


class _Found(msgspec.Struct):
    """An author being read. `joint` is what stood before it."""

    name: str
    kind: Literal["person", "agency", "organization"] = "person"
    role: str | None = None
    other: bool = False  # credited for something other than writing: pictures, editing


class _Reading(msgspec.Struct):
    """What has been read so far of one byline."""

    found: list[_Found] = []
    role: str | None = None  # printed before the name it belongs to
    photos: bool = False  # the names that follow are photographers'


def parse_names(byline: str, words: Words, *, site_name: str | None, language: str | None) -> list[Author]:
    """Return the authors that a printed byline names, in its order, each once."""
    reading = _Reading(found=[])
    if fold(byline) in words.logins:
        return []
    if site_name and fold(byline) == fold(site_name):
        return [Author(name=byline, kind="organization")]
    for joint, segment in _without_dateline(segments(_without_place(byline, words), words, language), words):
        known = len(reading.found)
        _read(reading, joint, segment, words)
        if is_editors(segment, words) or _is_picture_credit(segment, words):
            for author in reading.found[known:]:
                author.other = True
    return _authors(reading.found, words, site_name=site_name, language=language)


def _without_place(byline: str, words: Words) -> str:
    """Return a byline without the place after its last dash: "Jane Doe, Reuters — London". A name or a role there stays."""
    head, dash, tail = max((byline.rpartition(mark) for mark in (" — ", " – ")), key=lambda found: len(found[0]))
    tokens = tail.split()
    if not dash or not tokens or " " not in head or len(tokens) > MAX_PLACE or _is_role(tokens, words, "comma"):
        return byline
    if fold(tail) in words.places:
        return head
    return byline if any(fold(token.strip(EDGES)) in words.given or fold(token) in words.ands for token in tokens) else head


def _without_dateline(found: list[tuple[Joint, str]], words: Words) -> list[tuple[Joint, str]]:
    """Return the segments of a byline without the one word before a dash that leads to a person: "Cairo - Sara Hassan"."""
    if len(found) == 2 and found[1][0] == "dash":
        place, person = found[0][1].split(), found[1][1].split()
        if len(place) == 1 < len(person) and fold(place[0]) not in words.given and fold(person[0]) in words.given:
            return found[1:]
    return found


def _read(reading: _Reading, joint: Joint, segment: str, words: Words) -> None:
    """Read one segment into `reading`: an author, or what it says of the author before."""
    segment = segment.strip(EDGES)
    stripped = without_prefix(segment, words)
    if stripped != segment:
        reading.photos = False
    tokens = _without_desk(_named(stripped, words).split(), words)
    segment = " ".join(tokens)
    whole = fold(segment.strip(".() "))
    before = tokens[0] if tokens and tokens[0].islower() else ""
    placed = before in words.affiliations and before not in words.particles  # "à Rome"
    placed = placed or fold(" ".join(tokens[:2])) in words.affiliations  # "Special to the Courier"
    if (placed or before in words.stops) and (len(tokens) == 1 or before != ARTICLE):
        return
    if not tokens or whole in words.noise or whole in words.dates or whole in words.logins:
        return
    previous = reading.found[-1] if reading.found else None
    if previous and previous.role and joint == "dash" and fold(tokens[0]) not in words.given:
        previous.role = f"{previous.role} – {segment}"  # "Jane Doe, Senior Fellow – Foreign Policy"
        return
    if previous and previous.kind == "person" and joint != "and" and not reading.photos and _is_role(tokens, words, joint):
        _read_role(reading, joint, tokens, words)
        return
    if _is_credit(tokens, joint, words):
        if len(tokens) == 1 and previous:
            previous.other = True
        else:
            reading.photos = True
        return
    if reading.photos or (whole not in words.staff and (whole in words.bounds or tokens[-1][-1] in ":：")):
        return
    if previous and whole not in words.agencies and _is_outlet(tokens, joint, previous, words):
        return
    if previous and joint != "and" and all(fold(token.strip(".,®")) in words.suffixes for token in tokens) and previous.kind == "person":
        previous.name += ", " + segment
    elif whole in words.agencies:
        reading.found.append(_Found(segment.strip("()"), "agency"))
    elif whole in words.staff or (not previous and _is_office(tokens, words)):
        reading.found.append(_Found(segment, "organization"))
    elif _is_role(tokens, words, joint):
        _read_role(reading, joint, tokens, words)
    elif not role_start(tokens, words) and is_organisation(segment, words) and not _end_of_capitals(tokens, words):
        reading.found.append(_Found(segment, "organization"))
    elif not (_is_place(reading, joint, tokens, words) or _is_prose(tokens, words)):
        _read_person(reading, tokens, words)


def _is_credit(tokens: list[str], joint: Joint, words: Words) -> bool:
    """Whether a segment credits a photographer, a translator, a reviewer."""
    if credit_at(tokens, 0, words) or (joint == "comma" and fold(" ".join(tokens)) in words.photos):
        return True
    label, colon, _ = tokens[0].partition("：")
    return bool(colon) and fold(label) in words.photos


def _is_picture_credit(segment: str, words: Words) -> bool:
    """Whether brackets behind a name say that it is a photographer's: "John Roe (Fotos)"."""
    behind = TRAILING_PARENTHESIS.search(segment)
    return behind is not None and fold(behind[0].strip("()[] ")) in words.photos


def is_editors(text: str, words: Words) -> bool:
    """Whether a segment or line labels whoever edited: "Editor: Jane Doe", "（责任编辑：赵敏）"."""
    label, colon, _ = text.strip(EDGES + "([（【").replace("：", ":").partition(":")
    return bool(colon) and fold(label.strip()) in words.editors


def _named(segment: str, words: Words) -> str:
    """Return a segment without trailing parentheses, its affiliation ("for The Times") and a glued role."""
    bare = (TRAILING_PARENTHESIS.sub("", segment) if segment[-1:] in CLOSING else segment).strip(EDGES)
    if bare.count("(") > bare.count(")"):
        bare = bare.partition(" (")[0]
    tokens = (bare or segment).split()
    for at in range(1 if len(tokens) == 3 else 2, len(tokens)):  # "mixmaster in Workshop"
        if _is_affiliation(tokens, at, words) or (tokens[at] == "The" and fold(tokens[0]) in words.given):
            tokens = tokens[:at]
            break
    while len(tokens) > 1 and tokens[-1].islower() and fold(tokens[-1]) in words.tails:
        tokens.pop()
    return " ".join(tokens)


def _is_affiliation(tokens: list[str], at: int, words: Words) -> bool:
    """Whether the words from `at` on say for whom or where a person wrote."""
    word = fold(tokens[at])
    if word in words.affiliation_starts and any(fold(" ".join(tokens[at : at + count])) in words.affiliations for count in (2, 3)):
        return True
    if word not in words.affiliations or any(fold(token) in words.roles for token in tokens[:at]):
        return False
    plain = tokens[at].islower() and word not in words.particles
    titled = at + 1 < len(tokens) and fold(tokens[at + 1]) == "the"
    return (plain or titled) and not is_organisation(" ".join(tokens[:at]), words)


def _is_role(tokens: list[str], words: Words, joint: Joint) -> bool:
    """Whether a segment starts with a role, or after a comma ends with one ("Moscow Correspondent")."""
    bare = bare_words(tokens)
    if is_role_noun(bare[0], words) or (bare[0] in words.role_words and any(is_role_noun(word, words) for word in bare)):
        return True
    return joint == "comma" and is_role_noun(bare[-1], words) and not IDEOGRAPHS.search(tokens[0])


def _is_office(tokens: list[str], words: Words) -> bool:
    """Whether a segment is people by their office only: "The Courier editors"."""
    return len(tokens) > 2 and fold(tokens[0]) == ARTICLE and ":" not in "".join(tokens) and not _is_prose(tokens, words)


def _read_role(reading: _Reading, joint: Joint, tokens: list[str], words: Words) -> None:
    """Read a segment that starts with a role: of the author before, or of the name in or after it."""
    bare = bare_words(tokens)
    end = 0
    while end < len(bare) and (bare[end] in words.role_words or is_role_noun(bare[end], words)):
        end += 1
    rest = tokens[end:]
    is_name = (
        2 <= len(rest) <= 4
        and all(t[:1].isupper() or fold(t) in words.particles for t in rest)
        and end
        and is_role_noun(bare[end - 1], words)
    )
    previous = reading.found[-1] if reading.found else None
    if is_name and not (previous and joint == "comma"):
        reading.found.append(_Found(" ".join(rest), role=" ".join(tokens[:end]).strip(EDGES)))
    elif previous and joint != "and" and previous.kind == "person":
        role = _without_stop(" ".join(tokens))
        previous.role = f"{previous.role}, {role}" if previous.role else role
    elif not previous:
        reading.role = " ".join(tokens)


def _without_stop(role: str) -> str:
    """Return a role without the full stop of the line that it ends: "Senior Contributor."."""
    last = role.rpartition(" ")[2]
    return role[:-1] if last.endswith(".") and last.count(".") == 1 and len(last) > MAX_ABBREVIATION else role


def _is_outlet(tokens: list[str], joint: Joint, previous: _Found, words: Words) -> bool:
    """Whether a segment behind a person is an outlet, by its words; after a comma "in News", or capitals behind a name that has none
    ("NDR SACHSEN") too.
    """
    if joint != "and" and previous.kind == "person" and " " in previous.name and is_outlet(tokens, words):
        return True
    if joint != "comma" or len(tokens) < 2:
        return False
    if len(tokens[0]) > 2 and tokens[0].isupper() and tokens[0].isalpha() and not (previous.name.isupper() or tokens[1].isupper()):
        return True  # "CNN Business"
    if tokens[0].islower() and (tokens[0] in words.affiliations or not tokens[0].isalpha()):  # "in News", "g1 Santos"
        return True
    return (
        previous.kind == "person"
        and min(len(tokens[0]), len(tokens[-1])) < 5
        and " ".join(tokens).isupper()
        and not previous.name.isupper()
    )


def _is_place(reading: _Reading, joint: Joint, tokens: list[str], words: Words) -> bool:
    """Whether a segment after a person is a place or an outlet: a known place, or one word where the names have more."""
    if joint == "and" or not reading.found or IDEOGRAPHS.search(tokens[0]):
        return False
    if fold(" ".join(tokens)) in words.places:
        return True
    name, kind = reading.found[-1].name, reading.found[-1].kind
    return len(tokens) == 1 and (" " in name or kind != "person" or IDEOGRAPHS.search(name) is not None)  # "山本一輝，Courier"


def _is_prose(tokens: list[str], words: Words) -> bool:
    if len(tokens) > MAX_TOKENS or tokens[-1].endswith(("!", "?", "…")):
        return True
    if ":" in tokens[0] or all(fold(token) in words.particles for token in tokens):
        return True
    lower = [token for token in tokens if token[:1].islower() and fold(token) not in words.particles]
    return len(lower) > 3 or (len(tokens) > 1 and any(fold(token) in words.stops for token in lower))


def _read_person(reading: _Reading, tokens: list[str], words: Words) -> None:
    role = reading.role
    reading.role = None
    at = role_start(tokens, words)
    end = _end_of_capitals(tokens, words)
    if end and (not at or end < at):
        tokens = tokens[:end]  # "JANE ROE Post-Ledger Staff"
    elif at:
        role = " ".join(tokens[at:]).strip(EDGES)
        tokens = tokens[:at]
    bare = bare_words(tokens)
    name = " ".join(tokens)
    if len(tokens) > 2 and bare[len(tokens) - 1] in words.agencies:
        reading.found += [_Found(" ".join(tokens[:-1]), role=role), _Found(tokens[-1], "agency")]
        return
    if len(tokens) == 2 and IDEOGRAPHS.search(name) and bare[1] in words.roles:
        name, role = tokens
    if IDEOGRAPHS.search(name):
        for suffix in words.glued_suffixes:
            if name.endswith(suffix) and len(name) - len(suffix) >= (2 if len(suffix) > 1 else 3):  # "陳大文" is a name
                if reading.found and not role:
                    return  # "台北報導": a dateline
                name, role = name[: -len(suffix)].strip(EDGES), role or (suffix if suffix in words.roles else None)
                break
    if IDEOGRAPHS.search(name) and any(map(str.isdigit, name)):
        return
    if any(c.isalpha() for c in name) and not all(word in words.noise for word in bare):
        reading.found.append(_Found(name, role=role))


def _end_of_capitals(tokens: list[str], words: Words) -> int:
    """Return where a person's name in capitals ends and other words follow, 0 where it is none or nothing does."""
    end = next((at for at, token in enumerate(tokens) if not token.isupper()), 0)
    if end < 2 or len(tokens[0]) < 2 or fold(tokens[0]) not in words.given or not tokens[end][:1].isupper():
        return 0
    return end if fold(tokens[end]) not in words.particles else 0


def _without_desk(tokens: list[str], words: Words) -> list[str]:
    """Return the words of a name in ideographs or Hangul without the desk or outlet before it: "社会部 田中健一", "한강일보=박지훈 기자",
    "聯合報 記者陳小華".
    """
    if not tokens or not IDEOGRAPHS.search(tokens[0]):
        return tokens
    if "=" in tokens[0]:
        tokens = [tokens[0].rpartition("=")[2].strip(EDGES + "()[]"), *tokens[1:]]
    if len(tokens) < 2:
        return tokens
    first, second = tokens[0], tokens[1]
    if second.startswith(words.glued_prefixes) and without_prefix(second, words) != second:
        return [without_prefix(second, words), *tokens[2:]]
    glued = len(first) > 3 and first.endswith(words.glued_suffixes)
    desk = glued or fold(first) in words.staff | words.agencies or is_organisation(first, words)
    if desk and UNSPACED_NAME.fullmatch(second) and fold(second) not in words.staff | words.roles and not is_organisation(second, words):
        return tokens[1:]
    return tokens


def _authors(found: list[_Found], words: Words, *, site_name: str | None, language: str | None) -> list[Author]:
    """Return the authors: organizations only where nobody is a person, photographers and editors only where nobody else is."""
    writers = [author for author in found if not author.other] or found
    people = any(author.kind == "person" and not _same(author.name, site_name) for author in writers)
    out: dict[str, Author] = {}
    for author in writers:
        kind = "organization" if author.kind == "person" and _same(author.name, site_name) else author.kind
        if kind == "organization" and people:
            continue
        name = _final_name(author.name, words)
        if kind == "person":
            name = _without_initials(name, site_name)
            name = recased(name, words, language)
        if any(map(str.isalpha, name)):
            out.setdefault(fold(name), Author(name=name, role=author.role, kind=kind))
    return list(out.values())


def _same(name: str, site_name: str | None) -> bool:
    """Whether a name is the site's, with or without the article before it: "Gazette" of "The Gazette"."""
    if not site_name:
        return False
    own, site = fold(name), fold(site_name)
    if own == site:
        return True
    longer, shorter = max(own, site, key=len), min(own, site, key=len)
    return " " in longer and len(longer) - len(shorter) <= MAX_ARTICLE and longer.partition(" ")[2] == shorter


def _without_initials(name: str, site_name: str | None) -> str:
    """Return a name without the initials of the site that stand behind it: "Jane Doe CP" on "City Post"."""
    *rest, last = name.split()
    site = (site_name or "").split()
    if len(rest) < 2 or len(last) < 2 or last != "".join(word[0] for word in site).upper():
        return name
    return " ".join(rest)


def _is_abbreviation(word: str, words: Words) -> bool:
    return word in words.suffixes or word in words.organisations


def _final_name(name: str, words: Words) -> str:
    name = name.strip(EDGES)
    if " " in name and not name[-1].isalpha():
        name = FOOTNOTE.sub("", name)
    if name.endswith("."):
        last = name.split()[-1]
        bare = last.strip(".")
        if len(last) > 3 and last.count(".") == 1 and (bare.isupper() or not _is_abbreviation(fold(bare), words)):
            name = name.rstrip(". ")
    return name
