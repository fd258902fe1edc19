"""The record beside its text, flat, as document stores take it."""

from typing import Any

from normalise.article import Article


def facts_of(article: Article) -> dict[str, Any]:
    """Return the fields that have a value, without the body: strings and integers, lists joined by "; "."""
    facts = {
        "headline": article.headline,
        "authors": "; ".join(author.name for author in article.authors),
        "date": article.date,
        "date_modified": article.date_modified,
        "description": article.description,
        "section": article.section,
        "tags": "; ".join(article.tags),
        "site_name": article.site_name,
        "language": article.language,
        "url": article.canonical_url or article.url,
        "kind": article.kind,
        "status": article.status,
        "confidence": article.confidence,
        "words": article.words,
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}
