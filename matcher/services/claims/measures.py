"""The office's meters as pages and the command line tell them: workshops, firms, posts, classes, fairs, promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, NotFound, Problem
from matcher.geography import significant
from matcher.office.claims.cases import Case
from matcher.office.claims.measures import (
    VILLAGE_DIGITS,
    Rules,
    Verdict,
    base_shares,
    post_terms,
    unlike_pay,
    village_posts,
)
from matcher.office.claims.programmes import (
    PREFIX,
    Plan,
    Programme,
    ProgrammeKind,
    Result,
    class_result,
    fair_year,
    plan_deed,
    read_programmes,
    result_deed,
)
from matcher.office.claims.workshop import Meter, MeterState, meter, months_of, target_of
from matcher.policy.binding import pack_for
from matcher.policy.evaluation.conventions import from_settings
from matcher.policy.figures.in_force import FiguresOn
from matcher.records import Channel, Employer, Kind, Vacancy, Worker
from matcher.services.claims.desk import ClaimDesk
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.masked_people import home_words, masked_people
from matcher.services.ground.placed_cases import cases_of_placements, placements_of

N_SHOWN: Final = 100
SOON_DAYS: Final = 60
"""Contracts that end within so many days are shown as ending soon (our reading; no document says how long before)."""
STATES: Final = {
    MeterState.CLOSING: "再停一个月就不够了",
    MeterState.UNDER_WAY: "还在累计",
    MeterState.MET: "够了，可以申领",
    MeterState.MISSED: "这一年够不上了",
}
VERDICTS: Final = {
    "met": "达到", "not_met": "没达到", "ok": "合规", "too_long": "超过期限", "invalid": "日期不对",
    "needs_review": "要人工核实", "needs_config": "要县里先填数", "no_rule": "本县文件没有这一条", "": "只作参考",
}  # fmt: skip
_ORDER: Final = [MeterState.CLOSING, MeterState.UNDER_WAY, MeterState.MET, MeterState.MISSED]


def measures_told(desk: ClaimDesk) -> dict[str, Any]:
    """Every meter for the desk's regions; firms and fairs are told where the reader answers for the whole county."""
    pack = pack_for(desk.means.packs, desk.jurisdiction, desk.on).asked
    county = FiguresOn(figures=kept_figures(desk.store), on=desk.on)
    rules = Rules(pack, from_settings(desk.means.settings), county)
    every = cases_of_placements(desk.store, placements_of(desk.store))
    programmes = list(seen_programmes(desk).values())
    whole = not desk.regions
    posts = [case for case in every if case.channel is Channel.WELFARE_POST]
    return {
        "on": desk.on.isoformat(),
        "document": pack.cited,
        "whole_county": whole,
        "workshops": _workshops(desk, every, rules),
        "firms": _firms(desk, every, rules) if whole else [],
        "villages": _villages(desk, rules),
        "terms": _terms(desk, posts, rules),
        "unlike_pay": [
            msgspec.to_builtins(one) for one in unlike_pay((_title(case), case.placement) for case in posts)
        ],
        "classes": [_class(one, every, desk, rules) for one in programmes if one.plan.kind is ProgrammeKind.CLASS],
        "fairs": _fairs(programmes, desk, rules) if whole else None,
        "others": [
            _programme(one) for one in programmes if one.plan.kind in (ProgrammeKind.STALL, ProgrammeKind.PROMISE)
        ],
    }


