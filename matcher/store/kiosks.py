"""The store of `ports.KioskStore`, in the same database as the rosters: each method is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from matcher.errors import InvalidInput, NotFound
from matcher.records.kiosks import FairPack, Kiosk, SyncedVisit
from matcher.store import desk_schema as schema
from matcher.store.database import BUSY_TIMEOUT_S, Database
from matcher.store.keyholder import Keyholder
from matcher.store.shelf import Shelf

_KIOSKS: Final = Shelf(schema.kiosk, Kiosk, lambda kiosk: {"kiosk_id": kiosk.kiosk_id})
_PACKS: Final = Shelf(
    schema.fair_pack,
    FairPack,
    lambda pack: {"pack_id": pack.pack_id, "kiosk_id": pack.kiosk_id, "made_at": pack.made_at},
)
_VISITS: Final = Shelf(
    schema.synced_visit,
    SyncedVisit,
    lambda visit: {"visit_id": visit.visit_id, "kiosk_id": visit.kiosk_id, "began_at": visit.began_at},
)

SHELVES: Final[tuple[Shelf[Any], ...]] = (_KIOSKS, _PACKS, _VISITS)


def open_kiosks(url: str, *, home: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Kiosks:
    """Kiosks in the database that `open_store` of the same URL and home made; nothing is touched before a call."""
    return Kiosks(Database(url, busy_timeout_s=busy_timeout_s), home=home)


class Kiosks:
    """Kiosks, what was handed to them and what came back."""

    def __init__(self, database: Database, *, home: Path) -> None:
        self.database = database
        self._keys = Keyholder(home)

    def close(self) -> None:
        """Give the connections back and forget the keys."""
        self.database.close()
        self._keys.forget()

    def add_kiosk(self, kiosk: Kiosk) -> None:
        """Keep a kiosk; InvalidInput if the id is taken."""
        with self.database.writing() as connection:
            if not _KIOSKS.add(connection, self._keys.vault(connection), kiosk):
                raise InvalidInput("a kiosk of this id is kept already", where=kiosk.kiosk_id)

    def kiosk(self, kiosk_id: str) -> Kiosk:
        """A kiosk by id; NotFound."""
        with self.database.reading() as connection:
            found = _KIOSKS.find(connection, self._keys.vault(connection), kiosk_id)
        if found is None:
            raise NotFound("no kiosk has this id", where=kiosk_id)
        return found

    def kiosks(self) -> list[Kiosk]:
        """All kiosks by id."""
        with self.database.reading() as connection:
            return _KIOSKS.where(connection, self._keys.vault(connection))

    def change_kiosk(self, kiosk_id: str, change: Callable[[Kiosk], Kiosk]) -> Kiosk:
        """The kiosk that `change` makes of the one kept, in one transaction; NotFound."""
        with self.database.writing() as connection:
            changed = _KIOSKS.change(connection, self._keys.vault(connection), kiosk_id, change)
        if changed is None:
            raise NotFound("no kiosk has this id", where=kiosk_id)
        return changed

    def add_pack(self, pack: FairPack) -> None:
        """Keep what was handed to a kiosk; InvalidInput if the id is taken."""
        with self.database.writing() as connection:
            if not _PACKS.add(connection, self._keys.vault(connection), pack):
                raise InvalidInput("a pack of this id is kept already", where=pack.pack_id)

    def packs(self, kiosk_id: str) -> list[FairPack]:
        """Packs of a kiosk, oldest first."""
        own = schema.fair_pack.c.kiosk_id == kiosk_id
        with self.database.reading() as connection:
            return _PACKS.where(connection, self._keys.vault(connection), own, by=("made_at",))

    def change_pack(self, pack_id: str, change: Callable[[FairPack], FairPack]) -> FairPack:
        """The pack that `change` makes of the one kept, in one transaction; NotFound."""
        with self.database.writing() as connection:
            changed = _PACKS.change(connection, self._keys.vault(connection), pack_id, change)
        if changed is None:
            raise NotFound("no fair pack has this id", where=pack_id)
        return changed

    def add_visit(self, visit: SyncedVisit) -> bool:
        """Keep a visit once; False if it had come in before."""
        with self.database.writing() as connection:
            return _VISITS.add(connection, self._keys.vault(connection), visit)

    def visits(self, kiosk_id: str) -> list[SyncedVisit]:
        """Visits of a kiosk, oldest first."""
        own = schema.synced_visit.c.kiosk_id == kiosk_id
        with self.database.reading() as connection:
            return _VISITS.where(connection, self._keys.vault(connection), own, by=("began_at",))
