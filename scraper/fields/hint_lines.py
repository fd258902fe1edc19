"""The elements that say what they hold: whose they are, and their text, taken apart where the page's blocks are."""

from collections.abc import Sequence

from scraper.blocks import Block, Hint, Segmentation

MAX_LINES = 16
_PROSE_CHARS = 80
_ANSWERS = frozenset({"comment", "review", "reviews"})  # properties of the page's item that have authors and dates of their own


def own_hints(page: Segmentation, kinds: frozenset[str], most: int | None = None) -> list[Hint]:
    """Return those of the page's first hints that are of some kinds, without those in its readers' reviews and comments, by microdata."""
    hints = [hint for hint in page.hints[:most] if hint.kind in kinds]
    answers = [at for at in page.named if page.attributes[at].get("itemprop") in _ANSWERS] if hints else []
    spans = [(page.starts[at], page.ends[at]) for at in answers]
    if spans:  # a critic's review has the headline in it
        spans = [(start, end) for start, end in spans if all(block.tag != "h1" for block in page.blocks[start:end])]
    if spans and not any(len(block.text) - block.link_chars >= _PROSE_CHARS for block in page.blocks[: spans[0][0]]):
        del spans[0]  # there is nothing that the first could answer: it opens a thread
    return [hint for hint in hints if not any(start <= hint.block < end for start, end in spans)]


def lines_of(hint: Hint, blocks: Sequence[Block]) -> list[str]:
    """Return the blocks' texts that an element's text is made of; [] where it is less or other than they."""
    lines: list[str] = []
    rest = hint.text
    for block in blocks[hint.block : hint.block + MAX_LINES]:
        text = " ".join(block.text.split())
        if not rest or not rest.startswith(text):
            break
        lines.append(text)
        rest = rest[len(text) :].lstrip()
    return [] if rest else lines
