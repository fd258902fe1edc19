"""The paths. What each must come to is in cases/fetch_faults.json."""

import asyncio
import functools
import time
from email.utils import formatdate

import brotli

from tests.server.pages import article, bomb, zipped, zstandard
from tests.server.server import HANDLERS, Exchange, path

FOREVER = 60.0
STATUSES = ["400", "401", "402", "403", "404", "405", "410", "418", "451", "500", "502", "504"]


@path("")
async def not_found(x: Exchange) -> None:
    await x.send(article("404"), "404 Not Found")


@path("/robots.txt")
async def robots(x: Exchange) -> None:
    kind = x.host.removeprefix("robots-").removesuffix(".test") if x.host.startswith("robots-") else ""
    if kind in ("401", "403", "500", "503"):
        await x.send("User-agent: *\nDisallow: /\n", f"{kind} Status", kind="text/plain")
    elif kind == "slow":
        await x.head(kind="text/plain")
        await asyncio.sleep(FOREVER)
    elif kind == "huge":
        await x.send(b"# comment line\n" * 100_000 + b"User-agent: *\nDisallow: /\n", kind="text/plain")
    elif kind == "binary":
        await x.send(b"\x00\xff\x01" * 1000, kind="image/png")
    elif kind == "private":
        await x.send(b"", "302 Found", Location="http://10.0.0.1/robots.txt")
    elif kind == "elsewhere":
        await x.send(b"", "302 Found", Location=x.server.robots_location)
    elif kind == "loop":
        await x.send(b"", "302 Found", Location="/robots.txt")
    elif kind == "moved":
        await x.send(b"", "301 Moved", Location="http://robots-deny.test/robots.txt")
    elif x.host == "feed.test":
        await x.send("User-agent: *\nDisallow: /private\nSitemap: http://feed.test/sitemap-index.xml\n", kind="text/plain")
    elif kind in ROBOTS:
        await x.send(ROBOTS[kind], kind="text/plain")
    else:
        await x.send("none", "404 Not Found", kind="text/plain")


ROBOTS = {
    "deny": b"User-agent: *\nDisallow: /\n",
    "bom": b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n",
    "html": b"<html><body>User-agent: none of this is a rule</body></html>",
    "ours": b"User-agent: *\nDisallow: /\n\nUser-agent: article-clip\nAllow: /ok\nDisallow: /\n",
    "wild": b"User-agent: *\nDisallow: /*.html$\nAllow: /ok\n",
    "delay": b"User-agent: *\nCrawl-delay: 999999\n",
    "hostile": b"User-agent: *\nDisallow: /" + b"*a" * 900 + b"$\n",
}


# Good pages -------------------------------------------------------------------------------------------------------------------------


@path("/ok")
async def ok(x: Exchange) -> None:
    await x.send(article(x.target))


@path("/unhurried")
async def unhurried(x: Exchange) -> None:
    await asyncio.sleep(0.1)
    await ok(x)


