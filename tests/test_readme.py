"""Every command in README.md does what it says; the tables of codes are whole."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from normalise.schema import record_schema
from scraper import config
from scraper.errors import CODES
from tests.conftest import ROOT
from tests.test_cli_fetch import site  # noqa: F401 - a fixture

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
SETUP = [command for command in COMMANDS if command.startswith("python3 -m venv")]


@pytest.fixture
def folder(tmp_path: Path, article_page: bytes) -> Path:
    """A folder with what the commands name."""
    for name in ("page.html", "saved/a.html", "saved/news/b.html", "more/c.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(article_page)
    return tmp_path


def test_the_commands_of_the_shell(folder: Path, site: str, environment: dict[str, str]) -> None:  # noqa: F811
    (folder / "own.yaml").write_text("fetch: {allow_private: true, delay: 0}")
    (folder / "clip").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scraper "$@"\n')
    (folder / "clip").chmod(0o755)
    env = {**environment, "PATH": f"{folder}:{environment['PATH']}", "CLIP_CONFIG": str(folder / "own.yaml")}
    commands = [command for command in COMMANDS if command not in SETUP]
    assert len(commands) >= 13
    for command in commands:
        local = command.replace("https://example.org/news/ferry", f"{site}/article").replace(
            "https://example.org/news/bridge", f"{site}/latin"
        )
        done = subprocess.run(["/bin/sh", "-c", local], cwd=folder, env=env, capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, b""), command
        if " > " in command or " -o " in command:
            assert done.stdout == b""
        else:
            assert done.stdout, command
    assert len((folder / "articles.jsonl").read_bytes().splitlines()) == 3
    assert (folder / "cleaned/news/b.html.json").exists()


def test_the_python(folder: Path, site: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    import scraper
    from scraper.config import Config, Fetching

    fetch = scraper.fetch
    monkeypatch.setattr(scraper, "fetch", lambda url: fetch(url, config=Config(fetch=Fetching(allow_private=True, delay=0))))
    monkeypatch.chdir(folder)
    (code,) = [block for language, block in BLOCKS if language == "python"]
    names: dict[str, object] = {}
    exec(code.replace("https://example.org/news/ferry", f"{site}/article"), names)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("Town votes to keep its ferry b'{")
    assert '"byline":"Ada Example"' in printed[0]
    assert printed[1:3] == ["Town votes to keep its ferry"] * 2
    assert printed[3].startswith("The ferry that crosses")
    assert names["page"].url == f"{site}/article"  # type: ignore[attr-defined]


def test_the_two_commands_that_set_up_are_those_that_ci_runs() -> None:
    """They make a virtual environment and install into it, so `.ci/run` runs them, and takes them from the README by these two patterns."""
    patterns = re.findall(r"grep -m1 '(\^python3 [^']+)' README.md", (ROOT / ".ci/run").read_text())
    assert [[command for command in COMMANDS if re.search(pattern, command)] for pattern in patterns] == [[command] for command in SETUP]


def test_the_record_shown_has_the_keys_of_the_record() -> None:
    from normalise.article import Article

    (shown,) = [json.loads(block) for language, block in BLOCKS if language == "json"]
    described = README[README.index("## The record") : README.index("## Exit codes")]
    assert set(shown) | set(re.findall(r"`(\w+)`", described)) >= set(Article().to_dict())


def test_all_error_codes_are_listed() -> None:
    table = README[README.index("An input that fails") : README.index("## Settings")]
    listed = [code for line in table.splitlines() if line.startswith("| `") for code in re.findall(r"`([a-z-]+)`", line.split("|")[1])]
    assert sorted(listed) == sorted(CODES)


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_page_of_the_record_describes_every_key_and_value() -> None:
    page = (ROOT / "docs/record.md").read_text()
    named = {name for code in re.findall(r"`([^`\n]+)`", page) for name in re.findall(r"\w+", code)}
    schema = record_schema()
    for definition in schema["$defs"].values():
        for key, described in definition["properties"].items():
            assert key in named, key
            assert set(described.get("enum", ())) - {"clip/1"} <= named, key


def test_the_example_of_the_rules_page_is_valid() -> None:
    page = (ROOT / "docs/rules.md").read_text()
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    rules = config.parse(example)
    assert rules.rules_for("www.example.org").strip == (".promo-box", "aside#mailing-list")
