"""Job fairs by what they would bring: every township with its best day, one fair in full, and what became of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.office.claims.measures import Rules
from matcher.office.claims.programmes import (
    CAMPAIGNS,
    FAIR_KINDS,
    Campaign,
    FairKind,
    Plan,
    Programme,
    ProgrammeKind,
)
from matcher.office.planning import readings
from matcher.policy import pack_for
from matcher.policy.evaluation.conventions import from_settings
from matcher.policy.figures.in_force import FiguresOn
from matcher.privacy import without_personal
from matcher.records import Employer, Kind, Placement, Worker
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programme_forms import keep_plan
from matcher.services.claims.programmes import seen_programmes
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.place_words import township_of
from matcher.services.office.fair_worth import Town, days_to_choose, employer_of, towns_of
from matcher.services.registers.words import town_name

LONGEST_ORGANISER: Final = 40


class AskFair(msgspec.Struct, frozen=True, kw_only=True):
    """The call: a township and a day to tell in full; "" and None for the fair that brings most."""

    town: str = ""
    day: date | None = None


class PlanFair(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which fair, what it is, of which campaign (codes, "" not said), who holds it, which guests come."""

    town: str
    day: date
    fair_kind: str = ""
    campaign: str = ""
    organiser: str = ""
    employers: tuple[str, ...] = ()


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
        "kinds": [{"code": kind.value, "label": label} for kind, label in FAIR_KINDS.items()],
        "campaigns": [{"code": one.value, "label": label} for one, label in CAMPAIGNS.items()],
        "longest": LONGEST_ORGANISER,
    }


def plan_fair(desk: ClaimDesk, call: PlanFair) -> str:
    """Put a fair into the plan with what is expected of it; its id.

    Raises as `fairs_page`, and InvalidInput for a kind, campaign or guest nobody knows.
    """
    told = fairs_page(desk, AskFair(town=call.town, day=call.day))["fair"]
    if told is None:
        raise NotFound("没有这个乡镇", where="town", remedy="请从表里选一个乡镇。")
    for field, fits in (
        ("fair_kind", call.fair_kind in ("", *FairKind)),
        ("campaign", call.campaign in ("", *Campaign)),
        ("employers", set(call.employers) <= {one["key"] for one in told["guests"]}),
    ):
        if not fits:
            raise InvalidInput("招聘会有一项不对", where=field, remedy="请从页面上选。")
    name = f"fair-{call.town}-{call.day.isoformat()}"
    plan = Plan(
        kind=ProgrammeKind.FAIR,
        title=f"{told['name']}{FAIR_KINDS[FairKind(call.fair_kind)] if call.fair_kind else '招聘会'}",
        on=call.day,
        place=call.town,
        expected=round(told["expected"]),
        fair_kind=FairKind(call.fair_kind) if call.fair_kind else None,
        campaign=Campaign(call.campaign) if call.campaign else None,
        organiser=without_personal(" ".join(call.organiser.split()))[:LONGEST_ORGANISER],
        employers=call.employers,
    )
    # Planned again on another morning it is the same fair with the figure of that morning, and with its roster.
    return keep_plan(desk, name, plan)


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
    known = _names(desk, [guest.employer for guest in guests])
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
                "key": one.employer,
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
    names = _names(desk, sorted({key for one in fairs for key in one.plan.employers}))
    fairs.sort(key=lambda one: (one.plan.on, one.programme_id), reverse=True)
    return [_past(one, desk.on, began, names) for one in fairs]


def _names(desk: ClaimDesk, ids: Sequence[str]) -> dict[str, str]:
    """Employer -> name, of those with a record."""
    found = desk.store.records(Kind.EMPLOYERS, ids=ids)
    return {one.employer_id: one.name for one in found if isinstance(one, Employer)}


def _past(one: Programme, on: date, began: Mapping[str, list[date]], names: Mapping[str, str]) -> dict[str, Any]:
    day, hired = one.plan.on, len(one.result.hired) if one.result else None
    last = day + timedelta(days=readings().fair.days_after)
    days = [start for town, starts in began.items() if town.startswith(one.plan.place) for start in starts]
    return {
        "programme_id": one.programme_id,
        "title": one.plan.title,
        "on": day.isoformat(),
        "fair_kind": FAIR_KINDS[one.plan.fair_kind] if one.plan.fair_kind else "",
        "campaign": CAMPAIGNS[one.plan.campaign] if one.plan.campaign else "",
        "organiser": one.plan.organiser,
        "employers": [names.get(key, key) for key in one.plan.employers],
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
