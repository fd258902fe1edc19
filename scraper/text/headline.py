"""What speaks for a line as its page's headline beside the net's judgement: the page's address, what the body speaks of, lines above.

An article repeats the words of its headline, and a breadcrumb or a bar to share the article ends in it. All worths are on the scale of the
net's scores, and on the grid of 1/64.
"""

import re
from collections.abc import Sequence
from math import log1p

import numpy as np

from scraper.blocks import Block
from scraper.classify import Label
from scraper.text.features import Floats
from scraper.text.slug import agreements, slug_words

TITLE_CHARS = 300
UNSURE = -1.0  # above the prose, the likeliest line may be a little less likely than none …
_UNLEARNT = -3.0  # … and much less in a script without capitals, of which the net has learnt little …
_UNLEARNT_CHARS = 6  # … if it is no shorter
_SLUG = 2.75  # what the agreement of a line with the page's address is worth
_LIKELIEST = 5  # lines that the body is asked about
_WORD = re.compile(r"[^\W\d_]{4,}")  # shorter ones say little of a topic
_RUN = re.compile("[\u0e00-\u0e7f]{4,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,}")  # words that no space, or a particle, parts
_SYLLABLE = {True: 2, False: 4}  # characters of such a word's parts: of the scripts of East Asia, and of Thai
_MOST = 64
_REPEATED = [round(64 * log1p(count)) / 64 for count in range(_MOST + 1)]
_NO_WORDS = 0.5  # how often a line without such words counts as repeated
_TOPIC = 1.35  # what it is worth that the body repeats a line's words …
_OF_ANY = 0.3  # … beyond this
_REACH = 7.0  # a line whose score falls short of the highest by more cannot become the likeliest
_BODY_CHARS = 3000
_PROSE_CHARS = 60
_TRAIL = 1.25  # what it is worth that a line above ends in this one
_TRAIL_LINES = 5
_SHORTEST = 6  # characters of a line that another may end in
_STANDFIRST = 0.75  # what it costs that a line may be the standfirst under a likely headline: it speaks of what the body does, too
_UNDER_LINES = 2
_KICKER_SPACES = 2  # a line of fewer words may be a kicker, which stands above the headline
_TELLING_SPACES = 3  # in a headline that nothing else says by chance
_SOURCE_CHARS = 90  # of a line beside the headline that it names
_QUOTES = " .:\"'“”„«»‘’"


def least_score(text: str) -> float:
    """Return what a line above the prose must score at least to be the headline."""
    is_cased = text.isascii() or text.upper() != text.lower()
    return UNSURE if is_cased or len(text) < _UNLEARNT_CHARS else _UNLEARNT


def favour_slug(blocks: Sequence[Block], column: Floats, url: str | None) -> None:
    """Raise the headline's scores, a number a line, of lines that agree with the page's address."""
    slug = slug_words(url)
    if not slug:
        return
    least = max(float(column.max()), UNSURE) - 2 * _SLUG  # no agreement would lift a lower line above the likeliest
    likely = [index for index in np.flatnonzero(column > least).tolist() if len(blocks[index].text) <= TITLE_CHARS]
    column[likely] += _SLUG * np.array(agreements([blocks[index].text for index in likely], slug))


def favour_topic(blocks: Sequence[Block], column: Floats, labels: Sequence[Label]) -> None:
    """Raise the headline's scores of lines whose words the body repeats, and of those that a line above ends in; lower those of others,
    and of what may be a standfirst.
    """
    likeliest = np.argsort(-column, kind="stable")[:_LIKELIEST].tolist()
    least = column[likeliest[0]] - _REACH
    likely = [at for at in likeliest if column[at] > least and len(blocks[at].text) <= TITLE_CHARS]
    repeated = repetitions([blocks[at].text for at in likely], _start_of_body(blocks, labels))
    likelier = [at for at in likely if column[at] > 0 and blocks[at].text.count(" ") >= _KICKER_SPACES]
    for at, worth in zip(likely, repeated, strict=True):
        column[at] += round(64 * _TOPIC * (worth - _OF_ANY)) / 64 + _TRAIL * _ends_trail(blocks, at)
        column[at] -= _STANDFIRST * any(_may_stand_under(blocks, at, other) for other in likelier)


def drop_source(blocks: Sequence[Block], labels: list[Label], headline: str) -> None:
    """Drop the body's last line if it only says where the article under that headline is from ("The post … appeared first on …")."""
    last = next((block for block in reversed(blocks) if labels[block.index].kind == "body"), None)
    if last is None or headline.count(" ") < _TELLING_SPACES:
        return
    before, found, after = last.text.partition(headline)
    if found and after.strip(_QUOTES) and len(before) + len(after) <= _SOURCE_CHARS:
        labels[last.index] = Label("chrome", "names the article's source", "text/source", 100)


def repetitions(texts: Sequence[str], body: str) -> list[float]:
    """Return how often the body repeats the words of each line: the mean over the words of the logarithm of a word's count and one."""
    body = body.lower()
    found = []
    for text in texts:
        words = _words(text.lower())
        counts = [_REPEATED[min(body.count(word), _MOST)] for word in words]
        found.append(sum(counts) / len(counts) if counts else _NO_WORDS)
    return found


def _words(text: str) -> list[str]:
    """Return the words of a topic; of scripts whose words nothing sets apart, all that may be a part of one."""
    runs = [] if text.isascii() else _RUN.findall(text)
    if not runs:
        return _WORD.findall(text)
    parts = [(run, _SYLLABLE[run[0] > "\u0e7f"]) for run in runs]
    return [run[at : at + size] for run, size in parts for at in range(len(run) - size + 1)]


def _may_stand_under(blocks: Sequence[Block], at: int, headline: int) -> bool:
    """Whether a line may be the standfirst under a headline: it follows soon, and is longer."""
    return 0 < at - headline <= _UNDER_LINES and 5 * len(blocks[at].text) > 6 * len(blocks[headline].text)


def _start_of_body(blocks: Sequence[Block], labels: Sequence[Label]) -> str:
    texts: list[str] = []
    size = 0
    for block, label in zip(blocks, labels, strict=True):
        if label.kind == "body" and len(block.text) >= _PROSE_CHARS:
            texts.append(block.text)
            size += len(block.text)
            if size >= _BODY_CHARS:
                break
    return "\n".join(texts)[:_BODY_CHARS]


def _ends_trail(blocks: Sequence[Block], at: int) -> bool:
    text = blocks[at].text
    above = blocks[max(0, at - _TRAIL_LINES) : at]
    return len(text) >= _SHORTEST and any(len(other.text) > len(text) + 2 and other.text.endswith(text) for other in above)
