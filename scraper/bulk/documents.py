"""An article as a document of its own: Markdown with front matter, or an HTML page that holds nothing else."""

from html import escape
from typing import Any

import msgspec

from normalise.article import Article


def markdown_document(article: Article) -> str:
    """Return the record as Markdown under YAML front matter; values are JSON strings, which YAML reads as they are."""
    facts: dict[str, Any] = {
        "title": article.headline,
        "authors": [author.name for author in article.authors] or None,
        "date": article.date,
        "language": article.language,
        "site_name": article.site_name,
        "section": article.section,
        "tags": article.tags or None,
        "url": article.canonical_url or article.url,
        "id": article.id,
    }
    lines = [f"{key}: {msgspec.json.encode(value).decode()}" for key, value in facts.items() if value is not None]
    body = article.body if article.markdown is msgspec.UNSET else article.markdown
    return "\n".join(["---", *lines, "---", "", body, ""])


def html_document(article: Article) -> str:
    """Return the record, which must have `html`, as a page; what it does not have is left out."""
    assert article.html is not msgspec.UNSET
    address = article.canonical_url or article.url
    head = [
        '<meta charset="utf-8">',
        f"<title>{escape(article.headline or '', quote=False)}</title>",
        *(f'<meta name="author" content="{escape(author.name)}">' for author in article.authors),
        *([f'<meta name="description" content="{escape(article.description)}">'] if article.description else []),
        *([f'<meta property="og:site_name" content="{escape(article.site_name)}">'] if article.site_name else []),
        *([f'<link rel="canonical" href="{escape(address)}">'] if address else []),
    ]
    body = [
        *([f"<h1>{escape(article.headline, quote=False)}</h1>"] if article.headline else []),
        *([f'<p class="byline">{escape(article.byline, quote=False)}</p>'] if article.byline else []),
        *([f'<p><time datetime="{escape(article.date)}">{escape(article.date, quote=False)}</time></p>'] if article.date else []),
        article.html,
    ]
    language = f' lang="{escape(article.language)}"' if article.language else ""
    return (
        "\n".join([f"<!doctype html>\n<html{language}>\n<head>", *head, "</head>\n<body>\n<article>", *body])
        + "</article>\n</body>\n</html>\n"
    )
