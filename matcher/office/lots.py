"""Drawing lots for an audit or a sample: what a stated seed draws, the same for everybody who repeats it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from matcher.errors import InvalidInput

MOST: Final = 200
"""More than this nobody looks through one by one."""
LARGEST_SEED: Final = 2**31 - 1


def lots(ids: Iterable[str], *, seed: int, n: int) -> list[str]:
    """At most `n` of the ids, each equally likely, sorted by the hash of seed and id: whoever adds ids moves none.

    Raises InvalidInput for a seed outside 0 .. LARGEST_SEED or a number outside 1 .. MOST.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidInput("种子不对", where="seed", remedy=f"请填0到{LARGEST_SEED}的整数，写在抽查通知上。")
    if not 1 <= n <= MOST:
        raise InvalidInput("抽几份不对", where="n", remedy=f"请填1到{MOST}。")
    return in_drawn_order(set(ids), seed)[:n]


def in_drawn_order(ids: Iterable[str], seed: int) -> list[str]:
    """Ids by the hash of seed and id: nobody can put one in, or keep one out, by the order they come in."""
    return sorted(ids, key=lambda one: (hashlib.sha256(f"{seed}\0{one}".encode()).digest(), one))
