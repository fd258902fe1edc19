"""The furniture of a site: blocks that stand on many of its pages, counted in one pass over saved pages.

The counts do not depend on the order of the pages. Memory is bounded by keeping only lines whose hash is below a limit; the limit falls
when there are too many lines, and a line that is kept was counted from the first page on.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from scraper.blocks import Block, Segmentation
from scraper.classify import Label
from scraper.errors import ConfigError

SCHEMA = "clip-site-chrome/1"
MIN_PAGES = 4  # of a host: on fewer, nothing can be said to repeat
MIN_SHARE = 10  # percent of the host's pages, and at least 3 pages, that a line must stand on
MAX_LINES = 2_000_000  # lines counted at a time: about 400 MB
_MAX_CHARS = 400  # a longer block is prose
_DIGITS = re.compile(r"\d")


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One site: how many of its pages were seen, and each repeated line, folded, with the number of pages it stood on."""

    pages: int
    lines: dict[str, int]


class SiteChrome(msgspec.Struct, frozen=True, kw_only=True):
    """What `clip learn` found, by host name without "www."."""

    schema: str = SCHEMA
    hosts: dict[str, Host] = {}

    def lines_of(self, host: str) -> dict[str, int]:
        """Return the furniture of a host; nothing for an unknown one."""
        known = self.hosts.get(host)
        return known.lines if known is not None else {}

    def to_json(self) -> bytes:
        """Return the file's bytes: sorted, one final newline."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1) + b"\n"


def load(path: str | Path) -> SiteChrome:
    """Read a file that `clip learn` wrote. Raises ConfigError."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        site = msgspec.json.decode(data, type=SiteChrome)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a site chrome file: {error}: make one with clip learn") from error
    if site.schema != SCHEMA:
        raise ConfigError(f"{path}: made by another version ({site.schema}): make it anew with clip learn")
    return site


@cache
def load_once(path: str) -> SiteChrome:
    """Return what `load` does, read once in each process. Raises ConfigError."""
    return load(path)


def page_host(page: Segmentation, url: str | None) -> str:
    """Return the host of a page: of its address, else of the address that it gives itself; "" where there is none."""
    said = [href for rel, href in page.links if rel == "canonical"] + [content for name, content in page.metas if name == "og:url"]
    return next((host for address in (url, *said) if (host := host_of(address))), "")


def drop_site_chrome(blocks: list[Block], labels: list[Label], lines: dict[str, int]) -> None:
    """Label the blocks that repeat over their site's pages as chrome; `lines` is the site's furniture, folded."""
    for block in blocks:
        pages = lines.get(fold(block.text)) if len(block.text) <= _MAX_CHARS else None
        if pages:
            labels[block.index] = Label("chrome", f"on {pages} pages of the site", "site/repeated", 10)


def host_of(url: str | None) -> str:
    """Return the host of `url` in lower case without "www."; "" where there is none."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def fold(text: str) -> str:
    """Return a block as it is counted: lower case, white space collapsed, every digit a 0."""
    return _DIGITS.sub("0", " ".join(text.lower().split()))


class Learner:
    """Counts the blocks of pages by host."""

    def __init__(self, *, max_lines: int = MAX_LINES) -> None:
        self._max_lines = max_lines
        self._limit = 1 << 64
        self._counts: dict[str, dict[str, int]] = {}
        self._pages: dict[str, set[bytes]] = {}
        self._size = 0

    def add(self, host: str, blocks: Iterable[str]) -> None:
        """Count one page. A page with the very blocks of an earlier one of its host is the same page, and counts once."""
        blocks = list(blocks)
        lines = {fold(block) for block in blocks if len(block) <= _MAX_CHARS} - {""}
        digest = hashlib.blake2b("\n".join(blocks).encode("utf-8", "surrogatepass"), digest_size=12).digest()
        seen = self._pages.setdefault(host, set())
        if not lines or digest in seen:
            return
        seen.add(digest)
        counts = self._counts.setdefault(host, {})
        for line in lines:
            if line in counts:
                counts[line] += 1
            elif _hash(host, line) < self._limit:
                counts[line] = 1
                self._size += 1
        while self._size > self._max_lines:
            self._halve()

    def _halve(self) -> None:
        self._limit //= 2
        for host, counts in self._counts.items():
            self._counts[host] = {line: count for line, count in counts.items() if _hash(host, line) < self._limit}
        self._size = sum(map(len, self._counts.values()))

    def result(self) -> SiteChrome:
        """Return the lines that repeat, of every host with enough pages."""
        hosts = {}
        for host in sorted(self._counts):
            pages = len(self._pages[host])
            least = max(3, -(-pages * MIN_SHARE // 100))
            lines = {line: count for line, count in sorted(self._counts[host].items()) if count >= least}
            if host and pages >= MIN_PAGES and lines:
                hosts[host] = Host(pages=pages, lines=lines)
        return SiteChrome(hosts=hosts)


def _hash(host: str, line: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{host}\n{line}".encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
