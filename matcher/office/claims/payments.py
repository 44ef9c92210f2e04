"""Payment files as folds: lines of approved claims, what a bank said of each; a line is never paid twice.

A payment file holds `pay:` of every claim in it, from the moment it is made; only a line that the bank sent back
gives it up, so the claim may stand in another file under a new line. What is paid once rests on three things: what
the document calls the same money (`policy.benefits.double_claims`), the guards a step takes for it
(`steps.pay_guard`, `steps.benefit_guards`), and that a guard is held by one stream at a time (`takes` of a deed).
What a bank says of lines nobody knows is kept as Problems.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from matcher.errors import Conflict, Problem
from matcher.office.claims.record import PAYABLE, ClaimRecord, ClaimState, claim_stream
from matcher.office.claims.steps import By, pay_guard, subjects_of
from matcher.policy.benefits.money import FEN_PER_YUAN
from matcher.records.deeds import Deed, NewDeed, file_name

PREFIX: Final = "payment:"
N_ID: Final = 8


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a payment file; amounts are whole fen. payee : id of who is paid, payee_kind : code of the role."""

    line_id: str
    claim_id: str
    payee: str
    payee_kind: str
    amount_fen: int
    title: str


class LineState(StrEnum):
    """What is known of a line."""

    SENT = "sent"
    PAID = "paid"
    REFUSED = "refused"


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a bank's reply as read. on : the day the money moved, if it says so; no_day : words that are none."""

    row: int
    line_id: str
    paid: bool | None
    said: str = ""
    reason: str = ""
    amount_fen: int | None = None
    on: date | None = None
    no_day: str = ""


class PaymentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A payment file after its last reply. told : line id -> what the bank said of it."""

    payment_id: str
    made_on: date
    made_by: str
    lines: tuple[Line, ...]
    sha256: str = ""
    told: Mapping[str, LineState] = {}
    problems: tuple[Problem, ...] = ()
    n_replies: int = 0

    @property
    def total_fen(self) -> int:
        """The sum of all lines."""
        return sum(line.amount_fen for line in self.lines)

    def fen_of(self, state: LineState) -> int:
        """The sum of the lines of one state."""
        return sum(line.amount_fen for line in self.lines if self.told.get(line.line_id, LineState.SENT) is state)


class ReplyRead(msgspec.Struct, frozen=True, kw_only=True):
    """A reply held against its file: rows to be booked by line, rows said before, and what is wrong with the rest."""

    booked: tuple[tuple[Line, Answered], ...]
    n_repeated: int
    problems: tuple[Problem, ...]


def payment_stream(payment_id: str) -> str:
    """The stream of a payment file."""
    return PREFIX + payment_id


def read_payments(deeds: Iterable[Deed]) -> dict[str, PaymentFile]:
    """Every payment file of the deeds by id, oldest first."""
    found: dict[str, PaymentFile] = {}
    for deed in deeds:
        if not deed.stream.startswith(PREFIX):
            continue
        payment_id = deed.stream.removeprefix(PREFIX)
        if deed.kind == "payment.made":
            lines = msgspec.convert(deed.body["lines"], tuple[Line, ...])
            found[payment_id] = PaymentFile(
                payment_id=payment_id, made_on=deed.on, made_by=deed.by, lines=lines, sha256=deed.body["sha256"]
            )
        elif deed.kind == "payment.replied" and payment_id in found:
            found[payment_id] = _replied(found[payment_id], deed)
    return found


def _replied(file: PaymentFile, deed: Deed) -> PaymentFile:
    told = {line: LineState(state) for line, state in deed.body["told"].items()}
    problems = msgspec.convert(deed.body["problems"], tuple[Problem, ...])
    return msgspec.structs.replace(
        file, told={**file.told, **told}, problems=(*file.problems, *problems), n_replies=file.n_replies + 1
    )


def lines_of(records: Sequence[ClaimRecord], by: By) -> tuple[str, tuple[Line, ...]]:
    """Id of a new payment file and its lines, in the order of the claims' ids. Conflict for one not payable."""
    chosen = sorted(records, key=lambda record: record.claim_id)
    body = "\n".join(f"{record.claim_id} {record.n_deeds}" for record in chosen)
    payment_id = f"p-{by.on:%Y%m%d}-{hashlib.sha256(body.encode()).hexdigest()[:N_ID]}"
    lines = tuple(_line(f"{payment_id}-{number:04d}", record) for number, record in enumerate(chosen, start=1))
    return payment_id, lines


def _line(line_id: str, record: ClaimRecord) -> Line:
    told = record.proposal
    if record.state not in PAYABLE or told is None or not told.amount_fen:
        raise Conflict(f"这笔申领现在是“{record.state.label}”，不能拨付", where=record.claim_id)
    claim = told.claim
    kind = claim.claimant_kind or told.payees[0][0]
    payee = claim.claimant or claim.operator or claim.station or next(iter(claim.persons), "")
    return Line(
        line_id=line_id, claim_id=record.claim_id, payee=payee, payee_kind=kind, amount_fen=told.amount_fen,
        title=told.title,
    )  # fmt: skip


