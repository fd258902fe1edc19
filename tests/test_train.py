"""The trainer of the body classifier, on a handful of made-up pages."""

import io
import json
import random
import tarfile
from pathlib import Path

import numpy as np
import pytest

from bench import dataset, gold, train
from scraper import model
from scraper.document import parse_document
from scraper.page import Page
from scraper.walk import segment

pytest.importorskip("tld")

_NOUNS = (
    "river ferry town council bridge winter market harbour school garden letter morning station village summer road money water house light"
)
_WORDS = _NOUNS.split()


def _sentence(random_: random.Random) -> str:
    return " ".join(random_.choices(_WORDS, k=random_.randint(9, 16))).capitalize() + "."


def _page(number: int) -> tuple[dict[str, object], bytes]:
    """An article with a menu before it and comments after it; every second one says "entry", the others "post"."""
    random_ = random.Random(number)
    name = ("entry", "post")[number % 2]
    body = [" ".join(_sentence(random_) for _ in range(4)) for _ in range(6)]
    headline = _sentence(random_)
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in random_.sample(_WORDS, 6))
    comments = "".join(f'<div class="comment"><p>{_sentence(random_)}</p><a href="#">Reply</a></div>' for _ in range(5))
    html = (
        f"<html><head><title>{headline}</title></head><body><ul class='menu'>{menu}</ul><div class='{name}-content'><h1>{headline}</h1>"
        + "".join(f"<p>{text}</p>" for text in body)
        + f"</div><div class='comments'><h3>Comments</h3>{comments}</div></body></html>"
    )
    row = {"id": f"{number}", "url": f"https://host{number}.example/{number}", "kind": "article", "title": headline, "author": None}
    return {**row, "date": None, "body": "\n\n".join(body), "with": None, "without": None}, html.encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gold folder with one set of 30 pages on 30 hosts, under the name of each set that the trainer reads."""
    folder = tmp_path_factory.mktemp("gold")
    pages = [_page(number) for number in range(30)]
    files = {
        "gold.jsonl": "\n".join(json.dumps(row) for row, _ in pages).encode(),
        **{f"html/{row['id']}.html": data for row, data in pages},
    }
    with tarfile.open(folder / "made.tar.xz", "w:xz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"made/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return folder


def _train(folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out.mkdir()
    monkeypatch.setattr(gold, "folder", lambda: folder)
    monkeypatch.setattr(train, "SETS", ["made"])
    monkeypatch.setattr("sys.argv", ["train", "--out", str(out)])
    train.main()


def test_training_learns_and_gives_the_same_weights_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _train(folder, tmp_path / "one", monkeypatch)
    said = capsys.readouterr().out
    assert float(said.split("made all")[1].split("bag F1")[1].split()[0]) > 0.9
    _train(folder, tmp_path / "two", monkeypatch)
    assert (tmp_path / "one/body.json").read_bytes() == (tmp_path / "two/body.json").read_bytes()
    with np.load(tmp_path / "one/body.npz") as one, np.load(tmp_path / "two/body.npz") as two:
        assert sorted(one) == sorted(two)
        assert all(np.array_equal(one[name], two[name]) for name in one)
    learnt = model.read(tmp_path / "one")
    row, data = _page(99)
    tree = parse_document(Page(body=data)).tree
    assert tree is not None
    page = segment(tree)
    scores = model.judge(page, str(row["url"]), learnt).scores
    kept = [block.text for block, score in zip(page.blocks, scores, strict=True) if score >= 500]
    assert set(str(row["body"]).split("\n\n")) <= set(kept)
    assert not any("Reply" in text or text in _WORDS for text in kept)


def test_no_host_is_in_two_folds() -> None:
    hosts = ["https://news.example.co.uk/a", "https://www.example.co.uk/b", "http://example.co.uk"]
    assert {dataset.host_of(url) for url in hosts} == {"example.co.uk"}
