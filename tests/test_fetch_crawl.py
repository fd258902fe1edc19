"""Lists: 1,000 URLs of every fault side by side, politeness, order, bounds."""

import itertools
import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from scraper.config import Fetching
from scraper.errors import Failure
from scraper.fetch.crawl import fetch_many
from scraper.fetch.watch import Attempt, Watch
from scraper.page import Page
from tests.server import PUBLIC

ROWS = json.loads(Path(__file__).with_name("cases").joinpath("fetch_faults.json").read_text())
QUICK = Fetching(
    deadline=10, read_timeout=3, connect_timeout=3, max_size=2, retries=1, delay=0, concurrency=48, host_failures=50, retry_share=100
)


def found(outcome) -> str:
    return outcome.result.error if isinstance(outcome.result, Failure) else "page"


def test_a_thousand_urls_of_every_kind(roads):
    rows = [row for row in ROWS if row.get("host") != "rebind.test"]  # asked more than once, it is private from the start
    mixed = [(f"{row.get('scheme', 'http')}://{row.get('host', f'm{n}.test')}{row['path']}", row["outcome"]) for n, row in enumerate(rows)]
    good = [(f"http://good{n % 40}.test/ok?{n}", "page") for n in range(1_000 - len(mixed))]
    wanted = mixed + good
    random.Random(6).shuffle(wanted)
    watch = Watch()
    outcomes = list(fetch_many((url for url, _ in wanted), QUICK, network=roads.network, watch=watch))
    assert sorted(outcome.index for outcome in outcomes) == list(range(1_000))
    wrong = [
        (*wanted[outcome.index], found(outcome), str(outcome.result)[:200])
        for outcome in outcomes
        if found(outcome) != wanted[outcome.index][1]
    ]
    assert wrong == []
    for outcome in outcomes:
        if isinstance(outcome.result, Page) and "/ok?" in outcome.url and outcome.url.startswith("http://good"):
            assert f"Marker /ok?{outcome.url.partition('?')[2]}.".encode() in outcome.result.body
    assert set(roads.dialled) <= {PUBLIC, "2606:2800:220:1::1"}
    assert (watch.standing.done, watch.standing.total) == (1_000, 1_000)


def test_no_wrong_body_after_extra_bytes(roads):
    urls = [f"http://poison.test/{'extra-bytes' if n % 2 else 'ok'}?{n}" for n in range(1_000)]
    outcomes = list(fetch_many(urls, QUICK, network=roads.network))
    assert len(outcomes) == 1_000
    for outcome in outcomes:
        assert f"{outcome.url.partition('?')[2]}.".encode() in outcome.result.body
        assert b"EVIL" not in outcome.result.body


def test_order_is_kept_when_asked_for(roads):
    urls = [f"http://o{n % 7}.test/{'once-busy' if n == 0 else 'ok'}?{n}" for n in range(60)]
    outcomes = list(fetch_many(urls, QUICK, network=roads.network, ordered=True))
    assert [outcome.index for outcome in outcomes] == list(range(60))
    assert {found(outcome) for outcome in outcomes} == {"page"}


def test_one_request_at_a_time_per_host_with_a_pause(roads, server):
    settings = Fetching(delay=0.2, concurrency=8)
    start = time.monotonic()
    outcomes = list(fetch_many([f"http://p{n % 2}.test/ok?{n}" for n in range(8)], settings, network=roads.network))
    assert {found(outcome) for outcome in outcomes} == {"page"}
    assert time.monotonic() - start >= 0.6
    assert max(server.busiest.values()) == 1
    assert server.requests["p0.test", "/robots.txt"] == 1


def test_redirects_to_a_busy_host_wait_for_its_pause(roads, server):
    settings = Fetching(delay=0.2, concurrency=8)
    start = time.monotonic()
    outcomes = list(fetch_many([f"http://short{n}.test/to?http://goal.test/ok" for n in range(5)], settings, network=roads.network))
    assert {found(outcome) for outcome in outcomes} == {"page"}
    assert server.busiest["goal.test"] == 1
    assert time.monotonic() - start >= 0.8


def test_crawl_delay_is_kept_up_to_the_cap(roads):
    settings = Fetching(delay=0, crawl_delay=0.4)
    start = time.monotonic()
    list(fetch_many(["http://robots-delay.test/ok?1", "http://robots-delay.test/ok?2"], settings, network=roads.network))
    assert 0.4 <= time.monotonic() - start < 5


def test_retry_after_holds_its_host_and_no_other(roads):
    settings = Fetching(delay=0, concurrency=1)
    attempts: list[Attempt] = []
    urls = ["http://busy.test/once-busy", "http://busy.test/ok?after", "http://free.test/ok"]
    outcomes = list(fetch_many(urls, settings, network=roads.network, watch=Watch(attempts.append)))
    assert [outcome.index for outcome in outcomes] == [2, 0, 1]
    first = next(attempt for attempt in attempts if attempt.url.endswith("once-busy"))
    assert (first.outcome, first.last, first.wait) == ("http-error", False, 1.0)


def test_a_failing_host_is_left_alone(roads, server, monkeypatch):
    monkeypatch.setattr("scraper.fetch.polite.Breaker.__init__.__defaults__", (0.2,))
    settings = Fetching(delay=0, host_failures=3, retries=0, concurrency=4)
    urls = [f"http://bad.test/500?{n}" for n in range(30)] + ["http://good.test/ok"]
    outcomes = list(fetch_many(urls, settings, network=roads.network))
    assert Counter(found(outcome) for outcome in outcomes) == {"http-error": 30, "page": 1}
    assert server.requests["bad.test", "/500"] == 4
    assert "given up after 4 failures" in [o.result.message for o in outcomes if found(o) == "http-error"][-1]


