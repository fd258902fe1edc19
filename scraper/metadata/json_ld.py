"""JSON-LD as pages write it: read fast where it is JSON, mended where that is cheap, ignored where it is not."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from normalise.text import unescape

Node = dict[str, Any]

MAX_CHARS = 1_000_000  # of one script; longer ones are not read
_MENDED_CHARS = 300_000  # of a broken script
_MAX_SCRIPTS = 200
_MAX_NODES = 2_000
_TYPE_CHARS = 300

# A string runs to a quote that something of JSON follows, so that unescaped quotes inside it do no harm. All loops are possessive: one
# pass, whatever the input.
_TOKEN = re.compile(
    r"""
    "(?P<string>(?:[^"\\]++|\\.|"(?!\s*+(?:[,:}\]]|\Z)|[^\S\n]*+\n\s*+"))*+)"?
  | '(?P<single>(?:[^'\\]++|\\.|'(?!\s*+(?:[,:}\]]|\Z)))*+)'?
  | (?P<comment>/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|//[^\n]*+|<!--|-->|<!\[CDATA\[|\]\]>)
  | (?P<mark>[{}\[\],:])
  | (?P<word>[^\s{}\[\],:"'/]++|/)
    """,
    re.VERBOSE | re.DOTALL,
)
_INNER = re.compile(r'(\\(?:u[0-9A-Fa-f]{4}|["\\/bfnrt]))|\\(.?)|"|[\x00-\x1f]', re.DOTALL)
_SURROGATES = re.compile(r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_SCALAR = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?\Z|true\Z|false\Z|null\Z")
_INNERS = {'"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CLOSING = {"{": "}", "[": "]"}
# Properties through which one object holds others that stand for the page or its article.
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "blogPost")


def parse_json_ld(script: str) -> Any:
    """Return the value of one script, mended if need be; `None` when it cannot be read."""
    if len(script) > MAX_CHARS:
        return None
    try:
        return msgspec.json.decode(script)
    except (msgspec.DecodeError, RecursionError, ValueError):
        pass
    if len(script) > _MENDED_CHARS:
        return None
    try:
        return msgspec.json.decode(_mend(script))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def read_nodes(scripts: list[str]) -> list[Node]:
    """Return the objects of all scripts that stand on their own: at the top, in lists, in a @graph, as main entity. In page order."""
    nodes: list[Node] = []
    for script in scripts[:_MAX_SCRIPTS]:
        pending = [parse_json_ld(script)]
        while pending and len(nodes) < _MAX_NODES:
            value = pending.pop()
            if isinstance(value, list):
                pending += value[_MAX_NODES::-1]
            elif isinstance(value, dict):
                nodes.append(value)
                pending += [value[key] for key in reversed(_HOLDERS) if isinstance(value.get(key), (dict, list))]
    return nodes


def node_types(node: Node) -> list[str]:
    """Return the node's types without vocabulary: "NewsArticle" for "http://schema.org/NewsArticle/"."""
    types = node.get("@type")
    if types is None:
        types = node.get("type")
    if isinstance(types, str):
        name = _type_name(types[:_TYPE_CHARS])
        return [name] if name else []
    found = types if isinstance(types, list) else []
    names = [_type_name(kind[:_TYPE_CHARS]) for kind in found[:20] if isinstance(kind, str)]
    return [name for name in names if name]


@lru_cache(maxsize=256)  # a site's few types, on all of its pages
def _type_name(kind: str) -> str:
    return kind.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2].rpartition("#")[2][:60]


def _mend(script: str) -> str:
    if '"' not in script and "&quot;" in script:
        script = unescape(script)
    if script.lstrip()[:8].replace(" ", "").startswith(('{\\"', '[{\\"')):
        script = script.replace('\\"', '"')  # printed as a string of itself
    out: list[str] = []
    opened: list[str] = []
    for token in _TOKEN.finditer(script):
        kind = token.lastgroup
        if kind in ("string", "single"):
            _separate(out, opened)
            out.append(f'"{_mend_string(token[kind])}"')
        elif kind == "word":
            _separate(out, opened)
            out.append(token[0] if _SCALAR.match(token[0]) else "null")
        elif kind == "mark":
            _mark(token[0], out, opened)
    _end(out, opened)
    return "".join(out) + "".join(_CLOSING[mark] for mark in reversed(opened))


def _mark(mark: str, out: list[str], opened: list[str]) -> None:
    """Take one of {}[],: where it can stand, else leave it out."""
    if mark in "{[":
        _separate(out, opened)
        opened.append(mark)
        out.append(mark)
    elif mark in "}]":
        _end(out, opened)
        if opened and _CLOSING[opened[-1]] == mark:
            opened.pop()
            out.append(mark)
    elif mark == ",":
        if out and out[-1] not in ("{", "[", ",", ":") and opened:
            out.append(mark)
    elif out and out[-1].startswith('"'):
        out.append(mark)


def _separate(out: list[str], opened: list[str]) -> None:
    """Put the comma that is missing between two values; several values at the top become one list."""
    if not out or out[-1] in ("{", "[", ",", ":"):
        return
    if opened:
        out.append(",")
    else:
        out.insert(0, "[")
        opened.append("[")
        out.append(",")


def _end(out: list[str], opened: list[str]) -> None:
    """Complete what the end of an object or list leaves open: a trailing comma or half a key goes, a key gets null."""
    if opened and opened[-1] == "{" and out[-1].startswith('"') and out[-2] in ("{", ","):
        out.pop()
    if out and out[-1] == ",":
        out.pop()
    if out and out[-1] == ":":
        out.append("null")


def _mend_string(text: str) -> str:
    """Escape quotes and control characters, unescape what JSON does not escape, and drop lone surrogates."""
    text = _INNER.sub(lambda found: found[1] or (found[2] if found[2] is not None else _INNERS.get(found[0], " ")), text)
    return _SURROGATES.sub(lambda found: found[1] or "\\ufffd", text)
