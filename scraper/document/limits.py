"""Limits in front of the parser.

lexbor follows the HTML standard without limits of its own, and the standard's tree construction is quadratic in depth, in open formatting
elements, in options and in attributes: 55 kB of `<p><font i>` take 2.6 GB. The guard takes out start tags (never text) that go past what
browsers and real pages use. It is no wall, only what keeps such pages readable; the process around it has the deadline and memory limit.

On ordinary pages it must cost nearly nothing (the parse itself takes half a millisecond), so it first looks through narrow windows: what
is big enough to hurt fills at least one. Only a page that looks suspicious there is read tag by tag, in one linear pass.
"""

import re

from scraper.errors import InputError
from scraper.void_elements import OBSOLETE_VOID, VOID

DEPTH = 512  # open elements; Blink and WebKit stop here too. The deepest of 1,032 real pages had 42
FORMATTING = 48  # distinct open formatting elements, which the parser opens again in every new block
REOPENED = 400_000  # formatting elements opened again in one page; beyond it, formatting tags go
OPTIONS = 2_000  # per page; the largest of 1,032 real pages had 392
ATTRIBUTES = 512  # per tag
ROOTS = 16  # <html> and <body> tags, whose attributes the parser merges one by one
TAGS = 1_000_000  # "<" in one page; each element takes about 300 bytes in the parser and more after it

_SMALL = 8_192  # bytes: less than this cannot hurt
_STRIDE, _WINDOW = 8_192, 1_024  # bytes
_UNCLOSED = 24  # more start tags than end tags in one window
_CROWDED = 60  # tags in one window: look at their names, for end tags that close nothing
_MANY_OPTIONS = 20  # options in one window
_LONG_TAG = 2_048  # bytes: shorter tags cannot have too many attributes

_NAME = re.compile(rb"<(/?)([A-Za-z][^\s/>\x00-\x20<]{0,40})")
_MARKUP = re.compile(rb"<(?:(!--)|(/?)([A-Za-z][^\s/>]{0,40})|[!?/])")
_RAW_END = {
    name: re.compile(rb"</" + name + rb"(?=[\s/>])", re.IGNORECASE)
    for name in b"script style textarea title xmp iframe noembed noframes".split()
}
_COMMENT_END = re.compile(rb"--!?>")
_ATTRIBUTE = re.compile(rb"""[\s/]+[^\s=>/][^\s=>/]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']*))?""")

_VOID = frozenset(name.encode() for name in VOID | OBSOLETE_VOID)
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
_INLINE = _FORMATTING | frozenset(b"abbr cite del ins label mark q span sub sup time".split())
_FOREIGN = (b"svg", b"math")
_ROOTS = frozenset([b"html", b"body"])
# Elements that a stray end tag inside them does not reach past.
_SCOPES = frozenset(b"applet caption html marquee object table td template th".split())
# Start tags that close what stands directly open above them.
_CELLS = frozenset([b"td", b"th"])
_CLOSES: dict[bytes, frozenset[bytes]] = {
    **dict.fromkeys(
        (b"p", b"div", b"ul", b"ol", b"dl", b"table", b"h1", b"h2", b"h3", b"h4", b"h5", b"h6", b"section", b"article"), frozenset([b"p"])
    ),
    b"li": frozenset([b"li", b"p"]),
    b"dt": frozenset([b"dt", b"dd", b"p"]),
    b"dd": frozenset([b"dt", b"dd", b"p"]),
    b"option": frozenset([b"option"]),
    b"optgroup": frozenset([b"option", b"optgroup"]),
    b"td": _CELLS,
    b"th": _CELLS,
    b"tr": _CELLS | {b"tr"},
    **dict.fromkeys((b"tbody", b"thead", b"tfoot"), _CELLS | {b"tr", b"tbody", b"thead", b"tfoot"}),
}


def guard(source: bytes) -> tuple[bytes, list[str]]:
    """Return UTF-8 bytes that are safe to parse, and the limits that were hit: of "attributes", "depth", "formatting", "options".

    Raises InputError "too-large" above `TAGS`.
    """
    if len(source) > TAGS and source.count(b"<") > TAGS:
        raise InputError("too-large", f"the page has over {TAGS} tags")
    if not _is_suspicious(source):
        return source, []
    trimming = _Trimming(source)
    trimming.run(FORMATTING)
    if trimming.reopened > REOPENED:
        trimming.run(0)
    return trimming.result()


