"""Pages as plain text, the way select-all and copy or a crawler's text extract gives them, and as Markdown, the way converters do.

Every block stands on a line of its own; nothing is judged.
"""

import zlib

from selectolax.lexbor import LexborHTMLParser

_UNSEEN = frozenset(
    """!doctype -comment audio canvas embed head iframe math noscript object script select style svg template textarea video""".split()
)
_INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup time
    tt u var wbr""".split()
)


def lines(html: bytes) -> list[str]:
    """Return the text of a page, one block a line."""
    out: list[str] = []
    run: list[str] = []

    def flush() -> None:
        text = " ".join("".join(run).split())
        if text:
            out.append(text)
        run.clear()

    body = LexborHTMLParser(html).body
    stack = [(body, False)] if body is not None else []
    while stack:
        node, leaving = stack.pop()
        tag = node.tag
        if leaving or tag == "br":
            flush()
        elif tag == "-text":
            run.append(node.text_content or "")
        elif tag not in _UNSEEN:
            if tag not in _INLINE:
                flush()
                stack.append((node, True))
            child = node.last_child
            while child is not None:
                stack.append((child, False))
                child = child.prev
    flush()
    return out


def flatten(html: bytes) -> bytes:
    """Return a page as text, its blocks apart by one line end or two, as it falls."""
    separator = "\n\n" if zlib.crc32(html) % 2 else "\n"
    return separator.join(lines(html)).encode()


def markdown(html: bytes) -> bytes:
    """Return a whole page as Markdown: headings, lists, links, tables, emphasis."""
    from markdownify import markdownify

    tree = LexborHTMLParser(html)
    tree.strip_tags([tag for tag in _UNSEEN if tag.isalpha()], recursive=True)
    bullets = "*-"[zlib.crc32(html) % 2]
    return str(markdownify(tree.html or "", heading_style="ATX", bullets=bullets)).encode()
