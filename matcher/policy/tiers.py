"""Who comes first: tiers of a document for a service, from flags, for one person or in columns.

A person with several flags takes the best tier once; an unknown flag never lifts and is named (requirements 10.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from matcher.errors import NotFound
from matcher.policy.evaluation.logic import Truth, all_of, any_of, negate
from matcher.policy.types import FlagTest, Mode, Pack, Service

GENERAL = "general"


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """One tier ready to use: conditions, the order's mode and the document and clause that say so.

    rank : 0 is first; band_width_permille, floor_permille : of the document, None = as in the settings
    """

    rank: int
    label: str
    when: FlagTest
    lifts: tuple[FlagTest, ...]
    mode: Mode
    band_width_permille: int | None
    floor_permille: int | None
    document: str
    clause: str
    service: str


class TierResult(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person stands: rank and sub-rank (0 first), the flags that put them there, those nobody knows."""

    rank: int
    sub_rank: int
    label: str
    document: str
    clause: str
    flags_used: tuple[str, ...]
    unknown_flags: tuple[str, ...]


def tiers(pack: Pack, service: str) -> tuple[Tier, ...]:
    """Tiers of a pack for a service, best first; the general order where the service has none of its own.

    Raises NotFound for a pack that orders nobody.
    """
    found = service_of(pack, service)
    return tuple(
        Tier(
            rank=row.rank,
            label=row.label,
            when=row.when,
            lifts=row.lifts,
            mode=found.mode,
            band_width_permille=found.band_width_permille,
            floor_permille=found.floor_permille,
            document=pack.cited,
            clause=row.clause,
            service=found.id,
        )
        for row in found.tiers
    )


def service_of(pack: Pack, service: str) -> Service:
    """The order of a service, or the general one. Raises NotFound for a pack without any."""
    named = {row.id: row for row in pack.services}
    found = named.get(service) or named.get(pack.general_service)
    if found is None:
        raise NotFound(f"pack {pack.id} orders nobody", where=service, remedy="Use a pack that has [[service]] tables.")
    return found


def tier_of(flags: Mapping[str, bool | None], tiers: Sequence[Tier]) -> TierResult:
    """The best tier whose condition is known to hold; a flag that is missing or None is unknown.

    `unknown_flags` are those that might still lift the person to a better tier or sub-tier.
    """
    unknown: list[str] = []
    for tier in tiers:
        holds = test(tier.when, flags)
        if holds:
            sub_rank, sub_unknown = _sub_rank(tier, flags)
            used = [name for name in (*tier.when.all, *tier.when.any) if flags.get(name)]
            if sub_rank < len(tier.lifts):
                lift_test = tier.lifts[sub_rank]
                used += [name for name in (*lift_test.all, *lift_test.any) if flags.get(name)]
            return TierResult(
                rank=tier.rank,
                sub_rank=sub_rank,
                label=tier.label,
                document=tier.document,
                clause=tier.clause,
                flags_used=tuple(dict.fromkeys(used)),
                unknown_flags=tuple(dict.fromkeys([*unknown, *sub_unknown])),
            )
        if holds is None:
            unknown += _unknown(tier.when, flags)
    raise ValueError("the last tier must hold for everybody")


def test(condition: FlagTest, flags: Mapping[str, bool | None]) -> Truth:
    """Whether a flag test holds: Kleene, a missing flag is unknown."""
    parts = [all_of([flags.get(name) for name in condition.all])]
    if condition.any:
        parts.append(any_of([flags.get(name) for name in condition.any]))
    if condition.none:
        parts.append(negate(any_of([flags.get(name) for name in condition.none])))
    return all_of(parts)


def _sub_rank(tier: Tier, flags: Mapping[str, bool | None]) -> tuple[int, list[str]]:
    """Position of the first lift that holds (their number if none does) and the unknown flags before it."""
    unknown: list[str] = []
    for position, condition in enumerate(tier.lifts):
        holds = test(condition, flags)
        if holds:
            return position, unknown
        if holds is None:
            unknown += _unknown(condition, flags)
    return len(tier.lifts), unknown


def _unknown(condition: FlagTest, flags: Mapping[str, bool | None]) -> list[str]:
    return [name for name in condition.flags if flags.get(name) is None]
