"""What one fetch asks, sends along, keeps and gives back."""

import asyncio
import importlib
import json
import sys
from pathlib import Path

import msgspec
import pytest

import scraper
from scraper.config import Config, Fetching
from scraper.errors import ConfigError, InputError, OutputError
from scraper.fetch import fetch, transport
from scraper.fetch.address import refusal, system_resolve
from scraper.fetch.client import Client, Wanted, fetch_page
from scraper.fetch.cookies import Cookies
from scraper.fetch.polite import retry_after
from scraper.fetch.transport import Network, Timeouts, Transport
from scraper.fetch.url import parse_url
from scraper.page import content_type
from tests.server import PUBLIC, Roads

ROWS = json.loads(Path(__file__).with_name("cases").joinpath("fetch_faults.json").read_text())
PLAIN = Fetching(delay=0, retries=0, deadline=10)


def sent(server, path):
    return [headers for _, target, headers in server.log if target.partition("?")[0] == path]


def test_the_public_call(server):
    config = Config(fetch=Fetching(allow_private=True))
    page = fetch(f"http://127.0.0.1:{server.plain_port}/hop/2", config=config)
    base = f"http://127.0.0.1:{server.plain_port}"
    assert (page.url, page.origin, page.status) == (f"{base}/ok?hopped", f"{base}/hop/2", 200)
    assert page.redirects == (f"{base}/hop/2", f"{base}/hop/1")
    assert dict(page.headers)["content-type"] == "text/html"
    with pytest.raises(InputError) as refused:
        fetch(f"http://127.0.0.1:{server.plain_port}/ok")
    assert refused.value.code == "blocked"


def test_the_call_and_the_package_of_its_name():
    for call in (scraper.fetch, sys.modules["scraper.fetch"]):
        with pytest.raises(InputError, match="not a URL"):
            call("nonsense")


def test_it_can_be_called_where_an_event_loop_runs(roads):
    async def notebook():
        return fetch_page("http://a.test/ok", PLAIN, roads.network)

    assert asyncio.run(notebook()).status == 200


def test_a_trailing_dot_is_not_part_of_the_certificates_name(roads):
    assert fetch_page("https://secure.test./ok", PLAIN, roads.network).status == 200


def test_a_truthful_user_agent_with_a_contact(roads, server):
    fetch_page("http://a.test/ok", Fetching(contact="https://example.org/bot"), roads.network)
    assert {headers["user-agent"] for _, _, headers in server.log} == {"article-clip/0.1 (+https://example.org/bot)"}


def test_credentials_in_a_url_go_nowhere(roads, server):
    page = fetch_page("http://user:secret@a.test/ok#part", PLAIN, roads.network)
    assert page.url == "http://a.test/ok"
    assert "authorization" not in sent(server, "/ok")[0]
    assert "secret" not in str(server.log)


@pytest.mark.parametrize(
    ("url", "cookies"),
    [
        ("http://a.test/set-cookies?/ok", "host=1; site=2"),
        ("http://www.a.test/set-cookies?http://www.a.test/ok", "host=1; site=2"),
        ("http://www.a.test/set-cookies?http://a.test/ok", "site=2"),
        ("http://www.a.test/set-cookies?http://b.test/ok", None),
        ("http://a.test/set-cookies?http://nota.test/ok", None),
    ],
)
def test_cookies_stay_with_their_site(roads, server, url, cookies, monkeypatch):
    monkeypatch.setattr("scraper.fetch.cookies._site", lambda host: ".".join(host.split(".")[-2:]))  # .test is on no list
    fetch_page(url, PLAIN, roads.network)
    assert sent(server, "/ok")[0].get("cookie") == cookies


