"""Where on its page a line of a text page stands: between which kinds of lines, and how far from them. See `features`.

Most pages are short, and a call of numpy costs more than its sums: columns that are treated alike are treated together.
"""

import numpy as np
from numpy.typing import NDArray

from scraper.text.features import (
    ALIKE_COLUMN,
    COMMENT_COLUMN,
    DATE_COLUMN,
    ENDS_COLUMN,
    RELATED_COLUMN,
    SENTENCE_COLUMN,
    SIZES,
    Flags,
    Lines,
    Singles,
    size_classes,
    to_grid,
)

_FAR = -20_000  # the place of a mark that is on no line: as far as can be, in lines and in characters
_CHARS = 10  # the unit of distances in characters
_COLUMNS = 33
_AT_ONCE = 2048  # lines whose numbers stay in the processor's cache


def context(lines: Lines) -> Singles:
    """Return each line's place on the page: a row a feature, a column a line."""
    own, sizes = lines.own.T, lines.sizes
    count = len(sizes)
    index = np.arange(count, dtype=np.int32)
    before = sizes.cumsum() - sizes
    total = before[-1] + sizes[-1]
    is_prose = (sizes >= 100) & (own[SENTENCE_COLUMN] > 0)
    prose = sizes * is_prose
    prose_before = prose.cumsum() - prose
    all_prose = prose_before[-1] + prose[-1] + 1.0
    alike = np.maximum(own[ALIKE_COLUMN], own[ALIKE_COLUMN + 1]) >= 0.5
    marks = np.array([own[ENDS_COLUMN] > 0, is_prose, alike, own[COMMENT_COLUMN] > 0, own[RELATED_COLUMN] > 0, own[DATE_COLUMN] >= 1])
    seen = marks[[0, 3, 4, 5]].cumsum(axis=1, dtype=np.float32)
    result = np.empty((_COLUMNS, count), dtype=np.float32)
    result[0] = index / max(1, count - 1) * 2
    result[1] = before / total * 2
    result[2] = prose_before / all_prose * 2
    result[3] = size_classes(index)
    result[4] = result[3, ::-1]
    result[5:20] = _distances(marks, index, before)
    np.minimum(seen, 4, out=result[20:24])
    np.minimum(seen[:, -1:] - seen, 4, out=result[24:28])
    result[20:28] *= 0.5
    result[28] = seen[3] / (1 + seen[3, -1]) * 2
    of_page = [*SIZES.searchsorted([count / 4, all_prose / 20, seen[3, -1]]) / 8.0, (all_prose - 1) / total * 2]
    result[29:] = np.array(of_page)[:, None]
    to_grid(result[:3])
    to_grid(result[28:])
    return result


def _distances(marks: Flags, index: NDArray[np.int32], before: NDArray[np.int64]) -> Singles:
    """Return the size class of each line's distance to the last mark and to the next one, in lines and in characters.

    `marks`: a row a kind of mark (ends, prose, alike, comment, related, dated); `before`: the characters before each line.
    """
    count = len(index)
    last = np.maximum.accumulate(np.where(marks, index, np.int32(-1)), axis=1)
    following = np.minimum.accumulate(np.where(marks[:5, ::-1], index[::-1], np.int32(count)), axis=1)[:, ::-1]
    lines, chars = (np.concatenate([places, [_FAR]]) for places in (index, before))  # the last place is that of a mark that is on no line
    result = np.empty((15, count), dtype=np.float32)
    for start in range(0, count, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        above, below = last[:, some], following[:, some]
        result[:6, some] = size_classes(index[some] - lines.take(above))
        result[6:10, some] = size_classes(np.abs(lines.take(below[1:]) - index[some]))
        result[10:13, some] = size_classes(before[some] - chars.take(above[[0, 3, 4]]), _CHARS)
        result[13:, some] = size_classes(np.abs(chars.take(below[[0, 3]]) - before[some]), _CHARS)
    return result
