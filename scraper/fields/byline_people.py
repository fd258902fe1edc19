"""People that an element lists below one another: each a line, below it perhaps a line with the role."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from normalise.article import Author
from normalise.byline import Byline, given_name, has_date, is_role, opens_byline

MAX_ROLE = 100  # characters


def listed_people(lines: Sequence[str], parse: Callable[[str], Byline | None], language: str | None) -> list[Author]:
    """Return the people that two or more lines list, each with the role below; [] where a line is anything else."""
    people: list[Author] = []
    naming = 0
    for line in lines:
        if opens_byline(line, language) == "bare" or (people and has_date(line)):
            continue
        if people and is_role(line, language) and len(line) <= MAX_ROLE and given_name(line) != "known":
            people[-1] = msgspec.structs.replace(people[-1], role=people[-1].role or line)
            continue
        byline = parse(line)
        named = list(_people(byline.authors if byline else []))
        if not named:
            return []
        people += named
        naming += 1
    return people if naming > 1 else []


def _people(authors: Sequence[Author]) -> Iterator[Author]:
    if all(author.kind == "person" and " " in author.name and given_name(author.name) != "unknown" for author in authors):
        yield from authors
