"""The result of a push for the other office: every answer with its name and hour, each row and all of it sealed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from matcher.errors import Erased
from matcher.intake.workbook import fitted, new_workbook, put
from matcher.linkage import Decision, fold_pair
from matcher.office.keeping.terms import FileKind
from matcher.ports import DeedStore
from matcher.records.deeds import Deed
from matcher.services.reconcile.alone import FATE_LABELS, LISTS, RowState, last_number_of_rows, states_of_rows
from matcher.services.reconcile.answers import said_words
from matcher.services.reconcile.comparison import CLASS_LABELS, RANK_LABELS, Told, differs_words
from matcher.services.reconcile.independence import is_hidden
from matcher.services.reconcile.lines import Line
from matcher.services.reconcile.lists import listed
from matcher.services.reconcile.runs import Outline, outline_of, states_of
from matcher.services.reconcile.seals import (
    COVER_SEAL,
    N_ALONE,
    N_ROWS,
    ROW_SEAL,
    RUN,
    SIGNATURES,
    UNTIL,
    Cover,
    alone_seal,
    cover_seal,
    row_seal,
)

COVER_SHEET, ROWS_SHEET, ALONE_SHEET = "签认", "逐对判断", "只在一家"
_HEADER = (
    "左行", "左姓名", "左身份证号", "右行", "右姓名", "右身份证号", "类别", "后果", "分", "判断", "谁", "何时", "理由",
    "不一致", "哪家对", "谁", "何时", "依据",
)  # fmt: skip
HEADER: Final = ("序号", *_HEADER, ROW_SEAL)
ALONE_HEADER: Final = ("序号", "哪张表", "行", "姓名", "身份证号", "村", "怎么办", "谁", "何时", "理由", ROW_SEAL)
_ALONE_WHO, _FATE = ALONE_HEADER.index("谁") - 1, ALONE_HEADER.index("怎么办") - 1
_WHO = tuple(ix for ix, header in enumerate(_HEADER) if header == "谁")
_ANSWER, _TRUTH = _HEADER.index("判断"), _HEADER.index("哪家对")
N_FATES: Final = "说了怎么办的行数"
SIDES: Final = {"left": "左表", "right": "右表"}
_NOTHING = ("", "", "", "")
_WIDTH = 18


def signed_workbook(deeds: DeedStore, run_id: str, *, key: bytes) -> bytes:
    """The answers of a run as a workbook, the same bytes until more is said. Raises NotFound, Erased.

    Rows one office alone has follow on a sheet of their own, with what becomes of each. The cover names both files by
    SHA-256, who decided, and a seal over itself and all rows; each row has a seal of its own (`seals`), so that
    `check_signed` can name the row that was changed. The full comparison is kept beside.
    """
    outline = outline_of(deeds, run_id)
    if FileKind.QUEUE in outline.gone:
        day = outline.gone[FileKind.QUEUE]
        raise Erased(f"这次核对的每一对已在{day}按保存期限删除", where=run_id, remedy="请看当时下载、签认的那一份。")
    states = states_of(deeds, run_id)
    # A seal is over what the cell shows, so that too long a text is cut before.
    rows = [tuple(map(fitted, row)) for row in _answers(deeds, outline, states)]
    alone = [tuple(map(fitted, row)) for row in _alone(deeds, outline)]
    until = max((deed.number for said in states.values() for deed in said), default=0)
    cover = _cover(outline, rows, alone, max(until, last_number_of_rows(deeds, outline) if alone else 0))
    seal = cover_seal(cover, key)
    sealed = [(n, *row, row_seal(seal, n, map(str, row), key)) for n, row in enumerate(rows, start=1)]
    beside = [(n, *row, alone_seal(seal, n, map(str, row), key)) for n, row in enumerate(alone, start=1)]
    sheets = {ROWS_SHEET: [HEADER, *sealed], **({ALONE_SHEET: [ALONE_HEADER, *beside]} if beside else {})}
    return _written([*cover, (COVER_SEAL, seal), *((line, "") for line in SIGNATURES)], sheets)


def _written(cover: Cover, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    stream = io.BytesIO()
    with new_workbook(stream) as (book, styles):
        first = book.add_worksheet(COVER_SHEET)
        first.set_column(0, 0, _WIDTH)
        first.set_column(1, 1, 4 * _WIDTH)
        for at, (label, value) in enumerate(cover):
            put(first, at, 0, label, styles.header)
            put(first, at, 1, value, styles.text)
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(rows[0]) - 1, _WIDTH)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    put(sheet, number, column, value, styles.text if number else styles.header)
    return stream.getvalue()


def _cover(
    outline: Outline, rows: Sequence[Sequence[Any]], alone: Sequence[Sequence[Any]], until: int
) -> list[tuple[str, str]]:
    said = {row[_ALONE_WHO] for row in alone} - {""}
    deciders = sorted({row[ix] for row in rows for ix in _WHO if row[ix]} | said)
    n_answered = sum(bool(row[_ANSWER]) for row in rows)
    n_told = sum(bool(row[_TRUTH]) for row in rows)
    return [
        (RUN, outline.run_id),
        (UNTIL, str(until)),
        ("核对日期", outline.on.isoformat()),
        ("左表", f"{outline.left_name}，{outline.counts['left_rows']}行"),
        ("左表 SHA-256", outline.left_sha256),
        ("右表", f"{outline.right_name}，{outline.counts['right_rows']}行"),
        ("右表 SHA-256", outline.right_sha256),
        *((label, str(outline.counts[kind.value])) for kind, label in CLASS_LABELS.items()),
        ("只在左表", str(outline.counts["left_only"])),
        ("只在右表", str(outline.counts["right_only"])),
        ("以前判过、没有变化", str(outline.settled)),
        (N_ROWS, str(len(rows))),
        *((("因删除个人信息拿掉的对数", str(outline.n_redacted)),) if outline.n_redacted else ()),
        ("已判断", str(n_answered)),
        ("说了哪家对", str(n_told)),
        *(((N_ALONE, str(len(alone))), (N_FATES, str(sum(bool(row[_FATE]) for row in alone)))) if alone else ()),
        ("判断的人", "、".join(deciders)),
    ]


def _answers(deeds: DeedStore, outline: Outline, states: Mapping[str, Sequence[Deed]]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    lines = iter(outline.lines)
    for part in outline.parts:
        for told in msgspec.json.decode(deeds.file(part), type=tuple[Told, ...]):
            line = next(lines)
            state = fold_pair(states.get(line.pair, ()))
            points = "" if is_hidden(line, state) else told.points
            head = (*_who(told), CLASS_LABELS[told.kind], RANK_LABELS[told.rank], points)
            truth = state.decision if state.decision != state.identity else None
            odds = differs_words(told, outline.labels)
            rows.append((*head, *_said(state.identity, line), odds, *_said(truth, line)))
    return rows


def _alone(deeds: DeedStore, outline: Outline) -> list[tuple[Any, ...]]:
    """Rows one office alone has that can be asked about, left before right, and what was said of each."""
    states = states_of_rows(deeds) if any(shelf.keys for shelf in outline.lists.values()) else {}
    rows: list[tuple[Any, ...]] = []
    for name in LISTS:
        shelf = outline.lists.get(name)
        for one in listed(deeds, shelf) if shelf and shelf.keys else ():
            (side,) = one.rows
            last = states.get(one.key, RowState()).holds
            fate = (FATE_LABELS[last.fate], last.by, last.at.isoformat(), last.reason) if last else _NOTHING
            rows.append((SIDES[one.side], side.row, side.cells.name, side.cells.number, side.cells.village, *fate))
    return rows


def _said(decision: Decision | None, line: Line) -> tuple[str, str, str, str]:
    """What was said of the rows as they stand, by whom, when and why; nothing of what was said of others."""
    if decision is None or decision.facts != line.facts:
        return _NOTHING
    return said_words(decision), decision.by, decision.at.isoformat(), decision.reason


def _who(told: Told) -> tuple[Any, ...]:
    """Rows, names and numbers of both sides as they were written."""
    left, right = told.left, told.right
    return (left.row, left.cells.name, left.cells.number, right.row, right.cells.name, right.cells.number)
