"""What a page says of itself: candidates for every field from its metadata, in order of trust.

The sources and their order are data (`data/metadata.toml`); this module only knows how each kind of source is read.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from normalise.text import unescape
from scraper.blocks import Segmentation
from scraper.metadata.json_ld import Node, node_types, read_nodes
from scraper.metadata.page_article import Identity, choose_article

_CHARS = 2_000  # of a value: a longer one is no headline, name, date or keyword list
_BODY_CHARS = 1_000_000
_URL_CHARS = 4_000
_VALUES = 60  # per property: authors, keywords, images
_METAS = 2_000

# Properties of an ImageObject.
_CAPTIONS = ("caption", "description")
_CREDITS = ("creditText", "author", "creator", "copyrightHolder", "copyrightNotice")

# What templates write where they have no value, and what they leave where nobody filled them in.
_NOTHING = frozenset(("(null)", "NULL", "NaN", "None", "[object Object]", "Array", "null", "undefined"))
_UNFILLED = re.compile(r"\{\{|\{\"|%%\w+%%|\$\{[^{}]*\}$|\{\w+\}$|<%|%\w+%$|##?\w+##?$|\[\[?\w+\]?\]$")
_UNFILLED_STARTS = frozenset("{%$<#[")

# Inline markup that content systems leave in JSON-LD strings.
_MARKUP = re.compile(r"</?(?:a|b|br|em|font|i|p|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE)


class Value(NamedTuple):
    """One candidate as the page gives it: entities resolved, white space collapsed, cut at a cap; not otherwise interpreted.

    `source` says where it stands: "json-ld:headline", "json-ld:WebPage.name", "meta:og:title", "link:canonical", "html:lang". `url`, `kind`
    (a schema.org type such as "Person") and `role` (a job title) are set where the source nests them, as JSON-LD's authors do.
    """

    value: str
    source: str
    url: str | None = None
    kind: str | None = None
    role: str | None = None


class Metadata(msgspec.Struct, kw_only=True):
    """Candidates by field, each list in order of trust and without repeats of the same value from the same source.

    `types` are the schema.org types of the object taken for the page's article, then of the others, then "og:" and og:type.
    `article` says that JSON-LD has an object for this page's main thing; `free` is its isAccessibleForFree, `word_count` its wordCount.
    `image` values are URLs as written, not resolved; captions and credits have the URL of their image in `url`.
    `breadcrumb` is JSON-LD's, from the outermost in, with the last item often the page itself. `body` keeps its line breaks.
    """

    headline: list[Value] = []
    author: list[Value] = []
    published: list[Value] = []
    modified: list[Value] = []
    body: list[Value] = []
    description: list[Value] = []
    section: list[Value] = []
    tags: list[Value] = []
    site_name: list[Value] = []
    language: list[Value] = []
    canonical_url: list[Value] = []
    image: list[Value] = []
    image_alt: list[Value] = []
    image_caption: list[Value] = []
    image_credit: list[Value] = []
    breadcrumb: list[str] = []
    types: list[str] = []
    article: bool = False
    free: bool | None = None
    word_count: int | None = None


def read_metadata(segmentation: Segmentation, *, url: str | None = None) -> Metadata:
    """Collect the candidates of `segmentation`; `url` is the page's own, by which its article is told from others. Never raises."""
    metadata = Metadata()
    found = _Found()
    if segmentation.language:
        found.add(_listed("html:")["lang"], Value(segmentation.language[:40], "html:lang"))
    listed = _listed("link:")
    for rel, href in segmentation.links[:_METAS]:
        place = listed.get(rel)
        if place is not None:
            found.add(place, Value(href.strip()[:_URL_CHARS], place[0]))
    og_type = _read_metas(segmentation.metas[:_METAS], found)
    nodes = read_nodes(segmentation.json_ld) if segmentation.json_ld else []
    if nodes:
        _read_nodes(nodes, _identity(segmentation, url, found), found, metadata)
    if og_type is not None:
        metadata.types.append(f"og:{og_type.strip().lower()[:60]}")
    found.into(metadata)
    return metadata


class _Found:
    """Values gathered per field, each with its source's place in the order of trust."""

    def __init__(self) -> None:
        self.fields: dict[str, list[tuple[int, Value]]] = {}

    def add(self, place: "_Place", value: Value) -> None:
        if value.value and not _is_nothing(value.value):
            self.fields.setdefault(place[1], []).append((place[2], value))

    def of(self, field: str, *sources: str) -> list[str]:
        """Return the values of a field that stand in `sources`, in the order found."""
        return [value.value for _, value in self.fields.get(field, []) if value.source in sources]

    def into(self, metadata: Metadata) -> None:
        for field, values in self.fields.items():
            if len(values) > 1:
                values.sort(key=_rank)
                setattr(metadata, field, list(dict.fromkeys([value for _, value in values])))
            else:
                setattr(metadata, field, [values[0][1]])


