"""An import taken back: its facts are withdrawn, everything else stands as if it had never been."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matcher.ports import RosterStore

COUNTS = ("rows", "accepted", "repaired", "rejected", "unchanged")


def undo_import(store: RosterStore, batch_id: str, *, at: datetime, by: str = "") -> dict[str, Any]:
    """Withdraw a batch and tell what it was. Raises UndoRefused if unknown or withdrawn already."""
    store.undo_batch(batch_id, at=at, by=by)
    (batch,) = (batch for batch in store.batches() if batch.batch_id == batch_id)
    return {"batch_id": batch_id, "kind": batch.kind.value, "file": batch.file, "undone": True}


def list_imports(store: RosterStore) -> list[dict[str, Any]]:
    """Every import, oldest first: what came in, when, by whom, and whether it was taken back."""
    return [
        {
            "batch_id": batch.batch_id,
            "kind": batch.kind.value,
            "file": batch.file,
            "imported_at": batch.imported_at.isoformat(),
            "by": batch.by,
            **{name: batch.summary.get(name, 0) for name in COUNTS},
            "undone_at": batch.undone_at.isoformat() if batch.undone_at else None,
        }
        for batch in store.batches()
    ]
