"""What is answered to a claim: an outcome with every reason, the sum and who bears it, papers and figures still due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from matcher.policy.benefits.double_claims import Double
from matcher.records.figures import CountyFigure

ELIGIBLE = "eligible"
NOT_ELIGIBLE = "not_eligible"
NEEDS_CONFIG = "needs_config"
NEEDS_REVIEW = "needs_review"
NO_RULE = "no_rule"
NOT_COMPUTABLE = "not_computable"
# The outcome of a claim is the first of these that anything about it calls for (requirements 0.5): a known no is not
# softened by a figure that is missing as well.
OUTCOMES = (NO_RULE, NOT_ELIGIBLE, NOT_COMPUTABLE, NEEDS_CONFIG, NEEDS_REVIEW, ELIGIBLE)


class Hindrance(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One thing that stands in the way: the outcome it calls for, and its reason."""

    outcome: str
    reason: str


class PartShare(msgspec.Struct, frozen=True, kw_only=True):
    """What one payer bears, in fen."""

    payer: str
    label: str
    fen: int


class PersonOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How one person of a claim came out; `person` is "" where the claim does not name the people of its rows."""

    person: str
    outcome: str
    reasons: tuple[str, ...] = ()


class FigureNeed(msgspec.Struct, frozen=True, kw_only=True):
    """A figure the document does not state and the county has not set."""

    pack_id: str
    parameter_id: str


class BenefitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a claim for one benefit on one day.

    on : the day of the event, by which figures and days were judged
    reasons : every reason of the outcome, sorted; further : what would also have to be settled, with its own outcome
    amount_fen : only beside eligible, and 0 beside not_eligible; never where the document leaves the sum open
    quantity : what is granted in kind, or a rate, as decimal text with `unit`; until : last day of a term in kind
    shares : in fen, summing to the amount; funds : parameters that name the source of the money
    cap_fen, capped : the ceiling per person, operator or market, and whether it cut the sum
    evidence_* : ids of papers; ready : eligible, every paper there, somebody named who is paid
    figures_used, figures_needed : what a county set, and what it has yet to set
    rule_answer : what the deciding rule says by itself
    """

    pack_id: str
    benefit: str
    title: str
    document: str
    clause: str
    on: date
    outcome: str
    reasons: tuple[str, ...] = ()
    further: tuple[Hindrance, ...] = ()
    nature: str
    amount_fen: int | None = None
    quantity: str | None = None
    unit: str = ""
    until: date | None = None
    shares: tuple[PartShare, ...] = ()
    funds: tuple[str, ...] = ()
    cap_fen: int | None = None
    capped: bool | None = None
    payees: tuple[str, ...] = ()
    period_keys: tuple[str, ...] = ()
    people: tuple[PersonOutcome, ...] = ()
    evidence_needed: tuple[str, ...] = ()
    evidence_held: tuple[str, ...] = ()
    evidence_missing: tuple[str, ...] = ()
    figures_used: tuple[CountyFigure, ...] = ()
    figures_needed: tuple[FigureNeed, ...] = ()
    facts_missing: tuple[str, ...] = ()
    doubles: tuple[Double, ...] = ()
    flags: tuple[str, ...] = ()
    ready: bool = False
    rule_id: str = ""
    rule_answer: Mapping[str, Any] = {}


def deciding(hindrances: frozenset[Hindrance]) -> tuple[str, tuple[str, ...], tuple[Hindrance, ...]]:
    """Outcome, its reasons, and the hindrances beside it; sorted, so that the order of facts shows nowhere."""
    outcome = next((word for word in OUTCOMES if any(found.outcome == word for found in hindrances)), ELIGIBLE)
    reasons = tuple(sorted(found.reason for found in hindrances if found.outcome == outcome))
    settled = {found for found in hindrances if found.outcome == outcome or found.reason in reasons}
    return outcome, reasons, tuple(sorted(hindrances - settled))
