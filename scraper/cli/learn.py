"""`clip learn`: the furniture of a site, from many of its saved pages."""

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli import options
from scraper.cli.output import Folder, say, write_stdout
from scraper.cli.run import worker_count
from scraper.config import load
from scraper.errors import Failure

Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Saved pages: files, folders, archives.", show_default=False)]
Target = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", callback=options.named, help="Where to write; standard output if not given.")
]
Host = Annotated[str | None, typer.Option("--host", metavar="NAME", help="The host of pages that do not say where they are from.")]


def learn(
    paths: Paths,
    output: Target = None,
    host: Host = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    workers: options.Workers = None,
    config: options.ConfigFile = None,
) -> int:
    """Count the blocks that repeat over the pages of each site, for `clip clean --site-chrome FILE`."""
    from scraper import workers as pool
    from scraper.cli.bulk import Remarks
    from scraper.cli.clean import tasks
    from scraper.cli.reading import Blocks, warm_up
    from scraper.learn import Learner
    from scraper.readers import Reading

    options.check_stdin(paths)
    settings = load(config)
    learner, pages, unplaced, failures = Learner(), 0, 0, 0
    target = Path(output or "-")
    folder = Folder(target.parent, force=force)
    if output is not None:
        folder.claim(target.name)
    remarks = Remarks()
    found = pool.run(
        Blocks(settings, host),
        tasks(paths, Reading(max_page=settings.page.max_size * 1_000_000, note=remarks)),
        workers=worker_count(workers, many=True),
        deadline=settings.page.deadline,
        memory_mb=settings.page.memory,
        ordered=False,
        warm=warm_up,
    )
    for outcome in found:
        if isinstance(outcome, Failure):
            failures += 1
            say(f"{outcome.input}: {outcome.message} ({outcome.error})")
        else:
            pages += 1
            unplaced += not outcome.host
            learner.add(outcome.host, outcome.blocks)
    remarks.tell()
    if not pages:
        say(f"no pages in {', '.join(paths)}")
        return 5
    if unplaced:
        say(f"{unplaced} pages do not say where they are from: name their host with --host")
    site = learner.result()
    if output is None:
        write_stdout(site.to_json())
    else:
        folder.write(target.name, site.to_json())
    say(f"{pages} pages: furniture of {len(site.hosts)} hosts, {sum(len(known.lines) for known in site.hosts.values())} lines")
    return 1 if failures else 0
