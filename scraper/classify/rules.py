"""The user's CSS selectors, carried to the blocks: what they match is marked in the tree before the walk."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.classify import KEEP, STRIP
from scraper.config import SiteRules
from scraper.walk import ENTER

_DEEPEST = 512  # the guard lets no page nest deeper
_MATCHES = 10_000  # per selector: a rule that matches more is not about furniture


def mark(tree: LexborHTMLParser, rules: SiteRules) -> None:
    """Mark the elements that the rules' selectors match; where both match one element, it is kept."""
    for attribute, selectors in ((KEEP, rules.keep), (STRIP, rules.strip)):
        for selector in selectors:
            for node in tree.css(selector)[:_MATCHES]:
                node.attrs[attribute] = selector
                if attribute == KEEP:
                    _open(node)


def _open(node: LexborNode) -> None:
    """Have the walk enter the <nav> and <footer> elements that hold `node`."""
    above: LexborNode | None = node
    for _ in range(_DEEPEST):
        if above is None:
            return
        if above.tag in ("nav", "footer"):
            above.attrs[ENTER] = ""
        above = above.parent
