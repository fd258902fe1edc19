"""What several commands take, and the checks of what was given."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from scraper.bulk.job import Convention
from scraper.cli.output import Folder, Sink
from scraper.config import Config
from scraper.errors import ConfigError
from scraper.page import PARTS

STDIN = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
MEDIA_TYPES = {"html": "text/html", "text": "text/plain"}


def named(path: str | None) -> str | None:
    """Refuse an output without a name, as a shell's unset variable gives it, and "-", which would be a file of that name."""
    if path == "":
        raise typer.BadParameter("no name is given")
    if path == "-":
        raise typer.BadParameter("- is no name: leave the option out for standard output, or write ./-")
    return path


ConfigFile = Annotated[str | None, typer.Option("--config", metavar="FILE", help="Settings; else $CLIP_CONFIG, else your own file.")]
With = Annotated[str, typer.Option("--with", metavar="PARTS", help=f"Add to the record, comma-separated: {', '.join(PARTS)}.")]
Field = Annotated[str | None, typer.Option("--field", metavar="NAME", help="Print this field only.")]
As = Annotated[Convention | None, typer.Option("--as", help="Name the fields as this tool expects them.")]
Type = Annotated[Literal["html", "text"] | None, typer.Option("--type", help="What the input is; found from its content if not given.")]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="DIR", callback=named, help="Write one file per input, mirroring its path.")
]
Outputs = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR",
        callback=named,
        help="Write one file per input, mirroring its path; shards, also into a store: s3://…",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files in the output folder.")]
SkipExisting = Annotated[bool, typer.Option("--skip-existing", help="Keep files in the output folder and do not clean their inputs again.")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, max=512, metavar="N", help="Worker processes; one per core if not given.")]
SiteChrome = Annotated[str | None, typer.Option("--site-chrome", metavar="FILE", help="Remove the sites' furniture that clip learn found.")]
Split = Annotated[bool, typer.Option("--split", help="One record an article of a text: parts end at form feeds, separator lines.")]
Url = Annotated[str | None, typer.Option("--url", help="Where the page came from, to resolve its links.")]


def parse_parts(with_: str, field: str | None, convention: Convention | None = None) -> tuple[frozenset[str], str | None]:
    """Return the parts that `--with` names, with the one that `--field` asks for, and the field. Raises ConfigError."""
    if convention is not None and (with_ or field):
        raise ConfigError("--as has its own fields: --with and --field do not go with it")
    parts = {part.strip() for part in with_.split(",")} - {""}
    for part in sorted(parts - set(PARTS)):
        raise ConfigError(f"--with: there is no part {part!r}: did you mean {nearest(part, PARTS)!r}?")
    if field is not None:
        names = _record_keys()
        if field not in names:
            raise ConfigError(f"--field: the record has no key {field!r}: did you mean {nearest(field, names)!r}?")
        parts |= {field} & set(PARTS)
    return frozenset(parts), field


def check_url(url: str | None) -> None:
    """Refuse a `--url` that is no address. Raises ConfigError."""
    from normalise.url import resolve

    if url and resolve(url) is None:
        raise ConfigError(f"--url: not an http or https address: {url}")


def check_stdin(paths: Sequence[str]) -> None:
    """Refuse to read standard input twice. Raises ConfigError."""
    if sum(path in STDIN for path in paths) > 1:
        raise ConfigError("- stands for standard input, which can be read once")


def with_site_chrome(config: Config, path: str | None = None) -> Config:
    """Return the settings with the file that `--site-chrome`, or else they themselves, name, read once to be sure. Raises ConfigError."""
    path = path or config.rules.site_chrome
    if not path:
        return config
    from scraper.learn import load

    load(path)
    return msgspec.structs.replace(config, rules=msgspec.structs.replace(config.rules, site_chrome=path))


def sink(output: str | None, field: str | None, *, force: bool, skip_existing: bool) -> Sink:
    """Return where rows go; an output folder is made if need be. Raises ConfigError, OutputError."""
    if output is None and (force or skip_existing):
        raise ConfigError("--force and --skip-existing go with -o DIR")
    folder = Folder(Path(output), force=force, skip_existing=skip_existing) if output is not None else None
    return Sink(folder, ".txt" if field else ".json", failure_rows=field is None)


def nearest(name: str, names: Sequence[str]) -> str:
    """Return the one of `names` that looks most like `name`."""
    return difflib.get_close_matches(name, names, n=1, cutoff=0)[0]


def _record_keys() -> list[str]:
    from normalise.article import Article

    return [field.encode_name for field in msgspec.structs.fields(Article)]
