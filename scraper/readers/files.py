"""Folders: every file below one, in order, without ever holding more than a folder's share of names."""

import heapq
import os
import tempfile
from collections.abc import Iterator

from scraper.errors import Failure

RUN = 100_000  # names sorted in memory at a time; a folder with more is sorted on disk
RESOURCES = "_files"  # the folder beside a page that browsers save its images, styles and scripts to
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".HTML", ".HTM")


def walk(folder: str) -> Iterator[str | Failure]:
    """Yield the path of every file below `folder`, sorted by the bytes of the names within each folder.

    Links to files are files; a link to a folder is named as a failure and not followed, so that no loop can be entered and nothing is
    read twice. What is neither file nor folder is yielded as a path: opening it says what it is. What a killed run of clip was writing
    (`.NAME.tmp`) is passed over.
    """
    stack = [_entries(folder)]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
        elif isinstance(entry, Failure) or not os.path.isdir(entry):
            yield entry
        elif failure := linked_folder(entry):
            yield failure
        elif not _is_resources(entry):
            stack.append(_entries(entry))


def linked_folder(path: str) -> Failure | None:
    """Return the failure that a link to a folder is where nobody has named it as an input."""
    if not (os.path.islink(path) and os.path.isdir(path)):
        return None
    return Failure(input=path, error="unreadable", message="a link to a folder: not followed; name it as an input to have it read")


def _is_resources(folder: str) -> bool:
    stem = folder[: -len(RESOURCES)] if folder.endswith(RESOURCES) else ""
    return bool(stem) and any(os.path.isfile(stem + suffix) for suffix in _PAGE_SUFFIXES)


def _entries(folder: str) -> Iterator[str | Failure]:
    """Yield the sorted entries of one folder as paths."""
    try:
        with os.scandir(os.fsencode(folder)) as entries:
            names = sorted_names(entry.name for entry in entries if not (entry.name.startswith(b".") and entry.name.endswith(b".tmp")))
    except OSError as error:
        names = iter(())
        yield Failure(input=folder, error="unreadable", message=f"folder: {error.strerror}")
    for name in names:
        yield os.path.join(folder, os.fsdecode(name))


def sorted_names(names: Iterator[bytes]) -> Iterator[bytes]:
    """Return `names` sorted; more than `RUN` of them are sorted in runs on disk and merged, so that memory stays flat."""
    run: list[bytes] = []
    runs = []
    for name in names:
        run.append(name)
        if len(run) >= RUN:
            runs.append(_spool(run))
            run = []
    run.sort()
    return heapq.merge(*(_spooled(spool) for spool in runs), iter(run)) if runs else iter(run)


def _spool(run: list[bytes]) -> "tempfile._TemporaryFileWrapper[bytes]":
    run.sort()
    spool = tempfile.NamedTemporaryFile()  # noqa: SIM115 - lives as long as the merge that reads it
    spool.write(b"".join(len(name).to_bytes(2, "big") + name for name in run))  # a name may hold any byte but NUL and the slash
    spool.seek(0)
    return spool


def _spooled(spool: "tempfile._TemporaryFileWrapper[bytes]") -> Iterator[bytes]:
    with spool:
        while size := spool.read(2):
            yield spool.read(int.from_bytes(size, "big"))
