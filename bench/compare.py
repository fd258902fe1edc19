"""Extractors side by side on the gold sets, page by page in turn, so that a noisy machine hits all alike.

    python -m bench.compare [SET …] [--peers clip,trafilatura] [--form html,text] [--kinds] [--limit N] [--rows FILE] [--write FILE]

Times are wall time per page in this one process: compare ratios, not seconds.
"""

import argparse
import datetime
import itertools
import json
import platform
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench import gold, score
from bench.flatten import flatten
from bench.peers import FIELDS, PEERS, Record, version
from bench.startup import startup_table

WARM_UP = b"<html><body><article><h1>Warm up</h1>" + b"<p>Nothing on this page is measured, it only loads what is needed.</p>" * 9
HEADER = "| set | peer | pages | bag F1 | shingle F1 | kept | leaked | title | author | date | ms mean | p50 | p99 | max | errors |"


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


def judge(row: gold.Gold, record: Record, ms: float, error: str | None) -> Row:
    """Return the scores of one record."""
    body = record.get("body")
    return Row(
        kind=row["kind"],
        ms=ms,
        error=error,
        bag=score.bag_f1(body, row["body"]) if row["body"] is not None else None,
        shingle=score.shingle_shares(body, row["body"]) if row["body"] is not None else None,
        snippets=score.snippets(body, row["with"], row["without"]) if row["with"] is not None else None,
        title=score.title_exact(record.get("title"), row["title"]) if row["title"] else None,
        author=score.authors_f1(record.get("author"), row["author"]) if row["author"] else None,
        date=score.date_exact(record.get("date"), row["date"]) if row["date"] else None,
    )


def run(name: str, peers: list[str], options: argparse.Namespace, *, as_text: bool) -> dict[str, list[Row]]:
    """Return every peer's rows on one set."""
    rows: dict[str, list[Row]] = {peer: [] for peer in peers}
    for number, (row, page) in enumerate(gold.pages(name)):
        if options.limit and number >= options.limit:
            break
        data = flatten(page) if as_text else page
        for peer in peers:
            start, error, record = time.perf_counter(), None, {}
            try:
                record = PEERS[peer](data, row["url"])
            except Exception as fault:  # a peer that raises loses the page, not the run
                error = f"{type(fault).__name__}: {fault}"
            rows[peer].append(judge(row, record, (time.perf_counter() - start) * 1e3, error))
            if options.rows:
                found = {key: record.get(key) for key in ("title", "author", "date")}
                line = {"set": name, "form": "text" if as_text else "html", "peer": peer, "id": row["id"], "found": found}
                options.rows.write(json.dumps({**line, **rows[peer][-1]._asdict()}, ensure_ascii=False) + "\n")
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


def tables(sets: list[str], peers: list[str], options: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of the tables as they are known: one table for HTML, one for flattened text."""
    for form in options.form.split(","):
        yield f"\n## {'HTML pages' if form == 'html' else 'The same pages flattened to text'}\n"
        yield HEADER
        yield "|" + "---|" * (HEADER.count("|") - 1)
        for name in sets:
            rows = run(name, peers, options, as_text=form == "text")
            kinds = sorted({row.kind for row in rows[peers[0]]})
            for peer in peers:
                yield table_row(name, peer, rows[peer])
            for kind in kinds if options.kinds and len(kinds) > 1 else []:
                for peer in peers:
                    yield table_row(f"{name}: {kind}", peer, [row for row in rows[peer] if row.kind == kind])


def preamble(peers: list[str], missing: list[str]) -> str:
    """Return the head of the page: when, on what, with which versions."""
    versions = ", ".join(f"{peer} {version(peer)}" for peer in peers)
    left_out = f" Not installed, so left out: {', '.join(missing)}." if missing else ""
    today = datetime.datetime.now(datetime.UTC).date()
    return f"""# Benchmark

Written by `make bench` on {today}, Python {platform.python_version()}, {platform.system()} {platform.machine()}: {versions}.{left_out}

Every page goes through all peers in turn, in one process; times are milliseconds per page, to be compared with each other and not with
another machine's. `bag F1` and `shingle F1` score the body; `kept` and `leaked` are the shares of snippets that the body must and must not
have; `title` is exact but for case and punctuation, `author` the F1 of the names, `date` the exact day. `lexbor` only parses: the floor for
time. Empty: not annotated, or not a field of that peer's. What the sets are, and where they come from: bench/README.md."""


def main() -> int:
    """Run the comparison; print it, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="all if not given")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--form", default="html,text")
    parser.add_argument("--kinds", action="store_true", help="a line for each kind of page too")
    parser.add_argument("--limit", type=int, help="only the first N pages of each set")
    parser.add_argument("--rows", type=argparse.FileType("w"), help="write a JSON line for each page and peer")
    parser.add_argument("--write", type=Path, help="write the page here too")
    options = parser.parse_args()
    sets = options.sets or gold.names()
    if not sets:
        sys.stderr.write(f"no gold sets in {gold.folder()}: see bench/README.md\n")
        return 1
    asked = options.peers.split(",")
    peers = [peer for peer in asked if version(peer) is not None]
    for peer in peers:
        PEERS[peer](WARM_UP, None)  # loading a peer is no part of any page's time
    lines = [preamble(peers, [peer for peer in asked if peer not in peers])]
    print(lines[0], flush=True)
    for line in itertools.chain(tables(sets, peers, options), startup_table()):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        options.write.write_text("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
