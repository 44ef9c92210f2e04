"""Employers several people come home from, or whose wages are late: who is there yet, and where else they could go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from matcher.messaging.return_words import return_words
from matcher.office.tracking.checks import schedule
from matcher.office.tracking.returnees import Alarm, Left, alarms_of, returnee_rules
from matcher.ports import DeedStore, RosterStore
from matcher.records import Employer, Kind, Placement, Vacancy, Worker
from matcher.records.orders import Arrear
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import wage_words
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.returns import ledger
from matcher.services.rosters.arrears import listed_employer
from matcher.services.tracking.visits import STREAM, visits_noted
from matcher.services.tracking.words import people_told, placements_at, runs_on

N_POSTS: Final = 5
N_PEOPLE: Final = 50


def warnings_told(desk: Desk, deeds: DeedStore, by: By, on: date) -> dict[str, Any]:
    """The employers to look at, those with most people still there first, with open posts of the same trades.

    Posts of an employer that owes wages or raised an alarm itself are no way out and are not offered.
    """
    store, rules = Scoped(desk.store, by.regions), returnee_rules().warning
    placements = [one for one in placements_at(store) if one.start <= on and _employer(one)]
    home = _come_home(desk, by, placements, on)
    still: dict[str, list[str]] = defaultdict(list)
    for one in placements:
        if runs_on(one, on) and one.placement_id not in home:
            still[_employer(one)].append(one.worker_id)
    names = {_employer(one): one.employer_name or "" for one in placements}
    owing = _owing(desk.store, desk.orders.arrears(), names, on)
    unpaid = _unpaid(deeds, placements, on - timedelta(days=rules.days), on)
    alarms = alarms_of(_left(placements, home, on), still, owing, rules, on, unpaid=unpaid)
    ways = _SameTrade(desk.store, {*owing, *(alarm.employer for alarm in alarms)}, on)
    people = people_told(store, (one for alarm in alarms for one in (*alarm.still[:N_PEOPLE], *alarm.left[:N_PEOPLE])))
    return {
        "on": on.isoformat(),
        "rule": {"people": rules.people, "days": rules.days, "reading": rules.reading},
        "alarms": [_told(alarm, names, people, ways.of(alarm, placements, store)) for alarm in alarms],
    }


def _employer(placement: Placement) -> str:
    """What tells employers apart: the id, else the name as written."""
    return placement.employer_id or "".join((placement.employer_name or "").split())


def _come_home(desk: Desk, by: By, placements: Iterable[Placement], on: date) -> dict[str, date]:
    """Placement -> the day somebody came home from it for good: what they did last before the day of the ledger."""
    begun: dict[str, list[Placement]] = defaultdict(list)
    for one in sorted(placements, key=lambda placement: (placement.start, placement.placement_id)):
        begun[one.worker_id].append(one)
    words, found = return_words(), dict[str, date]()
    for entry in ledger(desk, by.regions):
        if entry.returned_on <= on and words.leaves(entry.why, entry.wish):
            # Work that began since, found by the helper it may be, is not what they came home from.
            before = [one for one in begun[entry.worker_id] if one.start < entry.returned_on]
            found |= {one.placement_id: entry.returned_on for one in before[-1:]}
    return found


def _left(placements: Iterable[Placement], home: Mapping[str, date], on: date) -> list[Left]:
    """Ends of placements, and returns to the ledger from where somebody was at work last."""
    left = []
    for one in placements:
        days = {day for day in (one.end, home.get(one.placement_id)) if day is not None and day <= on}
        left += [Left(employer=_employer(one), worker_id=one.worker_id, on=day) for day in days]
    return left


def _unpaid(deeds: DeedStore, placements: Iterable[Placement], after: date, on: date) -> dict[str, set[str]]:
    """Employer -> who said in a check of these days that wages are late."""
    plan, noted = schedule(), visits_noted(deeds.deeds(prefix=STREAM))
    found: dict[str, set[str]] = defaultdict(set)
    for one in placements:
        for said in noted.get(one.placement_id, {}).values():
            issue = plan.trouble(said.issue)
            if issue is not None and issue.unpaid and after < said.on <= on:
                found[_employer(one)].add(one.worker_id)
    return found


def _owing(store: RosterStore, arrears: list[Arrear], names: Mapping[str, str], on: date) -> set[str]:
    """Employers on a list of wage arrears, or marked so in the roster."""
    records = {one.employer_id: one for one in store.records(Kind.EMPLOYERS) if isinstance(one, Employer)}
    owing = set()
    for key, name in names.items():
        known = records.get(key)
        code = (known.credit_code if known else "") or ""
        marked = known is not None and known.arrears_until is not None and known.arrears_until >= on
        if marked or listed_employer(arrears, name, on, code) is not None:
            owing.add(key)
    return owing


class _SameTrade:
    """Open posts by occupation, without those of some employers."""

    def __init__(self, store: RosterStore, but: set[str], on: date) -> None:
        self._all = {one.vacancy_id: one for one in store.records(Kind.VACANCIES) if isinstance(one, Vacancy)}
        self._open: dict[str, list[Vacancy]] = defaultdict(list)
        for post in self._all.values():
            employer = post.employer_id or "".join((post.employer_name or "").split())
            if post.occupations and employer not in but and not post.reserved_for and post.open_on(on):
                for code in post.occupations:
                    self._open[code].append(post)

    def of(self, alarm: Alarm, placements: Iterable[Placement], store: RosterStore) -> list[dict[str, Any]]:
        """Open posts of the trades of an employer's people, most people of the trade first, then most places."""
        codes: dict[str, int] = defaultdict(int)
        there = set(alarm.still)
        without: list[str] = []
        for one in placements:
            if one.worker_id in there and _employer(one) == alarm.employer:
                post = self._all.get(one.vacancy_id or "")
                for code in (post.occupations or ()) if post else ():
                    codes[code] += 1
                if post is None or not post.occupations:
                    without.append(one.worker_id)
        found = store.records(Kind.WORKERS, ids=sorted(set(without)))
        for worker in (one for one in found if isinstance(one, Worker)):
            for code in worker.occupations or ():
                codes[code] += 1
        posts = {post.vacancy_id: (codes[code], post) for code in sorted(codes) for post in self._open[code]}
        ranked = sorted(posts.values(), key=lambda row: (-row[0], -row[1].places_left, row[1].vacancy_id))
        return [
            {
                "vacancy_id": post.vacancy_id,
                "title": post.title,
                "employer": post.employer_name or "",
                "place": work_words(post.place_code),
                "wage": wage_words(post),
                "places_left": post.places_left,
                "n_people": n,
            }
            for n, post in ranked[:N_POSTS]
        ]


def _told(
    alarm: Alarm, names: Mapping[str, str], people: Mapping[str, Mapping[str, str]], posts: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "employer": names.get(alarm.employer) or "没有登记单位名称",
        "owes": alarm.owes,
        "n_unpaid": len(alarm.unpaid),
        "n_left": len(alarm.left),
        "n_still": len(alarm.still),
        "left": [people[one] for one in alarm.left[:N_PEOPLE] if one in people],
        "still": [people[one] for one in alarm.still[:N_PEOPLE] if one in people],
        "posts": posts,
    }
