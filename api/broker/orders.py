"""The list of open orders, and one order with its ranked people."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from api.audit import looked
from api.broker import licence, search
from api.broker.desk import DESK
from api.broker.room import READERS, ROOM, about, order_exists
from api.pages import Data, deed, page
from api.state import means, now, store, today
from api.state import orders as desk_orders
from api.viewer import viewer
from matcher.records.access import Role
from matcher.services.broker.courses import courses_of_order
from matcher.services.broker.order import broker_order
from matcher.services.broker.order_board import orders_of_post, post_told
from matcher.services.broker.order_list import OpenOrders, open_orders
from matcher.services.broker.order_people import Narrowing, people_of_order
from matcher.services.broker.relaxations import relaxations
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.settings import LONGEST_LIST

LONGEST_WORDS: Final = 100
N_RECENT: Final = 16
"""Lists brokers turned over last: a click on a facet or a page asks for the same list again."""


@page(ROOM, "/broker", "broker/orders.html", roles=READERS)
def orders() -> Data:
    """Orders open today that the law lets be published, most places left first."""
    call = OpenOrders(
        on=today(),
        words=request.args.get("q", "")[:LONGEST_WORDS].strip(),
        channel=request.args.get("channel", ""),
        after=request.args.get("after", ""),
    )
    return {**open_orders(store(), call), "licence": licence.told()}


@page(ROOM, "/broker/orders/<vacancy_id>", "broker/order.html", roles=READERS)
def order(vacancy_id: str) -> Data:
    """One order: its terms, the law's word on it, and who could go."""
    with order_exists():
        told = post_told(store(), desk_orders(), means(), vacancy_id, today())
    if told["barred"] or told["closed"] or told["places_left"] == 0:
        looked("order", [vacancy_id], {"offered": False})
        return {"order": told, "people": None, "short": None, **_desk(told)}
    if not licence.sees_people():
        looked("order", [vacancy_id], {"registered": False})
        return {"order": told, "people": None, "short": None, **_desk(told)}
    narrowing = Narrowing(query=search.query(), after=request.args.get("after", ""), top=search.page_length())
    answer = listed(vacancy_id)
    further: list[str] = []

    def behind(worker_ids: tuple[str, ...]) -> dict[str, Any]:
        answer = list_candidates(store(), means(), _call(vacancy_id, worker_ids), at=now())
        further.append(answer["decision_id"])
        return answer

    people = people_of_order(store(), desk_orders(), means(), _call(vacancy_id), answer, narrowing, further=behind)
    shown = [person["worker_id"] for person in people["people"]]
    detail = {"decision_id": answer["decision_id"], **({"further": further[0]} if further else {})}
    looked("candidates", [vacancy_id, *shown], detail | search.told_of(narrowing.query))
    return {
        "order": told,
        "people": people,
        "unread": search.unread(),
        "to": search.to_of(narrowing.query),
        "short": _short(told, people),
        **_desk(told),
    }


@deed(ROOM, "/broker/orders/<vacancy_id>/search", roles=READERS)
def search_order(vacancy_id: str) -> Response:
    """What was typed into the box of an order, as chips of its address: a name stands there sealed."""
    with order_exists():
        broker_order(store(), means(), vacancy_id, today())
    return search.read_into("broker.order", vacancy_id=vacancy_id)


def _call(vacancy_id: str, among: tuple[str, ...] = ()) -> ListCandidates:
    asked = about(vacancy_id)
    return ListCandidates(
        vacancy_id=vacancy_id,
        on=asked.on,
        jurisdiction=asked.jurisdiction,
        top=LONGEST_LIST,
        seed=asked.seed,
        public=True,
        regions=viewer().regions,
        among=among,
    )


def listed(vacancy_id: str) -> dict[str, Any]:
    """The logged list of an order for the present viewer's regions; the same call gets the same list."""
    records, call = store(), _call(vacancy_id)
    plan = records.current_plan(call.on)
    key = (records.revision(), plan.plan_id if plan else "", vacancy_id, call.regions, call.on)
    return means().remembered.get(
        "lists of orders", (), lambda: list_candidates(records, means(), call, at=now()), by=key, n_kept=N_RECENT
    )


def _short(order: dict[str, Any], people: dict[str, Any]) -> dict[str, Any] | None:
    """How many are lacking, and what each condition let go would bring; None while there are enough people."""
    wanted, able = order["places_left"], people["n_listed" if order["asks_everybody"] else "n_yes"]
    if able >= wanted:
        return None
    vacancy_id = order["vacancy_id"]
    key = (store().revision(), vacancy_id, viewer().regions, today())
    ways = means().remembered.get(
        "ways to more people", (), lambda: relaxations(store(), means(), about(vacancy_id)), by=key, n_kept=N_RECENT
    )
    courses = courses_of_order(store(), vacancy_id, today())
    return {"wanted": wanted, "able": able, "lacking": wanted - able, "ways": ways, "courses": courses}


def _desk(told: dict[str, Any]) -> dict[str, Any]:
    """The viewer's registration, the running orders of a post the viewer may open, and whether one may be opened."""
    asker = viewer()
    broker = asker.actor if asker.role is Role.BROKER else ""
    vacancy_id = told["vacancy_id"]
    barred = told["barred"] or told["closed"] or told["places_left"] == 0
    return {
        "licence": licence.told(),
        "running": orders_of_post(store(), desk_orders(), vacancy_id, broker=broker, regions=asker.regions),
        "may_open": asker.role in DESK and licence.sees_people() and not barred,
    }
