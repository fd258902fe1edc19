"""Settings: what an operator may change, each with its default; `config.yaml` lists them all.

    load(path)      --config FILE, else $CLIP_CONFIG, else the user's own file, else the defaults
    rules_for(host) the user's rules for one site: those for all sites, then those of its domains

A wrong file is a `ConfigError` of one line that names the file, the key and, where a key is unknown, the nearest one.
"""

import difflib
import functools
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec

from scraper.errors import ConfigError

MAX_BYTES = 1_000_000  # a settings file larger than this is something else
_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "null": "nothing",
    "object": "a mapping",
    "str": "a string",
}

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Megabytes = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000)]


class PageLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one page may cost before it is given up."""

    deadline: Seconds = 10.0
    memory: Megabytes = 2048
    max_size: Megabytes = 64


class Fetching(msgspec.Struct, frozen=True, kw_only=True):
    """How pages are asked for."""

    user_agent: str = "article-clip/0.1"
    contact: str = ""
    connect_timeout: Seconds = 10.0
    read_timeout: Seconds = 20.0
    deadline: Seconds = 30.0
    max_size: Megabytes = 20
    redirects: Count = 10
    retries: Count = 2
    retry_after: Seconds = 60.0
    retry_share: Annotated[int, msgspec.Meta(ge=0, le=100)] = 20
    robots: bool = True
    delay: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 1.0
    crawl_delay: Seconds = 30.0
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 32
    host_failures: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 5
    allow_private: bool = False
    proxy: str = ""
    pages: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1
    render: bool = False
    browser: str = ""
    cache: str = ""


class Fallback(msgspec.Struct, frozen=True, kw_only=True):
    """The second opinion on pages whose own result is doubtful."""

    enabled: bool = True


class SiteRules(msgspec.Struct, frozen=True, kw_only=True):
    """A user's rules: CSS selectors and phrases."""

    strip: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


class Rules(SiteRules, frozen=True, kw_only=True):
    """The rules for all sites, and more of them by domain."""

    sites: dict[str, SiteRules] = {}
    site_chrome: str = ""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting. Seconds are seconds; sizes are megabytes of 1,000,000 bytes."""

    page: PageLimits = PageLimits()
    fetch: Fetching = Fetching()
    fallback: Fallback = Fallback()
    rules: Rules = Rules()

    def rules_for(self, host: str | None) -> SiteRules:
        """Return the rules that hold on `host`: those for all sites, then those of its domains, the widest first."""
        found = [self.rules, *(self.rules.sites[domain] for domain in _domains(host or "") if domain in self.rules.sites)]
        return SiteRules(
            strip=_joined(rules.strip for rules in found),
            keep=_joined(rules.keep for rules in found),
            phrases=_joined(rules.phrases for rules in found),
        )


def load(path: str | os.PathLike[str] | None = None) -> Config:
    """Return the settings of `path`, else of `$CLIP_CONFIG`, else of the user's own file, else the defaults.

    Raises `ConfigError` for a named file that is missing, and for any file that is wrong.
    """
    named = path or os.environ.get("CLIP_CONFIG") or None
    if named is not None:
        return _read(Path(named))
    own = user_file()
    return _read(own) if own is not None and own.exists() else Config()


def user_file() -> Path | None:
    """Return where the user's own settings are looked for; `None` where the system names no home."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA")
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base, "clip", "config.yaml") if base and os.path.isabs(base) else None


def parse(text: str, *, name: str = "settings") -> Config:
    """Return the settings that the YAML 1.2 `text` holds. Raises `ConfigError`, its message opening with `name`."""
    data = _yaml(text, name)
    if data is None:
        return Config()
    unknown = next(_unknown_keys(data, Config, ""), None)
    if unknown is not None:
        raise ConfigError(f"{name}: {unknown}")
    try:
        config = msgspec.convert(data, Config)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ConfigError(f"{name}: {_in_words(str(error))}") from error
    for key in ("user_agent", "contact"):
        if not getattr(config.fetch, key).isprintable():
            raise ConfigError(f"{name}: fetch.{key}: goes into a header: one line of printable characters")
    _check_rules(config.rules, name)
    return config


def _read(path: Path) -> Config:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the settings: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than a settings file can be ({MAX_BYTES:,} bytes)")
    try:
        return parse(data.decode("utf-8-sig"), name=str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from error


def _yaml(text: str, name: str) -> Any:
    # The pure reader is the one that follows YAML 1.2, where `no` and `on` are strings; it also refuses duplicate keys.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).split("\n", 1)[0] or "nested too deeply"
        place = f" line {mark.line + 1}:" if mark is not None else ""
        raise ConfigError(f"{name}:{place} not valid YAML: {what}") from error


def _in_words(message: str) -> str:
    """Return a type error in the words of YAML: "expected a number, got a string - at `page.deadline`"."""
    for word, said in _WORDS.items():
        message = message.replace(f"`{word}`", said)
    return message.replace("$.", "").replace("Expected", "expected", 1)


def _unknown_keys(value: Any, kind: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    if getattr(kind, "__origin__", None) is dict:
        for key, item in value.items():
            yield from _unknown_keys(item, kind.__args__[1], f"{path}{key}.")
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = get_type_hints(kind)
        for key, item in value.items():
            if key in fields:
                yield from _unknown_keys(item, fields[key], f"{path}{key}.")
            else:
                near = difflib.get_close_matches(str(key), fields, n=1, cutoff=0)
                yield f"unknown key `{path}{key}`: did you mean `{path}{near[0]}`?"


def _check_rules(rules: Rules, name: str) -> None:
    sites: dict[str, SiteRules] = {"": rules, **rules.sites}
    for site, own in sites.items():
        where = f"rules.sites.{site}" if site else "rules"
        if site != site.lower().strip(" .") or "/" in site or ":" in site:
            raise ConfigError(f"{name}: {where}: a site is a bare domain in lower case, such as example.org")
        if not all(phrase.strip() for phrase in own.phrases):
            raise ConfigError(f"{name}: {where}.phrases: an empty phrase would match everything")
        for key, selectors in (("strip", own.strip), ("keep", own.keep)):
            for selector in selectors:
                problem = _selector_problem(selector)
                if problem:
                    raise ConfigError(f"{name}: {where}.{key}: `{selector}` is not a CSS selector: {problem}")


@functools.cache
def _selector_problem(selector: str) -> str | None:
    from scraper.document import selector_problem

    return selector_problem(selector)


def _domains(host: str) -> list[str]:
    """Return the domains that `host` lies in, the widest first: org, example.org, www.example.org."""
    labels = host.lower().strip(".").split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1, -1, -1)]


def _joined(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for part in parts for entry in part))
