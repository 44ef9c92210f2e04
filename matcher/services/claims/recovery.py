"""Claims of placements that a look found false: none is agreed to or paid, and what was paid is asked back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from matcher.errors import Conflict
from matcher.office.claims.record import CLOSED, ClaimRecord, ClaimState
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.propose import reassessed
from matcher.services.ground.refuted import refutations_on, refuted_on

MONEY_OUT: Final = frozenset({ClaimState.IN_PAYMENT, ClaimState.PAID})
RECOVER: Final = "recover"
RECOVER_LABEL: Final = "要追回的"


def false_claims(desk: ClaimDesk, records: Iterable[ClaimRecord]) -> frozenset[str]:
    """Ids of the claims that rest on a placement found false by the desk's day.

    One that rests on several is among them where what was agreed does not follow from the others alone.
    """
    refuted = refuted_on(desk.deeds, desk.on)
    if not refuted:
        return frozenset()
    return frozenset(one.claim_id for one in records if _is_false(desk, one, refuted))


def _is_false(desk: ClaimDesk, record: ClaimRecord, refuted: Collection[str]) -> bool:
    told = record.proposal
    if told is None or told.claim.occasion in refuted:
        return told is not None
    if not set(told.beside) & set(refuted) or record.state in CLOSED:
        return False
    try:
        now = reassessed(desk, record)
    except Conflict:
        return True
    return (now.outcome, now.amount_fen) != (told.outcome, told.amount_fen)


def to_recover(records: Iterable[ClaimRecord], false: Collection[str]) -> list[ClaimRecord]:
    """Claims whose money went, or is on its way, for a placement that was found false. false : ids of false_claims"""
    return [one for one in records if one.state in MONEY_OUT and one.claim_id in false]


def require_not_refuted(desk: ClaimDesk, records: Iterable[ClaimRecord]) -> None:
    """Raises Conflict for a claim that rests on a placement found false by the desk's day."""
    listed = list(records)
    false = false_claims(desk, listed)
    for record in listed:
        if record.claim_id in false:
            remedy = "请不予支付或退回审批；后来查明是真的，先到抽查页改结果。"
            raise Conflict("抽查查明这次安置不属实，不能审批，也不能拨付", where=record.claim_id, remedy=remedy)


def refutation_told(desk: ClaimDesk, record: ClaimRecord) -> dict[str, Any] | None:
    """Who found the claim's placement false, when and in which sample; None where nobody did."""
    told, found = record.proposal, refutations_on(desk.deeds, desk.on)
    rests = (told.claim.occasion, *told.beside) if told is not None else ()
    deed = next((found[one] for one in rests if one in found), None)
    if deed is None or record.claim_id not in false_claims(desk, [record]):
        return None
    return {
        "on": deed.on.isoformat(),
        "by": deed.by,
        "sample_id": deed.stream.partition(":")[2],
        "recover": record.state in MONEY_OUT,
        "paid": record.state is ClaimState.PAID,
        "recovered": record.state is ClaimState.RECOVERED,
    }
