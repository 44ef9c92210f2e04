"""One vacancy's candidates from the store, in the order of DESIGN section 2."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from matcher import scoring, shortlist
from matcher.decisions import Call, logged
from matcher.errors import NotFound
from matcher.explanation import Verdict
from matcher.policy.tiers import tiers
from matcher.policy.types import Mode
from matcher.ports import RosterStore, StoredPlan
from matcher.records import Channel, Kind, Placement, Vacancy, Worker
from matcher.services.answers import item
from matcher.services.match import decision_id, heading
from matcher.services.match_round import Brief, Rosters, Round, prepare
from matcher.services.recommend import households_of, inputs_of
from matcher.services.rulebook import Means, keep


class ListCandidates(msgspec.Struct, frozen=True, kw_only=True, tag="candidates", tag_field="call"):
    """The call: for which vacancy, on which day, how many."""

    vacancy_id: str
    on: date
    jurisdiction: str
    top: int
    seed: int
    explain: bool = False


def list_candidates(store: RosterStore, means: Means, call: ListCandidates, *, at: datetime) -> dict[str, Any]:
    """Heading of CONTRACT section 4 and one list of items with `worker_id`; logged like every answer.

    Raises NotFound for an unknown vacancy.
    """
    plan = store.current_plan(call.on)
    answer, body = answer_candidates(store, means, call, plan=plan, revision=None)
    logged(
        store,
        Call(kind="candidates", request=call, body=body, answer=answer, plan_id=plan.plan_id if plan else ""),
        at=at,
        kept=keep(store, means),
        seed=call.seed,
    )
    return answer


def answer_candidates(
    store: RosterStore, means: Means, call: ListCandidates, *, plan: StoredPlan | None, revision: int | None
) -> tuple[dict[str, Any], bytes]:
    """The answer as of a revision of the store, and the bytes of everything that went into it.

    People in a running placement are not proposed: they are in work.
    """
    found = store.records(Kind.VACANCIES, ids=[call.vacancy_id], revision=revision)
    vacancies = [vacancy for vacancy in found if isinstance(vacancy, Vacancy)]
    if not vacancies:
        raise NotFound(
            f"no vacancy {call.vacancy_id}", where="vacancy", remedy="`matcher export vacancies` lists the ids."
        )
    in_work = working_ids(store, call.on, revision)
    workers = [
        worker
        for worker in store.records(Kind.WORKERS, revision=revision)
        if isinstance(worker, Worker) and worker.worker_id not in in_work
    ]
    rosters = Rosters(workers=workers, vacancies=vacancies, households=households_of(store, workers, revision))
    solved = prepare(
        rosters,
        means,
        Brief(
            on=call.on,
            jurisdiction=call.jurisdiction,
            seed=call.seed,
            prices=plan.prices if plan else {},
            service=service_of(vacancies[0]),
            paired_only=True,
        ),
    )
    body = inputs_of(call, rosters, plan)
    told_plan = {"season": plan.season, "mode": plan.mode} if plan else None
    answer = {
        **heading(solved, call.jurisdiction, decision_id(body, means, call.seed), told_plan),
        "lists": [candidates_of(solved, vacancies[0], top=call.top, explain=call.explain)],
    }
    return answer, body


def service_of(vacancy: Vacancy) -> str:
    """The service of a pack whose tiers order the candidates: welfare posts have their own, the rest the default."""
    return "welfare_post" if vacancy.channel is Channel.WELFARE_POST else ""


def order_of(solved: Round, vacancy: Vacancy) -> Mode:
    """Reserved posts go by tier before fit (DESIGN section 2), the rest as the pack orders the service."""
    if vacancy.reserved_for:
        return Mode.STRICT_TIER
    return tiers(solved.bound.pack, service_of(vacancy), solved.on)[0].mode


def candidates_of(solved: Round, vacancy: Vacancy, *, top: int, explain: bool) -> dict[str, Any]:
    """The list of one vacancy, with how many people stand below the fit floor or still have an open question."""
    floor = scoring.fit_floor(solved.means.settings.fit_floor_permille)
    order = order_of(solved, vacancy)
    ranked = shortlist.candidate_list(
        solved.pairs, solved.worker_keys, solved.vacancy_keys, top=top, floor=floor, order=order
    )
    items = [item(solved, ranked, ix, ix + 1, explain=explain) for ix in range(len(ranked))]
    for listed in items:
        del listed["vacancy_id"]
    verdict = solved.pairs["verdict"]
    return {
        "vacancy_id": vacancy.vacancy_id,
        "order": order.value,
        "n_yes": int((verdict == Verdict.YES).sum()),
        "n_unknown": int((verdict == Verdict.UNKNOWN).sum()),
        "n_below_floor": int((solved.pairs["fit"] < floor).sum()),
        "items": items,
    }


def working_ids(store: RosterStore, on: date, revision: int | None) -> frozenset[str]:
    """Workers with a placement that runs on the day."""
    return frozenset(
        placement.worker_id
        for placement in store.records(Kind.PLACEMENTS, revision=revision)
        if isinstance(placement, Placement) and placement.start <= on and (placement.end is None or on <= placement.end)
    )
