"""The search for passages in one value of a page's data, whatever site or framework made it.

Every string is a candidate, and so is every list whose items are parts of a text (paragraph objects of any content system, steps of an
instruction), unless it lies under a key that says otherwise.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

import msgspec

from normalise.text import unescape
from scraper.document import parse_document
from scraper.embedded.passages import MIN_CHARS, TITLE_CHARS, Part, Passage, headed, joined, repeats, size_of, stripped
from scraper.embedded.script_state import State, string_states
from scraper.page import Page
from scraper.walk import segment

_SUMMARY_CHARS = 1_500  # a longer description without markup is the text itself
_LONG = 80  # a string of this length is text under any key
_DEPTH = 60
_VALUES = 300_000
_MARKUP_CHARS = 3_000_000  # of all fragments that are parsed
_STATES_DEEP = 3  # JSON in a string of JSON in a string
_GRAPH = "@graph"  # JSON-LD's list of things that are no parts of each other

_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]{0,10}[\s/>]|!--)")
_ESCAPED_TAG = re.compile(r"&lt;/?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s|/|&gt;)")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class _Open:
    """An object or list whose values are being read; `role` is the key under which it, or the list around it, stands."""

    def __init__(self, node: Any, key: str, parent: "_Open | None") -> None:
        names = key_names()
        self.node = node
        self.key = key
        self.role: str = parent.role if parent is not None and parent.ordered else key
        self.parts: list[Part] = []
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
                self.title = next((title for name in names.titles if name in telling and (title := title_of(node[name]))), None)
                self.identified = self.title is not None and _is_identified(node, kind)
        self.is_object = isinstance(node, dict)
        self.ordered: bool = not element and (not self.is_object or _is_numbered(node))
        kind = (kind or "").casefold()
        self.unwanted = kind in names.unwanted_types
        self.inline = kind in names.inline_types or (not kind and self.is_object and self.role in names.inline_lists)
        self.typed = bool(kind)


class Search:
    """One page's search; `is_own` tells whether a title is the page's.

    Values are walked with a stack of its own, since data can nest deeper than Python recurses.
    """

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.is_own = is_own
        self.values = _VALUES
        self.markup = _MARKUP_CHARS

    def passages(self, state: State) -> Iterator[Passage]:
        """Yield the candidates in one value, inner ones first."""
        pending: list[tuple[State, tuple[str, ...], int]] = [(state, (), 0)]
        while pending:
            state, prefix, level = pending.pop()
            nested: list[tuple[str, tuple[str, ...]]] = []
            if isinstance(state.value, str):
                nested.append((state.value, ()))
            else:
                for found in self._walk(state.value, nested):
                    yield found._replace(root=f"{state.kind}:{state.name}", path=prefix + found.path, depth=len(prefix) + found.depth)
            if level < _STATES_DEEP:
                for text, path in nested:
                    pending += [(inner, prefix + path, level + 1) for inner in string_states(text, state)]

    def _walk(self, value: Any, nested: list[tuple[str, tuple[str, ...]]]) -> Iterator[Passage]:
        """Yield every candidate; put strings that hold data on `nested`."""
        root = _Open(value, "", None)
        stack = [] if root.unwanted else [root]
        while stack and self.values > 0:
            top = stack[-1]
            key, child = next(top.values, (None, None))
            self.values -= 1
            if key is None:
                part, is_new = _close(top)
                if is_new and part is not None and size_of(part.paragraphs) >= MIN_CHARS:
                    yield self._passage(stack, part.paragraphs)
                stack.pop()
                if stack and part is not None and not (top.identified and not self.is_own(top.title or "")):
                    stack[-1].parts.append(part)
            elif isinstance(child, str):
                part = self._read_string(child, key, top)
                if part is None:
                    continue
                if _holds_data(child):
                    nested.append((child, (*_path(stack), key)))
                    continue
                if size_of(part.paragraphs) >= MIN_CHARS:
                    found = self._passage(stack, part.paragraphs)
                    yield found._replace(path=(*found.path, key))
                if top.role or not top.ordered:  # a list of everything is how some states are printed flat
                    top.parts.append(part)
            elif isinstance(child, (dict, list)) and len(stack) < _DEPTH and (top.ordered or not _is_unwanted(key)):
                opened = _Open(child, key, top)
                if not opened.unwanted:
                    stack.append(opened)

    def _passage(self, stack: list[_Open], paragraphs: list[str]) -> Passage:
        """The candidate at the value that is read, with the nearest title above it that is the page's or another article's."""
        for depth in range(len(stack) - 1, -1, -1):
            opened = stack[depth]
            if opened.title is not None:
                if self.is_own(opened.title):
                    return Passage(paragraphs, True, "", _path(stack), opened.node, depth)
                if opened.identified:
                    return Passage(paragraphs, False, "", _path(stack))
        return Passage(paragraphs, None, "", _path(stack))

    def _read_string(self, text: str, key: str, holder: _Open) -> Part | None:
        names = key_names()
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
            return Part([" ".join(lines)], True) if inline else Part(lines, False, 2)
        if "&" in text:
            text = unescape(text)
        return Part([text], True) if inline else Part(stripped([text]), False)


def _path(stack: list[_Open]) -> tuple[str, ...]:
    return tuple(opened.key for opened in stack[1:])


def _close(opened: _Open) -> tuple[Part | None, bool]:
    """Return the text of an object or list once all its values are read, and whether it is more than that of one of them."""
    parts = opened.parts
    if not parts:
        return None, False
    longest = max(parts, key=lambda part: size_of(part.paragraphs))
    if opened.role == _GRAPH:
        return longest, False
    if opened.ordered:
        part = joined(parts)
        return part, len(parts) > 1 and not part.inline
    near = 2 if opened.title and not longest.marked else 1
    chosen = [
        part for part in parts if part is longest or (part.marked >= near and longest.marked + near > 1 and not repeats(part, longest))
    ]
    part = longest if len(chosen) == 1 else joined(chosen)
    if opened.inline:
        part = Part([" ".join(part.paragraphs)], True)
    elif part.inline and (opened.typed or opened.title):
        part = Part(stripped(part.paragraphs), False)
    elif opened.title and not opened.identified and opened.key.isdigit():
        part = Part(headed(opened.title, part.paragraphs), False, part.marked)
    return part._replace(marked=max(0, part.marked - 1)), len(chosen) > 1


def _is_numbered(node: dict[str, Any]) -> bool:
    """Whether an object is a list by its keys: {"1": …, "2": …}."""
    return len(node) > 1 and next(iter(node)).isdigit() and all(key.isdigit() for key in islice(node, 5))


def _is_identified(node: dict[str, Any], kind: str | None) -> bool:
    """Whether an object with a title is an article of its own, not a section of one."""
    names = key_names()
    if any(node.get(name) for name in names.identities):
        return True
    if kind is not None and kind.casefold().endswith(names.sections):
        return False
    return any(isinstance(address := node.get(name), str) and address and "#" not in address for name in names.addresses)


def _holds_data(text: str) -> bool:
    if len(text) <= MIN_CHARS:
        return False
    head = text[:40].lstrip()
    return not head.startswith("<") and (head.startswith(("{", "[", "%7B", "%5B")) or '{"' in text[:5_000])


def _react_element(node: Any) -> tuple[str, Any] | None:
    """The tag and the properties of an element as React's server stream prints it: ["$", "p", null, {"children": …}]."""
    if isinstance(node, list) and len(node) >= 4 and node[0] == "$" and isinstance(node[1], str) and isinstance(node[3], dict):
        return node[1], node[3]
    return None


