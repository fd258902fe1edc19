"""The furniture of a site, learnt from its pages."""

import json
import random
from pathlib import Path

import pytest

from scraper.cli.app import run
from scraper.errors import ConfigError
from scraper.learn import MIN_PAGES, Learner, fold, host_of, load

ABOUT = "The Example Gazette has served the valley since 1871."


def pages(count: int) -> list[list[str]]:
    return [[f"Story {name}", ABOUT, f"Only here: {name * 3}", "Contact"] for name in (chr(97 + at) * 3 for at in range(count))]


def learnt(order: list[list[str]], **options: int) -> Learner:
    learner = Learner(**options)
    for page in order:
        learner.add("example.org", page)
    return learner


def test_lines_that_repeat() -> None:
    site = learnt(pages(10)).result()
    assert site.hosts["example.org"].pages == 10
    assert site.hosts["example.org"].lines == {fold(ABOUT): 10, "contact": 10}
    assert site.lines_of("example.org") == {fold(ABOUT): 10, "contact": 10}
    assert site.lines_of("other.example") == {}


def test_few_pages_say_nothing() -> None:
    assert learnt(pages(MIN_PAGES - 1)).result().hosts == {}


def test_the_same_page_counts_once() -> None:
    assert learnt([pages(1)[0]] * 20).result().hosts == {}


def test_long_blocks_are_no_furniture() -> None:
    long = "word " * 100
    site = learnt([[*page, long] for page in pages(10)]).result()
    assert fold(long) not in site.hosts["example.org"].lines


@pytest.mark.parametrize("limit", [2_000_000, 12])
def test_order_does_not_matter(limit: int) -> None:
    order = pages(20)
    first = learnt(order, max_lines=limit).result().to_json()
    for seed in range(5):
        random.Random(seed).shuffle(order)
        assert learnt(order, max_lines=limit).result().to_json() == first


def test_fold_and_host() -> None:
    assert fold("  Page 12 of\t٣٤ ") == "page 00 of 00"
    assert host_of("https://WWW.Example.org:8080/a") == "example.org"
    assert host_of("http://[broken") == ""
    assert host_of(None) == ""


def test_file_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "site.json"
    site = learnt(pages(10)).result()
    path.write_bytes(site.to_json())
    assert load(path) == site


@pytest.mark.parametrize("content", ["", "[]", '{"schema":"other/1"}', '{"hosts":{"a":1}}'])
def test_wrong_files(tmp_path: Path, content: str) -> None:
    path = tmp_path / "site.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match="clip learn"):
        load(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.json")


def test_command(tmp_path: Path) -> None:
    for number, page in enumerate(pages(6)):
        blocks = "".join(f"<p>{block}</p>" for block in page)
        link = f'<link rel="canonical" href="https://www.example.org/{number}">'
        (tmp_path / f"{number}.html").write_text(f"<!doctype html><html><head>{link}</head><body>{blocks}</body></html>", encoding="utf-8")
    target = tmp_path / "out" / "site.json"
    assert run(["learn", str(tmp_path), "-o", str(target), "--workers", "1"]) == 0
    assert load(target).hosts["example.org"].lines == {fold(ABOUT): 6, "contact": 6}
    assert run(["learn", str(tmp_path), "-o", str(target)]) == 3
    assert run(["learn", str(tmp_path / "nothing"), "-o", str(tmp_path / "none.json")]) == 5
    assert not (tmp_path / "none.json").exists()


def test_pages_of_no_known_host_are_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.html").write_text(f"<p>{ABOUT}</p>", encoding="utf-8")
    assert run(["learn", str(tmp_path), "--workers", "1"]) == 0
    assert "1 pages do not say where they are from: name their host with --host" in capfd.readouterr().err
    assert run(["learn", str(tmp_path), "--workers", "1", "--host", "example.org"]) == 0
    assert "--host" not in capfd.readouterr().err


def test_clean_with_site_chrome(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    story = "The ferry that crosses the river every half hour will keep running after a clear majority voted for it on Tuesday."
    learner = learnt([[*page, ABOUT] for page in pages(10)])
    target = tmp_path / "site.json"
    target.write_bytes(learner.result().to_json())
    link = '<link rel="canonical" href="https://www.example.org/ferry">'
    page = tmp_path / "page.html"
    page.write_text(
        f"<!doctype html><html><head>{link}</head><body><p>{story}</p><p>{ABOUT}</p><p>{story} Again.</p></body></html>", encoding="utf-8"
    )
    assert run(["clean", str(page), "--site-chrome", str(target), "--with", "removed", "--workers", "1"]) == 0
    record = json.loads(capfdbinary.readouterr().out)
    assert ABOUT not in record["body"]
    assert {"text": ABOUT, "reason": "on 10 pages of the site", "rule": "site/repeated"} in record["removed"]
    assert run(["clean", str(page), "--site-chrome", str(tmp_path / "none.json")]) == 2
