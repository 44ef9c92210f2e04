"""The list of open orders, and one order with its ranked people."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from api.audit import looked
from api.broker import licence
from api.broker.room import READERS, ROOM, about, chosen, order_exists
from api.pages import Data, page
from api.state import means, now, store, today
from api.viewer import viewer
from matcher.services.broker.order import broker_order
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
        told = broker_order(store(), means(), vacancy_id, today())
    if told["barred"] or told["closed"] or told["places_left"] == 0:
        looked("order", [vacancy_id], {"offered": False})
        return {"order": told, "people": None, "short": None, "licence": licence.told()}
    if not licence.sees_people():
        looked("order", [vacancy_id], {"registered": False})
        return {"order": told, "people": None, "short": None, "licence": licence.told()}
    narrowing = Narrowing(
        townships=chosen("township"),
        verdicts=chosen("verdict"),
        contacts=chosen("contact"),
        after=request.args.get("after", ""),
    )
    answer = listed(vacancy_id)
    people = people_of_order(store(), answer, narrowing)
    shown = [person["worker_id"] for person in people["people"]]
    looked("candidates", [vacancy_id, *shown], {"decision_id": answer["decision_id"]})
    return {"order": told, "people": people, "short": _short(told, people), "licence": licence.told()}


def listed(vacancy_id: str) -> dict[str, Any]:
    """The logged list of an order for the present viewer's regions; the same call gets the same list."""
    asked = about(vacancy_id)
    records, regions = store(), viewer().regions
    plan = records.current_plan(asked.on)

    def ask() -> dict[str, Any]:
        call = ListCandidates(
            vacancy_id=vacancy_id,
            on=asked.on,
            jurisdiction=asked.jurisdiction,
            top=LONGEST_LIST,
            seed=asked.seed,
            public=True,
            regions=regions,
        )
        return list_candidates(records, means(), call, at=now())

    key = (records.revision(), plan.plan_id if plan else "", vacancy_id, regions, asked.on)
    return means().remembered.get("lists of orders", (), ask, by=key, n_kept=N_RECENT)


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
    return {"wanted": wanted, "able": able, "lacking": wanted - able, "ways": ways}
