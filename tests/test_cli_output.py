"""Where rows go: names that stay in the output folder, files that are whole or absent."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.bulk.naming import mirrored
from scraper.cli.output import Folder
from scraper.errors import ConfigError, OutputError
from scraper.page import Page
from scraper.saved import save, url_name


@pytest.mark.parametrize(
    ("origin", "argument", "name"),
    [
        ("a.html", "a.html", "a.html"),
        ("/tmp/x/a.html", "/tmp/x/a.html", "a.html"),
        ("../x/a.html", "../x/a.html", "a.html"),
        ("saved/a.html", "saved", "a.html"),
        ("saved/news/a.html", "saved/", "news/a.html"),
        ("./news/a.html", ".", "news/a.html"),
        ("-", "-", "stdin"),
        ("crawl.zip!/../../etc/passwd", "crawl.zip", "crawl.zip!/etc/passwd-937fbe60db304994"),
        ("saved/a\nb\x1b.html", "saved", "a_b_.html-b5a49aa7a8a18239"),
        ("saved/a_b_.html", "saved", "a_b_.html"),
    ],
)
def test_mirrored(origin: str, argument: str, name: str) -> None:
    assert mirrored(origin, argument) == name


@given(st.text(), st.text())
def test_a_mirrored_name_stays_below_the_folder(origin: str, argument: str) -> None:
    name = mirrored(origin, argument)
    assert name and not os.path.isabs(name)
    assert ".." not in Path(name).parts
    assert all(len(os.fsencode(part)) <= 200 for part in Path(name).parts if part.isascii())


@given(st.text())
def test_the_name_of_a_url_is_one_plain_component(url: str) -> None:
    assert set(url_name(url)) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert url_name(url) == url_name(url)
    assert url_name(url) != url_name(url + "#")


def test_a_file_is_whole_or_absent_and_leaves_no_trace(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    folder.write("a/b.json", b"{}\n")
    assert (tmp_path / "out/a/b.json").read_bytes() == b"{}\n"
    with pytest.raises(OutputError, match="cannot be written"):
        folder.write("a/b.json/c.json", b"{}\n")
    (tmp_path / "out/taken.json").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        folder.write("taken.json", b"{}\n")
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.name.endswith(".tmp")] == []


def test_a_raw_page_that_cannot_be_kept_leaves_no_trace(tmp_path: Path) -> None:
    page = Page(body=b"<p>x", url="https://example.org/")
    (tmp_path / f"{url_name('https://example.org/')}.html").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        save(page, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


def test_what_may_be_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("mine")
    with pytest.raises(OutputError, match=r"exists already: use --force to overwrite$"):
        Folder(tmp_path).claim("a.json")
    with pytest.raises(OutputError, match="or --skip-existing to keep it"):
        Folder(tmp_path, skip_existing=False).claim("a.json")
    assert Folder(tmp_path, skip_existing=True).claim("a.json") is False
    forced = Folder(tmp_path, force=True)
    assert forced.claim("a.json") is True
    with pytest.raises(OutputError, match="two inputs"):
        forced.claim("a.json")
    with pytest.raises(ConfigError):
        Folder(tmp_path, force=True, skip_existing=True)


def test_what_a_folder_holds(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    assert folder.holds(str(tmp_path / "out/a.json"))
    assert not folder.holds(str(tmp_path / "outer/a.json"))
    (tmp_path / "link").symlink_to(tmp_path / "out")
    assert folder.holds(str(tmp_path / "link/a.json"))
