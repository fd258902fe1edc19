"""The byline: chosen among what the metadata names, what elements claim to be an author, and what the text near the headline says.

An option is a set of authors, whoever names them. Each is scored by the sum of its features' weights (`scraper/data/byline.json`, fitted by
`bench/fit_fields.py` on pages whose authors are known); the highest sum wins, if it is above the weights' own threshold.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from normalise.article import Author, Candidate
from normalise.byline import credits_editor, given_name, is_byline_alone, name_key, opens_byline
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.fields.byline_context import surroundings
from scraper.fields.byline_features import HEAD, SEVERAL, Option, set_features
from scraper.fields.byline_people import is_full_name
from scraper.fields.byline_printed import printed_line
from scraper.fields.byline_reading import AT_HEADLINE, ENDS, Reader, Reading, authors_key
from scraper.metadata import Metadata
from scraper.text.lines import TextPage

MAX_OPTIONS = 16
SURE = 100
OTHERS = frozenset(("comments", "others"))  # what is around the names of commenters and of other stories' authors
MIN_SITE = 5  # letters of a site that a publisher is named after
LINES = frozenset(("text", "text far", "text end", "label"))  # readings of lines that start as a byline does
SIGNED = frozenset(("rel", "itemprop", "class", "profile", "profiles", "text"))  # readings that claim to be of the author
POSTED = frozenset(("class", "member"))  # readings that name whoever wrote a post
# Readings that elements' names and links alone speak for, or where a bare name stands.
NAMED = frozenset(("class", "classs", "profile", "profiles", "member", "presented", "near", "beside prose"))
BARE = frozenset(("text", "near", "beside prose", "line", "label"))  # readings of lines


class BylineChoice(NamedTuple):
    """The byline as printed, its authors, where it was found, and every candidate; None and [] where the page names nobody. `line` is the
    block that prints it and says nothing else.
    """

    value: str | None
    authors: list[Author]
    source: str | None
    candidates: list[Candidate]
    line: int | None = None


def choose_byline(
    segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None, *, every: bool = False, lines: bool = True
) -> BylineChoice:
    """Return the page's byline and authors with their source ("json-ld:author", "rel=author", "text:line 3"). Never raises.

    Where metadata and markup name the same people, the other candidates are read only if `every` is set. Without `lines` no name is
    looked for in lines of text, nor in elements that only their class calls an author: those of shops and listings are buttons and wares.
    """
    reader = Reader(segmentation, labels, metadata, every=False, lines=lines)
    options = _read_options(reader)
    if not options:
        return BylineChoice(None, [], None, [])
    agreed = _is_agreed(options) and not _is_of_others(options[0], reader)  # nothing that would be weighed against it
    if agreed and not every:
        chosen, line = _as_printed(options[0], reader)
        return _choice(chosen, _candidates(options, {options[0].key: SURE}, options[0]), line, reader)
    set_features(options, segmentation, metadata, url, heading=reader.heading)
    scores = _scores(options)
    if agreed or (labels and isinstance(segmentation, TextPage)):  # few places, each sure: the first in order of trust
        best: Option | None = options[0]
    else:
        threshold = _weights().get("threshold", 0)
        strong = sorted([option for option in options if scores[option.key] >= threshold], key=lambda option: -scores[option.key])
        strong = [option for option in strong if not _is_of_others(option, reader)]
        best = _first_named(_of_the_article(strong, reader), options) if strong else None
    if every:
        options = byline_options(segmentation, labels, metadata, url, every=True, lines=lines)
        scores = _scores(options)
    if best is None:
        return BylineChoice(None, [], None, _candidates(options, scores, None))
    chosen, line = _as_printed(best, reader)
    return _choice(chosen, _candidates(options, scores, best), line, reader)


def _of_the_article(strong: list[Option], reader: Reader) -> Option:
    """Return the best option; whom only elements of comments name gives way to the next that a line at the headline names."""
    if not all(_is_comment(reading, reader) for reading in strong[0].readings):
        return strong[0]
    return next((option for option in strong[1:] if any(_heads_article(reading, reader) for reading in option.readings)), strong[0])


def _heads_article(reading: Reading, reader: Reader) -> bool:
    return reading.block >= 0 and reader.place(reading.block) in AT_HEADLINE and not _is_comment(reading, reader)


def _is_comment(reading: Reading, reader: Reader) -> bool:
    return "comments" in surroundings(reader.page, reading.block, reader.heading)


def _is_of_others(option: Option, reader: Reader) -> bool:
    """Whether an element around each name, but not around headline or prose, says that it is a commenter's, or of another story."""
    for reading in option.readings:
        if reading.kind not in NAMED or reading.block < 0 or reader.place(reading.block) in AT_HEADLINE:
            return False
        if any(OTHERS.isdisjoint(surroundings(reader.page, reading.block, own)) for own in (reader.heading, reader.first, reader.last)):
            return False
    return True


