"""Classes, fairs, stalls, promises, stations as deeds: planned, a roster, held with what came of it.

A promise is a referral (startup, loan, relief): who was sent where and what came of it, and no sum, for the document
leaves the sum to other rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.geography import gazetteer, significant
from matcher.records import COUNTY_DIGITS
from matcher.records.deeds import Deed, NewDeed

PREFIX: Final = "programme:"
ID: Final = re.compile(r"[\w.-]{1,80}")
LONGEST_ID: Final = 80
VILLAGE_DIGITS: Final = 12
YEARS_BACK, YEARS_AHEAD = 100, 9
"""What an office may mean by a year: beyond it a day is a slip of the pen, and terms of it leave the calendar."""


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


class PaidTo(StrEnum):
    """Whom the aid for a class goes to, where its document does not say so and the county decides."""

    TRAINEE = "trainee"
    INSTITUTION = "institution"


PAID_TO: Final = {PaidTo.TRAINEE: "学员本人", PaidTo.INSTITUTION: "培训机构"}


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
    institution, paid_to, paid_by : who holds a class; whom its aid goes to where the document does not say, by which
    paper of the county
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
    institution: str = ""
    paid_to: PaidTo | None = None
    paid_by: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of it: people who came, who got a certificate, who found work; kept : whether a promise was.

    came : None where nobody said who came, which is not nobody
    """

    came: tuple[str, ...] | None = None
    certified: tuple[str, ...] = ()
    hired: tuple[str, ...] = ()
    kept: bool | None = None
    note: str = ""


class Programme(msgspec.Struct, frozen=True, kw_only=True):
    """One class, fair, stall or promise after its last deed. n_deeds : how many there are, to tell a page from newer"""

    programme_id: str
    plan: Plan
    result: Result | None = None
    n_deeds: int = 0

    @property
    def took_part(self) -> tuple[str, ...]:
        """Who came, each once; whoever was on the roster where nobody said who came."""
        came = self.result.came if self.result is not None else None
        return tuple(dict.fromkeys(self.plan.people if came is None else came))

    @property
    def everybody(self) -> tuple[str, ...]:
        """The roster and everybody a result names, each once."""
        said = (*(self.result.came or ()), *self.result.hired) if self.result is not None else ()
        return tuple(dict.fromkeys((*self.plan.people, *said)))


def plan_deed(programme_id: str, plan: Plan, *, by: str, at: Any, on: date) -> tuple[str, NewDeed]:
    """Stream and deed of a plan.

    InvalidInput for one that ends before it begins, on a day no office means, in a place nobody knows, or under an id
    or a name that no page could show.
    """
    problems = tuple(_faults(programme_id, plan, on))
    if problems:
        fix = problems[0].fix
        raise InvalidInput(fix.rstrip("。"), problems, where=problems[0].column, remedy=fix)
    return PREFIX + programme_id, _plan_deed(plan, by=by, at=at, on=on)


def _faults(programme_id: str, plan: Plan, on: date) -> Iterator[Problem]:
    if not ID.fullmatch(programme_id):
        yield Problem(column="id", found=programme_id[:LONGEST_ID], fix="编号只用字母、数字、横线，不超过80个字。")
    if not plan.title.strip() or not plan.title.isprintable():
        yield Problem(column="title", found=plan.title[:LONGEST_ID], fix="请写看得见的名字。")
    if plan.until is not None and plan.until < plan.on:
        fix = "请核对起止日期。"
        yield Problem(column="until", found=plan.until.isoformat(), expected=f"不早于{plan.on}", fix=fix)
    for column, day in (("on", plan.on), ("until", plan.until)):
        if day is not None and not on.year - YEARS_BACK <= day.year <= on.year + YEARS_AHEAD:
            yield Problem(column=column, found=day.isoformat(), fix="请核对是哪一年。")
    if plan.place and not _is_place(plan.place):
        yield Problem(column="place", found=plan.place[:LONGEST_ID], fix="请写县、镇或村的区划代码，6到12位数字。")


def _is_place(code: str) -> bool:
    """Whether a code is one of a county known, or of a place in it."""
    is_code = code.isascii() and code.isdigit() and COUNTY_DIGITS <= len(code) <= VILLAGE_DIGITS
    return is_code and significant(code)[:COUNTY_DIGITS] in gazetteer().units


def _plan_deed(plan: Plan, *, by: str, at: Any, on: date) -> NewDeed:
    people = tuple(dict.fromkeys(plan.people))
    body = {"plan": msgspec.to_builtins(msgspec.structs.replace(plan, people=people))}
    return NewDeed(kind="programme.planned", at=at, on=on, by=by, subjects=people, body=body)


def result_deed(programme: Programme, result: Result, *, by: str, at: Any, on: date) -> tuple[str, NewDeed]:
    """Stream and deed of what came of it. InvalidInput for a day to come, and for a certificate of nobody trained."""
    told = msgspec.structs.replace(
        result,
        came=None if result.came is None else tuple(dict.fromkeys(result.came)),
        certified=tuple(dict.fromkeys(result.certified)),
        hired=tuple(dict.fromkeys(result.hired)),
    )
    after = msgspec.structs.replace(programme, result=told)
    strange = set(told.certified) - set(after.took_part)
    if programme.plan.on > on or strange:
        fix = "还没办的先不记结果；取证的人要在名单里。"
        found = "、".join(sorted(strange)) or programme.plan.on.isoformat()
        raise InvalidInput(
            "a result that cannot be", (Problem(column="result", found=found, fix=fix),), where="result", remedy=fix
        )
    body = {"result": msgspec.to_builtins(told)}
    stream = PREFIX + programme.programme_id
    return stream, NewDeed(kind="programme.held", at=at, on=on, by=by, subjects=after.everybody, body=body)


def without_person(programme: Programme, person: str, *, by: str, at: Any, on: date) -> tuple[str, list[NewDeed]]:
    """Stream and deeds that say the newest plan and result once more without somebody, who is about to be erased.

    What is erased goes deed by deed: without these the roster and the results of everybody else would go with it.
    """
    plan, result = programme.plan, programme.result
    kept = msgspec.structs.replace(plan, people=_but(plan.people, person))
    stream, deed = PREFIX + programme.programme_id, _plan_deed(kept, by=by, at=at, on=on)
    if result is None:
        return stream, [deed]
    rest = msgspec.structs.replace(
        result,
        came=None if result.came is None else _but(result.came, person),
        certified=_but(result.certified, person),
        hired=_but(result.hired, person),
    )
    fresh = msgspec.structs.replace(programme, plan=kept)
    return stream, [deed, result_deed(fresh, rest, by=by, at=at, on=max(on, plan.on))[1]]


def _but(people: Iterable[str], person: str) -> tuple[str, ...]:
    return tuple(one for one in people if one != person)


def read_programmes(deeds: Iterable[Deed]) -> dict[str, Programme]:
    """Every programme by id; the newest plan and the newest result count, what was erased is left out."""
    found: dict[str, Programme] = {}
    n: Counter[str] = Counter()
    for deed in deeds:
        programme_id = deed.stream.removeprefix(PREFIX)
        n[programme_id] += 1
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
    return {name: msgspec.structs.replace(one, n_deeds=n[name]) for name, one in found.items()}
