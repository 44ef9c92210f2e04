"""Backups made and put back; the audit says by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.ports import AccessStore
from matcher.ports.upkeep import BackupMade, Upkeep
from matcher.records.access import AuditEntry, Role


def make_backup(
    upkeep: Upkeep, access: AccessStore, out: Path, *, at: datetime, by: str, keys_apart: Path | None = None
) -> BackupMade:
    """Copy home and database. What the audit keeps of it is behind the copy's own end. Raises as `Upkeep.backup`."""
    made = upkeep.backup(out, at=at, keys_apart=keys_apart)
    detail = {"sha256": made.sha256, "revision": made.revision, "keys_apart": bool(made.keys_in)}
    access.append_audit(_entry("backup_made", at, by, detail))
    return made


def put_back(
    upkeep: Upkeep,
    access: Callable[[], AccessStore],
    file: Path,
    *,
    at: datetime,
    by: str,
    keys: Path | None = None,
    replace: bool = False,
) -> dict[str, Any]:
    """Put a copy back and note it in the audit of what was restored; `access` opens it then. Raises as `restore`."""
    told = upkeep.restore(file, at=at, keys=keys, replace=replace)
    access().append_audit(_entry("restored", at, by, {"made_at": told["made_at"], "revision": told["revision"]}))
    return told


def _entry(action: str, at: datetime, by: str, detail: dict[str, Any]) -> AuditEntry:
    return AuditEntry(at=at, actor=by, role=Role.ADMINISTRATOR.value, action=action, detail=detail)
