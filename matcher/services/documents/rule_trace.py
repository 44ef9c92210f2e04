"""Every rule one line of a logged list was asked, with its answer then: the records, packs and day of the list."""

from __future__ import annotations

from typing import Any

import msgspec

from matcher import eligibility
from matcher.ports import RosterStore, StoredPlan
from matcher.services.ground.answering import households_of, mode_of, prices_of, vacancy_named, worker_named
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.rounds.list_candidates import ListCandidates, service_of
from matcher.services.rounds.match_round import Brief, Rosters, prepare
from matcher.services.rounds.recommend import Recommend, as_of_today


def rule_trace(
    store: RosterStore,
    means: Means,
    call: Recommend | ListCandidates,
    other_id: str,
    *,
    plan: StoredPlan | None,
    revision: int | None,
) -> list[dict[str, Any]]:
    """Findings of all rules in their order, satisfied ones too, for the pair of the call and `other_id`.

    other_id : the vacancy of a worker's list, the worker of a vacancy's; raises NotFound for an unknown one
    """
    store = Scoped(store, call.regions)
    of_worker = isinstance(call, Recommend)
    worker_id, vacancy_id = (call.worker_id, other_id) if isinstance(call, Recommend) else (other_id, call.vacancy_id)
    worker = worker_named(store, worker_id, revision)
    vacancy = vacancy_named(store, vacancy_id, revision)
    if isinstance(call, Recommend):
        worker = as_of_today(worker, call)
    rosters = Rosters(workers=[worker], vacancies=[vacancy], households=households_of(store, [worker], revision))
    brief = Brief(
        on=call.on,
        jurisdiction=call.jurisdiction or ("" if of_worker else vacancy.place_code),
        seed=call.seed,
        prices=prices_of(plan),
        mode=mode_of(plan),
        service="" if of_worker else service_of(vacancy, means.packs.vocabulary),
        everything=True,
        public=call.public,
    )
    findings = eligibility.every_rule(worker, vacancy, prepare(rosters, means, brief).frame)
    return [msgspec.to_builtins(finding) for finding in findings]
