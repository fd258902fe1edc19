"""Inputs: files, folders, archives and crawls to pages, told apart by content, nested as they come.

    find(path)  -> Found | Page | Failure    what is there, in order; a file of one page is only named (and opened by whoever cleans it)
    load(found) -> Page                      the page of such a file
    read(path)  -> Page | Failure            both

Every page has an `origin` that names it for good: `dir/page.html`, `dir/a.zip!/m.html`, `crawl.warc.gz@1234`, `rows.jsonl:17`, and
`notes.txt:2` for the second article of a text that was split. Every
input that gives no page gives a `Failure`; nothing blocks, nothing is written, nothing grows beyond its limit.
"""

import io
import os
import stat
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from scraper.errors import Failure, InputError
from scraper.page import Page
from scraper.readers.files import walk
from scraper.readers.formats import ONE_PAGE, Identity, identify
from scraper.readers.limits import Reading
from scraper.readers.saved import is_sidecar, refuse_alone, with_sidecar, without_embedded
from scraper.readers.source import File, Source, handed_over, too_large

__all__ = ["Found", "Reading", "find", "is_metadata", "load", "read"]

MAX_NESTING = 1  # archives in archives


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A file of one page, not yet opened for good."""

    path: str
    reading: Reading

    @property
    def origin(self) -> str:
        """How the page is named."""
        return self.path


def read(path: str, *, media_type: str | None = None, reading: Reading | None = None) -> Iterator[Page | Failure]:
    """Yield every page at `path` (a file, folder, archive, or `-` for standard input), and a failure for each that cannot be read.

    `media_type` is what the user says of inputs that do not say it themselves; `reading` holds the limits and columns. Never raises for
    bad input.
    """
    reading = reading or Reading()
    if media_type is not None:
        reading = msgspec.structs.replace(reading, media_type=media_type)
    for found in find(path, reading):
        if isinstance(found, Found):
            try:
                yield load(found)
            except InputError as error:
                yield Failure(input=found.origin, error=error.code, message=str(error))
        else:
            yield found


def find(path: str, reading: Reading) -> Iterator[Found | Page | Failure]:
    """Yield what is at `path`, in order: files of one page as `Found`, pages of archives, crawls and tables as they are."""
    found = _find(path, reading)
    return _split(found) if reading.split else found


def _find(path: str, reading: Reading) -> Iterator[Found | Page | Failure]:
    stream = handed_over(path)
    if stream is not None:
        yield from _guarded(_member(_stream(stream, path), reading, 0), path)
    elif os.path.isdir(path):
        for entry in walk(path):
            if isinstance(entry, Failure):
                yield entry
            elif not is_metadata(entry):
                yield from _guarded(_file(entry, reading), entry)
    elif is_metadata(path):
        reading.note(path, "facts of the page beside it")
    else:
        yield from _guarded(_file(path, reading), path)


def _stream(stream: BinaryIO, path: str) -> Source:
    """Return standard input or the like; where a file is redirected into it, archives are read in place, whatever their size."""
    try:
        redirected = stat.S_ISREG(os.fstat(stream.fileno()).st_mode) and stream.tell() == 0
    except (OSError, ValueError):  # closed, or no descriptor
        redirected = False
    return Source(stream, path, anywhere=stream if redirected else None)


def load(found: Found) -> Page:
    """Return the page of a file. Raises InputError."""
    with File(found.path) as file:
        identity = identify(Source(file, found.path, size=file.size), found.reading)
        page = _one_page(identity, found.reading)
    return with_sidecar(page, found.path)


def is_metadata(path: str) -> bool:
    """Say whether a file is the metadata of a page beside it (see `scraper.saved`), and no input of its own."""
    return path.endswith(".json") and is_sidecar(path)


def _guarded(pages: Iterator[Found | Page | Failure], origin: str) -> Iterator[Found | Page | Failure]:
    try:
        yield from pages
    except InputError as error:
        yield Failure(input=origin, error=error.code, message=str(error))
    except OSError as error:  # of standard input, which is read without a File
        yield Failure(input=origin, error="unreadable", message=error.strerror or str(error))


def _split(pages: Iterator[Found | Page | Failure]) -> Iterator[Found | Page | Failure]:
    from scraper.readers.parts import parts

    for found in pages:
        if isinstance(found, Failure):
            yield found
            continue
        try:
            several: list[Page] = parts(load(found) if isinstance(found, Found) else found)
            yield from several or (found,)
        except InputError as error:
            yield Failure(input=found.origin or "-", error=error.code, message=str(error))


def _file(path: str, reading: Reading) -> Iterator[Found | Page | Failure]:
    with File(path) as file:
        identity = identify(Source(file, path, size=file.size), reading)
        if identity.format in ONE_PAGE:
            if not identity.codings and file.size > reading.max_page:
                raise too_large(file.size, reading.max_page)
            refuse_alone(path, identity.source.head())
            yield Found(path=path, reading=msgspec.structs.replace(reading, note=Reading().note))
        else:
            yield from _noted(_many(identity, file, reading, 0), path, reading)


def _member(source: Source, reading: Reading, depth: int) -> Iterator[Page | Failure]:
    """Yield the pages of a stream that is no file: a member of an archive, or standard input."""
    identity = identify(source, reading)
    if identity.format in ONE_PAGE:
        yield _one_page(identity, reading)
    elif depth > MAX_NESTING:
        raise InputError("too-large", f"archives nested more than {MAX_NESTING} deep")
    else:
        yield from _noted(_many(identity, source.anywhere, reading, depth), source.origin, reading)


def _noted(pages: Iterator[Page | Failure], origin: str, reading: Reading) -> Iterator[Page | Failure]:
    """Pass pages on; say where there are none."""
    some = False
    for page in pages:
        some = True
        yield page
    if not some:
        reading.note(origin, "without a page")


def _many(identity: Identity, anywhere: Any, reading: Reading, depth: int) -> Iterator[Page | Failure]:
    """Yield the pages of an archive, crawl or table; `anywhere` is its undecoded bytes, where they can be read from any place."""
    source, codings = identity.source, identity.codings
    if identity.format in ("lines", "json"):
        from scraper.readers.rows import json_rows

        yield from json_rows(source, reading, lines=identity.format == "lines")
    elif identity.format == "feed":
        from scraper.readers.feeds import feed_items

        yield from feed_items(source, reading)
    elif identity.format == "parquet":
        from scraper.readers.rows import parquet_rows

        yield from parquet_rows(_copied(source, None if codings else anywhere, reading), source, reading)
    elif identity.format == "warc":
        from scraper.readers.warc import warc_pages

        if anywhere is not None and codings in (["gzip"], ["zstd"]):  # its own reader goes on after a broken member
            yield from warc_pages(anywhere, source.origin, reading, coding=codings[0])
        else:
            yield from warc_pages(source, source.origin, reading, coding=None)
    elif identity.format == "mbox":
        from scraper.readers.mail import mbox_members

        yield from _members(mbox_members(source, reading), reading, depth)
    elif identity.format == "tar":
        from scraper.readers.tars import tar_members

        yield from _members(tar_members(source), reading, depth)
    else:
        from scraper.readers.zips import zip_members

        yield from _members(zip_members(source, _copied(source, None if codings else anywhere, reading), reading), reading, depth)


def _members(members: Iterator[Source | Failure], reading: Reading, depth: int) -> Iterator[Page | Failure]:
    for member in members:
        if isinstance(member, Failure):
            yield member
            continue
        try:
            yield from _member(member, reading, depth + 1)
        except InputError as error:
            yield Failure(input=member.origin, error=error.code, message=str(error))


def _copied(source: Source, anywhere: Any, reading: Reading) -> Any:
    """Return bytes that can be read from any place: in memory, where they are a stream."""
    return anywhere if anywhere is not None else io.BytesIO(source.read_all(reading.max_page))


def _one_page(identity: Identity, reading: Reading) -> Page:
    source = identity.source
    if identity.format == "arc":
        raise InputError("wrong-type", "an ARC file: convert it to WARC")
    body = source.read_all(reading.max_page)
    if identity.format == "mhtml":
        from scraper.readers.mhtml import read_mhtml

        page, remark = read_mhtml(body, source.origin)
        if remark:
            reading.note(source.origin, remark)
        return page
    if identity.format == "webarchive":
        from scraper.readers.webarchive import read_webarchive

        return read_webarchive(body, source.origin)
    return Page(body=without_embedded(body), media_type=reading.media_type, origin=source.origin)
