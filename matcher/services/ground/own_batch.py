"""What a deed changes in the rosters: a batch like that of a file, so that history and undo know it too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from matcher.decisions import digest
from matcher.ports import Batch, Change, RosterStore
from matcher.records import Kind

ID_DIGITS: Final = 24


class Deed(NamedTuple):
    """Where a change comes from. source : stands where an import names its file; body : what its digest is of."""

    source: str
    body: bytes
    at: datetime
    by: str


def batch_id_of(what: bytes) -> str:
    """The id of the batch that a deed writes: the same deed, the same batch."""
    return "b-" + digest(what)[:ID_DIGITS]


def write_own(store: RosterStore, batch_id: str, kind: Kind, deed: Deed, changes: Sequence[Change]) -> None:
    """Write the changes of a deed as a batch, every row of it accepted."""
    write_rows(store, batch_id, kind, deed, changes, len(changes))


def write_rows(store: RosterStore, batch_id: str, kind: Kind, deed: Deed, changes: Iterable[Change], n: int) -> None:
    """The same for `n` changes that are made only while nobody else writes: what they read is what is there."""
    store.write_batch(
        Batch(
            batch_id=batch_id,
            kind=kind,
            file=deed.source,
            file_sha256=digest(deed.body),
            imported_at=deed.at,
            by=deed.by,
            summary={
                "batch_id": batch_id,
                "kind": kind.value,
                "rows": n,
                "accepted": n,
                "repaired": 0,
                "rejected": 0,
                "unchanged": 0,
                "problems": [],
            },
        ),
        changes,
    )
