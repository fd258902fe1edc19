"""Lists of URLs: one a line, `#` starts a comment."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from scraper.errors import ConfigError

_LONGEST_LINE = 65_536


def read_urls(path: str) -> Iterator[str]:
    """Yield the URLs of the file at `path`, or of standard input for `-`, as they can be read. Raises ConfigError where there is no such
    file."""
    if path == "-":
        yield from _lines(sys.stdin.buffer)
        return
    try:
        with Path(path).open("rb") as file:
            yield from _lines(file)
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the list of URLs: {error.strerror}") from error


def _lines(file: BinaryIO) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE):
        text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if text and not text.startswith("#"):
            yield text.partition(" #")[0].rstrip()
