"""Days of a benefit: its own or those of its document; outside them nothing is paid, and the answer says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from matcher.policy.benefit_types import Benefit
from matcher.policy.benefits.answer import NEEDS_CONFIG, NEEDS_REVIEW, NO_RULE, NOT_ELIGIBLE, Hindrance
from matcher.policy.evaluation.inputs import Facts
from matcher.policy.types import Pack


def figures_of_day(pack: Pack, day: date) -> Pack:
    """The pack with one row a parameter: the one in force on the day, else the first.

    Rules without a day of their own look at no dates, so the choice among dated rows is made before they are asked.
    """
    ids = dict.fromkeys(row.id for row in pack.parameters)
    if len(ids) == len(pack.parameters):
        return pack
    rows = tuple(row for name in ids if (row := pack.parameter(name, day)) is not None)
    return msgspec.structs.replace(pack, parameters=rows)


def stale_figures(pack: Pack, names: Iterable[str], day: date) -> Iterator[Hindrance]:
    """Figures a sum would rest on that are not in force on the day: a number is used on its own days only (12)."""
    for name in names:
        row = pack.parameter(name, day)
        if row is not None and row.kind.has_value and not row.holds_on(day):
            yield Hindrance(outcome=NO_RULE, reason=f"not_in_force:{name}")


def event_day(benefit: Benefit, facts: Facts, on: date) -> date:
    """The day a claim is about: the fact the benefit names, else the day of the claim."""
    day = facts.get(benefit.day) if benefit.day else None
    return day if isinstance(day, date) else on


def hindered_by_days(pack: Pack, benefit: Benefit, day: date) -> Iterator[Hindrance]:
    """Why nothing is paid for an event of that day; nothing where the benefit is in force.

    Before the first day and after the last: a known no. Between signature and printing, and after the last year a text
    without an end speaks of: for review. A document without any date: for the county to settle (14.5 X_EFFECTIVE).
    """
    document = pack.document
    first, last = benefit.from_ or document.from_, benefit.to or document.to
    if first is None and not document.always:
        yield Hindrance(outcome=NEEDS_CONFIG, reason="document_date_not_stated")
    if (first is not None and day < first) or (last is not None and day > last):
        yield Hindrance(outcome=NOT_ELIGIBLE, reason="outside_policy_window")
        return
    if benefit.from_ is None and document.printed is not None and day < document.printed:
        yield Hindrance(outcome=NEEDS_REVIEW, reason="day_not_settled")
    if first is not None and last is None and not document.always:
        named = document.last_year_named
        if named is None or day.year > named:
            yield Hindrance(outcome=NEEDS_REVIEW, reason="document_end_not_stated")
