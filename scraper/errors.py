"""Every way in which clip says no.

    ClipError                     base: one line that says what happened and what to do
    ├── ConfigError               settings or usage; exit code 2
    ├── OutputError               the output cannot be written; exit code 3
    ├── LockedError               the output is in use, or made from other input or settings; exit code 4
    └── InputError                one input failed; carries a code of CODES; the run goes on

A failed input becomes a `Failure` row: the same facts, picklable and printable.
"""

from typing import Literal, get_args

import msgspec

Code = Literal[
    "not-found",  # no such path
    "unreadable",  # permission, I/O error, not a regular file
    "wrong-type",  # neither HTML nor text, by content
    "too-large",  # over a size limit, before or after decompression
    "damaged",  # an archive, coding or record is broken
    "timeout",  # over the deadline for the page or the fetch
    "memory",  # over the memory limit
    "crash",  # the worker died; the message has the signal
    "bad-url",  # not a URL that can be fetched
    "blocked",  # address or scheme refused
    "robots",  # robots.txt disallows it
    "network-error",  # connection, framing or truncation
    "tls-error",  # certificate or handshake
    "http-error",  # a 4xx or 5xx answer
    "redirect-error",  # loop, or too many
    "not-modified",  # 304 to a conditional request
    "unsplit",  # the page was asked to be split or joined and could not be
    "internal",  # a defect in clip; please report it
]
CODES: tuple[str, ...] = get_args(Code)


class ClipError(Exception):
    """Base of all errors raised on purpose."""


class ConfigError(ClipError):
    """A setting, option or rule is wrong."""


class OutputError(ClipError):
    """The output cannot be written."""


class LockedError(ClipError):
    """The output is locked, or was made from other input or settings."""


class InputError(ClipError):
    """One input failed."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(code, message)  # as it was called: so it can be pickled
        self.code = code

    def __str__(self) -> str:
        return str(self.args[1])


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """The row of an input that gave no record."""

    input: str
    error: Code
    message: str

    def to_json(self) -> bytes:
        """Return the row as RFC 8785 bytes, without a final newline."""
        return msgspec.json.encode(self, order="sorted")
