"""What the walk does with an element, by its tag."""

from functools import cache
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

# Up to FURNITURE, elements are entered; from PRE on, they start and end blocks.
TEXT, INLINE, TIME, LINK, BOLD, CODE, RAISED, PRE, SHELTER, CELL, BLOCK, UNLISTED, FURNITURE = range(13)
SKIP, SCRIPT, IMAGE, HEAD, BREAK, RULE, EMBED, MATH, RUBY = range(13, 22)

_TAGS = {
    INLINE: """
        abbr acronym bdi bdo big cite data del dfn em font i ins kbd label mark nobr q rb rp rtc ruby s samp small span strike sub tt u
        var wbr
    """,
    TIME: "local-time relative-time time time-ago",
    LINK: "a",
    BOLD: "b strong",
    CODE: "code",
    RAISED: "sup",
    PRE: "pre listing xmp",
    SHELTER: "article blockquote main",
    CELL: "td th",
    BLOCK: """
        address aside body button caption center col colgroup dd details dialog dir div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5
        h6 head header hgroup html legend li menu noscript ol optgroup option p picture search section summary table tbody tfoot thead tr ul
    """,
    FURNITURE: "nav footer",
    SKIP: """
        annotation canvas datalist frame frameset input map noframes param portal select source style svg template textarea track
    """,
    SCRIPT: "script",
    IMAGE: "img amp-img",
    HEAD: "meta link title base",
    BREAK: "br",
    RULE: "hr",
    EMBED: "audio embed iframe object video",
    MATH: "math mjx-container",
    RUBY: "rt",
}
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NUMBERS = 10_000  # the parser's own tags are numbered below
ROLE_OF = {tag: role for role, tags in _TAGS.items() for tag in tags.split()}


class Elements(NamedTuple):
    """What the parser's numbers for tags mean: a role and a name each; elements of the standard that have no role here are UNLISTED."""

    roles: list[int]
    names: list[str]


@cache
def elements() -> Elements:
    """Return the tables. To read a number and look it up takes a third of the time that a name takes.

    A tag that the parser does not know has a number of its own in each document, far past the end of the tables: `ROLE_OF` may know it.
    """
    tree = LexborHTMLParser("<body>text<!---->")
    numbers = {tag: number for tag in ROLE_OF if (number := tree.create_node(tag).tag_id) < _NUMBERS}
    roles, names = [UNLISTED] * (max(numbers.values()) + 1), [""] * (max(numbers.values()) + 1)
    for tag, number in numbers.items():
        roles[number], names[number] = ROLE_OF[tag], tag
    assert tree.body is not None
    _, text, comment = tree.body.traverse(include_text=True)
    roles[text.tag_id], roles[comment.tag_id] = TEXT, SKIP
    return Elements(roles, names)
