"""What every answer from the store shares: reading records as of a revision, the plan's prices, the log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.decisions import Call, digest, logged
from matcher.errors import NotFound
from matcher.ports import RosterStore, Shared, StoredPlan
from matcher.records import Household, Kind, Placement, Record, Vacancy, Worker
from matcher.records.access import AuditEntry
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.ground.roster_columns import ROSTERS_KEPT, Rosters
from matcher.services.ground.roster_digests import households_digest, records_digest
from matcher.services.ground.rulebook import Means, keep
from matcher.services.ground.scoped_store import whole
from matcher.shortlist import PlanMode

R = TypeVar("R", bound=Record)
ANSWERS_KEPT: Final = 128
"""Some sixty kilobytes each, of the lists of as many people at the kiosks of a fair."""
# An import is one write: to be overtaken three times in a row is no accident but a busy hour.
N_TRIES = 3


class StoreCall(Protocol):
    """A call answered from the store: reckoned for a day, in a jurisdiction, with a seed."""

    @property
    def on(self) -> date:
        """The day everything is reckoned for."""

    @property
    def jurisdiction(self) -> str:
        """Pack or region code that binds."""

    @property
    def seed(self) -> int:
        """Seed of the last tie."""


C_contra = TypeVar("C_contra", bound=StoreCall, contravariant=True)


class Answers(Protocol[C_contra]):
    """Builds an answer and the bytes of everything that went into it, as of a revision of the store."""

    def __call__(
        self, store: RosterStore, means: Means, call: C_contra, *, plan: StoredPlan | None, revision: int | None
    ) -> tuple[dict[str, Any], bytes]:
        """The answer as of `revision`, None for now."""


Look = Callable[[Mapping[str, Any]], AuditEntry]
"""Who asked, as the audit keeps it beside the answer that was made."""


def answered(
    store: RosterStore,
    means: Means,
    call: Any,
    answers: Answers[Any],
    *,
    kind: str,
    at: datetime,
    look: Look | None = None,
) -> dict[str, Any]:
    """The answer with the prices of the current plan; the decision is in the log before the answer leaves.

    All of it is as of the revision that is read first, the one the log names, so that it can be built again. Overtaken
    by a write it is made anew, up to N_TRIES times; after that it stands as it was before the last write.
    look : gives the entry of the audit that is written with the decision, in one commit
    """
    return _told(store, store.still(), means, call, answers, kind=kind, at=at, look=look)[0]


def _told(
    store: RosterStore,
    still: RosterStore,
    means: Means,
    call: Any,
    answers: Answers[Any],
    *,
    kind: str,
    at: datetime,
    look: Look | None,
) -> tuple[dict[str, Any], bytes]:
    """The answer and its bytes; `still` is the store as it stands for the first try."""
    for _ in range(N_TRIES):
        plan, revision = still.current_plan(call.on), still.revision()
        answer, body = answers(still, means, call, plan=plan, revision=revision)
        now = store.still()
        if now.revision() == revision:
            break
        still = now
    plan_id, told = plan.plan_id if plan else "", answer_bytes(answer)
    logged(
        store,
        Call(kind=kind, request=call, body=body, answer=answer, told=told, plan_id=plan_id, revision=revision),
        at=at,
        kept=keep(store, means),
        seed=call.seed,
        entry=look(answer) if look is not None else None,
    )
    return answer, told


def answered_once(
    store: RosterStore,
    means: Means,
    call: Any,
    answers: Answers[Any],
    *,
    kind: str,
    at: datetime,
    look: Look | None = None,
) -> dict[str, Any]:
    """As `answered`; the same call at the same revision, under the same plan, gets the answer it got lately.

    The pages of one visit ask for one list again and again. Nobody else holds what is handed out. A store that forgets
    its decisions again (`forgets`: a kiosk's, at the end of a visit; one that stands still for one sending) is asked
    anew, for there the list must be logged each time, and nothing of it may linger.
    look : as in `answered`; it is not asked for an answer that was given before
    """
    behind = whole(store)
    if getattr(behind, "forgets", False):
        return answered(store, means, call, answers, kind=kind, at=at, look=look)
    still = store.still()
    plan, revision = still.current_plan(call.on), still.revision()
    key = (kind, msgspec.json.encode(call), revision, plan.plan_id if plan else "")

    fresh: list[dict[str, Any]] = []

    def told() -> bytes:
        answer, body = _told(store, still, means, call, answers, kind=kind, at=at, look=look)
        fresh.append(answer)
        # Of the revision it was asked for: whoever was erased while it was logged is told at a later one.
        told_lately(behind, means, answer["decision_id"], lambda: body, revision=revision)
        return body

    body = means.remembered.get("answers", (behind,), told, by=key, n_kept=ANSWERS_KEPT)
    return fresh[0] if fresh else cast("dict[str, Any]", msgspec.json.decode(body))


def told_lately(
    store: RosterStore, means: Means, decision_id: str, build: Callable[[], bytes], *, revision: int | None = None
) -> bytes:
    """The bytes of a logged answer, built where no answer of that id was told since the last write.

    After any write they are built again, so that what was erased meanwhile is told nobody.
    revision : at which it was told, the present one if None
    """
    if getattr(store, "forgets", False):
        return build()
    by = (decision_id, store.revision() if revision is None else revision)
    return means.remembered.get("told", (store,), build, by=by, n_kept=ANSWERS_KEPT)


_NO_PRICES: Final[Mapping[str, float]] = {}


def prices_of(plan: StoredPlan | None) -> Mapping[str, float]:
    """Slot prices to read, the plan's own; before any plan there are none and every price is 0."""
    return plan.prices if plan else _NO_PRICES


def told_plan(plan: StoredPlan | None) -> dict[str, str] | None:
    """The plan as answers name it."""
    return {"season": plan.season, "mode": plan.mode} if plan else None


def mode_of(plan: StoredPlan | None) -> PlanMode:
    """How the plan's prices enter a score; before any plan there is nothing to enter."""
    return PlanMode(plan.mode) if plan else PlanMode.BALANCED


def inputs_of(
    call: object,
    rosters: Rosters,
    plan: StoredPlan | None,
    *,
    means: Means,
    people_at: NDArray[np.intp] | None = None,
    also: Collection[Record] = (),
) -> bytes:
    """Canonical bytes of everything an answer depends on besides model, packs and seed; records by their digests.

    people_at : of the workers, those who stand in a pair; nobody else decides anything
    also : further records the answer tells of, such as the firm of a quota
    """
    workers = rosters.workers
    return msgspec.json.encode(
        [
            call,
            records_digest(workers, means, people_at),
            records_digest(rosters.vacancies, means),
            households_digest(rosters, means, people_at),
            prices_digest(plan, means),
            told_plan(plan),
            *([records_digest(list(also), means)] if also else []),
        ]
    )


def prices_digest(plan: StoredPlan | None, means: Means, known: str = "") -> str:
    """SHA-256 of the prices of a plan by id; known : the same made before, so that they need not be read for it."""
    prices = prices_of(plan)

    def made() -> str:
        return known or digest(msgspec.json.encode(dict(sorted(prices.items()))))

    return means.remembered.get("prices digest", (prices,), made)


def worker_named(store: RosterStore, worker_id: str, revision: int | None = None) -> Worker:
    """The worker of an id; NotFound if there is none."""
    return _named(store, Kind.WORKERS, Worker, worker_id, revision)


def vacancy_named(store: RosterStore, vacancy_id: str, revision: int | None = None) -> Vacancy:
    """The vacancy of an id; NotFound if there is none."""
    return _named(store, Kind.VACANCIES, Vacancy, vacancy_id, revision)


def _named(store: RosterStore, kind: Kind, record_type: type[R], record_id: str, revision: int | None) -> R:
    for record in store.records(kind, ids=[record_id], revision=revision):
        if isinstance(record, record_type):
            return record
    what = kind.value.removesuffix("s").replace("vacancie", "vacancy")
    raise NotFound(f"no {what} {record_id}", where=what, remedy=f"`matcher export {kind.value} FILE` lists the ids.")


def workers_at(store: RosterStore, revision: int | None) -> list[Worker]:
    """All workers as of a revision, by id: the store's own list, so that what is worked out of it can be kept."""
    return cast("list[Worker]", store.records(Kind.WORKERS, revision=revision))


def vacancies_at(store: RosterStore, revision: int | None) -> list[Vacancy]:
    """All vacancies as of a revision, by id: the store's own list, so that what is worked out of it can be kept."""
    return cast("list[Vacancy]", store.records(Kind.VACANCIES, revision=revision))


def households_of(
    store: RosterStore, workers: Collection[Worker], revision: int | None, means: Means | None = None
) -> Mapping[str, Household]:
    """Households of the workers as of a revision; of a shared list of workers every household there is."""
    if means is not None and isinstance(workers, Shared):
        every = cast("list[Household]", store.records(Kind.HOUSEHOLDS, revision=revision))
        return means.remembered.get(
            "households", (every,), lambda: {home.household_id: home for home in every}, n_kept=ROSTERS_KEPT
        )
    ids = sorted({worker.household_id for worker in workers if worker.household_id})
    found = store.records(Kind.HOUSEHOLDS, ids=ids, revision=revision)
    return {household.household_id: household for household in found if isinstance(household, Household)}


def members_of(store: RosterStore, worker: Worker, revision: int | None, means: Means) -> list[Worker]:
    """Everybody else of the worker's household as of a revision, by id; nobody without a recorded household."""
    if not worker.household_id:
        return []
    everybody = workers_at(store, revision)
    if isinstance(everybody, Shared):
        homes = means.remembered.get("members", (everybody,), lambda: by_household(everybody))
    else:
        homes = by_household(other for other in everybody if other.household_id == worker.household_id)
    return [other for other in homes.get(worker.household_id, ()) if other.worker_id != worker.worker_id]


def by_household(workers: Iterable[Worker]) -> dict[str, list[Worker]]:
    """Household id -> its workers, in the order of the workers."""
    homes: dict[str, list[Worker]] = {}
    for worker in workers:
        if worker.household_id:
            homes.setdefault(worker.household_id, []).append(worker)
    return homes


def free_workers(store: RosterStore, on: date, revision: int | None, means: Means) -> list[Worker]:
    """All workers as of a revision without a running placement on the day; of shared lists one shared list."""
    everybody = workers_at(store, revision)
    placements = store.records(Kind.PLACEMENTS, revision=revision)

    def free() -> list[Worker]:
        in_work = _working(placements, on)
        return [worker for worker in everybody if worker.worker_id not in in_work]

    if not (isinstance(everybody, Shared) and isinstance(placements, Shared)):
        return free()
    return means.remembered.get(
        "free workers", (everybody, placements), lambda: Shared(free()), by=on, n_kept=ROSTERS_KEPT
    )


def working_ids(store: RosterStore, on: date, revision: int | None) -> frozenset[str]:
    """Workers with a placement that runs on the day."""
    return _working(store.records(Kind.PLACEMENTS, revision=revision), on)


def _working(placements: Iterable[Record], on: date) -> frozenset[str]:
    return frozenset(
        placement.worker_id
        for placement in placements
        if isinstance(placement, Placement) and placement.start <= on and (placement.end is None or on <= placement.end)
    )
