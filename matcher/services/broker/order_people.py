"""An order's ranked people as a broker sees them: masked, narrowed by one query, counted, a page at a time.

The order is that of `list_candidates`, whoever is asked for: a search leaves people out and moves nobody. It reaches
over the whole ranking; of people behind the end of the logged list a list of their own is logged before they are shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.orders.search.matching import Sieve
from matcher.orders.search.query import Query
from matcher.ports import OrderStore, RosterStore
from matcher.privacy import CLOSED_ORDERS, Audience, order_sentence, seen_by
from matcher.records import Worker
from matcher.services.broker.people_index import PeopleIndex, present
from matcher.services.broker.search_people import PAGE, page_of, people_told
from matcher.services.broker.search_told import ORDER_KINDS, carried, chips_told, facets_told
from matcher.services.broker.search_words import VERDICTS
from matcher.services.broker.widenings import gap, widenings
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import ORDERS_KEPT, ListCandidates, order_people
from matcher.services.rounds.whole_order import WholeOrder

LISTS_KEPT: Final = 16
Item = Mapping[str, Any]
Further = Callable[[tuple[str, ...]], Mapping[str, Any]]
"""People behind the end of the logged list -> their places in it, as a logged answer of `list_candidates`."""


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader narrowed the list to. after : last of the page before; top : how many stand on a page."""

    query: Query = Query()
    after: str = ""
    top: int = PAGE


class Ranking(NamedTuple):
    """Everybody an order could go to, best first.

    rows : in the index of people; verdict : of each of its rows, 2 yes, 1 to be asked, 0 not in the ranking
    """

    rows: NDArray[np.intp]
    verdict: NDArray[np.int8]


def people_of_order(
    store: RosterStore,
    orders: OrderStore,
    means: Means,
    call: ListCandidates,
    answer: Mapping[str, Any],
    narrowing: Narrowing,
    *,
    further: Further,
) -> dict[str, Any]:
    """A page of the people of an order, ranks as in the whole list.

    answer : the logged list of `call`. A facet counts what the other facets leave. Only the people of the page have
    their identities opened. Raises StaleCursor when the person a page ended with is no longer in the list.
    """
    listed = _listed(means, answer)
    told = listed.told
    now = present(store, orders, means, call.on)
    ranking = ranking_of(store, means, call, now.index)
    people = replace(now.people, verdict=ranking.verdict)
    sieve = Sieve(people, narrowing.query, ranking.verdict > 0)
    at = np.flatnonzero(sieve.fits[ranking.rows])
    start, page = page_of(people, ranking.rows[at], narrowing.after, narrowing.top)
    items = _items(listed, [people.columns.ids[row] for row in page.tolist()], further)
    verdicts = ranking.verdict[ranking.rows]
    return {
        "order_sentence": order_sentence(str(told["order"])),
        "n_yes": int(np.count_nonzero(verdicts == _YES)),
        "n_unknown": int(np.count_nonzero(verdicts == _ASK)),
        "n_listed": len(ranking.rows),
        "n_below_floor": told["n_below_floor"],
        "n_shown": len(at),
        "narrowed": bool(narrowing.query),
        "chips": chips_told(store, narrowing.query),
        "carried": carried(store, narrowing.query, ORDER_KINDS),
        "facets": facets_told(sieve, ORDER_KINDS),
        "wider": (wider := widenings(store, sieve)),
        "gap": None if wider is None else gap(store, sieve),
        "people": _rows(people_told(store, now, people, page), items, listed),
        "first": not narrowing.after,
        "next": people.columns.ids[page[-1]] if start + len(page) < len(at) else "",
    }


