"""Outputs that are no folder of this machine: any place that fsspec can write to, by its URL.

What is written appears whole or not at all: in an object store an object is there when its upload ends; in a file system (SFTP, HDFS, a
share) it is written under a temporary name and moved.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from typing import Any

from scraper.errors import ConfigError, OutputError

OBJECTS = frozenset("abfs abfss adl az gcs gs memory oci oss s3 s3a tos".split())  # stores in which an upload is not seen before its end


class Store:
    """A place below a URL. Every method raises OutputError with the name of what failed."""

    def __init__(self, url: str) -> None:
        core = _core()
        self.url = url.rstrip("/")
        try:
            self.files, root = core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:  # each says what to install, or that the protocol is unknown
            raise ConfigError(f"{url}: {error}") from None
        self.root = root.rstrip("/")
        protocols = {self.files.protocol} if isinstance(self.files.protocol, str) else {*self.files.protocol}
        self.moves = not protocols & OBJECTS

    def put(self, names: list[tuple[str, str]]) -> None:
        """Copy files of this machine, given as (name, path)."""
        if not self.moves:
            with self._translated(names[0][0] if names else ""):
                self.files.put([path for _, path in names], [self._place(name) for name, _ in names])
            return
        for name, path in names:
            with self._translated(name), self._moved(name) as temporary:
                self.files.put_file(path, temporary)

    def write(self, name: str, data: bytes) -> None:
        """Write one small file."""
        with self._translated(name):
            if not self.moves:
                self.files.pipe_file(self._place(name), data)
                return
            with self._moved(name) as temporary:
                self.files.pipe_file(temporary, data)

    def create(self, name: str, data: bytes) -> bool:
        """Write one small file where there is none; say whether that was so."""
        with self._translated(name):
            if self.moves:
                self.files.makedirs(self.root, exist_ok=True)
            try:
                self.files.pipe_file(self._place(name), data, mode="create")
            except FileExistsError:
                return False
        return True

    def read(self, name: str) -> bytes | None:
        """Return what a file holds; `None` where there is none."""
        with self._translated(name):
            try:
                data: bytes = self.files.cat_file(self._place(name))
            except FileNotFoundError:
                return None
        return data

    def names(self, folder: str = "") -> list[str]:
        """Return the names in a folder, sorted; none where there is no such folder."""
        with self._translated(folder):
            self.files.invalidate_cache()
            try:
                paths = self.files.ls(self._place(folder), detail=False)
            except FileNotFoundError:
                return []
        return sorted(name for path in paths if (name := path.rstrip("/").rpartition("/")[2]))

    def remove(self, names: list[str]) -> None:
        """Remove files; one that is not there is no error."""
        for name in names:
            with self._translated(name), contextlib.suppress(FileNotFoundError):
                self.files.rm_file(self._place(name))

    def _place(self, name: str) -> str:
        return f"{self.root}/{name}" if name else self.root

    @contextlib.contextmanager
    def _moved(self, name: str) -> Iterator[str]:
        """Give a temporary name in the same folder, and move what was written there to its own."""
        place = self._place(name)
        folder, _, base = place.rpartition("/")
        temporary = f"{folder}/.{base[:180]}.{secrets.token_hex(4)}.tmp"
        self.files.makedirs(folder, exist_ok=True)
        try:
            yield temporary
            self.files.mv(temporary, place)
        except BaseException:
            with contextlib.suppress(Exception):
                self.files.rm_file(temporary)
            raise

    @contextlib.contextmanager
    def _translated(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # every store has errors of its own
            raise OutputError(f"{self.url}/{name}: {type(error).__name__}: {str(error)[:300]}") from error


def folder_of(url: str) -> str | None:
    """Return the folder of this machine that a `file:` URL names; `None` for another URL."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    parts = urlsplit(url)
    return os.path.abspath(url2pathname(parts.path)) if parts.scheme.lower() == "file" and parts.netloc in ("", "localhost") else None


def _core() -> Any:
    try:
        from fsspec import core
    except ImportError:
        raise ConfigError("an output that is a URL: install article-clip[stores], and what the store needs (s3fs, gcsfs, …)") from None
    return core
