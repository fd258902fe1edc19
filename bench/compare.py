"""Extractors side by side on the gold sets, page by page in turn, so that a noisy machine hits all alike.

    python -m bench.compare [SET …] [--peers clip,trafilatura] [--form html,text] [--kinds] [--limit N] [--rows FILE] [--write FILE]

Each peer has a process of its own and one page at a time; times are wall time inside it: compare ratios, not seconds.
"""

import argparse
import contextlib
import datetime
import itertools
import json
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench import gold, score
from bench.contest import Answer, Contestant
from bench.flatten import flatten
from bench.peers import FIELDS, PEERS, version
from bench.plot import Point, plot
from bench.startup import startup_table

HEADER = "| set | peer | pages | bag F1 | shingle F1 | kept | leaked | title | author | date | ms mean | p50 | p99 | max | errors |"


COSTS = {
    "Where the time goes": ("bench.profile", "fundus"),
    "Time against size": ("bench.linear",),
    "Memory": ("bench.memory",),
    "Memory, no two pages alike": ("bench.memory", "--fresh", "--pages", "5000"),
}


class Row(NamedTuple):
    """One peer's scores on one page; `None` where the gold row is silent."""

    kind: str
    ms: float
    error: str | None
    bag: float | None
    shingle: score.Shares | None
    snippets: tuple[int, int, int, int] | None
    title: float | None
    author: float | None
    date: float | None


Rows = dict[str, list[Row]]  # by peer, in the order of the pages


def judge(row: gold.Gold, answer: Answer) -> Row:
    """Return the scores of one answer."""
    record = answer.record
    body = record.get("body")
    return Row(
        kind=row["kind"],
        ms=answer.ms,
        error=answer.error,
        bag=score.bag_f1(body, row["body"]) if row["body"] is not None else None,
        shingle=score.shingle_shares(body, row["body"]) if row["body"] is not None else None,
        snippets=score.snippets(body, row["with"], row["without"]) if row["with"] is not None else None,
        title=score.title_exact(record.get("title"), row["title"]) if row["title"] else None,
        author=score.authors_f1(record.get("author"), row["author"]) if row["author"] else None,
        date=score.date_exact(record.get("date"), row["date"]) if row["date"] else None,
    )


def run(name: str, contestants: list[Contestant], options: argparse.Namespace, *, as_text: bool) -> Rows:
    """Return every peer's rows on one set."""
    rows: Rows = {contestant.peer: [] for contestant in contestants}
    for row, page in itertools.islice(gold.pages(name), options.limit):
        data = flatten(page) if as_text else page
        for contestant in contestants:
            answer = contestant.read(data, row["url"])
            rows[contestant.peer].append(judge(row, answer))
            if options.rows:
                found = {key: answer.record.get(key) for key in ("title", "author", "date")}
                line = {"set": name, "form": "text" if as_text else "html", "peer": contestant.peer, "id": row["id"], "found": found}
                options.rows.write(json.dumps({**line, **rows[contestant.peer][-1]._asdict()}, ensure_ascii=False) + "\n")
    return rows