class Listed:
    """The one list of an answer as a broker sees it, and whom in it to compare somebody with."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        (self.told,) = seen_by(Audience.MEDIATOR, answer)["lists"]
        self.items: Final[dict[str, Item]] = {str(item["worker_id"]): item for item in self.told["items"]}
        self._ids: Final = tuple(self.items)
        self._places: Final = {worker_id: place for place, worker_id in enumerate(self._ids)}
        bands = [_band(item) for item in self.items.values()]
        # Where each run of one verdict and band begins.
        self._runs: Final = [at for at, band in enumerate(bands) if not at or band != bands[at - 1]]

    def beside(self, mine: Item) -> str:
        """Whom to compare somebody with: the nearest below of another verdict or band, else above, else the neighbour.

        Inside a band the broker hears one sentence for every pair; across bands every term can be told. Whoever is
        not in the list stands behind its end. "" in a list of nobody else.
        """
        at = self._places.get(str(mine["worker_id"]), len(self._ids))
        behind = at == len(self._ids)
        if not self._ids:
            return ""
        if behind and _band(self.items[self._ids[-1]]) != _band(mine):
            return self._ids[-1]
        run = bisect_right(self._runs, at) - 1
        if run + 1 < len(self._runs):
            return self._ids[self._runs[run + 1]]
        if run > 0:
            return self._ids[self._runs[run] - 1]
        neighbours = (*self._ids[at + 1 : at + 2], *self._ids[max(0, at - 1) : at])
        return neighbours[0] if neighbours else ""


def _band(item: Item) -> tuple[str, int]:
    return item["verdict"], item["fit_band"]


def _listed(means: Means, answer: Mapping[str, Any]) -> Listed:
    """The list of an answer, read once as long as its pages are turned."""
    return means.remembered.get("lists as brokers see them", (answer,), lambda: Listed(answer), n_kept=LISTS_KEPT)


_YES: Final = 2
_ASK: Final = 1


def ranking_of(store: RosterStore, means: Means, call: ListCandidates, index: PeopleIndex) -> Ranking:
    """The whole ranking of an order, however long, by the rules of its list; kept as long as its people."""
    everybody = order_people(store, means, call, plan=store.current_plan(call.on), revision=None)
    # They may have been asked for this call alone; then nobody asks for their ranking again either.
    return means.remembered.get(
        "order rankings", (everybody, index), lambda: _ranking(everybody, index.row_of), n_kept=ORDERS_KEPT
    )


def _ranking(everybody: WholeOrder, row_of: Mapping[str, int]) -> Ranking:
    ranking, workers = everybody.ranking, everybody.rosters.workers
    rows = np.array([row_of[workers[ix].worker_id] for ix in everybody.people_at[ranking].tolist()], dtype=np.intp)
    verdict = np.zeros(len(row_of), dtype=np.int8)
    verdict[rows] = everybody.pairs["verdict"][ranking]
    return Ranking(rows, verdict)


def _items(listed: Listed, shown: Sequence[str], further: Further) -> dict[str, Item]:
    """The items of the people shown: those of the logged list, and of those behind its end a further one."""
    items = {worker_id: listed.items[worker_id] for worker_id in shown if worker_id in listed.items}
    missing = tuple(sorted(set(shown) - items.keys()))
    if missing:
        (told,) = seen_by(Audience.MEDIATOR, further(missing))["lists"]
        items |= {str(item["worker_id"]): item for item in told["items"]}
    return items


def _rows(
    people: Sequence[tuple[Worker, dict[str, Any]]], items: Mapping[str, Item], listed: Listed
) -> list[dict[str, Any]]:
    order = str(listed.told["order"])
    return [
        {**_row(item, person, order), "beside": listed.beside(item)}
        for worker, person in people
        # Somebody who left the list while the page was made is not on it any more.
        if (item := items.get(worker.worker_id)) is not None
    ]


def _row(item: Item, person: dict[str, Any], order: str) -> dict[str, Any]:
    band = {} if order in CLOSED_ORDERS else {"fit_band": item["fit_band"]}
    return {
        "rank": item["rank"],
        **person,
        **band,
        "verdict": item["verdict"],
        "verdict_label": VERDICTS[item["verdict"]],
        "questions": item["questions"],
        "reason": item["sentence"],
        "drawback": item["drawback"],
    }
