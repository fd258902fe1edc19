"""From a page to its record, all stages together."""

import gc
import json
import pickle
import re
from pathlib import Path

import pytest

import scraper
import scraper.blocks
from scraper import reading
from scraper.classify import second_opinion
from scraper.classify.second_opinion import without_scripts
from scraper.config import Config, Fallback, Rules, SiteRules
from scraper.errors import InputError
from scraper.fetch.faults import FetchError
from scraper.word_count import count_words

URL = "https://example.org/news/ferry"
PROSE = [
    "The ferry that crosses the river every half hour will keep running, the council of the town decided late on Monday evening.",
    "Eleven of the fourteen members voted for the plan, which sets aside enough money for two new engines and a longer pier.",
    "“We have had this boat for ninety years,” said the mayor, who takes it to work herself, “and we will have it for ninety more.”",
    "A bridge would cost four times as much and take six years to build, according to a report that the council ordered in spring.",
]


def page(body: str = "", head: str = "") -> bytes:
    return f"<!doctype html><html lang=en><head><title>Town keeps its ferry</title>{head}</head><body>{body}</body></html>".encode()


def article(inside: str = "") -> str:
    return "<main><article><h1>Town keeps its ferry</h1>" + "".join(f"<p>{text}</p>" for text in PROSE) + inside + "</article></main>"


def test_body_headline_and_nothing_else() -> None:
    record = scraper.clean(page(f"<nav>Home News</nav>{article()}<footer>Imprint</footer>"), url=URL)
    assert record.body == "\n\n".join(PROSE)
    assert (record.headline, record.status, record.kind, record.language) == ("Town keeps its ferry", "ok", "article", "en")
    assert record.words == len(record.body.split())
    assert record.sources["body"] == "blocks"


def test_what_a_shop_prints_of_its_customers_is_not_the_products() -> None:
    review = (
        "<div itemprop=review itemscope><b itemprop=author>Marta Lind</b><time itemprop=datePublished datetime=2025-03-03>3 March</time>"
    )
    shop = page(
        article(f"<section><h2>Customer reviews</h2>{review}<p>It whistles.</p></div></section>"),
        '<script type=application/ld+json>{"@type": "Product"}</script>',
    )
    record = scraper.clean(shop, url="https://shop.example.org/product/kettle")
    assert (record.kind, record.date, record.authors) == ("product", None, [])
    assert record.body == "\n\n".join(PROSE)


def test_a_whole_content_type_is_understood() -> None:
    word = "Größe über alles, was Fähre heißt, und überhaupt."
    assert scraper.clean(word.encode("cp850"), media_type="Text/Plain; charset=ibm866").body == word.encode("cp850").decode("cp866")
    assert scraper.clean(b"<p>x</p><p>y</p>", media_type="text/plain; charset=utf-8", with_={"input"}).input.media_type == "text/plain"  # type: ignore[union-attr]


def test_what_clean_takes() -> None:
    whole = page(article())
    expected = scraper.clean(whole)
    assert scraper.clean(bytearray(whole)) == scraper.clean(memoryview(whole)) == scraper.clean(whole.decode()) == expected
    assert scraper.clean(whole.decode().replace("ninety", "\ud83d\ude00 \udc80")).body == expected.body.replace(
        "ninety", "\U0001f600 \ufffd"
    )
    with pytest.raises(TypeError, match=r"not PosixPath: scraper\.read reads files"):
        scraper.clean(Path("page.html"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="config is a Config, such as"):
        scraper.clean(whole, config="config.yaml")  # type: ignore[arg-type]
    for wrong in (None, 5, ["<p>"]):
        with pytest.raises(TypeError, match="a page is bytes, text or a Page"):
            scraper.clean(wrong)  # type: ignore[arg-type]
    for parts in ("markdown", {"markdwn"}):
        with pytest.raises(scraper.ConfigError, match="markd"):
            scraper.clean(whole, with_=parts)


def test_the_users_phrases_hold_for_text_too() -> None:
    line = "The Example app: all stories of the town, every morning at six."
    text = "\n\n".join(["Town keeps its ferry", *PROSE[:2], line, *PROSE[2:]])
    rules = Rules(sites={"example.org": SiteRules(phrases=(line.upper(),))})
    assert line in scraper.clean(text, url="https://example.com/").body
    record = scraper.clean(text, url=URL, config=Config(rules=rules), with_={"removed"})
    assert record.body == "\n\n".join(PROSE)
    assert ("a phrase of the user's rules", line) in [(removed.reason, removed.text) for removed in record.removed]


def test_errors_go_from_one_process_to_another() -> None:
    for error in (InputError("damaged", "broken"), FetchError("network-error", "gone", retry=True, wait=3.0)):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), copy.code, str(copy), vars(copy)) == (type(error), error.code, str(error), vars(error))


