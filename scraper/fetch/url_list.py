"""Lists of URLs: one a line, `#` starts a comment."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from scraper.errors import ConfigError

_LONGEST_LINE = 65_536
_BYTE = re.compile("[\udc80-\udcff]")


def read_urls(path: str) -> Iterator[str]:
    """Return the URLs of the file at `path`, or of standard input for `-`, as they can be read. Raises ConfigError, at once where there is
    no such file."""
    try:
        file = sys.stdin.buffer if path == "-" else Path(path).open("rb")  # noqa: SIM115 - closed by whoever draws the URLs
    except OSError as error:
        raise _unreadable(path, error) from error
    return _urls(file, path)


def _urls(file: BinaryIO, path: str) -> Iterator[str]:
    try:
        with file:
            yield from _lines(file)
    except OSError as error:
        raise _unreadable(path, error) from error


def percent_encoded(url: str) -> str:
    """Return a URL with its bytes that are no UTF-8, which Python holds as halves of surrogate pairs, written as %XX."""
    return _BYTE.sub(lambda found: f"%{ord(found[0]) - 0xDC00:02X}", url)


def _unreadable(path: str, error: OSError) -> ConfigError:
    return ConfigError(f"{path}: cannot read the list of URLs: {error.strerror}")


def _lines(file: BinaryIO) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE):
        text = percent_encoded(line.decode("utf-8", "surrogateescape")).strip().lstrip("\ufeff")
        if text and not text.startswith("#"):
            yield text.partition(" #")[0].rstrip()
