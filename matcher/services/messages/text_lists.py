"""A person's list as a text tells it: the jobs of the season's plan, each in its slot, in the fullest text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple, cast

from matcher.errors import InvalidInput
from matcher.geography import distance_km, place_class
from matcher.messaging.job_slot import Job, job_slot
from matcher.messaging.templates import Template, greeting, render, usable
from matcher.ports import RosterStore
from matcher.privacy import Audience, seen_by
from matcher.records import Channel, PlaceClass, Vacancy
from matcher.services.ground.place_words import work_words
from matcher.services.messages.desk import Desk, Texting
from matcher.services.messages.pinned_store import PinnedStore
from matcher.services.rounds.recommend import Recommend, recommend

N_JOBS: Final = 3
PLOT_ONLY: Final = "plot_only"
OFFERS: Final = tuple(f"shortlist_{n}" for n in range(N_JOBS, 0, -1))
_AT_HOME: Final = (PlaceClass.SAME_VILLAGE, PlaceClass.SAME_TOWNSHIP)
CHANNEL: Final = "sms"


class PersonList(NamedTuple):
    """What the plan has for somebody, best first. jobs : (vacancy, chance of a yes); plot : a plot of land beside them.

    best : the score of the first job, after which seats are given out; 0 where there is none
    """

    worker_id: str
    decision_id: str
    jobs: tuple[tuple[str, float], ...]
    plot: bool
    best: float


class TextOfList(NamedTuple):
    """A list written out: the signed words, by which template, how many of the jobs stand in it, whether the plot."""

    body: str
    template: Template
    n_jobs: int
    plot: bool


def lists_of(desk: Desk, worker_ids: Sequence[str], *, on: date, jurisdiction: str, at: datetime) -> list[PersonList]:
    """The lists of the season's plan for people, logged as read in a text, as the person may read them.

    Prices, order and the public frame are those of the kiosk; the record's own answers say how far away a job may be.
    All of them are as of one revision, and in the log when they are given.
    """
    pinned = PinnedStore(desk.store)
    store = cast(RosterStore, pinned)
    found = [_list_of(desk, store, worker_id, on=on, jurisdiction=jurisdiction, at=at) for worker_id in worker_ids]
    pinned.flush()
    return found


def _list_of(
    desk: Desk, store: RosterStore, worker_id: str, *, on: date, jurisdiction: str, at: datetime
) -> PersonList:
    call = Recommend(
        worker_id=worker_id,
        on=on,
        jurisdiction=jurisdiction,
        top=desk.rules.offers.considered,
        seed=desk.means.settings.seed,
        public=True,
        packed=True,
        channel=CHANNEL,
    )
    answer = recommend(store, desk.means, call, at=at)
    scores = [item["score"] for item in answer["lists"][0]["items"]]
    told = seen_by(Audience.PERSON, answer)
    entry = told["lists"][0]
    return PersonList(
        worker_id,
        answer["decision_id"],
        tuple((item["vacancy_id"], item["p_apply"]) for item in entry["items"]),
        any(route["channel"] == "micro_farm" for route in entry["routes"]),
        max(scores[:1], default=0.0),
    )


def job_of(vacancy: Vacancy, home: str, kilometres_home_daily: int) -> Job:
    """What a text may tell of a job to somebody who lives in a place."""
    reach = place_class(home, vacancy.place_code) if home else None
    distance = distance_km(home, vacancy.place_code) if home else None
    kilometres = None if distance is None else round(distance)
    near = kilometres is not None and kilometres <= kilometres_home_daily and reach is PlaceClass.SAME_COUNTY
    return Job(
        title=vacancy.title,
        own_business=vacancy.channel is Channel.MICRO_MARKET,
        wage_low=vacancy.wage_low_yuan_month,
        wage_high=vacancy.wage_high_yuan_month,
        place=reach,
        kilometres=kilometres,
        city=work_words(vacancy.place_code),
        lodging=vacancy.lodging,
        board=vacancy.board,
        comes_home=reach in _AT_HOME or near,
    )


def can_write(texting: Texting) -> tuple[str, ...]:
    """Templates of lists that the carrier takes as they stand; none means plan B."""
    return tuple(
        template_id
        for template_id in (*OFFERS, *(f"{one}_plot" for one in OFFERS), PLOT_ONLY)
        if usable(texting.book, template_id, texting.carrier)
    )


def widest_slot(texting: Texting) -> int:
    """Units of the roomiest job slot: what does not fit there fits nowhere."""
    found = (texting.book.latest(one) for one in OFFERS)
    return max(slot.most for one in found if one for name, slot in one.slots.items() if name.startswith("job"))


def can_say(job: Job, most: int) -> bool:
    """Whether a job can be named in so many units at all."""
    return job_slot(job, most) is not None


def written(texting: Texting, jobs: Sequence[Job], *, plot: bool, name: str | None) -> TextOfList | None:
    """The list in the fullest text that fits: with the plot rather than without, all jobs rather than fewer.

    None if the carrier takes no text for it, or nothing of it can be said.
    """
    for template, n_jobs in _rungs(texting, len(jobs), plot=plot):
        slots = _slots(template, jobs[:n_jobs], name, texting.rules.offers.open_days)
        if slots is None:
            continue
        try:
            body = render(texting.book, template, slots)
        except InvalidInput:
            continue
        return TextOfList(body, template, n_jobs, template.id.endswith("_plot") or template.id == PLOT_ONLY)
    return None


def _rungs(texting: Texting, n_jobs: int, *, plot: bool) -> Iterator[tuple[Template, int]]:
    ids = [
        (template_id, n)
        for n in range(min(n_jobs, N_JOBS), 0, -1)
        for template_id in ((f"shortlist_{n}_plot",) if plot else ()) + (f"shortlist_{n}",)
    ]
    ids += [(PLOT_ONLY, 0)] if plot else []
    for template_id, n in ids:
        template = usable(texting.book, template_id, texting.carrier)
        if template is not None:
            yield template, n


def _slots(template: Template, jobs: Sequence[Job], name: str | None, days: int) -> Mapping[str, str] | None:
    told: dict[str, Any] = {"greeting": greeting(name), "days": f"{days}"}
    for nr, job in enumerate(jobs, start=1):
        slot = template.slots.get(f"job{nr}")
        words = job_slot(job, slot.most) if slot else None
        if words is None:
            return None
        told[f"job{nr}"] = words
    return {slot: told[slot] for slot in template.slots if slot in told}


def slot_words(texting: Texting, vacancy: Vacancy, home: str, most: int) -> str:
    """A job in so many units, as confirmations name it; 这个岗位 where it cannot be said."""
    return job_slot(job_of(vacancy, home, texting.rules.contact.kilometres_home_daily), most) or "这个岗位"
