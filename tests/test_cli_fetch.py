"""`clip fetch` and `clip explain URL` against a real web server on loopback."""

import gzip
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import Ran

Clip = Callable[..., Ran]
HEADLINE = "Town votes to keep its ferry"


@pytest.fixture
def site(article_page: bytes) -> Iterator[str]:
    """The address of a web server with a few pages; `agents` are the user agents that asked."""
    latin = article_page.replace(b'<meta charset="utf-8">', b"").decode().replace("ferry", "förry").encode("latin-1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self._answer(301, b"", "text/html", Location="/article")
            elif self.path == "/article":
                self._answer(200, gzip.compress(article_page), "text/html; charset=utf-8", Content_Encoding="gzip")
            elif self.path == "/latin":
                self._answer(200, latin, "text/html; charset=iso-8859-1")
            elif self.path == "/picture":
                self._answer(200, b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png")
            elif self.path == "/text":
                self._answer(200, b"The ferry crosses the river.\n\n" * 20, "text/plain; charset=utf-8")
            elif self.path == "/private/article":
                self._answer(200, article_page, "text/html")
            elif self.path == "/robots.txt":
                self._answer(200, b"User-agent: *\nDisallow: /private/\n", "text/plain")
            else:
                self._answer(404, b"<h1>Not found</h1>", "text/html")

        def _answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """Settings for a server that may be asked without a pause, in our own network."""
    path = tmp_path / "quick.yaml"
    path.write_text("fetch: {delay: 0, allow_private: true, deadline: 10}")
    return path


def test_one_url_is_one_record(clip: Clip, site: str, quick: Path) -> None:
    ran = clip("fetch", f"{site}/article", "--config", quick)
    assert (ran.code, ran.err) == (0, "")
    (record,) = ran.records
    assert (record["headline"], record["url"]) == (HEADLINE, f"{site}/article")


def test_redirects_charsets_types_and_errors_in_the_order_of_the_urls(clip: Clip, site: str, quick: Path) -> None:
    names = ("moved", "latin", "missing", "text", "picture", "private/article")
    ran = clip("fetch", *(f"{site}/{name}" for name in names), "--config", quick, "--ordered")
    assert ran.code == 1
    assert ran.rows[0]["headline"] == HEADLINE and ran.rows[0]["url"] == f"{site}/article"
    assert ran.rows[1]["headline"] == HEADLINE.replace("ferry", "förry")
    assert [row.get("error") for row in ran.rows[2:]] == ["http-error", None, "wrong-type", "robots"]
    assert ran.err.count("\n") == 3


def test_nothing_fetched_is_exit_5(clip: Clip, site: str, quick: Path) -> None:
    assert clip("fetch", f"{site}/missing", "--config", quick).code == 5
    for url in ("file:///etc/passwd", "example", "javascript:alert(1)", "http://"):
        ran = clip("fetch", url)
        assert ran.code == 5 and ran.failures[0]["error"] in ("bad-url", "blocked") and ran.err.count("\n") == 1


def test_private_addresses_are_refused_unless_asked_for(clip: Clip, site: str) -> None:
    ran = clip("fetch", f"{site}/article")
    assert (ran.code, ran.failures[0]["error"]) == (5, "blocked")
    assert clip("fetch", f"{site}/article", "--allow-private").code == 0


def test_robots_are_ignored_only_aloud(clip: Clip, site: str, quick: Path) -> None:
    ran = clip("fetch", f"{site}/private/article", "--config", quick, "--ignore-robots")
    assert ran.code == 0 and "robots.txt is ignored" in ran.err


def test_saved_pages_give_the_same_records_offline(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    urls = [f"{site}/{name}" for name in ("article", "latin", "text", "moved")]
    fetched = clip("fetch", *urls, "--config", quick, "--save", "raw")
    assert len(fetched.records) == 4
    again = clip("clean", "raw")
    assert again.code == 0
    by_url = {record["url"]: record for record in fetched.records}
    assert {record["url"]: record for record in again.records} == by_url
    assert len(again.records) == len(by_url)  # /moved led to /article: kept once
    assert json.loads(next((tmp_path / "raw").glob("*latin*.json")).read_text())["charset"].lower() == "iso-8859-1"


def test_output_folder_has_a_file_per_url(clip: Clip, site: str, quick: Path, tmp_path: Path) -> None:
    assert clip("fetch", f"{site}/article", f"{site}/latin", "--config", quick, "-o", "out").code == 0
    assert len(list((tmp_path / "out").glob("*.json"))) == 2
    assert clip("fetch", f"{site}/article", "--config", quick, "-o", "out").code == 3


def test_explain_takes_a_url(clip: Clip, site: str, quick: Path) -> None:
    ran = clip("explain", f"{site}/article", "--config", quick)
    assert ran.code == 0 and HEADLINE in ran.out.decode()


def test_what_failed_is_asked_for_again(site: str, tmp_path: Path, clip: Clip) -> None:
    first = clip("fetch", f"{site}/article", f"{site}/missing", f"{site}/picture", "--with", "input", "--allow-private")
    assert first.code == 1
    rows = tmp_path / "rows.jsonl"
    rows.write_text(f"\n{first.out.decode()}")
    again = clip("fetch", "--retry", rows, "--allow-private")
    assert sorted(row["input"] for row in again.failures) == [f"{site}/missing", f"{site}/picture"] and again.code == 5
    rows.write_text('{"url": "x"}\n')
    assert clip("fetch", "--retry", rows).code == 5
    for wrong in ('["x"]', "http://example.org/", '{"error"'):
        rows.write_text(wrong)
        ran = clip("fetch", "--retry", rows)
        assert (ran.code, ran.out) == (2, b"") and "line 1 is no row of a run" in ran.err
    assert clip("fetch", "--retry", tmp_path / "missing").code == 2
