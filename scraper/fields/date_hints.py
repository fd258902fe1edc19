"""The elements of a page that say they hold a date: what is machine-written in them, or printed."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from normalise.date import ParsedDate, Role, role_of_label
from scraper.blocks import Hint, Segmentation
from scraper.fields.date_candidates import Found, Reader, table
from scraper.fields.date_lines import LONGEST_LINE, alone, first_of_two, is_line, labelled, role_of
from scraper.fields.hint_lines import own_hints

_HINTS = 60
_DATES = frozenset({"date", "modified"})

OWN = "itemprop=datepublished"  # the source that names the article's own date, wherever it stands


def date_hints(page: Segmentation) -> list[Hint]:
    """Return the elements that say they hold a date of the article."""
    return [hint for hint in own_hints(page, _DATES, _HINTS) if _is_of_article(hint.source)]


def hinted(page: Segmentation, hints: Iterable[Hint], beside: set[int], reader: Reader) -> Iterator[Found]:
    """Read elements that say they hold a date."""
    for hint in hints:
        role = "modified" if hint.kind == "modified" else "published" if hint.source == OWN else None
        date = reader.whole(hint.value) if hint.value and "/" not in hint.value else None
        if date is not None and hint.value is not None:
            said = _said(page, hint, date, reader) if hint.block in beside or labelled(page, [hint.block]) else None
            yield Found(hint.value, hint.source, date, said or role, hint.block)
        elif len(hint.text) <= LONGEST_LINE and is_line(hint.text, to_the_day=False):
            dates = reader.inside(hint.text)
            first = first_of_two(dates, hint.text)
            for number, found in enumerate(dates):
                if found.date is not None:
                    later = "modified" if first is not None and number != first else None
                    said = role_of(page, hint.block, found) or _label_before(page, hint) or role or later
                    yield Found(found.raw, hint.source, found.date, said, hint.block, alone(found, hint.text))


@lru_cache(maxsize=4096)
def _is_of_article(source: str) -> bool:
    name = source.lower()
    return not any(part in name for part in table()["not_of_article"])


def _said(page: Segmentation, hint: Hint, date: ParsedDate, reader: Reader) -> str | None:
    """Return the role that the line around an element, or the one before, gives its day: "Updated <time datetime=…>5 July 2024</time>"."""
    block = hint.block
    text = page.blocks[block].text if block < len(page.blocks) else ""
    if len(text) > LONGEST_LINE:
        return None
    if label := _label_before(page, hint):
        return label
    if not is_line(text):
        return None
    for found in reader.inside(text):
        if found.date is not None and found.date.iso[:10] == date.iso[:10] and (role := role_of(page, block, found)):
            return role
    return None


def _label_before(page: Segmentation, hint: Hint) -> Role | None:
    """Return the role that the words before an element in its line give it: "Updated <time datetime=…>a year ago</time>"."""
    text = page.blocks[hint.block].text if hint.block < len(page.blocks) else ""
    if len(text) > LONGEST_LINE or len(text) <= len(hint.text) or not hint.text:
        return None
    before = text[: max(text.find(hint.text), 0)].rpartition("\n")[2].rstrip()
    other = max((at for at, character in enumerate(before) if character.isdigit()), default=-1)  # the end of another date
    return role_of_label(before[other + 1 :].strip())
