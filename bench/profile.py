"""What each stage of one page costs, in milliseconds and as a ratio to the parse, which is the floor.

    python -m bench.profile [SET …] [--pages N]

The pages are the first N of each set, read once to warm up and then measured. Times are the processor's; compare ratios.
"""

import argparse
import itertools
import sys
from collections.abc import Iterator

from bench import gold
from bench.stages import PARSE, Stopwatch

ROUNDS = 3


def profile_table(pages: list[tuple[bytes, str | None]], rounds: int = ROUNDS) -> Iterator[str]:
    """Yield the lines of the table: the best of `rounds` over all `pages`, so that a noisy machine counts least."""
    best: Stopwatch | None = None
    for number in range(rounds + 1):
        stopwatch = Stopwatch()
        with stopwatch.running():
            for data, url in pages:
                stopwatch.clean(data, url)
        if number and (best is None or sum(stopwatch.seconds.values()) < sum(best.seconds.values())):
            best = stopwatch
    assert best is not None
    whole, floor = sum(best.seconds.values()), best.seconds[PARSE]
    yield "| stage | ms a page | share | ratio to the parse |"
    yield "|---|---|---|---|"
    for stage, seconds in [*best.seconds.items(), ("all", whole)]:
        yield f"| {stage} | {seconds * 1e3 / len(pages):.3f} | {seconds / whole:.1%} | {seconds / floor:.2f} |"


def main() -> int:
    """Print the table for the sets that were named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="all if not given")
    parser.add_argument("--pages", type=int, default=100, help="of each set (default 100)")
    options = parser.parse_args()
    sets = options.sets or gold.names()
    if not sets:
        sys.stderr.write(f"no gold sets in {gold.folder()}: see bench/README.md\n")
        return 1
    for name in sets:
        pages = [(page, row["url"]) for row, page in itertools.islice(gold.pages(name), options.pages)]
        print(f"\n## {name}: {len(pages)} pages, {sum(len(page) for page, _ in pages) // len(pages) // 1000} KB a page\n")
        for line in profile_table(pages):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
