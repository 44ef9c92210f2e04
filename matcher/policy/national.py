"""National law as data: working age, protection of young workers, what an advert may not ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from matcher.errors import NotFound, UsageError
from matcher.policy.binding import NATIONAL
from matcher.policy.rule_types import Parameter
from matcher.policy.types import PackSet, Protection, PublicationRule

WORKING_AGE_MIN = "working_age_min"
YOUNG_WORKER_BELOW = "young_worker_below"


class WorkingAge(msgspec.Struct, frozen=True, kw_only=True):
    """Ages of the law: nobody works below `minimum`; from there to below `protected_below` work is limited.

    protections : kind of work (heavy_work, night_shift) -> the rule that keeps young workers from it
    """

    minimum: int
    minimum_document: str
    minimum_clause: str
    protected_below: int
    protections: Mapping[str, Protection]


def working_age(packs: PackSet, on: date) -> WorkingAge:
    """The working ages in force on a day."""
    minimum = _figure(packs, WORKING_AGE_MIN, on)
    young = _figure(packs, YOUNG_WORKER_BELOW, on)
    pack = packs[NATIONAL]
    return WorkingAge(
        minimum=int(minimum.value),
        minimum_document=minimum.subject,
        minimum_clause=minimum.clause,
        protected_below=int(young.value),
        protections={row.kind: row for row in pack.protections},
    )


def publication_rules(packs: PackSet, on: date) -> Mapping[str, PublicationRule]:
    """Kind of condition in an advert -> the rule in force on a day; of several, the law that began last."""
    in_force = [
        row
        for row in packs[NATIONAL].publication
        if (row.from_ is None or row.from_ <= on) and (row.to is None or on <= row.to)
    ]
    in_force.sort(key=lambda row: row.from_ or date.min)
    return {row.kind: row for row in in_force}


def _figure(packs: PackSet, parameter_id: str, on: date) -> Parameter:
    row = packs[NATIONAL].parameter(parameter_id, on)
    begins = min((one.from_ for one in packs[NATIONAL].parameters if one.id == parameter_id and one.from_), default=on)
    if on < begins:
        raise UsageError(
            f"the law on working ages is known from {begins} on, not on {on}", where="--on", remedy="Give a later day."
        )
    if row is None or not row.holds_on(on):
        raise NotFound(f"no {parameter_id} on {on}", where=NATIONAL, remedy="Add it to parameters.toml of that pack.")
    return row
