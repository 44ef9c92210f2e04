"""Lists and their reasons: match, recommendations, candidates, pairs, and logged answers given again."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint

from api.audit import Look, looked
from api.state import means, now, state, store, today
from api.v1.answers import AnyDecision, Candidates, Lists, Pair
from api.v1.operations import Operation, Told, attach
from api.v1.reading import (
    Listing,
    NoParameters,
    OfDecision,
    OfPair,
    OfVacancy,
    OfWorker,
    OnDay,
    WorkerListing,
)
from api.v1.shapes import match_body
from api.viewer import viewer
from matcher.errors import InvalidInput, NotFound
from matcher.privacy import Audience, seen_by
from matcher.records.access import Role, Scope
from matcher.services.rounds.explain_pair import ExplainPair, explain_pair
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.log_match import log_match
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.services.rounds.replay_decision import replay_decision
from matcher.services.rounds.requests import MatchRequest, read_request, require_reach

REPLAY_LINK = {"replay": {"operationId": "replay", "parameters": {"id": "$response.body#/decision_id"}}}


def init_api(api: APIBlueprint) -> None:
    """Attach these operations."""
    attach(api, "post", "/match", match, Operation(
        scope=Scope.MATCH, answer=Lists, writes=True, body=match_body(), judge=_judge, links=REPLAY_LINK,
    ))  # fmt: skip
    attach(api, "get", "/workers/<id>/recommendations", recommendations, Operation(
        scope=Scope.RECOMMENDATIONS, answer=Lists, faults=(404,), links=REPLAY_LINK,
    ))  # fmt: skip
    attach(api, "get", "/vacancies/<id>/candidates", candidates, Operation(
        scope=Scope.CANDIDATES, answer=Candidates, faults=(404,), links=REPLAY_LINK,
    ))  # fmt: skip
    attach(api, "get", "/pairs/<worker>/<vacancy>", pair, Operation(
        scope=Scope.PAIRS, answer=Pair, faults=(404,)
    ))  # fmt: skip
    attach(api, "get", "/decisions/<id>", replay, Operation(
        scope=Scope.DECISIONS, answer=AnyDecision, faults=(404, 410)
    ))  # fmt: skip


def match(body: MatchRequest) -> dict[str, Any]:
    """Lists for the people of the body; nothing is read from the database, and the answer is logged."""
    try:
        answer = log_match(state().records, means(), body, at=now(), public=_public())
    except NotFound as missing:
        # Of the database nothing is read: what is missing is the law of the day, or the pack of the jurisdiction.
        raise InvalidInput(missing.what, where=missing.where, remedy="请核对 on 和 jurisdiction。") from None
    looked("match", [worker.worker_id for worker in body.workers], {"decision_id": answer["decision_id"]})
    return seen_by(viewer().audience, answer)


def recommendations(path: OfWorker, query: WorkerListing) -> dict[str, Any]:
    """A worker's list, best first; logged, so that it can be given again."""
    here, asker = state(), viewer()
    run, settings = here.application, here.application.settings
    if asker.role is Role.WORKER and path.worker_id != asker.subject:
        raise NotFound(f"no worker {path.worker_id}", where="worker")
    call = Recommend(
        worker_id=path.worker_id,
        on=query.on or run.today(),
        jurisdiction=settings.jurisdiction,
        top=query.top or settings.top,
        seed=settings.seed,
        explain=query.explain,
        refused=query.refused,
        stretch=True,
        public=_public(),
        regions=asker.regions,
    )
    look = Look("recommend", [path.worker_id])
    answer = recommend(here.records, run.means, call, at=run.clock.now(), look=look.entry, as_json=True)
    look.note(answer)
    return seen_by(asker.audience, answer)


def candidates(path: OfVacancy, query: Listing) -> dict[str, Any]:
    """A vacancy's candidates in the county's order; logged, so that it can be given again."""
    settings, asker = state().application.settings, viewer()
    call = ListCandidates(
        vacancy_id=path.vacancy_id,
        on=query.on or today(),
        jurisdiction=settings.jurisdiction,
        top=query.top or settings.candidates_top,
        seed=settings.seed,
        explain=query.explain,
        public=_public(),
        regions=asker.regions,
    )
    answer = list_candidates(state().records, means(), call, at=now())
    listed = [item["worker_id"] for item in answer["lists"][0]["items"]]
    looked("candidates", [path.vacancy_id, *listed], {"decision_id": answer["decision_id"]})
    return seen_by(asker.audience, answer)


def pair(path: OfPair, query: OnDay) -> dict[str, Any]:
    """Everything about one pair: every rule, the parts of its score, what would open it."""
    settings, asker = state().application.settings, viewer()
    call = ExplainPair(
        worker_id=path.worker,
        vacancy_id=path.vacancy,
        on=query.on or today(),
        jurisdiction=settings.jurisdiction,
        seed=settings.seed,
        public=_public(),
        regions=asker.regions,
    )
    answer = explain_pair(state().records, means(), call)
    looked("explain", [path.worker, path.vacancy])
    return seen_by(asker.audience, answer)


def replay(path: OfDecision, query: NoParameters) -> Told:
    """A logged answer built again: the very bytes that were made then."""
    decision = store().decision(path.decision_id)
    body = replay_decision(state().records, state().application.settings, path.decision_id)
    about = [str(decision.request[name]) for name in ("worker_id", "vacancy_id") if name in decision.request]
    looked("replay", [path.decision_id, *about])
    return Told(body=body)


def _judge(raw: bytes) -> MatchRequest:
    request, settings = read_request(raw, name="body"), state().application.settings
    require_reach(request, max_pairs=settings.match_max_pairs, max_texts=settings.match_max_texts)
    return request


def _public() -> bool:
    """Whether the answer is for somebody who may not know of poverty, relocation or health."""
    return viewer().audience is not Audience.OFFICE
