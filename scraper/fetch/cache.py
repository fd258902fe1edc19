"""Answers kept between runs by the rules of RFC 9111 (extra `cache`): fresh ones are not asked for again, stale ones are asked for with
their validators."""

import contextlib
import importlib
import logging
import sqlite3
from pathlib import Path
from typing import Any

from scraper.errors import ConfigError, OutputError


def caching(transport: Any, folder: str, library: str) -> Any:
    """Return `transport` with a cache in `folder` in front of it; `library` names the HTTP library whose transport it is. Raises
    ConfigError, OutputError."""
    path = Path(folder) / "answers.db"
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(path, timeout=0)) as database:
            database.execute("PRAGMA schema_version")
    except (OSError, sqlite3.DatabaseError) as error:
        if "locked" not in str(error):  # another run's: who is first with an answer keeps it
            raise OutputError(f"{folder}: cannot be the cache: {getattr(error, 'strerror', None) or error}") from error
    try:
        hishel = importlib.import_module("hishel")
        wrapper = importlib.import_module(f"hishel.{library}").AsyncCacheTransport
        storage = hishel.AsyncSqliteStorage(database_path=path)
    except ImportError as error:
        raise ConfigError("a cache needs the extra `cache`: pip install 'article-clip[cache]'") from error
    logging.getLogger("hishel").addHandler(logging.NullHandler())  # what cannot be kept is fetched: no traceback on standard error
    # By itself hishel keeps everything, even what says no-store.
    return wrapper(transport, storage=storage, rfc=hishel.CacheOptions(shared=False))
