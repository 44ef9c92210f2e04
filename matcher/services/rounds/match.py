"""The stateless match: people and vacancies in, explained and coordinated lists out."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

import msgspec

from matcher import eligibility
from matcher.explanation import Verdict
from matcher.records import Channel, Vacancy, Worker
from matcher.services.ground.publishing import judged
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.answers import EVERYTHING_SAID, Unsaid, item, listed_items, refusal
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare
from matcher.services.rounds.requests import MatchRequest
from matcher.services.rounds.routes import Ground, Routes, household_of, one_plot_a_household, open_plots, worker_routes
from matcher.services.rounds.stretch import ranked_lines
from matcher.shortlist import PlanMode

PACKS_KEPT: Final = 16
"""Packs whose label is kept: one for each jurisdiction that is asked for."""


def match(request: MatchRequest, means: Means, *, public: bool = False) -> dict[str, Any]:
    """Answer of CONTRACT section 4 for every worker of the request, in input order.

    public : reckoned without poverty, relocation and health, which then move nothing but the order
    """
    top = request.top or means.settings.top
    request = msgspec.structs.replace(request, top=top)
    rosters = Rosters(
        workers=request.workers,
        vacancies=judged(request.vacancies, means.packs, request.on),
        households={household.household_id: household for household in request.households},
    )
    solved = prepare(
        rosters,
        means,
        Brief(
            on=request.on,
            jurisdiction=request.jurisdiction or means.settings.jurisdiction,
            seed=request.seed,
            shown={worker: frozenset(ids) for worker, ids in request.shown.items()},
            prices=request.prices,
            mode=request.mode or PlanMode.BALANCED,
            top=top,
            public=public,
        ),
    )
    asked = msgspec.json.encode(request, order="deterministic") + (b"public" if public else b"")
    decision = decision_id(asked, means, request.seed)
    return {
        **heading(solved, plan=None),
        "decision_id": decision,
        "lists": lists(
            solved,
            top=top,
            explain=request.explain,
            refused=sys.maxsize if request.refused else None,
            stretch=request.stretch,
        ),
    }


def heading(solved: Round, plan: Mapping[str, str] | None) -> dict[str, Any]:
    """What every answer says of itself: day, jurisdiction, model, pack, warnings of the pack and plan."""
    return {
        "on": solved.on.isoformat(),
        "jurisdiction": solved.bound.asked.id,
        "model": solved.means.model.label,
        "pack": _pack_label(solved),
        "warnings": list(solved.bound.warnings),
        "plan": plan,
    }


def _pack_label(solved: Round) -> str:
    """As the round tells it; its digest is one of the whole pack, so it is made once."""
    kept = solved.means.remembered
    return kept.get("pack label", (solved.bound.pack,), lambda: solved.pack_label, n_kept=PACKS_KEPT)


def decision_id(body: bytes, means: Means, seed: int) -> str:
    """Hash of input, model, packs with settings, and seed: the same answer has the same id."""
    digest = hashlib.sha256(body)
    for part in (means.model.digest, means.digest, str(seed)):
        digest.update(b"\0" + part.encode())
    return "d-" + digest.hexdigest()[:32]


def lists(
    solved: Round,
    *,
    top: int,
    explain: bool,
    refused: int | None = None,
    routes: list[Routes] | None = None,
    stretch: bool = False,
    unsaid: Unsaid = EVERYTHING_SAID,
    as_json: bool = False,
) -> list[dict[str, Any]]:
    """One list per worker of the round, in roster order; who does not wish to work gets no items.

    refused : how many refused pairs stand beside a list at most; without them if None
    routes : of every worker, where they are known already: others of a household may be offered the plot first
    stretch : the last line of a list of five or more may widen the choice
    unsaid : terms that are named neither as a line's reason nor as its drawback
    as_json : what explains a line may stand in it encoded already (`msgspec.Raw`), for an answer that only leaves
    """
    if solved.listed is None:
        items_of = _items(solved, top=top, explain=explain, stretch=stretch, unsaid=unsaid)
    else:
        items_of = {0: listed_items(solved, solved.listed, explain=explain, unsaid=unsaid, as_json=as_json)}
    routes = routes_of(solved) if routes is None else routes
    told = []
    for worker_ix, worker in enumerate(solved.rosters.workers):
        items = items_of.get(worker_ix, [])
        for listed in items:
            del listed["worker_id"]
        entry: dict[str, Any] = {
            "worker_id": worker.worker_id,
            "routes": routes[worker_ix],
            "items": items,
        }
        if whole := eligibility.person_findings(worker, solved.frame):
            entry["note"] = whole[0].sentence
        if refused is not None:
            entry["refused"] = list(islice(refused_pairs(solved, worker, solved.looked_through), refused))
        told.append(entry)
    return told


def _items(
    solved: Round, *, top: int, explain: bool, stretch: bool, unsaid: Unsaid
) -> Mapping[int, list[dict[str, Any]]]:
    """The lines of every worker who has any, by the worker's position."""
    ranked = ranked_lines(solved, top=top, stretch=stretch)
    items: dict[int, list[dict[str, Any]]] = {}
    for ix, worker_ix in enumerate(ranked.worker_ix.tolist()):
        of_worker = items.setdefault(worker_ix, [])
        of_worker.append(item(solved, ranked, ix, len(of_worker) + 1, explain=explain, unsaid=unsaid))
    return items


def routes_of(solved: Round, others: Sequence[Worker] = ()) -> list[Routes]:
    """The routes of every worker of the round, in roster order; of one household at most one is offered a plot.

    others : of the same households, without a list of their own
    """
    rosters = solved.rosters
    workers = [*rosters.workers, *others] if others else rosters.workers
    ground = Ground(
        plots=open_plots(solved.looked_through, solved.on, solved.means),
        means=solved.means,
        bound=solved.bound,
        on=solved.on,
        public=solved.frame.public,
    )

    def routes(worker_ix: int, *, household_offered: bool = False) -> Routes:
        worker = workers[worker_ix]
        return worker_routes(
            worker,
            ground,
            household=household_of(worker, rosters.households),
            has_yes=worker.worker_id in solved.with_yes,
            household_offered=household_offered,
        )

    told = [routes(worker_ix) for worker_ix in range(len(workers))]
    one_plot_a_household(workers, told, partial(routes, household_offered=True))
    return told[: len(rosters.workers)]


def refused_pairs(solved: Round, worker: Worker, vacancies: Iterable[Vacancy]) -> Iterator[dict[str, Any]]:
    """Every vacancy with verdict no for the worker, in roster order; plots are a route, never an item."""
    for vacancy in vacancies:
        if vacancy.channel is Channel.MICRO_FARM:
            continue
        findings = eligibility.findings(worker, vacancy, solved.frame)
        if eligibility.verdict_of(findings) is Verdict.NO:
            yield {"vacancy_id": vacancy.vacancy_id, **refusal(findings)}