def _workshops(desk: ClaimDesk, every: Iterable[Case], rules: Rules) -> list[dict[str, Any]]:
    """Each worker of a workshop towards the reward, those whose window is closing first; a firm's months together."""
    target = target_of(rules.pack)
    if target is None:
        return []
    together: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in every:
        if case.channel is Channel.WORKSHOP and case.placement.employer_id:
            together[case.placement.employer_id, case.worker.worker_id].append(case)
    calendar_year = rules.conventions.window_1_year == "calendar_year"
    found: list[tuple[Case, Meter]] = []
    for held in together.values():
        months = months_of([case.placement for case in held], desk.on)
        told = meter(months, target, desk.on, calendar_year=calendar_year)
        if told is not None:
            found.append((held[0], told))
    found.sort(key=lambda pair: (_ORDER.index(pair[1].state), pair[1].months_left, pair[0].placement.placement_id))
    people = _people(desk, (case.worker for case, _ in found[:N_SHOWN]))
    return [
        {
            **_person(case.worker.worker_id, people),
            "employer": case.employer.name if case.employer else case.placement.employer_name or "",
            "state": told.state.value,
            "label": STATES[told.state],
            "months": told.months,
            "of_months": target.months,
            "pay_yuan": None if told.pay_yuan is None else str(told.pay_yuan),
            "of_pay_yuan": str(target.pay_yuan),
            "months_lacking": told.months_lacking,
            "months_left": told.months_left,
            "until": told.last,
            "clause": target.clause,
        }
        for case, told in found[:N_SHOWN]
    ]


def _firms(desk: ClaimDesk, every: Iterable[Case], rules: Rules) -> list[dict[str, Any]]:
    employers = [one for one in desk.store.records(Kind.EMPLOYERS) if isinstance(one, Employer)]
    names = {one.employer_id: one.name for one in employers}
    listed = list(every)
    workers = {case.worker.worker_id: case.worker for case in listed}
    shares = base_shares(employers, (case.placement for case in listed), workers, desk.on.year, rules)
    return [
        {
            "employer_id": one.employer_id,
            "employer": names[one.employer_id],
            "year": one.year,
            "total": one.total,
            "counted": len(one.worker_ids),
            "worker_ids": list(one.worker_ids),
            "stated": one.stated,
            "differs": one.differs,
            "required": one.required,
            **_verdict(one.verdict),
        }
        for one in shares
    ]


def _villages(desk: ClaimDesk, rules: Rules) -> dict[str, Any]:
    """Villages where somebody of the regions lives, against their welfare posts."""
    workers = [one for one in desk.store.records(Kind.WORKERS) if isinstance(one, Worker)]
    codes = {one.place_code for one in workers if len(significant(one.place_code)) == VILLAGE_DIGITS}
    posts = [one for one in desk.store.records(Kind.VACANCIES) if isinstance(one, Vacancy)]
    told = village_posts(posts, codes, rules)
    return {
        "n_villages": len(told.posts),
        "n_posts": sum(told.posts.values()),
        "missing": [{"place_code": code, "name": home_words(code)} for code in told.missing],
        "n_unplaced": len(told.unplaced),
        **_verdict(told.verdict),
    }


def _terms(desk: ClaimDesk, posts: Iterable[Case], rules: Rules) -> list[dict[str, Any]]:
    """Contracts that are too long, have no dates, or end soon."""
    listed = {case.placement.placement_id: case for case in posts}
    told = [
        one
        for one in post_terms((case.placement for case in listed.values()), desk.on, rules)
        if one.verdict.outcome in ("too_long", "invalid", "needs_review")
        or (one.days_left is not None and one.days_left <= SOON_DAYS)
    ][:N_SHOWN]
    people = _people(desk, (listed[one.placement_id].worker for one in told))
    return [
        {
            **_person(one.worker_id, people),
            "title": _title(listed[one.placement_id]),
            "start": one.start.isoformat(),
            "end": one.end.isoformat() if one.end else "",
            "days_left": one.days_left,
            **_verdict(one.verdict),
        }
        for one in told
    ]


def _title(case: Case) -> str:
    return case.vacancy.title if case.vacancy else "公益性岗位"


def _class(programme: Programme, every: Iterable[Case], desk: ClaimDesk, rules: Rules) -> dict[str, Any]:
    told = class_result(programme, [case.placement for case in every], desk.on, rules)
    return {
        **_programme(programme),
        "n_trained": len(told.trained),
        "n_certified": len(told.certified) if programme.result else None,
        "n_in_work": len(told.in_work),
        "n_stable": len(told.stable) if told.is_due else None,
        "due": told.due.isoformat() if told.due else "",
        **_verdict(told.verdict),
    }


