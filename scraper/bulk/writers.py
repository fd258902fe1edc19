"""How rows reach the disk: whole files under their final names, or not at all.

A shard grows under a temporary name in blocks; after each block the file is flushed to the disk and the manifest told its length, and the
last gives it its name. Where a block ends depends on the rows alone, so that a run that was cut short and resumed makes the same blocks,
and the same bytes, as one that was not.
"""

import contextlib
import gzip
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from scraper.bulk.job import MIRRORED, TABLES, Job
from scraper.bulk.manifest import State
from scraper.bulk.plan import Shard
from scraper.bulk.work import Row, suffix
from scraper.errors import OutputError

ZSTD_LEVEL = 3
GZIP_LEVEL = 6


def pack(data: bytes, form: str) -> bytes:
    """Return a block of lines as the format has it: a gzip member or Zstandard frame of its own, so that blocks can be added one by one."""
    if form == "jsonl.gz":
        return gzip.compress(data, GZIP_LEVEL, mtime=0)
    if form == "jsonl.zst":
        from scraper.readers.coding import zstd_compress

        return zstd_compress(data, ZSTD_LEVEL)
    return data


class ShardFile:
    """One file of many rows, taken up where an earlier run left it: at `state.length`, after bytes of digest `state.sha256`."""

    def __init__(self, job: Job, shard: Shard, state: State) -> None:
        self.form = job.format
        self.final = job.path(shard.name + suffix(job))
        self.temporary = job.path(f".{shard.name}{suffix(job)}.tmp")
        self.length = state.length
        self.digest = hashlib.sha256()
        with translated(self.temporary):
            if not os.path.exists(self.temporary) and os.path.exists(self.final):  # killed between its naming and the manifest's word
                os.replace(self.final, self.temporary)
            self.descriptor = os.open(self.temporary, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
            self._take_up(state.sha256)

    def _take_up(self, digest: str) -> None:
        """Cut off what was written after the last block that the manifest knows, and go on behind it."""
        size = os.fstat(self.descriptor).st_size
        if size < self.length:
            raise OutputError(
                f"{self.temporary}: {size:,} bytes, where {self.length:,} were written: it was changed; use --force to start anew"
            )
        os.ftruncate(self.descriptor, self.length)
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        while data := os.read(self.descriptor, 1 << 20):
            self.digest.update(data)
        if self.length and self.so_far() != digest:
            raise OutputError(
                f"{self.temporary}: its first {self.length:,} bytes are not those that were written; use --force to start anew"
            )

    def so_far(self) -> str:
        """Return the digest of the bytes so far."""
        return self.digest.hexdigest()

    def add(self, rows: list[Row]) -> None:
        """Write a block of rows and have it on the disk. Raises OutputError, with the file as it was before."""
        data = pack(b"".join(row.data for row in rows), self.form) if rows else b""
        try:
            with translated(self.temporary):
                write_all(self.descriptor, data)
                os.fsync(self.descriptor)
        except OutputError:
            with contextlib.suppress(OSError):
                os.ftruncate(self.descriptor, self.length)
            raise
        self.digest.update(data)
        self.length += len(data)

    def finish(self) -> str:
        """Give the file its name; return the digest of its bytes."""
        with translated(self.final):
            self.close()
            os.replace(self.temporary, self.final)
            sync_folder(self.final)
        return self.so_far()

    def close(self) -> None:
        """Let the file go as it is."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class TableFile:
    """One Parquet or SQLite file. It cannot grow block by block: an interrupted shard is made again."""

    def __init__(self, job: Job, shard: Shard, _state: State) -> None:
        self.job = job
        self.final = job.path(shard.name + suffix(job))
        self.temporary = job.path(f".{shard.name}{suffix(job)}.tmp")
        self.length = 0
        self.rows: list[bytes] = []

    def add(self, rows: list[Row]) -> None:
        """Take a block of rows."""
        self.rows += [row.data for row in rows]

    def so_far(self) -> str:
        """Return no digest: there is no file before the end."""
        return ""

    def finish(self) -> str:
        """Write the file; return the digest of its bytes."""
        data = (_parquet if self.job.format == "parquet" else _sqlite)(self.rows)
        self.length = len(data)
        write_whole(self.final, data)
        return hashlib.sha256(data).hexdigest()

    def close(self) -> None:
        """Let the rows go."""
        self.rows = []


class Mirror:
    """One file per page."""

    def __init__(self, job: Job, shard: Shard, state: State) -> None:
        self.job, self.length = job, state.length
        self.temporary = f".{shard.name}.tmp"  # on a cluster another shard may be writing a file of the same name

    def add(self, rows: list[Row]) -> None:
        """Write each row to its file. Raises OutputError."""
        for row in rows:
            write_whole(self.job.path(row.name + suffix(self.job)), row.data, self.temporary)
            self.length += len(row.data)

    def so_far(self) -> str:
        """Return no digest: there is no one file."""
        return ""

    finish = so_far

    def close(self) -> None:
        """Nothing is open."""


def writer(job: Job) -> Callable[[Job, Shard, State], "ShardFile | TableFile | Mirror"]:
    """Return the kind of writer that the output's format needs."""
    if job.format in MIRRORED:
        return Mirror
    return TableFile if job.format in TABLES else ShardFile


def columns(rows: Iterable[bytes]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return JSON rows as a table: its column names, sorted, and its rows, with what is no plain value as JSON text."""
    records = [
        {
            key: value if value is None or isinstance(value, str | int) else msgspec.json.encode(value, order="sorted").decode()
            for key, value in record.items()
        }
        for record in map(msgspec.json.decode, rows)
    ]
    return sorted({key for record in records for key in record}), records


def _parquet(rows: list[bytes]) -> bytes:
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise OutputError("--format parquet: install article-clip[parquet]") from None
    names, records = columns(rows)
    integers = {name for name in names if any(isinstance(record.get(name), int) for record in records)}
    schema = arrow.schema([(name, arrow.int64() if name in integers else arrow.string()) for name in names])
    sink = arrow.BufferOutputStream()
    parquet.write_table(arrow.Table.from_pylist(records, schema=schema), sink, compression="zstd")
    return bytes(sink.getvalue())


def _sqlite(rows: list[bytes]) -> bytes:
    names, records = columns(rows)
    quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names or ["id"])
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE articles ({quoted})")
        if records:
            marks = ", ".join("?" * len(names))
            database.executemany(f"INSERT INTO articles VALUES ({marks})", ([record.get(name) for name in names] for record in records))
        database.commit()
        return database.serialize()


def write_whole(path: str, data: bytes, by_way_of: str | None = None) -> None:
    """Write a file by way of a temporary one beside it, flushed to the disk before it gets its name. Raises OutputError."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, by_way_of or f".{name[:200]}.tmp")
    with translated(path):
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o666)
        except FileNotFoundError:
            os.makedirs(folder, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            try:
                write_all(descriptor, data)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(temporary, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`: a short write, as on a disk that fills up, is gone on with until the error comes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(path: str) -> None:
    """Have the entry of `path` in its folder on the disk."""
    with contextlib.suppress(OSError):  # not every file system lets a folder be opened
        descriptor = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def translated(path: str) -> Any:
    """Turn an OSError into an OutputError that names the path."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error} (errno {error.errno})") from error
