"""The call list of an order, one call, and the number for it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from flask import Response, make_response, render_template, request

from api.audit import looked
from api.broker.desk import DESK, bound_for, desk_order, go_on, rule
from api.broker.orders import listed
from api.broker.room import READERS, ROOM
from api.county_time import moment
from api.pages import Data, deed, page
from api.state import access, deeds, means, orders, store, today
from api.texting import by
from api.viewer import viewer
from matcher.errors import Conflict, NotFound
from matcher.records.access import Role
from matcher.records.orders import LabourOrder
from matcher.services.broker.call_card import NoteCall, card_told, group_text, next_call, note_call
from matcher.services.broker.call_list import FIRST_CALLS, call_list_told, draw_up
from matcher.services.broker.order_board import post_told
from matcher.services.broker.order_desk import order_head, require_open
from matcher.services.broker.seat_board import seat_deed
from matcher.services.broker.unlock import REASONS, UnlockContact, left_today, unlock_contact
from matcher.services.tracking.corrections import AskCorrection, ask_correction, whats_told

CALLERS: Final = frozenset({Role.BROKER})
"""Full numbers are for calls, and calls are the broker's."""
LONGEST: Final = 200


@page(ROOM, "/broker/orders/<order_id>/calls", "broker/calls.html", roles=READERS)
def calls(order_id: str) -> Data:
    """Who is to be called, who has been, and how many more of the ranked list may be."""
    order = desk_order(order_id)
    told = call_list_told(store(), orders(), means().settings, order, _answer(order), rule())
    shown = [row["worker_id"] for row in (*told["to_call"], *told["again"], *told["called"])]
    looked("call_list", [order_id, *dict.fromkeys(shown)])
    asker = viewer()
    return {
        "desk": order_head(store(), order, rule()),
        **told,
        "left_today": left_today(orders(), means().settings, asker.actor, moment()),
        "may_call": asker.role in CALLERS,
        "first_calls": FIRST_CALLS,
        "rest_days": means().settings.call_rest_days,
        "n_group_texts": len(_group_texts(order_id)),
    }


@deed(ROOM, "/broker/orders/<order_id>/calls", roles=DESK)
def make_calls(order_id: str) -> Response:
    """Put the next people of the ranked list on the call list."""
    order = desk_order(order_id)
    require_open(order)
    answer = _answer(order)
    if answer is None:
        raise NotFound("这个岗位今天不派人，没有名单", remedy="请先看岗位页写的原因。")
    after = draw_up(store(), orders(), means().settings, order, answer, rule())
    known = {seat.worker_id for seat in order.people}
    fresh = [seat.worker_id for seat in after.people if seat.worker_id not in known]
    looked("call_list_made", [order_id, *fresh], {"decision_id": answer["decision_id"]})
    return go_on("broker.calls", order_id=order_id)


@page(ROOM, "/broker/orders/<order_id>/calls/<worker_id>", "broker/call.html", roles=READERS)
def call_card(order_id: str, worker_id: str) -> Data:
    """The card of one call, number masked."""
    return _card(desk_order(order_id), worker_id)


@deed(ROOM, "/broker/orders/<order_id>/calls/<worker_id>/number", roles=CALLERS)
def show_number(order_id: str, worker_id: str) -> Response:
    """The same card with the number: in this one answer, which nothing stores and no address leads back to."""
    order = desk_order(order_id)
    _require_offered(order)
    call = UnlockContact(
        worker_id=worker_id,
        reason=request.form.get("reason", ""),
        note=request.form.get("note", "")[:LONGEST],
        actor=viewer().actor,
        role=viewer().role,
    )
    data = _card(order, worker_id)
    contact = unlock_contact(store(), orders(), access(), means().settings, order, call, moment())
    return make_response(render_template("broker/call.html", **data, contact=contact, viewer=viewer()))


