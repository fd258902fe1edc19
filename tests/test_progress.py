"""What is said of a run over a list."""

from collections import Counter

import pytest

from scraper.cli.progress import Progress, progress_line, summary
from scraper.errors import OutputError
from scraper.fetch.watch import Standing


def test_the_line():
    known = Standing(done=120, failed=3, total=1000, waiting=800, hosts=12)
    assert progress_line(known, 10) == "120 of 1000 done, 3 failed, 12.0 per second, 880 remaining, 12 hosts waiting"
    assert progress_line(Standing(done=5), 0) == "5 done, 0 failed, 0.0 per second, 0 hosts waiting"


def test_the_table():
    assert summary(Counter({"page": 90, "timeout": 3, "http-error": 7}), 12.34) == [
        "100 URLs in 12.3 s",
        "  page              90",
        "  http-error         7",
        "  timeout            3",
    ]
    assert summary(Counter(), 0) == ["0 URLs in 0.0 s"]


def test_a_log_that_cannot_be_written(tmp_path):
    with pytest.raises(OutputError, match="cannot be the log"):
        Progress(tmp_path / "missing" / "log")
