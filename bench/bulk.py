"""Bulk runs measured: what a page costs beside its parse and beside trafilatura, what workers and kills cost, what a billion pages would.

    python -m bench.bulk speed FOLDER     pages per second: the bare parse, clip with 1 and 2 workers, trafilatura's own command line
    python -m bench.bulk warc FOLDER      the same pages as a crawl
    python -m bench.bulk stages FOLDER    what a page of a crawl costs besides its cleaning
    python -m bench.bulk overhead         what the worker processes add, with work of a known length
    python -m bench.bulk kills FOLDER     kill -9 of the run at random moments, resume, compare bytes; then of single workers
    python -m bench.bulk memory           the caller's peak memory over 100,000 small pages
    python -m bench.bulk simulate         shards, stragglers and lost machines at a billion pages, from the costs measured here

FOLDER holds saved pages. Compare figures of one run, not of two; on a machine that does other work besides, compare CPU seconds, which
count all processes of a run.
"""

import argparse
import contextlib
import functools
import gzip
import hashlib
import heapq
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from scraper.workers import run as run_workers

CLIP = [sys.executable, "-m", "scraper"]


def pages_of(folder: str, most: int) -> list[Path]:
    """Return the first `most` files below a folder."""
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())[:most]


class Spent(NamedTuple):
    """What a call took, in seconds: by the clock, and of all cores together."""

    wall: float
    cpu: float


def timed(function: Callable[[], object]) -> Spent:
    """Run a call and return what it took, processes that it started and ended included."""
    cpu, start = used(), time.perf_counter()
    function()
    return Spent(time.perf_counter() - start, used() - cpu)


def used() -> float:
    """Return the CPU seconds of this process and of those that it has waited for."""
    usages = (resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


# -- speed


def speed(folder: str, most: int) -> None:
    """Print pages per second over the same files."""
    files = pages_of(folder, most)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "in")
        source.mkdir()
        for file in files:
            shutil.copy(file, source / file.name)
        size = sum(file.stat().st_size for file in files)
        print(f"{len(files)} pages, {size / 1e6:.1f} MB")
        rows = {"bare parse (selectolax), one process": timed(lambda: parse_all(files))}
        for workers in (1, 2):
            rows[f"clip, {workers} worker{'s' * (workers > 1)}"] = timed(lambda n=workers: clip(source, Path(scratch, f"out{n}"), n))
        command = [
            sys.executable,
            "-m",
            "trafilatura.cli",
            "--json",
            "--with-metadata",
            "--input-dir",
            str(source),
            "--output-dir",
            f"{scratch}/peer",
        ]
        for workers in (1, 2):
            rows[f"trafilatura's command line, {workers} process{'es' * (workers > 1)}"] = timed(
                lambda n=workers: subprocess.run(
                    [*command, "--parallel", str(n)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
                )
            )
        show(rows, len(files))
        print(f"2 workers do {rows['clip, 1 worker'].wall / rows['clip, 2 workers'].wall:.2f} times what one does")


def parse_all(files: list[Path]) -> None:
    """Read and parse every file, and do nothing with it."""
    from selectolax.lexbor import LexborHTMLParser

    for file in files:
        LexborHTMLParser(file.read_bytes().decode("utf-8", "replace"))


def clip(source: Path, output: Path, workers: int) -> None:
    """Clean a folder or a crawl into shards."""
    command = [*CLIP, "clean", str(source), "-o", str(output), "--format", "jsonl", "--workers", str(workers), "--force"]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)


def show(rows: dict[str, Spent], pages: int) -> None:
    """Print seconds, pages per second and milliseconds of CPU per page."""
    for name, spent in rows.items():
        print(f"{name:42} {spent.wall:8.2f} s {pages / spent.wall:9.1f} pages/s {spent.cpu / pages * 1000:8.2f} CPU ms/page")


# -- crawls


def warc(folder: str, most: int) -> None:
    """Print pages per second over the same pages as a gzip crawl, trafilatura fed by its usual reader."""
    files = pages_of(folder, most)
    with tempfile.TemporaryDirectory() as scratch:
        crawl = Path(scratch, "crawl.warc.gz")
        with crawl.open("wb") as out:
            for number, file in enumerate(files):
                out.write(gzip.compress(record(number, file.read_bytes()), 6))
        rows = {f"clip, {n} worker{'s' * (n > 1)}": timed(lambda n=n: clip(crawl, Path(scratch, f"out{n}"), n)) for n in (1, 2)}
        rows["trafilatura over fastwarc, one process"] = timed(lambda: trafilatura_warc(crawl))
        show(rows, len(files))
        peer, own = rows["trafilatura over fastwarc, one process"], rows["clip, 1 worker"]
        print(f"clip does {peer.wall / own.wall:.1f} times as many pages with 1 worker; per CPU second {peer.cpu / own.cpu:.1f} times")


