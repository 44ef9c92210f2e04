"""Who is owed a call: promised, masked, timed; past its half-day it is the officer's, and nothing is closed unsaid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from matcher.errors import InvalidInput, NotFound
from matcher.messaging.half_days import Promise, next_half_day, promise_words
from matcher.messaging.season import local
from matcher.messaging.sending import SendingRules
from matcher.records import Kind, Vacancy
from matcher.records.access import Role
from matcher.records.orders import CallOutcome
from matcher.records.replies import CallTask
from matcher.records.texts import Act, NumberMark, NumberState, OfferState, TextOffer
from matcher.services.ground.masked_people import masked_people
from matcher.services.messages.call_tasks import OFFICE_ONLY, REASONS
from matcher.services.messages.desk import By, Desk, moment
from matcher.services.messages.returns import end_return
from matcher.services.rosters.suspension import is_suspended

SETTLED: Final = "settled"
OUTCOMES: Final[Mapping[str, str]] = {
    CallOutcome.GO.value: "去，说好了",
    CallOutcome.LATER.value: "再想想，改天再打",
    CallOutcome.NO.value: "不去",
    CallOutcome.NO_ANSWER.value: "打不通",
    CallOutcome.WRONG_NUMBER.value: "空号或不是本人",
    CallOutcome.AWAY.value: "已经出去了",
    SETTLED: "问清楚了",
}
HALT: Final = "有人投诉这个岗位收钱。建议先停岗核查，停不停由您定。"
"""Proposed to the officer in the call of a complaint whose job is known and not halted; nothing halts by itself."""
AGAIN: Final = frozenset({CallOutcome.LATER.value, CallOutcome.NO_ANSWER.value})
"""After these the person is called again."""
GIVES_BACK: Final = frozenset({CallOutcome.NO.value, CallOutcome.AWAY.value, CallOutcome.WRONG_NUMBER.value})
"""After these the seat of a chosen job goes to the next."""
_ALL: Final = 1000


class NoteCallBack(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which task, what came of it (one of OUTCOMES)."""

    task_id: str
    outcome: str


def task_at(desk: Desk, task_id: str, by: By) -> CallTask:
    """A task that the asker may see; NotFound for any other. Complaints and wrong numbers are the office's."""
    for task in desk.texts.tasks(regions=by.regions):
        if task.task_id == task_id and _may_see(task, by):
            return task
    raise NotFound("没有这个要打的电话", where=task_id, remedy="请回电话单，打下一个。")


def take_task(desk: Desk, task_id: str, by: By) -> dict[str, Any]:
    """Note who will call; the row as it is told then."""
    task_at(desk, task_id, by)
    task = desk.texts.change_task(task_id, lambda now: replace(now, broker=now.broker or by.actor))
    return _rows(desk, [task], by)[0]


def note_call_back(desk: Desk, call: NoteCallBack, by: By) -> dict[str, Any]:
    """The row after a call. Nobody reached is promised the next half-day until the tries are used up.

    Raises InvalidInput for an outcome that is none, NotFound as `task_at`. A task that is done keeps its first outcome.
    """
    if call.outcome not in OUTCOMES:
        raise InvalidInput("没有这种结果", where="outcome", remedy=f"请选一个：{'、'.join(OUTCOMES.values())}。")
    before = task_at(desk, call.task_id, by)
    task = desk.texts.change_task(call.task_id, lambda now: called(now, call.outcome, by, desk.rules))
    if before.done_at is None and task.n_calls > before.n_calls:
        _effects(desk, task, call.outcome, by)
        desk.tell(by, "sms_call", task.task_id, *((task.worker_id,) if task.worker_id else ()), outcome=call.outcome)
    return _rows(desk, [task], by)[0]


def called(task: CallTask, outcome: str, by: By, rules: SendingRules) -> CallTask:
    """The task after a call: done, or promised anew."""
    if task.done_at is not None:
        return task
    tried = replace(task, n_calls=task.n_calls + 1, outcome=outcome, called_at=by.at, broker=task.broker or by.actor)
    gives_up = outcome == CallOutcome.NO_ANSWER.value and tried.n_calls >= rules.calls.tries
    if outcome not in AGAIN or gives_up:
        return replace(tried, done_at=by.at, done_by=by.actor)
    promise = next_half_day(max(by.at, task.due_at), rules)
    return replace(tried, promised_on=promise.on, promised_half=promise.half, due_at=promise.due_at, escalated_at=None)


def _effects(desk: Desk, task: CallTask, outcome: str, by: By) -> None:
    if outcome in GIVES_BACK and task.offer_id:
        desk.texts.change_offer(task.offer_id, lambda now: _given_back(now, by.at))
    if outcome == CallOutcome.WRONG_NUMBER.value and (phone := phone_of(desk, task)):
        desk.texts.mark_number(
            NumberMark(phone=phone, state=NumberState.DEAD, at=by.at, why="打电话核实", worker_id=task.worker_id)
        )
    if outcome == CallOutcome.AWAY.value and task.worker_id:
        end_return(desk, task.worker_id, local(by.at, desk.rules).date())


