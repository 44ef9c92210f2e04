"""The result of a push for the other office: every answer with its name and hour, each row and all of it sealed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from matcher.errors import Erased
from matcher.intake.workbook import new_workbook, put
from matcher.linkage import Decision, fold_pair
from matcher.office.keeping.terms import FileKind
from matcher.ports import DeedStore
from matcher.records.deeds import Deed
from matcher.services.reconcile.answers import said_words
from matcher.services.reconcile.comparison import CLASS_LABELS, RANK_LABELS, Told, differs_words
from matcher.services.reconcile.lines import Line
from matcher.services.reconcile.runs import Outline, outline_of, states_of
from matcher.services.reconcile.seals import (
    COVER_SEAL,
    N_ROWS,
    ROW_SEAL,
    RUN,
    SIGNATURES,
    UNTIL,
    Cover,
    cover_seal,
    row_seal,
)

COVER_SHEET, ROWS_SHEET = "签认", "逐对判断"
_HEADER = (
    "左行", "左姓名", "左身份证号", "右行", "右姓名", "右身份证号", "类别", "后果", "分", "判断", "谁", "何时", "理由",
    "不一致", "哪家对", "谁", "何时", "依据",
)  # fmt: skip
HEADER: Final = ("序号", *_HEADER, ROW_SEAL)
_WHO = tuple(ix for ix, header in enumerate(_HEADER) if header == "谁")
_ANSWER, _TRUTH = _HEADER.index("判断"), _HEADER.index("哪家对")
_NOTHING = ("", "", "", "")
_WIDTH = 18


def signed_workbook(deeds: DeedStore, run_id: str, *, key: bytes) -> bytes:
    """The answers of a run as a workbook, the same bytes until more is said. Raises NotFound, Erased.

    The cover names both files by SHA-256, who decided, and a seal over itself and all rows; each row has a seal of its
    own (`seals`), so that `check_signed` can name the row that was changed. The full comparison is kept beside.
    """
    outline = outline_of(deeds, run_id)
    if FileKind.QUEUE in outline.gone:
        day = outline.gone[FileKind.QUEUE]
        raise Erased(f"这次核对的每一对已在{day}按保存期限删除", where=run_id, remedy="请看当时下载、签认的那一份。")
    states = states_of(deeds, run_id)
    rows = _answers(deeds, outline, states)
    until = max((deed.number for said in states.values() for deed in said), default=0)
    cover = _cover(outline, rows, until)
    seal = cover_seal(cover, key)
    sealed = ((n, *row, row_seal(seal, n, map(str, row), key)) for n, row in enumerate(rows, start=1))
    return _written([*cover, (COVER_SEAL, seal), *((line, "") for line in SIGNATURES)], sealed)


def _written(cover: Cover, rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.BytesIO()
    with new_workbook(stream) as (book, styles):
        first = book.add_worksheet(COVER_SHEET)
        first.set_column(0, 0, _WIDTH)
        first.set_column(1, 1, 4 * _WIDTH)
        for at, (label, value) in enumerate(cover):
            put(first, at, 0, label, styles.header)
            put(first, at, 1, value, styles.text)
        sheet = book.add_worksheet(ROWS_SHEET)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEADER) - 1, _WIDTH)
        for number, row in enumerate((HEADER, *rows)):
            for column, value in enumerate(row):
                put(sheet, number, column, value, styles.text if number else styles.header)
    return stream.getvalue()


def _cover(outline: Outline, rows: Sequence[Sequence[Any]], until: int) -> list[tuple[str, str]]:
    deciders = sorted({row[ix] for row in rows for ix in _WHO if row[ix]})
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
        ("判断的人", "、".join(deciders)),
    ]


def _answers(deeds: DeedStore, outline: Outline, states: Mapping[str, Sequence[Deed]]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    lines = iter(outline.lines)
    for part in outline.parts:
        for told in msgspec.json.decode(deeds.file(part), type=tuple[Told, ...]):
            line = next(lines)
            state = fold_pair(states.get(line.pair, ()))
            head = (*_who(told), CLASS_LABELS[told.kind], RANK_LABELS[told.rank], told.points)
            truth = state.decision if state.decision != state.identity else None
            odds = differs_words(told, outline.labels)
            rows.append((*head, *_said(state.identity, line), odds, *_said(truth, line)))
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
