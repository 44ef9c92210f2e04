"""One call: what to say, what to say honestly, what came of it; and a text for the village group without names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from matcher.decisions import digest
from matcher.errors import InvalidInput, NotFound
from matcher.orders.book import answered
from matcher.orders.calling import number_of, to_call
from matcher.orders.seats import Rule, as_of, seat_of
from matcher.ports import AccessStore, OrderStore, RosterStore
from matcher.privacy import Audience, seen_by
from matcher.records import Vacancy
from matcher.records.access import Reaction
from matcher.records.orders import Call, CallOutcome, LabourOrder, Seat
from matcher.services.broker.call_list import OUTCOMES, rows_of, told_call
from matcher.services.broker.order_desk import changed, moment_words, vacancy_of, workers_of
from matcher.services.broker.unlock import may_unlock
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import UNSTATED, wage_words
from matcher.services.react import REASONS

REACTIONS: Final[Mapping[CallOutcome, str]] = {
    CallOutcome.GO: "apply",
    CallOutcome.LATER: "open",
    CallOutcome.NO: "decline",
    CallOutcome.NO_ANSWER: "no_reply",
    CallOutcome.WRONG_NUMBER: "no_reply",
    CallOutcome.AWAY: "decline",
}
"""What a call tells of the listed vacancy, in the words of the training events."""
N_POINTS: Final = 3
SAME_TAP: Final = timedelta(seconds=60)
NOT_LISTED: Final = "名单后来变了，理由请重新看候选人页"


class NoteCall(msgspec.Struct, frozen=True, kw_only=True):
    """The call: who was called, by whom, what came of it, why not (one of REASONS)."""

    worker_id: str
    by: str
    outcome: str
    reason: str = ""


def card_told(
    store: RosterStore, order: LabourOrder, answer: Mapping[str, Any] | None, worker_id: str, rule: Rule
) -> dict[str, Any]:
    """The card of one person, number masked. NotFound for somebody the order or the reader's regions do not hold.

    answer : of `list_candidates` for the order's vacancy, None where it is offered to nobody today; a person it no
    longer names has no reasons of that list
    """
    now = as_of(order, rule)
    seat = seat_of(now, worker_id)
    rows = rows_of(store, [seat])
    if not rows:
        raise NotFound("您管的范围里没有这个人", where="worker", remedy="请从呼叫单重新点进来。")
    item = _item(answer, worker_id)
    queue = [one.worker_id for one in to_call(now)]
    workers = workers_of(store, [worker_id, *queue])
    home = workers[worker_id].household_id
    family = [one for one in to_call(now) if home and _at(workers, one, home) and one.worker_id != worker_id]
    return {
        "person": rows[0],
        "may_unlock": may_unlock(workers[worker_id]),
        "points": _points(order, vacancy_of(store, order), item)[:N_POINTS],
        "drawback": item["drawback"] if item else NOT_LISTED,
        "questions": list(item["questions"]) if item else [],
        "calls": [told_call(call) for call in seat.calls],
        "family": rows_of(store, family) if not seat.partner else [],
        "along": rows_of(store, [seat_of(now, seat.partner)]) if seat.partner else [],
        "n_left": len(queue),
        "turn": number_of(now, worker_id) if worker_id in queue else 0,
        "n_people": len(now.people),
        "outcomes": [{"code": code.value, "label": label} for code, label in OUTCOMES.items()],
        "reasons": [{"code": code, "label": label} for code, label in REASONS.items()],
    }


def note_call(
    orders: OrderStore, access: AccessStore, order: LabourOrder, call: NoteCall, rule: Rule
) -> tuple[LabourOrder, Seat]:
    """The order after the call, and the person's line in it; what was said becomes a reaction to the list.

    The same tap again within SAME_TAP changes nothing, unless a seat has come free for the person meanwhile.
    Raises InvalidInput for an outcome or reason that is none.
    """
    said = _read(call, rule.at)

    def deed(now: LabourOrder, rule: Rule) -> LabourOrder:
        return now if _again(seat_of(now, call.worker_id), said) else answered(now, call.worker_id, said, rule)

    yes_of = call.worker_id if said.outcome is CallOutcome.GO else ""
    after = changed(orders, order, rule, deed, yes_of=yes_of)
    seat = seat_of(after, call.worker_id)
    if seat.list_id:
        access.add_reactions([_reaction(after, seat)])
    return after, seat


def next_call(order: LabourOrder, rule: Rule, but: str = "") -> str:
    """Whom to call next, "" when nobody is left; the one just called comes last."""
    queue = [seat.worker_id for seat in to_call(as_of(order, rule)) if seat.worker_id != but]
    return queue[0] if queue else ""


def group_text(store: RosterStore, order: LabourOrder, broker: str) -> str:
    """What can be put into a village's group: the work, the money, the bus; nobody's name but the broker's."""
    vacancy = vacancy_of(store, order)
    if vacancy is None:
        raise NotFound("这个岗位已经撤下", where="vacancy", remedy="请先找县就业局核对。")
    wage = wage_words(vacancy)
    parts = [
        f"【招{vacancy.title}】{work_words(vacancy.place_code)}{vacancy.employer_name or ''}，要{order.n_seats}人。",
        f"工资{wage}。" if wage != UNSTATED else "工资没有写明，先问清。",
        _keep(vacancy),
        f"{moment_words(order.departs_at)}{_pickup(order)}" if order.departs_at else "",
        f"想去的找劳务员{broker}，或者到县就业局窗口。不收钱，不押证件；有人收钱，打12333。",
    ]
    return "".join(part for part in parts if part)


