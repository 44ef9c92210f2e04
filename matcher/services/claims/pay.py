"""Payment files: made of approved claims in one transaction, written without more of a person than a bank needs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any, Final

from matcher.errors import Conflict, InvalidInput, NotFound, UsageError
from matcher.intake.textual import guarded
from matcher.intake.workbook import new_workbook, put
from matcher.office.claims.payments import (
    PREFIX,
    Line,
    LineState,
    PaymentFile,
    lines_of,
    payment_stream,
    read_payments,
    send,
)
from matcher.office.claims.record import PAYABLE, ClaimRecord, claim_stream
from matcher.policy.benefits.money import FEN_PER_YUAN
from matcher.privacy import neutral_words
from matcher.records import Employer, Kind
from matcher.records.deeds import Deed, NewDeed
from matcher.services.claims.desk import ClaimDesk, all_claims, seen_claims

HEADER: Final = ("行号", "收款人", "收款账号", "金额(元)", "用途")
"""Accounts are kept by the paying office; a line names nobody's identity number, telephone, village or register."""
FORMS: Final = ("xlsx", "csv")


def payable_claims(desk: ClaimDesk) -> list[ClaimRecord]:
    """Approved claims of the regions that are in no file, and those a bank sent back."""
    return [record for record in seen_claims(desk, all_claims(desk).values()) if record.state in PAYABLE]


def make_payment(desk: ClaimDesk, claim_ids: Sequence[str] = (), *, most_fen: int = 0) -> PaymentFile:
    """A new payment file of the named claims, or of all that may be paid; all of them or none.

    most_fen : the file stops before it would go over this sum (0: no bound)
    Raises InvalidInput with nothing to pay, NotFound for a claim of nobody's, Conflict where one is not payable or
    another file has just taken it.
    """
    chosen = _chosen(desk, claim_ids, most_fen)
    if not chosen:
        raise InvalidInput("没有可以拨付的申领", where="payment", remedy="先办完两次审批。")
    payment_id, lines = lines_of(chosen, desk.by)
    body = payment_bytes(lines, payees(desk, lines), "csv")
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
    return _within([seen[one] for one in dict.fromkeys(claim_ids)], most_fen)


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


def payees(desk: ClaimDesk, lines: Iterable[Line]) -> dict[str, str]:
    """Id of a payee -> the name a bank pays to: a person's, a firm's, a broker's; else the id the office knows."""
    ids = sorted({line.payee for line in lines if line.payee})
    names = {one: found.name for one, found in desk.store.identities(ids).items() if found.name}
    firms = desk.store.records(Kind.EMPLOYERS, ids=ids) if ids else []
    names = {firm.employer_id: firm.name for firm in firms if isinstance(firm, Employer)} | names
    brokers = desk.brokers() if names.keys() != set(ids) else {}
    return {**{one: brokers[one] for one in ids if one in brokers}, **names}


def payment_bytes(lines: Sequence[Line], names: Mapping[str, str], form: str) -> bytes:
    """The file as a bank gets it: a line id, a name, an empty account, yuan to the fen, what for."""
    rows = [
        (line.line_id, names.get(line.payee, line.payee), "", yuan(line.amount_fen), neutral_words(line.title))
        for line in lines
    ]
    return _workbook(rows) if form == "xlsx" else _csv(rows)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    # A name is what somebody typed: one that a spreadsheet would run is told as text.
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    # With the mark, so that spreadsheet programs read it as UTF-8.
    return buffer.getvalue().encode("utf-8-sig")


def _workbook(rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.BytesIO()
    with new_workbook(stream) as (workbook, styles):
        sheet = workbook.add_worksheet("拨付")
        for column, title in enumerate(HEADER):
            put(sheet, 0, column, title, styles.header)
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                put(sheet, number, column, text, styles.text)
        sheet.set_column(0, 4, 24)
        sheet.freeze_panes(1, 0)
    return stream.getvalue()


def form_of(name: str) -> str:
    """xlsx or csv, by the ending. UsageError for another."""
    form = PurePath(name).suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise UsageError(f"{name} ends in neither .xlsx nor .csv", where="--out", remedy="Name the file so.")
    return form


def yuan(fen: int) -> str:
    """Whole fen as yuan with two places."""
    return f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"


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
    """One payment file: its row, its lines without names, every problem kept. NotFound outside the regions."""
    file = find_payment(desk, payment_id)
    lines = [
        {
            "line_id": line.line_id,
            "claim_id": line.claim_id,
            "title": line.title,
            "amount": yuan(line.amount_fen),
            "amount_fen": line.amount_fen,
            "state": (told := file.told.get(line.line_id, LineState.SENT)).value,
            "label": LINE_LABELS[told],
        }
        for line in file.lines
    ]
    problems = [
        {"file": one.file, "row": one.row, "column": one.column, "found": one.found, "fix": one.fix}
        for one in file.problems
    ]
    return {**payment_row(file), "total": yuan(file.total_fen), "lines": lines, "problems": problems}


LINE_LABELS: Final = {LineState.SENT: "等银行回单", LineState.PAID: "已到账", LineState.REFUSED: "银行退回"}
