"""Matrix products of small networks, on one thread."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# Multiplications up to which OpenBLAS does not wake its threads, which costs more than products as small as ours, and twenty times more
# where workers already use every core.
_ONE_THREAD = 250_000


def product(rows: Array, weight: Array) -> Array:
    """Return `rows @ weight` (both of two dimensions), computed on this thread alone."""
    step = max(1, _ONE_THREAD // weight.size)
    if len(rows) <= step:
        return rows @ weight
    result = np.empty((len(rows), weight.shape[1]), np.result_type(rows, weight))
    for start in range(0, len(rows), step):
        np.matmul(rows[start : start + step], weight, out=result[start : start + step])
    return result
