"""`clip clean`: what goes where, in which order, and what it never does."""

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import scraper.cli.app
import scraper.workers
from tests.conftest import ROOT, Ran

Clip = Callable[..., Ran]
HEADLINE = "Town votes to keep its ferry"
TEXT = (
    "Town votes to keep its ferry\n\nBy Ada Example\n\n" + "The ferry that crosses the river every half hour will keep running.\n\n" * 6
).encode()


@pytest.fixture
def saved(tmp_path: Path, article_page: bytes) -> Path:
    """A folder of saved pages: two levels, HTML and text."""
    folder = tmp_path / "saved"
    (folder / "news").mkdir(parents=True)
    (folder / "a.html").write_bytes(article_page)
    (folder / "news/b.html").write_bytes(article_page.replace(b"ferry", b"bridge"))
    (folder / "news/c.txt").write_bytes(TEXT)
    return folder


def test_one_page_is_one_line(clip: Clip, saved: Path) -> None:
    ran = clip("clean", saved / "a.html")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count(b"\n") == 1 and ran.out.endswith(b"}\n")
    (record,) = ran.records
    assert record["headline"] == HEADLINE
    assert record["date"] == "2025-03-04T08:30:00+01:00"
    assert record["authors"] == [{"kind": "person", "name": "Ada Example", "role": None, "url": None}]
    assert record["body"].startswith("The ferry that crosses") and "All rights reserved" not in record["body"]


def test_folders_are_walked_in_order_whatever_the_number_of_workers(clip: Clip, saved: Path) -> None:
    outputs = {clip("clean", saved, "--workers", n).out for n in (1, 2, 5)}
    assert len(outputs) == 1
    ran = clip("clean", saved, saved / "a.html")
    assert [row["headline"] for row in ran.records][:2] == [HEADLINE, HEADLINE.replace("ferry", "bridge")]
    assert ran.records[3] == ran.records[0]


