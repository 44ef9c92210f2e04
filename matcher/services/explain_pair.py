"""Everything about one pair: every rule, the three stages, the price, the tier and the route."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from matcher import eligibility, shortlist
from matcher.errors import NotFound
from matcher.explanation import Verdict
from matcher.ports import RosterStore
from matcher.records import Kind, Vacancy, Worker
from matcher.services.answers import item, refusal
from matcher.services.list_candidates import service_of
from matcher.services.match import decision_id, heading
from matcher.services.match_round import Brief, Rosters, prepare
from matcher.services.recommend import households_of, inputs_of, vacancies_at
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
    workers = [w for w in store.records(Kind.WORKERS, ids=[call.worker_id]) if isinstance(w, Worker)]
    vacancies = [v for v in store.records(Kind.VACANCIES, ids=[call.vacancy_id]) if isinstance(v, Vacancy)]
    if not workers or not vacancies:
        missing = f"worker {call.worker_id}" if not workers else f"vacancy {call.vacancy_id}"
        raise NotFound(f"no {missing}", where="explain", remedy="`matcher export KIND` lists the ids.")
    plan = store.current_plan(call.on)
    rosters = Rosters(workers=workers, vacancies=vacancies, households=households_of(store, workers, None))
    solved = prepare(
        rosters,
        means,
        Brief(
            on=call.on,
            jurisdiction=call.jurisdiction,
            seed=call.seed,
            prices=plan.prices if plan else {},
            service=service_of(vacancies[0]),
            everything=True,
        ),
    )
    findings = eligibility.every_rule(workers[0], vacancies[0], solved.frame)
    told_plan = {"season": plan.season, "mode": plan.mode} if plan else None
    decision = decision_id(inputs_of(call, rosters, plan), means, call.seed)
    answer: dict[str, Any] = {
        **heading(solved, call.jurisdiction, decision, told_plan),
        **item(solved, solved.pairs, 0, 1, explain=True),
        "findings": msgspec.to_builtins(findings),
        "routes": worker_routes(
            workers[0],
            household=household_of(workers[0], rosters.households),
            plots=open_plots(vacancies_at(store, None), call.on),
            has_yes=eligibility.verdict_of(findings) is Verdict.YES,
            packs=means.packs,
            bound=solved.bound,
            on=call.on,
            settings=means.settings,
        ),
    }
    if plan:
        answer["times_listed_in_season"] = store.exposure_counts(plan.season).get(call.vacancy_id, 0)
    if eligibility.verdict_of(findings) is Verdict.NO:
        answer |= refusal(findings)
    answer["score_formula"] = shortlist.FORMULA[solved.mode]
    return answer
