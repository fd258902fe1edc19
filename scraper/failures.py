"""The rows of a run, read back: what failed in it, to be asked for again."""

import base64
import io
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from scraper.errors import ConfigError


class FailedRow(NamedTuple):
    """An input that failed, as its run named it, and the input that it was found `under`, where the row says that."""

    input: str
    under: str | None


def failed_rows(path: str) -> Iterator[FailedRow]:
    """Return the failures among the rows at `path`; records among them are passed over. Raises ConfigError, at once for no such file."""
    try:
        return _failed(open(path, "rb"), path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _failed(file: io.BufferedReader, path: str) -> Iterator[FailedRow]:
    number = 0
    try:
        with file:
            for number, line in enumerate(file, 1):
                row: Any = msgspec.json.decode(line) if line.strip() else {}
                if not isinstance(row, dict):
                    raise ConfigError(f"{path}: line {number} is no row of a run")
                if isinstance(row.get("input"), str):  # a record may have a part of that name
                    under = row.get("under")
                    yield FailedRow(_input(row), under if isinstance(under, str) else None)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: line {number} is no row of a run: {error}") from error


def _input(row: dict[str, Any]) -> str:
    encoded = row.get("input_bytes")
    return os.fsdecode(base64.b64decode(encoded)) if isinstance(encoded, str) else str(row["input"])


def input_bytes(name: str) -> dict[str, str]:
    """Return what a row has beside the name of an input that is no Unicode, such as bytes in a file's name, to find it again."""
    return {} if name.isascii() or _is_unicode(name) else {"input_bytes": base64.b64encode(os.fsencode(name)).decode()}


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
