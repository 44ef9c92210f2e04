"""The 45+ route: worked out and shown from the age the pack names, first or beside the jobs (DESIGN section 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matcher.geography import place_class
from matcher.policy.binding import STANDARD, BoundPack, pack_for
from matcher.policy.conventions import age_on, from_settings
from matcher.policy.labels import worker_flags
from matcher.policy.route import micro_farm_route, route_age
from matcher.policy.types import PackSet
from matcher.ports import Shared
from matcher.records import Channel, Household, PlaceClass, Vacancy, Worker
from matcher.services.documents.rulebook import Means
from matcher.settings import Settings

# Outcomes that are no offer of land: the worker's own no, or a county without the rule.
NOT_FIRST = ("not_offered", "no_rule")


def open_plots(vacancies: Sequence[Vacancy], on: date, means: Means) -> list[Vacancy]:
    """Micro-farm vacancies with land left on the day; of a shared list they are looked for once."""

    def found() -> list[Vacancy]:
        return [v for v in vacancies if v.channel is Channel.MICRO_FARM and v.open_on(on)]

    return means.remembered.get("plots", (vacancies,), found, by=on) if isinstance(vacancies, Shared) else found()


def plots_in_reach(worker: Worker, plots: Sequence[Vacancy]) -> int:
    """Free plots at sites the worker can reach: inside the stated range, else inside the own township."""
    most = PlaceClass.SAME_TOWNSHIP.rank if worker.travel_range is None else worker.travel_range.rank
    if worker.needs_daily_return:
        most = min(most, PlaceClass.SAME_CITY.rank)
    reachable = (v for v in plots if place_class(worker.place_code, v.place_code).rank <= most)
    return sum(v.headcount - v.filled for v in reachable)


def worker_routes(
    worker: Worker,
    *,
    household: Household | None,
    plots: Sequence[Vacancy],
    has_yes: bool,
    means: Means,
    bound: BoundPack,
    on: date,
    public: bool = False,
) -> list[dict[str, Any]]:
    """The micro-farm route of one worker, empty for somebody under the age who has not asked for a plot.

    public : poverty is not read, so that nothing of the route can tell of it
    """
    packs, settings = means.packs, means.settings
    consent = None if worker.consent is None else worker.consent.plot
    card = pack_for(packs, STANDARD, on)
    # A county without a rule of its own but with plots follows the user's card; without plots it has no route.
    ruling = bound if route_age(bound, on) is not None or not plots else card
    of_age = _of_age(worker, route_age(bound, on) or route_age(card, on), on, settings)
    if not of_age and consent is not True:
        return []
    hard = None if worker.off_farm_hard is None else worker.off_farm_hard.value
    facts = {
        "birth_date": worker.birth_date,
        "poor_rural_worker": None if public else _registered_poor(worker, packs, on),
        "off_farm_hard": hard,
        "consent": consent,
        "household_has_plot": None if household is None else household.holds_plot,
        "plots_available": plots_in_reach(worker, plots),
    }
    result = micro_farm_route(ruling, facts, on, from_settings(settings))
    return [
        {
            "channel": Channel.MICRO_FARM.value,
            "outcome": result.outcome,
            "first": of_age and result.outcome not in NOT_FIRST and (hard is True or not has_yes),
            "reasons": list(result.reasons),
            "document": result.document,
            "clause": result.clause,
            "sentence": result.sentences[1 if result.reasons else 0].worker,
        }
    ]


def _registered_poor(worker: Worker, packs: PackSet, on: date) -> bool | None:
    return worker_flags(worker, on=on, vocabulary=packs.vocabulary)["registered_poor"]


def _of_age(worker: Worker, from_age: int | None, on: date, settings: Settings) -> bool:
    """Whether the route is shown unasked; an unknown birth date is not an age."""
    if worker.birth_date is None or from_age is None:
        return False
    return age_on(worker.birth_date, on, basis=settings.age_basis, leap=settings.leap_birthday) >= from_age


def household_of(worker: Worker, households: Mapping[str, Household]) -> Household | None:
    """The worker's household, if its record is there."""
    return households.get(worker.household_id or "")
