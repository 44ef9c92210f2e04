"""What hands do with claims in tests: propose, settle, approve, answer for the bank."""

from __future__ import annotations

import dataclasses

from claims_office import as_

from matcher.services.claims.decide import (
    approve_claim,
    state_fact,
    tick_paper,
)
from matcher.services.claims.propose import propose_placements


def proposed(desk, benefit="A-SVC"):
    return propose_placements(desk, benefit_id=benefit)


def ready(desk, claim_id):
    """State what the claimant is, tick the paper of it: what the records cannot know."""
    state_fact(desk, claim_id, {"claimant_type": "village_cadre"}, "看过任职文件")
    return tick_paper(desk, claim_id, "payee_proof", held=True)


def approved(desk, claim_id):
    ready(desk, claim_id)
    approve_claim(as_(desk, "a"), claim_id)
    return approve_claim(as_(desk, "b"), claim_id)


def reply(payment, *words: str) -> bytes:
    rows = [
        f"{line.line_id},{word},{line.amount_fen / 100:.2f}" for line, word in zip(payment.lines, words, strict=True)
    ]
    return "\n".join(["行号,处理结果,金额(元)", *rows]).encode()


class _Overtaken:
    """Deeds of which somebody else does something just before the many are written."""

    def __init__(self, deeds, before):
        self._deeds, self._before = deeds, before

    def __getattr__(self, name):
        return getattr(self._deeds, name)

    def act_all(self, new):
        self._before()
        return self._deeds.act_all(new)


def overtaken(desk, before):
    return dataclasses.replace(desk, deeds=_Overtaken(desk.deeds, before))
