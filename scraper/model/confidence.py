"""How sure a body is: numbers about a whole page's labels."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def page_features(likely: Array, chars: Array) -> Array:
    """Return one row about a page's labels: how much was kept, how clearly, and how the rest looks.

    `likely` is each block's probability of being body, `chars` its length, both of shape (blocks,).
    """
    kept = likely >= 0.5
    size = chars.sum() + 1
    sure = np.abs(2 * likely - 1)
    weighed, doubtful, mine = sure * chars, chars * (sure < 0.6), chars * kept
    most = mine.sum() + 1
    return np.array(
        (
            weighed.sum() / size,
            (weighed * kept).sum() / most,
            doubtful.sum() / most,
            (doubtful * kept).sum() / most,
            (doubtful * ~kept).sum() / most,
            np.log1p(most) / 10,
            np.log1p(size) / 10,
            most / size,
            np.log1p(kept.sum()) / 5,
            np.log1p((kept[1:] != kept[:-1]).sum()) / 3,
            likely.max(),
        ),
        np.float32,
    )