@deed(ROOM, "/broker/orders/<order_id>/calls/<worker_id>/outcome", roles=CALLERS)
def note_outcome(order_id: str, worker_id: str) -> Response:
    """What came of the call; then the next card, or the list where nobody is left."""
    order = desk_order(order_id)
    call = NoteCall(
        worker_id=bound_for(order, worker_id),
        by=viewer().actor,
        outcome=request.form.get("outcome", ""),
        reason=request.form.get("reason", ""),
    )
    after, seat = note_call(orders(), access(), order, call, rule())
    looked("call", [order_id, worker_id], {"outcome": call.outcome, "reason": call.reason, "seat": seat.state.value})
    onward = next_call(after, rule(), but=worker_id)
    if not onward:
        return go_on("broker.calls", order_id=order_id)
    return go_on("broker.call_card", order_id=order_id, worker_id=onward, said=worker_id)


@deed(ROOM, "/broker/orders/<order_id>/calls/<worker_id>/wrong", roles=CALLERS)
def hear_of_wrong(order_id: str, worker_id: str) -> Response:
    """The person says that something in the own record is wrong: the office's queue has it."""
    call = AskCorrection(
        worker_id=bound_for(desk_order(order_id), worker_id), what=request.form.get("what", ""), through="call"
    )
    ask_correction(store(), deeds(), call, by())
    looked("correction_asked", [order_id, worker_id])
    return go_on("broker.call_card", order_id=order_id, worker_id=worker_id, wrong="1")


@deed(ROOM, "/broker/orders/<order_id>/calls/<worker_id>/along", roles=CALLERS)
def go_along(order_id: str, worker_id: str) -> Response:
    """Two who go together or not at all, or no longer."""
    order = desk_order(order_id)
    other = request.form.get("other", "")
    part = request.form.get("part") == "1"
    seat_deed(
        orders(), order, rule(), worker_id=bound_for(order, worker_id), deed="part" if part else "pair",
        other=other if part else bound_for(order, other),
    )  # fmt: skip
    looked("pair" if not part else "part", [order_id, worker_id, *([other] if other else [])])
    return go_on("broker.call_card", order_id=order_id, worker_id=worker_id)


@deed(ROOM, "/broker/orders/<order_id>/group-text", roles=DESK)
def make_group_text(order_id: str) -> Response:
    """A text for a village's group, without anybody of the list; each making is counted."""
    order = desk_order(order_id)
    require_open(order)
    told = group_text(store(), order, viewer().actor)
    looked("group_text", [order_id])
    data = {"desk": order_head(store(), order, rule()), "text": told, "n_group_texts": len(_group_texts(order_id))}
    return make_response(render_template("broker/group_text.html", **data, viewer=viewer()))


def _card(order: LabourOrder, worker_id: str) -> dict[str, Any]:
    told = card_told(store(), order, _answer(order), worker_id, rule())
    looked("call_card", [order.order_id, worker_id])
    said = request.args.get("said", "")
    before = next((seat for seat in order.people if seat.worker_id == said), None)
    return {
        "desk": order_head(store(), order, rule()),
        **told,
        "said": before.calls[-1].outcome.value if before and before.calls else "",
        "said_seat": before.state.value if before else "",
        "unlock_reasons": [{"code": code, "label": label} for code, label in REASONS.items()],
        "left_today": left_today(orders(), means().settings, viewer().actor, moment()),
        "quota": means().settings.unlocks_per_day,
        "may_call": viewer().role in CALLERS,
        "whats": whats_told(),
        "wrong": "wrong" in request.args,
    }


def _require_offered(order: LabourOrder) -> None:
    """Conflict while the law, a list of wage arrears or an officer bars the post: nobody is called for it."""
    with suppress(NotFound):
        told = post_told(store(), orders(), means(), order.vacancy_id, today())
        if told["barred"]:
            raise Conflict(told["barred"][0]["sentence"], remedy="先不要打电话，有事问县就业局。")


def _answer(order: LabourOrder) -> dict[str, Any] | None:
    """The ranked list behind an order, None where the post is offered to nobody today."""
    try:
        told = post_told(store(), orders(), means(), order.vacancy_id, today())
    except NotFound:
        return None
    barred = told["barred"] or told["closed"] or told["places_left"] == 0
    return None if barred else listed(order.vacancy_id)


def _group_texts(order_id: str) -> list[object]:
    return [entry for entry in access().audit(subject=order_id, limit=1000) if entry.action == "group_text"]
