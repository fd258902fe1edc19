"""Where rows go: standard output, or a folder that mirrors the inputs."""

import contextlib
import os
import stat
import sys
from pathlib import Path

import msgspec

from scraper.cli.work import Row
from scraper.errors import ConfigError, Failure, OutputError
from scraper.failures import input_bytes
from scraper.page import printable
from scraper.terminal import escape


class OutputClosedError(Exception):
    """Whoever read standard output has gone."""


def say(message: str) -> None:
    """Write one line to standard error; control characters in it are escaped."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"clip: {escape(message)}\n")
        sys.stderr.flush()


def write_stdout(data: bytes) -> None:
    """Write `data` whole and flush it; of a file, cut off again what was written in part. Raises OutputClosedError or OutputError."""
    offset = stdout_offset()
    try:
        rest = memoryview(data)
        while rest:  # an unbuffered stream may take a part, as on a disk that fills up
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise OutputClosedError from error
    except OSError as error:
        if offset is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(sys.stdout.fileno(), offset)
        raise OutputError(f"standard output: {error.strerror}") from error


def stdout_offset() -> int | None:
    """Return where in its file the next byte of standard output goes, `None` unless it is a regular file."""
    try:
        descriptor = sys.stdout.fileno()
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            return None
        return state.st_size if _appends(descriptor) else os.lseek(descriptor, 0, os.SEEK_CUR)
    except (OSError, ValueError):
        return None


def _appends(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    return bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND)


class Folder:
    """One file per input under `root`. A file appears whole or not at all, and none is overwritten unless `force` says so.

    `skip_existing` is `None` for a command that has no such option.
    """

    def __init__(self, root: Path, *, force: bool = False, skip_existing: bool | None = None) -> None:
        if force and skip_existing:
            raise ConfigError("--force and --skip-existing exclude each other")
        self.root, self.force, self.skip_existing = root, force, skip_existing
        self._written: set[str] = set()
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{root}: cannot be the output folder: {error.strerror}") from error

    def claim(self, name: str) -> bool:
        """Say whether the file `name` is to be made: False where it exists and may stay.

        Raises OutputError where it exists and must not be overwritten, or was made by this very run.
        """
        if name in self._written:
            raise OutputError(f"{self.root / name}: two inputs would be written here: --parents keeps their folders apart")
        self._written.add(name)
        if not os.path.lexists(self.root / name) or self.force:
            return True
        if self.skip_existing:
            return False
        keep = "" if self.skip_existing is None else " or --skip-existing to keep it"
        raise OutputError(f"{self.root / name}: exists already: use --force to overwrite{keep}")

    def write(self, name: str, data: bytes) -> None:
        """Write `data` to the file `name` by way of a temporary file beside it. Raises OutputError."""
        target = self.root / name
        partial = target.with_name(f".{os.getpid()}.tmp")  # the name itself may have no room for more
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(data)
            partial.replace(target)
        except OSError as error:
            raise OutputError(f"{target}: cannot be written: {error.strerror}") from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink()

    def holds(self, path: str) -> bool:
        """Say whether `path` lies in this folder, so that a run does not read what it writes."""
        return lies_in(path, self.root)


def lies_in(path: str | Path, folder: str | Path) -> bool:
    """Say whether `path` is somewhere below `folder`, whatever links lead there."""
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


class Sink(msgspec.Struct):
    """Where rows go: a file each in `folder`, else standard output. Where rows are not JSON, failures are only named on standard error."""

    folder: Folder | None = None
    suffix: str = ".json"
    failure_rows: bool = True

    def take(self, outcome: Row | Failure) -> None:
        """Write one row, or name one failure. Raises OutputError."""
        if isinstance(outcome, Failure):
            say(f"{outcome.input}: {outcome.message} ({outcome.error})")
        self.write(outcome)

    def write(self, outcome: Row | Failure) -> None:
        """Write what `outcome` puts out. Raises OutputError."""
        self.put(*self.form(outcome))

    def form(self, outcome: Row | Failure) -> tuple[str | None, bytes]:
        """Return the bytes of one outcome, and the name of the file they are for; `None` stands for standard output."""
        if isinstance(outcome, Failure):
            return None, _failure_line(outcome) if self.failure_rows else b""
        return (outcome.name + self.suffix if self.folder is not None else None), outcome.data + b"\n"

    def put(self, file: str | None, data: bytes) -> None:
        """Write what `form` made. Raises OutputError."""
        if file is not None and self.folder is not None:
            self.folder.write(file, data)
        elif data:
            write_stdout(data)


def _failure_line(failure: Failure) -> bytes:
    """Return a failure as a JSON line; what is no Unicode in it, such as bytes in a file's name, is escaped."""
    facts = {"error": failure.error, "input": printable(failure.input), "message": printable(failure.message)}
    return msgspec.json.encode(facts | input_bytes(failure.input), order="sorted") + b"\n"
