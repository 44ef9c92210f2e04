"""An order's ranked people as a broker sees them: masked, narrowed by one query, counted, a page at a time.

The order is that of `list_candidates`, whoever is asked for: a search leaves people out and moves nobody. It reaches
over the whole ranking; of people behind the end of the logged list a list of their own is logged before they are shown.
"""

from __future__ import annotations

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
from matcher.records import Vacancy, Worker
from matcher.services.broker.people_index import PeopleIndex, present
from matcher.services.broker.search_people import PAGE, page_of, people_told
from matcher.services.broker.search_told import ORDER_KINDS, carried, chips_told, facets_told
from matcher.services.broker.search_words import VERDICTS
from matcher.services.broker.widenings import gap, widenings
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import (
    ROUNDS_KEPT,
    ListCandidates,
    order_of,
    order_round,
    ranked_people,
)
from matcher.services.rounds.match_round import Round

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
    (told,) = seen_by(Audience.MEDIATOR, answer)["lists"]
    now = present(store, orders, means, call.on)
    ranking = ranking_of(store, means, call, now.index)
    people = replace(now.people, verdict=ranking.verdict)
    sieve = Sieve(people, narrowing.query, ranking.verdict > 0)
    at = np.flatnonzero(sieve.fits[ranking.rows])
    start, page = page_of(people, ranking.rows[at], narrowing.after, narrowing.top)
    items = _items(told["items"], [people.columns.ids[row] for row in page.tolist()], further)
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
        "people": _rows(people_told(store, now, people, page), items, told),
        "first": not narrowing.after,
        "next": people.columns.ids[page[-1]] if start + len(page) < len(at) else "",
    }


_YES: Final = 2
_ASK: Final = 1


def ranking_of(store: RosterStore, means: Means, call: ListCandidates, index: PeopleIndex) -> Ranking:
    """The whole ranking of an order, however long, by the rules of its list; kept as long as its round."""
    solved, rosters = order_round(store, means, call, plan=store.current_plan(call.on), revision=None)

    def made() -> Ranking:
        return _ranking(solved, rosters.vacancies[0], index.row_of)

    # The round is one that may have been made for this call alone; then nobody asks for its ranking again either.
    return means.remembered.get("order rankings", (solved, index), made, n_kept=ROUNDS_KEPT)


def _ranking(solved: Round, vacancy: Vacancy, row_of: Mapping[str, int]) -> Ranking:
    pairs, _ = ranked_people(solved, order_of(solved, vacancy), top=len(solved.pairs))
    workers = solved.rosters.workers
    rows = np.array([row_of[workers[ix].worker_id] for ix in pairs.worker_ix.tolist()], dtype=np.intp)
    verdict = np.zeros(len(row_of), dtype=np.int8)
    verdict[rows] = pairs["verdict"]
    return Ranking(rows, verdict)


def _items(listed: Sequence[Item], shown: Sequence[str], further: Further) -> dict[str, Item]:
    """The items of the people shown: those of the logged list, and of those behind its end a further one."""
    wanted = set(shown)
    items = {str(item["worker_id"]): item for item in listed if item["worker_id"] in wanted}
    missing = tuple(sorted(wanted - items.keys()))
    if missing:
        (told,) = seen_by(Audience.MEDIATOR, further(missing))["lists"]
        items |= {str(item["worker_id"]): item for item in told["items"]}
    return items


def _rows(
    people: Sequence[tuple[Worker, dict[str, Any]]], items: Mapping[str, Item], told: Mapping[str, Any]
) -> list[dict[str, Any]]:
    order = str(told["order"])
    places = {str(item["worker_id"]): place for place, item in enumerate(told["items"])}
    return [
        {
            **_row(items[worker.worker_id], person, order),
            "beside": _beside(told["items"], places.get(worker.worker_id, len(places)), items[worker.worker_id]),
        }
        for worker, person in people
        # Somebody who left the list while the page was made is not on it any more.
        if worker.worker_id in items
    ]


def _beside(listed: Sequence[Item], at: int, mine: Item) -> str:
    """Whom to compare somebody with: the nearest below of another verdict or band, else above, else the neighbour.

    Inside a band the broker hears one sentence for every pair; across bands every term can be told.
    """
    band = (mine["verdict"], mine["fit_band"])
    for other in (*listed[at + 1 :], *reversed(listed[:at])):
        if (other["verdict"], other["fit_band"]) != band:
            return str(other["worker_id"])
    neighbours = (*listed[at + 1 : at + 2], *listed[max(0, at - 1) : at])
    return str(neighbours[0]["worker_id"]) if neighbours else ""


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
