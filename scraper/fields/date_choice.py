"""The dates chosen for a page, as the record and its evidence need them."""

from collections.abc import Callable
from typing import NamedTuple

from normalise.article import Candidate, DateDetail
from normalise.date import ParsedDate
from scraper.fields.date_candidates import Found

_CANDIDATES = 40


class DateChoice(NamedTuple):
    """`published` and `modified` in ISO 8601 or `None`.

    `detail` is of the published one; it is also set, with `published` `None`, where the page prints a date whose year nothing decides.
    `read` gives the page's dates where the choice did not need to read them. `update` is the line that says when the page was changed, of a
    page without a publication.
    """

    published: str | None = None
    modified: str | None = None
    detail: DateDetail | None = None
    modified_source: str | None = None
    found: list[Found] = []
    chosen: Found | None = None
    changes: list[Found] = []
    read: Callable[[], list[Found]] | None = None
    update: Found | None = None

    @property
    def candidates(self) -> list[Candidate]:
        """Return the dates that the publication's was chosen from, and those that nobody had to read for it; made only when asked for."""
        return _candidates(self.found if self.read is None else self.read(), self.chosen)

    @property
    def modified_candidates(self) -> list[Candidate]:
        """Return the dates that the modification's was chosen from."""
        return [
            Candidate(value=one.date.iso, source=one.source, chosen=one.date.iso == self.modified and one.source == self.modified_source)
            for one in self._changes()[:_CANDIDATES]
            if one.date is not None
        ]

    def _changes(self) -> list[Found]:
        return self.changes if self.read is None else [one for one in self.read() if one.role == "modified" and one.day]


def decided(published: Found | None, found: list[Found], changes: list[Found], read: Callable[[], list[Found]] | None = None) -> DateChoice:
    """Return the record of the choice; a modification before the publication is none."""
    date = published.date if published is not None else None
    first = date.iso[:10] if date is not None else ""
    modified = next((one for one in changes if one.day >= first), None)
    detail = None
    if published is not None:
        known = date or ParsedDate("", "day")
        detail = DateDetail(
            raw=published.raw, source=published.source, precision=known.precision, zone=known.zone, inferred=list(known.inferred)
        )
    return DateChoice(
        date.iso if date else None,
        modified.date.iso if modified is not None and modified.date is not None else None,
        detail,
        modified.source if modified is not None else None,
        found,
        published,
        changes,
        read,
    )


def _candidates(found: list[Found], published: Found | None) -> list[Candidate]:
    dated = [one for one in found if one.date is not None and one.role != "modified"]
    if published is not None and published.date is not None and published not in dated:
        dated.insert(0, published)
    chosen = dated.index(published) if published is not None and published in dated else -1
    return [
        Candidate(value=one.date.iso, source=one.source, chosen=at == chosen, reason=_reason(one, published))
        for at, one in enumerate(dated[:_CANDIDATES])
        if one.date is not None
    ]


def _reason(one: Found, published: Found | None) -> str:
    if one == published:
        return f"printed as {one.raw[:80]!r}" if one.block >= 0 else "declared"
    if published is not None and one.day and one.day == published.day:
        return "the same day"
    if one.role == "other":
        return "its words say that it is another date"
    return "inside a sentence" if not one.line else "less trusted"
