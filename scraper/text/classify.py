"""A label and a reason for each line of a text page.

A small net judges every line from its features and those of the lines around, see `net`. Chrome phrases overrule it where they are
sure. Then the order of the page decides: one headline, byline and date near the body's start, nothing after the heading that ends the
article, no line twice.

The weights are learnt from flattened pages by `bench/train_text.py`; all arithmetic is exact, see `features`.
"""

from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec
import numpy as np

from normalise.chrome import ChromeMatch, closing_call
from normalise.text import STOPS
from scraper.blocks import Block, Hint
from scraper.classify import NO_CREDITS, QUOTES, Label, cut_call
from scraper.credits import ends_in_credit, is_credit_line, split_credit
from scraper.learn import drop_site_chrome
from scraper.text.context import context
from scraper.text.features import Floats, Singles, grid, line_features
from scraper.text.headline import TITLE_CHARS, drop_source, favour_slug, favour_topic, least_score
from scraper.text.heads import by_shape, date_below, drop_biography, is_date, likeliest
from scraper.text.lines import TextPage
from scraper.text.net import Net, forward, read_net
from scraper.text.shapes import byline_shape, date_shape
from scraper.text.tables import judge_tables
from scraper.text.words import Words

# `first` and `last`: the body's first and last line; `before` and `after`: above the first, below the last.
HEADS = ("body", "headline", "byline", "date", "first", "last", "before", "after")
_TAIL = 0.12  # what may follow an end marker, as a share of the prose before it, for the marker to end the article
_PROSE_CHARS = 100
_SENTENCE_CHARS = 40
_SCORE = 120  # a judgement of 4, the highest, is a score of 980 of 1000
_ABOVE_FIRST, _BELOW_LAST = 2.0, 3.0
_SURE_LAST = 3.6  # of 4: from here on, the likeliest last line is the last
_NEARLY = 0.5  # what the score of such a line may fall short of a body's by
_UNLIKE = 260  # the label's score of prose within the article: 2 short of a body's
_ABOUT = 1.5  # what a line that may be the last as well falls short of it by
_WITHIN = 3  # lines between paragraphs
_CAPTION_LEAD = 2.0  # of a line that ends in a picture's credit over a likely headline
_APART = 4  # lines
_SMALL_PART = 0.1  # of the largest part
_HEADING_CHARS = 150
_LIKELY_HEADING = 260  # scores from which a line that was judged furniture may still be a heading
_ABOVE_PROSE = 150
_FIRST_LINES = 4  # a headline found by its place alone stands this near to the page's start and to the prose


class _Weights(NamedTuple):
    words: Words
    net: Net
    threshold: float


def classify_text(page: TextPage, site: dict[str, int] | None = None, url: str | None = None) -> list[Label]:
    """Return one label per block of a text page: "body", "headline", "byline", "date", "caption" or "chrome".

    `site` is the host's own furniture, as learnt by `scraper.learn`: folded lines, and on how many of its pages each stood. `url` is where
    the page came from.
    """
    if not page.blocks:
        return []
    weights = _weights()
    scores, chrome = judge(page.blocks, weights)
    favour_slug(page.blocks, scores[:, HEADS.index("headline")], url)
    labels = decide(page, chrome, scores, weights.threshold, site)
    _cut_calls(page, labels)
    return labels


def decide(
    page: TextPage, chrome: list[ChromeMatch | None], scores: Floats, threshold: float, site: dict[str, int] | None = None
) -> list[Label]:
    """Return the labels that the scores of `judge`, the lines' chrome phrases and the rules give."""
    first = int(scores[:, HEADS.index("first")].argmax())
    last = _last_line(page.blocks, chrome, scores, threshold)
    labels = _by_judgement(_bounded(scores, first, last) - threshold)
    prose = [block for block in page.blocks if len(block.text) >= _PROSE_CHARS]
    _keep_prose([block for block in prose if first <= block.index <= last], chrome, labels)
    _rescue(page.blocks, labels)
    if page.rows:
        judge_tables(page, labels)
    _apply_phrases(page.blocks, chrome, labels, _end_of_prose(prose, chrome, labels))
    _set_captions(page.blocks, labels)
    if site:
        drop_site_chrome(page.blocks, labels, site)
    _drop_repeats(prose, labels)
    _drop_apart(page.blocks, labels)
    start = _body_start(page.blocks, prose, labels)
    _set_lead_captions(page.blocks[:start], labels)
    _apply_heads(page, scores, chrome, labels, start)
    _keep_headings(page.blocks, prose, chrome, labels)
    _apply_end(page.blocks, chrome, labels)
    return labels