def test_a_host_that_asks_for_a_long_rest_gets_it(roads, server):
    urls = [f"http://tired.test/429-long?{n}" for n in range(20)] + ["http://good.test/ok"]
    outcomes = list(fetch_many(urls, QUICK, network=roads.network))
    assert Counter(found(outcome) for outcome in outcomes) == {"http-error": 20, "page": 1}
    assert server.requests["tired.test", "/429-long"] == 1


def test_retries_have_a_budget(roads, server):
    settings = Fetching(delay=0, retries=2, retry_share=0, host_failures=1_000, concurrency=32)
    outcomes = list(fetch_many([f"http://h{n}.test/closed-at-once" for n in range(30)], settings, network=roads.network))
    assert {found(outcome) for outcome in outcomes} == {"network-error"}
    assert sum(count for (_, path), count in server.requests.items() if path == "/closed-at-once") == 30 + 10


def test_bad_lines_are_rows_too(roads):
    outcomes = list(
        fetch_many(["example.com", "ftp://a.test/", "", "http://a.test/ok", "\ud800"], QUICK, network=roads.network, ordered=True)
    )
    assert [found(outcome) for outcome in outcomes] == ["bad-url", "blocked", "bad-url", "page", "bad-url"]


def test_an_endless_list_is_read_only_so_far_ahead(roads):
    read = itertools.count()
    outcomes = fetch_many((f"http://a.test/ok?{next(read)}" for _ in itertools.count()), QUICK, network=roads.network, ordered=True)
    assert next(outcomes).index == 0
    time.sleep(0.3)
    assert next(read) <= 1_000 + 300
    outcomes.close()


def test_a_slow_caller_does_not_fill_memory(roads, server):
    outcomes = fetch_many((f"http://s{n % 50}.test/ok?{n}" for n in range(2_000)), QUICK, network=roads.network)
    next(outcomes)
    time.sleep(1.5)
    assert sum(count for (_, path), count in server.requests.items() if path == "/ok") < 64 + 48 + 10
    outcomes.close()


def test_errors_of_the_list_itself_are_raised(roads):
    def urls():
        yield "http://a.test/ok"
        raise OSError("list unreadable")

    with pytest.raises(OSError, match="list unreadable"):
        list(fetch_many(urls(), QUICK, network=roads.network))


# Fetches one path of many hosts from a server at a port.
MANY_HOSTS = """
import sys
from scraper.config import Fetching
from scraper.fetch import transport
from scraper.fetch.crawl import fetch_many

async def resolve(host, port):
    return ["93.184.216.34"]

async def dial(address, port, timeout):
    return await transport.system_dial("127.0.0.1", int(sys.argv[1]), timeout)

network = transport.Network(resolve=resolve, dial=dial)
urls = [f"http://h{n}.test/{sys.argv[2]}" for n in range(24)]
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
@pytest.mark.parametrize("path", ["bomb-gzip", "bomb-br", "bomb-zstd", "endless-body", "bomb-twice"])
def test_memory_stays_within_bounds_under_bombs(server, path):
    """In a process of its own: the peak of this one holds the server and its bombs."""
    script = (
        MANY_HOSTS
        + """
settings = Fetching(delay=0, deadline=60, max_size=20, retries=0)
codes = {outcome.result.error for outcome in fetch_many(urls, settings, network=network)}
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(*codes, int(peak.split()[1]) // 1024)
"""
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script, str(server.plain_port), path], cwd=root, capture_output=True, text=True, check=True
    )
    code, peak = done.stdout.split()
    assert code == "too-large"
    assert int(peak) <= 150


def test_a_host_answers_for_its_own_failures_only(roads):
    settings = Fetching(delay=0, host_failures=2, retries=0, concurrency=4)
    urls = [f"http://short.test/to?http://dead{n}.test:81/" for n in range(6)] + ["http://short.test/ok"]
    outcomes = list(fetch_many(urls, settings, network=roads.network))
    assert Counter(found(outcome) for outcome in outcomes) == {"network-error": 6, "page": 1}


def test_a_long_rest_is_that_of_the_host_that_asks_for_it(roads, server):
    urls = [f"http://short{n}.test/to?http://tired.test/429-long?{n}" for n in range(4)] + ["http://short0.test/ok", "http://tired.test/ok"]
    outcomes = list(fetch_many(urls, msgspec.structs.replace(QUICK, concurrency=1), network=roads.network))
    assert [found(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.index)] == ["http-error"] * 4 + [
        "page",
        "http-error",
    ]
    assert server.requests["tired.test", "/429-long"] == 1 and not server.requests["tired.test", "/ok"]


def test_waiting_for_a_turn_is_not_counted_as_the_pages_time(roads):
    settings = Fetching(delay=0.5, deadline=1, retries=0)
    outcomes = list(fetch_many([f"http://short{n}.test/to?http://goal.test/ok" for n in range(5)], settings, network=roads.network))
    assert {found(outcome) for outcome in outcomes} == {"page"}


def test_a_pause_that_redirects_have_begun_is_kept(roads):
    start = time.monotonic()
    urls = ["http://short.test/to?http://goal.test/ok", "http://goal.test/ok?2"]
    outcomes = list(fetch_many(urls, Fetching(delay=0.5, concurrency=1), network=roads.network))
    assert {found(outcome) for outcome in outcomes} == {"page"}
    assert time.monotonic() - start >= 0.5


def test_few_open_files_cost_time_and_no_page(server):
    script = (
        MANY_HOSTS
        + """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
settings = Fetching(delay=0, deadline=60, retries=0)
print(sum(outcome.size > 0 for outcome in fetch_many(urls, settings, network=network)))
"""
    )
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-c", script, str(server.plain_port), "unhurried"]
    assert subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout == "24\n"