_rank = itemgetter(0)


def _is_nothing(text: str) -> bool:
    """Whether a value is none: "undefined", "/images/null", "{{ title }}"."""
    if text in _NOTHING or (text[0] in _UNFILLED_STARTS and _UNFILLED.match(text) is not None):
        return True
    return text.endswith(("/undefined", "/null")) and " " not in text


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("scraper") / "data" / "metadata.toml").read_text("utf-8"))


# (source, field, place in its order of trust)
_Place = tuple[str, str, int]


@cache
def _listed(prefix: str) -> dict[str, _Place]:
    """The sources of one kind, "meta:", "link:" or "json-ld:", by what stands behind it."""
    return {
        source.removeprefix(prefix): (source, field, rank)
        for field, sources in _table()["fields"].items()
        for rank, source in enumerate(sources)
        if source.startswith(prefix)
    }


@cache
def _ranks() -> dict[str, int]:
    """The types that can be a page's article, in lower case, the likeliest lowest."""
    return {kind.lower(): rank for rank, kind in enumerate(_table()["types"]["article"])}


def _read_metas(metas: list[tuple[str, str]], found: _Found) -> str | None:
    """Add the values of every <meta> that is a source; return og:type."""
    label, og_type = "", None
    listed = _listed("meta:")
    for key, content in metas:
        place = listed.get(key)
        if place is None:
            if key == "twitter:label1":
                label = content.strip().casefold()
            elif key == "og:type" and og_type is None:
                og_type = content
        elif key != "twitter:data1" or label in _table()["labels"]["author"]:
            found.add(place, Value(_collapse(content, _CHARS), place[0]))
    return og_type


def _collapse(text: str, cap: int) -> str:
    return " ".join(text[:cap].split())


def _identity(segmentation: Segmentation, url: str | None, found: _Found) -> Identity:
    titles = found.of("headline", "meta:og:title", "meta:twitter:title")[:4]
    titles += [block.text for block in segmentation.blocks[:400] if block.tag == "h1"][:4]
    urls = [url, *found.of("canonical_url", "link:canonical", "meta:og:url")]
    return Identity.of([segmentation.title or "", *titles], [address for address in urls[:6] if address])


def _read_nodes(nodes: list[Node], identity: Identity, found: _Found, metadata: Metadata) -> None:
    kinds = _table()["types"]
    typed = [(node_types(node), node) for node in nodes]
    article = choose_article(typed, identity, _ranks())
    reader = _Reader({node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}, found)
    if article is not None:
        metadata.article = True
        metadata.types += node_types(article)
        reader.read(article, "json-ld:")
        metadata.free = _is_free(article)
        metadata.word_count = _count(article.get("wordCount"))
    for types, node in typed:
        metadata.types += [kind for kind in types if kind not in metadata.types][:20]
        if "BreadcrumbList" in types and not metadata.breadcrumb:
            metadata.breadcrumb = _breadcrumb(node)
        elif node is not article and any(kind in kinds["page"] for kind in types):
            reader.read(node, "json-ld:WebPage.")
            if not metadata.breadcrumb and isinstance(node.get("breadcrumb"), dict):
                metadata.breadcrumb = _breadcrumb(node["breadcrumb"])
        elif any(kind in kinds["site"] for kind in types):
            reader.read(node, "json-ld:WebSite.")
    metadata.types = metadata.types[:40]
    metadata.image_caption, metadata.image_credit = reader.captions, reader.credits


