"""Orders as lists: a broker's own, those of a post, those that wait for an officer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from matcher.ports import OrderStore, RosterStore
from matcher.records import Kind, Vacancy
from matcher.records.orders import LabourOrder, OrderState
from matcher.services.broker.new_order import checks_told, draft_told
from matcher.services.broker.open_order import Occasion, draft_of, form_of
from matcher.services.broker.order import broker_order
from matcher.services.broker.order_checks import ARREARS, check_order
from matcher.services.broker.order_desk import STATES, moment_words
from matcher.services.ground.answering import vacancy_named
from matcher.services.ground.place_words import work_words
from matcher.services.ground.rulebook import Means
from matcher.services.rosters.arrears import owes_wages
from matcher.services.rosters.suspension import is_suspended

_FIRST: Final = (OrderState.OPEN, OrderState.DRAFT, OrderState.DEPARTED, OrderState.CANCELLED)
WAITING: Final = "等县就业局同意"
REFUSED: Final = "县就业局没同意"
HALTED: Final = "停下核查"
FULL: Final = "招满了"
N_SHOWN: Final = 100
OWING: Final = "这个单位在拖欠工资名单上，移出之前不派人。"


def my_orders(
    store: RosterStore, orders: OrderStore, *, broker: str = "", regions: Sequence[str] = ()
) -> dict[str, Any]:
    """Orders of a broker, or of everybody in the regions if no broker is named; open ones first, then newest.

    n_open : open with a seat to fill
    """
    found = orders.orders(broker=broker, regions=() if broker else regions)
    found.sort(key=lambda order: _FIRST.index(order.state))
    shown = found[:N_SHOWN]
    return {
        "orders": order_rows(store, orders, shown),
        "n_orders": len(found),
        "n_open": sum(order.state is OrderState.OPEN and not _full(order) for order in found),
        "of_everybody": not broker,
    }


def orders_of_post(
    store: RosterStore, orders: OrderStore, vacancy_id: str, *, broker: str = "", regions: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Running orders of a post that the reader may open."""
    running = (OrderState.OPEN, OrderState.DRAFT)
    reached = orders.orders(broker=broker, regions=() if broker else regions)
    found = [order for order in reached if order.vacancy_id == vacancy_id and order.state in running]
    return order_rows(store, orders, found)


def post_told(store: RosterStore, orders: OrderStore, means: Means, vacancy_id: str, on: date) -> dict[str, Any]:
    """A post as a broker reads it; barred as well while its employer stands on a list of wage arrears. NotFound."""
    told = broker_order(store, means, vacancy_id, on)
    if not owes_wages(store, orders, vacancy_named(store, vacancy_id), on):
        return told
    bar = {"code": ARREARS, "sentence": OWING, "article": "", "found": told["employer"]}
    return told | {"barred": [bar, *told["barred"]]}


def waiting_orders(
    store: RosterStore, orders: OrderStore, means: Means, occasion: Occasion, regions: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Orders that wait for an officer, the oldest first, with what was found of each."""
    found = [order for order in orders.orders(regions=regions) if order.state is OrderState.DRAFT]
    told = []
    for order in reversed(found):
        fields = form_of(orders, order)
        draft = draft_of(means, fields, occasion)
        checked = check_order(store, orders, means, draft, occasion.on)
        told.append(
            {
                "order_id": order.order_id,
                "broker": order.broker,
                "created": moment_words(order.created_at),
                "title": draft.trade,
                "employer": draft.employer,
                "terms": draft.terms,
                "ages": fields.get("ages", ""),
                "facts": draft_told(draft),
                "faults": [{"field": one.field, "sentence": one.sentence} for one in draft.faults],
                **checks_told(draft, checked),
            }
        )
    return told


def order_rows(store: RosterStore, orders: OrderStore, found: Iterable[LabourOrder]) -> list[dict[str, Any]]:
    """A row an order: what for, how it stands, when it leaves; nobody of its people."""
    listed = list(found)
    posts = {
        vacancy.vacancy_id: vacancy
        for vacancy in store.records(Kind.VACANCIES, ids=sorted({order.vacancy_id for order in listed}))
        if isinstance(vacancy, Vacancy)
    }
    return [_row(orders, order, posts.get(order.vacancy_id)) for order in listed]


def _row(orders: OrderStore, order: LabourOrder, post: Vacancy | None) -> dict[str, Any]:
    form = {} if post is not None else form_of(orders, order)
    waits, is_open = order.state is OrderState.DRAFT, order.state is OrderState.OPEN
    halted = is_open and post is not None and is_suspended(post)
    return {
        "order_id": order.order_id,
        "vacancy_id": order.vacancy_id if post is not None else "",
        "title": post.title if post else form.get("trade", "岗位已撤下"),
        "employer": (post.employer_name or "") if post else form.get("employer", ""),
        "place": work_words(post.place_code) if post else form.get("place", ""),
        "state": order.state.value,
        "state_label": HALTED if halted else _label(order),
        "open": is_open,
        "halted": halted,
        "waits": waits,
        "n_seats": order.n_seats,
        "n_taken": order.n_taken,
        "departs": moment_words(order.departs_at),
        "pickup": order.pickup,
        "broker": order.broker,
        "agreed_by": order.agreed_by,
        "refused_why": order.refused_why,
    }


def _label(order: LabourOrder) -> str:
    if order.state is OrderState.DRAFT:
        return WAITING
    if order.refused_why:
        return REFUSED
    return FULL if order.state is OrderState.OPEN and _full(order) else STATES[order.state]


def _full(order: LabourOrder) -> bool:
    return order.n_taken >= order.n_seats
