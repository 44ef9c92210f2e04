"""The result of a push for the other office: every answer with its name and hour, and a seal over all of it."""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from matcher.errors import Erased
from matcher.intake.workbook import new_workbook, put
from matcher.linkage import Decision, fold_pair
from matcher.office.keeping.terms import FileKind
from matcher.ports import DeedStore
from matcher.services.reconcile.answers import said_words
from matcher.services.reconcile.comparison import CLASS_LABELS, RANK_LABELS, Told, differs_words
from matcher.services.reconcile.runs import Line, Outline, outline_of, states_of

_HEADER = (
    "左行", "左姓名", "左身份证号", "右行", "右姓名", "右身份证号", "类别", "后果", "分", "判断", "谁", "何时", "理由",
    "不一致", "哪家对", "谁", "何时", "依据",
)  # fmt: skip
_WHO = tuple(ix for ix, header in enumerate(_HEADER) if header == "谁")
_ANSWER, _TRUTH = _HEADER.index("判断"), _HEADER.index("哪家对")
_NOTHING = ("", "", "", "")
_WIDTH = 18


def signed_workbook(deeds: DeedStore, run_id: str, *, key: bytes) -> bytes:
    """The answers of a run as a workbook, the same bytes until more is said. Raises NotFound, Erased.

    The cover names both files by SHA-256, who decided, and a seal (HMAC-SHA-256 under the county's key) over files,
    counts and answers: a changed line no longer fits it. The full comparison stands in the workbook kept beside.
    """
    outline = outline_of(deeds, run_id)
    if FileKind.QUEUE in outline.gone:
        day = outline.gone[FileKind.QUEUE]
        raise Erased(f"这次核对的每一对已在{day}按保存期限删除", where=run_id, remedy="请看当时下载、签认的那一份。")
    rows = _answers(deeds, outline)
    seal = seal_of(outline, rows, key)
    stream = io.BytesIO()
    with new_workbook(stream) as (book, styles):
        cover = book.add_worksheet("签认")
        cover.set_column(0, 0, _WIDTH)
        cover.set_column(1, 1, 4 * _WIDTH)
        for at, (label, value) in enumerate(_cover(outline, rows, seal)):
            put(cover, at, 0, label, styles.header)
            put(cover, at, 1, value, styles.text)
        sheet = book.add_worksheet("逐对判断")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(_HEADER) - 1, _WIDTH)
        for number, row in enumerate((_HEADER, *rows)):
            for column, value in enumerate(row):
                put(sheet, number, column, value, styles.text if number else styles.header)
    return stream.getvalue()


def seal_of(outline: Outline, rows: Sequence[Sequence[Any]], key: bytes) -> str:
    """Seal over both files, the counts and every answer."""
    told = [outline.left_sha256, outline.right_sha256, dict(outline.counts), rows]
    return hmac.new(key, msgspec.json.encode(told, order="deterministic"), hashlib.sha256).hexdigest()


def _cover(outline: Outline, rows: Sequence[Sequence[Any]], seal: str) -> list[tuple[str, str]]:
    deciders = sorted({row[ix] for row in rows for ix in _WHO if row[ix]})
    n_answered = sum(bool(row[_ANSWER]) for row in rows)
    n_told = sum(bool(row[_TRUTH]) for row in rows)
    return [
        ("核对日期", outline.on.isoformat()),
        ("左表", f"{outline.left_name}，{outline.counts['left_rows']}行"),
        ("左表 SHA-256", outline.left_sha256),
        ("右表", f"{outline.right_name}，{outline.counts['right_rows']}行"),
        ("右表 SHA-256", outline.right_sha256),
        *((label, str(outline.counts[kind.value])) for kind, label in CLASS_LABELS.items()),
        ("只在左表", str(outline.counts["left_only"])),
        ("只在右表", str(outline.counts["right_only"])),
        ("以前判过、没有变化", str(outline.settled)),
        ("待核对的对数", str(len(rows))),
        *((("因删除个人信息拿掉的对数", str(outline.n_redacted)),) if outline.n_redacted else ()),
        ("已判断", str(n_answered)),
        ("说了哪家对", str(n_told)),
        ("判断的人", "、".join(deciders)),
        ("封印", seal),
        ("甲方签字、日期", ""),
        ("乙方签字、日期", ""),
    ]


def _answers(deeds: DeedStore, outline: Outline) -> list[tuple[Any, ...]]:
    states = states_of(deeds, outline.run_id)
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