class _Reader:
    """Reads an object's properties as values, following references by @id."""

    def __init__(self, by_id: dict[str, Node], found: _Found) -> None:
        self.by_id = by_id
        self.found = found
        self.captions: list[Value] = []
        self.credits: list[Value] = []

    def read(self, node: Node, prefix: str) -> None:
        """Add the values of every property of `node` that is a source."""
        listed = _listed(prefix)
        for key, content in node.items():
            place = listed.get(key)
            if place is None or content is None:
                continue
            source, field, _ = place
            if field == "image":
                values = self._images(content, source)
            elif field == "canonical_url":
                values = [Value(address, source) for item in self._flat(content) if (address := _address(item))]
            elif isinstance(content, str) and field != "body":
                values = [Value(_collapse(_text(content, _CHARS), _CHARS), source)]
            else:
                values = [value for item in self._flat(content) for value in self._named(item, source, field == "body")]
            for value in values:
                self.found.add(place, value)

    def _flat(self, content: Any) -> Iterator[Any]:
        pending, given = [content], 0
        while pending and given < _VALUES:
            item = pending.pop()
            if isinstance(item, list):
                pending += item[_VALUES::-1]
                continue
            given += 1
            if isinstance(item, dict):
                target = item.get("@id")
                known = self.by_id.get(target) if isinstance(target, str) else None
                item = known if known is not None and len(item) < 4 and "name" not in item and "url" not in item else item
                if isinstance(item.get("@list"), list):
                    pending += item["@list"][_VALUES::-1]
                    continue
            yield item

    def _named(self, item: Any, source: str, is_body: bool) -> Iterator[Value]:
        if not isinstance(item, dict):
            text = _text(item, _BODY_CHARS if is_body else _CHARS)
            if text:
                yield Value(text if is_body else " ".join(text.split()), source)
            return
        kind, url = next(iter(node_types(item)), None), _address(item.get("url") or item.get("sameAs") or item.get("@id"))
        role = next((_collapse(text, 200) for title in self._flat(item.get("jobTitle")) if (text := _text(title, 200))), None)
        for name in self._flat(_name(item)):
            text = _text(name.get("@value") or name.get("name") if isinstance(name, dict) else name, _CHARS)
            if text:
                yield Value(" ".join(text.split()), source, url, kind, role)

    def _images(self, content: Any, source: str) -> list[Value]:
        values = []
        for item in self._flat(content):
            address = _address(item)
            if not address:
                continue
            values.append(Value(address, source))
            if isinstance(item, dict):
                self.captions += self._of_image(item, _CAPTIONS, address, source)
                self.credits += self._of_image(item, _CREDITS, address, source)
        return values

    def _of_image(self, image: Node, keys: tuple[str, ...], address: str, source: str) -> list[Value]:
        for key in keys:
            for item in self._flat(image.get(key)):
                for value in self._named(item, f"{source}.{key}", False):
                    return [value._replace(url=address)]
        return []


def _name(node: Node) -> Any:
    for key in ("name", "legalName", "headline", "@value", "text"):
        if node.get(key):
            return node[key]
    parts = [node.get("givenName"), node.get("familyName")]
    return " ".join(part for part in parts if isinstance(part, str)) or node.get("alternateName")


def without_markup(text: str, instead: str = "") -> str:
    """Return `text` without inline elements and paragraphs, each replaced by `instead`."""
    return _MARKUP.sub(instead, text)


def _text(item: Any, cap: int) -> str:
    if isinstance(item, str):
        item = item[:cap]
        if "<" in item:
            item = without_markup(item, " " if cap > _CHARS else "")
        return unescape(item)
    if isinstance(item, bool) or not isinstance(item, (int, float)):
        return ""
    return str(int(item)) if abs(item) < 1e18 and item == item // 1 else ""


def _address(item: Any) -> str | None:
    if isinstance(item, list):
        item = next((part for part in item[:_VALUES] if isinstance(part, (str, dict))), None)
    if isinstance(item, dict):
        item = next((item[key] for key in ("url", "contentUrl", "@id") if isinstance(item.get(key), str)), None)
    if not isinstance(item, str) or not item.strip() or len(item) > _URL_CHARS:
        return None
    return unescape(item.strip())


def _breadcrumb(node: Node) -> list[str]:
    items = node.get("itemListElement")
    placed = []
    for index, item in enumerate(items[:20] if isinstance(items, list) else []):
        if isinstance(item, dict):
            inner = item.get("item")
            name = _text(item.get("name") or (inner.get("name") if isinstance(inner, dict) else None), 200)
            position = item.get("position")
            placed.append((_count(position) or index, index, " ".join(name.split())))
    return [name for _, _, name in sorted(placed) if name]


def _is_free(article: Node) -> bool | None:
    """What the article says, or a part of it that is not free."""
    stated = _boolean(article.get("isAccessibleForFree"))
    parts = article.get("hasPart")
    parts = parts if isinstance(parts, list) else [parts]
    locked = any(isinstance(part, dict) and _boolean(part.get("isAccessibleForFree")) is False for part in parts[:_VALUES])
    return False if stated is None and locked else stated


def _boolean(item: Any) -> bool | None:
    if isinstance(item, bool):
        return item
    return {"true": True, "false": False}.get(item.strip().lower().rpartition("/")[2]) if isinstance(item, str) else None


def _count(item: Any) -> int | None:
    digits = item.strip() if isinstance(item, str) else str(item) if isinstance(item, int) and not isinstance(item, bool) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None
