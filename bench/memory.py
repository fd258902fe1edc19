"""Whether memory grows: gold pages over and over through `scraper.clean` in one process, with its resident memory at stations.

    python -m bench.memory [SET …] [--pages 20000] [--distinct 300]

Before the second station every page has been seen more than once. Caches that fill are told from caches without a bound by `--fresh`, which
gives every page class names, ids and words that no page had before.
"""

import argparse
import gc
import itertools
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import gold

STATIONS = (1_000, 5_000, 10_000, 20_000)


def resident() -> int:
    """Return the bytes of memory that this process holds now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def fresh(page: bytes, number: int) -> bytes:
    """Return `page` with class names, ids and words of its own."""
    mark = b"x%d" % number
    return page.replace(b'class="', b'class="%s-' % mark).replace(b'id="', b'id="%s-' % mark).replace(b"<p>", b"<p>%s " % mark)


def memory_table(pages: list[tuple[bytes, str | None]], stations: tuple[int, ...], *, is_fresh: bool = False) -> Iterator[str]:
    """Yield the lines of the table as the stations are reached."""
    import scraper

    yield "| pages | resident MB | grown since the first station, MB | seconds |"
    yield "|---|---|---|---|"
    start, first = time.perf_counter(), None
    for number, (page, url) in enumerate(itertools.islice(itertools.cycle(pages), stations[-1]), 1):
        scraper.clean(fresh(page, number) if is_fresh else page, url=url).to_json()
        if number in stations:
            gc.collect()
            now = resident() / 1e6
            first = now if first is None else first
            yield f"| {number} | {now:.0f} | {now - first:+.1f} | {time.perf_counter() - start:.0f} |"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="all if not given")
    parser.add_argument("--pages", type=int, default=STATIONS[-1])
    parser.add_argument("--distinct", type=int, default=300, help="pages of each set (default 300)")
    parser.add_argument("--fresh", action="store_true", help="every page with names and words of its own")
    options = parser.parse_args()
    sets = options.sets or gold.names()
    if not sets:
        sys.stderr.write(f"no gold sets in {gold.folder()}: see bench/README.md\n")
        return 1
    pages = [(page, row["url"]) for name in sets for row, page in itertools.islice(gold.pages(name), options.distinct)]
    stations = (*(station for station in STATIONS if station < options.pages), options.pages)
    for line in memory_table(pages, stations, is_fresh=options.fresh):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
