"""The record under the field names that other tools expect: schema.org, Zyte's article type, trafilatura's and newspaper's JSON.

Renaming only: no value is made up, and what a convention has no name for is left out.
"""

from typing import Any

import msgspec

from normalise.article import Article
from scraper.bulk.job import Convention

_WITH_HTML = frozenset({"zyte", "newspaper"})
_SCHEMA_ORG_TYPES = {"person": "Person", "agency": "NewsMediaOrganization", "organization": "Organization"}


def parts_of(convention: Convention | None) -> frozenset[str]:
    """Return the parts on request that a convention has names for."""
    return frozenset({"html"}) if convention in _WITH_HTML else frozenset()


def renamed(record: dict[str, Any], convention: Convention) -> dict[str, Any]:
    """Return a `clip/1` record under the names of `convention`; keys without a value are left out, as those tools do."""
    facts = _CONVENTIONS[convention](record)
    return {key: value for key, value in facts.items() if value not in (None, [], "", {})}


def renamed_json(article: Article, convention: Convention) -> bytes:
    """Return a record under the names of `convention` as JSON, without a final line end."""
    return msgspec.json.encode(renamed(article.to_dict(), convention), order="sorted")


def _names(record: dict[str, Any]) -> list[str]:
    return [author["name"] for author in record["authors"]]


def _image(record: dict[str, Any]) -> str | None:
    return record["image"]["url"] if record["image"] else None


def _schema_org(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle" if record["kind"] == "article" else "WebPage",
        "headline": record["headline"],
        "author": [{"@type": _SCHEMA_ORG_TYPES[author["kind"]], "name": author["name"]} for author in record["authors"]],
        "datePublished": record["date"],
        "dateModified": record["date_modified"],
        "articleBody": record["body"],
        "description": record["description"],
        "articleSection": record["section"],
        "keywords": record["tags"],
        "publisher": {"@type": "Organization", "name": record["site_name"]} if record["site_name"] else None,
        "inLanguage": record["language"],
        "url": record["canonical_url"] or record["url"],
        "image": _image(record),
        "wordCount": record["words"],
        "identifier": record["id"],
    }


def _zyte(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "headline": record["headline"],
        "authors": [{"name": author["name"], "nameRaw": record["byline"]} for author in record["authors"]],
        "datePublished": record["date"],
        "datePublishedRaw": record["date_detail"]["raw"] if record["date_detail"] else None,
        "dateModified": record["date_modified"],
        "articleBody": record["body"],
        "articleBodyHtml": record.get("html"),
        "description": record["description"],
        "breadcrumbs": [{"name": record["section"]}] if record["section"] else None,
        "inLanguage": record["language"],
        "mainImage": {"url": _image(record)} if record["image"] else None,
        "url": record["url"],
        "canonicalUrl": record["canonical_url"],
    }


def _trafilatura(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": record["headline"],
        "author": "; ".join(_names(record)),
        "hostname": _host(record),
        "date": record["date"][:10] if record["date"] else None,
        "categories": record["section"],
        "tags": ", ".join(record["tags"]),
        "fingerprint": record["id"],
        "raw_text": record["body"],
        "text": record["body"],
        "language": record["language"],
        "image": _image(record),
        "pagetype": record["kind"],
        "source": record["canonical_url"] or record["url"],
        "source-hostname": record["site_name"],
        "excerpt": record["description"],
    }


def _newspaper(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": record["url"],
        "canonical_link": record["canonical_url"],
        "title": record["headline"],
        "authors": _names(record),
        "publish_date": record["date"],
        "text": record["body"],
        "article_html": record.get("html"),
        "top_image": _image(record),
        "meta_description": record["description"],
        "meta_lang": record["language"],
        "meta_site_name": record["site_name"],
        "tags": record["tags"],
    }


def _host(record: dict[str, Any]) -> str | None:
    from normalise.url import host

    return host(record["canonical_url"] or record["url"] or "")


_CONVENTIONS = {"schemaorg": _schema_org, "zyte": _zyte, "trafilatura": _trafilatura, "newspaper": _newspaper}
