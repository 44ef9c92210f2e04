"""Lists become texts and offers: for each in turn, while people, seats and parts last; the rest is held, with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from matcher.messaging.recipients import Held, Places, Written
from matcher.messaging.seats import Wish, spread, weight_64ths
from matcher.messaging.segments import parts, units
from matcher.records import Vacancy
from matcher.records.texts import OutText, Part, Queue, SendingState, TextOffer
from matcher.services.messages.desk import Desk, id_of, reference_of
from matcher.services.messages.people_facts import Known
from matcher.services.messages.text_lists import N_JOBS, PersonList, TextOfList, can_say, job_of, widest_slot, written

OFFER: Final = "offer"
CERTAIN: Final = 1.0
"""Lists are deterministic: what stood on one stood there for certain."""


class PlanTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The call: for which county's rules, which wave, at most how many people.

    season : `first/last` as a check, "" for the one the moment lies in; trial : written and shown, never sent
    again : a second sending on one day is meant; most_people : 0 for everybody
    """

    jurisdiction: str
    season: str = ""
    wave: int = 1
    trial: bool = False
    again: bool = False
    most_people: int = 0


class Round(NamedTuple):
    """When, for which season, over which posts with how much room, 1/64 seats; the room shrinks as texts are made."""

    season: str
    starts_at: datetime
    on: date
    vacancies: Mapping[str, Vacancy]
    room: dict[str, int]


class Chosen(NamedTuple):
    """Who may be written to, in the order in which seats are given out, with their lists; held : the others, why."""

    known: Known
    lists: Mapping[str, PersonList]
    people: Sequence[Written]
    held: dict[str, Held]


class Made(NamedTuple):
    """Somebody's text: the list, its jobs with what they hold, the words."""

    person: PersonList
    phone: str
    jobs: tuple[tuple[str, int], ...]
    text: TextOfList


def write_lists(desk: Desk, call: PlanTexts, found: Round, chosen: Chosen) -> list[Made]:
    """A text for each in turn while people, seats and parts last; whoever gets none is put into `chosen.held`.

    Of those on one number or in one household the first ones get a text for whom there are seats and words.
    """
    held, places = chosen.held, Places(desk.rules)
    n_parts, made = _parts_left(desk, found.season), list[Made]()
    for worker_id, phone in chosen.people:
        if worker_id in held:
            continue
        household_id = chosen.known.facts[worker_id].household_id
        if beside := places.obstacle(household_id, phone):
            held[worker_id] = beside
            continue
        if call.most_people and len(made) == call.most_people:
            held[worker_id] = Held.LATER_WAVE
            continue
        one = _one(desk, found, chosen, Written(worker_id, phone))
        if isinstance(one, Held):
            held[worker_id] = one
            continue
        n_needed = len(parts(one.text.body))
        if not call.trial and n_needed > n_parts:
            held[worker_id] = Held.BUDGET
            continue
        n_parts -= n_needed
        for vacancy_id, weight in one.jobs:
            found.room[vacancy_id] -= weight
        places.take(household_id, phone)
        made.append(one)
    return made


def _one(desk: Desk, found: Round, chosen: Chosen, to: Written) -> Made | Held:
    person, known = chosen.lists[to.worker_id], chosen.known
    worker = known.workers[person.worker_id]
    widest = widest_slot(desk.texting)
    near = desk.rules.contact.kilometres_home_daily
    said = {
        vacancy_id: job_of(found.vacancies[vacancy_id], worker.place_code, near)
        for vacancy_id, _ in person.jobs
        if vacancy_id in found.vacancies
    }
    weighed = tuple((one, weight_64ths(chance, desk.rules.seats)) for one, chance in person.jobs)
    speakable = tuple(job for job in weighed if job[0] in said and can_say(said[job[0]], widest))
    offered = spread([Wish(person.worker_id, speakable)], found.room, N_JOBS).offered.get(person.worker_id, ())
    if not offered and not person.plot:
        return Held.NO_SEATS if speakable else Held.UNWRITABLE
    jobs = [said[vacancy_id] for vacancy_id, _ in offered]
    text = written(desk.texting, jobs, plot=person.plot, name=known.names.get(person.worker_id))
    if text is None:
        return Held.UNWRITABLE
    return Made(person, to.phone, offered[: text.n_jobs], text)


def _parts_left(desk: Desk, season: str) -> int:
    spent = [
        sending.n_parts
        for sending in desk.texts.sendings(season=season)
        if not sending.trial and sending.state is not SendingState.CANCELLED
    ]
    return desk.rules.budget.parts_a_season - sum(spent)


def offer_of(sending_id: str, found: Round, made: Made, at: datetime) -> TextOffer:
    """The offer of a list: open, with what it holds of each seat; its window begins when it is sent."""
    return TextOffer(
        offer_id=id_of("o", sending_id, made.person.worker_id),
        worker_id=made.person.worker_id,
        phone=made.phone,
        sending_id=sending_id,
        season=found.season,
        decision_id=made.person.decision_id,
        vacancy_ids=tuple(vacancy_id for vacancy_id, _ in made.jobs),
        propensities=(CERTAIN,) * len(made.jobs),
        weights_64ths=tuple(weight for _, weight in made.jobs),
        plot=made.text.plot,
        created_at=at,
    )


def text_of(desk: Desk, sending_id: str, found: Round, made: Made, offer: TextOffer, at: datetime) -> OutText:
    """The text of a list: held until its sending is released, and never sent once it is no longer of today."""
    text_id = id_of("x", sending_id, made.person.worker_id)
    body = made.text.body
    return OutText(
        text_id=text_id,
        worker_id=made.person.worker_id,
        phone=made.phone,
        body=body,
        n_units=units(body),
        purpose=OFFER,
        template_id=made.text.template.id,
        template_version=made.text.template.version,
        sending_id=sending_id,
        offer_id=offer.offer_id,
        created_at=at,
        queue=Queue.HELD,
        next_at=found.starts_at,
        not_after=found.starts_at + timedelta(days=desk.rules.offers.send_within_days),
        reference=reference_of(text_id),
        parts=tuple(Part() for _ in parts(body)),
    )
