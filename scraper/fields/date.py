"""When the article was published and modified: the page's candidates, the one that wins, and why.

Order of trust: what the metadata declares, corrected by what stands beside the headline; what stands beside the headline; other elements
that say
they hold the publication date; a line behind the body; the URL.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from normalise.article import Candidate, DateDetail
from normalise.date import (
    FoundDate,
    Order,
    ParsedDate,
    PartialDate,
    date_of_day,
    find_dates,
    infer_year,
    order_of_texts,
    parse_date,
    parse_url_date,
)
from scraper.blocks import Segmentation
from scraper.metadata import Metadata, Value

_BEFORE_HEADLINE, _BEHIND_HEADLINE, _BODY_END, _BEHIND_BODY = 6, 12, 4, 8  # blocks in which a date line stands
_LONGEST_LINE = 300  # characters of a block that can be a date line
_LABEL_WORTH = 4  # blocks by which a date that says "published" may stand farther off than one that says nothing
_REST_OF_LINE = 90  # characters beside the date in such a line: a name, a section, minutes of reading
_REST_OF_LABELLED_LINE, _REST_OF_NAKED_LINE = 150, 20
_DATELINE_REACH = 60
_UNSURE = frozenset(("order", "century"))  # what a printed date must not infer where it is to overrule a declared one far off
_SAME_MOMENT = timedelta(minutes=2)
_CANDIDATES = 40
_HINTS, _BLOCKS = 60, 400
_DATELINE = re.compile(r"\s{0,3}[-–—|)„“«:]")  # behind a date that opens a paragraph: "27.1.2022 – The town"
_DATE_LIKE = re.compile(r"\d{4}|\d[./-]\s?\d{1,2}[./-]\s?\d\d|\d[年月]")


class Dates(NamedTuple):
    """`published` and `modified` in ISO 8601 or `None`, `detail` of the published one (also where only a date without a year was
    found), and all candidates.
    """

    published: str | None = None
    modified: str | None = None
    detail: DateDetail | None = None
    modified_source: str | None = None
    candidates: list[Candidate] = []


class Found(NamedTuple):
    """A date of the page: its words, where they stand, what they say that it is. `line` tells a date line from a date in prose."""

    raw: str
    source: str
    date: ParsedDate | None
    partial: PartialDate | None
    role: str | None
    block: int
    line: bool = True


class Reader:
    """Reads strings as dates with what is known of the page, each string once."""

    def __init__(self, language: str | None, order: Order | None) -> None:
        self.language = language
        self.order = order
        self._known: dict[str, list[FoundDate]] = {}

    def whole(self, text: str) -> ParsedDate | None:
        """Return the date that all of `text` states."""
        return parse_date(text, language=self.language, order=self.order)

    def inside(self, text: str) -> list[FoundDate]:
        """Return the dates inside `text`."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = find_dates(text, language=self.language, order=self.order)
        return known


def choose_date(page: Segmentation, metadata: Metadata, *, url: str | None, language: str | None, body: tuple[int, int]) -> Dates:
    """Return the dates of the article. `body` is the index of the body's first block and the one behind its last. Never raises."""
    window = _window(page, headline_block(page, metadata, body[0]), body)
    lines = {i: text for i in window if _is_line(text := page.blocks[i].text)}
    reader = Reader(language, order_of_texts(lines.values()))
    found = [*_declared(metadata.published, reader, "published"), *_declared(metadata.modified, reader, "modified")]
    weak = _table()["weak"]
    strong = [one for one in found if one.role == "published" and one.source not in weak and one.date and len(one.date.iso) >= 10]
    found += _hinted(page, reader, set(window), thorough=not strong)
    found += _printed(lines, reader)
    found += _from_url(url)
    published = _corrected(strong[0], found, window) if strong else _undeclared(page, reader, found, window, body)
    if published is None or published.date is None:
        return _without_year(page, window, reader, found, url, body)
    return _dates(published, published.date, _choose_modified(found, published.date, window), found)


