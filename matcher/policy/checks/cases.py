"""Worked examples: their inputs and answers with the nulls put in, and how they come out when run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from matcher.errors import MatcherError
from matcher.policy.benefits import BenefitAnswer, claim
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.evaluate import Answer, evaluate_rule
from matcher.policy.figures.in_force import CountyFigures
from matcher.policy.figures.words import row_of
from matcher.policy.types import Case, Pack, PackSet
from matcher.records.figures import CountyFigure


class CaseRun(msgspec.Struct, frozen=True, kw_only=True):
    """One worked example as it ran; `answer` is None where the rule could not be evaluated."""

    pack_id: str
    case: Case
    answer: Answer | None
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer equals what the case expects, key by key."""
        return self.answer is not None and self.answer == case_expected(self.case)


def run_cases(packs: PackSet, conventions: Conventions | None = None) -> Iterator[CaseRun]:
    """Run every case of every pack, in the order of packs and cases.

    Cases of the program were written for its own documents: what a county adds is no part of their answers.
    """
    shipped = packs.shipped()
    for pack in packs.packs.values():
        among = packs if pack.id in packs.added else shipped
        for case in pack.cases:
            yield _run(pack.id, case, among, conventions)


def case_inputs(case: Case) -> dict[str, Any]:
    """The inputs of a case, what it names as unknown put in as null."""
    return _with_nulls(case.inputs, case.unknown)


def case_expected(case: Case) -> dict[str, Any]:
    """The answer a case expects, with the keys that stay as null."""
    return _with_nulls(case.expected, case.null)


def _with_nulls(table: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    filled: dict[str, Any] = msgspec.to_builtins(table)
    for path in paths:
        *outer, last = path.split(".")
        place: Any = filled
        for step in outer:
            place = place[int(step) if step.isdigit() else step]
        place[last] = None
    return filled


def case_figures(pack: Pack, case: Case) -> CountyFigures:
    """What the county is taken to have set in the example of a benefit, since the day of its claim."""
    return CountyFigures(
        CountyFigure(
            pack_id=pack.id,
            parameter_id=name,
            value=value,
            unit=row.unit if (row := row_of(pack, name)) else "",
            from_=case.on or date.min,
            author=case.name,
            source=case.name,
            recorded_on=case.on or date.min,
        )
        for name, value in case.figures.items()
    )


def answer_told(answer: BenefitAnswer) -> Answer:
    """What the example of a benefit expects: outcome and reasons, then what is granted or still lacking."""
    told: Answer = {
        "amount_fen": answer.amount_fen,
        "quantity": answer.quantity,
        "until": answer.until.isoformat() if answer.until else None,
        "facts_missing": list(answer.facts_missing),
        "figures_needed": [need.parameter_id for need in answer.figures_needed],
    }
    shown = {key: value for key, value in told.items() if value not in (None, [])}
    return {"outcome": answer.outcome, "reasons": list(answer.reasons), **shown}


def _run(pack_id: str, case: Case, packs: PackSet, conventions: Conventions | None) -> CaseRun:
    try:
        told = _answer(packs[pack_id], case, packs, conventions or Conventions())
    except MatcherError as error:
        return CaseRun(pack_id=pack_id, case=case, answer=None, error=str(error))
    return CaseRun(pack_id=pack_id, case=case, answer=told)


def _answer(pack: Pack, case: Case, packs: PackSet, conventions: Conventions) -> Answer:
    inputs, benefit = case_inputs(case), pack.benefit(case.benefit) if case.benefit else None
    if benefit is None or case.on is None:
        return evaluate_rule(case.rule, inputs, packs=packs, conventions=conventions)
    return answer_told(claim(pack, benefit, inputs, case_figures(pack, case), case.on, conventions))
