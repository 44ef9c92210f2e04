"""Group words through time: computed from facts for the day that asks, never stored (requirements 7.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from matcher.policy.binding import COUNTY_DIGITS
from matcher.policy.loader import standard_packs
from matcher.policy.logic import Truth, any_of
from matcher.policy.types import LabelSource, PackSet, Vocabulary
from matcher.records import EmploymentStatus, LabourAbility, MonitoredType, TravelRange, Worker

Flags = dict[str, bool | None]


def worker_flags(
    worker: Worker, *, on: date, work_place_code: str | None = None, vocabulary: Vocabulary | None = None
) -> Flags:
    """Every flag tiers and reserved posts ask for, of one worker on a day; None = nobody knows.

    Who is registered, still poor or already out, is `registered_poor` and `poor_worker`; once relief is over
    (vocabulary) the same people are `out_of_poverty`. `local` compares counties of registration and of work.
    `vocabulary` is that of the packs in use, by default of the packs that come with the program.
    """
    over_on = (vocabulary or standard_packs().vocabulary).poverty_relief_over_on
    registered = _registered(worker)
    relocated = _relocated(worker)
    return {
        "registered_poor": registered,
        "poor_worker": registered,
        "out_of_poverty": _out_of_poverty(worker, registered, on, over_on),
        "monitored": _monitored(worker.monitored_type),
        "marginal": _equals(worker.monitored_type, MonitoredType.MARGINAL),
        "relocated": relocated,
        "relocation_site": relocated,
        "rural_low_income": worker.rural_low_income,
        "rural_labour": _rural(worker, registered),
        "poor_village": worker.poor_village,
        "deep_poverty_village": worker.deep_poverty_village,
        "former_deep_poverty_village": worker.deep_poverty_village,
        "deep_poverty_township": worker.deep_poverty_township,
        "former_extreme_poverty_household": worker.former_extreme_poverty,
        "weak_labour": _equals(worker.labour_ability, LabourAbility.WEAK),
        "half_labour": _equals(worker.labour_ability, LabourAbility.HALF),
        "hard_to_employ": worker.hard_to_employ,
        "unemployed": _equals(worker.employment_status, EmploymentStatus.UNEMPLOYED),
        "returned": None if worker.returned_on is None else worker.returned_on <= on,
        "wishes_to_go_out": None if worker.travel_range is None else worker.travel_range.rank > TravelRange.COUNTY.rank,
        "local": _local(worker.hukou_code or worker.place_code, work_place_code),
    }


def vocabulary_labels(facts: Mapping[str, Any], packs: PackSet) -> dict[str, list[str]]:
    """Vocabulary (2018, 2020, 2021) -> the labels a person carries in it, sorted.

    facts : registered_from, relocated_from, monitored_from, monitored_type, rural_low_income; None or missing = none.
    A label counts when its fact began by the day the vocabulary is counted to.
    """
    result: dict[str, list[str]] = {row.vocabulary: [] for row in packs.vocabulary.labels}
    for row in packs.vocabulary.labels:
        if _LABEL_TESTS[row.of](facts, row.counted_to):
            result[row.vocabulary].append(row.label)
    return {name: sorted(labels) for name, labels in result.items()}


def _began(facts: Mapping[str, Any], key: str, by: date) -> bool:
    since = facts.get(key)
    return since is not None and since <= by


_LABEL_TESTS: dict[LabelSource, Callable[[Mapping[str, Any], date], bool]] = {
    LabelSource.REGISTERED: lambda facts, by: _began(facts, "registered_from", by),
    LabelSource.RELOCATED: lambda facts, by: _began(facts, "relocated_from", by),
    LabelSource.REGISTERED_AND_RELOCATED: lambda facts, by: (
        _began(facts, "registered_from", by) and _began(facts, "relocated_from", by)
    ),
    LabelSource.MONITORED: lambda facts, by: _began(facts, "monitored_from", by),
    LabelSource.MARGINAL: lambda facts, by: (
        _began(facts, "monitored_from", by) and facts.get("monitored_type") == MonitoredType.MARGINAL
    ),
    LabelSource.LOW_INCOME: lambda facts, by: facts.get("rural_low_income") is True,
}


def _registered(worker: Worker) -> Truth:
    """Whoever left poverty was on the register; without that, the register's own word counts."""
    return True if worker.out_of_poverty else worker.registered_poor


def _out_of_poverty(worker: Worker, registered: Truth, on: date, over_on: date | None) -> Truth:
    if over_on is not None and on >= over_on:
        return registered
    return worker.out_of_poverty


def _relocated(worker: Worker) -> Truth:
    if worker.relocated is None and worker.relocation_site:
        return True
    return worker.relocated


def _monitored(kind: MonitoredType | None) -> Truth:
    return None if kind is None else kind is not MonitoredType.NONE


def _equals(value: object, wanted: object) -> Truth:
    return None if value is None else value == wanted


def _rural(worker: Worker, registered: Truth) -> Truth:
    """Known only where another rural register says so; no flag means unknown, not urban."""
    return True if any_of([registered, worker.rural_low_income]) else None


def _local(home: str, work: str | None) -> Truth:
    if not work or len(work) < COUNTY_DIGITS or len(home) < COUNTY_DIGITS:
        return None
    return home[:COUNTY_DIGITS] == work[:COUNTY_DIGITS]
