"""The extractors that are compared, each as one call: page and URL in, `{title, author, date, body}` out.

A peer is loaded when it is first used; one that is not installed is left out of the table, which says so. None may use the network: what
would fetch images or further pages is switched off. Each is given what its own documentation gives it: bytes, or text decoded by
resiliparse's detector where it takes text only.
"""

import importlib.metadata
import re
from collections.abc import Callable
from functools import cache
from typing import Any

Record = dict[str, Any]
Peer = Callable[[bytes, str | None], Record]

_LANGUAGE = re.compile(rb"<html[^>]{0,300}\blang\s*=\s*[\"']?([a-zA-Z]{2})")
_NOBODY = frozenset({"[no-author]", ""})  # what readability-lxml says where it found none
_NO_TITLE = "[no-title]"
_STOP_LISTS = dict(
    pair.split(":")
    for pair in """
    bg:Bulgarian ca:Catalan cs:Czech da:Danish de:German el:Greek en:English es:Spanish fi:Finnish fr:French hr:Croatian hu:Hungarian
    id:Indonesian it:Italian ko:Korean lt:Lithuanian nl:Dutch no:Norwegian_Bokmal nb:Norwegian_Bokmal pl:Polish pt:Portuguese ro:Romanian
    ru:Russian sk:Slovak sl:Slovenian sv:Swedish tr:Turkish uk:Ukrainian vi:Vietnamese
    """.split()
)


def clip(data: bytes, url: str | None) -> Record:
    """Return clip's own record, as parsed from its canonical JSON: writing and reading it is part of the time."""
    import msgspec

    import scraper

    record = msgspec.json.decode(scraper.clean(data, url=url).to_json())
    return {"title": record["headline"], "author": [a["name"] for a in record["authors"]], "date": record["date"], "body": record["body"]}


def trafilatura(data: bytes, url: str | None) -> Record:
    """Return trafilatura's document, with metadata and without comments."""
    from trafilatura import bare_extraction

    document: Any = bare_extraction(data, url=url, with_metadata=True, include_comments=False)
    if document is None:
        return {}
    authors = [name for name in (document.author or "").split("; ") if name]
    return {"title": document.title, "author": authors, "date": document.date, "body": document.text}


def resiliparse(data: bytes, url: str | None) -> Record:
    """Return resiliparse's main content; it has no other field."""
    from resiliparse.extract.html2text import extract_plain_text

    return {"body": extract_plain_text(_decoded(data), main_content=True)}


def newspaper4k(data: bytes, url: str | None) -> Record:
    """Return newspaper4k's article, without its images."""
    from newspaper import Article

    article = Article(url or "https://page.invalid/", config=_newspaper_settings())
    article.download(input_html=_decoded(data))
    article.parse()
    date = article.publish_date
    return {"title": article.title, "author": list(article.authors), "date": _day(date), "body": article.text}


def readability(data: bytes, url: str | None) -> Record:
    """Return what readability-lxml keeps, as text with a line for each block; it knows no dates."""
    from lxml import html
    from readability import Document

    document = Document(_decoded(data), url=url)
    root = html.fromstring(document.summary(html_partial=True))
    for element in root.iter("p", "div", "li", "br", "tr", "td", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"):
        element.tail = "\n" + (element.tail or "")
    title, author = document.short_title(), document.author()
    return {
        "title": None if title == _NO_TITLE else title,
        "author": [] if author in _NOBODY else [author],
        "body": root.text_content(),
    }


def goose3(data: bytes, url: str | None) -> Record:
    """Return goose3's article, without its images."""
    article = _goose().extract(raw_html=_decoded(data), url=None)
    authors = [name for entry in article.authors for name in (entry if isinstance(entry, list) else [entry]) if isinstance(name, str)]
    return {"title": article.title, "author": authors, "date": _day(article.publish_date), "body": article.cleaned_text}


def justext(data: bytes, url: str | None) -> Record:
    """Return jusText's paragraphs, with the stop words of the language that the page declares, else English ones."""
    import justext as library

    declared = _LANGUAGE.search(data[:5_000])
    language = _STOP_LISTS.get(declared[1].decode().lower(), "English") if declared else "English"
    paragraphs = library.justext(data, library.get_stoplist(language))
    return {"body": "\n\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)}


def htmldate(data: bytes, url: str | None) -> Record:
    """Return htmldate's date; it has no other field."""
    from htmldate import find_date

    return {"date": find_date(data, url=url, original_date=True)}


def lexbor(data: bytes, url: str | None) -> Record:
    """Parse and do nothing: the floor for time."""
    from selectolax.lexbor import LexborHTMLParser

    LexborHTMLParser(data)
    return {}


def _decoded(data: bytes) -> str:
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    text: str = bytes_to_str(data, detect_encoding(data) or "utf-8")
    return text


def _day(date: Any) -> str | None:
    return str(date)[:10] if date else None


@cache
def _newspaper_settings() -> Any:
    from newspaper.configuration import Configuration

    settings = Configuration()
    settings.fetch_images = False
    settings.memorize_articles = False
    return settings


@cache
def _goose() -> Any:
    from goose3 import Goose

    return Goose({"enable_image_fetching": False})


PEERS: dict[str, Peer] = {
    peer.__name__: peer for peer in (clip, trafilatura, resiliparse, newspaper4k, readability, goose3, justext, htmldate, lexbor)
}
ALL_FIELDS = frozenset({"title", "author", "date", "body"})
FIELDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("clip", "trafilatura", "newspaper4k", "goose3"), ALL_FIELDS),
    "resiliparse": frozenset({"body"}),
    "readability": frozenset({"title", "author", "body"}),
    "justext": frozenset({"body"}),
    "htmldate": frozenset({"date"}),
    "lexbor": frozenset(),
}
_DISTRIBUTIONS = {"clip": "article-clip", "lexbor": "selectolax", "readability": "readability-lxml"}


def version(peer: str) -> str | None:
    """Return the version of a peer; `None` where it is not installed."""
    try:
        return importlib.metadata.version(_DISTRIBUTIONS.get(peer, peer))
    except importlib.metadata.PackageNotFoundError:
        if peer == "clip":
            import scraper

            return scraper.__version__
        return None
