"""What a worker process does with a page that is only read: its host and its blocks. Imports no command line."""

import msgspec

from scraper.cli.work import Task
from scraper.config import Config


class PageBlocks(msgspec.Struct, frozen=True):
    """The host of one page, "" where nothing says it, and the texts of its blocks."""

    host: str
    blocks: list[str]


class Blocks(msgspec.Struct, frozen=True):
    """Read pages into blocks. `host` is the host of pages that do not say theirs."""

    config: Config
    host: str | None = None

    def __call__(self, task: Task) -> PageBlocks:
        """Return one page's blocks. Raises InputError."""
        from scraper.document import parse_document
        from scraper.learn import page_host
        from scraper.text import segment_text
        from scraper.walk import segment

        page = task.page()
        document = parse_document(page, max_size=self.config.page.max_size * 1_000_000)
        walk = segment(document.tree) if document.tree is not None else segment_text(document.text)
        host = page_host(walk, page.url) or self.host or ""
        return PageBlocks(host, [block.text for block in walk.blocks])


def warm_up() -> None:
    """Load what every page needs, once, before the workers are made."""
    import scraper.document
    import scraper.text
    import scraper.walk  # noqa: F401
