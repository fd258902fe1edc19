"""The data that a page carries for its own scripts: JSON and JavaScript literals in `<script>` elements and in attributes.

Everything is found by scanning forward: no character is looked at more than a few times, whatever the page holds, and no script is run.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from normalise.text import unescape

_CHARS = 4_000_000  # of all scripts together: states of one to two megabytes are seen
_LOOSE_CHARS = 1_000_000  # of them, those that are no JSON: read in vain, then token by token
_SMALL = 300  # a script or literal shorter than this holds no article
_TAG_CHARS = 2_000
_NAME_CHARS = 120  # before a literal, in which its name is looked for
_DEPTH = 200
_WINDOWS = (1_000, 30_000, _CHARS)  # characters
_LONGEST_WORD = 20  # characters before a window's end in which an error may come of the cut
_ATTEMPT = 20  # characters that an attempt costs, however soon it fails
_TOO_DEEP = 20_000  # characters that a literal too deep for the decoder is taken to have cost

_SCRIPT = re.compile(r"<script(?=[\s>/])", re.IGNORECASE)
_QUOTED = re.compile(r"""=\s?"(?=\s?[\[{]{1,3}\s?&(?:quot|QUOT|\#34);)|=\s?'(?=\s?[\[{]{1,3}\s?(?:&(?:quot|QUOT|\#34);|"))""")
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(id|type)\s{0,5}=\s{0,5}["']?([^"'\s>]{1,80})""", re.IGNORECASE)
_ATTRIBUTE_NAME = re.compile(r"[\w:.-]{1,60}\Z")
_LITERAL = re.compile(r"""(?:\A|[=(,;:]|\breturn)\s{0,20}(?=[{\["'`])""")
_VARIABLE = re.compile(r"""([\w$]{1,60}|\[\s?["'][\w$.-]{1,60}["']\s?\])\s{0,10}=\s{0,10}(?:JSON\.parse\s?\(\s?)?\Z""")
# Every alternative takes what it began, closed or not: nothing is scanned twice.
_TOKEN = re.compile(
    r"""\s*+(?:
    (?P<string>"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|`(?:[^`\\]++|\\.)*+`?)
  | (?P<comment>/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|//[^\n]*+)
  | (?P<mark>[{}\[\],:()])
  | (?P<word>[\w$.+-]++)
  | (?P<other>.))""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " ", "v": " ", "0": "", "\n": ""}
_WORDS = {"true": True, "false": False}
_DECODER = json.JSONDecoder(strict=False)


class State(NamedTuple):
    """One value found. `kind` is "json-ld", "script" or "attribute"; `name` the script's id, the variable or the attribute, "" for none."""

    kind: str
    name: str
    value: Any


def page_states(text: str) -> Iterator[State]:
    """Yield the values in `text`, the source of an HTML page, in page order. Strings may be data again: see `string_states`."""
    budget = _Budget()
    position = 0
    # Looked for apart: each pattern starts with one character, at which the search for it leaps.
    script, quoted = _SCRIPT.search(text), _QUOTED.search(text)
    while budget.chars > 0:
        if script is not None and script.start() < position:
            script = _SCRIPT.search(text, position)
        if quoted is not None and quoted.start() < position:
            quoted = _QUOTED.search(text, position)
        place = min(filter(None, (script, quoted)), key=_start, default=None)
        if place is None:
            return
        if place is quoted:
            end = text.find(text[place.end() - 1], place.end())
            if end - place.end() > _SMALL:
                name_found = _ATTRIBUTE_NAME.search(text[max(0, place.start() - _NAME_CHARS) : place.start()].rstrip())
                yield from _literals(unescape(text[place.end() : end]), "attribute", name_found[0] if name_found else "", budget)
            position = len(text) if end < 0 else end + 1
            continue
        opened = text.find(">", place.end(), place.end() + _TAG_CHARS)
        closed = _SCRIPT_END.search(text, opened) if opened >= 0 else None
        end = closed.start() if closed else len(text)  # a page cut off in a script still has what came before
        attributes = {key.lower(): value for key, value in _ATTRIBUTE.findall(text[place.end() : opened])} if opened >= 0 else {}
        if opened >= 0 and end - opened > _SMALL:
            kind = "json-ld" if "ld+json" in attributes.get("type", "").lower() else "script"
            name = attributes.get("id", "") if "json" in attributes.get("type", "").lower() and kind == "script" else ""
            yield from _literals(text[opened + 1 : end], kind, name, budget)
        position = end if opened >= 0 else place.end()


def _start(found: re.Match[str]) -> int:
    return found.start()


def string_states(text: str, state: State) -> Iterator[State]:
    """Yield the values that a string of `state` holds in its turn: JSON printed into JSON, percent-encoded JSON."""
    head = text[:40].lstrip()
    if head.upper().startswith(("%7B%22", "%5B%7B%22")):
        text = unquote(text[: _CHARS // 4])
    elif not (head.startswith(("{", "[")) or '{"' in text[:5_000] or '["' in text[:5_000]) or head.startswith("<"):
        return
    yield from _literals(text, state.kind, state.name, _Budget())


class _Budget:
    """What is left of the characters that one page may cost."""

    def __init__(self) -> None:
        self.chars = _CHARS
        self.loose = _LOOSE_CHARS


def _literals(code: str, kind: str, name: str, budget: _Budget) -> Iterator[State]:
    code = code[: budget.chars]
    budget.chars -= len(code)
    position = 0
    while budget.loose > 0 and (found := _LITERAL.search(code, position)):
        start = found.end()
        value, position = _read(code, start, budget)
        if position - start > _SMALL and isinstance(value, (dict, list, str)):
            yield State(kind, name or _variable(code, start), value)
        position = max(position, start + 1)


def _variable(code: str, start: int) -> str:
    before = code[max(0, start - _NAME_CHARS) : start]
    found = _VARIABLE.search(before) if before.rstrip().endswith(("=", "(")) else None
    return found[1].strip("[]\"' ") if found else ""


def _read(code: str, start: int, budget: _Budget) -> tuple[Any, int]:
    """Return the literal at `start` and where it ends; `None` where there is none."""
    if code[start] in "{[":
        found = _read_json(code, start, budget)
        if found is not None:
            return found
        value, end = _read_loose(code, start, start + budget.loose)
        budget.loose -= end - start
        return value, end
    token = _TOKEN.match(code, start)
    if token is None or token["string"] is None:
        return None, start + 1
    return unescape_literal(token["string"][1:-1]) if len(token["string"]) > _SMALL else None, token.end()


def _read_json(code: str, start: int, budget: _Budget) -> tuple[Any, int] | None:
    """Return the JSON value at `start` and where it ends. It is looked for in windows that grow: an error counts the lines before it."""
    for size in _WINDOWS:
        window = code[start : start + size]
        try:
            value, end = _DECODER.raw_decode(window)
            return value, start + end
        except json.JSONDecodeError as error:
            is_cut = start + size < len(code) and (error.msg.startswith("Unterminated") or error.pos > size - _LONGEST_WORD)
            budget.loose -= _ATTEMPT + (len(window) if is_cut else error.pos)
            if not is_cut:
                return None
        except (RecursionError, ValueError):  # too deep, or a number of more digits than Python reads
            budget.loose -= _TOO_DEEP
            return None
    return None


def unescape_literal(text: str) -> str:
    """Resolve JavaScript's escapes; halves of a pair are joined, lone ones replaced."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_character, text)
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits:
        return chr(min(int(digits, 16), 0x10FFFF))
    return _CONTROLS.get(found[4], found[4])


def _read_loose(code: str, start: int, limit: int) -> tuple[Any, int]:
    """Read an object or list of JavaScript: bare keys, single quotes, trailing commas; an expression counts as null.

    What is no literal (a function's block) ends the reading; so does the end of `code`. What was read until then is returned.
    """
    root: Any = None
    opened: list[Any] = []
    key: str | None = None
    due = "value"  # of: key, colon, value, end
    position = start
    while position < limit and (token := _TOKEN.match(code, position)):
        position = token.end()
        kind, text = token.lastgroup, token[token.lastgroup or 0]
        if kind == "comment":
            continue
        if kind == "mark" and text in "}]" and opened:
            if (text == "}") != isinstance(opened.pop(), dict):
                return root, position
            if not opened:
                return root, position
            due = "end"
        elif kind == "mark" and text == "," and opened:
            due = "key" if isinstance(opened[-1], dict) else "value"
        elif due == "key" and kind in ("string", "word"):
            key, due = (unescape_literal(text[1:-1]) if kind == "string" else text), "colon"
        elif due == "colon" and text == ":":
            due = "value"
        elif due == "value" and kind == "mark" and text in "{[" and len(opened) < _DEPTH:
            value: Any = {} if text == "{" else []
            if opened:
                _put(opened[-1], key, value)
            else:
                root = value
            opened.append(value)
            due = "key" if text == "{" else "value"
        elif due == "value" and kind == "string":
            _put(opened[-1], key, unescape_literal(text[1:-1]))
            due = "end"
        elif due == "value" and kind == "word":
            _put(opened[-1], key, _WORDS.get(text))
            due = "end"
        elif due in ("value", "end") and opened and text != ")":
            position = _skip_expression(code, token.start(), limit)
            due = "end"
        else:
            return root, position
    return root, position


def _put(holder: Any, key: str | None, value: Any) -> None:
    if isinstance(holder, dict):
        holder[key] = value
    else:
        holder.append(value)


def _skip_expression(code: str, position: int, limit: int) -> int:
    """Return the position of the comma or closing mark that ends the expression at `position`."""
    depth = 0
    while position < limit and (token := _TOKEN.match(code, position)):
        if token["mark"]:
            if token["mark"] in "([{":
                depth += 1
            elif token["mark"] in ")]}":
                if not depth:
                    return token.end() - 1
                depth -= 1
            elif token["mark"] == "," and not depth:
                return token.end() - 1
        position = token.end()
    return position