def _item(answer: Mapping[str, Any] | None, worker_id: str) -> Mapping[str, Any] | None:
    """What the list says of a person, as a broker may hear it."""
    if answer is None:
        return None
    (told,) = answer["lists"]
    items = (item for item in told["items"] if item["worker_id"] == worker_id)
    found = next(items, None)
    return None if found is None else seen_by(Audience.MEDIATOR, {"items": [found]})["items"][0]


def _at(workers: Mapping[str, Any], seat: Seat, home: str) -> bool:
    worker = workers.get(seat.worker_id)
    return worker is not None and worker.household_id == home


def _points(order: LabourOrder, vacancy: Vacancy | None, item: Mapping[str, Any] | None) -> list[str]:
    """Three things to say first: why this person, what it pays and keeps, when and where the bus leaves."""
    told = [str(item["sentence"])] if item else []
    if vacancy is not None:
        wage = wage_words(vacancy)
        told.append(
            f"{'工资没有写明，要问清' if wage == UNSTATED else f'工资{wage}'}；{_keep(vacancy) or '吃住要问清。'}"
        )
    if order.departs_at is not None:
        told.append(f"{moment_words(order.departs_at)}{_pickup(order)}")
    elif vacancy is not None:
        told.append(f"在{work_words(vacancy.place_code)}，出发时间还没定。")
    return told


def _pickup(order: LabourOrder) -> str:
    return f"，{order.pickup}上车。" if order.pickup else "走，上车地点另外通知。"


def _keep(vacancy: Vacancy) -> str:
    words = [
        {True: "包住", False: "不包住", None: ""}[vacancy.lodging],
        {True: "包吃", False: "不包吃", None: ""}[vacancy.board],
    ]
    stated = [word for word in words if word]
    return "、".join(stated) + "。" if stated else ""


def _read(call: NoteCall, at: datetime) -> Call:
    if call.outcome not in set(CallOutcome):
        raise InvalidInput("没有这种结果", where="outcome", remedy="请按卡片上的六个按钮之一。")
    outcome = CallOutcome(call.outcome)
    reason = call.reason if outcome is CallOutcome.NO else ""
    if outcome is CallOutcome.NO and reason not in REASONS:
        raise InvalidInput("不去要选一个原因", where="reason", remedy="请选一个最要紧的原因；没说就选“别的”。")
    return Call(at=at, by=call.by, outcome=outcome, reason=reason)


def _again(seat: Seat, said: Call) -> bool:
    last = seat.calls[-1] if seat.calls else None
    return (
        last is not None
        and (last.by, last.outcome, last.reason) == (said.by, said.outcome, said.reason)
        and said.at - last.at < SAME_TAP
        and seat.changed_at <= last.at
    )


def _reaction(order: LabourOrder, seat: Seat) -> Reaction:
    last = seat.calls[-1]
    named = (order.order_id, seat.worker_id, last.at, last.outcome.value, last.reason, last.by)
    return Reaction(
        event_id="r-" + digest(msgspec.json.encode(named))[:32],
        ts=last.at,
        decision_id=seat.list_id,
        worker_id=seat.worker_id,
        vacancy_id=order.vacancy_id,
        kind=REACTIONS[last.outcome],
        reason_code=last.reason or ("other" if last.outcome is CallOutcome.AWAY else ""),
        channel="broker",
        actor=last.by,
    )
