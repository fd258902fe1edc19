"""Where the time of one page goes: the flow's own functions, each timed from outside, without what the others inside it take.

The packages are not changed for this: a stage's function is wrapped where its caller looks it up. A name that is gone is an error here.
"""

import contextlib
import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any

PARSE = "parse"
REST = "the rest"
# (stage, module in which the caller looks the function up, its name there), in the order of the flow
STAGES = (
    ("decode", "scraper.document", "decode"),
    ("sniff", "scraper.document", "is_html"),
    ("guard", "scraper.document", "guard"),
    (PARSE, "scraper.document", "LexborHTMLParser"),
    ("walk", "scraper.reading", "segment"),
    ("metadata", "scraper.reading", "read_metadata"),
    ("features", "scraper.model", "block_features"),
    ("kind", "scraper.model", "kind_features"),
    ("kind", "scraper.model", "page_words"),
    ("model", "scraper.model", "judge"),
    ("classify", "scraper.reading", "classify"),
    ("page's own data", "scraper.reading", "_embedded"),
    ("second opinion", "scraper.reading", "_with_second_opinion"),
    ("headline", "scraper.extract", "choose_headline"),
    ("page fields", "scraper.extract", "choose_page_fields"),
    ("date", "scraper.extract", "choose_date"),
    ("byline", "scraper.extract", "choose_byline"),
    ("structure", "scraper.extract", "body_blocks"),
    ("text of the body", "scraper.extract", "body_text"),
    ("text of the body", "scraper.extract", "clean_lines"),
    ("status", "scraper.extract", "page_status"),
)
JSON = "JSON"


class Stopwatch:
    """Seconds of processor time by stage, summed over pages: what else the machine does counts little."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys([*(stage for stage, _, _ in STAGES), JSON, REST], 0.0)
        self._inside = [0.0]  # what the stages inside the one that runs have taken, for each open stage

    def clean(self, data: bytes, url: str | None) -> bytes:
        """Return the record of one page as JSON, timed."""
        import scraper

        with self._stage(REST):
            article = scraper.clean(data, url=url)
        with self._stage(JSON):
            return article.to_json()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Wrap every stage's function, and put them back at the end."""
        homes = [(importlib.import_module(module), name, stage) for stage, module, name in STAGES]
        found = [(home, name, getattr(home, name)) for home, name, _ in homes]
        try:
            for (home, name, function), (_, _, stage) in zip(found, homes, strict=True):
                setattr(home, name, self._timed(stage, function))
            yield
        finally:
            for home, name, function in found:
                setattr(home, name, function)

    @contextlib.contextmanager
    def _stage(self, stage: str) -> Iterator[None]:
        start = time.process_time()
        self._inside.append(0.0)
        try:
            yield
        finally:
            taken = time.process_time() - start
            self.seconds[stage] += taken - self._inside.pop()
            self._inside[-1] += taken

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            with self._stage(stage):
                return function(*arguments, **options)

        return timed