def _first_named(best: Option, options: list[Option]) -> Option:
    """Return whom a page names first in the elements that only name `best`: of those who wrote in a thread, whoever opened it."""
    if len(best.key) > 1 or not all(reading.kind in POSTED for reading in best.readings):
        return best
    sources = {reading.source for reading in best.readings}
    like = [option for option in options if len(option.key) == 1 and {reading.source for reading in option.readings} == sources]
    return min(like, key=lambda option: option.readings[0].block)


def _as_printed(option: Option, reader: Reader) -> tuple[Option, Reading | None]:
    """Return the option with the line that prints it: where that names others too, they are its authors."""
    line = printed_line(reader, option.key, option.readings)
    if line is None:
        return option, None
    key = authors_key(line.authors)
    return Option(key, [*option.readings, line] if key == option.key else [line, *option.readings]), line


def _choice(chosen: Option, candidates: list[Candidate], line: Reading | None, reader: Reader) -> BylineChoice:
    printed = line or next((reading for reading in chosen.readings if reading.place not in HEAD), chosen.readings[0])
    return BylineChoice(printed.byline, authors_of(chosen), chosen.readings[0].source, candidates, _own_line(line, chosen, reader))


def _own_line(line: Reading | None, chosen: Option, reader: Reader) -> int | None:
    """Return the body's block above its prose or near its ends that is nothing but the byline, and surely one."""
    readings = [line] if line is not None else []
    readings += [reading for reading in chosen.readings if reading.place in AT_HEADLINE and reading is not line]
    return next((reading.block for reading in readings if _is_own_line(reading, chosen, reader)), None)


def _is_own_line(line: Reading, chosen: Option, reader: Reader) -> bool:
    if not (reader.labels and 0 <= line.block < len(reader.labels) and reader.labels[line.block].kind == "body"):
        return False
    if line.place == "inside" and not reader.is_near_end(line.block):
        return False
    text = reader.page.blocks[line.block].text
    told = any(reading.kind not in BARE for reading in chosen.readings) or opens_byline(text, reader.language)
    if not told and any(given_name(author.name) == "unknown" for author in line.authors):
        return False
    return is_byline_alone(text, list(line.authors), reader.language)


def _is_agreed(options: list[Option]) -> bool:
    """Whether the page names one set of authors only: in its metadata, or people whose first names are known."""
    if len(options) != 1:
        return False
    authors = options[0].readings[0].authors
    named = any(reading.place == "head" for reading in options[0].readings)
    return named or all(author.kind == "person" and given_name(author.name) == "known" for author in authors)


def _scores(options: list[Option]) -> dict[frozenset[str], int]:
    weights = _weights()
    return {option.key: sum([weights.get(feature, 0) for feature in option.features]) for option in options}


@cache
def _weights() -> dict[str, int]:
    return msgspec.json.decode(files("scraper").joinpath("data", "byline.json").read_bytes(), type=dict[str, int])


def authors_of(option: Option) -> list[Author]:
    """Return the option's authors, each with the role and address that any reading gives it."""
    authors = []
    for author in option.readings[0].authors:
        same = [other for reading in option.readings for other in reading.authors if name_key(other.name) == name_key(author.name)]
        role = next((other.role for other in same if other.role), None)
        url = next((other.url for other in same if other.url), None)
        spaced = next((other.name for other in same if " " in other.name), author.name)  # an account's name is printed as a person's
        authors.append(Author(name=author.name if " " in author.name else spaced, role=role, kind=author.kind, url=url))
    return authors


def _candidates(options: list[Option], scores: dict[frozenset[str], int], chosen: Option | None) -> list[Candidate]:
    out = []
    for option in sorted(options, key=lambda option: -scores[option.key]):
        won = chosen is not None and option.key == chosen.key
        agree = ", ".join(dict.fromkeys(one.source for one in option.readings))
        verdict = "best score" if won else "too weak" if chosen is None else "lower score"
        reading = option.readings[0]
        reason = f"{verdict}, {scores[option.key]}: {agree}"
        out.append(Candidate(value=reading.byline, source=reading.source, chosen=won, reason=reason))
    return out


def byline_options(
    segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None, *, every: bool = False, lines: bool = True
) -> list[Option]:
    """Return the page's possible sets of authors with their features, in the order found; `every` reads on where two sources agree."""
    reader = Reader(segmentation, labels, metadata, every=every, lines=lines)
    options = _read_options(reader)
    set_features(options, segmentation, metadata, url, heading=reader.heading)
    return options


