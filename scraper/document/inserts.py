"""The toolbar that an archive inserts into its copies of pages: told by comments around it, or by a form with the page's address."""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.copied_url import Copy, copy_at
from normalise.url import host, resolve

_MARK = b" INSERT -->"
_HEAD = 65_536  # bytes in which the first begins: it stands at the top of the body
_BEGIN = re.compile(rb"<!--\s{0,9}BEGIN ([A-Z ]{1,40} INSERT)\s{0,9}-->")
_MOST = 4
_FORMS = _FIELDS = _LINKS = 40
_DEEPEST = 512  # the guard lets no page nest deeper


def without_inserts(source: bytes) -> bytes:
    """Return an HTML page without what stands between comments that say it was inserted; `source` itself where there is none."""
    if source.find(_MARK, 0, _HEAD) < 0:
        return source
    for _ in range(_MOST):
        begin = _BEGIN.search(source)
        end = re.compile(rb"<!--\s{0,9}END %s\s{0,9}-->" % begin[1]).search(source, begin.end()) if begin else None
        if begin is None or end is None:
            break
        source = source[: begin.start()] + source[end.end() :]
    return source


def drop_toolbar(tree: LexborHTMLParser, copy: Copy) -> None:
    """Take out the box that the service has set into the page: it holds a form with the original's address, and little else."""
    body = tree.body
    forms = tree.css("form[action]")[:_FORMS] if body is not None else ()
    box: Any = next((form for form in forms if _is_own(form, copy)), None)
    if box is None or body is None or not any(_address(link, "href", copy)[1] for link in tree.css("a[href]")[:_LINKS]):
        return  # a copy whose addresses were left as they are has no toolbar either
    most = len(body.text()) // 2
    for _ in range(_DEEPEST):
        above = box.parent
        if above is None or above.tag == "body" or above.css_first("h1") is not None or len(above.text()) > most:
            break
        box = above
    box.decompose()


def _is_own(form: LexborNode, copy: Copy) -> bool:
    """Whether a form is the service's, with the address of the original in it."""
    action, held = _address(form, "action", copy)
    if held is not None or host(action) != copy.service:
        return False
    return any(resolve(field.attributes["value"] or "") == copy.original for field in form.css("input[value]")[:_FIELDS])


def _address(node: LexborNode, attribute: str, copy: Copy) -> tuple[str, Copy | None]:
    """Return where a node leads on the service's pages, and what that is a copy of."""
    address = resolve(node.attributes[attribute] or "", f"https://{copy.service}/") or ""
    return address, copy_at(address)
