"""Many pages in worker processes, for programs: what `scraper.clean` is for one page, without its danger."""

import os
from collections.abc import Collection, Iterable, Iterator

import msgspec

from normalise.article import Article
from scraper.bulk.work import Task
from scraper.config import Config
from scraper.errors import Failure
from scraper.learn import load as load_site_chrome
from scraper.page import Page, page_of, wanted_parts
from scraper.readers import Found, Reading, find, load
from scraper.workers.warm import warm_up


class _Cleaning(msgspec.Struct, frozen=True):
    config: Config
    with_: frozenset[str]

    def __call__(self, task: Task) -> Article:
        from scraper.extract import clean

        page = load(task.source) if isinstance(task.source, Found) else task.source
        return clean(page, self.config, with_=self.with_)


def clean_many(
    pages: Iterable[Page | Failure | bytes | str],
    *,
    workers: int | None = None,
    config: Config | None = None,
    with_: Collection[str] = (),
    ordered: bool = True,
) -> Iterator[Article | Failure]:
    """Yield the record of every page, or the failure in its place: exactly one each, in the order of the pages unless `ordered` is false.

    A page is a `Page`, the bytes or text of one, or a failure that a reader gave, which is passed on: `clean_many(read(path))` does an
    archive. `workers` is one per core if not given; with 0 the pages are cleaned in this process, where a hostile one cannot be stopped.
    Each page has the deadline and memory of `config.page`. Pages are drawn as they are needed, so that a generator without end is no
    trouble. Closing the iterator ends the workers. Raises ConfigError for settings or parts that are wrong, TypeError for one page in place
    of many. A program that is run as a script needs no `if __name__ == "__main__"`.
    """
    from scraper import workers as pool

    if isinstance(pages, str | bytes | bytearray | Page):
        raise TypeError("clean_many takes many pages: put one page into a list, or give it to clean")
    config = config or Config()
    if config.rules.site_chrome:
        load_site_chrome(config.rules.site_chrome)
    count = workers if workers is not None else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    function = _Cleaning(config, wanted_parts(with_))
    limits = config.page
    return pool.run(
        function, _tasks(pages), workers=count, deadline=limits.deadline, memory_mb=limits.memory, ordered=ordered, warm=warm_up
    )


def clean_paths(
    *paths: str, workers: int | None = None, config: Config | None = None, with_: Collection[str] = ()
) -> Iterator[Article | Failure]:
    """Yield the record of every page at `paths`, files, folders, archives or crawls; files are opened by the workers."""
    reading = Reading(max_page=(config or Config()).page.max_size * 1_000_000)
    found = (each for path in paths for each in find(path, reading))
    return clean_many(found, workers=workers, config=config, with_=with_)  # type: ignore[arg-type]  # files are found, not yet pages


def _tasks(pages: Iterable[Page | Failure | Found | bytes | str]) -> Iterator[Task | Failure]:
    for number, page in enumerate(pages):
        if isinstance(page, Failure):
            yield page
        elif isinstance(page, Page | Found):
            yield Task(page, "")
        else:
            origin = f"page {number}"
            try:
                yield Task(page_of(page, origin=origin), "")
            except TypeError as error:  # such as the hole in a table
                yield Failure(input=origin, error="damaged", message=str(error))