def headline_block(page: Segmentation, metadata: Metadata, body_start: int) -> int | None:
    """Return the index of the block that is the headline: the one that says what metadata or title say, else the last h1 at the body's
    start.
    """
    stated = [_plain(value.value) for value in metadata.headline[:4]]
    title = _plain(page.title or "")
    headings = [block for block in page.blocks if block.tag in ("h1", "h2", "h3")][:60]
    for block in sorted(headings, key=lambda block: block.tag):
        text = _plain(block.text)
        if text and (text in stated or (len(text) > 12 and text in title)):
            return block.index
    h1 = [block.index for block in headings if block.tag == "h1"]
    near = [index for index in h1 if index <= body_start + 3]
    return near[-1] if near else h1[0] if h1 else None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text[:400].casefold()))


def _window(page: Segmentation, anchor: int | None, body: tuple[int, int]) -> list[int]:
    """Return the blocks beside the headline, nearest first; those behind it come before those as far ahead of it."""
    if anchor is None:
        return list(range(max(0, body[0] - _BEHIND_HEADLINE), min(body[0] + 6, len(page.blocks))))
    behind = range(anchor, min(anchor + _BEHIND_HEADLINE, len(page.blocks)))
    ahead = range(anchor - 1, max(anchor - 1 - _BEFORE_HEADLINE, -1), -1)
    return sorted([*behind, *ahead], key=lambda i: i - anchor if i >= anchor else (anchor - i) * 2 + 1)


def _is_line(text: str) -> bool:
    return _DATE_LIKE.search(text, 0, _LONGEST_LINE if len(text) <= _LONGEST_LINE else _DATELINE_REACH) is not None


def _declared(values: list[Value], reader: Reader, role: str) -> Iterator[Found]:
    for value in values[:_CANDIDATES]:
        date = reader.whole(value.value)
        if date is not None:
            yield Found(value.value, value.source, date, None, role, -1)


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads((files("scraper") / "data" / "dates.toml").read_text("utf-8"))


def _hinted(page: Segmentation, reader: Reader, near: set[int], *, thorough: bool) -> Iterator[Found]:
    """Read the elements that say they hold a date: those beside the headline, and where nothing is declared the others too."""
    others = _table()["not_of_article"]
    for hint in page.hints[:_HINTS]:
        if hint.kind not in ("date", "modified") or not (thorough or hint.block in near):
            continue
        name = hint.source.lower()
        if any(part in name for part in others):
            continue
        role = "modified" if hint.kind == "modified" else "published" if name == "itemprop=datepublished" else None
        inside = reader.inside(hint.text) if len(hint.text) <= _LONGEST_LINE and _DATE_LIKE.search(hint.text) else []
        date = reader.whole(hint.value) if hint.value and hint.value[:1].isdigit() else None
        if date is not None and hint.value is not None:
            stated = next((found.role for found in inside if found.role), None)
            yield Found(hint.value, hint.source, date, None, stated or role, hint.block)
            continue
        for found in inside:
            if found.date is not None:
                yield Found(found.raw, hint.source, found.date, None, found.role or role, hint.block, _alone(found, hint.text))


def _printed(lines: dict[int, str], reader: Reader) -> Iterator[Found]:
    for i, text in lines.items():
        for found in reader.inside(text if len(text) <= _LONGEST_LINE else text[:_DATELINE_REACH]):
            yield Found(found.raw, f"text:block {i}", found.date, found.partial, found.role, i, _alone(found, text))


def _alone(found: FoundDate, text: str) -> bool:
    """Tell whether the date stands in a line of its own, beside names and labels, not in a sentence."""
    rest = len(text) - len(found.raw)
    if found.start <= 1 and _DATELINE.match(text, found.end):
        return True
    if found.role in ("published", "modified"):
        return rest <= _REST_OF_LABELLED_LINE
    return rest <= _REST_OF_NAKED_LINE or (rest <= _REST_OF_LINE and not text.rstrip().endswith((".", "!", "?", "…", ":")))


