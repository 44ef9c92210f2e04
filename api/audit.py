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
    access().append_audit(_entry(action, subjects, detail))


class Look:
    """A look at a list: its entry is written with the decision in one commit, or alone where the list was told before.

    An answer from memory makes no second decision; that somebody looked is in the audit each time.
    """

    def __init__(self, action: str, subjects: Iterable[str]) -> None:
        self._action, self._subjects, self._is_given = action, tuple(subjects), False

    def entry(self, answer: Mapping[str, Any]) -> AuditEntry:
        """The entry that goes with the decision of an answer."""
        self._is_given = True
        return _entry(self._action, self._subjects, {"decision_id": answer["decision_id"]})

    def note(self, answer: Mapping[str, Any]) -> None:
        """Write the entry now, unless it went with the decision."""
        if not self._is_given:
            access().append_audit(self.entry(answer))


def _entry(action: str, subjects: Iterable[str], detail: Mapping[str, Any]) -> AuditEntry:
    asker = viewer()
    return AuditEntry(
        at=now(), actor=asker.actor, role=asker.role.value, action=action, subjects=tuple(subjects), detail=detail
    )