def test_public_suffixes_take_no_cookies():
    jar = Cookies()
    jar.store(parse_url("http://shop.co.uk/"), ["a=1; Domain=co.uk", "b=2; Domain=shop.co.uk"])
    jar.store(parse_url("http://me.github.io/"), ["c=3; Domain=github.io"])
    assert jar.header(parse_url("http://other.co.uk/")) is None
    assert jar.header(parse_url("http://you.github.io/")) is None
    assert jar.header(parse_url("http://www.shop.co.uk/")) is None  # set for the host alone, as its Domain is the host's own
    assert jar.header(parse_url("http://shop.co.uk/")) == "b=2"


@pytest.mark.parametrize(
    ("header", "sent_back"),
    [
        ("a=b; Path=/; Partitioned", "a=b"),
        ("a=b; Path=/; Priority=High", "a=b"),
        ("a=b c, d=e", "a=b c, d=e"),
        ('a[]={"x":1,"y":"é"}; Secure=', None),
        ('a[]={"x":1,"y":"é"}', 'a[]={"x":1,"y":"é"}'),
        ("value", "value"),
        ("=value", "value"),
        ("a=b;;Domain=; Max-Age=x", "a=b"),
        ("a=", "a="),
        ("=", None),
        ("a=b\rc", None),
        ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("a=b; Expires=Thu, 01-Jan-1970 00:00:00 GMT", None),
        ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", "a=b"),
        ("a=b; Expires=Thu, 01 Jan 2990 00:00:00 GMT", "a=b"),
        ("a=b; Expires=soon", "a=b"),
        ("a=b; Max-Age=000", None),
    ],
)
def test_cookies_are_read_as_browsers_read_them(header, sent_back):
    jar = Cookies()
    jar.store(parse_url("http://a.test/"), [header])
    assert jar.header(parse_url("http://a.test/")) == sent_back


def test_a_cookie_that_is_no_ascii_is_sent_back(roads, server):
    assert fetch_page("http://a.test/cookie-wall?é", PLAIN, roads.network).status == 200
    assert sent(server, "/cookie-wall")[1]["cookie"].encode("latin-1").decode() == "seen=1; é=é"


@pytest.mark.parametrize("proxy", ["proxy.test:3128", "foo", "ftp://proxy.test", "socks5://proxy.test:1080"])
def test_a_proxy_that_cannot_be_used(proxy, roads):
    with pytest.raises(ConfigError, match=r"fetch.proxy: .* cannot be used: "):
        fetch_page("http://a.test/ok", Fetching(proxy=proxy), roads.network)


def test_a_proxy_of_the_environment_needs_no_scheme(monkeypatch):
    monkeypatch.setattr("urllib.request.getproxies_environment", lambda: {"https": "proxy.test:3128"})
    assert transport.environment_proxy() == "http://proxy.test:3128"


def test_a_database_of_something_else_is_no_cache(tmp_path, roads):
    (tmp_path / "answers.db").write_bytes(b"something else" * 99)
    with pytest.raises(OutputError, match="cannot be the cache: file is not a database"):
        fetch_page("http://a.test/ok", Fetching(cache=str(tmp_path)), roads.network)


def test_cookies_are_forgotten_after_the_fetch(roads, server):
    async def twice():
        async with Client(PLAIN, roads.network) as client:
            await client.fetch("http://a.test/cookie-wall")
            await client.fetch("http://a.test/cookie-wall")

    asyncio.run(twice())
    assert ["cookie" in headers for headers in sent(server, "/cookie-wall")] == [False, True, False, True]


def test_a_tls_greeting_that_is_never_answered(roads):
    with pytest.raises(InputError) as late:
        fetch_page("https://silent.test:4444/ok", Fetching(robots=False, deadline=1, retries=0), roads.network)
    assert late.value.code == "timeout"


