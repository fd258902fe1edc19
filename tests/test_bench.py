"""The benchmark harness: what it measures with is itself held by tests."""

import os
import time
from xml.etree import ElementTree

import pytest

from bench.compare import Row, panels, table_row
from bench.contest import Contestant
from bench.linear import SHAPES, linear_table
from bench.memory import fresh, memory_table, resident
from bench.peers import FIELDS, PEERS, Record, version
from bench.plot import plot
from bench.profile import profile_table
from bench.score import authors_f1, bag_f1, shingle_f1, shingle_shares, snippets, title_exact
from bench.stages import JSON, PARSE, REST, STAGES, Stopwatch

PAGE = (
    b'<html lang="en"><head><title>Harbour reopens</title></head><body><nav><a href="/">Home</a></nav><article><h1>Harbour reopens</h1>'
    + b"<p>The harbour reopened on Monday after the last of the winter ice had been cleared from the channel, its master said. "
    + b"It is the first time in three years that it had to be closed at all, and most of the boats were already at sea by noon.</p>" * 6
    + b"</article></body></html>"
)
POINTS = {"clip": (2.0, 0.96), "trafilatura": (40.0, 0.95), "resiliparse": (2.2, 0.9), "goose3": (41.0, 0.95)}
ROW = Row("article", 2.0, None, 0.9, (0.8, 0.1, 0.1), (1, 2, 0, 2), 1.0, None, 0.0)


def moody(data: bytes, url: str | None) -> Record:
    """Raise, hang, die or answer, as the page says."""
    if data == b"raise":
        raise ValueError("not this page")
    if data == b"hang":
        time.sleep(60)
    if data == b"die":
        os._exit(3)
    return {"body": data.decode(), "title": url}


def test_a_peer_that_raises_hangs_or_dies_loses_that_page_only() -> None:
    with Contestant("moody", moody, deadline=1) as contestant:
        for page, error in ((b"raise", "ValueError: not this page"), (b"hang", "no answer in 1 s"), (b"die", "its process died (3)")):
            answer = contestant.read(page, None)
            assert (answer.record, answer.error) == ({}, error)
            after = contestant.read(b"fine", "https://page.invalid/")
            assert (after.record, after.error) == ({"body": "fine", "title": "https://page.invalid/"}, None)
            assert after.ms >= 0


def test_a_peer_that_does_not_load_is_named() -> None:
    with pytest.raises(RuntimeError, match="sleeper does not start"):
        Contestant("sleeper", _fatal, deadline=1)


def _fatal(data: bytes, url: str | None) -> Record:
    os._exit(1)


@pytest.mark.parametrize("peer", PEERS)
def test_every_installed_peer_gives_its_fields(peer: str) -> None:
    if version(peer) is None:
        pytest.skip(f"{peer} is not installed")
    record = PEERS[peer](PAGE, "https://page.invalid/2025/03/04/harbour")
    assert set(record) <= FIELDS[peer]
    if "body" in FIELDS[peer]:
        assert "The harbour reopened on Monday" in record["body"]
    if "title" in FIELDS[peer]:
        assert record["title"] == "Harbour reopens"
    assert isinstance(record.get("author", []), list)


def test_the_plot_is_well_formed_and_names_every_peer_once() -> None:
    root = ElementTree.fromstring(plot({"set <one>": POINTS, "two": {"clip": (1.0, 0.5)}}, caption="a & b"))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [texts.count(name) for name in ("clip", "trafilatura", "resiliparse", "goose3", "set <one>", "a & b")] == [2, 1, 1, 1, 1, 1]
    assert sum(1 for _ in root.iter("{http://www.w3.org/2000/svg}circle")) == len(POINTS) + 1


def test_faster_is_further_left_and_better_is_higher() -> None:
    root = ElementTree.fromstring(plot({"set": POINTS}, caption=""))
    dots = sorted(float(dot.attrib["cx"]) for dot in root.iter("{http://www.w3.org/2000/svg}circle"))
    best = min(root.iter("{http://www.w3.org/2000/svg}circle"), key=lambda dot: float(dot.attrib["cy"]))
    assert float(best.attrib["cx"]) == dots[0] < dots[1] < dots[2] < dots[3]


