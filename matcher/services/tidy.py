"""What is kept for a while only is deleted when its while is over, whether anybody asks for anything or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from matcher.office.keeping.terms import FileKind, terms
from matcher.ports import AccessStore, DeedStore, RosterStore
from matcher.services.access.idempotency import KEPT
from matcher.services.claims.keeping import drop_old_payments
from matcher.services.reconcile.keeping import drop_old_runs
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


def drop_old_files(deeds: DeedStore, *, by: str, on: date, at: datetime) -> dict[FileKind, int]:
    """Drop whole files past the terms of `matcher.office.keeping`; kind -> pushes or payments it went from.

    on : the county's day: a demonstration of years ago is not old. Each drop is a deed; reading through finds it sound.
    """
    gone = {**drop_old_runs(deeds, by=by, on=on, at=at), **drop_old_payments(deeds, by=by, on=on, at=at)}
    return {kind: gone.get(kind, 0) for kind in terms()}


def terms_told(gone: Mapping[FileKind, int]) -> list[dict[str, Any]]:
    """The terms as rows: what, how long, by which law or reading, what an erasure does, and how much went just now."""
    return [
        {
            "kind": term.kind.value,
            "title": term.title,
            "counted": term.counted.value,
            "days": term.days or None,
            "years": term.years or None,
            "source": term.source,
            "reading": term.reading,
            "erasure": term.erasure.value,
            "erasure_reading": term.erasure_reading,
            "n_gone": gone.get(term.kind, 0),
        }
        for term in terms().values()
    ]
