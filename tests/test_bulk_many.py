"""Many pages for programs, and clip inside other tools, each tested against the tool itself where it is installed."""

import itertools
import os

import pytest

from normalise.article import Article
from scraper import Config, ConfigError, Failure, Page, clean, clean_many, read
from scraper.bulk.many import clean_paths
from scraper.config import Rules
from scraper.integrations.facts import facts_of
from scraper.integrations.frames import COLUMNS, clean_columns

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="worker processes need fork")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)


def page(number) -> str:
    body = "".join(f"<p>The council met to talk about page {number}, and part {part} of it was long.</p>" for part in range(5))
    return f'<html lang="en"><head><title>Story {number}</title></head><body><article><h1>Story {number}</h1>{body}</article></body></html>'


@pytest.fixture
def folder(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.html").write_text(page(number))
    (tmp_path / "picture.html").write_bytes(PICTURE)
    return str(tmp_path)


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_every_page_gives_what_clean_gives_or_its_failure(workers):
    gone = Failure(input="gone", error="not-found", message="no such file")
    pages = [page(1), page(2).encode(), Page(body=page(3).encode(), url="https://example.org/3"), PICTURE, gone]
    outcomes = list(clean_many(pages, workers=workers, with_={"markdown"}))
    expected = [clean(page(1), with_={"markdown"}), clean(page(2), with_={"markdown"}), clean(pages[2], with_={"markdown"})]
    assert outcomes[:3] == expected
    assert [row.error for row in outcomes[3:] if isinstance(row, Failure)] == ["wrong-type", "not-found"]


def test_what_is_no_page_is_a_failure_and_what_is_no_list_an_error():
    holes = list(clean_many([page(1), None, float("nan"), bytearray(page(2).encode())], workers=1))
    assert [row.error if isinstance(row, Failure) else row.headline for row in holes] == ["Story 1", "damaged", "damaged", "Story 2"]
    assert holes[1].input == "page 1" and "not NoneType" in holes[1].message
    for one in (page(1), page(1).encode(), Page(body=b"")):
        with pytest.raises(TypeError, match="many pages"):
            clean_many(one)
    for wrong in ({"markdwn"}, "markdown"):
        with pytest.raises(ConfigError, match="markd"):
            clean_many([], with_=wrong)
    with pytest.raises(ConfigError, match=r"none.json: cannot be read"):
        clean_many([], config=Config(rules=Rules(site_chrome="none.json")))


def test_pages_without_end_are_drawn_as_needed():
    outcomes = clean_many(map(page, itertools.count()), workers=1)
    assert [next(outcomes).headline for _ in range(3)] == ["Story 0", "Story 1", "Story 2"]
    outcomes.close()


def test_readers_and_paths(folder):
    for outcomes in (clean_many(read(folder), workers=2), clean_paths(folder, workers=2)):
        rows = list(outcomes)
        assert [row.headline for row in rows if isinstance(row, Article)] == ["Story 0", "Story 1", "Story 2"]
        assert isinstance(rows[3], Failure) and rows[3].error == "wrong-type"


def test_columns():
    batch = {"html": [page(1), page(2).encode(), None, PICTURE], "url": ["https://example.org/1", None, None, float("nan")]}
    columns = clean_columns(batch)
    assert tuple(columns) == COLUMNS
    assert columns["headline"] == ["Story 1", "Story 2", None, None]
    assert columns["error"] == [None, None, "damaged", "wrong-type"]


def test_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"html": [page(1), page(2)]}, index=[5, 6])
    joined = frame.join(pandas.DataFrame(clean_columns(frame), index=frame.index))
    assert list(joined["headline"]) == ["Story 1", "Story 2"]


def test_facts_are_flat():
    facts = facts_of(clean(page(1), url="https://example.org/1"))
    assert facts["headline"] == "Story 1" and facts["url"] == "https://example.org/1" and "body" not in facts
    assert all(isinstance(value, str | int) for value in facts.values())


def test_scrapy():
    pytest.importorskip("scrapy")
    from scrapy.exceptions import DropItem

    from scraper.integrations.scrapy import ArticlePipeline

    pipeline = ArticlePipeline()
    item = pipeline.process_item({"url": "https://example.org/1", "body": page(1).encode()})
    assert item["article"]["headline"] == "Story 1"
    assert pipeline.process_item({"name": "no page"}) == {"name": "no page"}
    with pytest.raises(DropItem, match="wrong-type"):
        pipeline.process_item({"body": PICTURE})


def test_scrapy_crawls_with_the_pipeline(tmp_path):
    pytest.importorskip("scrapy")
    import json
    import subprocess
    import sys

    from tests.conftest import ROOT

    (tmp_path / "page.html").write_text(page(1))
    (tmp_path / "spider.py").write_text(
        "import scrapy\n"
        "class Spider(scrapy.Spider):\n"
        "    name = 'one'\n"
        f"    start_urls = ['file://{tmp_path}/page.html']\n"
        "    custom_settings = {'ITEM_PIPELINES': {'scraper.integrations.scrapy.ArticlePipeline': 300}, 'TELNETCONSOLE_ENABLED': False}\n"
        "    def parse(self, response):\n"
        "        yield {'url': response.url, 'html': response.text}\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    command = [sys.executable, "-m", "scrapy", "runspider", "spider.py", "-O", "out.json", "--loglevel", "ERROR"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())[0]["article"]["headline"] == "Story 1"


def test_datatrove():
    pytest.importorskip("datatrove")
    from datatrove.data import Document

    from scraper.integrations.datatrove import ClipExtractor

    documents = [Document(text=page(number), id=str(number)) for number in range(2)]
    kept = list(ClipExtractor().run(iter(documents)))
    assert [document.text == clean(page(number)).body for number, document in enumerate(kept)] == [True, True]


def test_langchain(folder):
    pytest.importorskip("langchain_core")
    from scraper.integrations.langchain import ClipLoader

    loader = ClipLoader(folder, workers=1)
    documents = loader.load()
    assert [document.metadata["headline"] for document in documents] == ["Story 0", "Story 1", "Story 2"]
    assert documents[0].page_content == clean(page(0)).body
    assert [failure.error for failure in loader.failures] == ["wrong-type"]


def test_llama_index(folder):
    pytest.importorskip("llama_index.core")
    from scraper.integrations.llama_index import ClipReader

    documents = ClipReader().load_data(folder, workers=1)
    assert [document.metadata["headline"] for document in documents] == ["Story 0", "Story 1", "Story 2"]
    assert documents[0].text == clean(page(0)).body
