"""A sending with its texts in the county of the page tests, written straight into the store; and a season in June."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import county
from flask import Flask

from matcher.records import Kind, Worker
from matcher.records.replies import CallTask, HalfDay, Reply
from matcher.records.texts import OfferState, OutText, Part, PartState, Queue, Sending, SendingState, TextOffer

OPEN_IN_JUNE = "[season]\nopens_days_before_festival = 60\ncloses_days_after_festival = 200\n"
"""A county whose texts go out while the small county's lists are made."""
BODY = "【柳江就业局】韦师傅您好，为您选了3个岗"


@dataclass(frozen=True)
class Texted:
    """What was written: a sending to one person, the call that is owed, a reply nobody has read."""

    sending_id: str
    worker_id: str
    phone: str
    vacancy_ids: tuple[str, ...]
    task_id: str
    reply_id: str


def person_of(app: Flask, region: str = "", nr: int = 0) -> tuple[Worker, str]:
    """Somebody of a region whose number is a mobile one; the number."""
    store = county.application_of(app).store
    people = [one for one in store.records(Kind.WORKERS) if one.place_code.startswith(region) and one.wish_to_work]
    numbers = store.identities([one.worker_id for one in people])
    known = [one for one in people if len(numbers[one.worker_id].phone or "") == 11]
    return known[nr], numbers[known[nr].worker_id].phone or ""


def texted(
    app: Flask,
    region: str = "",
    tag: str = "a",
    *,
    state: SendingState = SendingState.RELEASED,
    nr: int = 0,
    jobs: tuple[str, ...] = (),
    whom: str = "",
    complained: str = "",
) -> Texted:
    """A sending of the region to its nr-th person or to `whom`, answered by one reply that a person has to read.

    complained : the post the call is about, a complaint then
    """
    run, at = county.application_of(app), county.clock(app).at
    person, phone = person_of(app, region, nr)
    if whom:
        person = next(one for one in run.store.records(Kind.WORKERS, ids=[whom]) if isinstance(one, Worker))
    open_posts = tuple(one.vacancy_id for one in run.store.records(Kind.VACANCIES) if one.open_on(run.today()))
    jobs = jobs or open_posts[:3]
    ids = {name: f"{name[0]}-{tag}" for name in ("sending", "offer", "text", "reply", "call")}
    out = state in (SendingState.RELEASED, SendingState.PAUSED)
    offer = TextOffer(
        offer_id=ids["offer"], worker_id=person.worker_id, phone=phone, sending_id=ids["sending"], season="2018",
        decision_id="", vacancy_ids=jobs, propensities=(1.0,) * 3, weights_64ths=(2,) * 3, created_at=at,
        sent_at=at if out else None, open_until=at + timedelta(days=10) if out else None, state=OfferState.OPEN,
    )  # fmt: skip
    parts = (Part(state=PartState.DELIVERED), Part(state=PartState.ACCEPTED)) if out else (Part(), Part())
    text = _text(ids, person.worker_id, phone, at, parts, Queue.DONE if out else Queue.HELD)
    sending = Sending(
        sending_id=ids["sending"], season="2018", wave=1, region_code=region, by="someone", created_at=at, state=state,
        n_people=1, n_texts=1, n_parts=2, budget_parts=60000, held={"not_asked": 1},
        held_people={person_of(app, region, nr + 1)[0].worker_id: "not_asked"},
        released_at=at if out else None, paused_why="人工暂停" if state is SendingState.PAUSED else "",
    )  # fmt: skip
    run.texts.add_sending(sending, [offer], [text])
    of_complaint = {"reason": "complaint", "vacancy_id": complained} if complained else {}
    task = call_owed(person, at, ids, **of_complaint)
    reply = Reply(
        reply_id=ids["reply"], phone=phone, text="工资几多", received_at=at, gateway="kannel", why="no_word",
        offer_id=ids["offer"], worker_id=person.worker_id,
    )  # fmt: skip
    run.texts.add_reply(reply, tasks=[task])
    return Texted(ids["sending"], person.worker_id, phone, jobs, ids["call"], ids["reply"])


def call_owed(person: Worker, at: datetime, ids: dict[str, str], **changes: Any) -> CallTask:
    """A call that was promised for this afternoon."""
    told: dict[str, Any] = {
        "task_id": ids["call"], "worker_id": person.worker_id, "region_code": person.place_code, "reason": "call_me",
        "offer_id": ids["offer"], "reply_id": ids["reply"], "created_at": at, "promised_on": at.date(),
        "promised_half": HalfDay.AFTERNOON, "due_at": at + timedelta(hours=6),
    }  # fmt: skip
    return CallTask(**{**told, **changes})


def _text(
    ids: dict[str, str], worker_id: str, phone: str, at: datetime, parts: tuple[Part, ...], queue: Queue
) -> OutText:
    return OutText(
        text_id=ids["text"], worker_id=worker_id, phone=phone, body=BODY, n_units=len(BODY), purpose="offer",
        template_id="shortlist_3", template_version=1, sending_id=ids["sending"], offer_id=ids["offer"], created_at=at,
        queue=queue, next_at=at, not_after=at + timedelta(days=3), gateway="kannel", parts=parts,
        ended_at=at if queue is Queue.DONE else None,
    )  # fmt: skip
