"""Classes by what they would open: every trade ranked, one in full beside the next best, the planned ones in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from matcher.errors import NotFound
from matcher.office.claims.programme_results import by_worth
from matcher.office.claims.programmes import ProgrammeKind
from matcher.office.planning import readings
from matcher.records import Kind, Vacancy, Worker
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programmes import seen_programmes
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.masked_people import masked_people
from matcher.services.office.class_costs import class_costs
from matcher.services.office.class_worth import Opened, opened_by_trade, planned_trade
from matcher.services.registers.village_page import post_row
from matcher.services.registers.words import town_name

N_SHOWN: Final = 30


class AskClass(msgspec.Struct, frozen=True, kw_only=True):
    """The call: how many seats (None: as read), and the trade to tell in full, "" for the one that places most."""

    seats: int | None = None
    trade: str = ""


def classes_page(desk: ClaimDesk, asked: AskClass) -> dict[str, Any]:
    """Trades ranked by the people a class would place; one in full. NotFound for a trade no open post asks for."""
    said = readings().course
    seats = max(1, min(said.seats if asked.seats is None else asked.seats, said.most_seats))
    ranked = sorted(
        opened_by_trade(desk.store, desk.means, desk.on),
        key=lambda one: (-one.placed(seats), -one.n_places, -one.n_eligible, one.trade),
    )
    chosen = _chosen(ranked, asked.trade)
    rows = [_row(one, seats) for one in ranked]
    return {
        "on": desk.on.isoformat(),
        "seats": seats,
        "rows": rows,
        "trade": _told(desk, chosen, seats) if chosen else None,
        "beside": _beside(ranked, chosen, seats) if chosen else None,
        "costs": class_costs(desk.means, kept_figures(desk.store), desk.jurisdiction, desk.on, seats),
        "planned": _planned(desk, {one.trade: one for one in ranked}, seats),
        "n_asked": ranked[0].n_asked if ranked else 0,
        "n_people": ranked[0].n_people if ranked else 0,
    }


def people_of(page: Mapping[str, Any]) -> list[str]:
    """Ids of everybody the page names, for the audit."""
    return [row["worker_id"] for row in page["trade"]["people"]] if page["trade"] else []


def _chosen(ranked: Sequence[Opened], trade: str) -> Opened | None:
    if not trade:
        return ranked[0] if ranked else None
    found = next((one for one in ranked if one.trade == trade), None)
    if found is None:
        raise NotFound("没有岗位要这个工种", where="trade", remedy="请从表里选一个工种。")
    return found


def _row(one: Opened, seats: int) -> dict[str, Any]:
    return {
        "trade": one.trade,
        "certificates": list(one.certificates),
        "n_eligible": one.n_eligible,
        "n_places": one.n_places,
        "n_placed": one.placed(seats),
    }


def _told(desk: ClaimDesk, one: Opened, seats: int) -> dict[str, Any]:
    ids = [one.people[person] for person in sorted({person for person, _ in one.pairs})]
    found = desk.store.records(Kind.WORKERS, ids=ids[:N_SHOWN])
    people = masked_people(desk.store, [worker for worker in found if isinstance(worker, Worker)])
    n_posts = {name: sum(one.people[person] == name for person, _ in one.pairs) for name in people}
    return {
        **_row(one, seats),
        "people": [
            {"worker_id": name, "name": told.name, "place": told.place, "n_posts": n_posts[name]}
            for name, told in people.items()
        ],
        "posts": _posts(desk, one),
        "towns": [
            {"code": code, "name": town_name(code), "n": n, "n_placed": one.placed(seats, code)}
            for code, n in one.by_town()
        ],
    }


def _posts(desk: ClaimDesk, one: Opened) -> list[dict[str, Any]]:
    """Posts that open to somebody, those with most places first."""
    people: dict[int, int] = {}
    for _, post in one.pairs:
        people[post] = people.get(post, 0) + 1
    every = desk.store.records(Kind.VACANCIES)
    first = sorted(people, key=lambda post: (-one.places[post], -people[post], post))[:N_SHOWN]
    told = [(every[post], people[post]) for post in first]
    return [{**post_row(vacancy), "n_people": n} for vacancy, n in told if isinstance(vacancy, Vacancy)]


def _beside(ranked: Sequence[Opened], chosen: Opened, seats: int) -> dict[str, Any] | None:
    """The best class but this one, and by how many people this one places more (or, below 0, fewer)."""
    other = next((one for one in ranked if one.trade != chosen.trade), None)
    if other is None:
        return None
    return {**_row(other, seats), "more": chosen.placed(seats) - other.placed(seats)}


def _planned(desk: ClaimDesk, opened: Mapping[str, Opened], seats: int) -> list[dict[str, Any]]:
    """Classes that are planned and not held, by the people a class of so many seats would place."""
    plans = [
        one for one in seen_programmes(desk).values() if one.plan.kind is ProgrammeKind.CLASS and one.result is None
    ]
    worth = {name: one.placed(seats) for name, one in opened.items()}
    told = {one.plan.leads_to: worth.get(planned_trade(one.plan.leads_to), 0) for one in plans}
    return [
        {
            "programme_id": one.programme_id,
            "title": one.plan.title,
            "on": one.plan.on.isoformat(),
            "leads_to": one.plan.leads_to,
            "n_placed": told[one.plan.leads_to],
        }
        for one in by_worth(plans, told)
    ]