def _given_back(offer: TextOffer, at: datetime) -> TextOffer:
    open_still = offer.state in (OfferState.OPEN, OfferState.CHOSEN, OfferState.CALLED)
    return replace(offer, state=OfferState.REFUSED, ended_at=at) if open_still else offer


def phone_of(desk: Desk, task: CallTask) -> str:
    """The number a task is about: the one the reply came from or the list went to, "" if neither is known."""
    for offer in desk.texts.offers(worker_ids=[task.worker_id]) if task.worker_id else ():
        if offer.offer_id == task.offer_id:
            return offer.phone
    for reply in desk.texts.replies(since=task.created_at) if task.reply_id else ():
        if reply.reply_id == task.reply_id:
            return reply.phone
    return ""


def escalate(desk: Desk, at: datetime) -> int:
    """Hand calls whose promised half-day is over to the officer, each once per promise; how many."""
    late = [task for task in desk.texts.tasks(open_only=True) if task.due_at < at and task.escalated_at is None]
    for task in late:
        desk.texts.change_task(task.task_id, lambda now: _escalated(now, at))
        desk.tell(By("sms", "", at), "sms_call_late", task.task_id, broker=task.broker)
    return len(late)


def _escalated(task: CallTask, at: datetime) -> CallTask:
    late = task.done_at is None and task.due_at < at
    return replace(task, escalated_at=at) if late and task.escalated_at is None else task


def call_queue(desk: Desk, by: By, *, mine: bool = False) -> dict[str, Any]:
    """The open calls a reader may see, next due first, with names and numbers masked; and how calls have gone.

    mine : those the reader has taken alone
    """
    escalate(desk, by.at)
    every = [task for task in desk.texts.tasks(regions=by.regions) if _may_see(task, by)]
    waiting = [task for task in every if task.done_at is None and (not mine or task.broker == by.actor)]
    return {
        "tasks": _rows(desk, sorted(waiting, key=lambda task: (task.due_at, task.task_id)), by),
        "outcomes": [{"code": code, "label": label} for code, label in OUTCOMES.items()],
        **call_statistics(every, by.at),
    }


def call_statistics(tasks: Sequence[CallTask], at: datetime) -> dict[str, Any]:
    """How many calls are open, late, done; of those done how many in their half-day; and what came of them."""
    done = [task for task in tasks if task.done_at is not None]
    in_time = [task for task in done if task.done_at is not None and task.done_at <= task.due_at]
    found = Counter(task.outcome for task in done)
    return {
        "n_open": len(tasks) - len(done),
        "n_late": sum(task.done_at is None and task.due_at < at for task in tasks),
        "n_done": len(done),
        "n_in_time": len(in_time),
        "in_time_permille": _ALL * len(in_time) // len(done) if done else None,
        "n_placed": found[CallOutcome.GO.value],
        "by_outcome": [{"code": code, "label": label, "n": found[code]} for code, label in OUTCOMES.items()],
    }


def _may_see(task: CallTask, by: By) -> bool:
    return not (by.role == Role.BROKER.value and task.reason in OFFICE_ONLY)


def _may_halt(task: CallTask, post: Vacancy | None) -> bool:
    return task.reason == Act.COMPLAINT.value and task.done_at is None and post is not None and not is_suspended(post)


def _rows(desk: Desk, tasks: Sequence[CallTask], by: By) -> list[dict[str, Any]]:
    workers = desk.workers([task.worker_id for task in tasks if task.worker_id])
    shown = masked_people(desk.store, list(workers.values()))
    posts = {
        post.vacancy_id: post
        for post in desk.store.records(Kind.VACANCIES, ids=sorted({task.vacancy_id for task in tasks} - {""}))
        if isinstance(post, Vacancy)
    }
    plots = {
        offer.offer_id for offer in (desk.texts.offers(worker_ids=sorted(workers)) if workers else ()) if offer.plot
    }
    return [
        {
            "task_id": task.task_id,
            "worker_id": task.worker_id,
            "name": shown[task.worker_id].name if task.worker_id in shown else "",
            "phone": shown[task.worker_id].phone if task.worker_id in shown else "",
            "place": shown[task.worker_id].place if task.worker_id in shown else "",
            "reason": task.reason,
            "reason_label": REASONS.get(task.reason, task.reason),
            "vacancy_id": task.vacancy_id,
            "job": posts[task.vacancy_id].title if task.vacancy_id in posts else "",
            "proposal": HALT if _may_halt(task, posts.get(task.vacancy_id)) else "",
            "plot": task.offer_id in plots,
            "promised": promise_words(Promise(task.promised_on, task.promised_half, task.due_at), by.at, desk.rules)
            if task.due_at >= by.at
            else f"{task.promised_on.month}月{task.promised_on.day}日{task.promised_half.label}",
            "due": moment(task.due_at, desk.rules),
            "late": task.done_at is None and task.due_at < by.at,
            "escalated": task.escalated_at is not None,
            "broker": task.broker,
            "n_calls": task.n_calls,
            "last": OUTCOMES.get(task.outcome, ""),
            "done": task.done_at is not None,
        }
        for task in tasks
    ]