def _is_suspicious(source: bytes) -> bool:
    size, options = len(source), 0
    position = 0 if size > _SMALL else size
    while position < size:
        window = source[position : position + _WINDOW]
        tags = window.count(b"<")
        if tags == 0:
            if _is_in_overfull_tag(source, position):
                return True
            following = source.find(b"<", position)
            position = max(position + _STRIDE, following - following % _STRIDE) if following >= 0 else size
            continue
        if tags > _UNCLOSED and (tags > _CROWDED or tags - 2 * window.count(b"</") > _UNCLOSED) and _has_unclosed(window):
            return True
        if not options and tags > _MANY_OPTIONS and window.lower().count(b"<opt") > _MANY_OPTIONS:
            options = source.lower().count(b"<opt")
            if options > OPTIONS:
                return True
        position += _STRIDE
    return False


def _is_in_overfull_tag(source: bytes, position: int) -> bool:
    start = source.rfind(b"<", 0, position)
    found = _NAME.match(source, start) if start >= 0 else None
    if found is None or found[1] or found[2].lower() in _RAW_END:
        return False
    return _attributes_end(source, found.end(), len(source)) is not None


def _attributes_end(source: bytes, start: int, end: int) -> int | None:
    """Where the attributes allowed in one tag end, or `None` when there are no more of them than that."""
    position = start
    for _ in range(ATTRIBUTES):
        found = _ATTRIBUTE.match(source, position, end)
        if not found:
            return None
        position = found.end()
    return position if _ATTRIBUTE.match(source, position, end) else None


def _has_unclosed(window: bytes) -> bool:
    opened: dict[bytes, int] = {}
    for slash, name in _NAME.findall(window):
        name = name.lower()
        opened[name] = opened.get(name, 0) + (-1 if slash else 1)
    return sum(count for name, count in opened.items() if count > 0 and name not in _VOID) > _UNCLOSED


