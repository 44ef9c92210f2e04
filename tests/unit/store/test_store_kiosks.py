"""Kiosks in the store: each visit counts once, packs by kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from matcher.errors import InvalidInput, NotFound
from matcher.records.kiosks import FairPack, Kiosk, KioskState, SyncedVisit
from matcher.store import open_store
from matcher.store.kiosks import Kiosks, open_kiosks

NOW = datetime(2018, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def kiosks(tmp_path: Path) -> Iterator[Kiosks]:
    url = f"sqlite:///{tmp_path}/county.db"
    store = open_store(url, home=tmp_path)
    store.migrate()
    opened = open_kiosks(url, home=tmp_path)
    yield opened
    opened.close()
    store.close()


def test_a_kiosk_is_kept_changed_and_missed(kiosks: Kiosks) -> None:
    kiosks.add_kiosk(
        Kiosk(kiosk_id="k1", name="拉堡1号", region_code="450206100", created_at=NOW, created_by="officer")
    )
    with pytest.raises(InvalidInput):
        kiosks.add_kiosk(Kiosk(kiosk_id="k1", name="", region_code="", created_at=NOW, created_by=""))
    changed = kiosks.change_kiosk("k1", lambda kiosk: msgspec.structs.replace(kiosk, state=KioskState.ENROLLED))
    assert kiosks.kiosk("k1") == changed
    assert [kiosk.state for kiosk in kiosks.kiosks()] == [KioskState.ENROLLED]
    with pytest.raises(NotFound):
        kiosks.change_kiosk("k9", lambda kiosk: kiosk)


def test_a_visit_that_comes_in_twice_counts_once(kiosks: Kiosks) -> None:
    visit = SyncedVisit(visit_id="x1", kiosk_id="k1", began_at=NOW, received_at=NOW, events=({"kind": "open"},))
    assert [kiosks.add_visit(visit), kiosks.add_visit(visit)] == [True, False]
    assert kiosks.visits("k1") == [visit]
    assert kiosks.visits("k2") == []


def test_a_pack_is_revoked_in_its_place(kiosks: Kiosks) -> None:
    pack = FairPack(
        pack_id="p1",
        kiosk_id="k1",
        region_code="450206100",
        made_at=NOW,
        expires_at=NOW + timedelta(hours=72),
        n_people=3,
        n_vacancies=4,
        sha256="0" * 64,
    )
    kiosks.add_pack(pack)
    kiosks.change_pack("p1", lambda kept: msgspec.structs.replace(kept, revoked_at=NOW))
    assert [kept.revoked_at for kept in kiosks.packs("k1")] == [NOW]
    with pytest.raises(NotFound):
        kiosks.change_pack("p9", lambda kept: kept)
