"""Three-valued logic (Kleene): True, False, None = unknown; and its twin on int8 columns."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Truth = bool | None
TRUE_LEVEL = 2


def all_of(values: Iterable[Truth]) -> Truth:
    """False if any is false, else unknown if any is unknown, else true (also for none at all)."""
    unknown = False
    for value in values:
        if value is False:
            return False
        unknown = unknown or value is None
    return None if unknown else True


def any_of(values: Iterable[Truth]) -> Truth:
    """True if any is true, else unknown if any is unknown, else false (also for none at all)."""
    return negate(all_of([negate(value) for value in values]))


def negate(value: Truth) -> Truth:
    """Not; unknown stays unknown."""
    return None if value is None else not value


def all_levels(levels: Iterable[NDArray[np.int8]], n: int) -> NDArray[np.int8]:
    """Twin of `all_of` on level columns of length n."""
    result = np.full(n, TRUE_LEVEL, dtype=np.int8)
    for level in levels:
        np.minimum(result, level, out=result)
    return result


def any_levels(levels: Iterable[NDArray[np.int8]], n: int) -> NDArray[np.int8]:
    """Twin of `any_of` on level columns of length n."""
    result = np.zeros(n, dtype=np.int8)
    for level in levels:
        np.maximum(result, level, out=result)
    return result
