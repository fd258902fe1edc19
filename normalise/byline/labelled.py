"""Lines of Chinese and Japanese that label their parts without white space: "2025年3月5日 城市晚报 作者：李明 责任编辑：张伟"."""

import re
from functools import cache

from normalise.byline.words import FIRST_HAN, Words

MARKS = frozenset(":：/／|｜丨＝")
MAX_LINE = 400


def written_by(text: str, words: Words) -> str | None:
    """Return whom the labels of authors in `text` name, joined as names are: "" where all its labels are those of photographers and dates,
    None where it has none of these, or only an author's at its start.

    Editors and sources are labelled too: what follows their labels is left out.
    """
    if len(text) > MAX_LINE or max(text, default="") < FIRST_HAN or MARKS.isdisjoint(text):
        return None
    found = list(_pattern(words).finditer(text))
    if found and all(label[1] in words.photos or label[1] in words.dates for label in found):
        return "" if not text[: found[0].start()].strip(" \u3000(（【[") else None
    if not found or (len(found) == 1 and found[0].start() == 0):
        return None
    names = []
    for at, label in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        name = text[label.end() : end].strip(" \u3000()（）[]【】,，、。;；")
        if any(map(str.isalpha, name)) and label[1] in words.prefixes:
            names.append(name)
    return "、".join(names) or None


@cache
def _pattern(words: Words) -> re.Pattern[str]:
    """Labels before their mark: of one character only where no other stands before it ("文/" is no label in "中文/英文")."""
    labels = {label for label in words.prefixes | words.labels | words.photos | words.dates if label[0] >= FIRST_HAN and " " not in label}
    ordered = sorted(map(re.escape, labels), key=len, reverse=True)
    long, short = ("|".join(label for label in ordered if (len(label) > 1) == several) for several in (True, False))
    return re.compile(rf"({long}|(?<![^\s()（）【】])(?:{short}))\s?[:：/／|｜丨＝]\s?")
