"""Who looked at whom, and who did what: one entry a look, written before the answer leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from api.state import access, now
from api.viewer import viewer
from matcher.records.access import AuditEntry

NOTHING_MORE: Final[Mapping[str, Any]] = {}


def looked(action: str, subjects: Iterable[str], detail: Mapping[str, Any] = NOTHING_MORE) -> None:
    """Put a look at people's data, or a deed, of the present viewer into the audit.

    subjects : ids, never names; detail : what else tells one such look from another, as a `decision_id`
    """
    asker = viewer()
    entry = AuditEntry(
        at=now(), actor=asker.actor, role=asker.role.value, action=action, subjects=tuple(subjects), detail=detail
    )
    access().append_audit(entry)
