"""The engine for a cluster: the same bytes as on one machine, also when workers and a node are lost while it runs."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from scraper.bulk import Job, run
from scraper.bulk.ray_engine import RayEngine
from scraper.errors import ConfigError
from tests.conftest import ROOT
from tests.test_bulk import page, tree

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
    monkeypatch.setattr("scraper.bulk.plan.FILES", 40)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number}.html").write_text(page(number))
    (folder / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return folder


@pytest.mark.parametrize("form", ["jsonl.gz", "json"])
def test_the_same_bytes_as_on_one_machine(cluster, pages, tmp_path, form):
    run(Job(inputs=(str(pages),), output=str(tmp_path / "local"), format=form), workers=1)
    outcome = run(Job(inputs=(str(pages),), output=str(tmp_path / "ray"), format=form), engine=RayEngine())
    assert (outcome.rows, outcome.failures) == (400, 1)
    if form == "json":  # the manifest of a cluster keeps no names
        for folder in ("local", "ray"):
            (tmp_path / folder / ".clip-manifest.sqlite").unlink()
    assert tree(tmp_path / "ray") == tree(tmp_path / "local")


def test_a_lost_node_and_lost_workers_change_nothing(cluster, pages, tmp_path):
    run(Job(inputs=(str(pages),), output=str(tmp_path / "local"), format="jsonl"), workers=1)
    node = cluster.add_node(**NODE)

    def destroy():
        time.sleep(2)
        for pid in task_workers()[:1]:
            os.kill(pid, signal.SIGKILL)
        cluster.remove_node(node, allow_graceful=False)

    thread = threading.Thread(target=destroy)
    thread.start()
    outcome = run(Job(inputs=(str(pages),), output=str(tmp_path / "ray"), format="jsonl"), engine=RayEngine())
    thread.join()
    assert (outcome.rows, outcome.failures) == (400, 1)
    finished = {name: data for name, data in tree(tmp_path / "ray").items() if not name.endswith(".tmp")}
    assert finished == tree(tmp_path / "local")


def task_workers() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cmdline").read_bytes().startswith(b"ray::make_shard"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_a_file_that_no_task_survives_is_found_and_named(cluster, pages, tmp_path, monkeypatch):
    (pages / "poison.html").write_text(page("poison"))
    monkeypatch.setattr("scraper.bulk.ray_engine.make_shard", _make_shard)
    monkeypatch.setattr("scraper.bulk.ray_engine.clean_one", _clean_one)
    monkeypatch.setattr("scraper.bulk.ray_engine._survives", _survives)
    outcome = run(Job(inputs=(str(pages),), output=str(tmp_path / "ray"), format="jsonl"), engine=RayEngine())
    assert (outcome.rows, outcome.failures) == (400, 2)
    assert b'"error":"crash"' in (tmp_path / "ray" / "failures.jsonl").read_bytes()


def _make_shard(job, shard, poison=frozenset(), report=False):
    from scraper.bulk.ray_engine import make_shard

    if any(unit.path.endswith("poison.html") and unit.path not in poison for unit in shard.units):
        os.kill(os.getpid(), signal.SIGKILL)
    return make_shard(job, shard, poison, report)


def _clean_one(job, unit, report=False):
    return []


def _survives(job, units):
    if any(unit.path.endswith("poison.html") for unit in units):
        os.kill(os.getpid(), signal.SIGKILL)
    return True


def test_what_does_not_go_with_a_cluster_is_refused(cluster, pages, tmp_path):
    with pytest.raises(ConfigError, match="--duplicates"):
        run(Job(inputs=(str(pages),), output=str(tmp_path / "out"), duplicates="exact"), engine=RayEngine())
