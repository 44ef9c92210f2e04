"""`matcher sms plan`: who gets a list by text, which jobs stand on it, and why everybody else gets none.

The lists are those of the season's plan, at the same prices and in the same order as a kiosk shows them. Whatever is
written is written in one transaction; nothing goes out before the sending is released.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from matcher.errors import Conflict, UsageError
from matcher.messaging.recipients import Held, choose
from matcher.messaging.season import NotNow, local, may_send
from matcher.ports import StoredPlan
from matcher.records import Kind, Vacancy
from matcher.records.texts import OutText, Sending, TextOffer
from matcher.services.messages.desk import By, Desk, id_of, moment, season_at
from matcher.services.messages.people_facts import Known, people_known
from matcher.services.messages.seat_room import expire_offers, room_64ths
from matcher.services.messages.text_lists import OFFERS, PersonList, can_write, lists_of
from matcher.services.messages.waves import held_words, require_wave
from matcher.services.messages.write_lists import Chosen, PlanTexts, Round, offer_of, text_of, write_lists


class Planned(NamedTuple):
    """A sending with all that belongs to it, not yet kept. sending : None where nothing is written, note : why."""

    sending: Sending | None
    offers: tuple[TextOffer, ...] = ()
    texts: tuple[OutText, ...] = ()
    held: Mapping[str, Held] = {}
    lists: Mapping[str, PersonList] = {}
    note: str = ""


def plan_texts(desk: Desk, call: PlanTexts, by: By) -> Planned:
    """Plan a sending and keep it, waiting to be released. `sending` is None where nobody can be written to; `note` why.

    Raises UsageError for another season or no plan of jobs, Conflict for a second sending on one day or a wave that is
    not due, or where the carrier takes none of the texts (plan B: call lists and sheets, `paper_plan`).
    """
    planned = draft_texts(desk, call, by)
    if planned.sending is None:
        return planned
    plan = desk.store.current_plan(local(by.at, desk.rules).date())
    exposures = [] if call.trial or plan is None else _new_exposures(desk, plan, planned.offers)
    desk.texts.add_sending(
        planned.sending,
        () if call.trial else planned.offers,
        planned.texts,
        plan=_plan_of(planned.sending, plan, by) if plan and exposures else None,
        exposures=exposures,
    )
    desk.tell(
        by,
        "sms_plan",
        planned.sending.sending_id,
        season=planned.sending.season,
        wave=call.wave,
        n_texts=planned.sending.n_texts,
        trial=call.trial,
    )
    return planned


def draft_texts(desk: Desk, call: PlanTexts, by: By) -> Planned:
    """The same, kept nowhere but for the log of the lists that were made."""
    starts_at, note = _start(desk, by.at)
    if starts_at is None:
        return Planned(None, note=note)
    season = _require_season(desk, call, starts_at)
    on = local(by.at, desk.rules).date()
    if desk.store.current_plan(on) is None:
        raise UsageError("还没有这一季的岗位计划", where="season", remedy="先跑 `matcher plan --season … --out …`。")
    if not set(can_write(desk.texting)) & set(OFFERS):
        raise Conflict(
            "运营商还没批准任何一种岗位短信，或者不发这类短信",
            remedy="改用打电话和张贴：`matcher sms plan --paper 名单.xlsx`。",
        )
    expire_offers(desk, by.at)
    require_wave(desk, season, call.wave, again=call.again or call.trial, by=by)
    vacancies = {post.vacancy_id: post for post in desk.store.records(Kind.VACANCIES) if isinstance(post, Vacancy)}
    room = room_64ths(desk, vacancies, on, by.at)
    if not any(left > 0 for left in room.values()):
        return Planned(None, note="眼下没有一个还招人的岗位，没有写短信。先导入新岗位，再排。")
    return _drafted(desk, call, by, Round(season, starts_at, on, vacancies, room))


def _drafted(desk: Desk, call: PlanTexts, by: By, found: Round) -> Planned:
    known = people_known(desk, by.regions, found.starts_at)
    earlier = _listed_before(desk, found.season)
    lists, early = _lists(desk, call, by, found, known, earlier)
    facts = [
        # Who has no list was held back by something that comes before: a figure of jobs would hide it.
        known.facts[one]._replace(n_jobs=len(lists[one].jobs) + lists[one].plot if one in lists else 1)
        for one in (*sorted(lists, key=lambda one: (-lists[one].best, one)), *(set(known.facts) - set(lists)))
    ]
    # Who stands beside whom is asked as the texts are written: a person without a seat takes nobody's place.
    chosen = choose(facts, known.lines, found.starts_at, desk.rules, beside=False)
    held = dict(sorted({**chosen.held, **early}.items()))
    made = write_lists(desk, call, found, Chosen(known, lists, chosen.written, held))
    sending_id = _sending_id(desk, call, by, found.season)
    offers = tuple(offer_of(sending_id, found, one, by.at) for one in made)
    texts = tuple(text_of(desk, sending_id, found, one, offer, by.at) for one, offer in zip(made, offers, strict=True))
    if not texts:
        told = f"没有一个人可以发：{held_words(Counter(held.values()))}。" if held else "名册里没有愿意找活的人。"
        return Planned(None, held=held, lists=lists, note=told)
    plan = desk.store.current_plan(found.on)
    sending = Sending(
        sending_id=sending_id,
        season=found.season,
        wave=call.wave,
        region_code=by.regions[0] if by.regions else "",
        plan_id=plan.plan_id if plan else "",
        by=by.actor,
        created_at=by.at,
        trial=call.trial,
        n_people=len(texts),
        n_texts=len(texts),
        n_parts=sum(len(text.parts) for text in texts),
        budget_parts=desk.rules.budget.parts_a_season,
        held=_counts(held),
        held_people={worker_id: why.value for worker_id, why in held.items()},
    )
    late = "" if found.starts_at == by.at else f"现在不是发送时间，最早{moment(found.starts_at, desk.rules)}开始发。"
    return Planned(sending, offers, texts, held, lists, late)


def _sending_id(desk: Desk, call: PlanTexts, by: By, season: str) -> str:
    """Another for each that is meant, planned within one second or not; two taps at the same moment have one."""
    n_before = len(desk.texts.sendings(season=season))
    return id_of("s", season, call.wave, by.at.isoformat(), by.actor, by.regions, call.trial, n_before)


def _start(desk: Desk, at: datetime) -> tuple[datetime | None, str]:
    """When the texts may begin to go out; None with the reason between two seasons."""
    ruling = may_send(at, desk.rules)
    if ruling.allowed:
        return at, ""
    if ruling.reason is NotNow.OUT_OF_SEASON or ruling.next_at is None or not _same_season(desk, at, ruling.next_at):
        told = f"{NotNow.OUT_OF_SEASON.label}，没有写短信。"
        return None, told + (f"最早{moment(ruling.next_at, desk.rules)}。" if ruling.next_at else "")
    return ruling.next_at, ""


def _same_season(desk: Desk, at: datetime, then: datetime) -> bool:
    return season_at(at, desk.rules) == season_at(then, desk.rules) != ""


def _require_season(desk: Desk, call: PlanTexts, at: datetime) -> str:
    season = season_at(at, desk.rules)
    if call.season and call.season != season:
        raise UsageError(f"短信季是 {season}，不是 {call.season}", where="--season", remedy=f"写 {season}，或者不写。")
    return season


def _listed_before(desk: Desk, season: str) -> dict[str, frozenset[str]]:
    """Worker -> vacancies that earlier texts of the season listed; they are not listed again."""
    found: dict[str, frozenset[str]] = {}
    for sending in desk.texts.sendings(season=season):
        for offer in desk.texts.offers(sending_id=sending.sending_id):
            found[offer.worker_id] = found.get(offer.worker_id, frozenset()) | set(offer.vacancy_ids)
    return found


def _lists(
    desk: Desk, call: PlanTexts, by: By, found: Round, known: Known, earlier: Mapping[str, frozenset[str]]
) -> tuple[dict[str, PersonList], dict[str, Held]]:
    """The list of everybody whom nothing but a missing list could hold back; of a later wave only of new people."""
    early = {one: Held.EARLIER_WAVE for one in known.facts if call.wave > 1 and one in earlier}
    maybe = [fact._replace(n_jobs=1) for one, fact in known.facts.items() if one not in early]
    # Of a shared number everybody needs a list: who gets it is settled by the lists.
    chosen = choose(maybe, known.lines, found.starts_at, desk.rules, beside=False)
    wanted = [one.worker_id for one in chosen.written]
    lists = {}
    for person in lists_of(desk, sorted(wanted), on=found.on, jurisdiction=call.jurisdiction, at=by.at):
        before = earlier.get(person.worker_id, frozenset())
        lists[person.worker_id] = person._replace(jobs=tuple(job for job in person.jobs if job[0] not in before))
    return lists, early


def _plan_of(sending: Sending, plan: StoredPlan, by: By) -> StoredPlan:
    """What the sending adds to the season's lists, as a plan of its own at the same prices."""
    plan_id = id_of("p", "sending", sending.sending_id)
    return replace(plan, plan_id=plan_id, created_at=by.at)


def _new_exposures(desk: Desk, plan: StoredPlan, offers: Sequence[TextOffer]) -> list[tuple[str, str]]:
    """Pairs of the offers that no list of the plan's season held before."""
    shown = desk.store.exposures(plan.season)
    return [
        (offer.worker_id, vacancy_id)
        for offer in offers
        for vacancy_id in offer.vacancy_ids
        if vacancy_id not in shown.get(offer.worker_id, frozenset())
    ]


def _counts(held: Mapping[str, Held]) -> dict[str, int]:
    found = list(held.values())
    return {why.value: found.count(why) for why in Held if why in found}
