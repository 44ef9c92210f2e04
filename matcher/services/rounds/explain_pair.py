"""Everything about one pair: every rule, the three stages, the price, the tier and the route."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from matcher import eligibility, shortlist
from matcher.explanation import Verdict
from matcher.ports import RosterStore, StoredPlan
from matcher.records import Channel, Vacancy
from matcher.services.ground.answering import (
    households_of,
    members_of,
    mode_of,
    prices_of,
    told_plan,
    vacancies_at,
    vacancy_named,
    worker_named,
)
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.rounds.answers import item, refusal
from matcher.services.rounds.list_candidates import NO_POST, service_of
from matcher.services.rounds.match import heading, routes_of
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare
from matcher.services.rounds.routes import Routes, offers_plot


class ExplainPair(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="explain", tag_field="call"):
    """The call: which worker, which vacancy, on which day, for whom to read; `public`, `regions` as in `Recommend`."""

    worker_id: str
    vacancy_id: str
    on: date
    jurisdiction: str
    seed: int
    public: bool = False
    regions: tuple[str, ...] = ()


def explain_pair(store: RosterStore, means: Means, call: ExplainPair) -> dict[str, Any]:
    """The pair with every rule that was asked, what would open it, and the parts of its score; no decision.

    Without a jurisdiction the county of the worker orders, as in the worker's list. Raises NotFound for an unknown
    worker or vacancy.
    """
    store = Scoped(store, call.regions)
    revision = store.revision()
    worker = worker_named(store, call.worker_id, revision)
    vacancy = vacancy_named(store, call.vacancy_id, revision)
    plan = store.current_plan(call.on)
    rosters = Rosters(workers=[worker], vacancies=[vacancy], households=households_of(store, [worker], revision))
    solved = prepare(rosters, means, _brief_of_pair(call, means, vacancy, plan))
    findings = eligibility.every_rule(worker, vacancy, solved.frame)
    answer: dict[str, Any] = {
        **heading(solved, told_plan(plan)),
        **_parts(solved),
        "findings": msgspec.to_builtins(findings),
        "routes": _routes(solved, call, store, revision),
    }
    if plan:
        answer["vacancy_times_listed_in_season"] = store.exposure_counts(plan.season).get(call.vacancy_id, 0)
    if eligibility.verdict_of(findings) is Verdict.NO:
        answer |= refusal(findings)
    if vacancy.channel is Channel.MICRO_FARM:
        answer["note"] = NO_POST
    answer["score_formula"] = shortlist.FORMULA[solved.mode]
    return answer


def _brief_of_pair(call: ExplainPair, means: Means, vacancy: Vacancy, plan: StoredPlan | None) -> Brief:
    """A round that keeps the pair whatever its verdict."""
    return Brief(
        on=call.on,
        jurisdiction=call.jurisdiction,
        seed=call.seed,
        prices=prices_of(plan),
        mode=mode_of(plan),
        service=service_of(vacancy, means.packs.vocabulary),
        work_place=vacancy.place_code,
        everything=True,
        public=call.public,
    )


def _routes(pair: Round, call: ExplainPair, store: RosterStore, revision: int | None) -> Routes:
    """The routes of the pair's worker: whether a plot comes first depends on all vacancies, not on this one.

    As in the worker's list, none is offered while another of the household comes before.
    """
    (worker,) = pair.rosters.workers
    brief = Brief(on=call.on, jurisdiction=call.jurisdiction, seed=call.seed, prices={}, public=call.public)
    of_all = prepare(replace(pair.rosters, vacancies=vacancies_at(store, revision)), pair.means, brief)
    (routes,) = routes_of(of_all)
    if offers_plot(routes):
        (routes,) = routes_of(of_all, members_of(store, worker, revision, pair.means))
    return routes


def _parts(solved: Round) -> dict[str, Any]:
    """The parts of the pair's score; a pair alone has no rank."""
    parts = item(solved, solved.pairs, 0, 1, explain=True)
    del parts["rank"]
    return parts
