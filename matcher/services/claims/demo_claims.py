"""Claims of a demo county, made by the same use cases an officer presses: some lack, some wait, a few are paid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from matcher.office.claims.record import ClaimState
from matcher.ports import DeedStore, RosterStore
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.decide import approve_claim, state_fact, tick_paper
from matcher.services.claims.desk import ClaimDesk, Doer, all_claims, claim_desk
from matcher.services.claims.pay import make_payment
from matcher.services.claims.propose import propose_part
from matcher.services.ground.rulebook import Means

N_LOOKED_AT: Final = 60
"""Placements per benefit: enough to show every state, few enough to cost no time."""
N_SETTLED: Final = 8
FIRST: Final = "经办员（演示）"
SECOND: Final = "复核员（演示）"
GROUNDS: Final = "看过任职文件（合成数据）"


def seed_demo_claims(
    store: RosterStore, deeds: DeedStore, means: Means, *, jurisdiction: str, on: date, at: datetime
) -> int:
    """How many claims stand; a county that has claims already stays as it is."""
    first = _desk(store, deeds, means, FIRST, jurisdiction, on, at)
    known = all_claims(first)
    if known:
        return len(known)
    propose_part(first, n_most=N_LOOKED_AT)
    settled = _settle(first)
    second = _desk(store, deeds, means, SECOND, jurisdiction, on, at)
    half = len(settled) // 2
    for claim_id in settled[1:]:
        approve_claim(first, claim_id)
    for claim_id in settled[max(half, 1) :]:
        approve_claim(second, claim_id)
    _pay(first, settled[max(half, 1) :][:2])
    return len(all_claims(first))


def _desk(
    store: RosterStore, deeds: DeedStore, means: Means, actor: str, jurisdiction: str, on: date, at: datetime
) -> ClaimDesk:
    return claim_desk(store, deeds, means, Doer(actor=actor, at=at, on=on, jurisdiction=jurisdiction))


def _settle(desk: ClaimDesk) -> list[str]:
    """Claims that stand, after the first few have been told what their claimant is and their papers were seen."""
    for record in list(all_claims(desk).values())[: 4 * N_SETTLED]:
        told = record.proposal
        if told is None or record.state is not ClaimState.LACKING or told.facts_missing != ("claimant_type",):
            continue
        stated = state_fact(desk, record.claim_id, {"claimant_type": "village_cadre"}, GROUNDS)
        # What is now a known no (the person is on no register, another broker was first) stays refused.
        for paper in stated.missing if stated.state is ClaimState.LACKING else ():
            tick_paper(desk, record.claim_id, paper, held=True)
    ready = [one.claim_id for one in all_claims(desk).values() if one.state is ClaimState.READY]
    return ready[:N_SETTLED]


def _pay(desk: ClaimDesk, claim_ids: list[str]) -> None:
    """A payment file, and a reply in which the last line is one nobody knows."""
    if not claim_ids:
        return
    payment = make_payment(desk, claim_ids)
    words = "\n".join(["行号,结果,退回原因", f"{payment.lines[0].line_id},成功,", "p-00000000-0001,成功,"])
    book_bank_reply(desk, payment.payment_id, f"{words}\n".encode(), "回单（演示）.csv")
