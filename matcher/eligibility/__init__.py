"""May a pair be offered? yes, no or unknown, each with the rule that decided, and what would change it."""

from matcher.eligibility.columns import (
    VacancyLimits,
    WorkerLimits,
    ability_of,
    age_of,
    encode_vacancies,
    encode_workers,
)
from matcher.eligibility.kernel import assess
from matcher.eligibility.rules import RULES, every_rule, findings, person_findings, post_findings
from matcher.eligibility.rules.frame import Frame
from matcher.eligibility.verdict import questions, smallest_change, verdict_of

__all__ = [
    "RULES",
    "Frame",
    "VacancyLimits",
    "WorkerLimits",
    "ability_of",
    "age_of",
    "assess",
    "encode_vacancies",
    "encode_workers",
    "every_rule",
    "findings",
    "person_findings",
    "post_findings",
    "questions",
    "smallest_change",
    "verdict_of",
]
