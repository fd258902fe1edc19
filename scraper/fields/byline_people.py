"""Whether what a line says are people, and those that an element lists below one another, each perhaps with a role."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from normalise.article import Author
from normalise.byline import Byline, given_name, has_date, is_role, opens_byline
from normalise.byline.names import UNSPACED_NAME
from scraper.fields.byline_lines import MAX_BARE

MAX_ROLE = 100  # characters
MAX_PLACE = 20
DASHES = ("-", "–", "—")


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


def may_head(byline: Byline) -> bool:
    """Whether a heading that starts as a byline does is one: "By Jane Doe", and not "By weight"."""
    people = [author.name for author in byline.authors if author.kind == "person"]
    named = any((" " in name and name[0].isupper()) or given_name(name) != "unknown" for name in people)
    return named or len(people) < len(byline.authors)


def are_names(byline: Byline, *, alone: bool = False) -> bool:
    """Whether a line is nothing but people's names of two words or more; unless `alone`, perhaps with the outlet or agency behind them."""
    people = [author for author in byline.authors if author.kind == "person"]
    names = [author.name for author in people]
    if not people or any(author.kind == "organization" or alone for author in byline.authors if author.kind != "person"):
        return False
    if len(byline.byline) > sum(
        len(author.name) + len(author.role or "") + 8 for author in byline.authors
    ):  # more than names: "Jane Doe in Project Management"
        if len(byline.byline) > MAX_BARE or (len(names) > 1 and alone):
            return False
        printed = byline.byline.casefold()
        before, _, behind = printed.partition(names[0].casefold())
        behind = printed.rpartition(names[-1].casefold())[2] if len(names) > 1 else behind
        placed = len(before) <= MAX_PLACE and not behind and before.rstrip().endswith(DASHES)  # "Cairo - Sara Hassan"
        known = not alone and all(given_name(name) == "known" for name in names)
        if not (known and placed) and (before or not (behind.startswith((" ", ",")) if known else behind[:1] == " " and len(names) == 1)):
            return False
    if all(author.role and UNSPACED_NAME.fullmatch(author.name) for author in people):  # "김민수 기자"
        return True
    return all(map(is_full_name, names))


def is_full_name(name: str) -> bool:
    """Whether a name has two to four words, the first and the last of them capitalised, or in a script without capitals a known first
    name.
    """
    words = name.split()
    if not 2 <= len(words) <= 4:
        return False
    first, last = name[0], words[-1][0]
    if first.isupper() and last.isupper():
        return True
    return first.isalpha() and not (first.islower() or last.islower()) and given_name(name) == "known"


def are_agencies(byline: Byline) -> bool:
    """Whether a line names agencies only."""
    return all(author.kind == "agency" for author in byline.authors)