def test_a_table_row_leaves_fields_empty_that_the_peer_does_not_have() -> None:
    cells = [cell.strip() for cell in table_row("set", "resiliparse", [ROW, ROW._replace(error="raised", bag=0.0, ms=4.0)]).split("|")]
    assert cells[1:9] == ["set", "resiliparse", "2", "0.450", "0.889", "0.500", "0.000", ""]
    assert cells[11:16] == ["3.00", "4.00", "4.00", "4.00", "1"]


def test_panels_hold_the_peers_that_have_a_body() -> None:
    rows = {"clip": [ROW, ROW._replace(kind="forum", bag=0.5)], "htmldate": [ROW, ROW]}
    assert panels({"set": rows}) == {"set: articles": {"clip": (2.0, 0.9)}, "set: all kinds": {"clip": (2.0, 0.7)}}


def test_scores() -> None:
    assert bag_f1("a b c", "a b d") == pytest.approx(2 / 3)
    assert bag_f1(None, "") == 1.0
    assert bag_f1("a", "") == 0.0
    assert shingle_f1([shingle_shares("one two three four five", "one two three four")]) == pytest.approx(2 / 3)
    assert snippets("It’s here", ["It's  here"], ["there", "here"]) == (1, 1, 1, 2)
    assert title_exact("A “headline”!", "a headline") == 1.0
    assert authors_f1(["Zoë Éxample"], ["Zoe Example", "B. Other"]) == pytest.approx(2 / 3)
    assert authors_f1([], []) is None


def test_the_profile_has_every_stage_and_its_shares_add_up() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in profile_table([(PAGE, None)], rounds=1)][2:]
    assert [row[0] for row in rows] == [*dict.fromkeys(stage for stage, _, _ in STAGES), JSON, REST, "all"]
    assert sum(float(row[2].rstrip("%")) for row in rows[:-1]) == pytest.approx(100, abs=1.5)
    assert next(row[3] for row in rows if row[0] == PARSE) == "1.00"


def test_the_stopwatch_gives_the_same_record_and_puts_everything_back() -> None:
    import scraper
    import scraper.extract

    before = scraper.extract.choose_headline
    stopwatch = Stopwatch()
    with stopwatch.running():
        assert scraper.extract.choose_headline is not before
        record = stopwatch.clean(PAGE, None)
    assert scraper.extract.choose_headline is before
    assert record == scraper.clean(PAGE).to_json()
    assert all(stopwatch.seconds[stage] > 0 for stage in ("decode", PARSE, "walk", "model", "headline", "structure", JSON))


@pytest.mark.parametrize("shape", SHAPES)
def test_made_up_pages_have_their_size(shape: str) -> None:
    page = SHAPES[shape](50_000)
    assert 50_000 <= len(page) < 55_000
    assert page.startswith("<!doctype html>") == (shape != "text")


def test_the_table_of_sizes_names_the_smallest_as_one() -> None:
    rows = [line.strip("| ").split(" | ") for line in linear_table(["breaks"], [5, 10])][2:]
    assert [row[:2] for row in rows] == [["breaks", "5"], ["breaks", "10"]]
    assert rows[0][4] == "1.00"


def test_the_table_of_memory_has_its_stations() -> None:
    rows = [line.strip("| ").split(" | ") for line in memory_table([(PAGE, None)], (2, 4), is_fresh=True)][2:]
    assert [row[0] for row in rows] == ["2", "4"]
    assert rows[0][2] == "+0.0"
    assert 0 < float(rows[0][1]) < 2 * resident() / 1e6


def test_fresh_pages_have_names_of_their_own() -> None:
    assert fresh(b'<p>One</p><p class="lead">', 7) == b'<p>x7 One</p><p class="x7-lead">'
