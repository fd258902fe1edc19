"""Pages through the workers, rows to the output, the outcome as an exit code."""

import os
from collections.abc import Callable, Iterable, Iterator

import msgspec

from scraper.cli.output import Sink
from scraper.cli.work import Row, Task, warm_up
from scraper.config import Config
from scraper.errors import Failure
from scraper.page import Page


class Totals(msgspec.Struct):
    """How many inputs gave a row, failed, or were skipped because their output exists."""

    rows: int = 0
    failures: int = 0
    skipped: int = 0

    @property
    def inputs(self) -> int:
        """How many inputs there were."""
        return self.rows + self.failures + self.skipped

    @property
    def exit_code(self) -> int:
        """0 all well, 1 some inputs failed, 5 nothing could be read."""
        done = self.rows + self.skipped
        return 5 if not done else 1 if self.failures else 0


def run(
    function: Callable[[Task], Row], pages: Iterable[tuple[str, Page | Failure]], *, config: Config, workers: int, sink: Sink
) -> Totals:
    """Run `function` on every page in worker processes; each input gives one line, in the order of the inputs.

    `pages` are pairs: the name of the output without its suffix, and a page or the failure in its place.
    """
    from scraper import workers as pool

    totals = Totals()
    tasks = _tasks(pages, config, sink, totals)
    for outcome in pool.run(function, tasks, workers=workers, deadline=config.page.deadline, memory_mb=config.page.memory, warm=warm_up):
        if isinstance(outcome, Failure):
            totals.failures += 1
        else:
            totals.rows += 1
        sink.take(outcome)
    return totals


def worker_count(asked: int | None, *, many: bool) -> int:
    """Return how many workers to start: as asked, else one for one page, else one per core that this process may use."""
    if asked:
        return asked
    if not many:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tasks(pages: Iterable[tuple[str, Page | Failure]], config: Config, sink: Sink, totals: Totals) -> Iterator[Task | Failure]:
    """Refuse what is too large before it is sent anywhere, and leave out what is there already and may stay."""
    limit = config.page.max_size * 1_000_000
    for stem, page in pages:
        name = stem + sink.suffix
        if isinstance(page, Failure):
            yield page
        elif sink.folder is not None and not sink.folder.claim(name):
            totals.skipped += 1
        elif len(page.body) > limit:
            message = f"{len(page.body):,} bytes, over the limit of {limit:,}: see page.max_size"
            yield Failure(input=page.origin or "-", error="too-large", message=message)
        else:
            yield Task(page, name)
