"""Where on its page a line of a text page stands: between which kinds of lines, and how far from them. See `text_features`.

Most pages are short, and a call of numpy costs more than its sums: columns that are treated alike are treated together.
"""

import numpy as np
from numpy.typing import NDArray

from scraper.text_features import (
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
    own, sizes = lines.own, lines.sizes
    count = len(sizes)
    index = np.arange(count, dtype=np.int32)
    before = np.cumsum(sizes) - sizes
    total = before[-1] + sizes[-1]
    is_prose = (sizes >= 100) & (own[:, SENTENCE_COLUMN] > 0)
    prose = np.where(is_prose, sizes, 0)
    prose_before = np.cumsum(prose) - prose
    all_prose = prose_before[-1] + prose[-1] + 1.0
    alike = np.maximum(own[:, ALIKE_COLUMN], own[:, ALIKE_COLUMN + 1]) >= 0.5
    date, comment, ends, related = (own[:, column] for column in (DATE_COLUMN, COMMENT_COLUMN, ENDS_COLUMN, RELATED_COLUMN))
    marks = np.array([ends > 0, comment > 0, related > 0, date >= 1, is_prose, alike])
    result = np.empty((_COLUMNS, count), dtype=np.float32)
    seen = np.cumsum(marks[:4], axis=1, dtype=np.float32)
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
    of_page = [*np.searchsorted(SIZES, [count / 4, all_prose / 20, seen[3, -1]]) / 8.0, (all_prose - 1) / total * 2]
    result[29:] = np.array(of_page)[:, None]
    for rows in (result[:3], result[28:]):
        to_grid(rows)
    return result


def _distances(marks: Flags, index: NDArray[np.int32], before: NDArray[np.int64]) -> Singles:
    """Return the size class of each line's distance to the last mark and to the next one, in lines and in characters.

    `marks`: a row a kind of mark (ends, comment, related, dated, prose, alike); `before`: the characters before each line.
    """
    count = len(index)
    last = np.maximum.accumulate(np.where(marks, index, np.int32(-1)), axis=1)
    following = np.where(marks[[0, 1, 2, 4, 5], ::-1], index[::-1], np.int32(count))
    following = np.minimum.accumulate(following, axis=1)[:, ::-1]
    lines, chars = np.append(index, _FAR), np.append(before, _FAR)  # their last is that of a mark that is on no line
    result = np.empty((15, count), dtype=np.float32)
    for start in range(0, count, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        above, below = last[:, some], following[:, some]
        result[:6, some] = size_classes(index[some] - lines[above[[0, 4, 5, 1, 2, 3]]])
        result[6:10, some] = size_classes(np.abs(lines[below[[3, 4, 1, 2]]] - index[some]))
        result[10:13, some] = size_classes(before[some] - chars[above[:3]], _CHARS)
        result[13:, some] = size_classes(np.abs(chars[below[:2]] - before[some]), _CHARS)
    return result
