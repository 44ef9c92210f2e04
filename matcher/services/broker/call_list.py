"""From an order's ranked people to a call list: who may be called, who not and why, and fifty of them at a tap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec

from matcher.orders.book import listed
from matcher.orders.calling import (
    Hurdle,
    Known,
    Limits,
    counted,
    hurdle,
    last_calls,
    number_of,
    side_by_side,
    standing,
    to_call,
)
from matcher.orders.seats import Rule, as_of, said_yes
from matcher.ports import OrderStore, RosterStore
from matcher.records import Worker
from matcher.records.orders import Call, CallOutcome, LabourOrder, Seat, SeatState
from matcher.services.broker.order_desk import SEAT_STATES, changed, moment_words, workers_of
from matcher.services.ground.masked_people import masked_people
from matcher.services.react import REASONS
from matcher.settings import Settings

FIRST_CALLS: Final = 50
OUTCOMES: Final[Mapping[CallOutcome, str]] = {
    CallOutcome.GO: "去",
    CallOutcome.LATER: "再想想",
    CallOutcome.NO: "不去",
    CallOutcome.NO_ANSWER: "打不通",
    CallOutcome.WRONG_NUMBER: "空号",
    CallOutcome.AWAY: "已在外",
}


class Preflight(msgspec.Struct, frozen=True):
    """The people of a ranked list who may be called now, best first, households in one piece; and why others not."""

    ready: tuple[str, ...]
    hurdles: Mapping[Hurdle, int]


def preflight(
    store: RosterStore, orders: OrderStore, settings: Settings, order: LabourOrder, ranked: Sequence[str], rule: Rule
) -> Preflight:
    """Judge a ranked list of worker ids for an order; other orders count wherever they are, and are not named."""
    workers = workers_of(store, list(ranked))
    every = orders.orders()
    n_orders, bound = standing(every, but=order.order_id)
    called = last_calls(every)
    agreed = {worker_id: _agreed(worker) for worker_id, worker in workers.items()}
    identities = store.identities([worker_id for worker_id, yes in agreed.items() if yes])
    limits = Limits(rule.at, settings.orders_per_worker, timedelta(days=settings.call_rest_days))

    def known(worker_id: str) -> Known:
        identity = identities.get(worker_id)
        return Known(
            agreed=agreed[worker_id],
            has_phone=bool(identity and identity.phone),
            n_orders=n_orders.get(worker_id, 0),
            bound=worker_id in bound,
            called_at=called.get(worker_id),
        )

    reached = [worker_id for worker_id in ranked if worker_id in workers]
    found = {worker_id: hurdle(order, worker_id, known(worker_id), limits) for worker_id in reached}
    ready = [worker_id for worker_id, why in found.items() if why is None]
    homes = {worker_id: workers[worker_id].household_id or "" for worker_id in ready}
    return Preflight(tuple(side_by_side(ready, homes)), counted(list(found.values())))


def draw_up(
    store: RosterStore,
    orders: OrderStore,
    settings: Settings,
    order: LabourOrder,
    answer: Mapping[str, Any],
    rule: Rule,
    *,
    n: int = FIRST_CALLS,
) -> LabourOrder:
    """The order with the next `n` people of its ranked list added to the call list.

    answer : of `list_candidates` for the order's vacancy. Everything is judged again under the order's lock.
    """
    ranked = [str(item["worker_id"]) for item in answer["lists"][0]["items"]]

    def deed(now: LabourOrder, rule: Rule) -> LabourOrder:
        ready = preflight(store, orders, settings, now, ranked, rule).ready
        return listed(now, ready[:n], list_id=str(answer["decision_id"]), rule=rule)

    return changed(orders, order, rule, deed)


def call_list_told(
    store: RosterStore,
    orders: OrderStore,
    settings: Settings,
    order: LabourOrder,
    answer: Mapping[str, Any] | None,
    rule: Rule,
) -> dict[str, Any]:
    """The call list as it stands, masked; and what a further list would bring, None if not asked.

    Everybody stands in one part: `to_call`, the next one first; `again`, who was reached with no answer that ends it
    (thinking it over until the hold ends, or unreached); `called`, whose calls are over, the last one first.
    """
    now = as_of(order, rule)
    ahead = None
    if answer is not None:
        ranked = [str(item["worker_id"]) for item in answer["lists"][0]["items"]]
        found = preflight(store, orders, settings, now, ranked, rule)
        ahead = {
            "n_ready": len(found.ready),
            "n_next": min(FIRST_CALLS, len(found.ready)),
            "hurdles": [{"code": why.value, "label": why.label, "n": n} for why, n in found.hurdles.items()],
        }
    queue = to_call(now)
    numbers = {seat.worker_id: number_of(now, seat.worker_id) for seat in queue}
    over = [seat for seat in now.people if seat.calls and seat.worker_id not in numbers]

    def numbered(seats: Sequence[Seat]) -> list[dict[str, Any]]:
        return [{**row, "number": numbers[row["worker_id"]]} for row in rows_of(store, seats)]

    return {
        "ahead": ahead,
        "to_call": numbered([seat for seat in queue if not _again(seat)]),
        "again": numbered([seat for seat in queue if _again(seat)]),
        "called": rows_of(store, sorted(over, key=lambda seat: seat.calls[-1].at, reverse=True)),
        "n_people": len(now.people),
        "outcomes": _outcomes(now),
    }


def rows_of(store: RosterStore, seats: Sequence[Seat]) -> list[dict[str, Any]]:
    """Lines of an order as a broker reads them; a person outside the reader's regions is left out."""
    workers = workers_of(store, [seat.worker_id for seat in seats])
    shown = masked_people(store, list(workers.values()))
    return [
        {
            **msgspec.to_builtins(shown[seat.worker_id]),
            "place_in_list": seat.place,
            "seat": seat.state.value,
            "seat_label": SEAT_STATES[seat.state],
            "held_until": moment_words(seat.held_until),
            "along": seat.partner if seat.partner in shown else "",
            "n_calls": len(seat.calls),
            "last": told_call(seat.calls[-1]) if seat.calls else None,
        }
        for seat in seats
        if seat.worker_id in shown
    ]


def told_call(call: Call) -> dict[str, Any]:
    """A call as a list says it."""
    return {
        "at": moment_words(call.at),
        "outcome": call.outcome.value,
        "label": OUTCOMES[call.outcome],
        "reason": REASONS.get(call.reason, ""),
    }


def _again(seat: Seat) -> bool:
    """Whether somebody still to be called was called before and gave no answer that a seat can be offered on."""
    return bool(seat.calls) and not said_yes(seat)


def _agreed(worker: Worker) -> bool | None:
    return None if worker.consent is None else worker.consent.share_with_employer


def _outcomes(order: LabourOrder) -> list[dict[str, Any]]:
    last = [seat.calls[-1].outcome for seat in order.people if seat.calls]
    waiting = sum(seat.state is SeatState.WAITING for seat in order.people)
    counts = [{"code": code.value, "label": label, "n": last.count(code)} for code, label in OUTCOMES.items()]
    return [*counts, {"code": "waiting", "label": SEAT_STATES[SeatState.WAITING], "n": waiting}]
