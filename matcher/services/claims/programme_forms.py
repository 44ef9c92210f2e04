"""Classes, stalls, referrals and stations as the office writes them down: planned, a roster, what came of it.

People are named by identity number or by id, a line each; what is typed of them is looked up and never kept as typed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound, Problem
from matcher.office.claims.programmes import (
    PAID_TO,
    PREFIX,
    Course,
    PaidTo,
    Plan,
    Programme,
    ProgrammeKind,
    Result,
    plan_deed,
    read_programmes,
    result_deed,
)
from matcher.policy.benefit_types import Nature
from matcher.policy.binding import pack_for
from matcher.privacy import without_personal
from matcher.records import Kind, Worker
from matcher.records.deeds import Deed, NewDeed
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programmes import programme_told, seen_programmes
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.place_words import home_words, township_of

ID_NUMBER: Final = re.compile(r"\d{17}[\dXx]|\d{15}", re.ASCII)
LONGEST_WORDS: Final = 60
MOST_PEOPLE: Final = 500
N_ID: Final = 8
KINDS: Final = {
    ProgrammeKind.CLASS: "培训班",
    ProgrammeKind.STALL: "微市场摊位",
    ProgrammeKind.PROMISE: "转办（创业、贷款）",
    ProgrammeKind.STATION: "劳务输出工作站",
}
COURSES: Final = {Course.SKILL: "技能", Course.STARTUP: "创业", Course.PRE_JOB: "外出务工岗前"}
KEPT: Final = ("course", "days", "institution", "paid_to", "paid_by")
"""What a plan of the same thing that does not say it leaves as it was."""
REFERRED: Final = frozenset({"startup", "startup_loan", "incubation"})
"""Purposes of benefits somebody is sent on for, beside those a document itself leaves to other rules."""


class NewProgramme(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what is planned and who takes part, as `Plan` has it. kind, course : codes

    people : lines, each an identity number or an id
    """

    kind: str
    title: str
    on: date
    until: date | None = None
    place: str = ""
    order_of: str = ""
    vouchers: int | None = None
    leads_to: str = ""
    course: str = ""
    days: int | None = None
    designated: bool | None = None
    going_out: bool | None = None
    people: str = ""


class ClassFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what claims of a class's trainees ask of it, as `Plan` has it. course, paid_to : codes, "" not said"""

    course: str = ""
    days: int | None = None
    designated: bool | None = None
    going_out: bool | None = None
    institution: str = ""
    paid_to: str = ""
    paid_by: str = ""


