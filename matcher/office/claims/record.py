"""A claim as its deeds tell it: proposed, evidence, two approvals, in a payment file, paid or not; a pure fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from matcher.policy.benefits import Claim, PartShare
from matcher.policy.benefits.answer import ELIGIBLE
from matcher.records.deeds import Deed

PREFIX: Final = "claim:"
ERASED_BODY: Final = "erased"


class ClaimState(StrEnum):
    """Where a claim stands; LACKING waits for evidence or for what is not settled, READY for the first approval."""

    LACKING = "lacking"
    READY = "ready"
    APPROVED_ONCE = "approved_once"
    APPROVED = "approved"
    IN_PAYMENT = "in_payment"
    BANK_REFUSED = "bank_refused"
    PAID = "paid"
    RECOVERED = "recovered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"

    @property
    def label(self) -> str:
        """As pages say it."""
        return _LABELS[self]


_LABELS: Final = {
    ClaimState.LACKING: "还缺材料或要核实",
    ClaimState.READY: "等初审",
    ClaimState.APPROVED_ONCE: "等复审",
    ClaimState.APPROVED: "可以拨付",
    ClaimState.IN_PAYMENT: "已报拨付",
    ClaimState.BANK_REFUSED: "银行退回",
    ClaimState.PAID: "已到账",
    ClaimState.RECOVERED: "已追回",
    ClaimState.REFUSED: "不予支付",
    ClaimState.WITHDRAWN: "已撤回",
    ClaimState.ERASED: "个人信息已按本人要求删除",
}
CLOSED: Final = frozenset({ClaimState.REFUSED, ClaimState.WITHDRAWN, ClaimState.RECOVERED, ClaimState.ERASED})
"""Nothing is held for these: what they asked for may be asked for again."""
_MONEY: Final = {
    "claim.sent": ClaimState.IN_PAYMENT,
    "claim.paid": ClaimState.PAID,
    "claim.bank_refused": ClaimState.ERASED,
    "claim.recovered": ClaimState.ERASED,
}
OPEN_TO_CHANGE: Final = frozenset({ClaimState.LACKING, ClaimState.READY})
PAYABLE: Final = frozenset({ClaimState.APPROVED, ClaimState.BANK_REFUSED})


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """One figure an amount rests on: what it is called, its value as plain text, its unit, clause and who set it."""

    name: str
    value: str
    unit: str = ""
    clause: str = ""
    by: str = ""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """One reason of an outcome, with its sentence."""

    code: str
    sentence: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy said of a claim on the day it was proposed.

    claim : who asks for what for whom, ids only; source : the record it was read from ("" for a line handed in)
    version : SHA-256 of the pack; amount_fen : only beside eligible, None where the document leaves it open
    guards : what is used up; places : region codes of a claim that is about no person
    from_future : evidence dated after the day of the claim, which counts for nothing
    beside : ids of further placements it rests on
    """

    claim: Claim
    source: str = ""
    title: str
    purpose: str = ""
    document: str
    clause: str
    version: str
    outcome: str
    why: tuple[Why, ...] = ()
    amount_fen: int | None = None
    quantity: str = ""
    shares: tuple[PartShare, ...] = ()
    funds: tuple[str, ...] = ()
    working: tuple[Working, ...] = ()
    papers: tuple[tuple[str, str], ...] = ()
    held: tuple[str, ...] = ()
    payees: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, Any] = {}
    facts_missing: tuple[str, ...] = ()
    figures_missing: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    from_future: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """Who agreed, when."""

    by: str
    at: datetime


class ClaimRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A claim after its last deed.

    ticks : paper -> whether it is there, as people said it; stated : facts people recorded for this claim
    lines : ids of the payment lines so far, the last one counts; note : why it was refused, sent back or withdrawn
    filed_on : the day it was first asked for, by which the document's days are judged
    """

    claim_id: str
    state: ClaimState
    proposal: Proposal | None = None
    ticks: Mapping[str, bool] = {}
    stated: Mapping[str, Any] = {}
    approvals: tuple[Approval, ...] = ()
    lines: tuple[str, ...] = ()
    note: str = ""
    paid_on: date | None = None
    filed_on: date | None = None
    n_deeds: int = 0

    @property
    def held(self) -> frozenset[str]:
        """Ids of the papers that are there: found in the records, or ticked by somebody."""
        found = frozenset(self.proposal.held) if self.proposal else frozenset()
        there = {paper for paper, is_there in self.ticks.items() if is_there}
        return (found | there) - {paper for paper, is_there in self.ticks.items() if not is_there}

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of the papers still to come, in the order of the document."""
        return tuple(paper for paper, _ in self.proposal.papers if paper not in self.held) if self.proposal else ()

    @property
    def line(self) -> str:
        """Id of the payment line that counts, "" before any."""
        return self.lines[-1] if self.lines else ""

    @property
    def stands(self) -> bool:
        """Whether it may be approved: eligible, an amount above nothing, every paper there, somebody is paid."""
        told = self.proposal
        return (
            told is not None
            and told.outcome == ELIGIBLE
            and bool(told.amount_fen)
            and bool(told.payees)
            and not told.from_future
            and not self.missing
        )