def line_hints(page: TextPage, labels: list[Label]) -> list[Hint]:
    """Return the page's hints and one for each line labelled headline, byline ("author") or date; source "text:line N", N from 1."""
    kinds = {"headline": "headline", "byline": "author", "date": "date"}
    found = []
    dated = any(label.kind == "date" for label in labels)
    for block, label in zip(page.blocks, labels, strict=True):
        if label.kind in kinds:
            source = f"text:line {page.lines[block.index]}"
            found.append(Hint(kinds[label.kind], source, block.text, None, block.index))
            if label.kind == "byline" and not dated and date_shape(block.text) > 1:
                found.append(Hint("date", source, block.text, None, block.index))
    return page.hints + found


def judge(blocks: list[Block], weights: _Weights) -> tuple[Floats, list[ChromeMatch | None]]:
    """Return a score a head for each line, -4 to 4, in the order of HEADS, a row a line; and each line's chrome phrase."""
    lines = line_features(blocks, weights.words)
    return clipped(forward(weights.net, [lines.own.T, context(lines)])), lines.chrome


def clipped(scores: Singles) -> Floats:
    """Round scores to the grid, between -4 and 4."""
    return grid(np.minimum(np.maximum(scores.astype(np.float64), -4.0), 4.0))


@cache
def _weights() -> _Weights:
    folder = files("scraper").joinpath("data")
    raw: dict[str, Any] = msgspec.json.decode(folder.joinpath("text_weights.json").read_bytes())
    words = msgspec.json.decode(folder.joinpath("text_words.json").read_bytes(), type=dict[str, dict[str, int]])
    return _Weights(Words(**words), read_net(raw["net"]), raw["threshold"] / 64)


# From judgements to labels. Each step changes labels in place, in the order of `classify_text`.


def _bounded(scores: Floats, first: int, last: int) -> Floats:
    """Return the body's scores, lower above its first line and below its last one: comments are prose too."""
    body = scores[:, 0].copy()
    body[:first] -= _ABOVE_FIRST
    body[last + 1 :] -= _BELOW_LAST
    return body


def _last_line(blocks: list[Block], chrome: list[ChromeMatch | None], scores: Floats, threshold: float) -> int:
    """Return the line judged likeliest to be the body's last. Where none is sure, prose that soon follows and is about as likely comes
    after it: in languages that the net has not learnt, an advertisement between two paragraphs looks like the end.
    """
    last = scores[:, HEADS.index("last")]
    found = int(last.argmax())
    highest = float(last[found])
    at = found + 1
    while highest < _SURE_LAST and at < min(found + 2 + _WITHIN, len(blocks)):
        if (match := chrome[at]) is not None and match.ends_article:
            break
        if match is None and _is_prose(blocks[at].text) and scores[at, 0] > threshold - _NEARLY and last[at] > highest - _ABOUT:
            found = at
        at += 1
    return found


_BODY = [Label("body", "reads like the article", "text/judged-body", score) for score in range(1001)]  # shared, as making them is dear
_CHROME = [Label("chrome", "reads like furniture", "text/judged-chrome", score) for score in range(1001)]


def _by_judgement(scores: Floats) -> list[Label]:
    sure = np.minimum(np.maximum(np.rint(500 + scores * _SCORE), 0), 1000).astype(int).tolist()
    return [_BODY[at] if kept else _CHROME[at] for at, kept in zip(sure, (scores > 0).tolist(), strict=True)]


def _rescue(blocks: list[Block], labels: list[Label]) -> None:
    """Where nothing was kept, keep what ends like a sentence: a page of one paragraph is an article too."""
    if any(label.kind == "body" for label in labels):
        return
    for block in blocks:
        if len(block.text) >= 60 and _ends_sentence(block.text):
            labels[block.index] = Label("body", "the page's only prose", "text/only-prose", 500)


def _keep_prose(prose: list[Block], chrome: list[ChromeMatch | None], labels: list[Label]) -> None:
    """Keep the prose between the article's first and last line, unless it is very unlike one's."""
    for block in prose:
        label = labels[block.index]
        if label.kind == "chrome" and label.score >= _UNLIKE and chrome[block.index] is None and _ends_sentence(block.text):
            labels[block.index] = Label("body", "prose within the article", "text/prose-within", 500)


def _is_prose(text: str) -> bool:
    return len(text) >= _PROSE_CHARS and _ends_sentence(text)


def _ends_sentence(text: str) -> bool:
    return text.rstrip(QUOTES)[-1:] in STOPS


