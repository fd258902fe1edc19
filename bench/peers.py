"""The extractors that are compared, each as one call: page and URL in, `{title, author, date, body}` out.

A peer is loaded when it is first used; one that is not installed is left out of the table, which says so.
"""

import importlib.metadata
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]
Peer = Callable[[bytes, str | None], Record]


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
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return {"body": extract_plain_text(bytes_to_str(data, detect_encoding(data)), main_content=True)}


def justext(data: bytes, url: str | None) -> Record:
    """Return jusText's paragraphs, with the English stop words."""
    import justext as library

    paragraphs = library.justext(data, library.get_stoplist("English"))
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


PEERS: dict[str, Peer] = {peer.__name__: peer for peer in (clip, trafilatura, resiliparse, justext, htmldate, lexbor)}
ALL_FIELDS = frozenset({"title", "author", "date", "body"})
FIELDS: dict[str, frozenset[str]] = {
    "clip": ALL_FIELDS,
    "trafilatura": ALL_FIELDS,
    "resiliparse": frozenset({"body"}),
    "justext": frozenset({"body"}),
    "htmldate": frozenset({"date"}),
    "lexbor": frozenset(),
}
_DISTRIBUTIONS = {"clip": "article-clip", "lexbor": "selectolax"}


def version(peer: str) -> str | None:
    """Return the version of a peer; `None` where it is not installed."""
    try:
        return importlib.metadata.version(_DISTRIBUTIONS.get(peer, peer))
    except importlib.metadata.PackageNotFoundError:
        if peer == "clip":
            import scraper

            return scraper.__version__
        return None
