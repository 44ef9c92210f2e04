"""The rules of the documents that registers ask, each answered once for each way a person or village can stand.

Every answer is that of `evaluate_rule`: what the worked examples of the requirements base prove is what pages show.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

import msgspec

from matcher.policy import Conventions, PackSet, evaluate_rule
from matcher.policy.columns import evaluate_many
from matcher.policy.evaluation.evaluate import Answer
from matcher.policy.evaluation.logic import Truth
from matcher.policy.figures.in_force import NO_COUNTY, FiguresOn

BASE_YEAR: Final = "comparison_year"
VILLAGE_YEAR, TOWN_YEAR = "headcount_base_year", "township_base_year"
MET, NOT_MET, NOT_COMPUTABLE = "met", "not_met", "not_computable"
TOO_YOUNG: Final = "age_below_min"
"""Reason of the databases' rule of whoever is under its lower age."""


class RuleIds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ids of the rules that answer what a register asks (`rules.toml`).

    countable : the document says what nothing proves does not count; the grades of evidence say how, and by whose name
    """

    databases: str
    lists: str
    clear: str
    countable: str
    scale: str
    threshold: str
    goal: str


@cache
def rule_ids() -> RuleIds:
    """The committed ids."""
    text = resources.files(__package__).joinpath("rules.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), RuleIds)


class Source(NamedTuple):
    """Where a rule stands written. local : whether that document binds the county, or its reading is only borrowed."""

    rule_id: str
    title: str
    document: str
    clause: str
    local: bool


class Candidate(NamedTuple):
    """What decides on the databases of one person."""

    birth_date: date | None
    able: Truth
    poor: Truth
    relocated: Truth


class HouseholdRow(NamedTuple):
    """What decides on the goal of one household; None = not recorded."""

    household_id: str
    able: int | None
    employed: int | None
    poor: Truth


class Goal(NamedTuple):
    """The goal over households: how many it counts, ids of those short of it, and of those nobody can judge yet."""

    outcome: str
    counted: int
    missing: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules under the county's own figures; equal questions are asked of the documents once."""

    packs: PackSet
    conventions: Conventions
    county: FiguresOn = NO_COUNTY
    told: dict[tuple[str, bytes], Answer] = field(default_factory=dict)

    def answer(self, rule_id: str, inputs: Mapping[str, Any]) -> Answer:
        """The answer of `evaluate_rule`."""
        key = (rule_id, msgspec.json.encode(inputs))
        found = self.told.get(key)
        if found is None:
            found = self.told[key] = evaluate_rule(
                rule_id, inputs, packs=self.packs, conventions=self.conventions, county=self.county
            )
        return found

    def source(self, rule_id: str, bound_id: str) -> Source:
        """Document and clause of a rule, beside the pack that binds the county."""
        owner = self.packs.rule_owner(rule_id)
        if owner is None:
            return Source(rule_id, rule_id, "", "", local=False)
        pack, rule = owner
        return Source(rule_id, rule.title, pack.cited, rule.clause, local=pack.id == bound_id)

    def databases(self, people: Sequence[Candidate], on: date) -> list[Answer]:
        """LJ_DB of each person in order: outcome, reasons, `databases`; in columns, for there are many birthdays."""
        owner = self.packs.rule_owner(rule_ids().databases)
        if owner is None or not people:
            return [{"outcome": "no_rule", "reasons": []} for _ in people]
        facts = [
            {
                "as_of": on,
                "birth_date": one.birth_date,
                "labour_ability": one.able,
                "registered_poor": one.poor,
                "relocated": one.relocated,
            }
            for one in people
        ]
        answers, _ = evaluate_many(*owner, facts, self.conventions)
        return answers

    def lists(self, *, poor: Truth, employed: Truth, wish: Truth, returned: Truth) -> tuple[str, ...]:
        """MC_LISTS of one person: employed_list, wish_list, returnee_ledger."""
        row = {"id": "p", "poor_worker": poor, "employed": employed, "wish_to_go_out": wish, "returned": returned}
        return tuple(self.answer(rule_ids().lists, {"persons": [row]})["lists"]["p"])

    def unclear(self, **record: str | None) -> tuple[str, ...]:
        """MC_COMPLETE: which of the four are not clear."""
        return tuple(self.answer(rule_ids().clear, {"record": record})["missing"])

    def scale(self, base: int | None, now: int) -> Answer:
        """MC_SCALE: target_met, recovered, scheduling_triggered; needs_config while nobody knows the base."""
        return self.answer(rule_ids().scale, {"base_count": base, "this_year_count": now})

    def threshold(self, parameter: str, observed: str | None) -> str:
        """MC_THRESHOLD: met, not_met, needs_review, or not_computable as long as the county has not set the figure."""
        return str(self.answer(rule_ids().threshold, {"parameter": parameter, "observed": observed})["outcome"])

    def goal(self, rows: Sequence[HouseholdRow]) -> Goal:
        """LJ_HOUSEHOLD_GOAL over households, those alike asked of once; the same as one call with all of them."""
        kinds: dict[tuple[object, ...], list[str]] = {}
        for row in rows:
            kinds.setdefault((row.able, row.employed, row.poor), []).append(row.household_id)
        asked, counted, missing, unjudged = [], 0, list[str](), list[str]()
        for (able, employed, poor), ids in kinds.items():
            household = {
                "id": ids[0],
                "labour_able_members": able,
                "employed_or_in_business": employed,
                "registered_poor": poor,
            }
            asked.append(household)
            told = self.answer(rule_ids().goal, {"households": [{**household, "id": "h"}]})
            counted += told["counted"] * len(ids)
            missing += ids if told["missing"] else []
            unjudged += ids if told["outcome"] not in (MET, NOT_MET) else []
        outcome = str(self.answer(rule_ids().goal, {"households": asked})["outcome"])
        return Goal(outcome, counted, tuple(sorted(missing)), tuple(sorted(unjudged)))