def _apply_phrases(blocks: list[Block], chrome: list[ChromeMatch | None], labels: list[Label], end: int) -> None:
    for index, match in enumerate(chrome):
        if match is None and index >= end:
            match = closing_call(blocks[index].text)
        if match is not None and match.sure and match.start == 0 and not (match.at_end and index < end):
            labels[index] = Label("chrome", match.reason, match.rule, 20)


def _set_captions(blocks: list[Block], labels: list[Label]) -> None:
    for block, label in zip(blocks, labels, strict=True):
        if label.kind == "body" and block.tag not in NO_CREDITS and (is_credit_line(block.text) or ends_in_credit(block.text)):
            labels[block.index] = Label("caption", "credit of a picture", "words/credit", label.score)


def _set_lead_captions(blocks: list[Block], labels: list[Label]) -> None:
    """Label the lines above the prose that end in a picture's credit: "The bridge in March. Photo: Jane Roe"."""
    for block in blocks:
        if labels[block.index].kind == "body" and split_credit(block.text)[1] is not None:
            labels[block.index] = Label("caption", "caption with a credit", "words/credit", labels[block.index].score)


def _end_of_prose(prose: list[Block], chrome: list[ChromeMatch | None], labels: list[Label]) -> int:
    """Return the index of the body's last line of prose, 0 where it has none."""
    for block in reversed(prose):
        if labels[block.index].kind == "body":
            match = chrome[block.index] or closing_call(block.text)
            if match is None or not match.sure or match.start:
                return block.index
    return 0


def _cut_calls(page: TextPage, labels: list[Label]) -> None:
    """Cut the call to the reader off the last prose of the article."""
    for index in range(len(labels) - 1, -1, -1):
        text = page.blocks[index].text
        if labels[index].kind == "body":
            match = closing_call(text)
            if match is not None and match.sure and match.start:
                page.lines.append(page.lines[index])
                cut_call(page.blocks, labels, index, match)
            if len(text) >= _PROSE_CHARS:
                return


def _drop_repeats(prose: list[Block], labels: list[Label]) -> None:
    seen: set[str] = set()
    for block in prose:
        if labels[block.index].kind == "body":
            if block.text in seen:
                labels[block.index] = Label("chrome", "repeats a line above", "text/repeated", 100)
            seen.add(block.text)


def _drop_apart(blocks: list[Block], labels: list[Label]) -> None:
    """Drop small parts of the body that stand apart from its largest one."""
    parts: list[list[int]] = []
    for index in [index for index, label in enumerate(labels) if label.kind == "body"]:
        if not parts or index - parts[-1][-1] > _APART:
            parts.append([])
        parts[-1].append(index)
    sizes = [sum([len(blocks[index].text) for index in part]) for part in parts]
    least = _SMALL_PART * max(sizes, default=0)
    for part, size in zip(parts, sizes, strict=True):
        if size < least:
            for index in part:
                labels[index] = Label("chrome", "a small part away from the article", "text/apart", 200)


def _apply_heads(page: TextPage, scores: Floats, chrome: list[ChromeMatch | None], labels: list[Label], start: int) -> None:
    """Label the headline, byline and date lines; lines that repeat the headline are chrome. `start`: see `_body_start`."""
    favour_topic(page.blocks, scores[:, HEADS.index("headline")], labels)
    headline = _headline(page, scores, chrome, start)
    if headline is not None and not _is_only_prose(headline, page.blocks, labels):
        text = page.blocks[headline].text
        labels[headline] = _head_label("headline", scores[headline, 1])
        for block in page.blocks:
            if block.index != headline and block.text == text and labels[block.index].kind == "body":
                labels[block.index] = Label("chrome", "repeats the headline", "text/repeated-headline", 100)
        drop_source(page.blocks, labels, text)
    elif (first := _first_line(page, labels, chrome, start)) is not None:
        labels[first] = Label("headline", "the first line, above the prose", "text/first-line", 500)
    for column, kind in ((2, "byline"), (3, "date")):
        found = likeliest(page.blocks, scores[:, column], kind, labels)
        found = by_shape(page.blocks, kind, start, labels) if found is None else found
        found = date_below(page.blocks, labels) if found is None and kind == "date" else found
        if found is not None and labels[found].kind != "byline":  # a byline with its date stays one; `line_hints` reads both
            labels[found] = _head_label(kind, max(0.0, scores[found, column]))
    drop_biography(page.blocks, labels)
    for hint in page.hints:
        if hint.kind == "breadcrumb":
            labels[hint.block] = Label("chrome", "breadcrumb", "text/breadcrumb", 20)


