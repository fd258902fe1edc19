"""The engine for a cluster: the same bytes as on one machine, also when workers and a node are lost while it runs."""

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from scraper.bulk import Job, ray_engine, run
from scraper.bulk.ray_engine import RayEngine
from scraper.bulk.report import render
from scraper.bulk.tally import Tally
from scraper.errors import LockedError, OutputError
from scraper.readers import Reading
from tests.conftest import ROOT
from tests.test_bulk import clip, page, tree

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.slow
NODE = {"num_cpus": 1, "object_store_memory": 150 << 20}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, sys.path)])  # for the cluster's own processes
    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    cluster.add_node(**NODE)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="error", runtime_env=None)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def pages(tmp_path, monkeypatch):
    monkeypatch.setattr("scraper.bulk.plan.FILES", 16)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(160):
        (folder / f"{number}.html").write_text(page(number))
    (folder / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return folder


@pytest.mark.parametrize("form", ["jsonl.gz", "json"])
def test_the_same_bytes_as_on_one_machine(cluster, pages, tmp_path, form):
    run(Job(inputs=(str(pages),), output=str(tmp_path / "local"), format=form), workers=1)
    outcome = run(Job(inputs=(str(pages),), output=str(tmp_path / "ray"), format=form), engine=RayEngine())
    assert (outcome.rows, outcome.failures) == (160, 1)
    assert tree(tmp_path / "ray") == tree(tmp_path / "local")


@pytest.mark.parametrize("duplicates", ["exact", "near"])
def test_the_same_duplicates_as_on_one_machine(cluster, pages, tmp_path, duplicates):
    if duplicates == "near":
        pytest.importorskip("rensa")
    for number in range(0, 160, 8):
        (pages / f"copy{number}.html").write_text(page(number))
        (pages / f"a{number}.html").write_text(page(number).replace("Part 3 of it was long", "Part 3 of it was rather long"))
    job = Job(inputs=(str(pages),), output=str(tmp_path / "local"), format="jsonl", duplicates=duplicates)
    expected = run(job, workers=1)
    told = Tally()
    outcome = run(msgspec.structs.replace(job, output=str(tmp_path / "ray")), engine=RayEngine(), watch=told.add)
    assert outcome == expected and outcome.duplicates >= 20
    assert tree(tmp_path / "ray") == tree(tmp_path / "local")
    assert told.pages == 201


@pytest.mark.parametrize("engine", [RayEngine(), None])  # engines can be changed between shards
def test_a_run_whose_driver_is_lost_decides_no_page_twice(cluster, pages, tmp_path, monkeypatch, engine):
    for number in range(0, 160, 8):
        (pages / f"copy{number}.html").write_text(page(number))
    job = Job(inputs=(str(pages),), output=str(tmp_path / "local"), format="jsonl", duplicates="exact")
    run(job, workers=1)
    job = msgspec.structs.replace(job, output=str(tmp_path / "ray"))
    entered = 0

    def enter(self, *arguments):
        nonlocal entered
        entered += 1
        if entered == 3:  # some shards are decided and not written
            raise KeyboardInterrupt
        original(self, *arguments)

    original = ray_engine._Driver._enter
    with monkeypatch.context() as lost:
        lost.setattr(ray_engine._Driver, "_enter", enter)
        with pytest.raises(KeyboardInterrupt):
            run(job, engine=RayEngine())
    run(job, engine=engine, earlier="resume")
    assert tree(tmp_path / "ray") == tree(tmp_path / "local")


def test_a_shard_half_done_by_one_machine_is_left_to_it(cluster, pages, tmp_path, monkeypatch):
    job = Job(inputs=(str(pages),), output=str(tmp_path / "out"), format="jsonl", duplicates="exact")
    monkeypatch.setattr("scraper.bulk.collect.BLOCK_PAGES", 7)

    def stop(pages):
        if stopped.add(pages) or stopped.pages > 25:
            raise KeyboardInterrupt

    stopped = Tally()
    with pytest.raises(KeyboardInterrupt):
        run(job, workers=1, watch=stop)
    with pytest.raises(LockedError, match="begun by --engine local"):
        run(job, engine=RayEngine(), earlier="resume")


@pytest.mark.parametrize("duplicates", [None, "exact"])
def test_shards_go_to_a_store(cluster, pages, tmp_path, duplicates):
    (pages / "copy.html").write_text(page(1))
    job = Job(inputs=(str(pages),), output=str(tmp_path / "local"), format="jsonl", duplicates=duplicates)
    run(job, workers=1)
    expected = tree(tmp_path / "local")
    del expected[".clip-lock"]
    job = msgspec.structs.replace(job, output=f"local://{tmp_path}/store")
    run(job, engine=RayEngine())
    assert tree(tmp_path / "store") == expected
    run(job, engine=RayEngine(), earlier="resume")
    assert tree(tmp_path / "store") == expected


def test_the_report_has_what_one_machine_reports(cluster, pages, tmp_path):
    for path in pages.glob("*.html"):
        path.write_text(path.read_text(errors="replace").replace("<article>", "<nav><ul><li><a href=/>Front page</a></ul></nav><article>"))
    texts = []
    for name, engine in (("local", None), ("ray", RayEngine())):
        job = Job(inputs=(str(pages),), output=str(tmp_path / name), format="jsonl")
        told = Tally()
        outcome = run(job, engine=engine, report=True, watch=told.add)
        assert len(told.slowest) == 20 and (told.pages, told.failures) == (161, 1) and told.bytes > 100_000
        texts.append(render(outcome, job, [(1.0, "page")]))
    assert texts[0] == texts[1] and "Most frequent removed chrome" in texts[0]


def test_remarks_of_readers_come_back(cluster, tmp_path):
    block = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\ngone"
    crawl = tmp_path / "crawl.warc"
    crawl.write_bytes(3 * (b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(block), block)))
    remarks = []
    reading = Reading(note=lambda *remark: remarks.append(remark))
    run(Job(inputs=(str(crawl),), output=str(tmp_path / "out"), format="jsonl", reading=reading), engine=RayEngine())
    assert remarks == [("", "HTTP 404")] * 3 + [("", "without a page")]


