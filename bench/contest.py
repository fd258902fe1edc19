"""A peer in a process of its own: its exception is an answer, and a page on which it hangs or dies costs that page only."""

import contextlib
import json
import multiprocessing
import os
import sys
import time
import warnings
from multiprocessing.connection import Connection
from typing import NamedTuple

from bench.peers import Peer, Record

WARM_UP = (
    b"<html lang=en><head><title>Warm up</title></head><body><article><h1>Warm up</h1>"
    + b"<p>Nothing on this page is measured, it only loads what is needed.</p>" * 9
    + b"</article></body></html>"
)
_LOADING = 120.0  # seconds; what a peer may take to load and to read the first page


class Answer(NamedTuple):
    """A peer's record of one page, the milliseconds that it took (as measured beside it), and what went wrong."""

    record: Record
    ms: float
    error: str | None


class Contestant:
    """One peer, ready for pages. Use it as a context manager: its process ends with the block."""

    def __init__(self, peer: str, call: Peer, *, deadline: float) -> None:
        self.peer = peer
        self.call = call
        self.deadline = deadline
        self._start()

    def __enter__(self) -> "Contestant":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def read(self, data: bytes, url: str | None) -> Answer:
        """Return the peer's answer; after `deadline` seconds it is cut off and started anew."""
        try:
            self._pipe.send((data, url))
            if self._pipe.poll(self.deadline):
                answer: Answer = self._pipe.recv()
                return answer
            fault = f"no answer in {self.deadline:g} s"
        except (EOFError, OSError):
            self._process.join(1)
            fault = f"its process died ({self._process.exitcode})"
        self._stop()
        self._start()
        return Answer({}, self.deadline * 1e3, fault)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self.call, theirs), daemon=True)
        self._process.start()
        theirs.close()
        try:
            ready = self._pipe.poll(_LOADING) and self._pipe.recv()
        except EOFError:
            ready = False
        if not ready:
            self._stop()
            raise RuntimeError(f"{self.peer} does not start: try it by hand, bench/peers.py")

    def _stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(read: Peer, pipe: Connection) -> None:
    warnings.simplefilter("ignore")
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # peers log to it by the thousand lines
    with contextlib.suppress(Exception):  # a page that it does not like has loaded it all the same
        read(WARM_UP, "https://page.invalid/warm-up")
    pipe.send(True)
    while True:
        try:
            data, url = pipe.recv()
        except EOFError:
            return
        error, record = None, {}
        start = time.perf_counter()
        try:
            record = read(data, url)
        except Exception as fault:  # a peer that raises loses the page, not the run
            error = f"{type(fault).__name__}: {fault}"[:300]
        ms = (time.perf_counter() - start) * 1e3
        pipe.send(Answer(json.loads(json.dumps(record)), ms, error))  # plain strings: some belong to a tree
