"""A worker's image: what every page needs, loaded once, before workers are made of it."""

_SENTENCE = b"The ferry that crosses the river every half hour will keep running in %d, the council of the town decided late on Monday."
_PAGE = b"""<!DOCTYPE html><html lang=en><head><title>Ferry to stay | News</title><meta property=og:title content="Ferry to stay">
<script type="application/ld+json">{"@type": "Article", "headline": "Ferry to stay", "datePublished": "2024-05-03"}</script></head>
<body><nav class=breadcrumb><a href=/news>News</a></nav><article class=post><h1>Ferry to stay</h1><p class=byline>By Jane Doe</p>
<time datetime=2024-05-03>May 3, 2024</time>
%s<figure><img src=ferry.jpg><figcaption>The ferry. Photo: John Roe</figcaption></figure><ul><li>One</li><li>Two</li></ul></article>
<p>Share your thoughts in the comments</p></body></html>"""


def warm_up() -> None:
    """Load modules, the model, words and expressions by cleaning a small page: a worker's first page then costs what its others do."""
    from scraper.config import Config
    from scraper.extract import clean
    from scraper.page import Page

    page = _PAGE % b"".join(b"<p>" + _SENTENCE % year for year in range(2025, 2035))
    clean(Page(body=page, url="https://news.example/2024/05/03/ferry"), Config())
