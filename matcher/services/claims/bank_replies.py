"""A bank's reply: read from any table, matched by line id, booked claim by claim; what does not fit is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.intake import read_table
from matcher.intake.parse import parse_date
from matcher.office.claims.payments import (
    Answered,
    Line,
    LineState,
    PaymentFile,
    book,
    match_bank_reply,
    payment_stream,
    read_payments,
    replied,
)
from matcher.office.claims.record import ClaimState, claim_stream, read_claim
from matcher.policy.benefits.money import to_fen
from matcher.records.deeds import Deed, NewDeed
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.pay import find_payment

HEADERS: Final[Mapping[str, re.Pattern[str]]] = {
    "line_id": re.compile(r"line_id|行号|流水号|序列号|.*行号"),
    "result": re.compile(r"result|结果|状态|(?:处理|付款|交易|支付|到账)(?:结果|状态)"),
    "reason": re.compile(r"reason|原因|(?:退回|失败|退票)原因|备注|摘要"),
    "amount": re.compile(r"amount|金额(?:[(（]元[)）])?|.*金额(?:[(（]元[)）])?"),
    "on": re.compile(r"on|date|日期|(?:到账|付款|交易|支付)日期"),
}
PAID: Final = re.compile(
    r"(?:交易|付款|支付|处理|入账|代发)?成功|已?到账|已?入账|已?支付|已付款?|paid|success|ok", re.IGNORECASE
)
BACK: Final = re.compile(r"退|失败|未成功|不成功|拒|不符|refused|failed|returned", re.IGNORECASE)
N_HEADER_ROWS: Final = 8
LONGEST: Final = 200
MOST_DIGITS: Final = 12
"""Of the yuan of one line; 1e999999 is no amount, and would be reckoned for minutes."""


class ReplyBooked(msgspec.Struct, frozen=True, kw_only=True):
    """What a reply came to; every problem with the row of the bank's file."""

    payment_id: str
    n_paid: int
    n_refused: int
    n_repeated: int
    problems: tuple[Problem, ...]


def book_bank_reply(desk: ClaimDesk, payment_id: str, body: bytes, name: str) -> ReplyBooked:
    """Book a reply to a payment file; the same reply twice books nothing more.

    Raises NotFound for an unknown file, InvalidInput for a file that is no table or names no lines.
    """
    file = find_payment(desk, payment_id)
    rows = list(_rows(body, name, desk))
    read = match_bank_reply(file, rows, name=name, on=desk.on)
    told: dict[str, LineState] = {}
    problems = list(read.problems)
    for line, row in read.booked:
        state = _booked(desk, line, row)
        if state is None:
            problems.append(_moved_on(line, row, name))
        else:
            told[line.line_id] = state
    claims = {line.line_id: line.claim_id for line in file.lines}
    if told or problems:
        stream = payment_stream(payment_id)
        desk.deeds.act(stream, partial(_once, replied(told, claims, problems, body, desk.by), file))
    states = list(told.values())
    return ReplyBooked(
        payment_id=payment_id,
        n_paid=states.count(LineState.PAID),
        n_refused=states.count(LineState.REFUSED),
        n_repeated=read.n_repeated,
        problems=tuple(problems),
    )


def _once(deed: NewDeed, before: PaymentFile, deeds: Sequence[Deed]) -> list[NewDeed]:
    """A reply that books nothing new and finds what was found before is not written down again."""
    newest = read_payments(deeds).get(before.payment_id, before)
    known = {msgspec.json.encode(one) for one in newest.problems}
    fresh = [one for one in deed.body["problems"] if msgspec.json.encode(one) not in known]
    return [deed] if fresh or deed.body["told"] else []


