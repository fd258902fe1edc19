"""The day of the last update: what a page that prints no other day gives its readers as its date."""

from collections.abc import Iterable, Sequence

from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.date_candidates import Found, Reader
from scraper.fields.date_choice import DateChoice, decided
from scraper.fields.date_lines import date_lines, elsewhere, labelled, printed, with_year

_LINES = 40  # far from the headline that are read


def or_updated(choice: DateChoice) -> DateChoice:
    """Return `choice`, or where nothing says when the page was published, the printed day of its last update, as inferred."""
    update = choice.update
    if choice.detail is not None or update is None or update.date is None:
        return choice
    date = update.date._replace(inferred=(*update.date.inferred, "updated"))
    return decided(update._replace(date=date, source=f"{update.source} (updated)"), choice.found, choice.changes)


def printed_update(changes: Iterable[Found], labels: Sequence[Label]) -> Found | None:
    """Return the first modification that readers see as a line of its own: not metadata, and not what the text tells of something."""
    told = [one for one in changes if one.line and one.source.startswith("text:")]
    body = _body(labels) if told else ()
    return next((one for one in told if one.block not in body), None)


def _body(labels: Sequence[Label]) -> set[int]:
    return {i for i, label in enumerate(labels) if label.kind == "body"}


def updates_elsewhere(page: Segmentation, labels: Sequence[Label], beside: set[int], reader: Reader, anchor: int) -> list[Found]:
    """Return what lines far from the headline call the page's last update; nothing where they name several days, as lists do."""
    passed = beside | _body(labels)
    blocks = [block.index for block in page.blocks if block.index not in passed]
    lines = labelled(page, date_lines(page, with_year(page, blocks)), "modified")
    if len(lines) > _LINES:
        return []
    found = [one for one in printed(page, lines, reader) if one.role == "modified" and one.day and one.line]
    found = [one for one in found if not elsewhere(page, one, anchor)]
    return found if len({one.day for one in found}) == 1 else []
