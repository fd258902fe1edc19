"""A run whose output is a place in a store: made shard by shard in a folder of this machine, moved there, and remembered there.

    .clip-manifest.sqlite      settings at the start, all at the end: the same file as in a folder
    .clip-shards/NAME          while it runs: what the manifest says of a shard that is there
    .clip-shards/NAME.decided  which of its pages repeat earlier ones, where that is decided before it is written

A shard is there for good when its note is, which is written after it. A run that goes on reads the notes, whatever machine it is on.
"""

import contextlib
import os
from typing import TypeVar

import msgspec

from scraper.bulk import manifest as manifests
from scraper.bulk.job import LISTS, MIRRORED, Job
from scraper.bulk.manifest import Block, Entries, Manifest, State
from scraper.bulk.plan import Shard, is_shard, shard_name
from scraper.bulk.stores import Store
from scraper.bulk.work import suffix
from scraper.errors import LockedError, OutputError
from scraper.page import printable

NOTES = ".clip-shards"
_DECIDED = ".decided"
_Kind = TypeVar("_Kind")


class Note(msgspec.Struct):
    """What the manifest says of one shard."""

    index: int
    blocks: list[tuple[State, Block]]


class Decision(msgspec.Struct):
    """Rows of one shard that repeat earlier pages, and what is remembered of its others."""

    index: int
    likes: dict[int, str]
    entries: Entries


class Publishing:
    """A manifest that has a shard moved to the store when its last block is entered."""

    def __init__(self, job: Job, manifest: Manifest) -> None:
        self.job, self.manifest, self.resumed = job, manifest, manifest.resumed
        self.store = Store(job.store or "")
        self.blocks: list[tuple[State, Block]] = []

    def commit(self, index: int, blocks: list[tuple[State, Block]]) -> None:
        """Enter blocks of a shard."""
        self.blocks += blocks
        self.manifest.commit(index, blocks)  # it is lost with this machine's folder; the note is what counts
        if blocks[-1][0].done:
            publish(self.store, self.job, index, self.blocks)
            self.blocks = []

    def named(self, name: bytes) -> bool:
        """Say whether a page of this run has been written under `name`."""
        return self.manifest.named(name)


def publish(store: Store, job: Job, index: int, blocks: list[tuple[State, Block]]) -> None:
    """Move a finished shard from this machine's folder to the store, then write its note. Raises OutputError."""
    name = shard_name(index, blocks[-1][0].key)
    files = [name] if job.format not in MIRRORED else [os.fsdecode(page) for _, block in blocks for page in block.names]
    moved = [(printable(file) + suffix(job), job.path(file + suffix(job))) for file in files]
    if moved:
        store.put(moved)
    store.write(f"{NOTES}/{name}", msgspec.msgpack.encode(Note(index, blocks)))
    for _, path in moved:
        with contextlib.suppress(OSError):
            os.unlink(path)


def publish_decision(store: Store, shard: Shard, likes: dict[int, str], entries: Entries) -> None:
    """Write down what was decided of a shard, before it is written. Raises OutputError."""
    store.write(f"{NOTES}/{shard.name}{_DECIDED}", msgspec.msgpack.encode(Decision(shard.index, likes, entries)))


def take_up(store: Store, job: Job, earlier: str) -> None:
    """Fetch the manifest of the run that is there, or clear the place. Raises LockedError where neither was asked for."""
    names = store.names()
    if earlier == "replace":
        store.remove([manifests.NAME])
        store.remove([name for name in names if is_shard(name) or name in LISTS])
        store.remove([f"{NOTES}/{name}" for name in store.names(NOTES)])
    elif manifests.NAME in names:
        if earlier == "refuse":
            raise LockedError(f"{store.url}: holds an earlier run: --resume goes on with it, --force starts anew")
        with open(job.path(manifests.NAME), "wb") as file:
            file.write(store.read(manifests.NAME) or b"")
    elif any(is_shard(name) or (job.format in MIRRORED and not name.startswith(".clip-")) for name in names):
        raise LockedError(f"{store.url}: holds files of no known run: use another output, or --force to start anew")


def restore(store: Store, job: Job, manifest: Manifest) -> None:
    """Enter in the manifest what the notes say; write the manifest of a run that begins. Raises OutputError."""
    if not manifest.resumed:
        store.put([(manifests.NAME, job.path(manifests.NAME))])
    done = {index for index, state in manifest.shards() if state.done}
    notes = store.names(NOTES)
    for name in notes:
        if name.endswith(_DECIDED):
            decision = _read(store, name, Decision)
            if decision.index not in done:
                manifest.decide(decision.index, decision.likes, decision.entries)
    for name in notes:
        if not name.endswith(_DECIDED):
            note = _read(store, name, Note)
            if note.index not in done:
                manifest.commit(note.index, note.blocks)
    if job.format not in MIRRORED:
        _refuse_missing(store, job, manifest)


def _refuse_missing(store: Store, job: Job, manifest: Manifest) -> None:
    there = set(store.names())
    for index, state in manifest.shards():
        name = shard_name(index, state.key) + suffix(job)
        if state.done and name not in there:
            raise OutputError(f"{store.url}/{name}: made by an earlier run and gone since: use --force to start anew")


def finish(store: Store, job: Job) -> None:
    """Write the lists and the manifest of a finished run, then drop the notes. Raises OutputError."""
    there = [name for name in LISTS if os.path.exists(job.path(name))]
    store.put([(name, job.path(name)) for name in [*there, manifests.NAME]])
    store.remove([*(name for name in LISTS if name not in there), *(f"{NOTES}/{name}" for name in store.names(NOTES))])


def _read(store: Store, name: str, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.msgpack.decode(store.read(f"{NOTES}/{name}") or b"", type=kind)
    except msgspec.DecodeError as error:
        raise OutputError(f"{store.url}/{NOTES}/{name}: not what a run wrote ({error}): use --force to start anew") from None
