"""The one loader of word data: months, byline words, chrome phrases, one TOML file a language.

`normalise/data/<topic>/<lang>.toml` are the sources, made for people; `normalise/data/<topic>.json` holds the same tables compiled by
`bench/compile_lexicon.py`, because TOML of forty languages takes 50 ms to read and JSON half of one. A test holds the two equal.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

Table = dict[str, Any]


@cache
def languages(topic: str) -> dict[str, Table]:
    """Return the topic's tables by language code ("de", "pt-BR"), sorted by code. The value is shared: do not change it.

    Raises FileNotFoundError where the topic has not been compiled.
    """
    raw = files("normalise").joinpath("data", f"{topic}.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, Table])


@cache
def load(topic: str) -> Table:
    """Return the topic's tables merged over all languages. The value is shared: do not change it.

    Lists are joined in the order of language codes, each item once; tables are merged key by key; other values: the first language has it.
    """
    merged: Table = {}
    seen: dict[int, set[str]] = {}
    for table in languages(topic).values():
        merge(merged, table, seen)
    return merged


def merge(into: Table, table: Table, seen: dict[int, set[str]] | None = None) -> None:
    """Merge `table` into `into`, which may share nothing with it afterwards but strings and numbers.

    `seen` keeps the items of the lists of `into`, by the lists' identity, from one merge into it to the next.
    """
    seen = {} if seen is None else seen
    pending = [(into, table)]
    while pending:
        target, source = pending.pop()
        for key, value in source.items():
            if isinstance(value, dict):
                pending.append((target.setdefault(key, {}), value))
            elif isinstance(value, list):
                known = target.setdefault(key, [])
                items = seen.get(id(known))
                if items is None:
                    items = seen[id(known)] = set(map(str, known))
                new = [item for item in value if str(item) not in items]
                known += new
                items.update(map(str, new))
            else:
                target.setdefault(key, value)
