"""Records of a kind as a file: the same bytes for the same records."""

from __future__ import annotations

from pathlib import Path

from matcher.errors import UsageError
from matcher.intake import export_form, write_export
from matcher.ports import RosterStore
from matcher.records import Identity, Kind, Worker


def export_records(store: RosterStore, kind: Kind, out: Path) -> int:
    """Write all records by id; returns how many. Workers come with their identities: the file is for officers.

    Raises UsageError for an ending other than csv, xlsx or jsonl, or when the file cannot be written.
    """
    records = store.records(kind)
    identities: dict[str, Identity] = {}
    if kind is Kind.WORKERS:
        identities = store.identities([worker.worker_id for worker in records if isinstance(worker, Worker)])
    try:
        return write_export(out, export_form(out.name), kind, records, identities=identities)
    except OSError as error:
        raise UsageError(f"cannot write: {error.strerror}", where=str(out), remedy="Choose another folder.") from None
