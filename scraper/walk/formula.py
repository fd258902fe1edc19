"""Mathematics on a page -> one line of text: the TeX that it was made from where the page has it, else the MathML in a line.

Renderers print a formula two or three times (TeX in a script, MathML for screen readers, glyphs for the eye): it is read once.
"""

from typing import Any

_CHARS = 4_000
_TOKENS = 2_000  # elements of one formula that are read
_REACH = 4  # how far below a renderer's element its <math> is, or after it its script
_WRAPPER = "{\\displaystyle "
# What stands between the first and second, and the second and third, operand of an element.
_OPERATORS = {"msup": "^", "msub": "_", "mfrac": "/", "msubsup": "_^", "munder": "_", "mover": "^", "munderover": "_^", "mroot": "√"}
_UNREAD = frozenset(("annotation", "annotation-xml", "mspace", "mphantom"))


def formula_text(node: Any) -> str | None:
    """Return the text of a `<math>` element or of a renderer's element around one.

    "" where a script that follows has it, None where there is none: then the element's own text is all there is.
    """
    if node.tag == "math":
        return _math_text(node)
    for way in ("first_child", "last_child"):
        below = node
        for _ in range(_REACH):
            below = getattr(below, way)
            if below is None:
                break
            if below.tag == "math":
                return _math_text(below)
    after = node.next
    for _ in range(_REACH):
        if after is None:
            return None
        if after.tag == "script":
            return "" if is_tex(after.attributes.get("type") or "") else None
        after = after.next
    return None


def is_tex(script_type: str) -> bool:
    """Whether a script of this type holds a formula: "math/tex; mode=display"."""
    return script_type[:9].lower().startswith("math/tex")


def tex_text(tex: str) -> str:
    """Return TeX source on one line, without the wrapper that only sets its size."""
    tex = " ".join(tex[:_CHARS].split())
    if tex.startswith(_WRAPPER) and tex.endswith("}"):
        tex = tex[len(_WRAPPER) : -1].strip()
    return tex


def _math_text(math: Any) -> str:
    semantics = _shown(math.first_child)
    if semantics is not None and semantics.tag == "semantics":
        note = semantics.last_child
        for _ in range(_REACH):
            if note is None:
                break
            if note.tag == "annotation" and "tex" in (note.attributes.get("encoding") or "").lower():
                return tex_text(note.text())
            note = note.prev
    alternative = math.attributes.get("alttext")
    return tex_text(alternative) if alternative else _in_line(math)


def _in_line(math: Any) -> str:
    """MathML's operands in a line: <msup><mi>x</mi><mn>2</mn></msup> gives x^2. No recursion: a page can nest as deep as it likes."""
    parts: list[str] = []
    opened: list[tuple[Any, str, str]] = []  # (element, operators still to come, what closes it)
    node = math
    for _ in range(_TOKENS):
        tag = node.tag
        child = None
        if tag == "-text":
            parts.append(node.text_content.strip())
        elif tag not in _UNREAD:
            child = _shown(node.first_child)
        if child is not None:
            bracketed = bool(opened) and opened[-1][0].tag in _OPERATORS and tag in ("mrow", "mfrac") and _shown(child.next) is not None
            if tag == "msqrt":
                parts.append("√(")
            elif bracketed:
                parts.append("(")
            opened.append((node, _OPERATORS.get(tag, ""), ")" if bracketed or tag == "msqrt" else ""))
            node = child
            continue
        while (following := _shown(node.next)) is None and opened:
            node, _, closing = opened.pop()
            parts.append(closing)
        if not opened:
            break
        node = following
        parent, operators, closing = opened[-1]
        if operators and node.tag != "-text":
            parts.append(operators[0])
            opened[-1] = (parent, operators[1:], closing)
    return "".join(parts)[:_CHARS]


def _shown(node: Any) -> Any:
    """Return `node`, or the next beside it that is no white space; None where there is none."""
    while node is not None and node.tag == "-text" and not node.text_content.strip():
        node = node.next
    return node