def test_standard_input(clip: Clip, article_page: bytes) -> None:
    ran = clip("clean", "-", "--url", "https://example.org/news/ferry", stdin=article_page)
    assert ran.code == 0
    assert ran.records[0]["url"] == "https://example.org/news/ferry"
    assert clip("clean", "-", stdin=TEXT).records[0]["body"].startswith("The ferry that crosses")
    assert clip("clean", "-", "-").code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell: str, environment: dict[str, str]) -> None:
    def clip_says(instruction: str, **words: str) -> str:
        asked = {**environment, "_CLIP_COMPLETE": f"{instruction}_{shell}", **words}
        done = subprocess.run([sys.executable, "-m", "scraper"], env=asked, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    assert "clip" in clip_says("source")
    if shell == "bash":
        assert clip_says("complete", COMP_WORDS="clip fe", COMP_CWORD="1").split() == ["fetch"]
        assert "--resume" in clip_says("complete", COMP_WORDS="clip fetch --re", COMP_CWORD="2").split()


@pytest.mark.skipif(not os.path.exists("/dev/fd/0"), reason="the system names no open files")
def test_what_a_shell_hands_over(clip: Clip, article_page: bytes, tmp_path: Path) -> None:
    headline = HEADLINE.encode() + b"\n"
    assert clip("clean", "/dev/stdin", "--field", "headline", stdin=article_page).out == headline
    assert clip("clean", "-", "/dev/stdin", stdin=article_page).code == 2
    assert clip("clean", "/dev/fd/987", stdin=b"").failures[0]["error"] == "not-found"
    (tmp_path / "page.html").write_bytes(article_page)
    command = 'c() { "$0" -m scraper "$@"; }; c clean <(cat page.html) <(gzip -c page.html) --field headline && c check <(echo Text of it)'
    done = subprocess.run(
        ["bash", "-c", command, sys.executable], capture_output=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (done.returncode, done.stdout) == (0, headline * 2), done.stderr


@pytest.mark.parametrize("name", ["pages.zip", "crawl.warc.gz"])
def test_an_archive_that_is_redirected_is_read_in_place(tmp_path: Path, name: str, environment: dict[str, str]) -> None:
    noise = random.Random(1).randbytes(900_000).hex().encode()
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for number in range(3):
                archive.writestr(f"{number}.html", b"<h1>Story</h1><p>" + noise)
    else:
        record = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<h1>Story</h1>\r\n\r\n"
        whole = gzip.compress(record)
        (tmp_path / name).write_bytes(whole + b"\x1f\x8b\x08 broken" + whole)
    (tmp_path / "small.yaml").write_text("page: {max_size: 2}")
    command = [sys.executable, "-m", "scraper", "clean", "--config", "small.yaml"]
    with open(tmp_path / name, "rb") as file:
        redirected = subprocess.run([*command, "-"], stdin=file, capture_output=True, env=environment, cwd=tmp_path, timeout=60)
    named = subprocess.run([*command, name], capture_output=True, env=environment, cwd=tmp_path, timeout=60)
    rows = [json.loads(line) for line in redirected.stdout.splitlines()]
    assert [row.get("error") for row in rows] == [json.loads(line).get("error") for line in named.stdout.splitlines()]
    assert sum("error" not in row for row in rows) == (3 if name.endswith(".zip") else 2)


def test_html_and_text_are_told_apart_by_content_and_type_forces(clip: Clip, tmp_path: Path, article_page: bytes) -> None:
    (tmp_path / "page.txt").write_bytes(article_page)
    assert clip("clean", "page.txt").records[0]["headline"] == HEADLINE
    assert "<article>" in clip("clean", "page.txt", "--type", "text", "--field", "body").out.decode()
    assert clip("clean", "page.txt", "--type", "pdf").code == 2


def test_output_folder_mirrors_the_input_and_is_never_overwritten_silently(clip: Clip, saved: Path, tmp_path: Path) -> None:
    ran = clip("clean", saved, "-o", "out")
    assert (ran.code, ran.out, ran.err) == (0, b"", "")
    files = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert files == ["a.html.json", "news/b.html.json", "news/c.txt.json"]
    assert (tmp_path / "out/a.html.json").read_bytes() == clip("clean", saved / "a.html").out

    (tmp_path / "out/a.html.json").write_text("mine")
    refused = clip("clean", saved, "-o", "out")
    assert refused.code == 3 and "exists already" in refused.err and refused.err.count("\n") == 1
    assert clip("clean", saved, "-o", "out", "--skip-existing").code == 0
    assert (tmp_path / "out/a.html.json").read_text() == "mine"
    assert clip("clean", saved, "-o", "out", "--force").code == 0
    assert json.loads((tmp_path / "out/a.html.json").read_bytes())["headline"] == HEADLINE
    assert clip("clean", saved, "-o", "out", "--force", "--skip-existing").code == 2
    assert clip("clean", saved, "--force").code == 2


def test_an_output_folder_inside_the_input_is_not_read(clip: Clip, saved: Path) -> None:
    assert clip("clean", ".", "-o", "out", cwd=saved).code == 0
    assert clip("clean", ".", "-o", "out", "--force", cwd=saved).code == 0
    assert sorted(path.name for path in (saved / "out").rglob("*.json")) == ["a.html.json", "b.html.json", "c.txt.json"]


def test_the_output_folder_may_hold_the_input(clip: Clip, saved: Path, tmp_path: Path) -> None:
    assert clip("clean", "saved", "-o", ".").code == 0 and clip("clean", "saved/a.html", "-o", "saved").code == 0
    assert [path.exists() for path in (tmp_path / "a.html.json", tmp_path / "news/b.html.json", saved / "a.html.json")] == [True] * 3
    ran = clip("clean", "saved", "-o", "saved")
    assert (ran.code, ran.err) == (2, "clip: saved: is both input and output\n")


def test_two_inputs_of_one_name_do_not_overwrite_each_other(clip: Clip, saved: Path) -> None:
    shutil.copy(saved / "news/b.html", saved.parent / "a.html")
    ran = clip("clean", saved / "a.html", saved.parent / "a.html", "-o", "out", "--force")
    assert ran.code == 3 and "two inputs" in ran.err


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere"])
def test_an_output_folder_that_cannot_be_is_refused(clip: Clip, saved: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = clip("clean", saved, "-o", place)
    assert (ran.code, ran.out) == (3, b"")
    assert ran.err.startswith("clip: ") and ran.err.count("\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_exit_3_with_the_reason(saved: Path, environment: dict[str, str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scraper", "clean", saved], stdout=full, stderr=subprocess.PIPE, env=environment, timeout=60
        )
    assert done.returncode == 3
    assert done.stderr.decode() == "clip: standard output: No space left on device\n"


def test_fields(clip: Clip, saved: Path) -> None:
    assert clip("clean", saved / "a.html", "--field", "headline").out.decode() == HEADLINE + "\n"
    assert clip("clean", saved / "a.html", "--field", "date_modified").out == b"\n"
    assert json.loads(clip("clean", saved / "a.html", "--field", "authors").out)[0]["name"] == "Ada Example"
    assert json.loads(clip("clean", saved / "a.html", "--field", "removed").out)
    assert len(clip("clean", saved, "--field", "date").out.splitlines()) == 3
    ran = clip("clean", saved / "a.html", "--field", "headlines")
    assert ran.code == 2 and "did you mean 'headline'?" in ran.err


def test_parts_on_request(clip: Clip, saved: Path) -> None:
    (plain,) = clip("clean", saved / "a.html").records
    (full,) = clip("clean", saved / "a.html", "--with", "blocks,markdown,html,removed,candidates,input").records
    added = set(full) - set(plain)
    assert added == {"blocks", "markdown", "html", "removed", "candidates", "input"}
    assert {key: full[key] for key in plain} == plain
    assert all(entry["reason"] and entry["rule"] for entry in full["removed"])
    assert any(entry["chosen"] for entry in full["candidates"]["headline"])
    ran = clip("clean", saved / "a.html", "--with", "block")
    assert ran.code == 2 and "did you mean 'blocks'?" in ran.err


def test_settings_reach_the_page(clip: Clip, saved: Path, tmp_path: Path) -> None:
    boxed = "The next vote on the matter is expected no sooner than in ten years, said the clerk, who had counted the votes until late."
    phrase = "Our anniversary supplement tells the whole story of the ferry and of those who run it."
    page = (saved / "a.html").read_text()
    (saved / "a.html").write_text(page.replace("</article>", f"<p class='later'>{boxed}</p><p>{phrase}</p></article>"))
    settings = tmp_path / "my.yaml"
    settings.write_text(f"rules: {{sites: {{example.org: {{strip: ['.later'], phrases: ['{phrase}']}}}}}}")

    def body(*options: str | Path, host: str = "www.example.org", **others: dict[str, str]) -> str:
        return clip("clean", saved / "a.html", "--url", f"https://{host}/a", "--field", "body", *options, **others).out.decode()

    assert boxed in body() and phrase in body()
    ruled = body("--config", settings)
    assert boxed not in ruled and phrase not in ruled and "crosses the river" in ruled
    assert body(env={"CLIP_CONFIG": str(settings)}) == ruled
    assert body("--config", settings, host="example.net") == body()


def test_workers_that_cannot_be_started_are_exit_1(saved: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def none(*_: object, **__: object) -> None:
        raise scraper.ClipError("workers cannot be started: none")

    monkeypatch.setattr(scraper.workers, "run", none)
    assert scraper.cli.app.run(["clean", str(saved)]) == 1
    assert capfd.readouterr() == ("", "clip: workers cannot be started: none\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_file_that_cannot_grow_keeps_whole_rows(saved: Path, tmp_path: Path, environment: dict[str, str], unbuffered: str) -> None:
    environment["PYTHONUNBUFFERED"] = unbuffered
    for number in range(40):
        shutil.copy(saved / "a.html", saved / f"{number}.html")
    command = f"ulimit -f 9; exec {sys.executable} -m scraper clean {saved} >> {tmp_path / 'rows.jsonl'}"
    done = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, env=environment, timeout=60)
    assert done.returncode == 3 and done.stderr == b"clip: standard output: File too large\n"
    rows = (tmp_path / "rows.jsonl").read_bytes()
    assert rows.endswith(b"}\n") and all(json.loads(row)["schema"] == "clip/1" for row in rows.splitlines())


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("clean {page} >&-", 3, "standard output: Bad file descriptor"),
        ("--version >&-", 3, "standard output: Bad file descriptor"),
        ("clean - <&-", 5, "-: Bad file descriptor (unreadable)"),
        ("fetch --from none", 2, "none: cannot read the list of URLs: No such file or directory"),
        ("clean none 2>&-", 5, ""),
        ("--help >/dev/full", 3, "standard output: No space left on device"),
        ("--version >/dev/full", 3, "standard output: No space left on device"),
        ("--help | true; exit ${{PIPESTATUS[0]}}", 141, ""),
    ],
)
def test_standard_streams_that_are_closed_or_full(
    saved: Path, environment: dict[str, str], command: str, code: int, said: str, unbuffered: str
) -> None:
    environment["PYTHONUNBUFFERED"] = unbuffered
    line = f"{sys.executable} -m scraper {command.format(page=saved / 'a.html')}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, env=environment, timeout=60)
    assert (done.returncode, done.stderr.decode()) == (code, f"clip: {said}\n" if said else "")


def test_wrong_settings_are_exit_2(clip: Clip, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("page: {deadlin: 3}")
    ran = clip("clean", saved, "--config", "my.yaml")
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err == "clip: my.yaml: unknown key `page.deadlin`: did you mean `page.deadline`?\n"


@pytest.mark.parametrize("command", ["clean", "explain", "fetch"])
def test_settings_that_name_a_missing_file_are_exit_2(clip: Clip, saved: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "my.yaml").write_text("rules: {site_chrome: none.json}")
    ran = clip(command, saved / "a.html", "--config", "my.yaml")
    assert (ran.code, ran.err) == (2, "clip: none.json: cannot be read: No such file or directory\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["clean"],
        ["clen"],
        ["clean", "x", "--nope"],
        ["clean", "x", "--workers", "0"],
        ["explain"],
        ["fetch"],
        ["clean", "x", "--url", "example.org/news"],
        ["explain", "x", "--url", "javascript:1"],
        ["explain", "http://x/", "--type", "text"],
        ["explain", "x", "--field", "markdown"],
        ["check", "x", "--fix", "--json"],
        ["check", "x", "--fix", "--force"],
        ["check", "x", "-o", "out"],
        ["check", "-", "-"],
        ["learn", "-", "-"],
        ["clean", "x", "-o", ""],
        ["learn", "x", "-o", "-"],
        ["fetch", "http://x/", "--save", ""],
        ["clean", "x", "-o", "out", "--report", "out"],
        ["clean", "x", "-o", "out/in", "--report", "out"],
        ["clean", "x", "-o", "out", "--report", "out/manifest.json"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(clip: Clip, arguments: list[str]) -> None:
    ran = clip(*arguments)
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith("clip: ") and ran.err.count("\n") == 1


@pytest.mark.parametrize("command", ["clean", "explain", "learn"])
def test_what_was_passed_over_and_that_nothing_was_left_is_said(clip: Clip, tmp_path: Path, command: str) -> None:
    block = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nnothing"
    (tmp_path / "a.warc").write_bytes(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(block), block))
    ran = clip(command, "a.warc")
    assert (ran.code, ran.out) == (5, b"")
    assert ran.err == "clip: passed over: 1 HTTP 404, 1 without a page\nclip: no pages in a.warc\n"


def test_help_and_version(clip: Clip) -> None:
    assert clip("--version").out.decode() == f"clip {scraper.__version__}\n"
    for command in ([], ["clean"], ["fetch"], ["explain"], ["schema"]):
        assert clip(*command, "--help").code == 0
        assert clip(*command, "--help", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}).code == 0


def _start(arguments: list[str | Path], environment: dict[str, str], stdout: int = subprocess.PIPE) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "scraper", *map(str, arguments)]
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, stdin=subprocess.PIPE, env=environment)


