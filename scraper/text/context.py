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
    Floats,
    Lines,
    Singles,
    grid,
    stacked,
)

_FAR = 2.5  # as far as can be
_COLUMNS = 33
_AT_ONCE = 2048  # lines whose numbers stay in the processor's cache


def context(lines: Lines) -> Singles:
    """Return each line's place on the page: a row a feature, a column a line."""
    own, sizes = lines.own, lines.sizes
    count = len(sizes)
    index = np.arange(count)
    before = np.cumsum(sizes) - sizes
    total = before[-1] + sizes[-1]
    prose = np.where((sizes >= 100) & (own[:, SENTENCE_COLUMN] > 0), sizes, 0.0)
    prose_before = np.cumsum(prose) - prose
    all_prose = prose.sum() + 1.0
    date, comment, ends, related = (own[:, column] for column in (DATE_COLUMN, COMMENT_COLUMN, ENDS_COLUMN, RELATED_COLUMN))
    alike = np.maximum(own[:, ALIKE_COLUMN], own[:, ALIKE_COLUMN + 1])
    dated = date >= 1
    marks = np.cumsum([ends, comment, related, dated], axis=1)
    result = np.empty((_COLUMNS, count), dtype=np.float32)
    result[:3] = stacked([index / max(1, count - 1) * 2, before / total * 2, prose_before / all_prose * 2])
    result[3:11] = _sized([index, index[::-1], *_lines_since([ends > 0, prose > 0, alike >= 0.5, comment > 0, related > 0, dated])], 1.0)
    result[11:15] = _sized([*_lines_until([prose > 0, alike >= 0.5, comment > 0, related > 0])], 1.0)
    result[15:18] = _sized([*_chars_since([ends > 0, comment > 0, related > 0], before)], 10.0)
    result[18:20] = _sized([*_chars_until([ends > 0, comment > 0], before)], 10.0)
    result[20:29] = stacked(
        [*np.minimum(marks, 4) / 2, *np.minimum(marks[:, -1:] - marks, 4) / 2, marks[3] / (1.0 + marks[3, -1]) * 2],
    )
    of_page = [*np.searchsorted(SIZES, [count / 4, all_prose / 20, marks[3, -1]]) / 8.0, prose.sum() / total * 2]
    result[29:] = grid(np.array(of_page))[:, None]
    return result


def _sized(steps: list[NDArray[np.generic]], unit: float) -> Singles:
    """Return the size class of distances."""
    rows = np.concatenate(steps, dtype=np.float64).reshape(len(steps), -1)
    result = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, rows.shape[1], _AT_ONCE):
        stop = start + _AT_ONCE
        result[:, start:stop] = np.minimum(np.searchsorted(SIZES, rows[:, start:stop] / unit) / 8.0, _FAR)
    return result


def _lines_since(marks: list[Flags]) -> NDArray[np.int32]:
    """Return how many lines ago the last mark was, a row a kind of mark."""
    index = np.arange(len(marks[0]), dtype=np.int32)
    return np.asarray(index - np.maximum.accumulate(np.where(np.stack(marks), index, np.int32(-5000)), axis=1))


def _lines_until(marks: list[Flags]) -> NDArray[np.int32]:
    return _lines_since([mark[::-1] for mark in marks])[:, ::-1]


def _chars_since(marks: list[Flags], before: Floats) -> Floats:
    """Return how many characters ago the last mark was; `before`: characters before each line."""
    return np.asarray(before - np.maximum.accumulate(np.where(np.stack(marks), before, -1e6), axis=1))


def _chars_until(marks: list[Flags], before: Floats) -> Floats:
    return np.asarray(np.minimum.accumulate(np.where(np.stack(marks), before, 1e9)[:, ::-1], axis=1)[:, ::-1] - before)
