"""Answers kept between runs by the rules of RFC 9111 (extra `cache`): fresh ones are not asked for again, stale ones are asked for with
their validators."""

import importlib
import logging
from pathlib import Path
from typing import Any

from scraper.errors import ConfigError, OutputError


def caching(transport: Any, folder: str, library: str) -> Any:
    """Return `transport` with a cache in `folder` in front of it; `library` names the HTTP library whose transport it is. Raises
    ConfigError, OutputError."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be the cache: {error.strerror}") from error
    try:
        hishel = importlib.import_module("hishel")
        wrapper = importlib.import_module(f"hishel.{library}").AsyncCacheTransport
        storage = hishel.AsyncSqliteStorage(database_path=Path(folder) / "answers.db")
    except ImportError as error:
        raise ConfigError("a cache needs the extra `cache`: pip install 'article-clip[cache]'") from error
    logging.getLogger("hishel").addHandler(logging.NullHandler())  # what cannot be kept is fetched: no traceback on standard error
    # By itself hishel keeps everything, even what says no-store.
    return wrapper(transport, storage=storage, rfc=hishel.CacheOptions(shared=False))
