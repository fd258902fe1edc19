"""What a bulk run is asked to do, and the fingerprint by which a later run knows whether it is the same."""

import hashlib
import json
import os
import re
from typing import Any, Literal, get_args

import msgspec

from scraper.config import Config
from scraper.page import printable
from scraper.readers import Reading

Format = Literal["json", "markdown", "html", "text", "jsonl", "jsonl.gz", "jsonl.zst", "parquet", "sqlite"]
Convention = Literal["schemaorg", "zyte", "trafilatura", "newspaper"]
Duplicates = Literal["exact", "near"]
MIRRORED: dict[str, str] = {"json": ".json", "markdown": ".md", "html": ".html", "text": ".txt"}  # one file per page, and its suffix
SHARDED = tuple(form for form in get_args(Format) if form not in MIRRORED)
DOCUMENTS = frozenset(MIRRORED) - {"json"}  # formats that hold no record
FAILURES, DUPLICATES, CONTENTS = "failures.jsonl", "duplicates.jsonl", "manifest.json"
LISTS = (FAILURES, DUPLICATES, CONTENTS)  # that speak of the whole run
SHARD_MB = 64
TABLES = ("parquet", "sqlite")  # made whole, shard by shard
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://")  # two letters at least: `c:` is a drive


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs, output and settings of one run. Equal jobs give equal bytes, whatever the engine, the workers or the interruptions."""

    inputs: tuple[str, ...]
    output: str  # a folder, or the URL of a place in a store
    format: Format = "json"
    convention: Convention | None = None  # field names that another tool expects
    with_: frozenset[str] = frozenset()
    config: Config = Config()
    reading: Reading = Reading()
    shard_mb: int = SHARD_MB  # megabytes of input to a shard
    duplicates: Duplicates | None = None
    only: frozenset[str] = frozenset()  # origins to clean; all when empty
    roots: dict[str, str] = {}  # inputs that the files of `inputs` were found under before: what their outputs' names mirror
    store: str | None = None  # while it runs: the URL where shards go when they are whole; `output` is then a folder of this machine

    def settings(self) -> dict[str, str]:
        """Return every setting that shapes the output, as text by name: equal settings, equal bytes."""
        import scraper

        facts: dict[str, Any] = {name: getattr(self, name) for name in ("inputs", "format", "convention", "shard_mb", "duplicates")}
        facts["version"] = scraper.__version__
        facts["with"] = sorted(self.with_)
        again = "\0".join([*sorted(self.only), *(f"{path}\0{root}" for path, root in sorted(self.roots.items()))])
        facts["only"] = hashlib.sha256(again.encode("utf-8", "surrogateescape")).hexdigest() if self.only or self.roots else ""
        facts |= {f"config.{name}": value for name, value in msgspec.to_builtins(self.config, order="sorted").items()}
        reading = {name: getattr(self.reading, name) for name in Reading.__struct_fields__ if name != "note"}
        facts |= {f"reading.{name}": value for name, value in reading.items()}
        return {name: _text(value) for name, value in sorted(facts.items())}

    def fingerprint(self) -> str:
        """Return a digest of `settings`."""
        return hashlib.sha256(msgspec.json.encode(self.settings(), order="sorted")).hexdigest()

    def path(self, name: str) -> str:
        """Return the path of `name` in the output folder."""
        return os.path.join(self.output, name)


def is_url(output: str) -> bool:
    """Say whether an output is a place in a store rather than a folder."""
    return bool(_URL.match(output))


def _text(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else ascii(value)
        if not isinstance(value, dict)
        else printable(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")))
    )
