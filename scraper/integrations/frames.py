"""Tables in memory: a function over a batch of columns, for pandas and for Ray Data.

frame = frame.join(pandas.DataFrame(clean_columns(frame)))
dataset = dataset.map_batches(clean_columns, batch_format="pandas")
"""

from collections.abc import Mapping
from typing import Any

from normalise.article import Article
from scraper.bulk.many import clean_many
from scraper.errors import Failure
from scraper.page import Page, utf8

COLUMNS = ("headline", "byline", "date", "body", "language", "kind", "status", "confidence", "id", "error")


def clean_columns(batch: Mapping[str, Any], *, html: str = "html", url: str = "url", workers: int = 1) -> dict[str, list[Any]]:
    """Return the columns `COLUMNS` for the pages in column `html` (bytes or text), with their addresses in column `url` where there is one.

    A row whose page gives no record has its code in `error` and nothing else. With `workers=0` the pages are cleaned in this process.
    """
    pages = list(batch[html])
    addresses = list(batch[url]) if url in batch else [None] * len(pages)
    outcomes = list(clean_many(map(_page, pages, addresses), workers=workers))
    return {name: [_value(outcome, name) for outcome in outcomes] for name in COLUMNS}


def _page(body: bytes | str | None, url: object) -> Page | Failure:
    if not isinstance(body, bytes | str):
        return Failure(input=str(url), error="damaged", message="no page in this row")
    address = url if isinstance(url, str) else None
    if isinstance(body, str):
        return Page(body=utf8(body), url=address, charset="utf-8")
    return Page(body=body, url=address)


def _value(outcome: Article | Failure, name: str) -> Any:
    if isinstance(outcome, Failure):
        return outcome.error if name == "error" else None
    return getattr(outcome, name, None)
