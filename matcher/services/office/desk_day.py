"""The day at the brokers' desks as the office sees it: orders and seats, answers that are due; no person is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from matcher.ports import OrderStore, RosterStore
from matcher.records.local_time import CHINA
from matcher.records.orders import CallOutcome, LabourOrder, OrderState, Seat, SeatState
from matcher.services.broker.order_board import order_rows

N_NEXT: Final = 4
LAPSES_SOON: Final = timedelta(hours=12)
STILL_TO_CALL: Final = frozenset({SeatState.LISTED, SeatState.WAITING, SeatState.HELD})


def desk_day(store: RosterStore, orders: OrderStore, regions: Sequence[str], at: datetime) -> dict[str, Any]:
    """Orders and answers of the regions at a moment (UTC) of the county's day.

    orders : open ones, and those that leave today, the next to leave in rows; seats : held ones, those whose hold ends
    within twelve hours, those whose hold is over and nobody has let go; answers : people who asked to be called
    again, questions after the placement that are due, orders that wait for an officer
    """
    day = at.astimezone(CHINA).date()
    reached = orders.orders(regions=regions)
    running = [order for order in reached if order.state is OrderState.OPEN]
    known = {order.order_id for order in reached}
    due = [one for one in orders.follow_ups(due_by=day) if one.order_id in known]
    leaving = sorted((order for order in running if order.departs_at), key=_departs)
    held = [seat for order in running for seat in order.people if seat.state is SeatState.HELD]
    ends = [seat.held_until for seat in held if seat.held_until is not None]
    return {
        "orders": {
            "n_open": len(running),
            "n_leaving_today": sum(_departs(order).astimezone(CHINA).date() == day for order in leaving),
            "n_seats": sum(order.n_seats for order in running),
            "n_taken": sum(order.n_taken for order in running),
            "next": order_rows(store, orders, leaving[:N_NEXT]),
        },
        "seats": {
            "n_held": len(held),
            "n_lapsing": sum(at < end <= at + LAPSES_SOON for end in ends),
            "n_lapsed": sum(end <= at for end in ends),
        },
        "answers": {
            "n_call_back": sum(_asked_to_call_again(seat) for order in running for seat in order.people),
            "n_follow_ups": len(due),
            "n_late": sum(one.due_on < day for one in due),
            "n_orders_waiting": sum(order.state is OrderState.DRAFT and not order.refused_why for order in reached),
        },
    }


def town_bars(towns: Iterable[dict[str, Any]], most: int) -> dict[str, Any]:
    """The towns with the most people or places, the rest in one row, and the sentence that says what the bars do.

    towns : rows of `office_today`; most : rows at most
    """
    rows = [town for town in towns if town["code"]]
    shown = sorted(rows, key=lambda town: -max(town["n_people"], town["n_places"]))[: most - 1]
    if len(rows) <= most:
        shown = rows
    rest = [town for town in rows if town not in shown]
    bars = [{name: town[name] for name in ("name", "n_people", "n_places")} for town in rows if town in shown]
    if rest:
        people, places = (sum(town[name] for town in rest) for name in ("n_people", "n_places"))
        bars.append({"name": f"其他{len(rest)}个镇", "n_people": people, "n_places": places})
    return {"rows": bars, "sentence": _sentence(rows)}


def _sentence(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "还没有各镇的数。"
    first = max(rows, key=lambda town: town["n_people"])
    n_short = sum(town["n_places"] < town["n_people"] for town in rows)
    short = f"{n_short}个镇的名额比人少" if n_short else "各镇的名额都不比人少"
    return f"想找活的人最多的是{first['name']}：{first['n_people']}人，{first['n_places']}个名额；{short}。"


def _departs(order: LabourOrder) -> datetime:
    return order.departs_at or datetime.max.replace(tzinfo=CHINA)


def _asked_to_call_again(seat: Seat) -> bool:
    return seat.state in STILL_TO_CALL and bool(seat.calls) and seat.calls[-1].outcome is CallOutcome.LATER
