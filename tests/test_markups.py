"""Texts in other markup than Markdown read as what they say."""

import pytest

import scraper
from scraper.text import segment_text

FIRST = "The keepers of the eleven locks will work through the night again from May, four years after the board sent them home."
QUOTED = "A canal does not stop at five."
LAST = "The decision follows a winter in which three barges ran aground because nobody was there to let water down the flight."

ASCIIDOC = """\
= The night shift
Ann Example <ann@example.org>
2024-03-14
:toc:

FIRST

image::lock.png[A lock]

== What it costs

____
QUOTED
____

* https://example.org/one[Locks one to four]
* Locks five to nine

////
Nobody reads this.
////
LASTfootnote:[Or so they say.]
"""
ORG = """\
#+TITLE: The night shift
#+AUTHOR: Ann Example
#+DATE: <2024-03-14 Thu>
:PROPERTIES:
:ID: 42
:END:

FIRST

* What it costs :money:

#+BEGIN_QUOTE
QUOTED
#+END_QUOTE

- [[https://example.org/one][Locks one to four]]
- Locks five to nine

# Nobody reads this.
LAST
"""
LATEX = r"""
\documentclass{article}
\usepackage{hyperref} % links
\title{The night shift}
\author{Ann Example}
\date{2024-03-14}
\begin{document}
\maketitle

FIRST\footnote{Or so \emph{they} say.}

\section{What it costs}\label{costs}

\begin{quote}
QUOTED
\end{quote}

\begin{itemize}
\item \href{https://example.org/one}{Locks one to four}
\item Locks five to nine
\end{itemize}

\begin{figure}
\includegraphics{lock.png}
\caption{A lock}
\end{figure}
LAST
\end{document}
"""
MEDIAWIKI = """\
{{Infobox lock|height=3{{convert|3|m}}}}
{{title|The night shift}}{{author|Ann Example}}{{date|March 14, 2024}}
[[File:lock.png|thumb|A [[lock]] at night]]

FIRST<ref name="a">A book.</ref>

== What it costs ==

<blockquote>QUOTED</blockquote>

* [https://example.org/one Locks one to four]
* Locks [[five|five to nine]]

{| class="wikitable"
| 1 || 2
|}

LAST

[[Category:Canals]]
"""
TEXTILE = """\
h1. The night shift

p. By Ann Example, 2024-03-14

FIRST

h2. What it costs

bq. QUOTED

* "Locks one to four":https://example.org/one
* Locks five to nine

!lock.png(A lock)!

LAST
"""
BBCODE = """\
[size=150][b]The night shift[/b][/size]

[i]By Ann Example, 2024-03-14[/i]

FIRST

[u]What it costs[/u]

[quote="Joan"]QUOTED[/quote]

[list]
[*][url=https://example.org/one]Locks one to four[/url]
[*]Locks five to nine
[/list]
[img]https://example.org/lock.png[/img]
LAST
"""
REST = """\
The night shift
###############

:date: 2024-03-14 10:20
:author: Ann Example

FIRST

.. image:: lock.png
   :alt: A lock

What it costs
~~~~~~~~~~~~~

  QUOTED

- `Locks one to four <https://example.org/one>`_
- Locks five to nine

.. _target: https://example.org/

LAST
"""
# Each with what it makes of a bold word. FIRST, QUOTED and LAST stand for the lines above.
ALL = {
    "asciidoc": (ASCIIDOC, "*night*"),
    "org": (ORG, "*night*"),
    "latex": (LATEX, "\\textbf{night}"),
    "mediawiki": (MEDIAWIKI, "'''night'''"),
    "textile": (TEXTILE, "*night*"),
    "bbcode": (BBCODE, "[b]night[/b]"),
    "rest": (REST, "**night**"),
}


@pytest.mark.parametrize("name", ALL)
def test_markups(name: str) -> None:
    text, bold = ALL[name]
    text = text.replace("FIRST", FIRST.replace("night", bold)).replace("QUOTED", QUOTED).replace("LAST", LAST)
    article = scraper.clean(text.encode(), with_={"markdown"})
    assert (article.headline, article.byline, (article.date or "")[:10]) == ("The night shift", "Ann Example", "2024-03-14")
    lines = [line for line in article.body.split("\n") if line]
    assert lines == [FIRST, "What it costs", QUOTED, "- Locks one to four", "- Locks five to nine", LAST]
    assert isinstance(article.markdown, str)
    assert "**night**" in article.markdown
    assert "](https://example.org/one)" in article.markdown


@pytest.mark.parametrize(
    "text",
    [
        "The #+title of a file\nsays what it is.",
        "He wrote \\section{One} into the file.\n\\section{Two} came next.",
        "a == b\n== c\nand so on",
        "h2 is a heading.\nh2.5 is none.",
        "A [/b] ends bold text.",
        "= 4\n",
        "Note: one\n:no field: at all",
    ],
)
def test_prose_is_no_markup(text: str) -> None:
    assert [block.text for block in segment_text(text).blocks] == text.rstrip().split("\n")


def test_markdown_with_listings_is_no_other_markup() -> None:
    text = "# Wikis\n\n```\n== code ==\n```\n\nText."
    assert [block.text for block in segment_text(text).blocks] == ["Wikis", "== code ==", "Text."]
