"""A search for people without an order: who could go, narrowed by one query, in an order that favours nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.errors import StaleCursor
from matcher.orders.search.matching import NEVER, People, Sieve
from matcher.orders.search.query import Query
from matcher.orders.search.reading import Read, read_line
from matcher.ports import OrderStore, RosterStore
from matcher.records import Worker
from matcher.services.broker.people_index import Asker, Present, people_index, present, waiting_order
from matcher.services.broker.people_rows import called_words, drawback, talking_points
from matcher.services.broker.search_told import KINDS, carried, chips_told, facets_told
from matcher.services.broker.widenings import gap, widenings
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.rulebook import Means

PAGE: Final = 50
ORDER: Final = "登记求职早的在前，没写登记日期的在后；同一天的每天抽签。"


class SearchPeople(msgspec.Struct, frozen=True, kw_only=True):
    """The call: who asks, for whom, behind whom the page begins, how many stand on it."""

    asker: Asker
    query: Query = Query()
    after: str = ""
    top: int = PAGE


def read_box(store: RosterStore, means: Means, asker: Asker, line: str) -> Read:
    """What a typed line asks for, and the pieces nobody could read."""
    return read_line(line, people_index(store, means).vocabulary, asker.on)


def search_people(
    store: RosterStore, orders: OrderStore, means: Means, call: SearchPeople, *, fresh: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """A page of the people found, masked, with chips and counted facets.

    fresh : people of a saved search who are new. Raises StaleCursor when the person a page ended with is gone.
    """
    now, sieve = sieve_of(store, orders, means, call, fresh=fresh)
    everybody = waiting_order(means, now.index, call.asker.on)
    rows = everybody[sieve.fits[everybody]]
    start, page = page_of(sieve.people, rows, call.after, call.top)
    return {
        "order_sentence": ORDER,
        "n_all": int(np.count_nonzero(sieve.within)),
        "n_shown": len(rows),
        "chips": chips_told(store, call.query),
        "carried": carried(store, call.query, KINDS),
        "facets": facets_told(sieve, KINDS),
        "wider": (wider := widenings(store, sieve)),
        "gap": None if wider is None else gap(store, sieve),
        "people": [
            {"rank": start + place, **person, "drawback": drawback(worker, call.asker.on)}
            for place, (worker, person) in enumerate(people_told(store, now, sieve.people, page), 1)
        ],
        "first": not call.after,
        "next": sieve.people.columns.ids[page[-1]] if start + len(page) < len(rows) else "",
    }


def sieve_of(
    store: RosterStore, orders: OrderStore, means: Means, call: SearchPeople, *, fresh: frozenset[str] = frozenset()
) -> tuple[Present, Sieve]:
    """Everybody, and the query over those whom the asker may find."""
    now = present(store, orders, means, call.asker.on)
    people = now.people
    if fresh:
        held = np.zeros(len(people), dtype=np.bool_)
        held[[now.index.row_of[worker_id] for worker_id in fresh if worker_id in now.index.row_of]] = True
        people = replace(people, fresh=held)
    return now, Sieve(people, call.query, now.within(call.asker.regions))


def page_of(people: People, rows: NDArray[np.intp], after: str, top: int) -> tuple[int, NDArray[np.intp]]:
    """How many stand before the page that begins behind somebody, and its rows; StaleCursor if that one is gone."""
    start = 0
    if after:
        ids = people.columns.ids
        at = next((place for place, row in enumerate(rows.tolist()) if ids[row] == after), None)
        if at is None:
            raise StaleCursor("名单已经变了，翻页接不上", where="after", remedy="请从第一页重新看起。")
        start = at + 1
    return start, rows[start : start + top]


def people_told(
    store: RosterStore, now: Present, people: People, rows: NDArray[np.intp]
) -> list[tuple[Worker, dict[str, Any]]]:
    """The people of some rows, masked, with what one may talk about and when they were last called."""
    workers, worked = now.index.workers, now.day.last_work
    shown = [workers[row] for row in rows.tolist()]
    names = masked_people(store, shown)
    told = []
    for row, worker in zip(rows.tolist(), shown, strict=True):
        called_on = int(people.called_on[row])
        days_ago = None if called_on == NEVER else people.on.toordinal() - called_on
        points = talking_points(
            worker, people.on, last_work=worked.get(worker.worker_id), together=bool(people.together[row])
        )
        person = msgspec.to_builtins(names[worker.worker_id])
        new = people.fresh is not None and bool(people.fresh[row])
        told.append((worker, {**person, "points": points, "called": called_words(days_ago), "fresh": new}))
    return told
