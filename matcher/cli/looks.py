"""Reads at the command line that open names: an entry of the audit each, as a page writes one, before they are told."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from typing import Any, Final

from matcher.bootstrap import Application
from matcher.records.access import AuditEntry, Role

NOTHING_MORE: Final[Mapping[str, Any]] = {}


def looked(action: str, app: Application, subjects: Iterable[str], detail: Mapping[str, Any] = NOTHING_MORE) -> None:
    """Put a look at people's data into the audit, under the account of the machine that ran the command.

    subjects : ids, never names. No account of the office signs in here, and a name given with the call proves nothing.
    """
    entry = AuditEntry(
        at=app.clock.now(),
        actor=f"cli:{_account()}",
        role=Role.ADMINISTRATOR.value,
        action=action,
        subjects=tuple(dict.fromkeys(subjects)),
        detail=detail,
    )
    app.access.append_audit(entry)


def _account() -> str:
    """The account of the operating system; a container may have none by name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
