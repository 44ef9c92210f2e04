"""Claims of placements that a look found false: none is agreed to or paid, and what was paid is asked back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from matcher.errors import Conflict
from matcher.office.claims.record import ClaimRecord, ClaimState
from matcher.services.claims.desk import ClaimDesk
from matcher.services.ground.refuted import refutations_on

MONEY_OUT: Final = frozenset({ClaimState.IN_PAYMENT, ClaimState.PAID})
RECOVER: Final = "recover"
RECOVER_LABEL: Final = "要追回的"


def is_refuted(record: ClaimRecord, refuted: Collection[str]) -> bool:
    """Whether a claim rests on a placement that was found false. refuted : ids of such placements"""
    return record.proposal is not None and record.proposal.claim.occasion in refuted


def to_recover(records: Iterable[ClaimRecord], refuted: Collection[str]) -> list[ClaimRecord]:
    """Claims whose money went, or is on its way, for a placement that was found false."""
    return [one for one in records if one.state in MONEY_OUT and is_refuted(one, refuted)]


def require_not_refuted(desk: ClaimDesk, records: Iterable[ClaimRecord]) -> None:
    """Raises Conflict for a claim that rests on a placement found false by the desk's day."""
    refuted = refutations_on(desk.deeds, desk.on)
    for record in records:
        if is_refuted(record, refuted):
            remedy = "请不予支付或退回审批；后来查明是真的，先到抽查页改结果。"
            raise Conflict("抽查查明这次安置不属实，不能审批，也不能拨付", where=record.claim_id, remedy=remedy)


def refutation_told(desk: ClaimDesk, record: ClaimRecord) -> dict[str, Any] | None:
    """Who found the claim's placement false, when and in which sample; None where nobody did."""
    deed = refutations_on(desk.deeds, desk.on).get(record.proposal.claim.occasion) if record.proposal else None
    if deed is None:
        return None
    return {
        "on": deed.on.isoformat(),
        "by": deed.by,
        "sample_id": deed.stream.partition(":")[2],
        "recover": record.state in MONEY_OUT,
        "paid": record.state is ClaimState.PAID,
        "recovered": record.state is ClaimState.RECOVERED,
    }
