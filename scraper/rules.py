"""The user's CSS selectors, carried to the blocks: what they match is marked in the tree before the walk."""

from selectolax.lexbor import LexborHTMLParser

from scraper.classify import KEEP, STRIP
from scraper.config import SiteRules

_MATCHES = 10_000  # per selector: a rule that matches more is not about furniture


def mark(tree: LexborHTMLParser, rules: SiteRules) -> None:
    """Mark the elements that the rules' selectors match; where both match one element, it is stripped."""
    for attribute, selectors in ((KEEP, rules.keep), (STRIP, rules.strip)):
        for selector in selectors:
            for node in tree.css(selector)[:_MATCHES]:
                node.attrs[attribute] = selector
