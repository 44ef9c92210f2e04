"""The chain of the audit read through, as `matcher verify` does."""

from __future__ import annotations

from typing import Any

from matcher.store import audit


def broken_audit(access: Any) -> list[int]:
    """Numbers of the entries whose hash no longer fits."""
    with access.database.reading() as connection:
        return audit.broken(connection)
