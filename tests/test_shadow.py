"""Declarative shadow trees are part of the page; other templates are not."""

import scraper
from scraper.document.shadow import open_shadow

PARAGRAPH = (
    "<p>The harbour board agreed on Monday to replace the last coal-fired crane with an electric one, after four winters of delay.</p>"
)


def test_shadow_trees_are_opened_and_other_templates_stay() -> None:
    source = b"<x-a><TEMPLATE shadowrootmode=open><template id=t>no</template><p>yes</TEMPLATE></x-a></template>"
    assert open_shadow(source) == b"<x-a><div shadowrootmode=open><template id=t>no</template><p>yes</div></x-a></template>"
    plain = b"<template><p>no</template>"
    assert open_shadow(plain) is plain


def test_the_body_may_lie_in_a_shadow_tree() -> None:
    page = f"<title>Crane</title><x-story><template shadowrootmode='open'><h1>Crane</h1>{PARAGRAPH * 4}</template></x-story>"
    article = scraper.clean(page, url="https://news.example/crane")
    assert article.status == "ok"
    assert article.body.count("harbour board") >= 1
