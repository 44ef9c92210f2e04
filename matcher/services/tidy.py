"""What is kept for a while only is deleted when its while is over, whether anybody asks for anything or not."""

from __future__ import annotations

from datetime import datetime, timedelta

from matcher.ports import AccessStore, RosterStore
from matcher.services.access.idempotency import KEPT
from matcher.services.rosters.run_imports import forget_files
from matcher.settings import Settings


def tidy(access: AccessStore, store: RosterStore, settings: Settings, *, now: datetime) -> None:
    """Delete answers kept for repeats, sessions whose time is over, files of uploads older than a day, and matches'
    requests: they name people who are in no roster and could never ask for it.
    """
    access.forget_answers(now - KEPT)
    access.end_sessions(expired_at=now)
    forget_files(access, settings.home, now)
    store.forget_requests(now - timedelta(days=settings.match_days))
