"""What came of classes and fairs, judged by the documents' own rules, with the people behind every figure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.office.claims.measures import MET, Judgement, Rules
from matcher.office.claims.programmes import Programme, ProgrammeKind, Result
from matcher.office.tracking.evidence import definition, proof_of
from matcher.policy.benefits.answer import NEEDS_CONFIG
from matcher.policy.evaluation.conventions import add_months, denominators
from matcher.records import Placement

STABLE_MONTHS: Final = "training_stable_job_months_min"
"""The figure of a document that says how long work must last to count as stable."""
DENOMINATOR_UNSAID: Final = "stability_denominator_not_set"


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
    trained = programme.took_part
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
        trained=trained,
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
