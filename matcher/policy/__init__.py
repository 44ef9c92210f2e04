"""Policy packs: documents as dated, cited data, a closed vocabulary of predicates, and the engine that applies them."""

from __future__ import annotations

from matcher.policy.binding import BoundPack, State, pack_for, state
from matcher.policy.checks.cases import CaseRun, run_cases
from matcher.policy.checks.check import check
from matcher.policy.checks.coverage import Coverage, benefit_coverage, coverage
from matcher.policy.checks.lint import Judged, Lint, LintKind, lint, load_judged, standard_judged
from matcher.policy.evaluation import cross as _cross
from matcher.policy.evaluation import cross_quota as _cross_quota
from matcher.policy.evaluation.batch import answer_lines, evaluate_lines
from matcher.policy.evaluation.conventions import Conventions, age_on, birthday, from_settings, term_end
from matcher.policy.evaluation.evaluate import NotYetHere, evaluate_rule, findings, rule_ids
from matcher.policy.evaluation.labels import worker_flags
from matcher.policy.loading.digest import canonical_bytes, digest, pack_from_bytes, with_pack
from matcher.policy.loading.installed import installed_packs
from matcher.policy.loading.loader import load_pack, load_packs, standard_packs
from matcher.policy.national import WorkingAge, publication_rules, working_age
from matcher.policy.pages.pack import describe
from matcher.policy.route import RouteResult, Sentence, micro_farm_route, route_age
from matcher.policy.rule_types import Parameter
from matcher.policy.tiers import Tier, TierResult, service_of, tier_of, tiers
from matcher.policy.types import Effect, Mode, Pack, PackSet, Protection, PublicationRule, Vocabulary

CROSS_RULE_MODULES = (_cross, _cross_quota)

__all__ = [
    "BoundPack",
    "CaseRun",
    "Conventions",
    "Coverage",
    "Effect",
    "Judged",
    "Lint",
    "LintKind",
    "Mode",
    "NotYetHere",
    "Pack",
    "PackSet",
    "Parameter",
    "Protection",
    "PublicationRule",
    "RouteResult",
    "Sentence",
    "State",
    "Tier",
    "TierResult",
    "Vocabulary",
    "WorkingAge",
    "age_on",
    "answer_lines",
    "benefit_coverage",
    "birthday",
    "canonical_bytes",
    "check",
    "coverage",
    "describe",
    "digest",
    "evaluate_lines",
    "evaluate_rule",
    "findings",
    "from_settings",
    "installed_packs",
    "lint",
    "load_judged",
    "load_pack",
    "load_packs",
    "micro_farm_route",
    "pack_for",
    "pack_from_bytes",
    "publication_rules",
    "route_age",
    "rule_ids",
    "run_cases",
    "service_of",
    "standard_judged",
    "standard_packs",
    "state",
    "term_end",
    "tier_of",
    "tiers",
    "with_pack",
    "worker_flags",
    "working_age",
]