def _unknown_metas(page: Segmentation, reader: Reader) -> Iterator[Found]:
    """Read the <meta> elements of unknown names that speak of a publication or a date."""
    wanted, unwanted = _table()["meta_words"], _table()["not_meta_words"]
    for key, content in page.metas[:_HINTS]:
        if any(word in key for word in wanted) and not any(word in key for word in unwanted):
            date = reader.whole(content)
            if date is not None and len(date.iso) >= 10:
                yield Found(content, f"meta:{key}", date, None, "published", -1)


def _from_url(url: str | None) -> Iterator[Found]:
    date = parse_url_date(url) if url else None
    if url and date is not None:
        yield Found(url, "url", date, None, "published", -1)


def _undeclared(page: Segmentation, reader: Reader, found: list[Found], window: list[int], body: tuple[int, int]) -> Found | None:
    """Return the publication where no metadata of good name declares it. Groups in order of trust; what is found on the way joins
    `found`.
    """
    days = [one for one in found if one.date is not None and len(one.date.iso) >= 10 and one.role in ("published", None)]
    near = _beside_headline(days, window, _url_date(found))
    own = [one for one in days if one.source == "itemprop=datepublished"]
    weak = [one for one in days if one.block < 0 and one.source != "url"]
    for group in (near, own, weak):
        if group:
            return group[0]
    metas = list(_unknown_metas(page, reader))
    after = range(max(window, default=-1) + 1, min(body[1] + _BEHIND_BODY, len(page.blocks)))[:_BLOCKS]
    printed = [*_printed({i: text for i in after if len(text := page.blocks[i].text) <= _LONGEST_LINE and _is_line(text)}, reader)]
    found += [*metas, *printed]
    lines = [one for one in printed if one.line and one.date is not None and len(one.date.iso) >= 10]
    urls = [one for one in days if one.source == "url"]
    of_url = _url_date(found)
    agreeing = [one for one in (*days, *printed) if one.source != "url" and one.role in ("published", None) and _agrees(one, of_url)]
    labelled = [one for one in lines if one.role == "published"]
    last = [one for one in lines if one.role is None and one.block >= after.stop - _BEHIND_BODY - _BODY_END]
    for group in (metas, urls, agreeing, _other_hints(days, window, after), labelled, last):
        if group:
            return group[0]
    return None


def _other_hints(days: list[Found], window: list[int], after: range) -> list[Found]:
    """Return the dates of elements that say they hold one: all where they agree, else those between headline and end of the body."""
    hints = [one for one in days if one.block >= 0 and not one.source.startswith("text:")]
    if len({one.date.iso[:10] for one in hints if one.date}) > 1:
        hints = [one for one in hints if window and window[0] <= one.block < after.stop]
    return hints


def _url_date(found: list[Found]) -> str:
    return next((one.date.iso for one in found if one.source == "url" and one.date), "")


def _beside_headline(days: list[Found], window: list[int], of_url: str) -> list[Found]:
    """Return the date lines beside the headline, the nearest first; to say "published" or to agree with the URL is worth some blocks."""
    place = {block: rank for rank, block in enumerate(window)}
    near = [one for one in days if one.block in place and one.line and one.role in ("published", None)]
    return sorted(near, key=lambda one: place[one.block] - _LABEL_WORTH * ((one.role is not None) + _agrees(one, of_url)))


def _agrees(one: Found, of_url: str) -> bool:
    return bool(of_url) and one.date is not None and one.date.iso.startswith(of_url)


def _corrected(declared: Found, found: list[Found], window: list[int]) -> Found:
    """Return the declared date, or what the page prints beside the headline where that is the better evidence.

    A declared instant in UTC can fall on another day than the one printed: the printed day stands. A date line that is neither the
    declared nor a modification's day is what the page gives its readers.
    """
    assert declared.date is not None
    days = [one for one in found if one.date is not None and len(one.date.iso) >= 10]
    near = _beside_headline(days, window, _url_date(found))
    modified = {one.date.iso[:10] for one in days if one.role == "modified" and one.date}
    day = date_of_day(declared.date.iso)
    printed = [(one, its) for one in near if one.date and (its := date_of_day(one.date.iso))]
    if day is None or not printed or printed[0][1] == day:
        return declared
    one, its = printed[0]
    assert one.date is not None
    if abs((its - day).days) == 1:
        return one if not _local(declared.date) and _same_moment(one.date, declared.date) else declared
    if any(other == day for _, other in printed) or _UNSURE & set(one.date.inferred):
        return declared
    labelled = one.role == "published" and not one.source.startswith("itemprop=")
    return one if labelled or one.date.iso[:10] not in modified else declared


