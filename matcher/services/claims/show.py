"""Claims as pages and the command line tell them: rows by state, and one claim with all that bears on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from matcher.errors import InvalidInput
from matcher.office.claims.cases import claim_facts
from matcher.office.claims.record import CLOSED, OPEN_TO_CHANGE, PAYABLE, ClaimRecord, ClaimState, Proposal
from matcher.office.claims.steps import STATABLE, WITHDRAWABLE
from matcher.policy.benefits.answer import (
    ELIGIBLE,
    NEEDS_CONFIG,
    NEEDS_REVIEW,
    NO_RULE,
    NOT_COMPUTABLE,
    NOT_ELIGIBLE,
)
from matcher.policy.figures.words import figure_name, row_of
from matcher.policy.types import Vocabulary
from matcher.records import Employer, Kind, Worker
from matcher.records.deeds import Deed
from matcher.services.claims.desk import ClaimDesk, all_claims, find_claim, seen_claims
from matcher.services.claims.payment_file import yuan
from matcher.services.claims.programmes import station_names
from matcher.services.claims.propose import Proposed
from matcher.services.claims.recovery import RECOVER, RECOVER_LABEL, false_claims, refutation_told, to_recover
from matcher.services.claims.stating import OTHER, OTHER_LABEL, fact_label, fields
from matcher.services.ground.masked_people import masked_people

N_SHOWN: Final = 50
NO_NAMES: Final[Mapping[str, str]] = {}
OUTCOMES: Final = {
    ELIGIBLE: "符合条件",
    NOT_ELIGIBLE: "不符合条件",
    NEEDS_REVIEW: "要人工核实",
    NEEDS_CONFIG: "要县里先填数",
    NOT_COMPUTABLE: "原文隐去了数，不能计算",
    NO_RULE: "文件没有这一条",
}
DEEDS: Final = {
    "claim.proposed": "按政策重新算过",
    "claim.evidence": "核对材料",
    "claim.stated": "补充核实的事实",
    "claim.approved": "审批",
    "claim.taken_back": "退回审批",
    "claim.sent": "报送拨付",
    "claim.paid": "银行回单：到账",
    "claim.bank_refused": "银行回单：退回",
    "claim.withdrawn": "撤回",
    "claim.recovered": "追回",
    "claim.refused": "不予支付",
}

VERBS: Final = {
    "claim": "看了这一笔", "claims": "看了清单", "claim_evidence": "核对了材料", "claim_stated": "补充了核实的事实",
    "claim_proposed": "重新算过", "claim_approved": "审批了", "claim_take_back": "退回了审批",
    "claim_withdraw": "办了撤回", "claim_refuse": "办了不予支付", "claim_recover": "记了追回",
    "claims_proposed": "按名册提出", "payment_made": "编进了拨付文件", "payment_file": "下载了拨付文件",
}  # fmt: skip
"""Verbs of the audit about a claim, as its page tells them."""


def worklist(desk: ClaimDesk, *, state: str = "", skip: int = 0) -> dict[str, Any]:
    """Claims of the regions by state, a page of them; sums are of the claims counted beside them.

    state : one state alone, "" for those somebody has to do something about, RECOVER for money to ask back.
    InvalidInput for another word.
    """
    if state not in {"", RECOVER, *(one.value for one in ClaimState)}:
        raise InvalidInput("没有这种申领", where="state", remedy="请从申领页重新点进来。")
    seen = seen_claims(desk, all_claims(desk).values())
    false = false_claims(desk, seen)
    back = to_recover(seen, false)
    payable = [record for record in seen if record.state in PAYABLE and record.claim_id not in false]
    n = Counter(record.state for record in seen)
    fen: Counter[ClaimState] = Counter()
    for record in seen:
        fen[record.state] += _fen(record)
    chosen = back if state == RECOVER else [record for record in seen if _wanted(record, state)]
    chosen.sort(key=lambda record: (_ORDER[record.state], record.filed_on or desk.on, record.claim_id))
    shown = chosen[skip : skip + N_SHOWN]
    return {
        "on": desk.on.isoformat(),
        "state": state,
        "states": [
            {"state": one.value, "label": one.label, "n": n[one], "amount_fen": fen[one], "amount": yuan(fen[one])}
            for one in ClaimState
            if n[one]
        ]
        + ([_recovery(back)] if back else []),
        "rows": claim_rows(desk, shown),
        "n_rows": len(chosen),
        "skip": skip,
        "n_shown": N_SHOWN,
        "n_payable": len(payable),
        "payable": yuan(sum(map(_fen, payable))),
    }


def _recovery(back: Sequence[ClaimRecord]) -> dict[str, Any]:
    """Money to ask back as a line beside the states."""
    fen = sum(map(_fen, back))
    return {"state": RECOVER, "label": RECOVER_LABEL, "n": len(back), "amount_fen": fen, "amount": yuan(fen)}


_ORDER: Final = {state: at for at, state in enumerate((
    ClaimState.APPROVED_ONCE, ClaimState.READY, ClaimState.BANK_REFUSED, ClaimState.APPROVED, ClaimState.LACKING,
    ClaimState.IN_PAYMENT, ClaimState.PAID, ClaimState.RECOVERED, ClaimState.REFUSED, ClaimState.WITHDRAWN,
    ClaimState.ERASED,
))}  # fmt: skip


def _wanted(record: ClaimRecord, state: str) -> bool:
    if state:
        return record.state.value == state
    return record.state not in CLOSED and record.state not in (ClaimState.PAID, ClaimState.IN_PAYMENT)


def _fen(record: ClaimRecord) -> int:
    return (record.proposal.amount_fen or 0) if record.proposal else 0


def claim_rows(desk: ClaimDesk, records: Sequence[ClaimRecord]) -> list[dict[str, Any]]:
    """Rows with masked names; an amount is null where none follows, never 0."""
    people = _people(desk, records)
    firms = _firms(desk, records)
    if not {_payee(record) for record in records} <= {"", *people, *firms}:
        firms = {**station_names(desk), **desk.brokers(), **firms}
    return [_row(record, people, firms) for record in records]


def _row(record: ClaimRecord, people: Mapping[str, Any], firms: Mapping[str, str]) -> dict[str, Any]:
    told = record.proposal
    head = {"claim_id": record.claim_id, "state": record.state.value, "label": record.state.label}
    if told is None:
        return head
    return {
        **head,
        "benefit": told.claim.benefit,
        "title": told.title,
        "clause": told.clause,
        "document": told.document,
        "worker_ids": list(told.claim.persons),
        "people": [people[one] for one in told.claim.persons if one in people],
        "claimant": _claimant(_payee(record), people, firms),
        "outcome": told.outcome,
        "outcome_label": OUTCOMES.get(told.outcome, told.outcome),
        "why": [one.sentence for one in told.why],
        "amount_fen": told.amount_fen,
        "amount": yuan(told.amount_fen) if told.amount_fen is not None else None,
        "n_papers": len(told.papers),
        "n_missing": len(record.missing),
        "on": told.claim.on.isoformat(),
        "month": "、".join(told.claim.months),
        "filed_on": record.filed_on.isoformat() if record.filed_on else "",
    }


def _payee(record: ClaimRecord) -> str:
    """Id of who is paid."""
    claim = record.proposal.claim if record.proposal else None
    return (claim.claimant or claim.operator or claim.station) if claim else ""


def _claimant(payee: str, people: Mapping[str, Any], firms: Mapping[str, str]) -> str:
    """Who is paid: a name somebody reads, else the id it is known by."""
    if payee in people:
        return str(people[payee]["name"])
    return firms.get(payee, payee)


def _people(desk: ClaimDesk, records: Iterable[ClaimRecord]) -> dict[str, dict[str, str]]:
    ids = sorted({one for record in records if record.proposal for one in record.proposal.claim.persons})
    found = [one for one in desk.store.records(Kind.WORKERS, ids=ids) if isinstance(one, Worker)] if ids else []
    return {
        one.worker_id: {"worker_id": one.worker_id, "name": one.name, "place": one.place}
        for one in masked_people(desk.store, found).values()
    }


def _firms(desk: ClaimDesk, records: Iterable[ClaimRecord]) -> dict[str, str]:
    ids = sorted({record.proposal.claim.claimant for record in records if record.proposal} - {""})
    found = desk.store.records(Kind.EMPLOYERS, ids=ids) if ids else []
    return {firm.employer_id: firm.name for firm in found if isinstance(firm, Employer)}


def claim_told(desk: ClaimDesk, claim_id: str) -> dict[str, Any]:
    """One claim: clause and version, evidence, the working of the amount, approvals, what was done, what may be done.

    NotFound for a claim the regions do not reach.
    """
    record = find_claim(desk, claim_id)
    told = record.proposal
    row = claim_rows(desk, [record])[0]
    history = [_step(deed) for deed in desk.deeds.stream(f"claim:{claim_id}")]
    if told is None:
        return {**row, "history": history, "may": {}}
    vocabulary = desk.means.packs.vocabulary
    return {
        **row,
        "pack": told.claim.pack,
        "version": told.version,
        "source": told.source,
        "payees": [label for _, label in told.payees],
        "funds": [vocabulary.words.get(one, one) for fund in told.funds for one in fund.split("、")],
        "working": [_dict(one) for one in told.working],
        "shares": [{"label": one.label, "amount_fen": one.fen, "amount": yuan(one.fen)} for one in told.shares],
        "papers": [
            {"paper": paper, "label": label, "held": paper in record.held, "found": paper in told.held}
            for paper, label in told.papers
        ],
        "facts": [
            {
                "label": fact_label(name, vocabulary),
                "value": _said(value, vocabulary, _parties(told, name)),
                "stated": name in record.stated,
            }
            for name, value in _flat(told.facts)
        ],
        **_statable(desk, record, told),
        "figures_missing": [_figure(desk, told, name) for name in told.figures_missing],
        "from_future": list(told.from_future),
        "approvals": [{"by": one.by, "at": one.at.isoformat()} for one in record.approvals],
        "lines": list(record.lines),
        "note": record.note,
        "paid_on": record.paid_on.isoformat() if record.paid_on else "",
        "refuted": refutation_told(desk, record),
        "history": history,
        "seen": record.n_deeds,
        "may": _may(record, desk.by.actor),
    }


def _may(record: ClaimRecord, actor: str) -> dict[str, bool]:
    """Which deeds the claim's state allows this reader."""
    first = record.state is ClaimState.READY
    second = record.state is ClaimState.APPROVED_ONCE
    return {
        "change": record.state in OPEN_TO_CHANGE,
        "state": record.state in STATABLE,
        "approve": first or (second and record.approvals[0].by != actor),
        "second_needed": second and record.approvals[0].by == actor,
        "take_back": second or record.state in PAYABLE,
        "end": record.state in WITHDRAWABLE,
        "again": record.state in (*OPEN_TO_CHANGE, ClaimState.REFUSED, ClaimState.WITHDRAWN),
    }


