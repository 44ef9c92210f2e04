"""The file of a payment as the bank gets it: written once, kept sealed with its deed, and given out as it was kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Final

from matcher.errors import Erased, UsageError
from matcher.intake.textual import guarded, unguarded
from matcher.intake.workbook import new_workbook, put
from matcher.office.claims.payments import Line, PaymentFile
from matcher.policy.benefits.money import FEN_PER_YUAN
from matcher.privacy import neutral_words
from matcher.records import Employer, Kind
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programmes import station_names

HEADER: Final = ("行号", "收款人", "收款账号", "金额(元)", "用途")
"""Accounts are kept by the paying office; a line names nobody's identity number, telephone, village or register."""
FORMS: Final = ("xlsx", "csv")
ENCODING: Final = "utf-8-sig"
"""With the mark, so that spreadsheet programs read it as UTF-8."""


def payees(desk: ClaimDesk, lines: Iterable[Line]) -> dict[str, str]:
    """Id of a payee -> the name a bank pays to: a person's, a firm's, a broker's, a station's; no one unknown."""
    ids = sorted({line.payee for line in lines if line.payee})
    names = {one: found.name for one, found in desk.store.identities(ids).items() if found.name}
    firms = desk.store.records(Kind.EMPLOYERS, ids=ids) if ids else []
    names = {firm.employer_id: firm.name for firm in firms if isinstance(firm, Employer)} | names
    others = {**station_names(desk), **desk.brokers()} if names.keys() != set(ids) else {}
    return {**{one: others[one] for one in ids if one in others}, **names}


def written(lines: Sequence[Line], names: Mapping[str, str]) -> bytes:
    """The file a deed keeps, csv: a line id, a name (else the id of who is paid), an empty account, yuan, what for."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    for line in lines:
        row = (line.line_id, names.get(line.payee, line.payee), "", yuan(line.amount_fen), neutral_words(line.title))
        # A name is what somebody typed: one that a spreadsheet would run is told as text.
        writer.writerow(guarded(cell) for cell in row)
    return buffer.getvalue().encode(ENCODING)


def sent_file(desk: ClaimDesk, file: PaymentFile, form: str) -> bytes:
    """The file as it went to the bank, whoever was renamed since: csv byte for byte, xlsx with the same cells.

    Raises Erased for one that is past its years.
    """
    body = desk.deeds.file(file.sha256)
    return _workbook(_rows(body)) if form == "xlsx" else body


def renamed(desk: ClaimDesk, file: PaymentFile) -> frozenset[str] | None:
    """Ids of lines whose payee is known by another name today than the file says; None for a file past its years."""
    try:
        sent = {row[0]: row[1] for row in _rows(desk.deeds.file(file.sha256))}
    except Erased:
        return None
    names = payees(desk, file.lines)
    return frozenset(
        line.line_id for line in file.lines if line.payee in names and names[line.payee] != sent.get(line.line_id)
    )


def _rows(body: bytes) -> list[list[str]]:
    """The rows under the header."""
    rows = csv.reader(io.StringIO(body.decode(ENCODING), newline=""))
    return [[unguarded(cell) for cell in row] for row in rows][1:]


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
