"""Scrapy: an item pipeline that cleans the page of a response.

ITEM_PIPELINES = {"scraper.integrations.scrapy.ArticlePipeline": 300}

An item with `body` (bytes) or `html` (text), and `url` if it is known, gets `article`: the record as a dict. A page that gives none drops
its item.
"""

from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

import scraper
from scraper.errors import InputError


class ArticlePipeline:
    """Adds `article` to every item that holds a page."""

    def process_item(self, item: Any) -> Any:
        """Return the item with its article; an item without a page as it is. Raises DropItem."""
        adapter = ItemAdapter(item)
        page = adapter.get("body") or adapter.get("html")
        if not isinstance(page, bytes | str):
            return item
        try:
            adapter["article"] = scraper.clean(page, url=adapter.get("url")).to_dict()
        except InputError as error:
            raise DropItem(f"{adapter.get('url')}: {error} ({error.code})") from None
        return item
