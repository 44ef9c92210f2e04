"""What an eligible claim is worth: whole fen among its payers, or a thing and its term; and the ceiling of either."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from matcher.policy.benefit_types import Benefit, Nature
from matcher.policy.benefits.answer import BenefitAnswer, PartShare
from matcher.policy.benefits.money import split, to_fen
from matcher.policy.evaluation.conventions import term_end
from matcher.policy.evaluation.world import RuleWorld
from matcher.policy.formulas.kinds import render


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """A sum as computed (None: the sum of its parts), the parts a rule states itself, and whether a cap cut it."""

    amount: Decimal | None = None
    parts: tuple[PartShare, ...] = ()
    capped: bool | None = None


def granted(answer: BenefitAnswer, worth: Worth, benefit: Benefit, world: RuleWorld) -> BenefitAnswer:
    """An eligible claim with what it is worth."""
    until = None
    if benefit.term:
        until = term_end(answer.on, int(world.figure(benefit.term).value), world.conventions.term_end)
    if benefit.nature in (Nature.RATE, Nature.IN_KIND):
        return msgspec.structs.replace(answer, quantity=render(worth.amount, "rate"), until=until)
    fen = sum(part.fen for part in worth.parts) if worth.amount is None else to_fen(worth.amount)
    shares = worth.parts or split(
        fen, benefit.shares, lambda name: Decimal(world.figure(name).value), world.conventions
    )
    return msgspec.structs.replace(answer, amount_fen=fen, shares=shares, capped=worth.capped, until=until)


def cap_fen(benefit: Benefit, world: RuleWorld) -> int | None:
    """The ceiling in fen; None without one, or where nobody has stated it."""
    row = world.parameter(benefit.cap) if benefit.cap else None
    return to_fen(Decimal(row.value)) if row is not None and row.kind.is_figure and row.kind.has_value else None


def funds(benefit: Benefit, told: Mapping[str, Any]) -> tuple[str, ...]:
    """The sources of the money that go with what the rule answered."""
    return tuple(
        fund.parameter for fund in benefit.funds if all(told.get(key) == value for key, value in fund.beside.items())
    )
