"""`clip clean`: saved pages to records."""

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated

import typer

from scraper.bulk import Job
from scraper.bulk.job import MIRRORED, SHARD_MB, SHARDED, is_url
from scraper.bulk.naming import mirrored
from scraper.bulk.retry import failed_inputs, wanted
from scraper.bulk.run import refuse_output_as_input
from scraper.cli import bulk, options
from scraper.cli.output import Folder, lies_in, say
from scraper.cli.run import run, worker_count
from scraper.cli.work import Cleaning, Task
from scraper.config import load
from scraper.errors import ConfigError, Failure
from scraper.readers import Reading, find
from scraper.readers.files import linked_folder

Paths = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH…", help="Files, folders, archives, crawls, tables, or - for standard input.", show_default=False),
]
Parents = Annotated[
    bool, typer.Option("--parents", help="With -o: keep the folders of PATH too, so that a/x.html and b/x.html do not clash.")
]


def clean(
    paths: Paths = None,
    type_: options.Type = None,
    output: options.Outputs = None,
    force: options.Force = False,
    skip_existing: options.SkipExisting = False,
    with_: options.With = "",
    field: options.Field = None,
    url: options.Url = None,
    workers: options.Workers = None,
    config: options.ConfigFile = None,
    site_chrome: options.SiteChrome = None,
    format_: bulk.Format = None,
    convention: options.As = None,
    resume: bulk.Resume = False,
    retry: bulk.Retry = None,
    from_: bulk.From = None,
    duplicates: bulk.DuplicatesOption = None,
    report: bulk.Report = None,
    engine: bulk.EngineOption = "local",
    address: bulk.Address = None,
    shard_mb: bulk.ShardMb = None,
    html_field: bulk.HtmlField = None,
    url_field: bulk.UrlField = None,
    split: options.Split = False,
    parents: Parents = False,
) -> int:
    """Clean saved pages, HTML or text: one JSON line per page, in the order of the inputs."""
    settings = options.with_site_chrome(load(config), site_chrome)
    parts, field = options.parse_parts(with_, field, convention)
    options.check_url(url)
    paths, only, roots = inputs(paths or [], from_, retry)
    if parents:
        if output is None or format_ not in (None, *MIRRORED):
            raise ConfigError("--parents names a file per page: it goes with -o DIR, and not with --format " + "|".join(SHARDED))
        roots = dict.fromkeys((path for path in paths if path != "-"), "")
    remarks = bulk.Remarks()
    reading = Reading(
        media_type=options.MEDIA_TYPES.get(type_ or ""),
        html_field=html_field,
        url_field=url_field,
        split=split,
        max_page=settings.page.max_size * 1_000_000,
        note=remarks,
    )
    many = len(paths) > 1 or any(os.path.isdir(path) for path in paths)
    in_bulk = bool(format_ or resume or duplicates or report or engine != "local" or (output and is_url(output)))
    if not in_bulk and (shard_mb is not None or address is not None):
        raise ConfigError("--shard-mb and --address go with a bulk run (--format, --resume, --duplicates, --report, --engine)")
    if output is not None and in_bulk:
        if skip_existing or field or url:
            raise ConfigError(
                "--skip-existing, --field and --url do not go with a bulk run (--format, --resume, --duplicates, --report, --engine)"
            )
        if resume and force:
            raise ConfigError("--resume goes on with what is there, --force drops it: choose one")
        job = Job(
            inputs=tuple(paths),
            output=bulk.place(output),
            format=format_ or "json",
            convention=convention,
            with_=parts,
            config=settings,
            reading=reading,
            shard_mb=shard_mb or SHARD_MB,
            duplicates=duplicates,
            only=only,
            roots=roots,
        )
        code = bulk.clean_many(
            job,
            workers=worker_count(workers, many=True),
            earlier="replace" if force else "resume" if resume else "refuse",
            report=report,
            engine=bulk.engine_named(engine, address=address, workers=workers),
        )
        remarks.tell()
        return code
    if in_bulk:
        printed = {"text": "body", "markdown": "markdown", "html": "html"}.get(format_ or "")
        hint = f"; --field {printed} prints a page's {format_}" if printed else ""
        raise ConfigError(f"--format, --resume, --duplicates, --report and --engine go with -o DIR{hint}")
    if output is not None:
        refuse_output_as_input(paths, output)
    sink = options.sink(output, field, force=force, skip_existing=skip_existing)
    totals = run(
        Cleaning(settings, parts, field, convention),
        tasks(paths, reading, url=url, unless=sink.folder, only=only, roots=roots),
        config=settings,
        workers=worker_count(workers, many=many),
        sink=sink,
    )
    remarks.tell()
    if not totals.inputs:
        say(f"no pages in {', '.join(paths) or from_ or retry}")
    return totals.exit_code


def inputs(paths: list[str], from_: str | None, retry: str | None) -> tuple[list[str], frozenset[str], dict[str, str]]:
    """Return the paths to read; of a failures file also the origins to clean in them, and the inputs that they were found under.

    Raises ConfigError.
    """
    if from_ is not None:
        paths = [*paths, *bulk.paths_from(from_)]
    if retry is not None:
        if paths:
            raise ConfigError("--retry takes its inputs from the failures file: give no other paths")
        failed = failed_inputs(retry)
        options.check_stdin(failed.inputs)
        return list(failed.inputs), failed.only, failed.roots
    if not paths and from_ is None:
        raise ConfigError("Missing argument 'PATH…' (see clip clean --help)")
    options.check_stdin([*paths, *(["-"] if from_ == "-" else [])])
    return paths, frozenset(), {}


def tasks(
    paths: list[str],
    reading: Reading,
    *,
    url: str | None = None,
    unless: Folder | None = None,
    only: frozenset[str] = frozenset(),
    roots: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Task | Failure]:
    """Yield a task for every page under `paths`, or the failure in its place.

    What a folder holds below the output folder `unless` is left out, and what is not asked for where `only` names origins. `url` is the
    address of pages that have none of their own; outputs are named as if paths were found under their `roots`.
    """
    for path in paths:
        if only and (failure := linked_folder(path)):
            yield failure
            continue
        inside = unless is not None and os.path.isdir(path) and lies_in(unless.root, path)
        for found, origin in wanted(find(path, reading), path, only):
            if not (inside and unless is not None and unless.holds(origin)):
                yield found if isinstance(found, Failure) else Task(found, mirrored(origin, roots.get(path, path)), url)
