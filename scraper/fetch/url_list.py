"""Lists of URLs: one a line, `#` starts a comment."""

import codecs
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from scraper.errors import ConfigError

_LONGEST_LINE = 65_536
_BYTE = re.compile("[\udc80-\udcff]")


def read_urls(path: str) -> Iterator[str]:
    """Return the URLs of the file at `path`, or of standard input for `-`, as they can be read. Raises ConfigError, at once where there is
    no such file."""
    try:
        # Not `sys.stdin` itself: at its end the interpreter would wait for the thread that reads it, and die of that.
        file = open(sys.stdin.fileno(), "rb", closefd=False) if path == "-" else Path(path).open("rb")  # noqa: SIM115 - closed by whoever draws
    except OSError as error:
        raise _unreadable(path, error) from error
    return _urls(file, path)


def _urls(file: io.BufferedReader, path: str) -> Iterator[str]:
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


def _lines(file: io.BufferedReader) -> Iterator[str]:
    is_utf_16 = file.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as some Windows programs write lists
    with io.TextIOWrapper(file, *(("utf-16", "replace") if is_utf_16 else ("utf-8-sig", "surrogateescape"))) as lines:
        while line := lines.readline(_LONGEST_LINE):
            rest = line
            while len(rest) == _LONGEST_LINE and not rest.endswith("\n"):  # one line is one URL, however long
                rest = lines.readline(_LONGEST_LINE)
            text = percent_encoded(line).strip()
            if text and not text.startswith("#"):
                yield text.partition(" #")[0].rstrip()
