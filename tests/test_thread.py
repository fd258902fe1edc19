"""Threads: told by their posts where neither address nor types say so; who opened them, and when."""

import pytest

import scraper
from normalise.article import Article
from scraper.blocks import Block, Hint, Segmentation
from scraper.model.thread import is_thread

POSTS = [
    (
        "marlowe_k",
        "2024-03-05",
        "After the update the pump controller no longer answers. It worked for two years without a single fault until now.",
    ),
    (
        "Jorun Vik",
        "2024-03-07",
        "Same here, since last Friday. Going back to the old one helps, but then the new sensor is not recognised at all.",
    ),
    (
        "tessellate",
        "2024-03-08",
        "They changed the default parity from none to even. It is in the release notes, although very well hidden there.",
    ),
    (
        "marlowe_k",
        "2024-03-09",
        "That was it, thank you! The controller answers again and the log is quiet, as it should have been all the time.",
    ),
    (
        "oldtimer77",
        "2024-04-10",
        "For the record, the same happened in 3.0 and they promised never to do it again. Keep your old settings somewhere.",
    ),
]
ISSUE = (
    '<div class="issue-comment"><h4><a href="/u/{0}">{0}</a> <time datetime="{1}T09:12:00Z">{1}</time></h4>'
    '<div class="text"><p>{2}</p></div></div>'
)
MARKED = (
    '<li itemprop="comment" itemscope itemtype="http://schema.org/Comment"><a itemprop="author" href="/user/{0}">{0}</a>'
    '<meta itemprop="datePublished" content="{1}T09:12:00Z"><div itemprop="text"><p>{2}</p></div></li>'
)


def thread(post: str, url: str) -> Article:
    posts = "".join(post.format(*told) for told in POSTS)
    page = f"<title>Pump controller silent</title><nav><a href=/>Pumps</a></nav><main><h1>Pump controller silent</h1>{posts}</main>"
    return scraper.clean(page, url=url)


@pytest.mark.parametrize(
    ("post", "url"), [(ISSUE, "https://code.example.org/pump/issues/421"), (MARKED, "https://example.org/topic/421/pump-controller-silent")]
)
def test_a_thread_keeps_its_posts_and_is_of_whoever_opened_it(post: str, url: str) -> None:
    article = thread(post, url)
    assert article.kind == "forum"
    assert all(text in article.body for _, _, text in POSTS)
    assert [author.name for author in article.authors] == ["marlowe_k"]
    assert article.date is not None and article.date[:10] == "2024-03-05"


@pytest.mark.parametrize(
    "head", ['<meta property="og:type" content="article">', '<script type="application/ld+json">{{"@type": "NewsArticle"}}</script>']
)
def test_a_page_that_declares_an_article_is_no_thread(head: str) -> None:
    assert thread(head + ISSUE, "https://gazette.example/news/pump").kind == "article"


def segmentation(classes: list[str], names: list[str]) -> Segmentation:
    """A page with a block of text in each container, which begins with a name."""
    page = Segmentation(parents=[-1], tags=["body"], attributes=[{}], classes=[None], starts=[0], ends=[len(classes)])
    for number, (one, name) in enumerate(zip(classes, names, strict=True)):
        page.blocks.append(Block(number, f"{name} The chain jumps as soon as I put power down.", "div", number + 1))
        page.parents.append(0)
        page.tags.append("div")
        page.attributes.append({"class": one})
        page.classes.append(one)
        page.starts.append(number)
        page.ends.append(number + 1)
        if name:
            page.hints.append(Hint("profile", "href=user", name, "/user/x", number))
    return page


def test_names_may_stand_before_the_posts() -> None:
    page = segmentation(["head", "comment", "head", "comment", "head", "comment"], ["Ann", "", "Bea", "", "Ann", ""])
    assert is_thread(page, [True] * 6)


@pytest.mark.parametrize(
    ("classes", "names", "found"),
    [
        (["text", "comment x", "comment", "comment-node"], ["", "Ann", "Bea", "Ann"], True),
        (["text", "live-post", "live-post", "live-post"], ["", "Ann", "Bea", "Ann"], False),  # a live blog
        (["text", "comment", "comment", "comment"], ["", "Ann", "Ann", "Ann"], False),
        (["text", "text", "text", "text", "text", "text", "comment", "comment", "comment"], [*[""] * 6, "Ann", "Bea", "Cid"], False),
        (["text", "text", "comment", "comment"], ["", "", "Ann", "Bea"], False),
    ],
)
def test_posts_tell_a_thread(classes: list[str], names: list[str], *, found: bool) -> None:
    page = segmentation(classes, names)
    assert is_thread(page, [True] * len(classes)) is found
    assert not is_thread(page, [block.index == 0 for block in page.blocks])
    assert not is_thread(page, [False] * len(classes))
