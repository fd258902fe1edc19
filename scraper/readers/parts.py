"""A text page that holds several articles, as one page an article."""

import msgspec

from scraper.encoding import decode
from scraper.encoding.sniff import binary_type, is_html
from scraper.page import Page
from scraper.text import split_articles


def parts(page: Page) -> list[Page]:
    """Return one page for each article of a text page, in order, `origin` with the article's number (`notes.txt:2`).

    Empty where there is nothing to split: HTML, other content, a text without marks between articles. Raises InputError `unsplit` where
    marks stand in the text, but not between articles.
    """
    if binary_type(page.body) is not None:
        return []
    text, _, _ = decode(page.body, charset=page.charset)
    if is_html(text, media_type=page.media_type):
        return []
    texts = split_articles(text)
    if len(texts) < 2:
        return []
    return [
        msgspec.structs.replace(
            page,
            body=part.encode("utf-8", "surrogatepass"),
            charset="utf-8",
            media_type="text/plain",
            origin=f"{page.origin or '-'}:{number}",
            following=(),
        )
        for number, part in enumerate(texts, 1)
    ]
