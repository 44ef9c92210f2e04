"""Yuan to whole fen, and a sum among its payers: to the fen, summing exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from matcher.policy.benefit_types import Share
from matcher.policy.benefits.answer import PartShare
from matcher.policy.evaluation.conventions import Conventions

FEN_PER_YUAN = 100


def to_fen(yuan: Decimal) -> int:
    """Whole fen, half a fen upwards."""
    return int((yuan * FEN_PER_YUAN).to_integral_value(rounding=ROUND_HALF_UP))


def split(
    fen: int, shares: tuple[Share, ...], ratio: Callable[[str], Decimal], conventions: Conventions
) -> tuple[PartShare, ...]:
    """A sum among payers by the ratios of their parameters; the payer without one bears the rest.

    An odd fen falls to the side the convention names (requirements 0.4, split_1_1).
    """
    upwards = conventions.split_1_1 == "odd_fen_to_city"
    rounding = ROUND_CEILING if upwards else ROUND_FLOOR
    rest = fen
    parts: list[PartShare] = []
    for share in shares:
        wanted = int((fen * ratio(share.parameter)).to_integral_value(rounding=rounding)) if share.parameter else rest
        part = min(wanted, rest)
        rest -= part
        parts.append(PartShare(payer=share.payer, label=share.label, fen=part))
    return tuple(parts)


def told_parts(told: Mapping[str, Any], shares: tuple[Share, ...]) -> tuple[PartShare, ...]:
    """The parts a rule states itself, each under a key of its answer; none where it states none."""
    if not all(share.key in told for share in shares):
        return ()
    return tuple(
        PartShare(payer=share.payer, label=share.label, fen=to_fen(Decimal(told[share.key]))) for share in shares
    )
