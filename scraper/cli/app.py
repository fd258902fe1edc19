"""The command `clip`: its commands, and the one place where errors become exit codes.

0    all well
1    some inputs failed, each named
2    usage or configuration
3    the output is not writable, or the disk is full
4    the output is locked, or was made from other input or settings
5    nothing could be read or extracted
130  interrupted (SIGINT)
141  standard output was closed by its reader
143  terminated (SIGTERM)
"""

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, NoReturn

import typer

import scraper
from scraper.cli import check, clean, discover, explain, fetch, learn, schema
from scraper.cli.output import OutputClosedError, say
from scraper.errors import ClipError, ConfigError, InputError, LockedError, OutputError

# Some versions of typer bring a click of their own: this is its base error either way.
_UsageError: type[Exception] = typer.BadParameter.__mro__[2]
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}  # why help or the version cannot be printed
_EXIT_CODES: tuple[tuple[type[ClipError], int], ...] = ((ConfigError, 2), (OutputError, 3), (LockedError, 4), (InputError, 5))

app = typer.Typer(
    name="clip",
    help="Clean article records from raw pages: headline, byline, date, body, each with its evidence.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("clean")(clean.clean)
app.command("fetch")(fetch.fetch)
app.command("discover")(discover.discover)
app.command("explain")(explain.explain)
app.command("check")(check.check)
app.command("learn")(learn.learn)
app.command("schema")(schema.schema)


def _version(value: bool) -> None:
    if value:
        sys.stdout.write(f"clip {scraper.__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None: ...


def run(arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. Never raises, never prints a traceback."""
    _watch_signals()
    _stand_in_for_closed()
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # help in an ASCII locale; rows are bytes
    try:
        code = _run(arguments)
        if code not in (3, 141):  # else what is held back has been given up
            sys.stdout.flush()
    except BrokenPipeError:
        code = 141
    except OSError as error:
        say(f"standard output: {error.strerror or error}")
        code = 3
    if code in (3, 141):
        _silence_stdout()
    return code


def _run(arguments: Sequence[str]) -> int:
    if "_CLIP_COMPLETE" in os.environ:  # a shell asks what may come next, or for the script that asks so
        from typer.completion import completion_init  # type: ignore[attr-defined]  # typer has no public name for it

        completion_init()
    try:
        return typer.main.get_command(app).main([*arguments], prog_name="clip", standalone_mode=False) or 0
    except _UsageError as error:
        return _usage(error)
    except ClipError as error:
        say(str(error))
        return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)
    except OutputClosedError:
        return 141
    except KeyboardInterrupt:
        return 130
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # click exits so where its help has no reader
            return 141
        return error.code if isinstance(error.code, int) else 1
    except OSError as error:
        if error.filename is None and error.errno in _FULL:
            raise
        return _defect(error)
    except Exception as error:
        return _defect(error)


def _defect(error: Exception) -> int:
    say(f"internal error, please report it: {type(error).__name__}: {error}")
    return 1


def _usage(error: Exception) -> int:
    message = getattr(error, "format_message", error.__str__)()
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "clip"
    say(f"{message.rstrip('.')} (see {command} --help)")
    return 2


def _watch_signals() -> None:
    """The first signal ends the run in order, the second at once. SIGINT is watched even where a shell's `&` had it ignored."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(number, lambda *_: os._exit(128 + number))
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    with contextlib.suppress(ValueError):  # not the main thread: signals are the caller's
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)


def _stand_in_for_closed() -> None:
    """Give each standard stream that the caller has closed a file: else the next file that is opened would get its number, and its data.

    Reading that input, or writing to that output, is an error; messages go nowhere.
    """
    for name, flags, mode in (("stdin", os.O_WRONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, flags), mode, closefd=False))  # noqa: SIM115 - as long as the process


def _silence_stdout() -> None:
    """Point standard output at nothing, or the interpreter would complain while it flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
