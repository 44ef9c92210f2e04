"""What is known of everybody before a sending: consent, number, work, and what went out before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from matcher.messaging.phones import read_phone
from matcher.messaging.recipients import Facts, Line
from matcher.messaging.season import local, season_of
from matcher.records import Kind, Worker
from matcher.records.texts import NumberMark, NumberState
from matcher.services.ground.answering import working_ids
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.consents import answers_of
from matcher.services.messages.desk import Desk


class Known(NamedTuple):
    """The people a sending looks at, what is known of each (without a list yet) and of their numbers.

    names : as recorded, opened for the greeting of a text alone
    """

    workers: Mapping[str, Worker]
    facts: Mapping[str, Facts]
    lines: Mapping[str, Line]
    names: Mapping[str, str | None]


def people_known(desk: Desk, regions: tuple[str, ...], at: datetime) -> Known:
    """Everybody of the regions who wishes to work or has ever answered, by id, as things stand at a moment."""
    store = Scoped(desk.store, regions)
    consents = desk.texts.consents()
    workers = {
        worker.worker_id: worker
        for worker in store.records(Kind.WORKERS)
        if isinstance(worker, Worker) and (worker.wish_to_work or worker.worker_id in consents or _said(worker))
    }
    identities = desk.store.identities(workers)
    patterns = desk.rules.phone
    written = {worker_id: identities[worker_id].phone for worker_id in workers if worker_id in identities}
    numbers = {worker_id: read_phone(phone, patterns)[1] for worker_id, phone in written.items()}
    phones = sorted({number for number in numbers.values() if number})
    lines = lines_of(desk, phones, at)
    refused = {phone for phone, line in lines.items() if line.refused_at}
    answers = answers_of(
        desk.store,
        list(workers.values()),
        consents,
        weighed={worker_id for worker_id, number in numbers.items() if number in refused},
    )
    marks = desk.texts.number_marks(phones)
    in_work = working_ids(desk.store, local(at, desk.rules).date(), None)
    unread = {reply.worker_id for reply in desk.texts.replies(unread=True) if reply.worker_id}
    sent = desk.texts.sent_to(list(workers), since=sent_since(desk, at))
    facts = {
        worker_id: Facts(
            worker_id,
            phone=written.get(worker_id),
            household_id=worker.household_id,
            answers=answers[worker_id],
            number=state_of(marks.get(numbers.get(worker_id, ""), ()), worker_id),
            in_work=worker_id in in_work,
            declined=worker.wish_to_work is False,
            unread=worker_id in unread,
            sent_at=sent.get(worker_id, ()),
        )
        for worker_id, worker in workers.items()
    }
    names = {worker_id: identities[worker_id].name for worker_id in workers if worker_id in identities}
    return Known(workers, facts, lines, names)


def lines_of(desk: Desk, phones: Sequence[str], at: datetime) -> dict[str, Line]:
    """What is known of numbers: the last refusal, and the lists sent this season and within the days that bar."""
    refused = desk.texts.refusals(phones)
    sent = desk.texts.sent(phones, since=sent_since(desk, at))
    return {
        phone: Line(refused.get(phone), sent.get(phone, ())) for phone in phones if phone in refused or phone in sent
    }


def sent_since(desk: Desk, at: datetime) -> datetime:
    """From when on lists count: the opening of the season, or the days between two lists if that is earlier."""
    here = local(at, desk.rules)
    window = season_of(here.date(), desk.rules)
    bar = here - timedelta(days=desk.rules.caps.days_between_lists)
    if window is None:
        return bar
    opening = datetime.combine(window.opens, here.time().min, here.tzinfo)
    return min(bar, opening)


def state_of(marks: Iterable[NumberMark], worker_id: str) -> NumberState:
    """What a number is to a person: the last mark counts, one of another person's wrong number does not."""
    state = NumberState.GOOD
    for mark in marks:
        if mark.state is not NumberState.WRONG_PERSON or mark.worker_id in ("", worker_id):
            state = mark.state
    return state


def _said(worker: Worker) -> bool:
    return worker.consent is not None and worker.consent.sms is not None
