"""LangChain: a loader of documents from files, folders, archives and crawls.

ClipLoader("pages/", "crawl.warc.gz").lazy_load()
"""

from collections.abc import Iterator

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from scraper.bulk.many import clean_paths
from scraper.errors import Failure
from scraper.integrations.facts import facts_of


class ClipLoader(BaseLoader):
    """Loads the articles at `paths`; `failures` has what could not be read, once all is loaded."""

    def __init__(self, *paths: str, workers: int | None = None) -> None:
        self.paths, self.workers = paths, workers
        self.failures: list[Failure] = []

    def lazy_load(self) -> Iterator[Document]:
        """Yield a document per article, its text as content and the other fields as metadata."""
        self.failures.clear()
        for outcome in clean_paths(*self.paths, workers=self.workers):
            if isinstance(outcome, Failure):
                self.failures.append(outcome)
            elif outcome.body:
                yield Document(page_content=outcome.body, metadata=facts_of(outcome), id=outcome.id)
