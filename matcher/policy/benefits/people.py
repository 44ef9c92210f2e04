"""The people of a claim: whoever was paid before is taken out of the list, so that the others can still be paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.policy.benefit_types import Benefit
from matcher.policy.benefits.answer import NOT_ELIGIBLE, PersonOutcome
from matcher.policy.benefits.double_claims import BARS, Claim, Double
from matcher.policy.evaluation.inputs import Facts
from matcher.policy.rule_types import Rule


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of the people left in the list, in its order ("" where nobody is named), and those taken out of it."""

    left: tuple[str, ...] = ()
    paid: tuple[PersonOutcome, ...] = ()


def without_paid(
    benefit: Benefit, rule: Rule, facts: Facts, who: Claim | None, doubles: Iterable[Double]
) -> tuple[People, Facts]:
    """The list of a claim without the people an earlier claim bars, and the facts with that list in them.

    Raises InvalidInput where the claim names another number of people than its list has rows.
    """
    if benefit.people is None:
        return People(), facts
    key, column = benefit.people.rows, benefit.people.column
    rows: tuple[Mapping[str, Any], ...] = facts[key]
    names = [str(row[column]) for row in rows] if column else _in_order(benefit, rule, rows, who)
    barred: dict[str, set[str]] = {}
    for double in doubles:
        if double.kind in BARS:
            barred.setdefault(double.subject, set()).add(double.kind)
    paired = list(zip(names, rows, strict=True))
    out = dict.fromkeys(name for name in names if name in barred)
    people = People(
        left=tuple(name for name in names if name not in barred),
        paid=tuple(
            PersonOutcome(person=name, outcome=NOT_ELIGIBLE, reasons=tuple(sorted(barred[name]))) for name in out
        ),
    )
    return people, {**facts, key: tuple(row for name, row in paired if name not in barred)}


def judged(rows: Iterable[Mapping[str, Any]], people: People) -> tuple[PersonOutcome, ...]:
    """How everybody of the list came out: those the rule judged, then those paid before."""
    told = tuple(
        PersonOutcome(person=name, outcome=row["outcome"], reasons=tuple(row["reasons"]))
        for name, row in zip(people.left, rows, strict=True)
    )
    return told + people.paid


def _in_order(benefit: Benefit, rule: Rule, rows: tuple[Mapping[str, Any], ...], who: Claim | None) -> list[str]:
    """Ids by place; nobody is named where the claim names nobody."""
    if who is None or not who.persons:
        return ["" for _ in rows]
    if len(who.persons) == len(rows):
        return list(who.persons)
    fix = "persons 里的人数要与名单的行数相同，次序一致。"
    problem = Problem(sheet=benefit.id, column="persons", found=str(len(who.persons)), expected=str(len(rows)), fix=fix)
    raise InvalidInput(f"{rule.id} has {len(rows)} people", (problem,), where=benefit.id, remedy=fix)