@path("/chunked")
async def chunked(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    data = article(x.target).encode()
    for start in range(0, len(data), 100):
        piece = data[start : start + 100]
        await x.raw(b"%x\r\n%s\r\n" % (len(piece), piece))
    await x.raw(b"0\r\n\r\n")


@path("/until-close")
async def until_close(x: Exchange) -> None:
    await x.head()
    await x.raw(article(x.target).encode())


@path("/no-type")
async def no_type(x: Exchange) -> None:
    await x.send(article(x.target), kind=None)


@path("/octet-stream")
async def octet_stream(x: Exchange) -> None:
    await x.send(article(x.target), kind="application/octet-stream")


@path("/plain-text")
async def plain_text(x: Exchange) -> None:
    await x.send("A line of text.\n\nMarker " + x.target, kind="text/plain; charset=utf-8")


@path("/early-hints")
async def early_hints(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
    await ok(x)


@path("/cookie-wall")
async def cookie_wall(x: Exchange) -> None:
    if "seen=1" in x.headers.get("cookie", ""):
        await ok(x)
    else:
        await x.send(b"", "302 Found", Location=x.target, Set_Cookie="seen=1; Path=/" + ("\r\nSet-Cookie: é=é" if x.query else ""))


@path("/extra-bytes")
async def extra_bytes(x: Exchange) -> None:
    await x.send(article(x.target))
    await x.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/html\r\n\r\nEVIL" * 4)


@path("/no-content")
async def no_content(x: Exchange) -> None:
    await x.head("204 No Content", kind=None)


@path("/once-dead")
async def once_dead(x: Exchange) -> None:
    if x.server.requests[x.host, x.path] == 1:
        x.reset()
    else:
        await ok(x)


@path("/once-busy")
async def once_busy(x: Exchange) -> None:
    if x.server.requests[x.host, x.path] == 1:
        await x.send("busy", "503 Service Unavailable", Retry_After="1")
    else:
        await ok(x)


@path("/charset-conflict")
async def charset_conflict(x: Exchange) -> None:
    page = article(x.target + " café", head='<meta charset="utf-8">')
    await x.send(page.encode("utf-8"), kind="text/html; charset=ISO-8859-1")


@path("/charset-bom")
async def charset_bom(x: Exchange) -> None:
    await x.send("\ufeff".encode("utf-16-le") + article(x.target).encode("utf-16-le"), kind="text/html; charset=ISO-8859-1")


@path("/charset-legacy")
async def charset_legacy(x: Exchange) -> None:
    await x.send(article(x.target + " café").encode("cp1252"), kind='text/html; Charset="windows-1252"')


# Content codings --------------------------------------------------------------------------------------------------------------------


async def coded(x: Exchange, coding: str, data: bytes) -> None:
    await x.send(data, Content_Encoding=coding)


CODINGS = {
    "/gzip": ("gzip", zipped),
    "/x-gzip": ("x-gzip", zipped),
    "/gzip-members": ("gzip", lambda data: zipped(data[:100]) + zipped(data[100:]) + b"\0\0\0\0"),
    "/gzip-garbage-after": ("gzip", lambda data: zipped(data) + b"garbage"),
    "/deflate": ("deflate", lambda data: zipped(data, 15)),
    "/deflate-raw": ("deflate", lambda data: zipped(data, -15)),
    "/br": ("br", brotli.compress),
    "/zstd": ("zstd", zstandard),
    "/zstd-frames": ("zstd", lambda data: zstandard(data[:100]) + zstandard(data[100:])),
    "/two-codings": ("gzip, br", lambda data: brotli.compress(zipped(data))),
    "/identity": ("identity", bytes),
    "/three-codings": ("gzip, gzip, gzip", lambda data: zipped(zipped(zipped(data)))),
    "/fifty-codings": (", ".join(["gzip"] * 50), lambda data: data),
    "/unknown-coding": ("sdch", bytes),
    "/not-gzip": ("gzip", bytes),
    "/not-br": ("br", bytes),
    "/not-zstd": ("zstd", bytes),
    "/gzip-cut": ("gzip", lambda data: zipped(data)[:-20]),
    "/gzip-bad-crc": ("gzip", lambda data: zipped(data)[:-8] + b"\0" * 8),
    "/br-cut": ("br", lambda data: brotli.compress(data)[:-10]),
    "/zstd-cut": ("zstd", lambda data: zstandard(data)[:-10]),
    "/deflate-cut": ("deflate", lambda data: zipped(data, 15)[:-10]),
    "/zstd-window": ("zstd", lambda data: b"\x28\xb5\x2f\xfd\x00\xf8" + b"\0" * 100),
    "/gzip-many-members": ("gzip", lambda data: zipped(b"") * 20_000),
}


async def in_coding(x: Exchange) -> None:
    coding, encode = CODINGS[x.path]
    await coded(x, coding, encode(article(x.target).encode()))


BOMBS = ("gzip", "deflate", "br", "zstd")


@functools.cache
def made_bomb(coding: str) -> bytes:
    return bomb(coding)


async def explode(x: Exchange) -> None:
    coding = x.path.removeprefix("/bomb-")
    if coding == "twice":
        await coded(x, "gzip, gzip", zipped(made_bomb("gzip")))
    else:
        await coded(x, coding, made_bomb(coding))


# Slow and endless -------------------------------------------------------------------------------------------------------------------


@path("/silent")
async def silent(x: Exchange) -> None:
    await asyncio.sleep(FOREVER)


@path("/slow-headers")
async def slow_headers(x: Exchange) -> None:
    for letter in "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + "X-A: b\r\n" * 1000:
        await x.raw(letter.encode())
        await asyncio.sleep(0.2)


@path("/slow-body")
async def slow_body(x: Exchange) -> None:
    await x.head(Content_Length="100000")
    for _ in range(300):
        await x.raw(b"x")
        await asyncio.sleep(0.2)


@path("/stalled-body")
async def stalled_body(x: Exchange) -> None:
    await x.head(Content_Length="100000")
    await x.raw(b"<html>")
    await asyncio.sleep(FOREVER)


@path("/endless-1xx")
async def endless_1xx(x: Exchange) -> None:
    while True:
        await x.raw(b"HTTP/1.1 102 Processing\r\n\r\n")
        await asyncio.sleep(0.01)


@path("/endless-body")
async def endless_body(x: Exchange) -> None:
    await x.head()
    while True:
        await x.raw(b"<p>more</p>\n" * 5_000)


@path("/endless-chunks")
async def endless_chunks(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    while True:
        await x.raw(b"ea60\r\n" + b"<p>more</p>\n" * 5_000 + b"\r\n")


@path("/tiny-chunks")
async def tiny_chunks(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    for _ in range(60):
        await x.raw(b"1\r\nx\r\n" * 1000)
    await x.raw(b"0\r\n\r\n")


@path("/endless-trailers")
async def endless_trailers(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    await x.raw(b"4\r\nbody\r\n0\r\n")
    while True:
        await x.raw(b"X-Trailer: more\r\n" * 1000)


@path("/slow-redirects")
async def slow_redirects(x: Exchange) -> None:
    await asyncio.sleep(1.4)
    await x.send(b"", "302 Found", Location=f"/slow-redirects?{x.query}0")


# Wrong lengths and broken framing ---------------------------------------------------------------------------------------------------


@path("/declared-huge")
async def declared_huge(x: Exchange) -> None:
    await x.head(Content_Length="99999999999")
    await asyncio.sleep(FOREVER)


@path("/short-body")
async def short_body(x: Exchange) -> None:
    await x.head(Content_Length="100000")
    await x.raw(article(x.target).encode())


@path("/missing-last-chunk")
async def missing_last_chunk(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    await x.raw(b"5\r\n<html\r\n")


@path("/reset-in-body")
async def reset_in_body(x: Exchange) -> None:
    await x.head(Content_Length="100000")
    await x.raw(b"<html>")
    await asyncio.sleep(0.05)
    x.reset()


@path("/reset-in-headers")
async def reset_in_headers(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 200 OK\r\nContent-")
    await asyncio.sleep(0.05)
    x.reset()


@path("/closed-at-once")
async def closed_at_once(x: Exchange) -> None:
    return None


RAW = {
    "/negative-length": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: -5\r\n\r\nhello",
    "/two-lengths": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "/bad-chunks": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "/negative-chunk": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "/huge-chunk": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 100 + b"\r\nhello",
    "/http-0.9": b"<html>hello</html>",
    "/bad-status": b"HTTP/1.1 2000 OK\r\nContent-Type: text/html\r\n\r\nhello",
    "/nul-header": b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
    "/no-colon": b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 5\r\n\r\nhello",
    "/header-flood": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\nhello",
    "/header-count": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(600)) + b"\r\nhello",
    "/header-huge": b"HTTP/1.1 200 OK\r\nX-A: " + b"y" * 10_000_000 + b"\r\n\r\nhello",
    "/ssh": b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "/304-with-body": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello",
    "/206": b"HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: bytes 0-4/10\r\nContent-Length: 5\r\n\r\nhello",
    "/300": b"HTTP/1.1 300 Multiple Choices\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
    "/101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nhello",
}


async def verbatim(x: Exchange) -> None:
    await x.raw(RAW[x.path])


@path("/endless-headers")
async def endless_headers(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await x.raw(b"X-More: and more\r\n" * 100)


# Redirects --------------------------------------------------------------------------------------------------------------------------


@path("/to")
async def to(x: Exchange) -> None:
    """Redirect to whatever the query says, literally."""
    await x.send(b"", "302 Found", Location=x.query)


@path("/refresh-to")
async def refresh_to(x: Exchange) -> None:
    await x.send(f'<html><head><META Content="0; URL={x.query}" HTTP-EQUIV=Refresh></head><body>Moved</body></html>')


@path("/refresh-header")
async def refresh_header(x: Exchange) -> None:
    await x.send("Moved", Refresh=f"0; url={x.query}")


@path("/hop")
async def hop(x: Exchange) -> None:
    """/hop/N redirects N times."""
    left = int(x.path.rpartition("/")[2])
    await x.send(b"", "301 Moved Permanently", Location=f"/hop/{left - 1}" if left > 1 else "/ok?hopped")


@path("/refresh-hop")
async def refresh_hop(x: Exchange) -> None:
    left = int(x.path.rpartition("/")[2])
    target = f"/refresh-hop/{left - 1}" if left > 1 else "/ok?refreshed"
    await x.send(f"<html><head><meta http-equiv='refresh' content='0;{target}'></head></html>")


@path("/loop-self")
async def loop_self(x: Exchange) -> None:
    await x.send(b"", "302 Found", Location="/loop-self")


@path("/loop-a")
async def loop_a(x: Exchange) -> None:
    await x.send(b"", "302 Found", Location="/loop-b")


@path("/loop-b")
async def loop_b(x: Exchange) -> None:
    await x.send(b"", "302 Found", Location="/loop-a")


@path("/loop-growing")
async def loop_growing(x: Exchange) -> None:
    await x.send(b"", "302 Found", Location=x.target + "/x")


@path("/loop-cookie")
async def loop_cookie(x: Exchange) -> None:
    await x.send(b"", "302 Found", Location="/loop-cookie", Set_Cookie=f"n={time.monotonic_ns()}")


@path("/loop-refresh")
async def loop_refresh(x: Exchange) -> None:
    other = "/loop-refresh" if x.query else "/loop-refresh?again"
    await x.send(f'<html><head><meta http-equiv=refresh content="0; url={other}"></head></html>')


@path("/redirect-nowhere")
async def redirect_nowhere(x: Exchange) -> None:
    await x.head("302 Found", Content_Length="0")


@path("/redirect-empty")
async def redirect_empty(x: Exchange) -> None:
    await x.head("302 Found", Content_Length="0", Location="")


@path("/redirect-long")
async def redirect_long(x: Exchange) -> None:
    await x.head("302 Found", Content_Length="0", Location="/" + "a" * 60_000)


@path("/redirect-utf8")
async def redirect_utf8(x: Exchange) -> None:
    await x.raw("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /ok?café\r\n\r\n".encode())


@path("/refresh-late")
async def refresh_late(x: Exchange) -> None:
    await x.send(article(x.target, head='<meta http-equiv="refresh" content="300; url=/loop-self">'))


@path("/refresh-in-script")
async def refresh_in_script(x: Exchange) -> None:
    tag = '<meta http-equiv="refresh" content="0; url=/loop-self">'
    await x.send(article(x.target, head=f"<script>var a='{tag}'</script><!-- {tag} --><noscript>{tag}</noscript>"))


# Statuses ---------------------------------------------------------------------------------------------------------------------------


async def status(x: Exchange) -> None:
    await x.send(article(x.target), f"{x.path[1:]} Status")


@path("/status-with-bomb")
async def status_with_bomb(x: Exchange) -> None:
    await x.send(made_bomb("gzip"), "404 Not Found", Content_Encoding="gzip")


@path("/bot-block")
async def bot_block(x: Exchange) -> None:
    await x.send("<title>Just a moment...</title><p>Enable JavaScript and cookies to continue</p>", "403 Forbidden")


# What stands in an article's place with a 200, and the status its record must have.
STAND_INS = {
    "/soft-404": (
        "error_page",
        "<title>Page Not Found – Gazette</title><h1>Page not found</h1><p>The page may have moved. Try our front page.</p>",
    ),
    "/consent-wall": (
        "consent_wall",
        "<title>Gazette</title><h1>We value your privacy</h1><p>We and our partners store and/or access information on a device.</p>",
    ),
    "/bot-page": ("bot_block", "<title>Just a moment...</title><p>Verifying you are human. This may take a few seconds.</p>"),
    "/parked": ("not_article", "<title>gazette.test</title><p>This domain is for sale!</p><p>Buy this domain</p>"),
}


async def stand_in(x: Exchange) -> None:
    await x.send(f"<!doctype html><html lang=en>{STAND_INS[x.path][1]}")


RETRY_AFTER = {
    "/429-long": lambda: "86400",
    "/429-huge": lambda: "9" * 200,
    "/429-date": lambda: formatdate(time.time() + 86400, usegmt=True),
    "/503-past": lambda: "Wed, 21 Oct 2015 07:28:00 GMT",
    "/503-negative": lambda: "-5",
    "/503-garbage": lambda: "soon\x01 \xe9",
    "/503-none": lambda: None,
}


async def busy(x: Exchange) -> None:
    wait = RETRY_AFTER[x.path]()
    headers = {} if wait is None else {"Retry_After": wait}
    await x.send("busy", f"{x.path[1:4]} Busy", **headers)


# Types ------------------------------------------------------------------------------------------------------------------------------

TYPES = {
    "/pdf": ("application/pdf", b"%PDF-1.7\n..."),
    "/image": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "/json": ("application/json", b"{}"),
    "/feed-as-itself": ("application/rss+xml", b"<rss/>"),
    "/event-stream": ("text/event-stream", b"data: x\n\n"),
    "/multipart": ("multipart/mixed; boundary=x", b"--x\r\n\r\n--x--"),
    "/video": ("video/mp4", b"\0\0\0\x20ftypisom"),
    "/pdf-as-html": ("text/html", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
    "/png-as-html": ("text/html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 200),
    "/zip-untyped": (None, b"PK\x03\x04" + b"\0" * 200),
    "/gzip-as-html": ("text/html", zipped(b"<html>x")),
    "/elf-octets": ("application/octet-stream", b"\x7fELF\x02\x01\x01" + b"\0" * 200),
}


async def typed(x: Exchange) -> None:
    kind, body = TYPES[x.path]
    await x.send(body, kind=kind)


async def feed(x: Exchange) -> None:
    kind, body = FEEDS[x.path]
    await x.send(body, kind=kind)


# Caching ----------------------------------------------------------------------------------------------------------------------------


@path("/fresh")
async def fresh(x: Exchange) -> None:
    await x.send(zipped(article(x.target).encode()), Cache_Control="max-age=600", Content_Encoding="gzip")


@path("/etag")
async def etag(x: Exchange) -> None:
    if x.headers.get("if-none-match") == '"v1"':
        await x.head("304 Not Modified", ETag='"v1"', Cache_Control="no-cache")
    else:
        await x.send(article(x.target), ETag='"v1"', Cache_Control="no-cache")


@path("/no-store")
async def no_store(x: Exchange) -> None:
    await x.send(article(x.target), Cache_Control="no-store, max-age=600")


# Articles over several pages --------------------------------------------------------------------------------------------------------


@path("/long")
async def long(x: Exchange) -> None:
    """/long/story links to /long/story?page=2 and on to 4; every page repeats the first paragraphs."""
    number = int(x.query.removeprefix("page=") or 1)
    links = '<a rel=next href="/long/another-story">Next story</a>' + (f'<a href="?page={number + 1}">Next</a>' if number < 4 else "")
    own = f"<p>This paragraph stands on page {number} of the article and on no other page, which the reader will have guessed by now.</p>"
    await x.send(article(f"{number} of the long story").replace("<p>Marker", own + "<p>Marker").replace("</body>", links + "</body>"))


@path("/same")
async def same(x: Exchange) -> None:
    """Whatever page is asked for, the first is sent."""
    await x.send(article("/same", extra='<a href="/same/2">2</a><a href="/same/3">3</a>'))


@path("/short")
async def short(x: Exchange) -> None:
    if x.path == "/short":
        await x.send(article("/short", extra='<a href="/short/2">2</a>'))
    else:
        await x.send("gone", "404 Not Found")


# Pages built by script --------------------------------------------------------------------------------------------------------------

APP = """const probe = url => fetch(url).then(answer => answer.status, () => "refused");
(async () => {
  const story = await (await fetch("/story.json")).json();
  const probes = [];
  for (const url of ["http://127.0.0.1/", "http://10.0.0.1/", "http://private.test/", "file:///etc/passwd"]) probes.push(await probe(url));
  const ws = new WebSocket("ws://loopback.test/");
  const socket = new Promise(done => { ws.onclose = () => done("closed"); ws.onopen = () => done("open"); });
  document.getElementById("app").innerHTML = story.text + "<p id=probes>" + probes.join(" ") + " " + await socket + "</p>";
})();"""


@path("/app")
async def app(x: Exchange) -> None:
    await x.send('<!doctype html><title>App</title><div id="app">Loading</div><img src="/picture.png"><script src="/app.js"></script>')


@path("/app.js")
async def app_script(x: Exchange) -> None:
    await x.send(APP, kind="text/javascript")


@path("/story.json")
async def story(x: Exchange) -> None:
    await x.send('{"text": "<h1>Built by script</h1><p>Marker of the story.</p>"}', kind="application/json")


@path("/app-busy")
async def app_busy(x: Exchange) -> None:
    await x.send("<!doctype html><title>App</title><script>for (;;) {}</script>")


@path("/app-away")
async def app_away(x: Exchange) -> None:
    await x.send(f"<!doctype html><title>App</title><script>location.href = '{x.query}'</script>")


@path("/app-download")
async def app_download(x: Exchange) -> None:
    await x.send(
        '<!doctype html><title>App</title><p>Text</p><a id=a download href="/pdf">x</a>'
        '<script>a.click(); open("/ok?popup"); alert(1)</script>'
    )


# Feeds and sitemaps -----------------------------------------------------------------------------------------------------------------

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Gazette</title><link>http://feed.test/</link><atom:link href="http://feed.test/rss" rel="self"/>
<item><title>Café &amp; bar</title><link>http://feed.test/news/a</link><pubDate>Thu, 31 Jul 2025 10:00:00 +0000</pubDate></item>
<item><title>By guid</title><guid>http://feed.test/news/b</guid></item>
<item><title>Guid is no link</title><guid isPermaLink="false">17</guid></item>
<item><title>Relative</title><link>/news/c</link></item>
<item><title>Other scheme</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="/"/><entry><title>One</title><link rel="edit" href="/edit"/>
<link href="/news/d"/><updated>2025-07-31T10:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>x</title></channel><item><title>Old</title><link>/news/e</link></item></rdf:RDF>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> http://feed.test/news/f </loc><lastmod>2025-07-31</lastmod></url>
<url><loc>http://feed.test/news/g</loc><news:news><news:publication><news:name>Gazette</news:name></news:publication>
<news:publication_date>2025-08-01</news:publication_date><news:title>News &lt;title&gt;</news:title></news:news></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/sitemap-1.xml.gz</loc></sitemap>
<sitemap><loc>/sitemap-missing.xml</loc></sitemap><sitemap><loc>http://10.0.0.1/sitemap.xml</loc></sitemap>
<sitemap><loc>/sitemap-index.xml</loc></sitemap></sitemapindex>"""
LAUGHS = "<!DOCTYPE rss [" + "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9)) + "]><rss><channel>&l9;</channel></rss>"
XXE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><link>&x;</link></item></channel></rss>'
FEEDS = {
    "/rss": ("application/rss+xml", RSS.encode()),
    "/atom": ("application/atom+xml", ATOM.encode()),
    "/rdf": ("text/xml", RDF.encode()),
    "/feed.json": (
        "application/feed+json",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/news/h", "title": "J"}, {"id": "1"}]}',
    ),
    "/sitemap.xml": ("application/xml", SITEMAP.encode()),
    "/sitemap-index.xml": ("application/xml", INDEX.encode()),
    "/sitemap-1.xml.gz": ("application/gzip", zipped(SITEMAP.encode())),
    "/sitemap.txt": ("text/plain", b"http://feed.test/news/i\nhttp://feed.test/news/j\n"),
    "/rss-utf16": ("application/rss+xml", RSS.replace("utf-8", "utf-16").encode("utf-16")),
    "/rss-cut": ("application/rss+xml", RSS[: RSS.index("Relative")].encode()),
    "/rss-laughs": ("application/rss+xml", LAUGHS.encode()),
    "/rss-xxe": ("application/rss+xml", XXE.encode()),
    "/rss-deep": ("application/rss+xml", b"<rss>" + b"<a>" * 200_000),
    "/sitemap-bomb.xml.gz": ("application/gzip", zipped(b" " * 60_000_000)),
    "/front": (
        "text/html",
        b"""<!doctype html><head><link rel="alternate" type="application/rss+xml" href="/rss">
        <link rel=alternate type=application/rss+xml href=/gone></head><body><a href="/">Home</a>
        <a href="/tag/a-b-c-d">Tag</a>
        <a href="/2025/07/31/harbour">Dated</a><a href='the-harbour-report-is-late.html#top'>Slug</a><a href=/story/1234567>Number</a>
        <a href="http://elsewhere.test/a-story-of-another-site">Other site</a><a href="/photo-of-the-day.jpg">Photo</a>
        <a href="/news/a">Short</a>
        <a href="javascript:void(0)">Script</a><!-- <a href="/a-link-in-a-comment"> -->
        <script>'<a href="/a-link-in-a-script">'</script>""",
    ),
}

# Cookies ----------------------------------------------------------------------------------------------------------------------------


SET_COOKIES = ("host=1", "site=2; Domain=a.test", "wide=3; Domain=test", "sec=4; Secure", "gone=5; Max-Age=0")


@path("/set-cookies")
async def set_cookies(x: Exchange) -> None:
    lines = ["HTTP/1.1 302 Found", f"Location: {x.query}", "Content-Length: 0"]
    lines += [
        f"Set-Cookie: {cookie}"
        for cookie in ("host=1", "site=2; Domain=a.test", "wide=3; Domain=test", "sec=4; Secure", "gone=5; Max-Age=0")
    ]
    await x.raw(("\r\n".join(lines) + "\r\n\r\n").encode())


for names, handler in ((CODINGS, in_coding), (RAW, verbatim), (STAND_INS, stand_in), (RETRY_AFTER, busy), (TYPES, typed), (FEEDS, feed)):
    HANDLERS.update(dict.fromkeys(names, handler))
HANDLERS.update(dict.fromkeys((f"/{code}" for code in STATUSES), status))
HANDLERS.update(dict.fromkeys((f"/bomb-{coding}" for coding in (*BOMBS, "twice")), explode))
