"""A URL's user and password: never sent, and in no row, message, log or file name either."""

import re

# The scheme, then what stands before the authority; a password pasted without a scheme looks like one.
_START = re.compile(r"[\s\0-\x1f]*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*")
_END = re.compile(r"[/\\?#]")
_PORT = re.compile(r":\d*\Z")


def without_credentials(url: str) -> str:
    """Return `url`, in whatever spelling, without the user and password in it; all else is left as it is."""
    if "@" not in url:
        return url
    start = _START.match(url).end()  # type: ignore[union-attr]  # it matches everything
    ends = _END.search(url, start)
    end = ends.start() if ends else len(url)
    at = url.rfind("@", start, end)
    if at < 0 and ":" in url[start:end] and not url.startswith("[", start) and not _PORT.search(url, start, end):
        at = url.rfind("@")  # a password with a slash in it, which makes it no URL
    return url if at < 0 else url[:start] + url[at + 1 :]
