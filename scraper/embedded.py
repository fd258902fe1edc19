"""The body of a page that a script fills: the article found in the data that the page carries for its scripts.

Nothing here knows a site or a framework. Every string of the page's data is a candidate, and so is every list whose items are parts of a
text (paragraph objects of any content system, steps of an instruction). The one taken is the longest that is prose, that belongs to
the page's own headline rather than to another article's, and that lies under no key that says otherwise.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from normalise.text import unescape
from scraper.document import parse_document
from scraper.metadata import Metadata
from scraper.page import Page
from scraper.script_state import State, page_states, string_states
from scraper.walk import segment

_MIN_CHARS = 400  # a shorter text is a teaser as likely as an article
_SENTENCE_CHARS = 50
_PROSE = 0.5  # share of the text in paragraphs that read like sentences
_SUMMARY_CHARS = 1_500  # a longer description without markup is the text itself
_LONG = 80  # a string of this length is text under any key
_DEPTH = 60
_VALUES = 300_000
_MARKUP_CHARS = 3_000_000  # of all fragments that are parsed
_TITLE_CHARS = 300
_SOURCE_CHARS = 200
_KEY_CHARS = 40
_STATES_DEEP = 3  # JSON in a string of JSON in a string
_ALIKE = 0.6  # of the words of two titles of one article
_SHARED = 0.5  # of the words of the page's title that an article with no title of its own says too
_INNER = 0.93  # a part with this much of the whole's text is the article, the rest is what stands around it
_AS_GOOD = 0.9  # of the best score: then one in paragraphs is preferred to one long line
_GRAPH = "@graph"  # JSON-LD's list of things that are no parts of each other
_AGREED = 1.5  # a text that says whose it is counts this many times

_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]{0,10}[\s/>]|!--)")
_ESCAPED_TAG = re.compile(r"&lt;/?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s|/|&gt;)")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_TERM = re.compile(r"[^\W_]+")
_END = re.compile(r"[.!?…:。！？؟।](?:[\"'”’»)\]」]{0,2})\Z|[.!?]\s|[。！？]")
_LAST = re.compile(r"[.!?…:。！？؟।][\"'”’»)\]」]{0,2}\Z")
_CODE = frozenset("{}<>=;|\\_$^~")
_CASELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_TITLE_END = re.compile(r"</title", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,100}>", re.IGNORECASE)


def embedded_body(text: str, metadata: Metadata) -> tuple[list[str], str] | None:
    """Return the paragraphs of the article in the data of the page with the source `text`, and where they stand; `None` for none.

    The place is "json-ld:articleBody", "script:__NEXT_DATA__.props.pageProps.article.body" or "attribute:data-props.post.html".
    """
    page = _Titles.of(text, metadata)
    found = [
        _Passage([line for part in value.value.split("\n") if (line := " ".join(part.split()))], True, value.source, ())
        for value in metadata.body
    ]
    search = _Search(page)
    for state in page_states(text):
        found += search.passages(state)
    scored = [(score, passage) for passage in found if (score := _score(passage, page))]
    if not scored:
        return None
    most = max(score for score, _ in scored)
    best = max(scored, key=lambda entry: (entry[0] >= _AS_GOOD * most, len(entry[1].paragraphs) > 1, entry[0]))[1]
    size = _size(best.paragraphs)
    inner = next(
        (
            passage
            for _, passage in scored
            if passage.root == best.root and passage.path[: len(best.path)] == best.path and _size(passage.paragraphs) >= _INNER * size
        ),
        best,
    )
    return _without_repeats(inner.paragraphs), inner.source


class _Passage(NamedTuple):
    """A candidate: its paragraphs, and whether a title near it is the page's; `None` where it has no title."""

    paragraphs: list[str]
    agrees: bool | None
    root: str
    path: tuple[str, ...]

    @property
    def source(self) -> str:
        keys = [key[:_KEY_CHARS] for key in self.path]
        if self.root == "json-ld:":
            keys = [key for key in keys if not key.isdigit()][-1:]
        return ".".join((self.root, *keys)).replace(":.", ":", 1)[:_SOURCE_CHARS]


