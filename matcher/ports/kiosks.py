"""What the shell asks of the store about kiosks: enrolment, heartbeats, fair packs, visits that come in later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from matcher.records.kiosks import FairPack, Kiosk, SyncedVisit


class KioskStore(Protocol):
    """Every call is one transaction; what is kept is sealed."""

    def close(self) -> None:
        """Give the connections back; the store is not used after it."""

    def add_kiosk(self, kiosk: Kiosk) -> None:
        """Keep a kiosk; raises InvalidInput if the id is taken."""

    def kiosk(self, kiosk_id: str) -> Kiosk:
        """A kiosk by id; raises NotFound."""

    def kiosks(self) -> list[Kiosk]:
        """All kiosks by id."""

    def change_kiosk(self, kiosk_id: str, change: Callable[[Kiosk], Kiosk]) -> Kiosk:
        """The kiosk that `change` makes of the one kept, nobody else between the two; raises NotFound."""

    def add_pack(self, pack: FairPack) -> None:
        """Keep what was handed to a kiosk."""

    def packs(self, kiosk_id: str) -> list[FairPack]:
        """Packs of a kiosk, oldest first."""

    def change_pack(self, pack_id: str, change: Callable[[FairPack], FairPack]) -> FairPack:
        """The pack that `change` makes of the one kept; raises NotFound."""

    def add_visit(self, visit: SyncedVisit) -> bool:
        """Keep a visit once; False if it had come in before."""

    def visits(self, kiosk_id: str) -> list[SyncedVisit]:
        """Visits of a kiosk, oldest first."""
