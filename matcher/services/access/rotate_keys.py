"""A new master key, by hand or once a year: whoever copied the old one opens nothing that is sealed from here on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matcher.ports import AccessStore, RosterStore
from matcher.records.access import AuditEntry, Role


def rotate_keys(store: RosterStore, access: AccessStore, *, at: datetime, by: str) -> dict[str, Any]:
    """Rotate the keys of the database and say how many sealed values were brought under the new one; it is audited.

    The log of decisions is append-only: its entries stay under the keys they were sealed with, which stay in the file.
    """
    told = {"resealed": store.rotate_keys()}
    access.append_audit(AuditEntry(at=at, actor=by, role=Role.ADMINISTRATOR.value, action="keys_rotated", detail=told))
    return told
