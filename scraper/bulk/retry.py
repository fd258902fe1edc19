"""Failures as input: the file that a run leaves, read back to clean just those pages again."""

import functools
import math
import os
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from scraper.errors import ConfigError, Failure
from scraper.failures import failed_rows
from scraper.page import Page
from scraper.readers import Found

_OFFSET = r"\d{1,19}(?:\+\d{1,19})?"  # of a record, or of its member and within that
_PLACE = re.compile(rf"(@{_OFFSET}(?:-(?:{_OFFSET})?)?|:\d{{1,12}})$")
_STRETCH = re.compile(rf"@({_OFFSET})(-)?({_OFFSET})?$")


def parted(origin: str) -> tuple[str, str | None]:
    """Return the file of an origin, and the place in it: a member of an archive, an offset in a crawl, a row of a table."""
    path, mark, member = origin.partition("!/")
    if mark and not os.path.lexists(origin):
        return path, member
    place = _PLACE.search(origin)
    if place and not os.path.lexists(origin):
        return origin[: place.start()], place[1]
    return origin, None


def asked(origin: str, argument: str, only: frozenset[str]) -> bool:
    """Whether a page of the file `argument` is wanted: all are where `only` is empty, else those that it names, alone or with all of the
    file or archive that they are in."""
    return not only or argument in only or not only.isdisjoint(_around(origin))


def wanted(found: Iterator[Found | Page | Failure], argument: str, only: frozenset[str]) -> Iterator[tuple[Found | Page | Failure, str]]:
    """Yield, with its origin, what `only` asks for of what was found at the input `argument`; all of it where `only` is empty.

    A page that is asked for and is in what cannot be read, or not there any more, gives a failure. Where a stretch of a crawl failed, all
    that is there now is asked for.
    """
    missing = set(_by_file(only).get(argument, ())) - {argument}
    holders = {argument, *(holder for name in missing for holder in _around(name)[1:])}
    stretches = [name for name in missing if (stretch := _STRETCH.search(name)) and stretch[2]]
    for each in found:
        origin = each.input if isinstance(each, Failure) else each.origin or argument
        within = [name for name in missing if _is_in(name, origin)] if isinstance(each, Failure) and origin in holders else []
        within += [name for name in stretches if _overlap(name, origin)]
        if within or asked(origin, argument, only):
            missing.difference_update(within, _around(origin))
            yield each, origin
    for name in sorted(missing):
        yield Failure(input=name, error="not-found", message="not in it any more"), name


def _is_in(name: str, holder: str) -> bool:
    """Say whether a page is in the file, archive or table `holder`."""
    return name.startswith((f"{holder}!/", f"{holder}@", f"{holder}:"))


def _overlap(name: str, origin: str) -> bool:
    """Say whether a record or a stretch of a crawl has part in the stretch `name`."""
    one, other = _STRETCH.search(name), _STRETCH.search(origin)
    if not one or not other or name[: one.start()] != origin[: other.start()]:
        return False
    (start, end), (first, last) = map(_bounds, (one, other))
    return start <= first < end or first < start < last


def _bounds(stretch: re.Match[str]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    start = _offset(stretch[1])
    return start, (_offset(stretch[3]) if stretch[3] else (math.inf,) if stretch[2] else start)


def _offset(text: str) -> tuple[float, ...]:
    return tuple(map(int, text.split("+")))


@functools.lru_cache(maxsize=1)
def _by_file(only: frozenset[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name in only:
        names.setdefault(parted(name)[0], []).append(name)
    return names


def _around(origin: str) -> list[str]:
    """Return what a page may be asked for by: its own name, that of its table, those of the archives that it is in."""
    members = origin.split("!/")
    return [origin, _PLACE.sub("", origin), *("!/".join(members[:depth]) for depth in range(2, len(members)))]


class Failed(NamedTuple):
    """What the failures of a run name: files, in order and once each, the origins of pages, the inputs that the files were under."""

    inputs: tuple[str, ...]
    only: frozenset[str]
    roots: dict[str, str]


def failed_inputs(path: str) -> Failed:
    """Return what the rows of a run name that failed. Raises ConfigError, also where none did."""
    rows = list(failed_rows(path))
    if not rows:
        raise ConfigError(f"{path}: no row of it is a failure")
    files = [parted(row.input)[0] for row in rows]
    roots = {file: row.under for file, row in zip(files, rows, strict=True) if row.under is not None}
    return Failed(tuple(dict.fromkeys(files)), frozenset(row.input for row in rows), roots)


def root_of(path: str, inputs: Collection[str]) -> str:
    """Return the input that the file at `path` was found under: itself, or a folder."""
    folder = path
    while folder and folder not in inputs and os.path.join(folder, "") not in inputs:
        above = os.path.dirname(folder)
        folder = "" if above == folder else above
    return (folder if folder in inputs else os.path.join(folder, "")) if folder else path