class NewResult(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what came of it, as `Result` has it. seen : how many deeds the page knew of (None: not said)"""

    seen: int | None = None
    came: tuple[str, ...] = ()
    certified: tuple[str, ...] = ()
    hired: tuple[str, ...] = ()
    kept: bool | None = None
    note: str = ""


def programmes_page(desk: ClaimDesk) -> dict[str, Any]:
    """What was written down, the newest first, by kind; what forms offer: courses, townships, referrals."""
    found = sorted(seen_programmes(desk).values(), key=lambda one: (one.plan.on, one.programme_id), reverse=True)
    pack = pack_for(desk.means.packs, desk.jurisdiction, desk.on).asked
    sent_on = [one for one in pack.benefits if one.nature is Nature.REFERRAL or one.purpose in REFERRED]
    workers = (one for one in desk.store.records(Kind.WORKERS) if isinstance(one, Worker))
    towns = sorted({township_of(one.place_code) for one in workers})
    return {
        "on": desk.on.isoformat(),
        "kinds": [
            {
                "kind": kind.value,
                "label": label,
                "rows": [programme_told(one) | {"place": _place(one)} for one in found if one.plan.kind is kind],
            }
            for kind, label in KINDS.items()
        ],
        "courses": [{"code": one.value, "label": label} for one, label in COURSES.items()],
        "towns": [{"code": code, "name": home_words(code)} for code in towns],
        "referrals": [{"title": one.title, "clause": one.clause} for one in sent_on],
        "longest": LONGEST_WORDS,
    }


def _place(one: Programme) -> str:
    """Where it is, in words; the code itself of a place no table knows."""
    try:
        return home_words(one.plan.place) if one.plan.place else "全县"
    except InvalidInput:
        return one.plan.place


def programme_page(desk: ClaimDesk, programme_id: str) -> dict[str, Any]:
    """One of them with its people, names masked, and what came of it. NotFound outside the reader's regions."""
    one = _found(desk, programme_id)
    result = one.result or Result()
    ids = list(one.everybody)
    workers = [w for w in desk.store.records(Kind.WORKERS, ids=sorted(ids)) if isinstance(w, Worker)] if ids else []
    people = masked_people(desk.store, workers)
    course = one.plan.course
    return {
        "on": desk.on.isoformat(),
        **programme_told(one),
        "place": _place(one),
        "label": KINDS.get(one.plan.kind, "招聘会"),
        "until": one.plan.until.isoformat() if one.plan.until else "",
        "course": COURSES[course] if course else "",
        "days": one.plan.days,
        "designated": one.plan.designated,
        "going_out": one.plan.going_out,
        "course_code": course.value if course else "",
        "courses": [{"code": each.value, "label": label} for each, label in COURSES.items()],
        "institution": one.plan.institution,
        "paid_to": one.plan.paid_to.value if one.plan.paid_to else "",
        "paid_to_label": PAID_TO[one.plan.paid_to] if one.plan.paid_to else "",
        "paid_by": one.plan.paid_by,
        "payees": [{"code": each.value, "label": label} for each, label in PAID_TO.items()],
        "longest": LONGEST_WORDS,
        "note": result.note,
        "begun": one.plan.on <= desk.on,
        "seen": one.n_deeds,
        "rows": [
            {
                "worker_id": name,
                "name": people[name].name if name in people else "",
                "place": people[name].place if name in people else "不在名册里",
                "came": name in (result.came or ()),
                "certified": name in result.certified,
                "hired": name in result.hired,
            }
            for name in ids
        ],
    }


def _found(desk: ClaimDesk, programme_id: str) -> Programme:
    found = seen_programmes(desk).get(programme_id)
    if found is None:
        raise NotFound("没有这一项登记", where=programme_id, remedy="请从登记页重新点进来。")
    return found


def plan_programme(desk: ClaimDesk, call: NewProgramme) -> str:
    """Write a plan down; its id. The same kind, name, day and place again is the same one, planned anew.

    Raises InvalidInput for a plan without a name, outside the writer's regions, that ends before it begins, and for
    people nobody knows.
    """
    if call.kind not in KINDS or call.course not in ("", *COURSES):
        raise InvalidInput("这里不登记这一种", where="kind", remedy="请从页面上选；招聘会在招聘会那一页列入计划。")
    if not _words(call.title):
        raise InvalidInput("没有写名字", where="title", remedy="写明是什么班、哪个摊位、转办什么、哪个工作站。")
    if desk.regions and not call.place.startswith(desk.regions):
        raise InvalidInput("没有选镇", where="place", remedy="请选自己管的镇。")
    plan = Plan(
        kind=ProgrammeKind(call.kind),
        title=_words(call.title),
        on=call.on,
        until=call.until,
        place=call.place,
        people=people_of_lines(desk, call.people),
        order_of=_words(call.order_of),
        vouchers=call.vouchers,
        leads_to=_words(call.leads_to),
        course=Course(call.course) if call.course else None,
        days=call.days,
        designated=call.designated,
        going_out=call.going_out,
    )
    named = "\x1f".join((plan.kind.value, plan.title, plan.on.isoformat(), plan.place))
    programme_id = f"{plan.kind.value}-{plan.on:%Y%m%d}-{hashlib.sha256(named.encode()).hexdigest()[:N_ID]}"
    return keep_plan(desk, programme_id, plan)


def keep_plan(desk: ClaimDesk, programme_id: str, plan: Plan) -> str:
    """Write a plan down, its id. Planned anew nobody falls off its roster, and nothing known of it is forgotten."""

    def decide(deeds: Sequence[Deed]) -> list[NewDeed]:
        before = read_programmes(deeds).get(programme_id)
        if before is None:
            return [_planned(desk, programme_id, plan)]
        kept = {name: getattr(plan, name) or getattr(before.plan, name) for name in KEPT}
        people = (*before.plan.people, *plan.people)
        return [_planned(desk, programme_id, msgspec.structs.replace(plan, people=people, **kept))]

    desk.deeds.act(PREFIX + programme_id, decide)
    return programme_id


def amend_class(desk: ClaimDesk, programme_id: str, call: ClassFacts) -> None:
    """Write down what was not known of a class when it was planned; roster and result stay.

    Raises NotFound, and InvalidInput for what is no class or no word of the form, and where it is decided whom the aid
    goes to without the paper that decides it or without the institution.
    """
    if _found(desk, programme_id).plan.kind is not ProgrammeKind.CLASS:
        raise InvalidInput("这不是培训班", where="kind", remedy="只有培训班有这几项。")
    if call.course not in ("", *COURSES) or call.paid_to not in ("", *PAID_TO):
        raise InvalidInput("没有这一种", where="course", remedy="请从页面上选。")
    institution, paid_by = _words(call.institution), _words(call.paid_by)
    if call.paid_to and not paid_by:
        raise InvalidInput("没有写依据", where="paid_by", remedy="写明县里哪份文件定的付给谁。")
    if call.paid_to == PaidTo.INSTITUTION and not institution:
        raise InvalidInput("没有写机构", where="institution", remedy="付给培训机构，就写明是哪一家。")

    def decide(deeds: Sequence[Deed]) -> list[NewDeed]:
        plan = msgspec.structs.replace(
            _newest(deeds, programme_id).plan,
            course=Course(call.course) if call.course else None,
            days=call.days,
            designated=call.designated,
            going_out=call.going_out,
            institution=institution,
            paid_to=PaidTo(call.paid_to) if call.paid_to else None,
            paid_by=paid_by,
        )
        return [_planned(desk, programme_id, plan)]

    desk.deeds.act(PREFIX + programme_id, decide)


def _planned(desk: ClaimDesk, programme_id: str, plan: Plan) -> NewDeed:
    return plan_deed(programme_id, plan, by=desk.by.actor, at=desk.by.at, on=desk.by.on)[1]


def add_people(desk: ClaimDesk, programme_id: str, lines: str) -> None:
    """Put more people on a roster, beside whoever somebody else put there meanwhile. Raises as `plan_programme`."""
    _found(desk, programme_id)
    named = people_of_lines(desk, lines)

    def decide(deeds: Sequence[Deed]) -> list[NewDeed]:
        plan = _newest(deeds, programme_id).plan
        return [_planned(desk, programme_id, msgspec.structs.replace(plan, people=(*plan.people, *named)))]

    desk.deeds.act(PREFIX + programme_id, decide)


def drop_person(desk: ClaimDesk, programme_id: str, worker_id: str) -> None:
    """Take somebody off a roster who does not belong there. Conflict for whom the result names."""
    _found(desk, programme_id)

    def decide(deeds: Sequence[Deed]) -> list[NewDeed]:
        one = _newest(deeds, programme_id)
        if one.result is not None and worker_id in {*(one.result.came or ()), *one.result.hired}:
            raise Conflict("结果里记着这个人", where=programme_id, remedy="先在结果里去掉勾、记下，再从名单去掉。")
        if worker_id not in one.plan.people:
            return []
        people = tuple(name for name in one.plan.people if name != worker_id)
        return [_planned(desk, programme_id, msgspec.structs.replace(one.plan, people=people))]

    desk.deeds.act(PREFIX + programme_id, decide)


def note_result(desk: ClaimDesk, programme_id: str, call: NewResult) -> None:
    """Write down what came of one.

    InvalidInput for one to come and for people who are not on its roster; Conflict where somebody changed the roster
    or the result since the page was read: ticks of an old page would take theirs back.
    """
    _found(desk, programme_id)
    result = Result(came=call.came, certified=call.certified, hired=call.hired, kept=call.kept, note=_words(call.note))

    def decide(deeds: Sequence[Deed]) -> list[NewDeed]:
        one = _newest(deeds, programme_id)
        if call.seen is not None and call.seen != one.n_deeds:
            raise Conflict("您打开这一页以后，有人改过", where=programme_id, remedy="请刷新页面，看清再记。")
        if {*call.came, *call.hired} - set(one.everybody):
            raise InvalidInput("有人不在名单里", where="people", remedy="先把人加进名单，再记结果。")
        return [result_deed(one, result, by=desk.by.actor, at=desk.by.at, on=desk.by.on)[1]]

    desk.deeds.act(PREFIX + programme_id, decide)


def _newest(deeds: Sequence[Deed], programme_id: str) -> Programme:
    found = read_programmes(deeds).get(programme_id)
    if found is None:
        raise NotFound("没有这一项登记", where=programme_id, remedy="请从登记页重新点进来。")
    return found


def _words(text: str) -> str:
    seen = "".join(one for one in " ".join(text.split()) if one.isprintable())
    return without_personal(seen).strip()[:LONGEST_WORDS]


def people_of_lines(desk: ClaimDesk, text: str) -> tuple[str, ...]:
    """Ids of the people of lines, each once, in order. InvalidInput naming the lines that fit nobody, and no number."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_PEOPLE:
        raise InvalidInput("人太多", where="people", remedy=f"一次最多写{MOST_PEOPLE}人，分几次加。")
    numbers = {number: found[0].upper() for number, line in lines if (found := ID_NUMBER.search(line))}
    by_number = desk.store.workers_by_id_number(sorted({*numbers.values()})) if numbers else {}
    asked = {number: by_number.get(numbers[number], "") if number in numbers else line for number, line in lines}
    known = _known(desk, asked.values())
    strange = [number for number, name in asked.items() if name not in known]
    if strange:
        fix = "请核对身份证号或人员编号；名册里没有的人先登记。"
        problems = tuple(Problem(row=number, column="people", found="认不出是谁", fix=fix) for number in strange)
        rows = "、".join(str(number) for number in strange)
        raise InvalidInput(f"第{rows}行认不出是谁", problems, where="people", remedy=fix)
    return tuple(dict.fromkeys(asked.values()))


def _known(desk: ClaimDesk, ids: Iterable[str]) -> Mapping[str, Worker]:
    wanted = sorted({one for one in ids if one})
    found = desk.store.records(Kind.WORKERS, ids=wanted) if wanted else []
    return {one.worker_id: one for one in found if isinstance(one, Worker)}
