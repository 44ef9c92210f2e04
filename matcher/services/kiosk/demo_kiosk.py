"""The kiosk of a demonstration: enrolled in the largest township, with a heartbeat that no machine ever sent."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import msgspec

from matcher.errors import NotFound
from matcher.ports import KioskStore, RosterStore
from matcher.records import TOWNSHIP_DIGITS, Kind, Worker
from matcher.records.kiosks import Heartbeat, Kiosk, KioskState
from matcher.services.ground.place_words import home_words, township_of

KIOSK_ID: Final = "k-demo"
PACK_LEFT: Final = timedelta(hours=60)


def seed_demo_kiosk(kiosks: KioskStore, store: RosterStore, *, now: datetime) -> Kiosk | None:
    """The kiosk with a heartbeat of now, made if it is not there; None where no worker has a township.

    No secret fits it: nothing can sign in as this kiosk. One that somebody took out stays out.
    """
    heard = Heartbeat(
        at=now, version="demo", paper="low", reader="ok", clock_off_s=0, n_waiting=0, pack_id="p-demo",
        pack_until=now + PACK_LEFT, synthetic=True,
    )  # fmt: skip
    try:
        return kiosks.change_kiosk(
            KIOSK_ID,
            lambda kept: msgspec.structs.replace(kept, heartbeat=heard) if kept.state is KioskState.ENROLLED else kept,
        )
    except NotFound:
        pass
    township = _largest(store)
    if not township:
        return None
    kiosk = Kiosk(
        kiosk_id=KIOSK_ID,
        name=f"{home_words(township)}大厅",
        region_code=township,
        state=KioskState.ENROLLED,
        created_at=now,
        created_by="demo",
        enrolled_at=now,
        synced_at=now,
        heartbeat=heard,
    )
    kiosks.add_kiosk(kiosk)
    return kiosk


def _largest(store: RosterStore) -> str:
    """The township with most workers, the first by code of several."""
    homes = Counter(
        township_of(worker.place_code) for worker in store.records(Kind.WORKERS) if isinstance(worker, Worker)
    )
    counted = [(-n, code) for code, n in homes.items() if len(code) == TOWNSHIP_DIGITS]
    return min(counted)[1] if counted else ""
