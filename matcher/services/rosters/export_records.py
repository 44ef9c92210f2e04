"""Records of a kind as a file: the same bytes for the same records."""

from __future__ import annotations

from pathlib import Path

from matcher.intake import export_form, write_export
from matcher.ports import RosterStore
from matcher.records import Identity, Kind, Worker
from matcher.services.rosters.new_file import new_file


def export_records(store: RosterStore, kind: Kind, out: Path) -> int:
    """Write all records by id; returns how many. Workers come with their identities: the file is for officers.

    Raises UsageError for an ending other than csv, xlsx or jsonl, or when the file cannot be written.
    """
    records = store.records(kind)
    identities: dict[str, Identity] = {}
    if kind is Kind.WORKERS:
        identities = store.identities([worker.worker_id for worker in records if isinstance(worker, Worker)])
    form = export_form(out.name)
    with new_file(out) as stream:
        return write_export(stream, form, kind, records, identities=identities)
