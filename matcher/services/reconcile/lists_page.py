"""Rows of a push that are no pair, as officers and auditors read them: the names behind three of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matcher.errors import Erased, NotFound
from matcher.linkage import entry_of, names_alike
from matcher.office.keeping.terms import FileKind
from matcher.ports import DeedStore
from matcher.privacy import birth_days_for, identity_for, own_words_for
from matcher.records.access import Role
from matcher.services.reconcile.alone import FATE_LABELS, RowState, n_open, states_of_rows
from matcher.services.reconcile.comparison import Side, village_for, worded
from matcher.services.reconcile.lists import DOUBLES, LIST_TITLES, Listed, listed
from matcher.services.reconcile.runs import Outline, outline_of

N_SHOWN: Final = 50


def list_page(deeds: DeedStore, run_id: str, name: str, role: Role, skip: int = 0) -> tuple[dict[str, Any], list[Side]]:
    """A part of one of the lists (`LIST_TITLES`), and the rows it shows, for the audit.

    Raises NotFound for a run or list that is not there, Erased for one that is past its term.
    """
    outline = outline_of(deeds, run_id)
    if name not in LIST_TITLES:
        raise NotFound("没有这张名单", remedy="请从核对页重新点进来。")
    if FileKind.QUEUE in outline.gone:
        day = outline.gone[FileKind.QUEUE]
        raise Erased(f"这张名单已在{day}按保存期限删除", where=run_id, remedy="请看当时下载的工作簿。")
    if name not in outline.lists:
        raise NotFound("这次核对没有留这张名单", remedy="请重新核对一次。")
    shelf = outline.lists[name]
    rows = listed(deeds, shelf, skip, skip + N_SHOWN)
    states = states_of_rows(deeds) if shelf.keys else {}
    told = {
        "run_id": run_id,
        "name": name,
        "title": LIST_TITLES[name],
        "titles": LIST_TITLES,
        "file": {"left": outline.left_name, "right": outline.right_name},
        "is_of_two": name == DOUBLES,
        "is_asked": bool(shelf.keys),
        "n": outline.counts[name],
        "n_kept": shelf.n,
        "n_open": n_open(outline, name, states),
        "rows": [_told(row, outline, role) | _said(row, states) for row in rows],
        "skip": skip,
        "next": skip + N_SHOWN if shelf.n > skip + N_SHOWN else 0,
    }
    return told, [side for row in rows for side in row.rows]


def _told(row: Listed, outline: Outline, role: Role) -> dict[str, Any]:
    entries = [entry_of(side.row, side.cells, on=outline.on) for side in row.rows]
    return {
        "side": row.side,
        "points": row.points,
        "one_person": names_alike(entries[0], entries[-1]),
        "rows": [_side(side, outline, role) for side in row.rows],
    }


def _said(row: Listed, states: Mapping[str, RowState]) -> dict[str, Any]:
    """What becomes of a row; nothing of rows that are asked nothing."""
    if not row.key:
        return {"key": ""}
    state = states.get(row.key, RowState())
    last = state.holds
    return {
        "key": row.key,
        "seen": state.seq,
        "fate": "" if last is None else last.fate.value,
        "fate_label": "" if last is None else FATE_LABELS[last.fate],
        "by": "" if last is None else last.by,
        "at": "" if last is None else last.at.isoformat(),
        "reason": "" if last is None else last.reason,
    }


def _side(side: Side, outline: Outline, role: Role) -> dict[str, Any]:
    """One row: who it is, each cell in its own column, and what it states."""
    entry = entry_of(side.row, side.cells, on=outline.on)
    born, _ = birth_days_for(role, entry.born, "")
    return {
        "row": side.row,
        "sheet": side.sheet,
        **identity_for(role, name=entry.name, id_number=entry.number, phone=entry.phone),
        "born": born,
        "village": village_for(role, side),
        "facts": _facts(side.facts, outline.labels, role),
    }


def _facts(facts: Mapping[str, str], labels: Mapping[str, str], role: Role) -> list[dict[str, str]]:
    return [
        {
            "label": labels.get(field, field),
            "text": worded(field, text) if field in labels else own_words_for(role, text),
        }
        for field, text in sorted(facts.items())
    ]