class _Trimming:
    """One linear pass over the tags of a suspicious page, with a model of the parser's stacks that is good enough to count."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.reopened = 0

    def run(self, formatting_limit: int) -> None:
        """Read every tag and collect what stays; may run again with a lower limit."""
        source = self.source
        self.kept: list[bytes] = []
        self.limits: set[str] = set()
        self.formatting_limit = formatting_limit
        self.copied = self.reopened = self.options = self.roots = 0
        self.stack: list[bytes] = []
        self.places: dict[bytes, list[int]] = {}  # element name: where it is on the stack
        self.scopes: list[int] = []  # where the scope barriers are
        self.formatting: list[bytes | None] = []  # open formatting tags; None marks a scope barrier
        self.dropped: dict[bytes, int] = {}  # start tags taken out for depth, whose end tags go too
        ends = _Ends(source)
        position = 0
        while found := _MARKUP.search(source, position):
            start = found.start()
            comment, slash, name = found.groups()
            if comment:
                position = ends.comment(found.end())
                continue
            if name is None:
                position = max(ends.tag(found.end()), found.end())
                continue
            name, end = name.lower(), ends.tag(found.end())
            position = end
            if slash:
                self._end_tag(name, start, end)
            else:
                self._start_tag(name, start, end)
                if name in _RAW_END and not self.foreign:
                    position = ends.raw(name, end)
                    self._end_tag(name, position, position)

    @property
    def foreign(self) -> bool:
        """Whether SVG or MathML is open, where <style> and <script> hold markup."""
        return any(self.places.get(name) for name in _FOREIGN)

    def result(self) -> tuple[bytes, list[str]]:
        """Return the bytes that are left, and the limits that were hit."""
        if not self.limits:
            return self.source, []
        return b"".join([*self.kept, self.source[self.copied :]]), sorted(self.limits)

    def _replace(self, start: int, end: int, by: bytes, limit: str) -> None:
        self.kept += (self.source[self.copied : start], by)
        self.copied = end
        self.limits.add(limit)

    def _start_tag(self, name: bytes, start: int, end: int) -> None:
        limit = self._limit(name, start, end)
        if limit:
            self._replace(start, end, b"" if name in _FORMATTING else b" ", limit)
            if limit == "depth":
                self.dropped[name] = self.dropped.get(name, 0) + 1
            return
        if end - start > _LONG_TAG:
            self._cut_attributes(name, start, end)
        if name in _VOID or (self.source[end - 2 : end] == b"/>" and name not in _CLOSES and name not in _FORMATTING):
            return
        if name not in _FORMATTING:
            self.reopened += len(self.formatting)
        self._push(name)

    def _limit(self, name: bytes, start: int, end: int) -> str | None:
        """The limit that forbids this start tag; closes first what the tag itself closes."""
        closes = _CLOSES.get(name, frozenset())
        if self.foreign and (closes or name in _FORMATTING):
            self._pop_to(
                min(self.places[element][0] for element in _FOREIGN if self.places.get(element))
            )  # HTML breaks out of SVG and MathML
        while closes and (height := self._closed_by(closes)) >= 0:
            self._pop_to(height)
        if name in _FORMATTING:
            return self._open_formatting(name, self.source[start : min(end, start + 256)])
        if name in _ROOTS:
            self.roots += 1
            return "attributes" if self.roots > ROOTS else None
        if name in (b"option", b"optgroup"):
            self.options += 1
            if self.options > OPTIONS:
                return "options"
        return "depth" if len(self.stack) >= DEPTH and name not in _VOID else None

    def _closed_by(self, closes: frozenset[bytes]) -> int:
        """Where the element stands that a start tag closes: at the top, under nothing but inline elements; -1 where none does."""
        stack = self.stack
        for height in range(len(stack) - 1, max(-1, len(stack) - 2 * FORMATTING), -1):
            if stack[height] in closes:
                return height
            if stack[height] not in _INLINE:
                break
        return -1

    def _open_formatting(self, name: bytes, tag: bytes) -> str | None:
        opened = self.formatting
        first = len(opened)
        while first and opened[first - 1] is not None:
            first -= 1
        scope = opened[first:]
        if name == b"a":
            scope = [other for other in scope if other is not None and _tag_name(other) != b"a"]  # the parser closes an open <a>
            opened[first:] = scope
        if scope.count(tag) >= 3:
            opened.remove(tag)  # the standard's Noah's Ark clause: three of the same kind
        elif len(scope) >= self.formatting_limit:
            return "formatting"
        if len(self.stack) >= DEPTH:
            return "depth"
        opened.append(tag)
        return None

    def _push(self, name: bytes) -> None:
        if name in _SCOPES:
            self.scopes.append(len(self.stack))
            self.formatting.append(None)
        self.places.setdefault(name, []).append(len(self.stack))
        self.stack.append(name)

    def _end_tag(self, name: bytes, start: int, end: int) -> None:
        if self.dropped.get(name):
            self.dropped[name] -= 1
            if end > start:
                self._replace(start, end, b" ", "depth")
            return
        if name in _FORMATTING:
            self._close_formatting(name)
        places = self.places.get(name)
        barrier = self.scopes[-1] if self.scopes else -1
        if places and places[-1] >= barrier and (name != b"form" or places[-1] == len(self.stack) - 1):  # </form> leaves what is open in it
            self._pop_to(places[-1])

    def _close_formatting(self, name: bytes) -> None:
        for index in range(len(self.formatting) - 1, -1, -1):
            tag = self.formatting[index]
            if tag is None:
                return
            if _tag_name(tag) == name:
                del self.formatting[index]
                return

    def _pop_to(self, height: int) -> None:
        while len(self.stack) > height:
            name = self.stack.pop()
            self.places[name].pop()
            if name in _SCOPES:
                self.scopes.pop()
                while self.formatting and self.formatting.pop() is not None:
                    pass

    def _cut_attributes(self, name: bytes, start: int, end: int) -> None:
        allowed = _attributes_end(self.source, start + 1 + len(name), end - 1)
        if allowed is not None:
            self._replace(allowed, end, b">", "attributes")


def _tag_name(tag: bytes) -> bytes:
    found = _NAME.match(tag)
    return found[2].lower() if found else b""


class _Ends:
    """Where tags, comments and raw text end. Each answer is remembered, so that a page of a million openings is still read once."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.next = {b">": -1, b'"': -1, b"'": -1}
        self.missing: set[bytes] = set()

    def _find(self, byte: bytes, start: int) -> int:
        if self.next[byte] < start:
            found = self.source.find(byte, start)
            self.next[byte] = found if found >= 0 else len(self.source)
        return self.next[byte]

    def tag(self, start: int) -> int:
        """The index after the ">" that ends the tag whose name ends at `start`; quoted values may hold a ">"."""
        size = len(self.source)
        position = start
        while True:
            end = self._find(b">", position)
            quote = min((b'"', b"'"), key=lambda byte: self._find(byte, position))
            opening = self._find(quote, position)
            if opening >= end:
                return min(end + 1, size)
            closing = self._find(quote, opening + 1)
            if closing >= size or self.source[max(start, opening - 8) : opening].rstrip()[-1:] != b"=":
                position = opening + 1  # a stray quote opens nothing
                if closing >= size:
                    return min(self._find(b">", position) + 1, size)
                continue
            position = closing + 1

    def comment(self, start: int) -> int:
        """The index after the comment that begins before `start`; the end of the page when nothing ends it."""
        if self.source[start : start + 1] == b">":
            return start + 1
        found = _COMMENT_END.search(self.source, start)
        return found.end() if found else len(self.source)

    def raw(self, name: bytes, start: int) -> int:
        """The index of the end tag of a raw text element; the end of the page when there is none."""
        found = _RAW_END[name].search(self.source, start)
        return found.start() if found else len(self.source)