def _statable(desk: ClaimDesk, record: ClaimRecord, told: Proposal) -> dict[str, Any]:
    """What a person may find out for the claim, and what somebody found out before and may put right."""
    pack = desk.means.packs.packs.get(told.claim.pack)
    benefit = pack.benefit(told.claim.benefit) if pack is not None else None
    if pack is None or benefit is None:
        return {"facts_missing": [], "facts_stated": []}
    words = desk.means.packs.vocabulary
    missing = [name for name in told.facts_missing if name not in record.stated]
    return {
        "facts_missing": fields(pack, benefit, missing, words),
        "facts_stated": fields(pack, benefit, list(record.stated), words),
    }


def _flat(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Facts of the claim, those of its rows spread out."""
    found: list[tuple[str, Any]] = []
    for name, value in facts.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            found += [pair for row in value for pair in row.items() if pair[1] is not None]
        else:
            found.append((name, value))
    return found


def _parties(told: Proposal, name: str) -> Mapping[str, str]:
    """Who is paid, in the document's words, where a fact says which of them claims."""
    purpose = claim_facts().purposes.get(told.purpose)
    return dict(told.payees) if purpose is not None and name in purpose.kind_facts else {}


def _said(value: Any, vocabulary: Vocabulary, names: Mapping[str, str] = NO_NAMES) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "没有登记"
    if isinstance(value, list):
        return "、".join(_said(one, vocabulary, names) for one in value) or "没有"
    return names.get(str(value)) or (OTHER_LABEL if value == OTHER else vocabulary.words.get(str(value), str(value)))


def _figure(desk: ClaimDesk, told: Proposal, name: str) -> dict[str, str]:
    pack = desk.means.packs.packs.get(told.claim.pack)
    row = row_of(pack, name) if pack else None
    label = figure_name(row, desk.means.packs.vocabulary) if row else name
    return {"pack": told.claim.pack, "name": name, "label": label}


def _dict(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def _step(deed: Deed) -> dict[str, Any]:
    """One deed as a line: what, who, when, and its words."""
    body = deed.body
    words = "；".join(str(body[name]) for name in ("why", "clause", "line") if body.get(name))
    if deed.kind == "claim.approved":
        words = "初审" if body.get("step") == 1 else "复审"
    if deed.kind == "claim.evidence":
        words = "材料齐了一份" if body.get("held") else "材料撤下一份"
    return {
        "number": deed.number,
        "what": DEEDS.get(deed.kind, deed.kind),
        "kind": deed.kind,
        "by": deed.by,
        "at": deed.at.isoformat(),
        "words": "" if body.get("erased") else words,
    }


def proposed_row(found: Proposed) -> dict[str, Any]:
    """What came of one proposal, ids only: for the command line and for counting on a page."""
    told = found.proposal
    return {
        "claim_id": found.claim_id,
        "written": found.written,
        "benefit": told.claim.benefit,
        "worker_ids": list(told.claim.persons),
        "claimant": told.claim.claimant,
        "source": told.source,
        "outcome": told.outcome,
        "amount_fen": told.amount_fen,
        "clause": told.clause,
        "document": told.document,
        "why": [{"code": one.code, "sentence": one.sentence} for one in told.why],
        "missing": [label for paper, label in told.papers if paper not in told.held],
        "facts_missing": list(told.facts_missing),
        "figures_missing": list(told.figures_missing),
        "from_future": list(told.from_future),
    }
