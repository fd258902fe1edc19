"""What one item does stays with it; what ends the caller ends its workers."""

import contextlib
import ctypes
import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.errors import ClipError, ConfigError, Failure, InputError
from scraper.workers import keeper, run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="worker processes need fork")
LIMITS = {"deadline": 1.0, "memory_mb": 300}


def act(item):
    """Do what the item says."""
    match item:
        case "segfault":
            ctypes.string_at(0)
        case "abort":
            os.abort()
        case "exit":
            os._exit(7)
        case "hang":
            time.sleep(100)
        case "hang holding the interpreter":
            re.match(r"(a+)+$", "a" * 60 + "b")
        case "allocate":
            return len(bytearray(10 << 30))
        case "raise":
            raise ValueError("no good")
        case "refuse":
            raise InputError("wrong-type", "a picture")
        case "unpicklable":
            return threading.Lock()
        case ("once", path):
            if not os.path.exists(path):
                open(path, "x").close()
                os.kill(os.getpid(), signal.SIGKILL)
        case ("pid",):
            return os.getpid()
    return item


def failures(results):
    return {row.input: (row.error, row.message) for row in results if isinstance(row, Failure)}


@pytest.fixture(params=["forked", "new interpreter"])
def start(request):
    """Run with the keeper forked from this process, and with it started afresh because another thread is alive."""
    if request.param == "forked":
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs files in memory")
@pytest.mark.usefixtures("start")
def test_no_folder_need_be_writable(monkeypatch):
    """As in a container whose file system is read-only."""
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: pytest.fail("a file was made"))
    assert list(run(act, [1, 2], workers=2, **LIMITS)) == [1, 2]


@pytest.fixture
def forked(monkeypatch):
    """Fork the keeper, so that what a test has changed in this process holds there: a thread of an earlier test may not be quite gone."""
    monkeypatch.setattr("scraper.workers.start.single_threaded", lambda: True)


def test_results_come_in_order_one_for_each_item(start):
    assert list(run(act, range(1000), workers=2, **LIMITS)) == list(range(1000))


def test_unordered_results_are_the_same_ones():
    assert sorted(run(act, range(500), workers=3, ordered=False, **LIMITS)) == list(range(500))


def test_a_bad_item_fails_alone(start):
    bad = ["segfault", "abort", "exit", "hang", "hang holding the interpreter", "allocate", "raise", "refuse", "unpicklable"]
    items: list = list(range(100))
    for place, item in enumerate(bad):
        items.insert(place * 10, item)
    results = list(run(act, items, workers=2, **LIMITS))
    assert [row.input if isinstance(row, Failure) else row for row in results] == items
    found = failures(results)
    assert found["segfault"] == ("crash", "its worker ended by SIGSEGV, twice")
    assert found["abort"] == ("crash", "its worker ended by SIGABRT, twice")
    assert found["exit"] == ("crash", "its worker ended by exit status 7, twice")
    assert found["hang"] == found["hang holding the interpreter"] == ("timeout", "over the deadline of 1 s")
    assert found["allocate"] == ("memory", "over the memory limit, twice")
    assert found["raise"] == ("internal", f"ValueError: no good (test_workers.py:{line_of('no good')})")
    assert found["refuse"] == ("wrong-type", "a picture")
    assert found["unpicklable"][0] == "internal"


def line_of(text):
    return next(number for number, line in enumerate(Path(__file__).read_text().splitlines(), 1) if text in line)


def test_only_bad_items():
    assert [row.error for row in run(act, ["segfault"] * 5, workers=2, **LIMITS)] == ["crash"] * 5


def test_an_item_whose_worker_was_killed_is_tried_once_more(tmp_path):
    items = [1, 2, ("once", str(tmp_path / "tried")), 3, 4]
    assert list(run(act, items, workers=2, **LIMITS)) == items


def test_failures_pass_through_in_their_place():
    row = Failure(input="x", error="not-found", message="no such file")
    assert list(run(act, [1, row, 2], workers=1, **LIMITS)) == [1, row, 2]
    assert list(run(act, [row], workers=1, **LIMITS)) == [row]


def test_nothing_in_nothing_out():
    assert list(run(act, [], workers=2, **LIMITS)) == []


def test_large_items_and_results():
    items = [bytes([n]) * 5_000_000 for n in range(6)]
    items += ["ü" * 3_000_000, bytearray(3_000_000), [b"a" * 70_000, "b" * 70_000, *range(10)], ""]
    assert list(run(act, items, workers=2, **LIMITS)) == items


def test_items_are_drawn_only_as_they_are_needed():
    drawn = 0

    def endless() -> Iterator[int]:
        nonlocal drawn
        while True:
            drawn += 1
            yield drawn

    results = run(act, endless(), workers=2, **LIMITS)
    assert [next(results) for _ in range(10)] == list(range(1, 11))
    assert drawn < 2000
    results.close()


def test_results_that_wait_for_an_earlier_one_are_bounded(monkeypatch):
    monkeypatch.setattr("scraper.workers.WAITING_BYTES", 100_000)
    drawn = 0

    def items() -> Iterator[object]:
        nonlocal drawn
        yield "hang"
        for _ in range(400):
            drawn += 1
            yield b"x" * 10_000

    results = run(act, items(), workers=2, **LIMITS)
    assert next(results).error == "timeout"
    assert drawn < 300
    assert sum(1 for _ in results) == 400


