"""Settings: where they are looked for, what is refused and with which words, and the rules of one site."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML

from scraper import config
from scraper.config import Config, SiteRules
from scraper.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _no_settings_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CLIP_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))


def _keys(struct: Any, prefix: str = "") -> list[str]:
    found: list[str] = []
    for field in msgspec.structs.fields(struct):
        nested = isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
        found += _keys(field.type, f"{prefix}{field.name}.") if nested else [f"{prefix}{field.name}"]
    return found


def test_config_yaml_lists_every_setting_with_its_default_and_a_comment() -> None:
    text = (ROOT / "config.yaml").read_text()
    data = YAML(typ="safe", pure=True).load(text)
    listed = [f"{section}.{key}" for section, entries in data.items() for key in entries]
    assert sorted(listed) == sorted(_keys(Config))
    assert config.parse(text) == Config()
    settings = [line for line in text.splitlines() if line.startswith("  ")]
    assert len(settings) == len(listed)
    assert [line for line in settings if not line.partition(" # ")[2].strip()] == []


def test_without_any_file_the_defaults_hold() -> None:
    assert config.load() == Config()


def test_order_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "xdg/clip/config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("page: {deadline: 1}")
    assert config.load().page.deadline == 1
    named = tmp_path / "named.yaml"
    named.write_text("page: {deadline: 2}")
    monkeypatch.setenv("CLIP_CONFIG", str(named))
    assert config.load().page.deadline == 2
    given = tmp_path / "given.yaml"
    given.write_text("page: {deadline: 3}")
    assert config.load(given).page.deadline == 3


def test_a_relative_xdg_folder_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")  # as the XDG specification asks
    assert config.user_file() is None


@pytest.mark.parametrize("text", ["", "# nothing\n", "page: {}\n", "\ufeffpage: {deadline: 10}\n"])
def test_what_says_nothing_changes_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    assert config.load(path) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pages: {}", "unknown key `pages`: did you mean `page`?"),
        ("page: {deadlin: 3}", "unknown key `page.deadlin`: did you mean `page.deadline`?"),
        (
            "rules: {sites: {example.org: {stripp: []}}}",
            "unknown key `rules.sites.example.org.stripp`: did you mean `rules.sites.example.org.strip`?",
        ),
        ("page: {deadline: soon}", "expected a number, got a string - at `page.deadline`"),
        ("page: {deadline: 0}", "expected a number > 0.0 - at `page.deadline`"),
        ("page: {memory: no}", "expected a whole number, got a string - at `page.memory`"),
        ("page: 3", "expected a mapping, got a whole number - at `page`"),
        ("rules: {strip: .a}", "expected a list, got a string - at `rules.strip`"),
        ("- page", "expected a mapping, got a list"),
        ("page: {}\npage: {}", "line 2: not valid YAML: found duplicate key"),
        ("page: [", "line 1: not valid YAML"),
        ("[" * 5000, "not valid YAML"),
        ("rules: {strip: ['a[']}", "rules.strip: `a[` is not a CSS selector"),
        ("rules: {sites: {example.org: {keep: ['p:nope']}}}", "rules.sites.example.org.keep: `p:nope` is not a CSS selector"),
        ("rules: {phrases: [' ']}", "rules.phrases: an empty phrase"),
        ("rules: {sites: {'https://example.org': {}}}", "a site is a bare domain"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse(text, name="my.yaml")
    assert str(caught.value).startswith("my.yaml: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_yaml_is_1_2() -> None:
    rules = config.parse("rules: {phrases: [no, on, yes, 12:30]}").rules
    assert rules.phrases == ("no", "on", "yes", "12:30")


@pytest.mark.parametrize(("data", "message"), [(b"page: \xff", "not UTF-8 at byte 6"), (b"#" * 1_000_001, "larger than a settings file")])
def test_files_that_are_no_settings(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        config.load(path)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the settings"):
        config.load(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="cannot read the settings"):
        config.load(tmp_path)


def test_rules_for_a_host() -> None:
    rules = config.parse(
        """
        rules:
          strip: [.promo]
          phrases: [All rights reserved]
          sites:
            example.org: {strip: [.box, .promo], keep: [.note]}
            news.example.org: {phrases: [Follow us]}
            other.org: {strip: [p]}
        """
    )
    assert rules.rules_for(None) == SiteRules(strip=(".promo",), phrases=("All rights reserved",))
    assert rules.rules_for("badexample.org") == rules.rules_for(None)
    assert rules.rules_for("example.org") == SiteRules(strip=(".promo", ".box"), keep=(".note",), phrases=("All rights reserved",))
    assert rules.rules_for("WWW.News.Example.org.").phrases == ("All rights reserved", "Follow us")
