"""The reporter whom the first words of an article in Chinese, Japanese or Korean name, or its last line."""

import re

from normalise.byline.roles import is_organisation
from normalise.byline.words import CONFERENCES, FIRST_HAN, Words, words

HEAD = 70  # characters of a paragraph in which its dateline stands
LONGEST_SIGNATURE = 60
# "[한강일보 = 김민수 기자]", "（記者王小明／台北報導）", "新华社北京3月4日电（记者王小明）", "【台北＝山田太郎】"
BRACKETED = re.compile(r"[\[(（【〔［]\s?([^\[\]()（）【】〔〕［］。]{2,45})[\])）】〕］]")
# "(서울=연합뉴스) 김민수 기자 = "
BEHIND_BRACKET = re.compile(
    r"[\[(（【〔［][^\[\]()（）【】〔〕［］。]{2,30}[\])）】〕］]\s?"
    r"([가-힣]{2,4}(?:[·ㆍ,]\s?[가-힣]{2,4}){0,4} \S{2,6})\s?="
)
# "中央社記者陳大文台北4日電", "【記者林美玲高雄報導】", "聯合報 記者陳小華／台北即時報導": the name ends where the place begins.
WIRED = re.compile(
    r"(?:記者|记者)\s?(?:([一-鿿]{2,4})\s?[／/\s]\s?[一-鿿]{2,4}|([一-鿿]{2,3})[一-鿿]{2})\s?(?:\d{1,2}日[專专]?[電电]|[報报][導道])"
)
MIN_BARE = 2
MARKS = "[]()（）【】/ "
NAME = re.compile(r"[一-鿿가-힣]{2,4}(?:[·ㆍ][가-힣]{2,4}){0,4}")
EQUALS = re.compile(r"\s?[=＝]\s?")


def reporter_of(text: str, language: str | None = None) -> str | None:
    """Return the byline in the dateline that opens a paragraph: "김민수 기자", "記者王小明"; None where there is none."""
    if text[1:2] < FIRST_HAN and (text.isascii() or "記者" not in text[:HEAD]):
        return None  # nearly all paragraphs
    head = text[:HEAD]
    table = words(language)
    if found := WIRED.search(head):
        return f"記者{found[1] or found[2]}"
    if found := BEHIND_BRACKET.match(head):
        return found[1] if _has_office(found[1], table) else None
    for found in BRACKETED.finditer(head):
        said = found[1].strip()
        if said.startswith(CONFERENCES):
            continue
        if found.start() and not said.startswith(table.reporters):
            continue
        if any(said.endswith(word) for word in table.photos):
            return None  # "（記者王小明攝）"
        *_, last = EQUALS.split(said)
        if last != said and (_has_office(last, table) or _is_bare_name(last, table)):
            return last
        if said.startswith(table.reporters) and len(said) > 3:
            return said.split("／")[0].split("/")[0]
    return None


def is_signature(text: str, language: str | None = None) -> bool:
    """Whether a line is a name with an office behind it, and at most an address: "김민수 기자 kim@example.kr", "山田太郎（本紙記者）"."""
    if len(text) > LONGEST_SIGNATURE or text.isascii():
        return False
    text = text.strip(MARKS)
    if text[:1] < FIRST_HAN:
        return False
    tokens = re.split(r"[\s(（]", text, maxsplit=2)
    table = words(language)
    if len(tokens) > 1 and NAME.fullmatch(tokens[0]):
        return tokens[1] in table.roles or tokens[1].endswith(table.reporters)
    return _has_office(tokens[0], table) and (len(tokens) == 1 or "@" in text)


def _is_bare_name(text: str, table: Words) -> bool:
    """Whether what stands behind a place and "＝" is a name or an agency."""
    return len(text) > MIN_BARE and NAME.fullmatch(text) is not None and text not in table.staff and not is_organisation(text, table)


def _has_office(text: str, table: Words) -> bool:
    """Whether a name in few characters has an office behind it: "김민수 기자", "김민수기자"."""
    name, _, office = text.partition(" ")
    if office:
        return office in table.roles
    ends = (name[: -len(role)] for role in table.glued_suffixes if role in table.roles and name.endswith(role))
    return any(map(NAME.fullmatch, ends))
