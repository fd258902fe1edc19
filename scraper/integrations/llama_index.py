"""LlamaIndex: a reader of documents from files, folders, archives and crawls.

ClipReader().load_data("pages/", "crawl.warc.gz")
"""

from collections.abc import Iterable
from typing import Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document

from scraper.bulk.many import clean_paths
from scraper.errors import Failure
from scraper.integrations.facts import facts_of


class ClipReader(BaseReader):
    """Reads articles; what cannot be read is left out."""

    def lazy_load_data(self, *paths: str, workers: int | None = None, **_: Any) -> Iterable[Document]:
        """Yield a document per article, its text as text and the other fields as metadata."""
        for outcome in clean_paths(*paths, workers=workers):
            if not isinstance(outcome, Failure) and outcome.body:
                yield Document(text=outcome.body, metadata=facts_of(outcome), id_=outcome.id)
