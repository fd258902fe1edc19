"""The gold pages: other people's annotations of real pages. They are no part of the project; see `bench/README.md`.

A set is `NAME.tar.xz` in the folder $CLIP_GOLD (else `../shared/gold`): `NAME/gold.jsonl`, then `NAME/html/ID.html`, the raw bytes of each
page.
A gold row has id, url, kind, title, author (names), date (YYYY-MM-DD), body, with, without; null means not annotated, so not scored.
"""

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Gold = dict[str, Any]


def folder() -> Path:
    """Return where the sets are looked for."""
    return Path(os.environ.get("CLIP_GOLD") or Path(__file__).resolve().parent.parent.parent / "shared/gold")


def names() -> list[str]:
    """Return the names of the sets; empty where there are none."""
    return sorted(path.name.removesuffix(".tar.xz") for path in folder().glob("*.tar.xz"))


def pages(name: str) -> Iterator[tuple[Gold, bytes]]:
    """Yield (gold row, page) in the archive's order, reading it once from front to end."""
    rows: dict[str, Gold] = {}
    with tarfile.open(folder() / f"{name}.tar.xz", mode="r|xz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            data = file.read() if file is not None else b""
            if member.name.endswith("/gold.jsonl"):
                rows = {row["id"]: row for row in map(json.loads, data.splitlines())}
            else:
                yield rows[Path(member.name).stem], data
