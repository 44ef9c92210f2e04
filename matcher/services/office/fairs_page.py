"""Job fairs by what they would bring: every township with its best day, one fair in full, and what became of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.office.claims.measures import Rules
from matcher.office.claims.programmes import Plan, Programme, ProgrammeKind, plan_deed
from matcher.office.planning import readings
from matcher.policy import pack_for
from matcher.policy.evaluation.conventions import from_settings
from matcher.policy.figures.in_force import FiguresOn
from matcher.records import Employer, Kind, Placement, Worker
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programmes import seen_programmes
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.masked_people import township_of
from matcher.services.office.fair_worth import Town, days_to_choose, employer_of, towns_of
from matcher.services.registers.words import town_name


class AskFair(msgspec.Struct, frozen=True, kw_only=True):
    """The call: a township and a day to tell in full; "" and None for the fair that brings most."""

    town: str = ""
    day: date | None = None


def fairs_page(desk: ClaimDesk, asked: AskFair) -> dict[str, Any]:
    """Townships by their best day, one fair with its guests, past fairs with what was expected and what happened.

    NotFound for a township in which nobody of the reader's reach seeks work; InvalidInput for a day that is over.
    """
    if asked.day is not None and asked.day < desk.on:
        raise InvalidInput("这个日子已经过了", where="day", remedy="请选今天以后的日子。")
    towns = {town.code: town for town in towns_of(desk.store, desk.means, desk.jurisdiction, desk.on)}
    days = days_to_choose(desk.on)
    rows = sorted((_row(town, days) for town in towns.values()), key=lambda row: (-row["expected"], row["code"]))
    if asked.town and asked.town not in towns:
        raise NotFound("没有这个乡镇", where="town", remedy="请从表里选一个乡镇。")
    code = asked.town or (rows[0]["code"] if rows else "")
    best = next((row["day"] for row in rows if row["code"] == code), "")
    day = asked.day or (date.fromisoformat(best) if best else desk.on)
    return {
        "on": desk.on.isoformat(),
        "rows": rows,
        "days": [one.isoformat() for one in days],
        "fair": _told(desk, towns[code], day) if code else None,
        "held": _held(desk),
        "days_after": readings().fair.days_after,
    }


def plan_fair(desk: ClaimDesk, town: str, day: date) -> str:
    """Put a fair into the plan with what is expected of it; its id. Raises as `fairs_page`."""
    told = fairs_page(desk, AskFair(town=town, day=day))["fair"]
    if told is None:
        raise NotFound("没有这个乡镇", where="town", remedy="请从表里选一个乡镇。")
    name = f"fair-{town}-{day.isoformat()}"
    plan = Plan(
        kind=ProgrammeKind.FAIR,
        title=f"{told['name']}招聘会",
        on=day,
        place=town,
        expected=round(told["expected"]),
    )
    stream, deed = plan_deed(name, plan, by=desk.by.actor, at=desk.by.at, on=desk.on)
    # Planned again on another morning it is the same fair with the figure of that morning.
    desk.deeds.act(stream, lambda _: (deed,))
    return name


def _row(town: Town, days: list[date]) -> dict[str, Any]:
    told = [(town.on(day)[0], day) for day in days]
    expected, day = max(told, key=lambda row: (row[0], -row[1].toordinal()))
    return {
        "code": town.code,
        "name": town_name(town.code),
        "n_people": town.n_people,
        "expected": round(expected, 1),
        "day": day.isoformat(),
    }


def _told(desk: ClaimDesk, town: Town, day: date) -> dict[str, Any]:
    expected, guests = town.on(day)
    open_posts = [post for post in town.posts if post.open_on(day)]
    n_places: dict[str, int] = {}
    names: dict[str, str] = {}
    for post in open_posts:
        key = employer_of(post)
        n_places[key] = n_places.get(key, 0) + post.places_left
        names.setdefault(key, post.employer_name or "")
    ids = [guest.employer for guest in guests]
    known = {
        one.employer_id: one.name for one in desk.store.records(Kind.EMPLOYERS, ids=ids) if isinstance(one, Employer)
    }
    return {
        "code": town.code,
        "name": town_name(town.code),
        "day": day.isoformat(),
        "in_campaign": _rules(desk).judge("campaign", {"date": day.isoformat()}).told.get("in_window"),
        "expected": round(expected, 1),
        "n_people": town.n_people,
        "is_sample": town.stands_for > 1,
        "guests": [
            {
                "employer": known.get(one.employer) or names.get(one.employer) or "没有登记单位名称",
                "n_places": n_places.get(one.employer, 0),
                "alone": round(one.alone, 1),
                "here": round(one.here, 1),
            }
            for one in guests
        ],
    }


def _held(desk: ClaimDesk) -> list[dict[str, Any]]:
    """Fairs of the plan, the newest first: expected, hired as noted, and who of the township began work soon after."""
    fairs = [one for one in seen_programmes(desk).values() if one.plan.kind is ProgrammeKind.FAIR]
    began = _began(desk) if any(one.plan.on <= desk.on for one in fairs) else {}
    return [_past(one, desk.on, began) for one in sorted(fairs, key=lambda one: (one.plan.on, one.programme_id))[::-1]]


def _past(one: Programme, on: date, began: Mapping[str, list[date]]) -> dict[str, Any]:
    day, hired = one.plan.on, len(one.result.hired) if one.result else None
    last = day + timedelta(days=readings().fair.days_after)
    days = [start for town, starts in began.items() if town.startswith(one.plan.place) for start in starts]
    return {
        "programme_id": one.programme_id,
        "title": one.plan.title,
        "on": day.isoformat(),
        "expected": one.plan.expected,
        "n_hired": hired,
        "difference": hired - one.plan.expected if hired is not None and one.plan.expected is not None else None,
        "n_began": sum(day <= start <= last for start in days) if day <= on else None,
    }


def _began(desk: ClaimDesk) -> dict[str, list[date]]:
    """Township -> first days of the work of its people."""
    homes = {
        one.worker_id: township_of(one.place_code)
        for one in desk.store.records(Kind.WORKERS)
        if isinstance(one, Worker)
    }
    began: dict[str, list[date]] = {}
    for one in desk.store.records(Kind.PLACEMENTS):
        if isinstance(one, Placement) and one.worker_id in homes and one.start <= desk.on:
            began.setdefault(homes[one.worker_id], []).append(one.start)
    return began


def _rules(desk: ClaimDesk) -> Rules:
    pack = pack_for(desk.means.packs, desk.jurisdiction, desk.on).asked
    return Rules(pack, from_settings(desk.means.settings), FiguresOn(figures=kept_figures(desk.store), on=desk.on))
