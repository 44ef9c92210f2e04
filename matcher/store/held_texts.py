"""What a kiosk keeps of text messages: the answers given during a visit, as a part of `ports.TextStore`.

They stand in memory while the visit lasts and go to the server with it; what was answered elsewhere, and what is sent,
is the server's alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from matcher.errors import StoreError
from matcher.records.texts import TextConsent, TextOffer
from matcher.store.kiosk_home import KioskFolder
from matcher.store.kiosk_sessions import KioskSessions


class Elsewhere:
    """A store of which a kiosk keeps nothing."""

    def __getattr__(self, name: str) -> Any:
        """Everything an office's store can do."""
        raise StoreError(f"a kiosk does not keep this: {name}", remedy="Ask the server of the county.")


class HeldTexts(Elsewhere):
    """Answers of whoever stands here."""

    def __init__(self, sessions: KioskSessions, home: KioskFolder) -> None:
        self._sessions = sessions
        self._home = home

    def add_consents(self, consents: Collection[TextConsent]) -> int:
        """Hand answers on with their visit, those known by their id already passed over; how many were new."""
        return sum(self._sessions.add_consent(consent) for consent in consents)

    def consents(self, worker_ids: Collection[str] | None = None) -> Mapping[str, tuple[TextConsent, ...]]:
        """Worker -> answers of visits under way, oldest first."""
        found: dict[str, tuple[TextConsent, ...]] = {}
        for consent in self._sessions.consents():
            if worker_ids is None or consent.worker_id in worker_ids:
                found[consent.worker_id] = (*found.get(consent.worker_id, ()), consent)
        return found

    def withdraw(self, worker_id: str, *, now: datetime, why: str) -> int:
        """Of the pack the offers of a person go, for good as at the server; what waits to be sent waits there."""
        return self._home.drop_offers([worker_id])

    def offers(self, *, worker_ids: Collection[str] = ()) -> list[TextOffer]:
        """The offers of a pack stand with its people."""
        return []
