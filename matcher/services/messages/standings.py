"""What is known of people, numbers and sendings of a batch of texts, read right before they go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from matcher.messaging.gate import Said, Standing, counted_from, day_start
from matcher.messaging.recipients import Answer, Facts, Line
from matcher.messaging.sending import SendingRules
from matcher.ports import RosterStore, TextStore
from matcher.records import Kind, Worker
from matcher.records.texts import NumberMark, NumberState, OutText, Sending
from matcher.services.messages.consents import answers_of
from matcher.services.messages.people_facts import state_of


class Batch(NamedTuple):
    """A batch with what is known of each text by its id, and the sendings its texts belong to."""

    standings: Mapping[str, Standing]
    sendings: Mapping[str, Sending]


def standings(
    store: RosterStore, texts: TextStore, batch: Sequence[OutText], at: datetime, rules: SendingRules
) -> Batch:
    """What is known of each text; what the batch itself is about to send does not count yet."""
    phones = sorted({text.phone for text in batch})
    worker_ids = sorted({text.worker_id for text in batch if text.worker_id})
    own = [text.text_id for text in batch]
    refused = texts.refusals(phones)
    numbers = {text.worker_id: text.phone for text in batch}
    weighed = {worker_id for worker_id in worker_ids if numbers[worker_id] in refused}
    answers = _answers(store, texts, worker_ids, weighed)
    marks = texts.number_marks(phones)
    since = counted_from(at, rules)
    to_people = texts.sent_to(worker_ids, since=since, besides=own)
    to_phones = texts.sent(phones, since=since, besides=own)
    said = Said(texts.sent_templates(phones, since=day_start(at, rules), besides=own))
    sendings = {
        sending_id: texts.sending(sending_id) for sending_id in sorted({one.sending_id for one in batch} - {""})
    }
    found = {}
    for text in batch:
        of_number = marks.get(text.phone, ())
        facts = Facts(
            text.worker_id,
            phone=text.phone,
            answers=answers.get(text.worker_id, ()),
            number=state_of(of_number, text.worker_id),
            sent_at=to_people.get(text.worker_id, ()),
        )
        found[text.text_id] = Standing(
            facts=facts,
            line=Line(refused.get(text.phone), to_phones.get(text.phone, ())),
            marked_at=_marked_at(of_number, text.worker_id),
            sending=sendings[text.sending_id].state if text.sending_id else None,
            said_today=said.holds(text),
        )
    return Batch(found, sendings)


def _answers(
    store: RosterStore, texts: TextStore, worker_ids: Sequence[str], weighed: Collection[str]
) -> Mapping[str, tuple[Answer, ...]]:
    if not worker_ids:
        return {}
    found = store.records(Kind.WORKERS, ids=worker_ids)
    workers = [worker for worker in found if isinstance(worker, Worker)]
    return answers_of(store, workers, texts.consents(worker_ids), weighed=weighed)


def _marked_at(marks: Sequence[NumberMark], worker_id: str) -> datetime | None:
    """When the number was last marked as dead or as not this person's."""
    return max(
        (mark.at for mark in marks if state_of([mark], worker_id) is not NumberState.GOOD),
        default=None,
    )
