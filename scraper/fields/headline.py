"""The headline: chosen among what the page prints, what its metadata says and what its `<title>` holds.

Candidates that differ only in case and punctuation are one. Each is scored by the sum of its features' weights
(`scraper/data/headline.json`, fitted by `bench/fit_fields.py` on pages whose headline is known); the highest sum wins.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from normalise.article import Candidate
from normalise.headline import MAX_RAW, SEPARATOR_MARK, SEPARATORS, headline_key, may_be_longer, one_line, plain, shortened
from normalise.text import letters
from scraper.blocks import Block, Segmentation
from scraper.classify import Label
from scraper.fields.headline_features import HEADINGS, TRUST, Option, Spelling, set_features
from scraper.fields.prose import headings, prose_range
from scraper.metadata import Metadata
from scraper.text.lines import TextPage

# What is read of a page that has more.
MAX_HEADINGS = 6
MAX_LINES = 12
MAX_STATED = 12
MAX_CANDIDATES = 24
SHORT = 12  # letters; a shorter h1 may be a section's
LONG = 600
AGREED = "the h1 and the metadata agree"
HOST = re.compile(r"(?:https?:)?//(?:[^/@]*@)?(?:www\d?\.|m\.|blog\.|news\.)?([^/:?#]+)([^?#]*)")
SOURCES = {"json-ld:headline": "json-ld", "meta:og:title": "og", "meta:twitter:title": "twitter", "title": "title"}
# Kinds of the sources not listed, by how they begin: an article in the data for scripts states its title as JSON-LD's does.
KINDS = {"json-ld": "name", "script": "json-ld", "attribute": "json-ld"}
# What the page prints is cut only at a site's or section's name: metadata that agrees with a part of it is the shorter form.
PRINTED = frozenset(("h1", "part", "hint", "label", "h2", "h3", "line"))
WHOLE = frozenset(("h1", "og", "json-ld", "twitter", "title"))  # a section that one of these names alone is the page
NONE: frozenset[str] = frozenset()
ISSUE = re.compile(r"\s#\d{1,7}\Z")  # the number that a tracker prints behind an issue's title
BRACKETED = re.compile(r"\s\[([^\[\]]{2,60})\]\s*\Z")
TICKET = re.compile(r"\[[A-Z][A-Z\d]{1,9}-\d{1,7}\] |#?\d{2,7} [-–] ")  # what it prints before one in the page's title
PRINTED_ALONE = 20  # characters of a title that a block holds without the number
QUOTED = ("『』", "「」", "《》", "【】", "«»", "“”")
HEAD_LINES = 4  # of a block, in which a headline may stand
INTO_PROSE = 3  # blocks of a page whose headline is as long as a paragraph
OWN = 20  # letters; a longer name of a site that the title begins with is the page's own


class Headline(NamedTuple):
    """The headline, where it was found, and every candidate; value and source are None where the page has none."""

    value: str | None
    source: str | None
    candidates: list[Candidate]


def choose_headline(
    segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None, *, every: bool = False
) -> Headline:
    """Return the page's headline with its source ("h1", "json-ld:headline", "title", "text:line 3") and its candidates. Never raises.

    Where the h1 and the metadata agree, the other candidates are read only if `every` is set.
    """
    if labels and isinstance(segmentation, TextPage):
        return _choose_line(segmentation, labels, metadata)
    agreed = agreed_option(segmentation, metadata, url)
    if agreed is not None and not every:
        spelling = spelling_of(agreed)
        return Headline(spelling.text, spelling.source, _candidates([agreed], [0], 0, AGREED))
    options = headline_options(segmentation, labels, metadata, url)
    if not options:
        return Headline(None, None, [])
    weight = _weights().get
    scores = [sum(map(weight, option.features, repeat(0))) for option in options]
    best = next((at for at, option in enumerate(options) if agreed is not None and option.key == agreed.key), scores.index(max(scores)))
    spelling = spelling_of(options[best])
    return Headline(spelling.text, spelling.source, _candidates(options, scores, best, AGREED if agreed is not None else "best score"))


def agreed_option(page: Segmentation, metadata: Metadata, url: str | None) -> Option | None:
    """Return the first h1 where og:title, JSON-LD or the title says the same, a site's name beside it or not: right on 19 of 20 pages."""
    start, end = next(iter(headings(page, "h1", 1)), (0, 0))
    stated = [(value.source, value.value) for value in metadata.headline[:6] if value.source in ("json-ld:headline", "meta:og:title")]
    text = _without_kicker(page.blocks[start:end], [value for _, value in stated])
    whole = headline_key(text)
    if letters(whole) < SHORT or len(text) > LONG:
        return None
    host, _ = _address(url)
    _, sites = _sites(page, metadata, host)
    if page.title:
        stated.append(("title", page.title))
    same = [source for source, value in stated if _is_same(headline_key(value), whole, sites)]
    if not same:
        return None
    clean = shortened(one_line(text), "", sites, NONE)
    if clean is None:
        return None
    key = headline_key(clean)
    spellings = [Spelling(clean, "h1", "h1", key != whole)]
    spellings += [Spelling(clean, SOURCES[source], source, key != whole) for source in same]
    return Option(key, spellings)


