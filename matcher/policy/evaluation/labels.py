"""Group words through time: computed from facts for the day that asks, never stored (requirements 7.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from matcher.policy.evaluation.logic import Truth, all_of
from matcher.policy.label_types import LabelSource
from matcher.policy.loading.loader import standard_packs
from matcher.policy.types import PackSet, Vocabulary
from matcher.records import COUNTY_DIGITS, EmploymentStatus, LabourAbility, MonitoredType, TravelRange, Worker
from matcher.records.wishes import accepted_rank

Flags = dict[str, bool | None]
LOCAL: Final = "local"
"""The one flag that depends on the place of work."""


def worker_flags(
    worker: Worker, *, on: date, work_place_code: str | None = None, vocabulary: Vocabulary | None = None
) -> Flags:
    """Every flag tiers and reserved posts ask for, of one worker on a day; None = nobody knows.

    A status with days of its own holds on those days only; one without holds whenever it is asked for.
    Who is registered, still poor or already out, is `registered_poor` and `poor_worker`; once relief is over
    (vocabulary) the same people are `out_of_poverty`, and a deep-poverty village is a former one.
    `local` compares counties of registration and of work.
    `vocabulary` is that of the packs in use, by default of the packs that come with the program.
    """
    over_on = (vocabulary or standard_packs().vocabulary).poverty_relief_over_on
    registered = _registered(worker, on)
    relocated = _held(_relocated(worker), worker.relocated_from, None, on)
    low_income = _held(worker.rural_low_income, worker.low_income_from, worker.low_income_to, on)
    monitored = _monitored(worker, on)
    over, reach = over_on is not None and on >= over_on, accepted_rank(worker)
    return {
        "registered_poor": registered,
        "poor_worker": registered,
        "out_of_poverty": registered if over else _held(worker.out_of_poverty, worker.left_poverty_on, None, on),
        "monitored": monitored,
        "marginal": _marginal(worker, monitored),
        "relocated": relocated,
        "relocation_site": relocated,
        "rural_low_income": low_income,
        # Known only where a rural register says so; no flag means unknown, not urban.
        "rural_labour": True if registered or low_income else None,
        "poor_village": worker.poor_village,
        "deep_poverty_village": False if over else worker.deep_poverty_village,
        "former_deep_poverty_village": worker.deep_poverty_village if over else False,
        "deep_poverty_township": worker.deep_poverty_township,
        "former_extreme_poverty_household": worker.former_extreme_poverty,
        "weak_labour": _equals(worker.labour_ability, LabourAbility.WEAK),
        "half_labour": _equals(worker.labour_ability, LabourAbility.HALF),
        "hard_to_employ": worker.hard_to_employ,
        "unemployed": _equals(worker.employment_status, EmploymentStatus.UNEMPLOYED),
        "returned": None if worker.returned_on is None else worker.returned_on <= on,
        "wishes_to_go_out": None if reach is None else reach > TravelRange.COUNTY.rank,
        LOCAL: local_to(worker, work_place_code),
    }


def local_to(worker: Worker, work_place_code: str | None) -> bool | None:
    """The flag LOCAL of a place of work: whether the county of registration, else of residence, is that of the work."""
    return _local(worker.hukou_code or worker.place_code, work_place_code)


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


class Label(NamedTuple):
    """A group word of one vocabulary and whether a person carried it on the day it is counted to."""

    vocabulary: str
    label: str
    counted_to: date
    holds: Truth


def labels_of(worker: Worker, vocabulary: Vocabulary) -> tuple[Label, ...]:
    """Every word of every vocabulary for one person, each as of its own day: two documents never mix (7.2)."""
    told = []
    for row in vocabulary.labels:
        flags = worker_flags(worker, on=row.counted_to, vocabulary=vocabulary)
        holds = all_of([flags[name] for name in _LABEL_FLAGS[row.of]])
        told.append(Label(row.vocabulary, row.label, row.counted_to, holds))
    return tuple(told)


_LABEL_FLAGS: dict[LabelSource, tuple[str, ...]] = {
    LabelSource.REGISTERED: ("registered_poor",),
    LabelSource.RELOCATED: ("relocated",),
    LabelSource.REGISTERED_AND_RELOCATED: ("registered_poor", "relocated"),
    LabelSource.MONITORED: ("monitored",),
    LabelSource.MARGINAL: ("marginal",),
    LabelSource.LOW_INCOME: ("rural_low_income",),
}


def _held(value: Truth, since: date | None, until: date | None, on: date) -> Truth:
    """A status on a day: not before its first day nor after its last, both inclusive; without days its own word.

    A first day states the status by itself. What is known to have ended says nothing of a day before the end
    unless its first day is known as well.
    """
    if (since is not None and on < since) or (until is not None and on > until):
        return False
    if since is not None and (until is not None or value is None):
        return True
    return None if until is not None and value is False else value


def _registered(worker: Worker, on: date) -> Truth:
    """Whoever left poverty was on the register, and stays on it; without that, the register's own word counts."""
    was = True if worker.out_of_poverty or worker.left_poverty_on is not None else worker.registered_poor
    return _held(was, worker.registered_from, None, on)


def _relocated(worker: Worker) -> Truth:
    if worker.relocated is None and worker.relocation_site:
        return True
    return worker.relocated


def _monitored(worker: Worker, on: date) -> Truth:
    kind = worker.monitored_type
    now = None if kind is None else kind is not MonitoredType.NONE
    return _held(now, worker.monitored_from, worker.monitored_to, on)


def _marginal(worker: Worker, held: Truth) -> Truth:
    """Of which kind somebody was whose watch is over, and whose kind reads none by now, nobody knows.

    held : whether the worker is watched on the day
    """
    kind = worker.monitored_type
    if not held:
        return held
    return None if kind in {None, MonitoredType.NONE} else kind is MonitoredType.MARGINAL


def _equals(value: object, wanted: object) -> Truth:
    return None if value is None else value == wanted


def _local(home: str, work: str | None) -> Truth:
    if not work or len(work) < COUNTY_DIGITS or len(home) < COUNTY_DIGITS:
        return None
    return home[:COUNTY_DIGITS] == work[:COUNTY_DIGITS]
