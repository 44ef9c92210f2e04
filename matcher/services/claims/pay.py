"""Payment files: made of approved claims in one transaction, and what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.claims.payments import (
    PREFIX,
    LineState,
    PaymentFile,
    lines_of,
    payment_stream,
    read_payments,
    send,
)
from matcher.office.claims.record import PAYABLE, ClaimRecord, claim_stream
from matcher.records.deeds import Deed, NewDeed
from matcher.services.claims.desk import ClaimDesk, all_claims, seen_claims
from matcher.services.claims.payment_file import payees, renamed, written, yuan
from matcher.services.claims.recovery import false_claims, require_not_refuted


def payable_claims(desk: ClaimDesk) -> list[ClaimRecord]:
    """Approved claims of the regions in no file, and those a bank sent back; none of a placement found false."""
    seen = [one for one in seen_claims(desk, all_claims(desk).values()) if one.state in PAYABLE]
    false = false_claims(desk, seen)
    return [record for record in seen if record.claim_id not in false]


def make_payment(desk: ClaimDesk, claim_ids: Sequence[str] = (), *, most_fen: int = 0) -> PaymentFile:
    """A new payment file of the named claims, or of all that may be paid; all of them or none.

    most_fen : the file stops before it would go over this sum (0: no bound)
    Raises InvalidInput with nothing to pay, NotFound for a claim of nobody's, Conflict where one is not payable, rests
    on a placement found false, or another file has just taken it.
    """
    chosen = _chosen(desk, claim_ids, most_fen)
    if not chosen:
        raise InvalidInput("没有可以拨付的申领", where="payment", remedy="先办完两次审批。")
    payment_id, lines = lines_of(chosen, desk.by)
    body = written(lines, payees(desk, lines))
    made = send({record.claim_id: record for record in chosen}, payment_id, lines, body, desk.by)
    read = {claim_stream(record.claim_id): record.n_deeds for record in chosen}
    desk.deeds.act_all({stream: partial(_as_read, read.get(stream, 0), new) for stream, new in made.items()})
    return find_payment(desk, payment_id)


def _as_read(n_read: int, new: Sequence[NewDeed], deeds: Sequence[Deed]) -> Sequence[NewDeed]:
    """Deeds for a stream that still is as it was read: a line must not say what its claim no longer says."""
    if len(deeds) != n_read:
        remedy = "刚才有人也在办，没有重复拨付。请刷新页面再看。"
        raise Conflict("这批申领里有的刚刚办过", where=deeds[-1].stream if deeds else "payment", remedy=remedy)
    return new


def _chosen(desk: ClaimDesk, claim_ids: Sequence[str], most_fen: int) -> list[ClaimRecord]:
    payable = {record.claim_id: record for record in payable_claims(desk)}
    if not claim_ids:
        return _within(list(payable.values()), most_fen)
    seen = {record.claim_id: record for record in seen_claims(desk, all_claims(desk).values())}
    strange = [one for one in claim_ids if one not in seen]
    if strange:
        raise NotFound("没有这笔申领", where=strange[0], remedy="请从申领列表选。")
    named = [seen[one] for one in dict.fromkeys(claim_ids)]
    require_not_refuted(desk, named)
    for record in named:
        if record.state not in PAYABLE:
            raise Conflict(f"这笔申领现在是“{record.state.label}”，不能拨付", where=record.claim_id)
    return _within(named, most_fen)


def _within(records: list[ClaimRecord], most_fen: int) -> list[ClaimRecord]:
    """As many as fit under a sum, those approved first first."""
    if not most_fen:
        return records
    taken, left = [], most_fen
    for record in sorted(records, key=_approved_at):
        fen = record.proposal.amount_fen if record.proposal and record.proposal.amount_fen else 0
        if fen <= left:
            taken.append(record)
            left -= fen
    return taken


def _approved_at(record: ClaimRecord) -> tuple[datetime, str]:
    return record.approvals[-1].at, record.claim_id


def all_payments(desk: ClaimDesk) -> dict[str, PaymentFile]:
    """Every payment file by id, oldest first; for readers without a region, a file spans the county."""
    return read_payments(desk.deeds.deeds(prefix=PREFIX))


def find_payment(desk: ClaimDesk, payment_id: str) -> PaymentFile:
    """A payment file; NotFound for a reader with a region whom some line of it does not concern."""
    found = read_payments(desk.deeds.stream(payment_stream(payment_id))).get(payment_id)
    if found is None or not _whole(desk, found):
        raise NotFound("没有这个拨付文件", where=payment_id, remedy="请从拨付列表重新点进来。")
    return found


def _whole(desk: ClaimDesk, file: PaymentFile) -> bool:
    """Whether the regions reach every line."""
    if not desk.regions:
        return True
    known = all_claims(desk)
    records = [known[line.claim_id] for line in file.lines if line.claim_id in known]
    return len(seen_claims(desk, records)) == len(file.lines)


def payment_row(file: PaymentFile) -> dict[str, Any]:
    """A payment file as a row: lines and fen by what the bank said, problems kept."""
    told = [file.told.get(line.line_id, LineState.SENT) for line in file.lines]
    return {
        "payment_id": file.payment_id,
        "made_on": file.made_on.isoformat(),
        "made_by": file.made_by,
        "n_lines": len(file.lines),
        "total_fen": file.total_fen,
        **{f"n_{state.value}": sum(one is state for one in told) for state in LineState},
        **{f"{state.value}_fen": file.fen_of(state) for state in LineState},
        "n_problems": len(file.problems),
        "sha256": file.sha256,
    }


def payment_told(desk: ClaimDesk, payment_id: str) -> dict[str, Any]:
    """One payment file: its row, its lines without names, every problem kept. NotFound outside the regions.

    renamed : of a line, whether its payee is known by another name today; file_kept : False past its years
    """
    file = find_payment(desk, payment_id)
    others = renamed(desk, file)
    lines = [
        {
            "line_id": line.line_id,
            "claim_id": line.claim_id,
            "title": line.title,
            "amount": yuan(line.amount_fen),
            "amount_fen": line.amount_fen,
            "state": (told := file.told.get(line.line_id, LineState.SENT)).value,
            "label": LINE_LABELS[told],
            "renamed": line.line_id in (others or ()),
        }
        for line in file.lines
    ]
    problems = [
        {"file": one.file, "row": one.row, "column": one.column, "found": one.found, "fix": one.fix}
        for one in file.problems
    ]
    return {
        **payment_row(file),
        "total": yuan(file.total_fen),
        "file_kept": others is not None,
        "n_renamed": len(others or ()),
        "lines": lines,
        "problems": problems,
    }


LINE_LABELS: Final = {LineState.SENT: "等银行回单", LineState.PAID: "已到账", LineState.REFUSED: "银行退回"}
