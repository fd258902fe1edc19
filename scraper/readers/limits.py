"""How inputs are read: the limits that keep a hostile one small, the names of columns, and where remarks go."""

from collections.abc import Callable
from typing import Final

import msgspec

MEGABYTE: Final = 1_000_000

# Names that data sets give to a column of pages and of addresses, most telling first.
HTML_FIELDS: Final = ("html", "raw_html", "page_html", "html_content", "raw_content", "content", "text")
URL_FIELDS: Final = ("url", "source_url", "page_url", "uri", "link", "WARC-Target-URI")


CUT_SHORT: Final = "read as far as it goes"  # the end of every remark on a page of which a part is missing


def _ignore(origin: str, remark: str) -> None:
    """Drop a remark."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a reader. Sizes are bytes.

    `note(origin, remark)` is told what gives neither a page nor a failure: a record of a crawl that is no page, a page that was cut short
    by its carrier.
    """

    media_type: str | None = None  # said by the user, for inputs that do not say it themselves
    html_field: str | None = None
    url_field: str | None = None
    split: bool = False  # text pages that hold several articles become one page an article
    max_page: int = 64 * MEGABYTE
    max_ratio: int = 200  # decompressed to compressed, counted beyond `free`
    free: int = 16 * MEGABYTE  # decompressed bytes that are never a bomb
    max_members: int = 200_000  # of a zip: its directory is held in memory
    note: Callable[[str, str], None] = _ignore
