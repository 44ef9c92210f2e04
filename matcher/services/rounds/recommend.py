"""One worker's list from the store: reads the plan's prices, logs what was shown and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from matcher.ports import RosterStore, StoredPlan
from matcher.records import TravelRange, Worker
from matcher.services.access.scoped_store import Scoped
from matcher.services.documents.rulebook import Means
from matcher.services.rounds.answering import (
    answered,
    households_of,
    inputs_of,
    mode_of,
    prices_of,
    told_plan,
    vacancies_at,
    worker_named,
)
from matcher.services.rounds.match import decision_id, heading, lists
from matcher.services.rounds.match_round import Brief, Rosters, prepare


class Recommend(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="recommend", tag_field="call"):
    """The call: whose list, on which day, how long, with what beside it, for whom to read.

    public : without poverty, relocation and health, which then move nothing but the order
    regions : leading digits of the region codes the asker reaches, all of them if empty
    travel_range, needs_daily_return : the worker's answer of today, instead of the record's for this list alone
    """

    worker_id: str
    on: date
    jurisdiction: str
    top: int
    seed: int
    explain: bool = False
    refused: bool = False
    public: bool = False
    regions: tuple[str, ...] = ()
    travel_range: TravelRange | None = None
    needs_daily_return: bool | None = None


def recommend(store: RosterStore, means: Means, call: Recommend, *, at: datetime) -> dict[str, Any]:
    """Answer of CONTRACT section 4 with one list, logged before it leaves. Raises NotFound for an unknown worker."""
    return answered(store, means, call, answer_recommend, kind="recommend", at=at)


def answer_recommend(
    store: RosterStore, means: Means, call: Recommend, *, plan: StoredPlan | None, revision: int | None
) -> tuple[dict[str, Any], bytes]:
    """The answer as of a revision of the store, and the bytes of everything that went into it."""
    store = Scoped(store, call.regions)
    workers = [as_of_today(worker_named(store, call.worker_id, revision), call)]
    rosters = Rosters(
        workers=workers, vacancies=vacancies_at(store, revision), households=households_of(store, workers, revision)
    )
    brief = Brief(
        on=call.on,
        jurisdiction=call.jurisdiction,
        seed=call.seed,
        prices=prices_of(plan),
        mode=mode_of(plan),
        public=call.public,
    )
    solved = prepare(rosters, means, brief)
    body = inputs_of(call, rosters, plan, means=means)
    decision = decision_id(body, means, call.seed)
    answer = {
        **heading(solved, told_plan(plan)),
        "decision_id": decision,
        "lists": lists(
            solved,
            top=call.top,
            explain=call.explain,
            refused=call.refused,
            refused_limit=means.settings.refused_limit,
        ),
    }
    return answer, body


def as_of_today(worker: Worker, call: Recommend) -> Worker:
    """The worker with what was answered today in place of the record."""
    said = {"travel_range": call.travel_range, "needs_daily_return": call.needs_daily_return}
    return msgspec.structs.replace(worker, **{name: value for name, value in said.items() if value is not None})