def _same_moment(printed: ParsedDate, declared: ParsedDate) -> bool:
    """Tell whether a printed time can be the declared one in another zone: they are whole quarters of an hour apart, or one has no time."""
    if printed.zone == "explicit" and declared.zone == "explicit":
        apart = datetime.fromisoformat(printed.iso) - datetime.fromisoformat(declared.iso)
        return abs(apart) <= _SAME_MOMENT
    if len(printed.iso) < 16 or len(declared.iso) < 16:
        return True
    apart = datetime.fromisoformat(printed.iso[:16]) - datetime.fromisoformat(declared.iso[:16])
    rest = apart % timedelta(minutes=15)
    return min(rest, timedelta(minutes=15) - rest) <= _SAME_MOMENT


def _local(date: ParsedDate) -> bool:
    return date.zone == "explicit" and not date.iso.endswith("+00:00")


def _choose_modified(found: list[Found], published: ParsedDate, window: list[int]) -> Found | None:
    near = set(window)
    for one in found:
        if (
            one.role == "modified"
            and one.date is not None
            and (one.block < 0 or one.block in near)
            and one.date.iso[:10] >= published.iso[:10]
        ):
            return one
    return None


def _without_year(
    page: Segmentation, window: list[int], reader: Reader, found: list[Found], url: str | None, body: tuple[int, int]
) -> Dates:
    """Return what a date line without a year gives: the year is inferred from the URL's month or from weekday and body, or the date
    stays null.
    """
    for i in window:
        text = page.blocks[i].text
        if len(text) > _LONGEST_LINE or not any(c.isdigit() for c in text):
            continue
        for one in reader.inside(text):
            if one.partial is not None and one.date is None and one.role in ("published", None) and _alone(one, text):
                text_of_body = "\n".join(block.text for block in page.blocks[body[0] : body[1]])
                date = _year_of_url(one.partial, url) or infer_year(one.partial, text_of_body)
                hit = Found(one.raw, f"text:block {i}", date, one.partial, one.role, i)
                if date is not None:
                    return _dates(hit, date, None, found)
                return Dates(None, None, DateDetail(raw=one.raw, source=hit.source, precision="day"), None, _candidates(found, None, None))
    months = [one for one in found if one.date is not None and one.role == "published"]
    if months and months[0].date is not None:
        return _dates(months[0], months[0].date, None, found)
    return Dates(candidates=_candidates(found, None, None))


def _year_of_url(partial: PartialDate, url: str | None) -> ParsedDate | None:
    """Return the day in the year of the URL's `/2025/07/`, where its month is the printed one."""
    month = parse_url_date(url) if url else None
    if month is None or month.iso[5:7] != f"{partial.month:02d}":
        return None
    date = parse_date(f"{month.iso[:7]}-{partial.day:02d}")
    return date._replace(inferred=("year",)) if date else None


def _dates(published: Found, date: ParsedDate, modified: Found | None, found: list[Found]) -> Dates:
    detail = DateDetail(raw=published.raw, source=published.source, precision=date.precision, zone=date.zone, inferred=list(date.inferred))
    chosen = modified.date.iso if modified is not None and modified.date is not None else None
    return Dates(date.iso, chosen, detail, modified.source if modified else None, _candidates(found, published, modified))


def _candidates(found: list[Found], published: Found | None, modified: Found | None) -> list[Candidate]:
    return [
        Candidate(value=one.date.iso, source=one.source, chosen=one is published, reason=one.raw[:80])
        for one in found
        if one.date is not None
    ][:_CANDIDATES]
