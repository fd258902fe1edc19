"""Tables of pages: JSON lines, JSON arrays and Parquet, one column of HTML or text, one of addresses."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from scraper.errors import Failure, InputError
from scraper.page import Page, utf8
from scraper.readers.json_values import json_values
from scraper.readers.limits import HTML_FIELDS, URL_FIELDS, Reading
from scraper.readers.source import Source, too_large

BATCH_ROWS = 64  # of Parquet, held at a time
_KINDS = ((bool, "true or false"), ((int, float), "a number"), (list, "a list"), (dict, "an object"), (type(None), "null"))


def json_rows(source: Source, reading: Reading, *, lines: bool) -> Iterator[Page | Failure]:
    """Yield a page per line of JSON, or else per row of a JSON document; `origin` is `path:number`, lines or rows counted from 1.

    Raises InputError where a document ends early.
    """
    decode = msgspec.json.Decoder().decode
    limit = reading.max_page * 2  # escapes may double a page
    for number, line in enumerate((_lines if lines else json_values)(source, limit), 1):
        origin = f"{source.origin}:{number}"
        try:
            if line is None:
                raise too_large(None, limit)
            if not line.strip():
                continue
            row = _decoded(decode, line)
            if not isinstance(row, dict):
                raise InputError("damaged", "a row that is no JSON object")
            yield _page(row, origin, reading)
        except InputError as error:
            yield Failure(input=origin, error=error.code, message=str(error))


def _decoded(decode: Any, line: bytes) -> Any:
    try:
        return decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # A byte that is no UTF-8, half a surrogate pair or a NaN, as Python writes them, is one bad value, not a lost page.
        try:
            return json.loads(line.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            raise InputError("damaged", f"broken JSON: {error}") from None


def _lines(source: Source, limit: int) -> Iterator[bytes | None]:
    """Yield lines without their end; `None` for one longer than `limit`, which is passed over."""
    rest = bytearray()
    dropped = False
    while data := source.read(1 << 18):
        *lines, last = data.split(b"\n")
        for line in lines:
            yield None if dropped or len(rest) + len(line) > limit else bytes(rest + line) if rest else line
            rest.clear()
            dropped = False
        dropped = dropped or len(rest) + len(last) > limit
        rest = bytearray() if dropped else rest + last
    if rest or dropped:
        yield None if dropped else bytes(rest)


def parquet_rows(file: Any, source: Source, reading: Reading) -> Iterator[Page | Failure]:
    """Yield a page per row; `origin` is `path:row`, rows counted from 1. Needs the extra `parquet`. Raises InputError."""
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise InputError("unreadable", "a Parquet file: install article-clip[parquet] to read it") from None
    number = 0
    try:
        table = parquet.ParquetFile(file)
        names = table.schema_arrow.names
        columns = [
            name for name in (_column(names, reading.html_field, HTML_FIELDS), _column(names, reading.url_field, URL_FIELDS)) if name
        ]
        for batch in table.iter_batches(batch_size=BATCH_ROWS, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield _page_or_failure(row, f"{source.origin}:{number}", reading)
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise InputError("damaged", f"Parquet after row {number}: {str(error)[:200]}") from None


def _column(names: list[str], asked: str | None, usual: tuple[str, ...]) -> str | None:
    if asked is not None:
        if asked not in names:
            raise InputError("damaged", f"there is no column {asked!r}; there are {', '.join(map(repr, names[:20]))}")
        return asked
    found = next((name for name in usual if name in names), None)
    if found is None and usual is HTML_FIELDS:
        raise InputError("damaged", f"no column of pages; name it with --html-field; there are {', '.join(map(repr, names[:20]))}")
    return found


def _page_or_failure(row: dict[str, Any], origin: str, reading: Reading) -> Page | Failure:
    try:
        return _page(row, origin, reading)
    except InputError as error:
        return Failure(input=origin, error=error.code, message=str(error))


def _page(row: dict[str, Any], origin: str, reading: Reading) -> Page:
    names = (reading.html_field,) if reading.html_field else HTML_FIELDS
    value = next((row[name] for name in names if isinstance(row.get(name), str | bytes)), None)
    if value is None:
        raise _no_text(row, names)
    if len(value) > reading.max_page:
        raise too_large(len(value), reading.max_page)
    addresses = (reading.url_field,) if reading.url_field else URL_FIELDS
    url = next((row[name] for name in addresses if isinstance(row.get(name), str)), None)
    if isinstance(value, bytes):
        return Page(body=value, url=url, media_type=reading.media_type, origin=origin)
    return Page(body=utf8(value), url=url, media_type=reading.media_type, charset="utf-8", origin=origin)


def _no_text(row: dict[str, Any], names: tuple[str, ...]) -> InputError:
    """Return why a row has no page: what stands in the column, or which columns there are."""
    name = next((name for name in names if name in row), None)
    if name is not None:
        held = row[name]
        kind = next((words for kinds, words in _KINDS if isinstance(held, kinds)), "something else")
        return InputError("damaged", f"{name!r} holds {kind}, no text")
    there = ", ".join(repr(name[:60]) for name in list(row)[:20]) or "none"
    return InputError("damaged", f"no column {' or '.join(map(repr, names))}: name it with --html-field; there are {there}")
