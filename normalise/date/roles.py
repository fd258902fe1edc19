"""What the words beside a date say that it is: published, modified, or none of the article's."""

from normalise.date.fold import fold
from normalise.date.line import Line
from normalise.date.read import Dated
from normalise.date.tokens import Token
from normalise.date.types import Role
from normalise.date.words import may_label, role_heads, words

_REACH, _REACH_BEHIND = 8, 5  # tokens before and behind a date in which a phrase may stand
_LONGEST_LABEL = 40  # characters of a line that only says what the date in the next one is
_LONGEST_OPENING = 60  # characters of a sentence in which it says that it speaks of its page


def role_of_label(text: str) -> Role | None:
    """Return what a line of its own says of the date in the next one: "Published", "Last updated:"; `None` where it says more or less."""
    if not 0 < len(text) <= _LONGEST_LABEL or not may_label(text):
        return None
    line = Line(text)
    role, count = _phrase_at(line, 0, line.count)
    rest = range(count, line.count)
    return role if role and all(line.at(i).kind == "mark" or line.has_use(i, ("on",)) for i in rest) else None


def speaks_of_page(text: str) -> bool:
    """Tell whether a sentence opens with words that mean its own page: "This entry was posted in …"."""
    return fold(text[:_LONGEST_OPENING]).startswith(words().openings)


def may_have_roles(tokens: list[Token]) -> bool:
    """Tell whether any of the tokens can open a phrase that gives a date a role: a quick no for most lines."""
    texts = [token.text for token in tokens]
    return not role_heads().isdisjoint(texts) or any(" " in text for text in texts)


def role_of(line: Line, dated: Dated, behind: int) -> tuple[Role | None, int]:
    """Return the role of the nearest phrase before the date, from token `behind` on, or of the word right behind it where the language
    puts it there; and the index behind all that.
    """
    nearest: Role | None = None
    i = max(behind, dated.start - _REACH)
    while i < dated.start:
        role, count = _phrase_at(line, i, dated.start)
        if role and _ends_compound(line, i):
            role, count = None, 1
        nearest = role or nearest
        i += count
    if nearest is not None:
        return nearest, dated.end
    after = words().after
    for i in range(dated.end, min(dated.end + _REACH_BEHIND, line.count)):
        token = line.tokens[i]
        role = after.get(token.text)
        if role and not (line.has_use(i + 1, ("on",)) or line.is_mark(i + 1, ":")):  # "aktualisiert am" speaks of the next date
            return role, i + 1
        if token.kind == "number" or line.is_mark(i, ".,|"):
            break
    return None, dated.end


def _ends_compound(line: Line, i: int) -> bool:
    """Tell whether token `i` is the last part of a hyphened name: "the Budget-Update"."""
    return line.is_mark(i - 1, "-") and line.adjacent(i) and line.adjacent(i - 1)


def _phrase_at(line: Line, i: int, end: int) -> tuple[Role | None, int]:
    head = line.tokens[i].text
    for phrase, count, role in words().phrases.get(head.split(" ")[0] if " " in head else head, ()):
        if count == 1 or (i + count <= end and " ".join([token.text for token in line.tokens[i : i + count]]).startswith(phrase)):
            return role, count
    return None, 1
