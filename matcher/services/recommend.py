"""One worker's list from the store: reads the plan's prices, logs what was shown and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from matcher.decisions import Call, logged
from matcher.errors import NotFound
from matcher.ports import RosterStore, StoredPlan
from matcher.records import Household, Kind, Vacancy, Worker
from matcher.services.match import decision_id, heading, lists
from matcher.services.match_round import Brief, Rosters, prepare
from matcher.services.rulebook import Means, keep


class Recommend(msgspec.Struct, frozen=True, kw_only=True, tag="recommend", tag_field="call"):
    """The call: whose list, on which day, how long, with what beside it."""

    worker_id: str
    on: date
    jurisdiction: str
    top: int
    seed: int
    explain: bool = False
    refused: bool = False


def recommend(store: RosterStore, means: Means, call: Recommend, *, at: datetime) -> dict[str, Any]:
    """Answer of CONTRACT section 4 with one list; the decision is in the log before the answer leaves.

    Raises NotFound for an unknown worker.
    """
    plan = store.current_plan(call.on)
    answer, body = answer_recommend(store, means, call, plan=plan, revision=None)
    logged(
        store,
        Call(kind="recommend", request=call, body=body, answer=answer, plan_id=plan.plan_id if plan else ""),
        at=at,
        kept=keep(store, means),
        seed=call.seed,
    )
    return answer


def answer_recommend(
    store: RosterStore, means: Means, call: Recommend, *, plan: StoredPlan | None, revision: int | None
) -> tuple[dict[str, Any], bytes]:
    """The answer as of a revision of the store, and the bytes of everything that went into it."""
    workers = [w for w in store.records(Kind.WORKERS, ids=[call.worker_id], revision=revision) if isinstance(w, Worker)]
    if not workers:
        raise NotFound(f"no worker {call.worker_id}", where="worker", remedy="`matcher export workers` lists the ids.")
    rosters = Rosters(
        workers=workers, vacancies=vacancies_at(store, revision), households=households_of(store, workers, revision)
    )
    solved = prepare(
        rosters,
        means,
        Brief(
            on=call.on,
            jurisdiction=call.jurisdiction,
            seed=call.seed,
            prices=plan.prices if plan else {},
        ),
    )
    body = inputs_of(call, rosters, plan)
    told_plan = {"season": plan.season, "mode": plan.mode} if plan else None
    answer = {
        **heading(solved, call.jurisdiction, decision_id(body, means, call.seed), told_plan),
        "lists": lists(
            solved,
            top=call.top,
            explain=call.explain,
            refused=call.refused,
            refused_limit=means.settings.refused_limit,
        ),
    }
    return answer, body


def vacancies_at(store: RosterStore, revision: int | None) -> list[Vacancy]:
    """All vacancies as of a revision, by id."""
    return [v for v in store.records(Kind.VACANCIES, revision=revision) if isinstance(v, Vacancy)]


def households_of(store: RosterStore, workers: list[Worker], revision: int | None) -> dict[str, Household]:
    """Households of the workers as of a revision."""
    ids = sorted({worker.household_id for worker in workers if worker.household_id})
    found = store.records(Kind.HOUSEHOLDS, ids=ids, revision=revision)
    return {household.household_id: household for household in found if isinstance(household, Household)}


def inputs_of(call: msgspec.Struct, rosters: Rosters, plan: StoredPlan | None) -> bytes:
    """Canonical bytes of everything an answer depends on besides model, pack and seed."""
    households = [rosters.households[key] for key in sorted(rosters.households)]
    prices = dict(sorted(plan.prices.items())) if plan else {}
    return msgspec.json.encode([call, list(rosters.workers), list(rosters.vacancies), households, prices])