def title_of(value: Any) -> str | None:
    """Return a title from its value: a string, or an object that renders one."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("rendered", "text", "value", "basic") if isinstance(value.get(key), str)), None)
    return unescape(value[: 2 * TITLE_CHARS]) if isinstance(value, str) and value.strip() else None


def _fragment(markup: str) -> list[str]:
    """The paragraphs of an HTML fragment, by the same parser and walk as a page's."""
    document = parse_document(
        Page(body=markup.encode("utf-8", "replace"), charset="utf-8", media_type="text/html"), max_size=_MARKUP_CHARS * 4
    )
    if document.tree is None:
        return stripped([markup])
    return [block.text for block in segment(document.tree).blocks if block.tag not in ("figcaption", "button")]


class KeyNames(msgspec.Struct, frozen=True):
    """How pages' data name things, from data/embedded.toml."""

    unwanted: frozenset[str]
    unwanted_types: frozenset[str]
    inline_types: frozenset[str]
    types: tuple[str, ...]
    texts: frozenset[str]
    summaries: frozenset[str]
    inline_lists: frozenset[str]
    titles: tuple[str, ...]
    authors: tuple[str, ...]
    dates: tuple[str, ...]
    identities: tuple[str, ...]
    addresses: tuple[str, ...]
    sections: tuple[str, ...]


@cache
def _telling() -> frozenset[str]:
    """The keys that say what an object is or is called: most objects have none."""
    return frozenset((*key_names().types, *key_names().titles))


@cache
def key_names() -> KeyNames:
    """Return the names."""
    return msgspec.convert(tomllib.loads((files("scraper") / "data" / "embedded.toml").read_text("utf-8")), KeyNames)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "//", "/", "data:")) and " " not in text[:200].strip()


def _is_unwanted(key: str) -> bool:
    return _has_unwanted_word(key[:60])


@lru_cache(4_096)  # a page's data has few keys, each a thousand times
def _has_unwanted_word(key: str) -> bool:
    return not key_names().unwanted.isdisjoint([word.lower() for word in _WORD.findall(key)])
