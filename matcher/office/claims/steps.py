"""What may be done to a claim next, as new deeds; each refuses what the claim's history forbids.

Two guards keep money from going twice. `benefit:` is what the document pays once (benefit, subject, period): the first
approval takes it. `pay:` is the claim itself: its own stream holds it from the proposal until the second approval, so
that a payment file, which takes it, can hold approved claims only and each of them once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, Forbidden, InvalidInput
from matcher.office.claims.record import (
    CLOSED,
    OPEN_TO_CHANGE,
    PAYABLE,
    ClaimRecord,
    ClaimState,
    Proposal,
)
from matcher.policy.benefits import Claim
from matcher.policy.benefits.answer import NO_RULE, NOT_ELIGIBLE
from matcher.records.deeds import NewDeed

N_ID: Final = 12
WITHDRAWABLE: Final = frozenset({*OPEN_TO_CHANGE, ClaimState.APPROVED_ONCE, *PAYABLE})
KNOWN_NO: Final = frozenset({NOT_ELIGIBLE, NO_RULE})
"""Outcomes that close a claim at once, with the clause; every other waits for somebody."""


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something, when, and the county's day."""

    actor: str
    at: datetime
    on: date


def claim_id_of(claim: Claim, source: str) -> str:
    """The id of a claim: the same question asked again is the same claim."""
    asked = msgspec.structs.replace(claim, id="")
    body = msgspec.json.encode((asked, source), order="sorted")
    return "c-" + hashlib.sha256(body).hexdigest()[:N_ID]


def pay_guard(claim_id: str) -> str:
    """What a payment file takes for a claim."""
    return f"pay:{claim_id}"


def benefit_guards(proposal: Proposal) -> tuple[str, ...]:
    """What the document pays once, as guards."""
    return tuple(f"benefit:{proposal.claim.pack}:{used}" for used in proposal.guards)


def propose(
    claim_id: str, record: ClaimRecord | None, proposal: Proposal, by: By, *, again: bool = False
) -> list[NewDeed]:
    """The claim as the policy sees it now; a known no is refused in the same breath. Nothing where nothing changed.

    again : somebody asks for it, so that a withdrawn claim is opened once more
    A claim that is approved, in payment, paid or erased stays as it is.
    """
    if record is not None and not (record.state in _MAY_BE_PROPOSED or (again and record.state in _REOPENED)):
        return []
    if record is not None and record.state is not ClaimState.WITHDRAWN and same_answer(record.proposal, proposal):
        return []
    deed = _deed(
        "claim.proposed",
        by,
        proposal,
        {"proposal": msgspec.to_builtins(proposal)},
        takes=(pay_guard(claim_id),),
    )
    if proposal.outcome not in KNOWN_NO:
        return [deed]
    why = "；".join(one.sentence for one in proposal.why)
    body = {"why": why, "clause": proposal.clause, "document": proposal.document}
    return [deed, _deed("claim.refused", by, proposal, body)]


_REOPENED: Final = frozenset({ClaimState.WITHDRAWN})
_MAY_BE_PROPOSED: Final = frozenset({*OPEN_TO_CHANGE, ClaimState.REFUSED})


def same_answer(before: Proposal | None, now: Proposal) -> bool:
    """Whether the policy says what it said; the facts alone (the day it was asked) make no new proposal."""
    return before is not None and msgspec.structs.replace(before, facts={}) == msgspec.structs.replace(now, facts={})


STATABLE: Final = frozenset({*OPEN_TO_CHANGE, ClaimState.REFUSED})
"""Facts may be stated for these."""


def tick(record: ClaimRecord, paper: str, held: bool, by: By) -> list[NewDeed]:
    """A paper is there, or is not. InvalidInput for a paper the benefit does not ask for; Conflict once approved."""
    told = _open(record)
    if paper not in {name for name, _ in told.papers}:
        raise InvalidInput(f"{told.title}不要这份材料", where=paper, remedy="请从这笔申领的页面重新点。")
    if (paper in record.held) is held:
        return []
    return [_deed("claim.evidence", by, told, {"paper": paper, "held": held})]


def state_facts(record: ClaimRecord, facts: Mapping[str, Any], why: str, by: By) -> list[NewDeed]:
    """Facts the records lack, as somebody found them, with the grounds; they are weighed when it is proposed anew.

    Of a refused claim as well: what was stated wrongly may be what it was refused for.
    """
    told = record.proposal if record.state is ClaimState.REFUSED else _open(record)
    if told is None:
        raise Conflict(f"这笔申领现在是“{record.state.label}”，不能改", where=record.claim_id)
    if not why.strip():
        raise InvalidInput("没写依据", where="why", remedy="写明是怎样核实的。")
    return [_deed("claim.stated", by, told, {"facts": dict(facts), "why": why.strip()})]


