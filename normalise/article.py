"""The record `clip/1`: one clean article, and its canonical JSON (RFC 8785)."""

import hashlib
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

SCHEMA: Literal["clip/1"] = "clip/1"

Kind = Literal["article", "forum", "listing", "collection", "product", "documentation", "service", "other"]
Status = Literal["ok", "partial", "paywalled", "consent_wall", "bot_block", "not_article", "error_page", "empty"]
BlockType = Literal["heading", "paragraph", "list", "quote", "code", "table", "image", "caption", "embed", "footnote", "math"]
SpanType = Literal["link", "strong", "emphasis", "code", "sub", "sup", "strike"]

# Sorted keys, no floats, ASCII field names: for such values msgspec's bytes are RFC 8785's.
_ENCODER = msgspec.json.Encoder(order="sorted")


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """One name of the byline; `role` as printed."""

    name: str
    role: str | None = None
    kind: Literal["person", "agency", "organization"] = "person"
    url: str | None = None


class DateDetail(msgspec.Struct, frozen=True, kw_only=True):
    """How `date` was read: the string it came from and what the page itself did not print."""

    raw: str
    source: str
    precision: Literal["year", "month", "day", "minute", "second"]
    zone: Literal["explicit", "none"] = "none"
    inferred: list[str] = []


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """The article's lead image."""

    url: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


class Span(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Inline markup: characters `start` to `end` (code points, `end` excluded) of a block's `text`; `url` where a link leads."""

    start: int
    end: int
    type: SpanType
    url: str | None = None


class BodyBlock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One typed block of the body. `text` is the plain text; the other keys are present where the type has them."""

    type: BlockType
    text: str
    level: int = 0  # heading 1 to 6; of a list item its depth, from 0; of other types the number of list items around
    ordered: bool = False
    number: int = 0  # of an ordered item or a footnote, as the page counts
    quoted: int = 0  # quotations around, a quote's own included
    language: str | None = None  # of code
    rows: list[list[str]] = []  # of a table
    header: bool = False  # a table's first row is its header
    url: str | None = None  # of an image or embed
    spans: list[Span] = []  # of its text, outer before inner; in a table's text, cells stand apart by " | ", rows by a line end


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """A block that is not part of the article: what it said, why it went, and the rule's id."""

    text: str
    reason: str
    rule: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a field could have had; `reason` says why it won or lost."""

    value: str
    source: str
    chosen: bool = False
    reason: str = ""


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """What the record was made from."""

    media_type: str
    charset: str
    sha256: str
    origin: str | None = None


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One page's record. Every key up to `id` is always present; the rest only on request (see `docs/record.md`)."""

    schema: Literal["clip/1"] = SCHEMA
    headline: str | None = None
    byline: str | None = None
    authors: list[Author] = []
    date: str | None = None
    date_detail: DateDetail | None = None
    date_modified: str | None = None
    body: str = ""
    description: str | None = None
    section: str | None = None
    tags: list[str] = []
    site_name: str | None = None
    language: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    image: Image | None = None
    kind: Kind = "other"
    status: Status = "empty"
    confidence: int = 0
    sources: dict[str, str] = {}
    words: int = 0
    id: str = ""

    limits: list[str] | UnsetType = UNSET  # present where the page had to be cut to be read: "depth", "formatting", …
    blocks: list[BodyBlock] | UnsetType = UNSET
    markdown: str | UnsetType = UNSET
    html: str | UnsetType = UNSET
    removed: list[Removed] | UnsetType = UNSET
    candidates: dict[str, list[Candidate]] | UnsetType = UNSET
    input: Input | UnsetType = UNSET

    def to_json(self) -> bytes:
        """Return the record as RFC 8785 bytes, without a final newline."""
        return _ENCODER.encode(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain dicts, lists, strings and integers."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


def article_id(headline: str | None, byline: str | None, date: str | None, body: str) -> str:
    """Return `sha256:` of the canonical JSON of the four fields: equal articles have equal ids."""
    core = {"headline": headline, "byline": byline, "date": date, "body": body}
    return "sha256:" + hashlib.sha256(_ENCODER.encode(core)).hexdigest()