def _without_kicker(blocks: Sequence[Block], stated: list[str]) -> str:
    """Return an h1's text: of its lines, or of what it ends in without a mark before, that which metadata states alone."""
    text = " ".join(block.text for block in blocks)
    keys = [key for key in map(headline_key, stated) if letters(key) >= SHORT]
    if not keys or len(text) > LONG:
        return text
    if "\n" in text or len(blocks) > 1:
        lines = (line for block in blocks for line in block.text.split("\n"))
        text = next((line for line in lines if headline_key(line) in keys), text)
    whole = headline_key(text)
    for key in keys:
        kicker = whole[: -len(key)]
        # "Tips Which saw for oak?" where the metadata has "Which saw for oak?" and "Tips - Which saw for oak?"
        if whole.endswith(key) and kicker and any(other.startswith(whole) for other in keys):
            rest = text[_end_of(kicker, text) :].lstrip(" \n])}.!?,;")
            if not SEPARATOR_MARK.match(rest):
                return rest
    return text


def _end_of(start: str, text: str) -> int:
    """Return where in `text` the letters of the key `start` end."""
    at = len(start)
    while at < len(text) and len(headline_key(text[:at])) < len(start):
        at += 1
    return at


def _is_same(stated: str, whole: str, sites: frozenset[str]) -> bool:
    """Whether a stated title says what the h1 does, alone or with a site's name before or after it; all as keys."""
    return stated == whole or (whole in stated and (stated.removeprefix(whole) in sites or stated.removesuffix(whole) in sites))


def _sites(page: Segmentation, metadata: Metadata, host: str) -> tuple[str, frozenset[str]]:
    """Return the key of the site's name, and all of its names' keys; some pages give their own title as that name."""
    title = headline_key((page.title or "")[:MAX_RAW])
    keys = [headline_key(value.value) for value in metadata.site_name[:6] if value.source != "json-ld:isPartOf"]
    keys = [key for key in keys if (len(key) < OWN or not title.startswith(key)) and title != key + keys[0]]
    return (keys[0] if keys else ""), frozenset((*keys, host, _titled(page)[1])) - {""}


def _titled(page: Segmentation) -> tuple[str, str]:
    """Return the page's title without the site's name in brackets behind it, and that name's key; an h1 is the name: "Grace [Handbook]"."""
    title = page.title or ""
    match = BRACKETED.search(title[:MAX_RAW]) if "[" in title else None
    name = headline_key(match[1]) if match else ""
    if match and name in [headline_key(" ".join(block.text for block in page.blocks[start:end])) for start, end in headings(page, "h1")]:
        return title[: match.start()], name
    return title, ""


def _choose_line(page: TextPage, labels: Sequence[Label], metadata: Metadata) -> Headline:
    """Choose a text page's headline: its front matter's, its first "# " heading, or the line that the classifier calls one."""
    spellings = [Spelling(value.value, "meta", value.source) for value in metadata.headline]
    for kind in ("label", "h1"):
        for block, label in zip(page.blocks, labels, strict=True):
            if (label.kind == "headline") if kind == "label" else (block.tag == "h1"):
                spellings.append(Spelling(block.text[:MAX_RAW], kind, f"text:line {page.lines[block.index]}"))
    site, sites = _sites(page, metadata, "")
    names = sites | _sections(page, metadata, spellings)
    options: dict[str, Option] = {}
    for one in spellings[:MAX_CANDIDATES]:
        text = shortened(plain(one.text), site, names, NONE) or (one.kind == "label" and plain(one.text))
        if text:
            options.setdefault(headline_key(text), Option(headline_key(text), [])).spellings.append(one._replace(text=text))
    listed = list(options.values())
    if not listed:
        return Headline(None, None, [])
    best = spelling_of(listed[0])
    return Headline(
        best.text, best.source, _candidates(listed, [len(listed) - at for at in range(len(listed))], 0, "first in order of trust")
    )


@cache
def _weights() -> dict[str, int]:
    return msgspec.json.decode(files("scraper").joinpath("data", "headline.json").read_bytes(), type=dict[str, int])


