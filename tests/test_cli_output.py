"""Where rows go: names that stay in the output folder, files that are whole or absent."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.bulk.naming import mirrored
from scraper.cli.output import Folder
from scraper.errors import ConfigError, Failure, OutputError
from scraper.page import Page
from scraper.readers import Reading, read
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
        ("a.zip!/x.json/y", "a.zip", "a.zip!/x.json-73f44f86e6f76607/y"),
        ("a.zip!/x.json", "a.zip", "a.zip!/x.json"),
        ("pages.json/y", "pages.json", "y"),
        ("saved/manifest", "saved", "manifest-05b3abf2579a5eb6"),
        ("saved/a/manifest", "saved", "a/manifest"),
        ("a.zip!/" + "b/" * 500 + "c", "a.zip", "c-e56b5f0a29fb7569"),
    ],
)
def test_mirrored(origin: str, argument: str, name: str) -> None:
    assert mirrored(origin, argument) == name


@given(st.text(), st.text())
def test_a_mirrored_name_stays_below_the_folder(origin: str, argument: str) -> None:
    name = mirrored(origin, argument)
    assert name and not os.path.isabs(name)
    assert ".." not in Path(name).parts
    assert all(len(os.fsencode(part)) <= 200 for part in Path(name).parts if part.isascii()) and len(os.fsencode(name)) <= 1_000


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


def test_a_kill_between_the_two_files_of_a_raw_page_leaves_no_pair_that_is_none(tmp_path: Path) -> None:
    old = Page(body=b"<p>old", url="https://example.org/", media_type="text/plain", charset="windows-1252")
    new = Page(body=b"<p>new", url="https://example.org/", media_type="text/html", charset="koi8-r")
    seen = set()
    for before, step in itertools.product(([], [old]), range(12)):
        folder = tmp_path / f"{len(before)}-{step}"
        for page in before:
            save(page, folder)
        child = os.fork()
        if not child:
            _die_at(step)
            save(new, folder)
            os._exit(0)
        os.waitpid(child, 0)
        if folder.exists():
            (row,) = list(read(str(folder))) or [None]
            assert row is None or (isinstance(row, Failure) and row.error == "damaged") or _without_origin(row) in (old, new), (
                before,
                step,
            )
            seen.add(type(row))
        save(new, folder)
        (row,) = read(str(folder))
        assert isinstance(row, Page) and _without_origin(row) == new
    assert seen == {Page, Failure, type(None)}


def _die_at(step: int) -> None:
    """Have the process end, as by a kill, at its `step`-th change of a folder."""
    changes = itertools.count()

    def dying(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(path: Path, *arguments: Any, **options: Any) -> Any:
            if next(changes) == step:
                if name == "write_bytes":
                    change(path, *(data[:3] for data in arguments))
                os._exit(9)
            return change(path, *arguments, **options)

        return changed

    for name in ("write_bytes", "replace", "unlink"):
        setattr(Path, name, dying(name, getattr(Path, name)))


def _without_origin(page: Page) -> Page:
    return msgspec.structs.replace(page, origin=None)


def test_every_name_that_a_shell_gives_of_raw_pages_reads_each_once(tmp_path: Path) -> None:
    saved = save(Page(body=b"<p>x", url="https://example.org/", media_type="text/html"), tmp_path)
    notes: list[tuple[str, str]] = []
    reading = Reading(note=lambda *note: notes.append(note))
    rows = [row for path in sorted(tmp_path.iterdir()) for row in read(str(path), reading=reading)]
    assert [row.origin for row in rows if isinstance(row, Page)] == [str(saved)] and len(rows) == 1
    assert notes == [(str(saved.with_suffix(".json")), "facts of the page beside it")]


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