def test_workers_are_recycled(monkeypatch, forked):
    monkeypatch.setattr(keeper, "RECYCLE_ITEMS", 10)
    pids = list(run(act, [("pid",)] * 45, workers=1, **LIMITS))
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [10, 10, 10, 10, 5]


def test_workers_that_cannot_start_end_the_run(monkeypatch, forked):
    monkeypatch.setattr(keeper, "_limit_memory", lambda _: os._exit(3))
    with pytest.raises(ClipError, match="cannot be started: the last one ended by exit status 3"):
        list(run(act, iter(int, 1), workers=2, **LIMITS))


def test_an_iterable_that_raises_ends_the_run():
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    others = children()  # of this process: a browser or a server that another test left running
    with pytest.raises(OSError, match="gone"):
        list(run(act, items(), workers=2, **LIMITS))
    assert children() - others == set()


def test_closing_ends_all_workers():
    others = children()
    results = run(act, range(1000), workers=2, **LIMITS)
    next(results)
    assert children() - others
    results.close()
    assert children() - others == set()


def children():
    return set(descendants(os.getpid()))


def descendants(root):
    found, parents = [], {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                state, parent = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(name)] = int(parent)
    todo = [root]
    while todo:
        parent = todo.pop()
        below = [pid for pid, of in parents.items() if of == parent]
        found += below
        todo += below
    return found


def test_without_workers_the_function_runs_here():
    results = list(run(act, [1, "raise", "refuse", ("pid",)], workers=0, **LIMITS))
    assert [results[0], results[1].error, results[2].error, results[3]] == [1, "internal", "wrong-type", os.getpid()]


def test_a_new_interpreter_cannot_import_the_main_script(monkeypatch):
    monkeypatch.setattr("scraper.workers.start.single_threaded", lambda: False)
    monkeypatch.setattr(act, "__module__", "__main__")
    with pytest.raises(ConfigError, match="move it to a module"):
        list(run(act, [1], workers=1, **LIMITS))


def test_warm_is_called_once_before_the_first_fork(tmp_path, forked):
    log = tmp_path / "log"
    pids = set(run(act, [("pid",)] * 100, workers=2, warm=lambda: log.open("a").write("warm "), **LIMITS))
    assert log.read_text() == "warm " and os.getpid() not in pids


SCRIPT = """
    import fcntl, signal, sys, time
    sys.path[:0] = {path!r}
    lock = open({lock!r}, "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    {before}
    import test_workers
    from scraper.workers import run
    try:
        for result in run(test_workers.act, iter(lambda: {item!r}, None), workers=2, deadline=60, memory_mb=300):
            print(result, flush=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture
def caller(tmp_path):
    """Start a run in a process of its own that holds a lock; yield a function that starts it."""
    started = []

    def begin(item, before=""):
        lock = str(tmp_path / "lock")
        path = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
        script = textwrap.dedent(SCRIPT).format(path=path, lock=lock, item=item, before=before)
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
        started.append(process)
        wait_until(lambda: len(descendants(process.pid)) >= 3)  # the keeper and its two workers
        return process, descendants(process.pid), lock

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


def alive(pids):
    return [pid for pid in pids if ") Z" not in state(pid)]


def state(pid) -> str:
    """Return what the system says of a process; of one that is gone, what it says of one whose end was not yet asked after."""
    try:
        return Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ") Z"


@pytest.mark.parametrize("before", ["", "import threading; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"])
@pytest.mark.parametrize("item", ["hang", "hang holding the interpreter", 1])
def test_a_killed_caller_leaves_nothing_behind(caller, item, before):
    process, workers, lock = caller(item, before)
    process.kill()
    process.stdout.read()  # ends only when nobody holds the other end
    process.wait()
    with open(lock, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    wait_until(lambda: not alive(workers), 2.0)


@pytest.mark.parametrize("item", ["hang", 1])
def test_an_interrupt_to_the_whole_group_ends_the_run_in_order(caller, item):
    process, workers, _ = caller(item)
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    process.stdout.read()
    assert process.wait(5) == 130
    assert not alive(workers)


def test_a_killed_keeper_is_replaced_and_loses_nothing(start):
    results = []
    for result in run(act, range(1500), workers=2, **LIMITS):
        results.append(result)
        if len(results) % 500 == 100:
            os.kill(int(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()[-1]), signal.SIGKILL)
    assert results == list(range(1500))


def test_a_keeper_that_is_always_killed_ends_the_run(monkeypatch, forked):
    monkeypatch.setattr(keeper, "_death_signal", lambda: os._exit(9))
    with pytest.raises(ClipError, match="cannot be started: the process that starts workers was killed"):
        list(run(act, range(10), workers=2, **LIMITS))


def test_killed_workers_are_replaced_and_lose_nothing():
    killed = 0
    results = []
    for result in run(act, [("pid",)] * 3000, workers=2, **LIMITS):
        results.append(result)
        if len(results) % 500 == 0:
            with contextlib.suppress(ProcessLookupError):  # recycled, or killed already
                os.kill(result, signal.SIGKILL)
                killed += 1
    assert killed >= 1
    assert len(results) == 3000
    assert failures(results) == {}