def _fairs(programmes: Iterable[Programme], desk: ClaimDesk, rules: Rules) -> dict[str, Any]:
    listed = list(programmes)
    told = fair_year(listed, desk.on.year, rules)
    rows = [_programme(one) for one in listed if one.plan.kind is ProgrammeKind.FAIR]
    return {
        "n_held": len(told.held),
        "rows": [{**row, "in_campaign": row["programme_id"] in told.in_campaign} for row in rows],
        **_verdict(told.verdict),
    }


def _programme(one: Programme) -> dict[str, Any]:
    """A programme as a row: what was expected beside what came of it; no sums."""
    result = one.result
    return {
        "programme_id": one.programme_id,
        "kind": one.plan.kind.value,
        "title": one.plan.title,
        "on": one.plan.on.isoformat(),
        "n_people": len(one.plan.people),
        "order_of": one.plan.order_of,
        "vouchers": one.plan.vouchers,
        "expected": one.plan.expected,
        "n_hired": len(result.hired) if result else None,
        "kept": result.kept if result else None,
        "held": result is not None,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "verdict": VERDICTS.get(verdict.outcome, verdict.outcome),
        "clause": verdict.clause,
    }


def _people(desk: ClaimDesk, workers: Iterable[Worker]) -> Mapping[str, Any]:
    return masked_people(desk.store, list({one.worker_id: one for one in workers}.values()))


def _person(worker_id: str, people: Mapping[str, Any]) -> dict[str, str]:
    one = people[worker_id]
    return {"worker_id": worker_id, "name": one.name, "place": one.place}


def seen_programmes(desk: ClaimDesk) -> dict[str, Programme]:
    """Programmes of the reader's regions: by the place they are planned for; without one they are the county's."""
    found = read_programmes(desk.deeds.deeds(prefix=PREFIX))
    if not desk.regions:
        return found
    return {name: one for name, one in found.items() if one.plan.place and one.plan.place.startswith(desk.regions)}


class ProgrammeLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of `matcher claims programme`: a plan, or what came of one."""

    id: str
    plan: Plan | None = None
    result: Result | None = None


def record_programmes(desk: ClaimDesk, lines: Iterable[str | bytes]) -> int:
    """Plans and results from lines of JSON, in order; how many were kept. InvalidInput, NotFound: nothing is written
    from the faulty line on."""
    kept = 0
    by = desk.by
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        line = _line(number, text)
        if line.plan is not None:
            stream, deed = plan_deed(line.id, line.plan, by=by.actor, at=by.at, on=by.on)
        else:
            known = seen_programmes(desk).get(line.id)
            if known is None or line.result is None:
                raise NotFound("no plan of this id", where=f"line {number}", remedy="Record the plan first.")
            stream, deed = result_deed(known, line.result, by=by.actor, at=by.at, on=by.on)
        desk.deeds.act_all({stream: [deed]})
        kept += 1
    return kept


def _line(number: int, text: str | bytes) -> ProgrammeLine:
    try:
        return msgspec.json.decode(text, type=ProgrammeLine)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        fix = '请把这一行改为 {"id": …, "plan": {"kind": "class", "title": …, "on": "YYYY-MM-DD"}}。'
        problem = Problem(row=number, found=str(error), fix=fix)
        raise InvalidInput(
            f"the line is no programme: {error}", (problem,), where=f"line {number}", remedy=fix
        ) from None


def measure_rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every meter as rows with the name of its measure first."""
    rows: list[dict[str, Any]] = []
    for name in ("workshops", "firms", "terms", "unlike_pay", "classes", "others"):
        rows += [{"measure": name, **row} for row in told[name]]
    rows.append({"measure": "villages", **told["villages"]})
    return rows + ([{"measure": "fairs", **told["fairs"]}] if told["fairs"] else [])