def send(
    records: Mapping[str, ClaimRecord], payment_id: str, lines: Sequence[Line], file: bytes, by: By
) -> dict[str, list[NewDeed]]:
    """The deeds of a payment file, which they keep, all or none: it takes every claim, each claim learns its line."""
    made = NewDeed(
        kind="payment.made",
        at=by.at,
        on=by.on,
        by=by.actor,
        body={"lines": msgspec.to_builtins(lines), "sha256": file_name(file)},
        keeps=(file,),
        takes=tuple(pay_guard(line.claim_id) for line in lines),
    )
    deeds: dict[str, list[NewDeed]] = {payment_stream(payment_id): [made]}
    for line in lines:
        told = records[line.claim_id].proposal
        body = {"payment": payment_id, "line": line.line_id, "amount_fen": line.amount_fen}
        named = subjects_of(told) if told is not None else ()
        deed = NewDeed(kind="claim.sent", at=by.at, on=by.on, by=by.actor, subjects=named, body=body)
        deeds[claim_stream(line.claim_id)] = [deed]
    return deeds


def match_bank_reply(file: PaymentFile, rows: Iterable[Answered], *, name: str, on: date) -> ReplyRead:
    """Rows of a bank's reply matched by line id; what does not fit is a Problem and books nothing."""
    known = {line.line_id: line for line in file.lines}
    told = dict(file.told)
    booked: list[tuple[Line, Answered]] = []
    problems: list[Problem] = []
    n_repeated = 0
    for row in rows:
        line = known.get(row.line_id)
        fault = _fault(row, line, told, (file.made_on, on))
        if fault is not None:
            problems.append(msgspec.structs.replace(fault, file=name, row=row.row))
        elif line is not None and row.line_id in told:
            n_repeated += 1
        elif line is not None:
            told[row.line_id] = LineState.PAID if row.paid else LineState.REFUSED
            booked.append((line, row))
    return ReplyRead(booked=tuple(booked), n_repeated=n_repeated, problems=tuple(problems))


def _fault(row: Answered, line: Line | None, told: Mapping[str, LineState], days: tuple[date, date]) -> Problem | None:
    """What keeps a row from being booked; its words stay in `found`. days : when the file was made, and today."""
    if line is None:
        return Problem(
            column="line_id", found=row.line_id or "（空）", expected="本次拨付文件里的行号",
            fix="这一行不在拨付文件里，没有入账。请向银行核对是不是别的批次。",
        )  # fmt: skip
    if row.paid is None:
        return Problem(
            column="result", found=row.said or "（空）", expected="成功或者退回", fix="请写明这一行到账没有。"
        )
    if row.amount_fen is not None and row.amount_fen != line.amount_fen:
        return Problem(
            column="amount", found=_yuan(row.amount_fen), expected=_yuan(line.amount_fen),
            fix="金额和拨付文件不一样，没有入账。请向银行核对。",
        )  # fmt: skip
    misfit = _misfit_of_day(row, *days)
    if misfit is not None:
        return misfit
    before = told.get(row.line_id)
    if before is not None and before is not (LineState.PAID if row.paid else LineState.REFUSED):
        return Problem(
            column="result", found="成功" if row.paid else "退回", expected="和上次回单一样",
            fix="同一行前后两次说法不同，按第一次记账。请马上向银行核对有没有付两次。",
        )  # fmt: skip
    return None


def _yuan(fen: int) -> str:
    """As the bank wrote it, in yuan; -1 stands for what is no amount."""
    return "不是金额" if fen < 0 else f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}元"


def _misfit_of_day(row: Answered, made_on: date, on: date) -> Problem | None:
    """What is wrong with the day the money moved: no day at all, one to come, one before the file was made."""
    expected = f"{made_on}到{on}"
    if row.no_day:
        fix = "到账日期读不出来，没有入账。请照银行的凭证改成“年-月-日”的日期，再传一次。"
        return Problem(column="on", found=row.no_day, expected=expected, fix=fix)
    if row.on is None or made_on <= row.on <= on:
        return None
    fix = "到账日期还没到，请核对。" if row.on > on else "到账日期比拨付文件还早，没有入账。请向银行核对日期。"
    return Problem(column="on", found=row.on.isoformat(), expected=expected, fix=fix)


def book(record: ClaimRecord, line: Line, row: Answered, by: By) -> list[NewDeed]:
    """What a bank's word does to a claim; nothing unless this very line is the one that is out."""
    if record.state is not ClaimState.IN_PAYMENT or (record.line and record.line != line.line_id):
        return []
    payment_id = line.line_id.rpartition("-")[0]
    body = {"payment": payment_id, "line": line.line_id, "amount_fen": line.amount_fen, "why": row.reason}
    named = subjects_of(record.proposal) if record.proposal is not None else ()
    kind = "claim.paid" if row.paid else "claim.bank_refused"
    return [NewDeed(kind=kind, at=by.at, on=row.on or by.on, by=by.actor, subjects=named, body=body)]


def replied(
    told: Mapping[str, LineState], claims: Mapping[str, str], problems: Sequence[Problem], reply: bytes, by: By
) -> NewDeed:
    """The deed of a reply, which it keeps: what lines came to, what did not fit, claims that may be paid again.

    claims : line id -> claim id, of the lines told
    """
    back = tuple(pay_guard(claims[line]) for line, state in told.items() if state is LineState.REFUSED)
    body = {"told": dict(told), "problems": msgspec.to_builtins(problems), "sha256": file_name(reply)}
    return NewDeed(kind="payment.replied", at=by.at, on=by.on, by=by.actor, body=body, frees=back, keeps=(reply,))
