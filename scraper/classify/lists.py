"""The lists of `scraper/data/furniture.toml`, read once."""

import tomllib
from functools import cache
from importlib.resources import files


def lines_of(kind: str) -> list[str]:
    """Return a list as the file has it."""
    return _lists()[kind]


@cache
def words_of(kind: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(lines_of(kind))


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads((files("scraper") / "data" / "furniture.toml").read_text("utf-8"))
