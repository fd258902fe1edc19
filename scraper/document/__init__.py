"""One page, decoded and parsed: `Page` in, `Document` out."""

from typing import Literal

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from normalise.copied_url import Copy, copy_at
from scraper.document.frames import without_frames
from scraper.document.inserts import drop_toolbar, without_inserts
from scraper.document.limits import guard
from scraper.document.shadow import open_shadow
from scraper.document.xhtml import close_empty
from scraper.encoding import decode
from scraper.encoding.sniff import binary_type, is_html, xml_type
from scraper.errors import InputError
from scraper.page import Page

MAX_SIZE = 64_000_000  # bytes of one page, as config.yaml has it


class Document(msgspec.Struct, kw_only=True):
    """A decoded page, without NULs. `tree` is `None` for plain text; `limits` names what was cut so that it could be parsed safely.

    `url` is the page's own address; if it came from one that says it is a copy's, that is `copied`.
    """

    text: str
    encoding: str
    media_type: Literal["text/html", "text/plain"]
    tree: LexborHTMLParser | None = None
    url: str | None = None
    copied: Copy | None = None
    limits: list[str] = []


def parse_document(page: Page, *, max_size: int = MAX_SIZE) -> Document:
    """Decode, sniff, guard and parse `page`.

    A `media_type` of "text/plain" or "text/html" is believed as far as the content allows; otherwise content decides.
    Raises InputError "too-large" above `max_size` bytes and "wrong-type" where the content is neither HTML nor text.
    """
    if len(page.body) > max_size:
        raise InputError("too-large", f"the page has {len(page.body)} bytes, over the limit of {max_size}")
    kind = binary_type(page.body)
    if kind:
        raise InputError("wrong-type", f"the content is {kind}, neither HTML nor text")
    text, encoding, source = decode(page.body, charset=page.charset)
    if b"\0" in page.body and "\0" in text:
        text, source = text.replace("\0", ""), None
    copied = copy_at(page.url)
    url = copied.original if copied is not None else page.url
    html = is_html(text, media_type=page.media_type)
    if page.media_type != "text/plain" and (kind := xml_type(text, html=html)):
        raise InputError("wrong-type", f"the content is {kind}, neither HTML nor text")
    if not html:
        return Document(text=text, encoding=encoding, media_type="text/plain", url=url, copied=copied)
    if source is None:
        source = text.encode()
    source, limits = guard(open_shadow(close_empty(without_inserts(source), page.media_type)))
    tree = LexborHTMLParser(source)
    if tree.body is None:
        tree = LexborHTMLParser(without_frames(source))
    if copied is not None:
        drop_toolbar(tree, copied)
    return Document(text=text, encoding=encoding, media_type="text/html", tree=tree, url=url, copied=copied, limits=limits)


def selector_problem(selector: str) -> str | None:
    """Return why `selector` is not a CSS selector that the parser knows; `None` where it is one. The settings ask it of user's rules."""
    try:
        LexborHTMLParser("<p>").css(selector)
    except (SelectolaxError, UnicodeEncodeError) as error:
        return str(error).split("\n", 1)[0]
    return None