def record(number: int, body: bytes) -> bytes:
    """Return one WARC response record."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/%d\r\nContent-Length: %d\r\n\r\n"
    return head % (number, len(block)) + block + b"\r\n\r\n"


def stages(folder: str, most: int) -> None:
    """Print what a page of a gzip crawl costs on its way: read, handed to a worker and back, cleaned, written."""
    from scraper.bulk import Job
    from scraper.bulk import run as run_job
    from scraper.bulk.work import Cleaning, Task
    from scraper.readers import read

    with tempfile.TemporaryDirectory() as scratch:
        crawl = Path(scratch, "crawl.warc.gz")
        with crawl.open("wb") as out:
            for number, file in enumerate(pages_of(folder, most)):
                out.write(gzip.compress(record(number, file.read_bytes()), 6))
        pages = list(read(str(crawl)))
        job = Job(inputs=(str(crawl),), output=f"{scratch}/out", format="jsonl")
        cleaning = Cleaning(job)
        cleaning(Task(pages[0], ""))  # loads what the first page would pay for
        there_and_back = functools.partial(run_workers, returned, workers=1, deadline=60, memory_mb=1000)
        rows = {
            "read": timed(lambda: list(map(bool, read(str(crawl))))),
            "read, to a worker, 13 kB back": timed(lambda: list(map(bool, there_and_back(read(str(crawl)))))),
            "cleaned, in one process": timed(lambda: list(map(bool, (cleaning(Task(page, "")) for page in pages)))),
            "all of it, 1 worker": timed(lambda: run_job(job, workers=1)),
        }
        show(rows, len(pages))
        whole, carried, cleaned = (
            rows[name].cpu for name in ("all of it, 1 worker", "read, to a worker, 13 kB back", "cleaned, in one process")
        )
        print(f"read and handed over: {carried / whole:.1%} of the CPU time; all but cleaning, start included: {1 - cleaned / whole:.1%}")


def returned(_page: object) -> bytes:
    """Give back as many bytes as a record has."""
    return bytes(13_000)


def trafilatura_warc(crawl: Path) -> None:
    """Extract every page of a crawl with trafilatura."""
    import trafilatura
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    for entry in ArchiveIterator(str(crawl), record_types=WarcRecordType.response):
        trafilatura.bare_extraction(entry.reader.read(), with_metadata=True)


# -- workers


def work(seconds: float) -> float:
    """Keep one core busy for as long as asked, in CPU time, so that a busy machine does not flatter."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds


def overhead() -> None:
    """Print what the worker processes add to 3 ms of work, and what starting them costs."""
    for count, item in ((2000, 0.003), (200, 0.03)):
        one, two = (run_items(item, count, workers) for workers in (1, 2))
        print(
            f"{count} items of {item * 1000:.0f} ms: 1 worker {one.wall:.2f} s, 2 workers {two.wall:.2f} s ({one.wall / two.wall:.2f}); "
            f"CPU time over the work itself {one.cpu / (count * item) - 1:.1%} and {two.cpu / (count * item) - 1:.1%}"
        )
    print(f"one item, with keeper and worker started and ended: {run_items(0.0, 1, 1).wall * 1000:.0f} ms")


def run_items(item: float, count: int, workers: int) -> Spent:
    """Do `count` items of `item` seconds each."""
    return timed(lambda: list(run_workers(work, [item] * count, workers=workers, deadline=60, memory_mb=500)))


# -- kills


def kills(folder: str, most: int, times: int) -> None:
    """Kill runs until `times` are killed; each is resumed to its end, and its bytes compared with an undisturbed run's."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "in")
        source.mkdir()
        for file in pages_of(folder, most):
            shutil.copy(file, source / file.name)
        whole, output = Path(scratch, "whole"), Path(scratch, "out")
        length = timed(lambda: begin(source, whole).wait()).wall
        expected, killed, rounds, orphans = digest(whole), 0, 0, 0
        while killed < times:
            shutil.rmtree(output, ignore_errors=True)
            while True:
                process = begin(source, output)
                time.sleep(chance.uniform(0.1, 1.0) * length)
                if process.poll() is not None:
                    break
                victims = below(process.pid)
                if victims and chance.random() < 0.3:
                    kill(chance.choice(victims))  # a worker, or their keeper
                    process.wait()
                    killed += 1
                    if process.returncode in (0, 1):
                        break
                    continue
                kill(process.pid)
                process.wait()
                killed += 1
                time.sleep(2)
                orphans += sum(map(alive, victims))
            rounds += 1
            if digest(output) != expected:
                sys.exit(f"different bytes after {killed} kills")
        print(f"{killed} kills in {rounds} runs: every run ended with the bytes of an undisturbed one; {orphans} processes left behind")


def begin(source: Path, output: Path) -> "subprocess.Popen[bytes]":
    """Start a run that goes on where another was killed."""
    command = [*CLIP, "clean", str(source), "-o", str(output), "--format", "jsonl.gz", "--workers", "2", "--resume", "--shard-mb", "4"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)


def kill(pid: int) -> None:
    """Kill a process that may have ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Say whether a process still runs; one that has ended and is only not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        found = [int(child) for child in children.read_text().split()]
    except OSError:
        return []
    return [*found, *(deeper for child in found for deeper in below(child))]