def test_conditional_requests(roads, server):
    async def ask():
        async with Client(PLAIN, roads.network) as client:
            await client.fetch("http://a.test/etag", Wanted(headers=(("If-None-Match", '"v1"'),)))

    with pytest.raises(InputError) as answered:
        asyncio.run(ask())
    assert answered.value.code == "not-modified"


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_the_cache_keeps_to_the_headers(roads, server, tmp_path, monkeypatch, library):
    pytest.importorskip("hishel", reason="a cache needs the extra `cache`")
    monkeypatch.setattr(transport, "httpx", importlib.import_module(library))
    monkeypatch.setattr(transport, "httpcore", importlib.import_module(library.replace("httpx", "httpcore")))
    settings = Fetching(delay=0, cache=str(tmp_path / "cache"))
    for _ in range(3):
        for path in ("fresh", "etag", "no-store"):
            assert f"Marker /{path}.".encode() in fetch_page(f"http://a.test/{path}", settings, roads.network).body
    assert [server.requests["a.test", path] for path in ("/fresh", "/etag", "/no-store")] == [1, 3, 3]
    assert sum("if-none-match" in headers for headers in sent(server, "/etag")) == 2


def test_proxies_of_the_environment_are_ignored_unless_asked_for(roads, server, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetch_page("http://a.test/ok", PLAIN, roads.network).status == 200
    asked = Fetching(delay=0, retries=0, deadline=5, proxy="environment", robots=False)
    with pytest.raises(InputError) as failed:
        fetch_page("http://a.test/ok", asked, roads.network)
    assert failed.value.code == "network-error" and "a.test through the proxy http://127.0.0.1:1: connection failed" in str(failed.value)
    with pytest.raises(InputError) as blocked:
        fetch_page("http://private.test/ok", asked, roads.network)
    assert blocked.value.code == "blocked"
    monkeypatch.setenv("no_proxy", "a.test,.b.test")
    assert {fetch_page(f"http://{host}/ok", asked, roads.network).status for host in ("a.test", "x.b.test")} == {200}
    with pytest.raises(InputError, match="through the proxy"):
        fetch_page("http://c.test/ok", asked, roads.network)


def test_names_that_only_the_proxy_knows(roads):
    asked = Fetching(delay=0, retries=0, deadline=5, proxy="http://127.0.0.1:1", robots=False)
    with pytest.raises(InputError, match="unknown: no such name; where the proxy alone knows names, --allow-private leaves them to it"):
        fetch_page("http://unknown/", asked, roads.network)
    with pytest.raises(InputError, match="through the proxy"):
        fetch_page("http://unknown/", msgspec.structs.replace(asked, allow_private=True), roads.network)


def test_intranet_addresses_on_request_only(roads):
    allowed = Fetching(delay=0, retries=0, allow_private=True)
    assert fetch_page("http://private.test/ok", allowed, roads.network).status == 200
    for name in ("linklocal", "multicast"):
        with pytest.raises(InputError, match="link-local, metadata, multicast"):
            fetch_page(f"http://{name}.test/ok", allowed, roads.network)


SPELLINGS = [row["path"].removeprefix("/to?") for row in ROWS if row["outcome"] == "blocked" and row["path"].startswith("/to?http:")]


def test_no_spelling_of_an_address_gets_through_by_any_way(roads, server):
    """As the start URL, and as the target of a redirect, a meta refresh and a redirected robots.txt."""
    assert len(SPELLINGS) >= 40

    async def code(client, way):
        try:
            return (await client.fetch(way)).url
        except InputError as error:
            return error.code

    async def every_way():
        async with Client(PLAIN, roads.network) as client:
            for url in SPELLINGS:
                server.robots_location = url
                ways = (url, f"http://a.test/to?{url}", f"http://a.test/refresh-to?{url}", "http://robots-elsewhere.test/ok")
                yield url, [await code(client, way) for way in ways]

    async def check():
        async for url, codes in every_way():
            assert codes == ["blocked", "blocked", "blocked", "robots"], url

    asyncio.run(check())
    assert set(roads.dialled) == {PUBLIC}


def test_a_name_is_resolved_once_and_its_address_dialled(roads):
    fetch_page("http://rebind.test/ok", Fetching(robots=False), roads.network)
    assert (roads.asked, roads.dialled) == (["rebind.test"], [PUBLIC])


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_the_private_attribute_that_pins_addresses_is_there(library, monkeypatch):
    monkeypatch.setattr(transport, "httpx", importlib.import_module(library))
    made = Transport(Network(), Timeouts(1, 1), connections=1)
    assert isinstance(made._http._pool._network_backend, transport._PinnedBackend)
    theirs = importlib.import_module(library).AsyncHTTPTransport()._pool
    assert hasattr(theirs, "_network_backend")


def test_certificates_are_verified_where_the_system_has_no_authorities(server, monkeypatch):
    monkeypatch.setattr(transport, "_system_authorities", lambda: None)
    network = Network(resolve=Roads(server).resolve, dial=Roads(server).dial)
    with pytest.raises(InputError) as refused:
        fetch_page("https://secure.test/ok", PLAIN, network)
    assert refused.value.code == "tls-error"


def test_the_system_resolver():
    assert asyncio.run(system_resolve("127.0.0.1", 80)) == ["127.0.0.1"]


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_public_addresses_are_let_through(address):
    assert refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        *"10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.31.255.255 192.0.0.192 192.168.1.1 198.18.0.1 203.0.113.9".split(),
        *"224.0.0.1 255.255.255.255 0.0.0.0 168.63.129.16 nonsense ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1".split(),
        *"2001:db8::1 2001::1 3fff::1 5f00::1 100::1 64:ff9b::a00:1 64:ff9b:1::1 ::ffff:127.0.0.1 ::127.0.0.1 2002:a00:1::".split(),
    ],
)
def test_special_addresses_are_not(address):
    assert refusal(address)


