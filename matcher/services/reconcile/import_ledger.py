"""Another office's ledger taken in: held against our own roster as it stands, the open pairs queued for officers."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.intake import ExportForm, write_export
from matcher.linkage import weights
from matcher.ports import DeedStore, RosterStore
from matcher.records import Kind, Worker
from matcher.services.ground.rulebook import Means
from matcher.services.reconcile.comparison import compare
from matcher.services.reconcile.ledgers import read_ledger
from matcher.services.reconcile.runs import Push, outline_of, push, run_id_of

LEDGER: Final = "ledger"
OURS: Final = "本局名册.csv"


class ImportLedger(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which file, on which day, for which county, by whom; a dry run compares and keeps nothing."""

    path: Path
    on: date
    jurisdiction: str
    by: str
    dry_run: bool = False


def import_ledger(
    store: RosterStore, deeds: DeedStore, means: Means, call: ImportLedger, *, at: datetime
) -> dict[str, Any]:
    """The summary of an import, with what the comparison came to; batch_id is the push, "" of a dry run.

    No row is refused: what is wrong with one is a problem, and it is compared as it is. Counted is who is named:
    accepted + repaired + rejected + unchanged = rows, all of them unchanged where this file met this roster today
    already. Writes no records. Raises InvalidInput for a file nobody can be read from.
    """
    ours, theirs = roster_file(store), call.path.read_bytes()
    left = read_ledger(ours, means, on=call.on, jurisdiction=call.jurisdiction, name=OURS)
    right = read_ledger(theirs, means, on=call.on, jurisdiction=call.jurisdiction, name=call.path.name)
    run_id = run_id_of(left.sha256, right.sha256, call.on)
    known = bool(deeds.stream(f"reconcile:{run_id}"))
    if call.dry_run:
        counts: Mapping[str, int] = compare(left, right, weights(), means.packs).counts
    else:
        asked = Push(
            left=ours, right=theirs, left_name=OURS, right_name=call.path.name, on=call.on,
            jurisdiction=call.jurisdiction, by=call.by,
        )  # fmt: skip
        counts = outline_of(deeds, push(deeds, means, asked, key=store.row_key(), at=at)).counts
    rows = len(right.entries)
    repaired = 0 if known else len({(p.sheet, p.row) for p in right.problems if p.row})
    return {
        "batch_id": "" if call.dry_run else run_id,
        "kind": LEDGER,
        "rows": rows,
        "accepted": 0 if known else rows - repaired,
        "repaired": repaired,
        "rejected": 0,
        "unchanged": rows if known else 0,
        "dry_run": call.dry_run,
        "compared": dict(counts),
        "problems": [_told(problem) for problem in right.problems],
    }


def refused_ledger(call: ImportLedger, error: InvalidInput) -> dict[str, Any]:
    """The summary of a file that could not be read at all."""
    nothing = dict.fromkeys(("rows", "accepted", "repaired", "rejected", "unchanged"), 0)
    told = [_told(problem) for problem in error.problems]
    return {"batch_id": "", "kind": LEDGER, **nothing, "dry_run": call.dry_run, "compared": {}, "problems": told}


def roster_file(store: RosterStore) -> bytes:
    """Our own roster as an office would hand it in, the same bytes for the same records."""
    records = [one for one in store.records(Kind.WORKERS) if isinstance(one, Worker)]
    if not records:
        raise InvalidInput("名册里还没有人，没有可以比的", where=LEDGER, remedy="请先导入本局的人员名册。")
    stream = io.BytesIO()
    identities = store.identities([one.worker_id for one in records])
    write_export(stream, ExportForm.CSV, Kind.WORKERS, records, identities=identities)
    return stream.getvalue()


def ledger_line(summary: Mapping[str, Any]) -> str:
    """What the comparison came to, in a sentence."""
    n = summary["compared"]
    asked = n["typo"] + n["status_differs"] + n["needs_person"]
    where = f"；到 /office/reconcile/{summary['batch_id']} 逐对核对" if summary["batch_id"] and asked else ""
    return (
        f"{summary['rows']}行：和本局名册一致{n['agree']}人，写法有误{n['typo']}人，情况不一致{n['status_differs']}人，"
        f"要人来认{n['needs_person']}人，只在这份里{n['right_only']}人，只在名册里{n['left_only']}人{where}。"
    )


def _told(problem: Problem) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(problem)
    told.pop("file")
    return told