def digest(folder: Path) -> dict[str, str]:
    """Return the digest of every file by name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


# -- memory


def memory(pages: int) -> None:
    """Print the peak memory of the process that runs the command, over many small pages."""
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(pages):
            folder = Path(scratch, "in", str(number % 100))
            if number < 100:
                folder.mkdir(parents=True)
            (folder / f"{number}.html").write_text(
                f"<title>Story {number}</title><h1>Story {number}</h1><p>{'A few words. ' * 20}{number}</p>"
            )
        command = [*CLIP, "clean", f"{scratch}/in", "-o", f"{scratch}/out", "--format", "jsonl", "--workers", "2"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        peak = 0
        while process.poll() is None:
            try:
                status = Path(f"/proc/{process.pid}/status").read_text()
                peak = max(peak, int(status.partition("VmHWM:")[2].split()[0] or 0))
            except (OSError, IndexError):
                pass
            time.sleep(0.2)
        print(f"{pages:,} pages: the caller's peak memory {peak / 1024:.0f} MiB\n{process.stderr.read() if process.stderr else ''}")


# -- a billion pages


def simulate(pages: int, page_ms: float, shard_pages: int) -> None:
    """Print how long a run takes on N cores when pages differ, some hang, workers are lost and machines die."""
    print(
        f"{pages:,} pages of {page_ms} ms on average (log-normal, sigma 1), {shard_pages:,} to a shard; one page in 100,000 hangs for 10 s;"
    )
    print("a machine of 32 cores dies every 1,000 hours of its own and loses the shards in hand")
    for cores in (32, 320, 3_200, 32_000):
        makespan, ideal, lost = schedule(pages, page_ms, shard_pages, cores)
        print(
            f"{cores:>7,} cores: {makespan / 3600:9.2f} h, of which waiting for the last shards {(makespan - ideal) / 3600:6.3f} h "
            f"({makespan / ideal - 1:6.2%}); {lost} shards done again; {makespan * cores / 3600:,.0f} core-hours"
        )


def schedule(pages: int, page_ms: float, shard_pages: int, cores: int) -> tuple[float, float, int]:
    """Return seconds to the end, seconds if the work were spread evenly, and shards lost with their machines.

    Shards are given to cores as these become free, which is what both engines do. A shard's time is drawn whole: the sum of many pages is
    nearly normal, with the few that hang on top.
    """
    chance = random.Random(1)
    count = -(-pages // shard_pages)
    mean, spread = page_ms / 1000 * shard_pages, page_ms / 1000 * (2.718281828 - 1) ** 0.5 * shard_pages**0.5
    merged = max(1, count // (200 * cores))  # of many shards per core the early ones only add up
    free = [0.0] * cores
    total, lost, left = 0.0, 0, count
    while left > 0:
        batch = merged if left > 20 * cores else 1
        left -= batch
        seconds = sum(shard_seconds(chance, mean, spread, shard_pages) for _ in range(min(batch, 8))) * batch / min(batch, 8)
        total += seconds
        start = heapq.heappop(free)
        if chance.random() < seconds / 3_600_000:  # this core's machine dies within this time: what was done of the shard is lost
            lost += 1
            seconds += chance.uniform(0, seconds / batch) + 60  # and a minute until another has taken its place
        heapq.heappush(free, start + seconds)
    return max(free), total / cores, lost


def shard_seconds(chance: random.Random, mean: float, spread: float, pages: int) -> float:
    """Draw the time that one shard takes."""
    hangs = sum(chance.random() < 0.01 for _ in range(max(1, pages // 1000)))
    return max(mean / 4, chance.gauss(mean, spread)) + 10.0 * hangs


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "warc", "stages", "overhead", "kills", "memory", "simulate"])
    parser.add_argument("folder", nargs="?", default="seeds")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--page-ms", type=float, default=4.0)
    parser.add_argument("--shard-pages", type=int, default=2000)
    given = parser.parse_intermixed_args()
    match given.what:
        case "speed":
            speed(given.folder, given.pages)
        case "warc":
            warc(given.folder, given.pages)
        case "stages":
            stages(given.folder, given.pages)
        case "overhead":
            overhead()
        case "kills":
            kills(given.folder, given.pages, given.times)
        case "memory":
            memory(given.pages)
        case "simulate":
            simulate(10**9, given.page_ms, given.shard_pages)


if __name__ == "__main__":
    main()