@pytest.mark.parametrize(
    ("header", "date", "seconds"),
    [
        ("120", None, 120),
        (" 5 ", None, 5),
        ("0", None, 0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 31 Dec 1999 23:58:59 GMT", 60),
        ("Fri, 31 Dec 1999 23:59:59 GMT", "Sat, 01 Jan 2000 00:00:00 GMT", 0),
        ("-5", None, None),
        ("1.5", None, None),
        ("soon", None, None),
        ("", None, None),
        ("²", None, None),
        (None, None, None),
    ],
)
def test_retry_after(header, date, seconds):
    assert retry_after(header, date) == seconds


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("text/html; charset=utf-8", ("text/html", "utf-8")),
        ('TEXT/HTML ;Charset = "ISO-8859-1" ; x=y', ("text/html", "ISO-8859-1")),
        ("text/html;charset=", ("text/html", None)),
        ("text/html; charset=a; charset=b", ("text/html", "a")),
        ("text/html,charset=utf-8", (None, None)),
        ("text/html, text/html", (None, None)),
        ("application/vnd.ms+xml;x", ("application/vnd.ms+xml", None)),
        ("nonsense", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_content_type(header, found):
    assert content_type(header) == found


@pytest.mark.parametrize("url", ["http://☃.test/ok", "http://a_b.test/ok"])
def test_names_that_idna_2008_does_not_know(url, roads, server):
    page = fetch_page(url, PLAIN, roads.network)
    assert (page.status, page.url) == (200, parse_url(url).href)
    assert sent(server, "/ok")[-1]["host"] == parse_url(url).host


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("HTTP://Example.COM:80/a b?q=é#part", "http://example.com/a%20b?q=%C3%A9"),
        ("https://example.com\\@evil.com/", "https://example.com/@evil.com/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("  http://a.test/../b  ", "http://a.test/b"),
        ("http://faß.de/", "http://xn--fa-hia.de/"),
        ("http:a.test", "http://a.test/"),
    ],
)
def test_urls_are_parsed_as_browsers_do(text, href):
    assert parse_url(text).href == href


@pytest.mark.parametrize(
    "text", ["", "a.test", "http://", "http://a b/", "http://[::1", "http://a.test:99999/", "\ud800", "http://" + "a" * 20_000]
)
def test_what_is_no_url(text):
    with pytest.raises(InputError) as refused:
        parse_url(text)
    assert refused.value.code == "bad-url"
    assert len(str(refused.value)) < 400 and str(refused.value).isprintable()
