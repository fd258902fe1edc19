"""The line of a page that prints its byline: it says who is named, whatever metadata leaves out."""

from collections.abc import Sequence

from normalise.article import Author
from normalise.byline import credits_editor, name_key, says_more
from scraper.fields.byline_lines import MAX_TEXT, NEAR
from scraper.fields.byline_people import is_full_name
from scraper.fields.byline_reading import AT_HEADLINE, Reader, Reading, authors_key

MAX_PRINTED = 3  # lines that are looked at


def printed_line(reader: Reader, key: frozenset[str], readings: Sequence[Reading]) -> Reading | None:
    """Return how a line of the page prints the people of `key`, whom `readings` name, with their roles. A line at the headline may name
    others beside them, as metadata often has only the first. None where no line names them.
    """
    blocks = [reading.block for reading in readings if reading.block >= 0]
    name = readings[0].authors[0].name.casefold()
    if not any(reader.place(block) in AT_HEADLINE for block in blocks):
        near = reader.page.blocks[max(0, reader.heading - 3) : reader.heading + 2 * NEAR]
        blocks += [block.index for block in near if len(block.text) <= MAX_TEXT and name in block.text.casefold()]
    more: Reading | None = None
    for at in dict.fromkeys(blocks[:MAX_PRINTED]):
        text = reader.page.blocks[at].text if at < len(reader.page.blocks) else ""
        line = reader.parse(text) if text and len(text) <= MAX_TEXT else None
        if line is None or not line.byline.casefold().startswith(line.authors[0].name.casefold()):
            continue
        reading = Reading("line", "text", line.byline, tuple(line.authors), reader.place(at), at)
        named = authors_key(line.authors)
        if named == key:
            return reading
        first = name_key(line.authors[0].name) in key
        if more is None and first and key < named and reading.place in AT_HEADLINE and _are_people(line.authors, reader):
            more = reading
    return more


def _are_people(authors: Sequence[Author], reader: Reader) -> bool:
    """Whether all are people of two capitalised words and more, none of them prose, a page's furniture, a section or an editor."""
    edited = " ".join(
        block.text for block in reader.page.blocks if len(block.text) <= MAX_TEXT and credits_editor(block.text, reader.language)
    )
    sections = {hint.text for hint in reader.page.hints if hint.kind in ("section", "tag")}
    return all(
        author.kind == "person"
        and is_full_name(author.name)
        and author.name not in sections
        and author.name not in edited
        and not says_more(author.name, reader.language)
        for author in authors
    )
