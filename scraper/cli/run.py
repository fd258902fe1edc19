"""Pages through the workers, rows to the output, the outcome as an exit code."""

import os
from collections.abc import Callable, Iterable, Iterator

import msgspec

from scraper.cli.output import Sink
from scraper.cli.work import Row, Task
from scraper.config import Config
from scraper.errors import Failure
from scraper.workers.warm import warm_up


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
    function: Callable[[Task], Row],
    tasks: Iterable[Task | Failure | None],
    *,
    config: Config,
    workers: int,
    sink: Sink,
    ordered: bool = True,
) -> Totals:
    """Run `function` on every task in worker processes; each input gives one line, in the order of the inputs if so `ordered`."""
    from scraper import workers as pool

    totals, limits = Totals(), config.page
    wanted = _wanted(tasks, sink, totals)
    outcomes = pool.run(function, wanted, workers=workers, deadline=limits.deadline, memory_mb=limits.memory, ordered=ordered, warm=warm_up)
    for outcome in outcomes:
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


def _wanted(tasks: Iterable[Task | Failure | None], sink: Sink, totals: Totals) -> Iterator[Task | Failure | None]:
    """Leave out what has its output already, where that may stay."""
    for task in tasks:
        if isinstance(task, Task) and sink.folder is not None and not sink.folder.claim(task.name + sink.suffix):
            totals.skipped += 1
        else:
            yield task
