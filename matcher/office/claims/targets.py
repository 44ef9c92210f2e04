"""A document's targets of the year, each beside what is recorded towards it; the rule says which stay below."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import msgspec

from matcher.office.claims.measures import Judgement, Rules
from matcher.office.claims.programmes import Programme, ProgrammeKind
from matcher.office.tracking.dispatches import ARRIVALS, ARRIVED
from matcher.records import Worker
from matcher.records.deeds import Deed

MEASURE = "targets"
OF_POOR = "_registered_poor"
"""Ends the key of a figure that counts the registered poor among those of another."""
GROUP_EXPORT, PERSON_TIMES = "group_export", "training_person_times"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One target. people : ids behind the figure, one for each time; None where nothing of it is recorded here.

    met : None while nobody can say; unknown : whether they are registered poor is not recorded, so they do not count
    """

    key: str
    name: str
    unit: str
    wanted: str
    people: tuple[str, ...] | None
    unknown: tuple[str, ...] = ()
    met: bool | None = None


def reached(deeds: Iterable[Deed], programmes: Iterable[Programme], on: date) -> dict[str, tuple[str, ...]]:
    """Key -> people of the year so far: who arrived with a group, once each; who came to a class, each time.

    deeds : of groups, in their order; the last word on an arrival holds
    """
    arrived: dict[tuple[str, str], bool] = {}
    for deed in deeds:
        if deed.kind in ARRIVALS and deed.subjects and deed.on <= on and deed.on.year == on.year:
            arrived[deed.stream, deed.subjects[0]] = deed.kind == ARRIVED
    came = [
        one
        for programme in programmes
        if programme.plan.kind is ProgrammeKind.CLASS and programme.result is not None
        if programme.plan.on <= on and programme.plan.on.year == on.year
        for one in programme.took_part
    ]
    return {
        GROUP_EXPORT: tuple(sorted({worker for (_, worker), there in arrived.items() if there})),
        PERSON_TIMES: tuple(sorted(came)),
    }


def targets(
    found: Mapping[str, Collection[str]], workers: Mapping[str, Worker], on: date, rules: Rules
) -> tuple[list[Target], Judgement]:
    """The targets that hold on the day, in the document's order, and what its rule says of those that can be counted.

    No targets where the document has none. What is not recorded is not given to the rule: it is never 0.
    """
    rule = rules.rule(MEASURE)
    keys = {key: name for output in (rule.outputs if rule else ()) for key, name in output.groups}
    rows = [_row(key, name, found, workers, on, rules) for key, name in keys.items()]
    listed = [row for row in rows if row is not None]
    told = rules.judge(MEASURE, {"actual": {row.key: len(row.people) for row in listed if row.people is not None}})
    unmet = told.told.get("unmet", ())
    judged = [row if row.people is None else msgspec.structs.replace(row, met=row.key not in unmet) for row in listed]
    return judged, told


def _row(
    key: str, name: str, found: Mapping[str, Collection[str]], workers: Mapping[str, Worker], on: date, rules: Rules
) -> Target | None:
    wanted = rules.pack.parameter(name, on)
    if wanted is None or not wanted.holds_on(on):
        return None
    people = found.get(key)
    unknown: tuple[str, ...] = ()
    if people is None and key.endswith(OF_POOR) and key.removesuffix(OF_POOR) in found:
        every = found[key.removesuffix(OF_POOR)]
        poor = {one: workers[one].registered_poor if one in workers else None for one in every}
        people = tuple(one for one in every if poor[one])
        unknown = tuple(sorted({one for one in every if poor[one] is None}))
    return Target(
        key=key,
        name=wanted.name,
        unit=wanted.unit,
        wanted=str(wanted.value),
        people=None if people is None else tuple(people),
        unknown=unknown,
    )