def test_words_are_counted() -> None:
    for text in ("", "one", "two words\n\nthree", "x = 1\n    indented\n\ny", "čtyři slova – žádné víc", "日本語 の文"):
        assert count_words(text) == len(text.split())


@pytest.mark.parametrize(
    "line", ["By Mona Lind", "Mona Lind", "By Mona Lind | 12 March 2024", "Mona Lind, Senior Reporter", "By Mona Lind, Courier Staff"]
)
def test_the_line_that_prints_the_byline_is_no_body(line: str) -> None:
    short = f"<h1>Town keeps its ferry</h1><p>{line}</p><p>{PROSE[0]}</p><p>{PROSE[1]}</p>"
    record = scraper.clean(page(short), url=URL)
    assert [author.name for author in record.authors] == ["Mona Lind"]
    assert record.body == "\n\n".join(PROSE[:2])


@pytest.mark.parametrize("line", ["Mona Lind was on the first boat of the morning.", "Mona Lind: We have had this boat for ninety years."])
def test_prose_that_names_the_author_stays(line: str) -> None:
    short = f"<h1>Town keeps its ferry</h1><p>{line}</p><p>{PROSE[0]}</p><p>{PROSE[1]}</p>"
    record = scraper.clean(page(short, '<meta name="author" content="Mona Lind">'), url=URL)
    assert [author.name for author in record.authors] == ["Mona Lind"]
    assert record.body == "\n\n".join((line, *PROSE[:2]))


@pytest.mark.parametrize(("line", "kept"), [("3 March 2025", False), ("Published Mar 3, 2025", False), ("3 March 1925", True)])
def test_a_line_that_states_the_articles_day_alone_is_no_body(line: str, kept: bool) -> None:
    stamp = "<meta property=article:published_time content=2025-03-03T07:00:00Z>"
    html = page(article().replace(f"<p>{PROSE[0]}", f"<p>{line}</p><p>{PROSE[0]}"), stamp)
    assert (line in scraper.clean(html, url=URL).body) is kept
    below = page(article(f"<p>{line}</p><p>{PROSE[0]}</p>"), stamp)
    assert line in scraper.clean(below, url=URL).body


def test_author_and_day_above_a_manuals_text_are_no_body() -> None:
    prose = "The exporter reads a serial tide gauge and serves its values over HTTP, and every one of its options has a default."
    head = "<dl><dt>Author<span>:</span></dt><dd>Jane Roe</dd><dt>Date<span>:</span></dt><dd>2024-06-12</dd></dl>"
    page = f"<h1>Configuring the tide gauge</h1>{head}<p>{prose}</p><h2>Options</h2><p>{prose}</p><p>{prose}</p>".encode()
    article = scraper.clean(page, url="https://tides.example/docs/gauge.html")
    assert (article.kind, article.authors[0].name, article.date) == ("documentation", "Jane Roe", "2024-06-12")
    assert article.body.startswith(prose)


def test_a_list_of_authors_and_where_they_are_is_no_body() -> None:
    authors = "<ul class=authors><li><span class=name>Mona Lind</span><span>University of Harrow</span></li></ul>"
    head = '<meta name="citation_author" content="Mona Lind"><meta property=og:type content=article>'
    html = f"<h1>Town keeps its ferry</h1>{authors}<p>{PROSE[0]}</p><p>{PROSE[1]}</p>"
    assert scraper.clean(page(html, head), url=URL).body == "\n\n".join(PROSE[:2])


@pytest.mark.parametrize(
    ("tag", "line", "left"),
    [
        ("h2", "<span>Harbours</span><span>: </span>{}", False),
        ("h2", "Title:{}", False),
        ("h2", "Will the council say that the {}", True),
        ("p", "Harbours: {}", True),
    ],
)
def test_the_headline_behind_its_kicker_is_no_body(tag: str, line: str, left: bool) -> None:
    html = f"<h1>Town keeps its ferry</h1><p>{PROSE[0]}</p><{tag}>{line.format('Town keeps its ferry')}</{tag}><p>{PROSE[1]}</p>"
    assert ("town keeps its ferry" in scraper.clean(page(html), url=URL).body.lower()) is left


def test_the_same_page_gives_the_same_bytes() -> None:
    data = page(article())
    assert scraper.clean(data, url=URL).to_json() == scraper.clean(data, url=URL).to_json()
    assert scraper.clean(data.decode(), url=URL).to_json() == scraper.clean(data, url=URL).to_json()


