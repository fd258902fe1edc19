"""Which blocks are the text of the notes that a page's references lead to."""

from itertools import pairwise

from scraper.blocks import Note, Segmentation
from scraper.structure.layout import HEADINGS

_BLOCKS = 8  # of a note; what seems longer is its first block and what follows the notes
_OWN = frozenset({"aside", "dd", "li", "tr"})  # hold one note where they begin with it


def note_blocks(page: Segmentation) -> list[tuple[int, range]]:
    """Return the numbers (in `page.notes`) of the notes that hold text, each with its blocks, in page order."""
    if not page.notes:
        return []
    found: list[tuple[int, range]] = []
    shared = -1  # the end of an element that holds the note before, too
    for number, (note, following) in enumerate(pairwise([*page.notes, None])):
        assert note is not None
        container = _element(page, note)
        if container < 0 or page.tags[container] in HEADINGS or (following is not None and following.start == note.start):
            continue
        end = page.ends[container]
        if following is not None and following.start < end:
            shared, end = end, following.start
        elif note.start < shared:
            end = note.start + 1
        if end - note.start > _BLOCKS:
            end = note.start + 1
        found.append((number, range(note.start, end)))
    return found


def _element(page: Segmentation, note: Note) -> int:
    """Return the innermost container around the place of a note that holds text of it."""
    parents, starts, tags = page.parents, page.starts, page.tags
    container = note.container
    while container >= 0 and page.ends[container] <= note.start:
        container = parents[container]
    while container >= 0 and tags[container] not in _OWN and starts[above := parents[container]] == note.start and tags[above] in _OWN:
        container = above
    return container