def claim_stream(claim_id: str) -> str:
    """The stream of a claim."""
    return PREFIX + claim_id


def read_claims(deeds: Iterable[Deed]) -> dict[str, ClaimRecord]:
    """Every claim of the deeds by id, in the order they were first proposed; deeds of other streams are passed over."""
    streams: dict[str, list[Deed]] = {}
    for deed in deeds:
        if deed.stream.startswith(PREFIX):
            streams.setdefault(deed.stream, []).append(deed)
    found = (read_claim(one) for one in streams.values())
    return {record.claim_id: record for record in found if record is not None}


def read_claim(deeds: Iterable[Deed]) -> ClaimRecord | None:
    """The claim of one stream after its last deed; None for an empty stream."""
    record: ClaimRecord | None = None
    for deed in deeds:
        if record is None:
            record = ClaimRecord(claim_id=deed.stream.removeprefix(PREFIX), state=ClaimState.LACKING)
        record = msgspec.structs.replace(_after(record, deed), n_deeds=record.n_deeds + 1)
    return record


def _after(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    """The claim after one more deed; words about somebody who was erased leave only that it was."""
    if deed.body.get(ERASED_BODY) is True:
        # Money that went out stays counted: the line that paid it names the claim and not the person.
        kept = record.state if record.state in (ClaimState.PAID, ClaimState.IN_PAYMENT) else ClaimState.ERASED
        moved = _MONEY.get(deed.kind, kept)
        return ClaimRecord(claim_id=record.claim_id, state=moved, lines=record.lines, n_deeds=record.n_deeds)
    step = _STEPS.get(deed.kind)
    return step(record, deed) if step is not None else record


def _proposed(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    proposal = msgspec.convert(deed.body["proposal"], Proposal)
    filed_on = deed.on if record.state in CLOSED else record.filed_on or deed.on
    fresh = msgspec.structs.replace(
        record, proposal=proposal, approvals=(), note="", state=ClaimState.LACKING, filed_on=filed_on
    )
    return _settled(fresh)


def _settled(record: ClaimRecord) -> ClaimRecord:
    """Between lacking and ready, as its papers say."""
    state = ClaimState.READY if record.stands else ClaimState.LACKING
    return msgspec.structs.replace(record, state=state)


def _evidence(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    ticks = {**record.ticks, str(deed.body["paper"]): bool(deed.body["held"])}
    return _settled(msgspec.structs.replace(record, ticks=ticks))


def _stated(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    return msgspec.structs.replace(record, stated={**record.stated, **deed.body["facts"]})


def _approved(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    approvals = (*record.approvals, Approval(by=deed.by, at=deed.at))
    state = ClaimState.APPROVED_ONCE if len(approvals) == 1 else ClaimState.APPROVED
    return msgspec.structs.replace(record, approvals=approvals, state=state)


def _taken_back(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    return _settled(msgspec.structs.replace(record, approvals=(), note=str(deed.body.get("why", ""))))


def _sent(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    lines = (*record.lines, str(deed.body["line"]))
    return msgspec.structs.replace(record, lines=lines, state=ClaimState.IN_PAYMENT, note="")


def _paid(record: ClaimRecord, deed: Deed) -> ClaimRecord:
    return msgspec.structs.replace(record, state=ClaimState.PAID, paid_on=deed.on, note="")


def _ended(state: ClaimState) -> Callable[[ClaimRecord, Deed], ClaimRecord]:
    def step(record: ClaimRecord, deed: Deed) -> ClaimRecord:
        return msgspec.structs.replace(record, state=state, note=str(deed.body.get("why", "")))

    return step


_STEPS: Final[Mapping[str, Callable[[ClaimRecord, Deed], ClaimRecord]]] = {
    "claim.proposed": _proposed,
    "claim.evidence": _evidence,
    "claim.stated": _stated,
    "claim.approved": _approved,
    "claim.taken_back": _taken_back,
    "claim.sent": _sent,
    "claim.paid": _paid,
    "claim.bank_refused": _ended(ClaimState.BANK_REFUSED),
    "claim.withdrawn": _ended(ClaimState.WITHDRAWN),
    "claim.recovered": _ended(ClaimState.RECOVERED),
    "claim.refused": _ended(ClaimState.REFUSED),
}
