"""When the article was published and when modified: which of the page's dates, and why.

Order of trust for the publication: what metadata of good name declares, corrected by what stands beside the headline; what stands beside
the headline; metadata that is often wrong; the URL; other elements and lines; the data for scripts. What says that it is a modification
never takes the publication's place.

Most pages declare a day and print it: they are done after a glance at the nearest line. The dear steps are for those that do not.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property

from normalise.date import ParsedDate, PartialDate, date_of_day, infer_year, parse_date, parse_url_date, states_day
from scraper.blocks import Hint, Segmentation
from scraper.classify import Label
from scraper.fields.date_candidates import (
    Found,
    Reader,
    declared,
    from_url,
    headline_block,
    labelled_headline,
    table,
    unknown_metas,
    window,
)
from scraper.fields.date_choice import DateChoice, decided
from scraper.fields.date_hints import OWN, date_hints, hinted
from scraper.fields.date_lines import LONGEST_LINE, date_lines, elsewhere, in_row, labelled, line_of, printed, quoted, with_year, yearless
from scraper.fields.date_scripts import in_scripts
from scraper.fields.date_updates import printed_update, updates_elsewhere
from scraper.fields.prose import body_range
from scraper.metadata import Metadata

_LABEL_WORTH = 4  # blocks by which a line that says "published", or agrees with the URL, may stand farther off than another
_TITLE_COST = 6  # blocks by which another line may stand farther off than the headline, whose date may be what the article is about
_BODY_END, _BEHIND_BODY = 4, 8  # blocks about the body's end in which a date line can be the article's
_SHORTEST_MONTH = 6  # "5/2024": a year alone is no date
_SHORTEST_REPEATED, _REPEATS, _BESIDE_REPEATED = 15, 3, 2  # characters of a headline that is repeated, times, blocks behind it
_BLOCKS = 100  # at either end of what is read where nothing else gives a date
_MANY_BLOCKS = 2000  # a page of more is not read through for it
_SAME_MOMENT = timedelta(minutes=2)  # between two records of one publication
_QUARTER = timedelta(minutes=15)  # zones lie whole quarters of an hour apart


class _Page:
    """What the steps of the choice share; each part is read when a step first needs it."""

    def __init__(
        self,
        page: Segmentation,
        labels: Sequence[Label],
        metadata: Metadata,
        *,
        url: str | None,
        language: str | None,
        headline: str | None,
    ) -> None:
        self.page, self.metadata, self.url = page, metadata, url
        self.body = body_range(labels)
        top = headline_block(page, metadata, headline, self.body)
        if top is None or (self.body and top >= self.body.stop):
            top = labelled_headline(labels, self.body)
        self.anchor = self.body.start if top is None else top
        self.beside = window(page, labels, top, self.body)  # blocks, nearest first
        self.near = {*self.beside}
        self.reader = Reader(language, _telling_texts(page, self.beside))

    @cached_property
    def lines(self) -> list[int]:
        """The lines beside the headline that can hold dates."""
        return date_lines(self.page, self.beside)

    @cached_property
    def _far_lines(self) -> list[int]:
        return date_lines(self.page, with_year(self.page, range(len(self.page.blocks))))

    def far_lines(self, blocks: Sequence[int]) -> list[int]:
        """Return those of the blocks, far from the headline, that can be lines with a year in full."""
        if len(self.page.blocks) > _MANY_BLOCKS:
            return date_lines(self.page, with_year(self.page, blocks))
        known = blocks if isinstance(blocks, range) else {*blocks}
        return [i for i in self._far_lines if i in known]

    @cached_property
    def hints(self) -> list[Hint]:
        """The elements that say they hold a date."""
        return date_hints(self.page)

    def read(self) -> list[Found]:
        """Return the dates of metadata, elements and lines beside the headline, and address."""
        stated = [*declared(self.metadata.published, self.reader, "published"), *declared(self.metadata.modified, self.reader, "modified")]
        strong = any(_is_strong(one) for one in stated)
        hints = (one for one in self.hints if one.block in self.near or (one.source == OWN and not strong))
        of_elements = hinted(self.page, hints, self.near, self.reader)
        return [*stated, *of_elements, *printed(self.page, self.lines, self.reader), *from_url(self.url)]

    def changes(self, found: Iterable[Found]) -> list[Found]:
        """Return those that are the article's modifications: declared or beside the headline, else the one day elsewhere."""
        changed = [one for one in found if one.role == "modified" and one.day]
        near = [one for one in changed if one.block < 0 or one.block in self.near]
        if near or len({one.day for one in changed}) != 1:
            return near
        return [one for one in changed if not elsewhere(self.page, one, self.anchor)]


