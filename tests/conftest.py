"""What many tests need: the command line as a user runs it, and the check that every record made in the tests passes."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rfc8785
from hypothesis import settings

import scraper.extract
from normalise.schema import record_schema
from tests.server import FaultyServer, Roads

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile("untimed", deadline=None)  # a machine may be busy with anything else
settings.load_profile("untimed")
_VALIDATOR = jsonschema.Draft202012Validator(record_schema())


def check_record(data: bytes) -> dict[str, Any]:
    """Return a record, once it validates against the published schema and its bytes are those of RFC 8785."""
    record: dict[str, Any] = json.loads(data)
    _VALIDATOR.validate(record)
    assert data == rfc8785.dumps(record)
    return record


def _checked(clean: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(clean)
    def checked_clean(*arguments: Any, **options: Any) -> Any:
        article = clean(*arguments, **options)
        check_record(article.to_json())
        return article

    return checked_clean


# Before any test module is imported: so every record that a test makes in this process is checked.
scraper.extract.clean = _checked(scraper.extract.clean)


class Ran:
    """One run of the command line. Every line that looks like a record was checked."""

    def __init__(self, done: "subprocess.CompletedProcess[bytes]") -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr.decode()
        self.rows = [self._row(line) for line in self.out.splitlines() if line.startswith(b'{"')]
        self.records = [row for row in self.rows if "schema" in row]
        self.failures = [row for row in self.rows if "error" in row]
        assert "Traceback" not in self.err, self.err

    @staticmethod
    def _row(line: bytes) -> dict[str, Any]:
        return check_record(line) if b'"schema":"clip/1"' in line else json.loads(line)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user without settings of their own."""
    kept = {key: value for key, value in os.environ.items() if key not in ("CLIP_CONFIG", "NO_COLOR")}
    return {**kept, "HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "home/.config"), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def clip(tmp_path: Path, environment: dict[str, str]) -> Callable[..., Ran]:
    """Run `clip` with these arguments in an empty folder; `stdin` is bytes, `timeout` seconds."""

    def run(
        *arguments: str | Path, stdin: bytes = b"", cwd: Path = tmp_path, timeout: float = 60, env: dict[str, str] | None = None
    ) -> Ran:
        command = [sys.executable, "-m", "scraper", *map(str, arguments)]
        return Ran(subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, timeout=timeout, env={**environment, **(env or {})}))

    return run


@pytest.fixture
def article_page() -> bytes:
    """A small page with an article that every version of the rules must find."""
    paragraphs = "".join(f"<p>{_SENTENCE} It was the {nth} time that the council had put the question to the town.</p>" for nth in _NTH)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Town votes to keep its ferry | Example Gazette</title>
<meta property="og:title" content="Town votes to keep its ferry">
<meta property="article:published_time" content="2025-03-04T08:30:00+01:00">
<meta name="author" content="Ada Example"></head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<main><article><h1>Town votes to keep its ferry</h1><p class="byline">By Ada Example</p>{paragraphs}</article></main>
<footer>Copyright Example Gazette. All rights reserved.</footer></body></html>""".encode()


_NTH = ("first", "second", "third", "fourth", "fifth")
_SENTENCE = "The ferry that crosses the river every half hour will keep running after a clear majority voted for it on Tuesday evening."


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    """A server on loopback with a path for each fault."""
    server = FaultyServer()
    yield server
    server.stop()


@pytest.fixture
def roads(server: FaultyServer) -> Roads:
    """The ways from made-up hosts to the server, which has forgotten what was asked before."""
    server.requests.clear()
    server.log.clear()
    server.busiest.clear()
    return Roads(server)
