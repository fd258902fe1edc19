"""Whether time is linear in the size of a page: made-up pages of growing size, and the time of a byte against that of the smallest.

    python -m bench.linear [SHAPE …] [--most 50]

A stage whose time of a byte grows is named with its factor.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from bench.stages import Stopwatch

KILOBYTE = 1_000
SIZES = (50, 200, 1_000, 5_000, 20_000, 50_000)  # KB
GROWN = 2.0  # a stage that takes this many times as long for a byte is named …
SHARE = 0.03  # … where it is at least this share of the page's time

_HEAD = "<!doctype html><html lang=en><head><meta charset=utf-8><title>A page of a certain size</title></head><body>"
_WORDS = """
    the harbour was closed for days and nobody in town could remember a winter as long this one had been before ice came from north
    while boats lay at their moorings with sails rolled up under snow that fell each night until people said they would rather walk
    than wait another week
""".split()


def _sentence(n: int) -> str:
    """A sentence of eight to twenty words that differs from its neighbours; the same for the same number."""
    state, words = n * 2_654_435_761 + 12_345, []
    for _ in range(8 + n % 13):
        state = (state * 1_103_515_245 + 12_345) % (1 << 31)
        words.append(_WORDS[(state >> 16) % len(_WORDS)])
    return f"{' '.join(words).capitalize()}. "


def _paragraph(n: int) -> str:
    return "".join(_sentence(5 * n + step) for step in range(5))


def prose(size: int) -> str:
    """Return paragraphs of five sentences, with a heading now and then."""
    return _filled(size, lambda n: (f"<h2>Part {n}</h2>" if n % 9 == 0 else "") + f"<p>{_paragraph(n)}</p>")


def links(size: int) -> str:
    """Return one list of links."""
    return _filled(size, lambda n: f'<li class="item item-{n % 50}"><a href="/story/{n}">Story number {n} of the list</a></li>')


def cards(size: int) -> str:
    """Return a listing: cards with heading, date, author and teaser."""
    return _filled(
        size,
        lambda n: (
            f'<div class="card c{n}"><h3><a href="/{n}">Story {n}</a></h3><time datetime="2025-03-{n % 28 + 1:02}">March {n % 28}</time>'
            f'<span class="author">By Ada Example</span><p>{_sentence(n)}</p></div>'
        ),
    )


def nests(size: int) -> str:
    """Return towers of 300 elements, each with a paragraph at its top."""
    return _filled(size, lambda n: "<div>" * 300 + f"<p>{_sentence(n)}</p>" + "</div>" * 300)


def tables(size: int) -> str:
    """Return one table of three columns."""
    return _filled(size, lambda n: f"<tr><td>Row {n}</td><td>{n * 7}</td><td>{n * 13}</td></tr>", "<table>", "</table>")


def breaks(size: int) -> str:
    """Return one element with lines between single <br>."""
    return _filled(size, lambda n: f"{_sentence(n)}<br>")


def scripts(size: int) -> str:
    """Return a page whose text is data for its scripts only."""
    return _filled(size, lambda n: f'{{"type":"paragraph","text":"{_sentence(n)}"}},', '<script>window.state={"a":[', "{}]}</script>")


def text(size: int) -> str:
    """Return a page that is no HTML at all."""
    lines = (f"{_paragraph(n)}\n\n" for n in range(size))
    return _take(lines, size)


SHAPES: dict[str, Callable[[int], str]] = {shape.__name__: shape for shape in (prose, links, cards, nests, tables, breaks, scripts, text)}


def _filled(size: int, part: Callable[[int], str], before: str = "", after: str = "") -> str:
    return f"{_HEAD}{before}{_take(map(part, range(size)), size)}{after}</body></html>"


def _take(parts: Iterator[str], size: int) -> str:
    taken, length = [], 0
    while length < size:
        taken.append(next(parts))
        length += len(taken[-1])
    return "".join(taken)


def linear_table(shapes: list[str], sizes: list[int]) -> Iterator[str]:
    """Yield the lines of the table as they are measured; `sizes` are in kilobytes."""
    from scraper.errors import InputError

    yield "| shape | KB | ms | ns a byte | against the smallest | stages that grow |"
    yield "|---|---|---|---|---|---|"
    for shape in shapes:
        first: dict[str, float] = {}
        for size in sizes:
            data = SHAPES[shape](size * KILOBYTE).encode()
            try:
                seconds = _measure(data, rounds=3 if size <= 1_000 else 1)
            except InputError as error:
                yield f"| {shape} | {size} | | | | refused: {error} |"
                break
            each = {stage: taken * 1e9 / len(data) for stage, taken in seconds.items()}
            first = first or each
            whole, start = sum(each.values()), sum(first.values())
            least = {stage: max(value, 1e-3) for stage, value in first.items()}  # a stage may take less than the clock can tell
            grown = [
                f"{stage} {value / least[stage]:.1f}x"
                for stage, value in each.items()
                if value > SHARE * whole and value > GROWN * least[stage]
            ]
            yield f"| {shape} | {size} | {sum(seconds.values()) * 1e3:.1f} | {whole:.1f} | {whole / start:.2f} | {', '.join(grown)} |"


def _measure(data: bytes, *, rounds: int) -> dict[str, float]:
    runs = []
    for _ in range(rounds):
        stopwatch = Stopwatch()
        with stopwatch.running():
            stopwatch.clean(data, None)
        runs.append(stopwatch.seconds)
    return min(runs, key=lambda seconds: sum(seconds.values()))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", help=f"of {', '.join(SHAPES)}; all if not given")
    parser.add_argument("--most", type=float, default=50, help="megabytes of the largest page (default 50)")
    options = parser.parse_args()
    start = time.perf_counter()
    Stopwatch().clean(prose(50 * KILOBYTE).encode(), None)  # loads what is needed
    for line in linear_table(options.shapes or list(SHAPES), [size for size in SIZES if size <= options.most * KILOBYTE]):
        print(line, flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s in all", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
