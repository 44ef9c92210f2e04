"""A text that came in: what it means, what it does, and what its sender is told within the minute.

The effects are written first and the reply last, each under an id that follows from the reply: whoever dies between is
told the same text again by the gateway, and it is done once. What is not one of the few words never acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from msgspec.structs import replace

from matcher.errors import Conflict, MatcherError
from matcher.messaging.consent_words import consent_words
from matcher.messaging.half_days import promise_words
from matcher.messaging.replies import Why
from matcher.messaging.season import local
from matcher.ports.gateways import Incoming
from matcher.records import Kind, Vacancy
from matcher.records.access import AuditEntry
from matcher.records.replies import CallTask, Reply
from matcher.records.texts import (
    Act,
    Channel,
    NumberMark,
    NumberState,
    OfferState,
    OutText,
    Sending,
    SendingState,
    TextConsent,
    TextOffer,
)
from matcher.services.messages.answer_texts import answer_text
from matcher.services.messages.call_tasks import task_for
from matcher.services.messages.consents import refusal_moment, stop_texts
from matcher.services.messages.desk import By, Desk, id_of
from matcher.services.messages.interpret_text import GONE, Said, interpret_text, is_repeat
from matcher.services.messages.release import paused
from matcher.services.messages.returns import NoteReturn, just_home, note_return
from matcher.services.messages.text_lists import CHANNEL, slot_words
from matcher.services.react import React, react

ACTOR: Final = "sms"
WHYS: Final[Mapping[str, str]] = {
    Why.NO_WORD.value: "不是约定的回复",
    Why.NO_OFFER.value: "没有给这个号码发过名单",
    Why.NO_SUCH_JOB.value: "名单里没有这个序号",
    Why.WHOSE.value: "这个号码上有几个人的名单",
    Why.LATE.value: "名单已经过期",
    GONE: "选的岗位已经不招了",
}


class _Done(NamedTuple):
    """What a reply leaves behind beside its effects."""

    reply: Reply
    confirm: OutText | None = None
    tasks: tuple[CallTask, ...] = ()


def take_reply(desk: Desk, incoming: Incoming, *, at: datetime) -> Reply:
    """The reply as it is kept. The same text told twice does nothing the second time.

    at : when it is taken in, which dates its effects; `incoming.at` is when the carrier had it
    """
    said = interpret_text(desk, incoming, at)
    before = desk.texts.replies(phone=said.reply.phone)
    known = next((one for one in before if one.reply_id == said.reply.reply_id), None)
    if known is not None:
        return known
    if before and is_repeat(said.reply, before[0]):
        if said.reply.act is Act.STOP:
            # A yes may stand between the two: the later no counts, and is not confirmed twice.
            _stop(desk, said)
        return before[0]
    done = _EFFECTS[said.reply.act](desk, said)
    kept = replace(done.reply, confirmed_by=done.confirm.text_id if done.confirm else "")
    desk.texts.add_reply(kept, confirm=done.confirm, tasks=done.tasks)
    return kept


def _stop(desk: Desk, said: Said) -> _Done:
    """The no comes first: into the journal, then off the queue; only then anything else."""
    named = said.reply.worker_id
    desk.texts.add_consents(
        [
            TextConsent(
                consent_id=id_of("c", said.reply.reply_id),
                worker_id=named,
                agreed=False,
                at=refusal_moment(desk, said.people, said.at),
                words=consent_words().current,
                channel=Channel.TEXT,
                phone=said.reply.phone,
            )
        ]
    )
    stop_texts(desk.texts, said.people, at=said.at, why="本人退订")
    slots = {"phone": desk.rules.contact.phone}
    return _Done(said.reply, answer_text(desk, said.reply, "refusal_confirmed", slots, at=said.at))


def _choice(desk: Desk, said: Said) -> _Done:
    offer, choice = said.offer, said.reply.choice
    if offer is None or choice is None:
        raise Conflict("a choice without its list", where=said.reply.reply_id)
    vacancy_id = offer.vacancy_ids[choice - 1]
    found = desk.store.records(Kind.VACANCIES, ids=[vacancy_id])
    vacancy = next((post for post in found if isinstance(post, Vacancy)), None)
    open_still = vacancy is not None and vacancy.open_on(local(said.at, desk.rules).date())
    desk.texts.change_offer(offer.offer_id, lambda now: _chosen(now, vacancy_id, said.at))
    _react(desk, said, vacancy_id, "apply")
    task, promise = task_for(desk, said.reply, said.worker, Act.CHOICE.value, vacancy_id=vacancy_id, at=said.at)
    if vacancy is None or not open_still:
        return _Done(said.reply, _call_confirmed(desk, said, promise_words(promise, said.at, desk.rules)), (task,))
    home = said.worker.place_code if said.worker else ""
    template = desk.texting.book.latest("choice_confirmed")
    most = template.slots["job"].most if template and "job" in template.slots else 0
    slots = {
        "choice": f"{choice}",
        "job": slot_words(desk.texting, vacancy, home, most),
        "caller": desk.rules.contact.caller,
        "when": promise_words(promise, said.at, desk.rules),
        "phone": desk.rules.contact.phone,
    }
    return _Done(said.reply, answer_text(desk, said.reply, "choice_confirmed", slots, at=said.at), (task,))


def _chosen(offer: TextOffer, vacancy_id: str, at: datetime) -> TextOffer:
    """The offer with its job; who chooses again within the window has changed their mind, and the last word counts."""
    return replace(offer, state=OfferState.CHOSEN, chosen=vacancy_id, ended_at=at)


def _call_me(desk: Desk, said: Said) -> _Done:
    if said.offer is not None:
        desk.texts.change_offer(said.offer.offer_id, lambda now: _called(now, said.at))
        for vacancy_id in said.offer.vacancy_ids[:1]:
            _react(desk, said, vacancy_id, "ask_broker")
    task, promise = task_for(desk, said.reply, said.worker, Act.CALL_ME.value, at=said.at)
    return _Done(said.reply, _call_confirmed(desk, said, promise_words(promise, said.at, desk.rules)), (task,))


def _called(offer: TextOffer, at: datetime) -> TextOffer:
    return replace(offer, state=OfferState.CALLED, ended_at=at) if offer.state is OfferState.OPEN else offer


def _call_confirmed(desk: Desk, said: Said, when: str) -> OutText | None:
    """What is told of the call is true of it: its number only where the county gave one."""
    contact = desk.rules.contact
    slots = {"caller": contact.caller, "when": when, "phone": contact.phone, "call_back": contact.call_back}
    template_id = "call_confirmed" if contact.call_back else "call_confirmed_plain"
    return answer_text(desk, said.reply, template_id, slots, at=said.at)


def _complaint(desk: Desk, said: Said) -> _Done:
    """Somebody was asked for money: the office is told at once, and the sending stands still after a second one.

    The job that is meant stands in the call, for the officer to halt; nothing is halted by a text alone.
    """
    job = _meant(said.offer)
    task, promise = task_for(desk, said.reply, said.worker, Act.COMPLAINT.value, vacancy_id=job, at=said.at)
    subjects = tuple(one for one in (said.reply.reply_id, said.offer.sending_id if said.offer else "") if one)
    _tell(desk, said.at, "sms_complaint", subjects)
    if said.offer is not None:
        _pause_if_many(desk, said)
    slots = {"when": promise_words(promise, said.at, desk.rules), "phone": desk.rules.contact.phone}
    return _Done(said.reply, answer_text(desk, said.reply, "complaint_confirmed", slots, at=said.at), (task,))


def _meant(offer: TextOffer | None) -> str:
    """The job a complaint is about where there can be but one: the chosen one, or the only one of the list."""
    if offer is None or offer.chosen:
        return offer.chosen if offer else ""
    return offer.vacancy_ids[0] if len(offer.vacancy_ids) == 1 else ""


def _pause_if_many(desk: Desk, said: Said) -> None:
    """Two complaints pause every running sending: what is wrong with one list may be wrong with the next."""
    limit = desk.rules.release.pause_after_complaints
    for sending in desk.texts.sendings(states=(SendingState.RELEASED,)):
        n = desk.texts.n_complaints(since=sending.released_at or sending.created_at) + 1
        if n >= limit:
            why = f"收到{n}个投诉"
            desk.texts.change_sending(sending.sending_id, partial(_stopped, why=why, at=said.at))
            _tell(desk, said.at, "sms_pause", (sending.sending_id,), n_complaints=n)


def _stopped(sending: Sending, *, why: str, at: datetime) -> Sending:
    return paused(sending, why, at) if sending.state is SendingState.RELEASED else sending


def _wrong_person(desk: Desk, said: Said) -> _Done:
    worker_id = said.reply.worker_id
    desk.texts.mark_number(
        NumberMark(
            phone=said.reply.phone,
            state=NumberState.WRONG_PERSON,
            # A carrier's clock that is fast must not date the mark behind the answer to this very reply.
            at=min(said.reply.received_at, said.at),
            why="本人回8",
            worker_id=worker_id,
        )
    )
    stop_texts(desk.texts, [worker_id], at=said.at, why="号码不是本人")
    task, _ = task_for(desk, said.reply, said.worker, Act.WRONG_PERSON.value, at=said.at)
    return _Done(said.reply, answer_text(desk, said.reply, "wrong_person_confirmed", {}, at=said.at), (task,))


def _returned(desk: Desk, said: Said) -> _Done:
    """Who came home stands in the ledger from that day; why and what now somebody asks in the call."""
    day = local(min(said.reply.received_at, said.at), desk.rules).date()
    if not just_home(desk, said.reply.worker_id, day):
        call = NoteReturn(worker_id=said.reply.worker_id, returned_on=day, channel=Channel.TEXT)
        note_return(desk, call, By(ACTOR, "", said.at))
    task, promise = task_for(desk, said.reply, said.worker, Act.RETURNED.value, at=said.at)
    return _Done(said.reply, _call_confirmed(desk, said, promise_words(promise, said.at, desk.rules)), (task,))


def _inbox(desk: Desk, said: Said) -> _Done:
    """A person reads it. Who meant a job that cannot be taken is called; what is no word of ours does nothing."""
    if said.reply.why in (Why.NO_WORD.value, Why.NO_OFFER.value):
        return _Done(said.reply)
    task, _ = task_for(desk, said.reply, said.worker, Act.INBOX.value, at=said.at)
    return _Done(said.reply, None, (task,))


def _react(desk: Desk, said: Said, vacancy_id: str, kind: str) -> None:
    """The answer as a reaction to the logged list; a list that can no longer be told keeps none."""
    offer = said.offer
    if offer is None or not offer.decision_id:
        return
    call = React(
        decision_id=offer.decision_id,
        vacancy_id=vacancy_id,
        kind=kind,
        worker_id=offer.worker_id,
        channel=CHANNEL,
        actor=ACTOR,
    )
    try:
        react(desk.store, desk.access, call, said.at, live=desk.means)
    except MatcherError:
        # Erased or altered since: the choice itself is kept with the offer, and a call is owed all the same.
        return


def _tell(desk: Desk, at: datetime, action: str, subjects: Sequence[str], **detail: object) -> None:
    desk.access.append_audit(
        AuditEntry(at=at, actor=ACTOR, role="", action=action, subjects=tuple(subjects), detail=detail)
    )


_EFFECTS: Final[Mapping[Act, Callable[[Desk, Said], _Done]]] = {
    Act.STOP: _stop,
    Act.CHOICE: _choice,
    Act.CALL_ME: _call_me,
    Act.COMPLAINT: _complaint,
    Act.WRONG_PERSON: _wrong_person,
    Act.RETURNED: _returned,
    Act.INBOX: _inbox,
}
