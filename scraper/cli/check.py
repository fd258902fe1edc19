"""`clip check`: leftovers in text that any tool extracted."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer

from scraper.cli import options
from scraper.cli.output import Folder, lies_in, say, write_stdout
from scraper.encoding import decode, encode, read_bom
from scraper.encoding.sniff import binary_type
from scraper.errors import ConfigError, Failure, InputError
from scraper.page import printable
from scraper.readers.files import walk
from scraper.readers.source import Source, opened
from scraper.terminal import escape

_MAX_BYTES = 500_000_000
_SUFFIXES = (".txt", ".md", ".markdown", ".json", ".jsonl", ".ndjson", ".text")

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH…", help="Text, Markdown, JSON or JSON lines; folders; - for standard input.", show_default=False),
]
Field = Annotated[str | None, typer.Option("--field", metavar="NAME", help="The JSON field with the text; a dot goes one level down.")]
Fix = Annotated[bool, typer.Option("--fix", help="Write the text without its leftovers, in the same structure.")]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="DIR", callback=options.named, help="Where --fix writes one file per input.")
]
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

    if fix and output is None and (len(paths) > 1 or os.path.isdir(paths[0])):
        raise ConfigError("--fix with several inputs needs -o DIR")
    if (output is not None and not fix) or (force and output is None):
        raise ConfigError("-o goes with --fix, --force with -o")
    if fix and json:
        raise ConfigError("--json is for the report: it does not go with --fix")
    options.check_stdin(paths)
    folder = Folder(Path(output), force=force) if output is not None else None
    read = unreadable = leftovers = 0
    for path, name in _files(paths, output):
        try:
            if isinstance(path, Failure):
                raise InputError(path.error, path.message)
            content = _read(path)
            found = list(texts(content.text, field=field))
            if not found and path in paths:  # beside the texts of a folder there may be other JSON
                why = f"no text in field {field!r}" if field else "no field that holds text: name it with --field"
                raise InputError("wrong-type", why)
        except InputError as error:
            unreadable += 1
            say(f"{path.input if isinstance(path, Failure) else path}: {error}")
            continue
        read += bool(found)
        if fix:
            fixed = content.encoded(fix_data(content.text, field=field, confidence=confidence), path)
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


def _files(paths: list[str], output: str | None) -> Iterator[tuple[str | Failure, str]]:
    """Yield (path, name in the output folder) of every file; in folders of those that may hold text, but for what is below `output`."""
    for path in paths:
        if not os.path.isdir(path):
            yield path, "stdin" if path == "-" else os.path.basename(path)
            continue
        inside = output is not None and lies_in(output, path)
        for file in walk(path):
            if isinstance(file, Failure):
                yield file, ""
            elif file.lower().endswith(_SUFFIXES) and not (inside and output is not None and lies_in(file, output)):
                yield file, os.path.relpath(file, path)


class _Content(NamedTuple):
    """What a file says, and how: bytes that are no UTF-8 in text that is are kept as halves of surrogate pairs."""

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""

    def encoded(self, text: str, path: str) -> bytes:
        """Return `text` in the encoding of the file at `path`; in UTF-8, and say so, where that cannot hold it."""
        if self.encoding == "utf-8":
            return text.encode("utf-8", "surrogateescape")
        data = encode(text, self.encoding)
        if data is not None:
            return self.mark + data
        say(f"{path}: written in UTF-8, since not all of it is {self.encoding}")
        return text.encode()


def _read(path: str) -> _Content:
    """Return a file's content, decoded as pages are. Raises InputError."""
    with opened(path) as file:
        try:
            data = Source(file, path).read_all(_MAX_BYTES)
        except OSError as error:
            raise InputError("unreadable", error.strerror or str(error)) from None
    kind = binary_type(data)
    if kind is not None:
        raise InputError("wrong-type", f"{kind}, no text")
    text, encoding, _ = decode(data)
    if encoding == "utf-8":
        return _Content(data.decode("utf-8", "surrogateescape"))
    bom = read_bom(data)
    return _Content(text, encoding, data[: bom[2]] if bom else b"")
