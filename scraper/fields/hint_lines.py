"""The lines of an element that says what it holds: its text, taken apart where the page's blocks are."""

from collections.abc import Sequence

from scraper.blocks import Block, Hint

MAX_LINES = 16


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
