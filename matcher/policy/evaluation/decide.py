"""Steps in order: the first with a failing (or unknown) requirement decides, with every such reason."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from matcher.policy.predicates.facts import World, truth
from matcher.policy.rule_types import Condition, Step, StopOn


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """How a rule came out: outcome, sorted reasons, and the conditions that decided with how they stood."""

    outcome: str
    reasons: tuple[str, ...] = ()
    deciding: tuple[Condition, ...] = ()
    unknown: bool = False


def walk(steps: Iterable[Step], otherwise: str, world: World) -> Decided:
    """Walk steps in order; the first with a failing (or unknown) requirement gives outcome and all its reasons.

    Within a step every failing requirement is reported; what is unknown never counts as failing.
    """
    for step in steps:
        wanted = None if step.stop_on is StopOn.UNKNOWN else False
        hits = tuple(condition for condition in step.requires if truth(condition, world) is wanted)
        if hits:
            reasons = () if step.silent else tuple(sorted({condition.reason for condition in hits}))
            return Decided(outcome=step.outcome, reasons=reasons, deciding=hits, unknown=wanted is None)
    return Decided(outcome=otherwise)
