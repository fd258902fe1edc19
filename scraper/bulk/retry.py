"""Failures as input: the file that a run leaves, read back to clean just those pages again."""

import base64
import functools
import os
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import msgspec

from scraper.errors import ConfigError, Failure
from scraper.page import Page
from scraper.readers import Found

_PLACE = re.compile(r"(@\d{1,19}(?:\+\d{1,19})?|:\d{1,12})$")


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

    A page that is asked for and is in what cannot be read, or not there any more, gives a failure.
    """
    missing = set(_by_file(only).get(argument, ())) - {argument}
    holders = {argument, *(holder for name in missing for holder in _around(name)[1:])}
    for each in found:
        origin = each.input if isinstance(each, Failure) else each.origin or argument
        within = [name for name in missing if _is_in(name, origin)] if isinstance(each, Failure) and origin in holders else []
        if within or asked(origin, argument, only):
            missing.difference_update(within, _around(origin))
            yield each, origin
    for name in sorted(missing):
        yield Failure(input=name, error="not-found", message="not in it any more"), name


def _is_in(name: str, holder: str) -> bool:
    """Say whether a page is in the file, archive or table `holder`."""
    return name.startswith((f"{holder}!/", f"{holder}@", f"{holder}:"))


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
    """What a failures file names: files, in order and once each, the origins of pages, and the inputs that the files were found under."""

    inputs: tuple[str, ...]
    only: frozenset[str]
    roots: dict[str, str]


def failed_inputs(path: str) -> Failed:
    """Return what a failures file names. Raises ConfigError."""
    origins: list[str] = []
    roots: dict[str, str] = {}
    try:
        with open(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    row = msgspec.json.decode(line)
                    origins.append(_origin(row, number))
                    if isinstance(row.get("under"), str):
                        roots[parted(origins[-1])[0]] = row["under"]
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"{path}: no file of failures: {error}") from None
    return Failed(tuple(dict.fromkeys(parted(origin)[0] for origin in origins)), frozenset(origins), roots)


def root_of(path: str, inputs: Collection[str]) -> str:
    """Return the input that the file at `path` was found under: itself, or a folder."""
    folder = path
    while folder and folder not in inputs and os.path.join(folder, "") not in inputs:
        above = os.path.dirname(folder)
        folder = "" if above == folder else above
    return (folder if folder in inputs else os.path.join(folder, "")) if folder else path


def _origin(row: Any, number: int) -> str:
    origin = row.get("input") if isinstance(row, dict) else None
    if not isinstance(origin, str):
        raise ConfigError(f"line {number} names no input")
    encoded = row.get("input_bytes")
    return os.fsdecode(base64.b64decode(encoded)) if isinstance(encoded, str) else origin
