"""Everything about one pair: every rule, the three stages, the price, the tier and the route."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from matcher import eligibility, shortlist
from matcher.explanation import Verdict
from matcher.ports import RosterStore
from matcher.services.answering import (
    households_of,
    inputs_of,
    prices_of,
    told_plan,
    vacancies_at,
    vacancy_named,
    worker_named,
)
from matcher.services.answers import item, refusal
from matcher.services.list_candidates import service_of
from matcher.services.match import decision_id, heading
from matcher.services.match_round import Brief, Rosters, Round, prepare
from matcher.services.routes import household_of, open_plots, worker_routes
from matcher.services.rulebook import Means


class ExplainPair(msgspec.Struct, frozen=True, kw_only=True, tag="explain", tag_field="call"):
    """The call: which worker, which vacancy, on which day."""

    worker_id: str
    vacancy_id: str
    on: date
    jurisdiction: str
    seed: int


def explain_pair(store: RosterStore, means: Means, call: ExplainPair) -> dict[str, Any]:
    """The pair with every rule that was asked, what would open it, and the parts of its score.

    Raises NotFound for an unknown worker or vacancy.
    """
    worker, vacancy = worker_named(store, call.worker_id), vacancy_named(store, call.vacancy_id)
    plan = store.current_plan(call.on)
    rosters = Rosters(workers=[worker], vacancies=[vacancy], households=households_of(store, [worker], None))
    solved = prepare(
        rosters,
        means,
        Brief(
            on=call.on,
            jurisdiction=call.jurisdiction,
            seed=call.seed,
            prices=prices_of(plan),
            service=service_of(vacancy),
            everything=True,
        ),
    )
    every = vacancies_at(store, None)
    of_all = prepare(
        Rosters(workers=[worker], vacancies=every, households=rosters.households),
        means,
        Brief(on=call.on, jurisdiction=call.jurisdiction, seed=call.seed, prices={}),
    )
    findings = eligibility.every_rule(worker, vacancy, solved.frame)
    decision = decision_id(inputs_of(call, rosters, plan), means, call.seed)
    answer: dict[str, Any] = {
        **heading(solved, decision, told_plan(plan)),
        **_parts(solved),
        "findings": msgspec.to_builtins(findings),
        "routes": worker_routes(
            worker,
            household=household_of(worker, rosters.households),
            plots=open_plots(every, call.on),
            has_yes=worker.worker_id in of_all.with_yes,
            packs=means.packs,
            bound=solved.bound,
            on=call.on,
            settings=means.settings,
        ),
    }
    if plan:
        answer["vacancy_times_listed_in_season"] = store.exposure_counts(plan.season).get(call.vacancy_id, 0)
    if eligibility.verdict_of(findings) is Verdict.NO:
        answer |= refusal(findings)
    answer["score_formula"] = shortlist.FORMULA[solved.mode]
    return answer


def _parts(solved: Round) -> dict[str, Any]:
    """The parts of the pair's score; a pair alone has no rank."""
    parts = item(solved, solved.pairs, 0, 1, explain=True)
    del parts["rank"]
    return parts