def _head_label(kind: str, score: float) -> Label:
    return Label(kind, f"reads like the {kind}", f"text/{kind}", min(1000, round(500 + float(score) * _SCORE)))


def _body_start(blocks: list[Block], prose: list[Block], labels: list[Label]) -> int:
    """Return the index of the first prose of the body, its first sentence, its first line, or the number of lines."""
    sentences = (block for block in blocks if len(block.text) >= _SENTENCE_CHARS and block.text[-1] in STOPS)
    for likely in (prose, sentences, blocks):
        for block in likely:
            if labels[block.index].kind == "body":
                return block.index
    return len(blocks)


def _headline(page: TextPage, scores: Floats, chrome: list[ChromeMatch | None], start: int) -> int | None:
    """Return the line that the breadcrumb names, else the line judged likeliest, if likelier than none."""
    for hint in page.hints:
        if hint.kind == "headline":
            for block in page.blocks[hint.block + 1 : start]:
                if block.text == hint.text:
                    return block.index
    ranked: list[int] = np.argsort(-scores[:, 1], kind="stable")[:5].tolist()
    likely = []
    for index in ranked:
        match = chrome[index]
        text = page.blocks[index].text
        least = least_score(text) if index < start else 0.0
        if scores[index, 1] > least and len(text) <= TITLE_CHARS and (match is None or not match.sure) and not is_date(text):
            likely.append(index)
    # a caption may say what the headline does
    others = (index for index in likely if scores[index, 1] > scores[likely[0], 1] - _CAPTION_LEAD and _no_caption(page.blocks[index].text))
    return next(others, likely[0] if likely else None)


def _is_only_prose(at: int, blocks: list[Block], labels: list[Label]) -> bool:
    """Whether a line is all of the body, and prose: addresses are made from the first sentence of posts without a headline too."""
    return labels[at].kind == "body" and _is_prose(blocks[at].text) and sum([label.kind == "body" for label in labels]) == 1


def _no_caption(text: str) -> bool:
    return split_credit(text)[1] is None


def _first_line(page: TextPage, labels: list[Label], chrome: list[ChromeMatch | None], start: int) -> int | None:
    """Return the page's first line, but for dates and bylines, where it has a headline's shape and the prose follows at once."""
    if any(hint.kind == "headline" for hint in page.hints):
        return None
    for block in page.blocks[: min(start, _FIRST_LINES)]:
        text = block.text
        if is_date(text) or byline_shape(text):
            continue
        words = text.count(" ") + 1
        fits = 8 <= len(text) <= TITLE_CHARS and 2 <= words <= 25 and not text.endswith((".", ":", ";", ",")) and not text[0].islower()
        return block.index if fits and chrome[block.index] is None and start - block.index <= _FIRST_LINES else None
    return None


def _keep_headings(blocks: list[Block], prose: list[Block], chrome: list[ChromeMatch | None], labels: list[Label]) -> None:
    """Keep a short line that stands alone between two lines of the body, or between the headline, byline or date and the first prose."""
    above = [block.index - 1 for block in prose if block.index > 1 and labels[block.index].kind == "body"]
    for at in [at for at in above if labels[at].rule == "text/judged-chrome"]:
        text = blocks[at].text
        if chrome[at] is not None or not _is_heading(blocks[at]) or is_credit_line(text) or ends_in_credit(text):
            continue
        before, score = labels[at - 1].kind, labels[at].score
        if (before == "body" and score >= _LIKELY_HEADING) or (before in ("headline", "byline", "date") and score >= _ABOVE_PROSE):
            labels[at] = Label("body", "a heading of the article", "text/heading", 500)


def _is_heading(block: Block) -> bool:
    text = block.text
    if 2 * block.link_chars > len(text):
        return False
    return 8 <= len(text) <= _HEADING_CHARS and " " in text and not text[0].islower() and text[-1] not in ".:;,"


def _apply_end(blocks: list[Block], chrome: list[ChromeMatch | None], labels: list[Label]) -> None:
    """Drop what follows a heading that ends the article, where little prose does."""
    ends = [(index, match) for index, match in enumerate(chrome) if match is not None and match.ends_article]
    if not ends:
        return
    kept = list(accumulate([len(block.text) if labels[block.index].kind == "body" else 0 for block in blocks]))
    for index, match in ends:
        before = kept[index]
        if before and kept[-1] - before <= _TAIL * before:
            for later in range(index + 1, len(blocks)):
                if labels[later].kind == "body":
                    labels[later] = Label("chrome", f"after the {match.reason}", "text/after-end", 100)
            return