def test_parts_come_on_request_only() -> None:
    data = page(f"<nav>Home News</nav>{article('<ul><li>one thing</li><li>another thing</li></ul>')}<h3>Leave a Reply</h3>")
    plain = scraper.clean(data).to_dict()
    assert not {"blocks", "markdown", "html", "removed", "candidates", "input"} & set(plain)
    full = scraper.clean(data, with_=["blocks", "markdown", "html", "removed", "candidates", "input"]).to_dict()
    assert {block["type"] for block in full["blocks"]} >= {"paragraph"}
    assert full["body"].split() == plain["body"].split()
    removed = {row["text"]: row for row in full["removed"]}
    assert removed["Leave a Reply"]["rule"] == "en/comment-prompt/leave-a-reply"
    assert next(row for text, row in removed.items() if "Home" in text)["rule"] == "element/nav"
    assert any(row["chosen"] for row in full["candidates"]["headline"])
    assert full["input"]["charset"] == "utf-8"


def test_html_is_clean() -> None:
    links = '<a href="javascript:x()">a</a> <a href="/b?c&amp;d" onclick=y>b</a>'
    pictures = '<img src="/pier.png" alt="&quot;Pier&quot;" onerror="e()"><img src="javascript:i()">'
    shown = f'<script>z()</script>{pictures}<p onclick="x()">The <b style="color:red">pier</b> &lt;script&gt; {links}.</p>'
    data = page(article(shown))
    html = scraper.clean(data, url=URL, with_={"html"}).to_dict()["html"]
    assert '<p>The <strong>pier</strong> &lt;script&gt; a <a href="https://example.org/b?c&amp;d">b</a>.</p>\n' in html
    assert '<img src="https://example.org/pier.png" alt="&quot;Pier&quot;">' in html
    assert not re.search(r"<script|javascript|onclick|onerror|style", html)


def test_a_body_that_only_the_pages_data_hold() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Town keeps its ferry", "articleBody": "\n\n".join(PROSE)})
    record = scraper.clean(page("<div id=root></div>", f'<script type="application/ld+json">{data}</script>'))
    assert record.body == "\n\n".join(PROSE)
    assert record.sources["body"] == "json-ld:articleBody"


@pytest.mark.parametrize("data", [b"", b" \n\t ", page(), b"<!-- nothing -->", b"<script>var a = 1</script>"])
def test_nothing_is_made_up(data: bytes) -> None:
    record = scraper.clean(data)
    assert (record.status, record.body, record.confidence) == ("empty", "", 0)


def test_walls_are_no_article() -> None:
    record = scraper.clean(page("<h1>Just a moment...</h1><p>Checking your browser before accessing example.org.</p>"))
    assert (record.status, record.body) == ("bot_block", "")


def test_a_parsed_page_goes_with_its_record() -> None:
    def parsed() -> int:
        return sum(type(kept).__name__ == "LexborHTMLParser" for kept in gc.get_objects())

    wordy = article("<nav>More news</nav><p>March 4, 2024</p>")
    gc.collect()
    gc.disable()  # what is in a circle stays
    try:
        before = parsed()
        record = scraper.clean(page(wordy), url=URL, with_=["blocks", "candidates", "removed"])
        assert (record.headline, parsed()) == ("Town keeps its ferry", before)
    finally:
        gc.enable()


def test_binary_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        scraper.clean(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert caught.value.code == "wrong-type"


def test_a_page_over_the_limit_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        scraper.clean(b"<p>" + b"x" * 65_000_000)
    assert caught.value.code == "too-large"


@pytest.mark.parametrize(("enabled", "source"), [(True, "trafilatura"), (False, "blocks")])
def test_the_second_opinion_is_asked_only_where_wanted(monkeypatch: pytest.MonkeyPatch, enabled: bool, source: str) -> None:
    monkeypatch.setattr(reading, "_DOUBTFUL", 101)
    monkeypatch.setattr(reading, "_LITTLE", 10**9)
    record = scraper.clean(page(article()), config=Config(fallback=Fallback(enabled=enabled)))
    assert record.sources["body"] == source
    assert PROSE[0] in record.body


def test_the_second_opinion_survives_its_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise ValueError("no")

    monkeypatch.setattr("trafilatura.extract", fail)
    assert second_opinion.second_opinion("<p>x</p>", scraper.blocks.Segmentation(), None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<script>b</script>c", "ac"),
        ("a<SCRIPT type=x>b</Script >c<script>d", "ac"),
        ("a<scripts>b", "a<scripts>b"),
        ("plain", "plain"),
    ],
)
def test_scripts_are_cut_out(text: str, expected: str) -> None:
    assert without_scripts(text) == expected


def test_a_headline_that_ends_in_the_link_to_itself_is_no_body():
    for anchor in ("\u200b", "#", "¶", "<span>§</span>"):
        heading = f"<h1>The hours of the day <a class='header-anchor' href='#the-hours'>{anchor}</a></h1>"
        prose = "<p>The script prints the hours of the day, one below the other, and stops when the last one is reached.</p>" * 4
        article = scraper.clean(f"<title>The hours of the day | Docs</title><main><div>{heading}{prose}</div></main>".encode())
        assert article.headline == "The hours of the day"
        assert article.body.startswith("The script")


