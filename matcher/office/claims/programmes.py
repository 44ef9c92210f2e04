"""Classes, fairs, stalls, promises, stations as deeds: planned, held with what came of it; judged by the documents.

A promise is a referral (startup, loan, relief): who was sent where and what came of it, and no sum, for the document
leaves the sum to other rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.office.claims.measures import Judgement, Rules
from matcher.office.tracking.evidence import definition, proof_of
from matcher.policy.benefits.answer import NEEDS_CONFIG
from matcher.policy.evaluation.conventions import add_months, denominators
from matcher.records import Placement
from matcher.records.deeds import Deed, NewDeed

PREFIX: Final = "programme:"
STABLE_MONTHS: Final = "training_stable_job_months_min"
"""The figure of a document that says how long work must last to count as stable."""
MET: Final = "met"
DENOMINATOR_UNSAID: Final = "stability_denominator_not_set"


class ProgrammeKind(StrEnum):
    """What is planned."""

    CLASS = "class"
    FAIR = "fair"
    STALL = "stall"
    PROMISE = "promise"
    STATION = "station"


class Course(StrEnum):
    """What a class teaches, in the words of the documents: a trade, how to start a business, what to know before going
    out to work."""

    SKILL = "skill"
    STARTUP = "startup"
    PRE_JOB = "pre_job"


class FairKind(StrEnum):
    """What a fair is (requirements 8.9)."""

    LARGE = "large_fair"
    SPECIAL = "special_fair"
    MEETING = "supply_demand_meeting"
    VILLAGE = "village_delivery"
    VIDEO = "video_fair"
    PRE_JOB = "pre_job_round"
    SPORT = "sport"
    RETURNEES = "returnee_meeting"
    ART_TOUR = "art_tour"


class Campaign(StrEnum):
    """The campaign a fair belongs to; one document writes of a week where two others write of a month."""

    SPRING_WIND = "spring_wind"
    AID_MONTH = "aid_month"
    PRIVATE_FIRMS_WEEK = "private_firms_week"
    PRIVATE_FIRMS_MONTH = "private_firms_month"
    FIVE_ONES = "five_ones"


FAIR_KINDS: Final = {
    FairKind.LARGE: "大型招聘会",
    FairKind.SPECIAL: "专场招聘会",
    FairKind.MEETING: "供需见面会",
    FairKind.VILLAGE: "送岗到村",
    FairKind.VIDEO: "视频招聘会",
    FairKind.PRE_JOB: "岗前见面",
    FairKind.SPORT: "体育活动",
    FairKind.RETURNEES: "返乡座谈会",
    FairKind.ART_TOUR: "文艺巡演",
}
CAMPAIGNS: Final = {
    Campaign.SPRING_WIND: "春风行动",
    Campaign.AID_MONTH: "就业援助月",
    Campaign.PRIVATE_FIRMS_WEEK: "民营企业招聘周",
    Campaign.PRIVATE_FIRMS_MONTH: "民营企业招聘月",
    Campaign.FIVE_ONES: "五个一",
}


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is planned. on : its first day; until : its last; people : trainees, stall holders, who was referred.

    order_of : the firm a class is ordered by; vouchers : handed out; expected : people a fair or class should bring in
    course, days, designated, going_out : of a class; whether by a designated institution, whether for people going out
    fair_kind, campaign, organiser, employers : of a fair; employers by id, else by the name on their adverts
    """

    kind: ProgrammeKind
    title: str
    on: date
    until: date | None = None
    place: str = ""
    people: tuple[str, ...] = ()
    order_of: str = ""
    vouchers: int | None = None
    expected: int | None = None
    leads_to: str = ""
    fair_kind: FairKind | None = None
    campaign: Campaign | None = None
    organiser: str = ""
    employers: tuple[str, ...] = ()
    course: Course | None = None
    days: int | None = None
    designated: bool | None = None
    going_out: bool | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of it: people who came, who got a certificate, who found work; kept : whether a promise was."""

    came: tuple[str, ...] = ()
    certified: tuple[str, ...] = ()
    hired: tuple[str, ...] = ()
    kept: bool | None = None
    note: str = ""


class Programme(msgspec.Struct, frozen=True, kw_only=True):
    """One class, fair, stall or promise after its last deed."""

    programme_id: str
    plan: Plan
    result: Result | None = None


def plan_deed(programme_id: str, plan: Plan, *, by: str, at: Any, on: date) -> tuple[str, NewDeed]:
    """Stream and deed of a plan. InvalidInput for one that ends before it begins."""
    if plan.until is not None and plan.until < plan.on:
        fix = "请核对起止日期。"
        problem = Problem(column="until", found=plan.until.isoformat(), expected=f"不早于{plan.on}", fix=fix)
        raise InvalidInput("a programme ends before it begins", (problem,), where=programme_id, remedy=fix)
    body = {"plan": msgspec.to_builtins(plan)}
    deed = NewDeed(kind="programme.planned", at=at, on=on, by=by, subjects=plan.people, body=body)
    return PREFIX + programme_id, deed


def result_deed(programme: Programme, result: Result, *, by: str, at: Any, on: date) -> tuple[str, NewDeed]:
    """Stream and deed of what came of it. InvalidInput for a day to come, and for a certificate of nobody trained."""
    strange = set(result.certified) - set(result.came or programme.plan.people)
    if programme.plan.on > on or strange:
        fix = "还没办的先不记结果；取证的人要在名单里。"
        found = "、".join(sorted(strange)) or programme.plan.on.isoformat()
        raise InvalidInput(
            "a result that cannot be", (Problem(column="result", found=found, fix=fix),), where="result", remedy=fix
        )
    named = tuple(dict.fromkeys((*programme.plan.people, *result.came)))
    body = {"result": msgspec.to_builtins(result)}
    stream = PREFIX + programme.programme_id
    return stream, NewDeed(kind="programme.held", at=at, on=on, by=by, subjects=named, body=body)


def read_programmes(deeds: Iterable[Deed]) -> dict[str, Programme]:
    """Every programme by id; the newest plan and the newest result count, what was erased is left out."""
    found: dict[str, Programme] = {}
    for deed in deeds:
        programme_id = deed.stream.removeprefix(PREFIX)
        if not deed.stream.startswith(PREFIX) or deed.body.get("erased") is True:
            continue
        if deed.kind == "programme.planned":
            plan = msgspec.convert(deed.body["plan"], Plan)
            before = found.get(programme_id)
            found[programme_id] = Programme(
                programme_id=programme_id, plan=plan, result=before.result if before else None
            )
        elif deed.kind == "programme.held" and programme_id in found:
            result = msgspec.convert(deed.body["result"], Result)
            found[programme_id] = msgspec.structs.replace(found[programme_id], result=result)
    return found


class ClassResult(msgspec.Struct, frozen=True, kw_only=True):
    """A class against what its document asks, ids behind every figure.

    in_work, stable : by proof; unproved : said to be in work after it, which nothing proves, beside them
    due : the day work is counted, None where the document states no months
    readings : share it is of -> outcome, where the county has not said of whom the stable share is
    """

    programme_id: str
    trained: tuple[str, ...]
    certified: tuple[str, ...]
    in_work: tuple[str, ...]
    stable: tuple[str, ...]
    unproved: tuple[str, ...]
    due: date | None
    is_due: bool
    verdict: Judgement
    readings: Mapping[str, str] = {}


def class_result(
    programme: Programme, placements: Iterable[Placement], on: date, rules: Rules, refuted: Collection[str] = ()
) -> ClassResult:
    """Certificates, and who is still in work six months after the class; before that day work is not judged.

    Work after the class is what began by the day it is counted; what nothing proves on `on` is told beside.
    refuted : ids of placements found false
    """
    plan, result = programme.plan, programme.result or Result()
    end = plan.until or plan.on
    months = rules.pack.parameter(STABLE_MONTHS)
    due = add_months(end, int(months.value)) if months is not None and months.kind.has_value else None
    is_due = due is not None and on >= due
    trained = result.came or plan.people
    ids, last = set(trained), min(on, due or on)
    after = [one for one in placements if one.worker_id in ids and one.start <= last and _runs_after(one, end)]
    proved = [one for one in after if proof_of(one, on, definition(), refuted).counts]
    in_work = {one.worker_id for one in proved}
    stable = {one.worker_id for one in proved if due and (one.end is None or one.end >= due)}
    facts = {
        "trained": len(trained),
        "certified": len(result.certified) if programme.result else None,
        "employed_after_training": len(in_work),
        "employed_6_months": len(stable) if is_due else None,
    }
    verdict, readings = _judged(facts, rules)
    return ClassResult(
        programme_id=programme.programme_id,
        trained=tuple(trained),
        certified=result.certified,
        in_work=tuple(sorted(in_work)),
        stable=tuple(sorted(stable)) if is_due else (),
        unproved=tuple(sorted({one.worker_id for one in after} - in_work)),
        due=due,
        is_due=is_due,
        verdict=verdict,
        readings=readings,
    )


def _runs_after(placement: Placement, day: date) -> bool:
    return placement.end is None or placement.end > day


def _judged(facts: Mapping[str, Any], rules: Rules) -> tuple[Judgement, dict[str, str]]:
    """A class by the share the county has chosen; where it has not, both readings beside the verdict.

    Then no class is said to meet it: one that fails whichever is chosen fails, else the county is asked.
    """
    names = denominators(rules.conventions)
    told = {name: rules.judge("training", {**facts, "stability_denominator": name}) for name in names}
    outcomes = {name: one.outcome for name, one in told.items()}
    verdict = next(iter(told.values()))
    if len(told) == 1 or (set(outcomes.values()) == {verdict.outcome} and verdict.outcome != MET):
        return verdict, {}
    return msgspec.structs.replace(verdict, outcome=NEEDS_CONFIG, reasons=(DENOMINATOR_UNSAID,), told={}), outcomes


class FairYear(msgspec.Struct, frozen=True, kw_only=True):
    """Fairs held in a year against the least number; of each: expected and hired, and whether in the campaign."""

    year: int
    held: tuple[str, ...]
    in_campaign: tuple[str, ...]
    verdict: Judgement


def fair_year(programmes: Iterable[Programme], year: int, rules: Rules) -> FairYear:
    """The fairs of a year that were held; those only planned do not count."""
    fairs = [
        one
        for one in programmes
        if one.plan.kind is ProgrammeKind.FAIR and one.plan.on.year == year and one.result is not None
    ]
    campaign = tuple(
        one.programme_id
        for one in fairs
        if rules.judge("campaign", {"date": one.plan.on.isoformat()}).told.get("in_window") is True
    )
    held = tuple(one.programme_id for one in fairs)
    return FairYear(
        year=year, held=held, in_campaign=campaign, verdict=rules.judge("fairs", {"fairs_in_year": len(held)})
    )


def by_worth(classes: Sequence[Programme], places_unlocked: Mapping[str, int]) -> list[Programme]:
    """Classes ordered by how many open places what they lead to would unlock, most first; then by day and id."""

    def worth(one: Programme) -> tuple[int, date, str]:
        return -places_unlocked.get(one.plan.leads_to, 0), one.plan.on, one.programme_id

    return sorted(classes, key=worth)
