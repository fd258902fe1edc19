"""Where a page's prose starts and ends, by shape alone: enough to tell a byline above it from a comment below."""

from scraper.blocks import Segmentation

MIN_CHARS = 60
MAX_LINKED = 0.4


def prose_range(page: Segmentation) -> tuple[int, int]:
    """Return the indexes of the first and last block that is prose; both the number of blocks where none is."""
    blocks = page.blocks
    prose = [at for at, block in enumerate(blocks) if len(block.text) >= MIN_CHARS and block.link_chars <= MAX_LINKED * len(block.text)]
    return (prose[0], prose[-1]) if prose else (len(blocks), len(blocks))
