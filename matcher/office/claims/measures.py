"""What documents ask of firms and programmes, judged by their own rules over the records, with names behind.

A measure whose document has no such rule says no_rule; what is not recorded is for review and never 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec

from matcher.office.tracking.evidence import definition, proof_of
from matcher.policy.benefits.answer import NEEDS_REVIEW, NO_RULE
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.evaluate import answer, rule_facts
from matcher.policy.figures.in_force import FiguresOn
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack
from matcher.records import COUNTY_DIGITS, Channel, Employer, Placement, Worker

VILLAGE_DIGITS: Final = 12
MET: Final = "met"
REPORT_ALONE: Final = "nobody_proved_by_name"


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says: outcome, reasons, where it stands, and the rest of its answer."""

    outcome: str
    reasons: tuple[str, ...] = ()
    document: str = ""
    clause: str = ""
    told: Mapping[str, Any] = {}


class Rules(NamedTuple):
    """The document in force with its conventions and the county's figures of a day."""

    pack: Pack
    conventions: Conventions
    county: FiguresOn

    def judge(self, measure: str, facts: Mapping[str, Any]) -> Judgement:
        """The verdict of the document's rule for a measure; no_rule where it has none."""
        rule = self.rule(measure)
        if rule is None:
            return Judgement(outcome=NO_RULE, document=self.pack.cited)
        told = answer(self.pack, rule, rule_facts(rule, facts), self.conventions, self.county)
        return Judgement(
            outcome=str(told.get("outcome", "")),
            reasons=tuple(told.get("reasons", ())),
            document=self.pack.cited,
            clause=rule.clause,
            told=told,
        )

    def rule(self, measure: str) -> Rule | None:
        """The document's rule for a measure, None where it has none."""
        found = (self.pack.rule(rule_id) for rule_id in _rule_ids()[measure])
        return next((rule for rule in found if rule is not None), None)


@cache
def _rule_ids() -> dict[str, tuple[str, ...]]:
    body = (files("matcher.office.claims") / "measures.toml").read_bytes()
    return msgspec.toml.decode(body, type=dict[str, tuple[str, ...]])


class FirmShare(msgspec.Struct, frozen=True, kw_only=True):
    """A base enterprise's year: those of the county's register it employed, by name, against what its document asks.

    worker_ids : whose work there is proved; unproved : who is said to work there and does not count, beside them
    stated : what the firm reported itself, None where it did not; differs : the report and the names do not agree
    by_report : nobody is proved; the firm's own figure may fail it, and where it would do it is for review
    """

    employer_id: str
    year: int
    total: int | None
    worker_ids: tuple[str, ...]
    unproved: tuple[str, ...]
    stated: int | None
    differs: bool
    by_report: bool
    required: int | None
    verdict: Judgement


def base_shares(
    employers: Iterable[Employer],
    placements: Iterable[Placement],
    workers: Mapping[str, Worker],
    on: date,
    rules: Rules,
    refuted: Collection[str] = (),
) -> list[FirmShare]:
    """Each base enterprise's share of the year so far; people count once, those of other counties not at all.

    Who begins later has not worked there yet; work that nothing proves on the day is told beside, never counted.
    refuted : ids of placements found false
    """
    of_firm: dict[str, set[str]] = defaultdict(set)
    beside: dict[str, set[str]] = defaultdict(set)
    for placement in placements:
        worker = workers.get(placement.worker_id)
        if placement.employer_id and worker is not None and _worked_in(placement, on) and _local_poor(worker, rules):
            counts = proof_of(placement, on, definition(), refuted).counts
            (of_firm if counts else beside)[placement.employer_id].add(worker.worker_id)
    firms = sorted((one for one in employers if one.kind is Channel.BASE_ENTERPRISE), key=lambda one: one.employer_id)
    return [_share(firm, of_firm[firm.employer_id], beside[firm.employer_id], on.year, rules) for firm in firms]


def _worked_in(placement: Placement, on: date) -> bool:
    """Whether somebody has worked there on some day of the year up to the day."""
    return placement.start <= on and (placement.end is None or placement.end.year >= on.year)


def _local_poor(worker: Worker, rules: Rules) -> bool:
    home = (worker.hukou_code or worker.place_code)[:COUNTY_DIGITS]
    return worker.registered_poor is True and (not rules.pack.regions or home.startswith(rules.pack.regions))


def _share(firm: Employer, named: Collection[str], beside: Collection[str], year: int, rules: Rules) -> FirmShare:
    stated = firm.annual_poor_local_workers
    counted = len(named) if named else stated
    facts = {"annual_local_registered_poor_workers": counted, "annual_total_workers": firm.annual_total_workers}
    verdict = rules.judge("base_share", facts)
    required = verdict.told.get("required_min")
    by_report = stated is not None and not named
    if by_report and verdict.outcome == MET:
        # A report of nobody by name would pass where one that names a few fails: it is looked into.
        verdict = msgspec.structs.replace(verdict, outcome=NEEDS_REVIEW, reasons=(REPORT_ALONE,))
    return FirmShare(
        employer_id=firm.employer_id,
        year=year,
        total=firm.annual_total_workers,
        worker_ids=tuple(sorted(named)),
        unproved=tuple(sorted(set(beside) - set(named))),
        stated=stated,
        differs=stated is not None and bool(named) and stated != len(named),
        by_report=by_report,
        required=int(required) if required is not None else None,
        verdict=verdict,
    )
