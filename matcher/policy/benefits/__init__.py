"""Benefits: what a document pays, to whom, how often and on which papers; claims answered and double ones found."""

from __future__ import annotations

from matcher.policy.benefits.answer import OUTCOMES, BenefitAnswer, FigureNeed, Hindrance, PartShare, PersonOutcome
from matcher.policy.benefits.compute import Dossier, claim, no_such_benefit
from matcher.policy.benefits.double_claims import Claim, Claims, Double, Kind, double_claims

__all__ = [
    "OUTCOMES",
    "BenefitAnswer",
    "Claim",
    "Claims",
    "Dossier",
    "Double",
    "FigureNeed",
    "Hindrance",
    "Kind",
    "PartShare",
    "PersonOutcome",
    "claim",
    "double_claims",
    "no_such_benefit",
]
