"""What a worker process does with one page. Imports no command line: workers start fast and stay small."""

from typing import Any

import msgspec

from normalise.article import Article
from scraper.bulk.conventions import parts_of, renamed_json
from scraper.bulk.job import Convention
from scraper.config import Config
from scraper.page import Page
from scraper.readers import Found, load


class Task(msgspec.Struct, frozen=True):
    """One page to clean, or the file that holds it, and the name of its output. `url` is used where the page has none of its own."""

    source: Page | Found
    name: str
    url: str | None = None

    @property
    def origin(self) -> str:
        """How the input is named in messages."""
        return self.source.origin or "-"

    def page(self) -> Page:
        """Return the page, read from its file if need be. Raises InputError."""
        page = load(self.source) if isinstance(self.source, Found) else self.source
        return page if self.url is None or page.url is not None else msgspec.structs.replace(page, url=self.url)


class Row(msgspec.Struct, frozen=True):
    """What became of one page: its bytes for the output, without a final newline, and how its input is named."""

    name: str
    data: bytes
    origin: str = "-"


class Cleaning(msgspec.Struct, frozen=True):
    """What is wanted of every page."""

    config: Config
    with_: frozenset[str] = frozenset()
    field: str | None = None
    convention: Convention | None = None

    def __call__(self, task: Task) -> Row:
        """Return the row of one page. Raises InputError."""
        article = self._article(task.page())
        if self.field is not None:
            return Row(task.name, field_text(article, self.field), task.origin)
        return Row(task.name, article.to_json() if self.convention is None else renamed_json(article, self.convention), task.origin)

    def _article(self, page: Page) -> Article:
        """Return one record of a page and those that follow it."""
        from scraper.extract import clean

        wanted = self.with_ | parts_of(self.convention)
        if not page.following:
            return clean(page, self.config, with_=wanted)
        from normalise.join import join_articles

        first, *others = (clean(part, self.config, with_=wanted | {"blocks"}) for part in (page, *page.following))
        article = join_articles(first, others)
        return article if "blocks" in self.with_ else msgspec.structs.replace(article, blocks=msgspec.UNSET)


class Explaining(msgspec.Struct, frozen=True):
    """Explain instead of clean: the row is text for people, headed by the page's name where that is not known."""

    config: Config
    known: str | None = None  # the only name that needs no saying; `None` where no name does
    field: str | None = None
    colour: bool = False

    def __call__(self, task: Task) -> Row:
        """Return the explanation of one page. Raises InputError."""
        from scraper.explain import render
        from scraper.extract import explain
        from scraper.terminal import escape

        heading = "" if self.known in (None, task.origin) else f"{escape(task.origin)}:\n"
        text = heading + render(explain(task.page(), self.config), field=self.field, colour=self.colour)
        return Row(task.name, text.encode("utf-8", "backslashreplace"))


def field_text(article: Article, field: str) -> bytes:
    """Return one field as printed: a string as it is, null as nothing, all else as JSON."""
    value: Any = article.to_dict().get(field)
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else msgspec.json.encode(value, order="sorted")
