"""Digests of what went into an answer: of a shared list each record's is made once, and carried on to the next list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.ports import Shared
from matcher.records import Household, Record, Worker
from matcher.services.ground.carried import carried_on, patched
from matcher.services.ground.roster_columns import ROSTERS_KEPT, Rosters, taken
from matcher.services.ground.rulebook import Means

DIGEST_BYTES: Final = 32


def records_digest(records: Sequence[Record], means: Means, positions: NDArray[np.intp] | None = None) -> str:
    """SHA-256 over the SHA-256 of each record at these positions (all if None); of a shared list each is made once.

    Records whose `digest` was made before, as those of an index that is kept, are not read for it.
    """
    known: str | None = getattr(records, "digest", None)
    if known is not None and positions is None:
        return known
    if not isinstance(records, Shared):
        return sha256(records_digests(taken(records, positions)).tobytes()).hexdigest()
    kept = carried_on(
        means.remembered,
        "digests",
        records,
        make=lambda: records_digests(records),
        carry=lambda before, moved: patched(before, moved, records_digests(taken(records, moved.fresh))),
        by=type(records[0]).__name__ if len(records) else "",
        n_kept=2 * ROSTERS_KEPT,
    )

    def made() -> str:
        return sha256((kept if positions is None else kept[positions]).data).hexdigest()

    # Of a kept round the positions are one array: whoever turns the pages of an order hashes nobody again.
    return means.remembered.get("digest of all", (records, positions), made, n_kept=2 * ROSTERS_KEPT)


def households_digest(rosters: Rosters, means: Means, positions: NDArray[np.intp] | None = None) -> str:
    """SHA-256 over those of the households of the workers at these positions, each once, by id."""
    workers, households = rosters.workers, rosters.households
    if not isinstance(workers, Shared):
        ids = {worker.household_id for worker in taken(workers, positions)} & households.keys()
        used_ones = [households[key] for key in sorted(key for key in ids if key)]
        return sha256(records_digests(used_ones).tobytes()).hexdigest()
    kept, home_at = means.remembered.get(
        "homes of workers", (workers, households), lambda: _homes(workers, households, means), n_kept=ROSTERS_KEPT
    )

    def made() -> str:
        # The last mark is that of those without one, at -1.
        used = np.zeros(len(kept) + 1, dtype=np.bool_)
        used[home_at if positions is None else home_at[positions]] = True
        return sha256(kept[used[:-1]].data).hexdigest()

    lists = (workers, households, positions)
    return means.remembered.get("digest of all homes", lists, made, n_kept=2 * ROSTERS_KEPT)


def _homes(
    workers: Sequence[Worker], households: Mapping[str, Household], means: Means
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Digests of the households by id, and of each worker the position among them, -1 without one."""
    at = {key: ix for ix, key in enumerate(sorted(households))}
    home_at = np.array([at.get(worker.household_id or "", -1) for worker in workers], dtype=np.intp)
    kept = means.remembered.get(
        "household digests",
        (households,),
        lambda: records_digests([households[key] for key in at]),
        n_kept=ROSTERS_KEPT,
    )
    return kept, home_at


def records_digests(records: Sequence[Record]) -> NDArray[np.uint8]:
    """SHA-256 of each record, shape (n_records, 32)."""
    joined = b"".join(sha256(msgspec.json.encode(record)).digest() for record in records)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(records), DIGEST_BYTES)
