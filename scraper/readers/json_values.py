"""The values of a JSON document one by one: an array of a million rows needs the memory of one. Of each only its extent is told here."""

import codecs
import re
from collections.abc import Iterator

from scraper.errors import InputError
from scraper.readers.source import Source

_PIECE = 1 << 18
_QUOTED = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)  # what is left of a string, up to its quote or the end of the piece
_MARK = re.compile(rb'["{}\[\],]')


def json_values(source: Source, limit: int) -> Iterator[bytes | None]:
    """Yield the bytes of every element of an array, or of every object of a document of several; `None` for one longer than `limit`,
    which is passed over.

    What stands where no value may is yielded as one: that it is none shows when it is decoded. Raises InputError (`damaged`) where the
    document ends early.
    """
    scan = _Scan(limit)
    if source.head(3) == codecs.BOM_UTF8:
        source.read(3)
    while data := source.read(_PIECE):
        yield from scan.values(scan.held + data)
    yield from scan.end()


class _Scan:
    """Where in the document the pieces so far end."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = b""  # half of an escape, to be read with the next piece
        self._value = bytearray()  # what came of the value in hand in earlier pieces
        self._dropped = self._quoted = False
        self._depth = self._rows = 0  # of brackets, and of those that rows stand in: 1 in an array

    def values(self, data: bytes) -> Iterator[bytes | None]:
        """Yield the values that end in this piece."""
        start = place = 0
        self.held = b""
        while place < len(data):
            if self._quoted:
                place = self._rest_of_string(data, place)
                if self.held:
                    break
                continue
            mark = _MARK.search(data, place)
            if mark is None:
                break
            place = mark.end()
            if (end := self._pass(mark)) is not None:
                yield from self._ended(data[start:end])
                start = place
        self._keep(data[start : len(data) - len(self.held)])

    def _rest_of_string(self, data: bytes, place: int) -> int:
        """Return where the string ends, or else the piece."""
        rest = _QUOTED.match(data, place)
        end = rest.end() if rest else place
        if data[end : end + 1] == b"\\":
            self.held = data[end:]
        elif end < len(data):
            self._quoted = False
            end += 1
        return end

    def _pass(self, mark: re.Match[bytes]) -> int | None:
        """Take in one mark; return where the value before it ends, `None` where it goes on."""
        match mark.group():
            case b'"':
                self._quoted = True
            case b"{" | b"[" as bracket:
                self._depth += 1
                if self._depth == 1 and bracket == b"[":
                    self._rows = 1
                    return mark.start()
            case b",":
                return mark.start() if self._depth == self._rows else None
            case _ if self._depth == self._rows:  # the end of the array, or of what never began
                self._depth = self._rows = 0
                return mark.start()
            case _:
                self._depth -= 1
                return mark.end() if self._depth == self._rows == 0 else None
        return None

    def _keep(self, data: bytes) -> None:
        self._dropped = self._dropped or len(self._value) + len(data) > self.limit
        self._value = bytearray() if self._dropped else self._value + data

    def _ended(self, data: bytes) -> Iterator[bytes | None]:
        self._keep(data)
        if self._dropped or self._value.strip():
            yield None if self._dropped else bytes(self._value)
        self._value, self._dropped = bytearray(), False

    def end(self) -> Iterator[bytes | None]:
        """Yield what is whole at the end. Raises InputError where the document is not."""
        if self._depth == self._rows:
            yield from self._ended(b"")
        if self._depth:
            raise InputError("damaged", "JSON that ends early: what follows its last whole row is lost")
