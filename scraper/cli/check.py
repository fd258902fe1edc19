"""`clip check`: leftovers in text that any tool extracted."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scraper.cli.output import Folder, say, write_stdout
from scraper.errors import ConfigError
from scraper.page import printable
from scraper.terminal import escape

_MAX_BYTES = 500_000_000
_SUFFIXES = (".txt", ".md", ".markdown", ".json", ".jsonl", ".ndjson", ".text")

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH…", help="Text, Markdown, JSON or JSON lines; folders; - for standard input.", show_default=False),
]
Field = Annotated[str | None, typer.Option("--field", metavar="NAME", help="The JSON field with the text; a dot goes one level down.")]
Fix = Annotated[bool, typer.Option("--fix", help="Write the text without its leftovers, in the same structure.")]
Output = Annotated[str | None, typer.Option("-o", "--output", metavar="DIR", help="Where --fix writes one file per input.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files in the output folder.")]
Confidence = Annotated[int, typer.Option("--confidence", min=1, max=100, metavar="N", help="Report, or remove, from this confidence on.")]
Json = Annotated[bool, typer.Option("--json", help="Report in JSON lines.")]


def check(
    paths: Paths,
    field: Field = None,
    fix: Fix = False,
    output: Output = None,
    confidence: Confidence = 80,
    json: Json = False,
    force: Force = False,
) -> int:
    """Report lines that are probably leftovers of a page's furniture: place, confidence, rule, line. Exit code 1 where there are any."""
    from scraper.check import find_leftovers, fix_data, texts

    folder = Folder(Path(output), force=force) if output is not None else None
    if fix and folder is None and (len(paths) > 1 or os.path.isdir(paths[0])):
        raise ConfigError("--fix with several inputs needs -o DIR")
    if folder is not None and not fix:
        raise ConfigError("-o goes with --fix")
    read = unreadable = leftovers = 0
    for path, name in _files(paths):
        data = _text(path)
        if data is None:
            unreadable += 1
            continue
        found = list(texts(data, field=field))
        if not found and path in paths:  # beside the texts of a folder there may be other JSON
            unreadable += 1
            say(f"{path}: {f'no text in field {field!r}' if field else 'no field that holds text: name it with --field'}")
        read += bool(found)
        if fix:
            fixed = fix_data(data, field=field, confidence=confidence).encode("utf-8", "surrogateescape")
            if folder is None:
                write_stdout(fixed)
            elif folder.claim(name):
                folder.write(name, fixed)
            continue
        for place, text in found:
            for leftover in find_leftovers(text):
                if leftover.confidence >= confidence:
                    leftovers += 1
                    write_stdout(_row(path, place, leftover._asdict(), json=json))
    if not read:
        say(f"no text in {', '.join(paths)}")
    return 5 if not read else 1 if unreadable or leftovers else 0


def _row(path: str, place: str, leftover: dict[str, object], *, json: bool) -> bytes:
    path = printable(path)
    if json:
        leftover = {name: printable(value) if isinstance(value, str) else value for name, value in leftover.items()}
        return msgspec.json.encode({"path": path, "place": place, **leftover}) + b"\n"
    where = f"{path}:{place}:{leftover['line']}" if place else f"{path}:{leftover['line']}"
    cells = (where, str(leftover["confidence"]), str(leftover["rule"]), str(leftover["text"]))
    return "\t".join(map(escape, cells)).encode("utf-8", "replace") + b"\n"


def _files(paths: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (path, name in the output folder) of every file, folders walked in sorted order."""
    for path in paths:
        if not os.path.isdir(path):
            yield path, os.path.basename(path) or "stdin"
            continue
        for root, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                if name.lower().endswith(_SUFFIXES):
                    whole = os.path.join(root, name)
                    yield whole, os.path.relpath(whole, path)


def _text(path: str) -> str | None:
    """Return a file's text, bytes that are not UTF-8 kept as they are; None, and a line on standard error, where it cannot be read."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_MAX_BYTES + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        say(f"{path}: cannot be read: {error.strerror}")
        return None
    if len(data) > _MAX_BYTES:
        say(f"{path}: larger than {_MAX_BYTES // 1_000_000} MB")
        return None
    return data.decode("utf-8", "surrogateescape")