def table_row(label: str, peer: str, rows: list[Row]) -> str:
    """Return one line of the table; cells of fields that the peer does not have stay empty."""
    fields = FIELDS[peer]
    body = [_mean([row.bag for row in rows]), _shingles(rows), _share(rows, 0, 1), _share(rows, 2, 3)]
    cells = [label, peer, str(len(rows)), *(body if "body" in fields else [""] * 4)]
    cells += [_mean([getattr(row, field) for row in rows]) if field in fields else "" for field in ("title", "author", "date")]
    ms = sorted(row.ms for row in rows)
    cells += [f"{value:.2f}" for value in (statistics.mean(ms), ms[len(ms) // 2], ms[int(len(ms) * 0.99)], ms[-1])]
    return f"| {' | '.join(cells)} | {sum(row.error is not None for row in rows)} |"


def _mean(values: list[Any]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.mean(known):.3f}" if known else ""


def _shingles(rows: list[Row]) -> str:
    shares = [row.shingle for row in rows if row.shingle]
    return f"{score.shingle_f1(shares):.3f}" if shares else ""


def _share(rows: list[Row], part: int, whole: int) -> str:
    known = [row.snippets for row in rows if row.snippets]
    total = sum(entry[whole] for entry in known)
    return f"{sum(entry[part] for entry in known) / total:.3f}" if total else ""


def tables(sets: list[str], contestants: list[Contestant], options: argparse.Namespace, results: dict[str, Rows]) -> Iterator[str]:
    """Yield the lines of the tables as they are known: one table for HTML, one for flattened text. Fill `results` with HTML's rows."""
    for form in options.form.split(","):
        yield f"\n## {'HTML pages' if form == 'html' else 'The same pages flattened to text'}\n"
        yield HEADER
        yield "|" + "---|" * (HEADER.count("|") - 1)
        for name in sets:
            rows = run(name, contestants, options, as_text=form == "text")
            if form == "html":
                results[name] = rows
            kinds = sorted({row.kind for row in next(iter(rows.values()))})
            for peer, own in rows.items():
                yield table_row(name, peer, own)
            for kind in kinds if options.kinds and len(kinds) > 1 else []:
                for peer, own in rows.items():
                    yield table_row(f"{name}: {kind}", peer, [row for row in own if row.kind == kind])


def panels(results: dict[str, Rows]) -> dict[str, dict[str, Point]]:
    """Return what is plotted: bag F1 against mean time on the articles, and on all pages, of each set with gold bodies."""
    found: dict[str, dict[str, Point]] = {}
    for name, rows in results.items():
        kinds = {row.kind for row in next(iter(rows.values()))}
        for title, kept in [(f"{name}: articles", {"article"}), (f"{name}: all kinds", kinds)] if len(kinds) > 1 else [(name, kinds)]:
            points = {peer: point for peer, own in rows.items() if (point := _point(peer, [row for row in own if row.kind in kept]))}
            if points:
                found[title] = points
    return found


def _point(peer: str, rows: list[Row]) -> Point | None:
    scores = [row.bag for row in rows if row.bag is not None]
    if "body" not in FIELDS[peer] or not scores:
        return None
    return statistics.mean(row.ms for row in rows), statistics.mean(scores)


def cost_tables() -> Iterator[str]:
    """Yield the lines of the other measurements, each made in a process of its own."""
    for title, command in COSTS.items():
        done = subprocess.run([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, check=True)
        yield f"\n## {title}\n"
        yield f"`python -m {' '.join(command)}`\n"
        yield from done.stdout.replace("\n## ", "\n### ").strip().splitlines()


def preamble(peers: list[str], missing: list[str], limit: int | None) -> str:
    """Return the head of the page: when, on what, with which versions."""
    versions = ", ".join(f"{peer} {version(peer)}" for peer in peers)
    left_out = f" Not installed, so left out: {', '.join(missing)}." if missing else ""
    part = f" Only the first {limit} pages of each set." if limit else ""
    today = datetime.datetime.now(datetime.UTC).date()
    return f"""# Benchmark

Written by `make bench` on {today}, Python {platform.python_version()}, {platform.system()} {platform.machine()}:
{versions}.{left_out}{part}

Every page goes through all peers in turn, each in a process of its own that has read a page before; times are milliseconds per page, to
be compared with each other and not with another machine's. `bag F1` and `shingle F1` score the body; `kept` and `leaked` are the shares of
snippets that the body must and must not have; `title` is exact but for case and punctuation, `author` the F1 of the names, `date` the exact
day. `errors` are pages on which the peer raised, died or had no answer within the deadline; they count as empty. `lexbor` only parses: the
floor for time. Empty: not annotated, or not a field of that peer's. What the sets are, and where they come from: bench/README.md.
clip's weights were learnt from these very pages: what it does on hosts that it has not seen is in docs/accuracy.md."""


def main() -> int:
    """Run the comparison; print it, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="all if not given")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--form", default="html,text")
    parser.add_argument("--kinds", action="store_true", help="a line for each kind of page too")
    parser.add_argument("--limit", type=int, help="only the first N pages of each set")
    parser.add_argument("--rows", type=argparse.FileType("w"), help="write a JSON line for each page and peer")
    parser.add_argument("--write", type=Path, help="write the page here too, and the plot beside it as .svg")
    parser.add_argument("--deadline", type=float, default=30, help="seconds after which a peer is cut off on a page (default 30)")
    parser.add_argument("--costs", action="store_true", help="time by stage, time against size and memory too: half an hour more")
    parser.add_argument("--no-startup", action="store_true", help="leave out what starting costs")
    options = parser.parse_args()
    sets = options.sets or gold.names()
    if not sets:
        sys.stderr.write(f"no gold sets in {gold.folder()}: see bench/README.md\n")
        return 1
    asked = options.peers.split(",")
    peers = [peer for peer in asked if version(peer) is not None]
    lines = [preamble(peers, [peer for peer in asked if peer not in peers], options.limit)]
    print(lines[0], flush=True)
    results: dict[str, Rows] = {}
    with contextlib.ExitStack() as stack:
        contestants = [stack.enter_context(Contestant(peer, PEERS[peer], deadline=options.deadline)) for peer in peers]
        for line in tables(sets, contestants, options, results):
            print(line, flush=True)
            lines.append(line)
    for line in itertools.chain(() if options.no_startup else startup_table(), cost_tables() if options.costs else ()):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        write_page(options.write, lines, panels(results))
    return 0


def write_page(path: Path, lines: list[str], points: dict[str, dict[str, Point]]) -> None:
    """Write the page, and where there is anything to plot the picture that it shows after its head."""
    if points:
        picture = path.with_suffix(".svg")
        picture.write_text(plot(points, caption="milliseconds a page (log scale, left is faster) and bag F1 of the body (up is better)"))
        lines = [lines[0], f"\n![accuracy against time]({picture.name})", *lines[1:]]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
