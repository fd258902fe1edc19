"""Cookies of one fetch: kept in memory while its redirects are followed, then forgotten."""

from http.cookies import CookieError, SimpleCookie

from scraper.fetch.url import Target

_COOKIES = 50
_COOKIE_BYTES = 4096


class Cookies:
    """Cookies by the site that set them. A `Domain` that is a public suffix, or not the setter's own site, is dropped with its cookie."""

    def __init__(self) -> None:
        self._jar: dict[tuple[str, bool, str], tuple[str, str, bool]] = {}  # (domain, host only, name) -> (value, path, secure)

    def store(self, url: Target, set_cookie: list[str]) -> None:
        """Take in the Set-Cookie headers of an answer from `url`."""
        for header in set_cookie[:_COOKIES]:
            if len(header) > _COOKIE_BYTES:
                continue
            try:
                morsels = SimpleCookie(header)
            except CookieError:
                continue
            for name, morsel in morsels.items():
                self._store_one(url, name, morsel.coded_value, morsel)

    def _store_one(self, url: Target, name: str, value: str, attributes: dict[str, str]) -> None:
        domain = attributes["domain"].lstrip(".").lower()
        host_only = not domain or domain == url.host
        if not host_only and not (url.host.endswith("." + domain) and f".{domain}".endswith(f".{_site(url.host)}")):
            return
        key = (url.host if host_only else domain, host_only, name)
        if attributes["max-age"].strip().startswith(("0", "-")):
            self._jar.pop(key, None)
        elif key in self._jar or len(self._jar) < _COOKIES:
            path = attributes["path"]
            self._jar[key] = (value, path if path.startswith("/") else "/", bool(attributes["secure"]))

    def header(self, url: Target) -> str | None:
        """Return the Cookie header for a request to `url`."""
        pairs = [
            f"{name}={value}"
            for (domain, host_only, name), (value, path, secure) in self._jar.items()
            if (url.host == domain or (not host_only and url.host.endswith("." + domain)))
            and (not secure or url.scheme == "https")
            and _within(url.path, path)
        ]
        return "; ".join(pairs) or None


def _within(path: str, prefix: str) -> bool:
    path = path.partition("?")[0]
    return path.startswith(prefix) and (prefix.endswith("/") or len(path) == len(prefix) or path[len(prefix)] == "/")


def _site(host: str) -> str:
    """Return the registrable domain that `host` lies in (for news.shop.co.uk, shop.co.uk), else `host` itself."""
    from tld import get_fld

    return get_fld(host, fail_silently=True, fix_protocol=True, search_private=True) or host
