"""The body of a page that a script fills: the article found in the data that the page carries for its scripts.

Nothing here knows a site or a framework. Of the passages found, the one taken is the longest that is prose, that belongs to the page's own
headline rather than to another article's, and that lies under no key that says otherwise.
"""

import re
from typing import Any, NamedTuple

from normalise.text import STOPS, unescape
from scraper.embedded.passages import CASELESS, MIN_CHARS, SENTENCE_CHARS, TITLE_CHARS, Passage, size_of, words_of
from scraper.embedded.script_state import page_states
from scraper.embedded.search import Search, key_names, title_of
from scraper.metadata import Metadata, Value

_PROSE = 0.5  # share of the text in paragraphs that read like sentences
_ALIKE = 0.6  # of the words of two titles of one article
_SHARED = 0.5  # of the words of the page's title that an article with no title of its own says too
_INNER = 0.93  # a part with this much of the whole's text is the article, the rest is what stands around it
_AS_GOOD = 0.9  # of the best score: then one in paragraphs is preferred to one long line
_AGREED = 1.5  # a text that says whose it is counts this many times
_END = re.compile(rf"[{STOPS}:][\"'”’»)\]」]{{0,2}}\Z|[.!?]\s|[。！？]")
_CODE = frozenset("{}<>=;|\\_$^~")
_AUTHORS = 20
_NAMES = ("name", "fullName", "displayName", "title")  # keys of a person's name
_TITLE_END = re.compile(r"</title", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,100}>", re.IGNORECASE)


class EmbeddedBody(NamedTuple):
    """An article's paragraphs, where they stand, and what the object that holds them says of the article, by field of `Metadata`.

    The place is "json-ld:articleBody", "script:__NEXT_DATA__.props.pageProps.article.body" or "attribute:data-props.post.html".
    """

    paragraphs: list[str]
    source: str
    told: dict[str, list[Value]]


def embedded_body(text: str, metadata: Metadata) -> EmbeddedBody | None:
    """Return the article in the data of the page with the source `text`, `None` for none."""
    page = _Titles.of(text, metadata)
    found = [
        Passage([line for part in value.value.split("\n") if (line := " ".join(part.split()))], True, value.source, ())
        for value in metadata.body
    ]
    search = Search(page.names)
    for state in page_states(text):
        found += search.passages(state)
    scored = [(score, passage) for passage in found if (score := _score(passage, page))]
    if not scored:
        return None
    most = max(score for score, _ in scored)
    best = max(scored, key=lambda entry: (entry[0] >= _AS_GOOD * most, len(entry[1].paragraphs) > 1, entry[0]))[1]
    size = size_of(best.paragraphs)
    inner = next(
        (
            passage
            for _, passage in scored
            if passage.root == best.root and passage.path[: len(best.path)] == best.path and size_of(passage.paragraphs) >= _INNER * size
        ),
        best,
    )
    return EmbeddedBody(_without_repeats(inner.paragraphs), inner.source, _told(best))


def _told(passage: Passage) -> dict[str, list[Value]]:
    """Return what the article's object says of itself, but for JSON-LD's, which is metadata already."""
    article, names = passage.article, key_names()
    if article is None or passage.root == "json-ld:":
        return {}
    titles = [(key, title) for key in names.titles if (title := title_of(article.get(key)))][:1]
    people = [(key, person) for key in names.authors for person in _listed(article.get(key))]
    authors = [(key, name) for key, person in people if (name := _name(person))]
    dates = [(key, str(date)) for key in names.dates if isinstance(date := article.get(key), (str, int)) and date and date is not True]
    return {
        field: [Value(value[:TITLE_CHARS], passage.source_of(key)) for key, value in found]
        for field, found in (("headline", titles), ("author", authors), ("published", dates))
        if found
    }


def _listed(value: Any) -> list[Any]:
    return value[:_AUTHORS] if isinstance(value, list) else [value]


def _name(person: Any) -> str | None:
    if isinstance(person, dict):
        parts = [person[key] for key in ("firstName", "lastName") if isinstance(person.get(key), str)]
        person = next((person[key] for key in _NAMES if isinstance(person.get(key), str)), " ".join(parts))
    return person.strip() or None if isinstance(person, str) else None


class _Titles(NamedTuple):
    """What the page is about: the words of each of its titles, and those of titles and description together."""

    titles: list[frozenset[str]]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str, metadata: Metadata) -> "_Titles":
        printed = [value.value for value in metadata.headline]
        if (start := _TITLE.search(text)) and (end := _TITLE_END.search(text, start.end(), start.end() + 2_000)):
            printed.append(unescape(text[start.end() : end.start()]))
        titles = [words for title in printed[:10] if (words := words_of(title[:TITLE_CHARS]))]
        about = [value.value[:TITLE_CHARS] for value in metadata.description[:3]]
        return cls(titles, frozenset().union(*titles, *map(words_of, about)))

    def names(self, title: str) -> bool:
        """Whether `title` is this page's: the whole of it, without the site's name perhaps."""
        words = words_of(title[:TITLE_CHARS])
        return any(len(words & own) >= _ALIKE * max(1, min(len(words), len(own))) and len(words) > 1 for own in self.titles)


def _score(passage: Passage, page: _Titles) -> float:
    """How much article there is in a passage; 0 where it is none of this page's."""
    if passage.agrees is False:
        return 0
    size = size_of(passage.paragraphs)
    prose = sum(len(text) for text in passage.paragraphs if _is_sentence(text))
    if size < MIN_CHARS or prose < _PROSE * size:
        return 0
    if passage.agrees:
        return _AGREED * prose
    said = words_of(" ".join(passage.paragraphs)[:20_000])
    return prose if page.words and len(page.words & said) >= _SHARED * len(page.words) else 0


def _is_sentence(text: str) -> bool:
    head = text[:2_000]
    if len(head) < SENTENCE_CHARS and not (len(head) > 15 and CASELESS.search(head)):
        return False
    if sum(map(head.count, _CODE)) * 50 > len(head) or not _END.search(head):
        return False
    return bool(CASELESS.search(head)) or head.count(" ") * 14 > len(head)


def _without_repeats(paragraphs: list[str]) -> list[str]:
    seen: set[str] = set()
    return [text for text in paragraphs if len(text) < SENTENCE_CHARS or not (text in seen or seen.add(text))]  # type: ignore[func-returns-value]
