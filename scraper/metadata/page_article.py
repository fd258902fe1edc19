"""Which of a page's JSON-LD objects is its article: related stories and lists carry the same types."""

from functools import lru_cache
from typing import Any, NamedTuple

from normalise.text import unescape
from scraper.metadata.json_ld import Node

_KEY_CHARS = 300
_ASCII_REST = bytes(code for code in range(128) if not chr(code).isalnum())
_TOO_MANY = 2  # articles that nothing ties to the page: with more than this the page is a list of others


class Identity(NamedTuple):
    """What the page is known by: its titles as comparison keys, and its addresses without scheme, query and final slash."""

    titles: list[str]
    addresses: set[str]

    @classmethod
    def of(cls, titles: list[str], urls: list[str]) -> "Identity":
        """Make the keys of `titles` and `urls`."""
        return cls([key for title in titles if (key := title_key(title))], {address_key(url) for url in urls})


def choose_article(typed: list[tuple[list[str], Node]], identity: Identity, ranks: dict[str, int]) -> Node | None:
    """Return the object that is the page's article, or `None`. `ranks` are the types that can be one, in lower case, the likeliest 0."""
    articles = []
    for order, (types, node) in enumerate(typed):
        rank = min([ranks[kind] for kind in map(str.lower, types) if kind in ranks], default=None)
        if rank is None and "headline" in node and "WebSite" not in types:
            rank = len(ranks)
        if rank is not None:
            articles.append((-_match(node, identity), rank, order, node))
    if not articles:
        return None
    match, rank, _, node = min(articles, key=lambda entry: entry[:3])
    if match < 0:
        return node
    rivals = [other for other in articles if other[1] <= rank]
    return node if len(rivals) <= _TOO_MANY and not _is_elsewhere(node, identity) else None


def title_key(title: str) -> str:
    """Return the letters and digits of a title, folded."""
    return _title_key(title[:_KEY_CHARS])


@lru_cache(maxsize=512)  # a page names its headline, its site and its sections many times
def _title_key(title: str) -> str:
    if title.isascii() and "&" not in title:  # a fifth of the cost
        return title.lower().encode().translate(None, _ASCII_REST).decode()
    return "".join(filter(str.isalnum, unescape(title).casefold()))


def address_key(url: str) -> str:
    """Return a URL without scheme, `www.`, query, fragment and final slash, folded."""
    rest = url.strip()[:2000].casefold().partition("://")[2] or url.strip()[:2000].casefold()
    return rest.partition("#")[0].partition("?")[0].rstrip("/").removeprefix("www.")


def _match(node: Node, identity: Identity) -> int:
    """How strongly the page's own titles and addresses point at `node`: 3 both, 2 the address, 1 the title, 0 nothing."""
    address = any(address_key(url) in identity.addresses for url in _addresses(node))
    return 2 * address + _has_title(node, identity)


def _has_title(node: Node, identity: Identity) -> bool:
    for name in ("headline", "name"):
        value = node.get(name)
        key = title_key(value) if isinstance(value, str) else ""
        if len(key) >= 8 and any(key in title or (len(title) >= 16 and title in key) for title in identity.titles):
            return True
        if key and key in identity.titles:
            return True
    return False


def _addresses(node: Node) -> list[str]:
    found: list[str] = []
    for key in ("url", "mainEntityOfPage", "@id"):
        value: Any = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and "/" in value:
            found.append(value)
    return found


def _is_elsewhere(node: Node, identity: Identity) -> bool:
    """Whether the object names another page of its own, and neither address nor title of this one."""
    return bool(identity.addresses) and any(address_key(url).count("/") > 1 for url in _addresses(node) if "://" in url)
