"""What starting costs: wall time of a fresh interpreter, beside that of one which does nothing."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

ROUNDS = 15
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import scraper": ["-c", "import scraper"],
    "import scraper; scraper.clean": ["-c", "import scraper; scraper.clean(b'<p>Hello</p>')"],
    "clip --help": ["-m", "scraper", "--help"],
    "clip --version": ["-m", "scraper", "--version"],
    "clip clean seeds/": ["-m", "scraper", "clean", "seeds/"],
    "import trafilatura": ["-c", "import trafilatura"],
}


def startup_table() -> Iterator[str]:
    """Yield the lines of the table. The commands take turns, so that a noisy machine hits all alike."""
    seconds: dict[str, list[float]] = {label: [] for label in COMMANDS}
    for _ in range(ROUNDS):
        for label, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
            seconds[label].append(time.perf_counter() - start)
    floor = statistics.median(seconds["python -c pass"])
    yield "\n## Start-up\n"
    yield "| command | ms, median | ms, best | ratio to `python -c pass` |"
    yield "|---|---|---|---|"
    for label, times in seconds.items():
        median = statistics.median(times)
        yield f"| `{label}` | {median * 1e3:.0f} | {min(times) * 1e3:.0f} | {median / floor:.1f} |"


if __name__ == "__main__":
    for line in startup_table():
        print(line)
