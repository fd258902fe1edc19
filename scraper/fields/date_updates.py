"""The day of the last update: what a page that prints no other day gives its readers as its date."""

from collections.abc import Iterable, Sequence

from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.date_candidates import Found, Reader
from scraper.fields.date_choice import DateChoice, decided
from scraper.fields.date_lines import elsewhere, labelled, printed

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
    printed_ones = (one for one in changes if one.line and one.source.startswith("text:"))
    return next((one for one in printed_ones if one.block >= len(labels) or labels[one.block].kind != "body"), None)


def updates_elsewhere(page: Segmentation, lines: Sequence[int], reader: Reader, anchor: int) -> list[Found]:
    """Return what date lines far from the headline call the page's last update; nothing where they name several days, as lists do."""
    lines = labelled(page, lines, "modified")
    if len(lines) > _LINES:
        return []
    found = [one for one in printed(page, lines, reader) if one.role == "modified" and one.day and one.line]
    found = [one for one in found if not elsewhere(page, one, anchor)]
    return found if len({one.day for one in found}) == 1 else []
