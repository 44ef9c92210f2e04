"""Follow-ups: who is to be asked by today whether the work is kept, and the answer in one tap."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.orders.follow_ups import STATUSES, placement_id
from matcher.ports import Change, OrderStore, RosterStore
from matcher.records import Kind, Placement
from matcher.records.orders import FollowUp, LabourOrder
from matcher.records.texts import Channel
from matcher.services.broker.order_desk import vacancy_of, workers_of
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.own_batch import Deed, batch_id_of, write_own
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.returns import note_found_home
from matcher.services.react import REASONS

RETURNED: Final = "returned"
LEFT: Final = frozenset({"moved", RETURNED})
"""Answers that say the work of this placement is over."""


class AnswerFollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which question, what the answer is (one of STATUSES), why (one of REASONS, or "")."""

    follow_up_id: str
    status: str
    reason: str = ""


def due_told(store: RosterStore, orders: OrderStore, regions: tuple[str, ...], on: date) -> dict[str, Any]:
    """The open questions due by a day, oldest first, masked; people and orders outside the regions are left out.

    Whoever had left by the day of a question is not asked it.
    """
    reached = {order.order_id: order for order in orders.orders(regions=regions)}
    due = [one for one in orders.follow_ups(due_by=on) if one.order_id in reached]
    ids = {placement_id(one.order_id, one.worker_id) for one in due}
    found = store.records(Kind.PLACEMENTS, ids=sorted(ids)) if ids else ()
    ends = {one.placement_id: one.end for one in found if isinstance(one, Placement) and one.end}
    due = [one for one in due if ends.get(placement_id(one.order_id, one.worker_id), date.max) > one.due_on]
    workers = workers_of(store, [one.worker_id for one in due])
    shown = masked_people(store, list(workers.values()))
    rows = [
        {
            **msgspec.to_builtins(shown[one.worker_id]),
            "follow_up_id": one.follow_up_id,
            "order_id": one.order_id,
            "day": one.day,
            "due_on": one.due_on.isoformat(),
            "late_days": (on - one.due_on).days,
            **_post(store, reached[one.order_id]),
        }
        for one in due
        if one.worker_id in shown
    ]
    return {
        "on": on.isoformat(),
        "due": rows,
        "statuses": [{"code": code, "label": label} for code, label in STATUSES.items()],
        "reasons": [{"code": code, "label": label} for code, label in REASONS.items()],
    }


def answer_follow_up(desk: Desk, order: LabourOrder, call: AnswerFollowUp, by: By, *, on: date) -> FollowUp:
    """The question with its answer; who has left is free for lists again, who has returned is in the ledger as well.

    The same answer again changes nothing. Raises NotFound, InvalidInput for no status or reason, Conflict for another
    answer than the one that is kept.
    """
    if call.status not in STATUSES or call.reason not in ("", *REASONS):
        raise InvalidInput("没有这种答复", where="status", remedy="请按页面上的按钮之一。")
    every = desk.orders.follow_ups(order_id=order.order_id)
    found = next((one for one in every if one.follow_up_id == call.follow_up_id), None)
    if found is None or not workers_of(Scoped(desk.store, by.regions), [found.worker_id]):
        raise NotFound("没有这次回访", where="follow_up", remedy="请从回访页重新点进来。")
    if found.status:
        if found.status != call.status:
            raise Conflict("这次回访已经记过了", remedy="要改请找县就业局。")
        return found
    told = msgspec.structs.replace(
        found, status=call.status, reason=call.reason, source="broker", asked_at=by.at, asked_by=by.actor
    )
    desk.orders.put_follow_ups([told])
    if told.status in LEFT:
        _note_left(desk, told, by, on=on)
    return told


def _post(store: RosterStore, order: LabourOrder) -> dict[str, str]:
    vacancy = vacancy_of(store, order)
    return (
        {"title": vacancy.title, "employer": vacancy.employer_name or ""} if vacancy else {"title": "", "employer": ""}
    )


def _note_left(desk: Desk, told: FollowUp, by: By, *, on: date) -> None:
    """The placement ends on that day; the ledger has those home from it who have returned."""
    record_id = placement_id(told.order_id, told.worker_id)
    (placement,) = desk.store.records(Kind.PLACEMENTS, ids=[record_id]) or (None,)
    if not isinstance(placement, Placement):
        return
    if placement.end is None:
        source = f"follow_up:{told.follow_up_id}"
        fields = {"end": on.isoformat(), "end_reason": f"{told.day}天回访：{STATUSES[told.status]}"}
        change = Change(record_id=record_id, sheet="回访", row=1, fields=fields)
        deed = Deed(source, record_id.encode(), by.at, by.actor)
        write_own(desk.store, batch_id_of(source.encode()), Kind.PLACEMENTS, deed, [change])
    if told.status == RETURNED:
        note_found_home(desk, placement, on, Channel.CALL, by)
