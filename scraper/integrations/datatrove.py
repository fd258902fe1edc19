"""datatrove: an extractor for its pipelines.

WarcReader(...), ClipExtractor(), JsonlWriter(...)
"""

from typing import Any

from datatrove.pipeline.extractors.base import BaseExtractor

import scraper
from scraper.errors import InputError


class ClipExtractor(BaseExtractor):
    """Replaces a document's HTML by the text of its article; one without an article is dropped by datatrove, as from any extractor."""

    name = "clip"

    def __init__(self, timeout: float = 10) -> None:
        """`timeout` is seconds per document: datatrove's own limit, in a process of its own."""
        super().__init__(timeout)

    def extract(self, text: str | tuple[str, Any]) -> str:
        """Return the text of one page, "" where there is none."""
        html = text if isinstance(text, str) else text[0]
        try:
            return scraper.clean(html).body
        except InputError:
            return ""
