"""Classes, fairs, stalls and referrals: put down by lines or forms, and told with the people behind each figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, NotFound, Problem
from matcher.office.claims.measures import Rules
from matcher.office.claims.programme_results import class_result, fair_year
from matcher.office.claims.programmes import (
    PREFIX,
    Plan,
    Programme,
    ProgrammeKind,
    Result,
    plan_deed,
    read_programmes,
    result_deed,
    without_person,
)
from matcher.office.claims.steps import By
from matcher.ports import DeedStore
from matcher.records import Kind, Placement, Worker
from matcher.records.deeds import Deed, NewDeed
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.verdicts import VERDICTS, verdict_told
from matcher.services.ground.refuted import refuted_on

DENOMINATORS: Final = {"trained": "参训的人", "employed_after_training": "培训后就业的人"}


def programmes_told(desk: ClaimDesk, placements: Sequence[Placement], rules: Rules) -> dict[str, Any]:
    """Classes, fairs, and stalls with referrals; fairs are told where the reader answers for the whole county."""
    found = list(seen_programmes(desk).values())
    others = (ProgrammeKind.STALL, ProgrammeKind.PROMISE)
    return {
        "classes": [_class(one, placements, desk, rules) for one in found if one.plan.kind is ProgrammeKind.CLASS],
        "fairs": None if desk.regions else _fairs(found, desk, rules),
        "others": [programme_told(one) for one in found if one.plan.kind in others],
    }


def _class(programme: Programme, placements: Sequence[Placement], desk: ClaimDesk, rules: Rules) -> dict[str, Any]:
    told = class_result(programme, placements, desk.on, rules, refuted_on(desk.deeds, desk.on))
    return {
        **programme_told(programme),
        "n_trained": len(told.trained),
        "trained": list(told.trained),
        "n_certified": len(told.certified) if programme.result else None,
        "certified": list(told.certified) if programme.result else [],
        "n_in_work": len(told.in_work),
        "in_work": list(told.in_work),
        "n_stable": len(told.stable) if told.is_due else None,
        "stable": list(told.stable) if told.is_due else [],
        "unproved": list(told.unproved),
        "n_unproved": len(told.unproved),
        "readings": [
            {"of": DENOMINATORS[name], "verdict": VERDICTS.get(found, found)} for name, found in told.readings.items()
        ],
        "due": told.due.isoformat() if told.due else "",
        **verdict_told(told.verdict),
    }


def _fairs(programmes: Iterable[Programme], desk: ClaimDesk, rules: Rules) -> dict[str, Any]:
    listed = list(programmes)
    told = fair_year(listed, desk.on.year, rules)
    rows = [programme_told(one) for one in listed if one.plan.kind is ProgrammeKind.FAIR]
    return {
        "n_held": len(told.held),
        "rows": [{**row, "in_campaign": row["programme_id"] in told.in_campaign} for row in rows],
        **verdict_told(told.verdict),
    }


def programme_told(one: Programme) -> dict[str, Any]:
    """A programme as a row: what was expected beside what came of it; no sums."""
    result = one.result
    return {
        "programme_id": one.programme_id,
        "kind": one.plan.kind.value,
        "title": one.plan.title,
        "on": one.plan.on.isoformat(),
        "n_people": len(set(one.plan.people)),
        "people": list(dict.fromkeys(one.plan.people)),
        "order_of": one.plan.order_of,
        "vouchers": one.plan.vouchers,
        "expected": one.plan.expected,
        "n_hired": len(result.hired) if result else None,
        "hired": list(result.hired) if result else [],
        "kept": result.kept if result else None,
        "held": result is not None,
    }


def seen_programmes(desk: ClaimDesk) -> dict[str, Programme]:
    """Programmes of the reader's regions: by the place they are planned for; without one they are the county's."""
    found = read_programmes(desk.deeds.deeds(prefix=PREFIX))
    if not desk.regions:
        return found
    return {name: one for name, one in found.items() if one.plan.place and one.plan.place.startswith(desk.regions)}


def keep_the_others(deeds: DeedStore, worker_id: str, by: By) -> None:
    """Say every programme that names somebody once more without the name, before what names it is erased."""
    for programme_id, one in read_programmes(deeds.deeds(prefix=PREFIX)).items():
        if worker_id in one.everybody:
            stream = PREFIX + programme_id
            deeds.act(stream, partial(_without, programme_id, worker_id, by))


def _without(programme_id: str, worker_id: str, by: By, deeds: Sequence[Deed]) -> list[NewDeed]:
    one = read_programmes(deeds)[programme_id]
    return without_person(one, worker_id, by=by.actor, at=by.at, on=by.on)[1]


def station_names(desk: ClaimDesk) -> dict[str, str]:
    """Id -> name of every station the reader sees."""
    return {
        name: one.plan.title for name, one in seen_programmes(desk).items() if one.plan.kind is ProgrammeKind.STATION
    }


class ProgrammeLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of `matcher claims programme`: a plan, or what came of one."""

    id: str
    plan: Plan | None = None
    result: Result | None = None


def record_programmes(desk: ClaimDesk, lines: Iterable[str | bytes]) -> int:
    """Plans and results from lines of JSON, in order; how many were kept.

    Raises InvalidInput for a line that is none, names nobody's plan or people nobody knows, NotFound for a result
    without a plan. Lines are read before the first is kept; then nothing is written from the faulty line on.
    """
    read = [(number, _line(number, text)) for number, text in enumerate(lines, start=1) if text.strip()]
    _check_people(desk, [line for _, line in read])
    by = desk.by
    for number, line in read:
        if line.plan is not None:
            stream, deed = plan_deed(line.id, line.plan, by=by.actor, at=by.at, on=by.on)
        else:
            known = seen_programmes(desk).get(line.id)
            if known is None or line.result is None:
                raise NotFound("no plan of this id", where=f"line {number}", remedy="Record the plan first.")
            stream, deed = result_deed(known, line.result, by=by.actor, at=by.at, on=by.on)
        desk.deeds.act_all({stream: [deed]})
    return len(read)


def _check_people(desk: ClaimDesk, lines: Sequence[ProgrammeLine]) -> None:
    """Whoever a line names must be known: a figure that counts somebody opens the name."""
    named = {one for line in lines for one in _named(line)}
    found = {one.worker_id for one in desk.store.records(Kind.WORKERS, ids=sorted(named)) if isinstance(one, Worker)}
    strange = sorted(named - found)
    if strange:
        fix = "请先导入这个人，或者改正编号。"
        problems = tuple(Problem(column="people", found=one, expected="名册里的人员编号", fix=fix) for one in strange)
        raise InvalidInput("a line names people nobody knows", problems, where="people", remedy=fix)


def _named(line: ProgrammeLine) -> tuple[str, ...]:
    plan, result = line.plan, line.result or Result()
    return (*(plan.people if plan else ()), *(result.came or ()), *result.certified, *result.hired)


def _line(number: int, text: str | bytes) -> ProgrammeLine:
    try:
        line = msgspec.json.decode(text, type=ProgrammeLine)
        if line.plan is not None and not line.plan.title.strip():
            raise msgspec.ValidationError("a plan without a title")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        fix = '请把这一行改为 {"id": …, "plan": {"kind": "class", "title": …, "on": "YYYY-MM-DD"}}。'
        problem = Problem(row=number, found=str(error), fix=fix)
        raise InvalidInput(
            f"the line is no programme: {error}", (problem,), where=f"line {number}", remedy=fix
        ) from None
    return line