def test_a_reader_that_leaves_ends_the_run_quietly(saved: Path, environment: dict[str, str]) -> None:
    for number in range(300):
        shutil.copy(saved / "a.html", saved / f"{number}.html")
    running = _start(["clean", saved], environment)
    assert running.stdout is not None and running.stderr is not None
    assert running.stdout.readline().startswith(b"{")
    running.stdout.close()
    assert running.wait(timeout=30) == 141
    assert running.stderr.read() == b""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_the_run_in_order(environment: dict[str, str], number: int, code: int) -> None:
    running = _start(["clean", "-"], environment)  # waits for its input
    assert running.stderr is not None
    time.sleep(1.0)
    running.send_signal(number)
    assert running.wait(timeout=30) == code
    assert b"Traceback" not in running.stderr.read()


def test_seeds_are_cleaned_as_expected() -> None:
    """The same records that `tests/pages` holds, through the command line."""
    ran = subprocess.run([sys.executable, "-m", "scraper", "clean", "seeds/"], capture_output=True, cwd=ROOT, timeout=60, check=True)
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    stems = sorted(path.stem for path in (ROOT / "seeds").iterdir())
    expected = [json.loads((ROOT / "tests/pages" / stem / "expected.json").read_text()) for stem in stems]
    assert rows == expected
