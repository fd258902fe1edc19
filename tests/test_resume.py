"""Rows put out by runs that are killed at every moment there is: each comes once, whole, whatever standard output is."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.cli import output, resume
from scraper.cli.output import Folder, Sink
from scraper.cli.resume import JournaledSink
from scraper.cli.work import Row
from scraper.errors import Failure, LockedError
from scraper.fetch.journal import Journal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs to be killed are forked")

URLS = [f"http://a.test/{n}" for n in range(5)]
MOMENTS = 5  # of one row: before its entry, after it, half of it written, all of it, settled


def outcome_of(url: str) -> Row | Failure:
    if url.endswith("3"):
        return Failure(input=url, error="timeout", message="late")
    return Row(f"name-{url[-1]}", json.dumps({"input": url, "text": "é" * 500}).encode(), url)


class Countdown:
    """Kills this process at the moment that was asked for."""

    def __init__(self, moments: int | None) -> None:
        self.left = moments

    def __call__(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


def one_run(journal_path: Path, folder: Path | None, countdown: Countdown) -> None:
    def write_slowly(data: bytes) -> None:
        for part in (data[: len(data) // 2], data[len(data) // 2 :]):
            os.write(sys.stdout.fileno(), part)
            countdown()

    output.write_stdout = write_slowly
    with Journal(journal_path, {}) as journal:
        sink = JournaledSink(folder=Folder(folder, skip_existing=True) if folder else None, journal=journal)
        sink.finish()
        enter = journal.enter

        def enter_watched(*arguments: object) -> None:
            countdown()
            enter(*arguments)
            countdown()

        journal.enter = enter_watched  # type: ignore[method-assign]
        for url in URLS:
            if not journal.times(url):
                sink.take(outcome_of(url))
                countdown()


def forked(call: Callable[[], None], stdout: Path | int) -> int:
    """Make a call in a child with its own standard output; return the child's wait status."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            descriptor = os.open(stdout, os.O_WRONLY | os.O_APPEND | os.O_CREAT) if isinstance(stdout, Path) else stdout
            sys.stdout = os.fdopen(descriptor, "w", encoding="utf-8")
            sys.stderr = open(os.devnull, "w")  # noqa: SIM115
            call()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1]


def inputs(data: bytes) -> list[str]:
    return sorted(json.loads(line)["input"] for line in data.splitlines())


@pytest.mark.parametrize("moment", range(len(URLS) * MOMENTS))
def test_rows_in_a_file_come_once_whatever_the_moment_of_the_kill(tmp_path: Path, moment: int) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(b'{"input": "before"}\n')
    status = forked(lambda: one_run(tmp_path / "run", None, Countdown(moment)), rows)
    assert os.WIFSIGNALED(status)
    assert forked(lambda: one_run(tmp_path / "run", None, Countdown(None)), rows) == 0
    assert inputs(rows.read_bytes()) == sorted(["before", *URLS])


def test_a_run_that_is_killed_at_every_step_gets_there(tmp_path: Path) -> None:
    rows, kills = tmp_path / "rows.jsonl", 0
    while forked(lambda: one_run(tmp_path / "run", None, Countdown(1)), rows) != 0:
        kills += 1
        assert kills < 100
    assert kills >= len(URLS)
    assert inputs(rows.read_bytes()) == URLS


@pytest.mark.parametrize("moment", range(0, len(URLS) * MOMENTS, 2))
def test_files_of_a_folder_come_once(tmp_path: Path, moment: int) -> None:
    rows, folder = tmp_path / "rows.jsonl", tmp_path / "out"
    forked(lambda: one_run(tmp_path / "run", folder, Countdown(moment)), rows)
    assert forked(lambda: one_run(tmp_path / "run", folder, Countdown(None)), rows) == 0
    files = sorted(folder.iterdir())
    assert [path.name for path in files] == [f"name-{n}.json" for n in (0, 1, 2, 4)]
    assert [inputs(path.read_bytes()) for path in files] == [[URLS[n]] for n in (0, 1, 2, 4)]
    assert inputs(rows.read_bytes()) == [URLS[3]]


@pytest.mark.parametrize("moment", range(0, len(URLS) * MOMENTS, 2))
def test_a_pipe_loses_nothing_and_gets_one_row_again_at_most(tmp_path: Path, moment: int) -> None:
    received = []
    for moments in (moment, None):
        reading, writing = os.pipe()
        forked(lambda moments=moments, writing=writing: one_run(tmp_path / "run", None, Countdown(moments)), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            received.append(pipe.read())
    whole = received[0][: received[0].rfind(b"\n") + 1]  # the reader of a pipe sees that the last line has no end
    found = inputs(whole + received[1])
    assert set(found) == set(URLS)
    assert len(found) - len(URLS) <= 1


def test_a_file_that_others_write_to_as_well_loses_nothing(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    forked(lambda: one_run(tmp_path / "run", None, Countdown(2)), rows)
    with rows.open("ab") as file:
        file.write(b'{"input": "foreign"}\n')
    assert forked(lambda: one_run(tmp_path / "run", None, Countdown(None)), rows) == 0
    torn, *lines = rows.read_bytes().splitlines()
    assert torn.endswith(b'{"input": "foreign"}')
    assert inputs(b"\n".join(line for line in lines if line)) == URLS


def test_rows_that_are_gone_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tmp_path / "rows.jsonl"
    forked(lambda: one_run(tmp_path / "run", None, Countdown(2 * MOMENTS + 2)), rows)
    with rows.open("w", encoding="utf-8") as emptied, Journal(tmp_path / "run", {}) as journal:
        monkeypatch.setattr(sys, "stdout", emptied)
        with pytest.raises(LockedError, match="append to it with >>"):
            JournaledSink(journal=journal).finish()


def test_where_standard_output_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(b"12345")
    for mode, offset in (("a", 5), ("r+", 0), ("w", 0)):
        with rows.open(mode, encoding="utf-8") as file:
            monkeypatch.setattr(sys, "stdout", file)
            place = resume.stdout_place()
            assert place is not None and (place.inode, place.offset) == (rows.stat().st_ino, offset)
    with open(os.devnull, "w", encoding="utf-8") as null:
        monkeypatch.setattr(sys, "stdout", null)
        assert resume.stdout_place() is None


def test_a_sink_without_a_folder_writes_nothing_for_failures_that_are_no_rows() -> None:
    assert Sink(failure_rows=False).form(Failure(input="x", error="timeout", message="late")) == (None, b"")
