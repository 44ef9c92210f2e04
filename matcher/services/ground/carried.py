"""What was worked out of a long list of records, carried on to the list that came after it.

A store hands out a new list after each write, most of it as before: what was made of a record that is still there is
taken over, and only the others are worked out. Whoever holds what was made of the list before keeps it unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.records import ID_FIELDS, RECORD_TYPES, Record
from matcher.services.ground.remembered import Remembered

T = TypeVar("T")
MOST_CHANGED: Final = 0.1
"""Share of records that differ up to which something is carried on; beyond it all of it is sooner made."""


class Origins(NamedTuple):
    """Where the records of a list come from. before : of each its position in the list before, -1 if it is new there

    fresh : positions of the new ones
    """

    before: NDArray[np.intp]
    fresh: NDArray[np.intp]


_ID_OF: Final = {RECORD_TYPES[kind]: name for kind, name in ID_FIELDS.items()}


def origins(before: Sequence[Record], after: Sequence[Record]) -> Origins:
    """Records of the list after, as they stood in the one before; whatever is not equal in every field is new."""
    if not len(after):
        return Origins(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))
    id_of = attrgetter(_ID_OF[type(after[0])])
    at = {record_id: ix for ix, record_id in enumerate(map(id_of, before))}
    found = np.array([at.get(record_id, -1) for record_id in map(id_of, after)], dtype=np.intp)
    for ix, place in enumerate(found.tolist()):
        if place >= 0 and before[place] is not after[ix] and before[place] != after[ix]:
            found[ix] = -1
    return Origins(found, np.flatnonzero(found < 0))


def patched(before: NDArray[Any], moved: Origins, fresh: NDArray[Any]) -> NDArray[Any]:
    """A column of the list before as that of the list after, with what the new records have in it."""
    after = np.asarray(before[moved.before])
    after[moved.fresh] = fresh
    return after


def carried_on(
    remembered: Remembered,
    what: str,
    records: Sequence[Record],
    *,
    make: Callable[[], T],
    carry: Callable[[T, Origins], T | None],
    by: Hashable = None,
    beside: tuple[object, ...] = (),
    n_kept: int,
) -> T:
    """What is kept of this very list; else carried on from a kept list that it is a part or the next state of; else
    made.

    carry : None where what was made before is not worth carrying on
    beside : lists it is made of as well; what is carried on may come from others
    """

    def made() -> T:
        for (before, *_), value in remembered.known(what, by):
            # A list that is much shorter cannot hold most of these.
            if not len(before) or len(before) < (1 - MOST_CHANGED) * len(records):
                continue
            moved = remembered.get("origins", (before, records), partial(origins, before, records))
            told = carry(value, moved) if len(moved.fresh) <= MOST_CHANGED * len(records) else None
            if told is not None:
                return told
        return make()

    return remembered.get(what, (records, *beside), made, by=by, n_kept=n_kept)