def _read_options(reader: Reader) -> list[Option]:
    options: dict[frozenset[str], Option] = {}
    for reading in reader.readings():
        key = authors_key(reading.authors)
        if key and (key in options or len(options) < MAX_OPTIONS):
            options.setdefault(key, Option(key, [])).readings.append(reading)
    if linked := _linked(options, reader):
        return [linked]
    kept = [option for option in options.values() if not any(option.key < key for key in reader.listed)]
    writers = [option for option in kept if not _is_editors(option, reader)]
    if any(author.kind == "person" for option in writers for author in option.readings[0].authors):
        kept = writers
    if any(_is_signed(option, reader) for option in kept):
        kept = [option for option in kept if not _is_site(option, reader)]
    if len(options) < 3:
        return kept
    joined = {"".join(name_key(author.name) for author in option.readings[0].authors) for key, option in options.items() if len(key) > 1}
    return [option for option in kept if option.key.isdisjoint(joined) and not _is_part(option, options)]


def _linked(options: dict[frozenset[str], Option], reader: Reader) -> Option | None:
    """Return the people of whom links at the headline say that they wrote the page, where metadata names them too, or some of them."""
    for key, whole in options.items():
        if _are_linked(whole, reader):
            parts = [part for other, part in options.items() if other <= key]
            if any(reading.place == "head" for part in parts for reading in part.readings):
                return Option(key, [*whole.readings, *(reading for part in parts if part is not whole for reading in part.readings)])
    return None


def _is_signed(option: Option, reader: Reader) -> bool:
    """Whether an element that claims to hold the author, or a line that starts as a byline does, names people at the headline or ends the
    prose.
    """
    authors = option.readings[0].authors
    people = any(author.kind == "person" for author in authors) and all(
        author.kind == "agency" or (author.kind == "person" and given_name(author.name) != "unknown") for author in authors
    )
    claims = [reading for reading in option.readings if reading.kind in SIGNED] if people else []
    placed = [one for one in claims if one.place in AT_HEADLINE or reader.last - ENDS < one.block <= reader.last + 1]
    return any(_is_articles(one, reader) for one in placed)


def _is_articles(reading: Reading, reader: Reader) -> bool:
    """Whether no element around a name says that it is a commenter's, or of another story."""
    return surroundings(reader.page, reading.block, reader.heading).isdisjoint(OTHERS)


def _is_site(option: Option, reader: Reader) -> bool:
    """Whether only metadata names the option's authors, and they are the site, as content systems write where they are told of nobody."""
    stated = all(reading.place == "head" for reading in option.readings)
    return stated and all(_is_named_after(name_key(author.name), reader.sites) for author in option.readings[0].authors)


def _is_named_after(key: str, sites: set[str]) -> bool:
    """Whether a name is a site's, or begins with one: its publisher's."""
    return key in sites or any(len(site) >= MIN_SITE and key.startswith(site) for site in sites)


def _is_editors(option: Option, reader: Reader) -> bool:
    """Whether only lines that credit whoever edited name the option's authors."""
    blocks, language = reader.page.blocks, reader.language
    lines = [reading.block for reading in option.readings if reading.kind in LINES and 0 <= reading.block < len(blocks)]
    return len(lines) == len(option.readings) and all(credits_editor(blocks[line].text, language) for line in lines)


def _is_part(option: Option, options: dict[frozenset[str], Option]) -> bool:
    """Whether the option names some of those whom the page surely names together: in one line that starts as a byline does and holds all
    its elements, or in metadata and as many elements.
    """
    if any(reading.place == "head" for reading in option.readings):
        return False
    return any(option.key < key and _is_whole(other, option) for key, other in options.items())


def _are_linked(option: Option, reader: Reader) -> bool:
    """Whether links at the headline say of each of several people that they wrote the page."""
    links = [reading for reading in option.readings if reading.kind in ("rel", "rels")]
    at_headline = any(reading.kind == "rels" and reading.place in AT_HEADLINE for reading in links)
    people = all(author.kind == "person" and is_full_name(author.name) for author in option.readings[0].authors)
    return at_headline and people and all(_is_articles(reading, reader) for reading in links)


def _is_whole(option: Option, part: Option) -> bool:
    kinds = {reading.kind for reading in option.readings}
    if not kinds.isdisjoint(SEVERAL) and any(reading.place == "head" for reading in option.readings):
        return True
    lines = {
        reading.block + at for reading in option.readings if reading.kind == "text" or reading.lines > 1 for at in range(reading.lines)
    }
    known = all(given_name(author.name) != "unknown" for author in option.readings[0].authors)
    return known and all(reading.block in lines for reading in part.readings)