class _Titles(NamedTuple):
    """What the page is about: the words of each of its titles, and those of titles and description together."""

    titles: list[frozenset[str]]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str, metadata: Metadata) -> "_Titles":
        printed = [value.value for value in metadata.headline]
        if (start := _TITLE.search(text)) and (end := _TITLE_END.search(text, start.end(), start.end() + 2_000)):
            printed.append(unescape(text[start.end() : end.start()]))
        titles = [words for title in printed[:10] if (words := _words(title[:_TITLE_CHARS]))]
        about = [value.value[:_TITLE_CHARS] for value in metadata.description[:3]]
        return cls(titles, frozenset().union(*titles, *map(_words, about)))

    def names(self, title: str) -> bool:
        """Whether `title` is this page's: the whole of it, without the site's name perhaps."""
        words = _words(title[:_TITLE_CHARS])
        return any(len(words & own) >= _ALIKE * max(1, min(len(words), len(own))) and len(words) > 1 for own in self.titles)


def _words(text: str) -> frozenset[str]:
    """The words that tell one text from another: those of four letters and more; pairs of characters where words are not spaced."""
    text = text.casefold()
    if _CASELESS.search(text):
        return frozenset(text[at : at + 2] for at in range(len(text) - 1) if text[at : at + 2].isalpha())
    return frozenset(word for word in _TERM.findall(text) if len(word) > 3 or word.isdigit())


def _score(passage: _Passage, page: _Titles) -> float:
    """How much article there is in a passage; 0 where it is none of this page's."""
    if passage.agrees is False:
        return 0
    size = _size(passage.paragraphs)
    prose = sum(len(text) for text in passage.paragraphs if _is_sentence(text))
    if size < _MIN_CHARS or prose < _PROSE * size:
        return 0
    if passage.agrees:
        return _AGREED * prose
    said = _words(" ".join(passage.paragraphs)[:20_000])
    return prose if page.words and len(page.words & said) >= _SHARED * len(page.words) else 0


def _is_sentence(text: str) -> bool:
    head = text[:2_000]
    if len(head) < _SENTENCE_CHARS and not (len(head) > 15 and _CASELESS.search(head)):
        return False
    if sum(map(head.count, _CODE)) * 50 > len(head) or not _END.search(head):
        return False
    return bool(_CASELESS.search(head)) or head.count(" ") * 14 > len(head)


def _size(paragraphs: list[str]) -> int:
    return sum(map(len, paragraphs))


def _without_repeats(paragraphs: list[str]) -> list[str]:
    seen: set[str] = set()
    return [text for text in paragraphs if len(text) < _SENTENCE_CHARS or not (text in seen or seen.add(text))]  # type: ignore[func-returns-value]


class _Part(NamedTuple):
    """Text of one value: paragraphs, or a run inside one (`inline`, then a single string, not stripped).

    `marked` is 2 for a string with markup, 1 for what holds such strings, 0 further out: only near each other are they one text.
    """

    paragraphs: list[str]
    inline: bool
    marked: int = 0


class _Open:
    """An object or list whose values are being read; `role` is the key under which it, or the list around it, stands."""

    def __init__(self, node: Any, key: str, parent: "_Open | None") -> None:
        names = _names()
        self.key = key
        self.role: str = parent.role if parent is not None and parent.ordered else key
        self.parts: list[_Part] = []
        self.values: Iterator[tuple[str, Any]]
        self.title: str | None = None
        self.identified = False
        element = _react_element(node)
        if element:
            kind, self.values = element[0], iter([("props", element[1])])
        elif isinstance(node, list):
            kind, self.values = None, iter((str(at), value) for at, value in enumerate(node))
        else:
            kind, self.values = None, iter(node.items())
            telling = _telling().intersection(node)
            if telling:
                kind = next((value for name in names.types if name in telling and isinstance(value := node[name], str)), None)
                self.title = next((title for name in names.titles if name in telling and (title := _title(node[name]))), None)
                self.identified = self.title is not None and _is_identified(node, kind)
        self.is_object = isinstance(node, dict)
        self.ordered: bool = not element and (not self.is_object or _is_numbered(node))
        kind = (kind or "").casefold()
        self.unwanted = kind in names.unwanted_types
        self.inline = kind in names.inline_types or (not kind and self.is_object and self.role in names.inline_lists)
        self.typed = bool(kind)


