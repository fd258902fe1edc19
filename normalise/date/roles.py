"""What the words beside a date say that it is: published, modified, or none of the article's."""

from normalise.date.line import Line
from normalise.date.read import Dated
from normalise.date.types import Role
from normalise.date.words import words

_REACH, _REACH_BEHIND = 8, 5  # tokens before and behind a date in which a phrase may stand


def role_of(line: Line, dated: Dated, behind: int) -> tuple[Role | None, int]:
    """Return the role of the nearest phrase before the date, from token `behind` on, or of the word right behind it where the language
    puts it there; and the index behind all that.
    """
    nearest: Role | None = None
    i = max(behind, dated.start - _REACH)
    while i < dated.start:
        role, count = _phrase_at(line, i, dated.start)
        if role:
            nearest = role
        i += count
    if nearest is not None:
        return nearest, dated.end
    for i in range(dated.end, min(dated.end + _REACH_BEHIND, len(line.tokens))):
        role = words().after.get(line.at(i).text)
        if role and not (line.has_use(i + 1, ("on",)) or line.is_mark(i + 1, ":")):  # "aktualisiert am" speaks of the next date
            return role, i + 1
        if line.at(i).kind == "number" or line.is_mark(i, ".,|"):
            break
    return None, dated.end


def _phrase_at(line: Line, i: int, end: int) -> tuple[Role | None, int]:
    for phrase, role in words().phrases.get(line.at(i).text.split(" ")[0], ()):
        if i + len(phrase) <= end and " ".join(line.at(i + k).text for k in range(len(phrase))).startswith(" ".join(phrase)):
            return role, len(phrase)
    return None, 1
