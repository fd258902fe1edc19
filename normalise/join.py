"""Records of the pages of one article, joined into one."""

from collections.abc import Sequence

import msgspec

from normalise.article import Article, article_id
from normalise.body import body_html, body_markdown


def join_articles(first: Article, others: Sequence[Article]) -> Article:
    """Return `first` with the bodies of the pages that follow it; a paragraph that an earlier page has is not repeated.

    What each page repeats (headline, byline, date) is the first page's. Of the parts on request, `blocks` and `removed` are joined, and
    `markdown` and `html` rendered from the joined blocks: records that have them must have `blocks` too.
    """
    body = _joined([first.body, *(other.body for other in others)])
    article = msgspec.structs.replace(
        first,
        body=body,
        words=len(body.split()),
        id=article_id(first.headline, first.byline, first.date, body),
        limits=list(dict.fromkeys(limit for article in (first, *others) for limit in article.limits or ())) or msgspec.UNSET,
    )
    for part in ("blocks", "removed"):
        lists = [value for value in (getattr(page, part) for page in (first, *others)) if value is not msgspec.UNSET]
        if lists:
            article = msgspec.structs.replace(article, **{part: _distinct(lists)})
    if article.blocks is not msgspec.UNSET:
        for part, rendered in (("markdown", body_markdown), ("html", body_html)):
            if getattr(article, part) is not msgspec.UNSET:
                article = msgspec.structs.replace(article, **{part: rendered(article.blocks)})
    return article


def _joined(texts: list[str]) -> str:
    paragraphs = texts[0].split("\n\n") if texts[0] else []
    seen = set(paragraphs)
    for text in texts[1:]:
        for paragraph in text.split("\n\n"):
            if paragraph and paragraph not in seen:
                seen.add(paragraph)
                paragraphs.append(paragraph)
    return "\n\n".join(paragraphs)


def _distinct(lists: list[list[msgspec.Struct]]) -> list[msgspec.Struct]:
    joined = list(lists[0])
    for following in lists[1:]:
        joined += [entry for entry in following if entry not in joined]
    return joined