@pytest.mark.parametrize(
    ("prose", "heading", "items"),
    [
        (
            "في شارع ضيق خلف الجامع الكبير مكتبة صغيرة لا تغلق أبوابها ليلا ولا نهارا، ويقول صاحبها إن المفتاح ضاع.",
            "صاحب المكان",
            ("الصباح للطلاب.", "الليل."),
        ),
        (
            "बाज़ार की एक गली में आज भी एक छापाख़ाना चलता है जिसकी मशीन बहुत पुरानी है, और मालिक उससे प्यार करता है।",
            "सीसे के अक्षर",
            ("सुबह अख़बार।", "शाम को कार्ड।"),
        ),
        (
            "ร้านกาแฟของป้าสมศรีไม่มีป้ายและไม่มีเมนู ใครมาถึงก็ได้กาแฟแบบเดียวกันหมด แต่ทุกคนยืนยันว่ารสชาติไม่เคยเหมือนกัน",
            "วันสุดท้าย",
            ("ตอนเช้าคนขายผักมา", "ตอนเย็นมีแต่แมว"),
        ),
        (
            "우리 동네 골목 끝에는 간판 없는 서점이 하나 있다. 문을 열면 종이 냄새와 함께 오래된 라디오 소리가 들린다.",
            "첫 손님",
            ("화요일에는 고양이가 온다.", "토요일에는 쉰다."),
        ),
        (
            "祖母の家の柱時計は、私が生まれる前から五分進んでいた。誰も直そうとしなかったし、祖母はその五分を大切にしていた。",
            "時計屋の話",
            ("味噌", "電球を二つ"),
        ),
        (
            "城西有一家开了四十年的老茶馆,门口的招牌早已褪色,竹椅却总是坐满了人。我第一次去的时候是一个下雨的下午。",
            "后来",
            ("附近的菜农", "写信的人"),
        ),
    ],
    ids=["Arabic", "Hindi", "Thai", "Korean", "Japanese", "Chinese"],
)
def test_short_headings_and_lists_stay_in_scripts_without_capitals(prose, heading, items):
    links = "".join(f"<li><a href='/{n}'>{text}</a></li>" for n, text in enumerate((heading[:3], items[0][:4], items[1][:3])))
    listed = "".join(f"<li>{item}</li>" for item in items)
    inside = f"<p>{prose}</p><p>{prose}</p><h2>{heading}</h2><p>{prose}</p><ul>{listed}</ul><p>{prose}</p>"
    page = f"<title>{prose[:20]}</title><body><ul class='menu'>{links}</ul><div class='post'><h1>{prose[:20]}</h1>{inside}</div></body>"
    body = scraper.clean(page.encode()).body.split("\n")
    assert [line.removeprefix("- ") for line in body if line and line != prose] == [heading, *items]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("404 Not Found\n\n404 Not Found\nnginx/1.18.0", "error_page"),
        ("Account Suspended\nThis account has been suspended. Contact your hosting provider for more information.", "not_article"),
        (f"The ferry\n\n{PROSE[0]}\n\n{PROSE[1]}\n\n404 Not Found", "ok"),
    ],
)
def test_the_first_lines_of_a_text_are_its_title(text: str, status: str) -> None:
    assert scraper.clean(text, media_type="text/plain").status == status


def test_headings_above_the_headline_are_no_body() -> None:
    text = "".join(f"<p>The wheel at the weir has not turned for forty years, and nobody knows why, {n}.</p>" for n in range(8))
    page = f"<title>The wheel stands still</title><h2>Harrow</h2>{{}}<h1>The wheel stands still</h1>{text}"
    assert "Harrow" not in scraper.clean(page.format("")).body
    own = scraper.clean(page.format("<p>Of all the wheels it was the last.</p>"))
    assert own.headline == "The wheel stands still"


def test_headline_author_and_day_in_one_element_are_no_body() -> None:
    text = "<br><br>".join(f"The wheel at the weir has not turned for forty years, and nobody knows why, {n} of us said." for n in range(8))
    head = "<font size=1>14 May 2018</font><br><font size=5><b>The wheel at the weir stands still</b></font><br>By Jane Doe"
    page = f"<title>Harrow Post: The wheel at the weir stands still</title><table><tr><td>{head}<br><br>{text}</td></tr></table>"
    article = scraper.clean(page)
    assert (article.headline, article.byline, article.date) == ("The wheel at the weir stands still", "Jane Doe", "2018-05-14")
    assert article.body.startswith("The wheel at the weir has not turned")