def spelling_of(option: Option) -> Spelling:
    """Return the option's most trusted spelling; one in brackets as a whole is only quoted there, where another has none."""
    best = min(option.spellings, key=lambda spelling: TRUST.index(spelling.kind))
    if best.text[0] + best.text[-1] in QUOTED:
        return next((one for one in option.spellings if one.text == best.text[1:-1]), best)
    return best


def _candidates(options: list[Option], scores: list[int], best: int, why: str) -> list[Candidate]:
    out = []
    for at in sorted(range(len(options)), key=lambda at: -scores[at]):
        spelling = spelling_of(options[at])
        agree = ", ".join(dict.fromkeys(one.source for one in options[at].spellings))
        reason = f"{why}: {agree}" if at == best else f"score {scores[at]}, {scores[best] - scores[at]} behind: {agree}"
        out.append(Candidate(value=spelling.text, source=spelling.source, chosen=at == best, reason=reason))
    return out


def headline_options(segmentation: Segmentation, labels: Sequence[Label], metadata: Metadata, url: str | None) -> list[Option]:
    """Return the page's possible headlines with their features, in the order found."""
    host, path = _address(url)
    site, sites = _sites(segmentation, metadata, host)
    found = list(_spellings(segmentation, labels, metadata))
    sites |= _named_beside(segmentation, found)
    sections = _sections(segmentation, metadata, found)
    listed = _options(found, host, site, sites | sections, sites)
    if not listed and sections:  # the page is a section's own
        listed = _options(found, host, site, sites, sites)
    if len(listed) > 1:  # one alone needs nothing that speaks for it
        set_features(listed, segmentation, path)
    return listed


def _options(found: list[Spelling], host: str, site: str, names: frozenset[str], sites: frozenset[str]) -> list[Option]:
    """Return what is found as it stands, and without the names of site and section."""
    agreed = frozenset(headline_key(one.text) for one in found) | _shared(found)
    options: dict[str, Option] = {}
    cleaned: dict[tuple[str, bool], str | None] = {}
    for one in found:
        printed = one.kind in PRINTED
        if (one.text, printed) not in cleaned:
            text = shortened(one.text, "", sites, NONE) if printed else shortened(one.text, site, names, agreed)
            if text and host and not printed and may_be_longer(text):
                text = shortened(text, host, names, agreed)
            cleaned[one.text, printed] = None if text is None or headline_key(text) in names else text
        text = cleaned[one.text, printed]
        if text is None:
            continue
        key = headline_key(text)
        whole = headline_key(one.text)
        if key != whole and len(options) < MAX_CANDIDATES:
            options.setdefault(whole, Option(whole, [])).spellings.append(one)
        if key in options or len(options) < MAX_CANDIDATES:
            options.setdefault(key, Option(key, [])).spellings.append(one._replace(text=text, cut=key != whole))
    return list(options.values())


def _shared(found: list[Spelling]) -> frozenset[str]:
    """Return the keys of what two stated titles begin with, up to a mark, where their ends differ: "Title • Forum", "Title : board"."""
    ends: dict[str, set[str]] = {}
    for one in found:
        if one.kind in WHOLE and one.kind != "h1" and may_be_longer(one.text):
            marks = list(SEPARATORS.finditer(one.text))
            start = headline_key(one.text[: marks[-1].start()]) if marks else ""
            if len(start) >= SHORT:
                ends.setdefault(start, set()).add(headline_key(one.text[marks[-1].end() :]))
    return frozenset(key for key, rests in ends.items() if len(rests) > 1)


def _named_beside(page: Segmentation, found: list[Spelling]) -> frozenset[str]:
    """Return the key of what the title has beside the headline that is printed alone: the site's name, which may be a heading."""
    title = headline_key((page.title or "")[:MAX_RAW])
    printed = [headline_key(one.text) for one in found if one.kind == "label" and one.source.startswith("text:")]
    return frozenset(title.removesuffix(key).removeprefix(key) for key in printed) - {""}


def _sections(page: Segmentation, metadata: Metadata, found: list[Spelling]) -> frozenset[str]:
    """Return the keys of the sections' names. A breadcrumb may end in the headline: that crumb is no name."""
    sections = {headline_key(value.value) for value in metadata.section[:6]}
    sections |= {headline_key(crumb) for crumb in metadata.breadcrumb[:8]}
    sections |= {headline_key(hint.text) for hint in page.hints if hint.kind in ("section", "breadcrumb") and len(hint.text) < 60}
    printed = [headline_key(one.text) for one in found if one.kind in WHOLE]
    return frozenset(
        name for name in sections if name and not any(key.startswith(name) and (key == name or len(name) > 20) for key in printed)
    )