def test_two_pages_of_one_name_are_refused(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("scraper.bulk.plan.FILES", 1)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.html").write_text(page(1))
    inputs = (str(tmp_path / "a"), str(tmp_path / "b"))
    with pytest.raises(OutputError, match="two inputs would be written here"):
        run(Job(inputs=inputs, output=str(tmp_path / "out")), engine=RayEngine())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.html.json").write_text("mine")
    with pytest.raises(OutputError, match="holds files already"):
        run(Job(inputs=inputs[:1], output=str(tmp_path / "mine")), engine=RayEngine())


def test_a_lost_node_and_lost_workers_change_nothing(cluster, pages, tmp_path):
    for number in range(160, 480):
        (pages / f"{number}.html").write_text(page(number))
    run(Job(inputs=(str(pages),), output=str(tmp_path / "local"), format="jsonl"), workers=1)
    node = cluster.add_node(**NODE)
    killed = []

    def destroy():
        for _ in range(2):
            end = time.monotonic() + 30
            while not (workers := task_workers()) and time.monotonic() < end:
                time.sleep(0.02)
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(workers[-1], signal.SIGKILL)
                killed.append(workers[-1])
            time.sleep(0.5)
        cluster.remove_node(node, allow_graceful=False)

    thread = threading.Thread(target=destroy)
    thread.start()
    outcome = run(Job(inputs=(str(pages),), output=str(tmp_path / "ray"), format="jsonl"), engine=RayEngine())
    thread.join()
    assert (outcome.rows, outcome.failures) == (480, 1) and len(killed) == 2
    finished = {name: data for name, data in tree(tmp_path / "ray").items() if not name.endswith(".tmp")}
    assert finished == tree(tmp_path / "local")


def task_workers() -> list[int]:
    """Return the processes that have a shard in hand."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cmdline").read_bytes().startswith(b"ray::make_shard"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


@pytest.mark.parametrize("duplicates", [None, "exact"])
def test_a_file_that_no_task_survives_is_found_and_named(cluster, pages, tmp_path, monkeypatch, duplicates):
    (pages / "poison.html").write_text(page("poison"))
    monkeypatch.setattr("scraper.bulk.ray_engine.make_shard", _make_shard)
    monkeypatch.setattr("scraper.bulk.ray_engine.clean_shard", _clean_shard)
    monkeypatch.setattr("scraper.bulk.ray_engine.survives", _survives)
    job = Job(inputs=(str(pages),), output=str(tmp_path / "ray"), format="jsonl", duplicates=duplicates)
    outcome = run(job, engine=RayEngine())
    assert (outcome.rows, outcome.failures) == (160, 2)
    assert b'"error":"crash"' in (tmp_path / "ray" / "failures.jsonl").read_bytes()


def _make_shard(asked):
    _die_of_poison(asked, asked.shard.units)
    return ray_engine.make_shard(asked)


def _clean_shard(asked):
    _die_of_poison(asked, asked.shard.units)
    return ray_engine.clean_shard(asked)


def _survives(asked, units):
    _die_of_poison(asked, units)
    return True


def _die_of_poison(asked, units):
    if any(unit.path.endswith("poison.html") and unit.path not in asked.poison for unit in units):
        os.kill(os.getpid(), signal.SIGKILL)


def test_the_command_starts_a_cluster_where_none_is_named(pages, tmp_path):
    (pages / "copy.html").write_text(page(1))
    options = ["--format", "jsonl", "--workers", "2", "--duplicates", "exact", "--report", tmp_path / "report.html"]
    done = clip("clean", pages, "-o", tmp_path / "ray", "--engine", "ray", *options, timeout=120)
    assert done.returncode == 1, done.stderr
    assert "162 pages" in done.stderr and "160 records, 1 duplicates, 1 failed" in done.stderr
    assert "Slowest pages" in (tmp_path / "report.html").read_text()
    clip("clean", pages, "-o", tmp_path / "local", *options)
    ours = {name: data for name, data in tree(tmp_path / "ray").items() if name != ".clip-lock"}
    assert ours == {name: data for name, data in tree(tmp_path / "local").items() if name != ".clip-lock"}


def test_columns_in_ray_data(cluster):
    data = pytest.importorskip("ray.data")
    from scraper.integrations.frames import clean_columns

    rows = [{"html": page(number), "url": f"https://example.org/{number}"} for number in range(3)]
    cleaned = data.from_items(rows).map_batches(clean_columns, batch_format="pandas").take_all()
    assert sorted(row["headline"] for row in cleaned) == ["Story 0", "Story 1", "Story 2"]
