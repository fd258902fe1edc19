"""Front matter and headers of text pages: fields, not lines."""

import json

import pytest

import scraper
from scraper.text import segment_text

PROSE = (
    "The keepers of the eleven locks will work through the night again from May, four years after the board sent them home at dusk.\n\n"
    "The decision follows a winter in which three barges ran aground because nobody was there to let water down the flight.\n"
)
TOLD = {"title": "The night shift", "author": "Ann Example", "date": "2024-03-14", "tags": "canal, work"}

YAML = """\
---
title: "The night shift"
author: Ann Example
date: 2024-03-14  # a Thursday
tags: [canal, 'work']
# nobody reads this
draft: ~
---
# The night shift
"""
YAML_OF_MANY_ROWS = """\
---
title: >-
  The night
  shift
authors:
  - name: Ann Example
    url: https://example.org/ann
date: 2024-03-14
tags:
- canal
- "work"
seo:
  title: Another title
...
"""
TOML = """\
+++
title = "The night shift"
date = 2024-03-14
[taxonomies]
tags = ["canal", "work"]
[extra]
author = "Ann Example"
+++
"""
JSON = json.dumps({**TOLD, "tags": ["canal", "work"]}, indent=2) + "\n"
HEADER = """\
Title: The night shift
Date: 2024-03-14
Category: Local
Tags: canal, work
Slug: night-shift
Author: Ann Example
"""
COMMENT = """\
<!--
.. title: The night shift
.. author: Ann Example
.. date: 2024-03-14
.. tags: canal, work
-->
"""
FLOW = "---\ntitle: The night shift\nby: {name: 'Ann Example', url: a}\ndate: 2024-03-14\nkeywords:\n  [canal,\n   work]\n---\n"
TITLE_BLOCK = """\
% The night
  shift
% Ann Example
% 2024-03-14
"""
CLIPPED = """\
---
title: "The night shift"
author:
  - "[[Ann Example]]"
published: 2024-03-14
source: https://example.org/night
tags:
  - canal
  - work
---
"""


HEADS = [YAML, YAML_OF_MANY_ROWS, TOML, JSON, f";;;\n{JSON};;;\n", f"---json\n{JSON}---\n", HEADER, COMMENT, FLOW, TITLE_BLOCK, CLIPPED]


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head[:12])
def test_front_matters(head: str) -> None:
    article = scraper.clean(f"{head}\n{PROSE}".encode())
    assert (article.headline, article.byline, article.date) == ("The night shift", "Ann Example", "2024-03-14")
    assert article.body == PROSE.strip()
    assert article.tags == ([] if head == TITLE_BLOCK else ["canal", "work"])


def test_values_as_they_read() -> None:
    page = segment_text("---\ntitle: 'It''s \"late\"'\nauthors: [\"Ann \\u0141\", Bo Ek]\nsummary: two\n  rows\nempty:\n---\nText.")
    assert page.metas == [("title", 'It\'s "late"'), ("author", "Ann Ł"), ("author", "Bo Ek"), ("description", "two rows")]


@pytest.mark.parametrize(
    "text",
    [
        "---\nThe night shift is back: the board has voted.\nNobody had expected that.\nThe mayor left.\n---\nText.",
        "+++\nno table\n+++\nText.",
        '{"a": 1}\nText.',
        "% of the boats\nText.",
        "---\nText without an end.",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    page = segment_text(text)
    assert page.metas == []
    assert "Text" in page.blocks[-1].text


def test_a_heading_behind_front_matter_loses_its_mark() -> None:
    assert [(block.tag, block.text) for block in segment_text("---\ndate: 2024-03-14\n---\n# One\n\nText.").blocks] == [
        ("h1", "One"),
        ("line", "Text."),
    ]


def test_a_heading_above_all_is_markdown() -> None:
    assert [block.tag for block in segment_text("# One\n\nText.").blocks] == ["h1", "line"]


def test_keys_of_a_header_that_no_blank_row_ends() -> None:
    text = "Title: The night shift\n\nURL Source: https://example.org/night\n\nMarkdown Content:\nNote: the board has voted.\nText.\n"
    assert [block.text for block in segment_text(text).blocks] == ["Note: the board has voted.", "Text."]


def test_the_sender_of_a_mail_is_its_author() -> None:
    text = f"From: Ann Example <ann@example.org>\nDate: Thu, 14 Mar 2024 08:30:00 +0000\nSubject: Fwd: The night\n shift\n\n{PROSE}"
    article = scraper.clean(text.encode())
    assert (article.headline, article.byline, article.date) == ("The night shift", "Ann Example", "2024-03-14T08:30:00+00:00")


def test_a_mail_without_its_header() -> None:
    text = f"[image: The Example] <https://example.org/>\n\nThe night shift <https://example.org/s/1>\n\n{PROSE}\nUnsubscribe <https://example.org/u>"
    article = scraper.clean(text.encode())
    assert (article.headline, article.body) == ("The night shift", PROSE.strip())
