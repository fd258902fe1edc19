"""`clip schema`: the JSON Schema of the record."""

import json

from scraper.cli.output import write_stdout


def schema() -> int:
    """Print the JSON Schema (2020-12) of the record clip/1."""
    from normalise.schema import record_schema

    write_stdout(json.dumps(record_schema(), indent=2, ensure_ascii=False).encode() + b"\n")
    return 0
