"""What officers do to one claim; each step is decided on the claim's newest history, nobody else between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.claims import steps
from matcher.office.claims.record import ClaimRecord, Proposal, claim_stream, read_claim
from matcher.privacy import without_personal
from matcher.records.deeds import Deed, NewDeed
from matcher.services.claims.desk import ClaimDesk, find_claim
from matcher.services.claims.propose import book_of, named_benefit, reassessed
from matcher.services.claims.recovery import false_claims, require_not_refuted, to_recover
from matcher.services.claims.stating import typed

Step = Callable[[ClaimRecord], Sequence[NewDeed]]


def tick_paper(desk: ClaimDesk, claim_id: str, paper: str, *, held: bool) -> ClaimRecord:
    """A paper is there, or is not. NotFound, InvalidInput, Conflict."""
    return _act(desk, claim_id, lambda record: steps.tick(record, paper, held, desk.by))


def approve_claim(desk: ClaimDesk, claim_id: str, *, seen: int | None = None) -> ClaimRecord:
    """The first or second approval, if the records of now still say what was proposed.

    seen : how many deeds the claim had on the page that was read (None: whatever it has)
    Conflict where they do not, where something was done since it was read, where the claim does not stand, and where
    another claim holds the same benefit, where its placement was found false; Forbidden where the first approval is the
    same person's.
    """
    record = find_claim(desk, claim_id)
    require_not_refuted(desk, [record])
    _unmoved(record, seen)
    now = reassessed(desk, record)
    if record.proposal is None or not steps.same_answer(record.proposal, now):
        remedy = "先退回审批或重新提出，看清变了什么，再审批。"
        raise Conflict("名册或政策和提出时不一样了", where=claim_id, remedy=remedy)

    def step(newest: ClaimRecord) -> Sequence[NewDeed]:
        _unmoved(newest, seen)
        if newest.proposal != record.proposal:
            raise _moved(claim_id)
        return steps.approve(newest, desk.by)

    return _act(desk, claim_id, step)


def _unmoved(record: ClaimRecord, seen: int | None) -> None:
    """Raises Conflict if more was done than somebody has read: nobody agrees to an amount that was not shown."""
    if seen is not None and record.n_deeds != seen:
        raise _moved(record.claim_id)


def _moved(claim_id: str) -> Conflict:
    return Conflict("您打开这一页以后，有人办过这笔申领", where=claim_id, remedy="请刷新页面，看清金额和材料再审批。")


def take_back_approval(desk: ClaimDesk, claim_id: str, why: str) -> ClaimRecord:
    """Approvals are taken back; no money may be on its way. NotFound, InvalidInput, Conflict."""
    return _act(desk, claim_id, lambda record: steps.take_back(record, without_personal(why), desk.by))


def withdraw_claim(desk: ClaimDesk, claim_id: str, why: str) -> ClaimRecord:
    """Whoever claimed no longer does. NotFound, InvalidInput, Conflict."""
    return _act(desk, claim_id, lambda record: steps.withdraw(record, without_personal(why), desk.by))


def refuse_claim(desk: ClaimDesk, claim_id: str, why: str, clause: str = "") -> ClaimRecord:
    """The office refuses, by the claim's own clause or the one named. NotFound, InvalidInput, Conflict."""

    def step(record: ClaimRecord) -> Sequence[NewDeed]:
        return steps.refuse(
            record, without_personal(why), clause or (record.proposal.clause if record.proposal else ""), desk.by
        )

    return _act(desk, claim_id, step)


def recover_claim(desk: ClaimDesk, claim_id: str, why: str) -> ClaimRecord:
    """What was paid for a placement found false is back; why : by which receipt.

    NotFound, InvalidInput; Conflict where nothing was paid, or where nobody found the placement false.
    """
    if not _is_to_recover(desk, find_claim(desk, claim_id)):
        raise Conflict("这笔钱不在要追回的里面", where=claim_id, remedy="请从“要追回的”重新点进来。")
    return _act(desk, claim_id, lambda record: steps.recover(record, without_personal(why), desk.by))


def _is_to_recover(desk: ClaimDesk, record: ClaimRecord) -> bool:
    return bool(to_recover([record], false_claims(desk, [record])))


def propose_again(desk: ClaimDesk, claim_id: str) -> ClaimRecord:
    """The claim weighed anew with the records of now; a refused or withdrawn one is opened once more."""
    proposal = reassessed(desk, find_claim(desk, claim_id))
    return _act(desk, claim_id, partial(_proposed, desk, proposal))


def state_fact(desk: ClaimDesk, claim_id: str, facts: Mapping[str, str], why: str) -> ClaimRecord:
    """Facts somebody found out, as text, with the grounds; the claim is weighed anew with them in the same deed.

    InvalidInput for a fact the benefit does not ask for or a text that does not fit it; nothing is written then.
    """
    record = find_claim(desk, claim_id)
    if record.proposal is None:
        raise Conflict("这笔申领的个人信息已删除", where=claim_id)
    _require_open(record, record.proposal, facts)
    found = {name: _typed(desk, record.proposal, name, text) for name, text in facts.items()}
    if not found:
        raise InvalidInput("没有填查到的内容", where="facts", remedy="至少填一项。")
    proposal = reassessed(desk, record, {**record.stated, **found})

    def step(newest: ClaimRecord) -> Sequence[NewDeed]:
        said = steps.state_facts(newest, found, without_personal(why), desk.by)
        return [*said, *_proposed(desk, proposal, newest)]

    return _act(desk, claim_id, step)


def _require_open(record: ClaimRecord, told: Proposal, names: Iterable[str]) -> None:
    """Facts that records hold are put right in the records: a statement beside them would pay against the register."""
    rows = [row for value in told.facts.values() if isinstance(value, list) for row in value if isinstance(row, dict)]
    for name in names:
        held = [told.facts.get(name), *(row.get(name) for row in rows)]
        if name not in record.stated and any(value is not None for value in held):
            remedy = "登记错了，请在名册里改，再按现在的记录重新算。"
            raise InvalidInput("这一项名册里已经登记了", where=name, remedy=remedy)


def _proposed(desk: ClaimDesk, proposal: Proposal, record: ClaimRecord) -> Sequence[NewDeed]:
    return steps.propose(record.claim_id, record, proposal, desk.by, again=True)


def _typed(desk: ClaimDesk, told: Proposal, name: str, text: str) -> Any:
    pack, benefit = named_benefit(book_of(desk, ()), told.claim.pack, told.claim.benefit)
    return typed(pack, benefit, name, text, desk.means.packs.vocabulary)


def _act(desk: ClaimDesk, claim_id: str, step: Step) -> ClaimRecord:
    """One step on the newest history of a claim of the reader's regions."""
    find_claim(desk, claim_id)

    def decide(deeds: tuple[Deed, ...]) -> Sequence[NewDeed]:
        record = read_claim(deeds)
        if record is None:
            raise NotFound("没有这笔申领", where=claim_id)
        return step(record)

    record = read_claim(desk.deeds.act(claim_stream(claim_id), decide))
    return msgspec.structs.replace(record) if record is not None else find_claim(desk, claim_id)