def _booked(desk: ClaimDesk, line: Line, row: Answered) -> LineState | None:
    """Book one row on its claim; None where another line of the claim is out by now, so that nothing was booked.

    A claim that says so already (a reply broken off half-way) is told again: the file learns what its claim knows.
    """
    said = ClaimState.PAID if row.paid else ClaimState.BANK_REFUSED

    def decide(deeds: tuple[Deed, ...]) -> Sequence[NewDeed]:
        record = read_claim(deeds)
        return book(record, line, row, desk.by) if record is not None else ()

    record = read_claim(desk.deeds.act(claim_stream(line.claim_id), decide))
    erased = record is not None and record.state is ClaimState.ERASED and not row.paid
    if record is None or not (erased or (record.state is said and record.line in ("", line.line_id))):
        return None
    return LineState.PAID if row.paid else LineState.REFUSED


def _moved_on(line: Line, row: Answered, name: str) -> Problem:
    return Problem(
        file=name,
        row=row.row,
        column="line_id",
        found=line.line_id,
        expected="正在拨付的行",
        fix="这笔申领现在不在等这一行的回单，没有入账。请向银行核对。",
    )


def _rows(body: bytes, name: str, desk: ClaimDesk) -> Iterator[Answered]:
    """Rows of the first sheet under its header."""
    table = read_table(body, name=name, settings=desk.means.settings)
    columns: dict[str, int] | None = None
    for number, row in table.sheets[0].rows() if table.sheets else ():
        cells = list(row.values()) if isinstance(row, dict) else list(row)
        if columns is None:
            columns = _columns(list(row) if isinstance(row, dict) else cells)
            if columns is not None and not isinstance(row, dict):
                continue
            if columns is None and number >= N_HEADER_ROWS:
                break
        if columns is not None and any(str(cell or "").strip() for cell in cells):
            yield _answered(number, cells, columns)
    if columns is None:
        fix = "表头要有“行号”和“结果”两列；行号就是拨付文件里的行号。"
        problem = Problem(file=name, found="没有认出表头", expected="行号、结果", fix=fix)
        raise InvalidInput("the reply names no lines", (problem,), where=name, remedy=fix)


def _columns(cells: Sequence[Any]) -> dict[str, int] | None:
    """Field -> column; None for a row that is no header."""
    titles = ["".join(str(cell or "").split()) for cell in cells]
    found: dict[str, int] = {}
    for field, pattern in HEADERS.items():
        at = next((n for n, title in enumerate(titles) if n not in found.values() and pattern.fullmatch(title)), None)
        if at is not None:
            found[field] = at
    return found if {"line_id", "result"} <= found.keys() else None


def _answered(number: int, cells: Sequence[Any], columns: Mapping[str, int]) -> Answered:
    def cell(field: str) -> Any:
        at = columns.get(field)
        return cells[at] if at is not None and at < len(cells) else None

    said = str(cell("result") or "").strip()[:LONGEST]
    on, no_day = _day(cell("on"))
    return Answered(
        row=number,
        line_id=str(cell("line_id") or "").strip()[:LONGEST],
        paid=_is_paid(said),
        said=said,
        reason=str(cell("reason") or "").strip()[:LONGEST],
        amount_fen=_fen(cell("amount")),
        on=on,
        no_day=no_day,
    )


def _is_paid(said: str) -> bool | None:
    """What a word of a bank means; unknown where it says neither or both."""
    if BACK.search(said):
        return False
    return True if PAID.fullmatch(said) else None


def _fen(value: Any) -> int | None:
    """Fen of a cell with yuan; None for an empty one, and -1, which fits no line, for what is no amount."""
    text = str(value if value is not None else "").replace(",", "").replace("元", "").strip()
    if not text:
        return None
    try:
        yuan = Decimal(text)
    except InvalidOperation:
        return -1
    return to_fen(yuan) if yuan.is_finite() and yuan.adjusted() < MOST_DIGITS else -1


def _day(value: Any) -> tuple[date | None, str]:
    """The day of a cell, and what stands there where it is none: money is not booked on a day of our own making."""
    text = str(value if value is not None else "").strip()
    if not text:
        return None, ""
    on = parse_date(value).value
    return on, "" if on is not None else text[:LONGEST]
