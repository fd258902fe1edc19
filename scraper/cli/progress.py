"""How a list of URLs is getting on: one line on the terminal that is written over, a table at the end, a line of JSON for each try."""

import contextlib
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO

import msgspec

from scraper.cli.output import say
from scraper.errors import OutputError
from scraper.fetch.watch import Attempt, Standing

_EVERY = 0.5  # seconds between two states of the line
_LONGEST = 1 << 20  # bytes of a line of the log
_LINE = b'{"time":'  # how it begins


class Progress:
    """Shows a `Standing` on standard error while that is a terminal, counts outcomes for the table, and keeps the log."""

    def __init__(self, log: Path | None = None) -> None:
        self.standing = Standing()
        self._outcomes: Counter[str] = Counter()
        self._start = self._shown = time.monotonic()
        self._live = sys.stderr.isatty()
        self._encoder = msgspec.json.Encoder()
        self._log: IO[bytes] | None = None
        self._path = log
        try:
            if log is not None:
                _end_line(log)
                self._log = log.open("ab")
        except OSError as error:
            raise OutputError(f"{log}: cannot be the log: {error.strerror}") from error

    def attempt(self, attempt: Attempt) -> None:
        """Take in one try; called from the fetching thread. Raises OutputError."""
        if attempt.last:
            self._outcomes[attempt.outcome] += 1
        if self._log is not None:
            try:
                self._log.write(self._encoder.encode(attempt) + b"\n")
                self._log.flush()
            except OSError as error:
                raise OutputError(f"{self._path}: cannot be written: {error.strerror}") from error

    def show(self) -> None:
        """Write the line anew, if it is time."""
        now = time.monotonic()
        if self._live and now - self._shown >= _EVERY:
            self._shown = now
            sys.stderr.write(f"\r\x1b[K{progress_line(self.standing, now - self._start)}")
            sys.stderr.flush()

    def close(self, *, table: bool) -> None:
        """Clear the line and close the log; write the table of outcomes where it is wanted or a terminal shows it."""
        if self._live:
            sys.stderr.write("\r\x1b[K")
        if self._log is not None:
            with contextlib.suppress(OSError):  # of a line that could not be written
                self._log.close()
        if table or (self._live and self._outcomes.total() > 1):
            for line in summary(self._outcomes, time.monotonic() - self._start):
                say(line)


def _end_line(log: Path) -> None:
    """Cut off a line of a log that a kill left without its end; another program's last line is ended instead."""
    if not log.is_file():
        return
    with log.open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LONGEST))
        rest = file.read().rpartition(b"\n")[2]
        if rest.startswith(_LINE[: len(rest)]):
            file.truncate(size - len(rest))
        else:
            file.write(b"\n")


def progress_line(standing: Standing, seconds: float) -> str:
    """Return "120 of 1000 done, 3 failed, 14.2 per second, 880 remaining, 12 hosts waiting"."""
    total = "" if standing.total is None else f" of {standing.total}"
    remaining = "" if standing.total is None else f", {standing.total - standing.done} remaining"
    rate = standing.done / seconds if seconds > 0 else 0.0
    return f"{standing.done}{total} done, {standing.failed} failed, {rate:.1f} per second{remaining}, {standing.hosts} hosts waiting"


def summary(outcomes: Counter[str], seconds: float) -> list[str]:
    """Return the lines of the table of outcomes, the most frequent first."""
    total = sum(outcomes.values())
    width = max((len(name) for name in outcomes), default=0)
    rows = [f"  {name:<{width}}  {count:>8}" for name, count in sorted(outcomes.items(), key=lambda entry: (-entry[1], entry[0]))]
    return [f"{total} URLs in {seconds:.1f} s", *rows]