def _telling_texts(page: Segmentation, beside: Sequence[int]) -> Iterator[str]:
    """Yield the texts that may show which of two numbers is the month: the lines beside the headline, and the page's other dates.

    It holds nothing of the `_Page` whose reader it is for: in a circle the parsed page would wait for the collector, megabytes of it.
    """
    for i in date_lines(page, beside):
        yield page.blocks[i].text
    for hint in date_hints(page):
        yield hint.text


def choose_date(
    segmentation: Segmentation,
    labels: Sequence[Label],
    metadata: Metadata,
    *,
    url: str | None = None,
    language: str | None = None,
    headline: str | None = None,
) -> DateChoice:
    """Return the dates of the article. `language` is the page's, as BCP 47; `headline` the one already chosen. Never raises."""
    page = _Page(segmentation, labels, metadata, url=url, language=language, headline=headline)
    stated = next((one for one in declared(metadata.published, page.reader, "published") if _is_strong(one)), None)
    if stated is not None and _is_printed(stated, page):
        return _as_stated(stated, page)
    found = page.read()
    strong = [one for one in found if _is_strong(one)]
    if _is_event(metadata):
        published = strong[0] if strong else None
    else:
        published = _corrected(strong, found, page) if strong else _undeclared(found, page) or _coarse(found, page)
    changes = page.changes(found)
    if published is not None:
        return decided(_zoned(published, found), found, changes)
    update = printed_update(changes, labels)
    if update is None:
        lines = page.far_lines(_ends(range(len(labels)), _MANY_BLOCKS // 2))
        lines = [i for i in lines if i not in page.near and labels[i].kind != "body"]
        changes += updates_elsewhere(segmentation, lines, page.reader, page.anchor)
        update = printed_update(changes, labels)
    return decided(None, found, changes)._replace(update=update)


def declared_date(metadata: Metadata, url: str | None, language: str | None) -> DateChoice:
    """Return the dates that metadata or the address states, of a list or a shop: those they print are of stories, reviews, deliveries."""
    reader = Reader(language, ())
    changes = [one for one in declared(metadata.modified, reader, "modified") if one.day]
    found = [*declared(metadata.published, reader, "published"), *changes, *from_url(url)]
    published = next((one for one in found if _is_strong(one) or (one.source == "url" and one.day)), None)
    return decided(published, found, changes)


def _is_event(metadata: Metadata) -> bool:
    """Tell whether the page is of an event, by JSON-LD: then the days that it prints are the event's.

    Where no object is the page's own, an event beside a WebPage may be one of the site's next that a sidebar lists.
    """
    types = metadata.types
    own = types[:1] if metadata.article else [] if "WebPage" in types else types
    return any(kind.endswith(("Event", "Festival")) for kind in own)


def _is_strong(one: Found) -> bool:
    """Tell whether metadata of good name declares the date as that of publication, to the day."""
    return one.role == "published" and one.block < 0 and one.source not in _weak() and bool(one.day)


@cache
def _weak() -> frozenset[str]:
    return frozenset((*table()["weak"], "url"))


def _as_stated(stated: Found, page: _Page) -> DateChoice:
    """Return the choice of a declared day; the page is read no further than for its modification."""
    change = next((one for one in declared(page.metadata.modified, page.reader, "modified") if one.day >= stated.day), None)
    lines = labelled(page.page, page.lines, "modified") if change is None else ()
    changes = [change] if change is not None else page.changes(printed(page.page, lines, page.reader))
    return decided(stated, [stated, *changes], changes, page.read)


def _is_printed(stated: Found, page: _Page) -> bool:
    """Tell whether the page prints the declared day beside its headline, by a look that costs little: most pages do."""
    local = stated.date is not None and not stated.date.iso.endswith("+00:00")
    if not local and any(one.day not in ("", stated.day) for one in from_url(page.url)):
        return False
    for hint in page.hints:
        day = hint.block in page.near and hint.text and hint.value and hint.value[:10] == stated.day
        if day and (local or states_day(hint.text, stated.day)):
            return True
    return bool(page.lines) and states_day(line_of(page.page.blocks[page.lines[0]]), stated.day)


def or_in_scripts(choice: DateChoice, source: str) -> DateChoice:
    """Return `choice`, or where it has no day, the one that the data for scripts in the HTML `source` names as that of publication."""
    if choice.published is not None and len(choice.published) >= len("2025-07-31"):
        return choice
    stated = list(in_scripts(source))
    if len({one.day for one in stated}) != 1:
        return choice
    return decided(stated[0], [*choice.found, *stated], choice.changes)


def _undeclared(found: list[Found], page: _Page) -> Found | None:
    """Return the publication where no metadata of good name declares it, by the first step that finds one; `found` grows on the way."""
    days = [one for one in found if one.day and one.role in ("published", None)]
    near = _beside_headline(days, page, _url_date(found))
    own = [one for one in days if one.source == OWN]
    if len({one.day for one in own}) > 1:
        own = []  # of a list of articles
    weak = [one for one in days if one.block < 0 and one.source != "url" and _is_confirmed(one, found)]
    first = next(iter((*near, *own, *weak)), None)
    return first or _far_from_headline(days, found, page)


def _is_confirmed(one: Found, found: list[Found]) -> bool:
    """Whether a source in which some systems write the time at which they made the page is not the only one with a date."""
    return one.source not in table()["made"] or any(other.day and other.source != one.source for other in found)


def _far_from_headline(days: list[Found], found: list[Found], page: _Page) -> Found | None:
    hints = (one for one in page.hints if one.block not in page.near and one.source != OWN)
    others = list(hinted(page.page, hints, page.near, page.reader))
    found += others
    days += [one for one in others if one.day and one.role in ("published", None)]
    days = [one for one in days if one.source != OWN and not elsewhere(page.page, one, page.anchor)]
    metas = [one for one in unknown_metas(page.page, page.reader) if one.day]
    found += metas
    of_url = _url_date(found)
    urls = [one for one in days if one.source == "url"]
    agreeing = [one for one in days if one.source != "url" and _agrees(one, of_url)]
    end = min(page.body.stop + _BEHIND_BODY, len(page.page.blocks))
    after = range(max(page.beside, default=-1) + 1, end)
    first = next(iter((*metas, *urls, *agreeing, *_listed(page), *_other_hints(days, page, after))), None)
    return first or _in_text(found, page, after)


def _listed(page: _Page) -> list[Found]:
    """Return the dates beside a repetition of the headline: where the page lists the article itself among others."""
    blocks = page.page.blocks
    headline = blocks[page.anchor].text if page.anchor < len(blocks) else ""
    if len(headline) < _SHORTEST_REPEATED:
        return []
    again = [block.index for block in blocks if block.text == headline and block.index != page.anchor][:_REPEATS]
    behind = [i for index in again for i in range(index + 1, min(index + 1 + _BESIDE_REPEATED, len(blocks)))]
    lines = date_lines(page.page, behind)
    return [one for one in printed(page.page, lines, page.reader) if one.line and one.day and one.role in ("published", None)]


def _in_text(found: list[Found], page: _Page, after: range) -> Found | None:
    """Return the first line behind the headline's that agrees with the URL's month, or says "published", or stands at the body's end."""
    of_url = _url_date(found)
    end = after.stop - _BEHIND_BODY - _BODY_END if page.page.parents else after.stop
    lines = date_lines(page.page, _ends(after)) if of_url else page.far_lines(_ends(after))
    if not of_url:
        telling = set(labelled(page.page, lines, "published"))
        lines = [i for i in lines if i >= end or i in telling]
    ahead = range(min(page.beside, default=0))[-_BLOCKS:]
    lines += labelled(page.page, page.far_lines(ahead), "published")
    text = [one for one in printed(page.page, lines, page.reader) if not elsewhere(page.page, one, page.anchor)]
    found += text
    agreeing = [one for one in text if one.day and one.role in ("published", None) and _agrees(one, of_url)]
    days = [one for one in text if one.line and one.day]
    told = [one for one in days if one.role == "published"]
    # A text page has no elements that tell a related story's line from the article's.
    last = [one for one in days if one.role is None and one.block in after and one.block >= end and not in_row(page.page, one.block)]
    return next(iter((*agreeing, *told, *last)), None)


def _ends(blocks: range, most: int = _BLOCKS) -> Sequence[int]:
    return blocks if len(blocks) <= 2 * most else [*blocks[:most], *blocks[-most:]]


def _other_hints(days: list[Found], page: _Page, after: range) -> list[Found]:
    """Return the dates of elements that say they hold one: all where they agree, else those said to be the publication's, else those
    between headline and end of the body.
    """
    hints = [one for one in days if one.block >= 0 and not one.source.startswith("text:")]
    if len({one.day for one in hints}) > 1:
        told = [one for one in hints if one.role == "published"]
        hints = told or [one for one in hints if page.beside and page.beside[0] <= one.block < after.stop]
    return hints


def _url_date(found: list[Found]) -> str:
    return next((one.date.iso for one in found if one.source == "url" and one.date), "")


def _beside_headline(days: list[Found], page: _Page, of_url: str) -> list[Found]:
    """Return the date lines beside the headline, the nearest first."""
    place = {block: rank for rank, block in enumerate(page.beside)}
    near = [one for one in days if one.block in place and one.line and one.role in ("published", None)]
    near = [one for one in near if not quoted(page.page, one, page.anchor)]

    def distance(one: Found) -> int:
        title = _TITLE_COST if one.block == page.anchor and one.role is None else 0
        return place[one.block] + title - _LABEL_WORTH * ((one.role is not None) + _agrees(one, of_url))

    return sorted(near, key=distance)


def _agrees(one: Found, of_url: str) -> bool:
    return bool(of_url) and one.date is not None and one.date.iso.startswith(of_url)


def _corrected(strong: list[Found], found: list[Found], page: _Page) -> Found:
    """Return the declared date, the one of them that is also printed, or what the page gives its readers where that is the better evidence.

    A declared instant in UTC can fall on another day than the one printed, or in the address: that day stands. A date line beside the
    headline that does not say "updated" is the article's date for a reader, whatever is declared.
    """
    of_url = _url_date(found)
    near = _beside_headline([one for one in found if one.day and not _opens_paragraph(one, page)], page, of_url)
    one = near[0] if near else strong[0]
    stated = next((other for other in strong if other.day == one.day), strong[0])
    if not near:
        return _local(stated, found)
    if one.day == stated.day or one.date is None or stated.date is None:
        return _local(stated, found) if any(_agrees(other, of_url) for other in near if other.day != stated.day) else stated
    if _days_apart(one, stated) == 1:
        local = (other for other in near if other.day == one.day and other.date and _same_moment(other.date, stated.date))
        return stated if _is_local(stated.date) else next(local, stated)
    if stated.day in {other.day for other in near} or _is_unsure(one):
        return stated
    if one.role is None and _agrees(stated, of_url) and not _agrees(one, of_url):
        return stated
    said = {other.day for other in found if other.role == "modified" and other.block >= 0}
    return stated if one.role is None and one.day in said else one


def _opens_paragraph(one: Found, page: _Page) -> bool:
    return 0 <= one.block < len(page.page.blocks) and len(page.page.blocks[one.block].text) > LONGEST_LINE


def _is_unsure(one: Found) -> bool:
    """Tell whether a printed date rests on a rule of its language too weak to overrule a declared one; with dots the day comes first."""
    inferred = one.date.inferred if one.date is not None else ()
    return "century" in inferred or ("order" in inferred and "." not in one.raw)


def _local(stated: Found, found: list[Found]) -> Found:
    """Return the day in the address where it is the one before or after that of an instant declared in UTC, else `stated`."""
    address = next((one for one in found if one.source == "url" and one.day), stated)
    utc = stated.date is not None and stated.date.iso.endswith("+00:00")
    return address if utc and _days_apart(address, stated) == 1 else stated


def _zoned(published: Found, found: list[Found]) -> Found:
    """Return the same moment as it is stated elsewhere with its zone, where the chosen one has none."""
    date = published.date
    if date is None or date.zone == "explicit" or len(date.iso) < len("2025-07-31T10:20"):
        return published
    same = (one for one in found if one.date is not None and one.date.zone == "explicit" and one.role != "modified")
    return next((one for one in same if one.date is not None and one.date.iso.startswith(date.iso)), published)


def _days_apart(one: Found, other: Found) -> int:
    days = date_of_day(one.day), date_of_day(other.day)
    return abs((days[0] - days[1]).days) if days[0] and days[1] else 0


def _same_moment(line: ParsedDate, stated: ParsedDate) -> bool:
    """Tell whether a printed time can be the declared one in another zone: whole quarters of an hour apart, or one has no time."""
    if line.zone == "explicit" and stated.zone == "explicit":
        return abs(datetime.fromisoformat(line.iso) - datetime.fromisoformat(stated.iso)) <= _SAME_MOMENT
    if len(line.iso) < 16 or len(stated.iso) < 16:
        return True
    rest = (datetime.fromisoformat(line.iso[:16]) - datetime.fromisoformat(stated.iso[:16])) % _QUARTER
    return min(rest, _QUARTER - rest) <= _SAME_MOMENT


def _is_local(date: ParsedDate) -> bool:
    return date.zone == "explicit" and not date.iso.endswith("+00:00")


def _coarse(found: list[Found], page: _Page) -> Found | None:
    """Return a line without a year, with the year that the URL or weekday and body decide; else a month or year that is declared."""
    for one in yearless(page.page, page.beside, page.reader):
        if one.partial is not None:
            body = "\n".join(page.page.blocks[i].text for i in page.body)
            return one._replace(date=_year_of_url(one.partial, page.url) or infer_year(one.partial, body))
    beside = {-1, *page.near}
    months = printed(page.page, labelled(page.page, date_lines(page.page, page.beside, to_the_day=False), "published"), page.reader)
    coarse = [one for one in (*found, *months) if one.date is not None and not one.day and one.block in beside]
    of_page = [one for one in coarse if one.role == "published" or _is_dated_element(one)]
    return min(of_page, key=lambda one: one.source == "url", default=None)


def _is_dated_element(one: Found) -> bool:
    """Tell whether an element that says it holds a date holds a month and nothing else, as those of magazines do."""
    return one.role is None and one.line and not one.source.startswith("text:") and len(one.raw) >= _SHORTEST_MONTH


def _year_of_url(partial: PartialDate, url: str | None) -> ParsedDate | None:
    """Return the day in the year of the URL's `/2025/07/`, where its month is the printed one."""
    month = parse_url_date(url) if url else None
    if month is None or month.iso[5:7] != f"{partial.month:02d}":
        return None
    date = parse_date(f"{month.iso[:7]}-{partial.day:02d}")
    return date._replace(inferred=("year",)) if date else None
