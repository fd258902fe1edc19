"""Compile the word data: `normalise/data/<topic>/<lang>.toml` of every topic into `normalise/data/<topic>.json`.

python bench/compile_lexicon.py [TOPIC...]
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "normalise" / "data"


def topics() -> list[str]:
    """Return the names of the folders that hold one TOML file a language."""
    return sorted(folder.name for folder in DATA.iterdir() if folder.is_dir() and any(folder.glob("*.toml")))


def sources(topic: str) -> dict[str, dict[str, Any]]:
    """Return the topic's tables by language, read from the TOML files."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / topic).glob("*.toml"), key=_language)}


def _language(path: Path) -> str:
    return path.stem


def main() -> None:
    """Compile the topics named, or all."""
    for topic in sys.argv[1:] or topics():
        text = json.dumps(sources(topic), ensure_ascii=False, separators=(",", ":"))
        target = DATA / f"{topic}.json"
        target.write_text(text + "\n", encoding="utf-8")
        print(f"{target.relative_to(DATA.parent.parent)}: {len(text)} characters", file=sys.stderr)


if __name__ == "__main__":
    main()
