"""The people of the store as a search reads them: columns, names, who is free; made once for as long as they hold.

Kept in memory beside the records: about 65 bytes a person for the columns, 20 for the names, which are opened for it
and stand nowhere but in the memory of this process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import shortlist
from matcher.language.trade_words import folded
from matcher.orders.calling import last_calls
from matcher.orders.search.columns import Mask, PeopleColumns, encode_people
from matcher.orders.search.homes import home_names
from matcher.orders.search.matching import NEVER, People, neutral_order, pairs_of
from matcher.orders.search.names import NameColumns, encode_names
from matcher.orders.search.reading import Vocabulary
from matcher.ports import OrderStore, RosterStore, Shared
from matcher.records import Kind, Placement, Worker
from matcher.services.ground.answering import workers_at, working_ids
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import whole

T = TypeVar("T")
N_AT_ONCE: Final = 20_000
"""Identities opened in one step: all of a county at once would take a hundred megabytes for a moment."""
DAYS_KEPT: Final = 3


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, on which day, and how far the asker's regions reach (leading digits, all if empty)."""

    on: date
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleIndex:
    """Everybody in the store: columns, where each id stands, what a typed line can name."""

    workers: Sequence[Worker]
    columns: PeopleColumns
    row_of: Mapping[str, int]
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class Day:
    """What holds for a day: who has no work, who of these is of a household with another one, what work ended last."""

    free: Mask
    together: Mask
    last_work: Mapping[str, Placement]


@dataclass(frozen=True, slots=True)
class Present:
    """Everybody as a search of a day sees them, and what the pages tell of them besides."""

    index: PeopleIndex
    day: Day
    people: People

    def within(self, regions: Collection[str]) -> Mask:
        """Whom an asker may find at all: of the regions, without work on the day, not said no to working."""
        columns = self.index.columns
        return self.day.free & columns.willing & _reached(columns, regions)


def people_index(store: RosterStore, means: Means) -> PeopleIndex:
    """The index of the whole store, behind every scope: who may be found is for the asker's regions to say."""
    workers = workers_at(whole(store), None)
    return _kept(means, "people index", (workers,), lambda: _indexed(workers))


def warm_people(store: RosterStore, means: Means, on: date) -> None:
    """Make what the first search of a day reads, names and the order of waiting as well."""
    index = people_index(store, means)
    _day(store, means, index, on)
    _names(store, means, index)
    waiting_order(means, index, on)


def present(store: RosterStore, orders: OrderStore, means: Means, on: date) -> Present:
    """Everybody on a day, read once for all that an answer tells; names are opened when one is first asked for."""
    index = people_index(store, means)
    day = _day(store, means, index, on)
    people = People(
        columns=index.columns,
        names=lambda: _names(store, means, index),
        on=on,
        called_on=_called_on(orders, index),
        together=day.together,
    )
    return Present(index, day, people)


def waiting_order(means: Means, index: PeopleIndex, on: date) -> NDArray[np.intp]:
    """Everybody's rows, the longest waiting first; equals fall otherwise each day, the same for everybody on it."""
    seed = means.settings.seed + on.toordinal()

    def made() -> NDArray[np.intp]:
        return neutral_order(index.columns, shortlist.tie_keys(index.columns.ids, seed))

    return _kept(means, "waiting order", (index.workers,), made, by=seed)


def _reached(columns: PeopleColumns, regions: Collection[str]) -> Mask:
    if not regions:
        return np.ones(len(columns), dtype=np.bool_)
    inside = [str(home).startswith(tuple(regions)) for home in columns.homes.tolist()]
    return np.asarray(np.array(inside, dtype=np.bool_)[columns.home]) if inside else np.zeros(0, dtype=np.bool_)


def _indexed(workers: Sequence[Worker]) -> PeopleIndex:
    columns = encode_people(workers)
    texts = columns.texts.words
    return PeopleIndex(
        workers=workers,
        columns=columns,
        row_of={worker_id: row for row, worker_id in enumerate(columns.ids)},
        vocabulary=Vocabulary(
            homes=home_names(columns.townships, columns.villages),
            written=lambda words: any(folded(words) in text for text in texts),
        ),
    )


def _names(store: RosterStore, means: Means, index: PeopleIndex) -> NameColumns:
    def made() -> NameColumns:
        opened: list[str | None] = []
        for start in range(0, len(index.columns), N_AT_ONCE):
            ids = index.columns.ids[start : start + N_AT_ONCE]
            found = whole(store).identities(ids)
            opened += [found[worker_id].name if worker_id in found else None for worker_id in ids]
        return encode_names(opened)

    return _kept(means, "names", (index.workers,), made)


def _day(store: RosterStore, means: Means, index: PeopleIndex, on: date) -> Day:
    placements = whole(store).records(Kind.PLACEMENTS)

    def made() -> Day:
        free = np.ones(len(index.columns), dtype=np.bool_)
        busy = [index.row_of[worker_id] for worker_id in working_ids(whole(store), on, None) & index.row_of.keys()]
        free[busy] = False
        return Day(free=free, together=pairs_of(index.columns, free), last_work=_last_works(placements, on))

    return _kept(means, "people today", (index.workers, placements), made, by=on)


def _last_works(placements: Sequence[object], on: date) -> Mapping[str, Placement]:
    last: dict[str, Placement] = {}
    for placement in placements:
        if isinstance(placement, Placement) and placement.end is not None and placement.end < on:
            known = last.get(placement.worker_id)
            if known is None or (known.end or on) < placement.end:
                last[placement.worker_id] = placement
    return last


def _called_on(orders: OrderStore, index: PeopleIndex) -> NDArray[np.int32]:
    """Ordinal day of the last call or look at the number, for whichever order; NEVER without one."""
    found = np.full(len(index.columns), NEVER, dtype=np.int32)
    touched: dict[str, datetime] = dict(last_calls(orders.orders()))
    for unlock in orders.unlocks():
        touched[unlock.worker_id] = max(unlock.at, touched.get(unlock.worker_id, unlock.at))
    for worker_id, at in touched.items():
        if (row := index.row_of.get(worker_id)) is not None:
            found[row] = at.date().toordinal()
    return found


def _kept(means: Means, what: str, lists: tuple[object, ...], build: Callable[[], T], *, by: Hashable = None) -> T:
    """What is made of shared lists, kept for as long as they hold; of any other list made anew."""
    if not all(isinstance(one, Shared) for one in lists):
        return build()
    return means.remembered.get(what, lists, build, by=by, n_kept=DAYS_KEPT)
