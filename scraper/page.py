"""The raw page: the one type that readers and the fetcher hand to extraction."""

import msgspec


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of one page and what its carrier said of them.

    `media_type` is the essence without parameters ("text/html", "text/plain"), `charset` a label from the transport; both `None` when
    nothing was said.
    `origin` names the input for messages and ids: a path, `archive.zip!/member.html`, `crawl.warc.gz@1234`, a URL, or `-`.
    A fetched page has its HTTP `status`, the `headers` worth keeping (lower-case names) and the URLs it was redirected from, in order;
    `following` are the further pages of its article, where these were asked for.
    """

    body: bytes
    url: str | None = None
    media_type: str | None = None
    charset: str | None = None
    origin: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[str, ...] = ()
    following: tuple["Page", ...] = ()
