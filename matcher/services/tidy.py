"""What is kept for a while only is deleted when its while is over, whether anybody asks for anything or not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from matcher.ports import AccessStore
from matcher.services.access.idempotency import KEPT
from matcher.services.rosters.run_imports import forget_files


def tidy(access: AccessStore, home: Path, *, now: datetime) -> None:
    """Delete answers kept for repeats, sessions whose time is over, and files of uploads older than a day."""
    access.forget_answers(now - KEPT)
    access.end_sessions(expired_at=now)
    forget_files(access, home, now)