def approve(record: ClaimRecord, by: By) -> list[NewDeed]:
    """The first approval, or the second by another person. Conflict where it does not stand, Forbidden for the same."""
    told = record.proposal
    if record.state is ClaimState.READY and told is not None:
        takes = (pay_guard(record.claim_id), *benefit_guards(told))
        return [_deed("claim.approved", by, told, _agreed(told, 1), takes=takes)]
    if record.state is ClaimState.APPROVED_ONCE and told is not None:
        if by.actor == record.approvals[0].by:
            raise Forbidden(
                "初审和复审要两个人", where=record.claim_id, remedy=f"初审的是{by.actor}，请另一位工作人员复审。"
            )
        return [_deed("claim.approved", by, told, _agreed(told, 2), frees=(pay_guard(record.claim_id),))]
    raise Conflict(f"这笔申领现在是“{record.state.label}”，不能审批", where=record.claim_id, remedy=_remedy(record))


def _agreed(told: Proposal, step: int) -> dict[str, Any]:
    return {"step": step, "amount_fen": told.amount_fen, "clause": told.clause, "version": told.version}


def _remedy(record: ClaimRecord) -> str:
    if record.state is ClaimState.LACKING and record.proposal is not None:
        names = dict(record.proposal.papers)
        lacks = [names[paper] for paper in record.missing] + [one.sentence for one in record.proposal.why]
        return "还差：" + "、".join(lacks) + "。" if lacks else "请重新提出，看看还差什么。"
    return "请看这笔申领的经过。"


def take_back(record: ClaimRecord, why: str, by: By) -> list[NewDeed]:
    """An approval is taken back before any money went: the claim waits for its first approval again."""
    if record.state not in (ClaimState.APPROVED_ONCE, *PAYABLE) or record.proposal is None:
        raise Conflict(f"这笔申领现在是“{record.state.label}”，没有审批可以退回", where=record.claim_id)
    told = record.proposal
    return [
        _deed(
            "claim.taken_back", by, told, {"why": _why(why)},
            takes=(pay_guard(record.claim_id),), frees=benefit_guards(told),
        )
    ]  # fmt: skip


def withdraw(record: ClaimRecord, why: str, by: By) -> list[NewDeed]:
    """Whoever claims no longer does; what was held for it is given up."""
    return _end("claim.withdrawn", record, why, by, {})


def refuse(record: ClaimRecord, why: str, clause: str, by: By) -> list[NewDeed]:
    """The office says no, with the clause it rests on. InvalidInput without one."""
    if not clause.strip():
        raise InvalidInput("没写条款", where="clause", remedy="写明按文件的哪一条不予支付。")
    return _end("claim.refused", record, why, by, {"clause": clause.strip()})


def recover(record: ClaimRecord, why: str, by: By) -> list[NewDeed]:
    """Money that should not have gone is back, by the receipt told: what it had used up may be asked for again."""
    if record.state is not ClaimState.PAID or record.proposal is None:
        raise Conflict(f"这笔申领现在是“{record.state.label}”，没有钱可以追回", where=record.claim_id)
    told = record.proposal
    return [_deed("claim.recovered", by, told, {"why": _why(why)}, frees=benefit_guards(told))]


def _end(kind: str, record: ClaimRecord, why: str, by: By, body: Mapping[str, str]) -> list[NewDeed]:
    if record.state not in WITHDRAWABLE or record.proposal is None:
        raise Conflict(f"这笔申领现在是“{record.state.label}”，不能这样办", where=record.claim_id)
    told = record.proposal
    words = {"why": _why(why), **body}
    return [_deed(kind, by, told, words, takes=(pay_guard(record.claim_id),), frees=benefit_guards(told))]


def _why(text: str) -> str:
    if not text.strip():
        raise InvalidInput("没写原因", where="why", remedy="写几个字，以后查得到。")
    return text.strip()


def _open(record: ClaimRecord) -> Proposal:
    """What was proposed, while it may still be changed."""
    if record.state not in OPEN_TO_CHANGE or record.proposal is None:
        remedy = "先退回审批，再改材料。" if record.state not in CLOSED else "请重新提出。"
        raise Conflict(f"这笔申领现在是“{record.state.label}”，不能改", where=record.claim_id, remedy=remedy)
    return record.proposal


def _deed(
    kind: str,
    by: By,
    told: Proposal,
    body: Mapping[str, Any],
    *,
    takes: Sequence[str] = (),
    frees: Sequence[str] = (),
) -> NewDeed:
    return NewDeed(
        kind=kind,
        at=by.at,
        on=by.on,
        by=by.actor,
        subjects=subjects_of(told),
        body=dict(body),
        takes=tuple(takes),
        frees=tuple(frees),
    )


def subjects_of(told: Proposal) -> tuple[str, ...]:
    """Everybody a claim is found by: people first, then who claims."""
    claim = told.claim
    named = (*claim.persons, claim.operator, claim.claimant, claim.station, claim.household, claim.market)
    return tuple(dict.fromkeys(name for name in named if name))
