"""People as a fair pack carries them: what a round in public reads of the record, and the order as numbers.

The list of a kiosk is reckoned from this on the server too, so both give the same bytes; no label of poverty,
relocation or health leaves the office for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.ports import RosterStore
from matcher.records import COUNTY_DIGITS, TOWNSHIP_DIGITS, Consent, Household, Judgement, Worker
from matcher.records.fair_packs import PackedPerson, Standing
from matcher.services.ground.answering import by_household, members_of
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, ranked_alone
from matcher.services.rounds.routes import waited

CARRIED: Final = (
    "worker_id", "birth_date", "education", "skills", "trades", "certificates", "place_code", "travel_range",
    "wish_to_go_out",
    "preferred_places", "preferred_trades", "wage_floor_yuan_month", "available_from", "needs_daily_return",
    "wish_to_work", "household_id", "waiting_since", "occupations",
)  # fmt: skip
"""Fields of a worker that candidates, eligibility in public, features and the list read; a new field stays at home."""


def packed_person(
    store: RosterStore,
    means: Means,
    worker: Worker,
    households: Mapping[str, Household],
    *,
    on: date,
    jurisdiction: str,
    revision: int | None,
) -> PackedPerson:
    """The person as a pack carries them on a day; of a store that is a pack itself, as it carries them."""
    # The store of a kiosk has no other records; that of an office knows nothing of packs (`ports.PackedPeople`).
    carried: Any = getattr(store, "packed_person", None)
    if carried is not None:
        found: PackedPerson = carried(worker.worker_id, revision)
        return found
    others = members_of(store, worker, revision, means)
    (person,) = packed_people([worker], households, means, days=[on], jurisdiction=jurisdiction)
    return msgspec.structs.replace(person, before=_before(worker, others))


def packed_people(
    workers: Sequence[Worker],
    households: Mapping[str, Household],
    means: Means,
    *,
    days: Sequence[date],
    jurisdiction: str,
) -> list[PackedPerson]:
    """The workers in their order, each with the standings of the days (rising); equal days are told once.

    Whoever of a household comes before somebody is looked for among the workers themselves.
    """
    standings: list[list[Standing]] = [[] for _ in workers]
    for group in _bound_alike(workers, jurisdiction):
        for day in days:
            brief = Brief(on=day, jurisdiction=jurisdiction, seed=0)
            ranked = ranked_alone([workers[at] for at in group], households, means, brief)
            for ix, at in enumerate(group):
                _add(standings[at], ranked.standing(ix, day))
    homes = by_household(workers)
    return [
        PackedPerson(
            worker=reduced(worker),
            household=_home(worker, households),
            standings=tuple(told),
            before=_before(worker, homes.get(worker.household_id or "", ())),
        )
        for worker, told in zip(workers, standings, strict=True)
    ]


def reduced(worker: Worker) -> Worker:
    """The worker with the fields a round in public reads, the others unknown; of consent the plot's alone."""
    kept = {name: getattr(worker, name) for name in CARRIED}
    consent, hard = worker.consent, worker.off_farm_hard
    return Worker(
        **kept,
        off_farm_hard=None if hard is None else Judgement(value=hard.value),
        consent=None if consent is None else Consent(plot=consent.plot, plot_on=consent.plot_on),
    )


def _before(worker: Worker, members: Iterable[Worker]) -> tuple[Worker, ...]:
    """Of the members of a household those who have waited longer for its plot, as the pack carries them.

    Only those of the same township: a pack carries nobody from beyond it, and the server must give the same list.
    """
    township = worker.place_code[:TOWNSHIP_DIGITS]
    near = (member for member in members if member.place_code.startswith(township))
    return tuple(reduced(member) for member in near if waited(member) < waited(worker))


def _home(worker: Worker, households: Mapping[str, Household]) -> Household | None:
    """Of the household, whether it holds a plot; who of it is in work stands in the order already."""
    found = households.get(worker.household_id or "")
    return None if found is None else Household(household_id=found.household_id, holds_plot=found.holds_plot)


def _add(told: list[Standing], standing: Standing) -> None:
    if not told or msgspec.structs.replace(standing, since=told[-1].since) != told[-1]:
        told.append(standing)


def _bound_alike(workers: Sequence[Worker], jurisdiction: str) -> list[list[int]]:
    """Positions of workers whom one pack orders: all of them, or those of a county where the homes decide."""
    if jurisdiction:
        return [list(range(len(workers)))] if workers else []
    groups: dict[str, list[int]] = {}
    for at, worker in enumerate(workers):
        groups.setdefault(worker.place_code[:COUNTY_DIGITS], []).append(at)
    return list(groups.values())