def _address(url: str | None) -> tuple[str, str]:
    """Return the key of the host's own name ("theguardian") and the words of the path, in one string."""
    match = HOST.match((url or "")[:2000])
    if match is None:
        return "", ""
    labels = match[1].lower().split(".")
    own = max(labels[:-1] or labels, key=len)
    return headline_key(own), unquote(match[2]).lower()


def _spellings(page: Segmentation, labels: Sequence[Label], metadata: Metadata) -> Iterator[Spelling]:
    body, _ = prose_range(page)
    for source, kind, text, block in _sources(page, labels, metadata, body):
        text = (one_line if kind in PRINTED else plain)(text[:MAX_RAW])
        if text and len(text) < LONG:
            linked = kind in HEADINGS and page.blocks[block].link_chars * 2 > len(text)
            yield Spelling(text, kind, source, after_body=block > body, linked=linked)


def _stated(page: Segmentation, metadata: Metadata) -> str:
    """Return the keys of the title and of what metadata states, in one string: a lower heading that is beside an h1 must be there too."""
    return " ".join([headline_key(value.value) for value in metadata.headline[:MAX_STATED]] + [headline_key(page.title or "")])


def _without_number(text: str, title: str) -> str | None:
    """Return an h1 without the number that a tracker prints behind it, where the page's title goes on differently: "… · Issue #12"."""
    number = ISSUE.search(text)
    cut = text[: number.start()] if number else ""
    return cut if cut and title.startswith(cut) and not title.startswith(text) else None


def _without_ticket(title: str, page: Segmentation) -> str:
    """Return the page's title without the number that a tracker prints before it, where a block of the page is the title without it."""
    number = TICKET.match(title)
    rest = title[number.end() :] if number else ""
    printed = rest and any(len(block.text) >= PRINTED_ALONE and rest.startswith(block.text) for block in page.blocks)
    return rest if printed else title


def printed_alone(page: Segmentation, body: int) -> Iterator[tuple[str, int]]:
    """Yield the lines above the prose, or at its start, that are the greater part of the title ("Courier: Line"), with their blocks."""
    title = headline_key((page.title or "")[:MAX_RAW]) if may_be_longer(page.title or "") else ""
    for block in page.blocks[: body + INTO_PROSE] if title else ():
        if len(block.text) >= LONG or 2 * block.link_chars > len(block.text) or block.tag in HEADINGS:
            continue
        for line in block.text.split("\n")[:HEAD_LINES]:
            key = headline_key(line) if letters(line) >= SHORT else ""
            if 2 * len(key) >= len(title) > len(key) and (title.startswith(key) or title.endswith(key)):
                yield line, block.index


def _sources(page: Segmentation, labels: Sequence[Label], metadata: Metadata, body: int) -> Iterator[tuple[str, str, str, int]]:
    """Yield (source, kind, text, block) of everything that may be the headline."""
    h1s = headings(page, "h1")
    for start, end in h1s:
        yield "h1", "h1", " ".join(block.text for block in page.blocks[start:end]), start
        if end - start > 1:
            for at in range(start, end):
                yield "h1", "part", page.blocks[at].text, at
        elif title := _without_number(page.blocks[start].text, page.title or ""):
            yield "h1", "part", title, start
    for value in metadata.headline[:MAX_STATED]:
        kind = SOURCES.get(value.source) or KINDS.get(value.source.partition(":")[0], "meta")
        yield value.source, kind, value.value, 0
    if page.title:
        yield "title", "title", _without_ticket(_titled(page)[0], page), 0
    for hint in [hint for hint in page.hints if hint.kind == "headline"][:MAX_HEADINGS]:
        yield hint.source, "hint", hint.value if hint.source.startswith("itemprop") and hint.value else hint.text, hint.block
    for line, at in () if h1s or metadata.headline else printed_alone(page, body):
        yield f"text:block {at}", "label", line, at
    for at, label in enumerate(labels):
        if label.kind == "headline":
            yield "label", "label", page.blocks[at].text, at
    stated = _stated(page, metadata) if page.title and h1s else None
    for tag in ("h2", "h3"):
        for start, end in headings(page, tag, MAX_HEADINGS):
            text = " ".join(block.text for block in page.blocks[start:end])
            if stated is None or headline_key(text) in stated:
                yield tag, tag, text, start
    if not page.tags:
        for block in page.blocks[: min(MAX_LINES, body + 1)]:
            yield f"text:line {block.index + 1}", "line", block.text, block.index
