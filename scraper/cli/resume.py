"""Output that survives a kill: every input is entered in a journal, with its bytes, before these are put out.

A run that goes on first makes sure of the bytes entered last. A file of the output folder is written again, whole. Where standard output is
the same file as before, exactly what is missing is appended. Of a pipe or a terminal nobody can know what arrived: there, the one row is
written again.
"""

import contextlib
import os
import sys

from scraper.cli.output import Sink, stdout_offset
from scraper.cli.work import Row
from scraper.errors import Failure, LockedError
from scraper.fetch.journal import Journal, Place, Written


class JournaledSink(Sink, kw_only=True):
    """A sink that enters each outcome in `journal` before it puts it out."""

    journal: Journal

    def write(self, outcome: Row | Failure) -> None:
        """Enter one outcome, then write what it puts out. Raises OutputError."""
        file, data = self.form(outcome)
        written = Written(file, data, stdout_place() if file is None else None)
        if isinstance(outcome, Failure):
            self.journal.enter(outcome.input, outcome.error, written)
        else:
            self.journal.enter(outcome.origin, "record", written)
        self.put(file, data)
        self.journal.settle()

    def finish(self) -> None:
        """Put out what the run before may not have. Raises LockedError where standard output has lost rows of it, else OutputError."""
        written = self.journal.unfinished()
        if written is None:
            return
        data = written.data if written.file is not None else _missing(written.data, written.place)
        self.put(written.file, data)
        self.journal.forget()


def stdout_place() -> Place | None:
    """Return where the next byte of standard output goes, `None` unless it is a regular file."""
    offset = stdout_offset()
    if offset is None:
        return None
    state = os.fstat(sys.stdout.fileno())
    return Place(state.st_dev, state.st_ino, offset)


def _missing(data: bytes, place: Place | None) -> bytes:
    """Return those of the bytes `data`, which were to go to `place`, that standard output does not have."""
    here = stdout_place()
    if place is None or here is None or (here.device, here.inode) != (place.device, place.inode):
        return data
    if here.offset < place.offset:
        raise LockedError("standard output has lost rows that the journal counts: append to it with >>, or name another journal")
    there = _read_stdout(place.offset, len(data))
    if there is None:  # may be written only: what is there is taken for ours
        there = data[: here.offset - place.offset]
    if data.startswith(there) and (len(there) == len(data) or here.offset == place.offset + len(there)):
        return data[len(there) :]
    return b"\n" + data  # others write to this file too


def _read_stdout(offset: int, size: int) -> bytes | None:
    with contextlib.suppress(OSError), open(f"/dev/fd/{sys.stdout.fileno()}", "rb") as file:
        file.seek(offset)
        return file.read(size)
    return None