class _Search:
    """One page's search. Values are walked with a stack of its own, since data can nest deeper than Python recurses."""

    def __init__(self, page: _Titles) -> None:
        self.page = page
        self.values = _VALUES
        self.markup = _MARKUP_CHARS

    def passages(self, state: State) -> Iterator[_Passage]:
        """Yield the candidates in one value, inner ones first."""
        pending: list[tuple[State, tuple[str, ...], int]] = [(state, (), 0)]
        while pending:
            state, prefix, level = pending.pop()
            nested: list[tuple[str, tuple[str, ...]]] = []
            if isinstance(state.value, str):
                nested.append((state.value, ()))
            else:
                for path, agrees, paragraphs in self._walk(state.value, nested):
                    yield _Passage(paragraphs, agrees, f"{state.kind}:{state.name}", prefix + path)
            if level < _STATES_DEEP:
                for text, path in nested:
                    pending += [(inner, prefix + path, level + 1) for inner in string_states(text, state)]

    def _walk(self, value: Any, nested: list[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[tuple[str, ...], bool | None, list[str]]]:
        """Yield (path, agreement, paragraphs) of every candidate; put strings that hold data on `nested`."""
        root = _Open(value, "", None)
        stack = [] if root.unwanted else [root]
        while stack and self.values > 0:
            top = stack[-1]
            key, child = next(top.values, (None, None))
            self.values -= 1
            if key is None:
                part, is_new = _close(top)
                if is_new and part is not None and _size(part.paragraphs) >= _MIN_CHARS:
                    yield *self._place(stack), part.paragraphs
                stack.pop()
                if stack and part is not None and not (top.identified and not self.page.names(top.title or "")):
                    stack[-1].parts.append(part)
            elif isinstance(child, str):
                part = self._read_string(child, key, top)
                if part is None:
                    continue
                path, agrees = self._place(stack)
                if _holds_data(child):
                    nested.append((child, (*path, key)))
                    continue
                if _size(part.paragraphs) >= _MIN_CHARS:
                    yield (*path, key), agrees, part.paragraphs
                if top.role or not top.ordered:  # a list of everything is how some states are printed flat
                    top.parts.append(part)
            elif isinstance(child, (dict, list)) and len(stack) < _DEPTH and (top.ordered or not _is_unwanted(key)):
                opened = _Open(child, key, top)
                if not opened.unwanted:
                    stack.append(opened)

    def _place(self, stack: list[_Open]) -> tuple[tuple[str, ...], bool | None]:
        """The path of the value that is read, and whether the nearest title above it is the page's."""
        path = tuple(opened.key for opened in stack[1:])
        for opened in reversed(stack):
            if opened.title is not None:
                if self.page.names(opened.title):
                    return path, True
                if opened.identified:
                    return path, False
        return path, None

    def _read_string(self, text: str, key: str, holder: _Open) -> _Part | None:
        names = _names()
        role = holder.role if holder.ordered else key
        if not text or (role not in names.texts and len(text) < _LONG) or _is_unwanted(role):
            return None
        if _is_address(text):
            return None
        if role in names.summaries and len(text) < _SUMMARY_CHARS and not _TAG.search(text):
            return None
        inline = holder.inline or (holder.ordered and role in names.inline_lists)
        if "&lt;" in text and "<" not in text and _ESCAPED_TAG.search(text):
            text = unescape(text)
        if "<" in text and _TAG.search(text):
            if self.markup < len(text):
                return None
            self.markup -= len(text)
            lines = _fragment(text)
            return _Part([" ".join(lines)], True) if inline else _Part(lines, False, 2)
        if "&" in text:
            text = unescape(text)
        return _Part([text], True) if inline else _Part(_stripped([text]), False)


def _close(opened: _Open) -> tuple[_Part | None, bool]:
    """Return the text of an object or list once all its values are read, and whether it is more than that of one of them."""
    parts = opened.parts
    if not parts:
        return None, False
    longest = max(parts, key=lambda part: _size(part.paragraphs))
    if opened.role == _GRAPH:
        return longest, False
    if opened.ordered:
        part = _joined(parts)
        return part, len(parts) > 1 and not part.inline
    near = 2 if opened.title and not longest.marked else 1
    chosen = [
        part for part in parts if part is longest or (part.marked >= near and longest.marked + near > 1 and not _repeats(part, longest))
    ]
    part = longest if len(chosen) == 1 else _joined(chosen)
    if opened.inline:
        part = _Part([" ".join(part.paragraphs)], True)
    elif part.inline and (opened.typed or opened.title):
        part = _Part(_stripped(part.paragraphs), False)
    elif opened.title and not opened.identified and opened.key.isdigit():
        part = _Part(_headed(opened.title, part.paragraphs), False, part.marked)
    return part._replace(marked=max(0, part.marked - 1)), len(chosen) > 1


def _headed(title: str, paragraphs: list[str]) -> list[str]:
    """A section's paragraphs under its title, which may be their beginning already."""
    title = " ".join(title.split())
    return paragraphs if not paragraphs or paragraphs[0].startswith(title) else [title, *paragraphs]


def _joined(parts: list[_Part]) -> _Part:
    """Parts one after the other: runs make one paragraph until a part that is a paragraph of its own."""
    if all(part.inline for part in parts):
        runs = [text for part in parts for text in part.paragraphs]
        if _are_paragraphs(runs):
            return _Part(_stripped(runs), False)
        return _Part(["".join(runs)], True)
    paragraphs: list[str] = []
    run: list[str] = []
    for part in [*parts, _Part([], False)]:
        if part.inline:
            run += part.paragraphs
            continue
        paragraphs += _stripped(["".join(run)])
        run.clear()
        paragraphs += part.paragraphs
    return _Part(paragraphs, False, max(part.marked for part in parts))


def _are_paragraphs(runs: list[str]) -> bool:
    """Whether texts that call themselves runs are paragraphs: most end like one, and no space joins them."""
    whole = sum(len(text) >= _SENTENCE_CHARS and bool(_LAST.search(text[-10:])) for text in runs)
    return len(runs) > 1 and 2 * whole > len(runs) and not any(text[:1].isspace() or text[-1:].isspace() for text in runs)


def _stripped(paragraphs: list[str]) -> list[str]:
    return [line for text in paragraphs for part in text.split("\n") if (line := " ".join(part.split()))]


def _repeats(part: _Part, other: _Part) -> bool:
    """Whether most of a part stands in the other too: an excerpt, the same text in another format."""
    ours, theirs = _words(" ".join(part.paragraphs)[:20_000]), _words(" ".join(other.paragraphs)[:60_000])
    return 2 * len(ours & theirs) > len(ours)


def _is_numbered(node: dict[str, Any]) -> bool:
    """Whether an object is a list by its keys: {"1": …, "2": …}."""
    return len(node) > 1 and next(iter(node)).isdigit() and all(key.isdigit() for key in islice(node, 5))


def _is_identified(node: dict[str, Any], kind: str | None) -> bool:
    """Whether an object with a title is an article of its own, not a section of one."""
    names = _names()
    if any(node.get(name) for name in names.identities):
        return True
    if kind is not None and kind.casefold().endswith(names.sections):
        return False
    return any(isinstance(address := node.get(name), str) and address and "#" not in address for name in names.addresses)


def _holds_data(text: str) -> bool:
    if len(text) <= _MIN_CHARS:
        return False
    head = text[:40].lstrip()
    return not head.startswith("<") and (head.startswith(("{", "[", "%7B", "%5B")) or '{"' in text[:5_000])


def _react_element(node: Any) -> tuple[str, Any] | None:
    """The tag and the properties of an element as React's server stream prints it: ["$", "p", null, {"children": …}]."""
    if isinstance(node, list) and len(node) >= 4 and node[0] == "$" and isinstance(node[1], str) and isinstance(node[3], dict):
        return node[1], node[3]
    return None


def _title(value: Any) -> str | None:
    if isinstance(value, dict):
        value = next((value[key] for key in ("rendered", "text", "value", "basic") if isinstance(value.get(key), str)), None)
    return unescape(value[: 2 * _TITLE_CHARS]) if isinstance(value, str) and value.strip() else None


def _fragment(markup: str) -> list[str]:
    """The paragraphs of an HTML fragment, by the same parser and walk as a page's."""
    document = parse_document(
        Page(body=markup.encode("utf-8", "replace"), charset="utf-8", media_type="text/html"), max_size=_MARKUP_CHARS * 4
    )
    if document.tree is None:
        return _stripped([markup])
    return [block.text for block in segment(document.tree).blocks if block.tag not in ("figcaption", "button")]


class _Names(msgspec.Struct, frozen=True):
    unwanted: frozenset[str]
    unwanted_types: frozenset[str]
    inline_types: frozenset[str]
    types: tuple[str, ...]
    texts: frozenset[str]
    summaries: frozenset[str]
    inline_lists: frozenset[str]
    titles: tuple[str, ...]
    identities: tuple[str, ...]
    addresses: tuple[str, ...]
    sections: tuple[str, ...]


@cache
def _telling() -> frozenset[str]:
    """The keys that say what an object is or is called: most objects have none."""
    return frozenset((*_names().types, *_names().titles))


@cache
def _names() -> _Names:
    return msgspec.convert(tomllib.loads((files("scraper") / "data" / "embedded.toml").read_text("utf-8")), _Names)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "//", "/", "data:")) and " " not in text[:200].strip()


def _is_unwanted(key: str) -> bool:
    return _has_unwanted_word(key[:60])


@lru_cache(4_096)  # a page's data has few keys, each a thousand times
def _has_unwanted_word(key: str) -> bool:
    return not _names().unwanted.isdisjoint([word.lower() for word in _WORD.findall(key)])
