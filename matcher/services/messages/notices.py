"""Texts nobody asked for at this moment: the chosen job is gone, the bus leaves tomorrow; each once, within gates.

A notice is written only while it may go out at once, to who agreed to texts and has not refused since; whoever gets
none is called as before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from matcher.errors import InvalidInput
from matcher.messaging.gate import Step, gate
from matcher.messaging.phones import read_phone
from matcher.messaging.season import Purpose, local, may_send
from matcher.messaging.segments import parts, units
from matcher.messaging.templates import Template, greeting, render, usable
from matcher.privacy import mask_name
from matcher.records import Identity, Kind, Vacancy
from matcher.records.orders import LabourOrder, OrderState, SeatState
from matcher.records.replies import CallTask
from matcher.records.texts import OfferState, OutText, Part, Queue, TextOffer
from matcher.services.ground.place_words import work_words
from matcher.services.messages.call_tasks import OFFICE_ONLY
from matcher.services.messages.desk import Desk, id_of, reference_of
from matcher.services.messages.standings import standings
from matcher.services.messages.text_lists import slot_words

FILLED: Final = "filled"
CLOSED: Final = "closed"
DEPARTURE: Final = "departure"
STANDS_FOR: Final = timedelta(days=1)
"""News of a job older than this is for the call."""


def send_notices(desk: Desk, at: datetime) -> int:
    """Write every notice that is due and was not written yet, to go out now; how many."""
    if not may_send(at, desk.rules, Purpose.NOTICE).allowed:
        return 0
    due = [*_jobs_gone(desk, at), *_departures(desk, at)]
    written = {text.text_id for text in desk.texts.texts(text_ids=[text.text_id for text in due])} if due else set()
    new = [text for text in due if text.text_id not in written]
    if not new:
        return 0
    known = standings(desk.store, desk.texts, new, at, desk.rules).standings
    going = [text for text in new if gate(text, known[text.text_id], at, desk.rules).step is Step.SEND]
    for text in going:
        if text.template_id == DEPARTURE:
            _withdraw_older(desk, text.worker_id, at)
    return sum(desk.texts.add_text(text) for text in going)


def _withdraw_older(desk: Desk, worker_id: str, at: datetime) -> None:
    """News of another hour that is not out yet; where it is out, the gate lets no second one go that day: call."""
    for old in desk.texts.texts(worker_id=worker_id):
        if old.template_id == DEPARTURE and old.queue is Queue.QUEUED:
            desk.texts.change_text(old.text_id, lambda found: _withdrawn(found, at))


def _withdrawn(text: OutText, at: datetime) -> OutText:
    waits = text.queue is Queue.QUEUED
    return replace(text, queue=Queue.WITHDRAWN, ended_at=at, why="cancelled") if waits else text


def _jobs_gone(desk: Desk, at: datetime) -> Iterator[OutText]:
    """Of everybody whose call about a chosen job is still owed: the job is full, or takes nobody any more."""
    calls = [
        task
        for task in desk.texts.tasks(open_only=True)
        if task.vacancy_id and task.offer_id and task.reason not in OFFICE_ONLY
    ]
    if not calls:
        return
    orders = [order for order in desk.orders.orders() if order.state is OrderState.OPEN]
    posts = _posts(desk, {task.vacancy_id for task in calls})
    offers = {one.offer_id: one for one in desk.texts.offers(worker_ids=sorted({task.worker_id for task in calls}))}
    workers = desk.workers([task.worker_id for task in calls])
    identities = desk.store.identities(workers)
    for task in calls:
        offer, post = offers.get(task.offer_id), posts.get(task.vacancy_id)
        worker = workers.get(task.worker_id)
        if offer is None or post is None or worker is None or not _is_choice(task, offer):
            continue
        template = _usable(desk, _gone(desk, post, task.worker_id, orders, at))
        if template is not None and "job" in template.slots:
            slots = {
                "greeting": _greeting(identities.get(task.worker_id)),
                "job": slot_words(desk.texting, post, worker.place_code, template.slots["job"].most),
            }
            named = (offer.offer_id, offer.chosen)
            yield from _text(desk, template, slots, (task.worker_id, offer.phone), named, at, at + STANDS_FOR)


def _is_choice(task: CallTask, offer: TextOffer) -> bool:
    return offer.state is OfferState.CHOSEN and offer.chosen == task.vacancy_id


def _gone(desk: Desk, post: Vacancy, worker_id: str, orders: list[LabourOrder], at: datetime) -> str:
    """The template that tells why a job is not to be had; "" if it is, or if this person has a seat of it."""
    seats = Counter[str]()
    for order in orders:
        if order.vacancy_id == post.vacancy_id:
            seats.update(seat.worker_id for seat in order.people if seat.state.takes_seat)
    if seats[worker_id]:
        return ""
    if post.places_left <= seats.total():
        return FILLED
    return "" if post.open_on(local(at, desk.rules).date()) else CLOSED


def _departures(desk: Desk, at: datetime) -> Iterator[OutText]:
    """Of everybody confirmed in an order that leaves tomorrow."""
    tomorrow = local(at, desk.rules).date() + timedelta(days=1)
    orders = [
        order
        for order in desk.orders.orders()
        if order.state is OrderState.OPEN
        and order.departs_at is not None
        and local(order.departs_at, desk.rules).date() == tomorrow
    ]
    template = _usable(desk, DEPARTURE if orders else "")
    posts = _posts(desk, {order.vacancy_id for order in orders})
    for order in orders:
        post = posts.get(order.vacancy_id)
        if post is not None and template is not None:
            yield from _of_bus(desk, order, post, template, at)


def _of_bus(desk: Desk, order: LabourOrder, post: Vacancy, template: Template, at: datetime) -> Iterator[OutText]:
    departs_at = order.departs_at or at
    leaves = local(departs_at, desk.rules)
    told = {
        "when": f"{leaves.month}月{leaves.day}日{leaves.hour}:{leaves.minute:02}",
        "pickup": order.pickup,
        "place": work_words(post.place_code),
        "phone": desk.rules.contact.call_back or desk.rules.contact.phone,
    }
    bound = [seat.worker_id for seat in order.people if seat.state is SeatState.CONFIRMED]
    people = desk.store.identities(bound)
    phones = {one: read_phone(identity.phone, desk.rules.phone)[1] for one, identity in people.items()}
    named_alike = Counter((phones[one], _greeting(identity)) for one, identity in people.items())
    for worker_id, identity in people.items():
        phone, called = phones[worker_id], _greeting(identity)
        if named_alike[phone, called] > 1:
            called = _told_apart(identity, called, template)
        slots = {"greeting": called, **told}
        # A bus at another hour is other news.
        named = (order.order_id, departs_at.isoformat(), worker_id)
        if phone:
            yield from _text(desk, template, slots, (worker_id, phone), named, at, departs_at)


def _posts(desk: Desk, vacancy_ids: Iterable[str]) -> dict[str, Vacancy]:
    ids = sorted(set(vacancy_ids))
    found = desk.store.records(Kind.VACANCIES, ids=ids) if ids else ()
    return {post.vacancy_id: post for post in found if isinstance(post, Vacancy)}


def _greeting(identity: Identity | None) -> str:
    return greeting(identity.name if identity else None)


def _told_apart(identity: Identity, called: str, template: Template) -> str:
    """韦*英: of two Weis on one phone and one bus, which one; as usual where the masked name is too long."""
    masked = mask_name(identity.name)
    return masked if masked and units(masked) <= template.slots["greeting"].most else called


def _usable(desk: Desk, template_id: str) -> Template | None:
    return usable(desk.texting.book, template_id, desk.texting.carrier) if template_id else None


def _text(
    desk: Desk,
    template: Template,
    slots: Mapping[str, str],
    to: tuple[str, str],
    named: tuple[str, ...],
    at: datetime,
    not_after: datetime,
) -> Iterator[OutText]:
    """The notice, or nothing where its words do not fit. to : worker and number; named : what it is about."""
    try:
        body = render(desk.texting.book, template, {name: slots[name] for name in template.slots if name in slots})
    except InvalidInput:
        return
    text_id = id_of("x", template.id, *named)
    yield OutText(
        text_id=text_id,
        worker_id=to[0],
        phone=to[1],
        body=body,
        n_units=units(body),
        purpose=Purpose.NOTICE.value,
        template_id=template.id,
        template_version=template.version,
        created_at=at,
        next_at=at,
        not_after=not_after,
        reference=reference_of(text_id),
        parts=tuple(Part() for _ in parts(body)),
    )
